/* SPDX-License-Identifier: EUPL-1.2 */
/* The report of a made-up result, read again by qpdf; and its sources. */
#include "twin/report/report.h"

#include "base/test.h"
#include "core/folder.h"
#include "twin/show/picture.h"

#include <qpdf/qpdf-c.h>
#include <stdlib.h>
#include <unistd.h>

enum { WIDTH = 40, HEIGHT = 30 };

static const char SUMMARY[] =
    "{\"program\": \"rathaus 9\", \"time_s\": 3600, \"columns\": 100, \"rows\": 75, \"cells\": "
    "7500,"
    " \"cell_m\": 5, \"crs\": \"EPSG:25832\", \"order\": 2, \"steps\": 1234, \"max_depth_m\": 1.25,"
    " \"max_speed_m_per_s\": 2.5, \"volume_error_relative\": 3e-8, \"volume\": {\"rain_m3\": 12345,"
    " \"inflow_m3\": 0, \"outflow_m3\": 345, \"infiltrated_m3\": 0, \"stored_m3\": 12000},"
    " \"buildings\": {\"all\": 50, \"damage_eur\": 99000, \"value_eur_per_m2\": 800,"
    " \"damage_curve\": \"JRC 2017, residential, Europe\"}}";

static unsigned char *steps(Arena *arena, unsigned char value)
{
    unsigned char *out = arena_alloc(arena, (size_t)WIDTH * HEIGHT);

    memset(out, value, (size_t)WIDTH * HEIGHT);
    out[0] = 80;
    return out;
}

static Report sample(Arena *arena, size_t houses)
{
    static const double seconds[] = {0, 1800, 3600}, metres[] = {0, 0.4, 0.2};
    Err err = {0};
    Report report = {.town = STR("Stadt Musterstadt"),
                     .date = {2027, 3, 1},
                     .title = STR("Talstraße"),
                     .rain = STR("Starkregenindex 7"),
                     .summary =
                         node_parse_json(arena, str_c(SUMMARY), NULL, &NODE_LIMITS_REQUEST, &err),
                     .legend = legend_named(STR("lubw")),
                     .pictures = {WIDTH, HEIGHT, steps(arena, PICTURE_GROUND),
                                  steps(arena, GROUND_SHADES / 2), steps(arena, 0)},
                     .classes = {{3, 2000}, {2, 3000}},
                     .house_count = houses,
                     .gauge_count = 1};

    assert_non_null(report.summary);
    report.houses = arena_array(arena, ReportHouse, houses);
    for (size_t i = 0; i < houses; i++)
        report.houses[i] = (ReportHouse){.address = STR("Talstraße 12"), .depth = 0.3};
    report.gauges = arena_new(arena, ReportGauge);
    report.gauges->depth = (Curve){STR("Markt"), seconds, metres, 3};
    return report;
}

/* Renders and lets qpdf check. */
static qpdf_data read_back(const Report *report, Arena *arena, Str *pdf)
{
    qpdf_data back = qpdf_init();
    Err err = {0};

    assert_ok(report_render(report, arena, pdf, &err), &err);
    assert_int_equal(qpdf_read_memory(back, "report", pdf->ptr, pdf->len, NULL), 0);
    assert_int_equal(qpdf_check_pdf(back), 0);
    return back;
}

static size_t occurrences(Str text, const char *word)
{
    size_t count = 0;

    for (ptrdiff_t at; (at = str_find(text, str_c(word))) >= 0; count++)
        text = str_slice(text, (size_t)at + 1, text.len);
    return count;
}

static void a_report_has_two_pages_however_many_houses_there_are(void **state)
{
    (void)state;
    for (size_t houses = 0; houses <= REPORT_HOUSES_MAX; houses += REPORT_HOUSES_MAX / 2) {
        Arena *arena = arena_create(0);
        Report report = sample(arena, houses);
        Str pdf;
        qpdf_data back = read_back(&report, arena, &pdf);
        assert_int_equal(qpdf_get_num_pages(back), 2);
        /* The map and the chart, each with words; one picture, its colours in a palette. */
        assert_int_equal(occurrences(pdf, "/S /Figure"), 2);
        assert_int_equal(occurrences(pdf, "/Alt <FEFF"), 2);
        assert_int_equal(occurrences(pdf, "[/Indexed /DeviceRGB"), 1);
        assert_int_equal(occurrences(pdf, "/S /H1"), 1);
        assert_true(occurrences(pdf, "/Scope /Row") > 10);
        qpdf_cleanup(&back);
        arena_destroy(arena);
    }
}

static void a_comparison_shows_three_maps(void **state)
{
    Arena *arena = arena_create(0);
    Report report = sample(arena, 5), before = sample(arena, 0);
    Str pdf;

    (void)state;
    report.before = &before;
    qpdf_data back = read_back(&report, arena, &pdf);
    assert_int_equal(qpdf_get_num_pages(back), 2);
    assert_int_equal(occurrences(pdf, "[/Indexed /DeviceRGB"), 3);
    assert_int_equal(occurrences(pdf, "/S /Figure"), 4);
    qpdf_cleanup(&back);
    arena_destroy(arena);
}

static void the_same_report_is_the_same_bytes(void **state)
{
    Arena *arena = arena_create(0);
    Report report = sample(arena, 3);
    Str one, other;
    Err err = {0};

    (void)state;
    assert_ok(report_render(&report, arena, &one, &err), &err);
    assert_ok(report_render(&report, arena, &other, &err), &err);
    assert_true(str_eq(one, other));
    arena_destroy(arena);
}

/* A town without gauges, streets, values and a scenario that is still there. */
static void what_is_not_known_is_left_out(void **state)
{
    Arena *arena = arena_create(0);
    Report report = sample(arena, 0);
    Err err = {0};
    Str pdf;

    (void)state;
    report.gauge_count = 0;
    report.pictures.ground = report.pictures.difference = NULL;
    report.summary = node_parse_json(arena, STR("{}"), NULL, &NODE_LIMITS_REQUEST, &err);
    qpdf_data back = read_back(&report, arena, &pdf);
    assert_int_equal(occurrences(pdf, "/S /Figure"), 1);
    qpdf_cleanup(&back);
    arena_destroy(arena);
}

static void gauges_are_found_by_their_columns(void **state)
{
    char path[] = "/tmp/rathaus-gauges-XXXXXX";
    Arena *arena = arena_create(0);
    ReportGauge *gauges;
    size_t count;
    Err err = {0};

    (void)state;
    close(mkstemp(path));
    assert_ok(folder_write_file(
                  path,
                  STR("time_s,\"Markt, alt_depth_m\",\"Markt, alt_level_m\",Markt_u_m_per_s,"
                      "Bach_depth_m,Bach_level_m\n0,0,100,0,0.5,90\n60,0.25,100.25,1,0,89.5\n"),
                  0600, &err),
              &err);
    assert_ok(report_gauges_read(path, arena, &gauges, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_str(gauges[0].depth.name, "Markt, alt");
    assert_int_equal(gauges[1].level.count, 2);
    assert_float_equal(gauges[0].depth.values[1], 0.25, 0);
    assert_float_equal(gauges[1].level.values[1], 89.5, 0);
    assert_float_equal(gauges[1].depth.seconds[1], 60, 0);
    assert_ok(folder_write_file(path, STR("time_s,A_depth_m,A_level_m\n0,1\n"), 0600, &err), &err);
    assert_false(report_gauges_read(path, arena, &gauges, &count, &err));
    assert_int_equal(err.line, 2);
    unlink(path);
    assert_true(report_gauges_read(path, arena, &gauges, &count, &err));
    assert_int_equal(count, 0);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_has_two_pages_however_many_houses_there_are),
        cmocka_unit_test(a_comparison_shows_three_maps),
        cmocka_unit_test(the_same_report_is_the_same_bytes),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(gauges_are_found_by_their_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
