/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus map`: the map of a town that all pages show below their own layers. */
#include "base/flags.h"
#include "geo/base_map.h"
#include "geo/geo.h"
#include "geo/tile/vector_tiles.h"

#include <stdio.h>

enum { LAYERS_MAX = 40 };

static const char HELP[] =
    "Usage: rathaus map LAYER=FILE[:FIELD[=VALUE[>KIND]]]… --out FILE.mbtiles [options]\n"
    "       rathaus map base …    the ground of all maps from OpenStreetMap: see its --help\n"
    "\n"
    "Makes the map of a town, which belongs into DIR/tenants/NAME/geo/stadt.mbtiles, from files "
    "of\n"
    "shapes (GeoJSON, GeoPackage, Shape, FlatGeobuf).\n"
    "\n"
    "  LAYER    land, water, road, building or place; docs/geo.md has their kinds\n"
    "  FIELD    property that tells the kind, if it is not \"kind\"\n"
    "  VALUE    take only shapes with this value, as KIND if it is given\n"
    "  --out FILE    where it goes\n"
    "  --name TEXT   what it is called; Stadtkarte if not given\n"
    "  --help        this text\n"
    "\n"
    "Exit status: 0 made, 1 not, 2 called wrongly.\n"
    "\n"
    "  rathaus map road=streets.geojson building=houses.gpkg land=use.gpkg:use=forest\\>wood\n"
    "              --out rathaus-data/tenants/musterstadt/geo/stadt.mbtiles\n";

static const char *const LAYERS[] = {"land", "water", "road", "building", "place"};

static bool known(Str name)
{
    for (size_t i = 0; i < sizeof LAYERS / sizeof *LAYERS; i++)
        if (str_is(name, LAYERS[i]))
            return true;
    return false;
}

static const char *word(Arena *arena, Str text)
{
    return text.len ? str_cstr(arena, text) : NULL;
}

static bool read_layer(Arena *arena, const char *text, MapLayer *out)
{
    Str rest = str_c(text);
    Str name = str_cut(&rest, '=');
    Str file = str_cut(&rest, ':');
    Str field = str_cut(&rest, '=');
    Str only = str_cut(&rest, '>');

    *out = (MapLayer){.name = word(arena, name),
                      .file = word(arena, file),
                      .field = word(arena, field),
                      .only = word(arena, only),
                      .as = word(arena, rest)};
    return known(name) && out->file;
}

static int refuse_layer(const char *typed)
{
    return flags_refuse("map",
                        "\"%s\" is not LAYER=FILE with a layer of: land, water, road, "
                        "building, place",
                        flags_shown(typed).text);
}

int map_command(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "base") == 0)
        return base_map_command(argc - 1, argv + 1);
    const char *out = NULL, *name = "Stadtkarte", *typed[LAYERS_MAX];
    FlagList words = {.items = typed, .max = LAYERS_MAX};
    const Flag flags[] = {{"LAYER=FILE", .list = &words},
                          {"--out", .text = &out, .needed = "FILE.mbtiles"},
                          {"--name", .text = &name},
                          {0}};
    MapLayer layers[LAYERS_MAX];
    Err err = {0};
    int status = flags_read("map", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(0);
    for (size_t i = 0; i < words.count && status == FLAGS_GO_ON; i++)
        if (!read_layer(arena, typed[i], &layers[i]))
            status = refuse_layer(typed[i]);
    if (status == FLAGS_GO_ON)
        status = vector_tiles_write(layers, words.count, name, out, &err) ? 0 : 1;
    if (status == 1)
        fprintf(stderr, "rathaus map: %s\n", err_text(&err, arena));
    arena_destroy(arena);
    return status;
}
