/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_fixture.h"
#include "cases/case_proposal.h"
#include "cases/case_store.h"

#define ONE_TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"
#define TWO_TREES \
    "{" PERSON    \
    ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"},{\"art\":\"Ahorn\",\"nummer\":\"8\"}]}"

/* The town's service, where two people enter a tree when it says so. */
static void two_people(Town *town, const char *when)
{
    const char *path = arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder);
    Str yaml = str_replace(
        town->arena, str_c(PROCESS_YAML), STR("    office: gartenamt\n    guard:"),
        str_printf(town->arena, "    office: gartenamt\n    four_eyes: %s\n    guard:", when));

    assert_ok(folder_write_file(path, yaml, 0600, &town->err), &town->err);
    town_publish(town);
}

typedef struct Do {
    Case c;
    const Node *entry;
    int64_t id, staff;
    Str reason;
} Do;

static bool act_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    return case_act(tx, town->tenant, town->package, &d->c, STR("eintragen"), d->entry,
                    STR("staff/1"), town->today, town->arena, err);
}

static bool propose_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;
    ProposeOrder order = {.action = STR("eintragen"), .entry = d->entry, .staff_id = d->staff};

    return case_propose(tx, town->tenant, town->package, &d->c, &order, town->today, town->arena,
                        &d->id, err);
}

static bool approve_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    return case_proposal_approve(tx, town->tenant, town->package, &d->c, d->id, d->staff,
                                 town->today, town->arena, err);
}

static bool return_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    (void)town;
    return case_proposal_return(tx, &d->c, d->id, d->reason, d->staff, err);
}

static bool dismiss_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    (void)town;
    return case_finding_add(tx, &d->c, STR("baeume[0].art"), STR("implausible"), STR("Wirklich?"),
                            STR("staff/3"), err);
}

static Do start(Town *town, const char *data)
{
    Do d = {.c = town_submit(town, data), .staff = 1};

    d.entry = town_json(town, "{\"hinweis\":\"gut\"}");
    return d;
}

static Str basis_of(Town *town, const Case *c)
{
    Tx *tx = db_read(town->tenant->db, &town->err);
    Str basis;

    assert_ok(case_basis(tx, town->tenant, town->package, c, town->today, town->arena, &basis,
                         &town->err),
              &town->err);
    tx_end(tx);
    return basis;
}

static void what_a_decision_rests_on_tells_nobody_what_it_is(void **state)
{
    Town *town = *state;
    Do d = start(town, ONE_TREE);
    Str basis = basis_of(town, &d.c);

    assert_true(str_eq(basis_of(town, &d.c), basis));
    town->tenant->secret_key[0] ^= 1;
    assert_false(str_eq(basis_of(town, &d.c), basis));
    town->tenant->secret_key[0] ^= 1;
    assert_ok(town_write(town, dismiss_fn, &d), &town->err);
    assert_false(str_eq(basis_of(town, &d.c), basis));
}

static void nothing_happens_until_another_person_approves(void **state)
{
    Town *town = *state;

    two_people(town, "true");
    Do d = start(town, ONE_TREE);

    assert_false(town_write(town, act_fn, &d));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_ok(town_write(town, propose_fn, &d), &town->err);
    assert_str(town_case(town, d.c.id).state, "neu");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 0);
    assert_false(town_write(town, approve_fn, &d));
    assert_int_equal(town->err.kind, ERR_FORBIDDEN);
    d.staff = 2;
    d.c = town_case(town, d.c.id);
    assert_ok(town_write(town, approve_fn, &d), &town->err);
    assert_str(town_case(town, d.c.id).state, "fertig");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.action' AND "
                                      "actor = 'staff/2' AND data LIKE '%staff/1%'"),
                     1);
}

static void a_proposal_in_a_list_names_the_procedure_of_its_action(void **state)
{
    Town *town = *state;
    Proposal *all;
    size_t count;

    two_people(town, "true");
    Do d = start(town, ONE_TREE);

    assert_ok(town_write(town, propose_fn, &d), &town->err);
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_proposals(tx, 2, town->arena, &all, &count, &town->err), &town->err);
    tx_end(tx);
    assert_int_equal(count, 1);
    assert_str(all[0].procedure, "melden");
    assert_str(all[0].action, "eintragen");
}

static void of_two_who_approve_one_is_refused(void **state)
{
    Town *town = *state;

    two_people(town, "true");
    Do d = start(town, ONE_TREE);

    assert_ok(town_write(town, propose_fn, &d), &town->err);
    d.staff = 2;
    Do other = d;

    other.staff = 3;
    assert_ok(town_write(town, approve_fn, &d), &town->err);
    assert_false(town_write(town, approve_fn, &other));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 1);
}

static void an_expression_says_when_two_people_decide(void **state)
{
    Town *town = *state;

    two_people(town, "'betrag > 10'");
    Do one = start(town, ONE_TREE), two;

    assert_false(town_write(town, propose_fn, &one));
    assert_ok(town_write(town, act_fn, &one), &town->err);
    two = start(town, TWO_TREES);
    assert_false(town_write(town, act_fn, &two));
    assert_string_equal(town->err.message,
                        "Diese Entscheidung treffen zwei Personen. Bitte schlagen Sie sie vor; "
                        "eine andere Person stimmt zu.");
}

static void a_proposal_is_void_when_the_case_changed_and_makes_way(void **state)
{
    Town *town = *state;

    two_people(town, "true");
    Do d = start(town, ONE_TREE);

    assert_ok(town_write(town, propose_fn, &d), &town->err);
    assert_false(town_write(town, propose_fn, &d));
    assert_ok(town_write(town, dismiss_fn, &d), &town->err);
    Do second = d;

    second.staff = 2;
    assert_false(town_write(town, approve_fn, &second));
    assert_non_null(strstr(town->err.message, "gilt nicht mehr"));
    assert_ok(town_write(town, propose_fn, &d), &town->err);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_proposal WHERE status = 'void'"),
                     1);
    second.id = d.id;
    assert_ok(town_write(town, approve_fn, &second), &town->err);
}

static void a_proposal_does_not_age_by_the_day(void **state)
{
    Town *town = *state;

    two_people(town, "true");
    Do d = start(town, ONE_TREE);

    assert_ok(town_write(town, propose_fn, &d), &town->err);
    town->today = (Date){2027, 3, 15};
    d.staff = 2;
    assert_ok(town_write(town, approve_fn, &d), &town->err);
}

static void what_is_sent_back_is_open_no_more(void **state)
{
    Town *town = *state;

    two_people(town, "true");
    Do d = start(town, ONE_TREE);

    assert_ok(town_write(town, propose_fn, &d), &town->err);
    d.staff = 2;
    d.reason = STR("Der Betrag fehlt.");
    assert_ok(town_write(town, return_fn, &d), &town->err);
    assert_false(town_write(town, approve_fn, &d));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_str(town_case(town, d.c.id).state, "neu");
    d.staff = 1;
    assert_ok(town_write(town, propose_fn, &d), &town->err);
}

static void four_eyes_that_are_no_yes_or_no_do_not_pass_the_gate(void **state)
{
    Town *town = *state;
    size_t count;
    Problems problems = {.arena = town->arena};
    const char *path = arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder);
    Str yaml =
        str_replace(town->arena, str_c(PROCESS_YAML), STR("    office: gartenamt\n    guard:"),
                    STR("    office: gartenamt\n    four_eyes: betrag\n    guard:"));

    assert_ok(folder_write_file(path, yaml, 0600, &town->err), &town->err);
    const PackageFile *files = town_read(town, &count);

    assert_false(package_publish(town->tenant, files, count, &problems, &town->err));
    assert_true(problems.count > 0);
    assert_true(str_ends_with(problems.items[0].file, "processes/melden.yaml"));
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(what_a_decision_rests_on_tells_nobody_what_it_is),
        RULE(nothing_happens_until_another_person_approves),
        RULE(a_proposal_in_a_list_names_the_procedure_of_its_action),
        RULE(of_two_who_approve_one_is_refused),
        RULE(an_expression_says_when_two_people_decide),
        RULE(a_proposal_is_void_when_the_case_changed_and_makes_way),
        RULE(a_proposal_does_not_age_by_the_day),
        RULE(what_is_sent_back_is_open_no_more),
        RULE(four_eyes_that_are_no_yes_or_no_do_not_pass_the_gate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
