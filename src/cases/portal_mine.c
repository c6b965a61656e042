/* SPDX-License-Identifier: EUPL-1.2 */
/* What a signed-in citizen has with the town: applications, letters, entries in
 * registers. Every query names the
 * citizen. */
#include "base/vec.h"
#include "cases/field.h"
#include "cases/list_part.h"
#include "cases/own_looks.h"
#include "cases/own_register.h"
#include "cases/portal_status.h"
#include "cases/portal_status.html.h"
#include "cases/process.h"
#include "core/store/file.h"
#include "core/store/rows.h"

enum { CASES_SHOWN = 100, DOCUMENTS_SHOWN = 100 }; /* on one page */

typedef struct CaseViews {
    CaseView *items;
    size_t count, capacity;
} CaseViews;

static bool add_case(Request *req, Rows *rows, CaseViews *asked, CaseViews *all, Err *err)
{
    Str version = row_text(rows, 1), procedure_id = row_text(rows, 2), state_id = row_text(rows, 3);
    const Package *package = tenant_package_version(req->tenant, version, err);
    const Procedure *procedure = package ? package_procedure(package, procedure_id) : NULL;

    if (!procedure)
        return package ? err_set(err, ERR_INTERNAL, "a case's procedure is not in its package")
                       : false;
    const State *state = process_state(procedure->process, state_id);
    CaseView view = {.number = row_text(rows, 0),
                     .name = portal_text(req, procedure->name),
                     .state = state ? portal_text(req, state->citizen) : STR(""),
                     .path = str_printf(req->arena, "/status/%.*s", STR_ARG(row_text(rows, 4))),
                     .when = date_long(req->arena, date_in_berlin(row_int(rows, 5)), req->lang)};
    if (!row_null(rows, 6))
        view.state = trf(req->arena, req->lang,
                         "Diesen Antrag bearbeiten wir zusammen mit einem anderen, unter der "
                         "Nummer %.*s.",
                         STR_ARG(row_text(rows, 6)));
    else if (state && state->waits_for_applicant)
        VEC_PUSH(req->arena, asked, view);
    VEC_PUSH(req->arena, all, view);
    return true;
}

static bool read_cases(Request *req, Tx *tx, CaseViews *asked, CaseViews *all, Err *err)
{
    err_clear(err);
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT c.number, c.version, c.procedure_id, c.state, c.status_token, "
                          "c.submitted_at, k.number FROM cases c LEFT JOIN cases k ON "
                          "k.id = c.merged_into WHERE c.citizen_id = $1 ORDER BY c.id DESC",
                          P_INT(req->session.citizen_id));

    while (rows && rows_next(rows, err))
        if (!add_case(req, rows, asked, all, err))
            return false;
    return rows && err->kind == ERR_NONE;
}

static bool read_drafts(Request *req, Tx *tx, MineView *view, Err *err)
{
    struct {
        Str *items;
        size_t count, capacity;
    } drafts = {0};
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT version, procedure_id, updated_at FROM draft "
                          "WHERE citizen_id = $1 AND citizen_id <> 0 AND case_id = 0 "
                          "ORDER BY updated_at DESC",
                          P_INT(req->session.citizen_id));
    while (rows && rows_next(rows, err)) {
        Str version = row_text(rows, 0), id = row_text(rows, 1);
        const Package *package = tenant_package_version(req->tenant, version, err);
        const Procedure *procedure = package ? package_procedure(package, id) : NULL;
        if (!procedure)
            return package ? err_set(err, ERR_INTERNAL, "a draft's procedure is not in its package")
                           : false;
        VEC_PUSH(req->arena, &drafts,
                 trf(req->arena, req->lang, "%.*s, zuletzt am %.*s",
                     STR_ARG(portal_text(req, procedure->name)),
                     STR_ARG(date_long(req->arena, date_in_berlin(row_int(rows, 2)), req->lang))));
    }
    view->drafts = drafts.items;
    view->draft_count = drafts.count;
    return rows && err->kind == ERR_NONE;
}

static bool read_entries(Request *req, Tx *tx, MineView *view, Err *err)
{
    OwnEntry *own;

    if (!own_entries(req, tx, &own, &view->entry_count, err))
        return false;
    EntryView *entries = arena_array(req->arena, EntryView, view->entry_count);

    for (size_t i = 0; i < view->entry_count; i++) {
        const RegisterEntry *entry = &own[i].entry;
        EntryView *one = &entries[i];
        Str from = date_long(req->arena, entry->begins, req->lang);

        *one = (EntryView){.register_name = portal_text(req, own[i].spec->name),
                           .title = entry->title,
                           .since = trf(req->arena, req->lang, "seit %.*s", STR_ARG(from))};
        if (!date_absent(entry->until))
            one->since = trf(req->arena, req->lang, "vom %.*s bis %.*s", STR_ARG(from),
                             STR_ARG(date_long(req->arena, entry->until, req->lang)));
        own_look_facts(req, tx, own[i].looks, own[i].look_count, &one->looks, &one->look_count);
    }
    view->entries = entries;
    return true;
}

/* GET /antraege */
bool portal_mine(Request *req, Response *res, Err *err)
{
    CaseViews asked = {0}, all = {0};
    MineView view = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = read_cases(req, tx, &asked, &all, err) && read_drafts(req, tx, &view, err) &&
              read_entries(req, tx, &view, err);
    tx_end(tx);
    if (!ok)
        return false;
    view.asked = asked.items;
    view.asked_count = asked.count;
    ListPart part = list_part(req, STR("/antraege"), all.count, CASES_SHOWN);

    view.cases = part.count ? all.items + part.first : NULL;
    view.count = part.count;
    view.pages = part.pages;
    Out out = out_for(req);
    page_portal_mine(&out, &view);
    PageFrame frame = {
        .area = AREA_PORTAL, .title = tr(req->lang, "Meine Anträge"), .active = STR("/antraege")};
    return page_send(req, res, &frame, out_html(&out));
}

/* A receipt that nobody opened yet has no size; a letter that belongs to no application has no
 * number. */
static Str mail_about(Request *req, Str when, Str number, int64_t size)
{
    if (!number.ptr)
        return str_printf(req->arena, "%.*s · %.*s", STR_ARG(when),
                          STR_ARG(field_size_text(req->arena, req->lang, size)));
    if (!size)
        return str_printf(req->arena, "%.*s · %.*s", STR_ARG(when), STR_ARG(number));
    return str_printf(req->arena, "%.*s · %.*s · %.*s", STR_ARG(when), STR_ARG(number),
                      STR_ARG(field_size_text(req->arena, req->lang, size)));
}

/* From the row of LETTERS. */
static DocumentView letter_of(Request *req, Rows *rows)
{
    Str token = row_text(rows, 4), number = row_text(rows, 5);
    Str when = date_long(req->arena, date_in_berlin(row_int(rows, 3)), req->lang);
    long long id = (long long)row_int(rows, 0);

    return (DocumentView){
        .title = row_text(rows, 1),
        .about = mail_about(req, when, number, row_int(rows, 2)),
        .note = row_text(rows, 6),
        .path = token.ptr ? str_printf(req->arena, "/status/%.*s/dokument/%lld", STR_ARG(token), id)
                          : str_printf(req->arena, "/postfach/briefe/%lld", id)};
}

#define LETTERS                                                                             \
    "SELECT d.id, d.title, d.size, COALESCE(d.released_at, d.created_at), c.status_token, " \
    "c.number, w.text FROM case_document d JOIN cases c ON c.id = d.case_id "               \
    "LEFT JOIN case_word w ON w.id = d.released_words WHERE c.citizen_id = $1 AND "         \
    "d.for_citizen = 1 AND (d.sha256 IS NOT NULL OR d.kind = 'receipt') "                   \
    "UNION ALL SELECT id, title, size, created_at, NULL, NULL, NULL FROM run_letter "       \
    "WHERE citizen_id = $1 AND citizen_id <> 0 AND sha256 IS NOT NULL "

static bool read_letters(Request *req, Tx *tx, MailboxView *view, Err *err)
{
    int64_t total = 0, id = req->session.citizen_id;

    if (!tx_query_int(tx, err, &total, "SELECT COUNT(*) FROM (" LETTERS ") AS letters", P_INT(id)))
        return false;
    ListPart part = list_part(req, STR("/postfach"), (size_t)total, DOCUMENTS_SHOWN);
    Rows *rows = tx_query(tx, req->arena, err, LETTERS "ORDER BY 4 DESC, 1 DESC LIMIT $2 OFFSET $3",
                          P_INT(id), P_INT(part.count), P_INT(part.first));

    view->total = (size_t)total;
    view->pages = part.pages;
    return ROWS_LIST(rows, req->arena, &view->documents, &view->count, err, letter_of(req, rows));
}

/* GET /postfach */
bool portal_mailbox(Request *req, Response *res, Err *err)
{
    MailboxView view = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = read_letters(req, tx, &view, err);

    tx_end(tx);
    if (!ok)
        return false;
    Out out = out_for(req);
    page_portal_mailbox(&out, &view);
    PageFrame frame = {
        .area = AREA_PORTAL, .title = tr(req->lang, "Postfach"), .active = STR("/postfach")};
    return page_send(req, res, &frame, out_html(&out));
}

/* GET /postfach/briefe/:id: a letter that belongs to no application. */
bool portal_mailbox_letter(Request *req, Response *res, Err *err)
{
    int64_t id = 0;
    Str sha256 = STR_NONE, bytes;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    str_to_i64(request_param(req, "id"), &id);
    err_clear(err);
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT sha256 FROM run_letter WHERE id = $1 AND citizen_id = $2 AND "
                          "citizen_id <> 0 AND sha256 IS NOT NULL",
                          P_INT(id), P_INT(req->session.citizen_id));
    if (rows && rows_next(rows, err))
        sha256 = row_text(rows, 0);
    bool ok = rows && err->kind == ERR_NONE;
    rows_end(rows);
    if (ok && !sha256.ptr)
        ok = err_set(err, ERR_NOT_FOUND, "Diesen Brief gibt es nicht.");
    ok = ok && file_read(tx, req->tenant, sha256, req->arena, &bytes, err);
    tx_end(tx);
    return ok && respond_bytes(res, req->arena, STR("application/pdf"), bytes, STR_NONE);
}
