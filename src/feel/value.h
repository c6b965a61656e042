/* SPDX-License-Identifier: EUPL-1.2 */
/* Values as the evaluator handles them: 32 bytes, passed by value. Numbers, moments and
 * durations need no memory of their own; texts, lists and contexts point to memory that
 * never changes. */
#pragma once

#include "feel/feel.h"
#include "feel/number.h"

typedef enum ZoneKind {
    ZONE_NONE,   /* local: no zone was given */
    ZONE_OFFSET, /* "+01:00" */
    ZONE_NAMED,  /* "@Europe/Berlin" */
} ZoneKind;

typedef struct Term Term;
typedef struct FeelContext FeelContext;
typedef struct FeelRange FeelRange;
typedef struct FeelFunction FeelFunction;
typedef __int128 Nanos; /* days of 10^12 years in nanoseconds fit */

struct FeelValue {
    uint8_t kind;      /* FeelTypeKind, never FEEL_ANY */
    uint8_t zone_kind; /* of times and date-times */
    uint16_t depth;    /* of nested lists and contexts; bounded, so recursion over values is */
    union {
        int32_t offset;  /* times and date-times: seconds east of UTC */
        uint32_t weight; /* lists and contexts: values inside, see value_weight */
    };
    const char *zone; /* ZONE_NAMED */
    union {
        Number number;
        Str string;
        bool boolean;
        struct {
            int64_t day;   /* since 1970-01-01; dates and date-times */
            int64_t nanos; /* since midnight; times and date-times */
        } at;
        Nanos nanos;    /* days and time duration */
        int64_t months; /* years and months duration */
        struct {
            const FeelValue *items;
            size_t count;
        } list;
        const FeelContext *context;
        const FeelRange *range;
        const FeelFunction *function;
    };
};
_Static_assert(sizeof(FeelValue) == 32, "values are passed by value");

/* How deep lists and contexts may nest. */
enum { FEEL_MAX_NESTING = 200 };

typedef struct FeelEntry {
    Str key;
    uint32_t hash;
    FeelValue value;
} FeelEntry;

/* Entries in order. A context made by feel_context_put has a base and the few entries
 * that replace or follow the base's; a base has no base itself. Only a frame's names and
 * feel_context_over()'s, which are looked up and never listed, have more than one base behind each
 * other. */
struct FeelContext {
    const FeelContext *base;
    FeelEntry *entries;
    size_t count;
    uint32_t *index; /* hash table of entry numbers + 1, when there are many */
    size_t index_mask;
};

struct FeelRange {
    FeelValue low; /* null: open to that side */
    FeelValue high;
    bool low_closed;
    bool high_closed;
};

#define VALUE_NULL ((FeelValue){.kind = FEEL_NULL})

static inline FeelValue value_boolean(bool b)
{
    return (FeelValue){.kind = FEEL_BOOLEAN, .boolean = b};
}

static inline FeelValue value_number(Number n)
{
    return (FeelValue){.kind = FEEL_NUMBER, .number = n};
}

static inline FeelValue value_i64(int64_t n)
{
    return value_number(number_from_i64(n));
}

static inline FeelValue value_string(Str s)
{
    return (FeelValue){.kind = FEEL_STRING, .string = s};
}

static inline bool value_is_true(FeelValue v)
{
    return v.kind == FEEL_BOOLEAN && v.boolean;
}

/* 0, or a duration that takes no time. */
static inline bool value_is_zero(FeelValue v)
{
    switch (v.kind) {
    case FEEL_NUMBER: return number_is_zero(v.number);
    case FEEL_DAYS_DURATION: return v.nanos == 0;
    case FEEL_MONTHS_DURATION: return v.months == 0;
    default: return false;
    }
}

/* Size of a value written out in full, in units of 32 bytes: lists may share their parts,
 * so a small one can stand for 2^100 items. The evaluator bounds it. Saturates. */
static inline uint32_t value_weight(const FeelValue *v)
{
    if (v->kind == FEEL_STRING)
        return 1 + (uint32_t)(v->string.len / 32);
    return v->kind == FEEL_LIST || v->kind == FEEL_CONTEXT ? v->weight : 1;
}

/* Account for one more part in the weight and depth of a list or context. */
static inline void value_weigh(FeelValue *whole, const FeelValue *part)
{
    if (__builtin_add_overflow(whole->weight, value_weight(part), &whole->weight))
        whole->weight = UINT32_MAX;
    if ((part->kind == FEEL_LIST || part->kind == FEEL_CONTEXT) && part->depth >= whole->depth &&
        whole->depth < UINT16_MAX)
        whole->depth = (uint16_t)(part->depth + 1);
}

/* A list of these items, which must not change afterwards. */
FeelValue value_list(const FeelValue *items, size_t count);
FeelValue value_context(const FeelContext *context);
FeelValue value_range(const FeelRange *range);
const FeelValue *value_keep(Arena *arena, FeelValue value);

uint32_t key_hash(Str key);
/* A context of entries (hashes are filled in); indexes them when there are many. */
FeelValue context_of(Arena *arena, FeelEntry *entries, size_t count);
/* The same of entries with their hashes. */
FeelValue context_of_hashed(Arena *arena, FeelEntry *entries, size_t count);
const FeelValue *context_find(const FeelContext *context, Str key, uint32_t hash);
/* The same; `hint` is the entry where it was found last, and is kept up to date. Threads may share
 * it: a wrong hint costs a search. */
const FeelValue *context_find_again(const FeelContext *context, Str key, uint32_t hash,
                                    uint32_t *hint);
static inline const FeelValue *context_find_near(const FeelContext *context, Str key, uint32_t hash,
                                                 uint32_t *hint)
{
    uint32_t at = __atomic_load_n(hint, __ATOMIC_RELAXED);

    if (at < context->count) {
        const FeelEntry *entry = &context->entries[at];
        if (entry->hash == hash && str_eq(entry->key, key))
            return &entry->value;
    }
    return context_find_again(context, key, hash, hint);
}
/* All entries in order, base's first. */
const FeelEntry *context_entries(Arena *arena, const FeelContext *context, size_t *count);

/* Three-valued answers. */
typedef enum Truth { NO, YES, UNKNOWN } Truth;

static inline FeelValue value_truth(Truth t)
{
    return t == UNKNOWN ? VALUE_NULL : value_boolean(t == YES);
}

/* FEEL's `=` (10.3.2.8, table 52): null equals null only; different kinds are UNKNOWN.
 * `steps` counts the comparisons made. */
Truth value_equal(FeelValue a, FeelValue b, size_t *steps);
/* The same value in every respect: `is`. */
bool value_same(FeelValue a, FeelValue b);
/* Order of two values of one ordered kind; false when there is none. */
bool value_order(FeelValue a, FeelValue b, int *order);
/* Is the value in the range? */
Truth range_contains(const FeelRange *range, FeelValue value);

/* Does the value conform to the type (10.3.2.9)? Allowed values are no part of that, */
bool value_is_of(FeelValue value, const FeelType *type);
/* but are where a value is given to something of the type. */
bool value_conforms(FeelValue value, const FeelType *type);
/* Bring a value to a type: conforming values stay; a list of one becomes its item, an
 * item a list of one, a date a date and time (10.3.2.9.4). False when impossible. */
bool value_convert(Arena *arena, FeelValue value, const FeelType *type, FeelValue *out);
