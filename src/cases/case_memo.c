/* SPDX-License-Identifier: EUPL-1.2 */
/* Notes, reminders and a changed deadline. Events name the note or reminder, not its words: those
 * go with the case when it is erased. */
#include "cases/case_memo.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "cases/case_store.h"
#include "cases/case_word.h"
#include "core/store/event.h"

#include <stdio.h>

static bool record(Tx *tx, const Case *c, const char *type, const char *key, int64_t id, Date due,
                   Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Node *data = node_map(arena);

    node_set(arena, data, str_c(key), node_int(arena, id));
    if (!date_absent(due))
        node_set(arena, data, STR("due"), node_string(arena, date_iso(arena, due)));
    bool ok = case_touch_desk(tx, c->id, err) &&
              event_add(tx, type, case_subject(c, arena), actor, data, err);

    arena_destroy(arena);
    return ok;
}

static bool record_by(Tx *tx, const Case *c, const char *type, const char *key, int64_t id,
                      Date due, int64_t author, Err *err)
{
    char actor[32];

    snprintf(actor, sizeof actor, "staff/%lld", (long long)author);
    return record(tx, c, type, key, id, due, str_c(actor), err);
}

/* --- Reminders ------------------------------------------------------------------------------- */

static bool insert_reminder(Tx *tx, const Case *c, Addressee to, Date due, Str text, int64_t author,
                            int64_t note_id, int64_t *id, Err *err)
{
    Arena *arena = arena_create(0);
    bool ok =
        tx_insert(tx, err, id,
                  "INSERT INTO case_reminder (case_id, staff_id, office, due, text, created_by, "
                  "created_at, note_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                  P_INT(c->id), P_INT(to.staff), P_TEXT(to.office), P_TEXT(date_iso(arena, due)),
                  P_TEXT(text), P_INT(author), P_INT(tx_now(tx)), P_INT(note_id));

    arena_destroy(arena);
    return ok;
}

bool case_reminder_add(Tx *tx, const Case *c, Addressee to, Date due, Str text, int64_t author,
                       Err *err)
{
    int64_t id = 0;

    return insert_reminder(tx, c, to, due, text, author, 0, &id, err) &&
           record_by(tx, c, "case.reminder", "reminder", id, due, author, err);
}

/* One row must have changed, else somebody was faster. */
static bool need_change(int64_t changed, Err *err)
{
    return changed > 0 || err_set(err, ERR_CONFLICT,
                                  "Diese Wiedervorlage ist schon erledigt oder gehört nicht zu "
                                  "diesem Vorgang.");
}

bool case_reminder_done(Tx *tx, const Case *c, int64_t id, Str actor, Err *err)
{
    int64_t changed = 0;

    return tx_exec_count(tx, err, &changed,
                         "UPDATE case_reminder SET done_at = $3, done_by = $4 "
                         "WHERE id = $1 AND case_id = $2 AND done_at IS NULL",
                         P_INT(id), P_INT(c->id), P_INT(tx_now(tx)), P_TEXT(actor)) &&
           need_change(changed, err) &&
           record(tx, c, "case.reminder_done", "reminder", id, (Date){0}, actor, err);
}

bool case_reminder_move(Tx *tx, const Case *c, int64_t id, Date due, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t changed = 0;
    bool ok = tx_exec_count(tx, err, &changed,
                            "UPDATE case_reminder SET due = $3 "
                            "WHERE id = $1 AND case_id = $2 AND done_at IS NULL",
                            P_INT(id), P_INT(c->id), P_TEXT(date_iso(arena, due)));

    arena_destroy(arena);
    return ok && need_change(changed, err) &&
           record(tx, c, "case.reminder_moved", "reminder", id, due, actor, err);
}

bool case_reminders(Tx *tx, int64_t case_id, Arena *arena, Reminder **out, size_t *count, Err *err)
{
    struct {
        Reminder *items;
        size_t count, capacity;
    } list = {0};
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, case_id, staff_id, office, due, text, created_by, created_at "
                          "FROM case_reminder WHERE case_id = $1 AND done_at IS NULL "
                          "ORDER BY due, id",
                          P_INT(case_id));

    while (rows && rows_next(rows, err)) {
        Reminder reminder = {.id = row_int(rows, 0),
                             .case_id = row_int(rows, 1),
                             .to = {row_int(rows, 2), row_text(rows, 3)},
                             .text = row_text(rows, 5),
                             .created_by = row_int(rows, 6),
                             .created = row_int(rows, 7)};

        date_parse_iso(row_text(rows, 4), &reminder.due);
        VEC_PUSH(arena, &list, reminder);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

/* --- Notes -------------------------------------------------------------------------------------
 */

enum { MENTION_CHARACTERS = 200 };

/* The beginning of a note, for the reminder of whom it mentions. */
static Str beginning(Arena *arena, Str text)
{
    size_t at = 0;

    for (int i = 0; i < MENTION_CHARACTERS && at < text.len; i++)
        utf8_next(text, &at);
    return at < text.len ? str_printf(arena, "%.*s …", (int)at, text.ptr) : text;
}

bool case_note_add(Tx *tx, const Case *c, Str text, Addressee to, int64_t author, Date today,
                   Err *err)
{
    int64_t id = 0, reminder = 0;
    bool mentions = to.staff || !str_empty(to.office);

    if (!tx_insert(tx, err, &id,
                   "INSERT INTO case_note (case_id, staff_id, text, created_at, to_staff, "
                   "to_office) VALUES ($1, $2, $3, $4, $5, $6)",
                   P_INT(c->id), P_INT(author), P_TEXT(text), P_INT(tx_now(tx)), P_INT(to.staff),
                   P_TEXT(to.office)) ||
        !record_by(tx, c, "case.note", "note", id, (Date){0}, author, err))
        return false;
    if (!mentions)
        return true;
    Arena *arena = arena_create(0);
    bool ok = insert_reminder(tx, c, to, today, beginning(arena, text), author, id, &reminder, err);

    arena_destroy(arena);
    return ok;
}

bool case_note_open(const CaseNote *note, int64_t staff_id, Timestamp now)
{
    return note->author == staff_id &&
           now - note->at < (Timestamp)NOTE_CORRECTION_HOURS * 3600 * 1000;
}

static bool read_note(Tx *tx, int64_t case_id, int64_t id, Arena *arena, CaseNote *out, Err *err)
{
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, staff_id, created_at, text FROM case_note "
                          "WHERE id = $1 AND case_id = $2",
                          P_INT(id), P_INT(case_id));

    if (!rows_one(rows, "Diese Notiz gibt es nicht.", err))
        return false;
    *out = (CaseNote){.id = row_int(rows, 0),
                      .author = row_int(rows, 1),
                      .at = row_int(rows, 2),
                      .text = row_text(rows, 3)};
    rows_end(rows);
    return true;
}

static bool replace_note(Tx *tx, const CaseNote *old, Str text, Str short_text, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO case_note_old (note_id, at, text) "
                   "SELECT id, COALESCE(corrected_at, created_at), text FROM case_note "
                   "WHERE id = $1",
                   P_INT(old->id)) &&
           tx_exec(tx, err, "UPDATE case_note SET text = $2, corrected_at = $3 WHERE id = $1",
                   P_INT(old->id), P_TEXT(text), P_INT(tx_now(tx))) &&
           tx_exec(tx, err,
                   "UPDATE case_reminder SET text = $2 WHERE note_id = $1 AND done_at IS NULL",
                   P_INT(old->id), P_TEXT(short_text));
}

bool case_note_correct(Tx *tx, const Case *c, int64_t note_id, Str text, int64_t author, Err *err)
{
    Arena *arena = arena_create(0);
    CaseNote old;
    bool ok = read_note(tx, c->id, note_id, arena, &old, err);

    if (ok && old.author != author)
        ok = err_set(err, ERR_FORBIDDEN, "Diese Notiz hat jemand anderes geschrieben.");
    else if (ok && !case_note_open(&old, author, tx_now(tx)))
        ok = err_set(err, ERR_CONFLICT,
                     "Eine Notiz kann %d Stunden lang berichtigt werden. Bitte schreiben Sie eine "
                     "neue.",
                     NOTE_CORRECTION_HOURS);
    if (ok && !str_eq(old.text, text))
        ok = replace_note(tx, &old, text, beginning(arena, text), err) &&
             record_by(tx, c, "case.note_corrected", "note", note_id, (Date){0}, author, err);
    arena_destroy(arena);
    return ok;
}

static bool read_older(Tx *tx, int64_t case_id, Arena *arena, CaseNote *notes, size_t count,
                       Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT o.note_id, o.at, o.text FROM case_note_old o JOIN case_note n "
                          "ON n.id = o.note_id WHERE n.case_id = $1 ORDER BY o.note_id DESC, o.at",
                          P_INT(case_id));
    size_t at = 0;

    while (rows && rows_next(rows, err)) {
        while (at < count && notes[at].id != row_int(rows, 0))
            at++;
        if (at == count)
            break;
        NoteText *grown = arena_array(arena, NoteText, notes[at].older_count + 1);

        if (notes[at].older_count)
            memcpy(grown, notes[at].older, notes[at].older_count * sizeof *grown);
        grown[notes[at].older_count++] = (NoteText){row_int(rows, 1), row_text(rows, 2)};
        notes[at].older = grown;
    }
    if (rows)
        rows_end(rows);
    return rows && err->kind == ERR_NONE;
}

bool case_notes(Tx *tx, int64_t case_id, Arena *arena, CaseNote **out, size_t *count, Err *err)
{
    struct {
        CaseNote *items;
        size_t count, capacity;
    } list = {0};
    bool corrected = false;
    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, staff_id, created_at, text, to_staff, to_office, "
                          "corrected_at FROM case_note WHERE case_id = $1 ORDER BY id DESC",
                          P_INT(case_id));

    while (rows && rows_next(rows, err)) {
        VEC_PUSH(arena, &list,
                 (CaseNote){.id = row_int(rows, 0),
                            .author = row_int(rows, 1),
                            .at = row_int(rows, 2),
                            .text = row_text(rows, 3),
                            .to_staff = row_int(rows, 4),
                            .to_office = row_text(rows, 5)});
        corrected = corrected || !row_null(rows, 6);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE &&
           (!corrected || read_older(tx, case_id, arena, list.items, list.count, err));
}

/* --- The deadline --------------------------------------------------------------------------------
 */

bool case_deadline_set(Tx *tx, Tenant *tenant, const Package *package, Case *c, Date deadline,
                       Str reason, Str actor, Date today, Arena *arena, Err *err)
{
    CaseWork work;
    Node *data = node_map(arena);

    if (!case_work(&work, tx, tenant, package, c, today, arena, err))
        return false;
    if (c->closed)
        return err_set(err, ERR_CONFLICT, "Der Vorgang ist abgeschlossen.");
    if (c->paused)
        return err_set(err, ERR_CONFLICT,
                       "Die Frist ruht gerade. Sie läuft weiter, wenn die Antwort da ist.");
    if (date_compare(deadline, today) < 0)
        return err_set(err, ERR_INPUT, "Die neue Frist liegt in der Vergangenheit.");
    if (!date_absent(c->deadline))
        node_set(arena, data, STR("from"), node_string(arena, date_iso(arena, c->deadline)));
    node_set(arena, data, STR("to"), node_string(arena, date_iso(arena, deadline)));
    c->deadline = deadline;
    return case_word_add(tx, c->id, reason, data, arena, err) &&
           case_event(&work, "case.deadline", actor, data, err) && case_save(&work, err);
}
