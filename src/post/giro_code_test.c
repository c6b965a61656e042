/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "post/letter.h"

#include <stdio.h>

static const GiroCode valid = {.name = STR("Stadt Musterstadt"),
                               .iban = STR("DE02 1203 0000 0000 2020 51"),
                               .bic = STR("BYLADEM1001"),
                               .cents = 1230,
                               .reference = STR("4711.000815.7")};

static bool payload_of(GiroCode giro, Arena *arena, Str *out, Err *err)
{
    return giro_code_payload(&giro, arena, out, err);
}

static void payload_follows_epc069_12(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    Str out;

    (void)state;
    assert_ok(payload_of(valid, arena, &out, &err), &err);
    assert_str(out, "BCD\n002\n1\nSCT\nBYLADEM1001\nStadt Musterstadt\nDE02120300000000202051\n"
                    "EUR12.30\n\n\n4711.000815.7");
    arena_destroy(arena);
}

static void bic_may_be_left_out(void **state)
{
    Arena *arena = arena_create(0);
    GiroCode giro = valid;
    Err err = {0};
    Str out;

    (void)state;
    giro.bic = STR_NONE;
    giro.cents = 5;
    assert_ok(payload_of(giro, arena, &out, &err), &err);
    assert_str(out, "BCD\n002\n1\nSCT\n\nStadt Musterstadt\nDE02120300000000202051\n"
                    "EUR0.05\n\n\n4711.000815.7");
    arena_destroy(arena);
}

static void values_beyond_the_standard_are_refused(void **state)
{
    static const struct {
        GiroCode giro;
        const char *field;
    } cases[] = {
        {{STR(""), STR("DE02120300000000202051"), STR(""), 1, STR("x")}, "name"},
        {{STR("123456789 123456789 123456789 123456789 123456789 123456789 123456789 1"),
          STR("DE02120300000000202051"), STR(""), 1, STR("x")},
         "name"},
        {{STR("Stadt\nBCD"), STR("DE02120300000000202051"), STR(""), 1, STR("x")}, "name"},
        {{STR("Stadt"), STR("DE03120300000000202051"), STR(""), 1, STR("x")}, "iban"},
        {{STR("Stadt"), STR("de02120300000000202051"), STR(""), 1, STR("x")}, "iban"},
        {{STR("Stadt"), STR(""), STR(""), 1, STR("x")}, "iban"},
        {{STR("Stadt"), STR("DE02120300000000202051"), STR("BYLADEM"), 1, STR("x")}, "bic"},
        {{STR("Stadt"), STR("DE02120300000000202051"), STR(""), 0, STR("x")}, "cents"},
        {{STR("Stadt"), STR("DE02120300000000202051"), STR(""), 100000000000, STR("x")}, "cents"},
        {{STR("Stadt"), STR("DE02120300000000202051"), STR(""), 1, STR("a\nb")}, "reference"},
    };
    Arena *arena = arena_create(0);
    Str out;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Err err = {0};

        assert_false(giro_code_payload(&cases[i].giro, arena, &out, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.field, cases[i].field);
    }
    arena_destroy(arena);
}

static void payload_may_hold_331_bytes_and_no_more(void **state)
{
    Arena *arena = arena_create(0);
    GiroCode giro = valid;
    char umlauts[281];
    Err err = {0};
    Str out;

    (void)state;
    giro.iban = STR("DE02120300000000202051");
    giro.bic = STR_NONE;
    giro.name = STR("A");
    for (size_t i = 0; i < 140; i++)
        memcpy(umlauts + 2 * i, (const char[]){'\xC3', '\xBC'}, 2); /* ü */
    giro.reference = (Str){umlauts, 280};
    assert_ok(payload_of(giro, arena, &out, &err), &err);
    giro.name =
        str_printf(arena, "%.*s", (int)(331 - out.len + 1),
                   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_ok(payload_of(giro, arena, &out, &err), &err);
    assert_int_equal(out.len, 331);
    giro.name = str_printf(arena, "%.*sA", STR_ARG(giro.name));
    assert_false(payload_of(giro, arena, &out, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payload_follows_epc069_12),
        cmocka_unit_test(bic_may_be_left_out),
        cmocka_unit_test(values_beyond_the_standard_are_refused),
        cmocka_unit_test(payload_may_hold_331_bytes_and_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
