/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test_random.h"
#include "cases/case_fixture.h"

typedef struct RegisterStep {
    enum { ADD, CHANGE, END, BEGIN, CORRECT } op;
    const char *json;
    Date day, until; /* until: of a correction */
    Timestamp at;    /* out: when it was recorded */
    int64_t id;
    Str reason;
} RegisterStep;

static bool step_fn(Tx *tx, Town *town, void *context, Err *err)
{
    RegisterStep *step = context;
    RegisterChange change = {.spec = package_register(town->package, STR("baum")),
                             .package = town->package,
                             .actor = STR("staff/1"),
                             .today = town->today};
    const Node *data = step->json ? town_json(town, step->json) : NULL;

    step->at = tx_now(tx);
    if (step->op == ADD)
        return register_add(tx, &change, data, step->day, town->arena, &step->id, err);
    if (step->op == CHANGE)
        return register_change(tx, &change, step->id, data, step->day, town->arena, err);
    if (step->op == CORRECT)
        return register_correct(tx, &change, step->id, data, step->day, step->until, town->arena,
                                err);
    if (step->op == BEGIN)
        return register_begin(tx, &change, step->id, step->day, town->arena, err);
    return register_end(tx, &change, step->id, step->day, step->reason, town->arena, err);
}

static int64_t add(Town *town, const char *json, Date from)
{
    RegisterStep step = {.op = ADD, .json = json, .day = from};

    return town_write(town, step_fn, &step) ? step.id : 0;
}

static bool end(Town *town, int64_t id, Date until)
{
    RegisterStep step = {.op = END, .id = id, .day = until, .reason = STR("gefällt")};

    return town_write(town, step_fn, &step);
}

static bool change(Town *town, int64_t id, const char *json, Date from)
{
    RegisterStep step = {.op = CHANGE, .id = id, .day = from, .json = json};

    return town_write(town, step_fn, &step);
}

static size_t find(Town *town, const char *field, Str *values, size_t count, bool all,
                   RegisterEntry **out)
{
    RegisterCondition condition = {str_c(field), values, count};
    size_t found = 0;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(register_find(tx, package_register(town->package, STR("baum")), &condition, 1, all,
                            town->today, town->arena, out, &found, &town->err),
              &town->err);
    tx_end(tx);
    return found;
}

/* A day as a program that did not know the last one could have stored it. */
static bool spoil_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    (void)context;
    return tx_exec(tx, err, "UPDATE register_entry SET valid_from = '10000-01-01' WHERE head = 1");
}

#define LIME "{\"nummer\":\"7\",\"art\":\"Linde\",\"halter\":\"Muster\"}"

static void a_key_is_unique_among_the_living_and_free_again_after_death(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});

    assert_true(id > 0);
    assert_int_equal(add(town, LIME, (Date){2027, 1, 1}), 0);
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_non_null(strstr(town->err.message, "Linde 7"));
    assert_ok(end(town, id, (Date){2027, 2, 1}), &town->err);
    assert_int_equal(add(town, LIME, (Date){2027, 1, 15}), 0); /* it lived until 1 February */
    assert_true(add(town, LIME, (Date){2027, 2, 1}) > 0);
}

static void entries_without_a_key_never_collide(void **state)
{
    Town *town = *state;

    assert_true(add(town, "{\"art\":\"Linde\"}", (Date){2026, 1, 1}) > 0);
    assert_true(add(town, "{\"art\":\"Linde\",\"nummer\":null}", (Date){2026, 1, 1}) > 0);
}

static void a_required_field_must_be_there(void **state)
{
    Town *town = *state;

    assert_int_equal(add(town, "{\"nummer\":\"7\"}", (Date){2026, 1, 1}), 0);
    assert_non_null(strstr(town->err.message, "Art"));
}

static void a_change_keeps_what_was_known_before(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    RegisterEntry *rows;
    size_t count;

    assert_ok(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2026, 7, 1}), &town->err);
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(register_history(tx, id, town->arena, &rows, &count, &town->err), &town->err);
    tx_end(tx);
    assert_int_equal(count, 3);
    assert_true(rows[0].superseded > 0);
    assert_true(date_absent(rows[0].until));
    assert_int_equal(rows[1].superseded, 0); /* the past, as it holds now */
    assert_int_equal(date_compare(rows[1].until, (Date){2026, 6, 30}), 0);
    assert_str(node_get_text(rows[1].data, "halter"), "Muster");
    assert_str(node_get_text(rows[2].data, "halter"), "Stadt");
    assert_int_equal(date_compare(rows[2].begins, (Date){2026, 1, 1}), 0);
}

static void nothing_changes_or_ends_before_it_began(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});

    assert_false(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2025, 12, 31}));
    assert_false(end(town, id, (Date){2025, 12, 31}));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

static void a_lookup_finds_the_living_by_any_of_its_values(void **state)
{
    Town *town = *state;
    RegisterEntry *found;
    Str values[30] = {STR("7"), STR("8")};
    int64_t dead = add(town, LIME, (Date){2026, 1, 1});

    add(town, "{\"nummer\":\"8\",\"art\":\"Eiche\",\"halter\":\"Muster\"}", (Date){2026, 1, 1});
    assert_ok(end(town, dead, (Date){2027, 1, 1}), &town->err);
    assert_int_equal(find(town, "nummer", values, 2, false, &found), 1);
    assert_str(found[0].title, "Eiche 8");
    assert_int_equal(find(town, "nummer", values, 2, true, &found), 2);
    assert_int_equal(find(town, "nummer", values, 0, true, &found), 0);
    for (size_t i = 2; i < 30; i++) /* more values than one statement takes */
        values[i] = str_printf(town->arena, "x%zu", i);
    values[29] = STR("8");
    values[1] = STR("y");
    assert_int_equal(find(town, "nummer", values, 30, false, &found), 1);
}

static void a_changed_value_is_found_and_the_former_is_not(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    Str old = STR("Muster");
    Str now = STR("Stadt");
    RegisterEntry *found;

    assert_ok(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2026, 7, 1}), &town->err);
    assert_int_equal(find(town, "halter", &old, 1, true, &found), 0);
    assert_int_equal(find(town, "halter", &now, 1, true, &found), 1);
}

/* --- Both times ---------------------------------------------------------------------------------
 */

static Str holder_at(Town *town, int64_t id, Date valid_on, Timestamp known_at)
{
    RegisterEntry entry;
    Str holder = STR("nobody");
    Tx *tx = db_read(town->tenant->db, &town->err);

    if (register_at(tx, STR("baum"), id, valid_on, known_at, town->arena, &entry, &town->err))
        holder = node_get_text(entry.data, "halter");
    else
        assert_int_equal(town->err.kind, ERR_NOT_FOUND);
    tx_end(tx);
    return holder;
}

/* Record time has milliseconds: each step gets one of its own. */
static bool write_later(Town *town, RegisterStep *step, Timestamp than)
{
    while (clock_now() <= than)
        continue;
    return town_write(town, step_fn, step);
}

static void no_two_entries_have_a_key_on_the_same_day(void **state)
{
    Town *town = *state;
    int64_t old = add(town, LIME, (Date){2020, 1, 1});
    assert_ok(end(town, old, (Date){2022, 12, 31}), &town->err);
    int64_t next = add(town, LIME, (Date){2023, 1, 1});
    int64_t other =
        add(town, "{\"nummer\":\"8\",\"art\":\"Eiche\",\"halter\":\"Muster\"}", (Date){2020, 1, 1});
    RegisterStep reopened = {.op = END, .id = old};
    RegisterStep longer = {.op = END, .id = old, .day = {2023, 6, 1}};
    RegisterStep earlier = {.op = BEGIN, .id = next, .day = {2021, 1, 1}};
    RegisterStep span = {.op = CORRECT,
                         .id = other,
                         .day = {2021, 1, 1},
                         .until = {2021, 12, 31},
                         .json = "{\"nummer\":\"7\"}"};
    RegisterStep *refused[] = {&reopened, &longer, &earlier, &span};

    assert_true(old > 0 && next > 0 && other > 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_false(town_write(town, step_fn, refused[i]));
        assert_int_equal(town->err.kind, ERR_CONFLICT);
        assert_non_null(strstr(town->err.message, "Linde 7"));
    }
    assert_ok(end(town, old, (Date){2023, 1, 1}), &town->err); /* handed over on that day */
    assert_ok(change(town, old, "{\"halter\":\"Stadt\"}", (Date){2021, 1, 1}), &town->err);
}

static int64_t unreadable(Town *town)
{
    for (const Proof *proof = CASES_ENGINE.proofs; proof->name; proof++)
        if (strcmp(proof->name, "register days") == 0)
            return town_count(
                town, arena_printf(town->arena, "SELECT COUNT(*) FROM (%s) AS p", proof->problems));
    return -1;
}

static void the_last_of_all_days_is_no_end(void **state)
{
    Town *town = *state;
    Date never = {9999, 12, 31};
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    RegisterStep span = {.op = CORRECT,
                         .id = id,
                         .day = {2027, 1, 1},
                         .until = never,
                         .json = "{\"halter\":\"Stadt\"}"};

    assert_ok(town_write(town, step_fn, &span), &town->err);
    assert_ok(end(town, id, never), &town->err);
    assert_ok(change(town, id, "{\"halter\":\"Verein\"}", (Date){2028, 1, 1}), &town->err);
    assert_str(holder_at(town, id, (Date){2027, 6, 1}, INT64_MAX), "Stadt");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry WHERE valid_to > '9' OR "
                                      "valid_from > '9'"),
                     0);
    assert_int_equal(unreadable(town), 0);
}

static void days_that_cannot_be_are_refused_and_never_end_the_program(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});

    assert_int_equal(add(town, "{\"art\":\"Linde\"}", (Date){1, 1, 1}), 0);
    assert_int_equal(town->err.kind, ERR_INPUT);
    assert_false(change(town, id, "{\"halter\":\"Stadt\"}", (Date){9999, 12, 31}));
    assert_int_equal(town->err.kind, ERR_INPUT);
    assert_ok(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2027, 1, 1}), &town->err);
    assert_ok(town_write(town, spoil_fn, NULL), &town->err);
    assert_int_equal(unreadable(town), 1);
    assert_false(change(town, id, "{\"halter\":\"Verein\"}", (Date){2028, 1, 1}));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_non_null(strstr(town->err.message, "rathaus verify"));
}

static void a_correction_of_the_past_changes_what_we_know_not_what_we_knew(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    RegisterStep sold = {
        .op = CHANGE, .id = id, .day = {2026, 7, 1}, .json = "{\"halter\":\"Stadt\"}"};
    RegisterStep corrected = {.op = CORRECT,
                              .id = id,
                              .day = {2026, 3, 1},
                              .until = {2026, 4, 30},
                              .json = "{\"halter\":\"Verein\"}"};

    assert_ok(write_later(town, &sold, clock_now()), &town->err);
    assert_ok(write_later(town, &corrected, sold.at), &town->err);
    assert_str(holder_at(town, id, (Date){2026, 3, 3}, corrected.at), "Verein");
    assert_str(holder_at(town, id, (Date){2026, 3, 3}, corrected.at - 1), "Muster");
    assert_str(holder_at(town, id, (Date){2026, 5, 1}, corrected.at), "Muster");
    assert_str(holder_at(town, id, (Date){2026, 7, 1}, corrected.at), "Stadt");
    assert_str(holder_at(town, id, (Date){2025, 12, 31}, corrected.at), "nobody");
}

static void a_change_before_the_last_one_reaches_the_later_stretches(void **state)
{
    Town *town = *state;
    int64_t id = add(town, LIME, (Date){2026, 1, 1});
    RegisterEntry head;

    assert_ok(change(town, id, "{\"halter\":\"Stadt\"}", (Date){2026, 7, 1}), &town->err);
    assert_ok(change(town, id, "{\"art\":\"Eiche\"}", (Date){2026, 2, 1}), &town->err);
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(register_by_id(tx, STR("baum"), id, town->arena, &head, &town->err), &town->err);
    tx_end(tx);
    assert_str(node_get_text(head.data, "art"), "Eiche");
    assert_str(node_get_text(head.data, "halter"), "Stadt");
    assert_str(head.title, "Eiche 7");
}

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

/* --- Lists --------------------------------------------------------------------------------------
 */

enum { MANY = 6400, PAGE = 900 };

/* Tree i is protected but for every tenth, of one of seven kinds, and planted on one of 50 days. */
static bool plant_many(Tx *tx, Town *town, void *context, Err *err)
{
    RegisterChange change = {.spec = package_register(town->package, STR("baum")),
                             .package = town->package,
                             .actor = STR("staff/1"),
                             .today = town->today};
    int64_t id;

    (void)context;
    for (int i = 0; i < MANY; i++) {
        const char *json = arena_printf(
            town->arena,
            "{\"nummer\":\"%05d\",\"art\":\"Art %d\",\"halter\":\"Halter %d\",\"gepflanzt\":\"%s\","
            "\"geschuetzt\":%s}",
            (i * 7919) % MANY, i % 7, i % 31,
            date_iso(town->arena, date_add_days((Date){2000, 1, 1}, i % 50)).ptr,
            i % 10 ? "true" : "false");

        if (!register_add(tx, &change, town_json(town, json), (Date){2020, 1, 1}, town->arena, &id,
                          err))
            return false;
    }
    return true;
}

/* Walk a list page by page: how many rows there are, each once and in order. */
static size_t walk(Town *town, RegisterQuery query)
{
    bool *seen = arena_array(town->arena, bool, MANY * 2);
    Str last = STR_NONE;
    size_t all = 0;
    int64_t counted;
    Tx *tx = db_read(town->tenant->db, &town->err);

    query.register_id = STR("baum");
    query.limit = PAGE;
    assert_ok(register_count(tx, &query, MANY * 2, &counted, &town->err), &town->err);
    for (;;) {
        RegisterEntry *rows;
        Str *sorted;
        size_t count;

        assert_ok(register_select(tx, &query, town->arena, &rows, &sorted, &count, &town->err),
                  &town->err);
        for (size_t i = 0; i < count; i++) {
            assert_false(seen[rows[i].row]);
            seen[rows[i].row] = true;
            if (query.sort == REGISTER_BY_TITLE || query.sort == REGISTER_BY_FIELD)
                assert_true(!last.ptr || str_compare(last, sorted[i]) <= 0);
            last = sorted[i];
        }
        all += count;
        if (count < PAGE)
            break;
        query.after_text = sorted[count - 1];
        query.after_row = rows[count - 1].row;
    }
    tx_end(tx);
    assert_int_equal(all, counted);
    return all;
}

#define ONE_VALUE(name, value)            \
    {                                     \
        STR(name), STR(value), STR(value) \
    }

static void lists_find_the_same_by_every_way(void **state)
{
    Town *town = *state;
    Str term = STR("halter");
    static const RegisterSort SORTS[] = {REGISTER_BY_TITLE, REGISTER_BY_AGE, REGISTER_NEWEST,
                                         REGISTER_BY_FIELD};

    assert_ok(town_write(town, plant_many, NULL), &town->err);
    for (size_t i = 0; i < sizeof SORTS / sizeof *SORTS; i++) {
        RegisterQuery query = {.sort = SORTS[i], .sort_field = STR("halter")};

        assert_int_equal(walk(town, query), MANY);
        query.filters[0] = (RegisterFilter)ONE_VALUE("geschuetzt", "true");
        query.filter_count = 1;
        assert_int_equal(walk(town, query), MANY - MANY / 10); /* along the order's index */
        query.filters[1] = (RegisterFilter)ONE_VALUE("art", "Art 3");
        query.filter_count = 2;
        assert_int_equal(walk(town, query), 822); /* found and sorted */
        query.filters[0] = (RegisterFilter){STR("gepflanzt"), STR("2000-01-11"), STR_NONE};
        query.filters[1] = (RegisterFilter){STR("gepflanzt"), STR_NONE, STR("2000-01-20")};
        assert_int_equal(walk(town, query), MANY / 5);
        query.terms = &term;
        query.term_count = 1;
        assert_int_equal(walk(town, query), MANY / 5);
        query.at = true;
        query.valid_on = (Date){2019, 12, 31};
        query.known_at = clock_now() + 1000;
        assert_int_equal(walk(town, query), 0);
    }
}

static void counts_are_put_together_by_group(void **state)
{
    Town *town = *state;
    RegisterGroup groups[2] = {{.field = STR("gepflanzt"), .take = REGISTER_TAKE_MONTH},
                               {.field = STR("lage")}};
    RegisterCell *cells;
    size_t count;

    add(town, "{\"nummer\":\"1\",\"art\":\"a\",\"gepflanzt\":\"2000-01-01\",\"lage\":\"park\"}",
        (Date){2020, 1, 1});
    add(town, "{\"nummer\":\"2\",\"art\":\"a\",\"gepflanzt\":\"2000-01-31\",\"lage\":\"park\"}",
        (Date){2020, 1, 1});
    add(town, "{\"nummer\":\"3\",\"art\":\"a\",\"gepflanzt\":\"2000-02-01\"}", (Date){2020, 1, 1});
    add(town, "{\"nummer\":\"4\",\"art\":\"a\"}", (Date){2027, 1, 1}); /* not yet */
    RegisterQuery query = {.register_id = STR("baum"),
                           .at = true,
                           .valid_on = {2026, 1, 1},
                           .known_at = clock_now() + 1000};
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(register_cells(tx, &query, groups, 2, town->arena, &cells, &count, &town->err),
              &town->err);
    tx_end(tx);
    assert_int_equal(count, 2);
    assert_str(cells[0].values[0], "2000-01");
    assert_str(cells[0].values[1], "park");
    assert_int_equal(cells[0].count, 2);
    assert_str(cells[1].values[0], "2000-02");
    assert_null(cells[1].values[1].ptr);
}

typedef struct Cells {
    RegisterCell *items;
    size_t count;
} Cells;

static Cells cells_on(Town *town, const RegisterGroup *groups, size_t count, Date day)
{
    RegisterQuery query = {
        .register_id = STR("baum"), .at = true, .valid_on = day, .known_at = INT64_MAX};
    Cells out;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(
        register_cells(tx, &query, groups, count, town->arena, &out.items, &out.count, &town->err),
        &town->err);
    tx_end(tx);
    return out;
}

static void assert_same_cells(Cells a, Cells b)
{
    assert_int_equal(a.count, b.count);
    for (size_t i = 0; i < a.count; i++) {
        assert_int_equal(a.items[i].count, b.items[i].count);
        for (int k = 0; k < 2; k++)
            assert_true(str_eq(a.items[i].values[k], b.items[i].values[k]));
    }
}

static bool forget_counts(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    (void)context;
    return tx_exec(tx, err, "DELETE FROM register_tally_kept");
}

/* One random write; whether it is refused does not matter here. */
static void write_something(Town *town, TestRandom *random, const int64_t *ids, size_t count)
{
    static const char *const JSON[] = {"{\"lage\":\"park\"}", "{\"lage\":\"strasse\"}",
                                       "{\"lage\":null}", "{\"gepflanzt\":\"2001-05-05\"}",
                                       "{\"art\":\"Öl\"}"};
    RegisterStep step = {.op = (int)test_pick(random, 0, 4 - 1) + CHANGE,
                         .id = ids[test_pick(random, 0, (int64_t)count - 1)],
                         .json = JSON[test_pick(random, 0, 5 - 1)],
                         .day =
                             date_add_days((Date){2024, 11, 1}, (int)test_pick(random, 0, 120 - 1)),
                         .reason = STR("x")};

    if (step.op == CORRECT || test_pick(random, 0, 2 - 1))
        step.until = date_add_days(step.day, (int)test_pick(random, 0, 60 - 1));
    if (step.op == END)
        step.day = step.until;
    town_write(town, step_fn, &step);
    err_clear(&town->err);
}

static void kept_counts_are_what_a_scan_counts_after_any_history(void **state)
{
    Town *town = *state;
    RegisterGroup groups[2] = {{.field = STR("lage")},
                               {.field = STR("gepflanzt"), .take = REGISTER_TAKE_YEAR}};
    RegisterGroup begins[1] = {{.field = STR(""), .take = REGISTER_TAKE_MONTH}};
    RegisterGroup kinds[1] = {{.field = STR("art"), .take = REGISTER_TAKE_POSTCODE}};
    struct {
        const RegisterGroup *groups;
        size_t count;
    } kept[] = {{groups, 1}, {groups, 2}, {begins, 1}, {kinds, 1}};
    TestRandom random = {77};
    int64_t ids[6];
    Cells told[4][8];

    for (size_t i = 0; i < 6; i++)
        ids[i] = add(town, "{\"art\":\"Bäume\",\"gepflanzt\":\"2000-01-01\",\"lage\":\"park\"}",
                     date_add_days((Date){2024, 12, 1}, (int)i * 9));
    for (size_t i = 0; i < 4; i++)
        assert_ok(register_counts_keep(town->tenant->db, STR("baum"), kept[i].groups, kept[i].count,
                                       town->arena, &town->err),
                  &town->err);
    for (int i = 0; i < 120; i++)
        write_something(town, &random, ids, 6);
    add(town, "{\"art\":\"Neu\"}", (Date){2025, 1, 1});
    for (size_t i = 0; i < 4; i++)
        for (int day = 0; day < 8; day++)
            told[i][day] = cells_on(town, kept[i].groups, kept[i].count,
                                    date_add_days((Date){2024, 11, 20}, day * 17));
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_tally_kept"), 4);
    assert_ok(town_write(town, forget_counts, NULL), &town->err);
    for (size_t i = 0; i < 4; i++)
        for (int day = 0; day < 8; day++)
            assert_same_cells(told[i][day],
                              cells_on(town, kept[i].groups, kept[i].count,
                                       date_add_days((Date){2024, 11, 20}, day * 17)));
    /* Built anew they say the same. */
    for (size_t i = 0; i < 4; i++) {
        assert_ok(register_counts_keep(town->tenant->db, STR("baum"), kept[i].groups, kept[i].count,
                                       town->arena, &town->err),
                  &town->err);
        assert_same_cells(told[i][5], cells_on(town, kept[i].groups, kept[i].count,
                                               date_add_days((Date){2024, 11, 20}, 85)));
    }
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(a_key_is_unique_among_the_living_and_free_again_after_death),
        RULE(entries_without_a_key_never_collide),
        RULE(a_required_field_must_be_there),
        RULE(a_change_keeps_what_was_known_before),
        RULE(nothing_changes_or_ends_before_it_began),
        RULE(a_lookup_finds_the_living_by_any_of_its_values),
        RULE(a_changed_value_is_found_and_the_former_is_not),
        RULE(a_correction_of_the_past_changes_what_we_know_not_what_we_knew),
        RULE(a_change_before_the_last_one_reaches_the_later_stretches),
        RULE(no_two_entries_have_a_key_on_the_same_day),
        RULE(the_last_of_all_days_is_no_end),
        RULE(days_that_cannot_be_are_refused_and_never_end_the_program),
        RULE(any_history_answers_for_every_day_and_every_state_of_knowledge),
        RULE(lists_find_the_same_by_every_way),
        RULE(counts_are_put_together_by_group),
        RULE(kept_counts_are_what_a_scan_counts_after_any_history),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
