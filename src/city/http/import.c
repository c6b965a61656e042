/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/v1/city/datasets/:dataset/import: a file as `rathaus city import` takes it, while the
 * server runs. */
#include "city/http/import.h"

#include "city/import/import.h"

enum { PROBLEMS_MAX = 1000 };

typedef struct Problems {
    Arena *arena;
    Node *list;
} Problems;

static void tell(void *context, int line, const char *what)
{
    Problems *problems = context;
    Node *item = node_map(problems->arena);

    if (problems->list->count >= PROBLEMS_MAX)
        return;
    node_set(problems->arena, item, STR("line"), node_int(problems->arena, line));
    node_set(problems->arena, item, STR("message"), node_string(problems->arena, str_c(what)));
    node_append(problems->arena, problems->list, item);
}

static Str query_or(const Request *req, const char *name, Str otherwise)
{
    Str given = request_query(req, name);

    return given.len ? given : otherwise;
}

bool city_import_post(Request *req, Response *res, Err *err)
{
    Hub *hub = hub_of(req->tenant, err);
    Str dataset = request_param(req, "dataset");
    Problems problems = {req->arena, node_list(req->arena)};
    CityImportReport sum;
    CityImport import = {.hub = hub,
                         .dataset = dataset,
                         .source = query_or(req, "source", STR("HTTP")),
                         .text = req->body,
                         .thing = query_or(req, "thing", dataset),
                         .property = query_or(req, "property", STR("Messwert")),
                         .unit = query_or(req, "unit", STR("")),
                         .now = req->now,
                         .tell = tell,
                         .context = &problems};

    if (!hub || !city_import(&import, req->arena, &sum, err))
        return false;
    return respond_json(res, 200, city_import_node(&sum, problems.list, req->arena), req->arena);
}
