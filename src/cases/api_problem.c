/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/api_problem.h"

#include "core/page/out.h"

void api_problem_add(Arena *arena, Node *errors, Str field, Str rule, Str message)
{
    Node *one = node_map(arena);

    node_set(arena, one, STR("field"), node_string(arena, field));
    node_set(arena, one, STR("rule"), node_string(arena, rule));
    node_set(arena, one, STR("message"), node_string(arena, message));
    node_append(arena, errors, one);
}

bool api_problem_send(Request *req, Response *res, int status, const char *title, Node *errors)
{
    Arena *arena = req->arena;
    Node *problem = node_map(arena);

    node_set(arena, problem, STR("type"), node_string(arena, STR("about:blank")));
    node_set(arena, problem, STR("title"), node_string(arena, tr(req->lang, title)));
    node_set(arena, problem, STR("status"), node_int(arena, status));
    if (errors)
        node_set(arena, problem, STR("errors"), errors);
    respond_json(res, status, problem, arena);
    res->type = STR("application/problem+json");
    return true;
}

bool api_problem_refuse(Request *req, Response *res, Node *errors)
{
    return api_problem_send(req, res, 422, "Einige Angaben fehlen oder stimmen nicht.", errors);
}
