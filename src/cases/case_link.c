/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_link.h"
#include "cases/case_later.h"

#include "core/page/out.h"
#include "core/store/event.h"
#include "core/store/rows.h"

/* --- Reading --------------------------------------------------------------------------------- */

bool case_links(Tx *tx, int64_t case_id, Arena *arena, CaseLink **out, size_t *count, Err *err)
{
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT l.id, c.id, c.number, c.applicant, c.version, c.procedure_id, "
                          "c.state, l.why, l.kind, l.case_id, l.created_at FROM case_link l "
                          "JOIN cases c ON c.id = CASE WHEN l.case_id = $1 THEN l.other_id ELSE "
                          "l.case_id END WHERE (l.case_id = $1 OR l.other_id = $1) AND "
                          "l.undone_at IS NULL ORDER BY l.id",
                          P_INT(case_id));

    return ROWS_LIST(rows, arena, out, count, err,
                     (CaseLink){.id = row_int(rows, 0),
                                .other = row_int(rows, 1),
                                .number = row_text(rows, 2),
                                .applicant = row_text(rows, 3),
                                .version = row_text(rows, 4),
                                .procedure = row_text(rows, 5),
                                .state = row_text(rows, 6),
                                .why = row_text(rows, 7),
                                .merged = str_is(row_text(rows, 8), "merged"),
                                .into = row_int(rows, 9) == case_id,
                                .at = row_int(rows, 10)});
}

/* Cases that have a key in common with $1 and are not linked with it. */
#define HINTED                                                                                   \
    "SELECT DISTINCT o.case_id AS case_id FROM case_key k JOIN case_key o ON o.key = k.key AND " \
    "o.case_id <> k.case_id WHERE k.case_id = $1 AND NOT EXISTS (SELECT 1 FROM case_link l "     \
    "WHERE l.undone_at IS NULL AND ((l.case_id = $1 AND l.other_id = o.case_id) OR "             \
    "(l.other_id = $1 AND l.case_id = o.case_id)))"

/* Most cases have none. That is told without the table in which SQLite gathers different cases. */
bool case_hint_count(Tx *tx, int64_t case_id, int64_t most, int64_t *out, Err *err)
{
    int64_t some = 0;

    *out = 0;
    if (!tx_query_int(tx, err, &some,
                      "SELECT EXISTS (SELECT 1 FROM case_key k JOIN case_key o ON o.key = k.key "
                      "AND o.case_id <> k.case_id WHERE k.case_id = $1)",
                      P_INT(case_id)))
        return false;
    if (!some)
        return true;
    return tx_query_int(tx, err, out, "SELECT COUNT(*) FROM (" HINTED " LIMIT $2) h",
                        P_INT(case_id), P_INT(most));
}

bool case_hints(Tx *tx, int64_t case_id, size_t first, size_t limit, Arena *arena, CaseHint **out,
                size_t *count, Err *err)
{
    CaseHint *hints = arena_array(arena, CaseHint, limit);
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT h.case_id, k.key, c.number, c.applicant, c.version, "
                          "c.procedure_id, c.state, c.closed FROM (" HINTED
                          " ORDER BY o.case_id DESC LIMIT $2 OFFSET $3) h JOIN cases c ON c.id = "
                          "h.case_id JOIN case_key k ON k.case_id = $1 JOIN case_key o ON o.key = "
                          "k.key AND o.case_id = h.case_id ORDER BY h.case_id DESC, k.key",
                          P_INT(case_id), P_INT((int64_t)limit), P_INT((int64_t)first));

    *out = hints;
    *count = 0;
    while (rows && rows_next(rows, err)) {
        CaseHint *hint = *count ? &hints[*count - 1] : NULL;

        if (!hint || hint->other != row_int(rows, 0)) {
            hint = &hints[(*count)++];
            *hint = (CaseHint){.other = row_int(rows, 0),
                               .number = row_text(rows, 2),
                               .applicant = row_text(rows, 3),
                               .version = row_text(rows, 4),
                               .procedure = row_text(rows, 5),
                               .state = row_text(rows, 6),
                               .closed = row_int(rows, 7) != 0,
                               .keys = arena_array(arena, Str, 8)};
        }
        if (hint->key_count < 8)
            hint->keys[hint->key_count++] = row_text(rows, 1);
    }
    return rows && err->kind == ERR_NONE;
}

/* --- Links ---------------------------------------------------------------------------------------
 */

static bool record(Tx *tx, int64_t case_id, const char *type, int64_t other, int64_t staff_id,
                   Err *err)
{
    Arena *arena = arena_create(0);
    Node *data = node_map(arena);

    node_set(arena, data, STR("case"), node_int(arena, other));
    bool ok = event_add(tx, type, str_printf(arena, "case/%lld", (long long)case_id),
                        event_staff(arena, staff_id), data, err);

    arena_destroy(arena);
    return ok;
}

static bool insert_link(Tx *tx, int64_t case_id, int64_t other, const char *kind, Str why,
                        Str before, int64_t staff_id, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO case_link (case_id, other_id, kind, why, before, created_by, "
                   "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   P_INT(case_id), P_INT(other), P_TEXT(str_c(kind)), P_TEXT(why), P_TEXT(before),
                   P_INT(staff_id), P_INT(tx_now(tx)));
}

static bool undo_links(Tx *tx, int64_t a, int64_t b, int64_t staff_id, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE case_link SET undone_at = $3, undone_by = $4 WHERE undone_at IS NULL "
                   "AND ((case_id = $1 AND other_id = $2) OR (case_id = $2 AND other_id = $1))",
                   P_INT(a), P_INT(b), P_INT(tx_now(tx)), P_INT(staff_id));
}

bool case_link_add(Tx *tx, const Case *c, const Case *other, Str why, int64_t staff_id, Err *err)
{
    int64_t known = 0;

    if (c->id == other->id)
        return err_set(err, ERR_INPUT, "Das ist dieser Vorgang selbst.");
    if (!tx_query_int(tx, err, &known,
                      "SELECT COUNT(*) FROM case_link WHERE undone_at IS NULL AND ((case_id = $1 "
                      "AND other_id = $2) OR (case_id = $2 AND other_id = $1))",
                      P_INT(c->id), P_INT(other->id)))
        return false;
    if (known)
        return err_set(err, ERR_CONFLICT, "Die beiden Vorgänge sind schon verbunden.");
    return insert_link(tx, c->id, other->id, "related", why, STR_NONE, staff_id, err) &&
           record(tx, c->id, "case.linked", other->id, staff_id, err) &&
           record(tx, other->id, "case.linked", c->id, staff_id, err);
}

bool case_link_remove(Tx *tx, const Case *c, int64_t link_id, int64_t staff_id, Err *err)
{
    int64_t other = 0;

    if (!tx_query_int(tx, err, &other,
                      "SELECT CASE WHEN case_id = $2 THEN other_id ELSE case_id END FROM case_link "
                      "WHERE id = $1 AND kind = 'related' AND undone_at IS NULL AND "
                      "(case_id = $2 OR other_id = $2)",
                      P_INT(link_id), P_INT(c->id)))
        return false;
    if (!other)
        return err_set(err, ERR_CONFLICT, "Diese Verbindung gibt es nicht mehr.");
    return undo_links(tx, c->id, other, staff_id, err) &&
           record(tx, c->id, "case.unlinked", other, staff_id, err) &&
           record(tx, other, "case.unlinked", c->id, staff_id, err);
}

/* --- Merging
 * -------------------------------------------------------------------------------------- */

/* What merging closes, so that it can be opened again. */
static bool remember(CaseWork *work, Str *out, Err *err)
{
    Arena *arena = work->arena;
    const Case *c = work->c;
    Node *before = node_map(arena), *findings = node_map(arena), *tasks = node_list(arena);
    Finding *all_findings;
    Task *all_tasks;
    size_t count;

    if (!case_findings(work->tx, c->id, arena, &all_findings, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (str_is(all_findings[i].status, "open") || str_is(all_findings[i].status, "asked"))
            node_set(arena, findings, str_printf(arena, "%lld", (long long)all_findings[i].id),
                     node_string(arena, all_findings[i].status));
    if (!case_tasks(work->tx, c->id, arena, &all_tasks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!all_tasks[i].done)
            node_append(arena, tasks, node_int(arena, all_tasks[i].id));
    node_set(arena, before, STR("findings"), findings);
    node_set(arena, before, STR("tasks"), tasks);
    if (!date_absent(c->deadline))
        node_set(arena, before, STR("deadline"), node_string(arena, date_iso(arena, c->deadline)));
    if (c->paused)
        node_set(arena, before, STR("clock_left"), node_int(arena, c->clock_left));
    *out = node_json(before, arena);
    return true;
}

static bool close_parts(CaseWork *work, Str why, Err *err)
{
    int64_t id = work->c->id;

    return tx_exec(work->tx, err,
                   "UPDATE case_finding SET status = 'dismissed', reason = $2 WHERE case_id = $1 "
                   "AND status IN ('open', 'asked')",
                   P_INT(id), P_TEXT(why)) &&
           tx_exec(work->tx, err,
                   "UPDATE case_task SET done = 1, result = $2, done_at = $3 WHERE case_id = $1 "
                   "AND done = 0",
                   P_INT(id), P_TEXT(why), P_INT(tx_now(work->tx))) &&
           tx_exec(work->tx, err,
                   "UPDATE case_proposal SET status = 'void' WHERE case_id = $1 AND "
                   "status = 'open'",
                   P_INT(id));
}

/* The link of the kept case goes only to the address that has it already. */
static bool tell(CaseWork *work, const Case *into, Err *err)
{
    Str lang = work->c->lang;
    Buf body = buf_in(work->arena);
    Str url = case_status_url(work->tenant, into, work->arena);

    buf_add(&body, trf(work->arena, lang,
                       "Guten Tag,\n\nzu Ihrem Anliegen gab es zwei Anträge. Wir bearbeiten sie "
                       "zusammen weiter, unter der Nummer %.*s. Sie müssen nichts tun.",
                       STR_ARG(into->number)));
    if (!str_empty(into->email) && str_eq_nocase(into->email, work->c->email) && url.ptr) {
        buf_add(&body, STR("\n\n"));
        buf_add(&body, trf(work->arena, lang, "Der Antrag %.*s:", STR_ARG(into->number)));
        buf_add_char(&body, '\n');
        buf_add(&body, url);
    }
    return case_order_mail(
        work, str_printf(work->arena, "merged/%lld", (long long)tx_now(work->tx)),
        trf(work->arena, lang, "Ihr Antrag %.*s wird unter einer anderen Nummer weiterbearbeitet",
            STR_ARG(work->c->number)),
        buf_str(&body), err);
}

static bool may_merge(Tx *tx, const Case *c, const Case *into, Err *err)
{
    int64_t taken = 0;

    if (c->id == into->id)
        return err_set(err, ERR_INPUT, "Das ist dieser Vorgang selbst.");
    if (c->merged_into)
        return err_set(err, ERR_CONFLICT, "Dieser Vorgang ist schon zusammengeführt.");
    if (c->closed)
        return err_set(err, ERR_CONFLICT,
                       "Der Vorgang ist abgeschlossen. Sie können ihn nur verknüpfen.");
    if (into->closed)
        return err_set(err, ERR_CONFLICT,
                       "Der andere Vorgang ist abgeschlossen. Sie können ihn nur verknüpfen.");
    if (into->merged_into)
        return err_set(err, ERR_CONFLICT,
                       "Der andere Vorgang ist selbst schon mit einem weiteren zusammengeführt.");
    /* One step only: where a case has gone on must be plain, for its applicant and when it is
     * erased. */
    if (!tx_query_int(tx, err, &taken,
                      "SELECT COUNT(*) FROM cases WHERE merged_into = $1 AND erased_at IS NULL",
                      P_INT(c->id)))
        return false;
    if (taken)
        return err_set(err, ERR_CONFLICT,
                       "In diesem Vorgang geht schon ein anderer weiter. Bitte nehmen Sie jene "
                       "Zusammenführung erst zurück, oder lassen Sie den anderen Vorgang in "
                       "diesem aufgehen.");
    return str_eq(c->service, into->service) ||
           err_set(err, ERR_INPUT, "Nur Vorgänge derselben Leistung lassen sich zusammenführen.");
}

static bool set_merged(CaseWork *work, int64_t into, Err *err)
{
    work->c->merged_into = into;
    return tx_exec(work->tx, err, "UPDATE cases SET merged_into = $2 WHERE id = $1",
                   P_INT(work->c->id), into ? P_INT(into) : P_NULL);
}

/* What was planned for days to come is not done here any more, so what was left to a person of it
 * is closed with the findings and tasks. It does not go over: the kept case decides about the same,
 * and what its decision plans has days, letters and reminders of its own. */
bool case_merge(CaseWork *work, const Case *into, Str why, int64_t staff_id, Err *err)
{
    Case *c = work->c;
    Str before;
    Str closed = str_printf(work->arena, "Zusammengeführt mit %.*s", STR_ARG(into->number));

    if (!may_merge(work->tx, c, into, err) || !remember(work, &before, err) ||
        !undo_links(work->tx, c->id, into->id, staff_id, err) ||
        !insert_link(work->tx, c->id, into->id, "merged", why, before, staff_id, err) ||
        !close_parts(work, closed, err) || !set_merged(work, into->id, err) ||
        !case_later_forget(work->tx, c->id, work->arena, err) ||
        !record(work->tx, c->id, "case.merged", into->id, staff_id, err) ||
        !record(work->tx, into->id, "case.merged_here", c->id, staff_id, err) ||
        !tell(work, into, err))
        return false;
    c->closed = true;
    c->deadline = (Date){0};
    c->paused = false;
    return case_save(work, err);
}

/* --- Undoing
 * ---------------------------------------------------------------------------------------- */

static bool reopen_parts(CaseWork *work, const Node *before, Err *err)
{
    const Node *findings = node_get(before, "findings"), *tasks = node_get(before, "tasks");
    int64_t id;

    for (size_t i = 0; findings && i < findings->count; i++)
        if (!str_to_i64(findings->keys[i], &id) ||
            !tx_exec(work->tx, err,
                     "UPDATE case_finding SET status = $3, reason = NULL WHERE id = $1 AND "
                     "case_id = $2",
                     P_INT(id), P_INT(work->c->id), P_TEXT(node_text(findings->items[i]))))
            return false;
    for (size_t i = 0; tasks && i < tasks->count; i++)
        if (!str_to_i64(node_text(tasks->items[i]), &id) ||
            !tx_exec(work->tx, err,
                     "UPDATE case_task SET done = 0, result = NULL, done_at = NULL WHERE id = $1 "
                     "AND case_id = $2",
                     P_INT(id), P_INT(work->c->id)))
            return false;
    return true;
}

/* What was closed, and that nothing was decided in the kept case since. */
static bool read_merge(CaseWork *work, Node **before, Err *err)
{
    Str kept = str_printf(work->arena, "case/%lld", (long long)work->c->merged_into);
    Str text = STR_NONE;
    int64_t decided = 0;
    err_clear(err);
    Rows *rows = tx_query(work->tx, work->arena, err,
                          "SELECT before FROM case_link WHERE case_id = $1 AND "
                          "other_id = $2 AND kind = 'merged' AND undone_at IS NULL",
                          P_INT(work->c->id), P_INT(work->c->merged_into));

    if (rows && rows_next(rows, err)) {
        text = row_text(rows, 0);
        rows_end(rows);
    }
    if (!text.ptr)
        return err->kind == ERR_NONE
                   ? err_set(err, ERR_CONFLICT, "Dieser Vorgang ist nicht zusammengeführt.")
                   : false;
    if (!tx_query_int(work->tx, err, &decided,
                      "SELECT COUNT(*) FROM event WHERE subject = $1 AND type = 'case.action' AND "
                      "id > (SELECT MAX(m.id) FROM event m WHERE m.subject = $2 AND "
                      "m.type = 'case.merged')",
                      P_TEXT(kept), P_TEXT(case_subject(work->c, work->arena))))
        return false;
    if (decided)
        return err_set(err, ERR_CONFLICT,
                       "Im anderen Vorgang ist seither entschieden worden. Die Zusammenführung "
                       "bleibt.");
    *before = node_parse_json(work->arena, text, NULL, &NODE_LIMITS_PACKAGE, err);
    return *before != NULL;
}

static bool tell_undone(CaseWork *work, Err *err)
{
    Str lang = work->c->lang;

    return case_order_mail(
        work, str_printf(work->arena, "unmerged/%lld", (long long)tx_now(work->tx)),
        trf(work->arena, lang, "Ihr Antrag %.*s wird wieder für sich bearbeitet",
            STR_ARG(work->c->number)),
        tr(lang, "Guten Tag,\n\nwir bearbeiten Ihren Antrag wieder für sich. Sie müssen nichts "
                 "tun."),
        err);
}

bool case_unmerge(CaseWork *work, int64_t staff_id, Err *err)
{
    Case *c = work->c;
    int64_t kept = c->merged_into;
    Node *before = NULL;

    if (!read_merge(work, &before, err) || !reopen_parts(work, before, err) ||
        !undo_links(work->tx, c->id, kept, staff_id, err) || !set_merged(work, 0, err) ||
        !case_later_again(work->tx, c->id, work->arena, err) ||
        !record(work->tx, c->id, "case.unmerged", kept, staff_id, err) ||
        !record(work->tx, kept, "case.unmerged", c->id, staff_id, err) || !tell_undone(work, err))
        return false;
    c->closed = false;
    date_parse_iso(node_get_text(before, "deadline"), &c->deadline);
    c->paused = node_get(before, "clock_left") != NULL;
    c->clock_left = (int)node_get_i64(before, "clock_left", 0);
    return case_save(work, err);
}
