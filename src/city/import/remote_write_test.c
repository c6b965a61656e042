/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/remote_write.h"

#include "base/buf.h"
#include "base/test.h"

#include <stdlib.h>

/* --- Bytes as a Prometheus writes them --- */

static void put(Buf *out, int field, Str bytes)
{
    buf_add_char(out, (char)(field << 3 | 2));
    buf_add_char(out, (char)bytes.len);
    buf_add(out, bytes);
}

static Str label(Arena *arena, const char *name, const char *value)
{
    Buf out = buf_in(arena);

    put(&out, 1, str_c(name));
    put(&out, 2, str_c(value));
    put(&out, 9, STR("?")); /* a field that is not known */
    return buf_str(&out);
}

static Str sample(Arena *arena, double value, uint64_t time)
{
    Buf out = buf_in(arena);

    buf_add_char(&out, 1 << 3 | 1);
    buf_add(&out, (Str){(const char *)&value, sizeof value});
    buf_add_char(&out, 2 << 3);
    for (; time > 127; time >>= 7)
        buf_add_char(&out, (char)(time | 128));
    buf_add_char(&out, (char)time);
    return buf_str(&out);
}

/* A request of one series with these labels. */
static Str request(Arena *arena, const char *const *labels, size_t count)
{
    Buf series = buf_in(arena), out = buf_in(arena);

    for (size_t i = 0; i < count; i++)
        put(&series, 1, label(arena, labels[2 * i], labels[2 * i + 1]));
    put(&series, 2, sample(arena, 21.5, 1700000000000));
    put(&series, 2, sample(arena, -4, 1700000060000));
    put(&out, 1, buf_str(&series));
    put(&out, 3, STR("?")); /* metadata */
    return buf_str(&out);
}

static const char *const GOOD[] = {"job", "wet\"ter", "__name__", "temp", "instance", "hof:9100"};

static void series_are_read_with_their_labels_in_order(void **state)
{
    Arena *arena = arena_create(0);
    RemoteSeries series = {0};
    RemoteReader reader = remote_reader(arena, request(arena, GOOD, 3));
    Str name;

    (void)state;
    assert_true(remote_next(&reader, &series));
    assert_int_equal(series.count, 2);
    assert_true(series.items[0].value == 21.5);
    assert_int_equal(series.items[0].time, 1700000000000);
    assert_true(series.items[1].value == -4);
    assert_string_equal(str_cstr(arena, remote_key(&series, arena, &name)),
                        "temp{instance=\"hof:9100\",job=\"wet\\\"ter\"}");
    assert_true(str_is(name, "temp"));
    assert_true(str_is(remote_label(&series, "instance"), "hof:9100"));
    assert_null(remote_label(&series, "host").ptr);
    assert_false(remote_next(&reader, &series));
    assert_null(reader.problem);
    arena_destroy(arena);
}

static void what_is_cut_off_is_no_request(void **state)
{
    Arena *arena = arena_create(0);
    Str whole = request(arena, GOOD, 3);
    size_t series_end = 2 + (size_t)(uint8_t)whole.ptr[1];

    (void)state;
    for (size_t size = 1; size < whole.len; size++) {
        char *bytes = malloc(size); /* of this size, for whoever watches its end */
        RemoteSeries series = {0};
        memcpy(bytes, whole.ptr, size);
        RemoteReader reader = remote_reader(arena, (Str){bytes, size});
        assert_int_equal(remote_next(&reader, &series), size >= series_end);
        remote_next(&reader, &series);
        assert_int_equal(reader.problem != NULL, size != series_end);
        free(bytes);
    }
    arena_destroy(arena);
}

static void series_without_name_or_with_a_label_twice_are_refused(void **state)
{
    static const char *const NAMELESS[] = {"job", "x"};
    static const char *const TWICE[] = {"__name__", "a", "job", "x", "job", "y"};
    static const char *const BROKEN[] = {"__name__", "a\xff"};
    Arena *arena = arena_create(0);
    const struct {
        const char *const *labels;
        size_t count;
        const char *problem;
    } wrong[] = {{NAMELESS, 1, "no name"}, {TWICE, 3, "twice"}, {BROKEN, 1, "UTF-8"}};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        RemoteSeries series = {0};
        RemoteReader reader = remote_reader(arena, request(arena, wrong[i].labels, wrong[i].count));
        assert_true(remote_next(&reader, &series));
        assert_non_null(strstr(series.problem, wrong[i].problem));
        assert_false(remote_next(&reader, &series));
        assert_null(reader.problem);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_are_read_with_their_labels_in_order),
        cmocka_unit_test(what_is_cut_off_is_no_request),
        cmocka_unit_test(series_without_name_or_with_a_label_twice_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
