/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk of the cases: what its pages share. Rights: a member of staff sees a case when they may
 * case.read for its service in one of its offices; they decide with case.decide in the
 * action's or task's office; protected tasks and decisions are shown with case.protected in their
 * office only. */
#pragma once

#include "cases/case_store.h"
#include "cases/desk_list.h"
#include "core/page/parts.h"
#include "core/page/problem.h"
#include "core/store/shelf.h"
#include "ident/ident.h"

/* --- desk_rights.c ---------------------------------------------------------------------------- */

/* What a page may depend on beside the address and the database: who reads it with which rights,
 * where links lead, the language, the day. For the keys of what is kept. */
Str desk_reader_key(const Request *req);
bool desk_may_read(const Request *req, const Package *package);
bool desk_may_decide(const Request *req, Str office, Str service);
bool desk_may_see_protected(const Request *req, Str office, Str service);
/* For work behind a request: give `req` the rights that its member of staff has now. An account may
 * be locked (ERR_FORBIDDEN), or lose a role, after it ordered the work. */
bool desk_rights_now(Tx *tx, Request *req, Err *err);
/* Does this person decide anything in the case? Notes, findings and requests need that. */
bool desk_may_work(const Request *req, const Package *package);

/* A case that the caller may read, and its package. */
typedef struct DeskCase {
    Case c;
    const Package *package;
    const Process *process;
    const Procedure *procedure;
    Str *offices; /* that take part in the case; "*" stands for a right in every office */
    size_t office_count;
} DeskCase;
/* Whether somebody has the permission in an office that takes part in the case. */
bool desk_may_in_case(const Staff *staff, const char *permission, const DeskCase *desk);
/* Read the offices that take part in `desk->c`; its package must be there. */
bool desk_case_offices(Tx *tx, DeskCase *desk, Arena *arena, Err *err);
/* By the path's `:id`. ERR_NOT_FOUND, or ERR_FORBIDDEN. */
bool desk_case(Request *req, Tx *tx, DeskCase *out, Err *err);
bool desk_case_open(Request *req, Tx *tx, int64_t id, DeskCase *out, Err *err);
bool desk_case_id(const Request *req, int64_t *id, Err *err);

/* An action is seen by its office, and a protected one needs the right to see protected things. */
bool desk_may_act(const Request *req, const DeskCase *desk, const Action *action);
/* May the caller say who works on the case? */
bool desk_may_assign(const Request *req, const DeskCase *desk);
/* Give the case to somebody who decides in one of its offices, or (0) to nobody. */
bool desk_assign_to(Request *req, Tx *tx, DeskCase *desk, int64_t staff_id, Err *err);
bool desk_staff_may_act(const Staff *staff, const DeskCase *desk, const Action *action);
/* Note that the case was read. */
bool desk_note_access(Request *req, const Case *c, const char *purpose, Err *err);

/* --- desk_people.c -----------------------------------------------------------------------------
 */

/* Who works here, kept in memory until accounts, rights or absences change. */
typedef struct DeskPeople {
    Staff *staff; /* active, by name */
    size_t staff_count;
    Absence *absences; /* of today and later */
    size_t absence_count;
} DeskPeople;
/* `*kept` holds what `*out` points to; give it back. */
bool desk_people(Tx *tx, Date today, const DeskPeople **out, Shelved **kept, Err *err);
/* Of somebody who has or had an account; STR_NONE for 0. */
Str desk_staff_name(Tx *tx, int64_t id, Arena *arena);

/* --- Words (desk_words.c) ------------------------------------------------------------------------
 */

/* "in 3 Tagen", "heute", "seit 2 Tagen überfällig" */
Str desk_days(Arena *arena, Date today, Date due, Tone *tone);
Str desk_office_name(const Request *req, Str office);
Str desk_state_label(const Process *process, Str state);
/* "Sabine Kurz", or "Sabine Kurz (abwesend, Vertretung: Jonas Adler)". */
Str desk_person_label(Arena *arena, const Absence *absences, size_t absence_count,
                      const Staff *staff, size_t staff_count, const Staff *person, Date today);
/* "Sachbearbeitung Sabine Kurz", "Bürgerin oder Bürger", "System" */
Str desk_actor_name(Tx *tx, Str actor, Arena *arena);
Str desk_size(Arena *arena, int64_t bytes);
/* Small Markdown as HTML. */
Html desk_markdown(Arena *arena, Str markdown);

/* --- The case (desk_case.c)
 * -------------------------------------------------------------------------- */

enum { EXPLAIN_TABLES = 12 };
typedef struct ExplainTable {
    Str title;
    Str *columns; /* names of the values */
    Str *heads;   /* the same for reading */
    size_t column_count;
    Str *cells; /* row by row */
    size_t row_count;
} ExplainTable;
typedef struct ExplainView {
    Str case_path, number, applicant;
    FactView *facts;
    size_t fact_count;
    ExplainTable tables[EXPLAIN_TABLES];
    size_t table_count;
    Str *decisions; /* sentences */
    size_t decision_count;
} ExplainView;

/* The case page with what was wrong with the form that was sent, which stands there again; false
 * when that is nothing that the clerk can put right. */
bool desk_case_refuse(Request *req, Response *res, Err *err);
/* desk_explain.c: can the case's amounts be explained before they are decided? */
bool desk_explains(const DeskCase *desk);

/* A letter as it would go. */
typedef struct LetterPreview {
    Str title, lang, recipient, date;
    Html body;
    bool giro;
    bool changed;     /* somebody wrote parts of it anew */
    FieldView *edits; /* what may be written anew */
    size_t edit_count;
} LetterPreview;

/* Of a letter's snapshot. */
LetterPreview desk_letter_preview(Arena *arena, const Node *snapshot);

typedef struct ActionPage {
    Str unprintable; /* about a sign that no letter can print; or STR_NONE */
    Str case_path, number, applicant, label, confirm, path, query, problem;
    Html fields; /* what the clerk enters */
    const FieldError *errors;
    size_t error_count;
    bool has_fields, previewed;
    Str basis;         /* of the case, when it was previewed */
    bool needs_second; /* two people decide: this is a proposal */
    bool alone;        /* nobody else could approve */
    bool editable;     /* a letter has parts that may be written anew */
    FieldView note;    /* for who approves */
    FieldView *kept;   /* what was written for letters that cannot be shown */
    size_t kept_count;
    LetterPreview *letters;
    size_t letter_count;
    Str *effects; /* what else happens, in words */
    size_t effect_count;
} ActionPage;

typedef struct AskPage {
    Str case_path, number, applicant, problem;
    FieldView note, until;
    int64_t *ids;
    size_t id_count;
    LetterPreview letter;
    bool mail; /* an address is known */
    Str email;
} AskPage;

/* --- Handlers
 * -------------------------------------------------------------------------------------------- */

bool desk_list_page(Request *req, Response *res, Err *err);
bool desk_search_page(Request *req, Response *res, Err *err);
bool desk_views_page(Request *req, Response *res, Err *err);
bool desk_view_post(Request *req, Response *res, Err *err);
bool desk_view_name_post(Request *req, Response *res, Err *err);
bool desk_view_start_post(Request *req, Response *res, Err *err);
bool desk_view_delete_post(Request *req, Response *res, Err *err);
bool desk_case_page(Request *req, Response *res, Err *err);
bool desk_document_page(Request *req, Response *res, Err *err);
bool desk_ask_post(Request *req, Response *res, Err *err);
bool desk_ask_send_post(Request *req, Response *res, Err *err);
bool desk_finding_add_post(Request *req, Response *res, Err *err);
bool desk_finding_dismiss_post(Request *req, Response *res, Err *err);
bool desk_task_post(Request *req, Response *res, Err *err);
bool desk_note_page(Request *req, Response *res, Err *err);
bool desk_note_correct_post(Request *req, Response *res, Err *err);
bool desk_reminder_page(Request *req, Response *res, Err *err);
bool desk_reminder_post(Request *req, Response *res, Err *err);
bool desk_reminder_change_post(Request *req, Response *res, Err *err);
bool desk_deadline_page(Request *req, Response *res, Err *err);
bool desk_deadline_post(Request *req, Response *res, Err *err);
bool desk_note_post(Request *req, Response *res, Err *err);
bool desk_assign_post(Request *req, Response *res, Err *err);
bool desk_reminders_page(Request *req, Response *res, Err *err);
bool desk_reminders_done_post(Request *req, Response *res, Err *err);
bool desk_figures_page(Request *req, Response *res, Err *err);
bool desk_team_page(Request *req, Response *res, Err *err);
bool desk_team_assign_post(Request *req, Response *res, Err *err);
bool desk_next_post(Request *req, Response *res, Err *err);
bool desk_absence_page(Request *req, Response *res, Err *err);
bool desk_absence_post(Request *req, Response *res, Err *err);
bool desk_absence_withdraw_post(Request *req, Response *res, Err *err);
bool desk_action_page(Request *req, Response *res, Err *err);
bool desk_action_post(Request *req, Response *res, Err *err);
bool desk_action_pdf_post(Request *req, Response *res, Err *err);
bool desk_document_mark_post(Request *req, Response *res, Err *err);
bool desk_document_add_page(Request *req, Response *res, Err *err);
bool desk_document_add_post(Request *req, Response *res, Err *err);
bool desk_release_page(Request *req, Response *res, Err *err);
bool desk_release_post(Request *req, Response *res, Err *err);
bool desk_release_withdraw_post(Request *req, Response *res, Err *err);
bool desk_history_page(Request *req, Response *res, Err *err);
bool desk_free_letter_page(Request *req, Response *res, Err *err);
bool desk_free_letter_post(Request *req, Response *res, Err *err);
bool desk_free_letter_pdf_post(Request *req, Response *res, Err *err);
bool desk_explain_page(Request *req, Response *res, Err *err);
bool desk_link_page(Request *req, Response *res, Err *err);
bool desk_link_post(Request *req, Response *res, Err *err);
bool desk_proposals_page(Request *req, Response *res, Err *err);
bool desk_proposal_page(Request *req, Response *res, Err *err);
bool desk_proposal_post(Request *req, Response *res, Err *err);
bool desk_register_page(Request *req, Response *res, Err *err);
bool desk_new_page(Request *req, Response *res, Err *err);
bool desk_rules_index(Request *req, Response *res, Err *err);
bool desk_rules_table(Request *req, Response *res, Err *err);
bool desk_rules_expression(Request *req, Response *res, Err *err);
bool desk_rules_expression_post(Request *req, Response *res, Err *err);
bool desk_register_index(Request *req, Response *res, Err *err);
bool desk_register_count_page(Request *req, Response *res, Err *err);
bool desk_register_export_csv(Request *req, Response *res, Err *err);
bool desk_register_export_json(Request *req, Response *res, Err *err);
bool desk_import_page(Request *req, Response *res, Err *err);
bool desk_import_post(Request *req, Response *res, Err *err);
bool desk_import_report(Request *req, Response *res, Err *err);
bool desk_import_job(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                     Err *err);
bool desk_hand_page(Request *req, Response *res, Err *err);
bool desk_hand_post(Request *req, Response *res, Err *err);
bool desk_hand_period_page(Request *req, Response *res, Err *err);
bool desk_hand_period_post(Request *req, Response *res, Err *err);
bool desk_hand_new_page(Request *req, Response *res, Err *err);
bool desk_hand_new_post(Request *req, Response *res, Err *err);
bool desk_act_page(Request *req, Response *res, Err *err);
bool desk_act_post(Request *req, Response *res, Err *err);
bool desk_entry_page(Request *req, Response *res, Err *err);
bool desk_mail_list_page(Request *req, Response *res, Err *err);
bool desk_mail_page(Request *req, Response *res, Err *err);
bool desk_failures_page(Request *req, Response *res, Err *err);
bool desk_failures_retry_post(Request *req, Response *res, Err *err);
