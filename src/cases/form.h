/* SPDX-License-Identifier: EUPL-1.2 */
/* Evaluate a form over data: which fields are visible and required, what is computed, what is
 * wrong. The same function serves pages, API and golden cases. */
#pragma once

#include "cases/package.h"

typedef struct FormError {
    Str path; /* "hunde[1].chip" */
    Str rule; /* "required", "type", "pattern", "min", "max", "length", "option", "rule", "upload",
                 "count", "unknown" */
    Str message;            /* in the language asked for, for the citizen */
    const FormField *field; /* NULL for "unknown" */
} FormError;

typedef struct FormState {
    const Form *form;
    Node *data; /* pruned: hidden fields gone, values normalised, computed values set */
    FormError *errors;
    size_t error_count, error_capacity;
    struct VisibilityMap *visibility;
} FormState;

typedef struct FormInput {
    const Package *package;
    const Form *form;
    const Node *data; /* as typed or as sent to the API: JSON by the table in docs/packages.md */
    const FeelValue *extra; /* further names (lookups), or NULL */
    const FeelEnv *env;
    Str lang;
    bool strict; /* API: unknown fields are errors; pages: ignored */
    bool quiet;  /* only which fields are there and required, for a page that is shown without
                    mistakes: nothing is checked, `errors` stays empty */
} FormInput;

/* False only when the data is no map or an expression exceeds its limits; what is wrong with the
 * data stands in `out`. Rules (docs/forms.md): a hidden field has no value; `default` fills a
 * key that is absent, not one that is null; computed values replace what was sent; lists
 * that are seen are at least []. */
bool form_evaluate(const FormInput *input, Arena *arena, FormState *out, Err *err);
/* Is the field at this path (with indexes) visible? */
bool form_visible(const FormState *state, Str path);
bool form_required(const FormState *state, Str path);
bool form_page_visible(const FormState *state, const FormPage *page);
/* What a person reads who left this field empty. */
Str form_required_message(const FormField *field, Str lang, Arena *arena);
/* The first error of a path, or NULL. */
const FormError *form_error(const FormState *state, Str path);
/* What a person typed ("1.3.2027", "1.234,50", "de12 …") as the JSON value of this type. A text
 * that cannot be read stays a string, which form_evaluate() then reports. */
Node *form_value_from_text(const FormField *field, Str text, Arena *arena);
/* A value as a person reads it, in the language. */
Str form_value_to_text(const FormField *field, const Node *value, Str lang, Arena *arena);
/* A value as it stands in an input field of a page, to be typed over ("1.3.2027", "12,50"). */
Str form_value_to_input(const FormField *field, const Node *value, Arena *arena);
/* The JSON Schema 2020-12 of a form's data, for the API. */
Node *form_json_schema(const Package *package, const Form *form, Str lang, Arena *arena);
/* A request for the API that is valid on this day, from the package's examples (their dates move
 * with the day where they must); NULL when none is. */
Node *form_example(const Package *package, const Procedure *procedure, Date today, Arena *arena);
/* The bytes of a small file of this media type, as examples use them. */
Str form_sample_file(Str type);
