/* SPDX-License-Identifier: EUPL-1.2 */
/* Notes and reminders on the case page, and the small pages that make and change them. */
#include "cases/case_later.h"
#include "cases/case_memo.h"
#include "cases/desk_case.h"
#include "cases/desk_step.h"
#include "cases/desk_work.h"

#include "core/http/request.h"
#include "core/page/fields.html.h"

/* --- On the case page ---------------------------------------------------------------------- */

static Str addressee_name(Request *req, Tx *tx, Addressee to)
{
    if (to.staff == req->session.staff_id)
        return STR("für mich");
    return str_printf(req->arena, "für %.*s",
                      STR_ARG(to.staff ? desk_staff_name(tx, to.staff, req->arena)
                                       : desk_office_name(req, to.office)));
}

static bool load_reminders(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    Reminder *reminders;
    size_t count;

    if (!case_reminders(load->tx, load->desk.c.id, load->arena, &reminders, &count, err))
        return false;
    view->reminders = arena_array(load->arena, ReminderRow, count);
    for (size_t i = 0; i < count; i++) {
        const Reminder *reminder = &reminders[i];
        ReminderRow *row = &view->reminders[view->reminder_count++];
        Str name = addressee_name(load->req, load->tx, reminder->to);
        Date today = load->req->today;

        *row = (ReminderRow){.id = reminder->id, .text = reminder->text, .who = name};
        if (date_compare(reminder->due, today) <= 0)
            row->tone = date_compare(reminder->due, today) < 0 ? TONE_DANGER : TONE_WARNING;
        else
            row->tone = TONE_PLAIN;
        Tone unused;

        row->due = desk_days(load->arena, today, reminder->due, &unused);
        if (reminder->created_by != reminder->to.staff)
            row->who =
                str_printf(load->arena, "%.*s, von %.*s", STR_ARG(name),
                           STR_ARG(desk_staff_name(load->tx, reminder->created_by, load->arena)));
    }
    return true;
}

static bool load_planned(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    PlannedDay *days;
    size_t count;

    if (!case_later_planned(load->tx, load->desk.process, &load->desk.c, load->arena, &days, &count,
                            err))
        return false;
    view->planned = arena_array(load->arena, PlannedRow, count);
    for (size_t i = 0; i < count; i++)
        view->planned[view->planned_count++] =
            (PlannedRow){.day = date_long(load->arena, days[i].day, STR("de")),
                         .what = text_in(days[i].action->label, STR("de"))};
    return true;
}

static NoteRow note_row(CaseLoad *load, const CaseNote *note)
{
    Arena *arena = load->arena;
    NoteRow row = {.id = note->id,
                   .when = timestamp_long(arena, note->at, STR("de")),
                   .who = desk_staff_name(load->tx, note->author, arena),
                   .text = note->text,
                   .to = note->to_staff        ? desk_staff_name(load->tx, note->to_staff, arena)
                         : note->to_office.ptr ? desk_office_name(load->req, note->to_office)
                                               : STR_NONE,
                   .correctable = case_note_open(note, load->req->session.staff_id, load->req->now),
                   .older = arena_array(arena, struct NoteBefore, note->older_count),
                   .older_count = note->older_count};

    for (size_t i = 0; i < note->older_count; i++)
        row.older[i] = (struct NoteBefore){timestamp_long(arena, note->older[i].at, STR("de")),
                                           note->older[i].text};
    return row;
}

static void fill_addressees(Request *req, const DeskCase *desk, const Staff *staff, size_t all,
                            OptionView **out, size_t *count)
{
    *count = 0;
    *out = arena_array(req->arena, OptionView, desk->office_count + all);
    for (size_t i = 0; i < desk->office_count; i++)
        if (!str_is(desk->offices[i], "*"))
            (*out)[(*count)++] =
                (OptionView){.value = str_printf(req->arena, "amt/%.*s", STR_ARG(desk->offices[i])),
                             .label = desk_office_name(req, desk->offices[i])};
    for (size_t i = 0; i < all; i++)
        if (desk_may_in_case(&staff[i], "case.read", desk))
            (*out)[(*count)++] =
                (OptionView){.value = str_printf(req->arena, "konto/%lld", (long long)staff[i].id),
                             .label = staff[i].name};
}

bool desk_addressees(Request *req, Tx *tx, const DeskCase *desk, OptionView **out, size_t *count,
                     Err *err)
{
    Staff *staff;
    size_t all;

    if (!ident_staff_list(tx, req->arena, &staff, &all, err))
        return false;
    fill_addressees(req, desk, staff, all, out, count);
    return true;
}

bool case_load_memo(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    CaseNote *notes;
    size_t count;

    if (!load_reminders(load, err) || !load_planned(load, err) ||
        !case_notes(load->tx, load->desk.c.id, load->arena, &notes, &count, err))
        return false;
    view->notes = arena_array(load->arena, NoteRow, count);
    for (size_t i = 0; i < count; i++)
        view->notes[view->note_count++] = note_row(load, &notes[i]);
    if (load->people && view->may_work)
        fill_addressees(load->req, &load->desk, load->people->staff, load->people->staff_count,
                        &view->addressees, &view->addressee_count);
    return true;
}

/* --- For whom ------------------------------------------------------------------------------------
 */

/* "amt/steueramt", "konto/3", or "" for nobody; they must take part in the case. */
static bool read_addressee(Work *work, Tx *tx, const DeskCase *desk, Addressee *out, Err *err)
{
    Str value = request_form(work->req, "an");
    OptionView *options;
    size_t count;

    *out = (Addressee){0};
    if (str_empty(value))
        return true;
    if (!desk_addressees(work->req, tx, desk, &options, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(options[i].value, value))
            continue;
        if (str_starts_with(value, "amt/"))
            out->office = str_slice(value, 4, value.len);
        else
            str_to_i64(str_slice(value, 6, value.len), &out->staff);
        return true;
    }
    return err_set(err, ERR_INPUT, "Wer so heißt, nimmt an diesem Vorgang nicht teil.");
}

/* Done on a page of its own, which comes back when something is wrong. */
static bool step_answer(Request *req, Response *res, WorkFn run, const char *done,
                        bool (*show)(Request *, Response *, Str, Err *), Err *err)
{
    Work work = {.req = req, .run = run};
    Str problem;

    if (desk_work_write(&work, err))
        return respond_redirect(req, res,
                                str_printf(req->arena, "/desk/vorgaenge/%.*s?getan=%s",
                                           STR_ARG(request_param(req, "id")), done));
    return problem_take(req, err, &problem) && show(req, res, problem, err);
}

/* --- Notes
 * ------------------------------------------------------------------------------------------ */

bool desk_add_note(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    Addressee to;
    Str text;

    return desk_need_work(work, desk, err) &&
           desk_form_text(work->req, "text", NOTE_MAX, "Der Text der Notiz", &text, err) &&
           read_addressee(work, tx, desk, &to, err) &&
           case_note_add(tx, &desk->c, text, to, work->req->session.staff_id, work->req->today,
                         err);
}

bool desk_note_post(Request *req, Response *res, Err *err)
{
    return desk_work_answer(req, res, desk_add_note, "notiz", err);
}

typedef struct OneNote {
    int64_t id;
    CaseNote note;
} OneNote;

static bool find_note(Request *req, Tx *tx, DeskCase *desk, void *context, Err *err)
{
    OneNote *one = context;
    CaseNote *notes;
    size_t count;

    str_to_i64(request_param(req, "notiz"), &one->id);
    if (!case_notes(tx, desk->c.id, req->arena, &notes, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (notes[i].id == one->id) {
            one->note = notes[i];
            return case_note_open(&one->note, req->session.staff_id, req->now) ||
                   err_set(err, ERR_FORBIDDEN,
                           "Diese Notiz kann nicht mehr berichtigt werden, oder sie ist nicht von "
                           "Ihnen.");
        }
    return err_set(err, ERR_NOT_FOUND, "Diese Notiz gibt es nicht.");
}

static bool show_note(Request *req, Response *res, Str problem, Err *err)
{
    DeskCase desk;
    OneNote one = {0};
    Str sent = request_form(req, "text");
    Out fields = out_for(req);

    if (!desk_step_case(req, &desk, find_note, &one, err))
        return false;
    page_field_long_text(&fields, &(FieldView){.id = STR("text"),
                                               .name = STR("text"),
                                               .label = STR("Text der Notiz"),
                                               .value = sent.ptr ? sent : one.note.text,
                                               .error = problem,
                                               .max_length = NOTE_MAX});
    StepPage page = desk_step_of(req, &desk);

    page.title = STR("Notiz berichtigen");
    page.lead = STR("Der alte Text bleibt unter der Notiz stehen.");
    page.problem = problem;
    page.fields = out_html(&fields);
    page.button = STR("Notiz speichern");
    return desk_step_show(req, res, &page, err);
}

bool desk_note_page(Request *req, Response *res, Err *err)
{
    return show_note(req, res, STR_NONE, err);
}

static bool correct_note(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    int64_t id = 0;
    Str text;

    str_to_i64(request_param(work->req, "notiz"), &id);
    return desk_need_work(work, desk, err) &&
           desk_form_text(work->req, "text", NOTE_MAX, "Der Text der Notiz", &text, err) &&
           case_note_correct(tx, &desk->c, id, text, work->req->session.staff_id, err);
}

bool desk_note_correct_post(Request *req, Response *res, Err *err)
{
    return step_answer(req, res, correct_note, "notiz", show_note, err);
}

/* --- Reminders
 * -------------------------------------------------------------------------------------- */

static bool load_addressees(Request *req, Tx *tx, DeskCase *desk, void *context, Err *err)
{
    FieldView *field = context;
    OptionView *options;

    if (!desk_addressees(req, tx, desk, &options, &field->option_count, err))
        return false;
    for (size_t i = 0; i < field->option_count; i++)
        options[i].selected = str_eq(options[i].value, field->value);
    field->options = options;
    return true;
}

static bool show_reminder(Request *req, Response *res, Str problem, Err *err)
{
    DeskCase desk;
    Str sent = request_form(req, "an");
    FieldView whom = {
        .id = STR("an"),
        .name = STR("an"),
        .label = STR("Für wen?"),
        .value = sent.ptr ? sent
                          : str_printf(req->arena, "konto/%lld", (long long)req->session.staff_id)};
    Out fields = out_for(req);

    if (!desk_step_case(req, &desk, load_addressees, &whom, err))
        return false;
    page_field_text(&fields, &(FieldView){.id = STR("wann"),
                                          .name = STR("wann"),
                                          .label = STR("Wann?"),
                                          .hint = STR("Zum Beispiel 31.3.2027"),
                                          .value = request_form(req, "wann"),
                                          .width = FIELD_SHORT});
    page_field_text(&fields, &(FieldView){.id = STR("text"),
                                          .name = STR("text"),
                                          .label = STR("Woran wollen Sie erinnert werden?"),
                                          .value = request_form(req, "text"),
                                          .max_length = 500});
    page_field_select(&fields, &whom);
    StepPage page = desk_step_of(req, &desk);

    page.title = STR("Wiedervorlage anlegen");
    page.problem = problem;
    page.fields = out_html(&fields);
    page.button = STR("Wiedervorlage anlegen");
    return desk_step_show(req, res, &page, err);
}

bool desk_reminder_page(Request *req, Response *res, Err *err)
{
    return show_reminder(req, res, STR_NONE, err);
}

static bool future_day(const Request *req, Date *due, Err *err)
{
    if (!desk_form_day(req, "wann", "Der Tag", due, err))
        return false;
    return date_compare(*due, req->today) >= 0 ||
           err_set(err, ERR_INPUT, "Der Tag liegt in der Vergangenheit.");
}

static bool add_reminder(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    Request *req = work->req;
    Addressee to;
    Date due;
    Str text;

    if (!desk_need_work(work, desk, err) || !future_day(req, &due, err) ||
        !desk_form_text(req, "text", 500, "Der Text der Wiedervorlage", &text, err) ||
        !read_addressee(work, tx, desk, &to, err))
        return false;
    if (!to.staff && !to.office.ptr)
        to.staff = req->session.staff_id;
    return case_reminder_add(tx, &desk->c, to, due, text, req->session.staff_id, err);
}

bool desk_reminder_post(Request *req, Response *res, Err *err)
{
    return step_answer(req, res, add_reminder, "wiedervorlage", show_reminder, err);
}

static bool change_reminder(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    Request *req = work->req;
    int64_t id = 0;
    Date due;

    str_to_i64(request_param(req, "wiedervorlage"), &id);
    if (!desk_need_work(work, desk, err))
        return false;
    if (str_empty(request_form(req, "verschieben")))
        return case_reminder_done(tx, &desk->c, id, request_actor(req), err);
    return future_day(req, &due, err) &&
           case_reminder_move(tx, &desk->c, id, due, request_actor(req), err);
}

bool desk_reminder_change_post(Request *req, Response *res, Err *err)
{
    return desk_work_answer(req, res, change_reminder,
                            str_empty(request_form(req, "verschieben")) ? "erinnert" : "verschoben",
                            err);
}

/* --- The deadline -------------------------------------------------------------------------------
 */

static bool show_deadline(Request *req, Response *res, Str problem, Err *err)
{
    DeskCase desk;
    Out fields = out_for(req);

    if (!desk_step_case(req, &desk, NULL, NULL, err))
        return false;
    page_field_text(&fields, &(FieldView){.id = STR("wann"),
                                          .name = STR("wann"),
                                          .label = STR("Neue Frist"),
                                          .hint = STR("Zum Beispiel 31.3.2027"),
                                          .value = request_form(req, "wann"),
                                          .width = FIELD_SHORT});
    page_field_long_text(
        &fields,
        &(FieldView){.id = STR("grund"),
                     .name = STR("grund"),
                     .label = STR("Grund"),
                     .hint = desk.process->deadline_tell
                                 ? STR("Ganze Sätze. Die antragstellende Person liest sie auf der "
                                       "Seite ihres Antrags.")
                                 : STR("Er steht im Verlauf."),
                     .value = request_form(req, "grund"),
                     .rows = 3,
                     .max_length = 500});
    StepPage page = desk_step_of(req, &desk);

    page.title = STR("Frist ändern");
    page.lead = date_absent(desk.c.deadline)
                    ? STR("Zurzeit läuft keine Frist.")
                    : str_printf(req->arena, "Bisher: %.*s.",
                                 STR_ARG(date_long(req->arena, desk.c.deadline, STR("de"))));
    page.problem = problem;
    page.fields = out_html(&fields);
    page.button = STR("Frist ändern");
    return desk_step_show(req, res, &page, err);
}

bool desk_deadline_page(Request *req, Response *res, Err *err)
{
    return show_deadline(req, res, STR_NONE, err);
}

static bool set_deadline(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    Request *req = work->req;
    Date deadline;
    Str reason;

    return desk_need_work(work, desk, err) &&
           desk_form_day(req, "wann", "Die neue Frist", &deadline, err) &&
           desk_form_text(req, "grund", 500, "Der Grund", &reason, err) &&
           case_deadline_set(tx, req->tenant, desk->package, &desk->c, deadline, reason,
                             request_actor(req), req->today, req->arena, err);
}

bool desk_deadline_post(Request *req, Response *res, Err *err)
{
    return step_answer(req, res, set_deadline, "frist", show_deadline, err);
}
