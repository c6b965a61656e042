/* SPDX-License-Identifier: EUPL-1.2 */
/* The case page: what is to be decided on top, findings beside the data they concern, then tasks,
 * documents, charges and the folded history. Every look is noted and shown to the applicant. */
#include "cases/desk.h"

#include "base/vec.h"
#include "cases/desk_case.html.h"
#include "core/http/request.h"
#include "core/store/event.h"
#include "core/store/file.h"
#include "pay/pay.h"

typedef struct CaseLoad {
    Request *req;
    Tx *tx;
    DeskCase desk;
    CaseView *view;
    Arena *arena;
} CaseLoad;

/* --- Findings ----------------------------------------------------------------------------------
 */

static const char *status_word(Str status)
{
    return str_is(status, "asked")       ? "nachgefordert"
           : str_is(status, "answered")  ? "beantwortet"
           : str_is(status, "resolved")  ? "erledigt"
           : str_is(status, "dismissed") ? "nicht von Belang"
                                         : "offen";
}

static const char *kind_word(Str kind)
{
    return str_is(kind, "missing")         ? "Fehlt"
           : str_is(kind, "contradictory") ? "Widerspruch"
           : str_is(kind, "outdated")      ? "Veraltet"
                                           : "Ungewöhnlich";
}

static FindingRow finding_row(const CaseLoad *load, const Finding *finding)
{
    bool open = str_is(finding->status, "open");

    return (FindingRow){.id = finding->id,
                        .message = finding->message,
                        .request = finding->request,
                        .kind = str_c(kind_word(finding->kind)),
                        .status = str_c(status_word(finding->status)),
                        .reason = finding->reason,
                        .open = open && !load->view->closed,
                        .askable = open && !str_empty(finding->request)};
}

/* Findings of a path, or of a part of the field that has no row of its own. */
static void attach_findings(CaseLoad *load, DataRow *row, const Finding *findings, size_t count,
                            bool *used)
{
    struct {
        FindingRow *items;
        size_t count, capacity;
    } list = {0};

    for (size_t i = 0; i < count; i++) {
        if (used[i] || !str_eq(findings[i].path, row->path) ||
            str_is(findings[i].status, "resolved"))
            continue;
        used[i] = true;
        VEC_PUSH(load->arena, &list, finding_row(load, &findings[i]));
    }
    row->findings = list.items;
    row->finding_count = list.count;
}

/* --- Data
 * ------------------------------------------------------------------------------------------ */

typedef struct RowList {
    DataRow *items;
    size_t count, capacity;
} RowList;

static Str path_id(Arena *arena, Str path)
{
    char *id = str_cstr(arena, path);

    for (char *p = id; *p; p++)
        if (*p == '.' || *p == '[' || *p == ']')
            *p = '-';
    return str_printf(arena, "daten-%s", id);
}

static void add_files(CaseLoad *load, DataRow *row, const Node *value)
{
    FileView *files = arena_array(load->arena, FileView, value->count);

    for (size_t i = 0; i < value->count; i++) {
        Str sha256 = node_get_text(value->items[i], "sha256");

        files[i].name = node_get_text(value->items[i], "name");
        files[i].size = desk_size(load->arena, node_get_i64(value->items[i], "size", 0));
        for (size_t k = 0; k < load->view->document_count; k++)
            if (str_eq(load->view->documents[k].sha256, sha256) &&
                str_eq(load->view->documents[k].field, row->path))
                files[i].path = load->view->documents[k].path;
    }
    row->files = files;
    row->file_count = value->count;
}

static void add_field(CaseLoad *load, RowList *rows, const FormField *field, const Node *value,
                      Str path);

static void add_group(CaseLoad *load, RowList *rows, const FormField *field, const Node *value,
                      Str path)
{
    size_t items = field->repeats ? value->count : 1;

    for (size_t i = 0; i < items; i++) {
        const Node *item = field->repeats ? value->items[i] : value;
        Str inside = field->repeats ? str_printf(load->arena, "%.*s[%zu]", STR_ARG(path), i) : path;
        const Node *name = field->repeats && field->item_label ? field->item_label : field->label;
        Str label = text_in(name, STR("de"));

        VEC_PUSH(load->arena, rows,
                 (DataRow){.kind = DATA_GROUP,
                           .label = field->repeats
                                        ? str_printf(load->arena, "%.*s %zu", STR_ARG(label), i + 1)
                                        : label,
                           .path = inside,
                           .id = path_id(load->arena, inside)});
        for (size_t k = 0; k < field->field_count; k++)
            add_field(load, rows, field->fields[k], node_get_str(item, field->fields[k]->id),
                      str_printf(load->arena, "%.*s.%.*s", STR_ARG(inside),
                                 STR_ARG(field->fields[k]->id)));
    }
}

/* A field without a value has a row only when a finding concerns it. */
static bool concerned(const CaseLoad *load, Str path)
{
    for (size_t i = 0; i < load->view->finding_count; i++)
        if (str_eq(load->view->findings[i].path, path) &&
            !str_is(load->view->findings[i].status, "resolved"))
            return true;
    return false;
}

static void add_field(CaseLoad *load, RowList *rows, const FormField *field, const Node *value,
                      Str path)
{
    if (field->type == FIELD_HEADING || field->type == FIELD_NOTE)
        return;
    if (node_is_null(value) && !concerned(load, path))
        return;
    if (field->type == FIELD_GROUP && value) {
        add_group(load, rows, field, value, path);
        return;
    }
    DataRow row = {.kind = DATA_VALUE,
                   .label = text_in(field->label, STR("de")),
                   .path = path,
                   .id = path_id(load->arena, path)};

    if (!node_is_null(value) && field->type == FIELD_UPLOAD)
        add_files(load, &row, value);
    else if (!node_is_null(value))
        row.value = form_value_to_text(field, value, STR("de"), load->arena);
    VEC_PUSH(load->arena, rows, row);
}

static void load_data(CaseLoad *load)
{
    const Form *form = load->desk.process->form;
    CaseView *view = load->view;
    RowList rows = {0};
    bool *used = arena_alloc(load->arena, view->finding_count + 1);

    for (size_t i = 0; i < form->page_count; i++) {
        size_t before = rows.count;

        VEC_PUSH(load->arena, &rows,
                 (DataRow){.kind = DATA_PAGE, .label = text_in(form->pages[i].title, STR("de"))});
        for (size_t k = 0; k < form->pages[i].field_count; k++) {
            const FormField *field = form->pages[i].fields[k];

            add_field(load, &rows, field, node_get_str(load->desk.c.data, field->id), field->id);
        }
        if (rows.count == before + 1)
            rows.count = before;
    }
    for (size_t i = 0; i < rows.count; i++)
        if (rows.items[i].path.ptr)
            attach_findings(load, &rows.items[i], view->findings, view->finding_count, used);
    for (size_t i = 0; i < view->finding_count; i++) /* of fields that are not shown any more */
        if (!used[i] && !str_is(view->findings[i].status, "resolved")) {
            DataRow row = {.kind = DATA_VALUE,
                           .label = STR("Weitere Prüfhinweise"),
                           .path = view->findings[i].path,
                           .id = path_id(load->arena, view->findings[i].path)};

            attach_findings(load, &row, view->findings, view->finding_count, used);
            VEC_PUSH(load->arena, &rows, row);
        }
    view->data = rows.items;
    view->data_count = rows.count;
}

/* --- The parts around the data
 * ---------------------------------------------------------------------- */

static bool load_findings(CaseLoad *load, Err *err)
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
    return str_is(kind, "upload") ? "Unterlage" : str_is(kind, "receipt") ? "Quittung" : "Brief";
}

static bool load_documents(CaseLoad *load, Err *err)
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
        view->documents[view->document_count++] = (DeskDocument){
            .id = document->id,
            .title = document->title,
            .kind = str_c(document_word(document->kind)),
            .when = timestamp_long(load->arena, document->created, STR("de")),
            .size = document->size ? desk_size(load->arena, document->size) : STR(""),
            .path = str_printf(load->arena, "%.*s/dokumente/%lld", STR_ARG(view->path),
                               (long long)document->id),
            .field = document->path,
            .sha256 = document->sha256,
            .ready = document_ready(document),
            .image = str_starts_with(document->type, "image/"),
            .pdf = str_is(document->type, "application/pdf")};
    }
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
static bool load_tasks(CaseLoad *load, Err *err)
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

static bool load_actions(CaseLoad *load, Err *err)
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

static bool load_charges(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    Charge *charges;
    size_t count;

    if (!pay_charges_of(load->tx, case_subject(&load->desk.c, load->arena), load->arena, &charges,
                        &count, err))
        return false;
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

/* --- History
 * ----------------------------------------------------------------------------------------- */

static Str paths_text(Arena *arena, const Node *paths)
{
    return str_printf(arena, "%zu %s", paths ? paths->count : 0,
                      paths && paths->count == 1 ? "Angabe" : "Angaben");
}

/* One event in words. False: it is not shown. */
static bool event_words(CaseLoad *load, const Event *event, HistoryRow *row)
{
    const Process *process = load->desk.process;
    Str hidden = node_get_text(event->data, "protected");

    if (str_is(event->type, "case.submitted")) {
        row->what = STR("Antrag eingegangen");
    } else if (str_is(event->type, "case.state")) {
        row->what =
            str_printf(load->arena, "Neuer Stand: %.*s",
                       STR_ARG(desk_state_label(process, node_get_text(event->data, "state"))));
    } else if (str_is(event->type, "case.action")) {
        const Action *action = process_action(process, node_get_text(event->data, "action"));

        if (hidden.ptr && !desk_may_see_protected(load->req, hidden, load->desk.package->id))
            row->what = str_printf(load->arena, "Geschützte Entscheidung (%.*s)",
                                   STR_ARG(desk_office_name(load->req, hidden)));
        else
            row->what = action ? text_in(action->label, STR("de")) : STR("Entscheidung");
    } else if (str_is(event->type, "case.asked")) {
        row->what = STR("Nachgefordert");
        row->text = paths_text(load->arena, node_get(event->data, "paths"));
    } else if (str_is(event->type, "case.answered")) {
        row->what = STR("Antwort eingegangen");
        row->text = paths_text(load->arena, node_get(event->data, "paths"));
    } else if (str_is(event->type, "case.note")) {
        row->what = STR("Notiz");
        row->text = node_get_text(event->data, "text");
    } else if (str_is(event->type, "case.assigned")) {
        int64_t staff = node_get_i64(event->data, "staff", 0);

        row->what = STR("Zuständigkeit geändert");
        row->text = staff ? desk_staff_name(load->tx, staff, load->arena) : STR("niemand");
    } else if (str_is(event->type, "case.finding_added")) {
        row->what = STR("Prüfhinweis ergänzt");
    } else if (str_is(event->type, "case.finding_dismissed")) {
        row->what = STR("Prüfhinweis nicht von Belang");
        row->text = node_get_text(event->data, "reason");
    } else if (str_is(event->type, "case.task_done")) {
        row->what = STR("Aufgabe erledigt");
    } else if (str_is(event->type, "case.document")) {
        row->what = STR("Dokument erstellt");
    } else {
        return false;
    }
    return true;
}

static bool load_history(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    Event *events;
    size_t count;

    if (!event_list(load->tx, case_subject(&load->desk.c, load->arena), load->arena, &events,
                    &count, err))
        return false;
    view->history = arena_array(load->arena, HistoryRow, count);
    for (size_t i = count; i-- > 0;) {
        HistoryRow row = {.when = timestamp_long(load->arena, events[i].at, STR("de")),
                          .who = desk_actor_name(load->tx, events[i].actor, load->arena)};

        if (event_words(load, &events[i], &row))
            view->history[view->history_count++] = row;
    }
    return true;
}

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

    view->may_assign = view->may_work || request_may(load->req, "case.assign");
    if (!view->may_assign)
        return true;
    if (!ident_staff_list(load->tx, load->arena, &staff, &count, err))
        return false;
    view->staff = arena_array(load->arena, OptionView, count);
    for (size_t i = 0; i < count; i++) {
        if (desk_may_in_case(&staff[i], "case.decide", &load->desk))
            view->staff[view->staff_count++] =
                (OptionView){.value = str_printf(load->arena, "%lld", (long long)staff[i].id),
                             .label = staff[i].name,
                             .selected = staff[i].id == load->desk.c.assigned_to};
    }
    return true;
}

static bool load_case(CaseLoad *load, Err *err)
{
    if (!desk_case(load->req, load->tx, &load->desk, err))
        return false;
    load_head(load);
    return load_staff(load, err) && load_findings(load, err) && load_documents(load, err) &&
           load_tasks(load, err) && load_actions(load, err) && load_charges(load, err) &&
           load_history(load, err) &&
           desk_explain(load->req, load->tx, &load->desk, &load->view->explanation, err);
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

static Str notice_text(Str done)
{
    return str_is(done, "nachgefordert") ? STR("Die Nachforderung ist verschickt.")
           : str_is(done, "entschieden") ? STR("Ihre Entscheidung ist gespeichert.")
           : str_is(done, "notiz")       ? STR("Ihre Notiz ist gespeichert.")
           : str_is(done, "aufgabe")     ? STR("Die Aufgabe ist erledigt.")
           : str_is(done, "zustaendig")  ? STR("Die Zuständigkeit ist geändert.")
           : str_is(done, "hinweis")     ? STR("Der Prüfhinweis ist gespeichert.")
                                         : STR_NONE;
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
    bool ok = load_case(&load, err) && desk_list_load(req, tx, load.desk.c.id, 30, &list, err);

    tx_end(tx);
    if (!ok || !desk_note_access(req, &load.desk.c, "Vorgang angesehen", err))
        return false;
    load_data(&load);
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

/* --- Documents
 * ------------------------------------------------------------------------------------------------
 */

static bool find_document(Request *req, Tx *tx, DeskCase *desk, Document *document, Err *err)
{
    int64_t id = 0;

    str_to_i64(request_param(req, "dokument"), &id);
    if (!desk_case(req, tx, desk, err) ||
        !case_document_by_id(tx, desk->c.id, id, req->arena, document, err))
        return false;
    if (document->protected_office.ptr &&
        !desk_may_see_protected(req, document->protected_office, desk->package->id))
        return err_set(err, ERR_FORBIDDEN, "Dieses Dokument sieht nur das entscheidende Amt.");
    return true;
}

bool desk_document_page(Request *req, Response *res, Err *err)
{
    DeskCase desk;
    Document document;
    Str bytes;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && find_document(req, tx, &desk, &document, err);

    if (tx)
        tx_end(tx);
    if (!ok || !case_document_bytes(req->tenant, desk.c.id, &document, req->arena, &bytes, err) ||
        !desk_note_access(req, &desk.c, "Dokument angesehen", err))
        return false;
    bool shown = str_is(document.type, "application/pdf") || str_is(document.type, "image/png") ||
                 str_is(document.type, "image/jpeg");

    return respond_bytes(res, req->arena, document.type, bytes, shown ? STR_NONE : document.title);
}
