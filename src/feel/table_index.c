/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/table_index.h"

#include "feel/short_decimal.h"
#include "feel/table_cells.h"

enum { LEAST_RULES = 4, MOST_BYTES = 4 << 20 };
/* In place of a rule's number. */
enum { NO_ONE_RULE = -1 };

typedef struct IndexColumn {
    FeelTypeKind kind; /* of the values that its cells name */
    FeelValue *points; /* ascending */
    int64_t *keys;     /* the points as whole numbers, when they are: quick to compare */
    int64_t exponent;  /* of the keys of numbers: units of ten to this */
    size_t count;
    uint64_t *rules; /* for each of the 2 * count + 1 segments; NULL: not indexed */
} IndexColumn;

struct TableIndex {
    size_t words;
    IndexColumn *columns;
    uint64_t *try; /* rules with a cell that is not indexed */
    int32_t *only; /* of a table with one input: the segment's one rule, or NO_ONE_RULE */
};

static void set_bit(uint64_t *bits, size_t i)
{
    bits[i / 64] |= (uint64_t)1 << i % 64;
}

/* Kinds whose order does not depend on a zone. */
static bool indexable(FeelTypeKind kind)
{
    return kind == FEEL_NUMBER || kind == FEEL_STRING || kind == FEEL_BOOLEAN ||
           kind == FEEL_DATE || kind == FEEL_DAYS_DURATION || kind == FEEL_MONTHS_DURATION;
}

/* All points that understood cells name, when they are of one kind. */
static bool column_points(Arena *arena, const FeelTable *table, size_t input, Column *points)
{
    for (size_t r = 0; r < table->rule_count; r++) {
        size_t before = points->count;
        if (!cell_points(arena, table->rules[r].tests[input]->root, points))
            points->count = before;
    }
    for (size_t i = 0; i < points->count; i++)
        if (points->items[i].low.kind != points->items[0].low.kind ||
            !indexable((FeelTypeKind)points->items[i].low.kind))
            return false;
    points_sort(points);
    return true;
}

static void mark_rule(TableIndex *index, IndexColumn *column, const Column *segments,
                      const Term *cell, size_t rule, Arena *arena)
{
    Column none = {0};
    bool understood = column->rules && cell_points(arena, cell, &none);
    bool always = cell->op == TERM_CONSTANT && value_is_true(cell->constant);

    if (!understood && !always)
        set_bit(index->try, rule);
    for (size_t s = 0; column->rules && s < segments->count; s++)
        if (!understood || cell_covers(cell, &segments->items[s]))
            set_bit(column->rules + s * index->words, rule);
}

/* The value in units of the column's keys, rounded down; `between` when something was cut off. */
static bool key_of(const IndexColumn *column, FeelValue value, int64_t *key, bool *between)
{
    ShortDecimal s;

    *between = false;
    if (column->kind != FEEL_NUMBER) {
        *key = column->kind == FEEL_DATE ? value.at.day : value.boolean;
        return true;
    }
    if (!short_of(value.number, &s))
        return false;
    int64_t digits = s.exponent - column->exponent;
    *key = s.coefficient;
    if (digits >= 0)
        return short_scale(key, digits);
    if (digits <= -SHORT_POWERS)
        return false;
    int64_t unit = short_powers[-digits];
    *between = s.coefficient % unit != 0;
    *key = s.coefficient / unit - (*between && s.coefficient < 0);
    return true;
}

static void build_keys(Arena *arena, IndexColumn *column)
{
    ShortDecimal s;
    bool between;

    if (column->kind != FEEL_NUMBER && column->kind != FEEL_DATE && column->kind != FEEL_BOOLEAN)
        return;
    for (size_t i = 0; column->kind == FEEL_NUMBER && i < column->count; i++) {
        if (!short_of(column->points[i].number, &s))
            return;
        column->exponent = s.exponent < column->exponent || i == 0 ? s.exponent : column->exponent;
    }
    int64_t *keys = arena_array(arena, int64_t, column->count);
    for (size_t i = 0; i < column->count; i++)
        if (!key_of(column, column->points[i], &keys[i], &between))
            return;
    column->keys = keys;
}

static void build_column(Arena *arena, const FeelTable *table, TableIndex *index, size_t input)
{
    IndexColumn *column = &index->columns[input];
    Column points = {0}, segments = {0};

    if (column_points(arena, table, input, &points)) {
        segments = points_stretches(arena, &points);
        if (segments.count * index->words * sizeof(uint64_t) <= MOST_BYTES)
            column->rules = arena_array(arena, uint64_t, segments.count * index->words);
        column->kind = points.count ? (FeelTypeKind)points.items[0].low.kind : FEEL_ANY;
        column->count = points.count;
        column->points = arena_array(arena, FeelValue, points.count);
        for (size_t i = 0; i < points.count; i++)
            column->points[i] = points.items[i].low;
        build_keys(arena, column);
    }
    for (size_t r = 0; r < table->rule_count; r++)
        mark_rule(index, column, &segments, table->rules[r].tests[input]->root, r, arena);
}

static bool bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> i % 64 & 1;
}

/* The one rule of a set, when it is one and its tests need not be tried. */
static int32_t only_of(const TableIndex *index, const uint64_t *set)
{
    size_t found = 0, rule = 0;

    for (size_t w = 0; w < index->words; w++) {
        found += (size_t)__builtin_popcountll(set[w]);
        if (set[w])
            rule = w * 64 + (size_t)__builtin_ctzll(set[w]);
    }
    return found == 1 && !bit(index->try, rule) ? (int32_t)rule : NO_ONE_RULE;
}

static void build_only(Arena *arena, TableIndex *index)
{
    const IndexColumn *column = &index->columns[0];

    if (!column->rules || !column->count)
        return;
    index->only = arena_array(arena, int32_t, 2 * column->count + 1);
    for (size_t s = 0; s <= 2 * column->count; s++)
        index->only[s] = only_of(index, column->rules + s * index->words);
}

const TableIndex *table_index(Arena *arena, const FeelTable *table)
{
    if (table->rule_count < LEAST_RULES || table->input_count == 0)
        return NULL;
    TableIndex *index = arena_new(arena, TableIndex);
    index->words = (table->rule_count + 63) / 64;
    index->columns = arena_array(arena, IndexColumn, table->input_count);
    index->try = arena_array(arena, uint64_t, index->words);
    for (size_t i = 0; i < table->input_count; i++)
        build_column(arena, table, index, i);
    if (table->input_count == 1)
        build_only(arena, index);
    return index;
}

size_t table_index_words(const TableIndex *index)
{
    return index->words;
}

static int compare(FeelValue a, FeelValue b)
{
    int order = 0;

    if (a.kind == FEEL_BOOLEAN)
        return a.boolean - b.boolean;
    (void)value_order(a, b, &order);
    return order;
}

/* How many keys are smaller; no branch that could be foretold wrongly. */
static size_t keys_below(const IndexColumn *column, int64_t key)
{
    const int64_t *from = column->keys;

    for (size_t left = column->count; left > 0;) {
        size_t half = (left + 1) / 2;
        from += from[half - 1] < key ? half : 0;
        left -= half;
    }
    return (size_t)(from - column->keys);
}

/* Segment 2i + 1 is the point i, segment 2i the stretch before it. */
static size_t segment_of(const IndexColumn *column, FeelValue value)
{
    size_t low = 0, high = column->count;
    int64_t key;
    bool between;

    if (column->keys && key_of(column, value, &key, &between)) {
        size_t below = keys_below(column, key);
        bool equal = below < column->count && column->keys[below] == key;
        /* A little more than a key lies in the stretch behind it. */
        return 2 * below + (equal ? 1 + between : 0);
    }
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(value, column->points[middle]);
        if (order == 0)
            return 2 * middle + 1;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 2 * low;
}

bool table_candidates(const TableIndex *index, const FeelTable *table, const FeelValue *inputs,
                      uint64_t *rules)
{
    memset(rules, 0xFF, index->words * sizeof *rules);
    if (table->rule_count % 64)
        rules[index->words - 1] = ((uint64_t)1 << table->rule_count % 64) - 1;
    for (size_t i = 0; i < table->input_count; i++) {
        const IndexColumn *column = &index->columns[i];
        if (!column->rules)
            continue;
        if (column->count && inputs[i].kind != column->kind)
            return false;
        const uint64_t *set = column->rules + segment_of(column, inputs[i]) * index->words;
        for (size_t w = 0; w < index->words; w++)
            rules[w] &= set[w];
    }
    return true;
}

bool table_must_try(const TableIndex *index, size_t rule)
{
    return bit(index->try, rule);
}

bool table_only_rule(const TableIndex *index, const FeelValue *input, size_t *rule)
{
    const IndexColumn *column = &index->columns[0];

    if (!index->only || input->kind != column->kind)
        return false;
    int32_t only = index->only[segment_of(column, *input)];

    *rule = (size_t)only;
    return only != NO_ONE_RULE;
}
