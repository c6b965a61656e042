/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus city export`: what `rathaus city import` reads again. Values as a long table, places as
 * GeoJSON. */
#include "base/csv.h"
#include "base/flags.h"
#include "base/node.h"
#include "city/command/command.h"
#include "city/sta/time.h"
#include "city/sta/value.h"
#include "core/folder.h"

#include <stdio.h>

enum { PIECE = 1 << 16 };

typedef struct Export {
    CityTown town;
    const char *dataset, *output;
    Date from, until;
    bool places;
    CityView view;
    int64_t id; /* of the dataset */
    NewFile file;
    Buf text; /* that is not yet written */
    Arena *arena;
} Export;

/* --- Writing -----------------------------------------------------------------------------------
 */

/* Standard output is looked at when the program ends (base/output.h). */
static bool flush(Export *export, Err *err)
{
    Str text = buf_str(&export->text);

    if (!export->output)
        fwrite(text.ptr, 1, text.len, stdout);
    else if (!folder_add_bytes(&export->file, text.ptr, text.len, err))
        return false;
    export->text.len = 0;
    return true;
}

static const Node *place_of(const CityEntity *thing)
{
    const CityLinks *links = city_links(thing, sta_relation(STA_THING, STR("Locations")));
    const Node *location = links->count ? node_get(links->items[0]->body, "location") : NULL;
    const Node *inner = node_get(location, "geometry");

    return inner ? inner : location;
}

/* What it is known by where it was imported, else its id. */
static Str key_of(const CityEntity *entity, Arena *arena)
{
    Str key = node_get_text(node_get(entity->body, "properties"), "key");

    return key.ptr ? key : str_printf(arena, "%lld", (long long)entity->id);
}

/* --- Values ------------------------------------------------------------------------------------
 */

static void add_linked_name(Buf *out, const CityEntity *entity)
{
    buf_add_char(out, ',');
    if (entity)
        csv_add_value(out, node_get_text(entity->body, "name"));
}

static void add_point(Buf *out, const Node *place, Arena *arena)
{
    const Node *at = node_get(place, "coordinates");

    if (!str_is(node_get_text(place, "type"), "Point") || !at || at->count < 2) {
        buf_add_c(out, ",,");
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        buf_add_char(out, ',');
        buf_add(out, sta_value_text(arena, sta_value_of_node(at->items[i])));
    }
}

/* ",unit,property,thing,lon,lat\r\n": the same in each row of a Datastream. */
static Str tail_of(const CityEntity *stream, Arena *arena)
{
    Buf out = buf_in(arena);
    const CityEntity *thing = city_linked(stream, "Thing");
    Str unit = node_get_text(node_get(stream->body, "unitOfMeasurement"), "symbol");

    buf_add_char(&out, ',');
    csv_add_value(&out, unit.ptr ? unit : STR(""));
    add_linked_name(&out, city_linked(stream, "ObservedProperty"));
    add_linked_name(&out, thing);
    add_point(&out, thing ? place_of(thing) : NULL, arena);
    buf_add_c(&out, "\r\n");
    return buf_str(&out);
}

static void add_row(Buf *out, const Observation *o, Str key, Str tail, Arena *arena)
{
    sta_time_write(out, (StaTime){.start = o->time, .end = o->end == OBS_NONE ? o->time : o->end});
    buf_add_char(out, ',');
    buf_add(out, key);
    buf_add_char(out, ',');
    if (o->kind == OBS_NUMBER)
        buf_add(out, sta_value_text(arena, sta_number(o->number)));
    else if (o->kind == OBS_TEXT)
        csv_add_value(out, o->text);
    buf_addf(out, ",%d", o->status);
    buf_add(out, tail);
}

static ObsRange range_of(const Export *export)
{
    Date after = export->until;

    return (ObsRange){
        .from = date_absent(export->from) ? INT64_MIN : timestamp_of_berlin_day(export->from),
        .to = date_absent(after) ? INT64_MAX : timestamp_of_berlin_day(date_add_days(after, 1))};
}

static bool export_stream(Export *export, const CityEntity *stream, Err *err)
{
    Arena *arena = arena_create(0), *row = arena_create(0);
    Buf key = buf_in(arena);
    Str tail = tail_of(stream, arena);
    ObsCursor *cursor = obs_read(export->view.store, stream->series, range_of(export));
    Observation o;
    bool ok = true;

    csv_add_value(&key, key_of(stream, arena));
    while (ok && obs_next(cursor, &o, err)) {
        add_row(&export->text, &o, buf_str(&key), tail, row);
        if (export->text.len >= PIECE) {
            ok = flush(export, err);
            arena_reset(row);
        }
    }
    obs_done(cursor);
    arena_destroy(row);
    arena_destroy(arena);
    return ok && err->kind == ERR_NONE;
}

static bool export_values(Export *export, Err *err)
{
    const CityGraph *graph = &export->view.graph;

    buf_add_c(&export->text, "time,datastream,value,status,unit,property,thing,lon,lat\r\n");
    for (uint32_t series = 1; series < graph->series_capacity; series++) {
        const CityEntity *stream = city_of_series(graph, series);
        if (stream && stream->dataset == export->id && !export_stream(export, stream, err))
            return false;
    }
    return flush(export, err);
}

/* --- Places ------------------------------------------------------------------------------------
 */

static Node *feature_of(const CityEntity *thing, const Node *place, Arena *arena)
{
    const Node *given = node_get(thing->body, "properties");
    Node *feature = node_map(arena);
    Node *properties =
        given && given->kind == NODE_MAP ? node_clone(arena, given) : node_map(arena);
    Str description = node_get_text(thing->body, "description");

    node_set(arena, properties, STR("name"),
             node_string(arena, node_get_text(thing->body, "name")));
    if (description.len)
        node_set(arena, properties, STR("description"), node_string(arena, description));
    node_set(arena, feature, STR("type"), node_string(arena, STR("Feature")));
    node_set(arena, feature, STR("id"), node_string(arena, key_of(thing, arena)));
    node_set(arena, feature, STR("geometry"), node_clone(arena, place));
    node_set(arena, feature, STR("properties"), properties);
    return feature;
}

static bool export_places(Export *export, Err *err)
{
    const CitySet *things = &export->view.graph.sets[STA_THING];
    const char *before = "\n";

    buf_add_c(&export->text, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (size_t i = 0; i < things->count; i++) {
        const Node *place = place_of(things->items[i]);
        if (things->items[i]->dataset != export->id || !place)
            continue;
        Arena *arena = arena_create(0);
        buf_add_c(&export->text, before);
        before = ",\n";
        node_write_json(feature_of(things->items[i], place, arena), &export->text);
        arena_destroy(arena);
        if (export->text.len >= PIECE && !flush(export, err))
            return false;
    }
    buf_add_c(&export->text, "\n]}\n");
    return flush(export, err);
}

/* --- The command -------------------------------------------------------------------------------
 */

static bool export_all(Export *export, Err *err)
{
    export->text = buf_in(export->arena);
    if (!city_view_open(&export->view, &export->town, export->arena, err))
        return false;
    const CityDataset *dataset =
        city_command_dataset(&export->view.datasets, export->dataset, export->arena, err);
    if (!dataset ||
        (export->output && !folder_begin_output(&export->file, export->output, 0644, err)))
        return false;
    export->id = dataset->id;
    bool ok = export->places ? export_places(export, err) : export_values(export, err);
    if (!export->output)
        return ok;
    if (ok)
        return folder_finish_file(&export->file, err);
    folder_abandon_file(&export->file);
    return false;
}

static const char HELP[] =
    "Usage: rathaus city export --dataset NAME --tenant NAME --data DIR [--places]\n"
    "                           [--from DAY] [--until DAY] [--output FILE]\n"
    "\n"
    "Writes a dataset as `rathaus city import` reads it again: its values as a table with a line\n"
    "for each, or its places as GeoJSON. Works beside a server, with what is stored at this\n"
    "moment. Intervals and results that are no numbers are written, too; the import leaves them "
    "out.\n"
    "\n"
    "  --dataset NAME   which one\n"
    "  --tenant NAME    the town\n"
    "  --data DIR       the data folder\n"
    "  --places         places, not values\n"
    "  --from DAY       values from this day on, like 2027-01-31, in Berlin\n"
    "  --until DAY      values to the end of this day\n"
    "  --output FILE    where to; standard output if not given\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 written, 1 not, 2 called wrongly.\n";

int city_export_command(int argc, char **argv)
{
    Export export = {0};
    const Flag flags[] = {{"--dataset", .text = &export.dataset, .needed = "NAME"},
                          {"--tenant", .text = &export.town.tenant, .needed = "NAME"},
                          {"--data", .text = &export.town.data, .needed = "DIR"},
                          {"--places", .set = &export.places},
                          {"--from", .day = &export.from},
                          {"--until", .day = &export.until},
                          {"--output", .text = &export.output},
                          {0}};
    int status = flags_read("city export", HELP, flags, argc, argv);
    Err err = {0};

    if (status != FLAGS_GO_ON)
        return status;
    if (!date_absent(export.from) && !date_absent(export.until) &&
        date_compare(export.until, export.from) < 0)
        return flags_refuse("city export", "--until lies before --from");
    if (export.places && !(date_absent(export.from) && date_absent(export.until)))
        return flags_refuse("city export",
                            "--from and --until are days of values; places have none");
    export.arena = arena_create(0);
    status = export_all(&export, &err) ? 0 : 1;
    if (status)
        fprintf(stderr, "rathaus city export: %.*s\n",
                STR_ARG(city_view_words(&export.view, err_text(&err, export.arena), export.arena)));
    city_view_close(&export.view);
    arena_destroy(export.arena);
    return status;
}
