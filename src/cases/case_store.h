/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside cases: one change to a case and what its parts share. */
#pragma once

#include "cases/case.h"
#include "cases/process.h"
#include "cases/register.h"

extern const Migration CASE_MIGRATIONS[];

/* A case being read or changed, with everything its expressions need. */
typedef struct CaseWork {
    Tx *tx;
    Tenant *tenant;
    const Package *package;
    const Procedure *procedure;
    const Process *process;
    Case *c;
    Date today;
    Arena *arena;
    FeelEnv env;
} CaseWork;

/* ERR_INTERNAL when the package has not the case's procedure. */
bool case_work(CaseWork *work, Tx *tx, Tenant *tenant, const Package *package, const Case *c,
               Date today, Arena *arena, Err *err);
/* "case/17" */
Str case_subject(const Case *c, Arena *arena);
bool case_event(CaseWork *work, const char *type, Str actor, const Node *data, Err *err);

/* case_number.c */
/* The next number of a service and year: "HUND-2027-000017-4". */
bool case_number_next(Tx *tx, Str service, int year, Arena *arena, Str *out, Err *err);
Str case_number_format(Str service, int year, int64_t number, Arena *arena);
/* A well-formed number with a right check digit. */
bool case_number_valid(Str number);

/* case_people.c: who applies, read from the blocks of the data */
Str case_applicant_name(const Form *form, const Node *data, Arena *arena);
Str case_applicant_email(const Form *form, const Node *data);
/* Name and address for a letter's window; returns the number of lines. */
size_t case_recipient(const Form *form, const Node *data, Arena *arena, Str lines[6]);

/* case_context.c */
bool case_work_context(CaseWork *work, const Node *entry, const FeelValue **out, Err *err);
/* Newly read case, tasks and findings; lookups and values stay as they were. */
bool case_context_refresh(CaseWork *work, const FeelValue **context, Err *err);

/* case_state.c */
/* Enter a state: record it, pause or resume the clock, make the tasks of the state. */
bool case_enter(CaseWork *work, const State *state, const char *why, Str actor, Err *err);
/* Tasks of the present state that are due and were never made. */
bool case_make_tasks(CaseWork *work, const FeelValue *context, Err *err);
bool case_make_task(CaseWork *work, const TaskSpec *task, Err *err);
/* Bring the work list's rows up to date; at the end of every change. */
bool case_index_desk(CaseWork *work, Err *err);
/* Write the columns that a change may touch. */
bool case_save(CaseWork *work, Err *err);

/* case_term.c: what the desk's search finds a case or an entry by */
/* Normalised words of a text ("Müller-Lüdenscheid": mueller, luedenscheid, muellerluedenscheid). */
size_t search_terms(Str text, Arena *arena, Str **out);
bool case_index_terms(CaseWork *work, Err *err);

/* case_finding.c */
/* Evaluate all rules and bring the findings up to date. `before` is the data as it was, or
 * NULL. */
bool case_find(CaseWork *work, const FeelValue *context, const Node *before, Err *err);

/* case_effect.c */
bool case_do_effects(CaseWork *work, const Action *action, const FeelValue *context, Str actor,
                     Err *err);

/* case_letter.c */
/* Order a letter of a package: snapshot, document row, effect. `charges` is a list. */
bool case_order_letter(CaseWork *work, const LetterTemplate *letter, const FeelValue *context,
                       const FeelValue *charges, Err *err);
/* The letter as it would go now: subject and body, for the preview. */
bool case_order_receipt(CaseWork *work, Err *err);
/* Order a mail to the applicant when an address is known. `key` makes it unique in the case. */
bool case_order_mail(CaseWork *work, Str key, Str subject, Str body, Err *err);
bool case_order_letter_mail(CaseWork *work, const LetterTemplate *letter, Str key,
                            const FeelValue *context, Err *err);

/* deadline.c */
/* `days` calendar or working days after a date. Working days are Monday to Friday without the
 * public holidays of the tenant's state (`state: NW`). */
Date deadline_after(Date from, int days, bool working_days, Str land);
/* The days that are left from a date until the deadline; at least 0. */
int deadline_left(Date from, Date deadline, bool working_days, Str land);
bool deadline_is_holiday(Date date, Str land);
