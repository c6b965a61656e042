/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/form.h"

#include "base/test.h"
#include "cases/package_fixture.h"

static Arena *arena;
static const Package *package;

#define PERSON                                                                                  \
    "\"art\":\"person\",\"person\":{\"familienname\":\"Muster\",\"vornamen\":\"Erika\","        \
    "\"geburtsdatum\":\"1980-05-03\"},\"anschrift\":{\"strasse\":\"Weg\",\"hausnummer\":\"1\"," \
    "\"plz\":\"01067\",\"ort\":\"Musterstadt\"},\"richtig\":true"
#define PIECE "{\"bezeichnung\":\"Kiste\",\"farbe\":\"blau\",\"kennung\":\"123456789012345\"}"

static FormState evaluate_in(const char *json, bool strict, const char *lang)
{
    FeelEnv env = {.today = {2027, 3, 10}, .now = timestamp_of_berlin_day((Date){2027, 3, 10})};
    FormState state;
    Err err;
    Node *data = node_parse_json(arena, str_c(json), NULL, &NODE_LIMITS_REQUEST, &err);

    assert_non_null(data);
    FormInput input = {.package = package,
                       .form = package->procedures[0].form,
                       .data = data,
                       .env = &env,
                       .lang = str_c(lang),
                       .strict = strict};
    assert_ok(form_evaluate(&input, arena, &state, &err), &err);
    return state;
}

static FormState evaluate(const char *json)
{
    return evaluate_in(json, false, "de");
}

/* Errors as "path rule", one a line. */
static Str errors(const FormState *state)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < state->error_count; i++)
        buf_addf(&out, "%.*s %.*s\n", STR_ARG(state->errors[i].path),
                 STR_ARG(state->errors[i].rule));
    return out.len ? buf_str(&out) : STR("");
}

static Str value(const FormState *state, const char *path)
{
    const Node *node = node_path(state->data, str_c(path));

    return node ? node_json(node, arena) : STR("(none)");
}

static void a_complete_application_has_no_errors(void **state)
{
    FormState s = evaluate("{" PERSON ",\"stuecke\":[" PIECE "]}");

    (void)state;
    assert_str(errors(&s), "");
    assert_str(value(&s, "stuecke[0].preis"), "25");
    assert_str(value(&s, "stuecke[0].gruppe"), "\"kalt\"");
    assert_str(value(&s, "summe"), "25");
}

static void hidden_fields_have_no_value(void **state)
{
    FormState s =
        evaluate("{" PERSON ",\"stuecke\":[" PIECE "],\"verein\":{\"name\":\"X\"},"
                 "\"mitglieder\":\"kein Wert\",\"wert\":50,\"konto\":{\"iban\":\"falsch\"}}");

    (void)state;
    assert_str(errors(&s), "");
    assert_str(value(&s, "verein"), "(none)");
    assert_str(value(&s, "mitglieder"), "(none)");
    assert_str(value(&s, "konto"), "(none)");
    assert_false(form_visible(&s, STR("verein.name")));
    assert_false(form_visible(&s, STR("mitglieder")));
    assert_true(form_visible(&s, STR("person.vornamen")));
}

static void what_a_hidden_field_decides_is_hidden_too(void **state)
{
    /* `kennung` is hidden by `ohne_kennung`; the second piece of the same code does not count. */
    FormState s =
        evaluate("{" PERSON ",\"stuecke\":[" PIECE ",{\"bezeichnung\":\"Truhe\",\"farbe\":\"blau\","
                 "\"ohne_kennung\":true,\"kennung\":\"123456789012345\"}]}");

    (void)state;
    assert_str(errors(&s), "");
    assert_str(value(&s, "stuecke[1].kennung"), "(none)");
    assert_false(form_visible(&s, STR("stuecke[1].kennung")));
    assert_true(form_visible(&s, STR("stuecke[0].kennung")));
}

static void hidden_pages_are_skipped(void **state)
{
    const Form *form = package->procedures[0].form;
    FormState person = evaluate("{\"art\":\"person\"}");
    FormState club = evaluate("{\"art\":\"verein\"}");

    (void)state;
    assert_false(form_page_visible(&person, &form->pages[3]));
    assert_true(form_page_visible(&club, &form->pages[3]));
    assert_true(form_page_visible(&person, &form->pages[0]));
}

static void computed_values_are_never_taken_from_outside(void **state)
{
    FormState s = evaluate("{" PERSON ",\"summe\":1,\"stuecke\":[{\"bezeichnung\":\"Kiste\","
                           "\"farbe\":\"rot\",\"ohne_kennung\":true,\"preis\":0.01,"
                           "\"gefaehrlich\":false}]}");

    (void)state;
    assert_str(value(&s, "stuecke[0].preis"), "100");
    assert_str(value(&s, "stuecke[0].gefaehrlich"), "true");
    assert_str(value(&s, "summe"), "100");
    /* required by the computed value */
    assert_str(errors(&s), "stuecke[0].bilder required\n");
}

static void position_counts_items_from_one(void **state)
{
    FormState s = evaluate(
        "{" PERSON ",\"stuecke\":[{\"bezeichnung\":\"Kiste\",\"farbe\":\"blau\",\"ohne_kennung\":"
        "true},{\"bezeichnung\":\"Truhe\",\"farbe\":\"blau\",\"ohne_kennung\":true,\"zubehoer\":[{"
        "\"teil\":\"a\"},{\"teil\":\"b\"}]}]}");

    (void)state;
    assert_str(value(&s, "stuecke[0].preis"), "25");
    assert_str(value(&s, "stuecke[1].preis"), "12.5");
    assert_str(value(&s, "summe"), "37.5");
    assert_str(value(&s, "stuecke[1].zubehoer[1].nummer"), "\"Truhe 2\"");
}

static void a_default_fills_what_is_absent_not_what_is_null(void **state)
{
    FormState s = evaluate("{\"stuecke\":[{},{\"ohne_kennung\":null}]}");

    (void)state;
    assert_str(value(&s, "stuecke[0].ohne_kennung"), "false");
    assert_str(value(&s, "stuecke[1].ohne_kennung"), "(none)");
}

static void seen_lists_are_never_null(void **state)
{
    FormState s = evaluate("{\"stuecke\":[{}]}");

    (void)state;
    assert_str(value(&s, "stuecke[0].bilder"), "[]");
    assert_str(value(&s, "stuecke[0].zubehoer"), "[]");
    assert_str(value(&s, "tage"), "[]");
}

static void an_empty_form_names_all_that_is_required(void **state)
{
    FormState s = evaluate("{}");

    (void)state;
    assert_str(errors(&s), "art required\nanschrift.strasse required\nanschrift.hausnummer "
                           "required\nanschrift.plz required\nanschrift.ort required\nstuecke "
                           "count\nrichtig required\n");
    assert_str(form_error(&s, STR("richtig"))->message,
               "Bitte bestätigen Sie: „Meine Angaben sind richtig.“");
    assert_str(form_error(&s, STR("anschrift.ort"))->message, "Bitte füllen Sie „Ort“ aus.");
    assert_str(form_error(&s, STR("stuecke"))->message,
               "Bei „Stücke“ brauchen wir mindestens 1 Einträge. Sie haben 0 angegeben.");
    assert_true(form_required(&s, STR("anschrift.ort")));
    assert_false(form_required(&s, STR("post")));
}

static void a_rule_says_why_in_the_persons_language(void **state)
{
#define SHORT                                                                             \
    "{" PERSON ",\"stuecke\":[{\"bezeichnung\":\"Kiste\",\"farbe\":\"blau\",\"kennung\":" \
    "\"12345678901234\"}]}"
    FormState de = evaluate(SHORT), en = evaluate_in(SHORT, false, "en");

    (void)state;
    assert_str(errors(&de), "stuecke[0].kennung rule\n");
    assert_str(de.errors[0].message, "Die Kennung hat 15 Ziffern. Sie haben 14 eingegeben.");
    assert_str(en.errors[0].message, "The code has 15 digits. You entered 14.");
}

static void a_rule_of_a_group_sees_all_items(void **state)
{
    FormState s = evaluate("{" PERSON ",\"stuecke\":[" PIECE "," PIECE "]}");

    (void)state;
    assert_str(errors(&s), "stuecke[0].kennung rule\nstuecke[1].kennung rule\n");
    s = evaluate("{" PERSON ",\"stuecke\":[{},{},{},{}]}");
    assert_str(form_error(&s, STR("stuecke"))->message,
               "Sie können höchstens 3 Stücke beantragen.");
}

static void more_items_than_allowed_are_counted_not_evaluated(void **state)
{
    FormState s = evaluate("{" PERSON ",\"stuecke\":[{},{},{},{},{},{}]}");

    (void)state;
    assert_str(form_error(&s, STR("stuecke"))->rule, "count");
    assert_int_equal(node_path(s.data, STR("stuecke"))->count, 4);
}

static void bounds_are_inclusive_and_may_be_computed(void **state)
{
    FormState s =
        evaluate("{\"anzahl\":10,\"gewicht\":0.5,\"von\":\"2027-03-10\",\"uhr\":\"08:00\"}");

    (void)state;
    assert_null(form_error(&s, STR("anzahl")));
    assert_null(form_error(&s, STR("gewicht")));
    assert_null(form_error(&s, STR("von")));
    assert_null(form_error(&s, STR("uhr")));
    s = evaluate("{\"anzahl\":11,\"gewicht\":0.499,\"von\":\"2027-03-11\",\"uhr\":\"18:01\"}");
    assert_str(form_error(&s, STR("anzahl"))->message, "„Anzahl“ darf höchstens 10 sein.");
    assert_str(form_error(&s, STR("gewicht"))->message, "„Gewicht“ muss mindestens 0,5 sein.");
    assert_str(form_error(&s, STR("von"))->message,
               "Das Datum bei „Von“ darf nicht nach dem 10. März 2027 liegen.");
    assert_str(form_error(&s, STR("uhr"))->message,
               "Die Uhrzeit bei „Uhrzeit“ darf nicht nach 18:00 Uhr liegen.");
}

static void a_rule_that_reads_something_missing_is_not_broken(void **state)
{
    FormState s = evaluate("{\"bis\":\"2021-01-01\"}");

    (void)state;
    assert_null(form_error(&s, STR("bis")));
    s = evaluate("{\"bis\":\"2021-01-01\",\"von\":\"2021-01-02\"}");
    assert_str(form_error(&s, STR("bis"))->rule, "rule");
}

static void a_pattern_fits_the_whole_value(void **state)
{
    FormState s = evaluate("{\"plz_alt\":\"01067\"}");

    (void)state;
    assert_null(form_error(&s, STR("plz_alt")));
    s = evaluate("{\"plz_alt\":\"010670\"}");
    assert_str(form_error(&s, STR("plz_alt"))->rule, "pattern");
}

static void unknown_fields_are_errors_only_when_strict(void **state)
{
    const char *json = "{\"fremd\":1,\"stuecke\":[{\"fremd\":2}]}";
    FormState loose = evaluate(json), strict = evaluate_in(json, true, "de");

    (void)state;
    assert_null(form_error(&loose, STR("fremd")));
    assert_str(value(&loose, "fremd"), "(none)");
    assert_str(form_error(&strict, STR("fremd"))->rule, "unknown");
    assert_str(form_error(&strict, STR("stuecke[0].fremd"))->message,
               "Das Feld „fremd“ gibt es hier nicht.");
}

static void values_of_the_wrong_shape_are_named(void **state)
{
    FormState s = evaluate("{\"person\":3,\"art\":\"person\",\"stuecke\":{\"a\":1},\"tage\":\"mo\","
                           "\"anzahl\":\"zwei\",\"post\":\"erika\",\"wert\":1.234}");

    (void)state;
    assert_str(form_error(&s, STR("person"))->rule, "type");
    assert_str(form_error(&s, STR("stuecke"))->rule, "type");
    assert_str(form_error(&s, STR("tage"))->rule, "option");
    assert_str(form_error(&s, STR("anzahl"))->rule, "type");
    assert_str(form_error(&s, STR("post"))->rule, "type");
    assert_str(form_error(&s, STR("wert"))->rule, "type");
}

static void evaluating_the_result_again_changes_nothing(void **state)
{
    FormState once = evaluate("{" PERSON ",\"stuecke\":[" PIECE "],\"uhr\":\"08:30:00\",\"ruf\":"
                              "\"0171 1234567\"}");
    FormState twice = evaluate(node_json(once.data, arena).ptr);

    (void)state;
    assert_int_equal(once.error_count, 0);
    assert_str(node_json(twice.data, arena), node_json(once.data, arena).ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complete_application_has_no_errors),
        cmocka_unit_test(hidden_fields_have_no_value),
        cmocka_unit_test(what_a_hidden_field_decides_is_hidden_too),
        cmocka_unit_test(hidden_pages_are_skipped),
        cmocka_unit_test(computed_values_are_never_taken_from_outside),
        cmocka_unit_test(position_counts_items_from_one),
        cmocka_unit_test(a_default_fills_what_is_absent_not_what_is_null),
        cmocka_unit_test(seen_lists_are_never_null),
        cmocka_unit_test(an_empty_form_names_all_that_is_required),
        cmocka_unit_test(a_rule_says_why_in_the_persons_language),
        cmocka_unit_test(a_rule_of_a_group_sees_all_items),
        cmocka_unit_test(more_items_than_allowed_are_counted_not_evaluated),
        cmocka_unit_test(bounds_are_inclusive_and_may_be_computed),
        cmocka_unit_test(a_rule_that_reads_something_missing_is_not_broken),
        cmocka_unit_test(a_pattern_fits_the_whole_value),
        cmocka_unit_test(unknown_fields_are_errors_only_when_strict),
        cmocka_unit_test(values_of_the_wrong_shape_are_named),
        cmocka_unit_test(evaluating_the_result_again_changes_nothing),
    };
    Problems problems = {0};

    arena = arena_create(0);
    problems.arena = arena;
    package = fixture_load(arena, "tests/packages/base", &problems);
    for (size_t i = 0; !package && i < problems.count; i++)
        print_message("%.*s:%d: %.*s\n", STR_ARG(problems.items[i].file), problems.items[i].line,
                      STR_ARG(problems.items[i].message));
    if (!package)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_destroy(arena);
    return failed;
}
