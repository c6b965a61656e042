/* SPDX-License-Identifier: EUPL-1.2 */
/* Tables of expressions and what they give, for the unit tests of this folder. */
#pragma once

#include "base/test.h"
#include "feel/feel.h"

#include <stdio.h>

typedef struct FeelCase {
    const char *text;
    const char *expected; /* as FEEL text; strings without quotes */
} FeelCase;

/* 2027-03-01T09:30:00Z, in Berlin the same day. */
static const FeelEnv FEEL_TEST_ENV = {.now = 1803893400000, .today = {2027, 3, 1}};

/* Evaluate each as the standard has it: any name goes, wrong operations are null. */
static inline void assert_cases(const FeelCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Arena *arena = arena_create(0);
        Err err = {0};
        const FeelProgram *program = feel_compile(arena, str_c(cases[i].text), NULL, 1, NULL, &err);
        if (!program)
            fail_msg("%s: %d:%d: %s", cases[i].text, err.line, err.column, err.message);
        const FeelValue *value = feel_eval(program, NULL, &FEEL_TEST_ENV, arena, &err);
        if (!value)
            fail_msg("%s: %s", cases[i].text, err.message);
        const char *text = str_cstr(arena, feel_to_text(arena, value));
        if (strcmp(text, cases[i].expected) != 0)
            fail_msg("%s gives %s, not %s", cases[i].text, text, cases[i].expected);
        arena_destroy(arena);
    }
}
#define ASSERT_CASES(cases) assert_cases((cases), sizeof(cases) / sizeof *(cases))
