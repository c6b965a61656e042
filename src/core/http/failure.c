/* SPDX-License-Identifier: EUPL-1.2 */
/* What a person or a program reads when a request could not be served. */
#include "core/http/exchange.h"

#include "core/crypto.h"
#include "core/log.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "core/store/db.h"

typedef struct Words {
    int status;
    const char *title;
    const char *text;
} Words;

static const Words WORDS[] = {
    {400, N_("Diese Anfrage konnten wir nicht lesen"),
     N_("Die Anfrage ist unvollständig oder beschädigt angekommen. Bitte gehen Sie zurück, "
        "laden Sie die Seite neu und versuchen Sie es noch einmal.")},
    {401, N_("Dafür brauchen Sie einen Schlüssel"),
     N_("Diese Schnittstelle ist für angemeldete Programme. Bitte senden Sie einen gültigen "
        "Schlüssel mit.")},
    {403, N_("Dafür fehlt Ihnen die Berechtigung"),
     N_("Sie sind nicht angemeldet oder dürfen diese Seite nicht öffnen. Bitte melden Sie sich an "
        "oder wenden Sie sich an Ihre Ansprechperson.")},
    {404, N_("Diese Seite gibt es nicht"),
     N_("Vielleicht ist die Adresse falsch geschrieben oder die Seite ist umgezogen. Über die "
        "Startseite finden Sie alle Dienste.")},
    {405, N_("Das geht an dieser Stelle nicht"),
     N_("Bitte gehen Sie zurück und versuchen Sie es über die Seite, von der Sie gekommen sind.")},
    {409, N_("Das hat sich inzwischen geändert"),
     N_("Jemand anderes war schneller, oder der Stand hat sich geändert. Bitte laden Sie die Seite "
        "neu und prüfen Sie, was jetzt gilt.")},
    {413, N_("Das ist zu groß"),
     N_("Die Dateien oder Eingaben sind zusammen zu groß. Es wurde nichts gespeichert. Bitte gehen "
        "Sie zurück und senden Sie weniger oder kleinere Dateien.")},
    {414, N_("Diese Adresse ist zu lang"),
     N_("Bitte prüfen Sie die Adresse oder beginnen Sie auf der Startseite.")},
    {415, N_("Dieses Format nehmen wir hier nicht an"),
     N_("Bitte benutzen Sie das Formular auf unserer Seite.")},
    {422, N_("Diese Angaben passen nicht zusammen"),
     N_("Bitte gehen Sie zurück und prüfen Sie Ihre Angaben.")},
    {429, N_("Das waren zu viele Versuche"),
     N_("Bitte warten Sie einige Minuten und versuchen Sie es dann noch einmal.")},
    {500, N_("Bei uns ist etwas schiefgegangen"),
     N_("Das liegt nicht an Ihnen. Der Fehler ist festgehalten. Bitte versuchen Sie es später noch "
        "einmal. Was Sie vorher gespeichert haben, ist noch da.")},
    {503, N_("Wir sind gerade nicht erreichbar"),
     N_("Im Moment können wir Ihre Anfrage nicht annehmen. Bitte versuchen Sie es in einer Minute "
        "noch einmal.")},
};

static const Words *words_of(int status)
{
    const Words *words = &WORDS[status >= 500 ? 11 : 0];

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (WORDS[i].status == status)
            words = &WORDS[i];
    return words;
}

/* Eight characters that a person can read out on the telephone. */
static Str reference_make(Arena *arena)
{
    static const char LETTERS[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    unsigned char random[8];
    char text[9];

    crypto_random(random, sizeof random);
    for (int i = 0, at = 0; i < 8; i++) {
        text[at++] = LETTERS[random[i] % 32];
        if (i == 3)
            text[at++] = '-';
    }
    return str_copy(arena, (Str){text, sizeof text});
}

static void problem_answer(Exchange *x, int status, Str reference)
{
    Arena *arena = x->arena;
    const Err *err = &x->failure;
    Node *problem = node_map(arena);
    /* The message is for whoever wrote the program on the other side; ours stay inside. */
    bool tell = err->kind != ERR_INTERNAL && err->kind != ERR_TEMPORARY && !db_refused(err);

    node_set(arena, problem, STR("type"), node_string(arena, STR("about:blank")));
    node_set(arena, problem, STR("title"),
             node_string(arena, tr(x->req.lang, words_of(status)->title)));
    node_set(arena, problem, STR("status"), node_int(arena, status));
    node_set(
        arena, problem, STR("detail"),
        node_string(arena, tell ? str_c(err->message) : tr(x->req.lang, words_of(status)->text)));
    if (reference.ptr)
        node_set(arena, problem, STR("reference"), node_string(arena, reference));
    if (err->field[0]) {
        Node *errors = node_list(arena);
        Node *item = node_map(arena);
        node_set(arena, item, STR("field"), node_string(arena, str_c(err->field)));
        node_set(arena, item, STR("message"), node_string(arena, str_c(err->message)));
        node_append(arena, errors, item);
        node_set(arena, problem, STR("errors"), errors);
    }
    respond_json(&x->res, status, problem, arena);
    x->res.type = STR("application/problem+json");
}

static Str reference_words(const Exchange *x, Str reference)
{
    return trf(x->arena, x->req.lang,
               "Wenn Sie uns deswegen ansprechen, nennen Sie bitte diese Nummer: %s",
               reference.ptr);
}

/* Where no town answers, or its frame cannot be drawn. */
static void bare_answer(Exchange *x, const Words *words, Str reference)
{
    Out out = {.buf = arena_new(x->arena, Buf), .lang = x->req.lang};

    *out.buf = buf_in(x->arena);
    buf_add_c(out.buf, "<!doctype html><html lang=\"");
    out_attr(&out, str_is(x->req.lang, "en") ? STR("en") : STR("de"));
    buf_add_c(out.buf, "\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
                       "content=\"width=device-width\"><title>");
    out_text(&out, tr(x->req.lang, words->title));
    buf_add_c(out.buf, "</title><h1>");
    out_text(&out, tr(x->req.lang, words->title));
    buf_add_c(out.buf, "</h1><p>");
    out_text(&out, tr(x->req.lang, words->text));
    buf_add_c(out.buf, "</p>");
    if (reference.ptr) {
        buf_add_c(out.buf, "<p>");
        out_text(&out, reference_words(x, reference));
        buf_add_c(out.buf, "</p>");
    }
    buf_add_c(out.buf, "</html>\n");
    respond_html(&x->res, buf_str(out.buf));
}

static bool page_answer(Exchange *x, const Words *words, const char *text, Str reference)
{
    Out out = out_for(&x->req);
    Str title = tr(x->req.lang, words->title);

    buf_add_c(out.buf, "<h1 class=\"kern-heading-large\">");
    out_text(&out, title);
    buf_add_c(out.buf, "</h1>\n<p class=\"kern-body\">");
    out_text(&out, tr(x->req.lang, text));
    buf_add_c(out.buf, "</p>\n");
    if (reference.ptr) {
        buf_add_c(out.buf, "<p class=\"kern-body kern-body--muted\">");
        out_text(&out, reference_words(x, reference));
        buf_add_c(out.buf, "</p>\n");
    }
    buf_add_c(out.buf, "<p class=\"kern-body\"><a class=\"kern-link\" href=\"");
    out_url(&out, request_url(&x->req, "/"));
    buf_add_c(out.buf, "\">");
    out_text(&out, tr(x->req.lang, "Zur Startseite"));
    buf_add_c(out.buf, "</a></p>\n");
    PageFrame frame = {.area = x->req.session.staff_id ? AREA_DESK : AREA_PLAIN, .title = title};
    return page_send(&x->req, &x->res, &frame, out_html(&out));
}

/* To staff the message says more than the status can: what was not done, and why. */
static const char *text_of(const Exchange *x, const Words *words)
{
    const Err *err = &x->failure;
    bool handlers = !x->failure_status && (err->kind == ERR_INPUT || err->kind == ERR_CONFLICT);

    if (x->failure_text)
        return x->failure_text;
    return handlers && x->req.session.staff_id ? str_cstr(x->arena, problem_words(err, x->arena))
                                               : words->text;
}

void exchange_answer_failure(Exchange *x)
{
    /* What is wrong with a file, a rule or a setting, is ours, whatever was asked for. */
    if (x->failure.kind == ERR_INPUT && x->failure.file[0])
        x->failure.kind = ERR_INTERNAL;
    int status = x->failure_status ? x->failure_status : err_http_status(x->failure.kind);
    const Words *words = words_of(status);
    const char *pattern = x->entry ? x->entry->route->pattern : "-";
    Str reference = STR_NONE;

    /* What everybody can provoke by a wrong address is not worth a line in the log. */
    if (status != 404 && status != 405) {
        reference = reference_make(x->arena);
        log_line(status >= 500 ? LOG_ERROR : LOG_INFO, "%.*s %.*s %s: %d %s", STR_ARG(reference),
                 STR_ARG(x->req.method), pattern, status, err_text(&x->failure, x->arena));
    }
    x->res = (Response){0};
    bool api =
        (x->entry && (x->entry->route->flags & ROUTE_API)) || str_starts_with(x->req.path, "/api/");
    if (api)
        problem_answer(x, status, reference);
    else if (!x->req.tenant || !page_answer(x, words, text_of(x, words), reference))
        bare_answer(x, words, reference);
    x->res.status = status;
    if (status == 405)
        response_header(&x->res, "Allow", methods_text(x->arena, x->allowed));
    if (status == 401)
        response_header(&x->res, "WWW-Authenticate", STR("Bearer"));
    if (status == 429)
        response_header(&x->res, "Retry-After", STR("60"));
    if (status == 503)
        response_header(&x->res, "Retry-After", STR("5"));
}
