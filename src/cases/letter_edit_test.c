/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "cases/letter_edit.h"
#include "cases/text.h"

#include <string.h>

static Arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static void typed_text_is_markup_only_where_it_is_meant(void **state)
{
    (void)state;
    assert_str(letter_edit_to_markdown(arena, STR("Betrag: **12,50 €**\r\n\r\n- eins\n- zwei")),
               "Betrag: **12,50 €**\n\n- eins\n- zwei");
    assert_str(letter_edit_to_markdown(arena, STR("# kein Titel | <b>")),
               "\\# kein Titel \\| \\<b\\>");
    assert_str(letter_edit_to_markdown(arena, STR("[hier](http://x)")), "\\[hier\\]\\(http://x\\)");
}

static void what_is_shown_and_sent_back_unchanged_is_no_change(void **state)
{
    LetterEdits edits = {.letter = 0};
    Node *changes = node_map(arena);
    Str changed;
    Err err = {0};
    Str written = STR("vom 1\\. März \\(neu\\)\n");

    (void)state;
    node_set(arena, changes, STR("0.a"),
             node_string(arena, letter_edit_from_markdown(arena, written)));
    edits.changes = changes;
    assert_ok(letter_edit_take(&edits, STR("a"), STR("A"), written, arena, &changed, &err), &err);
    assert_null(changed.ptr);
    assert_str(edits.items[0].text, "vom 1. März (neu)");
    assert_false(edits.items[0].changed);
}

static void a_text_that_is_too_long_or_unprintable_is_refused_in_words(void **state)
{
    LetterEdits edits = {0};
    Node *changes = node_map(arena);
    char long_text[EDIT_CHARACTERS_MAX + 2];
    Str changed;
    Err err = {0};

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    node_set(arena, changes, STR("0.a"), node_string(arena, str_c(long_text)));
    node_set(arena, changes, STR("0.b"), node_string(arena, STR("Zeichen \xf0\x93\x80\x80")));
    edits.changes = changes;
    assert_false(
        letter_edit_take(&edits, STR("a"), STR("Gründe"), STR("x"), arena, &changed, &err));
    assert_non_null(strstr(err.message, "„Gründe“ ist zu lang"));
    assert_false(
        letter_edit_take(&edits, STR("b"), STR("Gründe"), STR("x"), arena, &changed, &err));
    assert_non_null(strstr(err.message, "kein Brief drucken kann"));
}

static bool compiles(const char *body)
{
    Problems problems = {.arena = arena};
    Node *text = node_string(arena, str_c(body));

    text->file = "letters/x.md";
    text->line = 1;
    return text_letter_body(text, feel_scope(arena, NULL), arena, &problems) != NULL;
}

static void parts_to_edit_are_whole_lines_named_once_and_not_repeated(void **state)
{
    (void)state;
    assert_true(compiles("Guten Tag\n\n{{#edit gruende Gründe}}\nWeil.\n{{/edit}}\n"));
    assert_false(compiles("{{#edit a}}\nWeil.\n"));
    assert_false(compiles("Das {{#edit a}}gilt{{/edit}}.\n"));
    assert_false(compiles("{{#edit a}}\nx\n{{/edit}}\n{{#edit a}}\ny\n{{/edit}}\n"));
    assert_false(compiles("{{#edit A}}\nx\n{{/edit}}\n"));
    assert_false(compiles("{{#each [1, 2]}}\n{{#edit a}}\nx\n{{/edit}}\n{{/each}}\n"));
}

static void a_message_has_no_parts_to_edit(void **state)
{
    Problems problems = {.arena = arena};
    Node *text = node_string(arena, STR("{{#edit a}}\nx\n{{/edit}}\n"));

    (void)state;
    text->file = "x.yaml";
    assert_null(text_template(text, feel_scope(arena, NULL), arena, &problems));
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        RULE(typed_text_is_markup_only_where_it_is_meant),
        RULE(what_is_shown_and_sent_back_unchanged_is_no_change),
        RULE(a_text_that_is_too_long_or_unprintable_is_refused_in_words),
        RULE(parts_to_edit_are_whole_lines_named_once_and_not_repeated),
        RULE(a_message_has_no_parts_to_edit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
