/* SPDX-License-Identifier: EUPL-1.2 */
/* The functions of the query language: what they take, what they give, how they are computed. */
#pragma once

#include "city/sta/filter.h"
#include "city/sta/geometry.h"

enum { STA_MAX_ARGUMENTS = 3 };

/* What a function may use besides its arguments. */
typedef struct StaCall {
    Arena *arena; /* of results */
    Timestamp now;
    StaShapes *shapes; /* present where a parameter is a geometry */
    int detail;        /* of the function's row: which of those that share the code */
} StaCall;

/* The arguments are of the parameters' types and none is null. */
typedef StaValue StaFunctionCode(const StaCall *call, const StaValue *args, size_t count);

struct StaFunction {
    const char *name;
    StaFunctionCode *code;
    StaType result;
    uint8_t least; /* arguments */
    uint8_t most;
    StaType parameters[STA_MAX_ARGUMENTS];
    int detail;
    bool meets; /* true only of two geometries whose boxes meet */
};

/* By name, in any case; or NULL. */
const StaFunction *sta_function(Str name);
/* May a value of this type be given for this parameter? Those known only with the value may. */
bool sta_function_takes(StaType parameter, StaType given);
/* "substring(text, whole number, whole number)": for messages. */
Str sta_function_signature(Arena *arena, const StaFunction *function);

/* The tables of the functions' files; each ends with a row without name. */
extern const StaFunction STA_TEXT_FUNCTIONS[];
extern const StaFunction STA_NUMBER_FUNCTIONS[];
extern const StaFunction STA_TIME_FUNCTIONS[];
extern const StaFunction STA_GEO_FUNCTIONS[];
