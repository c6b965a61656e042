/* SPDX-License-Identifier: EUPL-1.2 */
/* The page of cases that belong together: links, hints with their reason, merging a duplicate. */
#include "cases/desk_link.h"

#include "cases/case_link.h"
#include "cases/desk_case.h"
#include "cases/desk_link.html.h"
#include "cases/desk_step.h"
#include "cases/desk_work.h"
#include "cases/list_part.h"
#include "core/http/request.h"

enum { HINTS_A_PAGE = 20 };

/* --- Words ---------------------------------------------------------------------------------- */

static Str field_label(const Package *package, Str key)
{
    Str rest = key;
    Str register_id = str_cut(&rest, '.');

    for (size_t i = 0; i < package->register_count; i++) {
        const RegisterSpec *spec = &package->registers[i];

        if (!str_eq(spec->id, register_id))
            continue;
        for (size_t k = 0; k < spec->field_count; k++)
            if (str_eq(spec->fields[k]->id, rest))
                return text_in(spec->fields[k]->label, STR("de"));
    }
    return key;
}

/* "gleiche Person (Name und Geburtsdatum), gleich: Chipnummer" */
static Str why_text(const Package *package, const CaseHint *hint, Arena *arena)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < hint->key_count; i++) {
        Str value = hint->keys[i];
        Str kind = str_cut(&value, '|');

        if (i)
            buf_add(&out, STR(", "));
        if (str_is(kind, "person"))
            buf_add(&out, STR("gleiche Person (Name und Geburtsdatum)"));
        else if (str_is(kind, "organisation"))
            buf_add(&out, STR("gleiche Organisation"));
        else
            buf_addf(&out, "gleich: %.*s %.*s", STR_ARG(field_label(package, kind)),
                     STR_ARG(value));
    }
    return buf_str(&out);
}

typedef struct Names {
    Str procedure, state;
    const Package *package;
} Names;

static Names names_of(Request *req, Str version, Str procedure_id, Str state)
{
    Err unused = {0};
    Names names = {.procedure = procedure_id, .state = state};

    names.package = tenant_package_version(req->tenant, version, &unused);
    const Procedure *procedure =
        names.package ? package_procedure(names.package, procedure_id) : NULL;

    if (procedure) {
        names.procedure = text_in(procedure->name, STR("de"));
        names.state = desk_state_label(procedure->process, state);
    }
    return names;
}

/* Names of other cases are shown to who may read those cases only. */
static bool may_read(Request *req, Tx *tx, int64_t case_id, const Package *package, bool *out,
                     Err *err)
{
    DeskCase other = {.c = {.id = case_id}, .package = package};

    *out = false;
    if (!package)
        return true;
    if (!desk_case_offices(tx, &other, req->arena, err))
        return false;
    *out = desk_may_in_case(req->session.staff, "case.read", &other);
    return true;
}

static bool fill_link(Request *req, Tx *tx, const CaseLink *link, LinkRow *row, Err *err)
{
    Names names = names_of(req, link->version, link->procedure, link->state);
    bool may;

    if (!may_read(req, tx, link->other, names.package, &may, err))
        return false;
    *row = (LinkRow){.id = link->id,
                     .path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)link->other),
                     .number = link->number,
                     .applicant = may ? link->applicant : STR_NONE,
                     .procedure = may ? names.procedure : STR_NONE,
                     .state = may ? names.state : STR("in einem anderen Amt"),
                     .why = may ? link->why : STR_NONE,
                     .merged = link->merged,
                     .into = link->into};
    return true;
}

static bool link_rows(Request *req, Tx *tx, int64_t case_id, LinkRow **out, size_t *count, Err *err)
{
    CaseLink *links;

    if (!case_links(tx, case_id, req->arena, &links, count, err))
        return false;
    *out = arena_array(req->arena, LinkRow, *count);
    for (size_t i = 0; i < *count; i++)
        if (!fill_link(req, tx, &links[i], &(*out)[i], err))
            return false;
    return true;
}

static bool hint_rows(Request *req, Tx *tx, const DeskCase *desk, LinkPage *page, Err *err)
{
    CaseHint *hints;
    size_t count;
    int64_t total;

    if (!case_hint_count(tx, desk->c.id, INT64_MAX, &total, err))
        return false;
    ListPart part = list_part(req, page->path, (size_t)total, HINTS_A_PAGE);

    if (!case_hints(tx, desk->c.id, part.first, part.count, req->arena, &hints, &count, err))
        return false;
    page->hint_total = total;
    page->hint_pages = part.pages;
    page->hints = arena_array(req->arena, LinkRow, count);
    for (size_t i = 0; i < count; i++) {
        Names names = names_of(req, hints[i].version, hints[i].procedure, hints[i].state);
        bool may;

        if (!may_read(req, tx, hints[i].other, names.package, &may, err))
            return false;
        if (may)
            page->hints[page->hint_count++] = (LinkRow){
                .path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)hints[i].other),
                .number = hints[i].number,
                .applicant = hints[i].applicant,
                .procedure = names.procedure,
                .state = names.state,
                .why = why_text(desk->package, &hints[i], req->arena),
                .closed = hints[i].closed};
        else
            page->hidden_hints++;
    }
    return true;
}

/* --- The page ----------------------------------------------------------------------------------
 */

static bool load(Request *req, Tx *tx, DeskCase *desk, void *context, Err *err)
{
    LinkPage *page = context;

    return link_rows(req, tx, desk->c.id, &page->links, &page->link_count, err) &&
           hint_rows(req, tx, desk, page, err);
}

static bool show(Request *req, Response *res, Str problem, Err *err)
{
    DeskCase desk;
    LinkPage page = {.problem = problem, .path = req->path};
    Out out = out_for(req);

    *(str_empty(request_form(req, "aufgehen")) ? &page.typed_link : &page.typed_merge) =
        (TypedLink){request_form(req, "nummer"), request_form(req, "grund")};

    if (!desk_step_case(req, &desk, load, &page, err) ||
        !desk_note_access(req, &desk.c, "Verwandte Vorgänge angesehen", err))
        return false;
    page.case_path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)desk.c.id);
    page.number = desk.c.number;
    page.applicant = desk.c.applicant;
    page.may_merge = !desk.c.closed;
    if (problem.ptr)
        res->status = 409;
    page_desk_links(&out, &page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Vorgänge verbinden"),
                                  .active = STR("/desk/vorgaenge")},
                     out_html(&out));
}

bool desk_link_page(Request *req, Response *res, Err *err)
{
    return show(req, res, STR_NONE, err);
}

/* --- Doing it ------------------------------------------------------------------------------------
 */

/* The other case by its number: the caller must be allowed to work in it as well. */
static bool find_other(Work *work, Tx *tx, DeskCase *out, Err *err)
{
    Request *req = work->req;
    Str number = str_trim(request_form(req, "nummer"));

    if (str_empty(number))
        return err_set(err, ERR_INPUT, "Die Nummer des anderen Vorgangs fehlt.");
    if (!case_by_number(tx, number, req->arena, &out->c, err))
        return err->kind == ERR_NOT_FOUND
                   ? err_set(err, ERR_INPUT, "Einen Vorgang „%.*s“ gibt es nicht.", STR_ARG(number))
                   : false;
    out->package = tenant_package_version(req->tenant, out->c.version, err);
    return out->package && desk_case_offices(tx, out, req->arena, err) &&
           (desk_may_in_case(req->session.staff, "case.decide", out) ||
            err_set(err, ERR_INPUT, "Für den Vorgang „%.*s“ sind Sie nicht freigeschaltet.",
                    STR_ARG(number)));
}

static bool merge(Work *work, Tx *tx, DeskCase *desk, const Case *into, Str why, Err *err)
{
    Request *req = work->req;
    CaseWork change;

    if (str_empty(why))
        return err_set(err, ERR_INPUT, "Bitte schreiben Sie, warum der Vorgang ein Doppel ist.");
    return case_work(&change, tx, req->tenant, desk->package, &desk->c, req->today, req->arena,
                     err) &&
           case_merge(&change, into, why, req->session.staff_id, err);
}

static bool unmerge(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    Request *req = work->req;
    CaseWork change;

    return case_work(&change, tx, req->tenant, desk->package, &desk->c, req->today, req->arena,
                     err) &&
           case_unmerge(&change, req->session.staff_id, err);
}

static bool change_links(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    Request *req = work->req;
    Str why = str_trim(request_form(req, "grund"));
    DeskCase other;
    int64_t link = 0;

    if (!desk_need_work(work, desk, err))
        return false;
    if (why.len > 1200)
        return err_set(err, ERR_INPUT, "Der Grund ist zu lang.");
    if (!str_empty(request_form(req, "trennen")))
        return unmerge(work, tx, desk, err);
    if (!str_empty(request_form(req, "loesen"))) {
        str_to_i64(request_form(req, "verbindung"), &link);
        return case_link_remove(tx, &desk->c, link, req->session.staff_id, err);
    }
    if (!find_other(work, tx, &other, err))
        return false;
    if (!str_empty(request_form(req, "aufgehen")))
        return merge(work, tx, desk, &other.c, why, err);
    return case_link_add(tx, &desk->c, &other.c, why, req->session.staff_id, err);
}

bool desk_link_post(Request *req, Response *res, Err *err)
{
    Work work = {.req = req, .run = change_links};
    Str problem;
    const char *done = !str_empty(request_form(req, "aufgehen"))  ? "zusammengefuehrt"
                       : !str_empty(request_form(req, "trennen")) ? "getrennt"
                       : !str_empty(request_form(req, "loesen"))  ? "geloest"
                                                                  : "verknuepft";

    if (desk_work_write(&work, err))
        return respond_redirect(req, res,
                                str_printf(req->arena, "/desk/vorgaenge/%.*s?getan=%s",
                                           STR_ARG(request_param(req, "id")), done));
    return problem_take(req, err, &problem) && show(req, res, problem, err);
}

/* --- On the case page ----------------------------------------------------------------------------
 */

/* What lies in a case that goes on in this one. */
static bool merged_documents(CaseLoad *load, const LinkRow *row, int64_t other, MergedRow *out,
                             Err *err)
{
    Document *documents;
    size_t count;

    *out = (MergedRow){.path = row->path, .number = row->number, .applicant = row->applicant};
    if (!row->applicant.ptr)
        return true;
    if (!case_documents(load->tx, other, load->arena, &documents, &count, err))
        return false;
    out->documents = arena_array(load->arena, FileView, count);
    for (size_t i = 0; i < count; i++) {
        const Document *document = &documents[i];

        if (!document_ready(document) ||
            (document->protected_office.ptr &&
             !desk_may_see_protected(load->req, document->protected_office,
                                     load->desk.package->id)))
            continue;
        out->documents[out->document_count++] =
            (FileView){.name = document->title,
                       .size = document->size ? desk_size(load->arena, document->size) : STR(""),
                       .path = str_printf(load->arena, "%.*s?dokument=%lld#dokument",
                                          STR_ARG(row->path), (long long)document->id)};
    }
    return true;
}

bool case_load_links(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    CaseLink *links;
    size_t count;

    if (!case_links(load->tx, load->desk.c.id, load->arena, &links, &count, err) ||
        !case_hint_count(load->tx, load->desk.c.id, CASE_HINTS_COUNTED + 1, &view->hint_count, err))
        return false;
    view->links = arena_array(load->arena, LinkRow, count);
    view->merged = arena_array(load->arena, MergedRow, count);
    for (size_t i = 0; i < count; i++) {
        LinkRow *row = &view->links[view->link_count++];

        if (!fill_link(load->req, load->tx, &links[i], row, err))
            return false;
        if (row->merged && row->into)
            view->goes_on = row;
        else if (row->merged && !merged_documents(load, row, links[i].other,
                                                  &view->merged[view->merged_count++], err))
            return false;
    }
    return true;
}
