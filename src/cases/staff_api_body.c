/* SPDX-License-Identifier: EUPL-1.2 */
/* What a program sends: one JSON object of names that are known, with what it looked at before. */
#include "cases/staff_api.h"

#include "core/http/known.h"

/* Nothing that was sent is no decision about nothing. */
static Node *no_body(const char *const *known, Arena *arena, Err *err)
{
    err_set(err, ERR_INPUT, "the body is missing: send a JSON object of %s",
            names_joined(known, arena));
    return NULL;
}

Node *staff_api_body(Request *req, const char *const *known, Err *err)
{
    if (str_empty(str_trim(req->body)))
        return no_body(known, req->arena, err);
    Node *body = node_parse_json(req->arena, req->body, NULL, &NODE_LIMITS_PACKAGE, err);

    if (body && body->kind != NODE_MAP) {
        err_set(err, ERR_INPUT, "the body must be a JSON object");
        return NULL;
    }
    for (size_t i = 0; body && i < body->count; i++)
        if (!name_known(body->keys[i], known, req->arena, err))
            return NULL;
    return body;
}

bool staff_api_no_basis(Err *err, const char *thing, Str path)
{
    return err_field(err, "basis",
                     "\"basis\" is missing: send the \"version\" of the %s that you looked at "
                     "(GET %.*s)",
                     thing, STR_ARG(path));
}

bool staff_api_moved_on(Err *err, const char *thing, Str version, Str path)
{
    err_field(err, "basis",
              "the %s is not as in version %.*s any more: read it again (GET %.*s), see whether "
              "what you want still holds, and send its \"version\" as \"basis\"",
              thing, STR_ARG(version), STR_ARG(path));
    err->kind = ERR_CONFLICT;
    return false;
}
