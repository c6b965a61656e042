/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the case page: its parts, each loaded by a file of its own. */
#pragma once

#include "cases/desk.h"
#include "cases/desk_link.h"

/* --- What the page shows --- */

typedef struct FindingRow {
    int64_t id;
    Str message, request, kind, status, reason;
    bool open;                   /* may be asked for or dismissed */
    bool askable;                /* there is a question to the applicant */
    Str document, document_path; /* that it is about, or STR_NONE */
} FindingRow;

typedef struct DataRow {
    enum { DATA_PAGE, DATA_GROUP, DATA_VALUE } kind;
    Str label, value, path, id; /* id: of the row on the page */
    const FileView *files;
    size_t file_count;
    FindingRow *findings;
    size_t finding_count;
} DataRow;

typedef struct ActionRow {
    Str id, label, why_not;
    bool allowed;
} ActionRow;

typedef struct TaskRow {
    int64_t id;
    Str label, office, result, done_by;
    bool done, mine;
    OptionView *results;
    size_t result_count;
} TaskRow;

typedef struct DeskDocument {
    int64_t id;
    Str title, kind, when, size, path;
    Str view; /* the page that shows it beside the data */
    Str field, sha256;
    bool ready, image, pdf;
    Str mark, mark_word, mark_reason, marked_by;
    Tone mark_tone;
    bool releasable;          /* a scan that the applicant has not got */
    Str released;             /* "3. März 2027, Sabine Kurz", or STR_NONE */
    Str release_note, opened; /* when the applicant opened it, or STR_NONE */
} DeskDocument;

typedef struct HistoryRow {
    Timestamp at;
    const char *kind; /* "stand", "daten", "post", "geld", "register", "notizen", "zustaendig",
                         "blicke" */
    Str when, who, what, text;
    int64_t by;   /* staff id, or 0 */
    size_t order; /* among rows of one moment */
} HistoryRow;

typedef struct HistoryPage {
    Str case_path, number, applicant;
    HistoryRow *rows;
    size_t row_count;
    OptionView *kinds; /* what can be shown alone */
    size_t kind_count;
} HistoryPage;

typedef struct ChargeRow {
    Str purpose, amount, paid, due, reference;
    Str reason; /* how the amount came about, or STR_NONE */
} ChargeRow;

typedef struct PlannedRow {
    Str day, what;
} PlannedRow;

typedef struct ReminderRow {
    int64_t id;
    Str due, text, who; /* for whom, and by whom if that is somebody else */
    Tone tone;
} ReminderRow;

/* A case that goes on in this one, and what lies in it. */
typedef struct MergedRow {
    Str path, number, applicant;
    FileView *documents;
    size_t document_count;
} MergedRow;

typedef struct NoteRow {
    int64_t id;
    Str when, who, text, to;
    bool correctable;
    struct NoteBefore {
        Str when, text;
    } * older;
    size_t older_count;
} NoteRow;

enum { CASE_HINTS_COUNTED = 100 };
typedef struct CaseView {
    int64_t id;
    Finding *findings;
    size_t finding_count;
    Str path;  /* "/desk/vorgaenge/17" */
    Str query; /* of the list, "?…" or "" */
    Str number, applicant, procedure, state, citizen_text, email, channel, submitted;
    Str due, deadline_label;
    Tone due_tone;
    bool paused, closed, waiting, may_work, may_assign, may_ask;
    Str ask_note, ask_until;
    Str assigned;
    OptionView *staff;
    size_t staff_count;
    bool assigned_to_me;
    ActionRow *actions;
    size_t action_count;
    TaskRow *tasks;
    size_t task_count, open_tasks;
    DataRow *data;
    size_t data_count;
    size_t open_findings;
    DeskDocument *documents;
    size_t document_count, releasable; /* of which so many can be given to the applicant */
    const DeskDocument *shown;         /* beside the data, or NULL */
    int turned;                        /* an image: degrees */
    bool large;                        /* an image: as it is, not fitted */
    ChargeRow *charges;
    size_t charge_count;
    HistoryRow *history; /* what the events tell, newest first */
    size_t history_count;
    HistoryRow *news; /* by others since the reader's last look */
    size_t news_count;
    Str last_look; /* or STR_NONE: the first */
    ReminderRow *reminders;
    size_t reminder_count;
    PlannedRow *planned; /* what happens by itself */
    size_t planned_count;
    NoteRow *notes;
    size_t note_count;
    OptionView *addressees; /* whom a note may mention */
    size_t addressee_count;
    struct {
        Str path, label, by, at;
        bool mine; /* or else the caller may approve, when `label` is there */
    } proposal;
    LinkRow *links;
    size_t link_count;
    const LinkRow *goes_on; /* a duplicate: the case in which it goes on, or NULL */
    MergedRow *merged;
    size_t merged_count;
    int64_t hint_count; /* cases that might belong to it; counted up to CASE_HINTS_COUNTED + 1 */
    bool explained;     /* there is a page that says how amounts come about */
    Str notice, problem;
    struct {
        const Request *req; /* the form that was sent and refused, or NULL */
        Str field;          /* what is wrong with it concerns this one, or STR_NONE */
    } refused;
} CaseView;

/* desk_case_sent.c: was it the form with this action ("notizen") that was refused? */
bool case_sent(const CaseView *view, const char *form);
/* And was this chosen in it? */
bool case_chose(const CaseView *view, const char *form, const char *name, Str value);
/* A field of that form, with what was sent in it and what is wrong with it. */
FieldView case_field(const CaseView *view, const char *form, FieldView field);

/* --- Loading it --- */

typedef struct CaseLoad {
    Request *req;
    Tx *tx;
    DeskCase desk;
    CaseView *view;
    Arena *arena;
    const DeskPeople *people; /* NULL: not read */
    Shelved *kept;            /* holds them */
} CaseLoad;

/* desk_case_head.c: what is known about the case as a whole, and who may be given it. */
void case_load_head(CaseLoad *load);
bool case_load_staff(CaseLoad *load, Err *err);
/* desk_case_data.c: the data as the form has it, with the findings beside what they concern. After
 * the findings. */
void case_load_data(CaseLoad *load);
/* desk_case_parts.c: what stands around the data. */
bool case_load_findings(CaseLoad *load, Err *err);
bool case_load_documents(CaseLoad *load, Err *err);
bool case_load_tasks(CaseLoad *load, Err *err);
bool case_load_actions(CaseLoad *load, Err *err);
bool case_load_charges(CaseLoad *load, Err *err);
/* desk_case_parts.c: what somebody proposed and nobody decided about */
bool case_load_proposal(CaseLoad *load, Err *err);
/* desk_link.c */
bool case_load_links(CaseLoad *load, Err *err);
/* desk_case_memo.c */
bool case_load_memo(CaseLoad *load, Err *err);
/* Offices and staff that a note or a reminder can be for: "amt/ID" and "konto/ID". */
bool desk_addressees(Request *req, Tx *tx, const DeskCase *desk, OptionView **out, size_t *count,
                     Err *err);
/* desk_history.c: when the reader looked at the case before. */
typedef struct CaseLook {
    bool noted;      /* this look: reloading a page is no other one */
    Timestamp since; /* the look before this sitting, or 0 */
} CaseLook;
bool case_look(Request *req, Tx *tx, int64_t case_id, CaseLook *out, Err *err);
/* What is new since then; after the history. */
void case_fill_news(CaseLoad *load, Timestamp since);
/* What differs between two versions of the data, a line each: "Hund 1, Name: Rex → Rexi". */
Str case_data_changes(const Form *form, const Node *before, const Node *after, Arena *arena,
                      size_t *count);
/* desk_case_history.c */
bool case_load_history(CaseLoad *load, Err *err);
