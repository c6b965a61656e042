/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/radolan.h"

#include "core/test_folder.h"

#include <archive.h>
#include <archive_entry.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define RW "RW140050100000721BY1620130VS 3SW   2.21.0PR E-01INT  60GP 900x 900MS 58<asb,boo>\x03"
#define RV                                                                                      \
    "RV161355100000926BY   2640195VS 5SW  P42001HPR E-02INT   5GP1200x1100VV 010MF 00000008MS " \
    "13<deboo>\x03"

/* A product with room for its pixels behind the heading. */
static Str product_of(Arena *arena, const char *heading)
{
    size_t head = strlen(heading), size = head + 1200 * 1100 * 2;
    char *bytes = arena_alloc(arena, size);

    memcpy(bytes, heading, head);
    return (Str){bytes, size};
}

static void a_heading_tells_product_time_unit_and_grid(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    RadolanProduct p;
    Err err;

    assert_ok(radolan_parse(product_of(arena, RW), "rw", &p, &err), &err);
    assert_string_equal(p.kind, "RW");
    assert_str(timestamp_iso(arena, p.end), "2021-07-14T00:50:00.000Z");
    assert_int_equal(p.minutes, 60);
    assert_true(fabs(p.millimetre - 0.1) < 1e-15);
    assert_int_equal(p.columns, 900);
    assert_ok(radolan_parse(product_of(arena, RV), "rv", &p, &err), &err);
    assert_int_equal(p.columns, 1100);
    assert_int_equal(p.rows, 1200);
    assert_true(fabs(p.millimetre - 0.01) < 1e-15);
    /* a forecast of 10 minutes */
    assert_str(timestamp_iso(arena, p.end), "2026-09-16T14:05:00.000Z");
    arena_destroy(arena);
}

static void pixels_have_twelve_bits_and_flags(void **state)
{
    static const struct {
        unsigned char bytes[2];
        double value;
    } CASES[] = {
        {{120, 0}, 12},      {{0xff, 0x0f}, 409.5}, {{120, 0x10}, 12}, /* secondary: valid */
        {{0xc4, 0x29}, NAN},                                           /* no data */
        {{10, 0x80}, NAN},                                             /* clutter */
        {{10, 0x40}, -1},
    };
    (void)state;
    Arena *arena = arena_create(0);
    Str bytes = product_of(arena, RW);
    RadolanProduct p;
    Err err;

    assert_ok(radolan_parse(bytes, "rw", &p, &err), &err);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        memcpy((char *)bytes.ptr + p.data + 2 * i, CASES[i].bytes, 2);
        double value = radolan_value(bytes, &p, (int)i, 0);
        if (isnan(CASES[i].value))
            assert_true(isnan(value));
        else
            assert_true(fabs(value - CASES[i].value) < 1e-12);
    }
    arena_destroy(arena);
}

/* The corners that the weather service's description of the format gives. */
static void places_fall_into_their_pixels(void **state)
{
    (void)state;
    RadolanProduct national = {.columns = 900, .rows = 900},
                   german = {.columns = 1100, .rows = 1200, .version = 5};
    int column, row;

    assert_true(radolan_pixel(&national, 9.0 + 1e-6, 51.0 + 1e-6, &column, &row));
    assert_int_equal(column, 450); /* 9 E 51 N is the grid's middle */
    assert_int_equal(row, 450);
    assert_true(radolan_pixel(&national, 3.5889 + 0.005, 46.9526 + 0.005, &column, &row));
    assert_int_equal(column, 0);
    assert_int_equal(row, 0);
    assert_true(radolan_pixel(&national, 14.6209 - 0.01, 47.0705 + 0.005, &column, &row));
    assert_int_equal(column, 899);
    assert_int_equal(row, 0);
    assert_true(radolan_pixel(&german, 3.566994635 + 0.005, 45.69642538 + 0.005, &column, &row));
    assert_int_equal(column, 0);
    assert_int_equal(row, 0);
    assert_true(radolan_pixel(&german, 9.0 + 1e-6, 51.0 + 1e-6, &column, &row));
    assert_int_equal(column, 470);
    assert_int_equal(row, 600);
    assert_false(radolan_pixel(&national, 2, 46, &column, &row));
}

static void what_is_no_product_is_refused(void **state)
{
    static const struct {
        const char *heading, *message;
    } CASES[] = {
        {"", "no heading"},
        {"RW140050100000721BY1620130VS 3SW   2.21.0INT  60GP 900x 900MS 58<asb>\x03", "precision"},
        {"RW140050100000721BY1620130VS 3SW   2.21.0PR E-01INT  60GP 800x 900MS 58<asb>\x03",
         "grid"},
        {"RW140050100000721BY1620130VS 3SW   2.21.0PR E-01GP 900x 900MS 58<asb>\x03", "interval"},
        {"RW143050100000721BY1620130VS 3SW   2.21.0PR E-01INT  60GP 900x 900MS 58<asb>\x03",
         "time"},
        {"RX140050100000721BY 810130VS 3SW   2.21.0PR E+00INT   5GP 900x 900MS 58<asb>\x03",
         "RX is no sum of rain"},
        {"WN140050100000721BY2640130VS 5SW   2.21.0PR E-01INT   5GP1200x1100MS 58<asb>\x03",
         "take YW"},
    };
    (void)state;
    Arena *arena = arena_create(0);
    RadolanProduct p;
    Err err;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        assert_false(radolan_parse(product_of(arena, CASES[i].heading), "f", &p, &err));
        assert_non_null(strstr(err.message, CASES[i].message));
    }
    assert_false(radolan_parse(STR(RW "123"), "f", &p, &err));
    assert_non_null(strstr(err.message, "ends after 1 of"));
    arena_destroy(arena);
}

enum { PIXEL_BYTES = 900 * 900 * 2 };

/* An hour's product ended at `hour`:50, with one tenth of a millimetre in the pixel 450, 450. */
static Str hour_of(Arena *arena, int hour)
{
    Str bytes = product_of(arena, RW);

    bytes.len = strlen(RW) + PIXEL_BYTES;
    snprintf((char *)bytes.ptr + 4, 3, "%02d", hour);
    ((char *)bytes.ptr)[6] = '5';
    ((char *)bytes.ptr)[strlen(RW) + (450 * 900 + 450) * 2] = 1;
    return bytes;
}

static void put_file(const char *path, Str bytes)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
}

/* A tar of products, one an hour. */
static void put_tar(const char *path, Arena *arena, int count)
{
    struct archive *tar = archive_write_new();

    archive_write_set_format_ustar(tar);
    assert_int_equal(archive_write_open_filename(tar, path), ARCHIVE_OK);
    for (int i = 0; i < count; i++) {
        struct archive_entry *entry = archive_entry_new();
        Str bytes = hour_of(arena, i);

        archive_entry_set_pathname(entry, arena_printf(arena, "rw%d", i));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_size(entry, (la_int64_t)bytes.len);
        assert_int_equal(archive_write_header(tar, entry), ARCHIVE_OK);
        assert_int_equal(archive_write_data(tar, bytes.ptr, bytes.len), (la_ssize_t)bytes.len);
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_close(tar), ARCHIVE_OK);
    archive_write_free(tar);
}

static void a_series_keeps_the_terrains_pixels_and_refuses_what_is_damaged(void **state)
{
    (void)state;
    Arena *arena = arena_create(0), *files = arena_create(0);
    char folder[TEST_FOLDER_MAX];
    GeoGrid grid = {20, 10, 10, 500000.5, 5650400, geo_crs_parse(STR("EPSG:25832"), files, NULL)};
    Remarks remarks = {.arena = arena};
    Err err = {0};

    test_folder_make(folder);
    const char *tar = arena_printf(files, "%s/rw.tar", folder);
    put_tar(tar, files, 3);
    Radolan *series = radolan_read(folder, &grid, NAN, arena, &remarks, &err);
    assert_ok(series != NULL, &err);
    assert_int_equal(series->count, 3);
    assert_true(series->window.columns <= 2 && series->window.rows <= 2);
    assert_true(arena_used(arena) < 65536); /* not three times 1.6 MB */
    const float *rates = radolan_rates(series, 2, &err);
    double most = 0;
    for (int i = 0; i < 200; i++)
        most = fmax(most, (double)rates[i]);
    assert_true(fabs(most - 0.1 / 3.6e6) < 1e-12);
    radolan_free(series);

    /* Cut off within the second heading of the tar: the series would only seem to be shorter. */
    long padded = ((long)(strlen(RW) + PIXEL_BYTES) + 511) / 512 * 512;
    assert_int_equal(truncate(tar, 512 + padded + 100), 0);
    assert_null(radolan_read(folder, &grid, NAN, arena, &remarks, &err));
    assert_non_null(strstr(err.message, "is damaged"));
    unlink(tar);

    const char *plain = arena_printf(files, "%s/wn", folder);
    put_file(plain, hour_of(files, 3));
    assert_non_null((series = radolan_read(folder, &grid, NAN, arena, &remarks, &err)));
    radolan_free(series);
    test_folder_remove(folder);
    arena_destroy(arena);
    arena_destroy(files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_heading_tells_product_time_unit_and_grid),
        cmocka_unit_test(pixels_have_twelve_bits_and_flags),
        cmocka_unit_test(places_fall_into_their_pixels),
        cmocka_unit_test(what_is_no_product_is_refused),
        cmocka_unit_test(a_series_keeps_the_terrains_pixels_and_refuses_what_is_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
