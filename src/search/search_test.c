/* SPDX-License-Identifier: EUPL-1.2 */
/* What is found by which words, and in which order. */
#include "search/search_fixture.h"

static void words_are_found_by_any_ending(void **state)
{
    Fixture *f = *state;

    put(f->search, 1, "Anna Müller", "Der Hund heißt Rex");
    put(f->search, 2, "Max Mueller", "zwei Hunde, angemeldet");
    put(f->search, 3, "Eva Maier", "Katzen");
    assert_str(found(f, "Hund"), "");
    refresh(f->search);
    assert_str(found(f, "Hund"), "2 1");
    assert_str(found(f, "hündin"), "");
    assert_str(found(f, "müller"), "2 1");
    assert_str(found(f, "Muller"), "2 1");
    assert_str(found(f, "hund rex"), "1");
    assert_str(found(f, "hund katze"), "");
    assert_str(found(f, ""), "");
    assert_str(found(f, "der hund"), "2 1");
}

static void a_beginning_is_found_and_comes_after_whole_words(void **state)
{
    Fixture *f = *state;

    put(f->search, 1, "Anna Lind", NULL);
    put(f->search, 2, "Max Lindner", "im Lindenweg");
    put(f->search, 3, "Eva Linde", NULL);
    refresh(f->search);
    assert_str(found(f, "lind"), "1 3 2");
    assert_str(found(f, "lind "), "1");
    assert_str(found(f, "lindenw"), "2");
}

static void a_number_is_found_whole_and_by_its_beginning(void **state)
{
    Fixture *f = *state;

    put_marked(f->search, 1, "m", "HUND-2027-000017-4", "Müller-Lüdenscheid", NULL);
    put_marked(f->search, 2, "m", "HUND-2027-000018-2", NULL, "Telefon 0211/123-45");
    refresh(f->search);
    assert_str(found(f, "HUND-2027-000017-4"), "1");
    assert_str(found(f, "hund-2027-0000"), "2 1");
    assert_str(found(f, "HUND-2027-000019"), "");
    assert_str(found(f, "000018"), "2");
    assert_str(found(f, "müller-lüdenscheid"), "1");
    assert_str(found(f, "müllerlüd"), "1");
    assert_str(found(f, "0211/12345"), "2");
}

static void a_part_finds_the_compound_and_the_other_way_round(void **state)
{
    Fixture *f = *state;

    put(f->search, 1, NULL, "Hundesteuerbescheid");
    put(f->search, 2, NULL, "Der Bescheid über die Steuer");
    put(f->search, 3, NULL, "Hunde");
    refresh(f->search);
    commit(f->search);
    assert_str(found(f, "Bescheid "), "2 1");
    assert_str(found(f, "steuern "), "2 1");
    /* Nobody wrote this word. */
    assert_str(found(f, "Steuerbescheide "), "2 1");
    assert_str(found(f, "bescheid hund "), "1");
}

static void a_mistyped_word_is_put_right_and_said(void **state)
{
    Fixture *f = *state;
    SearchQuery query = {.text = STR("Versicherunk Rotweiler"), .all_words = true, .limit = 5};
    SearchAnswer answer;

    put(f->search, 1, "Jörg Schäfer", "Rottweiler mit Versicherung");
    put(f->search, 2, "Anna Schulz", "Dackel");
    refresh(f->search);
    search_find(f->search, &query, f->arena, &answer);
    assert_int_equal(answer.count, 1);
    assert_int_equal(answer.correction_count, 2);
    assert_str(answer.corrections[0].typed, "Versicherunk");
    assert_str(answer.corrections[0].used, "Versicherung");
    assert_str(answer.corrections[1].used, "Rottweiler");
    assert_str(found(f, "Schäefr"), "1");
    assert_str(found(f, "Schultz"), "2");
    assert_str(found(f, "Schlutz"), "");
    query.exact_only = true;
    assert_str(found_by(f, &query), "");
}

static bool allow(void *context, Str marks)
{
    return str_is(marks, context);
}

static void only_what_is_allowed_is_found_and_counted(void **state)
{
    Fixture *f = *state;
    SearchQuery query = {.text = STR("Hund"), .limit = 1, .allow = allow, .allow_context = "amt1"};
    SearchAnswer answer;

    put_marked(f->search, 1, "amt1", NULL, NULL, "Hund");
    put_marked(f->search, 2, "amt2", NULL, NULL, "Hund");
    put_marked(f->search, 3, "amt1", NULL, NULL, "Hund");
    refresh(f->search);
    search_find(f->search, &query, f->arena, &answer);
    assert_int_equal(answer.total, 2);
    assert_int_equal(answer.count, 1);
    assert_int_equal(answer.hits[0].id, 3);
    query.offset = 1;
    search_find(f->search, &query, f->arena, &answer);
    assert_int_equal(answer.hits[0].id, 1);
    query.offset = 2;
    search_find(f->search, &query, f->arena, &answer);
    assert_int_equal(answer.count, 0);
}

static void words_of_others_are_not_proposed(void **state)
{
    Fixture *f = *state;
    SearchQuery query = {
        .text = STR("Musterman"), .limit = 1, .allow = allow, .allow_context = "amt1"};
    SearchAnswer answer;

    put_marked(f->search, 1, "amt2", NULL, "Mustermann", NULL);
    put_marked(f->search, 2, "amt1", NULL, "Anders", NULL);
    refresh(f->search);
    search_find(f->search, &query, f->arena, &answer);
    assert_int_equal(answer.correction_count, 0);
    assert_int_equal(answer.total, 0);
    query.allow_context = "amt2";
    search_find(f->search, &query, f->arena, &answer);
    assert_int_equal(answer.correction_count, 1);
    assert_int_equal(answer.total, 1);
    search_remove(f->search, 1);
    refresh(f->search);
    search_find(f->search, &query, f->arena, &answer);
    assert_int_equal(answer.correction_count, 0);
}

static void fields_and_frequency_decide_the_order(void **state)
{
    Fixture *f = *state;
    SearchQuery query = {.text = STR("Hund"), .limit = 5};

    put(f->search, 1, "Maier", "Hund Katze Maus Pferd Vogel Fisch");
    put(f->search, 2, "Schulz", "Hund Katze Hund Pferd Vogel Fisch");
    put(f->search, 3, "Hund", "Katze");
    refresh(f->search);
    assert_str(found_by(f, &query), "3 2 1");
}

static void a_document_is_replaced_and_removed(void **state)
{
    Fixture *f = *state;

    put(f->search, 1, NULL, "alt");
    put(f->search, 2, NULL, "alt");
    refresh(f->search);
    commit(f->search);
    put(f->search, 1, NULL, "neu");
    refresh(f->search);
    assert_str(found(f, "alt"), "2");
    assert_str(found(f, "neu"), "1");
    search_remove(f->search, 2);
    refresh(f->search);
    assert_str(found(f, "alt"), "");
    commit(f->search);
    search_close(f->search);
    f->search = open_at(f->folder);
    assert_str(found(f, "alt"), "");
    assert_str(found(f, "neu"), "1");
    assert_int_equal(search_stats(f->search).documents, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_are_found_by_any_ending),
        TEST(a_beginning_is_found_and_comes_after_whole_words),
        TEST(a_number_is_found_whole_and_by_its_beginning),
        TEST(a_part_finds_the_compound_and_the_other_way_round),
        TEST(a_mistyped_word_is_put_right_and_said),
        TEST(only_what_is_allowed_is_found_and_counted),
        TEST(words_of_others_are_not_proposed),
        TEST(fields_and_frequency_decide_the_order),
        TEST(a_document_is_replaced_and_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
