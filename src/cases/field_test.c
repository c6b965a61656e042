/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/field.h"

#include "base/test.h"

static Arena *arena;

/* The normal form as JSON, or "rule: message". */
static Str normal(const FormField *field, const char *json)
{
    FieldFault fault = {0};
    FieldTask task = {field, STR("de"), arena, &fault};
    Err err;
    Node *out;
    Node *raw = node_parse_json(arena, str_c(json), NULL, &NODE_LIMITS_REQUEST, &err);

    assert_non_null(raw);
    if (!field_normalise(&task, raw, &out))
        return str_printf(arena, "%s: %.*s", fault.rule, STR_ARG(fault.message));
    return out ? node_json(out, arena) : STR("");
}

static FormField field_of(FieldType type)
{
    FormField field = {.id = STR("feld"), .type = type, .decimals = 2, .max_files = 2};

    field.label = node_string(arena, STR("Feld"));
    return field;
}

#define assert_normal(type, json, expected)                \
    do {                                                   \
        FormField assert_field = field_of(type);           \
        assert_str(normal(&assert_field, json), expected); \
    } while (0)

static void text_is_trimmed_and_composed(void **state)
{
    (void)state;
    assert_normal(FIELD_TEXT, "\"  Rex \\u00a0\"", "\"Rex\"");
    /* u + combining diaeresis becomes one character */
    assert_normal(FIELD_TEXT, "\"Mu\\u0308ller\"", "\"M\xC3\xBCller\"");
    assert_normal(FIELD_TEXT, "\"a\\r\\nb\"", "\"a b\"");
    assert_normal(FIELD_LONGTEXT, "\"a\\r\\nb\"", "\"a\\nb\"");
    assert_normal(FIELD_TEXT, "\"   \"", "");
    assert_normal(FIELD_TEXT, "null", "");
    assert_normal(FIELD_TEXT, "12", "type: „Feld“ muss ein Text sein.");
}

static void length_counts_characters_not_bytes(void **state)
{
    FormField field = field_of(FIELD_TEXT);

    (void)state;
    field.max_length = 3;
    field.min_length = 2;
    assert_str(normal(&field, "\"äöü\""), "\"äöü\"");
    assert_str(normal(&field, "\"äöüx\""),
               "length: „Feld“ darf höchstens 3 Zeichen haben. Sie haben 4 eingegeben.");
    assert_str(normal(&field, "\"ä\""),
               "length: „Feld“ muss mindestens 2 Zeichen haben. Sie haben 1 eingegeben.");
}

static void control_characters_are_refused(void **state)
{
    FormField field = field_of(FIELD_TEXT);

    (void)state;
    assert_true(str_starts_with(normal(&field, "\"a\\u0000b\""), "type"));
    assert_true(str_starts_with(normal(&field, "\"a\\u0007\""), "type"));
}

static void what_is_not_seen_is_not_kept(void **state)
{
    (void)state;
    assert_normal(FIELD_TEXT, "\"Be\\u202ello\"", "\"Bello\"");
    assert_normal(FIELD_TEXT, "\"\\u2066Be\\u200b\\u200dllo\\u2069\\ufeff\"", "\"Bello\"");
    assert_normal(FIELD_TEXT, "\"\\u200b\"", "");
    assert_normal(FIELD_TEXT, "\" \\u200f\\u3000\\u2800 \"", "");
    assert_normal(FIELD_TEXT, "\"Anna\\u2028Lena\\u00a0Maria\"", "\"Anna Lena Maria\"");
    assert_normal(FIELD_LONGTEXT, "\"\\u202ea\\tb\\u2028c\"", "\"a\\tb\\nc\"");
    assert_normal(FIELD_IBAN, "\"DE02120300000000202051\\u200b\"", "\"DE02120300000000202051\"");
}

static void what_nobody_can_read_is_refused(void **state)
{
    static const char *const texts[] = {"\"a\\ufffe\"", "\"a\\ufdd0\"", "\"\\ue000\"",
                                        "\"a\\ufffd\""};
    FormField field = field_of(FIELD_TEXT);

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(str_starts_with(normal(&field, texts[i]), "type: „Feld“ enthält Zeichen"));
}

static void a_letter_carries_at_most_four_marks(void **state)
{
    FormField field = field_of(FIELD_TEXT);

    (void)state;
    assert_normal(FIELD_TEXT, "\"q\\u0331\\u0323\\u0308\\u0301y\"",
                  "\"q\xCC\xB1\xCC\xA3\xCC\x88\xCC\x81y\"");
    assert_true(str_starts_with(normal(&field, "\"q\\u0331\\u0323\\u0308\\u0301\\u0302\""),
                                "type: In „Feld“ stehen zu viele Zeichen übereinander"));
}

static void numbers_have_one_form(void **state)
{
    (void)state;
    assert_normal(FIELD_INTEGER, "-12", "-12");
    assert_normal(FIELD_INTEGER, "1.5", "type: „Feld“ muss eine ganze Zahl sein, zum Beispiel 12.");
    assert_normal(FIELD_INTEGER, "\"12\"",
                  "type: „Feld“ muss eine ganze Zahl sein, zum Beispiel 12.");
    assert_normal(FIELD_MONEY, "12.50", "12.5");
    assert_normal(FIELD_MONEY, "12.505",
                  "type: „Feld“ muss ein Betrag in Euro sein, zum Beispiel 12,50.");
    assert_normal(FIELD_DECIMAL, "1.234",
                  "type: „Feld“ darf höchstens 2 Stellen nach dem Komma haben.");
    assert_normal(FIELD_DECIMAL, "-0.00", "0");
    assert_normal(FIELD_INTEGER, "1234567890123456",
                  "type: „Feld“ muss eine ganze Zahl sein, zum Beispiel 12.");
}

static void dates_must_be_in_the_calendar(void **state)
{
    (void)state;
    assert_normal(FIELD_DATE, "\"2028-02-29\"", "\"2028-02-29\"");
    assert_normal(
        FIELD_DATE, "\"2027-02-29\"",
        "type: Den Tag „2027-02-29“ gibt es im Kalender nicht. Bitte prüfen Sie das Datum.");
    assert_normal(
        FIELD_DATE, "\"2027-3-1\"",
        "type: „Feld“ muss ein Datum mit Tag, Monat und Jahr sein, zum Beispiel 27.3.2026.");
    assert_normal(
        FIELD_DATE, "\"gestern\"",
        "type: „Feld“ muss ein Datum mit Tag, Monat und Jahr sein, zum Beispiel 27.3.2026.");
    assert_normal(
        FIELD_DATE, "20270301",
        "type: „Feld“ muss ein Datum mit Tag, Monat und Jahr sein, zum Beispiel 27.3.2026.");
    assert_true(field_partial_date_valid(STR("2019")));
    assert_true(field_partial_date_valid(STR("1000")));
    assert_false(field_partial_date_valid(STR("0999")));
    assert_true(field_partial_date_valid(STR("9999-12-31")));
    assert_true(field_partial_date_valid(STR("2019-12")));
    assert_false(field_partial_date_valid(STR("2019-13")));
    assert_false(field_partial_date_valid(STR("2019-00")));
    assert_false(field_partial_date_valid(STR("2019-02-30")));
    assert_false(field_partial_date_valid(STR("-019")));
    assert_normal(FIELD_TIME, "\"08:30:00\"", "\"08:30\"");
    assert_normal(FIELD_TIME, "\"24:00\"",
                  "type: „Feld“ muss eine Uhrzeit sein, zum Beispiel 14:30.");
}

static void iban_needs_country_length_and_remainder_one(void **state)
{
    int length;

    (void)state;
    assert_normal(FIELD_IBAN, "\"de89 3704 0044 0532 0130 00\"", "\"DE89370400440532013000\"");
    assert_int_equal(field_iban_check(STR("GB82WEST12345698765432"), &length), IBAN_OK);
    assert_int_equal(field_iban_check(STR("NO9386011117947"), &length), IBAN_OK);
    assert_int_equal(field_iban_check(STR("DE88370400440532013000"), &length), IBAN_CHECKSUM);
    assert_int_equal(field_iban_check(STR("DE8937040044053201300"), &length), IBAN_LENGTH);
    assert_int_equal(field_iban_check(STR("ZZ89370400440532013000"), &length), IBAN_COUNTRY);
    assert_int_equal(field_iban_check(STR("89DE"), &length), IBAN_SHAPE);
    /* two digits exchanged */
    assert_int_equal(field_iban_check(STR("DE89370400440532010300"), &length), IBAN_CHECKSUM);
    assert_normal(FIELD_IBAN, "\"DE8937040044053201300\"",
                  "type: Diese IBAN hat 21 Zeichen. IBANs dieses Landes haben 22.");
}

static void tax_id_has_a_check_digit_and_one_repeated_digit(void **state)
{
    (void)state;
    /* Example numbers of the Bundeszentralamt für Steuern. */
    assert_true(field_tax_id_check(STR("86095742719")));
    assert_true(field_tax_id_check(STR("47036892816")));
    assert_true(field_tax_id_check(STR("65929970489")));
    assert_false(field_tax_id_check(STR("86095742718")));
    assert_false(field_tax_id_check(STR("68095742719")));
    assert_false(field_tax_id_check(STR("02476291358")));
    assert_normal(FIELD_TAX_ID, "\"86 095 742 719\"", "\"86095742719\"");
    assert_normal(
        FIELD_TAX_ID, "\"8609574271\"",
        "type: Eine Steuer-Identifikationsnummer hat 11 Ziffern. Sie haben 10 eingegeben.");
}

/* Ten digits that are all different, and ones with a digit three times in a row, are never given
 * out, whatever their check digit. */
static void tax_id_repetition_is_checked_beside_the_check_digit(void **state)
{
    char digits[12];

    (void)state;
    for (const char *const *stem = (const char *const[]){"1234567890", "1112345678", NULL}; *stem;
         stem++)
        for (int check = 0; check < 10; check++) {
            snprintf(digits, sizeof digits, "%s%d", *stem, check);
            assert_false(field_tax_id_check(str_c(digits)));
        }
}

static void email_addresses_are_checked_as_mail_servers_do(void **state)
{
    static const char *const wrong[] = {"",          "a",       "a@",        "@b.de",   "a@b",
                                        "a..b@c.de", ".a@c.de", "a@-c.de",   "a@c..de", "a b@c.de",
                                        "a@c.123",   "a@c.d",   "a@b@c d.de"};
    Str out;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(field_email_normal(arena, str_c(wrong[i]), &out));
    assert_normal(FIELD_EMAIL, "\" Erika.Muster@Beispiel.DE \"", "\"Erika.Muster@beispiel.de\"");
    assert_normal(FIELD_EMAIL, "\"post@müller.de\"", "\"post@xn--mller-kva.de\"");
    assert_normal(FIELD_EMAIL, "\"erika\"",
                  "type: „erika“ ist keine E-Mail-Adresse. Sie sieht so aus: name@beispiel.de.");
}

static void german_telephone_numbers_become_international(void **state)
{
    (void)state;
    assert_normal(FIELD_PHONE, "\"0171 / 123 45-67\"", "\"+491711234567\"");
    assert_normal(FIELD_PHONE, "\"+49 (0)351 488-0123\"", "\"+493514880123\"");
    assert_normal(FIELD_PHONE, "\"0048 22 1234567\"", "\"+48221234567\"");
    assert_true(str_starts_with(normal(&(FormField){.type = FIELD_PHONE}, "\"1234567\""), "type"));
    assert_true(str_starts_with(normal(&(FormField){.type = FIELD_PHONE}, "\"0171 ABC\""), "type"));
    assert_true(str_starts_with(normal(&(FormField){.type = FIELD_PHONE}, "\"+49\""), "type"));
}

static void choices_must_be_options_and_are_kept_once(void **state)
{
    FormField field = field_of(FIELD_CHOICES);
    Option options[] = {{.value = STR("a")}, {.value = STR("b")}};

    (void)state;
    field.options = options;
    field.option_count = 2;
    assert_str(normal(&field, "[\"b\",\"b\"]"), "[\"b\"]");
    assert_str(normal(&field, "null"), "[]");
    assert_true(str_starts_with(normal(&field, "[\"c\"]"), "option"));
    field.type = FIELD_CHOICE;
    assert_str(normal(&field, "\"a\""), "\"a\"");
    assert_true(str_starts_with(normal(&field, "\"A\""), "option"));
    assert_normal(FIELD_YES_NO, "false", "false");
    assert_normal(FIELD_YES_NO, "\"ja\"", "type: Bitte antworten Sie bei „Feld“ mit Ja oder Nein.");
    assert_normal(FIELD_CONSENT, "false", "");
}

static void uploads_keep_to_type_size_and_count(void **state)
{
    static const char *accept[] = {"application/pdf", NULL};
    FormField field = field_of(FIELD_UPLOAD);
#define HASH "0000000000000000000000000000000000000000000000000000000000000000"
#define UPLOAD(type, size) \
    "{\"sha256\":\"" HASH "\",\"name\":\"a.pdf\",\"type\":\"" type "\",\"size\":" size ",\"x\":1}"

    (void)state;
    field.accept = accept;
    field.max_size = 5000000;
    assert_str(normal(&field, "[" UPLOAD("application/pdf", "5000000") "]"),
               "[{\"sha256\":\"" HASH "\",\"name\":\"a.pdf\",\"type\":\"application/pdf\","
               "\"size\":5000000}]");
    assert_str(normal(&field, "[" UPLOAD("application/pdf", "5000001") "]"),
               "upload: Die Datei „a.pdf“ ist zu groß: Sie darf höchstens 5 MB haben.");
    assert_str(normal(&field, "[" UPLOAD("image/png", "5") "]"),
               "upload: Die Datei „a.pdf“ hat ein Format, das wir hier nicht annehmen.");
    assert_true(str_starts_with(
        normal(&field, "[" UPLOAD("application/pdf", "1") "," UPLOAD(
                           "application/pdf", "1") "," UPLOAD("application/pdf", "1") "]"),
        "count"));
    assert_true(str_starts_with(normal(&field, "[{\"name\":\"a.pdf\"}]"), "type"));
    assert_true(str_starts_with(normal(&field, "\"a.pdf\""), "type"));
}

/* --- Texts in both directions ---------------------------------------------------------------- */

static void round_trip(FieldType type, const char *typed, const char *json, const char *shown)
{
    FormField field = field_of(type);
    Node *value = form_value_from_text(&field, str_c(typed), arena);
    FieldFault fault;
    FieldTask task = {&field, STR("de"), arena, &fault};
    Node *clean, *again;

    assert_true(field_normalise(&task, value, &clean));
    assert_str(node_json(clean, arena), json);
    Str text = form_value_to_text(&field, clean, STR("de"), arena);
    assert_str(text, shown);
    if (type != FIELD_DATE && type != FIELD_PARTIAL_DATE) {
        assert_true(field_normalise(&task, form_value_from_text(&field, text, arena), &again));
        assert_true(node_equal(clean, again));
    }
    Str input = form_value_to_input(&field, clean, arena);
    assert_true(field_normalise(&task, form_value_from_text(&field, input, arena), &again));
    assert_true(node_equal(clean, again));
}

static void what_people_type_becomes_a_value_and_back(void **state)
{
    (void)state;
    round_trip(FIELD_TEXT, "Rex", "\"Rex\"", "Rex");
    round_trip(FIELD_INTEGER, "1.234", "1234", "1.234");
    round_trip(FIELD_INTEGER, "-7", "-7", "-7");
    round_trip(FIELD_DECIMAL, "1.234,5", "1234.5", "1.234,5");
    round_trip(FIELD_DECIMAL, "3.14", "3.14", "3,14");
    round_trip(FIELD_MONEY, "12,5 €", "12.5", "12,50 €");
    round_trip(FIELD_MONEY, "1.234.567,89", "1234567.89", "1.234.567,89 €");
    round_trip(FIELD_DATE, "1.3.2027", "\"2027-03-01\"", "1. März 2027");
    round_trip(FIELD_DATE, "2026-3-1", "\"2026-03-01\"", "1. März 2026");
    round_trip(FIELD_PARTIAL_DATE, "2019-5", "\"2019-05\"", "05.2019");
    round_trip(FIELD_PARTIAL_DATE, "5.2019", "\"2019-05\"", "05.2019");
    round_trip(FIELD_PARTIAL_DATE, "2019", "\"2019\"", "2019");
    round_trip(FIELD_PARTIAL_DATE, "3.5.2019", "\"2019-05-03\"", "3. Mai 2019");
    round_trip(FIELD_TIME, "8.30 Uhr", "\"08:30\"", "08:30 Uhr");
    round_trip(FIELD_TIME, "8 Uhr", "\"08:00\"", "08:00 Uhr");
    round_trip(FIELD_PHONE, "0171-1234567", "\"+491711234567\"", "01711234567");
    round_trip(FIELD_IBAN, "de89370400440532013000", "\"DE89370400440532013000\"",
               "DE89 3704 0044 0532 0130 00");
    round_trip(FIELD_TAX_ID, "86095742719", "\"86095742719\"", "86 095 742 719");
    round_trip(FIELD_EMAIL, "a@b.de", "\"a@b.de\"", "a@b.de");
    round_trip(FIELD_YES_NO, "ja", "true", "Ja");
}

/* Many programs write "no end" as 31.12.9999, and old records have people born before 1900. */
static void dates_have_a_year_of_four_digits(void **state)
{
    static const char *const OUTSIDE[] = {"\"0999-12-31\"", "\"0000-01-01\"", "\"10000-01-01\"",
                                          "\"-0001-01-01\"", "\"9999-12-32\""};
    FormField field = field_of(FIELD_DATE);

    (void)state;
    round_trip(FIELD_DATE, "31.12.9999", "\"9999-12-31\"", "31. Dezember 9999");
    round_trip(FIELD_DATE, "31.12.1899", "\"1899-12-31\"", "31. Dezember 1899");
    round_trip(FIELD_DATE, "1.1.1000", "\"1000-01-01\"", "1. Januar 1000");
    round_trip(FIELD_PARTIAL_DATE, "1899", "\"1899\"", "1899");
    round_trip(FIELD_PARTIAL_DATE, "12.9999", "\"9999-12\"", "12.9999");
    for (size_t i = 0; i < sizeof OUTSIDE / sizeof *OUTSIDE; i++)
        assert_true(str_starts_with(normal(&field, OUTSIDE[i]), "type: "));
}

static void what_cannot_be_read_stays_for_the_person_to_mend(void **state)
{
    static const struct {
        FieldType type;
        const char *typed;
    } wrong[] = {
        {FIELD_INTEGER, "zwei"},          {FIELD_MONEY, "1,2,3"}, {FIELD_DATE, "31.2.2027"},
        {FIELD_DATE, "1.3.27"},           {FIELD_TIME, "25:00"},  {FIELD_PARTIAL_DATE, "13.2019"},
        {FIELD_PARTIAL_DATE, "3.3.0266"}, {FIELD_YES_NO, "jein"}, {FIELD_INTEGER, "1.23"},
        {FIELD_DECIMAL, "1.2.3"}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        FormField field = field_of(wrong[i].type);
        FieldFault fault;
        FieldTask task = {&field, STR("de"), arena, &fault};
        Node *out;
        Node *value = form_value_from_text(&field, str_c(wrong[i].typed), arena);
        assert_false(field_normalise(&task, value, &out));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_trimmed_and_composed),
        cmocka_unit_test(length_counts_characters_not_bytes),
        cmocka_unit_test(control_characters_are_refused),
        cmocka_unit_test(what_is_not_seen_is_not_kept),
        cmocka_unit_test(what_nobody_can_read_is_refused),
        cmocka_unit_test(a_letter_carries_at_most_four_marks),
        cmocka_unit_test(numbers_have_one_form),
        cmocka_unit_test(dates_must_be_in_the_calendar),
        cmocka_unit_test(dates_have_a_year_of_four_digits),
        cmocka_unit_test(iban_needs_country_length_and_remainder_one),
        cmocka_unit_test(tax_id_has_a_check_digit_and_one_repeated_digit),
        cmocka_unit_test(tax_id_repetition_is_checked_beside_the_check_digit),
        cmocka_unit_test(email_addresses_are_checked_as_mail_servers_do),
        cmocka_unit_test(german_telephone_numbers_become_international),
        cmocka_unit_test(choices_must_be_options_and_are_kept_once),
        cmocka_unit_test(uploads_keep_to_type_size_and_count),
        cmocka_unit_test(what_people_type_becomes_a_value_and_back),
        cmocka_unit_test(what_cannot_be_read_stays_for_the_person_to_mend),
    };
    arena = arena_create(0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_destroy(arena);
    return failed;
}
