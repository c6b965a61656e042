/* SPDX-License-Identifier: EUPL-1.2 */
/* Asking the applicant: first the letter as it would go, then sending it. */
#include "cases/desk.h"

#include "cases/desk_letter.html.h"
#include "cases/desk_work.h"
#include "core/http/request.h"

/* Fields of the form. */
static const char *const NOTE = "zusatz", *const UNTIL = "bis";
enum { NOTE_MOST = 1000 };

typedef struct Asking {
    Request *req;
    DeskCase desk;
    int64_t *ids;
    size_t count;
    Str note;
    Date until;
    bool send;
    Str subject, body;
    const Node *letter; /* snapshot */
    Str wrong, problem; /* a field, and what is wrong with it; or STR_NONE */
} Asking;

static bool read_form(Request *req, Asking *asking, Err *err)
{
    Str *values;
    size_t count = request_form_all(req, "hinweis", &values);
    Str until = str_trim(request_form(req, UNTIL));

    asking->req = req;
    asking->ids = arena_array(req->arena, int64_t, count);
    for (size_t i = 0; i < count; i++)
        if (str_to_i64(values[i], &asking->ids[asking->count]))
            asking->count++;
    if (asking->count == 0)
        return err_set(err, ERR_INPUT, "Bitte wählen Sie aus, was nachgefordert werden soll.");
    if (!desk_text_fits(NOTE, str_trim(request_form(req, NOTE)), NOTE_MOST, "Der Zusatz", err))
        return false;
    asking->note = str_trim(request_form(req, NOTE));
    if (!str_empty(until) && !date_parse_german(until, &asking->until))
        return err_field(err, UNTIL,
                         "Das Datum „%.*s“ ist nicht lesbar. Schreiben Sie zum Beispiel 31.3.2027.",
                         STR_ARG(until));
    if (date_absent(asking->until) || date_compare(asking->until, req->today) >= 0)
        return true;
    asking->until = (Date){0};
    return err_field(err, UNTIL, "Das Datum liegt in der Vergangenheit.");
}

static bool load_case(Asking *asking, Tx *tx, Err *err)
{
    if (!desk_case(asking->req, tx, &asking->desk, err))
        return false;
    return desk_may_in_case(asking->req->session.staff, "case.decide", &asking->desk) ||
           err_set(err, ERR_FORBIDDEN, "Dazu sind Sie in diesem Verfahren nicht freigeschaltet.");
}

static bool write_letter(Asking *asking, Tx *tx, Err *err)
{
    Request *req = asking->req;
    CaseWork work;
    Finding *findings;

    if (!load_case(asking, tx, err) ||
        !case_pick_findings(tx, &asking->desk.c, asking->ids, asking->count, req->arena, &findings,
                            err) ||
        !case_work(&work, tx, req->tenant, asking->desk.package, &asking->desk.c, req->today,
                   req->arena, err) ||
        !case_write_request(&work, findings, asking->count, asking->note, asking->until,
                            &asking->subject, &asking->body, err))
        return false;
    asking->letter = case_plain_snapshot(&work, STR(""), asking->subject, asking->body);
    return true;
}

/* The letter as it would go; false when it cannot be made. */
static bool preview(Asking *asking, Err *err)
{
    Request *req = asking->req;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = write_letter(asking, tx, err);

    tx_end(tx);
    return ok && case_letter_check(req->tenant, asking->letter, req->arena, err);
}

static bool write_ask(Tx *tx, void *context, Err *err)
{
    Asking *asking = context;
    Request *req = asking->req;

    return load_case(asking, tx, err) &&
           case_ask(tx, req->tenant, asking->desk.package, &asking->desk.c, asking->ids,
                    asking->count, asking->note, asking->until, request_actor(req), req->today,
                    req->arena, err);
}

static FieldView field(const Asking *asking, const char *name, FieldView view)
{
    view.id = view.name = str_c(name);
    view.optional = true;
    view.value = str_trim(request_form(asking->req, name));
    if (str_is(asking->wrong, name))
        view.error = asking->problem;
    return view;
}

static bool show(Request *req, Response *res, Asking *asking, Err *err)
{
    Out out = out_for(req);
    const Case *c = &asking->desk.c;
    Str lines[6];
    size_t count = case_recipient(asking->desk.process->form, c->data, req->arena, lines);
    Buf recipient = buf_in(req->arena);

    for (size_t i = 0; i < count; i++)
        buf_addf(&recipient, "%s%.*s", i ? ", " : "", STR_ARG(lines[i]));
    AskPage page = {
        .case_path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)c->id),
        .number = c->number,
        .applicant = c->applicant,
        .problem = asking->problem,
        .note =
            field(asking, NOTE,
                  (FieldView){.label = STR("Zusatz im Brief"), .rows = 2, .max_length = NOTE_MOST}),
        .until = field(asking, UNTIL,
                       (FieldView){.label = STR("Antwort bis"),
                                   .hint = STR("Zum Beispiel 31.3.2027"),
                                   .width = FIELD_SHORT}),
        .ids = asking->ids,
        .id_count = asking->count,
        .mail = !str_empty(c->email),
        .email = c->email,
        .letter = {.title = asking->subject,
                   .lang = c->lang,
                   .recipient = count ? buf_str(&recipient) : STR(""),
                   .date = date_long(req->arena, req->today, c->lang),
                   .body = desk_markdown(req->arena, asking->body)}};

    (void)err;
    if (asking->problem.ptr)
        res->status = 409;
    page_desk_ask(&out, &page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Nachforderung ansehen"),
                                  .active = STR("/desk/vorgaenge")},
                     out_html(&out));
}

/* What is wrong in a field is said there, beside the letter without it; what else can be put right,
 * on the case page. */
static bool refuse(Request *req, Response *res, Asking *asking, Err *err)
{
    if (!err->field[0])
        return desk_case_refuse(req, res, err);
    asking->wrong = str_copy(req->arena, str_c(err->field));
    return problem_take(req, err, &asking->problem) &&
           (preview(asking, err) ? show(req, res, asking, err) : desk_case_refuse(req, res, err));
}

bool desk_ask_post(Request *req, Response *res, Err *err)
{
    Asking asking = {0};

    return read_form(req, &asking, err) && preview(&asking, err) ? show(req, res, &asking, err)
                                                                 : refuse(req, res, &asking, err);
}

bool desk_ask_send_post(Request *req, Response *res, Err *err)
{
    Asking asking = {0};

    if (!str_empty(request_form(req, "vorschau"))) /* the letter again, with another addition */
        return desk_ask_post(req, res, err);
    if (!read_form(req, &asking, err) || !preview(&asking, err) ||
        !db_write(req->tenant->db, write_ask, &asking, err))
        return refuse(req, res, &asking, err);
    return respond_redirect(req, res,
                            str_printf(req->arena, "/desk/vorgaenge/%lld?getan=nachgefordert",
                                       (long long)asking.desk.c.id));
}
