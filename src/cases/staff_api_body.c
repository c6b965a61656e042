/* SPDX-License-Identifier: EUPL-1.2 */
/* What a program sends: one JSON object of names that are known. */
#include "cases/staff_api.h"

#include "core/http/known.h"

Node *staff_api_body(Request *req, const char *const *known, Err *err)
{
    Node *body = node_parse_json(req->arena, req->body.len ? req->body : STR("{}"), NULL,
                                 &NODE_LIMITS_PACKAGE, err);

    if (body && body->kind != NODE_MAP) {
        err_set(err, ERR_INPUT, "the body must be a JSON object");
        return NULL;
    }
    for (size_t i = 0; body && i < body->count; i++)
        if (!name_known(body->keys[i], known, req->arena, err))
            return NULL;
    return body;
}
