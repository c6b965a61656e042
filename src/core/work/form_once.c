/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/form_once.h"

#include "core/crypto.h"

static Str key_of(const Request *req)
{
    Buf all = buf_in(req->arena);

    for (size_t i = 0; i < req->form_count; i++)
        if (!str_is(req->form[i].name, "csrf"))
            buf_addf(&all, "%zu %.*s=%zu %.*s\n", req->form[i].name.len, STR_ARG(req->form[i].name),
                     req->form[i].value.len, STR_ARG(req->form[i].value));
    buf_addf(&all, "%lld %.*s", (long long)req->session.staff_id, STR_ARG(req->path));
    return crypto_sha256_hex(req->arena, buf_str(&all));
}

bool form_once(Tx *tx, const Request *req, bool *first, Err *err)
{
    int64_t count = 1;

    *first = true;
    if (str_empty(request_form(req, FORM_ONCE)))
        return true;
    if (!tx_exec(tx, err, "DELETE FROM form_taken WHERE at < $1",
                 P_INT(tx_now(tx) - FORM_ONCE_KEPT_MS)) ||
        !tx_exec_count(tx, err, &count,
                       "INSERT INTO form_taken (key, at) VALUES ($1, $2) ON CONFLICT (key) DO "
                       "NOTHING",
                       P_TEXT(key_of(req)), P_INT(tx_now(tx))))
        return false;
    *first = count > 0;
    return true;
}
