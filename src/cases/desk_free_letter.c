/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing a letter: subject and text, with text blocks of the package; looked at before it goes. */
#include "cases/desk_free_letter.h"

#include "cases/desk_free_letter.html.h"
#include "cases/desk_step.h"
#include "cases/letter_edit.h"
#include "core/http/request.h"
#include "core/work/form_once.h"

enum { SUBJECT_MAX = 150, TEXT_MAX = 12000 };

typedef struct Writing {
    Request *req;
    DeskCase desk;
    Str office, subject, text; /* as typed */
    const Node *snapshot;
    Str wrong, problem; /* a field, and what is wrong with it or else; or STR_NONE */
} Writing;

/* --- What was typed -------------------------------------------------------------------------- */

/* An office of the case in which the caller decides; the first when none was chosen. */
static bool choose_office(Writing *writing, Err *err)
{
    Request *req = writing->req;
    Str wanted = request_form(req, "amt");
    const DeskCase *desk = &writing->desk;

    for (size_t i = 0; i < desk->office_count; i++)
        if (!str_is(desk->offices[i], "*") &&
            desk_may_decide(req, desk->offices[i], desk->package->id) &&
            (str_empty(wanted) || str_eq(wanted, desk->offices[i]))) {
            writing->office = desk->offices[i];
            return true;
        }
    return err_set(err, ERR_FORBIDDEN, "Für dieses Amt schreiben Sie keine Briefe.");
}

static bool check(const Writing *writing, Err *err)
{
    if (str_empty(writing->subject))
        return err_field(err, "betreff", "Der Betreff fehlt.");
    if (str_empty(writing->text))
        return err_field(err, "text", "Der Text des Briefs fehlt.");
    return letter_edit_check("betreff", "Der Betreff", writing->subject, SUBJECT_MAX, err) &&
           letter_edit_check("text", "Der Text", writing->text, TEXT_MAX, err);
}

/* The letter in German, whatever language the applicant reads. */
static bool letter_work(Writing *writing, Tx *tx, Case *german, CaseWork *work, Err *err)
{
    Request *req = writing->req;

    *german = writing->desk.c;
    german->lang = STR("de");
    return case_work(work, tx, req->tenant, writing->desk.package, german, req->today, req->arena,
                     err);
}

static Str body_of(const Writing *writing)
{
    return letter_edit_to_markdown(writing->req->arena, writing->text);
}

static bool write_snapshot(Writing *writing, Err *err)
{
    Tx *tx = db_read(writing->req->tenant->db, err);
    CaseWork work;
    Case german;

    if (!tx)
        return false;
    bool ok = letter_work(writing, tx, &german, &work, err);

    if (ok)
        writing->snapshot =
            case_plain_snapshot(&work, writing->office, writing->subject, body_of(writing));
    tx_end(tx);
    return ok &&
           case_letter_check(writing->req->tenant, writing->snapshot, writing->req->arena, err);
}

/* Append a text block of the package, with the case's values in it. */
static bool insert_block(Writing *writing, Err *err)
{
    Request *req = writing->req;
    const Process *process = writing->desk.process;
    Str id = request_form(req, "baustein");
    FeelEnv env = {.now = req->now, .today = req->today};
    const FeelValue *context;
    Str text;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = case_context(tx, req->tenant, writing->desk.package, &writing->desk.c, NULL,
                           req->today, req->arena, &context, err);

    tx_end(tx);
    for (size_t i = 0; ok && i < process->text_block_count; i++) {
        if (!str_eq(process->text_blocks[i].id, id))
            continue;
        ok = text_render(process->text_blocks[i].text, STR("de"), context, &env, TEXT_PLAIN,
                         req->arena, &text, err);
        if (ok)
            writing->text = str_empty(writing->text)
                                ? str_trim(text)
                                : str_printf(req->arena, "%.*s\n\n%.*s", STR_ARG(writing->text),
                                             STR_ARG(str_trim(text)));
    }
    return ok;
}

/* --- The page ----------------------------------------------------------------------------------
 */

static void fill_choices(const Writing *writing, FreeLetterPage *page)
{
    Request *req = writing->req;
    const DeskCase *desk = &writing->desk;
    const Process *process = desk->process;

    page->offices = arena_array(req->arena, OptionView, desk->office_count);
    for (size_t i = 0; i < desk->office_count; i++)
        if (!str_is(desk->offices[i], "*") &&
            desk_may_decide(req, desk->offices[i], desk->package->id))
            page->offices[page->office_count++] =
                (OptionView){.value = desk->offices[i],
                             .label = desk_office_name(req, desk->offices[i]),
                             .selected = str_eq(desk->offices[i], writing->office)};
    page->blocks = arena_array(req->arena, OptionView, process->text_block_count);
    for (size_t i = 0; i < process->text_block_count; i++)
        page->blocks[page->block_count++] = (OptionView){
            .value = process->text_blocks[i].id,
            .label = text_in(process->text_blocks[i].title, STR("de")),
            .selected = str_eq(process->text_blocks[i].id, request_form(req, "baustein"))};
}

static bool show(Writing *writing, Response *res, Err *err)
{
    Request *req = writing->req;
    const Case *c = &writing->desk.c;
    Out out = out_for(req);
    FreeLetterPage page = {
        .case_path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)c->id),
        .path = str_printf(req->arena, "/desk/vorgaenge/%lld/brief", (long long)c->id),
        .number = c->number,
        .applicant = c->applicant,
        .email = c->email,
        .problem = writing->problem,
        .subject = {.id = STR("betreff"),
                    .name = STR("betreff"),
                    .label = STR("Betreff"),
                    .value = writing->subject,
                    .max_length = SUBJECT_MAX},
        .text = {.id = STR("text"),
                 .name = STR("text"),
                 .label = STR("Text"),
                 .hint = STR("Mit Anrede und Gruß. Leere Zeile: neuer Absatz. „- “ am Anfang einer "
                             "Zeile: Aufzählung."),
                 .value = writing->text,
                 .rows = 14,
                 .max_length = TEXT_MAX},
        .previewed = writing->snapshot && !writing->problem.ptr};
    FieldView *wrong = str_is(writing->wrong, "betreff") ? &page.subject
                       : str_is(writing->wrong, "text")  ? &page.text
                                                         : NULL;

    (void)err;
    if (wrong)
        wrong->error = writing->problem;
    fill_choices(writing, &page);
    if (page.previewed)
        page.letter = desk_letter_preview(req->arena, writing->snapshot);
    if (writing->problem.ptr)
        res->status = 409;
    page_desk_free_letter(&out, &page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Brief schreiben"),
                                  .active = STR("/desk/vorgaenge")},
                     out_html(&out));
}

static bool refuse(Writing *writing, Response *res, Err *err)
{
    writing->wrong = str_copy(writing->req->arena, str_c(err->field));
    return problem_take(writing->req, err, &writing->problem) && show(writing, res, err);
}

static bool start(Request *req, Writing *writing, Err *err)
{
    *writing = (Writing){.req = req,
                         .subject = str_trim(request_form(req, "betreff")),
                         .text = str_trim(request_form(req, "text"))};
    return desk_step_case(req, &writing->desk, NULL, NULL, err) && choose_office(writing, err);
}

bool desk_free_letter_page(Request *req, Response *res, Err *err)
{
    Writing writing;

    return start(req, &writing, err) && show(&writing, res, err);
}

/* --- Sending
 * --------------------------------------------------------------------------------------- */

static bool write_letter(Tx *tx, void *context, Err *err)
{
    Writing *writing = context;
    Request *req = writing->req;
    CaseWork work;
    Case german;
    bool first;

    if (!desk_case(req, tx, &writing->desk, err) || !choose_office(writing, err) ||
        !letter_work(writing, tx, &german, &work, err) || !form_once(tx, req, &first, err))
        return false;
    if (!first)
        return true;
    work.announce = str_printf(req->arena, "post/%lld", (long long)tx_now(tx));
    return case_order_plain_letter(&work, writing->office, writing->subject, body_of(writing),
                                   err) &&
           case_event(&work, "case.letter", request_actor(req), NULL, err);
}

bool desk_free_letter_post(Request *req, Response *res, Err *err)
{
    Writing writing;

    if (!start(req, &writing, err))
        return false;
    if (!str_empty(request_form(req, "einfuegen")))
        return insert_block(&writing, err) && show(&writing, res, err);
    bool ok = check(&writing, err) && write_snapshot(&writing, err);

    if (ok && !str_empty(request_form(req, "senden"))) {
        if (db_write(req->tenant->db, write_letter, &writing, err))
            return respond_redirect(req, res,
                                    str_printf(req->arena, "/desk/vorgaenge/%lld?getan=brief",
                                               (long long)writing.desk.c.id));
        ok = false;
    }
    return ok ? show(&writing, res, err) : refuse(&writing, res, err);
}

bool desk_free_letter_pdf_post(Request *req, Response *res, Err *err)
{
    Writing writing;
    Str pdf;

    if (!start(req, &writing, err))
        return false;
    if (!check(&writing, err) || !write_snapshot(&writing, err))
        return refuse(&writing, res, err);
    return letter_from_snapshot(req->tenant, writing.snapshot, req->arena, &pdf, err) &&
           respond_bytes(res, req->arena, STR("application/pdf"), pdf, STR_NONE);
}
