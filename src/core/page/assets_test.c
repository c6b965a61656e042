/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "core/page/assets.h"
#include "core/page/out.h"

#include <zlib.h>

static void paths_carry_the_fingerprint_of_the_content(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);

    for (const Asset *asset = ASSETS; asset->name; asset++) {
        Str mark = str_printf(arena, "%016llx", (unsigned long long)str_hash(asset->bytes));
        assert_true(str_find(str_c(asset->path), mark) > 0);
        assert_str(str_c(asset->etag), str_cstr(arena, str_printf(arena, "\"%s\"", mark.ptr)));
        assert_ptr_equal(asset_find(str_c(asset->name)), asset);
        assert_ptr_equal(asset_by_path(str_c(asset->path)), asset);
        assert_str(asset_path(asset->name), asset->path);
    }
    assert_null(asset_by_path(STR("/assets/app.css")));
    assert_null(asset_find(STR("nothing.css")));
    arena_destroy(arena);
}

static void packed_variants_unpack_to_the_same_bytes(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    int packed = 0;

    for (const Asset *asset = ASSETS; asset->name; asset++) {
        if (!asset->gzip.ptr)
            continue;
        char *plain = arena_alloc(arena, asset->bytes.len + 1);
        z_stream z = {.next_in = (Bytef *)asset->gzip.ptr,
                      .avail_in = (uInt)asset->gzip.len,
                      .next_out = (Bytef *)plain,
                      .avail_out = (uInt)asset->bytes.len + 1};
        assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
        assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
        assert_true(str_eq((Str){plain, z.total_out}, asset->bytes));
        inflateEnd(&z);
        packed++;
    }
    assert_true(packed >= 3);
    arena_destroy(arena);
}

/* The promise is 150 kB for a whole page without a map or chart; styles, scripts and fonts take the
 * larger part. */
static void everything_that_a_page_loads_stays_small(void **state)
{
    (void)state;
    size_t bytes = 0, map_bytes = 0, chart_bytes = 0;

    for (const Asset *asset = ASSETS; asset->name; asset++) {
        Str name = str_c(asset->name);
        bool of_map = str_starts_with(name, "map") || str_starts_with(name, "places");
        bool of_chart = str_starts_with(name, "chart") || str_starts_with(name, "uplot");
        *(of_map     ? &map_bytes
          : of_chart ? &chart_bytes
                     : &bytes) += asset->gzip.ptr ? asset->gzip.len : asset->bytes.len;
    }
    assert_true(bytes < 100000);
    assert_true(map_bytes > 0 && map_bytes < 500000);
    assert_true(chart_bytes > 0 && chart_bytes < 40000);
}

static void styles_name_fonts_by_their_real_path_and_keep_what_pages_use(void **state)
{
    (void)state;
    const Asset *css = asset_find(STR("app.css"));
    Str font = asset_path("fira-sans-400.woff2");

    assert_true(str_find(css->bytes, str_slice(font, strlen("/assets/"), font.len)) > 0);
    assert_true(str_find(css->bytes, STR(".kern-form-input__input")) > 0);
    assert_true(str_find(css->bytes, STR("prefers-color-scheme")) > 0);
    assert_true(str_find(css->bytes, STR(".kern-accordion")) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_carry_the_fingerprint_of_the_content),
        cmocka_unit_test(packed_variants_unpack_to_the_same_bytes),
        cmocka_unit_test(everything_that_a_page_loads_stays_small),
        cmocka_unit_test(styles_name_fonts_by_their_real_path_and_keep_what_pages_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
