/* SPDX-License-Identifier: EUPL-1.2 */
/* Types inside the module: relations between them, and the names a scope holds. */
#pragma once

#include "feel/value.h"

typedef struct ScopeEntry {
    Str name;   /* as data has it */
    Str normal; /* as expressions write it */
    uint32_t hash;
    const FeelType *type;
    const FeelTable *table; /* a decision table to call, or NULL */
    bool is_type;           /* names a type, not a value */
} ScopeEntry;

typedef struct FeelBounds {
    bool below; /* no lower bound */
    bool above;
    Number low;
    Number high;
} FeelBounds;

struct FeelScope {
    Arena *arena;
    const FeelScope *outer;
    ScopeEntry *items;
    size_t count;
    size_t capacity;
    uint32_t *index; /* hash table of entry numbers + 1, when there are many */
    size_t index_mask;
    bool lenient; /* impossible operations and unknown names are null, as the standard's
                     own tests expect, not errors */
    bool german;
};

const ScopeEntry *scope_find(const FeelScope *scope, Str name, bool is_type);

static inline bool type_unknown(const FeelType *type)
{
    return !type || type->kind == FEEL_ANY || type->kind == FEEL_NULL;
}

/* A context type whose fields are all known. */
static inline bool type_closed(const FeelType *type)
{
    return type && type->kind == FEEL_CONTEXT && type->field_count > 0;
}

/* What lies within bounds before an operation need not do so behind it. */
static inline const FeelType *type_unbounded(const FeelType *type)
{
    return type && (type->bounds || type->constraint) && type->kind < FEEL_RANGE
               ? feel_type(type->kind)
               : type;
}

const FeelType *type_range(Arena *arena, const FeelType *item);
/* A function's type: parameters are its fields, the result its item. */
const FeelType *type_function(Arena *arena, const FeelField *parameters, size_t count,
                              const FeelType *result);
/* The field that a name in an expression means, and the type of one by its exact name. */
const FeelField *type_find_field(const FeelType *context, Str name);
const FeelType *type_field(const FeelType *context, Str name);
/* Could a value be of both types? */
bool type_meets(const FeelType *a, const FeelType *b);
/* The type of "one or the other". */
const FeelType *type_either(Arena *arena, const FeelType *a, const FeelType *b);
bool type_ordered(const FeelType *type);
/* The type of a constant. */
const FeelType *type_of_value(Arena *arena, FeelValue value);
/* A field or property, of each item for a list. Sets `*known` to false when nothing is
 * known about it; NULL with known: there is no such field. */
const FeelType *type_path(Arena *arena, const FeelType *base, Str name, bool *known);
/* The result of an arithmetic operator, or NULL when there is none. */
const FeelType *type_arithmetic(int op, const FeelType *a, const FeelType *b);
/* The scalar type with this name, or NULL. */
const FeelType *type_named(Str name);
