/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_document.h"

#include "cases/case_store.h"
#include "core/store/event.h"

static bool record(Tx *tx, const Case *c, const char *type, int64_t id, Str mark, int64_t staff_id,
                   Arena *arena, Err *err)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("document"), node_int(arena, id));
    if (mark.ptr)
        node_set(arena, data, STR("mark"), node_string(arena, mark));
    return event_add(tx, type, case_subject(c, arena), event_staff(arena, staff_id), data, err);
}

bool case_document_mark(Tx *tx, const Case *c, int64_t id, Str mark, Str reason, int64_t staff_id,
                        Err *err)
{
    bool rejected = str_is(mark, "rejected");
    int64_t changed = 0;

    if (!rejected && !str_is(mark, "accepted") && !str_is(mark, "seen"))
        return err_set(err, ERR_INPUT, "Bitte wählen Sie, was mit dem Dokument ist.");
    if (rejected && str_empty(reason))
        return err_set(err, ERR_INPUT, "Bitte schreiben Sie, warum das Dokument nicht genügt.");
    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE case_document SET mark = $3, mark_reason = $4, marked_by = $5, "
                       "marked_at = $6 WHERE id = $1 AND case_id = $2",
                       P_INT(id), P_INT(c->id), P_TEXT(mark), rejected ? P_TEXT(reason) : P_NULL,
                       P_INT(staff_id), P_INT(tx_now(tx))))
        return false;
    if (changed == 0)
        return err_set(err, ERR_NOT_FOUND, "Dieses Dokument gibt es nicht.");
    Arena *arena = arena_create(0);
    bool ok = record(tx, c, "case.document_marked", id, mark, staff_id, arena, err);

    arena_destroy(arena);
    return ok;
}

bool case_document_add(Tx *tx, Tenant *tenant, const Case *c, const ScanOrder *order, int64_t *id,
                       Err *err)
{
    Arena *arena = arena_create(0);
    const FileInfo *file = order->file;
    bool ok =
        tx_insert(tx, err, id,
                  "INSERT INTO case_document (case_id, kind, title, sha256, type, size, "
                  "created_at, for_citizen, received_on, added_by) VALUES ($1, 'scan', $2, $3, $4, "
                  "$5, $6, 0, $7, $8)",
                  P_INT(c->id), P_TEXT(order->title), P_TEXT(str_c(file->sha256)),
                  P_TEXT(file->type), P_INT(file->size), P_INT(tx_now(tx)),
                  P_TEXT(date_iso(arena, order->received)), P_INT(order->staff_id)) &&
        file_put(tx, tenant, file, order->bytes, case_subject(c, arena), err) &&
        record(tx, c, "case.document_added", *id, STR_NONE, order->staff_id, arena, err);

    arena_destroy(arena);
    return ok;
}
