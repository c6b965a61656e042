/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_later.h"
#include "cases/case_search.h"
#include "cases/case_store.h"
#include "cases/retention.h"
#include "core/store/event.h"
#include "core/store/file.h"

/* What a case consists of beside its own row, the dependent tables first. */
#define TABLES(X)                                                                     \
    X("case_word", "case_id = $1")                                                    \
    X("case_bulk_item", "case_id = $1")                                               \
    X("case_note_old", "note_id IN (SELECT id FROM case_note WHERE case_id = $1)")    \
    X("case_note", "case_id = $1")                                                    \
    X("case_later_day", "later_id IN (SELECT id FROM case_later WHERE case_id = $1)") \
    X("case_later", "case_id = $1")                                                   \
    X("case_reminder", "case_id = $1")                                                \
    X("case_proposal", "case_id = $1")                                                \
    X("case_key", "case_id = $1")                                                     \
    X("case_link", "case_id = $1 OR other_id = $1")                                   \
    X("case_access", "case_id = $1")                                                  \
    X("case_finding", "case_id = $1")                                                 \
    X("case_task", "case_id = $1")                                                    \
    X("case_document", "case_id = $1")                                                \
    X("case_desk", "case_id = $1")                                                    \
    X("case_data", "case_id = $1")

static bool delete_rows(Tx *tx, int64_t id, int64_t *all, Err *err)
{
    int64_t rows;

    *all = 0;
#define X(table, where)                                                                  \
    if (!tx_exec_count(tx, err, &rows, "DELETE FROM " table " WHERE " where, P_INT(id))) \
        return false;                                                                    \
    *all += rows;
    TABLES(X)
#undef X
    return true;
}

static bool write_proof(Tx *tx, const Case *c, Date closed, Str retention, int64_t rows,
                        int64_t files, Arena *arena, Err *err)
{
    Node *data = node_map(arena);
    int64_t event = 0;

    node_set(arena, data, STR("number"), node_string(arena, c->number));
    node_set(arena, data, STR("state_was"), node_string(arena, c->state));
    node_set(arena, data, STR("closed"), node_string(arena, date_iso(arena, closed)));
    node_set(arena, data, STR("retention"), node_string(arena, retention));
    node_set(arena, data, STR("rows"), node_int(arena, rows));
    node_set(arena, data, STR("files"), node_int(arena, files));
    return event_add(tx, "case.erased", case_subject(c, arena), STR("system"), data, err) &&
           tx_query_int(tx, err, &event, "SELECT MAX(id) FROM event") &&
           tx_exec(tx, err,
                   "INSERT INTO case_erasure (case_id, number, service, state, closed_on, "
                   "erased_at, row_count, file_count, event_id) VALUES ($1, $2, $3, $4, $5, $6, "
                   "$7, $8, $9)",
                   P_INT(c->id), P_TEXT(c->number), P_TEXT(c->service), P_TEXT(c->state),
                   P_TEXT(date_iso(arena, closed)), P_INT(tx_now(tx)), P_INT(rows), P_INT(files),
                   P_INT(event));
}

/* What was to be done with many cases says it once for all of them: its words, and the words of the
 * search that chose them, go with the first of them that goes. One under way ends first. */
static bool empty_bulks(Tx *tx, int64_t id, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE case_bulk SET query = '', params = '{}', kind = '' WHERE id IN "
                   "(SELECT bulk_id FROM case_bulk_item WHERE case_id = $1) AND NOT EXISTS "
                   "(SELECT 1 FROM job j WHERE j.id = case_bulk.job_id AND j.status IN "
                   "('waiting', 'running'))",
                   P_INT(id));
}

bool case_erase(Tx *tx, const Case *c, Date closed, Str retention, Arena *arena, Err *err)
{
    Str subject = case_subject(c, arena);
    int64_t rows, files, unsent;

    /* The row stays for its number; what it said of a person goes. The token must be unique, and
     * opens nothing any more, for there is no data. */
    return file_drop_all(tx, subject, arena, &files, err) &&
           file_drop_all(tx, case_answer_owner(c, arena), arena, &unsent, err) &&
           empty_bulks(tx, c->id, err) && case_later_forget(tx, c->id, arena, err) &&
           delete_rows(tx, c->id, &rows, err) &&
           tx_exec(tx, err, "DELETE FROM effect WHERE subject = $1 AND status = 'done'",
                   P_TEXT(subject)) &&
           tx_exec(tx, err, "DELETE FROM case_held WHERE case_id = $1", P_INT(c->id)) &&
           tx_exec(tx, err,
                   "UPDATE cases SET applicant = '', email = NULL, citizen_id = 0, vars = '{}', "
                   "status_token = 'erased/' || id, idempotency_key = NULL, draft_token = NULL, "
                   "order_hash = '', base_url = NULL, ask_note = NULL, erased_at = $2 "
                   "WHERE id = $1",
                   P_INT(c->id), P_INT(tx_now(tx))) &&
           case_changed(tx, c->id, err) && case_search_forget(tx, err) &&
           write_proof(tx, c, closed, retention, rows, files + unsent, arena, err);
}
