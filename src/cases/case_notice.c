/* SPDX-License-Identifier: EUPL-1.2 */
/* Mails to the applicant. They go over open networks, so the built-in ones say that there is
 * something, and where, but not what. */
#include "cases/case_store.h"
#include "core/page/out.h"

Str case_status_url(Tenant *tenant, const Case *c, Arena *arena)
{
    Str url = tenant_setting(tenant, "url");
    Str host = node_text(node_path(tenant->settings, STR("hosts[0]")));

    if (url.ptr)
        return str_printf(arena, "%.*s/status/%.*s", STR_ARG(url), STR_ARG(c->status_token));
    if (host.ptr)
        return str_printf(arena, "https://%.*s/status/%.*s", STR_ARG(host),
                          STR_ARG(c->status_token));
    if (c->base_url.ptr)
        return str_printf(arena, "%.*s/status/%.*s", STR_ARG(c->base_url),
                          STR_ARG(c->status_token));
    return STR_NONE;
}

static void add_foot(CaseWork *work, Buf *body)
{
    Str lang = work->c->lang;
    Str url = case_status_url(work->tenant, work->c, work->arena);

    if (url.ptr) {
        buf_add(body, STR("\n\n"));
        buf_add(body, tr(lang, "Zur Seite Ihres Vorgangs:"));
        buf_add_char(body, '\n');
        buf_add(body, url);
    }
    buf_add(body, STR("\n\n"));
    buf_add(body, tr(lang, "Bitte geben Sie den Link nicht weiter: Wer ihn kennt, sieht Ihren "
                           "Vorgang."));
    buf_add(body, STR("\n\n"));
    buf_add(body, tenant_title(work->tenant));
    buf_add_char(body, '\n');
}

bool case_order_mail(CaseWork *work, Str key, Str subject, Str body, Err *err)
{
    Arena *arena = work->arena;
    Node *payload = node_map(arena);
    Buf text = buf_in(arena);

    if (str_empty(work->c->email))
        return true;
    buf_add(&text, str_trim(body));
    add_foot(work, &text);
    node_set(arena, payload, STR("to"), node_string(arena, work->c->email));
    node_set(arena, payload, STR("name"), node_string(arena, work->c->applicant));
    node_set(arena, payload, STR("subject"), node_string(arena, subject));
    node_set(arena, payload, STR("body"), node_string(arena, buf_str(&text)));
    EffectOrder order = {
        .kind = "mail",
        .key = str_printf(arena, "mail/case/%lld/%.*s", (long long)work->c->id, STR_ARG(key)),
        .subject = case_subject(work->c, arena),
        .payload = payload};

    return effect_order(work->tx, &order, err);
}

bool case_notice_words(Notice notice, Str lang, Str number, Arena *arena, Str *subject, Str *body,
                       Err *err)
{
    switch (notice) {
    case NOTICE_SUBMITTED:
        *subject = trf(arena, lang, "Ihr Antrag ist eingegangen (%.*s)", STR_ARG(number));
        *body = tr(lang, "Guten Tag,\n\nvielen Dank. Ihr Antrag ist bei uns eingegangen. Auf der "
                         "Seite Ihres Vorgangs sehen Sie jederzeit den Stand.");
        break;
    case NOTICE_ASKED:
        *subject = trf(arena, lang, "Wir haben eine Frage an Sie (%.*s)", STR_ARG(number));
        *body = tr(lang, "Guten Tag,\n\nfür Ihren Antrag brauchen wir noch etwas von Ihnen. Bitte "
                         "antworten Sie auf der Seite Ihres Vorgangs.");
        break;
    case NOTICE_POST:
        *subject = trf(arena, lang, "Ein Brief liegt für Sie bereit (%.*s)", STR_ARG(number));
        *body =
            tr(lang, "Guten Tag,\n\nein Brief zu Ihrem Vorgang liegt im Portal für Sie bereit.");
        break;
    case NOTICE_DOCUMENT:
        *subject = trf(arena, lang, "Etwas liegt für Sie bereit (%.*s)", STR_ARG(number));
        *body =
            tr(lang, "Guten Tag,\n\nzu Ihrem Vorgang liegt im Portal etwas Neues für Sie bereit.");
        break;
    default: return err_set(err, ERR_INTERNAL, "there is no notice %d", (int)notice);
    }
    return true;
}

bool case_order_notice(CaseWork *work, Notice notice, Str key, Err *err)
{
    Str subject, body;

    return case_notice_words(notice, work->c->lang, work->c->number, work->arena, &subject, &body,
                             err) &&
           case_order_mail(work, key, subject, body, err);
}

bool case_order_letter_mail(CaseWork *work, const LetterTemplate *letter, Str key,
                            const FeelValue *context, Err *err)
{
    const LetterText *text = letter_text(letter, work->c->lang);
    Str subject, body;

    if (str_empty(work->c->email))
        return true;
    if (!text_render(text->subject, text->lang, context, &work->env, TEXT_PLAIN, work->arena,
                     &subject, err) ||
        !text_render(text->body, text->lang, context, &work->env, TEXT_PLAIN, work->arena, &body,
                     err))
        return err_context(err, "mail %.*s", STR_ARG(letter->id));
    return case_order_mail(work, key, subject, body, err);
}
