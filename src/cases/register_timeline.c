/* SPDX-License-Identifier: EUPL-1.2 */
/* An entry's timeline as it is stored: read, and written back row by row. */
#include "cases/register_timeline.h"

#include "base/vec.h"
#include "cases/case_later.h"

#include <assert.h>

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

/* --- Reading -----------------------------------------------------------------------------------
 */

bool timeline_read(Tx *tx, const RegisterChange *change, int64_t id, Arena *arena, Timeline *out,
                   Err *err)
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
        if (date_absent(rows[i].from) ||
            (i > 0 && !register_ends_before(rows[i - 1].until, rows[i].from)))
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

/* --- Storing -----------------------------------------------------------------------------------
 */

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

bool timeline_add(Tx *tx, const RegisterChange *change, Timeline *line, const Stretch *stretch,
                  Arena *arena, int64_t *id, Err *err)
{
    return tally_list(tx, change->spec->id, arena, &line->tallies, err) &&
           tally_touch(tx, change->spec->id, &line->tallies, err) &&
           write_stretch(tx, change, line, stretch, true, arena, id, err) &&
           tx_exec(tx, err, "UPDATE register_entry SET entry_id = row_id WHERE row_id = $1",
                   P_INT(*id));
}

bool timeline_store(Tx *tx, const RegisterChange *change, const Timeline *line, Arena *arena,
                    Err *err)
{
    assert(line->now.count > 0);
    if (!register_check_keys(tx, change, line, arena, err))
        return false;
    for (size_t i = 0; i < line->stored_count; i++)
        if (!still_there(line, line->stored[i].row) &&
            !supersede(tx, change, line, &line->stored[i], arena, err))
            return false;
    for (size_t i = 0; i < line->now.count; i++) {
        const Stretch *stretch = &line->now.items[i];
        bool head = i + 1 == line->now.count;
        int64_t row;

        assert(i == 0 || register_ends_before(line->now.items[i - 1].until, stretch->from));
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
