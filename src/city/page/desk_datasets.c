/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/desk_datasets.html.h"

#include "city/mqtt/mqtt.h"
#include "city/page/desk.h"
#include "core/page/problem.h"

#define PATH "/desk/stadtdaten"

enum { KEEP_MAX = 36500 };

/* --- The list ------------------------------------------------------------------------------------
 */

static Str keep_text(Arena *arena, int64_t days)
{
    return days ? str_printf(arena, "%lld Tage", (long long)days) : STR("unbegrenzt");
}

static bool fill_line(Hub *hub, const CityGraph *graph, const CityDataset *dataset, Arena *arena,
                      DatasetLine *out, Err *err)
{
    const CitySet *things = &graph->sets[STA_THING];
    uint64_t count;

    *out =
        (DatasetLine){.name = str_copy(arena, dataset->name),
                      .title = str_copy(arena, dataset->title),
                      .access = dataset->access == CITY_PUBLIC ? STR("öffentlich") : STR("intern"),
                      .keep = keep_text(arena, dataset->keep_days)};
    for (size_t i = 0; i < things->count; i++)
        out->things += things->items[i]->dataset == dataset->id;
    for (uint32_t series = 1; series < graph->series_capacity; series++) {
        const CityEntity *stream = city_of_series(graph, series);
        if (!stream || stream->dataset != dataset->id)
            continue;
        if (!obs_count(hub_store(hub), series, INT64_MIN, INT64_MAX, &count, err))
            return false;
        out->streams++;
        out->values += count;
    }
    return true;
}

static bool fill_lines(Hub *hub, Arena *arena, DatasetsPage *page, Err *err)
{
    const CityGraph *graph = hub_hold(hub);
    const CityDatasets *all = hub_datasets(hub);
    bool ok = true;

    page->lines = arena_array(arena, DatasetLine, all->count);
    for (size_t i = 0; ok && i < all->count; i++)
        ok = fill_line(hub, graph, &all->items[i], arena, &page->lines[page->count++], err);
    hub_release(hub);
    return ok;
}

static bool show_list(Request *req, Response *res, const DatasetForm *form, Err *err)
{
    static const CityDone DONE[] = {{"angelegt", "Der Datensatz ist angelegt."},
                                    {"geaendert", "Der Datensatz ist geändert."},
                                    {0}};
    Hub *hub = hub_of(req->tenant, err);
    DatasetsPage page = {
        .form = *form, .notice = city_desk_done(req, DONE), .mqtt = mqtt_is_served()};
    Out out = out_for(req);

    if (!hub || !fill_lines(hub, req->arena, &page, err))
        return false;
    page_desk_datasets(&out, &page);
    return city_desk_send(req, res, PATH, STR("Stadtdaten"), &out);
}

bool desk_datasets(Request *req, Response *res, Err *err)
{
    return show_list(req, res,
                     &(DatasetForm){.licence = STR("dl-de/by-2-0"), .access = STR("public")}, err);
}

/* --- The form ------------------------------------------------------------------------------------
 */

static bool read_form(const Request *req, DatasetForm *form, CityDataset *out, Err *err)
{
    int64_t keep = 0;

    form->title = request_typed(req, "titel");
    form->licence = request_typed(req, "lizenz");
    form->access = request_typed(req, "zugang");
    form->keep = request_typed(req, "tage");
    if (form->keep.len && (!str_to_i64(form->keep, &keep) || keep < 1 || keep > KEEP_MAX))
        return err_field(err, "tage", "Bitte geben Sie eine Zahl von 1 bis %d an, oder nichts.",
                         KEEP_MAX);
    out->title = form->title;
    out->licence = form->licence;
    out->keep_days = keep;
    return city_access_read(form->access, &out->access, req->lang, err);
}

static bool save(Request *req, DatasetForm *form, CityDataset *dataset, Err *err)
{
    Hub *hub = hub_of(req->tenant, err);

    return hub && read_form(req, form, dataset, err) &&
           hub_save_dataset(hub, dataset, request_actor(req), req->lang, err);
}

bool desk_dataset_add(Request *req, Response *res, Err *err)
{
    DatasetForm form = {.name = request_typed(req, "name")};
    CityDataset dataset = {.name = form.name};

    if (save(req, &form, &dataset, err))
        return respond_redirect(req, res, STR(PATH "?getan=angelegt"));
    if (!problem_take_field(err, req->arena, form.errors, &form.error_count))
        return false;
    res->status = 422;
    return show_list(req, res, &form, err);
}

/* --- One -----------------------------------------------------------------------------------------
 */

static bool find(Request *req, CityDataset *out, Err *err)
{
    Hub *hub = hub_of(req->tenant, err);

    if (!hub)
        return false;
    hub_hold(hub);
    const CityDataset *found = city_dataset_named(hub_datasets(hub), request_param(req, "name"));
    if (found)
        *out = *found;
    hub_release(hub);
    return found || err_set(err, ERR_NOT_FOUND, "Diesen Datensatz gibt es nicht.");
}

static bool show_one(Request *req, Response *res, const DatasetForm *form)
{
    Out out = out_for(req);

    page_desk_dataset(&out, form);
    return city_desk_send(req, res, PATH, form->title, &out);
}

bool desk_dataset(Request *req, Response *res, Err *err)
{
    CityDataset dataset;

    if (!find(req, &dataset, err))
        return false;
    DatasetForm form = {.name = dataset.name,
                        .title = dataset.title,
                        .licence = dataset.licence,
                        .access = dataset.access == CITY_PUBLIC ? STR("public") : STR("internal"),
                        .keep = dataset.keep_days
                                    ? str_printf(req->arena, "%lld", (long long)dataset.keep_days)
                                    : STR(""),
                        .added = true};
    return show_one(req, res, &form);
}

bool desk_dataset_change(Request *req, Response *res, Err *err)
{
    CityDataset dataset;

    if (!find(req, &dataset, err))
        return false;
    DatasetForm form = {.name = dataset.name, .added = true};
    if (save(req, &form, &dataset, err))
        return respond_redirect(req, res, STR(PATH "?getan=geaendert"));
    if (!problem_take_field(err, req->arena, form.errors, &form.error_count))
        return false;
    res->status = 422;
    return show_one(req, res, &form);
}
