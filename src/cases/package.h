/* SPDX-License-Identifier: EUPL-1.2 */
/* Package: a service folder, read, checked and compiled. Immutable; shared by all tenants
 * and threads that use the same version. */
#pragma once

#include "base/node.h"
#include "feel/feel.h"

typedef struct PackageFile {
    Str path; /* "forms/anmeldung.yaml" */
    Str bytes;
} PackageFile;

/* The files of a folder (and an overlay folder, may be NULL), sorted by path. */
bool package_read_folder(const char *folder, const char *overlay, Arena *arena, PackageFile **files,
                         size_t *count, Err *err);
/* SHA-256 in hex over paths and contents. */
Str package_version(const PackageFile *files, size_t count, Arena *arena);

typedef enum FieldType {
    FIELD_TEXT,
    FIELD_LONGTEXT,
    FIELD_INTEGER,
    FIELD_DECIMAL,
    FIELD_MONEY,
    FIELD_DATE,
    FIELD_PARTIAL_DATE,
    FIELD_TIME,
    FIELD_EMAIL,
    FIELD_PHONE,
    FIELD_IBAN,
    FIELD_TAX_ID,
    FIELD_CHOICE,
    FIELD_CHOICES,
    FIELD_YES_NO,
    FIELD_CONSENT,
    FIELD_UPLOAD,
    FIELD_GROUP,
    FIELD_HEADING,
    FIELD_NOTE,
} FieldType;

typedef struct Option {
    Str value;
    const Node *label;
    const Node *row; /* further columns of a code list, a map; or NULL */
} Option;

typedef struct CodeList {
    Str name;
    Option *options;
    size_t count;
} CodeList;

typedef struct Rule {
    const FeelProgram *test;
    const struct TextTemplate *message; /* cases/text.h */
} Rule;

typedef struct FormField FormField;
struct FormField {
    Str id;
    Str path; /* "hunde.chip", without indexes */
    FieldType type;
    const FeelType *feel_type;              /* of the value; of the list when it repeats */
    const Node *label, *hint, *help, *text; /* texts by language */
    const FormField *parent;                /* the enclosing group, or NULL */
    const struct FormPage *page;            /* of a form's outermost fields, else NULL */
    size_t slot;                            /* index among the fields of its group or form */
    size_t name_slot;                       /* the same without headings and notes: in the type */
    const FeelProgram *visible, *required, *compute, *default_value, *min, *max; /* or NULL */
    bool required_always;
    Rule *rules;
    size_t rule_count;
    Option *options; /* of choice and choices, from `options` or the code list */
    size_t option_count;
    const CodeList *codes;
    int64_t min_length, max_length; /* code points; 0: none */
    int decimals;                   /* FIELD_DECIMAL: places behind the point */
    Str pattern; /* regular expression for the whole value, as FEEL's matches() */
    const FeelProgram *pattern_test; /* over the name `value` */
    const char **accept;             /* media types, ended by NULL */
    int64_t max_size;                /* bytes */
    int max_files;
    Str autocomplete;
    Str latitude; /* FIELD_DECIMAL, a longitude: the field beside it to which a map belongs as well;
                     or STR_NONE */
    Str width;
    bool sensitive;
    Str fim;       /* id of the element in the federal catalogue of data fields, or STR_NONE */
    bool internal; /* of a register: kept for rules, shown to nobody */
    bool watched;  /* what other fields are or show depends on it */
    bool repeats;  /* FIELD_GROUP: a list of items */
    int repeat_min, repeat_max;
    const Node *item_label;
    FormField **fields; /* FIELD_GROUP */
    size_t field_count;
    const Node *source; /* where it is written; of a block's field, the block */
};

/* Values of a page that a signed-in citizen may take from an entry of a register that is theirs. */
typedef struct Prefill {
    const struct RegisterSpec *spec;
    const FeelType *entry_type; /* the register's fields that may be seen */
    Str *paths;                 /* of the form's fields */
    const FeelProgram **values; /* over the name `e` */
    size_t count;
} Prefill;

typedef struct FormPage {
    Str id;
    Str fim; /* id of the group of fields in the federal catalogue, or STR_NONE */
    const Node *title, *intro;
    const FeelProgram *visible;
    FormField **fields;
    size_t field_count;
    const Prefill *prefill; /* or NULL */
    const Node *source;
} FormPage;

typedef struct Form {
    Str id;
    Str fim; /* id of the Stammdatenschema, or STR_NONE */
    FormPage *pages;
    size_t page_count;
    FormField **fields; /* the outermost fields of all pages; a field's slot is its index here */
    size_t field_count;
    const FeelType *type;   /* of its data */
    const FeelScope *scope; /* names that expressions over its data may use */
    FormField **order; /* every field, in the order in which visibility and values are decided */
    size_t order_count;
} Form;

typedef struct Procedure {
    Str id;
    Str leika;
    Str office; /* which alone begins it, at the desk; STR_NONE: anybody, in the portal */
    const Node *name, *summary, *who, *cost, *duration;
    const Node *needs, *legal; /* lists of texts */
    const Form *form;
    const struct Process *process; /* cases/process.h */
} Procedure;

/* How the values of a field are put together for counting. */
typedef enum RegisterTake {
    REGISTER_TAKE_VALUE,
    REGISTER_TAKE_POSTCODE, /* the first five characters */
    REGISTER_TAKE_YEAR,     /* the first four */
    REGISTER_TAKE_MONTH,    /* the first seven */
} RegisterTake;

/* What the entries of a register may be counted by. */
typedef struct RegisterCount {
    Str id;
    const Node *label;      /* texts in all languages, or the field's */
    const FormField *field; /* NULL: the entry's first day */
    RegisterTake take;
} RegisterCount;

/* Counts that everybody may read. */
typedef struct OpenData {
    Str id;
    const Node *title, *description;
    const RegisterCount *by[2];
    size_t by_count;
    int64_t least; /* smaller counts are not told */
    Str *keywords;
    size_t keyword_count;
    const struct RegisterSpec *spec;
} OpenData;

/* What an imported line tells of a SEPA mandate; the names are those of `import: mandate:`. */
typedef enum RegisterMandate {
    MANDATE_PAYER,
    MANDATE_HOLDER,
    MANDATE_IBAN,
    MANDATE_SIGNED,
    MANDATE_BIC,
    MANDATE_REFERENCE,
    MANDATE_LAST_USED,
    MANDATE_EMAIL,
    MANDATE_PARTS,
} RegisterMandate;

typedef struct RegisterSpec {
    Str id;
    const Node *name;
    Str *key; /* field names */
    size_t key_count;
    const FeelProgram *title;
    FormField **fields;
    size_t field_count;
    const FeelType *type;
    const Form *form; /* of the same fields, and the columns that an import reads beside them */
    Str *unique;      /* fields of which an import takes no value twice among the living */
    size_t unique_count;
    Str *mandate;  /* fields of the form by RegisterMandate, or NULL: imports bring no mandates */
    Str retention; /* of an entry, from its last day: "P10Y" */
    Str retention_least;    /* what a town may set instead, at least */
    const FormField *owner; /* an e-mail: who signs in with it sees the entry as theirs; or NULL */
    bool four_eyes;         /* what is written by hand needs a second person */
    RegisterCount *counts;
    size_t count_count;
    OpenData *open_data;
    size_t open_data_count;
} RegisterSpec;

/* A function of rules/NAME.yaml; its value is in Package.constants. */
typedef struct PackageRule {
    Str name;
    const FeelType *type; /* with parameters and result */
    const char *file;
    int line;
} PackageRule;

typedef struct Package {
    Str version; /* hex */
    Str id;
    Str leika;
    Str icon; /* or STR_NONE */
    const Node *name, *summary;
    Str *audience, *topics, *synonyms, *offices;
    size_t audience_count, topic_count, synonym_count, office_count;
    Procedure *procedures;
    size_t procedure_count;
    RegisterSpec *registers;
    size_t register_count;
    const FeelTable **tables;
    size_t table_count;
    PackageRule *rules;
    size_t rule_count;
    Node *labels; /* of the rules' results, for explanations: texts by name */
    CodeList *codes;
    size_t code_count;
    const FeelType *town_type;      /* of the parameters */
    const FeelValue *town;          /* their values */
    const FeelScope *scope;         /* what every expression may use: town, code, tables, rules */
    const FeelValue *constants;     /* a context with the values of `town`, `code`, the rules */
    struct LetterTemplate *letters; /* cases/text.h */
    size_t letter_count;
    const struct Run **runs; /* cases/run.h */
    size_t run_count;
    const PackageFile *files;
    size_t file_count;
} Package;

/* One thing the gate found. */
typedef struct Problem {
    bool warning;
    Str file;
    int line, column; /* 1-based; 0: the file as a whole */
    Str message;      /* names the thing and the remedy */
} Problem;
/* An expression, and where its text begins. */
typedef struct CompiledRule {
    const FeelProgram *program;
    int line, column; /* column 0: unknown */
} CompiledRule;
typedef struct CompiledRules {
    CompiledRule *items;
    size_t count, capacity;
} CompiledRules;
typedef struct Problems {
    Problem *items;
    size_t count, capacity;
    Arena *arena;
    CompiledRules rules; /* what was compiled, for package_check() to analyse */
} Problems;

/* Read and compile; every problem is collected, not only the first. NULL when there is an error
 * among them. The package lives in `arena`, which must outlive it. */
const Package *package_load(const PackageFile *files, size_t count, Arena *arena,
                            Problems *problems);
const Procedure *package_procedure(const Package *package, Str id);
const CodeList *package_codes(const Package *package, Str name);
const RegisterSpec *package_register(const Package *package, Str id);

/* --- For the parts of a package that are compiled elsewhere (process.c, text.c) ------------- */

/* Add a problem; `at` (may be NULL) gives file and line. */
void problem_add(Problems *problems, bool warning, const Node *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Remember an expression; `at` is where its text begins. */
void problem_rule(Problems *problems, const FeelProgram *program, const Node *at);
/* Add the names every expression of the package may use: `town`, `code`, the tables, the rules. */
void package_scope(const Package *package, FeelScope *scope);
/* A list of fields as a form of one page: what a clerk enters for an action. NULL with problems. */
const Form *package_form_of_fields(const Package *package, Str id, const Node *fields,
                                   const FeelScope *outer, Arena *arena, Problems *problems);
