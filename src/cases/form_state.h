/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside form_evaluate(): one cell for each field of each occurrence of its group. */
#pragma once

#include "cases/field.h"

typedef struct Instance Instance;

typedef struct Cell {
    bool visible;
    bool required;
    Node *value;      /* normal form, or NULL */
    FieldFault fault; /* rule NULL: none */
    Instance **items; /* of a group: one, or as many as there are items */
    size_t item_count;
    size_t sent_count; /* items that were sent, of which at most repeat_max are looked at */
} Cell;

/* One occurrence of a group; or the form itself. */
struct Instance {
    const FormField *group; /* NULL: the form */
    const Instance *outer;
    size_t position; /* 0-based, of a repeating group's item */
    FormField **fields;
    size_t field_count;
    Cell *cells;
    FeelFrame *frame;
    const Node *input; /* a map, or NULL */
};

struct VisibilityMap {
    Instance *root;
    unsigned char *pages; /* by page: 0 not decided, 1 hidden, 2 visible */
};

typedef struct Evaluation {
    const FormInput *input;
    const Form *form;
    Arena *arena;
    FormState *state;
    struct VisibilityMap *map;
    const FeelType *item_names; /* position, item_count */
    Err *err;
} Evaluation;

/* "hunde[1].chip" */
Str instance_path(const Instance *instance, Str id, Arena *arena);
/* Evaluate a program beside the fields of an instance. NULL with err. */
const FeelValue *evaluation_run(Evaluation *e, const Instance *instance,
                                const FeelProgram *program);
/* form_decide.c: visibility, values. */
bool form_decide(Evaluation *e);
/* form_validate.c: errors and the pruned data. */
bool form_validate(Evaluation *e);
