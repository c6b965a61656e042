/* SPDX-License-Identifier: EUPL-1.2 */
/* What happened in a case, in words. */
#include "cases/desk_case.h"

#include "cases/case_word.h"

/* --- History
 * ----------------------------------------------------------------------------------------- */

static Str paths_text(Arena *arena, const Node *paths)
{
    return str_printf(arena, "%zu %s", paths ? paths->count : 0,
                      paths && paths->count == 1 ? "Angabe" : "Angaben");
}

/* With what the applicant wrote instead of something that was asked for. */
static Str answer_text(Arena *arena, const Node *data, Str explanation)
{
    Str paths = paths_text(arena, node_get(data, "paths"));

    return str_empty(explanation) ? paths
                                  : str_printf(arena, "%.*s. Dazu geschrieben: „%.*s“",
                                               STR_ARG(paths), STR_ARG(explanation));
}

static Str event_day(Arena *arena, const Event *event, const char *key)
{
    Date day = {0};

    date_parse_iso(node_get_text(event->data, key), &day);
    return date_absent(day) ? STR_NONE : date_long(arena, day, STR("de"));
}

static const char *proposal_word(Str type)
{
    return str_is(type, "case.proposed")    ? "Zur Zustimmung vorgeschlagen"
           : str_is(type, "case.returned")  ? "Vorschlag zurückgegeben"
           : str_is(type, "case.withdrawn") ? "Vorschlag zurückgenommen"
                                            : NULL;
}

static const char *link_word(Str type)
{
    return str_is(type, "case.linked")        ? "Verknüpft mit"
           : str_is(type, "case.unlinked")    ? "Verbindung gelöst mit"
           : str_is(type, "case.merged")      ? "Zusammengeführt: geht weiter in"
           : str_is(type, "case.merged_here") ? "Zusammengeführt: hier geht weiter"
           : str_is(type, "case.unmerged")    ? "Zusammenführung zurückgenommen mit"
                                              : NULL;
}

static Str proposal_text(Arena *arena, const Action *action, Str reason)
{
    Str label = action ? text_in(action->label, STR("de")) : STR("Entscheidung");

    return str_empty(reason) ? label
                             : str_printf(arena, "%.*s (%.*s)", STR_ARG(label), STR_ARG(reason));
}

static const char *event_kind(Str type)
{
    static const struct {
        const char *begins, *kind;
    } KINDS[] = {
        {"case.note", "notizen"},        {"case.reminder", "notizen"},
        {"case.asked", "post"},          {"case.answered", "daten"},
        {"case.document", "post"},       {"case.letter", "post"},
        {"case.assigned", "zustaendig"}, {"case.linked", "zustaendig"},
        {"case.unlinked", "zustaendig"}, {"case.task", "zustaendig"},
        {"case.finding", "daten"},       {"case.submitted", "daten"},
    };

    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_starts_with(type, KINDS[i].begins))
            return KINDS[i].kind;
    return "stand";
}

/* What the note says now. Events of old hold the text themselves. */
static Str note_text(CaseLoad *load, const Event *event)
{
    Str text = node_get_text(event->data, "text");
    Err unused = {0};

    if (text.ptr)
        return text;
    Rows *rows =
        tx_query(load->tx, load->arena, &unused, "SELECT text FROM case_note WHERE id = $1",
                 P_INT(node_get_i64(event->data, "note", 0)));

    if (rows && rows_next(rows, &unused)) {
        text = row_text(rows, 0);
        rows_end(rows);
    }
    return text;
}

/* What somebody wrote in it; older events hold it under `old_key`. */
static Str written(CaseLoad *load, const Event *event, const char *old_key)
{
    Str words = STR_NONE;

    case_word_of(load->tx, event, old_key, load->arena, &words, &(Err){0});
    return words;
}

static const char *release_word(Str type)
{
    return str_is(type, "case.document_released")    ? "Für die antragstellende Person freigegeben"
           : str_is(type, "case.document_withdrawn") ? "Freigabe zurückgenommen"
           : str_is(type, "case.document_read")      ? "Freigegebenes Schriftstück geöffnet"
                                                     : NULL;
}

/* "Foto vom Chip (Dazu: …)" */
static Str release_text(CaseLoad *load, const Event *event)
{
    Str note = written(load, event, "note"), title = STR("Schriftstück");
    Document document;

    if (case_document_by_id(load->tx, load->desk.c.id, node_get_i64(event->data, "document", 0),
                            load->arena, &document, &(Err){0}))
        title = document.title;
    return str_empty(note)
               ? title
               : str_printf(load->arena, "%.*s (dazu: %.*s)", STR_ARG(title), STR_ARG(note));
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
    } else if (proposal_word(event->type)) {
        const Action *action = process_action(process, node_get_text(event->data, "action"));

        row->what = str_c(proposal_word(event->type));
        if (hidden.ptr && !desk_may_see_protected(load->req, hidden, load->desk.package->id))
            row->text = STR("geschützte Entscheidung");
        else
            row->text = proposal_text(load->arena, action, written(load, event, "reason"));
    } else if (str_is(event->type, "case.later_forbidden")) {
        const Action *action = process_action(process, node_get_text(event->data, "action"));

        row->what = STR("Nicht zulässig, deshalb nicht von selbst geschehen");
        if (hidden.ptr && !desk_may_see_protected(load->req, hidden, load->desk.package->id))
            row->text = STR("geschützte Entscheidung");
        else
            row->text = proposal_text(load->arena, action, written(load, event, "reason"));
    } else if (str_is(event->type, "case.asked")) {
        row->what = STR("Nachgefordert");
        row->text = paths_text(load->arena, node_get(event->data, "paths"));
    } else if (str_is(event->type, "case.answered")) {
        row->what = STR("Antwort eingegangen");
        row->text = answer_text(load->arena, event->data, written(load, event, "explanation"));
    } else if (str_is(event->type, "case.note")) {
        row->what = STR("Notiz");
        row->text = note_text(load, event);
    } else if (str_is(event->type, "case.note_corrected")) {
        row->what = STR("Notiz berichtigt");
    } else if (str_is(event->type, "case.reminder")) {
        row->what = STR("Wiedervorlage angelegt");
        row->text = event_day(load->arena, event, "due");
    } else if (str_is(event->type, "case.reminder_moved")) {
        row->what = STR("Wiedervorlage verschoben");
        row->text = event_day(load->arena, event, "due");
    } else if (str_is(event->type, "case.reminder_done")) {
        row->what = STR("Wiedervorlage erledigt");
    } else if (str_is(event->type, "case.deadline")) {
        row->what = str_printf(load->arena, "Frist geändert auf den %.*s",
                               STR_ARG(event_day(load->arena, event, "to")));
        row->text = written(load, event, "reason");
    } else if (str_is(event->type, "case.assigned")) {
        int64_t staff = node_get_i64(event->data, "staff", 0);

        row->what = STR("Zuständigkeit geändert");
        row->text = staff ? desk_staff_name(load->tx, staff, load->arena) : STR("niemand");
    } else if (str_is(event->type, "case.finding_added")) {
        row->what = STR("Prüfhinweis ergänzt");
    } else if (str_is(event->type, "case.finding_dismissed")) {
        row->what = STR("Prüfhinweis nicht von Belang");
        row->text = written(load, event, "reason");
    } else if (str_is(event->type, "case.task_done")) {
        row->what = STR("Aufgabe erledigt");
    } else if (link_word(event->type)) {
        Case other;
        Err missing = {0};

        row->what = str_c(link_word(event->type));
        if (case_by_id(load->tx, node_get_i64(event->data, "case", 0), load->arena, &other,
                       &missing))
            row->text = other.number;
    } else if (str_is(event->type, "case.letter")) {
        row->what = STR("Brief geschrieben");
    } else if (str_is(event->type, "case.document_added")) {
        row->what = STR("Dokument hinzugefügt");
    } else if (release_word(event->type)) {
        row->what = str_c(release_word(event->type));
        row->text = release_text(load, event);
    } else if (str_is(event->type, "case.document_marked")) {
        Str mark = node_get_text(event->data, "mark");

        row->what = str_is(mark, "rejected")   ? STR("Dokument abgelehnt")
                    : str_is(mark, "accepted") ? STR("Dokument angenommen")
                                               : STR("Dokument als gesehen gekennzeichnet");
    } else if (str_is(event->type, "case.document")) {
        row->what = STR("Dokument erstellt");
    } else {
        return false;
    }
    return true;
}

/* Who did it; for whom they stood in, when the case was somebody else's who was away. */
static bool actor_words(CaseLoad *load, const Event *event, int64_t assigned, Str *who, Err *err)
{
    int64_t actor = 0;
    bool stood_in = false;

    *who = desk_actor_name(load->tx, event->actor, load->arena);
    if (assigned == 0 || !str_starts_with(event->actor, "staff/") ||
        !str_to_i64(str_slice(event->actor, 6, event->actor.len), &actor) || actor == assigned)
        return true;
    if (!ident_stood_in(load->tx, actor, assigned, event->at, &stood_in, err))
        return false;
    if (stood_in)
        *who = str_printf(load->arena, "%.*s, in Vertretung für %.*s", STR_ARG(*who),
                          STR_ARG(desk_staff_name(load->tx, assigned, load->arena)));
    return true;
}

bool case_load_history(CaseLoad *load, Err *err)
{
    CaseView *view = load->view;
    Event *events;
    size_t count;

    if (!event_list(load->tx, case_subject(&load->desk.c, load->arena), load->arena, &events,
                    &count, err))
        return false;
    int64_t assigned = 0;
    Str *who = arena_array(load->arena, Str, count);

    for (size_t i = 0; i < count; i++) {
        if (!actor_words(load, &events[i], assigned, &who[i], err))
            return false;
        if (str_is(events[i].type, "case.assigned"))
            assigned = node_get_i64(events[i].data, "staff", 0);
    }
    view->history = arena_array(load->arena, HistoryRow, count);
    for (size_t i = count; i-- > 0;) {
        HistoryRow row = {.at = events[i].at,
                          .kind = event_kind(events[i].type),
                          .when = timestamp_long(load->arena, events[i].at, STR("de")),
                          .who = who[i]};

        if (str_starts_with(events[i].actor, "staff/"))
            str_to_i64(str_slice(events[i].actor, 6, events[i].actor.len), &row.by);

        if (event_words(load, &events[i], &row))
            view->history[view->history_count++] = row;
    }
    return true;
}
