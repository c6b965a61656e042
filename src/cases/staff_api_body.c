/* SPDX-License-Identifier: EUPL-1.2 */
/* What a program sends: one JSON object, or an address, of names that are known. A name that is
 * not, is refused: it may be a slip in one that would have said "only look", or "only these". */
#include "cases/staff_api.h"

static bool is_known(Str name, const char *const *known)
{
    for (; *known; known++)
        if (str_is(name, *known))
            return true;
    return false;
}

static bool refuse_name(const Request *req, Str name, const char *const *known, Err *err)
{
    Buf all = buf_in(req->arena);

    for (; *known; known++)
        buf_addf(&all, "%s%s", all.len ? ", " : "", *known);
    buf_add_char(&all, '\0');
    return err_field(err, str_cstr(req->arena, name), "this is not known here; known are %s",
                     all.ptr);
}

Node *staff_api_body(Request *req, const char *const *known, Err *err)
{
    Node *body = node_parse_json(req->arena, req->body.len ? req->body : STR("{}"), NULL,
                                 &NODE_LIMITS_PACKAGE, err);

    if (body && body->kind != NODE_MAP) {
        err_set(err, ERR_INPUT, "the body must be a JSON object");
        return NULL;
    }
    for (size_t i = 0; body && i < body->count; i++)
        if (!is_known(body->keys[i], known)) {
            refuse_name(req, body->keys[i], known, err);
            return NULL;
        }
    return body;
}

bool staff_api_query(const Request *req, const char *const *known, Err *err)
{
    for (size_t i = 0; i < req->query_count; i++)
        if (!is_known(req->query[i].name, known))
            return refuse_name(req, req->query[i].name, known, err);
    return true;
}
