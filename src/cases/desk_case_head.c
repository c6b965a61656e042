/* SPDX-License-Identifier: EUPL-1.2 */
/* What is known about a case as a whole, and to whom it may be given. */
#include "cases/desk_case.h"

#include "core/http/request.h"

void case_load_head(CaseLoad *load)
{
    const Case *c = &load->desk.c;
    CaseView *view = load->view;
    const State *state = process_state(load->desk.process, c->state);

    view->id = c->id;
    view->path = str_printf(load->arena, "/desk/vorgaenge/%lld", (long long)c->id);
    view->number = c->number;
    view->applicant = c->applicant;
    view->procedure = text_in(load->desk.procedure->name, STR("de"));
    view->state = desk_state_label(load->desk.process, c->state);
    view->waiting = state && state->waits_for_applicant;
    view->closed = c->closed;
    view->paused = c->paused;
    view->email = c->email;
    view->channel = str_is(c->channel, "api")    ? STR("Schnittstelle")
                    : str_is(c->channel, "desk") ? STR("Aufnahme am Schreibtisch")
                                                 : STR("Portal");
    view->submitted = timestamp_long(load->arena, c->submitted, STR("de"));
    view->deadline_label = text_in(load->desk.process->deadline_label, STR("de"));
    if (c->paused)
        view->due = str_printf(load->arena, "Frist ruht, noch %d Tage", c->clock_left);
    else if (!date_absent(c->deadline))
        view->due = str_printf(
            load->arena, "%.*s (%.*s)",
            STR_ARG(desk_days(load->arena, load->req->today, c->deadline, &view->due_tone)),
            STR_ARG(date_long(load->arena, c->deadline, STR("de"))));
    view->ask_note = c->ask_note;
    if (!date_absent(c->ask_until))
        view->ask_until = date_long(load->arena, c->ask_until, STR("de"));
    view->may_work = desk_may_in_case(load->req->session.staff, "case.decide", &load->desk);
    view->may_ask = view->may_work && !c->closed && process_waiting_state(load->desk.process);
    view->assigned = desk_staff_name(load->tx, c->assigned_to, load->arena);
    view->assigned_to_me = c->assigned_to == load->req->session.staff_id;
}

/* The kept list of people is held until the page is written. */
bool case_load_staff(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    Date today = load->req->today;

    view->may_assign = desk_may_assign(load->req, &load->desk);
    if (!view->may_assign)
        return true;
    if (!desk_people(load->tx, today, &load->people, &load->kept, err))
        return false;
    const DeskPeople *people = load->people;

    view->staff = arena_array(load->arena, OptionView, people->staff_count);
    for (size_t i = 0; i < people->staff_count; i++) {
        const Staff *staff = &people->staff[i];

        if (desk_may_in_case(staff, "case.decide", &load->desk))
            view->staff[view->staff_count++] = (OptionView){
                .value = str_printf(load->arena, "%lld", (long long)staff->id),
                .label = desk_person_label(load->arena, people->absences, people->absence_count,
                                           people->staff, people->staff_count, staff, today),
                .selected = staff->id == load->desk.c.assigned_to};
    }
    return true;
}
