/* SPDX-License-Identifier: EUPL-1.2 */
/* What waits for a second person, and the page on which that person decides: the entry, and the
 * letters as they would go now. */
#include "cases/desk_proposal.h"

#include "base/vec.h"
#include "cases/desk_act.h"
#include "cases/desk_proposal.html.h"
#include "cases/desk_register.h"
#include "cases/list_part.h"
#include "cases/portal.h"
#include "cases/register_act.h"
#include "core/http/request.h"

enum { WAITING_SHOWN = 100 }; /* on one page */

/* --- One proposal ---------------------------------------------------------------------------- */

typedef struct Deciding {
    Acting acting;
    Proposal proposal;
    bool holds;
} Deciding;

/* Case and proposal, which the caller must be allowed to do themselves. */
static bool find_proposal(Request *req, Tx *tx, Deciding *out, Err *err)
{
    DeskCase *desk = &out->acting.desk;
    int64_t id = 0;

    out->acting.req = req;
    str_to_i64(request_param(req, "vorschlag"), &id);
    if (!desk_case(req, tx, desk, err) ||
        !case_proposal_by_id(tx, desk->c.id, id, req->arena, &out->proposal, err))
        return false;
    out->acting.id = out->proposal.action;
    out->acting.action = process_action(desk->process, out->proposal.action);
    out->acting.entry =
        out->proposal.entry ? node_clone(req->arena, out->proposal.entry) : node_map(req->arena);
    out->acting.edits = out->proposal.edits;
    if (!out->acting.action || !desk_may_act(req, desk, out->acting.action))
        return err_set(err, ERR_FORBIDDEN, "Diese Entscheidung trifft ein anderes Amt.");
    return case_proposal_holds(tx, req->tenant, desk->package, &desk->c, &out->proposal, req->today,
                               req->arena, &out->holds, err);
}

static bool entry_html(Deciding *deciding, Tx *tx, Out *out, Html *html, Err *err)
{
    Acting *acting = &deciding->acting;
    Request *req = acting->req;
    const Form *form = acting->action->entry;
    FeelEnv env = {.now = req->now, .today = req->today};
    FormState state = {0};

    *html = (Html){STR("")};
    if (!form)
        return true;
    FormInput input = {.package = acting->desk.package,
                       .form = form,
                       .data = acting->entry,
                       .env = &env,
                       .lang = STR("de")};

    if (!case_context(tx, req->tenant, acting->desk.package, &acting->desk.c, NULL, req->today,
                      req->arena, &input.extra, err) ||
        !form_evaluate(&input, req->arena, &state, err))
        return false;
    FieldsView fields = {.lang = STR("de"), .state = &state, .data = acting->entry};

    *html = portal_answers(out, &fields, form->fields, form->field_count, STR_NONE);
    return true;
}

static Str outcome_text(Tx *tx, Arena *arena, const Proposal *proposal)
{
    Str who = desk_staff_name(tx, proposal->decided_by, arena);

    if (str_is(proposal->status, "approved"))
        return str_printf(arena, "%.*s hat zugestimmt. Es ist entschieden.", STR_ARG(who));
    if (str_is(proposal->status, "returned"))
        return str_printf(arena, "%.*s hat den Vorschlag zurückgegeben: %.*s", STR_ARG(who),
                          STR_ARG(proposal->reason));
    return STR("Der Vorschlag gilt nicht mehr.");
}

static bool reads_new(const Deciding *deciding)
{
    const Node *then = deciding->proposal.letters;
    size_t count = then ? then->count : 0;

    if (count != deciding->acting.letters.count)
        return true;
    for (size_t i = 0; i < count; i++)
        if (!str_eq(node_get_text(then->items[i], "body"),
                    node_get_text(deciding->acting.letters.items[i], "body")))
            return true;
    return false;
}

static bool load(Request *req, Deciding *deciding, ProposalPage *page, Out *entry, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok =
        find_proposal(req, tx, deciding, err) && entry_html(deciding, tx, entry, &page->entry, err);
    const Proposal *proposal = &deciding->proposal;

    if (ok) {
        page->by = desk_staff_name(tx, proposal->by, req->arena);
        page->outcome = outcome_text(tx, req->arena, proposal);
    }
    tx_end(tx);
    return ok;
}

/* The letters as they would go now; that they cannot is a problem to be told, not an error. */
static bool preview(Deciding *deciding, ProposalPage *page, Err *err)
{
    if (!page->open || !page->holds)
        return true;
    if (acting_try(&deciding->acting, err)) {
        page->letters = acting_letters(&deciding->acting, false);
        page->letter_count = deciding->acting.letters.count;
        page->reads_new = reads_new(deciding);
        page->unprintable = acting_signs(&deciding->acting);
        return true;
    }
    Str problem;

    if (!problem_take(deciding->acting.req, err, &problem))
        return false;
    if (!page->problem.ptr)
        page->problem = problem;
    return true;
}

static bool show(Request *req, Response *res, Str problem, Err *err)
{
    Deciding deciding = {0};
    ProposalPage page = {.problem = problem};
    Out entry = out_for(req), out = out_for(req);

    if (!load(req, &deciding, &page, &entry, err))
        return false;
    const DeskCase *desk = &deciding.acting.desk;
    const Proposal *proposal = &deciding.proposal;

    page.case_path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)desk->c.id);
    page.path = req->path;
    page.number = desk->c.number;
    page.applicant = desk->c.applicant;
    page.label = text_in(deciding.acting.action->label, STR("de"));
    page.confirm = text_in(deciding.acting.action->confirm, STR("de"));
    page.at = timestamp_long(req->arena, proposal->at, STR("de"));
    page.note = proposal->note;
    page.open = str_is(proposal->status, "open");
    page.mine = proposal->by == req->session.staff_id;
    page.holds = deciding.holds;
    if (!preview(&deciding, &page, err) ||
        !desk_note_access(req, &desk->c, "Vorschlag angesehen", err))
        return false;
    if (problem.ptr)
        res->status = 409;
    page_desk_proposal(&out, &page);
    return page_send(
        req, res,
        &(PageFrame){.area = AREA_DESK,
                     .title = str_printf(req->arena, "Vorschlag: %.*s", STR_ARG(page.label)),
                     .active = STR("/desk/zustimmungen")},
        out_html(&out));
}

bool desk_proposal_page(Request *req, Response *res, Err *err)
{
    return show(req, res, STR_NONE, err);
}

/* --- Deciding about it -------------------------------------------------------------------------
 */

typedef struct Verdict {
    Request *req;
    bool approve;
    Str reason;
} Verdict;

static bool write_verdict(Tx *tx, void *context, Err *err)
{
    const Verdict *verdict = context;
    Request *req = verdict->req;
    Deciding deciding = {0};

    if (!find_proposal(req, tx, &deciding, err))
        return false;
    DeskCase *desk = &deciding.acting.desk;

    if (verdict->approve)
        return case_proposal_approve(tx, req->tenant, desk->package, &desk->c, deciding.proposal.id,
                                     req->session.staff_id, req->today, req->arena, err);
    if (str_empty(verdict->reason) && deciding.proposal.by != req->session.staff_id)
        return err_set(err, ERR_INPUT, "Bitte schreiben Sie, warum Sie ihn zurückgeben.");
    return case_proposal_return(tx, &desk->c, deciding.proposal.id, verdict->reason,
                                req->session.staff_id, err);
}

/* What cannot be printed is not decided; a box in the place of a sign has been seen. */
static bool check_letters(Request *req, Err *err)
{
    Deciding deciding = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = find_proposal(req, tx, &deciding, err);

    tx_end(tx);
    if (!ok || !str_is(deciding.proposal.status, "open") || !deciding.holds)
        return ok;
    if (!acting_try(&deciding.acting, err))
        return false;
    Str signs = acting_signs(&deciding.acting);

    return !signs.ptr || !str_empty(request_form(req, "zeichen-gesehen")) ||
           err_set(err, ERR_CONFLICT,
                   "%.*s Bitte sehen Sie sich den Brief an, und bestätigen Sie, dass er so "
                   "hinausgehen soll.",
                   STR_ARG(signs));
}

bool desk_proposal_post(Request *req, Response *res, Err *err)
{
    Verdict verdict = {.req = req,
                       .approve = !str_empty(request_form(req, "zustimmen")),
                       .reason = str_trim(request_form(req, "grund"))};
    const char *done = verdict.approve                                  ? "entschieden"
                       : !str_empty(request_form(req, "zuruecknehmen")) ? "zurueckgenommen"
                                                                        : "zurueckgegeben";

    if (verdict.reason.len > 4000)
        return show(req, res, STR("Ihr Grund ist zu lang."), err);
    if ((!verdict.approve || check_letters(req, err)) &&
        db_write(req->tenant->db, write_verdict, &verdict, err))
        return respond_redirect(req, res,
                                str_printf(req->arena, "/desk/vorgaenge/%.*s?getan=%s",
                                           STR_ARG(request_param(req, "id")), done));
    Str problem;

    return problem_take(req, err, &problem) && show(req, res, problem, err);
}

/* --- What waits ----------------------------------------------------------------------------------
 */

static ProposalRow row_of(Request *req, Tx *tx, const Proposal *proposal, const Action *action)
{
    return (ProposalRow){.path = str_printf(req->arena, "/desk/vorgaenge/%lld/vorschlaege/%lld",
                                            (long long)proposal->case_id, (long long)proposal->id),
                         .number = proposal->number,
                         .applicant = proposal->applicant,
                         .label = text_in(action->label, STR("de")),
                         .office = desk_office_name(req, proposal->office),
                         .by = desk_staff_name(tx, proposal->by, req->arena),
                         .at = timestamp_long(req->arena, proposal->at, STR("de")),
                         .reason =
                             str_is(proposal->status, "returned") ? proposal->reason : STR_NONE};
}

static const Action *find_action(Request *req, const Proposal *proposal, Err *err)
{
    const Package *package = tenant_package_version(req->tenant, proposal->version, err);
    const Procedure *procedure = package ? package_procedure(package, proposal->procedure) : NULL;

    return procedure && procedure->process ? process_action(procedure->process, proposal->action)
                                           : NULL;
}

typedef struct ProposalLists {
    struct ProposalList {
        ProposalRow *items;
        size_t count, capacity;
    } waiting, mine, returned;
} ProposalLists;

static bool fill_cases(Request *req, Tx *tx, ProposalLists *lists, Err *err)
{
    Proposal *all;
    size_t count;

    if (!case_proposals(tx, req->session.staff_id, req->arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const Proposal *proposal = &all[i];
        const Action *action = find_action(req, proposal, err);
        bool may = desk_may_decide(req, proposal->office, proposal->service) &&
                   (!proposal->protected_office.ptr ||
                    desk_may_see_protected(req, proposal->protected_office, proposal->service));

        if (err->kind != ERR_NONE)
            return false;
        if (!action || !may)
            continue;
        ProposalRow row = row_of(req, tx, proposal, action);

        if (str_is(proposal->status, "returned"))
            VEC_PUSH(req->arena, &lists->returned, row);
        else if (proposal->by == req->session.staff_id)
            VEC_PUSH(req->arena, &lists->mine, row);
        else
            VEC_PUSH(req->arena, &lists->waiting, row);
    }
    return true;
}

/* --- Of registers --- */

static Str correcting_office(Request *req, const Package *package)
{
    for (size_t i = 0; i < package->office_count; i++)
        if (ident_may(req->session.staff, "register.correct", package->offices[i], package->id))
            return desk_office_name(req, package->offices[i]);
    return STR_NONE;
}

static ProposalRow act_row(Request *req, Tx *tx, const DeskRegister *reg, const RegisterAct *act)
{
    ActLink link = desk_act_link(reg, tx, act, req->arena);

    return (ProposalRow){.path = link.path,
                         .number = act->entry_id ? link.title : STR("Neuer Eintrag"),
                         .applicant = reg->name,
                         .label = link.what,
                         .office = correcting_office(req, reg->package),
                         .by = desk_staff_name(tx, act->by, req->arena),
                         .at = timestamp_long(req->arena, act->at, STR("de")),
                         .reason = act->answer};
}

/* What somebody wants to write into a register, beside the decisions. */
static bool add_register(Request *req, Tx *tx, const DeskRegister *reg, ProposalLists *lists,
                         Err *err)
{
    RegisterAct *acts;
    size_t count;

    if (!register_act_waiting(tx, reg->spec->id, 0, req->arena, &acts, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        ProposalRow row = act_row(req, tx, reg, &acts[i]);

        if (acts[i].by == req->session.staff_id)
            VEC_PUSH(req->arena, &lists->mine, row);
        else
            VEC_PUSH(req->arena, &lists->waiting, row);
    }
    if (!register_act_returned(tx, reg->spec->id, req->session.staff_id, req->arena, &acts, &count,
                               err))
        return false;
    for (size_t i = 0; i < count; i++)
        VEC_PUSH(req->arena, &lists->returned, act_row(req, tx, reg, &acts[i]));
    return true;
}

static bool fill_registers(Request *req, Tx *tx, ProposalLists *lists, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < packages[i]->register_count; k++) {
            DeskRegister reg;

            if (desk_register_of(req, packages[i], packages[i]->registers[k].id, &reg) &&
                desk_register_may(req, &reg, "register.correct") &&
                !add_register(req, tx, &reg, lists, err))
                return false;
        }
    return true;
}

bool desk_proposals_page(Request *req, Response *res, Err *err)
{
    ProposalLists lists = {0};
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    err_clear(err);
    bool ok = fill_cases(req, tx, &lists, err) && fill_registers(req, tx, &lists, err);

    tx_end(tx);
    if (!ok)
        return false;
    ListPart part = list_part(req, STR("/desk/zustimmungen"), lists.waiting.count, WAITING_SHOWN);
    ProposalsPage page = {.waiting = part.count ? lists.waiting.items + part.first : NULL,
                          .waiting_count = part.count,
                          .waiting_total = lists.waiting.count,
                          .pages = part.pages,
                          .mine = lists.mine.items,
                          .mine_count = lists.mine.count,
                          .returned = lists.returned.items,
                          .returned_count = lists.returned.count};

    page_desk_proposals(&out, &page);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("Zustimmungen"),
                                  .active = STR("/desk/zustimmungen"),
                                  .wide = true},
                     out_html(&out));
}
