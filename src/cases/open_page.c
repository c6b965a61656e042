/* SPDX-License-Identifier: EUPL-1.2 */
/* GET /daten: the page, the catalogue, the files. */
#include "cases/open_data.h"
#include "cases/open_data.html.h"
#include "cases/portal.h"
#include "core/engine.h"

enum { ROWS_SHOWN = 20 };

static Str row_label(const OpenData *data, const Node *row, size_t group, Str lang, Arena *arena)
{
    const Node *value = node_at(row, group);

    return register_group_text(data->by[group], node_is_null(value) ? STR_NONE : node_text(value),
                               lang, arena);
}

static int64_t row_count(const OpenData *data, const Node *row)
{
    int64_t count = 0;

    str_to_i64(node_text(node_at(row, data->by_count)), &count);
    return count;
}

static OpenView view_of(Request *req, const OpenSet *set)
{
    const OpenData *data = set->data;
    OpenView view = {
        .id = data->id,
        .title = portal_text(req, data->title),
        .description = portal_text(req, data->description),
        .csv = str_printf(req->arena, "/daten/%.*s.csv", STR_ARG(data->id)),
        .json = str_printf(req->arena, "/daten/%.*s.json", STR_ARG(data->id)),
        .day = date_long(req->arena, set->day, req->lang),
        .changed = date_long(req->arena, date_in_berlin(set->changed), req->lang),
        .head_count = data->by_count,
        .least = data->least,
    };

    for (size_t i = 0; i < data->by_count; i++)
        view.heads[i] = portal_text(req, data->by[i]->label);
    view.row_count = set->cells->count;
    view.rows = arena_array(req->arena, OpenRow, ROWS_SHOWN);
    for (size_t i = 0; i < set->cells->count && i < ROWS_SHOWN; i++) {
        view.rows[i].count = row_count(data, set->cells->items[i]);
        for (size_t k = 0; k < data->by_count; k++)
            view.rows[i].labels[k] =
                row_label(data, set->cells->items[i], k, req->lang, req->arena);
    }
    return view;
}

bool open_data_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    OpenSet *sets;
    OpenPage page = {.licence = open_licence(req->tenant),
                     .licence_name = open_licence_name(req->tenant),
                     .publisher = open_publisher(req->tenant)};

    if (!open_sets(req->tenant, req->today, req->now, req->arena, &sets, &page.count, err))
        return false;
    page.sets = arena_array(req->arena, OpenView, page.count);
    for (size_t i = 0; i < page.count; i++)
        page.sets[i] = view_of(req, &sets[i]);
    page_open_data(&out, &page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_PORTAL,
                                  .title = tr(req->lang, "Offene Daten"),
                                  .active = STR("/daten")},
                     out_html(&out));
}

/* --- The catalogue -----------------------------------------------------------------------------
 */

static OpenFile file_of(Request *req, const OpenSet *set, const char *extension, const char *format,
                        const char *media_type)
{
    Str path = str_printf(req->arena, "/daten/%.*s.%s", STR_ARG(set->data->id), extension);

    return (OpenFile){request_absolute_url(req, path), format, media_type, NULL};
}

bool open_data_add(Request *req, OpenDatasets *list, Err *err)
{
    OpenSet *sets;
    size_t count;

    if (!open_sets(req->tenant, req->today, req->now, req->arena, &sets, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const OpenData *data = sets[i].data;
        OpenDataset dataset = {.id = data->id,
                               .title = data->title,
                               .description = data->description,
                               .keywords = data->keywords,
                               .keyword_count = data->keyword_count,
                               .theme = "GOVE",
                               .frequency = "MONTHLY",
                               .changed = sets[i].changed,
                               .files = arena_array(req->arena, OpenFile, 2),
                               .file_count = 2};
        dataset.files[0] = file_of(req, &sets[i], "csv", "CSV", "text/csv");
        dataset.files[1] = file_of(req, &sets[i], "json", "JSON", "application/json");
        VEC_PUSH(req->arena, list, dataset);
    }
    return true;
}

/* All or nothing: a dataset that is missing once would be deleted where catalogues are gathered. */
bool open_data_catalogue(Request *req, Response *res, Err *err)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);
    OpenDatasets list = {0};
    Buf json = buf_in(req->arena);

    for (size_t i = 0; i < count; i++)
        if (engines[i]->open_data && !engines[i]->open_data(req, &list, err))
            return false;
    node_write_json_pretty(
        open_catalogue(req->tenant, &list, request_absolute_url(req, STR("/daten")), req->arena),
        &json);
    return respond_bytes(res, req->arena, STR("application/ld+json"), buf_str(&json), STR_NONE);
}

/* --- Files -------------------------------------------------------------------------------------
 */

static void csv_value(Buf *out, Str text)
{
    buf_add_char(out, '"');
    buf_add(out, str_replace(out->arena, text, STR("\""), STR("\"\"")));
    buf_add_char(out, '"');
}

/* Values and their words: RFC 4180 with a comma, as machines read it best. */
static Str file_csv(const OpenSet *set, Arena *arena)
{
    const OpenData *data = set->data;
    Buf out = buf_in(arena);

    buf_add_c(&out, "stand,");
    for (size_t k = 0; k < data->by_count; k++)
        buf_addf(&out, "%.*s,%.*s_text,", STR_ARG(data->by[k]->id), STR_ARG(data->by[k]->id));
    buf_add_c(&out, "anzahl\r\n");
    for (size_t i = 0; i < set->cells->count; i++) {
        const Node *row = set->cells->items[i];

        buf_addf(&out, "%.*s,", STR_ARG(date_iso(arena, set->day)));
        for (size_t k = 0; k < data->by_count; k++) {
            csv_value(&out, node_text(node_at(row, k)));
            buf_add_char(&out, ',');
            csv_value(&out, row_label(data, row, k, STR("de"), arena));
            buf_add_char(&out, ',');
        }
        buf_addf(&out, "%lld\r\n", (long long)row_count(data, row));
    }
    return buf_str(&out);
}

static Str file_json(const Tenant *tenant, const OpenSet *set, Arena *arena)
{
    const OpenData *data = set->data;
    Node *root = node_map(arena);
    Node *rows = node_list(arena);

    node_set(arena, root, STR("titel"), node_string(arena, text_in(data->title, STR("de"))));
    node_set(arena, root, STR("stand"), node_string(arena, date_iso(arena, set->day)));
    node_set(arena, root, STR("herausgeber"), node_string(arena, open_publisher(tenant)));
    node_set(arena, root, STR("lizenz"), node_string(arena, open_licence(tenant)));
    node_set(arena, root, STR("kleinste_anzahl"), node_int(arena, data->least));
    for (size_t i = 0; i < set->cells->count; i++) {
        const Node *row = set->cells->items[i];
        Node *item = node_map(arena);

        for (size_t k = 0; k < data->by_count; k++) {
            node_set(arena, item, data->by[k]->id, node_clone(arena, node_at(row, k)));
            node_set(arena, item, str_printf(arena, "%.*s_text", STR_ARG(data->by[k]->id)),
                     node_string(arena, row_label(data, row, k, STR("de"), arena)));
        }
        node_set(arena, item, STR("anzahl"), node_int(arena, row_count(data, row)));
        node_append(arena, rows, item);
    }
    node_set(arena, root, STR("zeilen"), rows);
    return node_json(root, arena);
}

/* GET /daten/hunde_nach_rasse.csv */
bool open_data_file(Request *req, Response *res, Err *err)
{
    Str name = request_param(req, "datei");
    Str rest = name;
    Str id = str_cut(&rest, '.');
    OpenSet *sets;
    size_t count;

    if (!open_sets(req->tenant, req->today, req->now, req->arena, &sets, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(sets[i].data->id, id))
            continue;
        if (str_is(rest, "csv"))
            return respond_bytes(res, req->arena, STR("text/csv; charset=utf-8"),
                                 file_csv(&sets[i], req->arena), name);
        if (str_is(rest, "json"))
            return respond_bytes(res, req->arena, STR("application/json"),
                                 file_json(req->tenant, &sets[i], req->arena), name);
    }
    return err_set(err, ERR_NOT_FOUND, "Diese Datei gibt es nicht.");
}
