/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/test_folder.h"

#include "geo/tile/paint.h"
#include "geo/tile/tileset.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void tiles_lie_where_every_web_map_has_them(void **state)
{
    (void)state;
    /* Dresden's Altmarkt, 13.7373 E 51.0493 N, lies in tile 14/8817/5481. */
    double edge = tile_edge(14);
    assert_int_equal((int)((mercator_x(13.7373) + MERCATOR_HALF) / edge), 8817);
    assert_int_equal((int)((MERCATOR_HALF - mercator_y(51.0493)) / edge), 5481);
    assert_float_equal(mercator_latitude(mercator_y(51.0493)), 51.0493, 1e-9);
    assert_false(tile_exists((TileId){2, 4, 0}));
    assert_true(tile_exists((TileId){2, 3, 3}));
}

static void a_step_tells_its_value_to_a_hundredth(void **state)
{
    (void)state;
    assert_int_equal(paint_step(&PAINT_DEPTH, 0), 0);
    assert_int_equal(paint_step(&PAINT_DEPTH, (double)NAN), 0);
    assert_int_equal(paint_step(&PAINT_DEPTH, 0.004), 1);
    for (double depth = 0.01; depth < 1.5; depth += 0.01) {
        double middle = paint_middle(&PAINT_DEPTH, paint_step(&PAINT_DEPTH, depth));
        assert_true(middle > depth && middle < depth + 0.01);
        /* What a float keeps of it does not fall into the class below. */
        assert_int_equal(paint_step(&PAINT_DEPTH, (double)(float)depth),
                         paint_step(&PAINT_DEPTH, depth));
    }
    assert_float_equal(paint_middle(&PAINT_DEPTH, paint_step(&PAINT_DEPTH, 4.02)), 4.05, 1e-9);
    assert_int_equal(paint_step(&PAINT_DEPTH, 1000), 255);
}

static void a_difference_is_the_same_to_both_sides(void **state)
{
    (void)state;
    for (double d = 0.005; d < 6.5; d += 0.01) {
        double more = paint_middle(&PAINT_DIFFERENCE, paint_step(&PAINT_DIFFERENCE, d));
        double less = paint_middle(&PAINT_DIFFERENCE, paint_step(&PAINT_DIFFERENCE, -d));
        assert_float_equal(more, -less, 1e-9);
        assert_true(fabs(more - d) <= 0.0501);
    }
    assert_int_equal(paint_step(&PAINT_DIFFERENCE, -1000), 1);
}

static void numbers_are_kept_as_they_are(void **state)
{
    (void)state;
    assert_int_equal(paint_step(&PAINT_NUMBERS, (double)NAN), 0);
    for (int n = 0; n < 255; n++) {
        assert_int_equal(paint_step(&PAINT_NUMBERS, n), n + 1);
        assert_int_equal((int)paint_middle(&PAINT_NUMBERS, (unsigned char)(n + 1)), n);
    }
}

static void a_legend_paints_from_its_lower_bounds(void **state)
{
    (void)state;
    const PaintClass ulm[] = {
        {0.03, {1, 0, 0, 255}}, {0.10, {2, 0, 0, 255}}, {0.50, {3, 0, 0, 255}}};
    PaintPalette palette;

    paint_palette(&PAINT_DEPTH, ulm, 3, &palette);
    assert_int_equal(palette.colours[0].opacity, 0);
    assert_int_equal(palette.colours[paint_step(&PAINT_DEPTH, 0.029)].opacity, 0);
    assert_int_equal(palette.colours[paint_step(&PAINT_DEPTH, 0.03)].red, 1);
    assert_int_equal(palette.colours[paint_step(&PAINT_DEPTH, 0.0999)].red, 1);
    assert_int_equal(palette.colours[paint_step(&PAINT_DEPTH, 0.10)].red, 2);
    assert_int_equal(palette.colours[paint_step(&PAINT_DEPTH, 9)].red, 3);
}

static void a_tile_takes_another_palette_and_nothing_else_does(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    unsigned char *steps = arena_alloc(arena, (size_t)TILE_PIXELS * TILE_PIXELS);
    PaintPalette palette = {0};

    assert_null(paint_png(arena, steps, TILE_PIXELS, TILE_PIXELS).ptr);
    steps[77] = 9;
    Str png = paint_png(arena, steps, TILE_PIXELS, TILE_PIXELS);
    assert_true(png.len > 800 && png.len < 3000);
    palette.colours[9] = (Colour){10, 20, 30, 40};
    Str painted = paint_recolour(arena, png, &palette);
    assert_int_equal(painted.len, png.len);
    assert_true(str_find(painted, (Str){"\x0a\x14\x1e", 3}) > 0);
    assert_true(str_find(png, (Str){"\x0a\x14\x1e", 3}) < 0);
    for (size_t cut = 0; cut < 900; cut++)
        assert_null(paint_recolour(arena, str_slice(png, 0, cut), &palette).ptr);
    assert_null(paint_recolour(arena, paint_nothing(), &palette).ptr);
    arena_destroy(arena);
}

static void a_set_is_read_as_it_was_written_and_a_new_one_takes_its_place(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    char folder[TEST_FOLDER_MAX];
    Err err = {0};
    Str tile;
    const TileInfo info = {.format = TILE_PNG,
                           .zoom_min = 10,
                           .zoom_max = 14,
                           .bounds = {13.5, 51, 13.9, 51.2},
                           .name = STR("Tiefe")};

    test_folder_make(folder);
    char *path = arena_printf(arena, "%s/a b?.mbtiles", folder);
    assert_null(tileset_acquire(path, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);

    for (int version = 1; version <= 2; version++) {
        TileWriter *writer = tile_writer_create(path, &info, &err);
        assert_ok(writer != NULL, &err);
        assert_ok(tile_writer_add(writer, (TileId){14, 8817, 5481},
                                  version == 1 ? STR("eins") : STR("zwei"), &err),
                  &err);
        assert_ok(tile_writer_finish(writer, &err), &err);
        TileSet *set = tileset_acquire(path, &err);
        assert_ok(set != NULL, &err);
        assert_str(tileset_info(set)->name, "Tiefe");
        assert_int_equal(tileset_info(set)->zoom_min, 10);
        assert_float_equal(tileset_info(set)->bounds.north, 51.2, 1e-9);
        assert_ok(tileset_tile(set, (TileId){14, 8817, 5481}, arena, &tile, &err), &err);
        assert_str(tile, version == 1 ? "eins" : "zwei");
        assert_ok(tileset_tile(set, (TileId){14, 8817, 5482}, arena, &tile, &err), &err);
        assert_null(tile.ptr);
        tileset_release(set);
    }
    tile_writer_abandon(tile_writer_create(path, &info, &err));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    arena_destroy(arena);
}

static void what_is_no_set_is_refused(void **state)
{
    (void)state;
    char path[] = "/tmp/tiles-XXXXXX";
    Err err = {0};
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "kein Kachelsatz, nur Text", 25), 25);
    close(fd);
    assert_null(tileset_acquire(path, &err));
    assert_int_equal(err.kind, ERR_INTERNAL);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_lie_where_every_web_map_has_them),
        cmocka_unit_test(a_step_tells_its_value_to_a_hundredth),
        cmocka_unit_test(a_difference_is_the_same_to_both_sides),
        cmocka_unit_test(numbers_are_kept_as_they_are),
        cmocka_unit_test(a_legend_paints_from_its_lower_bounds),
        cmocka_unit_test(a_tile_takes_another_palette_and_nothing_else_does),
        cmocka_unit_test(a_set_is_read_as_it_was_written_and_a_new_one_takes_its_place),
        cmocka_unit_test(what_is_no_set_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
