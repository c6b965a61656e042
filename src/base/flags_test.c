/* SPDX-License-Identifier: EUPL-1.2 */
/* What a command line may say, and in which words it is refused. */
#include "base/test.h"

#include "base/command.h"
#include "base/flags.h"

#include <stdio.h>
#include <unistd.h>

enum { WORDS_MAX = 12, LIST_MAX = 3 };

static struct Told {
    const char *file, *data, *resume;
    bool json, resumed;
    int year, format;
    Date day;
    const char *items[LIST_MAX];
    FlagList list;
} told;

static char said[4096]; /* standard error */

static int read_words(const char *const *words, const Flag *flags)
{
    char *argv[WORDS_MAX + 2] = {"try"};
    int argc = 1, kept = dup(STDERR_FILENO);
    FILE *file = tmpfile();

    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)words[argc - 1];
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    int status = flags_read("try", "Help.\n", flags, argc, argv);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    fclose(file);
    return status;
}

#define TRY(...) try_words((const char *const[]){__VA_ARGS__, NULL})
static int try_words(const char *const *words)
{
    static const char *const FORMATS[] = {"csv", "json", "datev", NULL};

    told = (struct Told){.list = {.max = LIST_MAX}};
    told.list.items = told.items;
    const Flag flags[] = {{"FILE", .text = &told.file},
                          {"--data", .text = &told.data, .needed = "DIR"},
                          {"--year", .number = &told.year, .least = 1990, .most = 2200},
                          {"--day", .day = &told.day},
                          {"--format", .one_of = FORMATS, .choice = &told.format},
                          {"--grant", .list = &told.list},
                          {"--resume", .set = &told.resumed, .text = &told.resume},
                          {"--json", .set = &told.json},
                          {0}};

    return read_words(words, flags);
}

#define assert_refused(status, message)                                                         \
    do {                                                                                        \
        assert_int_equal(status, FLAGS_REFUSED);                                                \
        assert_string_equal(said, "rathaus try: " message "; rathaus try --help tells more\n"); \
    } while (0)

static void options_and_words_stand_in_any_order(void **state)
{
    (void)state;
    assert_int_equal(TRY("--json", "a.csv", "--year=2027", "--data", "d", "--day", "2028-02-29",
                         "--format", "datev"),
                     FLAGS_GO_ON);
    assert_string_equal(told.data, "d");
    assert_true(told.json);
    assert_int_equal(told.year, 2027);
    assert_int_equal(told.day.day, 29);
    assert_int_equal(told.format, 2);
    assert_string_equal(said, "");
}

static void an_option_that_may_be_repeated_keeps_all_its_values(void **state)
{
    (void)state;
    assert_int_equal(TRY("f", "--data", "d", "--grant", "a", "--grant", "b"), FLAGS_GO_ON);
    assert_int_equal(told.list.count, 2);
    assert_string_equal(told.items[1], "b");
    assert_refused(
        TRY("f", "--data", "d", "--grant", "a", "--grant", "b", "--grant", "c", "--grant", "d"),
        "--grant is given more than 3 times");
}

static void any_other_option_is_given_once(void **state)
{
    (void)state;
    assert_refused(TRY("f", "--data", "d", "--year", "2026", "--year", "2027"),
                   "--year is given twice");
    assert_refused(TRY("f", "--data", "d", "--json", "--json"), "--json is given twice");
}

static void an_unknown_option_is_told_what_there_is(void **state)
{
    (void)state;
    assert_refused(TRY("f", "--date", "d"),
                   "there is no option --date; it has --data, --year, --day, --format, --grant, "
                   "--resume, --json, --help");
    assert_int_equal(TRY("f", "--dat", "d"), FLAGS_REFUSED); /* no abbreviations */
    assert_int_equal(TRY("f", "-d", "d"), FLAGS_REFUSED);
}

static void a_value_is_there_and_not_empty(void **state)
{
    (void)state;
    assert_refused(TRY("f", "--data"), "--data lacks its value");
    assert_refused(TRY("f", "--data", "--json"), "--data lacks its value");
    assert_refused(TRY("f", "--data", ""), "the value of --data is empty");
    assert_refused(TRY("f", "--data="), "the value of --data is empty");
    assert_refused(TRY("", "--data", "d"), "the value of FILE is empty");
    assert_refused(TRY("f", "--data", "d", "--json=yes"), "--json takes no value");
    assert_int_equal(TRY("f", "--data=--json"), FLAGS_GO_ON);
    assert_string_equal(told.data, "--json");
}

static void an_option_with_an_optional_value_takes_it_behind_the_sign_of_equality(void **state)
{
    (void)state;
    assert_int_equal(TRY("--data", "d", "--resume", "f"), FLAGS_GO_ON);
    assert_true(told.resumed && !told.resume);
    assert_string_equal(told.file, "f");
    assert_int_equal(TRY("--data", "d", "--resume=anew", "f"), FLAGS_GO_ON);
    assert_string_equal(told.resume, "anew");
}

static void a_value_of_another_kind_is_refused(void **state)
{
    static const char *const NUMBERS[] = {"",
                                          "x",
                                          "2027x",
                                          " 2027",
                                          "20.5",
                                          "-1",
                                          "0",
                                          "1989",
                                          "2201",
                                          "10000",
                                          "99999999999999999999",
                                          "+2027"};
    static const char *const DAYS[] = {"31.02.2027", "2027-02-31",  "2027-2-3", "2027-02-03 ",
                                       "0000-01-01", "10000-01-01", "morgen"};

    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++)
        assert_int_equal(TRY("f", "--data", "d", "--year", NUMBERS[i]), FLAGS_REFUSED);
    assert_refused(TRY("f", "--data", "d", "--year", "+2027"),
                   "--year must be a whole number from 1990 to 2200, not \"+2027\"");
    for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++)
        assert_int_equal(TRY("f", "--data", "d", "--day", DAYS[i]), FLAGS_REFUSED);
    assert_refused(TRY("f", "--data", "d", "--day", "morgen"),
                   "--day must be a day, e.g. 2027-01-31, not \"morgen\"");
    assert_refused(TRY("f", "--data", "d", "--format", "xml"),
                   "--format must be csv, json or datev, not \"xml\"");
}

static void a_long_value_is_shown_in_part_and_in_whole_characters(void **state)
{
    (void)state;
    assert_refused(
        TRY("f", "--data", "d", "--year", "xäääääääääääääääääääääääääääääääääääääääääääääääääää"),
        "--year must be a whole number from 1990 to 2200, not "
        "\"xäääääääääääääääääääääääääääää…\"");
}

static void what_is_needed_and_missing_is_named(void **state)
{
    (void)state;
    assert_refused(TRY("--json"), "FILE is missing");
    assert_refused(TRY("f"), "--data DIR is missing");
    assert_refused(TRY("f", "g", "--data", "d"), "\"g\" is one word too many");
}

static void help_is_given_whatever_else_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(TRY("--help"), 0);
    assert_int_equal(TRY("--bogus", "--year", "x", "--help"), 0);
    assert_int_equal(TRY("--data", "--help"), 0);
    assert_refused(TRY("--data", "d", "--", "f", "--help"), "\"--help\" is one word too many");
}

static void behind_two_hyphens_all_are_words(void **state)
{
    (void)state;
    assert_int_equal(TRY("--data", "d", "--", "--json"), FLAGS_GO_ON);
    assert_string_equal(told.file, "--json");
    assert_false(told.json);
    assert_int_equal(TRY("-", "--data", "d"), FLAGS_GO_ON);
    assert_string_equal(told.file, "-");
}

static void an_expression_may_begin_with_a_hyphen(void **state)
{
    const char *expression = NULL;
    const Flag flags[] = {{"EXPRESSION", .text = &expression, .signs = true}, {0}};

    (void)state;
    assert_int_equal(read_words((const char *const[]){"-5 + 3", NULL}, flags), FLAGS_GO_ON);
    assert_string_equal(expression, "-5 + 3");
}

static void of_several_words_all_are_kept(void **state)
{
    const Flag flags[] = {{"LAYER", .list = &told.list}, {0}};

    (void)state;
    told.list = (FlagList){.items = told.items, .max = LIST_MAX};
    assert_int_equal(read_words((const char *const[]){"a", "b", NULL}, flags), FLAGS_GO_ON);
    assert_int_equal(told.list.count, 2);
    told.list.count = 0;
    assert_refused(read_words((const char *const[]){NULL}, flags), "LAYER is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_words_stand_in_any_order),
        cmocka_unit_test(an_option_that_may_be_repeated_keeps_all_its_values),
        cmocka_unit_test(any_other_option_is_given_once),
        cmocka_unit_test(an_unknown_option_is_told_what_there_is),
        cmocka_unit_test(a_value_is_there_and_not_empty),
        cmocka_unit_test(an_option_with_an_optional_value_takes_it_behind_the_sign_of_equality),
        cmocka_unit_test(a_value_of_another_kind_is_refused),
        cmocka_unit_test(a_long_value_is_shown_in_part_and_in_whole_characters),
        cmocka_unit_test(what_is_needed_and_missing_is_named),
        cmocka_unit_test(help_is_given_whatever_else_is_wrong),
        cmocka_unit_test(behind_two_hyphens_all_are_words),
        cmocka_unit_test(an_expression_may_begin_with_a_hyphen),
        cmocka_unit_test(of_several_words_all_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
