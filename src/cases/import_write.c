/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing a group of lines: a transaction, which a preview gives up again. */
#include "cases/import_row.h"
#include "core/page/out.h"
#include "core/page/problem.h"

static bool add_line(Tx *tx, const ImportGroup *group, ImportRow *line, Err *err)
{
    const ImportOrder *order = group->import->order;
    RegisterChange change = {.spec = order->spec,
                             .package = order->package,
                             .actor = order->actor,
                             .today = order->today,
                             .lang = group->import->lang};

    RegisterPeriod period = {line->from, line->until, line->reason};

    return register_add_period(tx, &change, line->data, &period, group->arena, &line->entry, err) &&
           tx_exec(tx, err,
                   "INSERT INTO register_import (register, line_key, hash, entry_id) "
                   "VALUES ($1, $2, $3, $4)",
                   P_TEXT(order->spec->id), P_TEXT(line->key), P_TEXT(line->hash),
                   P_INT(line->entry));
}

/* Nobody living in the register has it. False only when the database failed. */
static bool check_free(Tx *tx, const ImportGroup *group, ImportRow *line, Err *err)
{
    const ImportOrder *order = group->import->order;

    for (size_t i = 0; i < order->spec->unique_count && import_is_living(group->import, line);
         i++) {
        Str field = order->spec->unique[i];
        Str text = register_text(order->spec, field, node_get_str(line->data, field), group->arena);
        RegisterCondition condition = {.field = field, .values = &text, .count = 1};
        RegisterEntry *found;
        size_t count = 0;

        if (!text.ptr)
            continue;
        if (!register_find(tx, order->spec, &condition, 1, false, order->today, group->arena,
                           &found, &count, err))
            return false;
        if (count)
            import_mistake(line, group->arena, import_label(order->spec, field),
                           trf(group->arena, group->import->lang,
                               "„%.*s“ hat im Register schon: %.*s.", STR_ARG(text),
                               STR_ARG(found[0].title)),
                           tr(group->import->lang, "Prüfen Sie, ob es derselbe Eintrag ist."));
    }
    return true;
}

static bool write_line(Tx *tx, const ImportGroup *group, ImportRow *line, Err *err)
{
    Rows *rows = tx_query(tx, group->arena, err,
                          "SELECT hash, entry_id FROM register_import WHERE register = $1 AND "
                          "line_key = $2",
                          P_TEXT(group->import->order->spec->id), P_TEXT(line->key));

    if (!rows)
        return false;
    err_clear(err);
    bool known = rows_next(rows, err);

    if (known) {
        line->entry = row_int(rows, 1);
        line->outcome = str_eq(row_text(rows, 0), line->hash) ? IMPORT_KNOWN : IMPORT_DIFFERENT;
    }
    rows_end(rows);
    if (known || err->kind != ERR_NONE)
        return err->kind == ERR_NONE;
    line->outcome = IMPORT_ADDED;
    if (!import_mandate_check(tx, group, line, err) || !check_free(tx, group, line, err) ||
        line->mistakes.count)
        return err->kind == ERR_NONE;
    if (add_line(tx, group, line, err))
        return import_mandate_put(tx, group, line, err);
    if (err->kind != ERR_CONFLICT)
        return false;
    /* Nothing was written: register_add() refuses before it does. */
    import_mistake(line, group->arena, STR_NONE, problem_words(err, group->arena),
                   tr(group->import->lang, "Prüfen Sie, ob es den Eintrag schon gibt."));
    err_clear(err);
    return true;
}

bool import_group_write(Tx *tx, void *context, Err *err)
{
    ImportGroup *group = context;

    for (size_t i = 0; i < group->count; i++)
        if (group->lines[i].mistakes.count == 0 && !write_line(tx, group, &group->lines[i], err))
            return false;
    if (!group->import->order->preview)
        return true;
    group->taken_back = true;
    return err_set(err, ERR_CONFLICT, "Eine Vorschau schreibt nichts.");
}
