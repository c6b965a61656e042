/* SPDX-License-Identifier: EUPL-1.2 */
/* Citizens sign in with a link by e-mail. The answer never tells whether an account exists, and
 * only a POST uses the link up: mail scanners open what they find. */
#include "core/crypto.h"
#include "core/page/out.h"
#include "core/work/work.h"
#include "ident/internal.h"
#include "ident/link.html.h"
#include "ident/views.h"

enum {
    MAILS_PER_ADDRESS = 3,
    MAILS_WINDOW = 15 * MINUTE,
    MAILS_PER_CALLER = 20,
    EMAIL_MAX = 200,
};

bool email_plausible(Str email)
{
    ptrdiff_t at = str_find_char(email, '@');

    if (at <= 0 || email.len > EMAIL_MAX || (size_t)at > 64)
        return false;
    Str domain = str_slice(email, (size_t)at + 1, email.len);
    ptrdiff_t dot = str_find_char(domain, '.');
    for (size_t i = 0; i < email.len; i++) {
        char c = email.ptr[i];
        if (c <= ' ' || c == 0x7f || strchr("<>()[],;:\\\"", c))
            return false;
    }
    return dot > 0 && domain.ptr[domain.len - 1] != '.' && str_find_char(domain, '@') < 0;
}

static SignInView *link_view(Request *req)
{
    SignInView *view = arena_new(req->arena, SignInView);
    bool post = str_is(req->method, "POST");

    view->target =
        back_target(post ? request_form(req, "weiter") : request_query(req, "weiter"), "");
    view->fields[0] = (FieldView){.id = STR("email"),
                                  .name = STR("email"),
                                  .label = tr(req->lang, "E-Mail-Adresse"),
                                  .value = request_form(req, "email"),
                                  .type = "email",
                                  .autocomplete = STR("email"),
                                  .max_length = EMAIL_MAX};
    return view;
}

static bool plain_send(Request *req, Response *res, Out *out, const char *title)
{
    PageFrame frame = {.area = AREA_PLAIN, .title = tr(req->lang, title)};

    return page_send(req, res, &frame, out_html(out));
}

static bool link_send(Request *req, Response *res, const SignInView *view, int status)
{
    Out out = out_for(req);

    page_link_ask(&out, view);
    res->status = status;
    return plain_send(req, res, &out, "Anmelden mit E-Mail");
}

bool link_page(Request *req, Response *res, Err *err)
{
    (void)err;
    if (req->session.citizen_id)
        return respond_redirect(req, res, back_target(request_query(req, "weiter"), "/"));
    return link_send(req, res, link_view(req), 0);
}

typedef struct LinkOrder {
    Request *req;
    Str email;
    Str token;
    Str target;
    Str mail_key;
    Str caller_key;
    bool sent;
} LinkOrder;

static Node *mail_payload(const LinkOrder *order)
{
    Request *req = order->req;
    Arena *arena = req->arena;
    Node *payload = node_map(arena);
    Str town = tenant_title(req->tenant);
    Str link =
        request_absolute_url(req, str_printf(arena, "/anmelden/link/%.*s", STR_ARG(order->token)));

    node_set(arena, payload, STR("to"), node_string(arena, order->email));
    node_set(
        arena, payload, STR("subject"),
        node_string(arena, trf(arena, req->lang, "Ihr Link zum Anmelden bei %.*s", STR_ARG(town))));
    node_set(arena, payload, STR("body"),
             node_string(arena, trf(arena, req->lang,
                                    "Guten Tag,\n\n"
                                    "mit diesem Link melden Sie sich bei %.*s an:\n\n%.*s\n\n"
                                    "Er gilt 30 Minuten und nur einmal. Haben Sie ihn nicht "
                                    "angefordert? Dann brauchen Sie nichts zu tun.\n\n"
                                    "Freundliche Grüße\n%.*s\n",
                                    STR_ARG(town), STR_ARG(link), STR_ARG(town))));
    return payload;
}

static bool link_order(Tx *tx, void *context, Err *err)
{
    LinkOrder *order = context;
    Arena *arena = order->req->arena;
    Str hash = session_hash(arena, order->token);
    Timestamp now = tx_now(tx);
    bool caller_may = false;
    bool address_may = false;

    order->sent = false;
    if (!attempt_use(tx, order->caller_key, now, MAILS_PER_CALLER, HOUR, &caller_may, err) ||
        (caller_may && !attempt_use(tx, order->mail_key, now, MAILS_PER_ADDRESS, MAILS_WINDOW,
                                    &address_may, err)))
        return false;
    if (!caller_may || !address_may)
        return true;
    order->sent = true;
    return tx_exec(tx, err,
                   "INSERT INTO login_link (hash, email, target, expires_at)"
                   " VALUES ($1, $2, $3, $4)",
                   P_TEXT(hash), P_TEXT(order->email), P_TEXT(order->target),
                   P_INT(now + LINK_LIFETIME)) &&
           effect_order(tx,
                        &(EffectOrder){.kind = "mail",
                                       .key = str_printf(arena, "login-link/%.*s", STR_ARG(hash)),
                                       .subject = STR("login"),
                                       .payload = mail_payload(order)},
                        err);
}

bool link_post(Request *req, Response *res, Err *err)
{
    SignInView *view = link_view(req);
    Str email = str_lower(req->arena, str_trim(request_form(req, "email")));

    if (!email_plausible(email)) {
        field_fail(&view->fields[0], view->errors, &view->error_count,
                   tr(req->lang, "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum "
                                 "Beispiel name@beispiel.de."));
        return link_send(req, res, view, 422);
    }
    LinkOrder order = {
        .req = req,
        .email = email,
        .token = crypto_token(req->arena, 32),
        .target = view->target,
        .mail_key = str_printf(req->arena, "mail:%.*s", STR_ARG(session_hash(req->arena, email))),
        .caller_key = attempt_address_key(req, "mail-address")};
    if (!db_write(req->tenant->db, link_order, &order, err))
        return false;
    if (!order.sent) {
        field_fail(&view->fields[0], view->errors, &view->error_count,
                   tr(req->lang, "An diese Adresse gingen gerade schon mehrere Links. Bitte sehen "
                                 "Sie in Ihr Postfach oder warten Sie eine Viertelstunde."));
        return link_send(req, res, view, 429);
    }
    Out out = out_for(req);
    page_link_sent(&out, email);
    return plain_send(req, res, &out, "Bitte sehen Sie in Ihr E-Mail-Postfach");
}

/* --- The link ------------------------------------------------------------------------------- */

static bool dead_send(Request *req, Response *res)
{
    Out out = out_for(req);

    page_link_dead(&out);
    res->status = 410;
    return plain_send(req, res, &out, "Dieser Link gilt nicht mehr");
}

bool link_open_page(Request *req, Response *res, Err *err)
{
    Str token = request_param(req, "token");
    int64_t found = 0;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = tx_query_int(tx, err, &found,
                           "SELECT 1 FROM login_link WHERE hash = $1 AND expires_at > $2",
                           P_TEXT(session_hash(req->arena, token)), P_INT(req->now));
    tx_end(tx);
    if (!ok)
        return false;
    if (!found)
        return dead_send(req, res);
    Out out = out_for(req);
    page_link_open(&out, token);
    return plain_send(req, res, &out, "Jetzt anmelden");
}

typedef struct LinkUse {
    Arena *arena;
    Str hash;
    Str target;
    int64_t citizen_id; /* 0: the link is dead */
} LinkUse;

static bool link_use(Tx *tx, void *context, Err *err)
{
    LinkUse *use = context;
    Str email = STR_NONE;
    Rows *rows = tx_query(tx, use->arena, err,
                          "DELETE FROM login_link WHERE hash = $1 RETURNING email, target,"
                          " expires_at",
                          P_TEXT(use->hash));

    use->citizen_id = 0;
    if (!rows)
        return false;
    if (rows_next(rows, err) && row_int(rows, 2) > tx_now(tx)) {
        email = row_text(rows, 0);
        use->target = row_text(rows, 1);
    }
    rows_end(rows);
    return err->kind == ERR_NONE &&
           (!email.ptr || ident_citizen_by_email(tx, email, &use->citizen_id, err));
}

bool link_open_post(Request *req, Response *res, Err *err)
{
    LinkUse use = {.arena = req->arena,
                   .hash = session_hash(req->arena, request_param(req, "token"))};

    if (!db_write(req->tenant->db, link_use, &use, err))
        return false;
    if (!use.citizen_id)
        return dead_send(req, res);
    if (!ident_session_start(req, res, use.citizen_id, 0, err))
        return false;
    return respond_redirect(req, res, back_target(use.target, "/"));
}

bool sign_out_citizen(Request *req, Response *res, Err *err)
{
    return ident_session_end(req, res, err) && respond_redirect(req, res, STR("/"));
}

bool ident_citizen_by_email(Tx *tx, Str email, int64_t *id, Err *err)
{
    return tx_query_int(tx, err, id,
                        "INSERT INTO citizen (email, created_at) VALUES ($1, $2)"
                        " ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id",
                        P_TEXT(email), P_INT(tx_now(tx)));
}
