/* SPDX-License-Identifier: EUPL-1.2 */
/* What a bulk does with one case, and how it is taken back. */
#include "cases/bulk.h"
#include "cases/case_memo.h"
#include "cases/case_proposal.h"
#include "cases/case_store.h"
#include "cases/desk_work.h"

/* Longer than nothing, shorter than anybody's own words. */
#define WITHDRAWN STR("(Diese Notiz ist zurückgenommen.)")

bool bulk_case_failed(const Err *err)
{
    return err->kind == ERR_INPUT || err->kind == ERR_CONFLICT || err->kind == ERR_FORBIDDEN ||
           err->kind == ERR_NOT_FOUND;
}

static bool need_work(Request *req, const DeskCase *desk, Err *err)
{
    Work work = {.req = req};

    return desk_need_work(&work, desk, err);
}

static bool newest(Tx *tx, const char *table, int64_t case_id, int64_t *id, Err *err)
{
    return table[0] == 'n'
               ? tx_query_int(tx, err, id, "SELECT MAX(id) FROM case_note WHERE case_id = $1",
                              P_INT(case_id))
               : tx_query_int(tx, err, id, "SELECT MAX(id) FROM case_reminder WHERE case_id = $1",
                              P_INT(case_id));
}

static Str name_or_nobody(Tx *tx, int64_t id, Arena *arena)
{
    return id ? desk_staff_name(tx, id, arena) : STR("niemand");
}

static bool do_assign(Request *req, Tx *tx, const Bulk *bulk, DeskCase *desk, BulkItem *item,
                      Err *err)
{
    int64_t to = node_get_i64(bulk->params, "staff", 0);

    item->before = desk->c.assigned_to;
    item->text = str_printf(req->arena, "Zuständig: %.*s, bisher %.*s",
                            STR_ARG(name_or_nobody(tx, to, req->arena)),
                            STR_ARG(name_or_nobody(tx, item->before, req->arena)));
    if (item->before == to)
        return err_set(err, ERR_CONFLICT, "Zuständig ist schon: %.*s.",
                       STR_ARG(name_or_nobody(tx, to, req->arena)));
    if (desk->c.closed)
        return err_set(err, ERR_CONFLICT, "Der Vorgang ist abgeschlossen.");
    return desk_assign_to(req, tx, desk, to, err);
}

static bool do_remind(Request *req, Tx *tx, const Bulk *bulk, DeskCase *desk, BulkItem *item,
                      Err *err)
{
    Addressee to = {.staff = req->session.staff_id};
    Date due = {0};

    date_parse_iso(node_get_text(bulk->params, "due"), &due);
    item->text = str_printf(req->arena, "Wiedervorlage am %.*s",
                            STR_ARG(date_long(req->arena, due, STR("de"))));
    return need_work(req, desk, err) &&
           case_reminder_add(tx, &desk->c, to, due, node_get_text(bulk->params, "text"),
                             req->session.staff_id, err) &&
           newest(tx, "reminder", desk->c.id, &item->before, err);
}

static bool do_note(Request *req, Tx *tx, const Bulk *bulk, DeskCase *desk, BulkItem *item,
                    Err *err)
{
    item->text = STR("Notiz geschrieben");
    return need_work(req, desk, err) &&
           case_note_add(tx, &desk->c, node_get_text(bulk->params, "text"), (Addressee){0},
                         req->session.staff_id, req->today, err) &&
           newest(tx, "note", desk->c.id, &item->before, err);
}

static bool do_task(Request *req, Tx *tx, const Bulk *bulk, DeskCase *desk, BulkItem *item,
                    Err *err)
{
    Str wanted = node_get_text(bulk->params, "task");
    Task *tasks;
    size_t count;

    if (!case_tasks(tx, desk->c.id, req->arena, &tasks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (tasks[i].done || !str_eq(tasks[i].task, wanted))
            continue;
        item->text = str_printf(req->arena, "Aufgabe „%.*s“ erledigt", STR_ARG(tasks[i].label));
        return desk_complete_task(req, tx, desk, tasks[i].id, node_get_text(bulk->params, "result"),
                                  err);
    }
    return err_set(err, ERR_CONFLICT, "Diese Aufgabe ist hier nicht offen.");
}

/* A box in the place of a sign is for somebody to look at. */
static bool check_signs(Request *req, Tx *tx, const DeskCase *desk, int64_t after,
                        LetterList *letters, Err *err)
{
    const Form *form = desk->process->form;
    SignSource source = {form->fields, form->field_count, desk->c.data};
    Str signs;

    return letter_signs_since(tx, desk->c.id, after, &source, 1, req->arena, letters, &signs,
                              err) &&
           (!signs.ptr ||
            err_set(err, ERR_CONFLICT, "%.*s Bitte entscheiden Sie über diesen Vorgang einzeln.",
                    STR_ARG(signs)));
}

/* Nothing is decided that reads otherwise than in the preview. */
static bool check_basis(Request *req, Tx *tx, const DeskCase *desk, const BulkItem *item, Err *err)
{
    Str now;

    if (!item->basis.ptr)
        return true;
    if (!case_basis(tx, req->tenant, desk->package, &desk->c, req->today, req->arena, &now, err))
        return false;
    return str_eq(now, item->basis) ||
           err_set(err, ERR_CONFLICT,
                   "Seit der Vorschau hat sich der Vorgang oder ein Register geändert. Bitte "
                   "entscheiden Sie einzeln über ihn.");
}

static bool do_action(Request *req, Tx *tx, const Bulk *bulk, DeskCase *desk, BulkItem *item,
                      LetterList *letters, Err *err)
{
    const Action *action = process_action(desk->process, node_get_text(bulk->params, "action"));
    int64_t document = 0;

    if (!action || action->entry)
        return err_set(err, ERR_CONFLICT, "In diesem Verfahren gibt es diese Entscheidung nicht.");
    if (!desk_may_act(req, desk, action))
        return err_set(err, ERR_FORBIDDEN, "Diese Entscheidung trifft ein anderes Amt.");
    if (!check_basis(req, tx, desk, item, err) ||
        !tx_query_int(tx, err, &document, "SELECT MAX(id) FROM case_document WHERE case_id = $1",
                      P_INT(desk->c.id)) ||
        !case_act(tx, req->tenant, desk->package, &desk->c, action->id, node_map(req->arena),
                  request_actor(req), req->today, req->arena, err) ||
        !check_signs(req, tx, desk, document, letters, err))
        return false;
    item->text = str_printf(req->arena, "%.*s, neuer Stand: %.*s%s",
                            STR_ARG(text_in(action->label, STR("de"))),
                            STR_ARG(desk_state_label(desk->process, desk->c.state)),
                            letters->count == 0   ? ""
                            : letters->count == 1 ? ", 1 Brief"
                                                  : ", mehrere Briefe");
    return true;
}

bool bulk_do(Request *req, Tx *tx, const Bulk *bulk, BulkItem *item, LetterList *letters, Err *err)
{
    DeskCase desk;

    *letters = (LetterList){0};
    if (!desk_case_open(req, tx, item->case_id, &desk, err))
        return false;
    switch (bulk->kind) {
    case BULK_ASSIGN: return do_assign(req, tx, bulk, &desk, item, err);
    case BULK_REMIND: return do_remind(req, tx, bulk, &desk, item, err);
    case BULK_NOTE: return do_note(req, tx, bulk, &desk, item, err);
    case BULK_TASK: return do_task(req, tx, bulk, &desk, item, err);
    case BULK_ACTION: return do_action(req, tx, bulk, &desk, item, letters, err);
    case BULK_NONE: break;
    }
    return err_set(err, ERR_INPUT, "Es ist nicht gewählt, was geschehen soll.");
}

/* --- Trying out
 * ------------------------------------------------------------------------------------ */

typedef struct Trial {
    Request *req;
    const Bulk *bulk;
    BulkItem *item;
    LetterList *letters;
    bool done;
} Trial;

static bool try_fn(Tx *tx, void *context, Err *err)
{
    Trial *trial = context;

    trial->done = bulk_do(trial->req, tx, trial->bulk, trial->item, trial->letters, err);
    return false; /* takes everything back */
}

/* What cannot be printed is not decided. */
static bool set_letters(Request *req, const LetterList *letters, Err *err)
{
    for (size_t i = 0; i < letters->count; i++)
        if (!case_letter_check(req->tenant, letters->items[i], req->arena, err))
            return false;
    return true;
}

bool bulk_try(Request *req, const Bulk *bulk, BulkItem *item, LetterList *letters, Err *err)
{
    Trial trial = {req, bulk, item, letters, false};

    db_write(req->tenant->db, try_fn, &trial, err);
    if (trial.done)
        err_clear(err);
    bool able = trial.done && set_letters(req, letters, err);

    if (!able && bulk_case_failed(err)) {
        item->text = problem_words(err, req->arena);
        err_clear(err);
    }
    return able;
}

static bool same_but_digits(Str a, Str b)
{
    for (size_t i = 0; i < a.len && a.len == b.len; i++) {
        bool digits = a.ptr[i] >= '0' && a.ptr[i] <= '9' && b.ptr[i] >= '0' && b.ptr[i] <= '9';

        if (!digits && a.ptr[i] != b.ptr[i])
            return false;
    }
    return a.len == b.len;
}

bool bulk_letters_alike(const LetterList *a, const LetterList *b, Arena *arena)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (!same_but_digits(node_json(a->items[i], arena), node_json(b->items[i], arena)))
            return false;
    return a->count == b->count;
}

/* --- Taking back
 * ------------------------------------------------------------------------------------ */

bool bulk_undoable(const Bulk *bulk, Timestamp now)
{
    return bulk->job_id != 0 && !bulk->undone &&
           (bulk->kind == BULK_ASSIGN || bulk->kind == BULK_REMIND || bulk->kind == BULK_NOTE) &&
           now - bulk->created < (int64_t)BULK_UNDO_HOURS * 3600 * 1000;
}

static bool take_back(Request *req, Tx *tx, const Bulk *bulk, DeskCase *desk, const BulkItem *item,
                      Err *err)
{
    if (bulk->kind == BULK_REMIND)
        return case_reminder_done(tx, &desk->c, item->before, request_actor(req), err);
    if (bulk->kind == BULK_NOTE)
        return case_note_correct(tx, &desk->c, item->before, WITHDRAWN, req->session.staff_id, err);
    if (desk->c.assigned_to != node_get_i64(bulk->params, "staff", 0))
        return err_set(err, ERR_CONFLICT, "Die Zuständigkeit ist inzwischen anders geändert.");
    return desk_assign_to(req, tx, desk, item->before, err);
}

bool bulk_undo(Request *req, Tx *tx, const Bulk *bulk, BulkItem *item, Err *err)
{
    DeskCase desk;
    bool ok = desk_case_open(req, tx, item->case_id, &desk, err) &&
              take_back(req, tx, bulk, &desk, item, err);

    if (!ok && !bulk_case_failed(err))
        return false;
    item->status = ok ? BULK_UNDONE : BULK_KEPT;
    item->text = ok ? STR("Rückgängig gemacht") : problem_words(err, req->arena);
    err_clear(err);
    return bulk_item_set(tx, bulk->id, item, err);
}
