/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_fixture.h"
#include "cases/case_memo.h"

#define ONE_TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"

typedef struct Memo {
    Case c;
    int64_t id, author;
    Str text;
    Addressee to;
    Date day;
} Memo;

static bool note_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Memo *memo = context;

    return case_note_add(tx, &memo->c, memo->text, memo->to, memo->author, town->today, err);
}

static bool correct_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Memo *memo = context;

    (void)town;
    return case_note_correct(tx, &memo->c, memo->id, memo->text, memo->author, err);
}

static bool remind_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Memo *memo = context;

    (void)town;
    return case_reminder_add(tx, &memo->c, memo->to, memo->day, memo->text, memo->author, err);
}

static bool done_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Memo *memo = context;

    (void)town;
    return case_reminder_done(tx, &memo->c, memo->id, STR("staff/1"), err);
}

static bool move_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Memo *memo = context;

    (void)town;
    return case_reminder_move(tx, &memo->c, memo->id, memo->day, STR("staff/1"), err);
}

static bool deadline_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Memo *memo = context;

    return case_deadline_set(tx, town->tenant, town->package, &memo->c, memo->day, memo->text,
                             STR("staff/1"), town->today, town->arena, err);
}

static CaseNote *notes_of(Town *town, int64_t id, size_t *count)
{
    CaseNote *notes;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_notes(tx, id, town->arena, &notes, count, &town->err), &town->err);
    tx_end(tx);
    return notes;
}

static Reminder *reminders_of(Town *town, int64_t id, size_t *count)
{
    Reminder *reminders;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_reminders(tx, id, town->arena, &reminders, count, &town->err), &town->err);
    tx_end(tx);
    return reminders;
}

static void a_corrected_note_keeps_what_it_said_before(void **state)
{
    Town *town = *state;
    Memo memo = {.c = town_submit(town, ONE_TREE), .author = 1, .text = STR("Erst so.")};
    size_t count;

    assert_ok(town_write(town, note_fn, &memo), &town->err);
    memo.id = notes_of(town, memo.c.id, &count)[0].id;
    memo.text = STR("Dann so.");
    assert_ok(town_write(town, correct_fn, &memo), &town->err);
    memo.text = STR("Zuletzt so.");
    assert_ok(town_write(town, correct_fn, &memo), &town->err);
    CaseNote *notes = notes_of(town, memo.c.id, &count);

    assert_int_equal(count, 1);
    assert_str(notes[0].text, "Zuletzt so.");
    assert_int_equal(notes[0].older_count, 2);
    assert_str(notes[0].older[0].text, "Erst so.");
    assert_str(notes[0].older[1].text, "Dann so.");
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE data LIKE '%Erst%'"), 0);
}

static void a_note_is_corrected_by_its_author_and_only_for_a_day(void **state)
{
    Town *town = *state;
    Memo memo = {.c = town_submit(town, ONE_TREE), .author = 1, .text = STR("Meine.")};
    size_t count;

    assert_ok(town_write(town, note_fn, &memo), &town->err);
    CaseNote note = notes_of(town, memo.c.id, &count)[0];

    memo.id = note.id;
    memo.author = 2;
    assert_false(town_write(town, correct_fn, &memo));
    assert_int_equal(town->err.kind, ERR_FORBIDDEN);
    assert_true(case_note_open(&note, 1, note.at + 23 * 3600 * 1000));
    assert_false(case_note_open(&note, 1, note.at + 24 * 3600 * 1000));
}

static void whom_a_note_mentions_is_reminded_today(void **state)
{
    Town *town = *state;
    Memo memo = {.c = town_submit(town, ONE_TREE),
                 .author = 1,
                 .text = STR("Bitte ansehen."),
                 .to = {.office = STR("ordnungsamt")}};
    size_t count;

    assert_ok(town_write(town, note_fn, &memo), &town->err);
    Reminder *reminders = reminders_of(town, memo.c.id, &count);

    assert_int_equal(count, 1);
    assert_str(reminders[0].to.office, "ordnungsamt");
    assert_str(reminders[0].text, "Bitte ansehen.");
    assert_int_equal(date_compare(reminders[0].due, town->today), 0);
}

static void a_reminder_moves_and_is_done_once(void **state)
{
    Town *town = *state;
    Memo memo = {.c = town_submit(town, ONE_TREE),
                 .author = 1,
                 .text = STR("Rückruf"),
                 .to = {.staff = 1},
                 .day = {2027, 4, 1}};
    size_t count;

    assert_ok(town_write(town, remind_fn, &memo), &town->err);
    memo.id = reminders_of(town, memo.c.id, &count)[0].id;
    memo.day = (Date){2027, 5, 1};
    assert_ok(town_write(town, move_fn, &memo), &town->err);
    assert_int_equal(date_compare(reminders_of(town, memo.c.id, &count)[0].due, memo.day), 0);
    assert_ok(town_write(town, done_fn, &memo), &town->err);
    reminders_of(town, memo.c.id, &count);
    assert_int_equal(count, 0);
    assert_false(town_write(town, done_fn, &memo));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
    assert_false(town_write(town, move_fn, &memo));
}

static void another_deadline_needs_a_day_to_come_and_an_open_case(void **state)
{
    Town *town = *state;
    Memo memo = {.c = town_submit(town, ONE_TREE),
                 .text = STR("Die Stellungnahme fehlt."),
                 .day = {2027, 3, 9}};

    assert_false(town_write(town, deadline_fn, &memo));
    assert_int_equal(town->err.kind, ERR_INPUT);
    memo.day = (Date){2027, 6, 1};
    assert_ok(town_write(town, deadline_fn, &memo), &town->err);
    assert_int_equal(date_compare(town_case(town, memo.c.id).deadline, memo.day), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_desk WHERE due = '2027-06-01' "
                                      "AND office = 'gartenamt'"),
                     1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.deadline' "
                                      "AND data LIKE '%2027-04-09%2027-06-01%'"),
                     1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_word WHERE text LIKE "
                                      "'%Stellungnahme%'"),
                     1);
    memo.c.paused = true;
    assert_false(town_write(town, deadline_fn, &memo));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
    const struct CMUnitTest tests[] = {
        RULE(a_corrected_note_keeps_what_it_said_before),
        RULE(a_note_is_corrected_by_its_author_and_only_for_a_day),
        RULE(whom_a_note_mentions_is_reminded_today),
        RULE(a_reminder_moves_and_is_done_once),
        RULE(another_deadline_needs_a_day_to_come_and_an_open_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
