/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test_random.h"
#include "cases/register_fixture.h"

/* The model: what each day holds, and one such picture for every moment at which something was
 * recorded. */
enum { DAYS = 24, STEPS = 14 };
typedef struct Picture {
    Timestamp at;
    int holder[DAYS]; /* 0: the entry does not hold */
} Picture;

static Date model_day(int day)
{
    return date_add_days((Date){2026, 12, 20}, day);
}

static bool holds(const Picture *picture, int day)
{
    return day >= 0 && day < DAYS && picture->holder[day] > 0;
}

static int first_day(const Picture *picture)
{
    int day = 0;

    while (!holds(picture, day))
        day++;
    return day;
}

static int last_day(const Picture *picture)
{
    int day = DAYS - 1;

    while (!holds(picture, day))
        day--;
    return day;
}

/* Do to the picture what the register shall do; false: it must refuse. The last day of the model
 * stands for all that follow: an entry that holds on it has no end. */
static bool model_step(Picture *picture, const RegisterStep *step, int from, int until, int value)
{
    int first = first_day(picture);
    int last = last_day(picture);

    switch (step->op) {
    case BEGIN:
        if (from > last)
            return false;
        for (int day = from; day < first; day++)
            picture->holder[day] = picture->holder[first];
        for (int day = 0; day < from; day++)
            picture->holder[day] = 0;
        return true;
    case END:
        if (until < first)
            return false;
        for (int day = last + 1; day <= until; day++)
            picture->holder[day] = picture->holder[last];
        for (int day = until + 1; day < DAYS; day++)
            picture->holder[day] = 0;
        return true;
    case CHANGE:
    case CORRECT:
        if (from < first || from > last || until < from)
            return false;
        for (int day = from; day <= until; day++)
            if (holds(picture, day))
                picture->holder[day] = value;
        return true;
    case ADD: break;
    }
    return false;
}

static void check_pictures(Town *town, int64_t id, const Picture *pictures, int count)
{
    for (int i = 0; i < count; i++)
        for (int day = 0; day < DAYS; day++) {
            Str holder = holder_at(town, id, model_day(day), pictures[i].at);
            int64_t found = 0;

            str_to_i64(holder, &found);
            assert_int_equal(found, pictures[i].holder[day]);
        }
}

/* What is not superseded covers each day at most once, and its last row is the head. */
static void check_rows(Town *town, int64_t id)
{
    char sql[600];

    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM register_entry a JOIN register_entry b ON a.entry_id = "
             "b.entry_id AND a.row_id < b.row_id WHERE a.entry_id = %lld AND a.superseded_at IS "
             "NULL AND b.superseded_at IS NULL AND a.valid_from <= COALESCE(b.valid_to, '9') AND "
             "b.valid_from <= COALESCE(a.valid_to, '9')",
             (long long)id);
    assert_int_equal(town_count(town, sql), 0);
    snprintf(sql, sizeof sql,
             "SELECT COUNT(*) FROM register_entry h WHERE h.entry_id = %lld AND h.head = 1 AND "
             "h.superseded_at IS NULL AND h.valid_from = (SELECT MAX(valid_from) FROM "
             "register_entry WHERE entry_id = h.entry_id AND superseded_at IS NULL)",
             (long long)id);
    assert_int_equal(town_count(town, sql), 1);
}

static void random_history(Town *town, TestRandom *random)
{
    Picture pictures[STEPS + 1] = {0};
    int begin = (int)test_pick(random, 0, DAYS - 2);
    RegisterStep first = {
        .op = ADD, .day = model_day(begin), .json = "{\"art\":\"Linde\",\"halter\":\"1\"}"};
    int count = 1;

    assert_ok(town_write(town, step_fn, &first), &town->err);
    pictures[0].at = first.at;
    for (int day = begin; day < DAYS; day++)
        pictures[0].holder[day] = 1;
    for (int i = 0; i < STEPS; i++) {
        static const int OPS[] = {CHANGE, CHANGE, CORRECT, CORRECT, END, BEGIN};
        int op = OPS[test_pick(random, 0, 5)];
        int from = (int)test_pick(random, 0, DAYS - 1);
        int until = op == CHANGE ? DAYS - 1 : (int)test_pick(random, 0, DAYS - 1);
        RegisterStep step = {.op = op,
                             .id = first.id,
                             .day = model_day(op == END ? until : from),
                             .until = until == DAYS - 1 ? (Date){0} : model_day(until),
                             .json = str_printf(town->arena, "{\"halter\":\"%d\"}", i + 2).ptr};
        Picture next = pictures[count - 1];
        bool expected = model_step(&next, &step, from, until, i + 2);

        if (op == END && until == DAYS - 1)
            step.day = (Date){0};
        assert_int_equal(write_later(town, &step, pictures[count - 1].at), expected);
        if (!expected)
            continue;
        next.at = step.at;
        pictures[count++] = next;
    }
    check_pictures(town, first.id, pictures, count);
    check_rows(town, first.id);
}

static void any_history_answers_for_every_day_and_every_state_of_knowledge(void **state)
{
    Town *town = *state;
    TestRandom random = {.state = 20270303};

    for (int i = 0; i < 40; i++)
        random_history(town, &random);
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(any_history_answers_for_every_day_and_every_state_of_knowledge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
