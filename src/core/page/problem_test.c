/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/problem.h"

#include "base/test.h"
#include "core/http/request.h"
#include "core/store/dog_fixture.h"

static void what_somebody_asked_for_is_answered_in_its_own_words(void **state)
{
    (void)state;
    Request req = {.arena = arena_create(0)};
    Str words;
    Err err = {0};

    err_field(&err, "tag", "Der Tag liegt in der Vergangenheit.");
    assert_true(problem_take(&req, &err, &words));
    assert_str(words, "Der Tag liegt in der Vergangenheit.");
    assert_int_equal(err.kind, ERR_NONE);
    err_set(&err, ERR_CONFLICT, "Der Vorgang ist abgeschlossen.");
    assert_str(problem_report(&err, req.arena), "Der Vorgang ist abgeschlossen.");
    arena_destroy(req.arena);
}

static void what_nobody_can_put_right_on_a_page_is_left_to_the_page_of_the_error(void **state)
{
    (void)state;
    static const ErrKind KINDS[] = {ERR_INTERNAL, ERR_TEMPORARY, ERR_NOT_FOUND, ERR_FORBIDDEN};
    Request req = {.arena = arena_create(0)};
    Str words;

    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        Err err = {0};

        err_set(&err, KINDS[i], "x");
        assert_false(problem_take(&req, &err, &words));
        assert_int_equal(err.kind, KINDS[i]);
    }
    arena_destroy(req.arena);
}

static void a_page_names_the_file_and_the_log_says_what_is_wrong_there(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Err err = {0};

    err_at(&err, "tenant.yaml", 12, 3, "money.dunning.levels is a list of at most 9");
    assert_str(problem_words(&err, arena),
               "In den Regeln oder Einstellungen stimmt etwas nicht (tenant.yaml, Zeile 12). Bitte "
               "geben Sie das der Betreuung des Programms weiter.");
    Str rest = problem_report(&err, arena);
    str_cut(&rest, '\n');
    assert_str(rest, "tenant.yaml:12:3: money.dunning.levels is a list of at most 9");
    err_set(&err, ERR_INTERNAL, "libfoo failed");
    rest = problem_report(&err, arena);
    assert_true(str_starts_with(str_cut(&rest, '\n'), "Das Programm ist auf einen Fehler"));
    assert_str(rest, "libfoo failed");
    err_set(&err, ERR_TEMPORARY, "the disk is full");
    rest = problem_report(&err, arena);
    assert_true(str_starts_with(str_cut(&rest, '\n'), "Das geht im Moment nicht."));
    assert_str(rest, "the disk is full");
    arena_destroy(arena);
}

static void what_the_schema_refuses_is_told_as_a_change_in_between(void **state)
{
    Fixture *f = *state;
    Arena *arena = arena_create(0);
    NewDog keeperless = {.chip = "276"};
    Err err = {0};

    assert_false(db_write(f->db, insert_dog, &keeperless, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_true(db_refused(&err));
    assert_true(str_starts_with(problem_words(&err, arena), "Das hat sich inzwischen geändert"));
    err_set(&err, ERR_CONFLICT, "Der Vorgang ist abgeschlossen.");
    assert_false(db_refused(&err));
    arena_destroy(arena);
}

static int set_up(void **state)
{
    return store_set_up(state, &OPTIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_somebody_asked_for_is_answered_in_its_own_words),
        cmocka_unit_test(what_nobody_can_put_right_on_a_page_is_left_to_the_page_of_the_error),
        cmocka_unit_test(a_page_names_the_file_and_the_log_says_what_is_wrong_there),
        cmocka_unit_test_setup_teardown(what_the_schema_refuses_is_told_as_a_change_in_between,
                                        set_up, store_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
