/* SPDX-License-Identifier: EUPL-1.2 */
/* Compounds: "Hundesteuerbescheid" is made of "Hunde", "Steuer" and "Bescheid", and all of these
 * are words that the index knows by themselves. The letters between parts (Fugen: Anmeldung-s-
 * formular, Hund-e-steuer) are endings that the stemmer cuts off anyway. */
#include "search/builder.h"

#include "base/buf.h"
#include "base/vec.h"

#include <stdlib.h>

enum { PART_MIN = 4, COMPOUND_MIN = 8 };

static bool part_known(Str part, StemKnown *known, void *context, Part *out)
{
    if (part.len < PART_MIN || stop_word_weight(part) < 1)
        return false;
    out->len = word_stem(part, out->stem);
    return out->len >= 3 && known(context, (Str){out->stem, out->len});
}

/* cost[i]: fewest parts that the first i letters are made of, and where the last of them begins.
 * Of equally many parts those with the longest last one: the last one says what the thing is. */
typedef struct Split {
    int parts; /* 0: none */
    size_t begin;
} Split;

static size_t collect(Str folded, const Split *splits, StemKnown *known, void *context,
                      Part parts[PARTS_MAX])
{
    size_t end = folded.len;
    size_t count = 0;

    while (end > 0 && count < PARTS_MAX) {
        size_t begin = splits[end].begin;

        part_known(str_slice(folded, begin, end), known, context, &parts[count++]);
        end = begin;
    }
    return end == 0 ? count : 0;
}

size_t compound_split(Str folded, StemKnown *known, void *context, Part parts[PARTS_MAX])
{
    Split splits[WORD_MAX + 1] = {{0}};
    Part part;

    if (folded.len < COMPOUND_MIN || folded.len > WORD_MAX)
        return 0;
    for (size_t end = PART_MIN; end <= folded.len; end++) {
        for (size_t begin = 0; begin + PART_MIN <= end; begin++) {
            bool reached = begin == 0 || splits[begin].parts > 0;
            bool whole = begin == 0 && end == folded.len;
            int cost = splits[begin].parts + 1;

            if (!reached || whole || (splits[end].parts && splits[end].parts <= cost))
                continue;
            if (folded.len - end > 0 && folded.len - end < PART_MIN)
                continue;
            if (part_known(str_slice(folded, begin, end), known, context, &part))
                splits[end] = (Split){cost, begin};
        }
    }
    if (splits[folded.len].parts < 2 || splits[folded.len].parts > PARTS_MAX)
        return 0;
    return collect(folded, splits, known, context, parts);
}

/* --- The map ---------------------------------------------------------------------------------- */

typedef struct Pair {
    Str part, compound;
} Pair;

struct PartMap {
    Arena *arena;
    Pair *items;
    size_t count, capacity;
};

PartMap *part_map_create(void)
{
    Arena *arena = arena_create(0);
    PartMap *map = arena_new(arena, PartMap);

    map->arena = arena;
    return map;
}

void part_map_add(PartMap *map, Str folded, StemKnown *known, void *context)
{
    Part parts[PARTS_MAX];
    char stem[WORD_MAX];
    size_t count = compound_split(folded, known, context, parts);
    Str compound = STR_NONE;

    if (count > 0)
        compound = str_copy(map->arena, (Str){stem, word_stem(folded, stem)});
    for (size_t i = 0; i < count; i++) {
        Pair pair = {str_copy(map->arena, (Str){parts[i].stem, parts[i].len}), compound};

        VEC_PUSH(map->arena, map, pair);
    }
}

static int compare_pairs(const void *a, const void *b)
{
    const Pair *left = a, *right = b;
    int order = str_compare(left->part, right->part);

    return order ? order : str_compare(left->compound, right->compound);
}

void part_map_write(PartMap *map, SegmentWriter *writer)
{
    if (map->count)
        qsort(map->items, map->count, sizeof *map->items, compare_pairs);
    for (size_t i = 0; i < map->count;) {
        Buf bytes = buf_in(map->arena);
        uint32_t count = 0;
        Str part = map->items[i].part;

        for (size_t first = i; i < map->count && str_eq(map->items[i].part, part); i++) {
            if (i > first && str_eq(map->items[i].compound, map->items[i - 1].compound))
                continue;
            buf_add_char(&bytes, (char)map->items[i].compound.len);
            buf_add(&bytes, map->items[i].compound);
            count++;
        }
        segment_write_term(writer, TERM_PART, part, count, buf_str(&bytes));
    }
    arena_destroy(map->arena);
}

bool part_next(Bytes *bytes, Str *compound)
{
    if (bytes->at >= bytes->end)
        return false;
    size_t len = bytes_u8(bytes);
    if (len > (size_t)(bytes->end - bytes->at) || len > WORD_MAX)
        return false;
    *compound = (Str){(const char *)bytes->at, len};
    bytes->at += len;
    return true;
}
