/* SPDX-License-Identifier: EUPL-1.2 */
/* Boards: tiles of the town's measured values that staff put together by forms, for a page and for
 * a display on a wall. A board is public or internal; each tile shows what its viewer may see, and
 * nothing stands where there is none. docs/boards.md */
#pragma once

#include "city/hub/dataset.h"

typedef enum TileKind {
    TILE_VALUE, /* the latest of a Datastream, with its trend */
    TILE_CHART, /* a Datastream over a time */
    TILE_MAP,   /* the places of a dataset */
    TILE_TABLE, /* the latest of all Datastreams of a dataset */
    TILE_TEXT,  /* Markdown */
    TILE_ALARMS,
    TILE_KINDS,
} TileKind;

typedef enum TileSpan {
    TILE_DAY,
    TILE_WEEK,
    TILE_MONTH,
    TILE_SPANS,
} TileSpan;

enum { TILE_WIDTH_MAX = 3, TILES_MAX = 40 };

typedef struct Board {
    int64_t id;
    Str name; /* [a-z0-9-]: in the address */
    Str title;
    CityAccess access;
    int64_t tiles; /* how many it has */
} Board;

typedef struct Tile {
    int64_t id, position;
    TileKind kind;
    Str title;
    int64_t width; /* 1 to 3 */
    int64_t dataset, stream;
    TileSpan span;
    Str warn, danger; /* limits of a value, FEEL's numbers or empty; the worse side is danger's */
    Str text;
} Tile;

extern const char *const TILE_KIND_NAMES[TILE_KINDS];
extern const char *const TILE_SPAN_NAMES[TILE_SPANS];

typedef struct Boards {
    Board *items;
    size_t count;
} Boards;

typedef struct Tiles {
    Tile *items;
    size_t count;
} Tiles;

/* By title. */
bool board_list(Tx *tx, Arena *arena, Boards *out, Err *err);
/* Only those that everybody may see. */
bool board_list_public(Request *req, Boards *out, Err *err);
/* ERR_NOT_FOUND in German. */
bool board_by_name(Tx *tx, Str name, Arena *arena, Board *out, Err *err);
/* Add it (id 0) or change it. ERR_INPUT or ERR_CONFLICT with the field. */
bool board_write(Tx *tx, Board *board, Str actor, Err *err);
bool board_remove(Tx *tx, const Board *board, Str actor, Err *err);
/* An event of this board. */
bool board_note(Tx *tx, const char *type, const Board *board, const Node *data, Str actor,
                Err *err);

/* In their order. */
bool tile_list(Tx *tx, int64_t board, Arena *arena, Tiles *out, Err *err);
/* Each of these notes who did it, in the same transaction, when it changed something. */
/* Add it at the end of the board (id 0) or change it. ERR_CONFLICT in German when there is no more
 * room. */
bool tile_write(Tx *tx, const Board *board, Tile *tile, Str actor, Err *err);
/* One place up (-1) or down (1); nothing at the end. */
bool tile_move(Tx *tx, const Board *board, int64_t tile, int by, Str actor, Err *err);
bool tile_remove(Tx *tx, const Board *board, int64_t tile, Str actor, Err *err);
