/* SPDX-License-Identifier: EUPL-1.2 */
/* Saving for later: the link, on the page and by mail. */
#include "cases/field.h"
#include "cases/portal_form.h"
#include "cases/portal_form.html.h"
#include "core/crypto.h"

static void show(Request *req, Response *res, const Application *app, Str typed, Str sent_to,
                 Str error)
{
    Str resume = str_printf(req->arena, "/antrag/%.*s", STR_ARG(app->draft.token));
    FieldError *errors = arena_new(req->arena, FieldError);
    SaveView view = {.resume = resume,
                     .link = request_absolute_url(req, resume),
                     .until =
                         date_long(req->arena, date_add_days(req->today, DRAFT_DAYS), req->lang),
                     .action = application_path(req, &app->draft, "sichern"),
                     .sent_to = sent_to,
                     .email = {.id = STR("email"),
                               .name = STR("email"),
                               .label = tr(req->lang, "Ihre E-Mail-Adresse"),
                               .type = "email",
                               .autocomplete = STR("email"),
                               .optional = true,
                               .value = typed.ptr ? typed : req->session.email,
                               .error = error},
                     .errors = errors,
                     .error_count = error.len > 0};
    Out out = out_for(req);

    *errors = (FieldError){STR("email"), error};
    page_portal_save(&out, &view);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = tr(req->lang, "Ihr Antrag ist gespeichert"),
                       .active = STR("/dienste")};
    page_send(req, res, &frame, out_html(&out));
    response_header(res, "Cache-Control", STR("no-store"));
    response_header(res, "Referrer-Policy", STR("no-referrer"));
}

/* GET /antrag/:token/sichern */
bool portal_save_show(Request *req, Response *res, Err *err)
{
    Application app;

    if (!application_read(req, &app, err))
        return false;
    if (app.draft.case_id)
        return respond_redirect(req, res, application_path(req, &app.draft, "fertig"));
    show(req, res, &app, STR_NONE, STR_NONE, STR_NONE);
    return true;
}

typedef struct LinkMail {
    Request *req;
    const Draft *draft;
    Str to;
} LinkMail;

/* One mail for each address and day: pressing twice sends one. */
static bool order_mail(Tx *tx, void *context, Err *err)
{
    const LinkMail *mail = context;
    Request *req = mail->req;
    Arena *arena = req->arena;
    Node *payload = node_map(arena);
    Str link =
        request_absolute_url(req, str_printf(arena, "/antrag/%.*s", STR_ARG(mail->draft->token)));
    Str name = text_in(mail->draft->procedure->name, req->lang);
    Str body =
        trf(arena, req->lang,
            "Guten Tag,\n\nhier machen Sie mit „%.*s“ weiter:\n%.*s\n\nDer Link gilt 30 Tage nach "
            "Ihrer letzten Änderung. Bitte geben Sie ihn nicht weiter: Wer ihn kennt, sieht Ihre "
            "Angaben.\n\n%.*s\n",
            STR_ARG(name), STR_ARG(link), STR_ARG(tenant_title(req->tenant)));
    Str hash = crypto_sha256_hex(arena, mail->to);

    node_set(arena, payload, STR("to"), node_string(arena, mail->to));
    node_set(arena, payload, STR("name"), node_string(arena, STR("")));
    node_set(arena, payload, STR("subject"),
             node_string(arena,
                         trf(arena, req->lang, "Ihr Link zum Weitermachen: %.*s", STR_ARG(name))));
    node_set(arena, payload, STR("body"), node_string(arena, body));
    EffectOrder order = {.kind = "mail",
                         .key = str_printf(arena, "mail/draft/%.*s/%.16s/%.*s",
                                           STR_ARG(mail->draft->key), hash.ptr,
                                           STR_ARG(date_iso(arena, req->today))),
                         .subject = draft_owner(mail->draft, arena),
                         .payload = payload};
    return effect_order(tx, &order, err);
}

/* POST /antrag/:token/sichern */
bool portal_save_mail(Request *req, Response *res, Err *err)
{
    Application app;
    Str typed = str_trim(request_form(req, "email"));
    Str address;

    if (!application_read(req, &app, err))
        return false;
    if (app.draft.case_id)
        return respond_redirect(req, res, application_path(req, &app.draft, "fertig"));
    if (!field_email_normal(req->arena, typed, &address)) {
        show(req, res, &app, typed, STR_NONE,
             tr(req->lang, "Bitte geben Sie Ihre E-Mail-Adresse an, zum Beispiel "
                           "name@beispiel.de."));
        res->status = 422;
        return true;
    }
    LinkMail mail = {req, &app.draft, address};
    if (!db_write(req->tenant->db, order_mail, &mail, err))
        return false;
    show(req, res, &app, typed, address, STR_NONE);
    return true;
}
