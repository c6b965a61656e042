/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_release.h"

#include "cases/case_document.h"
#include "cases/case_fixture.h"
#include "cases/case_store.h"
#include "cases/retention.h"

#define TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"

typedef struct Do {
    Case c;
    FileInfo file;
    Str bytes;
    int64_t ids[2];
    size_t count;
} Do;

static bool add_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;
    ScanOrder order = {.file = &d->file,
                       .bytes = d->bytes,
                       .title = STR("Baumgutachten"),
                       .received = {2027, 3, 1},
                       .staff_id = 1};

    return case_document_add(tx, town->tenant, &d->c, &order, &d->ids[d->count++], err);
}

static bool release_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;
    ReleaseOrder order = {
        .ids = d->ids, .count = d->count, .note = STR("Bitte aufheben."), .staff_id = 2};

    return case_release(tx, town->tenant, &d->c, &order, town->arena, err);
}

static bool withdraw_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    (void)town;
    return case_release_withdraw(tx, &d->c, d->ids[0], 2, err);
}

static bool read_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    (void)town;
    return case_release_read(tx, &d->c, d->ids[0], err);
}

static bool erase_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    return case_erase(tx, &d->c, town->today, STR("P1Y"), town->arena, err);
}

static Do start(Town *town, size_t scans)
{
    Do d = {.c = town_submit(town, TREE), .bytes = STR("%PDF-1.7\n%%EOF\n")};

    assert_ok(
        file_prepare(town->tenant, d.bytes, STR("a.pdf"), NULL, town->arena, &d.file, &town->err),
        &town->err);
    for (size_t i = 0; i < scans; i++)
        assert_ok(town_write(town, add_fn, &d), &town->err);
    return d;
}

static int64_t mails(Town *town)
{
    return town_count(town, "SELECT COUNT(*) FROM effect WHERE kind = 'mail' AND key LIKE "
                            "'%released/%'");
}

static void one_mail_tells_of_several_and_never_what(void **state)
{
    Town *town = *state;
    Do d = start(town, 2);

    assert_int_equal(mails(town), 0);
    assert_ok(town_write(town, release_fn, &d), &town->err);
    assert_int_equal(mails(town), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM effect WHERE payload LIKE "
                                      "'%Baumgutachten%' OR payload LIKE '%aufheben%'"),
                     0);
    assert_int_equal(
        town_count(town, "SELECT COUNT(*) FROM case_document WHERE for_citizen = 1 AND kind = "
                         "'scan'"),
        2);
}

static void a_scan_is_released_once(void **state)
{
    Town *town = *state;
    Do d = start(town, 1);

    assert_ok(town_write(town, release_fn, &d), &town->err);
    assert_false(town_write(town, release_fn, &d));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    d.count = 0;
    assert_false(town_write(town, release_fn, &d));
    assert_int_equal(town->err.kind, ERR_INPUT);
    assert_int_equal(mails(town), 1);
}

static void what_is_no_scan_or_of_another_case_is_not_released(void **state)
{
    Town *town = *state;
    Do d = start(town, 1), other = start(town, 0);

    other.ids[other.count++] = d.ids[0];
    assert_false(town_write(town, release_fn, &other));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    d.ids[0] = town_count(town, "SELECT MIN(id) FROM case_document WHERE kind = 'receipt'");
    assert_false(town_write(town, release_fn, &d));
    assert_int_equal(
        town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.document_released'"), 0);
}

static void it_is_taken_back_until_it_was_opened(void **state)
{
    Town *town = *state;
    Do d = start(town, 1);

    assert_ok(town_write(town, release_fn, &d), &town->err);
    assert_ok(town_write(town, withdraw_fn, &d), &town->err);
    assert_false(town_write(town, read_fn, &d));
    assert_int_equal(town->err.kind, ERR_NOT_FOUND);
    assert_ok(town_write(town, release_fn, &d), &town->err);
    assert_int_equal(mails(town), 2);
    assert_ok(town_write(town, read_fn, &d), &town->err);
    assert_ok(town_write(town, read_fn, &d), &town->err);
    assert_int_equal(
        town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.document_read'"), 1);
    assert_false(town_write(town, withdraw_fn, &d));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_document WHERE kind = 'scan' AND "
                                      "for_citizen = 1"),
                     1);
}

static void events_hold_no_words_and_the_words_go_with_the_case(void **state)
{
    Town *town = *state;
    Do d = start(town, 1);

    assert_ok(town_write(town, release_fn, &d), &town->err);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE data LIKE '%aufheben%' OR "
                                      "data LIKE '%Baumgutachten%'"),
                     0);
    assert_int_equal(
        town_count(town, "SELECT COUNT(*) FROM case_word WHERE text = 'Bitte aufheben.'"), 1);
    assert_ok(town_write(town, erase_fn, &d), &town->err);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_word"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_document"), 0);
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(one_mail_tells_of_several_and_never_what),
        RULE(a_scan_is_released_once),
        RULE(what_is_no_scan_or_of_another_case_is_not_released),
        RULE(it_is_taken_back_until_it_was_opened),
        RULE(events_hold_no_words_and_the_words_go_with_the_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
