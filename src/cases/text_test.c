/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/holiday.h"
#include "base/test.h"
#include "cases/case_store.h"

typedef struct Fixture {
    Arena *arena;
    FeelScope *scope;
    const FeelValue *context;
    Problems problems;
    FeelEnv env;
} Fixture;

static int set_up(void **state)
{
    static Fixture f;
    Err err = {0};
    FeelType *dog;

    f = (Fixture){.arena = arena_create(0)};
    f.problems.arena = f.arena;
    f.env = (FeelEnv){.today = {2027, 3, 1}};
    f.scope = feel_scope(f.arena, NULL);
    dog = feel_type_context(f.arena);
    feel_type_add_field(f.arena, dog, STR("name"), feel_type(FEEL_STRING));
    feel_type_add_field(f.arena, dog, STR("steuer"), feel_type(FEEL_NUMBER));
    FeelType *all = feel_type_context(f.arena);

    feel_type_add_field(f.arena, all, STR("hunde"), feel_type_list(f.arena, dog));
    feel_type_add_field(f.arena, all, STR("name"), feel_type(FEEL_STRING));
    feel_type_add_field(f.arena, all, STR("tag"), feel_type(FEEL_DATE));
    feel_type_add_field(f.arena, all, STR("zahl"), feel_type(FEEL_NUMBER));
    feel_type_add_field(f.arena, all, STR("leer"), feel_type(FEEL_STRING));
    feel_scope_add_fields(f.scope, all);
    Node *data = node_parse_json(
        f.arena,
        STR("{\"name\":\"A*b_|c\",\"tag\":\"2027-03-05\",\"zahl\":12.5,\"hunde\":"
            "[{\"name\":\"Rex\",\"steuer\":96},{\"name\":\"Luna\",\"steuer\":108.5}]}"),
        NULL, &NODE_LIMITS_REQUEST, &err);

    f.context = feel_from_node(f.arena, data, all);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    arena_destroy(((Fixture *)*state)->arena);
    return 0;
}

static Str render(Fixture *f, const char *text, const char *lang, TextEscape escape)
{
    Err err = {0};
    Str out = STR("");
    const TextTemplate *compiled =
        text_template(node_string(f->arena, str_c(text)), f->scope, f->arena, &f->problems);

    if (!compiled)
        fail_msg("%.*s", STR_ARG(f->problems.items[0].message));
    assert_ok(text_render(compiled, str_c(lang), f->context, &f->env, escape, f->arena, &out, &err),
              &err);
    return out;
}

static void values_are_written_as_the_language_writes_them(void **state)
{
    Fixture *f = *state;

    assert_str(render(f, "{{tag}}, {{zahl}}, {{zahl > 3}}, {{leer}}.", "de", TEXT_PLAIN),
               "5. März 2027, 12,5, ja, .");
    assert_str(render(f, "{{tag}}, {{zahl}}, {{zahl > 3}}", "en", TEXT_PLAIN),
               "5 March 2027, 12.5, yes");
    assert_str(render(f, "{{money(zahl)}} {{money(hunde[1].steuer + 1)}}", "de", TEXT_PLAIN),
               "12,50 € 97,00 €");
}

static void what_is_inserted_into_a_letter_stays_text(void **state)
{
    Fixture *f = *state;

    assert_str(render(f, "**{{name}}**", "de", TEXT_MARKDOWN), "**A\\*b\\_\\|c**");
    assert_str(render(f, "**{{name}}**", "de", TEXT_PLAIN), "**A*b_|c**");
}

static void block_tags_on_their_own_lines_leave_tables_whole(void **state)
{
    Fixture *f = *state;

    assert_str(render(f, "| a |\n{{#each hunde}}\n| {{position}} {{name}} |\n{{/each}}\nEnde", "de",
                      TEXT_PLAIN),
               "| a |\n| 1 Rex |\n| 2 Luna |\nEnde");
}

static void inner_names_hide_outer_ones_only_inside(void **state)
{
    Fixture *f = *state;

    assert_str(
        render(f, "{{#each hunde}}{{name}}/{{item_count}} {{/each}}{{name}}", "de", TEXT_PLAIN),
        "Rex/2 Luna/2 A*b_|c");
}

static void conditions_choose_and_nest(void **state)
{
    Fixture *f = *state;

    assert_str(render(f,
                      "{{#each hunde}}{{#if steuer > 100}}viel{{else}}{{#if name = \"Rex\"}}Rex"
                      "{{/if}}{{/if}} {{/each}}",
                      "de", TEXT_PLAIN),
               "Rex viel ");
    assert_str(render(f, "{{#if leer}}x{{else}}y{{/if}}", "de", TEXT_PLAIN), "y");
}

static void braces_and_quotes_inside_an_expression_do_not_end_it(void **state)
{
    Fixture *f = *state;

    assert_str(render(f, "{{ {a: {b: \"}}\"}}.a.b }}!", "de", TEXT_PLAIN), "}}!");
}

static void a_missing_language_falls_back_to_german(void **state)
{
    Fixture *f = *state;
    Node *map = node_map(f->arena);
    Err err = {0};
    Str out;

    node_set(f->arena, map, STR("en"), node_string(f->arena, STR("hello")));
    node_set(f->arena, map, STR("de"), node_string(f->arena, STR("hallo")));
    const TextTemplate *text = text_template(map, f->scope, f->arena, &f->problems);

    assert_ok(
        text_render(text, STR("de-leicht"), f->context, &f->env, TEXT_PLAIN, f->arena, &out, &err),
        &err);
    assert_str(out, "hallo");
    assert_ok(text_render(text, STR("en"), f->context, &f->env, TEXT_PLAIN, f->arena, &out, &err),
              &err);
    assert_str(out, "hello");
}

static void mistakes_are_problems_with_their_line(void **state)
{
    static const struct {
        const char *text;
        int line;
    } WRONG[] = {{"a\nb {{nam}}", 11},
                 {"\n\n{{#each hunde}}x", 12},
                 {"{{#if zahl > 1}}", 10},
                 {"x{{/each}}", 10},
                 {"{{name", 10},
                 {"\n{{#with hunde}}", 11},
                 {"{{#each zahl}}x{{/each}}", 10}};
    Fixture *f = *state;

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        Node *node = node_string(f->arena, str_c(WRONG[i].text));
        size_t before = f->problems.count;

        node->file = "letters/x.md";
        node->line = 10;
        assert_null(text_template(node, f->scope, f->arena, &f->problems));
        assert_true(f->problems.count > before);
        assert_int_equal(f->problems.items[before].line, WRONG[i].line);
        assert_str(f->problems.items[before].file, "letters/x.md");
    }
}

static void an_amount_with_half_cents_is_refused_not_rounded(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    Str out;
    const TextTemplate *text = text_template(node_string(f->arena, STR("{{money(zahl / 1000)}}")),
                                             f->scope, f->arena, &f->problems);

    assert_false(
        text_render(text, STR("de"), f->context, &f->env, TEXT_PLAIN, f->arena, &out, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

/* --- Search words -------------------------------------------------------------------------------
 */

static Str terms_of(Fixture *f, const char *text)
{
    Str *terms;
    size_t count = search_terms(str_c(text), f->arena, &terms);
    Buf out = buf_in(f->arena);

    for (size_t i = 0; i < count; i++)
        buf_addf(&out, "%s%.*s", i ? " " : "", STR_ARG(terms[i]));
    return out.len ? buf_str(&out) : STR("");
}

static void search_words_are_folded_the_same_on_both_sides(void **state)
{
    Fixture *f = *state;

    assert_str(terms_of(f, "MÜLLER"), "mueller");
    assert_str(terms_of(f, "Mueller"), "mueller");
    assert_str(terms_of(f, "Straße"), "strasse");
    assert_str(terms_of(f, "Élodie Yıldız"), "elodie yıldız");
    assert_str(terms_of(f, "Müller-Lüdenscheid"), "mueller luedenscheid muellerluedenscheid");
    assert_str(terms_of(f, "  HUND-2027-000017-4 "), "hund 2027 000017 4 hund20270000174");
    assert_str(terms_of(f, "-- ."), "");
}

static void a_searched_word_is_one_term_and_short_ones_yield(void **state)
{
    Fixture *f = *state;
    Str *terms;

    assert_int_equal(search_query_terms(STR("HUND-2027-000017-4"), f->arena, &terms), 1);
    assert_str(terms[0], "hund20270000174");
    assert_int_equal(search_query_terms(STR("Lindenweg 12 a"), f->arena, &terms), 1);
    assert_str(terms[0], "lindenweg");
    assert_int_equal(search_query_terms(STR("12"), f->arena, &terms), 1);
    assert_int_equal(search_query_terms(STR("  - "), f->arena, &terms), 0);
}

/* --- Deadlines
 * ------------------------------------------------------------------------------------- */

static void a_deadline_in_working_days_skips_weekends_and_the_lands_holidays(void **state)
{
    (void)state;
    /* Thursday before Good Friday 2027: Friday and Monday are holidays. */
    assert_int_equal(
        date_compare(deadline_after((Date){2027, 3, 25}, 1, true, STR("NW")), (Date){2027, 3, 30}),
        0);
    /* 31 October 2028 is a Tuesday: a holiday in Lower Saxony, not in North Rhine-Westphalia. */
    assert_int_equal(
        date_compare(deadline_after((Date){2028, 10, 30}, 1, true, STR("NI")), (Date){2028, 11, 1}),
        0);
    assert_int_equal(date_compare(deadline_after((Date){2028, 10, 30}, 1, true, STR("NW")),
                                  (Date){2028, 10, 31}),
                     0);
    assert_int_equal(
        date_compare(deadline_after((Date){2027, 3, 10}, 42, false, STR_NONE), (Date){2027, 4, 21}),
        0);
}

static void days_left_and_days_after_are_each_others_inverse(void **state)
{
    (void)state;
    for (int days = 1; days < 300; days += 7)
        for (int working = 0; working < 2; working++) {
            Date from = {2027, 2, 3};
            Date due = deadline_after(from, days, working, STR("BY"));

            assert_int_equal(deadline_left(from, due, working, STR("BY")), days);
        }
    assert_int_equal(deadline_left((Date){2027, 3, 2}, (Date){2027, 3, 1}, false, STR_NONE), 0);
}

static void repentance_day_is_the_wednesday_before_23_november_in_saxony(void **state)
{
    (void)state;
    assert_true(holiday_is((Date){2027, 11, 17}, STR("SN")));
    assert_true(holiday_is((Date){2023, 11, 22}, STR("SN")));
    assert_false(holiday_is((Date){2027, 11, 17}, STR("BY")));
    assert_false(holiday_is((Date){2027, 11, 24}, STR("SN")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_written_as_the_language_writes_them),
        cmocka_unit_test(what_is_inserted_into_a_letter_stays_text),
        cmocka_unit_test(block_tags_on_their_own_lines_leave_tables_whole),
        cmocka_unit_test(inner_names_hide_outer_ones_only_inside),
        cmocka_unit_test(conditions_choose_and_nest),
        cmocka_unit_test(braces_and_quotes_inside_an_expression_do_not_end_it),
        cmocka_unit_test(a_missing_language_falls_back_to_german),
        cmocka_unit_test(mistakes_are_problems_with_their_line),
        cmocka_unit_test(an_amount_with_half_cents_is_refused_not_rounded),
        cmocka_unit_test(search_words_are_folded_the_same_on_both_sides),
        cmocka_unit_test(a_searched_word_is_one_term_and_short_ones_yield),
        cmocka_unit_test(a_deadline_in_working_days_skips_weekends_and_the_lands_holidays),
        cmocka_unit_test(days_left_and_days_after_are_each_others_inverse),
        cmocka_unit_test(repentance_day_is_the_wednesday_before_23_november_in_saxony),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
