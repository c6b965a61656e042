/* SPDX-License-Identifier: EUPL-1.2 */
/* The status page: the token in its address is the key, no sign-in is needed. */
#include "cases/portal_status.h"
#include "base/vec.h"
#include "cases/case_release.h"
#include "cases/case_word.h"
#include "cases/field.h"
#include "cases/portal_status.html.h"
#include "cases/process.h"
#include "core/store/event.h"
#include "core/store/file.h"

bool open_case_read(Request *req, Tx *tx, OpenCase *out, Err *err)
{
    Finding *findings;
    size_t count;

    *out = (OpenCase){0};
    if (!case_by_status_token(tx, request_param(req, "token"), req->arena, &out->c, err))
        return false;
    out->package = tenant_package_version(req->tenant, out->c.version, err);
    if (!out->package || !case_findings(tx, out->c.id, req->arena, &findings, &count, err))
        return false;
    out->procedure = package_procedure(out->package, out->c.procedure);
    if (!out->procedure)
        return err_set(err, ERR_INTERNAL, "the case's procedure is not in its package");
    out->asked = arena_array(req->arena, Finding, count);
    for (size_t i = 0; i < count; i++)
        if (str_is(findings[i].status, "asked"))
            out->asked[out->asked_count++] = findings[i];
    return true;
}

const Str *open_case_requests(Request *req, const OpenCase *open)
{
    Str *requests = arena_array(req->arena, Str, open->asked_count);

    for (size_t i = 0; i < open->asked_count; i++)
        requests[i] = open->asked[i].request;
    return requests;
}

static const char *file_word(Str type)
{
    return str_is(type, "image/png") ? "PNG" : str_is(type, "image/jpeg") ? "JPG" : "PDF";
}

const DocumentView *open_case_documents(Request *req, Tx *tx, const Case *c, size_t *count,
                                        Err *err)
{
    Document *documents;
    size_t all;

    *count = 0;
    if (!case_documents(tx, c->id, req->arena, &documents, &all, err))
        return NULL;
    DocumentView *views = arena_array(req->arena, DocumentView, all);
    for (size_t i = 0; i < all; i++) {
        const Document *d = &documents[i];
        if (!d->for_citizen && !str_is(d->kind, "receipt"))
            continue;
        Str when = date_long(req->arena, date_in_berlin(d->released ? d->released : d->created),
                             req->lang);
        DocumentView view = {.title = d->title, .note = d->release_note};
        if (document_ready(d)) {
            view.path = str_printf(req->arena, "/status/%.*s/dokument/%lld",
                                   STR_ARG(c->status_token), (long long)d->id);
            view.about = str_printf(req->arena, "%.*s, %s", STR_ARG(when), file_word(d->type));
            if (d->size)
                view.about = str_printf(req->arena, "%.*s, %.*s", STR_ARG(view.about),
                                        STR_ARG(field_size_text(req->arena, req->lang, d->size)));
        } else {
            view.about = tr(req->lang, "wird gerade erstellt");
        }
        views[(*count)++] = view;
    }
    return views;
}

/* --- The timeline -------------------------------------------------------------------------------
 */

typedef struct Timeline {
    TimelineItem *items;
    size_t count, capacity;
} Timeline;

static void add_item(Request *req, Timeline *timeline, Timestamp at, Str title)
{
    VEC_PUSH(req->arena, timeline,
             (TimelineItem){.when = date_long(req->arena, date_in_berlin(at), req->lang),
                            .title = title,
                            .done = true});
}

/* The process says that the applicant learns of it, with the reason as the clerk wrote it. */
static bool add_deadline(Request *req, Tx *tx, Timeline *timeline, const Event *event, Err *err)
{
    Date day = {0};

    date_parse_iso(node_get_text(event->data, "to"), &day);
    add_item(req, timeline, event->at,
             trf(req->arena, req->lang, "Neue Frist für unsere Entscheidung: %.*s",
                 STR_ARG(date_long(req->arena, day, req->lang))));
    return case_word_of(tx, event, "reason", req->arena, &timeline->items[timeline->count - 1].text,
                        err);
}

static bool add_event(Request *req, Tx *tx, const OpenCase *open, Timeline *timeline,
                      const Event *event, Err *err)
{
    const State *state =
        process_state(open->procedure->process, node_get_text(event->data, "state"));
    bool by_staff = str_starts_with(event->actor, "staff");

    if (str_is(event->type, "case.submitted"))
        add_item(req, timeline, event->at, tr(req->lang, "Ihr Antrag ist eingegangen"));
    else if (str_is(event->type, "case.asked"))
        add_item(req, timeline, event->at,
                 tr(req->lang, "Wir haben Sie um eine Ergänzung gebeten"));
    else if (str_is(event->type, "case.answered"))
        add_item(req, timeline, event->at, tr(req->lang, "Sie haben geantwortet"));
    else if (str_is(event->type, "case.document_released"))
        add_item(req, timeline, event->at,
                 tr(req->lang, "Wir haben ein Dokument für Sie bereitgelegt"));
    else if (str_is(event->type, "case.document_withdrawn"))
        add_item(req, timeline, event->at,
                 tr(req->lang, "Wir haben ein Dokument wieder zurückgenommen"));
    else if (str_is(event->type, "case.unmerged") && by_staff && !open->c.merged_into)
        add_item(req, timeline, event->at,
                 tr(req->lang, "Wir bearbeiten Ihren Antrag wieder für sich"));
    else if (str_is(event->type, "case.deadline") && open->procedure->process->deadline_tell)
        return add_deadline(req, tx, timeline, event, err);
    else if (str_is(event->type, "case.state") && state && by_staff && !state->waits_for_applicant)
        add_item(req, timeline, event->at, portal_text(req, state->citizen));
    return true;
}

static bool read_timeline(Request *req, Tx *tx, const OpenCase *open, Timeline *timeline, Err *err)
{
    Event *events;
    size_t count;
    Str subject = str_printf(req->arena, "case/%lld", (long long)open->c.id);

    if (!event_list(tx, subject, req->arena, &events, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_event(req, tx, open, timeline, &events[i], err))
            return false;
    if (open->asked_count)
        VEC_PUSH(
            req->arena, timeline,
            (TimelineItem){.title = tr(req->lang, "Wir warten auf Ihre Antwort"), .current = true});
    else if (!open->c.closed)
        VEC_PUSH(
            req->arena, timeline,
            (TimelineItem){.title = tr(req->lang, "Wir prüfen Ihren Antrag"), .current = true});
    if (!open->c.closed)
        VEC_PUSH(req->arena, timeline,
                 (TimelineItem){.title = tr(req->lang, "Sie bekommen unsere Entscheidung"),
                                .when = date_absent(open->c.deadline)
                                            ? STR_NONE
                                            : trf(req->arena, req->lang, "spätestens am %.*s",
                                                  STR_ARG(date_long(req->arena, open->c.deadline,
                                                                    req->lang)))});
    return true;
}

/* --- The page -----------------------------------------------------------------------------------
 */

static void set_facts(Request *req, const OpenCase *open, StatusView *view)
{
    FactView *facts = arena_array(req->arena, FactView, 3);

    facts[view->fact_count++] =
        (FactView){.label = tr(req->lang, "Nummer"), .value = open->c.number};
    facts[view->fact_count++] =
        (FactView){.label = tr(req->lang, "Eingegangen"),
                   .value = date_long(req->arena, date_in_berlin(open->c.submitted), req->lang)};
    if (!date_absent(open->c.deadline) && !open->c.closed)
        facts[view->fact_count++] =
            (FactView){.label = tr(req->lang, "Entscheidung spätestens"),
                       .value = date_long(req->arena, open->c.deadline, req->lang)};
    view->facts = facts;
}

/* A duplicate goes on in another case. Its page is shown to the same person only, and that is who
 * made both signed in: a name and an address can be somebody else's. */
static bool read_kept(Request *req, Tx *tx, const OpenCase *open, StatusView *view, Err *err)
{
    Case kept;

    if (!case_by_id(tx, open->c.merged_into, req->arena, &kept, err))
        return false;
    view->state = trf(req->arena, req->lang,
                      "Diesen Antrag bearbeiten wir zusammen mit einem anderen, unter der Nummer "
                      "%.*s.",
                      STR_ARG(kept.number));
    if (open->c.citizen_id && open->c.citizen_id == kept.citizen_id)
        view->kept = str_printf(req->arena, "/status/%.*s", STR_ARG(kept.status_token));
    return true;
}

static bool read_view(Request *req, Tx *tx, Out *out, StatusView *view, Err *err)
{
    OpenCase open;
    Timeline timeline = {0};
    FormState state;

    if (!open_case_read(req, tx, &open, err) || !read_timeline(req, tx, &open, &timeline, err))
        return false;
    view->documents = open_case_documents(req, tx, &open.c, &view->document_count, err);
    if (!view->documents ||
        !portal_evaluate(req, tx, open.package, open.procedure, open.c.data, false, &state, err))
        return false;
    const State *now = process_state(open.procedure->process, open.c.state);
    FieldsView fields = {.lang = req->lang, .state = &state, .data = open.c.data};
    view->name = portal_text(req, open.procedure->name);
    view->state = now ? portal_text(req, now->citizen) : STR("");
    view->thanks = request_query(req, "danke").ptr != NULL;
    if (open.c.merged_into && !read_kept(req, tx, &open, view, err))
        return false;
    view->requests = open_case_requests(req, &open);
    view->request_count = open.asked_count;
    view->note = open.c.ask_note;
    view->ask_until = date_absent(open.c.ask_until)
                          ? STR_NONE
                          : date_long(req->arena, open.c.ask_until, req->lang);
    view->correction =
        str_printf(req->arena, "/status/%.*s/korrektur", STR_ARG(open.c.status_token));
    view->timeline = timeline.items;
    view->timeline_count = timeline.count;
    view->answers = portal_answers(out, &fields, open.procedure->form->fields,
                                   open.procedure->form->field_count, STR_NONE);
    set_facts(req, &open, view);
    view->own_data =
        str_printf(req->arena, "/status/%.*s/daten.json", STR_ARG(open.c.status_token));
    return open_case_looks(req, tx, &open.c, &view->looks, &view->look_count, err);
}

/* GET /status/:token */
bool portal_status(Request *req, Response *res, Err *err)
{
    StatusView view = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    Out out = out_for(req);
    bool ok = read_view(req, tx, &out, &view, err);
    tx_end(tx);
    if (!ok)
        return false;
    page_portal_status(&out, &view);
    PageFrame frame = {.area = AREA_PORTAL, .title = view.name, .active = STR("/antraege")};
    page_send(req, res, &frame, out_html(&out));
    response_header(res, "Cache-Control", STR("no-store"));
    response_header(res, "Referrer-Policy", STR("no-referrer"));
    return true;
}

typedef struct Opening {
    const Case *c;
    int64_t id;
} Opening;

static bool note_opened(Tx *tx, void *context, Err *err)
{
    const Opening *opening = context;

    return case_release_read(tx, opening->c, opening->id, err);
}

/* That a released scan was opened is written before its bytes are given: from then on it cannot be
 * taken back. */
static bool open_released(Request *req, const Case *c, const Document *document, Err *err)
{
    Opening opening = {c, document->id};

    return !document->released || document->read || str_is(req->method, "HEAD") ||
           db_write(req->tenant->db, note_opened, &opening, err);
}

/* GET /status/:token/dokument/:id: a letter, the receipt, or a released scan. */
bool portal_status_document(Request *req, Response *res, Err *err)
{
    int64_t id = 0;
    OpenCase open;
    Document *documents = NULL;
    const Document *found = NULL;
    size_t count = 0;
    Str bytes;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = open_case_read(req, tx, &open, err) &&
              case_documents(tx, open.c.id, req->arena, &documents, &count, err);
    str_to_i64(request_param(req, "id"), &id);
    for (size_t i = 0; ok && i < count; i++)
        if (documents[i].id == id && document_ready(&documents[i]) &&
            (documents[i].for_citizen || str_is(documents[i].kind, "receipt")))
            found = &documents[i];
    if (ok && !found)
        ok = err_set(err, ERR_NOT_FOUND, "Dieses Dokument gibt es hier nicht.");
    tx_end(tx);
    if (!ok || !open_released(req, &open.c, found, err) ||
        !case_document_bytes(req->tenant, open.c.id, found, req->arena, &bytes, err))
        return false;
    response_header(res, "Cache-Control", STR("no-store"));
    return respond_bytes(res, req->arena, found->type, bytes, STR_NONE);
}
