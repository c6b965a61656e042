/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing into a register. Every change reads the entry's timeline (the rows that hold now), bends
 * it in memory, and supersedes the rows that are another afterwards; the rest stay as they are. */
#include "cases/register_timeline.h"

#include "base/vec.h"

#include <assert.h>

bool register_add_period(Tx *tx, const RegisterChange *change, const Node *data,
                         const RegisterPeriod *period, Arena *arena, int64_t *id, Err *err)
{
    Timeline line = {.begins = period->from};
    Date until = register_last_day(period->until);
    Stretch stretch = {.from = period->from,
                       .until = until,
                       .reason = date_absent(until) ? STR_NONE : period->reason,
                       .data = data};

    return register_check_period(period->from, until, change->lang, err) &&
           register_check_required(change->spec, data, change->lang, err) &&
           register_check_unique(tx, change, data, period->from, until, 0, arena, err) &&
           timeline_add(tx, change, &line, &stretch, arena, id, err);
}

bool register_add(Tx *tx, const RegisterChange *change, const Node *data, Date from, Arena *arena,
                  int64_t *id, Err *err)
{
    return register_add_period(tx, change, data, &(RegisterPeriod){.from = from}, arena, id, err);
}

static bool begins_later(const Timeline *line, const char *what, Arena *arena, Err *err)
{
    return err_set(err, ERR_CONFLICT, "Der Eintrag „%.*s“ beginnt erst am %.*s und kann nicht %s.",
                   STR_ARG(line->title), STR_ARG(date_long(arena, line->begins, STR("de"))), what);
}

static bool ended_before(const Timeline *line, const char *what, Arena *arena, Err *err)
{
    const Stretch *last = &line->now.items[line->now.count - 1];

    return err_set(err, ERR_CONFLICT, "Der Eintrag „%.*s“ endet am %.*s und kann nicht %s.",
                   STR_ARG(line->title), STR_ARG(date_long(arena, last->until, STR("de"))), what);
}

/* Not before the first stretch begins. */
static void set_end(Timeline *line, Date until, Str reason)
{
    while (line->now.count > 1 &&
           register_ends_before(until, line->now.items[line->now.count - 1].from))
        line->now.count--;
    Stretch *last = &line->now.items[line->now.count - 1];

    last->until = until;
    last->reason = date_absent(until) ? STR_NONE : reason;
    last->row = 0;
}

/* Not after the last stretch ends. */
static void set_begin(Timeline *line, Date begins)
{
    size_t first = 0;

    while (register_ends_before(line->now.items[first].until, begins))
        first++;
    assert(first < line->now.count);
    line->now.items += first;
    line->now.count -= first;
    line->now.items[0].from = begins;
    line->begins = begins;
    for (size_t i = 0; i < line->now.count; i++)
        line->now.items[i].row = 0; /* each row tells the entry's first day */
}

bool register_end(Tx *tx, const RegisterChange *change, int64_t id, Date until, Str reason,
                  Arena *arena, Err *err)
{
    Timeline line;

    until = register_last_day(until);
    if (!timeline_read(tx, change, id, arena, &line, err) ||
        !register_check_days((Date){1000, 1, 1}, until, change->lang, err))
        return false;
    if (register_ends_before(until, line.begins))
        return begins_later(&line, "vorher enden", arena, err);
    set_end(&line, until, reason);
    return timeline_store(tx, change, &line, arena, err);
}

bool register_begin(Tx *tx, const RegisterChange *change, int64_t id, Date begins, Arena *arena,
                    Err *err)
{
    Timeline line;

    if (!register_check_days(begins, (Date){0}, change->lang, err) ||
        !timeline_read(tx, change, id, arena, &line, err))
        return false;
    if (register_ends_before(line.now.items[line.now.count - 1].until, begins))
        return ended_before(&line, "später beginnen", arena, err);
    set_begin(&line, begins);
    return timeline_store(tx, change, &line, arena, err);
}

bool register_move(Tx *tx, const RegisterChange *change, int64_t id, const RegisterPeriod *period,
                   Arena *arena, Err *err)
{
    Timeline line;
    Date until = register_last_day(period->until);

    if (!register_check_period(period->from, until, change->lang, err) ||
        !timeline_read(tx, change, id, arena, &line, err))
        return false;
    bool same = date_compare(period->from, line.stored_begins) == 0 &&
                date_compare(period->from, line.begins) == 0;

    /* The entry must hold on its first day at every step. */
    if (register_ends_before(until, line.begins)) {
        set_begin(&line, period->from);
        set_end(&line, until, period->reason);
    } else {
        set_end(&line, until, period->reason);
        if (!same)
            set_begin(&line, period->from);
    }
    return timeline_store(tx, change, &line, arena, err);
}

static const Node *with_values(const Node *data, const Node *values, Arena *arena)
{
    Node *out = node_clone(arena, data);

    for (size_t i = 0; i < values->count; i++)
        node_set(arena, out, values->keys[i], values->items[i]);
    return out;
}

/* Put the days before `from`, those up to `until` with the new values, and those after it in the
 * place of a stretch. */
static void bend(Timeline *line, const Stretch *s, const Node *values, Date from, Date until,
                 Arena *arena)
{
    bool before = date_compare(s->from, from) < 0;
    bool after = register_ends_before(until, s->until);
    Stretch middle = {.from = before ? from : s->from,
                      .until = after ? until : s->until,
                      .reason = after ? STR_NONE : s->reason,
                      .data = with_values(s->data, values, arena)};

    if (before)
        VEC_PUSH(arena, &line->now,
                 (Stretch){.from = s->from, .until = date_add_days(from, -1), .data = s->data});
    VEC_PUSH(arena, &line->now, middle);
    if (after)
        VEC_PUSH(arena, &line->now,
                 (Stretch){.from = date_add_days(until, 1),
                           .until = s->until,
                           .reason = s->reason,
                           .data = s->data});
}

bool register_correct(Tx *tx, const RegisterChange *change, int64_t id, const Node *values,
                      Date from, Date until, Arena *arena, Err *err)
{
    Timeline line;

    until = register_last_day(until);
    if (!register_check_days(from, until, change->lang, err) ||
        !timeline_read(tx, change, id, arena, &line, err))
        return false;
    if (date_compare(from, line.begins) < 0)
        return begins_later(&line, "vorher geändert werden", arena, err);
    if (register_ends_before(line.now.items[line.now.count - 1].until, from))
        return ended_before(&line, "danach geändert werden", arena, err);
    if (register_ends_before(until, from))
        return err_set(err, ERR_INPUT, "Das Ende einer Änderung liegt vor ihrem Anfang.");
    line.now = (struct StretchList){0};
    for (size_t i = 0; i < line.stored_count; i++) {
        const Stretch *s = &line.stored[i];

        if (register_ends_before(s->until, from) || register_ends_before(until, s->from))
            VEC_PUSH(arena, &line.now, *s);
        else
            bend(&line, s, values, from, until, arena);
    }
    for (size_t i = 0; i < line.now.count; i++)
        if (!line.now.items[i].row &&
            !register_check_required(change->spec, line.now.items[i].data, change->lang, err))
            return false;
    assert(line.now.items && "an entry has at least one stretch");
    return timeline_store(tx, change, &line, arena, err);
}

bool register_change(Tx *tx, const RegisterChange *change, int64_t id, const Node *values,
                     Date from, Arena *arena, Err *err)
{
    return register_correct(tx, change, id, values, from, (Date){0}, arena, err);
}
