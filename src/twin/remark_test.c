/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/remark.h"

#include "base/test.h"

#include <string.h>

/* "%s%d%.0s%zu" of a format: conversions without widths and precisions. */
static void conversions(const char *format, char *out, size_t size)
{
    size_t n = 0;

    for (; *format; format++) {
        if (*format != '%')
            continue;
        while (*++format && strchr("0123456789.", *format)) {
        }
        for (; n + 2 < size && *format == 'z'; format++)
            out[n++] = *format;
        out[n++] = *format;
    }
    out[n] = '\0';
}

static void both_languages_take_the_same_values(void **state)
{
    const char *english, *german;
    char one[40], other[40];
    size_t i = 0;

    (void)state;
    for (; remark_pair(i, &english, &german); i++) {
        conversions(english, one, sizeof one);
        conversions(german, other, sizeof other);
        assert_string_equal(one, other);
        assert_ptr_equal(remark_german(english), german);
    }
    assert_true(i > 10);
}

static void a_remark_is_said_twice(void **state)
{
    Arena *arena = arena_create(0);
    Remarks remarks = {.arena = arena};

    (void)state;
    remark(&remarks, "%s:%d: begins at %g s; until then there is no rain", "r.csv", 2, 7.5);
    remark(&remarks, "said by nobody %d", 3);
    assert_string_equal(remarks.items[0].text,
                        "r.csv:2: begins at 7.5 s; until then there is no rain");
    assert_string_equal(
        remarks.items[0].german,
        "Die Regenreihe (Zeile 2) beginnt erst bei 7,5 Sekunden. Bis dahin fällt kein Regen.");
    assert_string_equal(remarks.items[1].text, "said by nobody 3");
    assert_null(remarks.items[1].german);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_take_the_same_values),
        cmocka_unit_test(a_remark_is_said_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
