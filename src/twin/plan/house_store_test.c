/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/desk.h"

#include "core/test_town.h"

#include <math.h>

static const Engine ENGINE = {.name = "twin", .migrations = PLAN_MIGRATIONS};
static const Engine *const ENGINES[] = {&ENGINE};

#define HEAD "house,address,depth_m,p90_m,speed_m_s,damage_eur,series_mm,longitude,latitude\r\n"

static TestTown town;

static int open_town(void **state)
{
    return test_town_set_up(&town, ENGINES, 1, "title: Musterstadt\n", state);
}

static bool import(int64_t sim, const char *csv, Err *err)
{
    char *path = arena_printf(town.arena, "%s/haeuser.csv", town.folder);

    return folder_write_file(path, str_c(csv), 0600, err) &&
           house_import(town.tenant, sim, path, town.arena, err);
}

static void import_good(int64_t sim, const char *csv)
{
    Err err = {0};
    assert_ok(import(sim, csv, &err), &err);
}

static Tx *begin_read(void)
{
    Err err = {0};
    Tx *tx = db_read(town.tenant->db, &err);

    assert_ok(tx, &err);
    return tx;
}

static void an_import_replaces_what_was_there(void **state)
{
    House *houses;
    size_t count;
    Err err = {0};

    (void)state;
    import_good(1, HEAD "1,Talstraße 12,0.5,0.25,1.5,1200,0 250 500,9.95,51.5\r\n2,,0.05,0,0,0,0 0 "
                        "50,9.95,51.5\r\n");
    import_good(
        1, HEAD
        "1,Talstraße 12,0.7004,0.25,1.5,1200,0 250 700,9.95,51.5\r\n2,,0.05,0,0,10,0,9.95,51.5\r\n"
        "3,\"Am Markt 1, Hinterhaus\",0.2,0.1,0.3,50,0,9.95,51.5\r\n");
    Tx *tx = begin_read();
    assert_ok(house_list(tx, town.arena, 1, 0.1, 10, 0, &houses, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_str(houses[0].address, "Talstraße 12");
    assert_float_equal(houses[0].depth, 0.7, 0);
    assert_str(houses[0].series, "0 250 700");
    assert_float_equal(houses[0].longitude, 9.95, 0);
    assert_float_equal(houses[0].latitude, 51.5, 0);
    assert_str(houses[1].address, "Am Markt 1, Hinterhaus");
    assert_ok(house_list(tx, town.arena, 1, 0, 1, 2, &houses, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(houses[0].id, 2);
    assert_false(house_by_id(tx, town.arena, 1, 9, &houses[0], &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    tx_end(tx);
}

static void a_broken_table_is_refused_with_its_line(void **state)
{
    Err err = {0};

    (void)state;
    assert_false(import(2, HEAD "1,Talstraße 12,0.5,9.95,51.5\r\n", &err));
    assert_int_equal(err.line, 2);
}

static void sums_have_their_lower_bound_and_not_their_upper(void **state)
{
    int64_t count, damage;
    Err err = {0};

    (void)state;
    import_good(3, HEAD "1,,0.05,0,0,1,,9.95,51.5\r\n2,,0.0999,0,0,2,,9.95,51.5\r\n3,,0.1,0,0,4,,9."
                        "95,51.5\r\n4,,7,0,0,8,,9.95,51.5\r\n");
    Tx *tx = begin_read();
    assert_ok(house_sums(tx, 3, 0.05, 0.1, &count, &damage, &err), &err);
    assert_int_equal(count, 1); /* 0.0999 m are 100 mm */
    assert_int_equal(damage, 1);
    assert_ok(house_sums(tx, 3, 0.1, HUGE_VAL, &count, &damage, &err), &err);
    assert_int_equal(count, 3);
    assert_int_equal(damage, 14);
    assert_ok(house_sums(tx, 99, 0, HUGE_VAL, &count, &damage, &err), &err);
    assert_int_equal(count, 0);
    assert_int_equal(damage, 0);
    tx_end(tx);
}

static void changes_below_two_centimetres_are_none(void **state)
{
    HouseChange *changes;
    size_t count;
    int64_t less, more;
    Err err = {0};

    (void)state;
    import_good(
        4, HEAD
        "1,A,0.5,0,0,0,,9.95,51.5\r\n2,B,0.5,0,0,0,,9.95,51.5\r\n3,C,0.5,0,0,0,,9.95,51.5\r\n");
    import_good(5, HEAD "1,A,0.48,0,0,0,,9.95,51.5\r\n2,B,0.519,0,0,0,,9.95,51.5\r\n3,C,0.9,0,0,0,,"
                        "9.95,51.5\r\n4,D,0.3,0,0,0,,9.95,51.5\r\n");
    Tx *tx = begin_read();
    assert_ok(house_changes(tx, town.arena, 4, 5, 10, &changes, &count, &err), &err);
    assert_int_equal(count, 3); /* the new house was dry before */
    assert_str(changes[0].house.address, "C");
    assert_str(changes[1].house.address, "D");
    assert_float_equal(changes[1].before, 0, 0);
    assert_ok(house_change_counts(tx, 4, 5, &less, &more, &err), &err);
    assert_int_equal(less, 1);
    assert_int_equal(more, 2);
    tx_end(tx);
}

/* --- Addresses --- */

static void assert_same_key(const char *one, const char *other)
{
    Str a = address_key(town.arena, str_c(one)), b = address_key(town.arena, str_c(other));

    if (!str_eq(a, b))
        fail_msg("%s: %.*s, %s: %.*s", one, STR_ARG(a), other, STR_ARG(b));
}

static void ways_to_write_an_address_share_a_key(void **state)
{
    (void)state;
    assert_same_key("Talstraße 12 a", "TALSTRASSE 12A");
    assert_same_key("Talstraße 12", "talstr. 12");
    assert_same_key("Talstraße 12", "Talstr 12");
    assert_same_key("Talstraße 12", "  Tal-Straße   12 ");
    assert_same_key("Mühlenweg 3", "Muehlenweg 3");
    assert_same_key("Straße der Einheit 5", "Str. der Einheit 5");
    assert_same_key("Marktplatz 1", "Marktpl. 1");
    assert_same_key("ÄÖÜ-Weg 1", "äöü weg 1");
    assert_str(address_key(town.arena, STR("Strandweg 7")), "strandweg7");
    assert_str(address_key(town.arena, STR("")), "");
}

typedef struct Order {
    const char *title;
} Order;

static bool add_sim(Tx *tx, void *context, Err *err)
{
    const Order *order = context;
    int64_t id;

    return tx_insert(tx, err, &id,
                     "INSERT INTO twin_sim (title, model, rain, rain_text, minutes, fast, status,"
                     " author, created_at) VALUES ($1, 'm', '{}', 'Regen', 60, 0, 'done', 'A', 1)",
                     P_TEXT(str_c(order->title)));
}

/* The addresses found, in one line. */
static Str found(int64_t sim, const char *asked)
{
    Buf out = buf_in(town.arena);
    House *houses;
    size_t count;
    Err err = {0};
    Tx *tx = begin_read();

    assert_ok(house_find(tx, town.arena, sim, str_c(asked), 5, &houses, &count, &err), &err);
    tx_end(tx);
    buf_add_c(&out, "");
    for (size_t i = 0; i < count; i++)
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARG(houses[i].address));
    return buf_str(&out);
}

static void a_house_is_found_however_its_address_is_written(void **state)
{
    (void)state;
    import_good(6, HEAD "1,Talstraße 12,0,0,0,0,,9.95,51.5\r\n2,Talstraße "
                        "1,0,0,0,0,,9.95,51.5\r\n3,Am Markt 3,0,0,0,0,,9.95,51.5\r\n"
                        "4,Straße des 17. Juni 5,0,0,0,0,,9.95,51.5\r\n5,,0,0,0,0,,9.95,51.5\r\n");
    assert_str(found(6, "talstr 12"), "Talstraße 12");
    assert_str(found(6, "Talstraße 1"), "Talstraße 1, Talstraße 12");
    assert_str(found(6, "TALSTRASSE 12, 01067 Musterstadt"), "Talstraße 12");
    assert_str(found(6, "Talstraße 12 Musterstadt"), "Talstraße 12");
    assert_str(found(6, "markt 3"), "Am Markt 3");
    assert_str(found(6, "des 17. Juni 5"), "Straße des 17. Juni 5");
    assert_str(found(6, "juni"), "Straße des 17. Juni 5");
    assert_str(found(6, "17"), "");
    assert_str(found(6, "Straße des 17. Juni 5"), "Straße des 17. Juni 5");
    assert_str(found(6, "Talstraße 99"), "");
    assert_str(found(6, "100%_"), "");
    assert_str(found(6, "T"), "");
    assert_str(found(6, ""), "");
}

static void simulations_come_in_pages_and_by_a_word(void **state)
{
    Sim *sims;
    size_t count;
    int64_t all;
    Err err = {0};

    (void)state;
    for (int i = 0; i < 7; i++) {
        Order order = {i % 2 ? "Tal mit Becken" : "Tal 100%"};
        assert_ok(db_write(town.tenant->db, add_sim, &order, &err), &err);
    }
    Tx *tx = begin_read();
    assert_ok(sim_list(tx, town.arena, STR(""), 5, 5, &sims, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_true(sims[0].id > sims[1].id);
    assert_ok(sim_count(tx, town.arena, STR("BECKEN"), &all, &err), &err);
    assert_int_equal(all, 3);
    assert_ok(sim_count(tx, town.arena, STR("0%"), &all, &err), &err);
    assert_int_equal(all, 4);
    assert_ok(sim_count(tx, town.arena, STR("l%b"), &all, &err), &err);
    assert_int_equal(all, 0);
    tx_end(tx);
}

static void a_number_that_is_not_there_leads_to_its_street(void **state)
{
    House *houses;
    size_t count;
    Err err = {0};
    Tx *tx = begin_read();

    (void)state;
    assert_ok(house_street(tx, town.arena, 6, STR("Talstr. 99"), 5, &houses, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_str(houses[0].address, "Talstraße 1");
    assert_ok(house_street(tx, town.arena, 6, STR("99"), 5, &houses, &count, &err), &err);
    assert_int_equal(count, 0);
    tx_end(tx);
}

static void what_was_not_computed_is_not_taken_for_dry(void **state)
{
    HouseChange *changes;
    House house;
    size_t count;
    Err err = {0};

    (void)state;
    import_good(7, HEAD "1,Hof 1,,0,0,0,,9.95,51.5\r\n2,Hof 2,0.9,0,0,0,,9.95,51.5\r\n");
    import_good(8, HEAD "1,Hof 1,0.7,0,0,0,,9.95,51.5\r\n2,Hof 2,,0,0,0,,9.95,51.5\r\n");
    Tx *tx = begin_read();
    assert_ok(house_by_id(tx, town.arena, 7, 1, &house, &err), &err);
    assert_true(house.depth < 0);
    assert_str(depth_text(town.arena, house.depth), "nicht berechnet");
    assert_ok(house_changes(tx, town.arena, 7, 8, 10, &changes, &count, &err), &err);
    assert_int_equal(count, 0);
    tx_end(tx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_import_replaces_what_was_there),
        cmocka_unit_test(a_broken_table_is_refused_with_its_line),
        cmocka_unit_test(sums_have_their_lower_bound_and_not_their_upper),
        cmocka_unit_test(changes_below_two_centimetres_are_none),
        cmocka_unit_test(ways_to_write_an_address_share_a_key),
        cmocka_unit_test(a_house_is_found_however_its_address_is_written),
        cmocka_unit_test(simulations_come_in_pages_and_by_a_word),
        cmocka_unit_test(a_number_that_is_not_there_leads_to_its_street),
        cmocka_unit_test(what_was_not_computed_is_not_taken_for_dry),
    };
    return cmocka_run_group_tests(tests, open_town, test_town_tear_down);
}
