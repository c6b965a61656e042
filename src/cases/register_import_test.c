/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_fixture.h"
#include "cases/register_import.h"

enum { TOLD_MAX = 2000 };

typedef struct Told {
    Town *town;
    ImportLine lines[TOLD_MAX];
    size_t count;
    int groups_left; /* below 0: never stop */
} Told;

static void hear(void *context, const ImportLine *line)
{
    Told *told = context;
    Arena *arena = told->town->arena;

    assert_true(told->count < TOLD_MAX);
    told->lines[told->count] = *line;
    told->lines[told->count].field = str_copy(arena, line->field);
    told->lines[told->count].message = str_copy(arena, line->message);
    told->count++;
}

static bool go_on(void *context, int64_t done, int64_t total)
{
    Told *told = context;

    assert_true(done <= total);
    return told->groups_left < 0 || told->groups_left-- > 0;
}

static ImportOrder order_of(Town *town, Str bytes, Told *told)
{
    *told = (Told){.town = town, .groups_left = -1};
    return (ImportOrder){.tenant = town->tenant,
                         .package = town->package,
                         .spec = package_register(town->package, STR("baum")),
                         .bytes = bytes,
                         .actor = STR("import"),
                         .today = town->today,
                         .tell = hear,
                         .progress = go_on,
                         .context = told};
}

static ImportSummary import(Town *town, Str bytes, Told *told)
{
    ImportOrder order = order_of(town, bytes, told);
    ImportSummary sum;

    assert_ok(register_import(&order, town->arena, &sum, &town->err), &town->err);
    return sum;
}

static bool refused(Town *town, Str bytes, const char *words)
{
    Told told;
    ImportOrder order = order_of(town, bytes, &told);
    ImportSummary sum;

    assert_false(register_import(&order, town->arena, &sum, &town->err));
    assert_int_equal(town->err.kind, ERR_INPUT);
    return strstr(town->err.message, words) != NULL;
}

static RegisterEntry only_entry(Town *town)
{
    RegisterQuery query = {.register_id = STR("baum"), .limit = 10};
    RegisterEntry *entries;
    size_t count;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(register_select(tx, &query, town->arena, &entries, NULL, &count, &town->err),
              &town->err);
    tx_end(tx);
    assert_int_equal(count, 1);
    return entries[0];
}

static void words_of_people_become_values(void **state)
{
    Town *town = *state;
    Told told;
    ImportSummary sum =
        import(town,
               STR("Nummer;Art;geschuetzt;Lage;Gepflanzt am;gültig ab;gültig bis;grund;Notiz\r\n"
                   "7;\"Linde \"\"alt\"\"\";J;im park;1.3.1990;02.04.2020;2026-12-31;Sturm;x\r\n"
                   "\r\n"),
               &told);
    RegisterEntry entry = only_entry(town);

    assert_int_equal(sum.counts[IMPORT_ADDED], 1);
    assert_int_equal(sum.unused_count, 1);
    assert_str(sum.unused[0], "Notiz");
    assert_str(sum.separator, "Semikolon");
    assert_str(node_json(entry.data, town->arena),
               "{\"nummer\":\"7\",\"art\":\"Linde \\\"alt\\\"\",\"gepflanzt\":\"1990-03-01\","
               "\"geschuetzt\":true,\"lage\":\"park\"}");
    assert_int_equal(date_compare(entry.begins, (Date){2020, 4, 2}), 0);
    assert_int_equal(date_compare(entry.until, (Date){2026, 12, 31}), 0);
    assert_str(entry.reason, "Sturm");
}

static void windows_characters_are_understood_and_said(void **state)
{
    Town *town = *state;
    Told told;
    ImportSummary sum = import(town,
                               STR("nummer,art\n1,B\xE4"
                                   "renlinde \x80\n"),
                               &told);

    assert_str(sum.encoding, "Windows-1252");
    assert_str(sum.separator, "Komma");
    assert_str(node_get_text(only_entry(town).data, "art"), "Bärenlinde €");
    assert_true(refused(town, STR("nummer;art\n1;a\n2;\x81\n"), "Zeile 3"));
    assert_true(refused(town,
                        STR("\xFF\xFE"
                            "a\0"),
                        "UTF-16"));
}

static void a_table_that_cannot_be_meant_is_refused_as_a_whole(void **state)
{
    Town *town = *state;

    assert_true(refused(town, STR(""), "leer"));
    assert_true(refused(town, STR("nummer;lage\n1;park\n"), "„art“"));
    assert_true(refused(town, STR("art;nummer;Art\nx;1;y\n"), "Spalten 1"));
    assert_true(refused(town, STR("nummer;art\n1;\"offen\n"), "Zeile 2"));
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 0);
}

static void every_mistake_of_a_line_is_told_and_the_line_left_out(void **state)
{
    Town *town = *state;
    Told told;
    ImportSummary sum = import(town,
                               STR("nummer;art;lage;gepflanzt;from;until\n"
                                   "1;Linde;Mond;31.2.2020;;\n"
                                   "2;;park;;;\n"
                                   "3;Eiche;park;;1.1.2020;1.1.2019\n"
                                   "4;Ulme;park;;\n"
                                   "4;Esche;park;;\n"
                                   "5;a;b;c;d;e;f\n"),
                               &told);

    assert_int_equal(sum.counts[IMPORT_ADDED], 1);
    assert_int_equal(sum.counts[IMPORT_WRONG], 5);
    assert_int_equal(told.lines[0].line, 2);
    assert_str(told.lines[0].field, "Gepflanzt am");
    assert_int_equal(told.lines[1].line, 2);
    assert_str(told.lines[1].field, "Lage");
    assert_int_equal(told.lines[2].line, 3);
    assert_str(told.lines[2].field, "Art");
    assert_int_equal(told.lines[3].line, 4);
    assert_int_equal(told.lines[4].outcome, IMPORT_ADDED);
    assert_int_equal(told.lines[5].line, 6); /* the key was there */
    assert_str(node_get_text(only_entry(town).data, "art"), "Ulme");
}

static void the_same_file_again_adds_nothing_and_other_content_is_said(void **state)
{
    Town *town = *state;
    Told told;
    ImportSummary sum;

    import(town, STR("schluessel;art\nA;Linde\nB;Linde\n"), &told);
    sum = import(town, STR("schluessel;art\nA;Linde\nB;Eiche\nC;Linde\n"), &told);
    assert_int_equal(sum.counts[IMPORT_KNOWN], 1);
    assert_int_equal(sum.counts[IMPORT_DIFFERENT], 1);
    assert_int_equal(sum.counts[IMPORT_ADDED], 1);
    assert_int_equal(told.lines[1].outcome, IMPORT_DIFFERENT);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 3);
}

static void an_entry_that_is_there_already_is_a_mistake(void **state)
{
    Town *town = *state;
    Told told;
    ImportSummary sum;

    import(town, STR("nummer;art\n7;Linde\n"), &told);
    sum = import(town, STR("schluessel;nummer;art\nneu;7;Eiche\n"), &told);
    assert_int_equal(sum.counts[IMPORT_WRONG], 1);
    assert_non_null(strstr(told.lines[0].message.ptr, "Linde 7"));
}

static void a_preview_writes_nothing(void **state)
{
    Town *town = *state;
    Told told;
    ImportOrder order = order_of(town, STR("nummer;art\n1;Linde\n2;\n"), &told);
    ImportSummary sum;

    order.preview = true;
    assert_ok(register_import(&order, town->arena, &sum, &town->err), &town->err);
    assert_int_equal(sum.counts[IMPORT_ADDED], 1);
    assert_int_equal(sum.counts[IMPORT_WRONG], 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 0);
}

static void an_import_that_was_stopped_goes_on_where_it_was(void **state)
{
    Town *town = *state;
    Buf text = buf_in(town->arena);
    Told told;
    ImportSummary sum;

    buf_add_c(&text, "nummer;art\n");
    for (int i = 0; i < 900; i++)
        buf_addf(&text, "%d;Linde\n", i);
    ImportOrder order = order_of(town, buf_str(&text), &told);

    told.groups_left = 2;
    assert_false(register_import(&order, town->arena, &sum, &town->err));
    int64_t first = town_count(town, "SELECT COUNT(*) FROM register_entry");

    assert_true(first > 0 && first < 900);
    sum = import(town, buf_str(&text), &told);
    assert_int_equal(sum.counts[IMPORT_KNOWN], first);
    assert_int_equal(sum.counts[IMPORT_ADDED], 900 - first);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 900);
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(words_of_people_become_values),
        RULE(windows_characters_are_understood_and_said),
        RULE(a_table_that_cannot_be_meant_is_refused_as_a_whole),
        RULE(every_mistake_of_a_line_is_told_and_the_line_left_out),
        RULE(the_same_file_again_adds_nothing_and_other_content_is_said),
        RULE(an_entry_that_is_there_already_is_a_mistake),
        RULE(a_preview_writes_nothing),
        RULE(an_import_that_was_stopped_goes_on_where_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
