/* SPDX-License-Identifier: EUPL-1.2 */
/* Outgoing mail in the spool (mail.read), and effects that failed or are tried again (work.read).
 */
#include "cases/desk_post.h"

#include "cases/desk_post.html.h"
#include "cases/list_part.h"
#include "core/http/request.h"
#include "core/store/event.h"
#include "core/store/rows.h"

enum { MAILS_SHOWN = 200, FAILURES_SHOWN = 200 }; /* on one page */

static bool send_page(Request *req, Response *res, const char *title, const char *active, Out *out)
{
    return page_send(
        req, res,
        &(PageFrame){
            .area = AREA_DESK, .title = str_c(title), .active = str_c(active), .wide = true},
        out_html(out));
}

/* --- Mail
 * ----------------------------------------------------------------------------------------- */

bool desk_mail_list_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    MailTransport transport;
    SpooledMail *mails = NULL;
    size_t count = 0;

    if (!mail_transport_of(req->tenant, req->arena, &transport, err) ||
        !mail_spool_list(transport.spool, req->arena, &mails, &count, err))
        return false;
    ListPart part = list_part(req, STR("/desk/post"), count, MAILS_SHOWN);
    MailRow *rows = arena_array(req->arena, MailRow, part.count);

    for (size_t i = 0; i < part.count; i++) {
        const SpooledMail *mail = &mails[part.first + i];

        rows[i] = (MailRow){
            .path = str_printf(req->arena, "/desk/post/%s", url_part(req->arena, mail->file)),
            .to = mail->to,
            .subject = mail->subject,
            .when = timestamp_long(req->arena, mail->date, STR("de"))};
    }
    page_desk_mails(&out, rows, part.count, count, &part.pages, !str_empty(transport.url));
    return send_page(req, res, "Ausgehende E-Mails", "/desk/post", &out);
}

bool desk_mail_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    MailTransport transport;
    SpooledMail mail;

    if (!mail_transport_of(req->tenant, req->arena, &transport, err) ||
        !mail_spool_read(transport.spool, request_param(req, "datei"), req->arena, &mail, err))
        return false;
    page_desk_mail(&out, &mail, timestamp_long(req->arena, mail.date, STR("de")));
    return send_page(req, res, "E-Mail", "/desk/post", &out);
}

/* --- Failures
 * ---------------------------------------------------------------------------------------- */

static Str effect_label(Request *req, Str kind)
{
    size_t count;
    const Engine *const *engines = app_engines(req->app, &count);

    for (size_t i = 0; i < count; i++)
        for (const EffectKind *k = engines[i]->effects; k && k->name; k++)
            if (str_is(kind, k->name))
                return str_c(k->label);
    return kind;
}

/* "case/17" as the case's number and page. */
static void fill_subject(Request *req, Tx *tx, Str subject, FailureRow *row)
{
    Case c;
    Err err = {0};
    int64_t id;

    row->subject = subject;
    if (!str_starts_with(subject, "case/") || !str_to_i64(str_slice(subject, 5, subject.len), &id))
        return;
    if (case_by_id(tx, id, req->arena, &c, &err))
        row->subject = c.number;
    if (request_may(req, "case.read"))
        row->subject_path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)id);
}

static FailureRow failure_of(Request *req, Tx *tx, Rows *rows)
{
    FailureRow row = {.id = row_int(rows, 0),
                      .label = effect_label(req, row_text(rows, 1)),
                      .failed = str_is(row_text(rows, 3), "failed"),
                      .attempts = row_int(rows, 4),
                      .next = timestamp_long(req->arena, row_int(rows, 5), STR("de")),
                      .said = row_text(rows, 6),
                      .when = timestamp_long(req->arena, row_int(rows, 7), STR("de"))};

    row.error = str_cut(&row.said, '\n');
    fill_subject(req, tx, row_text(rows, 2), &row);
    return row;
}

#define TROUBLED "FROM effect WHERE status = 'failed' OR (status = 'waiting' AND attempts > 0)"

static bool load_failures(Request *req, Tx *tx, FailuresPage *page, Err *err)
{
    if (!tx_query_int(tx, err, &page->total, "SELECT COUNT(*) " TROUBLED))
        return false;
    ListPart part = list_part(req, STR("/desk/stoerungen"), (size_t)page->total, FAILURES_SHOWN);
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT id, kind, subject, status, attempts, next_at, error, "
                          "created_at " TROUBLED " ORDER BY id DESC LIMIT $1 OFFSET $2",
                          P_INT(part.count), P_INT(part.first));

    page->pages = part.pages;
    return ROWS_LIST(rows, req->arena, &page->rows, &page->count, err, failure_of(req, tx, rows));
}

bool desk_failures_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    FailuresPage page = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = load_failures(req, tx, &page, err);

    tx_end(tx);
    if (!ok)
        return false;
    if (!str_empty(request_query(req, "getan")))
        page.notice = STR("Es wird jetzt noch einmal versucht.");
    page_desk_failures(&out, &page);
    return send_page(req, res, "Störungen", "/desk/stoerungen", &out);
}

static bool write_retry(Tx *tx, void *context, Err *err)
{
    Request *req = context;
    int64_t id = 0;
    Node *data = node_map(req->arena);

    str_to_i64(request_param(req, "id"), &id);
    node_set(req->arena, data, STR("effect"), node_int(req->arena, id));
    return effect_retry(tx, id, err) &&
           event_add(tx, "effect.retried", str_printf(req->arena, "effect/%lld", (long long)id),
                     request_actor(req), data, err);
}

bool desk_failures_retry_post(Request *req, Response *res, Err *err)
{
    if (!db_write(req->tenant->db, write_retry, req, err))
        return false;
    worker_wake(req->app, req->tenant->name);
    return respond_redirect(req, res, str_printf(req->arena, "/desk/stoerungen?getan=1"));
}
