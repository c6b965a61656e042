/* SPDX-License-Identifier: EUPL-1.2 */
/* Loader: what the parts of package_load() share. Reading never stops at the first mistake: each
 * function adds its problems and answers something harmless. */
#pragma once

#include "base/vec.h"
#include "cases/package.h"

typedef struct Loader {
    Arena *arena;
    Package *package;
    Problems *problems;
} Loader;

/* How many languages a text must have. */
typedef enum TextNeed {
    TEXT_OPTIONAL, /* may be missing; when it is there, all three languages */
    TEXT_REQUIRED, /* must be there, in all three languages */
    TEXT_GERMAN,   /* must be there; only clerks read it */
    TEXT_GERMAN_OPTIONAL,
} TextNeed;

#define load_error(loader, at, ...) problem_add((loader)->problems, false, (at), __VA_ARGS__)
#define load_warning(loader, at, ...) problem_add((loader)->problems, true, (at), __VA_ARGS__)
/* A problem of a file as a whole. */
void load_error_in(Loader *loader, Str file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

const PackageFile *load_find(const Loader *loader, Str path);
/* The YAML map of a file; NULL with a problem when it is none. A missing file is NULL without one.
 */
const Node *load_yaml(Loader *loader, Str path);
/* Every key of the map must be one of `known` (ended by NULL); others get a problem with the
 * nearest known one. */
void load_keys(Loader *loader, const Node *map, const char *what, const char *const *known);
/* `map[key]` as an id: [a-z][a-z0-9_]*, at most 60 characters. STR_NONE with a problem. */
Str load_id(Loader *loader, const Node *map, const char *key, const char *what);
bool load_is_id(Str text);
/* A text for people: a string or a map by language. */
const Node *load_label(Loader *loader, const Node *map, const char *key, const char *what,
                       TextNeed need);
/* A list of such texts; NULL when missing. */
const Node *load_labels(Loader *loader, const Node *map, const char *key, const char *what);
Str *load_strings(Loader *loader, const Node *map, const char *key, size_t *count);
bool load_bool(Loader *loader, const Node *map, const char *key, bool otherwise);
int64_t load_int(Loader *loader, const Node *map, const char *key, int64_t least, int64_t most,
                 int64_t otherwise);
/* Compile an expression; numbers and booleans of YAML are taken as such. `wanted` FEEL_ANY accepts
 * every type. NULL when it is missing, or with a problem. */
const FeelProgram *load_feel(Loader *loader, const Node *text, const FeelScope *scope,
                             FeelTypeKind wanted, const char *what);
/* Is this a regular expression? Else why not, and at which character, from 1. */
bool load_pattern_valid(Str pattern, const char **why, int *at);
/* The word of `words` (ended by NULL) that is nearest to a misspelled one, or NULL. */
const char *load_nearest(Str wrong, const char *const *words);

/* --- The parts ------------------------------------------------------------------------------- */

/* package_rules.c: rules/NAME.yaml, behind tables and registers. */
void load_rules(Loader *loader, FeelScope *scope);
/* code_list.c: codes/NAME.csv. */
bool code_list_load(Loader *loader, const PackageFile *file, CodeList *out);
/* All lists as a FEEL context: {rassen: {mops: {value, label, de, en, …}}}. */
const FeelValue *code_lists_value(Loader *loader);

/* register_load.c: the registers of a service; their forms, when tables and rules are known. */
void register_load_all(Loader *loader, const Node *service);
void register_load_forms(Loader *loader, const Node *service);
/* `fields: {chip: {type: text}}` as the list of fields that forms have. */
Node *load_fields_as_list(Loader *loader, const Node *map);
/* import_load.c: `import` of a register. Its columns join the register's fields, its values take
 * the place of their defaults; then, when the form is there, which of them make a mandate. */
void register_import_fields(Loader *loader, const RegisterSpec *spec, const Node *yaml,
                            Node *fields);
void register_load_mandate(Loader *loader, RegisterSpec *spec, const Node *yaml);

/* prefill_load.c: what a page takes from a register; NULL when it takes nothing. */
const Prefill *prefill_load(Loader *loader, const FormPage *page);

/* form_load.c: what the file says, without its expressions. */
const Form *form_load(Loader *loader, const Node *yaml, const FeelScope *outer);
/* field_load.c: fields of a register or of an action: like a form's; `need` says who reads the
 * labels. */
FormField **form_load_fields(Loader *loader, const Node *list, const FormField *parent,
                             TextNeed need, size_t *count);
/* form_compile.c: types, scopes and expressions of a form whose fields are read. */
void form_compile(Loader *loader, Form *form, const FeelScope *outer);
/* The context type of a list of fields. */
const FeelType *form_fields_type(Arena *arena, FormField **fields, size_t count);
/* Problems for code lists in `code("name", …)` that do not exist. */
void form_check_codes(Loader *loader, const Node *expression);
/* form_order.c: Form.order; cycles are problems. */
void form_order(Loader *loader, Form *form);
/* field_type.c */
bool field_type_from_name(Str name, FieldType *out);
const char *field_type_name(FieldType type);
