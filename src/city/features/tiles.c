/* SPDX-License-Identifier: EUPL-1.2 */
/* Vector tiles of a collection in the web's square tiles (WebMercatorQuad), and TileJSON. */
#include "city/features/features.h"
#include "city/features/mvt.h"
#include "city/query/source.h"
#include "geo/tile/tileset.h"

enum { KEY_NAME, KEY_STREAM, KEY_VALUE, KEY_UNIT, KEY_TIME, KEYS };
static const char *const NAMES[KEYS] = {"name", "stream", "value", "unit", "time"};

/* --- One tile --------------------------------------------------------------------------------- */

static bool tile_asked(const Request *req, TileId *out)
{
    int64_t z, y, x;

    if (!str_to_i64(request_param(req, "z"), &z) || !str_to_i64(request_param(req, "y"), &y) ||
        !str_to_i64(request_param(req, "x"), &x) || z < 0 || z > MVT_ZOOM_MAX || x < 0 || y < 0 ||
        x >= 1 << z || y >= 1 << z)
        return false;
    *out = (TileId){(int)z, (int)x, (int)y};
    return true;
}

/* With a margin of a sixteenth, as signs reach over the edge. */
static OgcBox box_of(TileId id)
{
    Bounds b = tile_bounds(id);
    double margin = tile_edge(id.z) / 16;

    return (OgcBox){.west = fmax(-180, mercator_longitude(b.west - margin)),
                    .south = mercator_latitude(b.south - margin),
                    .east = fmin(180, mercator_longitude(b.east + margin)),
                    .north = mercator_latitude(b.north + margin)};
}

/* What the first Datastream that holds something says last. */
static bool latest_of(CityReader *reader, const OgcFeature *feature, MvtValue *values,
                      size_t *count, Err *err)
{
    OgcStreams streams = ogc_streams(reader, feature->thing);
    Observation o;
    bool found = false;

    for (size_t i = 0; i < streams.count && !found; i++) {
        const CityEntity *stream = streams.items[i];
        Buf time = buf_in(reader->arena);
        if (!obs_latest_until(reader->store, stream->series, reader->now, reader->arena, &o, &found,
                              err))
            return false;
        if (!found)
            continue;
        Str unit = node_get_text(node_get(stream->body, "unitOfMeasurement"), "symbol");
        Str name = node_get_text(stream->body, "name");
        sta_time_write(&time, (StaTime){.start = o.time, .end = o.time});
        values[(*count)++] = (MvtValue){.key = KEY_STREAM, .text = name.ptr ? name : STR("")};
        if (o.kind != OBS_NOTHING)
            values[(*count)++] = (MvtValue){.key = KEY_VALUE,
                                            .text = o.kind == OBS_TEXT ? o.text : STR_NONE,
                                            .number = o.number};
        if (unit.ptr)
            values[(*count)++] = (MvtValue){.key = KEY_UNIT, .text = unit};
        values[(*count)++] = (MvtValue){.key = KEY_TIME, .text = buf_str(&time)};
    }
    return true;
}

static bool add_feature(CityReader *reader, const OgcFeature *feature, MvtLayer *layer, Err *err)
{
    MvtValue values[KEYS];
    size_t count = 1;
    Str name = node_get_text(feature->thing->body, "name");

    values[0] = (MvtValue){.key = KEY_NAME, .text = name.ptr ? name : STR("")};
    if (!latest_of(reader, feature, values, &count, err))
        return false;
    mvt_add(layer, feature->thing->id, feature->geometry, values, count);
    return true;
}

static bool fill(CityReader *reader, MvtLayer *layer, Err *err)
{
    OgcAsk ask = {.limit = OGC_LIMIT_MAX,
                  .has_box = true,
                  .box = box_of(layer->tile),
                  .box_crs = &OGC_CRS[0],
                  .crs = &OGC_CRS[0]};
    OgcPage page;

    if (!ogc_select(reader, &ask, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        if (!add_feature(reader, &page.items[i], layer, err))
            return false;
    return true;
}

static bool answer_tile(OgcCall *call, Err *err)
{
    CityReader reader;
    const CityDataset *dataset;
    TileId id;
    Str bytes = STR_NONE;

    if (!tile_asked(call->req, &id))
        return err_set(err, ERR_NOT_FOUND, "there is no such tile: zoom is 0 to %d", MVT_ZOOM_MAX);
    if (!ogc_reader_begin(call, &reader, &dataset, err))
        return false;
    MvtLayer layer = mvt_layer(id, call->arena);
    bool ok = fill(&reader, &layer, err);
    if (ok && layer.count)
        bytes = mvt_finish(&layer, dataset->name, NAMES, KEYS);
    city_reader_end(&reader);
    if (ok && !bytes.ptr)
        call->res->status = 204;
    return ok && (!bytes.ptr ||
                  respond_bytes(call->res, call->arena, STR("application/vnd.mapbox-vector-tile"),
                                bytes, STR_NONE));
}

/* --- TileJSON --------------------------------------------------------------------------------- */

static Str layers_json(const CityDataset *dataset, Arena *arena)
{
    Node *list = node_list(arena), *layer = node_map(arena), *fields = node_map(arena);

    for (size_t i = 0; i < KEYS; i++)
        node_set_text(arena, fields, NAMES[i],
                      i == KEY_VALUE ? STR("Number or String") : STR("String"));
    node_set_text(arena, layer, "id", dataset->name);
    node_set(arena, layer, STR("fields"), fields);
    node_append(arena, list, layer);
    return node_json(list, arena);
}

static bool describe(OgcCall *call, CityReader *reader, const CityDataset *dataset, Node **out,
                     Err *err)
{
    TileInfo info = TILE_INFO_UNTOLD;
    OgcExtent extent;

    if (!ogc_extent(reader, &extent, err))
        return false;
    info.zoom_max = MVT_ZOOM_MAX;
    info.name = dataset->title;
    info.layers = layers_json(dataset, call->arena);
    if (extent.features)
        info.bounds =
            (Bounds){extent.box.west, extent.box.south, extent.box.east, extent.box.north};
    *out = tile_info_json(&info,
                          ogc_address(call, "/collections/%.*s/tiles/WebMercatorQuad/{z}/{y}/{x}",
                                      STR_ARG(dataset->name)),
                          call->arena);
    return true;
}

static bool answer_tilejson(OgcCall *call, Err *err)
{
    CityReader reader;
    const CityDataset *dataset;
    Node *json;

    if (!ogc_reader_begin(call, &reader, &dataset, err))
        return false;
    bool ok = describe(call, &reader, dataset, &json, err);
    city_reader_end(&reader);
    return ok && respond_json(call->res, 200, json, call->arena);
}

bool ogc_tile_get(Request *req, Response *res, Err *err)
{
    return ogc_answer(req, res, answer_tile, false, err);
}

bool ogc_tilejson_get(Request *req, Response *res, Err *err)
{
    return ogc_answer(req, res, answer_tilejson, false, err);
}
