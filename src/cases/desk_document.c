/* SPDX-License-Identifier: EUPL-1.2 */
/* A document of a case, shown in the page or handed out. Every look is noted. */
#include "cases/desk.h"

#include "core/http/request.h"

/* --- Documents
 * ------------------------------------------------------------------------------------------------
 */

static bool find_document(Request *req, Tx *tx, DeskCase *desk, Document *document, Err *err)
{
    int64_t id = 0;

    str_to_i64(request_param(req, "dokument"), &id);
    if (!desk_case(req, tx, desk, err) ||
        !case_document_by_id(tx, desk->c.id, id, req->arena, document, err))
        return false;
    if (document->protected_office.ptr &&
        !desk_may_see_protected(req, document->protected_office, desk->package->id))
        return err_set(err, ERR_FORBIDDEN, "Dieses Dokument sieht nur das entscheidende Amt.");
    return true;
}

bool desk_document_page(Request *req, Response *res, Err *err)
{
    DeskCase desk;
    Document document;
    Str bytes;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && find_document(req, tx, &desk, &document, err);

    if (tx)
        tx_end(tx);
    if (!ok || !case_document_bytes(req->tenant, desk.c.id, &document, req->arena, &bytes, err) ||
        !desk_note_access(req, &desk.c, "Dokument angesehen", err))
        return false;
    bool shown = str_is(document.type, "application/pdf") || str_is(document.type, "image/png") ||
                 str_is(document.type, "image/jpeg");

    return respond_bytes(res, req->arena, document.type, bytes, shown ? STR_NONE : document.title);
}
