/* SPDX-License-Identifier: EUPL-1.2 */
/* The effect "mail": hand a message to the tenant's SMTP server, or lay it into the spool.
 *
 *     mail: {from: rathaus@musterstadt.example, name: Stadt Musterstadt,
 *            smtp: {host: mail.example.org, port: 587, tls: starttls, user: rathaus,
 *                   password_file: /etc/rathaus/smtp}}
 *
 * `tls` is starttls (demanded, the default), tls (from the start), try or none. The Message-ID
 * comes from the effect's key: whoever gets a mail twice, because an answer was lost, sees one. */
#include "cases/case_store.h"
#include "core/folder.h"
#include "post/mail.h"

static bool read_password(const Node *smtp, Arena *arena, Str *out, Err *err)
{
    Str file = node_get_text(smtp, "password_file");

    *out = STR("");
    if (str_empty(file))
        return true;
    if (!folder_read_file(str_cstr(arena, file), 4096, arena, out, err))
        return err_set(err, ERR_TEMPORARY,
                       "mail.smtp.password_file of tenant.yaml cannot be read: %.*s",
                       STR_ARG(file));
    *out = str_trim(*out);
    return true;
}

bool mail_transport_of(Tenant *tenant, Arena *arena, MailTransport *out, Err *err)
{
    const Node *smtp = node_path(tenant->settings, STR("mail.smtp"));
    Str tls = node_get_text(smtp, "tls");
    Str host = node_get_text(smtp, "host");
    bool wrapped = str_is(tls, "tls");

    *out = (MailTransport){.spool = str_printf(arena, "%.*s/spool", STR_ARG(tenant->folder))};
    if (node_is_null(smtp))
        return true;
    if (str_empty(host))
        return err_set(err, ERR_TEMPORARY, "mail.smtp of tenant.yaml names no host");
    out->url = str_printf(arena, "%s://%.*s:%lld", wrapped ? "smtps" : "smtp", STR_ARG(host),
                          (long long)node_get_i64(smtp, "port", wrapped ? 465 : 587));
    out->tls = str_is(tls, "none")  ? MAIL_TLS_NONE
               : str_is(tls, "try") ? MAIL_TLS_TRY
                                    : MAIL_TLS_REQUIRED;
    out->user = node_get_text(smtp, "user");
    if (!out->user.ptr)
        out->user = STR("");
    return read_password(smtp, arena, &out->password, err);
}

static Str sender_of(Tenant *tenant, Arena *arena)
{
    Str from = tenant_setting(tenant, "mail.from");

    return from.ptr ? from : str_printf(arena, "rathaus@%.*s.invalid", STR_ARG(tenant->name));
}

/* What a person must put right; trying again would not help. */
static bool refuse(const MailMessage *message, Err *err)
{
    Str to = message->to.address, subject = str_slice(message->subject, 0, 200);
    Err why = *err;

    if (err->kind != ERR_INPUT)
        return false;
    if (strcmp(why.field, "server") == 0)
        return err_set(err, ERR_INPUT, "Der Mailserver nimmt die E-Mail an %.*s nicht an: %.600s",
                       STR_ARG(to), why.message);
    if (strcmp(why.field, "to") == 0)
        return err_set(err, ERR_INPUT, "„%.*s“ ist keine gültige E-Mail-Adresse.", STR_ARG(to));
    if (strcmp(why.field, "from") == 0)
        return err_set(err, ERR_INPUT,
                       "Der Absender der E-Mails ist falsch eingestellt (mail in tenant.yaml).");
    return err_set(err, ERR_INPUT,
                   "Die E-Mail „%.*s“ lässt sich so nicht verschicken. Bitte geben Sie das der "
                   "Betreuung des Programms weiter.",
                   STR_ARG(subject));
}

bool effect_mail(EffectRun *run, Err *err)
{
    MailTransport transport;
    Str from = sender_of(run->tenant, run->arena);
    Str name = tenant_setting(run->tenant, "mail.name");
    ptrdiff_t at = str_find_char(from, '@');
    bool wanted;
    MailMessage message = {
        .from = {name.ptr ? name : tenant_title(run->tenant), from},
        .to = {STR(""), node_get_text(run->payload, "to")},
        .reply_to = STR(""),
        .subject = node_get_text(run->payload, "subject"),
        .body = node_get_text(run->payload, "body"),
        .message_id =
            mail_message_id(run->arena, run->key,
                            at < 0 ? STR("invalid") : str_slice(from, (size_t)at + 1, from.len)),
        .date = run->ordered_at, /* so that every try is the same message */
    };

    return mail_transport_of(run->tenant, run->arena, &transport, err) &&
           effect_begin(run, &wanted, err) &&
           (!wanted || mail_send(&transport, &message, err) || refuse(&message, err));
}
