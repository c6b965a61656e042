/* SPDX-License-Identifier: EUPL-1.2 */
/* Giving scans to the applicant: a clerk chooses, looks at what the applicant will see, and
 * releases; or takes it back. */
#include "cases/desk_release.h"

#include "base/utf8.h"
#include "cases/case_release.h"
#include "cases/desk_release.html.h"
#include "cases/desk_step.h"
#include "cases/desk_work.h"
#include "core/http/request.h"

typedef struct Releasing {
    Request *req;
    DeskCase desk;
    Document *scans; /* that the applicant has not got */
    size_t scan_count;
    int64_t ids[RELEASE_MAX]; /* of those that were chosen */
    size_t count;
    Str note;
} Releasing;

/* --- What there is, and what was chosen --------------------------------------------------------
 */

static bool read_scans(Request *req, Tx *tx, DeskCase *desk, void *context, Err *err)
{
    Releasing *releasing = context;
    Document *all;
    size_t count;

    if (!case_documents(tx, desk->c.id, req->arena, &all, &count, err))
        return false;
    releasing->scans = arena_array(req->arena, Document, count);
    for (size_t i = 0; i < count; i++)
        if (document_may_release(&all[i]))
            releasing->scans[releasing->scan_count++] = all[i];
    return true;
}

static const Document *scan_of(const Releasing *releasing, int64_t id)
{
    for (size_t i = 0; i < releasing->scan_count; i++)
        if (releasing->scans[i].id == id)
            return &releasing->scans[i];
    return NULL;
}

static bool is_chosen(const Releasing *releasing, int64_t id)
{
    for (size_t i = 0; i < releasing->count; i++)
        if (releasing->ids[i] == id)
            return true;
    return false;
}

static bool choose(Releasing *releasing, Str value, Err *err)
{
    int64_t id = 0;

    if (!str_to_i64(value, &id) || !scan_of(releasing, id))
        return err_set(err, ERR_CONFLICT,
                       "Eines der Schriftstücke ist schon freigegeben. Bitte wählen Sie neu aus.");
    if (is_chosen(releasing, id))
        return true;
    if (releasing->count == RELEASE_MAX)
        return err_set(err, ERR_INPUT, "Bitte wählen Sie höchstens %d Schriftstücke auf einmal.",
                       RELEASE_MAX);
    releasing->ids[releasing->count++] = id;
    return true;
}

static bool read_sent(Releasing *releasing, Err *err)
{
    Str *values;
    size_t count = request_form_all(releasing->req, "dokument", &values);

    releasing->note = str_trim(request_form(releasing->req, "notiz"));
    for (size_t i = 0; i < count; i++)
        if (!choose(releasing, values[i], err))
            return false;
    if (utf8_length(releasing->note) > RELEASE_NOTE_MAX)
        return err_set(err, ERR_INPUT, "Ihre Notiz ist zu lang. Höchstens %d Zeichen.",
                       RELEASE_NOTE_MAX);
    if (releasing->count == 0)
        return err_set(err, ERR_INPUT, "Bitte wählen Sie ein Schriftstück aus.");
    return true;
}

/* --- Pages -------------------------------------------------------------------------------------
 */

static Str about(const Releasing *releasing, const Document *document)
{
    Arena *arena = releasing->req->arena;

    return str_printf(arena, "eingegangen am %.*s, %.*s",
                      STR_ARG(date_long(arena, document->received, STR("de"))),
                      STR_ARG(desk_size(arena, document->size)));
}

static void fill_fields(const Releasing *releasing, ReleasePage *page)
{
    Arena *arena = releasing->req->arena;
    OptionView *options = arena_array(arena, OptionView, releasing->scan_count);

    for (size_t i = 0; i < releasing->scan_count; i++) {
        const Document *scan = &releasing->scans[i];

        options[i] = (OptionView){
            .value = str_printf(arena, "%lld", (long long)scan->id),
            .label = scan->title,
            .hint = about(releasing, scan),
            .selected = is_chosen(releasing, scan->id),
        };
    }
    page->choice = (FieldView){.id = STR("dokument"),
                               .name = STR("dokument"),
                               .label = STR("Was geben Sie frei?"),
                               .options = options,
                               .option_count = releasing->scan_count};
    page->note = (FieldView){.id = STR("notiz"),
                             .name = STR("notiz"),
                             .label = STR("Notiz an die antragstellende Person"),
                             .hint = STR("Steht neben dem Schriftstück auf der Seite des Vorgangs, "
                                         "nicht in der E-Mail."),
                             .value = releasing->note,
                             .rows = 3,
                             .max_length = RELEASE_NOTE_MAX,
                             .optional = true};
}

static bool fill_preview(const Releasing *releasing, ReleasePage *page, Err *err)
{
    Arena *arena = releasing->req->arena;
    const Case *c = &releasing->desk.c;

    page->previewed = true;
    page->email = c->email;
    page->chosen = arena_array(arena, ReleaseRow, releasing->count);
    for (size_t i = 0; i < releasing->count; i++) {
        const Document *scan = scan_of(releasing, releasing->ids[i]);

        page->chosen[page->chosen_count++] =
            (ReleaseRow){.id = str_printf(arena, "%lld", (long long)scan->id),
                         .title = scan->title,
                         .about = about(releasing, scan),
                         .path = str_printf(arena, "%.*s/dokumente/%lld", STR_ARG(page->case_path),
                                            (long long)scan->id),
                         .image = str_starts_with(scan->type, "image/"),
                         .pdf = str_is(scan->type, "application/pdf")};
    }
    return case_notice_words(NOTICE_DOCUMENT, c->lang, c->number, arena, &page->subject,
                             &page->body, err);
}

static bool show(Releasing *releasing, Response *res, bool preview, Str problem, Err *err)
{
    Request *req = releasing->req;
    Out out = out_for(req);
    ReleasePage page = {.case_path = str_printf(req->arena, "/desk/vorgaenge/%lld",
                                                (long long)releasing->desk.c.id),
                        .number = releasing->desk.c.number,
                        .applicant = releasing->desk.c.applicant,
                        .path = req->path,
                        .problem = problem};

    fill_fields(releasing, &page);
    if (preview && !fill_preview(releasing, &page, err))
        return false;
    if (problem.ptr)
        res->status = 409;
    page_desk_release(&out, &page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Schriftstücke freigeben"),
                                  .active = STR("/desk/vorgaenge")},
                     out_html(&out));
}

/* --- Routes ------------------------------------------------------------------------------------
 */

/* GET /desk/vorgaenge/:id/freigabe?dokument=ID */
bool desk_release_page(Request *req, Response *res, Err *err)
{
    Releasing releasing = {.req = req};

    if (!desk_step_case(req, &releasing.desk, read_scans, &releasing, err))
        return false;
    choose(&releasing, request_query(req, "dokument"), &(Err){0}); /* what it names may be gone */
    if (releasing.scan_count == 1)
        releasing.ids[0] = releasing.scans[0].id, releasing.count = 1;
    return show(&releasing, res, false, STR_NONE, err);
}

static bool release(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    const Releasing *releasing = work->context;
    ReleaseOrder order = {.ids = releasing->ids,
                          .count = releasing->count,
                          .note = releasing->note,
                          .staff_id = work->req->session.staff_id};

    return desk_need_work(work, desk, err) &&
           case_release(tx, work->req->tenant, &desk->c, &order, work->req->arena, err);
}

bool desk_release_post(Request *req, Response *res, Err *err)
{
    Releasing releasing = {.req = req};
    Work work = {.req = req, .run = release, .context = &releasing};
    Str problem;

    if (!desk_step_case(req, &releasing.desk, read_scans, &releasing, err))
        return false;
    if (read_sent(&releasing, err)) {
        if (request_form(req, "aendern").ptr)
            return show(&releasing, res, false, STR_NONE, err);
        if (!request_form(req, "freigeben").ptr)
            return show(&releasing, res, true, STR_NONE, err);
        if (desk_work_write(&work, err))
            return respond_redirect(req, res,
                                    str_printf(req->arena, "/desk/vorgaenge/%lld?getan=freigegeben",
                                               (long long)releasing.desk.c.id));
    }
    return problem_take(req, err, &problem) && show(&releasing, res, false, problem, err);
}

static bool withdraw(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    int64_t id = 0;

    str_to_i64(request_param(work->req, "dokument"), &id);
    return desk_need_work(work, desk, err) &&
           case_release_withdraw(tx, &desk->c, id, work->req->session.staff_id, err);
}

bool desk_release_withdraw_post(Request *req, Response *res, Err *err)
{
    return desk_work_answer(req, res, withdraw, "zurueckgeholt", err);
}
