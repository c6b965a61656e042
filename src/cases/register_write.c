/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing into a register. Every change reads the entry's timeline (the rows that hold now), bends
 * it in memory, and supersedes the rows that are another afterwards; the rest stay as they are. */
#include "cases/register_row.h"

#include "base/vec.h"
#include "cases/case_later.h"
#include "cases/register_tally.h"
#include "core/page/out.h"

#include <assert.h>

typedef struct Stretch {
    int64_t row; /* as it is stored; 0: new or changed */
    Date from, until;
    Str reason;
    const Node *data;
} Stretch;

typedef struct Timeline {
    int64_t id; /* 0: a new entry */
    Date begins;
    Date stored_begins; /* as read */
    TallyList tallies;  /* counts that are kept of the register */
    Str title;          /* of the head, for messages */
    Stretch *stored;    /* as read */
    size_t stored_count;
    struct StretchList {
        Stretch *items;
        size_t count, capacity;
    } now;
} Timeline;

/* Is `a` an earlier last day than `b`? An absent one is never reached. */
static bool ends_before(Date a, Date b)
{
    return !date_absent(a) && (date_absent(b) || date_compare(a, b) < 0);
}

bool register_day_ok(Date day)
{
    return day.year >= 1000 && day.year <= 9999 && !date_absent(register_last_day(day));
}

Date register_last_day(Date until)
{
    return until.year == 9999 && until.month == 12 && until.day == 31 ? (Date){0} : until;
}

static bool check_days(Date from, Date until, Str lang, Err *err)
{
    return (register_day_ok(from) && (date_absent(until) || register_day_ok(until))) ||
           err_set_in(err, ERR_INPUT, lang,
                      "Ein Tag im Register liegt zwischen dem 1.1.1000 und dem 30.12.9999.");
}

static bool check_period(Date from, Date until, Str lang, Err *err)
{
    return check_days(from, until, lang, err) &&
           (!ends_before(until, from) ||
            err_set_in(
                err, ERR_CONFLICT, lang,
                "Der letzte Tag des Eintrags liegt vor seinem ersten. Prüfen Sie die Tage."));
}

/* --- What an entry must fulfil --------------------------------------------------------------- */

static Str label_of(const FormField *field)
{
    Str label = field->label ? node_text(field->label) : STR_NONE;

    if (!label.ptr)
        label = node_get_text(field->label, "de");
    return label.ptr ? label : field->id;
}

static bool check_required(const RegisterSpec *spec, const Node *data, Str lang, Err *err)
{
    for (size_t i = 0; i < spec->field_count; i++)
        if (spec->fields[i]->required_always &&
            node_is_null(node_get_str(data, spec->fields[i]->id)))
            return err_set_in(err, ERR_CONFLICT, lang, "Für das Register fehlt die Angabe „%.*s“.",
                              STR_ARG(label_of(spec->fields[i])));
    return true;
}

/* The values of the key fields; false: one is null, and null never collides. */
static bool key_of(const RegisterSpec *spec, const Node *data, Arena *arena, Str *out)
{
    for (size_t i = 0; i < spec->key_count; i++) {
        out[i] = register_text(spec, spec->key[i], node_get_str(data, spec->key[i]), arena);
        if (!out[i].ptr)
            return false;
    }
    return spec->key_count > 0;
}

static bool taken(Str key, const RegisterEntry *other, Str asked, Arena *arena, Err *err)
{
    Str lang = asked.ptr ? asked : STR("de");
    Str from = date_long(arena, other->from, lang);
    Str until = date_absent(other->until)
                    ? STR("")
                    : trf(arena, lang, " bis %.*s", STR_ARG(date_long(arena, other->until, lang)));

    return err_set_in(
        err, ERR_CONFLICT, lang,
        "Im Register steht schon ein Eintrag mit „%.*s“: %.*s, gültig ab %.*s%.*s. Zur "
        "selben Zeit kann nur einer gelten. Prüfen Sie die Tage, oder beenden Sie erst "
        "den anderen Eintrag.",
        STR_ARG(key), STR_ARG(other->title), STR_ARG(from), STR_ARG(until));
}

/* Has another entry the same values in all key fields on a day of these? */
static bool check_unique(Tx *tx, const RegisterChange *change, const Node *data, Date from,
                         Date until, int64_t except, Arena *arena, Err *err)
{
    const RegisterSpec *spec = change->spec;
    RegisterCondition *conditions = arena_array(arena, RegisterCondition, spec->key_count + 1);
    Str *key = arena_array(arena, Str, spec->key_count + 1);
    RegisterEntry other;
    bool found;

    if (!key_of(spec, data, arena, key))
        return true;
    for (size_t i = 0; i < spec->key_count; i++)
        conditions[i] = (RegisterCondition){spec->key[i], &key[i], 1};
    if (!register_holder(tx, spec, conditions, spec->key_count, from, until, except, arena, &other,
                         &found, err))
        return false;
    return !found || taken(key[0], &other, change->lang, arena, err);
}

static Str entry_title(const RegisterChange *change, const Node *data, Arena *arena)
{
    const RegisterSpec *spec = change->spec;
    Err err = {0};
    FeelEnv env = {.today = change->today, .now = timestamp_of_berlin_day(change->today)};
    const FeelValue *context = feel_from_node(arena, data, spec->type);

    if (!spec->title)
        return STR("");
    if (change->package->town)
        context = feel_context_put(arena, context, STR("town"), change->package->town);
    if (change->package->constants) {
        const FeelValue *code = feel_context_get(change->package->constants, STR("code"));

        if (code)
            context = feel_context_put(arena, context, STR("code"), code);
    }
    const FeelValue *title = feel_eval(spec->title, context, &env, arena, &err);

    return title && !feel_is_null(title) ? feel_to_text(arena, title) : STR("");
}

/* --- Reading and storing a timeline -----------------------------------------------------------
 */

static bool timeline_read(Tx *tx, const RegisterChange *change, int64_t id, Arena *arena,
                          Timeline *out, Err *err)
{
    RegisterEntry *rows = NULL;
    size_t count = 0;

    if (!entries_read(tx_query(tx, arena, err,
                               "SELECT " ENTRY_COLUMNS " FROM register_entry e WHERE e.entry_id = "
                               "$1 AND e.register = $2 AND e.superseded_at IS NULL "
                               "ORDER BY e.valid_from",
                               P_INT(id), P_TEXT(change->spec->id)),
                      arena, &rows, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Diesen Registereintrag gibt es nicht.");
    *out = (Timeline){.id = id,
                      .begins = rows[0].from,
                      .stored_begins = rows[0].begins,
                      .title = rows[count - 1].title};
    if (!tally_list(tx, change->spec->id, arena, &out->tallies, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (date_absent(rows[i].from) || (i > 0 && !ends_before(rows[i - 1].until, rows[i].from)))
            return err_set(err, ERR_CONFLICT,
                           "Die Tage des Eintrags „%.*s“ sind nicht lesbar oder überschneiden "
                           "sich. Der Betrieb findet ihn mit rathaus verify.",
                           STR_ARG(out->title));
        VEC_PUSH(arena, &out->now,
                 (Stretch){rows[i].row, rows[i].from, rows[i].until, rows[i].reason, rows[i].data});
    }
    out->stored = arena_copy(arena, out->now.items, count * sizeof *out->stored);
    out->stored_count = count;
    return true;
}

static Param date_param(Date date, Arena *arena)
{
    return date_absent(date) ? P_NULL : P_TEXT(date_iso(arena, date));
}

static bool write_stretch(Tx *tx, const RegisterChange *change, const Timeline *line,
                          const Stretch *stretch, bool head, Arena *arena, int64_t *row, Err *err)
{
    const RegisterSpec *spec = change->spec;

    return tx_insert(tx, err, row,
                     "INSERT INTO register_entry (register, entry_id, begins, valid_from, "
                     "valid_to, reason, title, recorded_at, head, data, case_id, actor, act_id) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                     P_TEXT(spec->id), P_INT(line->id), P_TEXT(date_iso(arena, line->begins)),
                     P_TEXT(date_iso(arena, stretch->from)), date_param(stretch->until, arena),
                     P_TEXT(stretch->reason), P_TEXT(entry_title(change, stretch->data, arena)),
                     P_INT(tx_now(tx)), P_INT(head), P_TEXT(node_json(stretch->data, arena)),
                     change->case_id ? P_INT(change->case_id) : P_NULL, P_TEXT(change->actor),
                     change->act_id ? P_INT(change->act_id) : P_NULL) &&
           entry_write_keys(tx, spec, *row, stretch->data, arena, err) &&
           tally_row(tx, spec, &line->tallies,
                     &(TallyRow){*row, line->begins, stretch->from, stretch->until, stretch->data},
                     1, arena, err);
}

static bool still_there(const Timeline *line, int64_t row)
{
    for (size_t i = 0; i < line->now.count; i++)
        if (line->now.items[i].row == row)
            return true;
    return false;
}

static bool supersede(Tx *tx, const RegisterChange *change, const Timeline *line,
                      const Stretch *stored, Arena *arena, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE register_entry SET superseded_at = $2, head = 0 WHERE row_id = $1",
                   P_INT(stored->row), P_INT(tx_now(tx))) &&
           tally_row(tx, change->spec, &line->tallies,
                     &(TallyRow){stored->row, line->stored_begins, stored->from, stored->until,
                                 stored->data},
                     -1, arena, err);
}

static bool same_key(const Str *a, const Str *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!str_eq(a[i], b[i]))
            return false;
    return true;
}

/* Had the entry this key on all these days already? */
static bool had_key(const RegisterSpec *spec, const Timeline *line, const Stretch *stretch,
                    Arena *arena)
{
    Str *now = arena_array(arena, Str, spec->key_count + 1);
    Str *before = arena_array(arena, Str, spec->key_count + 1);

    if (!key_of(spec, stretch->data, arena, now))
        return true;
    for (size_t i = 0; i < line->stored_count; i++) {
        const Stretch *s = &line->stored[i];

        if (date_compare(s->from, stretch->from) <= 0 && !ends_before(s->until, stretch->until) &&
            key_of(spec, s->data, arena, before) && same_key(now, before, spec->key_count))
            return true;
    }
    return false;
}

static bool check_keys(Tx *tx, const RegisterChange *change, const Timeline *line, Arena *arena,
                       Err *err)
{
    for (size_t i = 0; i < line->now.count; i++) {
        const Stretch *s = &line->now.items[i];

        if (!s->row && !had_key(change->spec, line, s, arena) &&
            !check_unique(tx, change, s->data, s->from, s->until, line->id, arena, err))
            return false;
    }
    return true;
}

/* The last stretch is the head; a stored row that became or ceased to be it is told so. */
static bool timeline_store(Tx *tx, const RegisterChange *change, const Timeline *line, Arena *arena,
                           Err *err)
{
    assert(line->now.count > 0);
    if (!check_keys(tx, change, line, arena, err))
        return false;
    for (size_t i = 0; i < line->stored_count; i++)
        if (!still_there(line, line->stored[i].row) &&
            !supersede(tx, change, line, &line->stored[i], arena, err))
            return false;
    for (size_t i = 0; i < line->now.count; i++) {
        const Stretch *stretch = &line->now.items[i];
        bool head = i + 1 == line->now.count;
        int64_t row;

        assert(i == 0 || ends_before(line->now.items[i - 1].until, stretch->from));
        if (stretch->row
                ? !tx_exec(tx, err,
                           "UPDATE register_entry SET head = $2 WHERE row_id = $1 AND head <> $2",
                           P_INT(stretch->row), P_INT(head))
                : !write_stretch(tx, change, line, stretch, head, arena, &row, err))
            return false;
    }
    return tally_touch(tx, change->spec->id, &line->tallies, err) &&
           case_later_entry_changed(tx, line->id, arena, err);
}

/* --- Changes ---------------------------------------------------------------------------------- */

bool register_add_period(Tx *tx, const RegisterChange *change, const Node *data,
                         const RegisterPeriod *period, Arena *arena, int64_t *id, Err *err)
{
    Timeline line = {.begins = period->from};
    Date until = register_last_day(period->until);
    Stretch stretch = {.from = period->from,
                       .until = until,
                       .reason = date_absent(until) ? STR_NONE : period->reason,
                       .data = data};

    if (!check_period(period->from, until, change->lang, err) ||
        !check_required(change->spec, data, change->lang, err) ||
        !check_unique(tx, change, data, period->from, until, 0, arena, err) ||
        !tally_list(tx, change->spec->id, arena, &line.tallies, err) ||
        !tally_touch(tx, change->spec->id, &line.tallies, err) ||
        !write_stretch(tx, change, &line, &stretch, true, arena, id, err))
        return false;
    return tx_exec(tx, err, "UPDATE register_entry SET entry_id = row_id WHERE row_id = $1",
                   P_INT(*id));
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
    while (line->now.count > 1 && ends_before(until, line->now.items[line->now.count - 1].from))
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

    while (ends_before(line->now.items[first].until, begins))
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
        !check_days((Date){1000, 1, 1}, until, change->lang, err))
        return false;
    if (ends_before(until, line.begins))
        return begins_later(&line, "vorher enden", arena, err);
    set_end(&line, until, reason);
    return timeline_store(tx, change, &line, arena, err);
}

bool register_begin(Tx *tx, const RegisterChange *change, int64_t id, Date begins, Arena *arena,
                    Err *err)
{
    Timeline line;

    if (!check_days(begins, (Date){0}, change->lang, err) ||
        !timeline_read(tx, change, id, arena, &line, err))
        return false;
    if (ends_before(line.now.items[line.now.count - 1].until, begins))
        return ended_before(&line, "später beginnen", arena, err);
    set_begin(&line, begins);
    return timeline_store(tx, change, &line, arena, err);
}

bool register_move(Tx *tx, const RegisterChange *change, int64_t id, const RegisterPeriod *period,
                   Arena *arena, Err *err)
{
    Timeline line;
    Date until = register_last_day(period->until);

    if (!check_period(period->from, until, change->lang, err) ||
        !timeline_read(tx, change, id, arena, &line, err))
        return false;
    bool same = date_compare(period->from, line.stored_begins) == 0 &&
                date_compare(period->from, line.begins) == 0;

    /* The entry must hold on its first day at every step. */
    if (ends_before(until, line.begins)) {
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
    bool after = ends_before(until, s->until);
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
    if (!check_days(from, until, change->lang, err) ||
        !timeline_read(tx, change, id, arena, &line, err))
        return false;
    if (date_compare(from, line.begins) < 0)
        return begins_later(&line, "vorher geändert werden", arena, err);
    if (ends_before(line.now.items[line.now.count - 1].until, from))
        return ended_before(&line, "danach geändert werden", arena, err);
    if (ends_before(until, from))
        return err_set(err, ERR_INPUT, "Das Ende einer Änderung liegt vor ihrem Anfang.");
    line.now = (struct StretchList){0};
    for (size_t i = 0; i < line.stored_count; i++) {
        const Stretch *s = &line.stored[i];

        if (ends_before(s->until, from) || ends_before(until, s->from))
            VEC_PUSH(arena, &line.now, *s);
        else
            bend(&line, s, values, from, until, arena);
    }
    for (size_t i = 0; i < line.now.count; i++)
        if (!line.now.items[i].row &&
            !check_required(change->spec, line.now.items[i].data, change->lang, err))
            return false;
    assert(line.now.items && "an entry has at least one stretch");
    return timeline_store(tx, change, &line, arena, err);
}

bool register_change(Tx *tx, const RegisterChange *change, int64_t id, const Node *values,
                     Date from, Arena *arena, Err *err)
{
    return register_correct(tx, change, id, values, from, (Date){0}, arena, err);
}
