/* SPDX-License-Identifier: EUPL-1.2 */
/* The quality of a dataset's series, for programs. */
#include "city/page/quality_page.h"

static void set_count(Arena *arena, Node *node, const char *name, uint64_t count)
{
    node_set(arena, node, str_c(name), node_int(arena, (int64_t)count));
}

static Node *line_node(const QualityLine *line, Arena *arena)
{
    static const char *const NAMES[QUALITY_KINDS] = {[QUALITY_GAP] = "gaps",
                                                     [QUALITY_STILL] = "still",
                                                     [QUALITY_OUTLIER] = "outliers",
                                                     [QUALITY_MARKED] = "marked"};
    Node *out = node_map(arena);

    node_set(arena, out, STR("@iot.id"), node_int(arena, line->id));
    node_set(arena, out, STR("name"), node_string(arena, line->name));
    set_count(arena, out, "observations", line->quality.values);
    node_set(arena, out, STR("completeness"),
             node_number(arena, str_printf(arena, "%.4f", line->completeness)));
    set_count(arena, out, "interval_ms", (uint64_t)line->quality.interval);
    set_count(arena, out, "longest_gap_ms", (uint64_t)line->quality.longest_gap);
    set_count(arena, out, "silent_ms", (uint64_t)line->quality.silent);
    for (size_t kind = 0; kind < QUALITY_KINDS; kind++)
        set_count(arena, out, NAMES[kind], line->quality.found[kind]);
    return out;
}

bool city_quality_get(Request *req, Response *res, Err *err)
{
    QualityPage page = {0};
    Node *out = node_map(req->arena), *streams = node_list(req->arena);

    if (!quality_page_read(req, "dataset", &page, err))
        return false;
    for (size_t i = 0; i < page.list.count; i++)
        node_append(req->arena, streams, line_node(&page.list.items[i], req->arena));
    node_set(req->arena, out, STR("dataset"), node_string(req->arena, page.name));
    node_set(req->arena, out, STR("days"), node_int(req->arena, QUALITY_DAYS));
    set_count(req->arena, out, "datastreams", page.list.all);
    set_count(req->arena, out, "remarkable", page.list.remarkable);
    node_set(req->arena, out, STR("value"), streams);
    return respond_json(res, 200, out, req->arena);
}
