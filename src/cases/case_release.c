/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_release.h"

#include "cases/case_store.h"
#include "cases/case_word.h"
#include "core/store/event.h"

static bool record(Tx *tx, const Case *c, const char *type, int64_t id, int64_t words, Str actor,
                   Arena *arena, Err *err)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("document"), node_int(arena, id));
    if (words)
        node_set(arena, data, STR("words"), node_int(arena, words));
    return event_add(tx, type, case_subject(c, arena), actor, data, err);
}

static bool release_one(Tx *tx, const Case *c, int64_t id, const ReleaseOrder *order, int64_t words,
                        Arena *arena, Err *err)
{
    int64_t changed = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE case_document SET for_citizen = 1, released_at = $3, "
                       "released_by = $4, released_words = $5 WHERE id = $1 AND case_id = $2 AND "
                       "kind = 'scan' AND for_citizen = 0 AND protected_office IS NULL",
                       P_INT(id), P_INT(c->id), P_INT(tx_now(tx)), P_INT(order->staff_id),
                       words ? P_INT(words) : P_NULL))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT,
                       "Eines der Schriftstücke ist schon freigegeben. Bitte wählen Sie neu aus.");
    return record(tx, c, "case.document_released", id, words, event_staff(arena, order->staff_id),
                  arena, err);
}

/* Each release has a mail of its own, also of a document that was taken back before. */
static bool tell(Tx *tx, Tenant *tenant, const Case *c, Arena *arena, Err *err)
{
    Case copy = *c;
    CaseWork work = {.tx = tx, .tenant = tenant, .c = &copy, .arena = arena};
    int64_t event = 0;

    return tx_query_int(tx, err, &event, "SELECT MAX(id) FROM event") &&
           case_order_notice(&work, NOTICE_DOCUMENT,
                             str_printf(arena, "released/%lld", (long long)event), err);
}

bool case_release(Tx *tx, Tenant *tenant, const Case *c, const ReleaseOrder *order, Arena *arena,
                  Err *err)
{
    Node *kept = node_map(arena);

    if (order->count == 0)
        return err_set(err, ERR_INPUT, "Bitte wählen Sie ein Schriftstück aus.");
    if (!case_word_add(tx, c->id, order->note, kept, arena, err))
        return false;
    int64_t words = node_get_i64(kept, "words", 0);

    for (size_t i = 0; i < order->count; i++)
        if (!release_one(tx, c, order->ids[i], order, words, arena, err))
            return false;
    return tell(tx, tenant, c, arena, err);
}

bool case_release_withdraw(Tx *tx, const Case *c, int64_t id, int64_t staff_id, Err *err)
{
    int64_t changed = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE case_document SET for_citizen = 0, released_at = NULL, "
                       "released_by = NULL, released_words = NULL WHERE id = $1 AND "
                       "case_id = $2 AND kind = 'scan' AND for_citizen = 1 AND read_at IS NULL",
                       P_INT(id), P_INT(c->id)))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT,
                       "Die Freigabe lässt sich nicht zurücknehmen: Die antragstellende Person hat "
                       "das Dokument schon geöffnet, oder es ist nicht freigegeben.");
    Arena *arena = arena_create(0);
    bool ok =
        record(tx, c, "case.document_withdrawn", id, 0, event_staff(arena, staff_id), arena, err);

    arena_destroy(arena);
    return ok;
}

bool case_release_read(Tx *tx, const Case *c, int64_t id, Err *err)
{
    int64_t changed = 0, there = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE case_document SET read_at = $3 WHERE id = $1 AND case_id = $2 AND "
                       "kind = 'scan' AND for_citizen = 1 AND read_at IS NULL",
                       P_INT(id), P_INT(c->id), P_INT(tx_now(tx))) ||
        !tx_query_int(tx, err, &there,
                      "SELECT COUNT(*) FROM case_document WHERE id = $1 AND case_id = $2 AND "
                      "for_citizen = 1",
                      P_INT(id), P_INT(c->id)))
        return false;
    if (there == 0)
        return err_set(err, ERR_NOT_FOUND, "Dieses Dokument gibt es hier nicht.");
    if (changed == 0)
        return true;
    Arena *arena = arena_create(0);
    bool ok = record(tx, c, "case.document_read", id, 0, STR("citizen"), arena, err);

    arena_destroy(arena);
    return ok;
}
