/* SPDX-License-Identifier: EUPL-1.2 */
/* Due parts: the rules of docs/pay.md by example, and for random changes. */
#include "pay/pay_fixture.h"

#include "base/test_random.h"
#include "pay/part.h"

static const Date TODAY = {2027, 6, 1};

/* A charge of four quarters of 30 euros, of which `paid` cents are paid. */
static PartList quarters(int64_t paid)
{
    PartList parts = {0};

    for (int i = 0; i < 4; i++)
        parts_add(&parts, (Date){2027, 2 + 3 * i, 15}, 3000, PART_MAIN, town.arena);
    parts_allocate(&parts, paid);
    return parts;
}

/* "02-15:3000 05-15:3000", what asks for nothing is left out. */
static Str text_of(PartList *parts, int64_t paid)
{
    Buf out = buf_in(town.arena);

    parts_allocate(parts, paid);
    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].cents)
            buf_addf(&out, "%s%02d-%02d:%lld", out.len ? " " : "", parts->items[i].due.month,
                     parts->items[i].due.day, (long long)parts->items[i].cents);
    return out.len ? buf_str(&out) : STR("");
}

static PartChange to(int64_t cents)
{
    return (PartChange){.cents = cents, .due = {2027, 7, 1}, .today = TODAY};
}

static void a_change_is_shared_out_over_what_is_not_due_yet(void **state)
{
    (void)state;
    PartList parts = quarters(0);
    PartChange less = to(9600);

    parts_change(&parts, &less, town.arena);
    assert_str(text_of(&parts, 0), "02-15:3000 05-15:3000 08-15:1800 11-15:1800");
    PartChange more = to(14401);
    parts_change(&parts, &more, town.arena);
    assert_str(text_of(&parts, 0), "02-15:3000 05-15:3000 08-15:4200 11-15:4201");
    assert_int_equal(parts.count, 4);
}

static Date assessed_on(const PartList *parts, int number)
{
    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].number == number)
            return parts->items[i].assessed;
    return (Date){0};
}

static void what_is_raised_or_new_is_assessed_anew(void **state)
{
    (void)state;
    PartList parts = quarters(0);
    PartChange more = to(13000);

    more.assessed = TODAY;
    parts_change(&parts, &more, town.arena);
    assert_true(date_absent(assessed_on(&parts, 1)));
    assert_int_equal(date_compare(assessed_on(&parts, 3), TODAY), 0);
    PartList late = {0};
    parts_add(&late, (Date){2027, 2, 15}, 3000, PART_MAIN, town.arena);
    parts_allocate(&late, 0);
    more.due = (Date){2027, 3, 1}; /* a package may say so */
    parts_change(&late, &more, town.arena);
    assert_true(date_absent(assessed_on(&late, 1)));
    assert_int_equal(date_compare(assessed_on(&late, 2), TODAY), 0);
}

static void what_is_paid_stays_though_it_is_not_due_yet(void **state)
{
    (void)state;
    PartList parts = quarters(9000);
    PartChange change = to(13000);

    parts_change(&parts, &change, town.arena);
    assert_str(text_of(&parts, 9000), "02-15:3000 05-15:3000 08-15:3000 11-15:4000");
}

static void what_nothing_is_due_for_any_more_is_due_when_the_order_says(void **state)
{
    (void)state;
    PartList parts = quarters(12000);
    PartChange change = to(12500);

    parts_change(&parts, &change, town.arena);
    assert_str(text_of(&parts, 12000), "02-15:3000 05-15:3000 07-01:500 08-15:3000 11-15:3000");
    assert_int_equal(parts.last_number, 5);
}

static void an_amount_below_what_stays_cuts_the_latest_first(void **state)
{
    (void)state;
    PartList parts = quarters(0);
    PartChange change = to(4000);

    parts_change(&parts, &change, town.arena);
    assert_str(text_of(&parts, 0), "02-15:3000 05-15:1000");
    PartChange nothing = to(0);
    parts_change(&parts, &nothing, town.arena);
    assert_str(text_of(&parts, 0), "");
}

static void the_orders_own_days_come_before_the_charges(void **state)
{
    (void)state;
    PartList parts = quarters(0);
    AssessPart schedule[] = {{{2027, 5, 15}, 5000}, {{2027, 9, 1}, 2000}, {{2027, 12, 1}, 6000}};
    PartChange change = to(14000);

    change.schedule = schedule;
    change.schedule_count = 3;
    parts_change(&parts, &change, town.arena);
    assert_str(text_of(&parts, 0), "02-15:3000 05-15:3000 09-01:2000 12-01:6000");
}

static void a_charge_of_one_part_moves_to_the_orders_day(void **state)
{
    (void)state;
    PartList parts = {0};
    PartChange change = to(9600);

    parts_add(&parts, (Date){2027, 6, 15}, 21600, PART_MAIN, town.arena);
    parts_allocate(&parts, 0);
    parts_change(&parts, &change, town.arena);
    assert_str(text_of(&parts, 0), "07-01:9600");
    assert_int_equal(parts.last_number, 2);
}

static void a_payment_goes_to_the_part_that_was_due_first(void **state)
{
    (void)state;
    PartList parts = quarters(4000);

    assert_int_equal(parts.items[0].open_cents, 0);
    assert_int_equal(parts.items[1].open_cents, 2000);
    assert_int_equal(parts.items[2].open_cents, 3000);
}

/* --- Through the database -------------------------------------------------------------------
 */

static Assessed in_parts(const char *key, int64_t cents, const AssessPart *parts, size_t count)
{
    Assessed a = assess_order(key, cents);

    a.order.parts = parts;
    a.order.part_count = count;
    a.order.payer = STR("keeper/7");
    a.order.today = TODAY;
    test_town_write(&town, assess_fn, &a);
    return a;
}

static void parts_and_payer_are_kept_with_the_charge(void **state)
{
    AssessPart plan[] = {{{2027, 8, 15}, 1000}, {{2027, 11, 15}, 2000}, {{2027, 8, 15}, 500}};
    ChargePart *parts;
    size_t count;
    Charge charge;

    (void)state;
    in_parts("k", 3500, plan, 3);
    Tx *tx = db_read(town.tenant->db, &town.err);
    assert_ok(pay_charge_by_key(tx, STR("k"), town.arena, &charge, &town.err), &town.err);
    assert_ok(charge_parts(tx, charge.id, town.arena, &parts, &count, &town.err), &town.err);
    tx_end(tx);
    assert_str(charge.payer, "keeper/7");
    assert_str(date_iso(town.arena, charge.due), "2027-08-15");
    assert_int_equal(count, 2); /* what is due on one day is one part */
    assert_int_equal(parts[0].cents, 1500);
    assert_int_equal(parts[1].number, 2);
    assert_int_equal(parts[1].open_cents, 2000);
}

static void parts_that_are_not_the_amount_are_refused(void **state)
{
    AssessPart plan[] = {{{2027, 8, 15}, 1000}, {{2027, 11, 15}, 2000}};
    Assessed a = assess_order("k", 3001);

    (void)state;
    a.order.parts = plan;
    a.order.part_count = 2;
    assert_false(db_write(town.tenant->db, assess_fn, &a, &town.err));
    assert_int_equal(town.err.kind, ERR_INPUT);
}

/* --- Any changes ------------------------------------------------------------------------------
 */

static Date some_day(TestRandom *seed)
{
    return date_add_days((Date){2027, 1, 1}, test_pick(seed, 0, 24) * 15);
}

static size_t any_schedule(TestRandom *seed, int64_t cents, AssessPart out[4])
{
    int64_t count = test_pick(seed, 0, 4);

    if (cents < count)
        return 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t most = cents - (count - i - 1);
        out[i] = (AssessPart){some_day(seed), i + 1 == count ? cents : test_pick(seed, 1, most)};
        cents -= out[i].cents;
    }
    return (size_t)count;
}

static void check_change(const PartList *before, PartList *after, const PartChange *change,
                         int64_t paid)
{
    int64_t stayed = 0, open = 0;

    assert_int_equal(parts_sum(after, PART_MAIN), change->cents);
    assert_int_equal(parts_sum(after, STR("gebuehr")), parts_sum(before, STR("gebuehr")));
    for (size_t i = 0; i < before->count; i++) {
        const ChargePart *part = &before->items[i];
        if (str_eq(part->kind, PART_MAIN) &&
            (date_compare(part->due, change->today) < 0 || part->open_cents == 0))
            stayed += part->cents;
    }
    for (size_t i = 0; i < before->count; i++) {
        const ChargePart *was = &before->items[i];
        for (size_t k = 0; k < after->count; k++) {
            const ChargePart *is = &after->items[k];
            if (is->number != was->number)
                continue;
            assert_int_equal(date_compare(is->due, was->due), 0);
            if (stayed <= change->cents &&
                (date_compare(was->due, change->today) < 0 || was->open_cents == 0))
                assert_int_equal(is->cents, was->cents);
        }
    }
    parts_allocate(after, paid);
    for (size_t i = 0; i < after->count; i++) {
        assert_true(after->items[i].cents >= 0 && after->items[i].open_cents >= 0);
        open += after->items[i].open_cents;
    }
    int64_t all = change->cents + parts_sum(after, STR("gebuehr"));
    assert_int_equal(open, all > paid ? all - paid : 0);
}

static void after_any_change_the_parts_are_what_is_owed(void **state)
{
    TestRandom seed = {20270601};

    (void)state;
    for (int round = 0; round < 5000; round++) {
        PartList parts = {0};
        for (int step = 0; step < 5; step++) {
            AssessPart schedule[4];
            int64_t paid = test_pick(&seed, 0, 1) ? test_pick(&seed, 0, 15000) : 0;
            PartChange change = {.cents = test_pick(&seed, 0, 12000),
                                 .due = some_day(&seed),
                                 .schedule = schedule,
                                 .today = some_day(&seed)};
            change.schedule_count = any_schedule(&seed, change.cents, schedule);
            if (test_pick(&seed, 0, 3) == 0)
                parts_add(&parts, some_day(&seed), test_pick(&seed, 1, 500), STR("gebuehr"),
                          town.arena);
            parts_allocate(&parts, paid);
            PartList before = parts;
            before.items = arena_array(town.arena, ChargePart, parts.count + 1);
            if (parts.count)
                memcpy(before.items, parts.items, parts.count * sizeof *parts.items);
            parts_change(&parts, &change, town.arena);
            check_change(&before, &parts, &change, paid);
        }
        arena_reset(town.arena);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_change_is_shared_out_over_what_is_not_due_yet),
        TEST(what_is_raised_or_new_is_assessed_anew),
        TEST(what_is_paid_stays_though_it_is_not_due_yet),
        TEST(what_nothing_is_due_for_any_more_is_due_when_the_order_says),
        TEST(an_amount_below_what_stays_cuts_the_latest_first),
        TEST(the_orders_own_days_come_before_the_charges),
        TEST(a_charge_of_one_part_moves_to_the_orders_day),
        TEST(a_payment_goes_to_the_part_that_was_due_first),
        TEST(parts_and_payer_are_kept_with_the_charge),
        TEST(parts_that_are_not_the_amount_are_refused),
        TEST(after_any_change_the_parts_are_what_is_owed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
