/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_store.h"
#include "core/store/event.h"
#include "core/store/rows.h"

#define CASE_COLUMNS                                                                            \
    "c.id, c.number, c.service, c.procedure_id, c.version, c.state, c.state_before, c.closed, " \
    "c.status_token, c.citizen_id, c.applicant, c.email, c.lang, c.channel, c.submitted_at, "   \
    "c.submitted_on, c.deadline, c.clock_left, c.assigned_to, c.data_version, c.vars, "         \
    "c.ask_note, c.ask_until, d.data, c.base_url, c.merged_into"
#define CASE_FROM \
    " FROM cases c JOIN case_data d ON d.case_id = c.id AND d.version = c.data_version "

static bool case_from_row(Rows *rows, Arena *arena, Case *out, Err *err)
{
    *out = (Case){.id = row_int(rows, 0),
                  .number = row_text(rows, 1),
                  .service = row_text(rows, 2),
                  .procedure = row_text(rows, 3),
                  .version = row_text(rows, 4),
                  .state = row_text(rows, 5),
                  .state_before = row_text(rows, 6),
                  .closed = row_int(rows, 7) != 0,
                  .status_token = row_text(rows, 8),
                  .citizen_id = row_int(rows, 9),
                  .applicant = row_text(rows, 10),
                  .email = row_text(rows, 11),
                  .lang = row_text(rows, 12),
                  .channel = row_text(rows, 13),
                  .submitted = row_int(rows, 14),
                  .submitted_on = row_date(rows, 15),
                  .deadline = row_date(rows, 16),
                  .paused = !row_null(rows, 17),
                  .clock_left = (int)row_int(rows, 17),
                  .assigned_to = row_int(rows, 18),
                  .data_version = row_int(rows, 19),
                  .ask_note = row_text(rows, 21),
                  .ask_until = row_date(rows, 22),
                  .base_url = row_text(rows, 24),
                  .merged_into = row_int(rows, 25)};
    out->vars = node_parse_json(arena, row_text(rows, 20), NULL, &NODE_LIMITS_PACKAGE, err);
    out->data = node_parse_json(arena, row_text(rows, 23), NULL, &NODE_LIMITS_PACKAGE, err);
    return out->vars && out->data;
}

static bool one_case(Rows *rows, Arena *arena, Case *out, Err *err)
{
    if (!rows_one(rows, "Diesen Vorgang gibt es nicht.", err))
        return false;
    bool ok = case_from_row(rows, arena, out, err);

    rows_end(rows);
    return ok;
}

bool case_by_id(Tx *tx, int64_t id, Arena *arena, Case *out, Err *err)
{
    return one_case(
        tx_query(tx, arena, err, "SELECT " CASE_COLUMNS CASE_FROM "WHERE c.id = $1", P_INT(id)),
        arena, out, err);
}

bool case_by_number(Tx *tx, Str number, Arena *arena, Case *out, Err *err)
{
    return one_case(tx_query(tx, arena, err, "SELECT " CASE_COLUMNS CASE_FROM "WHERE c.number = $1",
                             P_TEXT(number)),
                    arena, out, err);
}

bool case_by_status_token(Tx *tx, Str token, Arena *arena, Case *out, Err *err)
{
    return one_case(tx_query(tx, arena, err,
                             "SELECT " CASE_COLUMNS CASE_FROM "WHERE c.status_token = $1",
                             P_TEXT(token)),
                    arena, out, err);
}

bool case_by_key(Tx *tx, Str key, Str draft_token, Arena *arena, Case *out, Str *order_hash,
                 Err *err)
{
    int64_t id = 0;
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, order_hash FROM cases WHERE idempotency_key = $1 OR "
                          "draft_token = $2",
                          P_TEXT(key), P_TEXT(draft_token));

    out->id = 0;
    if (!rows)
        return false;
    if (rows_next(rows, err)) {
        id = row_int(rows, 0);
        *order_hash = row_text(rows, 1);
        rows_end(rows);
        return case_by_id(tx, id, arena, out, err);
    }
    return err->kind == ERR_NONE;
}

/* --- Parts --------------------------------------------------------------------------------- */

bool case_tasks(Tx *tx, int64_t case_id, Arena *arena, Task **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, task, office, label, protected, done, result, assigned_to, "
                          "created_at FROM case_task WHERE case_id = $1 ORDER BY id",
                          P_INT(case_id));

    return ROWS_LIST(rows, arena, out, count, err,
                     (Task){.id = row_int(rows, 0),
                            .task = row_text(rows, 1),
                            .office = row_text(rows, 2),
                            .label = row_text(rows, 3),
                            .protected_ = row_int(rows, 4) != 0,
                            .done = row_int(rows, 5) != 0,
                            .result = row_text(rows, 6),
                            .assigned_to = row_int(rows, 7),
                            .created = row_int(rows, 8)});
}

bool case_findings(Tx *tx, int64_t case_id, Arena *arena, Finding **out, size_t *count, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT id, rule, kind, path, message, request, status, reason, document_id "
                 "FROM case_finding WHERE case_id = $1 ORDER BY id",
                 P_INT(case_id));

    return ROWS_LIST(rows, arena, out, count, err,
                     (Finding){.id = row_int(rows, 0),
                               .rule = row_text(rows, 1),
                               .kind = row_text(rows, 2),
                               .path = row_text(rows, 3),
                               .message = row_text(rows, 4),
                               .request = row_text(rows, 5),
                               .status = row_text(rows, 6),
                               .reason = row_text(rows, 7),
                               .document_id = row_int(rows, 8)});
}

bool case_documents(Tx *tx, int64_t case_id, Arena *arena, Document **out, size_t *count, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT d.id, kind, title, sha256, type, size, path, created_at, "
                 "for_citizen, protected_office, received_on, added_by, mark, mark_reason, "
                 "marked_by, released_at, released_by, w.text, read_at FROM case_document d "
                 "LEFT JOIN case_word w ON w.id = d.released_words WHERE d.case_id = $1 "
                 "ORDER BY d.id",
                 P_INT(case_id));

    return ROWS_LIST(rows, arena, out, count, err,
                     (Document){.id = row_int(rows, 0),
                                .kind = row_text(rows, 1),
                                .title = row_text(rows, 2),
                                .sha256 = row_text(rows, 3),
                                .type = row_text(rows, 4),
                                .size = row_int(rows, 5),
                                .path = row_text(rows, 6),
                                .created = row_int(rows, 7),
                                .for_citizen = row_int(rows, 8) != 0,
                                .protected_office = row_text(rows, 9),
                                .received = row_date(rows, 10),
                                .added_by = row_int(rows, 11),
                                .mark = row_text(rows, 12),
                                .mark_reason = row_text(rows, 13),
                                .marked_by = row_int(rows, 14),
                                .released = row_int(rows, 15),
                                .released_by = row_int(rows, 16),
                                .release_note = row_text(rows, 17),
                                .read = row_int(rows, 18)});
}

bool document_may_release(const Document *document)
{
    return str_is(document->kind, "scan") && !document->for_citizen &&
           !document->protected_office.ptr;
}

bool document_ready(const Document *document)
{
    return document->sha256.ptr || str_is(document->kind, "receipt");
}

bool case_document_by_id(Tx *tx, int64_t case_id, int64_t id, Arena *arena, Document *out, Err *err)
{
    Document *all;
    size_t count;

    if (!case_documents(tx, case_id, arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (all[i].id == id && document_ready(&all[i])) {
            *out = all[i];
            return true;
        }
    return err_set(err, ERR_NOT_FOUND, "Dieses Dokument gibt es nicht.");
}

bool case_state_by_events(Tx *tx, int64_t case_id, Arena *arena, Str *state, Err *err)
{
    Event *events = NULL;
    size_t count = 0;

    *state = STR_NONE;
    if (!event_list(tx, str_printf(arena, "case/%lld", (long long)case_id), arena, &events, &count,
                    err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (node_get(events[i].data, "state"))
            *state = node_get_text(events[i].data, "state");
    return true;
}
