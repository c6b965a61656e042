/* SPDX-License-Identifier: EUPL-1.2 */
/* DMN models (OMG Decision Model and Notation 1.5; the files of 1.1 to 1.4 are read as
 * well): decisions whose logic is boxed expressions and decision tables in FEEL, read from
 * XML. Stands on feel.h and base alone.
 *
 *     const DmnModel *model = dmn_open(arena, "hund.dmn", &err);
 *     DmnInput input = {.name = STR("Rasse"), .value = feel_string(arena, STR("Pudel"))};
 *     DmnQuestion question = {.name = STR("Steuer"), .inputs = &input, .input_count = 1};
 *     const FeelValue *value;
 *     if (dmn_evaluate(model, &question, &env, arena, &value, &err))
 *         feel_to_text(arena, value);
 *
 * A model is immutable and may be asked by many threads at once. As the standard has it,
 * a wrong operation gives null, and so does a decision whose logic cannot be understood:
 * dmn_problems() tells of those before anything is asked. */
#pragma once

#include "feel/feel.h"

typedef struct DmnModel DmnModel;

/* A file's text, and its name for errors and for imports by location. */
typedef struct DmnSource {
    const char *file;
    Str xml;
} DmnSource;

/* The model of the first source; the others are those it may import, found by namespace
 * or location, and read only then. */
const DmnModel *dmn_read(Arena *arena, const DmnSource *sources, size_t count, Err *err);
/* The model of a file; imports are looked for among the *.dmn files of its folder. */
const DmnModel *dmn_open(Arena *arena, const char *path, Err *err);

/* What is wrong with the model, in the order of its files. With `error` the part named
 * gives null; otherwise an operation in it surely does, or a table has gaps or overlaps. */
size_t dmn_problems(const DmnModel *model, const FeelWarning **out);

typedef enum DmnKind { DMN_INPUT, DMN_DECISION, DMN_KNOWLEDGE, DMN_SERVICE } DmnKind;

/* Inputs, decisions, business knowledge models and decision services of the first file, in
 * its order. */
typedef struct DmnPart {
    DmnKind kind;
    Str name;
    const FeelType *type; /* of its value; a function for the last two */
} DmnPart;
size_t dmn_part_count(const DmnModel *model);
DmnPart dmn_part(const DmnModel *model, size_t index);

/* A value for an input, or in place of a decision's own. */
typedef struct DmnInput {
    Str space; /* namespace of the imported model that holds it; absent: the first model,
                  else whichever model alone has the name */
    Str name;
    const FeelValue *value;
} DmnInput;

/* What is asked: a decision, or a decision service or business knowledge model whose
 * parameters are the inputs. */
typedef struct DmnQuestion {
    Str name;
    const DmnInput *inputs;
    size_t input_count;
} DmnQuestion;

/* The entries of a JSON object as inputs, read as the types of the model say (dates from their
 * ISO texts); an entry named like an import holds the inputs of that model. Returns their
 * number. */
size_t dmn_inputs(const DmnModel *model, const Node *data, Arena *arena, DmnInput **out);
/* Values are brought to the types that the model declares; one that does not fit is null.
 * False with ERR_NOT_FOUND when there is no such decision, with ERR_INPUT when a limit is
 * exceeded. */
bool dmn_evaluate(const DmnModel *model, const DmnQuestion *question, const FeelEnv *env,
                  Arena *arena, const FeelValue **out, Err *err);

/* How an answer came about: the decisions that were made for it, each behind those it
 * required. What happens inside a decision service that is called is not among them. */
typedef struct DmnStep {
    Str name;
    const FeelValue *value;
    bool given;                   /* the value stood in for the decision's own logic */
    const FeelTableResult *table; /* when the logic is a decision table: its rows and inputs */
    const Str *inputs;            /* the texts of the table's input expressions */
} DmnStep;
bool dmn_explain(const DmnModel *model, const DmnQuestion *question, const FeelEnv *env,
                 Arena *arena, const FeelValue **out, DmnStep **steps, size_t *step_count,
                 Err *err);

/* --- The tables of packages (feel_table_from_yaml) as DMN, and back --------------------- */

/* A table of a package as a DMN 1.5 model with one decision. */
bool dmn_from_yaml(Arena *arena, const Node *yaml, Str *xml, Err *err);
/* The decision table of a decision as a table of a package. `decision` may be absent when
 * only one decision has a table. What a table of a package cannot say is an error that
 * names it. */
bool dmn_to_yaml(const DmnModel *model, Str decision, Arena *arena, Str *yaml, Err *err);
