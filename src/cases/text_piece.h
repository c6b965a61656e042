/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside texts: what text_read.c makes of them and text_write.c writes. */
#pragma once

#include "cases/text.h"

typedef enum PieceKind {
    PIECE_TEXT,
    PIECE_VALUE,
    PIECE_MONEY,
    PIECE_EACH,
    PIECE_IF,
    PIECE_EDIT,
} PieceKind;

typedef struct Piece Piece;
typedef struct Pieces {
    Piece *items;
    size_t count, capacity;
} Pieces;

struct Piece {
    PieceKind kind;
    Str text;  /* PIECE_TEXT; name of a PIECE_EDIT */
    Str label; /* PIECE_EDIT */
    const FeelProgram *program;
    const FeelType *item_type; /* PIECE_EACH */
    Pieces body, otherwise;
};

typedef struct Variant {
    Str lang;
    Pieces pieces;
} Variant;

struct TextTemplate {
    Variant *variants;
    size_t count;
};
