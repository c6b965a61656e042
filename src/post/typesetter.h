/* SPDX-License-Identifier: EUPL-1.2 */
/* Text to lines that are ready for a page: pango on two fixed font families (fonts.h), one font map
 * per thread. The machine's other fonts and settings are never looked at, so that a letter comes
 * out alike everywhere. All lengths are points (1/72 inch).
 *
 * A line is the operators that show it from wherever it stands. Much of a letter stands in the
 * next one too, so each thread keeps what it has set last: see typesetter_cache.c. */
#pragma once

#include "base/err.h"
#include "post/fonts.h"
#include "post/hyphenate.h"
#include "post/markdown.h"

#include <pango/pangocairo.h>

#define MM(millimetres) ((millimetres)*72.0 / 25.4)

typedef struct TextStyle {
    double size;
    double leading; /* from baseline to baseline */
    double gray;    /* 0 black ... 1 white */
    bool bold;
    bool hyphenated;
} TextStyle;

typedef struct SetLine {
    Str operators; /* within a text object whose matrix is set: fonts and strings */
    double width;
} SetLine;

/* A glyph beyond the common characters. */
typedef struct OtherGlyph {
    uint16_t font, glyph;
} OtherGlyph;

typedef struct SetText {
    SetLine *lines;
    size_t count;
    double width; /* of the widest line */
    OtherGlyph *others;
    size_t other_count;
    bool common[FONT_COMMON_COUNT]; /* which fonts its common characters use */
} SetText;

/* What tells one setting from another. */
typedef struct SetOrder {
    double size, width; /* width 0: one line per forced break */
    bool bold, hyphenated;
    bool cut; /* one line of `width`, its end replaced by an ellipsis */
} SetOrder;

typedef struct SetCache SetCache;

/* The text of one letter. */
typedef struct Typesetter {
    Str lang;
    PangoContext *context; /* the thread's */
    SetCache *cache;       /* the thread's */
    const Hyphenator *hyphenator;
    Arena *arena; /* for what is not kept */
} Typesetter;

/* Fails with ERR_INTERNAL when the fonts are not installed, naming the package. What was set
 * before with this thread's typesetter is gone. */
bool typesetter_begin(Typesetter *setter, Arena *arena, Str lang, Err *err);

/* Break into lines of `width`; 0 means one line per forced break. The result lives until the
 * thread's next typesetter_begin. */
const SetText *typesetter_layout(Typesetter *setter, const TextStyle *style,
                                 const MarkdownText *text, double width);
const SetText *typesetter_plain(Typesetter *setter, const TextStyle *style, Str text, double width);
/* One line, cut to `width` with an ellipsis. */
const SetText *typesetter_cut(Typesetter *setter, const TextStyle *style, Str text, double width);

/* Height of all lines at the style's leading. */
double set_height(const SetText *text, const TextStyle *style);

/* typesetter_glyphs.c: pango's lines to operators, all memory from `arena`. */
SetText *set_text_from_layout(Arena *arena, PangoLayout *layout, double size);

/* typesetter_cache.c. Texts that were set lately, in two generations: what is asked for again
 * moves to the younger one, and the elder one is forgotten when the younger is full. */
SetCache *set_cache_create(void);
void set_cache_destroy(SetCache *cache);
/* Between letters: nothing that was given out is used any more. */
void set_cache_turn(SetCache *cache);
const SetText *set_cache_find(SetCache *cache, Str key);
/* Keep what `make` left in the cache's own arena. */
void set_cache_put(SetCache *cache, Str key, const SetText *text);
Arena *set_cache_arena(SetCache *cache);
