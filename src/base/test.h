/* SPDX-License-Identifier: EUPL-1.2 */
/* What every unit test includes: cmocka in the order it wants, and a few checks
 * for our own types. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* cmocka.h needs the four above first. */
#include <cmocka.h>

#include "base/err.h"

/* Compare a Str with a C string and show both when they differ. */
#define assert_str(actual, expected)                                                           \
    do {                                                                                       \
        Str assert_str_actual = (actual);                                                      \
        char assert_str_text[4096];                                                            \
        snprintf(assert_str_text, sizeof assert_str_text, "%.*s", STR_ARG(assert_str_actual)); \
        assert_string_equal(assert_str_text, (expected));                                      \
    } while (0)

/* A call that must succeed; prints the error when it does not. */
#define assert_ok(call, err)                                                            \
    do {                                                                                \
        if (!(call))                                                                    \
            fail_msg("%s: %s:%d: %s", #call, (err)->file, (err)->line, (err)->message); \
    } while (0)
