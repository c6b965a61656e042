/* SPDX-License-Identifier: EUPL-1.2 */
#include "ident/views.h"

#include "ident/internal.h"

bool staff_row_read(Request *req, int64_t id, StaffRow *out, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = staff_row_by_id(tx, id, req->arena, out, err);
    tx_end(tx);
    return ok;
}

Str back_target(Str weiter, const char *otherwise)
{
    bool inside = weiter.len > 0 && weiter.len < 500 && weiter.ptr[0] == '/' &&
                  (weiter.len == 1 || (weiter.ptr[1] != '/' && weiter.ptr[1] != '\\'));

    for (size_t i = 0; inside && i < weiter.len; i++)
        inside = (unsigned char)weiter.ptr[i] > ' ' && weiter.ptr[i] != '\\';
    return inside ? weiter : str_c(otherwise);
}
