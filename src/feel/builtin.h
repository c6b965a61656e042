/* SPDX-License-Identifier: EUPL-1.2 */
/* Built-in functions (10.3.4). Each overload is a row of a table: names and kinds of its
 * parameters, what it gives, and the C function, which receives arguments that already
 * have these kinds. */
#pragma once

#include "feel/eval.h"

typedef enum ParameterKind {
    PARAM_ANY, /* null too */
    PARAM_NUMBER,
    PARAM_STRING,
    PARAM_BOOLEAN,
    PARAM_DATE,
    PARAM_TIME,
    PARAM_DATE_TIME, /* a date becomes its midnight in UTC */
    PARAM_DAY,       /* date or date and time, as it is */
    PARAM_DAYS_DURATION,
    PARAM_LIST, /* another value becomes a list of one */
    PARAM_CONTEXT,
    PARAM_RANGE,
    PARAM_FUNCTION,
    PARAM_POINT, /* anything ordered: not a range, not null */
    PARAM_NUMBER_OR_NULL,
    PARAM_STRING_OR_NULL,
    PARAM_DAYS_OR_NULL,
} ParameterKind;

typedef enum ResultKind {
    RESULT_ANY,
    RESULT_NUMBER,
    RESULT_STRING,
    RESULT_BOOLEAN,
    RESULT_DATE,
    RESULT_TIME,
    RESULT_DATE_TIME,
    RESULT_MONTHS_DURATION,
    RESULT_LIST,
    RESULT_STRINGS,
    RESULT_NUMBERS,
    RESULT_CONTEXT,
    RESULT_SAME,      /* the type of the first argument */
    RESULT_SAME_LIST, /* the same, as a list */
    RESULT_ITEM,      /* the item of the first argument, or its type when it is no list */
} ResultKind;

enum { MAX_PARAMETERS = 8, VARIADIC = 255 };

typedef FeelValue BuiltinCode(FeelEval *e, const FeelValue *args, size_t count);

struct Builtin {
    const char *name;
    BuiltinCode *code;
    ResultKind result;
    uint8_t least; /* arguments */
    uint8_t most;  /* VARIADIC: the last parameter repeats */
    struct {
        const char *name;
        ParameterKind kind;
    } parameters[MAX_PARAMETERS];
};

/* The first overload of a name, or NULL; the others follow with the same name. */
const Builtin *builtin_find(Str name);
static inline bool builtin_next(const Builtin *b)
{
    return b[1].name && strcmp(b[0].name, b[1].name) == 0;
}
/* Arguments by name: puts the position of each into `positions`; false when one is no
 * parameter of this overload or a required one is missing. */
bool builtin_positions(const Builtin *b, const Str *names, size_t count, size_t *positions,
                       size_t *arg_count);
/* May this overload be called with arguments of these types? NULL: unknown. */
bool builtin_accepts(const Builtin *b, const FeelType *const *types, size_t count);
const FeelType *builtin_result_type(Arena *arena, const Builtin *b, const FeelType *const *types,
                                    size_t count);
/* "substring(string: string, start position: number, length: number)". */
Str builtin_signature(Arena *arena, const Builtin *b);
/* Call the overload that fits, or null. */
FeelValue builtin_call(FeelEval *e, const Builtin *first, const FeelValue *args, size_t count);
/* Call this overload, or null. */
FeelValue builtin_call_one(FeelEval *e, const Builtin *b, const FeelValue *args, size_t count);

/* The tables of the functions' files; each ends with a row without name. */
extern const Builtin BUILTIN_CONVERSION[];
extern const Builtin BUILTIN_STRING[];
extern const Builtin BUILTIN_LIST[];
extern const Builtin BUILTIN_AGGREGATE[];
extern const Builtin BUILTIN_NUMBER[];
extern const Builtin BUILTIN_DATE[];
extern const Builtin BUILTIN_RANGE[];
extern const Builtin BUILTIN_CONTEXT[];
