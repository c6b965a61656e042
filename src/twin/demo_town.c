/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/folder.h"
#include "twin/demo.h"

#include <math.h>

typedef struct Town {
    Arena *arena;
    const char *folder;
    GeoTransform *to_degrees;
    Buf out;
    bool first;
    int number;
    Err *err;
} Town;

/* A number from 0 to 1 that two whole numbers and a purpose decide. */
static double chance(int a, int b, int purpose)
{
    uint64_t h = (uint64_t)(uint32_t)a * 0x9e3779b97f4a7c15u ^
                 (uint64_t)(uint32_t)b * 0xc2b2ae3d27d4eb4fu ^ (uint64_t)purpose << 40;

    h ^= h >> 29;
    h *= 0xbf58476d1ce4e5b9u;
    h ^= h >> 32;
    return (double)(h & 0xffffff) / 0x1000000;
}

static void begin(Town *town)
{
    town->out = buf_in(town->arena);
    town->first = true;
    buf_add_c(&town->out, "{\"type\": \"FeatureCollection\", \"features\": [\n");
}

static bool finish(Town *town, const char *name)
{
    buf_add_c(&town->out, "\n]}\n");
    return folder_write_file(arena_printf(town->arena, "%s/%s", town->folder, name),
                             buf_str(&town->out), 0644, town->err);
}

/* A polygon of points in metres from the corner; the ring is closed here. */
static void add(Town *town, const GeoPoint *points, size_t count, Node *properties)
{
    GeoLine ring = {arena_array(town->arena, GeoPoint, count + 1), count + 1};
    GeoPart part = {&ring, 1};
    GeoFeature feature = {.kind = GEO_POLYGON, .parts = &part, .part_count = 1};

    for (size_t i = 0; i <= count; i++) {
        double x = DEMO_WEST + points[i % count].x, y = DEMO_SOUTH + points[i % count].y;
        geo_transform_points(town->to_degrees, &x, &y, 1);
        ring.points[i] = (GeoPoint){x, y};
    }
    buf_add_c(&town->out, town->first ? "" : ",\n");
    town->first = false;
    geo_feature_write_json(&feature, properties, true, &town->out);
}

/* --- streets --- */

static const char *const EAST_WEST[] = {
    "Uferstraße", "Mühlenweg", "Marktstraße", "Lindenstraße", "Schulstraße", "Gartenstraße",
    "Bergstraße", "Amselweg",  "Finkenweg",   "Rosenweg",     "Waldstraße",  "Hangweg",
};
static const char *const NORTH_SOUTH[] = {
    "Wiesengasse",  "Brückenstraße", "Kirchgasse", "Bachgasse", "Hauptstraße",
    "Rathausgasse", "Turmstraße",    "Quellweg",   "Ahornweg",  "Buchenweg",
    "Eichenweg",    "Birkenweg",     "Tannenweg",  "Am Osttor",
};

static const char *name_of(const char *const *names, size_t count, int index)
{
    return names[(size_t)(index < 0 ? 0 : index) % count];
}

static const char *street_of_row(int row)
{
    return name_of(EAST_WEST, sizeof EAST_WEST / sizeof EAST_WEST[0], row - 5);
}

static const char *street_of_column(int column)
{
    return name_of(NORTH_SOUTH, sizeof NORTH_SOUTH / sizeof NORTH_SOUTH[0], column - 3);
}

static void add_street(Town *town, GeoPoint from, GeoPoint to, const char *kind, const char *name)
{
    GeoPoint ends[2] = {from, to};
    GeoLine line = {ends, 2};
    GeoPart part = {&line, 1};
    GeoFeature feature = {.kind = GEO_LINE, .parts = &part, .part_count = 1};
    Node *properties = node_map(town->arena);

    for (int i = 0; i < 2; i++) {
        double x = DEMO_WEST + ends[i].x, y = DEMO_SOUTH + ends[i].y;
        geo_transform_points(town->to_degrees, &x, &y, 1);
        ends[i] = (GeoPoint){x, y};
    }
    node_set(town->arena, properties, STR("kind"), node_string(town->arena, str_c(kind)));
    node_set(town->arena, properties, STR("name"), node_string(town->arena, str_c(name)));
    buf_add_c(&town->out, town->first ? "" : ",\n");
    town->first = false;
    geo_feature_write_json(&feature, properties, true, &town->out);
}

static bool write_streets(Town *town)
{
    begin(town);
    for (int i = 3; i * DEMO_STREET_EVERY < 1540; i++) {
        double x = i * DEMO_STREET_EVERY;
        add_street(town, (GeoPoint){x, demo_river(x) + 45}, (GeoPoint){x, 1080},
                   i == 7 ? "main" : "minor", street_of_column(i));
    }
    for (int i = 5; i * DEMO_STREET_EVERY < 1080; i++) {
        double y = i * DEMO_STREET_EVERY;
        add_street(town, (GeoPoint){260, y}, (GeoPoint){1540, y}, i == 7 ? "main" : "minor",
                   street_of_row(i));
    }
    return finish(town, "streets.geojson");
}

/* --- buildings --- */

static void add_house(Town *town, double x, double y, double width, double depth, double angle,
                      const char *use, const char *street, const char *house)
{
    const double corners[4][2] = {
        {-width, -depth}, {width, -depth}, {width, depth}, {-width, depth}};
    GeoPoint points[4];
    Node *properties = node_map(town->arena);

    for (int i = 0; i < 4; i++) {
        double dx = corners[i][0] / 2, dy = corners[i][1] / 2;
        points[i] = (GeoPoint){x + dx * cos(angle) - dy * sin(angle),
                               y + dx * sin(angle) + dy * cos(angle)};
    }
    town->number++;
    node_set(town->arena, properties, STR("id"),
             node_string(town->arena, str_printf(town->arena, "M%04d", town->number)));
    node_set(town->arena, properties, STR("use"), node_string(town->arena, str_c(use)));
    node_set(town->arena, properties, STR("street"), node_string(town->arena, str_c(street)));
    node_set(town->arena, properties, STR("number"), node_string(town->arena, str_c(house)));
    node_set(town->arena, properties, STR("height"),
             node_number(town->arena,
                         str_printf(town->arena, "%.1f", width > 25 ? 12.0 : 6.0 + depth / 4)));
    add(town, points, 4, properties);
}

/* Houses along a block's four streets, gaps between them; blocks of the middle are one yard. */
static void add_block(Town *town, int column, int row)
{
    const double every = DEMO_STREET_EVERY;
    double west = column * every, south = row * every;
    double x = west + every / 2, y = south + every / 2;

    if (!demo_in_town(x, y - every / 2) || !demo_in_town(x, y + every / 2) ||
        !demo_in_town(x - every / 2, y) || !demo_in_town(x + every / 2, y))
        return;
    if (column == 10 && row == 6)
        return; /* the market */
    if (chance(column, row, 1) < 0.12) {
        add_house(town, x, y, 46, 30, 0.1 * chance(column, row, 2),
                  chance(column, row, 3) < 0.5 ? "school" : "commercial", street_of_row(row),
                  arena_printf(town->arena, "%d a", 6 * column + 3));
        return;
    }
    for (int i = 0; i < 3; i++)
        for (int side = 0; side < 2; side++) {
            double along = west + 20 + 25.0 * i,
                   turn = 0.06 * (chance(column * 7 + i, row, 4) - 0.5);
            if (chance(column * 7 + i, row * 3 + side, 5) < 0.12)
                continue;
            double width = 12 + 6 * chance(column * 7 + i, row * 3 + side, 6);
            double depth = 10 + 4 * chance(column * 7 + i, row * 3 + side, 7);
            add_house(town, along, side ? south + every - 18 : south + 18, width, depth, turn,
                      "residential", street_of_row(row + side),
                      arena_printf(town->arena, "%d", 6 * column + 2 * i + 1 + !side));
        }
}

static bool write_buildings(Town *town)
{
    begin(town);
    for (int row = 0; row < DEMO_HEIGHT / DEMO_STREET_EVERY; row++)
        for (int column = 0; column < DEMO_WIDTH / DEMO_STREET_EVERY; column++)
            add_block(town, column, row);
    return finish(town, "buildings.geojson");
}

/* --- land use --- */

static void add_use(Town *town, const GeoPoint *points, size_t count, const char *use)
{
    Node *properties = node_map(town->arena);

    node_set(town->arena, properties, STR("use"), node_string(town->arena, str_c(use)));
    add(town, points, count, properties);
}

/* What lies between two lines over x. */
static void add_band(Town *town, double from, double to, double low, double high, bool by_river,
                     const char *use)
{
    enum { STEPS = 60 };
    GeoPoint points[2 * (STEPS + 1)];

    for (int i = 0; i <= STEPS; i++) {
        double x = from + (to - from) * i / STEPS, base = by_river ? demo_river(x) : 0;
        points[i] = (GeoPoint){x, base + low};
        points[2 * STEPS + 1 - i] = (GeoPoint){x, high > 1000 ? high : base + high};
    }
    add_use(town, points, 2 * (STEPS + 1), use);
}

static void add_box(Town *town, double west, double south, double east, double north,
                    const char *use)
{
    const GeoPoint points[] = {{west, south}, {east, south}, {east, north}, {west, north}};

    add_use(town, points, 4, use);
}

static bool write_land_use(Town *town)
{
    begin(town);
    add_box(town, 0, 0, DEMO_WIDTH, DEMO_HEIGHT, "field");
    add_box(town, 0, 1130, DEMO_WIDTH, DEMO_HEIGHT, "forest");
    add_box(town, 0, 0, DEMO_WIDTH, 130, "forest");
    add_band(town, 0, DEMO_WIDTH, -60, 45, true, "meadow");
    add_band(town, 260, 1540, 45, 1080, true, "garden");
    for (int i = 3; i * DEMO_STREET_EVERY < 1540; i++)
        add_box(town, i * DEMO_STREET_EVERY - DEMO_STREET_WIDTH / 2.0,
                demo_river(i * DEMO_STREET_EVERY) + 45,
                i * DEMO_STREET_EVERY + DEMO_STREET_WIDTH / 2.0, 1080, "street");
    for (int i = 5; i * DEMO_STREET_EVERY < 1080; i++)
        add_box(town, 260, i * DEMO_STREET_EVERY - DEMO_STREET_WIDTH / 2.0, 1540,
                i * DEMO_STREET_EVERY + DEMO_STREET_WIDTH / 2.0, "street");
    add_box(town, 905, 545, 985, 625, "street"); /* the market */
    add_band(town, 0, DEMO_WIDTH, -11, 11, true, "river");
    return finish(town, "landuse.geojson");
}

static bool write_inlets(Town *town)
{
    Buf out = buf_in(town->arena);

    buf_add_c(&out, "x,y,capacity_l_per_s\n");
    for (int row = 5; row * DEMO_STREET_EVERY < 1080; row++)
        for (int column = 3; column * DEMO_STREET_EVERY < 1540; column++) {
            double x = column * DEMO_STREET_EVERY, y = row * DEMO_STREET_EVERY;
            if (demo_in_town(x, y))
                buf_addf(&out, "%.1f,%.1f,%d\n", DEMO_WEST + x, DEMO_SOUTH + y,
                         10 + 5 * (int)(3 * chance(column, row, 8)));
        }
    return folder_write_file(arena_printf(town->arena, "%s/inlets.csv", town->folder),
                             buf_str(&out), 0644, town->err);
}

bool demo_write_town(const char *folder, Arena *arena, Err *err)
{
    static const char USES[] = "use,n,conductivity_mm_per_h,suction_mm,deficit\n"
                               "field,0.05,6,170,0.25\n"
                               "forest,0.12,20,110,0.30\n"
                               "meadow,0.06,8,150,0.25\n"
                               "garden,0.05,5,170,0.22\n"
                               "street,0.018,,,\n"
                               "river,0.033,,,\n";
    Town town = {.arena = arena, .folder = folder, .err = err};

    town.to_degrees = geo_transform_create("EPSG:25832", GEO_WGS84, err);
    bool ok =
        town.to_degrees && write_streets(&town) && write_buildings(&town) &&
        write_land_use(&town) && write_inlets(&town) &&
        folder_write_file(arena_printf(arena, "%s/landuse.csv", folder), str_c(USES), 0644, err);
    geo_transform_destroy(town.to_degrees);
    return ok;
}
