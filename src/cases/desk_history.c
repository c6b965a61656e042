/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole history of a case in one timeline: what the events tell, data field by field, money,
 * register entries, mails and who looked. */
#include "cases/desk_case.h"

#include "base/vec.h"
#include "cases/desk_case.html.h"
#include "cases/register.h"
#include "core/http/request.h"
#include "pay/ledger.h"

#include <stdlib.h>

typedef struct RowList {
    HistoryRow *items;
    size_t count, capacity;
} RowList;

static void add(CaseLoad *load, RowList *rows, HistoryRow row)
{
    row.when = timestamp_long(load->arena, row.at, STR("de"));
    VEC_PUSH(load->arena, rows, row);
}

/* --- Data, field by field -----------------------------------------------------------------------
 */

typedef struct Differ {
    Arena *arena;
    Buf *out;
    size_t count;
} Differ;

static Str shown(Differ *differ, const FormField *field, const Node *value)
{
    if (node_is_null(value) || (value->kind == NODE_LIST && value->count == 0))
        return STR("keine Angabe");
    if (field->type == FIELD_UPLOAD)
        return value->count == 1 ? node_get_text(value->items[0], "name")
                                 : str_printf(differ->arena, "%zu Dateien", value->count);
    return form_value_to_text(field, value, STR("de"), differ->arena);
}

static void diff_fields(Differ *differ, FormField *const *fields, size_t count, const Node *before,
                        const Node *after, Str where);

static void diff_field(Differ *differ, const FormField *field, const Node *before,
                       const Node *after, Str where)
{
    Str label = text_in(field->label, STR("de"));

    if (field->type == FIELD_HEADING || field->type == FIELD_NOTE || node_same_value(before, after))
        return;
    if (field->type == FIELD_GROUP && !field->repeats) {
        diff_fields(differ, field->fields, field->field_count, before, after, where);
        return;
    }
    if (field->type == FIELD_GROUP) {
        size_t a = before ? before->count : 0, b = after ? after->count : 0;
        Str item = text_in(field->item_label ? field->item_label : field->label, STR("de"));

        for (size_t i = 0; i < (a > b ? a : b); i++)
            diff_fields(
                differ, field->fields, field->field_count, node_at(before, i), node_at(after, i),
                str_printf(differ->arena, "%.*s%.*s %zu, ", STR_ARG(where), STR_ARG(item), i + 1));
        return;
    }
    buf_addf(differ->out, "%s%.*s%.*s: %.*s → %.*s", differ->count++ ? "\n" : "", STR_ARG(where),
             STR_ARG(label), STR_ARG(shown(differ, field, before)),
             STR_ARG(shown(differ, field, after)));
}

static void diff_fields(Differ *differ, FormField *const *fields, size_t count, const Node *before,
                        const Node *after, Str where)
{
    for (size_t i = 0; i < count; i++)
        diff_field(differ, fields[i], node_get_str(before, fields[i]->id),
                   node_get_str(after, fields[i]->id), where);
}

Str case_data_changes(const Form *form, const Node *before, const Node *after, Arena *arena,
                      size_t *count)
{
    Buf out = buf_in(arena);
    Differ differ = {.arena = arena, .out = &out};

    diff_fields(&differ, form->fields, form->field_count, before, after, STR(""));
    *count = differ.count;
    return out.len ? buf_str(&out) : STR("");
}

static bool add_data(CaseLoad *load, RowList *list, Err *err)
{
    const Node *before = NULL;
    err_clear(err);
    Rows *rows = tx_query(load->tx, load->arena, err,
                          "SELECT version, at, actor, data FROM case_data WHERE case_id = $1 "
                          "ORDER BY version",
                          P_INT(load->desk.c.id));

    while (rows && rows_next(rows, err)) {
        const Node *data =
            node_parse_json(load->arena, row_text(rows, 3), NULL, &NODE_LIMITS_PACKAGE, err);
        size_t count = 0;

        if (!data)
            return false;
        if (before) {
            Str lines =
                case_data_changes(load->desk.process->form, before, data, load->arena, &count);

            add(load, list,
                (HistoryRow){.at = row_int(rows, 1),
                             .kind = "daten",
                             .who = desk_actor_name(load->tx, row_text(rows, 2), load->arena),
                             .what = count == 1
                                         ? STR("1 Angabe geändert")
                                         : str_printf(load->arena, "%zu Angaben geändert", count),
                             .text = lines});
        }
        before = data;
    }
    return rows && err->kind == ERR_NONE;
}

/* --- Money, registers, mails, looks
 * --------------------------------------------------------------- */

static bool add_money(CaseLoad *load, RowList *list, Err *err)
{
    Charge *charges;
    LedgerEntry *entries;
    size_t count, entry_count;

    if (!pay_charges_of(load->tx, case_subject(&load->desk.c, load->arena), load->arena, &charges,
                        &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!ledger_of_charge(load->tx, charges[i].id, load->arena, &entries, &entry_count, err))
            return false;
        for (size_t k = 0; k < entry_count; k++)
            add(load, list,
                (HistoryRow){.at = entries[k].at,
                             .kind = "geld",
                             .who = STR("Kasse"),
                             .what = str_eq(charges[i].purpose, entries[k].text)
                                         ? entries[k].text
                                         : str_printf(load->arena, "%.*s: %.*s",
                                                      STR_ARG(charges[i].purpose),
                                                      STR_ARG(entries[k].text)),
                             .text = money_text(load->arena, entries[k].cents, STR("de"))});
    }
    return true;
}

/* A decision that only its office sees made no register entry that others may not see: registers
 * have rights of their own, here stands the title alone. */
static bool add_register(CaseLoad *load, RowList *list, Err *err)
{
    err_clear(err);
    Rows *rows = tx_query(load->tx, load->arena, err,
                          "SELECT recorded_at, title, valid_from, valid_to, reason, actor FROM "
                          "register_entry WHERE case_id = $1 ORDER BY row_id",
                          P_INT(load->desk.c.id));

    while (rows && rows_next(rows, err)) {
        Date from = {0}, until = {0};

        date_parse_iso(row_text(rows, 2), &from);
        if (!row_null(rows, 3))
            date_parse_iso(row_text(rows, 3), &until);
        add(load, list,
            (HistoryRow){
                .at = row_int(rows, 0),
                .kind = "register",
                .who = desk_actor_name(load->tx, row_text(rows, 5), load->arena),
                .what =
                    str_printf(load->arena, "Registereintrag: %.*s", STR_ARG(row_text(rows, 1))),
                .text = date_absent(until)
                            ? str_printf(load->arena, "gilt ab %.*s",
                                         STR_ARG(date_long(load->arena, from, STR("de"))))
                            : str_printf(load->arena, "gilt vom %.*s bis %.*s",
                                         STR_ARG(date_long(load->arena, from, STR("de"))),
                                         STR_ARG(date_long(load->arena, until, STR("de"))))});
    }
    return rows && err->kind == ERR_NONE;
}

static bool add_mails(CaseLoad *load, RowList *list, Err *err)
{
    err_clear(err);
    Rows *rows = tx_query(load->tx, load->arena, err,
                          "SELECT COALESCE(done_at, created_at), status, payload FROM effect WHERE "
                          "subject = $1 AND kind = 'mail' ORDER BY id",
                          P_TEXT(case_subject(&load->desk.c, load->arena)));

    while (rows && rows_next(rows, err)) {
        Str status = row_text(rows, 1);
        const Node *payload =
            node_parse_json(load->arena, row_text(rows, 2), NULL, &NODE_LIMITS_PACKAGE, err);

        if (!payload)
            return false;
        add(load, list,
            (HistoryRow){.at = row_int(rows, 0),
                         .kind = "post",
                         .who = STR("System"),
                         .what = str_is(status, "done")     ? STR("E-Mail verschickt")
                                 : str_is(status, "failed") ? STR("E-Mail nicht zugestellt")
                                                            : STR("E-Mail wartet"),
                         .text = node_get_text(payload, "subject")});
    }
    return rows && err->kind == ERR_NONE;
}

static bool add_looks(CaseLoad *load, RowList *list, Err *err)
{
    CaseAccess *looks;
    size_t count;

    if (!case_accesses(load->tx, load->desk.c.id, load->arena, &looks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        add(load, list,
            (HistoryRow){.at = looks[i].at,
                         .kind = "blicke",
                         .who = desk_staff_name(load->tx, looks[i].staff_id, load->arena),
                         .what = looks[i].purpose});
    return true;
}

/* --- The page ----------------------------------------------------------------------------------
 */

static const struct {
    const char *id, *label;
} KINDS[] = {
    {"", "Alles"},
    {"stand", "Stand und Entscheidungen"},
    {"daten", "Angaben"},
    {"post", "Briefe, Dokumente, E-Mails"},
    {"geld", "Geld"},
    {"register", "Register"},
    {"notizen", "Notizen"},
    {"zustaendig", "Zuständigkeit und Aufgaben"},
    {"blicke", "Wer angesehen hat"},
};

static int newest_first(const void *a, const void *b)
{
    const HistoryRow *x = a, *y = b;

    return x->at < y->at ? 1 : x->at > y->at ? -1 : x->order < y->order ? 1 : -1;
}

static bool check_kind(Str kind, Err *err)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_empty(kind) || str_is(kind, KINDS[i].id))
            return true;
    return err_set(err, ERR_NOT_FOUND, "Diesen Teil des Verlaufs gibt es nicht.");
}

static bool collect(CaseLoad *load, RowList *list, Str kind, Err *err)
{
    if (!case_load_history(load, err))
        return false;
    for (size_t i = load->view->history_count; i-- > 0;)
        VEC_PUSH(load->arena, list, load->view->history[i]);
    if (!add_data(load, list, err) || !add_money(load, list, err) ||
        !add_register(load, list, err) || !add_mails(load, list, err))
        return false;
    /* Looks are many; they are shown to who asks for them. */
    return !str_is(kind, "blicke") || add_looks(load, list, err);
}

static void fill(CaseLoad *load, RowList *list, Str kind, HistoryPage *page)
{
    for (size_t i = 0; i < list->count; i++)
        list->items[i].order = i;
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, newest_first);
    page->rows = arena_array(load->arena, HistoryRow, list->count);
    for (size_t i = 0; i < list->count; i++)
        if (str_empty(kind) || str_is(kind, list->items[i].kind))
            page->rows[page->row_count++] = list->items[i];
    page->kind_count = sizeof KINDS / sizeof *KINDS;
    page->kinds = arena_array(load->arena, OptionView, page->kind_count);
    for (size_t i = 0; i < page->kind_count; i++)
        page->kinds[i] =
            (OptionView){.value = str_c(KINDS[i].id),
                         .label = str_c(KINDS[i].label),
                         .selected = str_is(kind, KINDS[i].id) || (i == 0 && !kind.ptr)};
}

bool desk_history_page(Request *req, Response *res, Err *err)
{
    CaseView view = {0};
    CaseLoad load = {.req = req, .view = &view, .arena = req->arena};
    HistoryPage page = {0};
    RowList list = {0};
    Str kind = request_query(req, "art");
    Out out = out_for(req);
    Tx *tx = check_kind(kind, err) ? db_read(req->tenant->db, err) : NULL;

    if (!tx)
        return false;
    load.tx = tx;
    bool ok = desk_case(req, tx, &load.desk, err) && collect(&load, &list, kind, err);

    tx_end(tx);
    if (!ok || !desk_note_access(req, &load.desk.c, "Verlauf angesehen", err))
        return false;
    fill(&load, &list, kind, &page);
    page.case_path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)load.desk.c.id);
    page.number = load.desk.c.number;
    page.applicant = load.desk.c.applicant;
    page_desk_history(&out, &page);
    return page_send(
        req, res,
        &(PageFrame){.area = AREA_DESK,
                     .title = str_printf(req->arena, "Verlauf %.*s", STR_ARG(page.number)),
                     .active = STR("/desk/vorgaenge")},
        out_html(&out));
}

/* --- What is new
 * ---------------------------------------------------------------------------------- */

enum { LOOK_MINUTES = 30, SAME_LOOK_MINUTES = 5 };

bool case_look(Request *req, Tx *tx, int64_t case_id, CaseLook *out, Err *err)
{
    Timestamp now = req->now;
    CaseLooks looks;

    *out = (CaseLook){0};
    if (!case_last_looks(tx, case_id, req->session.staff_id, now - (Timestamp)LOOK_MINUTES * 60000,
                         req->arena, &looks, err))
        return false;
    out->noted = looks.opened > now - (Timestamp)SAME_LOOK_MINUTES * 60000;
    out->since = looks.before;
    return true;
}

void case_fill_news(CaseLoad *load, Timestamp since)
{
    CaseView *view = load->view;
    int64_t me = load->req->session.staff_id;

    if (!since)
        return;
    view->news = arena_array(load->arena, HistoryRow, view->history_count);
    for (size_t i = 0; i < view->history_count && view->history[i].at > since; i++)
        if (view->history[i].by != me)
            view->news[view->news_count++] = view->history[i];
    view->last_look = timestamp_long(load->arena, since, STR("de"));
}
