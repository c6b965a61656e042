/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "base/node.h"
#include "core/page/out.h"

static Str written(Arena *arena, void (*writer)(Out *, Str), const char *value)
{
    Buf buf = buf_in(arena);
    Out out = {.buf = &buf};

    writer(&out, str_c(value));
    return buf.len ? buf_str(&buf) : STR("");
}

static void links_to_scripts_and_foreign_hosts_in_disguise_become_harmless(void **state)
{
    (void)state;
    static const char *const BAD[] = {"javascript:alert(1)",
                                      "JAVASCRIPT:alert(1)",
                                      " javascript:alert(1)",
                                      "java\nscript:alert(1)",
                                      "\x01javascript:alert(1)",
                                      "data:text/html,x",
                                      "vbscript:x",
                                      "//evil.example",
                                      "\\\\evil.example",
                                      "/\\evil.example",
                                      "blob:x"};
    static const char *const GOOD[] = {"/a/b?c=d",
                                       "a/b:c",
                                       "?q=1",
                                       "#top",
                                       "",
                                       "https://example.org/",
                                       "HTTP://example.org",
                                       "mailto:a@example.org",
                                       "tel:+49123"};
    Arena *arena = arena_create(0);

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_str(written(arena, out_url, BAD[i]), "#");
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_str(written(arena, out_url, GOOD[i]), GOOD[i]);
    arena_destroy(arena);
}

static void text_is_escaped_and_control_characters_vanish(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);

    assert_str(written(arena, out_text, "a<b>&\"'\x01\x7f\tä\n"),
               "a&lt;b&gt;&amp;&quot;&#39;\tä\n");
    assert_str(written(arena, out_attr, "\"><script>"), "&quot;&gt;&lt;script&gt;");
    assert_str(written(arena, out_url_part, "a/b c?ä&=~"), "a%2Fb%20c%3F%C3%A4%26%3D~");
    assert_str(written(arena, out_text, ""), "");
    arena_destroy(arena);
}

static void every_place_of_a_long_text_is_escaped(void **state)
{
    (void)state;
    static const char *const SPECIAL[][2] = {{"<", "&lt;"},    {"&", "&amp;"}, {">", "&gt;"},
                                             {"\"", "&quot;"}, {"'", "&#39;"}, {"\x7f", ""},
                                             {"\x1f", ""},     {"\n", "\n"},   {"ä", "ä"}};
    Arena *arena = arena_create(0);

    for (size_t i = 0; i < sizeof SPECIAL / sizeof *SPECIAL; i++)
        for (int before = 0; before < 40; before++)
            for (int behind = 0; behind < 40; behind++) {
                const char *raw =
                    arena_printf(arena, "%0*d%s%0*d", before, 1, SPECIAL[i][0], behind, 2);
                const char *escaped =
                    arena_printf(arena, "%0*d%s%0*d", before, 1, SPECIAL[i][1], behind, 2);

                assert_str(written(arena, out_text, raw), escaped);
            }
    arena_destroy(arena);
}

static void missing_translations_fall_back_to_german(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);

    assert_str(tr(STR("de"), "Abbrechen"), "Abbrechen");
    assert_str(tr(STR("en"), "Abbrechen"), "Cancel");
    assert_str(tr(STR("en"), "gibt es nicht"), "gibt es nicht");
    assert_str(tr(STR("xx"), "Abbrechen"), "Abbrechen");
    assert_str(trf(arena, STR("en"), "%d Treffer", 3), "3 results");
    assert_str(trf(arena, STR("de"), "%d Treffer", 3), "3 Treffer");
    Err err;
    assert_false(err_set_in(&err, ERR_CONFLICT, STR("en"), "%d Treffer", 3));
    assert_string_equal(err.message, "3 results");
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_false(err_field_in(&err, "suche", STR_NONE, "%d Treffer", 3));
    assert_string_equal(err.message, "3 Treffer");
    assert_string_equal(err.field, "suche");
    arena_destroy(arena);
}

static void texts_of_packages_are_found_by_language(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Err err = {0};
    Node *map = node_parse_json(arena, STR("{\"de\":\"Hund\",\"en\":\"Dog\"}"), NULL,
                                &NODE_LIMITS_REQUEST, &err);

    assert_str(text_in(map, STR("en")), "Dog");
    assert_str(text_in(map, STR("de-leicht")), "Hund");
    assert_str(text_in(node_string(arena, STR("Katze")), STR("en")), "Katze");
    assert_null(text_in(NULL, STR("de")).ptr);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_to_scripts_and_foreign_hosts_in_disguise_become_harmless),
        cmocka_unit_test(text_is_escaped_and_control_characters_vanish),
        cmocka_unit_test(every_place_of_a_long_text_is_escaped),
        cmocka_unit_test(missing_translations_fall_back_to_german),
        cmocka_unit_test(texts_of_packages_are_found_by_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
