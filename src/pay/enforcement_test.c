/* SPDX-License-Identifier: EUPL-1.2 */
/* Handovers to enforcement: of what, once, and as they were looked at. */
#include "pay/dunning_fixture.h"
#include "pay/enforcement.h"

typedef struct Handing {
    Date day;
    int64_t id;
    Enforcement *seen; /* NULL: what there is */
} Handing;

static bool hand_over_fn(Tx *tx, void *context, Err *err)
{
    Handing *handing = context;
    Enforcement now;

    if (!handing->seen && !enforcement_look(tx, town.tenant, handing->day, town.arena, &now, err))
        return false;
    Enforcement *handover = handing->seen ? handing->seen : &now;
    handover->actor = STR("staff/2");
    if (!enforcement_make(tx, town.tenant, handover, town.arena, err))
        return false;
    handing->id = handover->id;
    return true;
}

static bool undo_fn(Tx *tx, void *context, Err *err)
{
    return decision_undo(tx, *(const int64_t *)context, STR("Gezahlt"), STR("staff/2"), town.arena,
                         err);
}

static void what_three_letters_did_not_move_is_handed_over_once(void **state)
{
    Handing early = {.day = {2027, 7, 14}}, handing = {.day = {2027, 7, 15}};
    Enforcement handover;

    (void)state;
    int64_t id = assess("k", "case/1", 12000);
    assess("other", "case/2", 400);
    dun(4, 16), dun(5, 3), dun(6, 30);
    assert_false(
        db_write(town.tenant->db, hand_over_fn, &early, &town.err)); /* they may pay still */
    test_town_write(&town, hand_over_fn, &handing);
    assert_false(db_write(town.tenant->db, hand_over_fn, &handing, &town.err));
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(enforcement_by_id(tx, 1, town.arena, &handover, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(handover.count, 1);
    assert_int_equal(handover.lines[0].main_cents, 12000);
    assert_int_equal(handover.lines[0].fee_cents, 1500);
    /* four months: April, May, June and, on the day itself, July */
    assert_int_equal(handover.lines[0].surcharge_cents, 400);
    assert_int_equal(handover.cents, 13900);
    assert_int_equal(charge_of(id).owed_cents, 13900);
    Str csv = enforcement_csv(&handover, town.arena);
    assert_true(str_ends_with(csv, ";A, B, C;Hundesteuer 2027;2027-04-09;2027-06-30;120,00;15,00;"
                                   "4,00;0,00;139,00\r\nSumme;1 Forderung;;;;;120,00;15,00;4,00;"
                                   "0,00;139,00\r\n"));
    int64_t decision = 1;
    test_town_write(&town, undo_fn, &decision);
    handing.day = (Date){2027, 7, 16};
    test_town_write(&town, hand_over_fn, &handing);
    all_is_proven();
}

static bool keep_fn(Tx *tx, void *context, Err *err)
{
    Enforcement *handover = context;

    return enforcement_keep(tx, handover, town.arena, &handover->id, err);
}

/* 60,000 charges are 18 MB of JSON; what is read as a whole may have 16 MiB. */
static void a_handover_of_a_whole_city_can_be_read_again(void **state)
{
    enum { MANY = 60000 };
    Enforcement handover = {.day = {2027, 7, 15}, .actor = STR("staff/2"), .count = MANY}, back;

    (void)state;
    handover.lines = arena_array(town.arena, EnforcementLine, MANY);
    for (int i = 0; i < MANY; i++)
        handover.lines[i] = (EnforcementLine){.charge_id = i,
                                              .payment_reference = STR("52734000000425"),
                                              .debtor = STR("Erika Mustermann"),
                                              .address = STR("Erika Mustermann, Am Markt 1, 1 A"),
                                              .purpose = STR("Hundesteuer 2027"),
                                              .subject = STR("case/1"),
                                              .due = {2027, 4, 9},
                                              .dunned = {2027, 6, 30},
                                              .cents = 100};
    test_town_write(&town, keep_fn, &handover);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(enforcement_by_id(tx, handover.id, town.arena, &back, &town.err), &town.err);
    tx_end(tx);
    assert_int_equal(back.count, MANY);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(back.lines[i].charge_id, i);
}

static Enforcement handed_over(int month, int day)
{
    Handing handing = {.day = {2027, month, day}};
    Enforcement handover;

    test_town_write(&town, hand_over_fn, &handing);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(enforcement_by_id(tx, handing.id, town.arena, &handover, &town.err), &town.err);
    tx_end(tx);
    return handover;
}

/* As handovers were kept before they named their parts. */
static bool forget_parts_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE charge_decision SET parts = '{}'");
}

static void a_part_that_falls_due_after_the_handover_is_dunned_and_follows_it(void **state)
{
    const AssessPart parts[] = {{{2027, 4, 9}, 12000}, {{2027, 8, 9}, 6000}};
    Assessing a = {
        .key = STR("k"), .subject = STR("case/1"), .cents = 18000, .parts = parts, .part_count = 2};

    (void)state;
    test_town_write(&town, assess_fn, &a);
    dun(4, 16), dun(5, 3), dun(6, 30);
    Enforcement first = handed_over(7, 15);
    assert_int_equal(first.lines[0].main_cents, 12000);
    assert_int_equal(dun(7, 30).letters, 0);
    test_town_write(&town, forget_parts_fn, NULL);
    assert_int_equal(dun(7, 31).letters, 0);
    assert_int_equal(dun(8, 16).letters, 1);
    /* nothing of what enforcement asks for: the later part and the surcharge on 50 euros of it */
    assert_int_equal(giro_cents, 6000 + 50);
    assert_int_equal(str_find(last_body, STR("120,00 €")), -1);
    assert_int_equal(dun(8, 31).fee_cents, 500);
    assert_int_equal(dun(9, 20).fee_cents, 1000);
    Enforcement second = handed_over(10, 5);
    assert_int_equal(second.count, 1);
    assert_int_equal(second.lines[0].main_cents, 6000);
    assert_int_equal(second.lines[0].fee_cents, 1500);
    assert_int_equal(second.lines[0].surcharge_cents, 2 * 50);
    assert_int_equal(dun(12, 31).letters, 0);
    all_is_proven();
}

/* Due between the last letter and the handover, on the day of the letter and on the day of the
 * handover itself. */
static void what_no_letter_asked_for_is_dunned_first(void **state)
{
    const AssessPart parts[] = {
        {{2027, 4, 9}, 12000}, {{2027, 6, 29}, 3000}, {{2027, 6, 30}, 6000}, {{2027, 7, 15}, 5000}};
    Assessing a = {
        .key = STR("k"), .subject = STR("case/1"), .cents = 26000, .parts = parts, .part_count = 4};

    (void)state;
    test_town_write(&town, assess_fn, &a);
    dun(4, 16), dun(5, 3), dun(6, 30);
    Enforcement first = handed_over(7, 15);
    assert_int_equal(first.lines[0].main_cents, 12000 + 3000);
    assert_int_equal(first.lines[0].surcharge_cents, 400);
    DunningRun next = dun(7, 22);
    assert_int_equal(next.letters, 1);
    assert_int_equal(giro_cents, 6000 + 5000 + 2 * 50);
    assert_int_equal(dun(8, 6).fee_cents, 500);
    assert_int_equal(dun(8, 31).fee_cents, 1000);
    Enforcement second = handed_over(9, 15);
    assert_int_equal(second.count, 1);
    assert_int_equal(second.lines[0].main_cents, 6000 + 5000);
    all_is_proven();
}

static bool first_known_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE charge_part SET assessed = '2027-03-01' WHERE number = 1");
}

/* Raised for months that are past, after the last letter: nobody has asked for that yet. */
static void what_was_assessed_after_the_last_letter_is_dunned_first(void **state)
{
    const AssessPart parts[] = {{{2027, 4, 9}, 12000}, {{2027, 5, 10}, 3000}};
    Assessing a = {.key = STR("k"), .subject = STR("case/1"), .cents = 12000};
    Assessing raised = {.key = STR("k"),
                        .subject = STR("case/1"),
                        .cents = 15000,
                        .assessed = {2027, 7, 8},
                        .parts = parts,
                        .part_count = 2};

    (void)state;
    test_town_write(&town, assess_fn, &a);
    dun(4, 16), dun(5, 3), dun(6, 30);
    test_town_write(&town, assess_fn, &raised);
    test_town_write(&town, first_known_fn, NULL);
    Enforcement went = handed_over(7, 15);
    assert_int_equal(went.lines[0].main_cents, 12000);
    assert_int_equal(dun(7, 22).letters, 1);
    assert_true(giro_cents >= 3000 && giro_cents < 12000);
    all_is_proven();
}

static void a_part_due_on_the_day_of_a_handover_that_named_no_parts_did_not_go(void **state)
{
    const AssessPart parts[] = {{{2027, 4, 9}, 12000}, {{2027, 7, 15}, 6000}};
    Assessing a = {
        .key = STR("k"), .subject = STR("case/1"), .cents = 18000, .parts = parts, .part_count = 2};

    (void)state;
    test_town_write(&town, assess_fn, &a);
    dun(4, 16), dun(5, 3), dun(6, 30);
    handed_over(7, 15);
    test_town_write(&town, forget_parts_fn, NULL);
    assert_int_equal(dun(7, 22).letters, 1);
    assert_int_equal(giro_cents, 6000 + 50);
}

static bool plan(int64_t charge)
{
    DecisionOrder order = {.charge_id = charge,
                           .kind = DECISION_INSTALMENTS,
                           .count = 2,
                           .first = {2027, 8, 2},
                           .reason = STR("Härte"),
                           .actor = STR("staff/2"),
                           .today = {2027, 7, 20}};

    return db_write(town.tenant->db, decide_fn, &order, &town.err);
}

/* The parts of the plan would be others than those that enforcement asks for. */
static void what_is_with_enforcement_gets_no_plan(void **state)
{
    (void)state;
    int64_t id = assess("k", "case/1", 12000);
    dun(4, 16), dun(5, 3), dun(6, 30);
    handed_over(7, 15);
    assert_false(plan(id));
    assert_string_equal(town.err.field, "grund");
    test_town_write(&town, undo_fn, &(int64_t){1});
    assert_true(plan(id));
    all_is_proven();
}

static void a_plan_of_which_a_part_is_with_enforcement_is_not_taken_back(void **state)
{
    (void)state;
    int64_t id = assess("k", "case/1", 12000);
    assert_true(plan(id));
    dun(8, 16), dun(9, 1), dun(10, 14);
    handed_over(11, 15);
    assert_false(db_write(town.tenant->db, undo_fn, &(int64_t){1}, &town.err));
    assert_string_equal(town.err.field, "grund");
    test_town_write(&town, undo_fn, &(int64_t){2});
    test_town_write(&town, undo_fn, &(int64_t){1});
    all_is_proven();
}

static Enforcement look(Date day)
{
    Enforcement handover;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(enforcement_look(tx, town.tenant, day, town.arena, &handover, &town.err), &town.err);
    tx_end(tx);
    return handover;
}

static void what_is_handed_over_is_what_was_looked_at(void **state)
{
    DecisionOrder stop = {.kind = DECISION_STOP,
                          .reason = STR("Widerspruch"),
                          .actor = STR("staff/2"),
                          .today = {2027, 7, 15}};

    (void)state;
    int64_t id = assess("k", "case/1", 12000);
    stop.charge_id = assess("l", "case/2", 15000);
    dun(4, 16), dun(5, 3), dun(6, 30);
    Enforcement seen = look((Date){2027, 7, 15});
    Handing handing = {.seen = &seen};
    Paying some = {id, 100, {2027, 7, 15}};
    test_town_write(&town, pay_fn, &some);
    assert_false(db_write(town.tenant->db, hand_over_fn, &handing, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    seen = look((Date){2027, 7, 15});
    test_town_write(&town, decide_fn, &stop);
    assert_false(db_write(town.tenant->db, hand_over_fn, &handing, &town.err));
    assert_int_equal(town.err.kind, ERR_CONFLICT);
    seen = look((Date){2027, 7, 15});
    assert_int_equal(seen.count, 1);
    test_town_write(&town, hand_over_fn, &handing);
    all_is_proven();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_three_letters_did_not_move_is_handed_over_once),
        TEST(a_handover_of_a_whole_city_can_be_read_again),
        TEST(a_part_that_falls_due_after_the_handover_is_dunned_and_follows_it),
        TEST(what_no_letter_asked_for_is_dunned_first),
        TEST(what_was_assessed_after_the_last_letter_is_dunned_first),
        TEST(a_part_due_on_the_day_of_a_handover_that_named_no_parts_did_not_go),
        TEST(what_is_with_enforcement_gets_no_plan),
        TEST(a_plan_of_which_a_part_is_with_enforcement_is_not_taken_back),
        TEST(what_is_handed_over_is_what_was_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
