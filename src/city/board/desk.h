/* SPDX-License-Identifier: EUPL-1.2 */
/* Boards at the desk: who may read the town's data sees them, who may write it puts them together.
 */
#pragma once

#include "city/board/show.h"
#include "city/page/desk.h"
#include "core/page/parts.h"

#define BOARD_PATH "/desk/tafeln"

enum { TILE_ERRORS_MAX = 8, TILE_STREAMS_MAX = 2000 };

/* What was typed of a board, and what is wrong with it. */
typedef struct BoardForm {
    Str name, title;
    bool internal, added;
    FieldError errors[1];
    size_t error_count;
} BoardForm;

typedef struct BoardsPage {
    Boards boards;
    BoardForm form;
    Str notice;
    bool may_write;
} BoardsPage;

typedef struct TileLine {
    const Tile *tile;
    Str what; /* what it shows */
} TileLine;

typedef struct BoardSheet {
    BoardForm form;
    TileLine *lines;
    size_t count;
    Str notice;
} BoardSheet;

/* What was typed of a tile. */
typedef struct TileForm {
    Str board;
    int64_t id; /* 0: a new one */
    TileKind kind;
    Str title, width, source, span, warn, danger, text;
    Str refused;         /* why it cannot be added whatever is typed, or STR_NONE */
    OptionView *sources; /* Datastreams or datasets */
    size_t source_count;
    FieldError errors[TILE_ERRORS_MAX];
    size_t error_count;
} TileForm;

Str tile_kind_word(TileKind kind);
/* "zwei Drittel" */
Str tile_width_word(int64_t width);
/* In addresses. */
extern const char *const TILE_KIND_WORDS[TILE_KINDS];

/* --- The list (desk_list.c) and one board (desk_one.c) --- */
bool board_desk_list(Request *req, Response *res, Err *err);
bool board_show_list(Request *req, Response *res, const BoardForm *form, Err *err);
bool board_desk_one(Request *req, Response *res, Err *err);
bool board_show(Request *req, Response *res, const Tiles *tiles, const BoardForm *form, Err *err);

/* --- What is done with them (desk_act.c) --- */
bool board_desk_add(Request *req, Response *res, Err *err);
bool board_desk_change(Request *req, Response *res, Err *err);
bool board_desk_remove(Request *req, Response *res, Err *err);
bool board_desk_order(Request *req, Response *res, Err *err);

/* --- A tile (tile_form.c) --- */
bool board_desk_tile(Request *req, Response *res, Err *err);
bool board_desk_tile_save(Request *req, Response *res, Err *err);
