/* SPDX-License-Identifier: EUPL-1.2 */
/* The index finds what a plain list of the documents finds. */
#include "search/search_fixture.h"

#include "base/test_random.h"

#include <stdio.h>

enum { MODEL_IDS = 60, MODEL_WORDS = 12 };
static const char *const VOCABULARY[] = {"haus",  "hund",  "amt",   "berg", "wald",  "fluss",
                                         "tisch", "stuhl", "lampe", "buch", "blatt", "stift"};

/* words[id]: a bit per word; 0: no such document */
static void check_model(Fixture *f, const unsigned *words, TestRandom *random)
{
    for (int round = 0; round < 4; round++) {
        int a = (int)test_pick(random, 0, MODEL_WORDS - 1),
            b = (int)test_pick(random, 0, MODEL_WORDS - 1);
        unsigned wanted = 1u << a | 1u << b;
        char text[40];
        Buf expected = buf_in(f->arena);
        SearchQuery query = {
            .order = SEARCH_NEWEST_FIRST, .all_words = true, .exact_only = true, .limit = 100};

        snprintf(text, sizeof text, "%s %s", VOCABULARY[a], VOCABULARY[b]);
        query.text = str_c(text);
        for (int id = MODEL_IDS - 1; id >= 0; id--)
            if ((words[id] & wanted) == wanted)
                buf_addf(&expected, "%s%d", expected.len ? " " : "", id);
        Str ids = found_by(f, &query);

        assert_int_equal(ids.len, expected.len);
        assert_memory_equal(ids.ptr, buf_str(&expected).ptr, ids.len);
    }
}

static void put_model(Search *search, unsigned *words, int id, TestRandom *random)
{
    Arena *arena = arena_create(0);
    Buf text = buf_in(arena);

    words[id] = (unsigned)test_pick(random, 1, (1 << MODEL_WORDS) - 1);
    for (int i = 0; i < MODEL_WORDS; i++)
        if (words[id] >> i & 1)
            buf_addf(&text, "%s ", VOCABULARY[i]);
    buf_add_char(&text, 0);
    put(search, id, NULL, text.ptr);
    arena_destroy(arena);
}

static void any_history_finds_what_a_plain_list_finds(void **state)
{
    Fixture *f = *state;
    TestRandom random = {4711};
    unsigned words[MODEL_IDS] = {0}, committed[MODEL_IDS] = {0};
    Err err = {0};
    bool merged;

    for (int step = 0; step < 3000; step++) {
        int id = (int)test_pick(&random, 0, MODEL_IDS - 1);

        switch (test_pick(&random, 0, 19)) {
        case 0:
        case 1:
        case 2:
            search_remove(f->search, id);
            words[id] = 0;
            break;
        case 3:
        case 4:
            refresh(f->search);
            check_model(f, words, &random);
            break;
        case 5:
            refresh(f->search);
            commit(f->search);
            memcpy(committed, words, sizeof words);
            break;
        case 6:
            refresh(f->search);
            assert_ok(search_tidy(f->search, &merged, &err), &err);
            if (merged)
                memcpy(committed, words, sizeof words);
            check_model(f, words, &random);
            break;
        case 7:
            if (step % 7)
                break;
            search_close(f->search); /* what was not committed is forgotten */
            f->search = open_at(f->folder);
            assert_null(search_problem(f->search).ptr);
            memcpy(words, committed, sizeof words);
            check_model(f, words, &random);
            break;
        default: put_model(f->search, words, id, &random);
        }
    }
    refresh(f->search);
    assert_ok(search_merge_all(f->search, &err), &err);
    check_model(f, words, &random);
    SearchStats stats = search_stats(f->search);
    assert_true(stats.segments <= 1);
    assert_int_equal(stats.removed, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(any_history_finds_what_a_plain_list_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
