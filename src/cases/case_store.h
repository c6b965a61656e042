/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside cases: one change to a case and what its parts share. */
#pragma once

#include "cases/case.h"
#include "cases/process.h"
#include "cases/register.h"
#include "core/mailbox.h"
#include "pay/pay.h"

extern const Migration CASE_MIGRATIONS[];

enum { CASE_ADDRESS_LINES = 6 }; /* of a letter's window */

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
    Str announce;      /* key of the mail that tells of this action's letters once they are there */
    const Node *edits; /* what a clerk wrote anew in this action's letters, or NULL */
    Str editor;        /* who */
    int letters;       /* how many this action wrote so far */
    Str recipient[CASE_ADDRESS_LINES]; /* of the letter under way … */
    size_t recipient_count;            /* … 0: the applicant's address */
    Str protected_office; /* the decision under way is only this office's to see; or STR_NONE */
    const struct SubmitParts *parts; /* of a case that is being made, else NULL */
    bool no_tasks, no_findings;      /* known: none were recorded yet */
    FeelExplanation *noted; /* of each value of the process as it is computed, or NULL: not kept */
} CaseWork;

typedef struct TermList {
    Str *items;
    size_t count, capacity;
} TermList;

/* What a submission records and does not need the database for. */
struct SubmitParts {
    Str hash; /* two orders are the same when theirs are */
    Str json; /* the data */
    Str applicant;
    Str email; /* or STR_NONE */
    const FeelValue *data;
};

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

/* case_read.c */
/* The case that was made with this idempotency key or from this draft; id 0: none. */
bool case_by_key(Tx *tx, Str key, Str draft_token, Arena *arena, Case *out, Str *order_hash,
                 Err *err);

/* case_submit.c */
/* Write the present data as version c->data_version. */
bool case_write_data(CaseWork *work, Str actor, Err *err);
/* Make the case the owner of the files its data names, and a document of each. */
bool case_keep_uploads(CaseWork *work, Str draft_token, Err *err);

/* case_context.c */
/* Evaluate the conditions of a lookup or of `find`. */
bool case_where(CaseWork *work, const Where *where, size_t count, const FeelValue *context,
                RegisterCondition *out, Err *err);
/* What is computed of lookups and values. */
typedef enum ContextNeed {
    CONTEXT_LOOKUPS, /* lookups and what they need */
    CONTEXT_OFFERS,  /* what tells which actions are offered */
    CONTEXT_REVIEW,  /* what tasks, findings, guards and built-in mails read */
    CONTEXT_ALL,
} ContextNeed;
/* Compute a lookup or value and put it to the names. */
bool case_do_step(CaseWork *work, const Step *step, const FeelValue **context, Err *err);
/* One value of the process and what it needs; NULL when the process has no such value. */
bool case_one_value(CaseWork *work, Str name, const FeelValue **out, Err *err);
bool case_work_context(CaseWork *work, ContextNeed need, const FeelValue **out, Err *err);
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
/* case_figure.c: the figures of the statistics, kept in the transaction of what they count */
bool case_count_received(CaseWork *work, Err *err);
bool case_count_closed(CaseWork *work, Str actor, Err *err);
/* Something was noted, assigned or found: the case counts as changed now. */
bool case_touch_desk(Tx *tx, int64_t case_id, Err *err);
/* The case's tasks; not read when it is known that there are none. */
bool case_work_tasks(CaseWork *work, Task **out, size_t *count, Err *err);
/* Write the columns that a change may touch. */
bool case_save(CaseWork *work, Err *err);

/* case_search.c: to be called when something changed that a case is found by, or the case is gone;
 * everything that ends in case_index_desk() has called it. */
bool case_changed(Tx *tx, int64_t case_id, Err *err);

/* case_term.c: what the desk finds an entry of a register by */
/* Normalised words of a text ("Müller-Lüdenscheid": mueller, luedenscheid, muellerluedenscheid). */
size_t search_terms(Str text, Arena *arena, Str **out);
/* The words of a search, each as one term; every case or entry found has all of them. */
size_t search_query_terms(Str text, Arena *arena, Str **out);

/* case_finding.c */
/* Evaluate all rules and bring the findings up to date. `before` is the data as it was, or
 * NULL. */
bool case_work_findings(CaseWork *work, Finding **out, size_t *count, Err *err);
bool case_find(CaseWork *work, const FeelValue *context, const Node *before, Err *err);

/* --- How an amount came about (case_explain.c) --------------------------------------------------
 */

typedef struct StrList {
    Str *items;
    size_t count, capacity;
} StrList;
/* Which values of the process the amount of an assess effect is made of: one bool a value. */
bool *case_values_of(const Process *process, const ActionEffect *effect, Arena *arena);
/* A sentence for each row of a table that these values asked for; equal ones once. */
bool case_decisions(const Process *process, const bool *needed, const FeelValue *context,
                    const FeelEnv *env, Arena *arena, StrList *list, Err *err);
/* Values and decisions behind the amount, in German, a line each. `context` as the effect sees it;
 * what the work has noted is not computed again. */
bool case_explain_amount(const CaseWork *work, const ActionEffect *effect, const FeelValue *context,
                         int64_t cents, Str *out, Err *err);
/* The name of a value or of its field as the process labels it, or else "hunde_zahl" as "Hunde
 * zahl". STR_NONE when it is not to be shown. */
Str case_spoken(const Process *process, Arena *arena, Str name);

/* case_assess.c */
/* What an `assess` effect charges with these names; the caller sets subject and actor.
 * ERR_CONFLICT, in German, when something is not determined. */
bool case_assess_order(const ActionEffect *effect, const FeelValue *context, const FeelEnv *env,
                       Arena *arena, AssessOrder *order, Err *err);
/* What letters see of a charge; `before` is what was owed before it was assessed, `today` the
 * letter's day. */
bool case_charge_value(Tx *tx, const Charge *charge, int64_t before, Date today, Arena *arena,
                       const FeelValue **out, Err *err);

/* case_effect.c */
bool case_do_effects(CaseWork *work, const Action *action, const FeelValue *context, Str actor,
                     Err *err);

/* case_series.c: the next free numbers of a series, into a variable of the case. */
bool case_take_numbers(CaseWork *work, const NumberSpec *spec, const FeelValue *context, Err *err);
/* case_mandate.c: take down the SEPA mandate of an effect. */
bool case_take_mandate(CaseWork *work, const MandateSpec *spec, const FeelValue *context, Str actor,
                       Err *err);

/* case_letter.c */
/* What a letter says, before it is set: kept with the document, so that the same letter can be
 * made again at any time. */
typedef struct LetterDraft {
    Str lang;
    Str subject;
    Str body;             /* Markdown */
    const Node *snapshot; /* everything letter_render() needs */
} LetterDraft;
/* Write a letter of the package in one of its languages; nothing is recorded. `charges` is a
 * list of contexts, see docs/packages.md. */
/* With the clerk's words (work->edits) for the letter number work->letters of the action. */
bool case_write_letter(CaseWork *work, const LetterTemplate *letter, const LetterText *text,
                       const FeelValue *context, const FeelValue *charges, LetterDraft *out,
                       Err *err);
/* Order it: the binding German one and, where there is one, that in the applicant's language. */
bool case_order_letter(CaseWork *work, const LetterTemplate *letter, const FeelValue *context,
                       const FeelValue *charges, Err *err);
/* A letter that is not of the package: asking for corrections. */
bool case_order_plain_letter(CaseWork *work, Str office, Str subject, Str body, Err *err);
/* The row of the receipt; case_document_bytes() makes the PDF. */
bool case_add_receipt(CaseWork *work, Err *err);
/* Parts of a snapshot, which only need tenant and arena of `work`: the head with the office's
 * contact, and the GiroCode of the last charge that is not paid (NULL: none). */
Node *case_letter_head(CaseWork *work, Str office);
Node *case_letter_giro(CaseWork *work, const FeelValue *charges);
/* The snapshot of such a letter. */
Node *case_plain_snapshot(CaseWork *work, Str office, Str subject, Str body);
/* case_receipt.c: the snapshot of a case's receipt, as it was submitted. */
bool receipt_snapshot(Tenant *tenant, int64_t case_id, Arena *arena, Node **out, Err *err);

/* case_notice.c */
typedef enum Notice {
    NOTICE_SUBMITTED, /* we have your application */
    NOTICE_ASKED,     /* we need something from you */
    NOTICE_POST,      /* a letter lies in your mailbox */
    NOTICE_DOCUMENT,  /* a document that the town was sent lies there */
} Notice;
/* Order a mail to the applicant, when an address is known; `key` makes it unique in the case. */
bool case_order_mail(CaseWork *work, Str key, Str subject, Str body, Err *err);
/* Subject and text of a built-in mail, without its foot. */
bool case_notice_words(Notice notice, Str lang, Str number, Arena *arena, Str *subject, Str *body,
                       Err *err);
/* One of the built-in mails. It says that there is something, never what. */
bool case_order_notice(CaseWork *work, Notice notice, Str key, Err *err);
/* A letter of the package as plain text. */
bool case_order_letter_mail(CaseWork *work, const LetterTemplate *letter, Str key,
                            const FeelValue *context, Err *err);
/* The address of the status page, absolute; STR_NONE when the tenant has no host. */
Str case_status_url(Tenant *tenant, const Case *c, Arena *arena);

/* case_ask.c */
/* Subject and body of the letter that asks for these findings, for preview and sending. */
bool case_write_request(CaseWork *work, const Finding *findings, size_t count, Str note, Date until,
                        Str *subject, Str *body, Err *err);

bool case_pick_findings(Tx *tx, const Case *c, const int64_t *ids, size_t count, Arena *arena,
                        Finding **out, Err *err);
/* An action that completes a protected task is as protected as the task: its office, or STR_NONE.
 */
Str action_protected_by(const Action *action);
/* Does it take two people, with this entry? */
bool case_needs_second(CaseWork *work, const Action *action, const FeelValue *context, bool *out,
                       Err *err);
/* case_action.c: guard and entry checked, the names of the effects. */
bool case_action_context(CaseWork *work, const Action *action, const Node *entry,
                         const FeelValue **out, Err *err);

/* The kinds of effects of this engine. */
bool effect_letter(EffectRun *run, Err *err);
bool effect_mail(EffectRun *run, Err *err);
/* mail_effect.c: how the tenant's mail goes out. */
typedef struct MailTransport MailTransport;
bool mail_transport_of(Tenant *tenant, Arena *arena, MailTransport *out, Err *err);
/* Render a letter's snapshot. */
/* Can this letter be made? False with ERR_INPUT and words for the clerk that name what is wrong. */
bool case_letter_check(Tenant *tenant, const Node *snapshot, Arena *arena, Err *err);
bool letter_from_snapshot(Tenant *tenant, const Node *snapshot, Arena *arena, Str *pdf, Err *err);

/* What the engine gives core/mailbox.h: a subject "case/17". */
bool case_letter_address(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                         Err *err);
bool case_letter_send(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Str *name,
                      Err *err);
bool case_letter_take_back(Tx *tx, Str name, Arena *arena, bool *taken, Err *err);

/* deadline.c */
/* `days` calendar or working days after a date. Working days are Monday to Friday without the
 * public holidays of the tenant's Land (setting `state: NW`). */
Date deadline_after(Date from, int days, bool working_days, Str land);
/* The days that are left from a date until the deadline; at least 0. */
int deadline_left(Date from, Date deadline, bool working_days, Str land);
