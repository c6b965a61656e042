/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/hyphenate.h"

#include "base/test.h"

static int set_up(void **state)
{
    *state = arena_create(0);
    return 0;
}

static int tear_down(void **state)
{
    arena_destroy(*state);
    return 0;
}

static Str hyphenated(Arena *arena, const char *lang, const char *text)
{
    Str result = hyphenate(hyphenator_for(str_c(lang)), arena, str_c(text));

    result = str_replace(arena, result, STR("\u00ad"), STR("-"));
    result = str_replace(arena, result, STR("\u200b"), STR("|"));
    return str_replace(arena, result, STR("\u00a0"), STR("_"));
}

static void words_from_six_letters_are_hyphenated(void **state)
{
    Arena *arena = *state;

    assert_str(hyphenated(arena, "de", "Hundesteuer Straße Halter und Größe"),
               "Hun-de-steuer Straße Hal-ter und Größe");
    assert_str(hyphenated(arena, "de", "(Widerspruch), Überweisung!"),
               "(Wi-der-spruch), Über-wei-sung!");
    assert_str(hyphenated(arena, "en", "registration"), "re-gis-tra-tion");
    assert_str(hyphenated(arena, "de-leicht", "Hundesteuer"), "Hundesteuer");
}

static void numbers_and_names_of_files_stay_whole(void **state)
{
    static const char *const texts[] = {"DE02120300000000202051", "Aktenzeichen2027",
                                        "formular_hundesteuer.pdf", "Haus/Wohnung"};
    Arena *arena = *state;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_str(hyphenated(arena, "de", texts[i]), texts[i]);
}

static void addresses_end_lines_without_a_hyphen(void **state)
{
    Arena *arena = *state;

    assert_str(hyphenated(arena, "de", "steueramt@musterstadt.example"),
               "steueramt@|musterstadt.|example");
    assert_str(hyphenated(arena, "de", "https://musterstadt.example/hundesteuer"),
               "https://|musterstadt.|example/|hundesteuer");
}

static void signs_hold_on_to_their_numbers(void **state)
{
    Arena *arena = *state;

    assert_str(hyphenated(arena, "de", "nach § 4 Abs. 2 sind 80,00 € um 8 Uhr fällig"),
               "nach §_4 Abs._2 sind 80,00_€ um 8_Uhr fäl-lig");
    assert_str(hyphenated(arena, "de", "am 12. März auf DE02 1203 0000 im Jahr 2027"),
               "am 12._März auf DE02_1203_0000 im Jahr 2027");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_from_six_letters_are_hyphenated),
        TEST(numbers_and_names_of_files_stay_whole),
        TEST(addresses_end_lines_without_a_hyphen),
        TEST(signs_hold_on_to_their_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
