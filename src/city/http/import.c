/* SPDX-License-Identifier: EUPL-1.2 */
/* POST /api/v1/city/datasets/:dataset/import: a file as `rathaus city import` takes it, while the
 * server runs; …/write: InfluxDB's line protocol; …/prometheus: remote write. */
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

static CityImport import_of(const Request *req, Hub *hub, Problems *problems)
{
    *problems = (Problems){req->arena, node_list(req->arena)};
    return (CityImport){.hub = hub,
                        .dataset = request_param(req, "dataset"),
                        .source = query_or(req, "source", STR("HTTP")),
                        .text = req->body,
                        .unit = query_or(req, "unit", STR("")),
                        .now = req->now,
                        .tell = tell,
                        .context = problems};
}

/* A key that is for one dataset writes to no other. */
static bool may_import(const Request *req, Hub *hub, Str name, Err *err)
{
    hub_hold(hub);
    CityRights rights = city_rights(req, hub_datasets(hub));
    const CityDataset *dataset = city_dataset_named(rights.all, name);
    bool may = city_need_write(&rights, dataset ? dataset->id : 0, err);
    hub_release(hub);
    return may;
}

/* ?make=public: the dataset is made when it is missing, by who may write to all. */
static bool make_dataset(const Request *req, Hub *hub, Str name, bool *made, Err *err)
{
    Str access = request_query(req, "make");
    CityDataset dataset = {.name = name,
                           .title = name,
                           .licence = STR("dl-de/by-2-0"),
                           .access = str_is(access, "public") ? CITY_PUBLIC : CITY_INTERNAL};

    *made = false;
    if (!access.len)
        return true;
    if (!str_is(access, "public") && !str_is(access, "internal"))
        return err_field(err, "make", "make is public or internal");
    return !request_may(req, "city.write") ||
           hub_need_dataset(hub, &dataset, request_actor(req), STR("en"), made, err);
}

bool city_import_post(Request *req, Response *res, Err *err)
{
    Hub *hub = hub_of(req->tenant, err);
    Problems problems;
    CityImportReport sum;
    CityImport import = import_of(req, hub, &problems);

    import.thing = query_or(req, "thing", STR(""));
    import.folder = query_or(req, "folder", STR(""));
    import.property = query_or(req, "property", STR("Messwert"));
    bool made;
    if (!hub || !make_dataset(req, hub, import.dataset, &made, err))
        return false;
    bool ok =
        may_import(req, hub, import.dataset, err) && city_import(&import, req->arena, &sum, err);
    bool gone = false;
    Err why = {0};
    if (made && !hub_forget_dataset(hub, import.dataset, request_actor(req), &gone, &why) && ok)
        *err = why;
    if (!ok || why.kind != ERR_NONE)
        return false;
    Node *out = city_import_node(&sum, problems.list, req->arena);
    if (made && !gone)
        node_set(req->arena, out, STR("made_dataset"), node_bool(req->arena, true));
    return respond_json(res, 200, out, req->arena);
}

/* As InfluxDB's versions write it. */
static bool read_precision(const Request *req, int64_t *ticks_per_ms, Err *err)
{
    static const struct {
        const char *name;
        int64_t ticks;
    } PRECISIONS[] = {{"ns", 1000000}, {"n", 1000000}, {"us", 1000},
                      {"u", 1000},     {"ms", 1},      {"s", 0}};
    Str given = query_or(req, "precision", STR("ns"));

    for (size_t i = 0; i < sizeof PRECISIONS / sizeof *PRECISIONS; i++)
        if (str_is(given, PRECISIONS[i].name)) {
            *ticks_per_ms = PRECISIONS[i].ticks;
            return true;
        }
    return err_field(err, "precision", "precision is ns, us, ms or s, not \"%.*s\"",
                     STR_ARG(str_slice(given, 0, 20)));
}

bool city_write_post(Request *req, Response *res, Err *err)
{
    Hub *hub = hub_of(req->tenant, err);
    Problems problems;
    CityImportReport sum;
    CityImport import = import_of(req, hub, &problems);

    import.thing = query_or(req, "thing", STR(""));
    import.property = query_or(req, "property", STR(""));
    if (!hub || !may_import(req, hub, import.dataset, err) ||
        !read_precision(req, &import.ticks_per_ms, err) ||
        !city_import_lines(&import, req->arena, &sum, err))
        return false;
    if (!sum.wrong) {
        res->status = 204;
        return true;
    }
    return respond_json(res, 422, city_import_node(&sum, problems.list, req->arena), req->arena);
}

/* What is left out is told with 422: a Prometheus does not send it again and notes why. */
bool city_prometheus_post(Request *req, Response *res, Err *err)
{
    Hub *hub = hub_of(req->tenant, err);
    Problems problems;
    CityImportReport sum;
    CityImport import = import_of(req, hub, &problems);

    import.thing = query_or(req, "thing", STR(""));
    import.property = query_or(req, "property", STR(""));
    if (!hub || !may_import(req, hub, import.dataset, err) ||
        !city_import_prometheus(&import, req->arena, &sum, err))
        return false;
    if (sum.wrong)
        return err_set(err, ERR_INPUT, "%s; the others are there",
                       str_cstr(req->arena, node_get_text(problems.list->items[0], "message")));
    res->status = 204;
    return true;
}
