/* SPDX-License-Identifier: EUPL-1.2 */
/* Columns and blocks come back bit for bit, and take the room that they should. */
#include "base/test.h"
#include "base/test_random.h"
#include "city/store/block.h"
#include "city/store/numbers.h"
#include "city/store/texts.h"

#include <math.h>
#include <stdlib.h>

typedef struct Codec {
    Arena *arena;
    TestRandom random;
} Codec;

static int set_up(void **state)
{
    Codec *c = calloc(1, sizeof *c);

    c->arena = arena_create(0);
    c->random.state = 99;
    *state = c;
    return 0;
}

static int tear_down(void **state)
{
    Codec *c = *state;

    arena_destroy(c->arena);
    free(c);
    return 0;
}

static size_t ints_come_back(Codec *c, const int64_t *values, size_t count)
{
    Buf out = buf_in(c->arena);
    int64_t again[OBS_BITS_MAX];

    obs_ints_put(&out, values, count);
    Bytes in = bytes_in(buf_str(&out));
    assert_true(obs_ints_get(&in, again, count));
    assert_int_equal(bytes_left(&in), 0);
    assert_memory_equal(again, values, count * sizeof *values);
    return out.len;
}

static size_t numbers_come_back(Codec *c, const double *numbers, size_t count)
{
    Buf out = buf_in(c->arena);
    int64_t scaled[OBS_BITS_MAX];
    double again[OBS_BITS_MAX];

    obs_numbers_put(&out, obs_numbers_scale(numbers, count, scaled), scaled, count);
    Bytes in = bytes_in(buf_str(&out));
    assert_true(obs_numbers_get(&in, again, count));
    assert_int_equal(bytes_left(&in), 0);
    assert_memory_equal(again, numbers, count * sizeof *numbers);
    return out.len;
}

static void packed_numbers_of_any_width_come_back(void **state)
{
    Codec *c = *state;

    for (unsigned width = 0; width <= 64; width++)
        for (size_t count = 1; count <= OBS_BITS_MAX; count = count * 3 + 1) {
            uint64_t values[OBS_BITS_MAX], again[OBS_BITS_MAX];
            Buf out = buf_in(c->arena);
            for (size_t i = 0; i < count; i++)
                values[i] = width ? test_random(&c->random) >> (64 - width) : 0;
            if (count > 20) /* a few that are wider */
                values[count / 2] = values[count - 1] = test_random(&c->random);
            obs_bits_put(&out, values, count);
            Bytes in = bytes_in(buf_str(&out));
            assert_true(obs_bits_get(&in, again, count));
            assert_int_equal(bytes_left(&in), 0);
            assert_memory_equal(again, values, count * sizeof *values);
            arena_reset(c->arena);
        }
}

static void times_at_a_steady_pace_take_a_few_bytes(void **state)
{
    int64_t times[1000];

    for (int i = 0; i < 1000; i++)
        times[i] = 1735689600000 + i * (int64_t)900000;
    assert_true(ints_come_back(*state, times, 1000) <= 16);
    times[500] += 3600000; /* one gap costs little */
    for (int i = 501; i < 1000; i++)
        times[i] += 3600000;
    assert_true(ints_come_back(*state, times, 1000) <= 24);
}

static void equal_values_take_a_few_bytes(void **state)
{
    double numbers[1000];

    for (int i = 0; i < 1000; i++)
        numbers[i] = 21.5;
    assert_true(numbers_come_back(*state, numbers, 1000) <= 8);
}

static void ints_at_the_ends_of_their_range_come_back(void **state)
{
    int64_t values[6] = {INT64_MIN, INT64_MAX, 0, -1, INT64_MAX, INT64_MIN};

    for (size_t count = 1; count <= 6; count++)
        ints_come_back(*state, values, count);
    for (size_t count = 1; count <= 5; count++)
        ints_come_back(*state, values + 1, count);
}

static void any_ints_come_back(void **state)
{
    Codec *c = *state;

    for (int round = 0; round < 2000; round++) {
        int64_t values[OBS_BITS_MAX], value = (int64_t)test_random(&c->random);
        size_t count = (size_t)test_pick(&c->random, 1, OBS_BITS_MAX);
        int64_t unit = test_pick(&c->random, 1, 1000), spread = test_pick(&c->random, 0, 1 << 20);
        bool walk = test_pick(&c->random, 0, 1);
        for (size_t i = 0; i < count; i++) {
            int64_t change = unit * test_pick(&c->random, -spread, spread);
            values[i] = (int64_t)((uint64_t)value + (uint64_t)change);
            if (walk)
                value = values[i];
        }
        ints_come_back(c, values, count);
        arena_reset(c->arena);
    }
}

static void decimals_take_the_room_of_whole_numbers(void **state)
{
    double tenths[1000], hundredths[1000];

    for (int i = 0; i < 1000; i++) {
        tenths[i] = (200 + i % 16) / 10.0;
        hundredths[i] = (2000 + i % 16) / 100.0;
    }
    assert_true(numbers_come_back(*state, tenths, 1000) < 520);
    assert_true(numbers_come_back(*state, hundredths, 1000) < 520);
}

static void numbers_that_are_no_decimals_come_back_bit_for_bit(void **state)
{
    double odd[] = {0.0,     -0.0,   NAN,        INFINITY, -INFINITY, 1e300, 5e-324,
                    1.0 / 3, 0x1p53, 0x1p53 + 2, 1e15,     0.1,       1e-15, 123456789.123456789};
    size_t count = sizeof odd / sizeof *odd;

    numbers_come_back(*state, odd, count);
    for (size_t i = 0; i < count; i++)
        numbers_come_back(*state, &odd[i], 1);
    numbers_come_back(*state, &odd[9], 3);
}

static void any_numbers_come_back(void **state)
{
    Codec *c = *state;

    for (int round = 0; round < 1000; round++) {
        double numbers[200];
        int64_t digits = test_pick(&c->random, 0, 17);
        for (int i = 0; i < 200; i++)
            numbers[i] = (double)test_pick(&c->random, -1000000, 1000000) / pow(10, (double)digits);
        numbers_come_back(c, numbers, 200);
        arena_reset(c->arena);
    }
}

static void equal_texts_stand_there_once(void **state)
{
    Codec *c = *state;
    static const char *const WORDS[] = {"\"frei\"", "\"besetzt\"", "", NULL};
    Str texts[1000], again[1000];
    Buf out = buf_in(c->arena);

    for (int i = 0; i < 1000; i++)
        texts[i] = str_c(WORDS[i % 4]);
    obs_texts_put(&out, texts, 1000, c->arena);
    assert_true(out.len < 320);
    Bytes in = bytes_in(buf_str(&out));
    assert_true(obs_texts_get(&in, again, 1000, c->arena));
    for (int i = 0; i < 1000; i++) {
        assert_true(str_eq(again[i], texts[i]));
        assert_int_equal(!again[i].ptr, !texts[i].ptr);
    }
}

/* --- Blocks ----------------------------------------------------------------------------------- */

static Observation any_row(Codec *c, int64_t time, uint64_t ordinal)
{
    Observation o = obs_number(time, (double)test_pick(&c->random, -999, 999) / 10);

    o.ordinal = ordinal;
    o.status = test_pick(&c->random, 0, 9) ? 0 : (uint8_t)test_pick(&c->random, 0, 255);
    switch (test_pick(&c->random, 0, 9)) {
    case 0: o.end = time + 900000; break;
    case 1: o.result_time = time + test_pick(&c->random, 0, 5000); break;
    case 2: o.feature = test_pick(&c->random, -9, 9); break;
    case 3: o.extra = STR("{\"battery\":3.3}"); break;
    case 4:
        o = (Observation){.time = time,
                          .end = OBS_NONE,
                          .result_time = OBS_NONE,
                          .ordinal = ordinal,
                          .kind = OBS_NOTHING};
        break;
    case 5:
        o.kind = OBS_TEXT;
        o.number = 0;
        o.text = STR("\"offen\"");
        break;
    default: break;
    }
    return o;
}

static void same_row(const Observation *a, const Observation *b)
{
    assert_true(a->time == b->time && a->end == b->end && a->result_time == b->result_time &&
                a->feature == b->feature && a->ordinal == b->ordinal && a->kind == b->kind &&
                a->status == b->status && a->number == b->number);
    assert_true(str_eq(a->text, b->text) && str_eq(a->extra, b->extra));
}

/* A block of these rows, read again. */
static ObsHead block_comes_back(Codec *c, const Observation *rows, uint32_t count, Buf *heads,
                                Buf *bodies)
{
    ObsColumns columns = obs_columns_of(rows, count, c->arena), again;
    ObsHead head;
    Err err = {0};

    obs_block_put(heads, bodies, 7, &columns, c->arena);
    Bytes in = bytes_in(buf_str(heads));
    assert_true(obs_head_get(&in, &head));
    assert_int_equal(bytes_left(&in), 0);
    assert_ok(obs_block_get(&head, 7, buf_str(bodies), &again, c->arena, &err), &err);
    assert_int_equal(again.count, count);
    for (uint32_t i = 0; i < count; i++) {
        Observation row = obs_columns_row(&again, i);
        same_row(&row, &rows[i]);
    }
    return head;
}

static void any_block_comes_back(void **state)
{
    Codec *c = *state;

    for (int round = 0; round < 200; round++) {
        uint32_t count = (uint32_t)test_pick(&c->random, 1, OBS_BLOCK_ROWS);
        Observation *rows = arena_array(c->arena, Observation, count);
        Buf heads = buf_in(c->arena), bodies = buf_in(c->arena);
        bool late = test_pick(&c->random, 0, 1);
        for (uint32_t i = 0; i < count; i++)
            rows[i] =
                any_row(c, i * (int64_t)1000 + test_pick(&c->random, 0, late ? 9000 : 0), 100 + i);
        obs_sort(rows, count);
        ObsHead head = block_comes_back(c, rows, count, &heads, &bodies);
        assert_int_equal(head.count, count);
        assert_int_equal(head.low_ordinal, 100);
        assert_int_equal(head.high_ordinal, 99 + count);
        arena_reset(c->arena);
    }
}

static void head_tells_what_is_in_the_block(void **state)
{
    Codec *c = *state;
    Observation rows[5];
    const double numbers[5] = {3.5, -1.2, 8.25, -1.2, 4};
    Buf heads = buf_in(c->arena), bodies = buf_in(c->arena);

    for (int i = 0; i < 5; i++) {
        rows[i] = obs_number(1000 + i * 60, numbers[i]);
        rows[i].ordinal = (uint64_t)i + 10;
    }
    rows[4].status = 200;
    ObsHead head = block_comes_back(c, rows, 5, &heads, &bodies);
    assert_true(head.first == 3.5 && head.last == 4 && head.min == -1.2 && head.max == 8.25);
    assert_true(fabs(head.sum - 13.35) < 1e-12);
    assert_int_equal(head.min_time, 1060);
    assert_int_equal(head.max_time, 1120);
    assert_int_equal(head.statuses[0], 1);
    assert_int_equal(head.statuses[3], (uint64_t)1 << (200 - 192));
    assert_false(obs_head_only_good(&head));
}

static void thousand_plain_values_take_a_tenth_of_their_size(void **state)
{
    Codec *c = *state;
    Observation rows[1000];
    Buf heads = buf_in(c->arena), bodies = buf_in(c->arena);
    int64_t value = 200;

    for (int i = 0; i < 1000; i++) {
        value += test_pick(&c->random, -2, 2);
        rows[i] = obs_number(i * (int64_t)60000, (double)value / 10);
        rows[i].result_time = rows[i].time + 250;
        rows[i].ordinal = (uint64_t)i;
    }
    block_comes_back(c, rows, 1000, &heads, &bodies);
    assert_true(heads.len + bodies.len < 500);
}

static void any_flipped_bit_of_a_block_is_noticed(void **state)
{
    Codec *c = *state;
    Observation rows[100];
    Buf heads = buf_in(c->arena), bodies = buf_in(c->arena);
    Err err = {0};

    for (int i = 0; i < 100; i++)
        rows[i] = any_row(c, i * 1000, (uint64_t)i);
    block_comes_back(c, rows, 100, &heads, &bodies);
    size_t bits = (heads.len + bodies.len) * 8;
    Arena *scratch = arena_create(0);
    for (size_t bit = 0; bit < bits; bit++) {
        size_t byte = bit / 8;
        char *at = byte < heads.len ? heads.ptr + byte : bodies.ptr + byte - heads.len;
        ObsHead head;
        ObsColumns columns;
        *at = (char)(*at ^ 1 << bit % 8);
        Bytes in = bytes_in(buf_str(&heads));
        assert_false(obs_head_get(&in, &head) &&
                     obs_block_get(&head, 7, buf_str(&bodies), &columns, scratch, &err));
        *at = (char)(*at ^ 1 << bit % 8);
        arena_reset(scratch);
    }
    arena_destroy(scratch);
}

static void block_of_another_series_is_refused(void **state)
{
    Codec *c = *state;
    Observation row = obs_number(0, 1);
    Buf heads = buf_in(c->arena), bodies = buf_in(c->arena);
    ObsHead head = block_comes_back(c, &row, 1, &heads, &bodies);
    ObsColumns columns;
    Err err = {0};

    assert_false(obs_block_get(&head, 8, buf_str(&bodies), &columns, c->arena, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(packed_numbers_of_any_width_come_back),
        CASE(times_at_a_steady_pace_take_a_few_bytes),
        CASE(equal_values_take_a_few_bytes),
        CASE(ints_at_the_ends_of_their_range_come_back),
        CASE(any_ints_come_back),
        CASE(decimals_take_the_room_of_whole_numbers),
        CASE(numbers_that_are_no_decimals_come_back_bit_for_bit),
        CASE(any_numbers_come_back),
        CASE(equal_texts_stand_there_once),
        CASE(any_block_comes_back),
        CASE(head_tells_what_is_in_the_block),
        CASE(thousand_plain_values_take_a_tenth_of_their_size),
        CASE(any_flipped_bit_of_a_block_is_noticed),
        CASE(block_of_another_series_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
