/* SPDX-License-Identifier: EUPL-1.2 */
/* Actions: who may do them when, what they do, and that the chain of events tells the state. */
#include "cases/case_act_fixture.h"
#include "core/backup/backup_internal.h"
#include "core/store/event.h"

static void a_guard_refuses_in_its_own_words_and_nothing_happens(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, YEW);

    assert_false(act(town, c.id, "eintragen", NULL));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_string_equal(town->err.message, "Das Ordnungsamt hat noch nicht entschieden.");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 0);
    assert_ok(act(town, c.id, "entwarnen", NULL), &town->err);
    assert_ok(act(town, c.id, "eintragen", NULL), &town->err);
}

static void an_action_happens_once(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, ONE_TREE);

    assert_ok(act(town, c.id, "eintragen", "{\"hinweis\":\"Danke.\"}"), &town->err);
    assert_false(act(town, c.id, "eintragen", NULL));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry WHERE head = 1"), 1);
    assert_int_equal(town_count(town, "SELECT owed_cents FROM charge"), 1000);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_task WHERE done = 0"), 0);
    c = town_case(town, c.id);
    assert_str(c.state, "fertig");
    assert_true(c.closed);
    assert_str(node_get_text(c.vars, "eingetragen"), "2027-03-10");
}

static void what_a_clerk_enters_is_checked_like_a_form(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, ONE_TREE);

    assert_false(act(town, c.id, "eintragen", "{\"hinweis\":\"viel länger als zwanzig Zeichen\"}"));
    assert_int_equal(town->err.kind, ERR_INPUT);
    assert_string_equal(town->err.field, "hinweis");
}

static void an_effect_that_fails_takes_the_whole_action_back(void **state)
{
    Town *town = *state;
    Case a = town_submit(town, ONE_TREE);
    Case b = town_submit(town, ONE_TREE); /* the same number */

    assert_ok(act(town, a.id, "eintragen", NULL), &town->err);
    assert_false(act(town, b.id, "eintragen", NULL));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    b = town_case(town, b.id);
    assert_str(b.state, "neu");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_task WHERE done = 0"), 1);
}

static void the_letter_is_made_once_from_what_held_at_the_decision(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, "{" PERSON ",\"baeume\":[{\"art\":\"*Linde*|\",\"nummer\":\"7\"}]}");
    Document *documents;
    size_t count;

    assert_ok(act(town, c.id, "eintragen", NULL), &town->err);
    assert_ok(worker_drain(town->tenant, &town->err), &town->err);
    assert_ok(worker_drain(town->tenant, &town->err), &town->err);
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_documents(tx, c.id, town->arena, &documents, &count, &town->err), &town->err);
    tx_end(tx);
    assert_int_equal(count, 2);
    assert_str(documents[1].title, "Bescheid für Erika Muster");
    assert_true(documents[1].for_citizen);
    assert_non_null(documents[1].sha256.ptr);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_document WHERE snapshot LIKE "
                                      "'%\\\\*Linde\\\\*\\\\|%'"),
                     1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM effect WHERE status <> 'done'"), 0);
}

static void a_letter_that_cannot_be_printed_is_told_in_words(void **state)
{
    Town *town = *state;
    char name[601] = {0};
    Err err = {0};

    memset(name, 'W', sizeof name - 1);
    Node *shot = town_json(town, arena_printf(town->arena,
                                              "{\"subject\":\"Bescheid\",\"lang\":\"de\","
                                              "\"body\":\"Text\",\"recipient\":[\"%s\"]}",
                                              name));
    assert_false(case_letter_check(town->tenant, shot, town->arena, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.message, "zu lang für das Anschriftfeld des Briefs: WWW"));
    name[100] = 0;
    shot = town_json(town, arena_printf(town->arena,
                                        "{\"subject\":\"Bescheid\",\"lang\":\"de\",\"body\":"
                                        "\"Text\",\"recipient\":[\"%s\"]}",
                                        name));
    assert_ok(case_letter_check(town->tenant, shot, town->arena, &err), &err);
}

static void a_letter_without_a_mail_of_its_own_is_announced_when_it_is_there(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, ONE_TREE);

    assert_ok(act(town, c.id, "eintragen", NULL), &town->err);
    assert_int_equal(
        town_count(town, "SELECT COUNT(*) FROM effect WHERE key LIKE 'mail/case/1/post/%'"), 0);
    assert_ok(worker_drain(town->tenant, &town->err), &town->err);
    assert_int_equal(
        town_count(town, "SELECT COUNT(*) FROM effect WHERE key LIKE 'mail/case/1/post/%' AND "
                         "status = 'done' AND payload NOT LIKE '%Bescheid%'"),
        1);
}

static void a_decision_on_a_protected_task_marks_its_record(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, YEW);

    assert_ok(act(town, c.id, "entwarnen", NULL), &town->err);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.action' AND "
                                      "data LIKE '%\"protected\":\"ordnungsamt\"%'"),
                     1);
}

static void the_state_can_be_told_from_the_events_alone(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER);
    size_t count;
    Finding *findings = town_findings(town, c.id, &count);
    Str told;

    assert_ok(ask(town, c.id, findings[0].id, town->today), &town->err);
    for (int i = 0; i < 2; i++) {
        Tx *tx = db_read(town->tenant->db, &town->err);

        assert_ok(case_state_by_events(tx, c.id, town->arena, &told, &town->err), &town->err);
        tx_end(tx);
        assert_str(told, str_cstr(town->arena, town_case(town, c.id).state));
        if (i == 0)
            assert_ok(answer(town, c.id, "{\"baeume[1].nummer\":\"8\"}", town->today), &town->err);
    }
}

static bool submit_nothing(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    return event_add(tx, "case.submitted", STR("case/99"), STR("citizen"), context, err);
}

static void a_state_that_its_events_do_not_tell_is_a_problem(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER);
    const char *before =
        arena_printf(town->arena, "UPDATE cases SET state = '%.*s'", STR_ARG(c.state));

    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
    town_sql(town, "UPDATE cases SET state = 'erledigt'");
    assert_false(verify_copy(town->tenant->db, town->arena, &town->err));
    assert_non_null(strstr(town->err.message, "stands at \"erledigt\", its last event says"));
    town_sql(town, before);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
    assert_ok(town_write(town, submit_nothing, NULL), &town->err);
    assert_false(verify_copy(town->tenant->db, town->arena, &town->err));
    assert_non_null(strstr(town->err.message, "case/99 was submitted (event "));
}

/* The small service, with something else in one of its files. */
static void change_file(Town *town, const char *path, const char *text, const char *from,
                        const char *to)
{
    Str changed = str_replace(town->arena, str_c(text), str_c(from), str_c(to));

    assert_false(str_eq(changed, str_c(text)));
    assert_ok(folder_write_file(arena_printf(town->arena, "%s/service/%s", town->folder, path),
                                changed, 0600, &town->err),
              &town->err);
}

/* What is kept of the one letter. */
static const Node *letter_kept(Town *town)
{
    const Node *shot = NULL;
    Tx *tx = db_read(town->tenant->db, &town->err);
    Rows *rows = tx_query(tx, town->arena, &town->err,
                          "SELECT snapshot FROM case_document WHERE kind = 'letter'");

    if (rows_next(rows, &town->err)) {
        shot =
            node_parse_json(town->arena, row_text(rows, 0), NULL, &NODE_LIMITS_PACKAGE, &town->err);
        rows_end(rows);
    }
    tx_end(tx);
    assert_non_null(shot);
    return shot;
}

/* Two charges, the first in two parts, of somebody who allowed one direct debit. */
static void one_direct_debit_is_told_of_one_part_and_the_rest_is_asked_for(void **state)
{
    Town *town = *state;

    change_file(town, "processes/melden.yaml", PROCESS_YAML, "      - set: {eingetragen",
                "      - assess: {key: '\"raten/\" + name', amount: 30, revenue: baumsteuer,\n"
                "                 purpose: '\"Rate\"', due: 'today()', debtor: name, payer: name,\n"
                "                 parts: '[{due: date(\"2027-05-03\"), amount: 20},\n"
                "                          {due: date(\"2027-08-02\"), amount: 10}]'}\n"
                "      - assess: {key: '\"noch/\" + name', amount: 7, revenue: baumsteuer,\n"
                "                 purpose: '\"Noch\"', due: 'date(\"2027-04-05\")', debtor: name,\n"
                "                 payer: name}\n"
                "      - mandate: {payer: name, holder: name, iban: '\"DE02500105170137075030\"',\n"
                "                  signed: case.submitted, one_off: true}\n"
                "      - set: {eingetragen");
    change_file(town, "letters/bescheid.md", LETTER_MD, "Zu zahlen sind",
                "{{#each charges}}\n{{#each parts}}\n- {{purpose}} {{money(open)}}: {{collect}}\n"
                "{{/each}}\n- {{purpose}} selbst: {{money(transfer)}}\n{{/each}}\n\n"
                "Zu zahlen sind");
    town_publish(town);
    Case c = town_submit(town, ONE_TREE);
    assert_ok(act(town, c.id, "eintragen", NULL), &town->err);
    const Node *letter = letter_kept(town);
    Str body = node_get_text(letter, "body");
    static const char *const LINES[] = {
        "- Rate 20,00 €: 3\\. Mai 2027\n- Rate 10,00 €: \n- Rate selbst: "
        "10,00 €\n",
        "- Noch 7,00 €: \n- Noch selbst: 7,00 €\n", "- Baumsteuer selbst: 10,00 €\n"};

    for (size_t i = 0; i < 3; i++)
        if (str_find(body, str_c(LINES[i])) < 0)
            fail_msg("\"%s\" is not in:\n%.*s", LINES[i], STR_ARG(body));
    assert_int_equal(node_get_i64(node_get(letter, "giro"), "cents", 0), 700);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_guard_refuses_in_its_own_words_and_nothing_happens),
        TEST(an_action_happens_once),
        TEST(what_a_clerk_enters_is_checked_like_a_form),
        TEST(an_effect_that_fails_takes_the_whole_action_back),
        TEST(the_letter_is_made_once_from_what_held_at_the_decision),
        TEST(one_direct_debit_is_told_of_one_part_and_the_rest_is_asked_for),
        TEST(a_letter_that_cannot_be_printed_is_told_in_words),
        TEST(a_letter_without_a_mail_of_its_own_is_announced_when_it_is_there),
        TEST(a_decision_on_a_protected_task_marks_its_record),
        TEST(the_state_can_be_told_from_the_events_alone),
        TEST(a_state_that_its_events_do_not_tell_is_a_problem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
