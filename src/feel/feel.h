/* SPDX-License-Identifier: EUPL-1.2 */
/* FEEL (OMG DMN 1.5, chapter 10): the rule language of forms, processes, fees and
 * letters. This is the only header of src/feel that others include; it stands
 * on base alone.
 *
 *     Err err;
 *     FeelScope *scope = feel_scope(arena, NULL);
 *     feel_scope_add(scope, STR("dogs"), feel_type_list(arena, dog_type));
 *     const FeelProgram *rule = feel_compile(arena, text, file, line, scope, &err);
 *     const FeelValue *result = feel_eval(rule, data, &env, arena, &err);
 *
 * A program is immutable and may be evaluated by many threads at once. Evaluation
 * is pure: the moment comes from FeelEnv. As the standard has it, a wrong
 * operation gives null, not an error; an Err from feel_eval means a limit was
 * exceeded. */
#pragma once

#include "base/clock.h"
#include "base/node.h"

/* --- Types: what the publish gate checks ------------------------------------ */

typedef enum FeelTypeKind {
    FEEL_ANY,
    FEEL_NULL,
    FEEL_NUMBER,
    FEEL_STRING,
    FEEL_BOOLEAN,
    FEEL_DATE,
    FEEL_TIME,
    FEEL_DATE_TIME,
    FEEL_DAYS_DURATION,
    FEEL_MONTHS_DURATION,
    FEEL_RANGE,
    FEEL_LIST,
    FEEL_CONTEXT,
    FEEL_FUNCTION,
} FeelTypeKind;

typedef struct FeelType FeelType;
typedef struct FeelField {
    Str name;
    const FeelType *type;
} FeelField;
struct FeelType {
    FeelTypeKind kind;
    const FeelType *item; /* FEEL_LIST, FEEL_RANGE; the result of a FEEL_FUNCTION */
    FeelField *fields;    /* FEEL_CONTEXT: NULL with count 0: any fields; FEEL_FUNCTION:
                             parameters, NULL when unknown */
    size_t field_count;
    Str *allowed; /* FEEL_STRING: the allowed values, when enumerated */
    size_t allowed_count;
    const struct FeelProgram *constraint; /* unary tests that values must pass, or NULL */
    const struct FeelBounds *bounds;      /* FEEL_NUMBER: see feel_type_number, or NULL */
};

const FeelType *feel_type(FeelTypeKind kind); /* a scalar type, FEEL_ANY, or an open context/list */
const FeelType *feel_type_list(Arena *arena, const FeelType *item);
/* Numbers that the caller has checked to lie within bounds, for the analysis: it need not warn of
 * dividing by them. Texts of decimal numbers; any other text is no bound. */
const FeelType *feel_type_number(Arena *arena, Str least, Str most);
/* A context type to which fields are added until it is used. */
FeelType *feel_type_context(Arena *arena);
void feel_type_add_field(Arena *arena, FeelType *context, Str name, const FeelType *type);
/* "list<number>" and the like, for messages. */
Str feel_type_name(Arena *arena, const FeelType *type);

/* --- Names an expression may use -------------------------------------------- */

typedef struct FeelScope FeelScope;
FeelScope *feel_scope(Arena *arena, const FeelScope *outer);
void feel_scope_add(FeelScope *scope, Str name, const FeelType *type);
/* A name for a type, as in `x instance of Dog`. */
void feel_scope_add_type(FeelScope *scope, Str name, const FeelType *type);
/* What is wrong with an expression is told in German: for people who try one on a page. */
void feel_scope_in_german(FeelScope *scope);
/* All fields of a context type become names. */
void feel_scope_add_fields(FeelScope *scope, const FeelType *context);

/* --- Values ------------------------------------------------------------------ */

typedef struct FeelValue FeelValue;

FeelTypeKind feel_kind(const FeelValue *value);
/* From data, whose texts are not copied. With a type, texts become dates, numbers and so on as the
 * type says (a text that does not fit becomes null); without one only JSON's own types. Missing
 * fields of a context type read as null. */
const FeelValue *feel_from_node(Arena *arena, const Node *node, const FeelType *type);
/* To data: dates and durations as their ISO text, numbers exact. */
Node *feel_to_node(Arena *arena, const FeelValue *value);
/* As `string()` would say it; for letters and messages. */
Str feel_to_text(Arena *arena, const FeelValue *value);
bool feel_is_true(const FeelValue *value);
bool feel_is_null(const FeelValue *value);
/* A number as whole cents of an amount in euros ("12.345" is refused). */
bool feel_to_cents(const FeelValue *value, int64_t *cents);
bool feel_to_i64(const FeelValue *value, int64_t *out);
bool feel_to_date(const FeelValue *value, Date *out);
const FeelValue *feel_null(void);
/* A context with one more (or a replaced) entry. */
const FeelValue *feel_context_put(Arena *arena, const FeelValue *context, Str name,
                                  const FeelValue *value);
/* As many puts, in one step. A NULL value is null. */
const FeelValue *feel_context_put_all(Arena *arena, const FeelValue *context, const Str *names,
                                      const FeelValue *const *values, size_t count);
/* The entries of `above` put into `below`, without a copy of either: both live as long as the
 * result. */
const FeelValue *feel_context_lay(Arena *arena, const FeelValue *below, const FeelValue *above);
/* The same at the cost of the new names alone, which stay where they are; for expressions to look
 * names up in: it is never listed, compared or written out. */
const FeelValue *feel_context_over(Arena *arena, const FeelValue *context, const Str *names,
                                   const FeelValue *const *values, size_t count);
const FeelValue *feel_context_get(const FeelValue *context, Str name);
/* Items of a list; 0 for anything else. `index` < count. */
size_t feel_list_count(const FeelValue *list);
const FeelValue *feel_list_at(const FeelValue *list, size_t index);
const FeelValue *feel_list(Arena *arena, const FeelValue *const *items, size_t count);
const FeelValue *feel_number(Arena *arena, int64_t number);
const FeelValue *feel_cents(Arena *arena, int64_t cents); /* 12345 is 123.45 */
const FeelValue *feel_date(Arena *arena, Date date);      /* null when it is none */
const FeelValue *feel_string(Arena *arena, Str text);     /* the text is not copied */

/* Order of two numbers, texts, moments or durations: negative, 0, positive. False when they have
 * none. */
bool feel_compare(const FeelValue *a, const FeelValue *b, int *order);

/* --- Frames ------------------------------------------------------------------- */

/* Names that are decided one after another, as the fields of a form are: a context whose
 * entries are set in place, so that nothing is copied. Look-up goes on in the frame around
 * it. The values handed out see later changes. One thread at a time. */
typedef struct FeelFrame FeelFrame;
/* An entry for each field of the context type, in its order, all null. */
FeelFrame *feel_frame(Arena *arena, const FeelType *type, const FeelFrame *outer);
/* The entries of a context. */
FeelFrame *feel_frame_of(Arena *arena, const FeelValue *context, const FeelFrame *outer);
void feel_frame_set(FeelFrame *frame, size_t index, const FeelValue *value);
const FeelValue *feel_frame_get(const FeelFrame *frame, size_t index);
/* The names, with those around: only for feel_eval(). */
const FeelValue *feel_frame_names(const FeelFrame *frame);
/* The frame's own entries as a value, and a list of such values. */
const FeelValue *feel_frame_value(const FeelFrame *frame);
const FeelValue *feel_frame_list(Arena *arena, FeelFrame *const *frames, size_t count);

/* --- Programs ----------------------------------------------------------------- */

typedef struct FeelProgram FeelProgram;

/* Compile an expression. `file` and `line` (where the text begins) are used in
 * errors; unknown names and type errors are errors with a place. A NULL scope
 * accepts any name. */
const FeelProgram *feel_compile(Arena *arena, Str text, const char *file, int line,
                                const FeelScope *scope, Err *err);
/* Compile unary tests as in a decision table's cell: `"a","b"`, `> 5`, `[1..3]`, `-`. */
const FeelProgram *feel_compile_tests(Arena *arena, Str text, const char *file, int line,
                                      const FeelType *input, const FeelScope *scope, Err *err);
/* The type the analysis found. */
const FeelType *feel_program_type(const FeelProgram *program);
/* Names from the scope that the program reads, as paths ("dogs.breed" for a field
 * of the items of a list). For dependency graphs and cycles. */
size_t feel_program_reads(const FeelProgram *program, Arena *arena, Str **paths);

typedef struct FeelWarning {
    const char *file;
    int line;
    int column;
    Str message;
    bool error; /* cannot be meant so: a division by 0, a row that never fires, rows of a unique
                   table that match together */
} FeelWarning;
/* Divisions whose divisor may be 0, so that the result would be null. Returns the number of
 * warnings. */
size_t feel_program_analyse(const FeelProgram *program, Arena *arena, FeelWarning **out);

/* The program as text in one form: the same spacing and as few parentheses as the grammar needs.
 * Compiled under the same scope, it is the same program and prints as the same text. Comments
 * are gone, as are names that were not known (null) and the branches of an `if` whose condition
 * is a constant. The scope must still be there, as it is for evaluation. */
Str feel_print(const FeelProgram *program, Arena *arena);

typedef struct FeelEnv {
    Timestamp now;    /* what now() answers */
    Date today;       /* what today() answers */
    size_t max_steps; /* 0: 1,000,000 */
    size_t max_bytes; /* of results and intermediates; 0: 16 MiB */
} FeelEnv;

/* Evaluate with the names of `context`. The result lives in `arena`. NULL with
 * ERR_INPUT when a limit is exceeded. */
const FeelValue *feel_eval(const FeelProgram *program, const FeelValue *context, const FeelEnv *env,
                           Arena *arena, Err *err);
/* Evaluate unary tests with `input` as `?`. */
const FeelValue *feel_eval_tests(const FeelProgram *program, const FeelValue *input,
                                 const FeelValue *context, const FeelEnv *env, Arena *arena,
                                 Err *err);

/* --- Decision tables (DMN 1.5, chapter 8) -------------------------------------- */

typedef struct FeelTable FeelTable;

/* Read a table from YAML:
 *
 *     name: hundesteuer
 *     hit: first            # unique (default), any, priority, first, rule order, output order,
 *                           # collect, collect sum, collect min, collect max, collect count
 *     inputs:
 *       - {expression: position, label: "Wievielter Hund", type: number, whole: true}
 *       - {expression: listenhund, type: boolean}
 *     outputs:                # "values" lists what may occur, in order of priority
 *       - {name: betrag, type: number, label: "Steuer im Jahr", default: "0"}
 *     rules:
 *       - [ "1", "false", 120, "Ersthund" ]     # inputs, outputs, then an optional remark
 *
 * Cells are FEEL text (unary tests for inputs, expressions for outputs); plain YAML
 * numbers and booleans are taken as such. With a scope the expressions may use its
 * names; with NULL the inputs are the table's only names, as for a table that
 * expressions call. */
const FeelTable *feel_table_from_yaml(Arena *arena, const Node *yaml, const FeelScope *scope,
                                      Err *err);
Str feel_table_name(const FeelTable *table);
/* The type of the result: of its one output, or a context of its outputs; a list for
 * the hit policies that collect. */
const FeelType *feel_table_type(const FeelTable *table);

typedef struct FeelTableHit {
    size_t rule; /* 1-based */
    int line;    /* in the table's file */
    Str remark;
} FeelTableHit;
typedef struct FeelTableResult {
    const FeelValue *value; /* null when no rule matched and there is no default */
    FeelTableHit *hits;
    size_t hit_count;
    Str *input_texts; /* the inputs' values as text, in column order; NULL in a FeelDecision */
    const FeelValue **inputs; /* the values themselves */
    size_t input_count;
} FeelTableResult;

/* What it makes of several rows that match (8.2.10). */
typedef enum FeelHit {
    FEEL_HIT_UNIQUE,
    FEEL_HIT_ANY,
    FEEL_HIT_PRIORITY,
    FEEL_HIT_FIRST,
    FEEL_HIT_RULE_ORDER,
    FEEL_HIT_OUTPUT_ORDER,
    FEEL_HIT_COLLECT,
    FEEL_HIT_SUM,
    FEEL_HIT_MIN,
    FEEL_HIT_MAX,
    FEEL_HIT_COUNT,
} FeelHit;

typedef struct FeelColumn {
    Str name;
    Str label;
    const FeelType *type;
    const FeelValue **values; /* that may occur, when they are listed */
    size_t value_count;
} FeelColumn;
typedef struct FeelRow {
    Str *tests;   /* as written, one an input */
    Str *results; /* one an output */
    Str remark;
    int line;
} FeelRow;
typedef struct FeelTableView {
    Str name;
    FeelHit hit;
    FeelColumn *inputs;
    size_t input_count;
    FeelColumn *outputs;
    size_t output_count;
    FeelRow *rows;
    size_t row_count;
} FeelTableView;
/* The table as it is written, to show it. */
FeelTableView feel_table_view(const FeelTable *table, Arena *arena);

/* Decide. A unique table with two matching rows gives null, as the standard says;
 * the hits name both. */
bool feel_table_eval(const FeelTable *table, const FeelValue *context, const FeelEnv *env,
                     Arena *arena, FeelTableResult *out, Err *err);

/* Gaps, overlaps and rows that never fire, for numeric, date, boolean and enumerated
 * inputs, and divisions in cells. Returns the number of warnings. */
size_t feel_table_analyse(const FeelTable *table, Arena *arena, FeelWarning **out);

/* Tables that expressions call as functions: `hundesteuer(1, false)` (positional in the
 * order of inputs, or named). */
void feel_scope_add_table(FeelScope *scope, const FeelTable *table);

/* --- Explanation ---------------------------------------------------------------- */

/* A table that was asked on the way to a result. */
typedef struct FeelDecision {
    const FeelTable *table;
    Str name;
    Str *labels; /* of the inputs */
    FeelTableResult result;
    size_t times; /* how often it was asked the same */
} FeelDecision;

typedef struct FeelReading {
    Str path;               /* "hunde.rasse": of a list the fields of its items */
    const FeelValue *value; /* null when there was none */
} FeelReading;

typedef struct FeelExplanation {
    Str text; /* of the expression */
    const FeelValue *value;
    FeelReading *readings; /* the names of the context that the expression reads */
    size_t reading_count;
    FeelDecision *decisions; /* in the order in which they were made */
    size_t decision_count;
    size_t more; /* times that a decision was not kept: beyond 500 different ones, or 4 MiB */
} FeelExplanation;

/* Evaluate and tell which values and which rows led to the result. What can be evaluated can be
 * explained: notes have bounds of their own. False with ERR_INPUT when the evaluation itself
 * exceeds its limits. */
bool feel_explain(const FeelProgram *program, const FeelValue *context, const FeelEnv *env,
                  Arena *arena, FeelExplanation *out, Err *err);
/* The same without the names that were read: hardly more than evaluating, so that what is computed
 * anyway can be explained later. */
bool feel_eval_noting(const FeelProgram *program, const FeelValue *context, const FeelEnv *env,
                      Arena *arena, FeelExplanation *out, Err *err);
/* The same for one table, asked with a value for each input (NULL: null). */
bool feel_explain_table(const FeelTable *table, const FeelValue *const *inputs, const FeelEnv *env,
                        Arena *arena, FeelDecision *out, Err *err);
/* As data: {expression, result, names, decisions: [{table, file, inputs, rows, result, times}]}. */
Node *feel_explanation_node(Arena *arena, const FeelExplanation *explanation);
/* As German sentences, a line each. */
Str feel_explanation_text(Arena *arena, const FeelExplanation *explanation);
Str feel_decision_text(Arena *arena, const FeelDecision *decision);
/* A value as it is written in a German sentence: "12.345,5", "ja", "3. März 2027", "keine Angabe".
 */
Str feel_to_german(Arena *arena, const FeelValue *value);

/* Subcommand `rathaus feel ...`; returns the exit status. */
int feel_command(int argc, char **argv);
