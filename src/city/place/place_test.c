/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/place.h"

#include "base/test.h"
#include "city/city.h"
#include "city/place/photo.h"
#include "city/place/propose.h"
#include "core/test_town.h"

#include <math.h>

static TestTown town;
static const Engine *const ENGINES[] = {&CITY_ENGINE};

static int begin(void **state)
{
    return test_town_set_up(&town, ENGINES, 1, "title: Musterstadt\nstate: NW\n", state);
}

/* --- Words and numbers ---------------------------------------------------------------------------
 */

/* Berlin to Munich is 504 km over the sphere (city halls). */
static void distances_are_those_over_the_ground(void **state)
{
    (void)state;
    assert_true(fabs(place_distance(13.4083, 52.5186, 11.5760, 48.1374) - 504000) < 1500);
    assert_true(place_distance(9.96, 51.56, 9.96, 51.56) < 0.001);
    assert_str(place_distance_text(town.arena, STR("de"), 347), "350 m");
    assert_str(place_distance_text(town.arena, STR("de"), 1234), "1,2 km");
    assert_str(place_distance_text(town.arena, STR("en"), 1234), "1.2 km");
    assert_str(place_distance_text(town.arena, STR("de"), 996), "1,0 km");
}

/* --- Categories ----------------------------------------------------------------------------------
 */

static bool write_category(Tx *tx, void *context, Err *err)
{
    return place_category_write(tx, context, STR("staff/1"), STR("de"), err);
}

static void assert_refused(PlaceCategory category, const char *field)
{
    Err err = {0};

    assert_false(db_write(town.tenant->db, write_category, &category, &err));
    assert_string_equal(err.field, field);
}

static void a_category_is_checked_and_never_stands_below_itself(void **state)
{
    PlaceCategory good = {
        0, STR("laden"), STR("Strom"), STR("laden"), STR("#15803d"), STR("einkauf")};
    PlaceCategory bad = good;
    Tx *tx;
    PlaceCategories all;

    (void)state;
    assert_ok(db_write(town.tenant->db, write_category, &good, &town.err), &town.err);
    assert_refused(bad, "name"); /* there is one */
    bad.name = STR("Laden");
    assert_refused(bad, "name");
    bad = (PlaceCategory){0, STR("neu"), STR(""), STR("laden"), STR("#15803d"), STR("")};
    assert_refused(bad, "titel");
    bad.title = STR("Neu");
    bad.icon = STR("nichts");
    assert_refused(bad, "zeichen");
    bad.icon = STR("ort");
    bad.colour = STR("rot");
    assert_refused(bad, "farbe");
    bad.colour = STR("#15803d");
    bad.parent = STR("gibtesnicht");
    assert_refused(bad, "ober");
    tx = db_read(town.tenant->db, &town.err);
    assert_ok(tx && place_categories_load(tx, town.arena, &all, &town.err), &town.err);
    tx_end(tx);
    assert_true(place_category_within(&all, STR("laden"), STR("einkauf")));
    assert_false(place_category_within(&all, STR("einkauf"), STR("laden")));
    bad = *place_category(&all, STR("einkauf"));
    bad.parent = STR("laden");
    assert_refused(bad, "ober");
}

/* --- Proposals -----------------------------------------------------------------------------------
 */

static Hub *hub(void)
{
    Hub *out = hub_of(town.tenant, &town.err);

    assert_ok(out, &town.err);
    return out;
}

static bool run(const char *values, Err *err)
{
    Str text = str_printf(town.arena, "{\"case\":\"ORT-2027-1\",\"values\":%s}", values);
    EffectRun run = {.tenant = town.tenant,
                     .arena = town.arena,
                     .key = STR("order/1"),
                     .now = clock_now(),
                     .payload = node_parse_json(town.arena, text, NULL, &NODE_LIMITS_PACKAGE, err)};

    assert_non_null(run.payload);
    return place_effect(&run, err);
}

static const CityEntity *thing_named(const char *name, size_t *count)
{
    const CityGraph *graph = hub_hold(hub());
    const CitySet *things = &graph->sets[STA_THING];
    const CityEntity *found = NULL;

    *count = 0;
    for (size_t i = 0; i < things->count; i++)
        if (str_is(node_get_text(things->items[i]->body, "name"), name)) {
            found = things->items[i];
            ++*count;
        }
    hub_release(hub());
    return found;
}

static const char PROPOSAL[] =
    "{\"datensatz\":\"orte\",\"name\":\"Schrank\",\"kategorie\":\"buecherschrank\","
    "\"laenge\":9.96621,\"breite\":51.56203,\"oeffnungszeiten\":\"24/7\",\"ort\":null}";

static void an_accepted_place_is_there_once_however_often_the_effect_runs(void **state)
{
    size_t count;

    (void)state;
    assert_ok(run(PROPOSAL, &town.err), &town.err);
    assert_ok(run(PROPOSAL, &town.err), &town.err);
    const CityEntity *thing = thing_named("Schrank", &count);
    assert_int_equal(count, 1);
    assert_str(node_get_text(node_get(thing->body, "properties"), "oeffnungszeiten"), "24/7");
    assert_str(node_json(city_geometry(city_linked(thing, "Locations")), town.arena),
               "{\"type\":\"Point\",\"coordinates\":[9.9662100,51.5620300]}");
}

static void a_correction_changes_what_it_names_and_nothing_else(void **state)
{
    size_t count;
    const CityEntity *thing;
    char values[200];

    (void)state;
    assert_ok(run(PROPOSAL, &town.err), &town.err);
    thing = thing_named("Schrank", &count);
    snprintf(values, sizeof values,
             "{\"ort\":%lld,\"oeffnungszeiten\":\"08:00-20:00\",\"laenge\":9.97,\"breite\":51.57}",
             (long long)thing->id);
    assert_ok(run(values, &town.err), &town.err);
    assert_ok(run(values, &town.err), &town.err);
    thing = thing_named("Schrank", &count);
    assert_int_equal(count, 1);
    const Node *properties = node_get(thing->body, "properties");
    assert_str(node_get_text(properties, "oeffnungszeiten"), "08:00-20:00");
    assert_str(node_get_text(properties, "kategorie"), "buecherschrank");
    assert_str(node_get_text(properties, "key"), "vorschlag/ORT-2027-1");
    assert_str(node_json(city_geometry(city_linked(thing, "Locations")), town.arena),
               "{\"type\":\"Point\",\"coordinates\":[9.9700000,51.5700000]}");
}

static bool hide(const char *name)
{
    CityDataset dataset;

    hub_hold(hub());
    dataset = *city_dataset_named(hub_datasets(hub()), str_c(name));
    hub_release(hub());
    dataset.access = CITY_INTERNAL;
    return hub_save_dataset(hub(), &dataset, STR("system"), STR("en"), &town.err);
}

static void a_correction_of_what_is_internal_or_gone_is_told_and_does_nothing(void **state)
{
    size_t count;
    char values[200];
    Err err = {0};

    (void)state;
    assert_ok(run(PROPOSAL, &town.err), &town.err);
    snprintf(values, sizeof values, "{\"ort\":%lld,\"name\":\"Anders\"}",
             (long long)thing_named("Schrank", &count)->id);
    assert_ok(hide("orte"), &town.err);
    assert_false(run(values, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    thing_named("Anders", &count);
    assert_int_equal(count, 0);
    err_clear(&err);
    assert_false(run("{\"ort\":999999,\"name\":\"Anders\"}", &err));
    err_clear(&err);
    assert_false(run("{\"datensatz\":\"andere\",\"name\":\"Ohne\"}", &err));
    assert_non_null(strstr(err.message, "wo der Ort liegt"));
    thing_named("Ohne", &count);
    assert_int_equal(count, 0);
}

/* --- Photos --------------------------------------------------------------------------------------
 */

#define JPEG_HEAD "\xff\xd8"
#define JPEG_EXIF      \
    "\xff\xe1\x00\x0c" \
    "Exif\0\0GPS!"
#define JPEG_COMMENT "\xff\xfe\x00\x06wer?"
#define JPEG_JFIF "\xff\xe0\x00\x07JFIF\0"
#define JPEG_SCAN              \
    "\xff\xda\x00\x04\x01\x02" \
    "pixel\xff\x00more\xff\xd0x"
#define JPEG_END "\xff\xd9"

static void a_photo_loses_where_it_was_taken_and_keeps_its_pixels(void **state)
{
    Str bytes = STR(JPEG_HEAD JPEG_JFIF JPEG_EXIF JPEG_COMMENT JPEG_SCAN JPEG_END "behind");
    Str wanted = STR(JPEG_HEAD JPEG_JFIF JPEG_SCAN JPEG_END);
    Str png = STR("\x89PNG\r\n\x1a\n\0\0\0\1IHDRxCRC.\0\0\0\3tEXtwerCRC.\0\0\0\2IDATpxCRC.\0\0\0\0"
                  "IENDCRC.behind");
    Str plain = STR("\x89PNG\r\n\x1a\n\0\0\0\1IHDRxCRC.\0\0\0\2IDATpxCRC.\0\0\0\0IENDCRC.");

    (void)state;
    assert_true(str_eq(photo_stripped(bytes, town.arena), wanted));
    assert_true(str_eq(photo_stripped(png, town.arena), plain));
}

/* 22 bytes of a directory with one entry: side 6 is up, as a telephone held upright writes it. */
#define EXIF_TURNED(order, up) \
    "\xff\xe1\x00\x2a"         \
    "Exif\0\0" order up "maker012"

static void a_photo_that_was_taken_upright_stays_so(void **state)
{
    Str motorola = STR(JPEG_HEAD EXIF_TURNED(
        "MM\0*\0\0\0\x08", "\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0") JPEG_SCAN JPEG_END);
    Str intel = STR(JPEG_HEAD EXIF_TURNED(
        "II*\0\x08\0\0\0", "\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0") JPEG_SCAN JPEG_END);
    Str first = photo_stripped(motorola, town.arena);

    (void)state;
    assert_true(first.ptr && str_find(first, STR("maker")) < 0);
    assert_int_equal(first.len, motorola.len - 8);
    assert_true(str_eq(photo_stripped(intel, town.arena), first));
    assert_true(str_eq(photo_stripped(first, town.arena), first));
}

static void what_is_no_whole_photo_is_refused(void **state)
{
    Str bytes = STR(JPEG_HEAD JPEG_JFIF JPEG_SCAN JPEG_END);

    (void)state;
    for (size_t len = 0; len < bytes.len; len++)
        assert_null(photo_stripped(str_slice(bytes, 0, len), town.arena).ptr);
    assert_null(photo_stripped(STR("GIF89a"), town.arena).ptr);
    assert_null(photo_stripped(STR("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT1234"), town.arena).ptr);
}

static int64_t photo_count(void)
{
    int64_t count = -1;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(tx && tx_query_int(tx, &town.err, &count,
                                 "SELECT (SELECT COUNT(*) FROM city_place_photo) + (SELECT "
                                 "COUNT(*) FROM file_owner WHERE owner LIKE 'place/%' AND "
                                 "dropped IS NULL)"),
              &town.err);
    tx_end(tx);
    return count;
}

static void photos_of_a_place_that_is_gone_go_as_well(void **state)
{
    Str bytes = STR(JPEG_HEAD "\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0" JPEG_SCAN JPEG_END);
    size_t count;

    (void)state;
    assert_ok(run(PROPOSAL, &town.err), &town.err);
    int64_t thing = thing_named("Schrank", &count)->id;
    assert_ok(photo_add(town.tenant, thing, bytes, STR("Ein Schrank"), STR("staff/1"), STR("de"),
                        town.arena, &town.err),
              &town.err);
    assert_ok(photos_tidy(town.tenant, town.arena, &town.err), &town.err);
    assert_int_equal(photo_count(), 2);
    CityChange change = {.arena = town.arena};
    city_change_remove(&change, city_find(hub_begin(hub()), STA_THING, thing));
    assert_ok(hub_write(hub(), &change, &town.err), &town.err);
    hub_end(hub());
    assert_ok(photos_tidy(town.tenant, town.arena, &town.err), &town.err);
    assert_int_equal(photo_count(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, test_town_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(distances_are_those_over_the_ground),
        TEST(a_category_is_checked_and_never_stands_below_itself),
        TEST(an_accepted_place_is_there_once_however_often_the_effect_runs),
        TEST(a_correction_changes_what_it_names_and_nothing_else),
        TEST(a_correction_of_what_is_internal_or_gone_is_told_and_does_nothing),
        TEST(a_photo_loses_where_it_was_taken_and_keeps_its_pixels),
        TEST(a_photo_that_was_taken_upright_stays_so),
        TEST(what_is_no_whole_photo_is_refused),
        TEST(photos_of_a_place_that_is_gone_go_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
