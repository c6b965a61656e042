/* SPDX-License-Identifier: EUPL-1.2 */
/* The pages of a bulk: choose what to do, see what would happen with each case, do it, take it
 * back. */
#include "cases/bulk.h"
#include "cases/case_memo.h"
#include "cases/case_proposal.h"
#include "cases/desk_bulk.html.h"
#include "cases/desk_work.h"

static Str path_of(Arena *arena, int64_t id, const char *what)
{
    return str_printf(arena, "/desk/sammel/%lld%s", (long long)id, what);
}

static bool bulk_of(Request *req, Tx *tx, Bulk *out, Err *err)
{
    int64_t id = 0;

    str_to_i64(request_param(req, "id"), &id);
    return bulk_by_id(tx, id, req->session.staff_id, req->arena, out, err);
}

/* --- Choosing cases
 * ---------------------------------------------------------------------------------- */

typedef struct Start {
    Request *req;
    int64_t id;
    Str query;
    int64_t *cases;
    size_t count;
} Start;

static bool is_chosen(const Start *start, int64_t id)
{
    for (size_t i = 0; i < start->count; i++)
        if (start->cases[i] == id)
            return true;
    return false;
}

static bool collect(Tx *tx, Start *start, Err *err)
{
    Request *req = start->req;
    ListScope scope = {0};
    ListFilter filter;
    ListWalk walk;

    if (!list_filter_parse(req, tx, request_form(req, "abfrage"), &scope, &filter, err))
        return false;
    start->query = desk_list_query(req, &filter);
    if (str_is(request_form(req, "alle"), "ja")) {
        if (!list_walk(tx, req, &filter, &scope, BULK_MAX, &walk, err))
            return false;
        start->cases = walk.ids;
        start->count = walk.count;
        return true;
    }
    Str *values;
    size_t count = request_form_all(req, "vorgang", &values);

    start->cases = arena_array(req->arena, int64_t, count);
    for (size_t i = 0; i < count && start->count < BULK_MAX; i++) {
        DeskCase desk;
        int64_t id;

        if (!str_to_i64(values[i], &id) || !desk_case_open(req, tx, id, &desk, err))
            return err->kind != ERR_NONE
                       ? false
                       : err_set(err, ERR_INPUT, "Einen der Vorgänge gibt es nicht.");
        if (!is_chosen(start, id))
            start->cases[start->count++] = id;
    }
    return true;
}

static bool write_start(Tx *tx, void *context, Err *err)
{
    Start *start = context;

    return collect(tx, start, err) &&
           (start->count == 0 || bulk_add(tx, start->req->session.staff_id, start->query,
                                          start->cases, start->count, &start->id, err));
}

bool desk_bulk_post(Request *req, Response *res, Err *err)
{
    Start start = {.req = req};

    if (!db_write(req->tenant->db, write_start, &start, err))
        return false;
    return respond_redirect(
        req, res,
        start.count
            ? path_of(req->arena, start.id, "")
            : str_printf(req->arena, "/desk/vorgaenge?%.*s&getan=keiner", STR_ARG(start.query)));
}

/* --- The page
 * ----------------------------------------------------------------------------------------- */

static bool fill_row(Request *req, Tx *tx, const BulkItem *item, BulkRow *row, Err *err)
{
    static const char *const STATUS[] = {"", "erledigt", "nicht möglich", "zurückgenommen",
                                         "nicht zurückgenommen"};
    static const Tone TONES[] = {TONE_PLAIN, TONE_SUCCESS, TONE_WARNING, TONE_INFO, TONE_WARNING};
    Rows *rows = tx_query(tx, req->arena, err, "SELECT number, applicant FROM cases WHERE id = $1",
                          P_INT(item->case_id));

    if (!rows || !rows_next(rows, err))
        return false;
    *row =
        (BulkRow){.number = row_text(rows, 0),
                  .applicant = row_text(rows, 1),
                  .path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)item->case_id),
                  .text = item->text,
                  .status = str_c(STATUS[item->status]),
                  .tone = TONES[item->status]};
    rows_end(rows);
    return true;
}

static Str kind_words(const Bulk *bulk)
{
    switch (bulk->kind) {
    case BULK_ASSIGN: return STR("Vorgänge zuweisen");
    case BULK_REMIND: return STR("Wiedervorlagen anlegen");
    case BULK_NOTE: return STR("Notizen schreiben");
    case BULK_TASK: return STR("Aufgaben erledigen");
    case BULK_ACTION: return STR("Entscheidungen treffen");
    case BULK_NONE: break;
    }
    return STR("Mehrere Vorgänge bearbeiten");
}

/* Try it with each case, outside any transaction of the page. */
static bool preview(Request *req, const Bulk *bulk, BulkItem *items, size_t count, BulkPage *page,
                    Err *err)
{
    for (size_t i = 0; i < count; i++) {
        LetterList letters;
        bool able = bulk_try(req, bulk, &items[i], &letters, err);

        if (!able && err->kind != ERR_NONE)
            return false;
        page->rows[i].text = items[i].text;
        page->rows[i].basis = items[i].basis;
        page->rows[i].status = able ? STR("geht") : STR("nicht möglich");
        page->rows[i].tone = able ? TONE_SUCCESS : TONE_WARNING;
        page->able += able;
    }
    page->previewed = true;
    return true;
}

/* What a decision about each case rests on, read before it is tried out. */
static bool read_basis(Request *req, Tx *tx, BulkItem *item, Err *err)
{
    DeskCase desk;

    if (desk_case_open(req, tx, item->case_id, &desk, err))
        return case_basis(tx, req->tenant, desk.package, &desk.c, req->today, req->arena,
                          &item->basis, err);
    if (!bulk_case_failed(err))
        return false;
    err_clear(err); /* the preview says why */
    item->basis = STR("");
    return true;
}

static bool load(Request *req, Bulk *bulk, BulkItem **items, size_t *count, BulkPage *page,
                 Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = bulk_of(req, tx, bulk, err) &&
              bulk_items(tx, bulk->id, req->arena, items, count, err) &&
              bulk_job_ended(tx, bulk, &page->ended, err) &&
              (bulk->job_id || bulk_offer(req, tx, bulk, &page->offer, err));

    page->rows = arena_array(req->arena, BulkRow, ok ? *count : 0);
    page->row_count = ok ? *count : 0;
    for (size_t i = 0; ok && i < *count; i++)
        ok = fill_row(req, tx, &(*items)[i], &page->rows[i], err) &&
             (bulk->job_id || bulk->kind != BULK_ACTION || read_basis(req, tx, &(*items)[i], err));
    tx_end(tx);
    return ok;
}

static Str said(Request *req, const BulkPage *page, const BulkItem *items, size_t count)
{
    size_t by_status[5] = {0};

    for (size_t i = 0; i < count; i++)
        by_status[items[i].status]++;
    if (page->previewed)
        return str_printf(req->arena, "Bei %zu von %zu Vorgängen geht das.", page->able, count);
    if (!page->begun)
        return count == 1 ? STR("1 Vorgang ist gewählt.")
                          : str_printf(req->arena, "%zu Vorgänge sind gewählt.", count);
    if (by_status[BULK_UNDONE] || by_status[BULK_KEPT])
        return str_printf(req->arena, "%zu zurückgenommen, %zu nicht zurückgenommen.",
                          by_status[BULK_UNDONE], by_status[BULK_KEPT]);
    return str_printf(req->arena, "%zu erledigt, %zu nicht möglich, %zu nicht bearbeitet.",
                      by_status[BULK_DONE], by_status[BULK_FAILED], by_status[BULK_CHOSEN]);
}

/* Nothing that was typed is lost when the form is refused. */
static void keep_sent(const Request *req, BulkPage *page)
{
    Str what = request_form(req, "was"), text = request_form(req, "text");

    if (str_is(what, "notiz"))
        page->sent_note = text;
    if (!str_is(what, "wiedervorlage"))
        return;
    page->sent_day = request_form(req, "wann");
    page->sent_about = text;
}

/* Status 422: what is chosen is no choice, so none is tried out. */
static bool show(Request *req, Response *res, int status, Str problem, Err *err)
{
    Out out = out_for(req);
    Bulk bulk;
    BulkItem *items = NULL;
    size_t count = 0;
    BulkPage page = {.problem = problem};

    keep_sent(req, &page);
    if (!load(req, &bulk, &items, &count, &page, err))
        return false;
    page.id = bulk.id;
    page.job_id = bulk.job_id;
    page.begun = bulk.job_id != 0;
    page.title = kind_words(&bulk);
    page.params = bulk.params;
    page.mark = bulk_mark(&bulk, req->arena);
    page.list = str_printf(req->arena, "/desk/vorgaenge?%.*s", STR_ARG(bulk.query));
    page.undoable = page.ended && bulk_undoable(&bulk, req->now);
    if (status != 422 && !page.begun && bulk.kind != BULK_NONE &&
        !preview(req, &bulk, items, count, &page, err))
        return false;
    page.said = said(req, &page, items, count);
    page_desk_bulk(&out, &page);
    res->status = status;
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = page.title,
                                  .active = STR("/desk/vorgaenge"),
                                  .refresh_seconds = page.begun && !page.ended ? 2 : 0},
                     out_html(&out));
}

bool desk_bulk_page(Request *req, Response *res, Err *err)
{
    return show(req, res, 200, STR_NONE, err);
}

/* --- Choosing what to do
 * ---------------------------------------------------------------------------- */

typedef struct Choice {
    Request *req;
    BulkKind kind;
    Node *params;
    int64_t job_id;
} Choice;

static bool need_text(Choice *choice, size_t most, const char *what, Err *err)
{
    Str text;

    if (!desk_form_text(choice->req, "text", most, what, &text, err))
        return false;
    node_set(choice->req->arena, choice->params, STR("text"),
             node_string(choice->req->arena, text));
    return true;
}

static bool need_day(Choice *choice, Err *err)
{
    Str text = str_trim(request_form(choice->req, "wann"));
    Date due;

    if (!date_parse_iso(text, &due) && !date_parse_german(text, &due))
        return err_set(err, ERR_INPUT, "Bitte geben Sie den Tag so ein: 31.3.2027.");
    if (date_compare(due, choice->req->today) < 0)
        return err_set(err, ERR_INPUT, "Der Tag liegt in der Vergangenheit.");
    node_set(choice->req->arena, choice->params, STR("due"),
             node_string(choice->req->arena, date_iso(choice->req->arena, due)));
    return true;
}

static bool need_choice(Choice *choice, const char *field, const char *name, Err *err)
{
    Str value = request_form(choice->req, field);
    Str task = str_cut(&value, ':');

    if (str_empty(task))
        return err_set(err, ERR_INPUT, "Bitte wählen Sie etwas aus.");
    node_set(choice->req->arena, choice->params, str_c(name),
             node_string(choice->req->arena, task));
    if (value.ptr)
        node_set(choice->req->arena, choice->params, STR("result"),
                 node_string(choice->req->arena, value));
    return true;
}

static bool read_choice(Choice *choice, Err *err)
{
    Str what = request_form(choice->req, "was");
    int64_t staff;

    choice->params = node_map(choice->req->arena);
    choice->kind = str_is(what, "zuweisen")        ? BULK_ASSIGN
                   : str_is(what, "wiedervorlage") ? BULK_REMIND
                   : str_is(what, "notiz")         ? BULK_NOTE
                   : str_is(what, "aufgabe")       ? BULK_TASK
                   : str_is(what, "entscheidung")  ? BULK_ACTION
                                                   : BULK_NONE;
    switch (choice->kind) {
    case BULK_ASSIGN:
        if (!str_to_i64(request_form(choice->req, "konto"), &staff))
            return err_set(err, ERR_INPUT, "Bitte wählen Sie, wer zuständig sein soll.");
        node_set(choice->req->arena, choice->params, STR("staff"),
                 node_int(choice->req->arena, staff));
        return true;
    case BULK_REMIND:
        return need_day(choice, err) && need_text(choice, 500, "Der Text der Wiedervorlage", err);
    case BULK_NOTE: return need_text(choice, NOTE_MAX, "Der Text der Notiz", err);
    case BULK_TASK: return need_choice(choice, "aufgabe", "task", err);
    case BULK_ACTION: return need_choice(choice, "entscheidung", "action", err);
    case BULK_NONE: break;
    }
    return true; /* chosen anew */
}

static bool write_choice(Tx *tx, void *context, Err *err)
{
    Choice *choice = context;
    Bulk bulk;

    return bulk_of(choice->req, tx, &bulk, err) &&
           bulk_choose(tx, bulk.id, choice->kind, choice->params, err);
}

bool desk_bulk_choose_post(Request *req, Response *res, Err *err)
{
    Choice choice = {.req = req};

    if (!read_choice(&choice, err)) {
        Str problem;

        return problem_take(req, err, &problem) && show(req, res, 422, problem, err);
    }
    return db_write(req->tenant->db, write_choice, &choice, err) &&
           respond_redirect(
               req, res,
               str_printf(req->arena, "/desk/sammel/%.*s", STR_ARG(request_param(req, "id"))));
}

/* --- Doing, and taking back
 * -------------------------------------------------------------------------- */

/* Only what was previewed is done: the choice, and each case as it was then. */
static bool take_seen(Request *req, Tx *tx, const Bulk *bulk, Err *err)
{
    BulkItem *items;
    Str *seen;
    size_t count, seen_count = request_form_all(req, "stand", &seen);
    bool decides = bulk->kind == BULK_ACTION;

    if (!bulk_items(tx, bulk->id, req->arena, &items, &count, err))
        return false;
    if (!str_eq(request_form(req, "wahl"), bulk_mark(bulk, req->arena)) ||
        (decides && seen_count != count))
        return err_set(err, ERR_CONFLICT,
                       "Inzwischen ist etwas anderes gewählt als das, was Sie sich angesehen "
                       "haben. Es ist nichts geschehen. Bitte prüfen Sie die Vorschau.");
    for (size_t i = 0; decides && i < count; i++)
        if (!bulk_item_seen(tx, bulk->id, items[i].place, seen[i], err))
            return false;
    return true;
}

static bool write_run(Tx *tx, void *context, Err *err)
{
    Choice *choice = context;
    Bulk bulk;

    if (!bulk_of(choice->req, tx, &bulk, err))
        return false;
    if (bulk.kind == BULK_NONE)
        return err_set(err, ERR_CONFLICT, "Es ist nicht gewählt, was geschehen soll.");
    return take_seen(choice->req, tx, &bulk, err) &&
           bulk_start(tx, &bulk, request_actor(choice->req), &choice->job_id, err);
}

bool desk_bulk_run_post(Request *req, Response *res, Err *err)
{
    Choice choice = {.req = req};
    Str problem;

    if (db_write(req->tenant->db, write_run, &choice, err))
        return respond_redirect(
            req, res,
            str_printf(req->arena, "/desk/sammel/%.*s", STR_ARG(request_param(req, "id"))));
    return problem_take(req, err, &problem) && show(req, res, 409, problem, err);
}

static bool write_undo(Tx *tx, void *context, Err *err)
{
    Choice *choice = context;
    Request *req = choice->req;
    Bulk bulk;
    BulkItem *items;
    size_t count;
    bool ended;

    if (!bulk_of(req, tx, &bulk, err) || !bulk_job_ended(tx, &bulk, &ended, err) ||
        !bulk_items(tx, bulk.id, req->arena, &items, &count, err))
        return false;
    if (!ended || !bulk_undoable(&bulk, req->now))
        return err_set(err, ERR_CONFLICT, "Das lässt sich nicht mehr rückgängig machen.");
    for (size_t i = 0; i < count; i++)
        if (items[i].status == BULK_DONE && !bulk_undo(req, tx, &bulk, &items[i], err))
            return false;
    return tx_exec(tx, err, "UPDATE case_bulk SET undone_at = $2 WHERE id = $1", P_INT(bulk.id),
                   P_INT(tx_now(tx)));
}

bool desk_bulk_undo_post(Request *req, Response *res, Err *err)
{
    Choice choice = {.req = req};

    return db_write(req->tenant->db, write_undo, &choice, err) &&
           respond_redirect(
               req, res,
               str_printf(req->arena, "/desk/sammel/%.*s", STR_ARG(request_param(req, "id"))));
}
