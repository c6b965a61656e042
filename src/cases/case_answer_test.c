/* SPDX-License-Identifier: EUPL-1.2 */
/* What is missing or doubted is asked for, answered, explained or dismissed. */
#include "cases/case_act_fixture.h"

static bool dismiss_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    (void)town;
    return case_finding_dismiss(tx, &d->c, d->id, STR("unwichtig"), STR("staff/1"), err);
}

static void asking_pauses_the_clock_and_the_answer_resumes_it_by_the_days_waited(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER); /* 10 March, due 9 April */
    size_t count;
    Finding *findings = town_findings(town, c.id, &count);

    assert_ok(ask(town, c.id, findings[0].id, (Date){2027, 3, 20}), &town->err);
    c = town_case(town, c.id);
    assert_str(c.state, "frage");
    assert_true(c.paused);
    assert_true(date_absent(c.deadline));
    assert_int_equal(c.clock_left, 20);
    assert_ok(answer(town, c.id, "{\"baeume[1].nummer\":\"8\"}", (Date){2027, 3, 30}), &town->err);
    c = town_case(town, c.id);
    assert_str(c.state, "neu");
    assert_false(c.paused);
    assert_int_equal(date_compare(c.deadline, (Date){2027, 4, 19}), 0);
    findings = town_findings(town, c.id, &count);
    assert_str(findings[0].status, "answered");
}

static void only_what_was_asked_may_change(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER);
    size_t count;
    Finding *findings = town_findings(town, c.id, &count);

    assert_ok(ask(town, c.id, findings[0].id, town->today), &town->err);
    assert_false(answer(town, c.id, "{\"baeume[0].art\":\"Palme\"}", town->today));
    assert_string_equal(town->err.field, "baeume[0].art");
    assert_false(answer(town, c.id, "{\"baeume[1].nummer\":\"8\",\"person.vornamen\":\"Otto\"}",
                        town->today));
    c = town_case(town, c.id);
    assert_str(c.state, "frage");
    assert_int_equal(c.data_version, 1);
}

static void what_was_asked_for_must_be_given_and_else_nothing_changes(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER);
    size_t count;
    Finding *findings = town_findings(town, c.id, &count);

    assert_ok(ask(town, c.id, findings[0].id, town->today), &town->err);
    assert_false(answer(town, c.id, "{\"baeume[1].nummer\":null}", town->today));
    assert_int_equal(town->err.kind, ERR_INPUT);
    assert_string_equal(town->err.field, "baeume[1].nummer");
    assert_false(answer(town, c.id, "{\"baeume[1].nummer\":\" \"}", town->today));
    c = town_case(town, c.id);
    assert_str(c.state, "frage");
    assert_true(c.paused);
    assert_int_equal(c.data_version, 1);
    findings = town_findings(town, c.id, &count);
    assert_str(findings[0].status, "asked");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.answered'"),
                     0);
}

static bool note_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    (void)town;
    return case_finding_add(tx, &d->c, STR("baeume[0].art"), STR("implausible"),
                            STR("Wirklich eine Linde?"), STR("staff/1"), err);
}

static void a_value_that_was_doubted_must_change_or_be_explained(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, ONE_TREE);
    Do d = {.c = c,
            .changes = town_json(town, "{\"baeume[0].art\":\"Linde\"}"),
            .explanation = STR("Ja, ich habe nachgesehen."),
            .today = town->today};
    size_t count;

    assert_ok(town_write(town, note_fn, &d), &town->err);
    Finding *findings = town_findings(town, c.id, &count);
    assert_ok(ask(town, c.id, findings[0].id, town->today), &town->err);
    assert_false(answer(town, c.id, "{\"baeume[0].art\":\"Linde\"}", town->today));
    assert_string_equal(town->err.field, "baeume[0].art");
    d.c = town_case(town, c.id);
    assert_ok(town_write(town, answer_fn, &d), &town->err);
    assert_str(town_case(town, c.id).state, "neu");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event e JOIN case_word w ON "
                                      "e.data LIKE '%\"words\":' || w.id || '}' WHERE "
                                      "e.type = 'case.answered' AND w.text LIKE '%nachgesehen%'"),
                     1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE data LIKE '%nachgesehen%'"),
                     0);
}

static void what_cannot_be_given_is_explained_and_the_finding_is_open_again(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER);
    size_t count;
    Finding *findings = town_findings(town, c.id, &count);
    Do d = {.changes = town_json(town, "{\"baeume[1].nummer\":null}"),
            .explanation = STR("Das Schild ist abgefallen."),
            .today = town->today};

    assert_ok(ask(town, c.id, findings[0].id, town->today), &town->err);
    d.c = town_case(town, c.id);
    assert_ok(town_write(town, answer_fn, &d), &town->err);
    assert_str(town_case(town, c.id).state, "neu");
    findings = town_findings(town, c.id, &count);
    assert_str(findings[0].status, "open");
}

static void a_character_that_no_letter_prints_is_a_finding(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"},"
                               "{\"art\":\"漢\",\"nummer\":\"8\"}]}");
    size_t count;
    Finding *findings = town_findings(town, c.id, &count);

    assert_int_equal(count, 1);
    assert_str(findings[0].kind, "implausible");
    assert_str(findings[0].path, "baeume[1].art");
    assert_str(findings[0].message, "Der Brief kann das Zeichen „漢“ in „Art“ nicht drucken.");
    assert_ok(ask(town, c.id, findings[0].id, town->today), &town->err);
    assert_ok(answer(town, c.id, "{\"baeume[1].art\":\"Ginkgo\"}", town->today), &town->err);
    findings = town_findings(town, c.id, &count);
    assert_str(findings[0].status, "answered");
}

static void nobody_can_answer_what_was_not_asked_for(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER);

    assert_false(answer(town, c.id, "{\"baeume[1].nummer\":\"8\"}", town->today));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

static void a_dismissed_finding_keeps_its_reason_and_cannot_be_asked(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER);
    size_t count;
    Finding *findings = town_findings(town, c.id, &count);
    Do d = {.c = c, .id = findings[0].id};

    assert_ok(town_write(town, dismiss_fn, &d), &town->err);
    findings = town_findings(town, c.id, &count);
    assert_str(findings[0].status, "dismissed");
    assert_str(findings[0].reason, "unwichtig");
    assert_false(ask(town, c.id, findings[0].id, town->today));
    assert_false(town_write(town, dismiss_fn, &d));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asking_pauses_the_clock_and_the_answer_resumes_it_by_the_days_waited),
        TEST(only_what_was_asked_may_change),
        TEST(what_was_asked_for_must_be_given_and_else_nothing_changes),
        TEST(a_value_that_was_doubted_must_change_or_be_explained),
        TEST(what_cannot_be_given_is_explained_and_the_finding_is_open_again),
        TEST(a_character_that_no_letter_prints_is_a_finding),
        TEST(nobody_can_answer_what_was_not_asked_for),
        TEST(a_dismissed_finding_keeps_its_reason_and_cannot_be_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
