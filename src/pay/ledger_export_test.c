/* SPDX-License-Identifier: EUPL-1.2 */
/* The ledger as a file, against files made by hand. */
#include "pay/pay_fixture.h"

#include "pay/charge.h"
#include "pay/ledger_export.h"

#include <stdio.h>

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

/* What DATEV's description says of each field: text stands in quotes, also when it is empty;
 * numbers and dates do not. */
static const char HEAD_KINDS[] = "tnntnnntttnnnnnnttnnntntnntnntt";
static const char RECORD_KINDS[] = "nttnntnntnttntntnnntttttttttttttttttttntntnnnnnttt"
                                   "tttttttttttttttttttttttttttttttttttttnnntnnnttntnn"
                                   "nttntntnttntnnnnntnttntnn";

/* The next field, with its quotes. */
static Str next_field(Str *line)
{
    size_t at = 0;
    bool quoted = false;

    for (; at < line->len && (quoted || line->ptr[at] != ';'); at++)
        quoted = quoted != (line->ptr[at] == '"');
    Str field = str_slice(*line, 0, at);
    *line = at < line->len ? str_slice(*line, at + 1, line->len) : STR_NONE;
    return field;
}

static void assert_kinds(Str line, const char *kinds)
{
    size_t count = 0;

    for (; line.ptr && kinds[count]; count++) {
        Str field = next_field(&line);
        bool quoted = field.len >= 2 && field.ptr[0] == '"' && field.ptr[field.len - 1] == '"';
        bool number = true;
        for (size_t i = 0; i < field.len; i++)
            number =
                number && ((field.ptr[i] >= '0' && field.ptr[i] <= '9') || field.ptr[i] == ',');
        if (kinds[count] == 't' ? !quoted : !number)
            fail_msg("field %zu is %.*s", count + 1, STR_ARG(field));
    }
    assert_null(line.ptr);
    assert_int_equal(count, strlen(kinds));
}

static void each_field_of_datev_is_of_its_kind(void **state)
{
    static const struct {
        int column;
        const char *name;
    } named[] = {{1, "Umsatz (ohne Soll/Haben-Kz)"},
                 {7, "Konto"},
                 {8, "Gegenkonto (ohne BU-Schl\xFCssel)"},
                 {10, "Belegdatum"},
                 {11, "Belegfeld 1"},
                 {14, "Buchungstext"},
                 {20, "Beleglink"},
                 {37, "KOST1 - Kostenstelle"},
                 {48, "Zusatzinformation - Art 1"},
                 {88, "St\xFC"
                      "ck"},
                 {105, "SEPA-Mandatsreferenz"},
                 {114, "Festschreibung"},
                 {115, "Leistungsdatum"},
                 {117, "F\xE4lligkeit"},
                 {118, "Generalumkehr (GU)"},
                 {125, "Abw. Skontokonto"}};
    Str file;

    (void)state;
    prepare();
    assert_true(export_as(EXPORT_DATEV, (Date){2027, 3, 31}, &file));
    assert_kinds(str_cut(&file, '\r'), HEAD_KINDS);
    Str columns = str_cut(&file, '\r');
    columns = str_slice(columns, 1, columns.len);
    size_t at = 0;
    for (int column = 1; columns.ptr; column++) {
        Str name = next_field(&columns);
        if (at < sizeof named / sizeof *named && named[at].column == column)
            assert_str(name, named[at++].name);
    }
    assert_int_equal(at, sizeof named / sizeof *named);
    for (int record = 0; record < 2; record++) {
        Str line = str_cut(&file, '\r');
        assert_kinds(str_slice(line, 1, line.len), RECORD_KINDS);
    }
    assert_str(file, "\n");
}

static void what_datev_would_refuse_is_not_written(void **state)
{
    static const struct {
        const char *ledger, *datev, *says;
    } towns[] = {
        {"{forderung: \"01400\", bank: \"1200\"}", "{consultant: 1001, client: 7}", "01400"},
        {"{forderung: \"14000\", bank: \"1200\"}", "{consultant: 1001, client: 7}", "14000"},
        {"{forderung: \"14a\", bank: \"1200\"}", "{consultant: 1001, client: 7}", "14a"},
        {"{forderung: \"1400\", bank: \"1200\"}", "{consultant: 1000, client: 7}", "consultant"},
        {"{forderung: \"1400\", bank: \"1200\"}", "{consultant: 1001, client: 0}", "client"},
        {"{forderung: \"1400\", bank: \"1200\"}",
         "{consultant: 1001, client: 7, account_length: 9}", "account_length"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof towns / sizeof *towns; i++) {
        Str file;
        char settings[500];
        test_town_close(&town);
        snprintf(settings, sizeof settings,
                 "title: Musterstadt\nmoney:\n  payment_reference: "
                 "\"5{year:2}{account:3}{number:7}{check}\"\n  accounts:\n"
                 "    hundesteuer: {number: \"340\"}\n  ledger: %s\n"
                 "  datev: %s\n",
                 towns[i].ledger, towns[i].datev);
        test_town_open(&town, ENGINES, 2, settings);
        prepare();
        assert_false(export_as(EXPORT_DATEV, (Date){2027, 3, 31}, &file));
        assert_int_equal(town.err.kind, ERR_INPUT);
        if (!strstr(town.err.message, towns[i].says))
            fail_msg("%s", town.err.message);
    }
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
        TEST(each_field_of_datev_is_of_its_kind),
        TEST(what_datev_would_refuse_is_not_written),
        TEST(datev_gets_a_posting_batch),
        TEST(datev_names_what_is_not_set),
        TEST(json_has_each_booking_with_its_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
