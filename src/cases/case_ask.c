/* SPDX-License-Identifier: EUPL-1.2 */
/* The correction loop (Nachforderung): the applicant is asked for exactly some findings, the legal
 * clock pauses, and the answer may change exactly what was asked. */
#include "base/vec.h"
#include "cases/case_store.h"
#include "core/page/out.h"
#include "post/markdown.h"

/* --- The words ----------------------------------------------------------------------------- */

static const FeelValue *requests_value(CaseWork *work, const Finding *findings, size_t count,
                                       Str note)
{
    const FeelValue **items = arena_array(work->arena, const FeelValue *, count + 1);
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        items[used++] = feel_string(work->arena, findings[i].request);
    if (!str_empty(note))
        items[used++] = feel_string(work->arena, note);
    return feel_list(work->arena, items, used);
}

static void write_body(CaseWork *work, const Finding *findings, size_t count, Str note, Buf *body)
{
    Str lang = work->c->lang;

    buf_add(body, tr(lang, "Guten Tag,"));
    buf_add(body, STR("\n\n"));
    buf_add(body, tr(lang, "für Ihren Antrag brauchen wir noch etwas von Ihnen:"));
    buf_add(body, STR("\n\n"));
    for (size_t i = 0; i < count; i++) {
        buf_add(body, STR("- "));
        markdown_escape(body, findings[i].request);
        buf_add_char(body, '\n');
    }
    if (!str_empty(note)) {
        buf_add(body, STR("- "));
        markdown_escape(body, note);
        buf_add_char(body, '\n');
    }
    buf_add_char(body, '\n');
    buf_add(body, tr(lang, "Solange wir auf Ihre Antwort warten, läuft die Bearbeitungsfrist nicht "
                           "weiter."));
}

bool case_write_request(CaseWork *work, const Finding *findings, size_t count, Str note, Date until,
                        Str *subject, Str *body, Err *err)
{
    Buf out = buf_in(work->arena);

    (void)err;
    *subject = trf(work->arena, work->c->lang, "Bitte ergänzen Sie Ihren Antrag %.*s",
                   STR_ARG(work->c->number));
    write_body(work, findings, count, note, &out);
    if (!date_absent(until)) {
        buf_add(&out, STR("\n\n"));
        buf_add(&out, trf(work->arena, work->c->lang, "Bitte antworten Sie bis zum %.*s.",
                          STR_ARG(date_long(work->arena, until, work->c->lang))));
    }
    *body = buf_str(&out);
    return true;
}

/* --- Asking ---------------------------------------------------------------------------------- */

/* The findings with these ids, which must all be open. */
bool case_pick_findings(Tx *tx, const Case *c, const int64_t *ids, size_t count, Arena *arena,
                        Finding **out, Err *err)
{
    Finding *all = NULL;
    size_t all_count = 0;

    if (!case_findings(tx, c->id, arena, &all, &all_count, err))
        return false;
    *out = arena_array(arena, Finding, count);
    for (size_t i = 0; i < count; i++) {
        bool found = false;

        for (size_t k = 0; k < all_count && !found; k++)
            if (all[k].id == ids[i] &&
                (str_is(all[k].status, "open") || str_is(all[k].status, "answered"))) {
                (*out)[i] = all[k];
                found = true;
            }
        if (!found)
            return err_set(err, ERR_CONFLICT,
                           "Ein ausgewählter Prüfhinweis ist nicht mehr offen. Bitte laden Sie die "
                           "Seite neu.");
        if (str_empty((*out)[i].request))
            return err_set(err, ERR_CONFLICT,
                           "Zu einem ausgewählten Prüfhinweis gibt es keine Frage an die "
                           "antragstellende Person.");
    }
    return true;
}

/* The letter names what is asked for; the mail only says that there is a question. */
static bool send_request(CaseWork *work, const Finding *findings, size_t count, Str note,
                         Date until, Err *err)
{
    Str subject, body;
    const LetterTemplate *mail = work->process->request_mail;
    Str office = mail && mail->office.ptr      ? mail->office
                 : work->package->office_count ? work->package->offices[0]
                                               : STR_NONE;
    Str key = str_printf(work->arena, "asked/%lld", (long long)tx_now(work->tx));
    const FeelValue *context;

    if (!case_write_request(work, findings, count, note, until, &subject, &body, err) ||
        !case_order_plain_letter(work, office, subject, body, err))
        return false;
    if (!mail)
        return case_order_notice(work, NOTICE_ASKED, key, err);
    if (!case_work_context(work, CONTEXT_REVIEW, &context, err))
        return false;
    return case_order_letter_mail(work, mail, key,
                                  feel_context_put(work->arena, context, STR("requests"),
                                                   requests_value(work, findings, count, note)),
                                  err);
}

static bool mark_asked(CaseWork *work, const Finding *findings, size_t count, Err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!tx_exec(work->tx, err, "UPDATE case_finding SET status = 'asked' WHERE id = $1",
                     P_INT(findings[i].id)))
            return false;
    return true;
}

static bool record_request(CaseWork *work, const Finding *findings, size_t count, Str actor,
                           Err *err)
{
    Node *data = node_map(work->arena);
    Node *paths = node_list(work->arena);

    for (size_t i = 0; i < count; i++)
        node_append(work->arena, paths, node_string(work->arena, findings[i].path));
    node_set(work->arena, data, STR("paths"), paths);
    return case_event(work, "case.asked", actor, data, err);
}

bool case_ask(Tx *tx, Tenant *tenant, const Package *package, Case *c, const int64_t *finding_ids,
              size_t count, Str note, Date until, Str actor, Date today, Arena *arena, Err *err)
{
    CaseWork work;
    Finding *findings;

    if (!case_work(&work, tx, tenant, package, c, today, arena, err))
        return false;
    const State *waiting = process_waiting_state(work.process);

    if (!waiting)
        return err_set(err, ERR_CONFLICT, "Dieses Verfahren kennt keine Nachforderung.");
    if (c->closed)
        return err_set(err, ERR_CONFLICT, "Der Vorgang ist abgeschlossen.");
    if (count == 0)
        return err_set(err, ERR_INPUT, "Bitte wählen Sie aus, was nachgefordert werden soll.");
    if (!case_pick_findings(tx, c, finding_ids, count, arena, &findings, err) ||
        !send_request(&work, findings, count, note, until, err) ||
        !mark_asked(&work, findings, count, err) ||
        !record_request(&work, findings, count, actor, err))
        return false;
    c->ask_note = str_empty(note) ? STR_NONE : note;
    c->ask_until = until;
    if (!str_eq(c->state, waiting->id)) {
        c->state_before = c->state;
        if (!case_enter(&work, waiting, "case.state", actor, err))
            return false;
    }
    return case_save(&work, err);
}
