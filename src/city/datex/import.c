/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/datex/import.h"

#include "city/datex/datex.h"
#include "city/import/batch.h"
#include "city/import/place.h"

#include <math.h>

typedef struct Importing {
    const CityImport *import;
    CityImportReport *report;
    Arena *arena;
    DatexFile file;
} Importing;

/* --- Situations --------------------------------------------------------------------------------
 */

/* What the dataset has of road works. */
static RoadWorks works_of_dataset(const Importing *importing)
{
    const CityImport *import = importing->import;
    CityReader reader;
    RoadWorks out;

    city_reader_begin_hub(&reader, import->hub, import->now, importing->arena);
    const CityDataset *dataset = city_dataset_named(reader.rights.all, import->dataset);
    reader.rights.only = dataset ? dataset->id : -1;
    road_works(&reader, &out);
    city_reader_end(&reader);
    return out;
}

static CityKeys keys_of(const DatexWords *words, Arena *arena)
{
    CityKeys keys = city_keys(arena);

    for (size_t i = 0; i < words->count; i++)
        city_keys_set(&keys, words->items[i], 1);
    return keys;
}

/* Those of the file's creators that are not over, and not in the file: another feed's stay, and so
 * does what is in it but cannot be read. */
static size_t find_missing(const Importing *importing, RoadWork **out)
{
    CityKeys creators = keys_of(&importing->file.creators, importing->arena);
    CityKeys ids = keys_of(&importing->file.ids, importing->arena);
    RoadWorks all = works_of_dataset(importing);
    Timestamp now = importing->import->now;
    size_t count = 0;
    int64_t there;

    *out = arena_array(importing->arena, RoadWork, all.count);
    for (size_t i = 0; i < all.count; i++) {
        RoadWork *work = &all.items[i];
        if (!work->key.len || road_work_is_over(work, now) ||
            !city_keys_get(&creators, work->creator, &there) ||
            city_keys_get(&ids, work->key, &there))
            continue;
        work->ends = now > work->begins ? now : work->begins + 1;
        (*out)[count++] = *work;
    }
    return count;
}

static bool end_missing(Importing *importing, Err *err)
{
    const CityImport *import = importing->import;
    RoadWork *missing;
    size_t count = find_missing(importing, &missing);

    return !count || road_works_write(import->hub, import->dataset, missing, count, import->now,
                                      importing->arena, err);
}

/* What cannot be is left out, so that the others are taken. */
static size_t take_works(Importing *importing, RoadWork *works, int *lines)
{
    const DatexSituations *given = &importing->file.situations;
    size_t count = 0;

    for (size_t i = 0; i < given->count; i++) {
        const DatexSituation *situation = &given->items[i];
        Err why = {0};
        if (!road_work_check(&situation->work, STR("en"), &why)) {
            city_import_wrong(importing->import, importing->report, situation->line,
                              "the situation \"%.*s\": %s",
                              STR_ARG(str_slice(situation->work.key, 0, 80)), why.message);
            continue;
        }
        works[count] = situation->work;
        lines[count++] = situation->line;
    }
    return count;
}

static bool write_situations(Importing *importing, Err *err)
{
    const CityImport *import = importing->import;
    size_t most = importing->file.situations.count;
    RoadWork *works = arena_array(importing->arena, RoadWork, most);
    int *lines = arena_array(importing->arena, int, most);
    size_t count = take_works(importing, works, lines), made = 0;

    if (count && !road_works_take(import->hub, import->dataset, works, count, import->now, &made,
                                  importing->arena, err))
        return false;
    importing->report->things += (int64_t)made;
    for (size_t i = 0; i < count; i++)
        if (!works[i].id)
            city_import_wrong(import, importing->report, lines[i],
                              "the situation \"%.*s\" is there in a later version, or twice",
                              STR_ARG(str_slice(works[i].key, 0, 80)));
    return !importing->file.snapshot || end_missing(importing, err);
}

/* --- Sites -------------------------------------------------------------------------------------
 */

/* What is known of a Thing stays. */
static Node *site_json(const DatexSite *site, const CityEntity *known, Arena *arena)
{
    const Node *old = known ? node_get(known->body, "properties") : NULL;
    Node *thing = node_map(arena);
    Node *properties = old && old->kind == NODE_MAP ? node_clone(arena, old) : node_map(arena);

    node_set(arena, properties, STR("key"), node_string(arena, site->id));
    if (site->place.count > 1)
        node_set(arena, properties, STR(TRAFFIC_ROAD),
                 node_string(arena, site->road.len ? site->road : site->name));
    node_set(arena, thing, STR("name"), node_string(arena, site->name));
    node_set(arena, thing, STR("description"), node_string(arena, STR("")));
    node_set(arena, thing, STR("properties"), properties);
    return thing;
}

static bool plan_site(Importing *importing, CityInsert *insert, CityKeys *seen,
                      const DatexSite *site, Err *err)
{
    Arena *arena = importing->arena;
    CityEntity *known = city_index_find(&insert->graph->keys, STA_THING, insert->dataset, site->id);
    int64_t before;

    if (city_keys_get(seen, site->id, &before)) {
        city_import_wrong(importing->import, importing->report, site->line,
                          "the site \"%.*s\" is there twice", STR_ARG(str_slice(site->id, 0, 80)));
        return true;
    }
    city_keys_set(seen, site->id, 1);
    importing->report->things += !known;
    return city_place_put(insert, known, site_json(site, known, arena),
                          city_place_location(arena, site->name, way_json(&site->place, arena)),
                          NULL, err);
}

static bool write_sites(Importing *importing, Err *err)
{
    const CityImport *import = importing->import;
    const DatexSites *sites = &importing->file.sites;
    CityInsert insert;
    bool ok =
        city_place_begin(&insert, import->hub, import->dataset, import->now, importing->arena, err);

    if (ok) {
        CityKeys seen = city_keys(importing->arena);
        for (size_t i = 0; ok && i < sites->count; i++)
            ok = plan_site(importing, &insert, &seen, &sites->items[i], err);
        if (!ok)
            city_change_drop(&insert.change);
        ok = ok && hub_write(import->hub, &insert.change, err);
    }
    hub_end(import->hub);
    return ok;
}

/* --- Values ------------------------------------------------------------------------------------
 */

/* What the site of a value became. */
typedef struct Site {
    int64_t thing; /* 0: nobody has told of it */
    Str name;
} Site;

static Site site_of(const CityGraph *graph, int64_t dataset, Str id, Arena *arena)
{
    const CityEntity *thing = city_index_find(&graph->keys, STA_THING, dataset, id);

    return thing ? (Site){thing->id, str_copy(arena, node_get_text(thing->body, "name"))}
                 : (Site){0};
}

/* Of each value. */
static Site *find_sites(Importing *importing)
{
    Hub *hub = importing->import->hub;
    const CityGraph *graph = hub_hold(hub);
    const CityDataset *dataset = city_dataset_named(hub_datasets(hub), importing->import->dataset);
    const DatexValues *values = &importing->file.values;
    Site *sites = arena_array(importing->arena, Site, values->count);

    for (size_t i = 0; i < values->count; i++)
        sites[i] =
            site_of(graph, dataset ? dataset->id : 0, values->items[i].site, importing->arena);
    hub_release(hub);
    return sites;
}

static Observation observation_of(const DatexValue *value, Arena *arena)
{
    Observation o = obs_number(value->time, value->number);

    if (value->vehicles > 0)
        o.extra = str_printf(arena, "{\"parameters\":{\"fahrzeuge\":%.0f}}", value->vehicles);
    return o;
}

static CityStreamKey stream_key(const DatexValue *value, int64_t thing, Str name, Arena *arena)
{
    const char *property = value->flow ? TRAFFIC_FLOW : TRAFFIC_SPEED;

    return (CityStreamKey){.key = str_printf(arena, "%.*s#%.*s%s", STR_ARG(value->site),
                                             STR_ARG(value->index), value->flow ? "q" : "v"),
                           .name = str_printf(arena, "%s %.*s", property, STR_ARG(name)),
                           .unit = value->flow ? STR("Kfz/h") : STR("km/h"),
                           .property = str_c(property),
                           .thing = name,
                           .x = NAN,
                           .y = NAN,
                           .thing_id = thing};
}

static bool write_values(Importing *importing, Err *err)
{
    const DatexValues *values = &importing->file.values;
    Arena *arena = importing->arena;
    CityBatch batch;
    bool ok = true;
    const Site *sites = find_sites(importing);

    if (!city_batch_begin(&batch, importing->import, importing->report, arena, err))
        return false;
    for (size_t i = 0; ok && i < values->count; i++) {
        const DatexValue *value = &values->items[i];
        uint32_t series;
        if (!sites[i].thing) {
            city_import_wrong(importing->import, importing->report, value->line,
                              "nobody has told where the site \"%.*s\" is",
                              STR_ARG(str_slice(value->site, 0, 80)));
            continue;
        }
        CityStreamKey key = stream_key(value, sites[i].thing, sites[i].name, arena);
        ok = city_streams_plan(&batch.streams, &key, &series, err) &&
             city_batch_add(&batch, series, observation_of(value, arena), err);
    }
    return city_batch_end(&batch, ok, err);
}

/* --- The file ----------------------------------------------------------------------------------
 */

static void tell(void *context, int line, const char *what)
{
    Importing *importing = context;

    city_import_wrong(importing->import, importing->report, line, "%s", what);
}

bool datex_import(const CityImport *import, Arena *arena, CityImportReport *out, Err *err)
{
    Importing importing = {.import = import, .report = out, .arena = arena};
    DatexFile *file = &importing.file;

    out->kind = "DATEX II";
    if (!datex_read(import->text, import->now, tell, &importing, arena, file, err))
        return false;
    out->lines =
        (int64_t)(file->situations.count + file->sites.count + file->values.count) + out->wrong;
    return (!file->creators.count || write_situations(&importing, err)) &&
           (!file->sites.count || write_sites(&importing, err)) &&
           (!file->values.count || write_values(&importing, err));
}
