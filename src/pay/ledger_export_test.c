/* SPDX-License-Identifier: EUPL-1.2 */
/* The ledger as a file, against files made by hand. */
#include "pay/pay_fixture.h"

#include "pay/charge.h"
#include "pay/ledger_export.h"

static int set_up_accounts(void **state)
{
    (void)state;
    test_town_open(&town, ENGINES, 2,
                   "title: Musterstadt\n"
                   "money:\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n"
                   "    hundesteuer: {number: \"340\"}\n"
                   "  ledger: {forderung: \"1400\", bank: \"1200\", erlass: \"6930\"}\n"
                   "  datev: {consultant: 1001, client: 7}\n");
    return 0;
}

static bool pay_fn(Tx *tx, void *context, Err *err)
{
    Charge charge;

    (void)context;
    return charge_by_id(tx, 1, town.arena, &charge, err) &&
           charge_pay(tx, &charge, 1050, ACCOUNT_BANK, STR("von „Ärger\"; Ω"), (Date){2027, 3, 2},
                      STR("staff/2"), err);
}

/* The bookings of a day in the past, so that the files are the same on every day. */
static bool date_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err,
                   "UPDATE ledger_booking SET day = $1, at = $2, value_date = '2027-03-02'",
                   P_INT(date_to_days((Date){2027, 3, 5})), P_INT(1804233600123)) &&
           tx_exec(tx, err, "UPDATE charge SET payment_reference = '52734000000013'");
}

static void prepare(void)
{
    assess("k", 123450);
    test_town_write(&town, pay_fn, NULL);
    test_town_write(&town, date_fn, NULL);
}

static bool export_as(ExportFormat format, Date until, Str *out)
{
    ExportOrder order = {
        .from = {2027, 3, 1}, .until = until, .format = format, .now = 1804235400456};
    Tx *tx = db_read(town.tenant->db, &town.err);
    bool ok = ledger_export(tx, town.tenant, &order, town.arena, out, &town.err);

    tx_end(tx);
    return ok;
}

static void csv_has_a_line_for_each_side_of_a_booking(void **state)
{
    Str csv;

    (void)state;
    prepare();
    assert_true(export_as(EXPORT_CSV, (Date){2027, 3, 31}, &csv));
    assert_str(
        csv,
        "\xEF\xBB\xBF"
        "Buchung;Zeile;Buchungstag;Wertstellung;Zeitpunkt;Art;Text;Konto;Kontonummer;Soll;Haben;"
        "Kassenzeichen;Schuldner;Zweck;Gebucht von;Abgeschlossen\r\n"
        "1;1;2027-03-05;2027-03-02;2027-03-05T08:00:00.123Z;sollstellung;Hundesteuer "
        "2027;forderung;"
        "1400;1234,50;;52734000000013;Erika Mustermann;Hundesteuer 2027;staff/1;nein\r\n"
        "1;2;2027-03-05;2027-03-02;2027-03-05T08:00:00.123Z;sollstellung;Hundesteuer 2027;"
        "ertrag/hundesteuer;340;;1234,50;52734000000013;Erika Mustermann;Hundesteuer 2027;staff/1;"
        "nein\r\n"
        "2;1;2027-03-05;2027-03-02;2027-03-05T08:00:00.123Z;zahlung;\"von „Ärger\"\"; "
        "Ω\";bank;1200;"
        "10,50;;52734000000013;Erika Mustermann;Hundesteuer 2027;staff/2;nein\r\n"
        "2;2;2027-03-05;2027-03-02;2027-03-05T08:00:00.123Z;zahlung;\"von „Ärger\"\"; "
        "Ω\";forderung;"
        "1400;;10,50;52734000000013;Erika Mustermann;Hundesteuer 2027;staff/2;nein\r\n");
}

static void only_the_period_is_told(void **state)
{
    Str csv;

    (void)state;
    prepare();
    assert_true(export_as(EXPORT_CSV, (Date){2027, 3, 4}, &csv));
    assert_true(str_find(csv, STR("sollstellung")) < 0);
    assert_false(export_as(EXPORT_CSV, (Date){2027, 2, 28}, &csv));
    assert_string_equal(town.err.field, "bis");
}

static size_t semicolons(Str line)
{
    size_t count = 0;
    bool quoted = false;

    for (size_t i = 0; i < line.len; i++) {
        quoted = quoted != (line.ptr[i] == '"');
        count += !quoted && line.ptr[i] == ';';
    }
    return count;
}

static void datev_gets_a_posting_batch(void **state)
{
    Str file;

    (void)state;
    prepare();
    assert_true(export_as(EXPORT_DATEV, (Date){2027, 3, 31}, &file));
    assert_str(str_cut(&file, '\r'),
               "\"EXTF\";700;21;\"Buchungsstapel\";13;20270305093000456;;\"\";\"\";\"\";1001;7;"
               "20270101;4;20270301;20270331;\"Rathaus 03/2027\";\"\";1;0;0;\"EUR\";;\"\";;;\"\";;;"
               "\"\";\"\"");
    Str columns = str_cut(&file, '\r');
    assert_int_equal(semicolons(columns), 124);
    assert_true(str_starts_with(columns, "\nUmsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;"));
    assert_true(str_ends_with(columns, ";Abw. Skontokonto"));
    Str first = str_cut(&file, '\r');
    assert_int_equal(semicolons(first), 124);
    assert_true(str_starts_with(
        first, "\n1234,50;\"S\";\"EUR\";;;\"\";1400;340;\"\";0503;\"52734000000013\";\"1\";;"
               "\"sollstellung: Hundesteuer 2027\";;"));
    /* Windows-1252: the quotes and umlauts in one byte each, what it does not have as "?". */
    assert_true(str_starts_with(str_cut(&file, '\r'),
                                "\n10,50;\"S\";\"EUR\";;;\"\";1200;1400;\"\";0503;"
                                "\"52734000000013\";\"2\";;\"zahlung: von \x84\xC4rger\"\"; ?\";"));
    assert_str(file, "\n");
}

static void datev_names_what_is_not_set(void **state)
{
    Str file;

    (void)state;
    prepare();
    test_town_write(&town, date_fn, NULL);
    assert_false(export_as(EXPORT_DATEV, (Date){2028, 3, 31}, &file));
    assert_string_equal(town.err.field, "bis");
    test_town_close(&town);
    set_up(NULL);
    prepare();
    assert_false(export_as(EXPORT_DATEV, (Date){2027, 3, 31}, &file));
    assert_non_null(strstr(town.err.message, "money.datev"));
}

static void json_has_each_booking_with_its_lines(void **state)
{
    Str json;

    (void)state;
    prepare();
    assert_true(export_as(EXPORT_JSON, (Date){2027, 3, 31}, &json));
    Node *root = node_parse_json(town.arena, json, NULL, &NODE_LIMITS_PACKAGE, &town.err);
    assert_non_null(root);
    const Node *booking = node_path(root, STR("bookings[1]"));
    assert_str(node_get_text(booking, "day"), "2027-03-05");
    assert_int_equal(node_get_i64(node_path(booking, STR("lines[0]")), "cents", 0), 1050);
    assert_str(node_get_text(node_path(booking, STR("lines[1]")), "account"), "forderung");
    assert_int_equal(node_get(booking, "lines")->count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_accounts, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(csv_has_a_line_for_each_side_of_a_booking),
        TEST(only_the_period_is_told),
        TEST(datev_gets_a_posting_batch),
        TEST(datev_names_what_is_not_set),
        TEST(json_has_each_booking_with_its_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
