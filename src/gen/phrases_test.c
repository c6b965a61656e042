/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "gen/phrases.h"

static void expect(const char *file, const char *source, const char *expected)
{
    Arena *arena = arena_create(0);
    Phrases found = {0};
    char list[512] = "";

    phrases_find(arena, str_c(source), file, &found);
    for (size_t i = 0; i < found.count; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%d:%.*s|", found.items[i].line,
                 STR_ARG(found.items[i].text));
    assert_string_equal(list, expected);
    arena_destroy(arena);
}

static void literals_of_translating_calls_are_found(void **state)
{
    (void)state;
    expect("a.c", "tr(lang, \"Eins\");\ntr(req->lang, \"Zw\"\n \"ei\");", "1:Eins|2:Zwei|");
    expect("a.c", "trf(a, tr_lang(\"x\", ','), \"%d von %d\", 1, 2)", "1:%d von %d|");
    expect("a.c", "x = N_(\"Sagte \\\"ja\\\"\\n\")", "1:Sagte \"ja\"\n|");
    expect("a.html", "<p>{{ n == 1 ? _(\"Einer\") : _f(\"%d\", f(_(\"Innen\"))) }}</p>",
           "1:Einer|1:%d|1:Innen|");
    expect("a.html", "{% set Str x = _(\"Satz }} hier\"); %}", "1:Satz }} hier|");
}

static void what_is_no_call_with_a_literal_is_left(void **state)
{
    (void)state;
    expect("a.c", "/* tr(l, \"nein\") */ str(l, \"nein\"); tr(l, words->title); \"_(\"; '\"';", "");
    expect("a.c", "tr(l, \"nein\" X); attr(l, \"nein\")", "");
    expect("a.html", "<p>_(\"nein\")</p>{# _(\"nein\") #}", "");
}

static void words_without_translation_are_found(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Phrases found = {0};

    phrases_find_bare(
        arena,
        STR("<!doctype html>{# nein #}\n<p class=\"nein\">{{ _(\"nein\") }} &nbsp; – 1</p>\n"
            "<p>Ja {{ x }} und</p>\n<img alt=\"Bild\" src=\"nein\" title=\"{{ x }}\">"),
        "a.html", &found);
    assert_int_equal(found.count, 3);
    assert_str(found.items[0].text, "Ja");
    assert_str(found.items[1].text, "und");
    assert_str(found.items[2].text, "Bild");
    assert_int_equal(found.items[2].line, 4);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_of_translating_calls_are_found),
        cmocka_unit_test(words_without_translation_are_found),
        cmocka_unit_test(what_is_no_call_with_a_literal_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
