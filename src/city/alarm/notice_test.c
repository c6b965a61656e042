/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/alarm_test.h"

/* The payloads of all mails that were ordered: addresses, subjects, texts. */
static Str mails(void)
{
    Buf out = buf_in(town.arena);
    Tx *tx = db_read(town.tenant->db, &town.err);
    Rows *rows = tx_query(tx, town.arena, &town.err, "SELECT payload FROM effect ORDER BY id");

    while (rows_next(rows, &town.err))
        buf_addf(&out, "%.*s\n", STR_ARG(row_text(rows, 0)));
    rows_end(rows);
    tx_end(tx);
    return buf_str(&out);
}

static bool has(Str text, const char *word)
{
    return str_find(text, str_c(word)) >= 0;
}

/* Raised and ended. */
static Str mails_of_a_flood(void)
{
    measure(1, 300);
    made("value > 250", "value < 230");
    check_at(NOON);
    measure(-1, 200);
    check_at(NOON + MINUTE);
    return mails();
}

static const char *const WHAT_IT_WATCHES[] = {"Hochwasser", "Pegel", "Mast", "300 cm",
                                              "200 cm",     "51.56", "value"};

static void mails_of_what_is_public_say_values_and_places(void **state)
{
    Str text = mails_of_a_flood();

    (void)state;
    assert_true(has(text, "Warnung: Hochwasser"));
    assert_true(has(text, "Beendet: Hochwasser"));
    for (size_t i = 0; i < 6; i++)
        if (!has(text, WHAT_IT_WATCHES[i]))
            fail_msg("%s is not in %.*s", WHAT_IT_WATCHES[i], STR_ARG(text));
}

static void mails_of_what_is_internal_say_only_which_alarm_it_is(void **state)
{
    CityDataset dataset;
    const CityDatasets *all = (hub_hold(hub()), hub_datasets(hub()));

    (void)state;
    dataset = *city_dataset(all, 1);
    hub_release(hub());
    dataset.access = CITY_INTERNAL;
    assert_ok(hub_save_dataset(hub(), &dataset, STR("system"), STR("de"), &town.err), &town.err);
    Str text = mails_of_a_flood();
    assert_true(has(text, "Warnung: Alarm Nr. 1"));
    assert_true(has(text, "Beendet: Alarm Nr. 1"));
    assert_true(has(text, "https://m.example/desk/alarme/1"));
    for (size_t i = 0; i < sizeof WHAT_IT_WATCHES / sizeof *WHAT_IT_WATCHES; i++)
        if (has(text, WHAT_IT_WATCHES[i]))
            fail_msg("%s is in %.*s", WHAT_IT_WATCHES[i], STR_ARG(text));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, alarm_test_begin, test_town_tear_down)
    const struct CMUnitTest tests[] = {
        T(mails_of_what_is_public_say_values_and_places),
        T(mails_of_what_is_internal_say_only_which_alarm_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
