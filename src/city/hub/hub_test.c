/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/city.h"
#include "city/import/import.h"

#include "base/test.h"
#include "core/test_town.h"

static TestTown town;
static const Engine *const ENGINES[] = {&CITY_ENGINE};

static int begin(void **state)
{
    return test_town_set_up(&town, ENGINES, 1, "title: Musterstadt\n", state);
}

static Hub *hub(void)
{
    Hub *out = hub_of(town.tenant, &town.err);

    assert_ok(out, &town.err);
    return out;
}

static void add_dataset(const char *name)
{
    CityDataset dataset = {.name = str_c(name), .title = STR("Luft"), .licence = STR("")};

    assert_ok(hub_save_dataset(hub(), &dataset, STR("system"), STR("en"), &town.err), &town.err);
}

static void keep_for(const char *name, int64_t days)
{
    hub_hold(hub());
    CityDataset dataset = *city_dataset_named(hub_datasets(hub()), str_c(name));
    hub_release(hub());
    dataset.keep_days = days;
    assert_ok(hub_save_dataset(hub(), &dataset, STR("system"), STR("en"), &town.err), &town.err);
}

/* A value of today and one of a year ago. */
static void import_two(const char *dataset)
{
    Timestamp now = clock_now();
    Buf text = buf_in(town.arena);
    CityImportReport report;
    CityImport import = {.hub = hub(),
                         .dataset = str_c(dataset),
                         .source = STR("test"),
                         .thing = STR("Mast"),
                         .property = STR("Lärm"),
                         .unit = STR("dB"),
                         .now = now};

    buf_addf(&text, "time,sensor,value\n%.*s,s1,1\n%.*s,s1,2\n",
             STR_ARG(timestamp_iso(town.arena, now - 365 * 86400000LL)),
             STR_ARG(timestamp_iso(town.arena, now - 3600000)));
    import.text = buf_str(&text);
    assert_ok(city_import(&import, town.arena, &report, &town.err), &town.err);
    assert_int_equal(report.observations, 2);
}

static uint64_t count_of(const char *dataset)
{
    const CityGraph *graph = hub_hold(hub());
    int64_t id = city_dataset_named(hub_datasets(hub()), str_c(dataset))->id;
    uint64_t all = 0, one;

    for (uint32_t series = 1; series < graph->series_capacity; series++) {
        const CityEntity *stream = city_of_series(graph, series);
        if (!stream || stream->dataset != id)
            continue;
        assert_ok(obs_count(hub_store(hub()), series, INT64_MIN, INT64_MAX, &one, &town.err),
                  &town.err);
        all += one;
    }
    hub_release(hub());
    return all;
}

static void what_a_dataset_does_not_keep_goes_and_nothing_else(void **state)
{
    (void)state;
    add_dataset("kurz");
    add_dataset("lang");
    import_two("kurz");
    import_two("lang");
    keep_for("kurz", 30);
    assert_int_equal(count_of("kurz"), 2);
    assert_ok(hub_keep_house(town.tenant, town.arena, &town.err), &town.err);
    assert_int_equal(count_of("kurz"), 1);
    assert_int_equal(count_of("lang"), 2);
    assert_int_equal(obs_stats(hub_store(hub())).rows_in_memory, 0);
}

static void a_town_opened_anew_has_the_same_entities_and_links(void **state)
{
    (void)state;
    import_two("allgemein");
    test_town_stop(&town);
    test_town_start(&town, ENGINES, 1);
    const CityGraph *graph = hub_hold(hub());
    const CitySet *streams = &graph->sets[STA_DATASTREAM];
    assert_int_equal(streams->count, 1);
    const CityEntity *stream = streams->items[0];
    assert_str(node_get_text(city_linked(stream, "Thing")->body, "name"), "Mast");
    assert_str(node_get_text(city_linked(stream, "ObservedProperty")->body, "name"), "Lärm");
    assert_ptr_equal(city_linked(city_linked(stream, "Thing"), "Datastreams"), stream);
    assert_ptr_equal(city_of_series(graph, stream->series), stream);
    hub_release(hub());
    assert_int_equal(count_of("allgemein"), 2);
}

static void one_process_has_a_hub(void **state)
{
    Err err = {0};

    (void)state;
    hub();
    assert_null(
        obs_open(arena_printf(town.arena, "%.*s/city", STR_ARG(town.tenant->folder)), NULL, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

/* Numbers of series are not given twice, or a new sensor would begin with another's values. */
static void a_removed_series_is_gone_and_its_number_too(void **state)
{
    (void)state;
    import_two("allgemein");
    CityGraph *graph = hub_begin(hub());
    CityEntity *stream = graph->sets[STA_DATASTREAM].items[0];
    uint32_t series = stream->series;
    CityChange change = {.arena = town.arena};
    city_change_remove(&change, city_linked(stream, "Thing"));
    assert_ok(hub_write(hub(), &change, &town.err), &town.err);
    hub_end(hub());
    assert_int_equal(graph->sets[STA_DATASTREAM].count, 0);
    assert_int_equal(graph->sets[STA_THING].count, 0);
    assert_int_equal(graph->sets[STA_SENSOR].count, 1);
    import_two("allgemein");
    assert_true(graph->sets[STA_DATASTREAM].items[0]->series > series);
    assert_int_equal(count_of("allgemein"), 2);
}

static void a_dataset_that_is_needed_is_made_once_and_stays(void **state)
{
    CityDataset dataset = {.name = STR("laerm"), .title = STR("Lärm"), .licence = STR("")};
    bool made;

    (void)state;
    assert_ok(hub_need_dataset(hub(), &dataset, STR("system"), STR("en"), &made, &town.err),
              &town.err);
    assert_true(made);
    dataset.title = STR("Anders");
    assert_ok(hub_need_dataset(hub(), &dataset, STR("system"), STR("en"), &made, &town.err),
              &town.err);
    assert_false(made);
    hub_hold(hub());
    assert_str(city_dataset_named(hub_datasets(hub()), STR("laerm"))->title, "Lärm");
    hub_release(hub());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_dataset_does_not_keep_goes_and_nothing_else, begin,
                                        test_town_tear_down),
        cmocka_unit_test_setup_teardown(a_town_opened_anew_has_the_same_entities_and_links, begin,
                                        test_town_tear_down),
        cmocka_unit_test_setup_teardown(a_dataset_that_is_needed_is_made_once_and_stays, begin,
                                        test_town_tear_down),
        cmocka_unit_test_setup_teardown(one_process_has_a_hub, begin, test_town_tear_down),
        cmocka_unit_test_setup_teardown(a_removed_series_is_gone_and_its_number_too, begin,
                                        test_town_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
