/* SPDX-License-Identifier: EUPL-1.2 */
/* The case page: what is to be decided on top, findings beside the data they concern, then tasks,
 * documents, charges and the folded history. Every look is noted and shown to the applicant. */
#include "cases/desk_case.h"

#include "cases/desk_case.html.h"
#include "core/http/request.h"

/* --- Head
 * ------------------------------------------------------------------------------------------------
 */

static void load_head(CaseLoad *load)
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

static bool load_staff(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    Staff *staff;
    size_t count;

    Absence *absences;
    size_t absence_count;
    Date today = load->req->today;

    view->may_assign = desk_may_assign(load->req, &load->desk);
    if (!view->may_assign)
        return true;
    if (!ident_staff_list(load->tx, load->arena, &staff, &count, err) ||
        !ident_absences(load->tx, today, load->arena, &absences, &absence_count, err))
        return false;
    load->staff = staff;
    load->staff_count = count;
    view->staff = arena_array(load->arena, OptionView, count);
    for (size_t i = 0; i < count; i++) {
        if (desk_may_in_case(&staff[i], "case.decide", &load->desk))
            view->staff[view->staff_count++] =
                (OptionView){.value = str_printf(load->arena, "%lld", (long long)staff[i].id),
                             .label = desk_person_label(load->arena, absences, absence_count, staff,
                                                        count, &staff[i], today),
                             .selected = staff[i].id == load->desk.c.assigned_to};
    }
    return true;
}

static bool load_case(CaseLoad *load, Err *err)
{
    if (!desk_case(load->req, load->tx, &load->desk, err))
        return false;
    load_head(load);
    return load_staff(load, err) && case_load_findings(load, err) &&
           case_load_documents(load, err) && case_load_tasks(load, err) &&
           case_load_actions(load, err) && case_load_proposal(load, err) &&
           case_load_charges(load, err) && case_load_links(load, err) &&
           case_load_memo(load, err) && case_load_history(load, err) && case_load_news(load, err);
}

/* --- The page
 * ---------------------------------------------------------------------------------------------- */

typedef struct Note {
    const Case *c;
    int64_t staff_id;
    Str purpose;
} Note;

static bool write_note(Tx *tx, void *context, Err *err)
{
    const Note *note = context;

    return case_access_note(tx, note->c, note->staff_id, note->purpose, err);
}

bool desk_note_access(Request *req, const Case *c, const char *purpose, Err *err)
{
    Note note = {c, req->session.staff_id, str_c(purpose)};

    return db_write(req->tenant->db, write_note, &note, err);
}

/* What was just done, by the word that its redirect carries. */
static const struct {
    const char *word, *text;
} NOTICES[] = {
    {"nachgefordert", "Die Nachforderung ist verschickt."},
    {"entschieden", "Ihre Entscheidung ist gespeichert."},
    {"vorgeschlagen", "Ihr Vorschlag liegt jetzt zur Zustimmung."},
    {"zurueckgegeben", "Der Vorschlag ist zurückgegeben."},
    {"zurueckgenommen", "Ihr Vorschlag ist zurückgenommen."},
    {"wiedervorlage", "Die Wiedervorlage ist angelegt."},
    {"erinnert", "Die Wiedervorlage ist erledigt."},
    {"verschoben", "Die Wiedervorlage ist verschoben."},
    {"frist", "Die Frist ist geändert."},
    {"notiz", "Ihre Notiz ist gespeichert."},
    {"aufgabe", "Die Aufgabe ist erledigt."},
    {"uebernommen", "Sie haben diesen Vorgang übernommen."},
    {"zustaendig", "Die Zuständigkeit ist geändert."},
    {"verknuepft", "Die Vorgänge sind verknüpft."},
    {"geloest", "Die Verbindung ist gelöst."},
    {"zusammengefuehrt",
     "Der Vorgang ist zusammengeführt. Die antragstellende Person erfährt davon."},
    {"getrennt", "Die Zusammenführung ist zurückgenommen."},
    {"brief", "Ihr Brief wird verschickt."},
    {"merkmal", "Das Dokument ist gekennzeichnet."},
    {"dokument", "Das Dokument liegt jetzt im Vorgang."},
    {"hinweis", "Der Prüfhinweis ist gespeichert."},
};

static Str notice_text(Str done)
{
    for (size_t i = 0; i < sizeof NOTICES / sizeof *NOTICES; i++)
        if (str_is(done, NOTICES[i].word))
            return str_c(NOTICES[i].text);
    return STR_NONE;
}

/* The case page; `problem` (may be STR_NONE) is said on top. */
bool desk_case_show(Request *req, Response *res, Str problem, Err *err)
{
    Out out = out_for(req);
    CaseView view = {.problem = problem, .notice = notice_text(request_query(req, "getan"))};
    CaseLoad load = {.req = req, .view = &view, .arena = req->arena};
    ListView list = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    load.tx = tx;
    bool ok = load_case(&load, err) && desk_list_beside(req, tx, load.desk.c.id, &list, err);

    tx_end(tx);
    if (!ok || (!view.looked && !desk_note_access(req, &load.desk.c, "Vorgang angesehen", err)))
        return false;
    case_load_data(&load);
    view.list = &list;
    view.query = desk_list_query(req, &list.filter);
    page_desk_case(&out, &view);
    if (problem.ptr)
        res->status = 409;
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = str_printf(req->arena, "%.*s %.*s", STR_ARG(view.number),
                                                      STR_ARG(view.applicant)),
                                  .active = STR("/desk/vorgaenge"),
                                  .wide = true},
                     out_html(&out));
}

bool desk_case_page(Request *req, Response *res, Err *err)
{
    return desk_case_show(req, res, STR_NONE, err);
}
