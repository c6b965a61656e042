/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/area.h"

static void add_feature(const CityReader *reader, int64_t id, StaBox *box)
{
    const CityEntity *feature = id ? city_find(reader->graph, STA_FEATURE_OF_INTEREST, id) : NULL;

    if (feature && city_sees(reader, feature))
        sta_box_add(box, city_geometry(feature));
}

/* Of few Observations all; those that follow each other are mostly of the same feature. */
static bool add_all(const CityReader *reader, const CityEntity *stream, StaBox *box, Err *err)
{
    ObsRange all = {.order = OBS_BY_ORDINAL, .from = 0, .to = INT64_MAX};
    ObsCursor *cursor = obs_read(reader->store, stream->series, all);
    Observation o;
    int64_t before = 0;

    while (obs_next(cursor, &o, err)) {
        int64_t id = o.feature ? o.feature : stream->feature;
        if (id != before)
            add_feature(reader, id, box);
        before = id;
    }
    obs_done(cursor);
    return err->kind == ERR_NONE;
}

static Node *position(double x, double y, Arena *arena)
{
    Node *out = node_list(arena);

    node_append(arena, out, node_number(arena, sta_value_text(arena, sta_number(x))));
    node_append(arena, out, node_number(arena, sta_value_text(arena, sta_number(y))));
    return out;
}

static Node *ring_of(const StaBox *box, Arena *arena)
{
    const double corners[5][2] = {{box->west, box->south},
                                  {box->east, box->south},
                                  {box->east, box->north},
                                  {box->west, box->north},
                                  {box->west, box->south}};
    Node *ring = node_list(arena), *rings = node_list(arena);

    for (size_t i = 0; i < 5; i++)
        node_append(arena, ring, position(corners[i][0], corners[i][1], arena));
    node_append(arena, rings, ring);
    return rings;
}

static const Node *geometry_of(const StaBox *box, Arena *arena)
{
    bool point = box->west >= box->east && box->south >= box->north;
    Node *out = node_map(arena);

    if (!box->any)
        return NULL;
    node_set(arena, out, STR("type"), node_string(arena, point ? STR("Point") : STR("Polygon")));
    node_set(arena, out, STR("coordinates"),
             point ? position(box->west, box->south, arena) : ring_of(box, arena));
    return out;
}

bool city_stream_area(const CityReader *reader, const CityEntity *stream, Arena *arena,
                      const Node **out, Err *err)
{
    uint64_t count;
    StaBox box = {0};

    if (!obs_count(reader->store, stream->series, INT64_MIN, INT64_MAX, &count, err))
        return false;
    if (count > CITY_SMALL_STREAM)
        add_feature(reader, stream->feature, &box);
    else if (!add_all(reader, stream, &box, err))
        return false;
    *out = geometry_of(&box, arena);
    return true;
}
