/* SPDX-License-Identifier: EUPL-1.2 */
#include "search/search.h"

#include "base/buf.h"
#include "base/test.h"
#include "base/test_random.h"
#include "core/folder.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NUMBER, NAME, TEXT, FIELD_COUNT };
static const SearchField FIELDS[FIELD_COUNT] = {
    {"number", 4, true}, {"name", 3, true}, {"text", 1, false}};

typedef struct Fixture {
    Arena *arena;
    Search *search;
    char folder[64];
} Fixture;

static Search *open_at(const char *folder)
{
    SearchOptions options = {.folder = folder, .fields = FIELDS, .field_count = FIELD_COUNT};
    Err err = {0};
    Search *search = search_open(&options, &err);

    if (!search)
        fail_msg("%s", err.message);
    return search;
}

static int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);

    strcpy(f->folder, "/tmp/search-test-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->arena = arena_create(0);
    f->search = open_at(f->folder);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    Err err = {0};

    search_close(f->search);
    folder_remove(f->folder, &err);
    arena_destroy(f->arena);
    free(f);
    return 0;
}

static void put_marked(Search *search, int64_t id, const char *marks, const char *number,
                       const char *name, const char *text)
{
    Str texts[FIELD_COUNT] = {str_c(number), str_c(name), str_c(text)};
    SearchDocument document = {.id = id, .order = id, .marks = str_c(marks), .texts = texts};
    Err err = {0};

    assert_ok(search_put(search, &document, &err), &err);
}

static void put(Search *search, int64_t id, const char *name, const char *text)
{
    put_marked(search, id, "m", NULL, name, text);
}

static void refresh(Search *search)
{
    Err err = {0};

    assert_ok(search_refresh(search, STR("p"), &err), &err);
}

static void commit(Search *search)
{
    Err err = {0};

    assert_ok(search_commit(search, &err), &err);
}

/* The ids found, "3 1". */
static Str found_by(Fixture *f, const SearchQuery *query)
{
    SearchAnswer answer;
    Buf out = buf_in(f->arena);

    search_find(f->search, query, f->arena, &answer);
    for (size_t i = 0; i < answer.count; i++)
        buf_addf(&out, "%s%lld", i ? " " : "", (long long)answer.hits[i].id);
    return buf_str(&out);
}

static Str found(Fixture *f, const char *text)
{
    SearchQuery query = {.text = str_c(text),
                         .order = SEARCH_NEWEST_FIRST,
                         .all_words = true,
                         .beginning = true,
                         .limit = 20};

    return found_by(f, &query);
}

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

static void what_was_committed_is_there_again_and_nothing_else(void **state)
{
    Fixture *f = *state;
    Err err = {0};

    put(f->search, 1, NULL, "eins");
    assert_ok(search_refresh(f->search, STR("17"), &err), &err);
    commit(f->search);
    put(f->search, 2, NULL, "zwei");
    assert_ok(search_refresh(f->search, STR("18"), &err), &err);
    assert_str(search_position(f->search, f->arena), "18");
    search_close(f->search);
    f->search = open_at(f->folder);
    assert_str(search_position(f->search, f->arena), "17");
    assert_str(found(f, "eins"), "1");
    assert_str(found(f, "zwei"), "");
    assert_null(search_problem(f->search).ptr);
}

static void a_damaged_or_other_index_begins_empty_and_says_so(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    Str *names;
    size_t count;

    put(f->search, 1, NULL, "eins");
    refresh(f->search);
    commit(f->search);
    assert_ok(folder_list(f->folder, f->arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_printf(f->arena, "%s/%.*s", f->folder, STR_ARG(names[i]));
        Str bytes;

        search_close(f->search);
        assert_ok(folder_read_file(path, 1 << 20, f->arena, &bytes, &err), &err);
        ((char *)(uintptr_t)bytes.ptr)[bytes.len / 2] ^= 1;
        assert_ok(folder_write_file(path, bytes, 0600, &err), &err);
        f->search = open_at(f->folder);
        assert_non_null(search_problem(f->search).ptr);
        assert_str(search_position(f->search, f->arena), "");
        assert_str(found(f, "eins"), "");
        put(f->search, 1, NULL, "eins");
        refresh(f->search);
        commit(f->search);
        assert_null(search_problem(f->search).ptr);
        assert_ok(folder_list(f->folder, f->arena, &names, &count, &err), &err);
    }
    search_close(f->search);
    SearchOptions other = {
        .folder = f->folder, .fields = FIELDS, .field_count = FIELD_COUNT, .version = 2};
    f->search = search_open(&other, &err);
    assert_non_null(search_problem(f->search).ptr);
    assert_str(found(f, "eins"), "");
}

/* --- Beside a naive model --------------------------------------------------------------------- */

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

static void what_was_removed_leaves_the_files_when_it_is_to_be_forgotten(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    static const char *const WORDS[] = {"Xanthippe", "Lindwurm"};

    for (int segment = 0; segment < 2; segment++) {
        Str texts[FIELD_COUNT] = {str_c(WORDS[segment])};
        for (int i = 0; i < 10; i++)
            assert_ok(search_put(f->search,
                                 &(SearchDocument){
                                     .id = segment * 10 + i + 1, .marks = STR("a"), .texts = texts},
                                 &err),
                      &err);
        refresh(f->search);
        assert_ok(search_commit(f->search, &err), &err);
    }
    search_remove(f->search, 3);
    refresh(f->search);
    assert_ok(search_commit(f->search, &err), &err);
    assert_int_equal(search_stats(f->search).removed, 1);
    assert_ok(search_forget(f->search, &err), &err);
    SearchStats stats = search_stats(f->search);
    assert_int_equal(stats.removed, 0);
    assert_int_equal(stats.documents, 19);
    assert_int_equal(stats.segments, 2); /* only what held something was written anew */
}

/* Does any file of the index hold these bytes? */
static bool on_disk(Fixture *f, const char *word)
{
    Str *names;
    size_t count;
    bool found = false;
    Err err = {0};

    assert_ok(folder_list(f->folder, f->arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        Str bytes;
        assert_ok(folder_read_file(arena_printf(f->arena, "%s/%.*s", f->folder, STR_ARG(names[i])),
                                   1 << 24, f->arena, &bytes, &err),
                  &err);
        found = found || str_find(bytes, str_c(word)) >= 0;
    }
    return found;
}

static void the_words_of_what_was_forgotten_stand_in_no_file(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    Str bytes;

    put(f->search, 1, NULL, "Quastenflosser");
    put(f->search, 2, NULL, "Hund");
    refresh(f->search);
    assert_ok(search_commit(f->search, &err), &err);
    search_remove(f->search, 1);
    refresh(f->search);
    assert_ok(search_commit(f->search, &err), &err);
    assert_true(on_disk(f, "quastenfl")); /* removed is a bit beside the segment */
    const char *old = arena_printf(f->arena, "%s/1.segment", f->folder);

    assert_ok(folder_read_file(old, 1 << 24, f->arena, &bytes, &err), &err);
    assert_ok(search_forget(f->search, &err), &err);
    assert_false(on_disk(f, "quastenfl"));
    assert_true(on_disk(f, "hund"));
    /* Killed when the manifest was new and the old segment was still there. */
    search_close(f->search);
    assert_ok(folder_write_file(old, bytes, 0600, &err), &err);
    assert_true(on_disk(f, "quastenfl"));
    f->search = open_at(f->folder);
    assert_false(on_disk(f, "quastenfl"));
    assert_int_equal(search_stats(f->search).documents, 1);
}

/* --- Killed ----------------------------------------------------------------------------------- */

/* Documents 1 … n, all of them committed with position n; forever. */
static void write_until_killed(const char *folder)
{
    Search *search = open_at(folder);
    Arena *arena = arena_create(0);
    int64_t id = atoll(search_position(search, arena).ptr);

    for (;;) {
        char position[24];
        bool merged = true;
        Err err = {0};

        for (int i = 0; i < 3; i++) {
            put(search, ++id, NULL, "Hund");
            put(search, id / 2 + 1, NULL, "Hund neu");
        }
        snprintf(position, sizeof position, "%lld", (long long)id);
        if (!search_refresh(search, str_c(position), &err) || !search_commit(search, &err) ||
            !search_tidy(search, &merged, &err))
            _exit(3);
    }
}

static void killed_at_any_moment_it_is_as_of_a_commit(void **state)
{
    Fixture *f = *state;
    TestRandom random = {99};
    int64_t before = 0;

    search_close(f->search);
    for (int round = 0; round < 25; round++) {
        pid_t child = fork();

        if (child == 0)
            write_until_killed(f->folder);
        usleep((useconds_t)test_pick(&random, 1000, 30000));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        f->search = open_at(f->folder);
        assert_null(search_problem(f->search).ptr);
        int64_t now = atoll(search_position(f->search, f->arena).ptr);

        assert_true(now >= before);
        assert_int_equal(search_stats(f->search).documents, now);
        before = now;
        search_close(f->search);
    }
    assert_true(before > 0);
    f->search = open_at(f->folder);
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
        TEST(what_was_committed_is_there_again_and_nothing_else),
        TEST(a_damaged_or_other_index_begins_empty_and_says_so),
        TEST(any_history_finds_what_a_plain_list_finds),
        TEST(killed_at_any_moment_it_is_as_of_a_commit),
        TEST(what_was_removed_leaves_the_files_when_it_is_to_be_forgotten),
        TEST(the_words_of_what_was_forgotten_stand_in_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
