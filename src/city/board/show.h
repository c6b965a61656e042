/* SPDX-License-Identifier: EUPL-1.2 */
/* A board as somebody sees it. */
#pragma once

#include "city/board/board.h"
#include "city/page/page.h"

typedef struct RaisedLine {
    Tone tone;
    Str severity, name, text;
} RaisedLine;

typedef struct TileView {
    const Tile *tile;
    Str title;
    Str value, when, trend; /* of a value; `trend` in words, with an arrow */
    Tone tone;              /* by its limits */
    Str level;              /* the same in words, or empty */
    Str path;               /* what leads on, or empty */
    Plot plot;
    Str words; /* of a chart */
    NowGroup group;
    Str bounds, places; /* of a map */
    Html text;
    CityWarnings warnings; /* of the alarms */
} TileView;

typedef struct BoardView {
    Board board;
    TileView *tiles;
    size_t count;
    bool wall;   /* for a display */
    Str ground;  /* TileJSON below the maps, or STR_NONE */
    bool mapped; /* a tile has a map */
    Str clock;   /* "22. November 2026, 17:05 Uhr" */
    bool may_write;
} BoardView;

/* What the caller may see of its tiles. */
bool board_fill(Request *req, const Tiles *tiles, BoardView *view, Err *err);
/* GET /stadtdaten/tafel/:name */
bool board_page(Request *req, Response *res, Err *err);
/* The board that the address names; ERR_NOT_FOUND also for who may not see it. */
bool board_asked(Request *req, Board *board, Tiles *tiles, Err *err);
