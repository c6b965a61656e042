/* SPDX-License-Identifier: EUPL-1.2 */
/* Tile set: all tiles of one map layer in one file (MBTiles 1.3, an SQLite file), read by the
 * server, written once by a command and never changed: a new version replaces the file. */
#pragma once

#include "base/node.h"
#include "geo/tile/mercator.h"

typedef struct TileSet TileSet;

typedef enum TileFormat { TILE_VECTOR, TILE_PNG } TileFormat;

typedef struct TileInfo {
    TileFormat format; /* TILE_VECTOR: MVT, packed with gzip */
    int zoom_min, zoom_max;
    Bounds bounds; /* degrees */
    Str name;
    Str attribution;
    Str version; /* changes with the file, for addresses that may be kept for ever */
    Str layers;  /* TileJSON's vector_layers, a JSON list; STR_NONE */
} TileInfo;

/* Before anything was said: the whole world. */
extern const TileInfo TILE_INFO_UNTOLD;
/* One row of the metadata; what is not known or makes no sense changes nothing. */
void tile_info_take(TileInfo *info, Arena *arena, Str name, Str value);
/* TileJSON for a map whose tiles lie at `address`, "…/{z}/{x}/{y}". */
Node *tile_info_json(const TileInfo *info, Str address, Arena *arena);

/* Open what the file is now, or take the handle that is open already; give it back with
 * tileset_release(). Any thread. ERR_NOT_FOUND when there is no such file, ERR_INTERNAL when it is
 * no tile set. */
TileSet *tileset_acquire(const char *path, Err *err);
void tileset_release(TileSet *set);
const TileInfo *tileset_info(const TileSet *set);
/* One tile's bytes; `*out` is STR_NONE where the set has none. */
bool tileset_tile(TileSet *set, TileId id, Arena *arena, Str *out, Err *err);

bool tileset_is_empty(TileSet *set);

/* A whole set that another wrote beside `path` takes its place, on the disk before it does. */
bool tileset_put_in_place(const char *beside, const char *path, Err *err);

/* Writing: to a file beside `path`, which takes its place when all is there. */
typedef struct TileWriter TileWriter;
TileWriter *tile_writer_create(const char *path, const TileInfo *info, Err *err);
bool tile_writer_add(TileWriter *writer, TileId id, Str bytes, Err *err);
/* Finish and put in place; frees the writer, also when it fails. */
bool tile_writer_finish(TileWriter *writer, Err *err);
/* Give up and leave nothing behind; NULL is accepted. */
void tile_writer_abandon(TileWriter *writer);
