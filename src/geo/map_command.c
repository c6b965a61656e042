/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus map`: the map of a town that all pages show below their own layers. */
#include "geo/geo.h"
#include "geo/tile/vector_tiles.h"

#include <getopt.h>
#include <stdio.h>

enum { LAYERS_MAX = 40 };

static const char HELP[] =
    "Usage: rathaus map LAYER=FILE[:FIELD[=VALUE[>KIND]]]… --out FILE.mbtiles [options]\n"
    "\n"
    "Makes the map of a town, which belongs into DIR/tenants/NAME/geo/stadt.mbtiles, from files "
    "of\n"
    "shapes (GeoJSON, GeoPackage, Shape, FlatGeobuf).\n"
    "\n"
    "  LAYER    land, water, road, building or place; docs/geo.md has their kinds\n"
    "  FIELD    property that tells the kind, if it is not \"kind\"\n"
    "  VALUE    take only shapes with this value, as KIND if it is given\n"
    "  --out FILE    where it goes\n"
    "  --name TEXT   what it is called\n"
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

static int help(FILE *to, int status)
{
    fputs(HELP, to);
    return status;
}

int map_command(int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"out", required_argument, NULL, 'o'},
                                            {"name", required_argument, NULL, 'n'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *out = NULL, *name = "Stadtkarte";
    MapLayer layers[LAYERS_MAX];
    size_t count = 0;
    Err err = {0};
    int option;

    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        switch (option) {
        case 'o': out = optarg; break;
        case 'n': name = optarg; break;
        case 'h': return help(stdout, 0);
        default: return help(stderr, 2);
        }
    }
    if (!out || optind == argc || argc - optind > LAYERS_MAX)
        return help(stderr, 2);
    Arena *arena = arena_create(0);
    for (int i = optind; i < argc; i++)
        if (!read_layer(arena, argv[i], &layers[count++])) {
            fprintf(stderr,
                    "rathaus map: \"%s\" is not LAYER=FILE with a layer of: land, water, "
                    "road, building, place\n",
                    argv[i]);
            arena_destroy(arena);
            return 2;
        }
    bool good = vector_tiles_write(layers, count, name, out, &err);
    if (!good)
        fprintf(stderr, "rathaus map: %s\n", err_text(&err, arena));
    arena_destroy(arena);
    return good ? 0 : 1;
}
