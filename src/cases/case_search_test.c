/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_fixture.h"
#include "cases/case_search.h"
#include "cases/retention.h"

#define LINDE "{" PERSON ",\"baeume\":[{\"art\":\"Sommerlinde\",\"nummer\":\"7\"}]}"
#define EIBE "{" PERSON ",\"baeume\":[{\"art\":\"Eibe\",\"nummer\":\"8\"}]}"

typedef struct Office {
    Str name;
} Office;

static bool allow(void *context, Str marks)
{
    return case_search_allows(marks, ((Office *)context)->name, NULL, 0);
}

/* How many cases a search finds for an office. */
static size_t found(Town *town, const char *text, const char *office)
{
    Office wanted = {str_c(office)};
    SearchQuery query = {.text = str_c(text),
                         .order = SEARCH_NEWEST_FIRST,
                         .all_words = true,
                         .every_beginning = true,
                         .exact_only = true,
                         .limit = 10,
                         .allow = allow,
                         .allow_context = &wanted};
    SearchAnswer answer;
    CaseSearchState state;

    assert_ok(case_search_find(town->tenant, &query, town->arena, &answer, &state, &town->err),
              &town->err);
    assert_false(state.building);
    return answer.total;
}

static void a_case_is_found_as_soon_as_it_is_committed(void **state)
{
    Town *town = *state;

    assert_int_equal(found(town, "Muster", "*"), 0);
    Case c = town_submit(town, LINDE);

    assert_int_equal(found(town, "Muster", "*"), 1);
    assert_int_equal(found(town, "sommerlinden", "*"), 1);
    assert_int_equal(found(town, str_cstr(town->arena, str_slice(c.number, 0, 13)), "*"), 1);
    town_submit(town, LINDE);
    assert_int_equal(found(town, "Muster", "*"), 2);
    assert_int_equal(found(town, "Muster Eibe", "*"), 0);
}

static void only_an_office_that_takes_part_finds_it(void **state)
{
    Town *town = *state;

    town_submit(town, LINDE);
    town_submit(town, EIBE);
    assert_int_equal(found(town, "Muster", "gartenamt"), 2);
    assert_int_equal(found(town, "Muster", "ordnungsamt"), 1);
    assert_int_equal(found(town, "Muster", "amt"), 0);
}

static void marks_name_offices_and_service(void **state)
{
    Str services[] = {STR("hund"), STR("baum")};

    (void)state;
    assert_true(case_search_allows(STR("a,bc|hund"), STR("bc"), services, 1));
    assert_true(case_search_allows(STR("a,bc|hund"), STR("*"), NULL, 0));
    assert_false(case_search_allows(STR("a,bc|hund"), STR("b"), services, 2));
    assert_false(case_search_allows(STR("a,bc|baum"), STR("a"), services, 1));
    assert_false(case_search_allows(STR("|hund"), STR("hund"), NULL, 0));
    assert_false(case_search_allows(STR("a|hund"), STR("a"), services, 0));
}

static bool add_documents(Tx *tx, Town *town, void *context, Err *err)
{
    const Case *c = context;

    (void)town;
    return tx_exec(tx, err,
                   "INSERT INTO case_document (case_id, kind, title, type, size, created_at, "
                   "for_citizen, protected_office) VALUES "
                   "($1, 'upload', 'gutachten.pdf', 'application/pdf', 1, 0, 0, NULL), "
                   "($1, 'letter', 'Gefahrenprognose', 'application/pdf', 1, 0, 0, 'ordnungsamt')",
                   P_INT(c->id)) &&
           case_changed(tx, c->id, err);
}

static void documents_are_found_by_their_names_but_protected_ones(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, EIBE);

    assert_ok(town_write(town, add_documents, &c), &town->err);
    assert_int_equal(found(town, "Gutachten", "*"), 1);
    assert_int_equal(found(town, "Gefahrenprognose", "*"), 0);
    assert_int_equal(found(town, "Gefahrenprognose", "ordnungsamt"), 0);
}

static bool erase(Tx *tx, Town *town, void *context, Err *err)
{
    int64_t gone = 4711;

    (void)town;
    (void)context;
    return case_changed(tx, gone, err);
}

static void it_is_written_to_disk_and_changes_are_forgotten(void **state)
{
    Town *town = *state;
    const char *manifest =
        arena_printf(town->arena, "%.*s/search/cases/manifest", STR_ARG(town->tenant->folder));

    for (int i = 0; i < 5; i++)
        town_submit(town, LINDE);
    assert_ok(town_write(town, erase, NULL), &town->err);
    assert_ok(case_search_finish(town->tenant, &town->err), &town->err);
    assert_true(folder_is_file(manifest));
    /* The newest stays: it tells whether the index belongs to this database. */
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_change"), 1);
    assert_int_equal(found(town, "Muster", "*"), 5);
}

static bool erase_case(Tx *tx, Town *town, void *context, Err *err)
{
    return case_erase(tx, context, town->today, STR("P1Y"), town->arena, err);
}

/* Does any file of the index hold these bytes? */
static bool on_disk(Town *town, const char *word)
{
    const char *folder =
        arena_printf(town->arena, "%.*s/search/cases", STR_ARG(town->tenant->folder));
    bool found = false;
    size_t count;
    Str *names;

    assert_ok(folder_list(folder, town->arena, &names, &count, &town->err), &town->err);
    for (size_t i = 0; i < count; i++) {
        Str bytes;
        assert_ok(folder_read_file(arena_printf(town->arena, "%s/%.*s", folder, STR_ARG(names[i])),
                                   1 << 24, town->arena, &bytes, &town->err),
                  &town->err);
        found = found || str_find(bytes, str_c(word)) >= 0;
    }
    return found;
}

/* The program ends, however it ended: what was only in memory is gone. */
static void begin_again(Town *town)
{
    AppOptions options = {.data_dir = arena_printf(town->arena, "%s/data", town->folder),
                          .services_dir = arena_printf(town->arena, "%s/services", town->folder)};

    tenant_release(town->tenant);
    app_close(town->app);
    town->app = app_open(&options, TEST_ENGINES, 4, &town->err);
    assert_non_null(town->app);
    town->tenant = tenant_acquire(town->app, STR("teststadt"), &town->err);
    assert_non_null(town->tenant);
    town_publish(town);
}

static void words_of_an_erased_case_leave_the_disk_also_after_a_crash(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, "{" PERSON ",\"baeume\":[{\"art\":\"Quastenfichte\"}]}");

    town_submit(town, EIBE);
    assert_ok(case_search_finish(town->tenant, &town->err), &town->err);
    assert_true(on_disk(town, "quastenfi"));
    assert_ok(town_write(town, erase_case, &c), &town->err);
    begin_again(town);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_forget"), 1);
    assert_ok(case_search_finish(town->tenant, &town->err), &town->err);
    assert_false(on_disk(town, "quastenfi"));
    assert_true(on_disk(town, "eib"));
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_forget"), 0);
    assert_int_equal(found(town, "Quastenfichte", "*"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_case_is_found_as_soon_as_it_is_committed),
        TEST(only_an_office_that_takes_part_finds_it),
        cmocka_unit_test(marks_name_offices_and_service),
        TEST(documents_are_found_by_their_names_but_protected_ones),
        TEST(it_is_written_to_disk_and_changes_are_forgotten),
        TEST(words_of_an_erased_case_leave_the_disk_also_after_a_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
