/* SPDX-License-Identifier: EUPL-1.2 */
/* Decision tables inside the module. */
#pragma once

#include "feel/eval.h"

typedef struct TableInput {
    Str text; /* of the expression; the parameter's name in calls */
    Str label;
    const FeelProgram *expression;
    const FeelType *type;
    FeelValue *allowed; /* the values it may have, when enumerated */
    size_t allowed_count;
    bool whole; /* only whole numbers occur */
} TableInput;

typedef struct TableOutput {
    Str name;
    Str label;
    const FeelType *type;
    FeelValue *values; /* in order of priority */
    size_t value_count;
    const FeelProgram *otherwise; /* when no rule matches, or NULL */
} TableOutput;

typedef struct TableRule {
    const FeelProgram **tests;   /* one an input */
    const FeelProgram **results; /* one an output */
    const FeelValue *ready;      /* of an indexed table with one input: the constant row, or NULL */
    Str remark;
    int line;
    int column;
} TableRule;

struct TableIndex;

struct FeelTable {
    Str name;
    const char *file;
    int line;
    FeelHit hit;
    TableInput *inputs;
    size_t input_count;
    TableOutput *outputs;
    size_t output_count;
    TableRule *rules;
    size_t rule_count;
    const FeelType *type;
    const struct TableIndex *index; /* NULL: try every rule */
    bool reads_names; /* a cell computes with names: those of the inputs or of the caller */
};

/* What a table gets once all its cells are compiled: the index, and what is known beforehand. */
void table_prepare(Arena *arena, FeelTable *table);

size_t table_input_count(const FeelTable *table);
const FeelType *table_input_type(const FeelTable *table, size_t position);
bool table_input_position(const FeelTable *table, Str name, size_t *position);
/* Decide within a running evaluation; `inputs` are the inputs' values, or NULL to
 * evaluate the inputs' expressions. `hits` may be NULL. */
FeelValue table_decide(FeelEval *e, const FeelTable *table, const FeelValue *inputs,
                       FeelTableResult *hits);
