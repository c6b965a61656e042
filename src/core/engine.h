/* SPDX-License-Identifier: EUPL-1.2 */
/* Engine: a part of the town hall as one struct, listed once in main.c. Removing its line
 * removes the engine. */
#pragma once

#include "base/command.h"
#include "core/http/route.h"
#include "core/mailbox.h"
#include "core/open_data.h"
#include "core/store/db.h"
#include "core/work/keep.h"
#include "core/work/work.h"

enum { ENGINE_MAX = 16 };

/* An entry of the desk's navigation, shown to who has the permission. */
typedef struct NavItem {
    const char *path;  /* "/desk/vorgaenge" */
    const char *label; /* German; translated on the page */
    const char *permission;
} NavItem;

/* What everybody may look at beside the services, on the portal's first page. */
typedef struct PortalEntry {
    Str path; /* "/starkregen"; STR_NONE: nothing at the moment */
    Str name, summary;
} PortalEntry;

/* What `rathaus verify` proves about an engine's tables: a query whose rows are problems. Backup
 * and restore prove it as well, for a copy that is of no use must not take a good one's place. */
typedef struct Proof {
    const char *name;  /* "charges", one word or two */
    const char *table; /* a database without it is older than this and has nothing to prove */
    /* Tells one problem per row, in its first column, with the ids concerned. */
    const char *problems;
    const char *count; /* one number: how much was looked at */
} Proof;

/* Who wants to know of each problem. */
typedef struct ProofReport {
    void (*tell)(void *context, const char *problem);
    void *context;
} ProofReport;

void proof_tell(const ProofReport *report, Arena *arena, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same where SQL alone cannot tell. It names every problem and goes on; false when the rest
 * cannot be looked at. */
typedef struct ProofCheck {
    const char *name;
    const char *table;
    bool (*check)(Tx *tx, const ProofReport *report, int64_t *count, Err *err);
} ProofCheck;

/* What a serving process offers its engines. */
typedef struct Serving {
    App *app;
    const char *mqtt; /* --mqtt: where to listen for it; or NULL */
    Str root_tenant;  /* who answers at the root; or STR_NONE */
    Str address;      /* "http://127.0.0.1:8080" */
} Serving;

typedef struct Engine {
    const char *name;
    const Migration *migrations; /* ended by a NULL name; or NULL */
    const Route *routes;         /* ended by a NULL method; or NULL */
    const EffectKind *effects;   /* ended by a NULL name; or NULL */
    const JobKind *jobs;         /* ended by a NULL name; or NULL */
    const Schedule *schedules;   /* ended by a NULL name; or NULL */
    const Command *commands;     /* ended by a NULL name; or NULL */
    const NavItem *navigation;   /* ended by a NULL path; or NULL */
    /* In the request's language. Or NULL. */
    bool (*portal_entry)(Request *req, PortalEntry *out, Err *err);
    /* Add what everybody may have of the town's data, whoever asks. Or NULL. */
    bool (*open_data)(Request *req, OpenDatasets *list, Err *err);
    const Proof *proofs;      /* ended by a NULL name; or NULL */
    const ProofCheck *checks; /* ended by a NULL name; or NULL */
    const Keep *keeps;        /* ended by a NULL name; or NULL */
    /* The same where the town's packages say it. Or NULL. */
    bool (*keeps_of)(Tenant *tenant, Arena *arena, KeepList *list, Err *err);
    const char *keeps_under; /* what their names begin with: "register/" */
    /* A folder in the tenant's that is written to while serving, and how a copy of one moment is
     * made of it for a backup, perhaps in another process. Or both NULL. */
    const char *live_folder;
    bool (*live_copy)(const char *from, const char *to, Err *err);
    const char *look_insert; /* where looks at what this engine keeps belong: see DbOptions; one
                                engine has it. Or NULL */
    /* The services that a town offers, one by one, for who grants rights: "hund"; STR_NONE behind
     * the last. One engine (cases) has it. */
    Str (*service_at)(Tenant *tenant, size_t index);
    /* Called once after the tenant's database is open; may set tenant->state. */
    bool (*tenant_open)(Tenant *tenant, size_t index, Err *err);
    void (*tenant_close)(Tenant *tenant, size_t index);
    /* Called in the transaction that adds an event to the tenant's table, after it. */
    bool (*event_added)(Tx *tx, Err *err);
    /* Called once, on a thread of low priority, when the server is ready: prepares what would be
     * slow the first time it is needed. */
    void (*warm)(void);
    /* Called once when the server is ready, and when it has stopped, whether or not the former was
     * called or succeeded. Or both NULL. */
    bool (*serve_begin)(const Serving *serving, Err *err);
    void (*serve_end)(void);
    /* Add to /metrics. Or NULL. */
    void (*metrics)(Buf *out);
    /* One engine (ident) knows who is calling; core asks through these, since it stands below.
     * Fill req->session from the cookie; nobody signed in is no error. */
    bool (*session_load)(Request *req, Err *err);
    /* The same for a program that sends `Authorization: Bearer KEY`: only on routes of the API. A
     * key that is not known is no error; ERR_TOO_MANY when it is used too often. */
    bool (*key_load)(Request *req, Str key, Err *err);
    /* May the signed-in member of staff do this for some office and service? */
    bool (*session_may)(const Request *req, const char *permission);
    /* Letters about what this engine keeps; see core/mailbox.h. Or NULL. */
    bool (*letter_address)(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                           Err *err);
    bool (*letter_send)(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena,
                        Str *name, Err *err);
    bool (*letter_take_back)(Tx *tx, Str name, Arena *arena, bool *taken, Err *err);
} Engine;

/* The same question, asked by any room: for what a page offers. */
bool request_may(const Request *req, const char *permission);
/* The same for the part of the data that the caller's key is for (Session.within): it has the
 * permission as "city.write@luft". Whoever is not limited is asked as by request_may(). */
bool request_may_within(const Request *req, const char *permission);

/* The services that a town offers; STR_NONE behind the last. */
Str tenant_service(Tenant *tenant, size_t index);

/* The engines of this program; main() tells them once, at the start. */
void engines_register(const Engine *const *engines, size_t count);
const Engine *const *engines_all(size_t *count);
