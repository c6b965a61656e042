/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/raster.h"

#include "core/test_folder.h"

#include <math.h>

typedef struct Place {
    Arena *arena;
    char folder[TEST_FOLDER_MAX];
} Place;

static int set_up(void **state)
{
    Place *place = calloc(1, sizeof *place);

    place->arena = arena_create(0);
    test_folder_make(place->folder);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    Place *place = *state;

    test_folder_remove(place->folder);
    arena_destroy(place->arena);
    free(place);
    return 0;
}

static const char *put(Place *place, const char *name, const char *text)
{
    const char *path = arena_printf(place->arena, "%s/%s", place->folder, name);
    Err err;

    assert_ok(folder_write_file(path, str_c(text), 0600, &err), &err);
    return path;
}

static bool read_paths(Place *place, const char *const *paths, size_t count, GeoRaster *out,
                       Err *err)
{
    GeoRasterOrder order = {.paths = paths, .path_count = count};

    return geo_raster_read(&order, place->arena, out, err);
}

static bool read_one(Place *place, const char *path, GeoRaster *out, Err *err)
{
    return read_paths(place, &path, 1, out, err);
}

static void an_ascii_grid_keeps_double_precision_and_its_holes(void **state)
{
    Place *place = *state;
    GeoRaster r;
    Err err;
    const char *path = put(place, "a.asc",
                           "ncols 3\nnrows 2\nxllcorner 100\nyllcorner 50\ncellsize 0.05\n"
                           "NODATA_value -9999\n1.123456789012 2 3\n4 -9999 6\n");

    assert_ok(read_one(place, path, &r, &err), &err);
    assert_int_equal(r.grid.columns, 3);
    assert_int_equal(r.grid.rows, 2);
    assert_float_equal(r.grid.north, 50.1, 1e-12);
    assert_true(r.values[0] == 1.123456789012);
    assert_int_equal(r.holes, 1);
    assert_int_equal(r.first, 4);
    assert_null(r.grid.crs);
    geo_raster_free(&r);
}

static void an_ascii_grid_with_words_or_with_values_missing_is_refused(void **state)
{
    static const char HEAD[] = "NCOLS 3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n";
    Place *place = *state;
    GeoRaster r;
    Err err;

#define GRID(values) put(place, "w.asc", arena_printf(place->arena, "%s%s", HEAD, values))
    assert_false(read_one(place, GRID("1 2 wet\n4 5 6\n"), &r, &err));
    assert_int_equal(err.line, 6);
    assert_non_null(strstr(err.message, "\"wet\" is no number"));
    assert_false(read_one(place, GRID("1 2 3\n4 5 6\n7\n"), &r, &err));
    assert_non_null(strstr(err.message, "7 values"));
    assert_false(read_one(place, GRID("1 2 3\n4 5\n"), &r, &err));
    assert_non_null(strstr(err.message, "5 values"));
    assert_ok(read_one(place, GRID("1 2e0 nan\n-4.5 5,5 6"), &r, &err), &err);
    assert_int_equal(r.holes, 1);
    assert_true(r.values[4] == 5.5);
    geo_raster_free(&r);
#undef GRID
}

static void xyz_in_any_order_is_a_grid(void **state)
{
    Place *place = *state;
    GeoRaster r;
    Err err;
    const char *path =
        put(place, "t.xyz", "x;y;z\n10,5;20,5;1,25\n11,5;21,5;4\n10,5;21,5;3\n11,5;20,5;2\n");

    assert_ok(read_one(place, path, &r, &err), &err);
    assert_int_equal(r.grid.columns, 2);
    assert_int_equal(r.grid.rows, 2);
    assert_float_equal(r.grid.west, 10, 1e-12);
    assert_float_equal(r.grid.north, 22, 1e-12);
    static const double EXPECTED[] = {3, 4, 1.25, 2};
    assert_memory_equal(r.values, EXPECTED, sizeof EXPECTED);
    geo_raster_free(&r);
}

static void a_line_of_xyz_that_is_no_point_is_named(void **state)
{
    Place *place = *state;
    GeoRaster r;
    Err err;

    assert_false(read_one(place, put(place, "t.xyz", "0 0 1\n1 0 2\n2 0 wet\n"), &r, &err));
    assert_int_equal(err.line, 3);
}

static void tiles_are_put_together_and_strangers_refused(void **state)
{
    Place *place = *state;
    GeoRaster r;
    Err err;
    const char *paths[2] = {
        put(place, "w.asc", "ncols 2\nnrows 1\nxllcorner 0\nyllcorner 0\ncellsize 1\n1 2\n"),
        put(place, "e.asc", "ncols 2\nnrows 1\nxllcorner 3\nyllcorner 1\ncellsize 1\n3 4\n")};

    assert_ok(read_paths(place, paths, 2, &r, &err), &err);
    assert_int_equal(r.grid.columns, 5);
    assert_int_equal(r.grid.rows, 2);
    assert_true(r.values[3] == 3 && r.values[5] == 1 && isnan(r.values[0]) && isnan(r.values[7]));
    assert_int_equal(r.holes, 6);
    geo_raster_free(&r);

    paths[1] =
        put(place, "x.asc", "ncols 2\nnrows 1\nxllcorner 2.5\nyllcorner 0\ncellsize 1\n3 4\n");
    assert_false(read_paths(place, paths, 2, &r, &err));
    assert_non_null(strstr(err.message, "between those of"));
}

static void a_window_cuts_whole_cells(void **state)
{
    Place *place = *state;
    GeoRaster r;
    Err err;
    const char *path = put(place, "a.asc",
                           "ncols 3\nnrows 3\nxllcorner 0\nyllcorner 0\ncellsize 1\n"
                           "1 2 3\n4 5 6\n7 8 9\n");
    const double window[] = {1, 0.5, 2, 2};
    GeoRasterOrder order = {.paths = &path, .path_count = 1, .window = window};

    assert_ok(geo_raster_read(&order, place->arena, &r, &err), &err);
    assert_int_equal(r.grid.columns, 1);
    assert_int_equal(r.grid.rows, 2);
    assert_true(r.values[0] == 5 && r.values[1] == 8);
    geo_raster_free(&r);
    order.window = NULL;
    order.most_cells = 8;
    assert_false(geo_raster_read(&order, place->arena, &r, &err));
    assert_int_equal(err.kind, ERR_TOO_LARGE);
}

static void only_enclosed_holes_are_filled(void **state)
{
    Place *place = *state;
    GeoRaster r;
    Err err;
    uint8_t inside[20];
    int64_t first;
    size_t filled;
    const char *path =
        put(place, "a.asc",
            "ncols 5\nnrows 4\nxllcorner 0\nyllcorner 0\ncellsize 1\nnodata_value -1\n"
            "-1 2 2 2 2\n2 2 2 2 2\n2 2 2 -1 2\n2 2 2 2 2\n");

    assert_ok(read_one(place, path, &r, &err), &err);
    assert_int_equal(geo_raster_enclosed(&r, inside, &first), 1);
    assert_int_equal(first, 13);
    assert_ok(geo_raster_fill(&r, inside, &filled, &err), &err);
    assert_int_equal(filled, 1);
    assert_true(r.values[13] == 2 && isnan(r.values[0]));
    geo_raster_free(&r);
}

static void what_is_written_is_read_again(void **state)
{
    Place *place = *state;
    GeoRaster r;
    Err err;
    GeoGrid grid = {2,      2,       0.5,
                    300000, 5600000, geo_crs_parse(STR("EPSG:25832"), place->arena, &err)};
    double values[] = {1.0 / 3, NAN, -2, 4};
    const char *path = arena_printf(place->arena, "%s/out.tif", place->folder);

    assert_ok(geo_raster_write(path, &grid, values, GEO_FLOAT64, &err), &err);
    assert_ok(read_one(place, path, &r, &err), &err);
    assert_true(r.values[0] == values[0] && isnan(r.values[1]) && r.values[2] == -2);
    assert_true(geo_crs_same(r.grid.crs, grid.crs));
    geo_raster_free(&r);

    double onto[4];
    assert_ok(geo_raster_read_onto(path, &grid, GEO_ALIGNED, onto, &err), &err);
    assert_true(onto[3] == 4);
    grid.crs = geo_crs_parse(STR("EPSG:25833"), place->arena, &err);
    assert_false(geo_raster_read_onto(path, &grid, GEO_ALIGNED, onto, &err));
    assert_non_null(strstr(err.message, "EPSG:25832"));
    assert_non_null(strstr(err.message, "resample"));
}

static void a_raster_beside_the_grid_is_moved_when_asked(void **state)
{
    Place *place = *state;
    Err err;
    const char *path = put(place, "a.asc",
                           "ncols 4\nnrows 4\nxllcorner 0\nyllcorner 0\ncellsize 1\n"
                           "1 1 2 2\n1 1 2 2\n3 3 4 4\n3 3 4 4\n");
    GeoGrid grid = {2, 2, 2, 0, 4, NULL};
    double values[4];

    assert_false(geo_raster_read_onto(path, &grid, GEO_ALIGNED, values, &err));
    assert_ok(geo_raster_read_onto(path, &grid, GEO_NEAREST, values, &err), &err);
    static const double EXPECTED[] = {1, 2, 3, 4};
    assert_memory_equal(values, EXPECTED, sizeof EXPECTED);
}

static void reference_systems_are_read_in_every_spelling(void **state)
{
    Place *place = *state;
    Err err;
    const char *old = "Projection    UTM\nZone          56\nDatum         WGS84\nUnits METERS\n"
                      "Spheroid      WGS84\nXshift 500000\nYshift 10000000\nParameters\n";

    assert_non_null(geo_crs_parse(str_c(old), place->arena, &err));
    assert_null(geo_crs_parse(STR("/etc/passwd"), place->arena, &err));
    assert_null(geo_crs_parse(STR("nonsense"), place->arena, &err));
    assert_true(geo_crs_metric(geo_crs_parse(STR("EPSG:25832"), place->arena, &err)));
    assert_false(geo_crs_metric(geo_crs_parse(STR("EPSG:4326"), place->arena, &err)));
}

int main(void)
{
#define RASTER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        RASTER_TEST(an_ascii_grid_keeps_double_precision_and_its_holes),
        RASTER_TEST(an_ascii_grid_with_words_or_with_values_missing_is_refused),
        RASTER_TEST(xyz_in_any_order_is_a_grid),
        RASTER_TEST(a_line_of_xyz_that_is_no_point_is_named),
        RASTER_TEST(tiles_are_put_together_and_strangers_refused),
        RASTER_TEST(a_window_cuts_whole_cells),
        RASTER_TEST(only_enclosed_holes_are_filled),
        RASTER_TEST(what_is_written_is_read_again),
        RASTER_TEST(a_raster_beside_the_grid_is_moved_when_asked),
        RASTER_TEST(reference_systems_are_read_in_every_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
