/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_link_fixture.h"

#define BORN                                                           \
    "\"person\":{\"familienname\":\"Müller\",\"vornamen\":\"Erika\"," \
    "\"email\":\"erika@example.org\"}"
#define TREE(number) "{" BORN ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"" number "\"}]}"
#define NO_NUMBER "{" BORN ",\"baeume\":[{\"art\":\"Ahorn\"}]}"

static bool link_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Pair *pair = context;

    (void)town;
    return case_link_add(tx, &pair->c, &pair->other, STR("gleiche Straße"), 1, err);
}

static bool unlink_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Pair *pair = context;

    (void)town;
    return case_link_remove(tx, &pair->other, pair->id, 1, err);
}

static bool act_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Pair *pair = context;

    return case_act(tx, town->tenant, town->package, &pair->c, STR("eintragen"), NULL,
                    STR("staff/1"), town->today, town->arena, err);
}

static CaseHint *hints_of(Town *town, int64_t id, size_t *count)
{
    CaseHint *hints;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_hints(tx, id, 0, 10, town->arena, &hints, count, &town->err), &town->err);
    tx_end(tx);
    return hints;
}

static CaseLink *links_of(Town *town, int64_t id, size_t *count)
{
    CaseLink *links;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_links(tx, id, town->arena, &links, count, &town->err), &town->err);
    tx_end(tx);
    return links;
}

static void the_same_register_key_is_a_hint_and_says_why(void **state)
{
    Town *town = *state;
    Case a = town_submit(town, TREE("7")), b = town_submit(town, TREE("7 "));
    size_t count;

    town_submit(town, TREE("8"));
    CaseHint *hints = hints_of(town, a.id, &count);

    assert_int_equal(count, 1);
    assert_int_equal(hints[0].other, b.id);
    assert_int_equal(hints[0].key_count, 1);
    assert_str(hints[0].keys[0], "baum.nummer|7");
}

static void every_case_that_has_a_key_in_common_is_counted_and_reached(void **state)
{
    enum { OTHERS = 230 };
    Town *town = *state;
    Case a = town_submit(town, TREE("7"));
    int64_t counted, seen = 0, before = INT64_MAX;
    CaseHint *hints;
    size_t count;

    for (int i = 0; i < OTHERS; i++)
        town_submit(town, TREE("7"));
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_hint_count(tx, a.id, 101, &counted, &town->err), &town->err);
    assert_int_equal(counted, 101);
    assert_ok(case_hint_count(tx, a.id, INT64_MAX, &counted, &town->err), &town->err);
    assert_int_equal(counted, OTHERS);
    for (size_t first = 0; first < OTHERS; first += 20) {
        assert_ok(case_hints(tx, a.id, first, 20, town->arena, &hints, &count, &town->err),
                  &town->err);
        for (size_t i = 0; i < count; i++, seen++) {
            assert_true(hints[i].other < before);
            before = hints[i].other;
        }
    }
    tx_end(tx);
    assert_int_equal(seen, OTHERS);
}

static void what_is_linked_is_no_hint_until_it_is_parted(void **state)
{
    Town *town = *state;
    Pair pair = {.c = town_submit(town, TREE("7")), .other = town_submit(town, TREE("7"))};
    size_t count;

    assert_ok(town_write(town, link_fn, &pair), &town->err);
    assert_false(town_write(town, link_fn, &pair));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    hints_of(town, pair.c.id, &count);
    assert_int_equal(count, 0);
    CaseLink *links = links_of(town, pair.other.id, &count);

    assert_int_equal(count, 1);
    assert_str(links[0].why, "gleiche Straße");
    pair.id = links[0].id;
    assert_ok(town_write(town, unlink_fn, &pair), &town->err);
    hints_of(town, pair.c.id, &count);
    assert_int_equal(count, 1);
}

static void a_merged_case_leaves_the_lists_and_cannot_be_decided(void **state)
{
    Town *town = *state;
    Pair pair = {.c = town_submit(town, NO_NUMBER), .other = town_submit(town, TREE("7"))};
    int64_t mails = town_count(town, "SELECT COUNT(*) FROM effect WHERE kind = 'mail'");
    size_t count;

    assert_ok(town_write(town, merge_fn, &pair), &town->err);
    pair.c = town_case(town, pair.c.id);
    assert_int_equal(pair.c.merged_into, pair.other.id);
    assert_true(pair.c.closed);
    assert_str(pair.c.state, "neu");
    assert_str(town_findings(town, pair.c.id, &count)[0].status, "dismissed");
    assert_int_equal(
        town_count(town, "SELECT COUNT(*) FROM case_desk WHERE case_id = 1 AND open = 1"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM effect WHERE kind = 'mail'"),
                     mails + 1);
    assert_false(town_write(town, act_fn, &pair));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_false(town_write(town, merge_fn, &pair));
}

static void merging_is_taken_back_whole_while_nothing_was_decided(void **state)
{
    Town *town = *state;
    Pair pair = {.c = town_submit(town, NO_NUMBER), .other = town_submit(town, TREE("7"))};
    Date deadline = pair.c.deadline;
    size_t count;

    assert_ok(town_write(town, merge_fn, &pair), &town->err);
    pair.c = town_case(town, pair.c.id);
    assert_ok(town_write(town, unmerge_fn, &pair), &town->err);
    pair.c = town_case(town, pair.c.id);
    assert_false(pair.c.closed);
    assert_int_equal(pair.c.merged_into, 0);
    assert_int_equal(date_compare(pair.c.deadline, deadline), 0);
    assert_str(town_findings(town, pair.c.id, &count)[0].status, "open");
    assert_int_equal(
        town_count(town, "SELECT COUNT(*) FROM case_task WHERE case_id = 1 AND done = 0"), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_desk WHERE case_id = 1 AND "
                                      "office = 'gartenamt' AND todo = 1"),
                     1);
}

static void after_a_decision_the_merge_stays(void **state)
{
    Town *town = *state;
    Pair pair = {.c = town_submit(town, NO_NUMBER), .other = town_submit(town, TREE("7"))};

    assert_ok(town_write(town, merge_fn, &pair), &town->err);
    Pair kept = {.c = town_case(town, pair.other.id)};

    assert_ok(town_write(town, act_fn, &kept), &town->err);
    pair.c = town_case(town, pair.c.id);
    assert_false(town_write(town, unmerge_fn, &pair));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(the_same_register_key_is_a_hint_and_says_why),
        RULE(every_case_that_has_a_key_in_common_is_counted_and_reached),
        RULE(what_is_linked_is_no_hint_until_it_is_parted),
        RULE(a_merged_case_leaves_the_lists_and_cannot_be_decided),
        RULE(merging_is_taken_back_whole_while_nothing_was_decided),
        RULE(after_a_decision_the_merge_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
