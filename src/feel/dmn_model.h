/* SPDX-License-Identifier: EUPL-1.2 */
/* A DMN model inside the module: what the XML says, and beside it what the compiler made of
 * it (types, programs, tables). Everything lives in the model's arena. */
#pragma once

#include "base/xml.h"
#include "feel/dmn.h"
#include "feel/eval.h"
#include "feel/program.h"
#include "feel/table.h"
#include "feel/type.h"

/* Bounds for files from outside: what looks names up is quadratic in these. */
enum {
    DMN_MAX_PROBLEMS = 1000,
    DMN_MAX_ENTRIES = 1000,  /* of a context, parameters, columns of a relation */
    DMN_MAX_ITEMS = 2000,    /* item definitions of a file, components of one */
    DMN_MAX_ELEMENTS = 5000, /* of a file's requirements graph */
    DMN_MAX_REQUIRED = 500,  /* references of one element */
    DMN_MAX_IMPORTS = 100,
};

/* Input values that say of a column: only whole numbers occur. */
#define DMN_WHOLE "? = floor(?)"

typedef struct DmnFile DmnFile;
typedef struct DmnElement DmnElement;

/* Text with its place, as written in a <text> element. */
typedef struct DmnText {
    Str text; /* absent: there is none */
    Source place;
} DmnText;

/* --- Decision tables as written --------------------------------------------------------- */

typedef struct DmnClause {
    Str name; /* of an output */
    Str label;
    Str type_ref;
    DmnText expression; /* of an input */
    DmnText values;     /* unary tests; for outputs in order of priority */
    DmnText otherwise;  /* of an output, when no rule matches */
    Source place;
} DmnClause;

typedef struct DmnRule {
    DmnText *inputs;
    DmnText *outputs;
    Str *annotations;
    size_t annotation_count;
    Str description;
    Source place;
} DmnRule;

typedef struct DmnTable {
    FeelHit hit;
    Str output_label;
    DmnClause *inputs;
    size_t input_count;
    DmnClause *outputs;
    size_t output_count;
    DmnRule *rules;
    size_t rule_count;
    Str *annotations; /* names of the annotation columns */
    size_t annotation_count;
} DmnTable;

/* --- Boxed expressions ------------------------------------------------------------------- */

typedef enum BoxKind {
    BOX_LITERAL,
    BOX_CONTEXT,    /* parts: entries; the last may have no name: the result */
    BOX_INVOCATION, /* first: the function; parts: bindings */
    BOX_LIST,       /* parts: items */
    BOX_RELATION,   /* parts: columns; cells: row by row */
    BOX_FUNCTION,   /* parts: parameters; first: the body */
    BOX_TABLE,
    BOX_CONDITIONAL, /* if first then second else third */
    BOX_FILTER,      /* items of first that match second */
    BOX_FOR,         /* for `variable` in first return second */
    BOX_SOME,
    BOX_EVERY,
} BoxKind;

typedef struct Box Box;

typedef struct BoxPart {
    Str name;
    Str type_ref;
    const FeelType *type;
    Box *box; /* or NULL */
    Source place;
} BoxPart;

struct Box {
    BoxKind kind;
    Source place;
    Str type_ref;
    const FeelType *type; /* what its value is brought to */
    DmnText text;         /* BOX_LITERAL */
    const FeelProgram *program;
    bool is_item_test; /* BOX_LITERAL as the match of a filter: `item` is its input */
    bool foreign;      /* a function of kind Java or PMML */
    Str variable;
    BoxPart *parts;
    size_t part_count;
    Box **cells;
    size_t row_count;
    Box *first, *second, *third;
    const DmnTable *source; /* BOX_TABLE */
    const FeelTable *table;
    const FeelType *function; /* BOX_FUNCTION: its type */
};

/* --- Types --------------------------------------------------------------------------------- */

typedef enum Progress { UNTOUCHED, RUNNING, DONE } Progress;

typedef struct DmnItem {
    Str name;
    Str type_ref; /* absent: its components or its function */
    bool collection;
    bool function;
    DmnText allowed;    /* of each item of a collection */
    DmnText constraint; /* of the whole */
    struct DmnItem *components;
    size_t component_count;
    BoxPart *parameters; /* of a function */
    size_t parameter_count;
    Source place;
    const FeelType *type;
    Progress progress;
} DmnItem;

/* --- Elements of the requirements graph ------------------------------------------------------ */

typedef struct DmnReference {
    Str href;
    Source place;
    DmnElement *target;
} DmnReference;

typedef struct DmnReferences {
    DmnReference *items;
    size_t count;
    size_t capacity;
} DmnReferences;

struct DmnElement {
    DmnKind kind;
    size_t number; /* among all elements of all files */
    DmnFile *file;
    Str id;
    Str name;
    Str label;
    Str description;
    Str variable; /* its name in expressions */
    Str type_ref;
    const FeelType *type; /* declared */
    const FeelType *seen; /* what those who use it know: declared, else found */
    Source place;
    Box *logic;             /* of a decision; of a knowledge model: a function */
    DmnReferences required; /* information and knowledge */
    DmnReferences outputs;  /* of a service, as the following */
    DmnReferences encapsulated;
    DmnReferences input_data;
    DmnReferences input_decisions;
    Progress progress;
    bool foreign; /* it or what it needs calls Java or PMML */
};

typedef struct DmnImport {
    Str name; /* empty: its names are used as they are */
    Str space;
    Str location;
    bool is_model; /* no XML schema or PMML file */
    DmnFile *file;
    Source place;
} DmnImport;

/* One file: its <definitions>. */
struct DmnFile {
    const DmnModel *model;
    const char *path;
    Str space;
    Str name;
    DmnImport *imports;
    size_t import_count;
    DmnItem *items;
    size_t item_count;
    DmnElement **elements;
    size_t element_count;
    FeelScope *types; /* names of its types and of those it imports */
    /* Imports without a name make one model of several files: this file and those it takes
     * in, the nearest first, and the file that takes this one in. Of equal names in one
     * model the first counts. */
    DmnFile **merged;
    size_t merged_count;
    DmnFile *root;
};

typedef struct WarningList {
    FeelWarning *items;
    size_t count;
    size_t capacity;
} WarningList;

struct DmnModel {
    Arena *arena;
    const DmnSource *sources;
    size_t source_count;
    struct {
        DmnFile **items;
        size_t count, capacity;
    } files; /* the first is what was asked for */
    struct {
        DmnElement **items;
        size_t count, capacity;
    } elements; /* of all files */
    WarningList problems;
};

/* --- Between the files ------------------------------------------------------------------------ */

/* Note a problem with its place. */
void dmn_problem(DmnModel *model, const Source *place, bool error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same from an error with its own place. */
void dmn_problem_of(DmnModel *model, const Err *failure, bool error, const char *what);

bool dmn_is_model_space(Str space);
bool dmn_is_feel_space(Str space);
/* Blanks at the ends and in a row are no part of a name. */
Str dmn_name(Arena *arena, Str raw);
Source dmn_place(const XmlElement *element);

/* Are the names of the other file known in this one as they are? */
bool dmn_is_merged(const DmnFile *file, const DmnFile *other);
/* The import under whose name the other file's elements are known, or NULL. */
const DmnImport *dmn_import_of(const DmnFile *file, const DmnFile *other);
/* The element with this name: in the first file, else in the one other file that has it.
 * `space` may name the file. */
const DmnElement *dmn_find(const DmnModel *model, Str space, Str name, bool is_input);

/* <definitions>, without its imports' files (dmn_read.c). */
DmnFile *dmn_read_file(DmnModel *model, const DmnSource *source, Err *err);
/* The text of a <text> child. */
DmnText dmn_read_text(const XmlElement *element);
/* A type reference as it stands, with the prefixes of XML 1.1 resolved: "{space}name". */
Str dmn_read_type_ref(DmnModel *model, const XmlElement *at, Str raw);
/* The boxed expression among the children, or NULL when there is none (dmn_boxes.c). */
bool dmn_read_expression(DmnModel *model, const XmlElement *parent, Box **out, Err *err);
Box *dmn_read_function(DmnModel *model, const XmlElement *element, Err *err);
DmnTable *dmn_read_table(DmnModel *model, const XmlElement *element, Err *err);
bool dmn_read_parameters(DmnModel *model, const XmlElement *element, const char *name,
                         BoxPart **out, size_t *count, Err *err);

/* Types of all item definitions; names for them in each file's scope (dmn_types.c). */
void dmn_make_types(DmnModel *model);
/* The type a reference means; Any when it is absent, Any and a problem when unknown. */
const FeelType *dmn_type(DmnModel *model, DmnFile *file, Str type_ref, const Source *place);
/* The item definition a reference means, or NULL. */
const DmnItem *dmn_item(const DmnModel *model, const DmnFile *file, Str type_ref);

/* Programs of everything (dmn_compile.c); a table's from its text (dmn_table.c). Text that
 * cannot be compiled is a problem and NULL; what surely goes wrong is a problem alone. */
void dmn_compile(DmnModel *model);
const FeelProgram *dmn_program(DmnModel *model, const DmnText *text, const FeelScope *scope,
                               const char *what);
const FeelProgram *dmn_tests(DmnModel *model, const DmnText *text, const FeelType *input,
                             const FeelScope *scope, const char *what);
const FeelTable *dmn_compile_table(DmnModel *model, DmnFile *file, const Box *box, Str name,
                                   const FeelScope *scope);

/* The value of a box with the names that are the evaluation's globals (dmn_boxed.c). */
FeelValue box_value(FeelEval *e, const Box *box);
/* for, some, every and filter (dmn_repeat.c). */
FeelValue box_repeat(FeelEval *e, const Box *box);
FeelValue box_filter(FeelEval *e, const Box *box);
/* Bring a value to a type; null when it does not fit. */
FeelValue box_coerce(FeelEval *e, FeelValue value, const FeelType *type);
/* Names in front of the evaluation's globals, room for `capacity`; they may be added while it
 * is in use. */
FeelContext *box_names(FeelEval *e, size_t capacity);
void box_add_name(FeelContext *names, Str name, FeelValue value);
