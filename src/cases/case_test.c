/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_fixture.h"
#include "cases/case_store.h"
#include "core/backup/backup_internal.h"
#include "core/store/event.h"

#include "base/check_digit.h"

#define ONE_TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"
#define NO_NUMBER \
    "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"},{\"art\":\"Ahorn\"}]}"
#define YEW "{" PERSON ",\"baeume\":[{\"art\":\"Eibe\",\"nummer\":\"9\"}]}"

/* --- Actions on a case, as writes ---------------------------------------------------------------
 */

typedef struct Do {
    Case c;
    Str action;
    const Node *entry;
    const Node *changes;
    Str explanation;
    FormState form;
    int64_t id;
    Date today;
} Do;

static bool act_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    return case_act(tx, town->tenant, town->package, &d->c, d->action, d->entry, STR("staff/1"),
                    d->today, town->arena, err);
}

static bool ask_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    return case_ask(tx, town->tenant, town->package, &d->c, &d->id, 1, STR_NONE, (Date){0},
                    STR("staff/1"), d->today, town->arena, err);
}

static bool answer_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    return case_answer(tx, town->tenant, town->package, &d->c, d->changes, d->explanation, d->today,
                       town->arena, &d->form, err);
}

static bool dismiss_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    (void)town;
    return case_finding_dismiss(tx, &d->c, d->id, STR("unwichtig"), STR("staff/1"), err);
}

static bool act(Town *town, int64_t id, const char *action, const char *entry)
{
    Do d = {.c = town_case(town, id),
            .action = str_c(action),
            .entry = entry ? town_json(town, entry) : NULL,
            .today = town->today};

    return town_write(town, act_fn, &d);
}

static bool ask(Town *town, int64_t id, int64_t finding, Date today)
{
    Do d = {.c = town_case(town, id), .id = finding, .today = today};

    return town_write(town, ask_fn, &d);
}

static bool answer(Town *town, int64_t id, const char *changes, Date today)
{
    Do d = {.c = town_case(town, id), .changes = town_json(town, changes), .today = today};

    return town_write(town, answer_fn, &d);
}

/* --- Numbers
 * -------------------------------------------------------------------------------------- */

static void a_number_holds_service_year_sequence_and_check_digit(void **state)
{
    Town *town = *state;
    Str number = case_number_format(STR("hund"), 2027, 17, town->arena);

    assert_true(str_starts_with(number, "HUND-2027-000017-"));
    assert_true(case_number_valid(number));
    assert_false(case_number_valid(STR("HUND-2027-000071-4")) &&
                 case_number_valid(STR("HUND-2027-000017-4")));
    assert_false(case_number_valid(STR("HUND-2027")));
    assert_false(case_number_valid(STR("")));
}

static void numbers_count_by_service_and_year_and_are_never_reused(void **state)
{
    Town *town = *state;
    Case a = town_submit(town, ONE_TREE);
    Case b = town_submit(town, ONE_TREE);

    town->today = (Date){2028, 1, 2};
    Case c = town_submit(town, ONE_TREE);

    assert_true(str_starts_with(a.number, "BAUM-2027-000001-"));
    assert_true(str_starts_with(b.number, "BAUM-2027-000002-"));
    assert_true(str_starts_with(c.number, "BAUM-2028-000001-"));
}

/* --- Submission
 * ------------------------------------------------------------------------------------- */

static void a_submission_makes_case_tasks_findings_receipt_and_mail_together(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER);
    size_t count;
    Finding *findings = town_findings(town, c.id, &count);

    assert_str(c.state, "neu");
    assert_str(c.applicant, "Erika Muster");
    assert_str(c.email, "erika@example.org");
    assert_int_equal(c.status_token.len, 43);
    assert_int_equal(date_compare(c.deadline, (Date){2027, 4, 9}), 0);
    assert_int_equal(count, 1);
    assert_str(findings[0].path, "baeume[1].nummer");
    assert_str(findings[0].request, "Nummer von Ahorn?");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_task WHERE done = 0"), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM effect WHERE status = 'waiting'"), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_document WHERE kind = 'receipt'"),
                     1);
}

static void a_receipt_is_made_when_it_is_first_opened_and_stays_as_it_was(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, ONE_TREE);
    Document *documents;
    size_t count;
    Str first, second;

    for (int i = 0; i < 2; i++) {
        Tx *tx = db_read(town->tenant->db, &town->err);

        assert_ok(case_documents(tx, c.id, town->arena, &documents, &count, &town->err),
                  &town->err);
        tx_end(tx);
        assert_int_equal(count, 1);
        assert_true(document_ready(&documents[0]));
        assert_int_equal(documents[0].sha256.ptr != NULL, i);
        assert_ok(case_document_bytes(town->tenant, c.id, &documents[0], town->arena,
                                      i ? &second : &first, &town->err),
                  &town->err);
    }
    assert_true(str_starts_with(first, "%PDF-"));
    assert_true(str_eq(first, second));
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.document'"),
                     1);
}

static void a_mail_links_to_the_status_page_where_the_applicant_was(void **state)
{
    Town *town = *state;
    Submission submission = town_order(town, ONE_TREE);

    submission.order.base_url = STR("http://localhost:8080/t/teststadt");
    assert_ok(town_write(town, town_submit_fn, &submission), &town->err);
    Str link = str_printf(town->arena, "http://localhost:8080/t/teststadt/status/%.*s",
                          STR_ARG(submission.c.status_token));
    Case c = town_case(town, submission.c.id);

    assert_str(case_status_url(town->tenant, &c, town->arena), link.ptr);
    assert_int_equal(town_count(town, str_printf(town->arena,
                                                 "SELECT COUNT(*) FROM effect WHERE kind = 'mail' "
                                                 "AND payload LIKE '%%%.*s%%'",
                                                 STR_ARG(link))
                                          .ptr),
                     1);
}

static void a_submission_that_fails_leaves_nothing_not_even_a_number(void **state)
{
    Town *town = *state;
    Submission bad = town_order(town, "{" PERSON ",\"baeume\":[{\"art\":\"Linde\"}]}");

    bad.order.idempotency_key = STR("k");
    bad.order.package = town->package;
    assert_ok(town_write(town, town_submit_fn, &bad), &town->err);
    bad.order.data = town_json(town, ONE_TREE);
    assert_false(town_write(town, town_submit_fn, &bad));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM cases"), 1);
    assert_int_equal(town_count(town, "SELECT last FROM case_number"), 1);
}

static void the_same_key_and_data_give_the_same_case(void **state)
{
    Town *town = *state;
    Submission first = town_order(town, ONE_TREE);
    Submission second = town_order(town, ONE_TREE);

    first.order.idempotency_key = second.order.idempotency_key = STR("abc");
    assert_ok(town_write(town, town_submit_fn, &first), &town->err);
    assert_ok(town_write(town, town_submit_fn, &second), &town->err);
    assert_int_equal(first.c.id, second.c.id);
    assert_str(second.c.number, str_cstr(town->arena, first.c.number));
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM effect"), 1);
}

static void a_draft_becomes_one_case_however_often_it_is_sent(void **state)
{
    Town *town = *state;
    Submission first = town_order(town, ONE_TREE);
    Submission second = town_order(town, ONE_TREE);

    first.order.draft_token = second.order.draft_token = STR("draft-1");
    assert_ok(town_write(town, town_submit_fn, &first), &town->err);
    assert_ok(town_write(town, town_submit_fn, &second), &town->err);
    assert_int_equal(first.c.id, second.c.id);
}

/* --- Correction loop
 * ----------------------------------------------------------------------------------- */

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

/* --- Actions
 * ------------------------------------------------------------------------------------------------
 */

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

static bool run_sql(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    return tx_exec_params(tx, err, context, NULL, 0);
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
    assert_ok(town_write(town, run_sql, (char *)"UPDATE cases SET state = 'erledigt'"), &town->err);
    assert_false(verify_copy(town->tenant->db, town->arena, &town->err));
    assert_non_null(strstr(town->err.message, "stands at \"erledigt\", its last event says"));
    assert_ok(town_write(town, run_sql, (char *)before), &town->err);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
    assert_ok(town_write(town, submit_nothing, NULL), &town->err);
    assert_false(verify_copy(town->tenant->db, town->arena, &town->err));
    assert_non_null(strstr(town->err.message, "case/99 was submitted (event "));
}

/* --- Published packages
 * ------------------------------------------------------------------------------------ */

static void a_case_keeps_the_version_it_began_with(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, ONE_TREE);
    char *path = arena_printf(town->arena, "%s/service/service.yaml", town->folder);
    Str dear = str_replace(town->arena, str_c(SERVICE_YAML), STR("value: 10"), STR("value: 99"));

    assert_ok(folder_write_file(path, dear, 0600, &town->err), &town->err);
    town_publish(town);
    assert_false(str_eq(town->package->version, c.version));
    const Package *old = tenant_package_version(town->tenant, c.version, &town->err);

    assert_non_null(old);
    town->package = old;
    assert_ok(act(town, c.id, "eintragen", NULL), &town->err);
    assert_int_equal(town_count(town, "SELECT owed_cents FROM charge"), 1000);
}

static void a_package_with_errors_is_not_published_and_the_former_stays(void **state)
{
    Town *town = *state;
    Str former = town->package->version;
    char *path = arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder);
    Str broken = str_replace(town->arena, str_c(PROCESS_YAML), STR("count(baeume) * town.satz"),
                             STR("count(baeumchen)"));
    size_t count;
    Problems problems = {.arena = town->arena};

    assert_ok(folder_write_file(path, broken, 0600, &town->err), &town->err);
    const PackageFile *files = town_read(town, &count);

    assert_false(package_publish(town->tenant, files, count, &problems, &town->err));
    assert_true(problems.count > 0);
    assert_true(problems.items[0].line > 0);
    assert_str(problems.items[0].file, "processes/melden.yaml");
    assert_str(tenant_package(town->tenant, STR("baum"), &town->err)->version,
               str_cstr(town->arena, former));
}

/* --- Golden cases
 * ---------------------------------------------------------------------------------------------- */

static void an_example_that_holds_has_no_differences(void **state)
{
    Town *town = *state;
    size_t count;
    const PackageFile *files = town_read(town, &count);
    GoldenResult result = {0};

    for (size_t i = 0; i < count; i++)
        if (str_is(files[i].path, "examples/baum.yaml"))
            assert_ok(
                golden_run(town->app, files, count, &files[i], town->arena, &result, &town->err),
                &town->err);
    if (result.count)
        fail_msg("%.*s: %.*s", STR_ARG(result.items[0].path), STR_ARG(result.items[0].actual));
}

static void each_wrong_expectation_is_a_difference_with_its_path(void **state)
{
    static const struct {
        const char *from, *to, *path;
    } WRONG[] = {
        {"amount: 10", "amount: 11", "steps[0].expect.charges[0]"},
        {"tasks: [pruefen]", "tasks: []", "expect.tasks"},
        {"contains: [\"10,00 €\"", "contains: [\"11,00 €\"", "steps[0].expect.letters[0].contains"},
        {"nummer: \"7\", until: null", "nummer: \"8\", until: null",
         "steps[0].expect.register.baum[0]"},
        {"state: fertig", "state: neu", "steps[0].expect.state"},
        {"findings: []", "findings: [{id: nummer_fehlt}]", "expect.findings[0]"}};
    Town *town = *state;
    size_t count;
    const PackageFile *files = town_read(town, &count);

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        PackageFile example = {str_printf(town->arena, "examples/falsch%zu.yaml", i),
                               str_replace(town->arena, str_c(EXAMPLE_YAML), str_c(WRONG[i].from),
                                           str_c(WRONG[i].to))};
        GoldenResult result;

        assert_ok(golden_run(town->app, files, count, &example, town->arena, &result, &town->err),
                  &town->err);
        assert_true(result.count > 0);
        assert_str(result.items[0].path, WRONG[i].path);
    }
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(a_number_holds_service_year_sequence_and_check_digit),
        RULE(numbers_count_by_service_and_year_and_are_never_reused),
        RULE(a_submission_makes_case_tasks_findings_receipt_and_mail_together),
        RULE(a_receipt_is_made_when_it_is_first_opened_and_stays_as_it_was),
        RULE(a_mail_links_to_the_status_page_where_the_applicant_was),
        RULE(a_submission_that_fails_leaves_nothing_not_even_a_number),
        RULE(the_same_key_and_data_give_the_same_case),
        RULE(a_draft_becomes_one_case_however_often_it_is_sent),
        RULE(asking_pauses_the_clock_and_the_answer_resumes_it_by_the_days_waited),
        RULE(only_what_was_asked_may_change),
        RULE(what_was_asked_for_must_be_given_and_else_nothing_changes),
        RULE(a_value_that_was_doubted_must_change_or_be_explained),
        RULE(what_cannot_be_given_is_explained_and_the_finding_is_open_again),
        RULE(a_character_that_no_letter_prints_is_a_finding),
        RULE(nobody_can_answer_what_was_not_asked_for),
        RULE(a_dismissed_finding_keeps_its_reason_and_cannot_be_asked),
        RULE(a_guard_refuses_in_its_own_words_and_nothing_happens),
        RULE(an_action_happens_once),
        RULE(what_a_clerk_enters_is_checked_like_a_form),
        RULE(an_effect_that_fails_takes_the_whole_action_back),
        RULE(the_letter_is_made_once_from_what_held_at_the_decision),
        RULE(a_letter_that_cannot_be_printed_is_told_in_words),
        RULE(a_letter_without_a_mail_of_its_own_is_announced_when_it_is_there),
        RULE(a_decision_on_a_protected_task_marks_its_record),
        RULE(the_state_can_be_told_from_the_events_alone),
        RULE(a_state_that_its_events_do_not_tell_is_a_problem),
        RULE(a_case_keeps_the_version_it_began_with),
        RULE(a_package_with_errors_is_not_published_and_the_former_stays),
        RULE(an_example_that_holds_has_no_differences),
        RULE(each_wrong_expectation_is_a_difference_with_its_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
