/* SPDX-License-Identifier: EUPL-1.2 */
/* The expressions of $filter and $orderby: text to a typed tree, and back.
 *
 *     StaFilter *filter = sta_filter_parse(arena, STA_OBSERVATION, STR("result gt 5"), &err);
 *
 * A tree is immutable and may be evaluated by many threads at once (evaluate.h). */
#pragma once

#include "city/sta/value.h"

typedef struct StaFunction StaFunction;
typedef struct StaExpr StaExpr;

/* Bounds for texts from outside. */
enum { STA_MAX_FILTER = 8192, STA_MAX_DEPTH = 64, STA_MAX_NODES = 512 };

typedef enum StaExprKind {
    STA_LITERAL,
    STA_PATH,
    STA_CALL,
    STA_OPERATION,
    STA_IN_LIST, /* items[0] in (items[1], …) */
    STA_IN_PATH, /* items[0] in items[1], which holds a list */
    STA_SOME,    /* relation/any(variable: items[0]); without items: there is one */
} StaExprKind;

typedef enum StaOperator {
    STA_OR, /* two operands or more, as STA_AND */
    STA_AND,
    STA_NOT,
    STA_EQ,
    STA_NE,
    STA_GT,
    STA_GE,
    STA_LT,
    STA_LE,
    STA_ADD,
    STA_SUB,
    STA_MUL,
    STA_DIV,
    STA_MOD,
    STA_NEGATE,
    STA_OPERATORS,
} StaOperator;
extern const char *const STA_OPERATOR_WORDS[STA_OPERATORS];

/* A way into a JSON value: a key, or an index in brackets. */
typedef struct StaStep {
    Str key; /* absent: the index */
    int64_t index;
} StaStep;

typedef struct StaSteps {
    StaStep *items;
    size_t count, capacity;
} StaSteps;

/* An entity that an expression speaks of. Slot 0 is the one that is asked about; the others are
 * reached from an earlier one by a relation. A relation to many means: some combination of them
 * makes the filter true, and paths that begin alike speak of the same entity. */
typedef struct StaSlot {
    StaEntity entity;
    size_t parent;
    const StaRelation *relation; /* NULL: slot 0 */
    size_t
        scope; /* the variable of the any() that it is bound in, itself when it is one; 0: none */
    Str variable; /* of an any(), else absent */
} StaSlot;

struct StaExpr {
    StaExprKind kind;
    StaType type;
    size_t at; /* byte in the text */
    StaOperator op;
    const StaFunction *function;
    StaExpr **items;
    size_t count, capacity;
    StaValue literal; /* STA_GEOMETRY: its WKT is in `wkt` */
    Str wkt;
    size_t slot; /* of a path; of an any(): its variable's; of a geometry: its place in `shapes` */
    const StaProperty *property;
    StaSteps steps;
};

typedef struct StaFilter {
    StaEntity entity;
    StaExpr *root;
    StaSlot *slots;
    size_t slot_count, slot_capacity;
    StaExpr **shapes; /* the literals with geometries */
    size_t shape_count, shape_capacity;
} StaFilter;

/* A condition. ERR_INPUT with the place (err->column, in characters) when the text is none or its
 * types do not fit; ERR_INTERNAL when it has a geometry and GEOS is missing. */
StaFilter *sta_filter_parse(Arena *arena, StaEntity entity, Str text, Err *err);
/* In the canonical form, which reads back as the same tree. */
void sta_filter_write(const StaFilter *filter, Buf *out);
void sta_expr_write(const StaFilter *filter, const StaExpr *expr, Buf *out);
void sta_steps_write(const StaSteps *steps, Buf *out);
/* A text in quotes, with those inside doubled. */
void sta_text_write(Str text, Buf *out);
