/* SPDX-License-Identifier: EUPL-1.2 */
#include "search/analyse.h"
#include "search/search.h"

#include "base/buf.h"
#include "base/test.h"
#include "search/builder.h"

static Str words_of(Arena *arena, const char *text, bool join_all)
{
    WordReader reader = word_reader(str_c(text), join_all);
    Buf out = buf_in(arena);
    Word word;

    while (word_next(&reader, &word)) {
        if (out.len)
            buf_add_char(&out, ' ');
        if (word.joined)
            buf_add_char(&out, '=');
        buf_add(&out, word_str(&word));
    }
    return buf_str(&out);
}

static void assert_words(const char *text, const char *expected)
{
    Arena *arena = arena_create(0);

    assert_str(words_of(arena, text, false), expected);
    arena_destroy(arena);
}

static void umlauts_are_found_however_they_are_typed(void **state)
{
    (void)state;
    assert_words("Müller MUELLER Muller Mu\xcc\x88ller", "muller muller muller muller");
    assert_words("Straße STRASSE Ärger Aerger schön schoen",
                 "strasse strasse arger arger schon schon");
    assert_words("Élodie Yıldız Łukasz Æsir", "elodie yildiz lukasz asir");
}

static void an_e_that_belongs_to_the_word_stays(void **state)
{
    (void)state;
    assert_words("neue Steuer Quelle bauen treue", "neue steuer quelle bauen treue");
}

static void numbers_in_pieces_are_found_as_a_whole_too(void **state)
{
    (void)state;
    assert_words(" HUND-2027-000017-4 ", "hund 2027 000017 4 =hund20270000174");
    assert_words("Müller-Lüdenscheid", "muller ludenscheid");
    assert_words("", "");
    assert_words(" -- . ", "");
    assert_words("a-1 b", "a 1 =a1 b");

    Arena *arena = arena_create(0);
    assert_str(words_of(arena, "Müller-Lüdenscheid", true),
               "muller ludenscheid =mullerludenscheid");
    arena_destroy(arena);
}

static void a_word_that_is_too_long_is_left_out(void **state)
{
    char text[200];

    (void)state;
    memset(text, 'x', 100);
    memcpy(text + 100, " kurz", 6);
    assert_words(text, "kurz");
    memset(text, 'x', 60);
    memcpy(text + 60, "-9", 3);
    assert_words(text + 1, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 9 "
                           "=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx9");
    assert_words(text, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 9");
}

static void broken_bytes_are_separators(void **state)
{
    (void)state;
    assert_words("ab\xff\xfe cd\xc3", "ab cd");
}

static Str stem_of(const char *word, char *out)
{
    return (Str){out, word_stem(str_c(word), out)};
}

/* The pairs that the authors' own implementation gives without regard to capital letters, and the
 * steps of the algorithm one by one. */
static void cistem_gives_the_published_stems(void **state)
{
    static const char *const pairs[][2] = {
        {"speicherbehaltern", "speicherbehal"}, /* Speicherbehältern */
        {"grenzpostens", "grenzpo"},
        {"ausgefeiltere", "ausgefeil"},
        {"hunde", "hund"},     /* four letters are not shortened by "nd" */
        {"gemeinde", "meind"}, /* ge-, then -e; "ei" is one letter, so that "nd" stays */
        {"gehen", "geh"},      /* too short for ge- */
        {"kommen", "komm"},    /* a pair of letters is one and a sign */
        {"tee", "tee"},
        {"schen", "schen"}, /* "sch" is one letter */
        {"anmeldungen", "anmeldung"},
        {"anmeldung", "anmeldung"},
        {"12a", "12a"},
        {"", ""},
    };
    char out[WORD_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_str(stem_of(pairs[i][0], out), pairs[i][1]);
}

static void stop_words_weigh_little(void **state)
{
    (void)state;
    assert_true(stop_word_weight(STR("fur")) < 0.5f);
    assert_true(stop_word_weight(STR("aber")) < 0.5f);
    assert_true(stop_word_weight(STR("zwischen")) < 0.5f);
    assert_true(stop_word_weight(STR("hund")) == 1);
    assert_true(stop_word_weight(STR("")) == 1);
}

static bool known(void *context, Str stem)
{
    const char *const *words = context;
    char of_word[WORD_MAX];

    for (size_t i = 0; words[i]; i++)
        if (str_eq(stem, stem_of(words[i], of_word)))
            return true;
    return false;
}

static Str parts_of(Arena *arena, const char *word)
{
    static const char *words[] = {"hund",      "steuer",   "hundesteuer",  "bescheid",
                                  "anmeldung", "formular", "fuhrerschein", NULL};
    Part parts[PARTS_MAX];
    size_t count = compound_split(str_c(word), known, words, parts);
    Buf out = buf_in(arena);

    for (size_t i = count; i-- > 0;) {
        buf_add(&out, (Str){parts[i].stem, parts[i].len});
        buf_add_char(&out, i ? '+' : ' ');
    }
    return buf_str(&out);
}

static void compounds_are_parted_at_known_words(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    assert_str(parts_of(arena, "steuerbescheid"), "steu+bescheid ");
    assert_str(parts_of(arena, "anmeldungsformular"), "anmeldung+formular ");
    assert_str(parts_of(arena, "hundesteuer"), "hund+steu ");
    /* The fewest parts. */
    assert_str(parts_of(arena, "hundesteuerbescheid"), "hundesteu+bescheid ");
    assert_str(parts_of(arena, "bescheid"), "");
    assert_str(parts_of(arena, "bescheidxyz"), "");
    arena_destroy(arena);
}

static void words_are_found_whatever_their_ending_and_inside_others(void **state)
{
    (void)state;
    assert_true(search_text_has(STR("Trinkbrunnen Talstraße"), STR("brunnen")));
    assert_true(search_text_has(STR("Trinkbrunnen Talstraße"), STR("TALSTRASSE trink")));
    assert_true(search_text_has(STR("Spielplatz"), STR("Spielplätze")));
    assert_true(search_text_has(STR("Bücherschrank"), STR("buecherschrank")));
    assert_false(search_text_has(STR("Trinkbrunnen Talstraße"), STR("brunnen park")));
    assert_false(search_text_has(STR("Trinkbrunnen"), STR("")));
    assert_false(search_text_has(STR(""), STR("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_whatever_their_ending_and_inside_others),
        cmocka_unit_test(umlauts_are_found_however_they_are_typed),
        cmocka_unit_test(an_e_that_belongs_to_the_word_stays),
        cmocka_unit_test(numbers_in_pieces_are_found_as_a_whole_too),
        cmocka_unit_test(a_word_that_is_too_long_is_left_out),
        cmocka_unit_test(broken_bytes_are_separators),
        cmocka_unit_test(cistem_gives_the_published_stems),
        cmocka_unit_test(stop_words_weigh_little),
        cmocka_unit_test(compounds_are_parted_at_known_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
