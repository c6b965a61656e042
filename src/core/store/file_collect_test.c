/* SPDX-License-Identifier: EUPL-1.2 */
/* Files that nobody refers to are removed, and no others. */
#include "core/store/file_fixture.h"

static int64_t collect(TestTown *town)
{
    int64_t removed = -1;

    assert_ok(file_collect(town->tenant, &removed, &town->err), &town->err);
    return removed;
}

static void only_files_that_nobody_refers_to_are_collected(void **state)
{
    TestTown *town = *state;
    Str small = text_of(town, SMALL_SIZE, 1), big = text_of(town, BIG_SIZE, 2), out;
    FileInfo a = stored(town, small, "case/1");
    FileInfo b = stored(town, big, "case/1");

    change(town, ADD, &a, STR_NONE, "case/2");
    grow_old(town, &b);
    change(town, DROP, &a, STR_NONE, "case/1");
    change(town, DROP, &b, STR_NONE, "case/1");
    assert_int_equal(collect(town), 0); /* dropped this minute */
    grow_old(town, &b);
    assert_int_equal(collect(town), 1);
    assert_ok(read_back(town, a.sha256, &out), &town->err);
    assert_false(read_back(town, b.sha256, &out));
    assert_false(on_disk(town, &b));
    change(town, DROP, &a, STR_NONE, "case/2");
    grow_old(town, &a);
    assert_int_equal(collect(town), 1);
    assert_false(read_back(town, a.sha256, &out));
}

static void file_waits_for_the_effects_of_its_former_owner(void **state)
{
    TestTown *town = *state;
    FileInfo info = stored(town, text_of(town, SMALL_SIZE, 1), "case/1");

    change(town, ORDER, NULL, STR_NONE, "case/1");
    change(town, DROP, &info, STR_NONE, "case/1");
    grow_old(town, &info);
    assert_int_equal(collect(town), 0);
    sql(town, "UPDATE effect SET status = 'done'");
    assert_int_equal(collect(town), 1);
}

static void upload_that_is_not_referred_to_yet_survives_the_collection(void **state)
{
    TestTown *town = *state;
    Str bytes = text_of(town, BIG_SIZE, 1), out;
    FileInfo info = prepared(town, bytes);

    assert_int_equal(collect(town), 0);
    assert_true(on_disk(town, &info));
    /* An old orphan that is uploaded again just now is fresh. */
    grow_old(town, &info);
    prepared(town, bytes);
    assert_int_equal(collect(town), 0);
    assert_true(on_disk(town, &info));
    /* And even were it collected in between, the transaction has the bytes. */
    grow_old(town, &info);
    assert_int_equal(collect(town), 0);
    assert_false(on_disk(town, &info));
    change(town, PUT, &info, bytes, "case/1");
    assert_ok(read_back(town, info.sha256, &out), &town->err);
    assert_true(str_eq(out, bytes));
}

static void reference_taken_up_again_keeps_the_file(void **state)
{
    TestTown *town = *state;
    FileInfo info = stored(town, text_of(town, SMALL_SIZE, 1), "case/1");

    change(town, DROP, &info, STR_NONE, "case/1");
    change(town, ADD, &info, STR_NONE, "case/1");
    grow_old(town, &info);
    assert_int_equal(collect(town), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_files_that_nobody_refers_to_are_collected),
        TEST(file_waits_for_the_effects_of_its_former_owner),
        TEST(upload_that_is_not_referred_to_yet_survives_the_collection),
        TEST(reference_taken_up_again_keeps_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
