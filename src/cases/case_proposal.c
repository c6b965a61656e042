/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_proposal.h"

#include "base/vec.h"
#include "cases/case_store.h"
#include "cases/case_word.h"
#include "core/crypto.h"
#include "core/store/event.h"

/* --- What it rests on ------------------------------------------------------------------------ */

static bool add_lookups(CaseWork *work, Node *out, Err *err)
{
    const FeelValue *context;

    if (!case_work_context(work, CONTEXT_ALL, &context, err))
        return false;
    for (size_t i = 0; i < work->process->lookup_count; i++) {
        Str id = work->process->lookups[i].id;

        node_set(work->arena, out, id, feel_to_node(work->arena, feel_context_get(context, id)));
    }
    return true;
}

static bool add_work(CaseWork *work, Node *out, Err *err)
{
    Node *list = node_list(work->arena);
    Task *tasks;
    Finding *findings;
    size_t count;

    if (!case_tasks(work->tx, work->c->id, work->arena, &tasks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        node_append(work->arena, list,
                    node_string(work->arena,
                                str_printf(work->arena, "task %lld %d %.*s", (long long)tasks[i].id,
                                           tasks[i].done, STR_ARG(tasks[i].result))));
    if (!case_findings(work->tx, work->c->id, work->arena, &findings, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        node_append(work->arena, list,
                    node_string(work->arena, str_printf(work->arena, "finding %lld %.*s",
                                                        (long long)findings[i].id,
                                                        STR_ARG(findings[i].status))));
    node_set(work->arena, out, STR("work"), list);
    return true;
}

static bool fingerprint(CaseWork *work, Str *out, Err *err)
{
    const Case *c = work->c;
    Node *all = node_map(work->arena);
    Node *lookups = node_map(work->arena);
    Buf text = buf_in(work->arena);

    if (!add_lookups(work, lookups, err) || !add_work(work, all, err))
        return false;
    node_set(work->arena, all, STR("state"), node_string(work->arena, c->state));
    node_set(work->arena, all, STR("data"), node_int(work->arena, c->data_version));
    node_set(work->arena, all, STR("vars"), node_clone(work->arena, c->vars));
    node_set(work->arena, all, STR("lookups"), lookups);
    node_write_json_canonical(all, &text);
    *out = crypto_sha256_hex(work->arena, buf_str(&text));
    return true;
}

/* Keyed, for it is handed out: who knows the rest of a case could else try out what a protected
 * task may have come to. */
static Str under_key(const Tenant *tenant, Str hash, Arena *arena)
{
    unsigned char key[32], mac[32];

    crypto_subkey(tenant->secret_key, "case basis", key);
    crypto_mac(key, hash, mac, sizeof mac);
    return crypto_hex(arena, (Str){(const char *)mac, sizeof mac});
}

bool case_basis(Tx *tx, Tenant *tenant, const Package *package, const Case *c, Date today,
                Arena *arena, Str *out, Err *err)
{
    CaseWork work;

    if (!case_work(&work, tx, tenant, package, c, today, arena, err) ||
        !fingerprint(&work, out, err))
        return false;
    *out = under_key(tenant, *out, arena);
    return true;
}

bool case_proposal_holds(Tx *tx, Tenant *tenant, const Package *package, const Case *c,
                         const Proposal *proposal, Date today, Arena *arena, bool *out, Err *err)
{
    CaseWork work;
    Str now;

    if (!case_work(&work, tx, tenant, package, c, today, arena, err) ||
        !fingerprint(&work, &now, err))
        return false;
    *out = str_eq(now, proposal->fingerprint);
    return true;
}

/* --- Reading --------------------------------------------------------------------------------- */

#define COLUMNS                                                                               \
    "p.id, p.case_id, p.action, p.office, p.service, p.protected_office, p.entry, p.edits, "  \
    "p.letters, p.fingerprint, p.proposed_by, p.proposed_at, p.note, p.status, "              \
    "p.decided_by, p.decided_at, p.reason, c.number, c.applicant, c.version, c.procedure_id " \
    "FROM case_proposal p JOIN cases c ON c.id = p.case_id "

static bool json_column(Rows *rows, int column, Arena *arena, const Node **out, Err *err)
{
    *out = NULL;
    if (row_null(rows, column))
        return true;
    *out = node_parse_json(arena, row_text(rows, column), NULL, &NODE_LIMITS_PACKAGE, err);
    return *out != NULL;
}

static bool read_row(Rows *rows, Arena *arena, Proposal *out, Err *err)
{
    *out = (Proposal){.id = row_int(rows, 0),
                      .case_id = row_int(rows, 1),
                      .action = row_text(rows, 2),
                      .office = row_text(rows, 3),
                      .service = row_text(rows, 4),
                      .protected_office = row_text(rows, 5),
                      .fingerprint = row_text(rows, 9),
                      .by = row_int(rows, 10),
                      .at = row_int(rows, 11),
                      .note = row_text(rows, 12),
                      .status = row_text(rows, 13),
                      .decided_by = row_int(rows, 14),
                      .decided = row_int(rows, 15),
                      .reason = row_text(rows, 16),
                      .number = row_text(rows, 17),
                      .applicant = row_text(rows, 18),
                      .version = row_text(rows, 19),
                      .procedure = row_text(rows, 20)};
    return json_column(rows, 6, arena, &out->entry, err) &&
           json_column(rows, 7, arena, &out->edits, err) &&
           json_column(rows, 8, arena, &out->letters, err);
}

static bool read_one(Rows *rows, Arena *arena, Proposal *out, Err *err)
{
    *out = (Proposal){0};
    if (!rows)
        return false;
    if (!rows_next(rows, err))
        return err->kind == ERR_NONE;
    bool ok = read_row(rows, arena, out, err);

    rows_end(rows);
    return ok;
}

bool case_proposal_open(Tx *tx, int64_t case_id, Arena *arena, Proposal *out, Err *err)
{
    err_clear(err);
    return read_one(tx_query(tx, arena, err,
                             "SELECT " COLUMNS "WHERE p.case_id = $1 AND p.status = 'open'",
                             P_INT(case_id)),
                    arena, out, err);
}

bool case_proposal_by_id(Tx *tx, int64_t case_id, int64_t id, Arena *arena, Proposal *out, Err *err)
{
    err_clear(err);
    return read_one(tx_query(tx, arena, err, "SELECT " COLUMNS "WHERE p.id = $1 AND p.case_id = $2",
                             P_INT(id), P_INT(case_id)),
                    arena, out, err) &&
           (out->id || err_set(err, ERR_NOT_FOUND, "Diesen Vorschlag gibt es nicht."));
}

bool case_proposals(Tx *tx, int64_t staff_id, Arena *arena, Proposal **out, size_t *count, Err *err)
{
    struct {
        Proposal *items;
        size_t count, capacity;
    } list = {0};
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT " COLUMNS "WHERE p.status = 'open' OR (p.status = 'returned' AND "
                          "p.proposed_by = $1 AND c.closed = 0 AND NOT EXISTS (SELECT 1 FROM "
                          "case_proposal l WHERE l.case_id = p.case_id AND l.id > p.id)) "
                          "ORDER BY p.id",
                          P_INT(staff_id));

    while (rows && rows_next(rows, err)) {
        Proposal proposal;

        if (!read_row(rows, arena, &proposal, err))
            return false;
        VEC_PUSH(arena, &list, proposal);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

/* --- Proposing and deciding --------------------------------------------------------------------
 */

static bool record(Tx *tx, const Case *c, const char *type, int64_t id, const Proposal *proposal,
                   Str reason, int64_t staff_id, Arena *arena, Err *err)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("proposal"), node_int(arena, id));
    node_set(arena, data, STR("action"), node_string(arena, proposal->action));
    if (!str_empty(proposal->protected_office))
        node_set(arena, data, STR("protected"), node_string(arena, proposal->protected_office));
    return case_word_add(tx, c->id, reason, data, arena, err) &&
           event_add(tx, type, case_subject(c, arena), event_staff(arena, staff_id), data, err);
}

/* Close an open proposal. Of two who do it at once the second is refused. */
static bool close_proposal(Tx *tx, int64_t id, const char *status, int64_t staff_id, Str reason,
                           Err *err)
{
    int64_t changed = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE case_proposal SET status = $2, decided_by = $3, decided_at = $4, "
                       "reason = $5 WHERE id = $1 AND status = 'open'",
                       P_INT(id), P_TEXT(str_c(status)), P_INT(staff_id), P_INT(tx_now(tx)),
                       P_TEXT(reason)))
        return false;
    return changed == 1 ||
           err_set(err, ERR_CONFLICT, "Über diesen Vorschlag ist inzwischen entschieden.");
}

/* An open proposal that is void makes way for a new one. */
static bool clear_way(CaseWork *work, Str now, int64_t staff_id, Err *err)
{
    Proposal open;

    if (!case_proposal_open(work->tx, work->c->id, work->arena, &open, err))
        return false;
    if (!open.id)
        return true;
    if (str_eq(open.fingerprint, now))
        return err_set(err, ERR_CONFLICT,
                       "Zu diesem Vorgang liegt schon ein Vorschlag, über den noch niemand "
                       "entschieden hat.");
    return close_proposal(work->tx, open.id, "void", staff_id, STR_NONE, err);
}

static Param json_param(const Node *node, Arena *arena)
{
    return node ? P_TEXT(node_json(node, arena)) : P_NULL;
}

bool case_propose(Tx *tx, Tenant *tenant, const Package *package, Case *c,
                  const ProposeOrder *order, Date today, Arena *arena, int64_t *id, Err *err)
{
    CaseWork work;
    const FeelValue *context;
    Str now;
    bool needed;

    if (!case_work(&work, tx, tenant, package, c, today, arena, err))
        return false;
    const Action *action = process_action(work.process, order->action);

    if (!action)
        return err_set(err, ERR_NOT_FOUND, "Diese Entscheidung gibt es in dem Verfahren nicht.");
    if (!case_action_context(&work, action, order->entry, &context, err) ||
        !case_needs_second(&work, action, context, &needed, err))
        return false;
    if (!needed)
        return err_set(err, ERR_CONFLICT, "Diese Entscheidung treffen Sie allein.");
    if (!fingerprint(&work, &now, err) || !clear_way(&work, now, order->staff_id, err))
        return false;
    Proposal proposal = {.action = action->id, .protected_office = action_protected_by(action)};

    return tx_insert(tx, err, id,
                     "INSERT INTO case_proposal (case_id, action, office, service, "
                     "protected_office, entry, edits, letters, fingerprint, proposed_by, "
                     "proposed_at, note, status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
                     "$11, $12, 'open')",
                     P_INT(c->id), P_TEXT(action->id), P_TEXT(action->office), P_TEXT(package->id),
                     P_TEXT(proposal.protected_office), json_param(order->entry, arena),
                     json_param(order->edits, arena), json_param(order->letters, arena),
                     P_TEXT(now), P_INT(order->staff_id), P_INT(tx_now(tx)), P_TEXT(order->note)) &&
           record(tx, c, "case.proposed", *id, &proposal, order->note, order->staff_id, arena, err);
}

bool case_proposal_approve(Tx *tx, Tenant *tenant, const Package *package, Case *c, int64_t id,
                           int64_t staff_id, Date today, Arena *arena, Err *err)
{
    Proposal proposal;
    bool holds;

    if (!case_proposal_by_id(tx, c->id, id, arena, &proposal, err))
        return false;
    if (proposal.by == staff_id)
        return err_set(err, ERR_FORBIDDEN,
                       "Dem eigenen Vorschlag kann man nicht selbst zustimmen.");
    if (!str_is(proposal.status, "open"))
        return err_set(err, ERR_CONFLICT, "Über diesen Vorschlag ist inzwischen entschieden.");
    if (!case_proposal_holds(tx, tenant, package, c, &proposal, today, arena, &holds, err))
        return false;
    if (!holds)
        return err_set(err, ERR_CONFLICT,
                       "Seit dem Vorschlag hat sich der Vorgang geändert. Der Vorschlag gilt nicht "
                       "mehr; bitte lassen Sie neu entscheiden.");
    ActOrder order = {.action = proposal.action,
                      .entry = proposal.entry,
                      .edits = proposal.edits,
                      .actor = event_staff(arena, staff_id),
                      .proposed_by = event_staff(arena, proposal.by)};

    return close_proposal(tx, id, "approved", staff_id, STR_NONE, err) &&
           case_act_order(tx, tenant, package, c, &order, today, arena, err);
}

bool case_proposal_return(Tx *tx, const Case *c, int64_t id, Str reason, int64_t staff_id, Err *err)
{
    Arena *arena = arena_create(0);
    Proposal proposal;
    bool ok = case_proposal_by_id(tx, c->id, id, arena, &proposal, err) &&
              close_proposal(tx, id, proposal.by == staff_id ? "void" : "returned", staff_id,
                             reason, err) &&
              record(tx, c, proposal.by == staff_id ? "case.withdrawn" : "case.returned", id,
                     &proposal, reason, staff_id, arena, err);

    arena_destroy(arena);
    return ok;
}
