/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_fixture.h"
#include "cases/register_act.h"
#include "core/store/event.h"

typedef struct ActStep {
    RegisterAct act;
    bool second;
    bool approve, give_back;
    int64_t staff; /* who decides */
    const char *json;
} ActStep;

static RegisterChange change_of(const Town *town)
{
    return (RegisterChange){.spec = package_register(town->package, STR("baum")),
                            .package = town->package,
                            .actor = STR("staff/1"),
                            .today = town->today};
}

static bool act_fn(Tx *tx, Town *town, void *context, Err *err)
{
    ActStep *step = context;
    RegisterChange change = change_of(town);

    if (step->approve)
        return register_act_approve(tx, &change, &step->act, step->staff, town->arena, err);
    if (step->give_back)
        return register_act_return(tx, STR("baum"), &step->act, step->staff, STR("Bitte prüfen"),
                                   STR("staff/2"), err);
    if (step->json)
        step->act.values = town_json(town, step->json);
    if (step->act.kind != ACT_NEW && !step->act.basis &&
        !register_act_basis(tx, STR("baum"), step->act.entry_id, &step->act.basis, err))
        return false;
    step->act.by = 1;
    step->act.reason = STR("Schreibfehler");
    return register_act_order(tx, &change, &step->act, step->second, town->arena, err);
}

static int64_t tree(Town *town)
{
    ActStep step = {.act = {.kind = ACT_NEW, .from = {2020, 1, 1}},
                    .json = "{\"nummer\":\"7\",\"art\":\"Linde\",\"halter\":\"Ada\"}"};

    assert_ok(town_write(town, act_fn, &step), &town->err);
    return step.act.entry_id;
}

static bool act(Town *town, int64_t id, ActKind kind, const char *json, Date from, Date until)
{
    ActStep step = {.act = {.entry_id = id, .kind = kind, .from = from, .until = until},
                    .json = json};

    return town_write(town, act_fn, &step);
}

/* What held on a day as known now. */
static const char *on(Town *town, int64_t id, Date day, const char *field)
{
    RegisterEntry entry;
    Tx *tx = db_read(town->tenant->db, &town->err);
    bool ok = register_at(tx, STR("baum"), id, day, INT64_MAX, town->arena, &entry, &town->err);

    tx_end(tx);
    if (!ok)
        return "nothing";
    Str text = node_get_text(entry.data, field);
    return text.ptr ? str_cstr(town->arena, text) : "null";
}

static void a_wrong_value_is_put_right_where_it_stands_and_nowhere_else(void **state)
{
    Town *town = *state;
    int64_t id = tree(town);

    assert_ok(act(town, id, ACT_CHANGED, "{\"halter\":\"Bert\"}", (Date){2021, 1, 1}, (Date){0}),
              &town->err);
    assert_ok(act(town, id, ACT_CHANGED, "{\"lage\":\"park\"}", (Date){2022, 1, 1}, (Date){0}),
              &town->err);
    assert_ok(act(town, id, ACT_CHANGED, "{\"halter\":\"Cleo\"}", (Date){2023, 1, 1}, (Date){0}),
              &town->err);
    /* "Bert" was never right; it stands in two stretches. */
    assert_ok(act(town, id, ACT_WRONG, "{\"halter\":\"Berta\"}", (Date){2022, 6, 1}, (Date){0}),
              &town->err);
    assert_string_equal(on(town, id, (Date){2020, 6, 1}, "halter"), "Ada");
    assert_string_equal(on(town, id, (Date){2021, 6, 1}, "halter"), "Berta");
    assert_string_equal(on(town, id, (Date){2022, 6, 1}, "halter"), "Berta");
    assert_string_equal(on(town, id, (Date){2023, 6, 1}, "halter"), "Cleo");
    assert_string_equal(on(town, id, (Date){2022, 6, 1}, "lage"), "park");
}

static void a_span_leaves_what_was_before_and_after(void **state)
{
    Town *town = *state;
    int64_t id = tree(town);

    assert_ok(
        act(town, id, ACT_SPAN, "{\"halter\":\"Zoe\"}", (Date){2021, 1, 1}, (Date){2021, 12, 31}),
        &town->err);
    assert_string_equal(on(town, id, (Date){2020, 12, 31}, "halter"), "Ada");
    assert_string_equal(on(town, id, (Date){2021, 12, 31}, "halter"), "Zoe");
    assert_string_equal(on(town, id, (Date){2022, 1, 1}, "halter"), "Ada");
}

static void a_period_may_move_past_the_old_one(void **state)
{
    Town *town = *state;
    int64_t id = tree(town);
    Date none = {0};

    assert_ok(act(town, id, ACT_PERIOD, NULL, (Date){2020, 1, 1}, (Date){2020, 12, 31}),
              &town->err);
    assert_ok(act(town, id, ACT_PERIOD, NULL, (Date){2022, 1, 1}, (Date){2022, 12, 31}),
              &town->err);
    assert_string_equal(on(town, id, (Date){2020, 6, 1}, "halter"), "nothing");
    assert_string_equal(on(town, id, (Date){2022, 6, 1}, "halter"), "Ada");
    assert_ok(act(town, id, ACT_PERIOD, NULL, (Date){2018, 1, 1}, (Date){2018, 12, 31}),
              &town->err);
    assert_string_equal(on(town, id, (Date){2018, 6, 1}, "halter"), "Ada");
    assert_string_equal(on(town, id, (Date){2022, 6, 1}, "halter"), "nothing");
    assert_ok(act(town, id, ACT_PERIOD, NULL, (Date){2018, 1, 1}, none), &town->err);
    assert_string_equal(on(town, id, (Date){2026, 6, 1}, "halter"), "Ada");
    assert_false(act(town, id, ACT_PERIOD, NULL, (Date){2018, 1, 1}, none));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

/* A second tree with the number 7, from 2022 to 2023. */
static void second_tree(Town *town)
{
    ActStep step = {.act = {.kind = ACT_NEW, .from = {2022, 1, 1}, .until = {2023, 12, 31}},
                    .json = "{\"nummer\":\"7\",\"art\":\"Eibe\",\"halter\":\"Bert\"}"};

    assert_ok(town_write(town, act_fn, &step), &town->err);
}

static void a_period_never_reaches_into_that_of_another_with_its_key(void **state)
{
    Town *town = *state;
    int64_t id = tree(town);
    const Date none = {0};
    const Date wrong[][2] = {{{2020, 1, 1}, {2022, 1, 2}},    /* into it */
                             {{2020, 1, 1}, none},            /* over it */
                             {{2022, 6, 1}, {2022, 7, 1}},    /* within it */
                             {{2023, 12, 30}, {2025, 1, 1}}}; /* out of it */

    assert_ok(act(town, id, ACT_PERIOD, NULL, (Date){2020, 1, 1}, (Date){2020, 12, 31}),
              &town->err);
    second_tree(town);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(act(town, id, ACT_PERIOD, NULL, wrong[i][0], wrong[i][1]));
        assert_int_equal(town->err.kind, ERR_CONFLICT);
        assert_non_null(strstr(town->err.message, "Eibe 7, gültig ab 1. Januar 2022 bis 31. "
                                                  "Dezember 2023. Zur selben Zeit kann nur einer "
                                                  "gelten."));
        assert_string_equal(on(town, id, (Date){2020, 6, 1}, "halter"), "Ada");
    }
    /* To the other side of it, and back, it never held within. */
    assert_ok(act(town, id, ACT_PERIOD, NULL, (Date){2024, 1, 1}, none), &town->err);
    assert_string_equal(on(town, id, (Date){2025, 6, 1}, "halter"), "Ada");
    assert_ok(act(town, id, ACT_PERIOD, NULL, (Date){2019, 1, 1}, (Date){2019, 12, 31}),
              &town->err);
    assert_string_equal(on(town, id, (Date){2025, 6, 1}, "halter"), "nothing");
}

static void an_entry_of_the_past_may_lie_before_one_with_its_key(void **state)
{
    Town *town = *state;
    ActStep early = {.act = {.kind = ACT_NEW, .from = {2018, 1, 1}, .until = {2019, 12, 31}},
                     .json = "{\"nummer\":\"7\",\"art\":\"Ulme\"}"};

    tree(town); /* from 2020 */
    assert_ok(town_write(town, act_fn, &early), &town->err);
    early = (ActStep){.act = {.kind = ACT_NEW, .from = {2018, 1, 1}, .until = {2020, 1, 2}},
                      .json = "{\"nummer\":\"7\",\"art\":\"Ulme\"}"};
    assert_false(town_write(town, act_fn, &early));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    early = (ActStep){.act = {.kind = ACT_NEW, .from = {2018, 1, 1}, .until = {2017, 1, 2}},
                      .json = "{\"nummer\":\"8\",\"art\":\"Ulme\"}"};
    assert_false(town_write(town, act_fn, &early)); /* ends before it begins */
}

static void what_rests_on_an_older_entry_is_refused(void **state)
{
    Town *town = *state;
    int64_t id = tree(town);
    ActStep old = {.act = {.entry_id = id, .kind = ACT_CHANGED, .from = {2021, 1, 1}, .basis = 1},
                   .json = "{\"halter\":\"Eva\"}"};

    old.act.basis = id; /* its first row: still the newest */
    assert_ok(act(town, id, ACT_CHANGED, "{\"halter\":\"Bert\"}", (Date){2021, 1, 1}, (Date){0}),
              &town->err);
    assert_false(town_write(town, act_fn, &old));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_string_equal(on(town, id, (Date){2022, 1, 1}, "halter"), "Bert");
}

static void with_two_people_nothing_is_written_before_another_approves(void **state)
{
    Town *town = *state;
    int64_t id = tree(town);
    ActStep step = {.act = {.entry_id = id, .kind = ACT_WRONG, .from = {2020, 1, 1}},
                    .second = true,
                    .json = "{\"halter\":\"Ava\"}"};

    assert_ok(town_write(town, act_fn, &step), &town->err);
    assert_string_equal(on(town, id, (Date){2022, 1, 1}, "halter"), "Ada");
    step.act.status = STR("open");
    step.approve = true;
    step.staff = 1;
    assert_false(town_write(town, act_fn, &step));
    assert_int_equal(town->err.kind, ERR_FORBIDDEN);
    step.staff = 2;
    assert_ok(town_write(town, act_fn, &step), &town->err);
    assert_string_equal(on(town, id, (Date){2022, 1, 1}, "halter"), "Ava");
    assert_false(town_write(town, act_fn, &step)); /* done is done */
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

static int64_t acts(Town *town, int64_t id, const char *status, bool values)
{
    int64_t count = -1;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(tx_query_int(tx, &town->err, &count,
                           "SELECT COUNT(*) FROM register_act WHERE id = $1 AND status = $2 AND "
                           "(data IS NOT NULL) = $3",
                           P_INT(id), P_TEXT(str_c(status)), P_INT(values)),
              &town->err);
    tx_end(tx);
    return count;
}

static ActStep given_back(Town *town, int64_t entry)
{
    ActStep step = {.act = {.entry_id = entry, .kind = ACT_WRONG, .from = {2020, 1, 1}},
                    .second = true,
                    .json = "{\"halter\":\"Ava\"}"};

    assert_ok(town_write(town, act_fn, &step), &town->err);
    step.act.status = STR("open");
    step.give_back = true;
    step.staff = 2;
    assert_ok(town_write(town, act_fn, &step), &town->err);
    assert_int_equal(acts(town, step.act.id, "returned", true), 1);
    return step;
}

static void what_is_given_back_is_kept_until_its_author_takes_it_up_once(void **state)
{
    Town *town = *state;
    int64_t id = tree(town);
    ActStep back = given_back(town, id);
    ActStep again = {
        .act = {.entry_id = id, .kind = ACT_WRONG, .from = {2020, 1, 1}, .follows = back.act.id},
        .second = true,
        .json = "{\"halter\":\"Eva\"}"};
    ActStep twice = again;

    assert_ok(town_write(town, act_fn, &again), &town->err);
    assert_int_equal(acts(town, back.act.id, "resumed", false), 1);
    assert_int_equal(acts(town, again.act.id, "open", true), 1);
    assert_false(town_write(town, act_fn, &twice));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

static void what_is_given_back_its_author_may_drop(void **state)
{
    Town *town = *state;
    ActStep back = given_back(town, tree(town));

    back.staff = 3; /* neither its author nor open any more */
    assert_false(town_write(town, act_fn, &back));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    err_clear(&town->err);
    back.staff = 1;
    assert_ok(town_write(town, act_fn, &back), &town->err);
    assert_int_equal(acts(town, back.act.id, "withdrawn", false), 1);
}

/* The chain cannot be changed, so no word of a person may be in it. */
static void the_chain_of_events_holds_no_words(void **state)
{
    Town *town = *state;
    int64_t id = tree(town), told = -1, said = -1;

    assert_ok(act(town, id, ACT_WRONG, "{\"halter\":\"Ava\"}", (Date){2020, 1, 1}, (Date){0}),
              &town->err);
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_true(tx_query_int(tx, &town->err, &told,
                             "SELECT COUNT(*) FROM event WHERE type = 'register.corrected'"));
    assert_true(tx_query_int(tx, &town->err, &said,
                             "SELECT COUNT(*) FROM event WHERE type = 'register.corrected' AND "
                             "(data LIKE '%Schreibfehler%' OR data LIKE '%Ava%')"));
    tx_end(tx);
    assert_int_equal(told, 2);
    assert_int_equal(said, 0);
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest rules[] = {
        RULE(a_wrong_value_is_put_right_where_it_stands_and_nowhere_else),
        RULE(a_span_leaves_what_was_before_and_after),
        RULE(a_period_may_move_past_the_old_one),
        RULE(a_period_never_reaches_into_that_of_another_with_its_key),
        RULE(an_entry_of_the_past_may_lie_before_one_with_its_key),
        RULE(what_rests_on_an_older_entry_is_refused),
        RULE(with_two_people_nothing_is_written_before_another_approves),
        RULE(what_is_given_back_is_kept_until_its_author_takes_it_up_once),
        RULE(what_is_given_back_its_author_may_drop),
        RULE(the_chain_of_events_holds_no_words),
    };

    return cmocka_run_group_tests(rules, NULL, NULL);
}
