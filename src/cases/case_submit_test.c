/* SPDX-License-Identifier: EUPL-1.2 */
/* A submission becomes one case with its number, once, or leaves nothing. */
#include "cases/case_act_fixture.h"

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

/* --- Actions
 * ------------------------------------------------------------------------------------------------
 */

/* --- Published packages
 * ------------------------------------------------------------------------------------ */

/* --- Golden cases
 * ---------------------------------------------------------------------------------------------- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_number_holds_service_year_sequence_and_check_digit),
        TEST(numbers_count_by_service_and_year_and_are_never_reused),
        TEST(a_submission_makes_case_tasks_findings_receipt_and_mail_together),
        TEST(a_receipt_is_made_when_it_is_first_opened_and_stays_as_it_was),
        TEST(a_mail_links_to_the_status_page_where_the_applicant_was),
        TEST(a_submission_that_fails_leaves_nothing_not_even_a_number),
        TEST(the_same_key_and_data_give_the_same_case),
        TEST(a_draft_becomes_one_case_however_often_it_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
