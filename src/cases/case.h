/* SPDX-License-Identifier: EUPL-1.2 */
/* Case (Vorgang): what follows from an application. Functions that take a Tx run inside the
 * caller's write; they decide, record events and order effects; nothing leaves the house here. */
#pragma once

#include "cases/form.h"
#include "core/http/request.h"
#include "core/tenant.h"

typedef struct Case {
    int64_t id;
    Str number; /* Aktenzeichen with check digit: "HUND-2027-000017-4" */
    Str service, procedure;
    Str version; /* of the package */
    Str state;
    Str status_token;   /* opens the status page without signing in; 43 characters */
    int64_t citizen_id; /* 0: guest */
    Str applicant;      /* display name */
    Str email;          /* or STR_NONE */
    Str lang;
    Str channel; /* "portal", "api", "desk" */
    Timestamp submitted;
    Date deadline; /* absent: none, or paused */
    bool paused;
    int64_t assigned_to; /* staff id or 0 */
    bool closed;         /* the state is final */
    Date submitted_on;
    Str state_before;    /* while the applicant is asked: where the case returns to */
    int clock_left;      /* while paused: days (or working days) that are left */
    Str ask_note;        /* what the clerk wrote to the applicant, or STR_NONE */
    Date ask_until;      /* or absent */
    Str base_url;        /* of the portal as the applicant reached it, or STR_NONE */
    int64_t merged_into; /* a duplicate: the case in which it goes on; or 0 */
    int64_t data_version;
    const Node *data;
    const Node *vars;
} Case;

typedef struct SubmitOrder {
    const Package *package;
    const Procedure *procedure;
    const Node *data; /* evaluated, without errors */
    int64_t citizen_id;
    Str lang;
    Str channel;
    Str idempotency_key; /* STR_NONE: none. The same key and same data give the same case; other
                            data is ERR_CONFLICT */
    Str draft_token;     /* the draft that becomes this case, or STR_NONE */
    Str email;    /* of the signed-in citizen; used when the data names no address. Or STR_NONE */
    Str base_url; /* request_absolute_url(req, STR("")): for links in mails when the tenant's
                     settings name no address. Or STR_NONE */
    Date today;
    const struct SubmitParts *parts; /* from case_submit_prepare(), or NULL */
} SubmitOrder;

/* Compute what does not depend on the database, so that the one thread that writes need not. To be
 * called before the transaction, with an arena that outlives it; the order's other fields stay as
 * they are from then on. */
void case_submit_prepare(SubmitOrder *order, Arena *arena);

/* Submit: number, data, files, event, tasks, findings, receipt and mail effects, in this
 * transaction. */
bool case_submit(Tx *tx, Tenant *tenant, const SubmitOrder *order, Arena *arena, Case *out,
                 Err *err);

bool case_by_id(Tx *tx, int64_t id, Arena *arena, Case *out, Err *err);
bool case_by_number(Tx *tx, Str number, Arena *arena, Case *out, Err *err);
bool case_by_status_token(Tx *tx, Str token, Arena *arena, Case *out, Err *err);

typedef struct Finding {
    int64_t id;
    Str rule; /* id in the package, or "note" for one a clerk wrote */
    Str kind;
    Str path; /* of the field, with index */
    Str message, request;
    Str status;          /* open | asked | answered | resolved | dismissed */
    Str reason;          /* why it was dismissed, or STR_NONE */
    int64_t document_id; /* that it is about, or 0 */
} Finding;
bool case_findings(Tx *tx, int64_t case_id, Arena *arena, Finding **out, size_t *count, Err *err);
/* A clerk adds a finding to a field by hand. */
bool case_finding_add(Tx *tx, const Case *c, Str path, Str kind, Str request, Str actor, Err *err);
/* The same about a document of the case. */
bool case_finding_add_document(Tx *tx, const Case *c, Str path, Str kind, Str request,
                               int64_t document_id, Str actor, Err *err);
/* The clerk decides that it does not matter, and says why. It stays dismissed until the value it
 * concerns changes. */
bool case_finding_dismiss(Tx *tx, const Case *c, int64_t finding_id, Str reason, Str actor,
                          Err *err);

/* Ask the citizen for exactly these findings: pauses the clock, mails, shows on the status page. */
bool case_ask(Tx *tx, Tenant *tenant, const Package *package, Case *c, const int64_t *finding_ids,
              size_t count, Str note, Date until, Str actor, Date today, Arena *arena, Err *err);
/* The citizen's answer: `changes` maps paths ("hunde[1].chip") to values. Only the asked paths and
 * fields that were hidden before may change; evaluated; resumes the clock. Each question must be
 * answered: its value changes, or its rule is content now. `explanation` (or STR_NONE) says why
 * something cannot be given or is right as it is; with it, questions may stay unanswered and their
 * findings are open again. False with ERR_INPUT and state->errors when the form finds errors or
 * questions are unanswered (path "" when a question names no field); `*c` is then as before. */
bool case_answer(Tx *tx, Tenant *tenant, const Package *package, Case *c, const Node *changes,
                 Str explanation, Date today, Arena *arena, FormState *state, Err *err);
/* "answer/17": who the files of an answer belong to that is not taken yet. */
Str case_answer_owner(const Case *c, Arena *arena);

typedef struct Task {
    int64_t id;
    Str task; /* id in the process */
    Str office, label;
    bool protected_;
    bool done;
    Str result;
    int64_t assigned_to;
    Timestamp created;
} Task;
bool case_tasks(Tx *tx, int64_t case_id, Arena *arena, Task **out, size_t *count, Err *err);
bool case_task_complete(Tx *tx, Tenant *tenant, const Package *package, Case *c, int64_t task_id,
                        Str result, Str actor, Date today, Arena *arena, Err *err);

typedef struct ActionView {
    const struct Action *action; /* cases/process.h */
    bool allowed;
    Str why_not; /* the guard's message */
} ActionView;
/* Actions of the case's state, with their guards evaluated. */
bool case_actions(Tx *tx, Tenant *tenant, const Package *package, const Case *c, Date today,
                  Arena *arena, ActionView **out, size_t *count, Err *err);
/* An action that somebody wants done. */
typedef struct ActOrder {
    Str action;
    const Node *entry; /* what the clerk entered, or NULL */
    const Node *edits; /* what they wrote anew in the letters (cases/letter_edit.h), or NULL */
    Str actor;
    bool trial;         /* only to see what it would bring about; the caller takes it back */
    Str proposed_by;    /* another person proposed it, the actor approves; or STR_NONE */
    bool *needs_second; /* is told whether two people must decide; or NULL */
} ActOrder;
/* Do it: guard, state, effects, events, all in this transaction. ERR_CONFLICT when it takes two
 * people and nobody proposed it. */
bool case_act_order(Tx *tx, Tenant *tenant, const Package *package, Case *c, const ActOrder *order,
                    Date today, Arena *arena, Err *err);
/* Do an action: guard, state, effects, events, all in this transaction. `entry` is what the clerk
 * entered. */
bool case_act(Tx *tx, Tenant *tenant, const Package *package, Case *c, Str action,
              const Node *entry, Str actor, Date today, Arena *arena, Err *err);
bool case_assign(Tx *tx, Case *c, int64_t staff_id, Str actor, Err *err);
/* The same, but only when nobody has it: `*taken` tells. Of several who ask at once, one gets it.
 */
bool case_take(Tx *tx, Case *c, int64_t staff_id, Str actor, bool *taken, Err *err);

typedef struct Document {
    int64_t id;
    Str kind; /* "upload", "receipt", "letter", or "scan": a clerk added it */
    Str title;
    Str sha256; /* STR_NONE while it is being made, and of a receipt that nobody opened yet */
    Str type;
    int64_t size;
    Str path; /* the field, for uploads */
    Timestamp created;
    bool for_citizen;     /* lies in the mailbox */
    Str protected_office; /* at the desk only this office sees it (case.protected); or STR_NONE */
    Date received;        /* a scan: when the paper came; or absent */
    int64_t added_by;     /* a scan: staff id */
    Str mark;             /* "seen", "accepted", "rejected", or STR_NONE */
    Str mark_reason;      /* why it was rejected, or STR_NONE */
    int64_t marked_by;
    Timestamp released; /* a scan: when the applicant was given it; or 0 */
    int64_t released_by;
    Str release_note; /* what was written to the applicant with it, or STR_NONE */
    Timestamp read;   /* when the applicant opened it, or 0 */
} Document;
/* A scan that the applicant has not got. */
bool document_may_release(const Document *document);
/* Whether case_document_bytes() can give it. */
bool document_ready(const Document *document);
/* The bytes of a document that is ready; not inside a transaction. A receipt is made, and kept,
 * when it is asked for the first time. */
bool case_document_bytes(Tenant *tenant, int64_t case_id, const Document *document, Arena *arena,
                         Str *bytes, Err *err);
/* ERR_NOT_FOUND when the case has no such document, or it is still being made. */
bool case_document_by_id(Tx *tx, int64_t case_id, int64_t id, Arena *arena, Document *out,
                         Err *err);
bool case_documents(Tx *tx, int64_t case_id, Arena *arena, Document **out, size_t *count, Err *err);

/* The lookups of a procedure's process for data that is being filled in: the `extra` names of
 * form_evaluate(). */
bool case_lookups(Tx *tx, const Package *package, const Procedure *procedure, const Node *data,
                  Date today, Arena *arena, const FeelValue **out, Err *err);

/* case_look.c: that a member of staff read a case, shown to the person it concerns. Durable when it
 * returns; a page about the case may be sent then. */
#define CASE_OPENED "Vorgang angesehen"
#define CASE_LOOK_INSERT                                                    \
    "INSERT INTO case_access (at, staff_id, case_id, citizen_id, purpose) " \
    "SELECT $1, $2, id, $4, $5 FROM cases WHERE id = $3 AND erased_at IS NULL"
bool case_looked(Db *db, const Case *c, int64_t staff_id, Str purpose, Err *err);
/* The same inside a write. */
bool case_access_note(Tx *tx, const Case *c, int64_t staff_id, Str purpose, Err *err);
/* When somebody opened the case last, and when they looked at anything of it last before `before`;
 * 0: never. */
typedef struct CaseLooks {
    Timestamp opened, before;
} CaseLooks;
bool case_last_looks(Tx *tx, int64_t case_id, int64_t staff_id, Timestamp before, Arena *arena,
                     CaseLooks *out, Err *err);
typedef struct CaseAccess {
    Timestamp at;
    int64_t staff_id;
    Str purpose;
} CaseAccess;
/* Every look that is kept, the latest first: whose data it is may see all of them. */
bool case_accesses(Tx *tx, int64_t case_id, Arena *arena, CaseAccess **out, size_t *count,
                   Err *err);
/* The state that the recorded events tell; equals Case.state. For proofs. */
bool case_state_by_events(Tx *tx, int64_t case_id, Arena *arena, Str *state, Err *err);

/* Everything an expression of the process may see, for letters and pages. */
bool case_context(Tx *tx, Tenant *tenant, const Package *package, const Case *c, const Node *entry,
                  Date today, Arena *arena, const FeelValue **out, Err *err);

/* The packages a tenant offers now, published at opening; and a pinned one by version. */
const Package *tenant_package(Tenant *tenant, Str service, Err *err);
const Package *tenant_package_version(Tenant *tenant, Str version, Err *err);
size_t tenant_packages(Tenant *tenant, const Package *const **out);
