/* SPDX-License-Identifier: EUPL-1.2 */
/* What stands around the data of a case: documents, tasks, actions, charges. */
#include "cases/desk_case.h"

#include "base/vec.h"
#include "cases/case_proposal.h"
#include "core/http/request.h"
#include "core/store/file.h"
#include "pay/pay.h"

/* --- The parts around the data
 * ---------------------------------------------------------------------- */

bool case_load_findings(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;

    if (!case_findings(load->tx, load->desk.c.id, load->arena, &view->findings,
                       &view->finding_count, err))
        return false;
    for (size_t i = 0; i < view->finding_count; i++)
        view->open_findings += str_is(view->findings[i].status, "open");
    return true;
}

static const char *document_word(Str kind)
{
    return str_is(kind, "upload")    ? "Unterlage"
           : str_is(kind, "receipt") ? "Quittung"
           : str_is(kind, "scan")    ? "Schriftstück"
                                     : "Brief";
}

static void fill_mark(CaseLoad *load, const Document *document, DeskDocument *out)
{
    bool rejected = str_is(document->mark, "rejected"),
         accepted = str_is(document->mark, "accepted");

    if (!document->mark.ptr)
        return;
    out->mark = document->mark;
    out->mark_word = rejected ? STR("abgelehnt") : accepted ? STR("angenommen") : STR("gesehen");
    out->mark_tone = rejected ? TONE_DANGER : accepted ? TONE_SUCCESS : TONE_INFO;
    out->mark_reason = document->mark_reason;
    out->marked_by = desk_staff_name(load->tx, document->marked_by, load->arena);
}

static void fill_release(CaseLoad *load, const Document *document, DeskDocument *out)
{
    out->releasable = document_may_release(document);
    load->view->releasable += out->releasable;
    if (!document->released)
        return;
    out->released =
        str_printf(load->arena, "am %.*s von %.*s",
                   STR_ARG(timestamp_long(load->arena, document->released, STR("de"))),
                   STR_ARG(desk_staff_name(load->tx, document->released_by, load->arena)));
    out->release_note = document->release_note;
    if (document->read)
        out->opened = timestamp_long(load->arena, document->read, STR("de"));
}

/* The document that the address asks for, and how. */
static void find_shown(CaseLoad *load)
{
    CaseView *view = load->view;
    Str asked = request_query(load->req, "dokument"),
        refused = request_param(load->req, "dokument"); /* a form about it */
    int64_t id = 0, turned = 0;

    str_to_i64(refused.ptr ? refused : asked, &id);
    str_to_i64(request_query(load->req, "drehen"), &turned);
    for (size_t i = 0; i < view->document_count; i++)
        if (view->documents[i].id == id && view->documents[i].ready)
            view->shown = &view->documents[i];
    view->turned = turned == 90 || turned == 180 || turned == 270 ? (int)turned : 0;
    view->large = request_query(load->req, "gross").ptr != NULL;
}

bool case_load_documents(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    Document *documents;
    size_t count;

    if (!case_documents(load->tx, load->desk.c.id, load->arena, &documents, &count, err))
        return false;
    view->documents = arena_array(load->arena, DeskDocument, count);
    for (size_t i = 0; i < count; i++) {
        const Document *document = &documents[i];

        if (document->protected_office.ptr &&
            !desk_may_see_protected(load->req, document->protected_office, load->desk.package->id))
            continue;
        DeskDocument *row = &view->documents[view->document_count++];

        *row = (DeskDocument){
            .id = document->id,
            .title = document->title,
            .kind = str_c(document_word(document->kind)),
            .when = date_absent(document->received)
                        ? timestamp_long(load->arena, document->created, STR("de"))
                        : date_long(load->arena, document->received, STR("de")),
            .size = document->size ? desk_size(load->arena, document->size) : STR(""),
            .path = str_printf(load->arena, "%.*s/dokumente/%lld", STR_ARG(view->path),
                               (long long)document->id),
            .view = str_printf(load->arena, "%.*s?dokument=%lld", STR_ARG(view->path),
                               (long long)document->id),
            .field = document->path,
            .sha256 = document->sha256,
            .ready = document_ready(document),
            .image = str_starts_with(document->type, "image/"),
            .pdf = str_is(document->type, "application/pdf")};
        fill_mark(load, document, row);
        fill_release(load, document, row);
    }
    find_shown(load);
    return true;
}

static void fill_results(CaseLoad *load, const Task *task, TaskRow *row)
{
    const TaskSpec *spec = process_task(load->desk.process, task->task);

    if (!spec || spec->result_count == 0)
        return;
    row->results = arena_array(load->arena, OptionView, spec->result_count);
    for (size_t i = 0; i < spec->result_count; i++) {
        row->results[i] = (OptionView){.value = spec->results[i].value,
                                       .label = text_in(spec->results[i].label, STR("de"))};
        if (task->done && str_eq(task->result, spec->results[i].value))
            row->result = row->results[i].label;
    }
    row->result_count = spec->result_count;
}

/* A protected task is there for everybody, but what came of it only for its office. */
bool case_load_tasks(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    Str service = load->desk.package->id;
    Task *tasks;
    size_t count;

    if (!case_tasks(load->tx, load->desk.c.id, load->arena, &tasks, &count, err))
        return false;
    view->tasks = arena_array(load->arena, TaskRow, count);
    for (size_t i = 0; i < count; i++) {
        const Task *task = &tasks[i];
        bool visible =
            !task->protected_ || desk_may_see_protected(load->req, task->office, service);
        TaskRow row = {.id = task->id,
                       .label = task->label,
                       .office = desk_office_name(load->req, task->office),
                       .result = visible ? task->result : STR_NONE,
                       .done = task->done,
                       .mine = !task->done && visible &&
                               desk_may_decide(load->req, task->office, service)};

        if (!visible && !task->done)
            row.label = STR("Geschützte Prüfung");
        else if (!visible)
            row.label = STR("Geschützte Prüfung (abgeschlossen)");
        else
            fill_results(load, task, &row);
        view->open_tasks += !task->done;
        view->tasks[view->task_count++] = row;
    }
    return true;
}

bool case_load_actions(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    ActionView *actions;
    size_t count;

    if (!case_actions(load->tx, load->req->tenant, load->desk.package, &load->desk.c,
                      load->req->today, load->arena, &actions, &count, err))
        return false;
    view->actions = arena_array(load->arena, ActionRow, count);
    for (size_t i = 0; i < count; i++)
        if (desk_may_act(load->req, &load->desk, actions[i].action))
            view->actions[view->action_count++] =
                (ActionRow){.id = actions[i].action->id,
                            .label = text_in(actions[i].action->label, STR("de")),
                            .why_not = actions[i].why_not,
                            .allowed = actions[i].allowed};
    return true;
}

/* Only who may do the action sees what is proposed. */
bool case_load_proposal(CaseLoad *load, Err *err)
{
    Proposal proposal;

    if (!case_proposal_open(load->tx, load->desk.c.id, load->arena, &proposal, err))
        return false;
    const Action *action = proposal.id ? process_action(load->desk.process, proposal.action) : NULL;

    if (!action || !desk_may_act(load->req, &load->desk, action))
        return true;
    load->view->proposal.path = str_printf(load->arena, "%.*s/vorschlaege/%lld",
                                           STR_ARG(load->view->path), (long long)proposal.id);
    load->view->proposal.label = text_in(action->label, STR("de"));
    load->view->proposal.by = desk_staff_name(load->tx, proposal.by, load->arena);
    load->view->proposal.at = timestamp_long(load->arena, proposal.at, STR("de"));
    load->view->proposal.mine = proposal.by == load->req->session.staff_id;
    return true;
}

/* The latest reason of the amount. */
static bool charge_reason(CaseLoad *load, int64_t charge, Str *out, Err *err)
{
    ChargeReason *reasons;
    size_t count;

    if (!pay_reasons_of(load->tx, charge, load->arena, &reasons, &count, err))
        return false;
    *out = count ? reasons[0].text : STR_NONE;
    return true;
}

bool case_load_charges(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    Charge *charges;
    size_t count;

    if (!pay_charges_of(load->tx, case_subject(&load->desk.c, load->arena), load->arena, &charges,
                        &count, err))
        return false;
    view->explained = desk_explains(&load->desk);
    view->charges = arena_array(load->arena, ChargeRow, count);
    for (size_t i = 0; i < count; i++) {
        ChargeRow *row = &view->charges[view->charge_count++];
        *row = (ChargeRow){.purpose = charges[i].purpose,
                           .amount = money_text(load->arena, charges[i].owed_cents, STR("de")),
                           .paid = money_text(load->arena, charges[i].paid_cents, STR("de")),
                           .due = date_long(load->arena, charges[i].due, STR("de")),
                           .reference = charges[i].payment_reference};
        if (!charge_reason(load, charges[i].id, &row->reason, err))
            return false;
    }
    return true;
}
