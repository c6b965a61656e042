/* SPDX-License-Identifier: EUPL-1.2 */
/* Metadata of a tile set, "name" and "value" line by line, and the TileJSON made of it: it can be
 * read again, and its zooms and bounds make sense. */
#include "geo/tile/tileset.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    TileInfo info = TILE_INFO_UNTOLD;
    Err err = {0};

    for (Str rest = {(const char *)data, size}; rest.ptr;) {
        Str name = str_cut(&rest, '\n'), value = str_cut(&rest, '\n');
        tile_info_take(&info, arena, name, value);
    }
    if (info.zoom_min < 0 || info.zoom_min > TILE_ZOOM_MAX || info.zoom_max < 0 ||
        info.zoom_max > TILE_ZOOM_MAX || !(info.bounds.west < info.bounds.east) ||
        !(info.bounds.south < info.bounds.north))
        abort();
    Str json = node_json(tile_info_json(&info, STR("/karten/stadt/{z}/{x}/{y}"), arena), arena);
    const Node *back = node_parse_json(arena, json, NULL, &NODE_LIMITS_PACKAGE, &err);
    if (!back || !node_get(back, "bounds"))
        abort();
    arena_destroy(arena);
    return 0;
}
