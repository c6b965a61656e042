/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside ident. */
#pragma once

#include "ident/ident.h"

#include <pthread.h>

enum {
    MINUTE = 60 * 1000,
    HOUR = 60 * MINUTE,
    STAFF_IDLE = 8 * HOUR,
    STAFF_TOTAL = 12 * HOUR,
    CITIZEN_IDLE = 60 * MINUTE,
    CITIZEN_TOTAL = 12 * HOUR,
    PENDING_TOTAL = 15 * MINUTE, /* between password and code */
    LINK_LIFETIME = 30 * MINUTE,
};

/* --- role.c --- */
enum { ROLE_PERMISSIONS_MAX = 6 };
typedef struct Role {
    const char *name;
    const char *label; /* German */
    const char *permissions[ROLE_PERMISSIONS_MAX];
} Role;
extern const Role IDENT_ROLES[]; /* ended by a NULL name */
const Role *ident_role(Str name);

/* --- engine.c --- */
/* When each session was last used, kept in memory and written once a minute: a page that is only
 * read costs no write. */
typedef struct Seen {
    char hash[65];
    Timestamp at;
} Seen;

typedef struct IdentState {
    pthread_mutex_t lock;
    Seen *items;
    size_t count, capacity;
    struct KeyRate *rates; /* how often each key was used of late (api_key.c) */
    size_t rate_count, rate_capacity;
} IdentState;
IdentState *ident_state(const Tenant *tenant);
extern const Route IDENT_ROUTES[];
extern const Migration IDENT_MIGRATIONS[];

/* --- session.c --- */
/* What is still to be done before a session counts. */
#define STAGE_FULL "full"
#define STAGE_CODE "code"         /* the code of the authenticator app */
#define STAGE_PASSWORD "password" /* a first password must be replaced */
bool session_start(Request *req, Response *res, int64_t citizen_id, int64_t staff_id,
                   const char *stage, Err *err);
/* The member of staff whose sign-in is at this stage; 0: none. */
bool session_pending(Request *req, const char *stage, int64_t *staff_id, Err *err);
bool sessions_flush(Tenant *tenant, Err *err);
/* End all sessions of a member of staff but the one with this hash (or STR_NONE). */
bool sessions_end_of_staff(Tx *tx, int64_t staff_id, Str keep_hash, Err *err);
Str session_hash(Arena *arena, Str token);

/* Note a use, to be written with the next flush. */
void session_seen(Tenant *tenant, Str hash, Timestamp now);

/* --- api_key.c: keys of programs --- */
typedef struct ApiKey ApiKey;
struct ApiKey {
    int64_t id, staff_id;
    Str name;
    Str begins; /* its first characters, to tell it by */
    Str scopes;
    Str within; /* the part of the data that it is for; or empty */
    int64_t per_minute;
    Date expires;                          /* its last day, or absent */
    Timestamp created, last_used, revoked; /* 0: not */
};
/* What a key may be for: permissions with German words. */
typedef struct KeyScope {
    const char *permission, *label;
} KeyScope;
extern const KeyScope KEY_SCOPES[]; /* ended by a NULL permission */
bool api_key_list(Tx *tx, int64_t staff_id, Arena *arena, ApiKey **out, size_t *count, Err *err);
/* `*token` is shown once. ERR_INPUT with the field, in German. */
bool api_key_add(Tx *tx, const ApiKey *key, Str actor, Arena *arena, Str *token, Err *err);
bool api_key_revoke(Tx *tx, int64_t staff_id, int64_t id, Str actor, Err *err);
bool desk_key_page(Request *req, Response *res, Err *err);
bool desk_key_post(Request *req, Response *res, Err *err);
bool desk_key_revoke_post(Request *req, Response *res, Err *err);

/* --- password.c: argon2id --- */
/* Both take about a tenth of a second and 64 MiB; at most two run at once. */
bool password_hash(Arena *arena, Str password, Str *out, Err *err);
/* An absent hash (unknown login) takes the same time and is false. */
bool password_verify(Str hash, Str password);
/* So many wait for their turn that the next one is better sent away than kept on a thread. */
bool password_busy(void);
/* NULL: good; else German, why not. */
const char *password_problem(Str password, Str login);
/* A first password, to be read out: four groups of four. */
Str password_make(Arena *arena);

/* --- totp.c: RFC 6238, SHA-1, 6 digits, 30 s --- */
enum { TOTP_KEY_BYTES = 20 };
int totp_code(const unsigned char key[TOTP_KEY_BYTES], int64_t step);
/* The step whose code this is, one before to one after now; -1: wrong. */
int64_t totp_check(const unsigned char key[TOTP_KEY_BYTES], Str typed, Timestamp now);
Str totp_base32(Arena *arena, const unsigned char *bytes, size_t size);
Str totp_uri(Arena *arena, const unsigned char key[TOTP_KEY_BYTES], Str login, Str town);

/* --- attempt.c --- */
/* A whole office sits behind one address, so that may fail more often than one account. */
enum { FREE_FAILURES = 5, FREE_FAILURES_ADDRESS = 50 };
/* Milliseconds until the next try is allowed; 0: now. After `free_failures` failures each one
 * doubles the wait, from 30 s to an hour. */
bool attempt_wait(Tx *tx, Str key, int free_failures, Timestamp now, int64_t *wait_ms, Err *err);
bool attempt_failed(Tx *tx, Str key, Timestamp now, Err *err);
bool attempt_clear(Tx *tx, Str key, Err *err);
/* Count a use; false in `*allowed` when there were `max` within the last `window_ms`. */
bool attempt_use(Tx *tx, Str key, Timestamp now, int max, int64_t window_ms, bool *allowed,
                 Err *err);
/* Not the address, but what it hashes to with the tenant's key. */
Str attempt_address_key(const Request *req, const char *what);

/* --- staff.c --- */
typedef struct StaffRow {
    Staff staff;
    Str password; /* argon2id, or STR_NONE: cannot sign in */
    bool must_change;
    bool active;
    Str totp; /* sealed key, or STR_NONE */
    int64_t totp_step;
} StaffRow;
/* ERR_NOT_FOUND when there is none. */
bool staff_row_by_login(Tx *tx, Str login, Arena *arena, StaffRow *out, Err *err);
bool staff_row_by_id(Tx *tx, int64_t id, Arena *arena, StaffRow *out, Err *err);
/* Fill in the grants of the account with its id. */
bool staff_grants(Tx *tx, Arena *arena, Staff *staff, Err *err);
/* For a page; views.c. */
bool staff_row_read(Request *req, int64_t id, StaffRow *out, Err *err);
bool staff_rows(Tx *tx, Arena *arena, StaffRow **out, size_t *count, Err *err);
/* ERR_CONFLICT when the login is taken. */
bool staff_add(Tx *tx, const Staff *staff, Str password_hash, bool must_change, Str actor,
               int64_t *id, Err *err);
bool staff_grant(Tx *tx, int64_t id, const Grant *grant, Str actor, Err *err);
bool staff_ungrant(Tx *tx, int64_t id, const Grant *grant, Str actor, Err *err);
bool staff_set_password(Tx *tx, int64_t id, Str hash, bool must_change, Str actor, Err *err);
bool staff_set_active(Tx *tx, int64_t id, bool active, Str actor, Err *err);
bool staff_remove_totp(Tx *tx, int64_t id, Str actor, Err *err);
/* German, what is wrong with it; or NULL. */
const char *staff_login_problem(Str login);
/* A name that a person can read, of 2 to 200 bytes. */
bool staff_name_ok(Str name);
/* What of a grant the program or the town does not have. */
typedef enum GrantFault { GRANT_GOOD, GRANT_NO_ROLE, GRANT_NO_OFFICE, GRANT_NO_SERVICE } GrantFault;
GrantFault staff_grant_fault(Tenant *tenant, const Grant *grant);
/* Enough to send a mail to; whether it arrives, the mail tells. */
bool email_plausible(Str email);
/* The people of a demonstration town, once. */
bool staff_import(Tenant *tenant, Err *err);

/* --- recovery codes (staff_totp.c) --- */
bool staff_totp_key(const Tenant *tenant, const StaffRow *row, Arena *arena,
                    unsigned char key[TOTP_KEY_BYTES]);

/* --- pages --- */
bool sign_in_page(Request *req, Response *res, Err *err);
bool sign_in_post(Request *req, Response *res, Err *err);
bool sign_in_code_page(Request *req, Response *res, Err *err);
bool sign_in_code_post(Request *req, Response *res, Err *err);
bool sign_in_password_page(Request *req, Response *res, Err *err);
bool sign_in_password_post(Request *req, Response *res, Err *err);
bool sign_out_staff(Request *req, Response *res, Err *err);
bool account_page(Request *req, Response *res, Err *err);
bool account_password_post(Request *req, Response *res, Err *err);
bool account_totp_page(Request *req, Response *res, Err *err);
bool account_totp_post(Request *req, Response *res, Err *err);
bool account_totp_remove_post(Request *req, Response *res, Err *err);
bool link_page(Request *req, Response *res, Err *err);
bool link_post(Request *req, Response *res, Err *err);
bool link_open_page(Request *req, Response *res, Err *err);
bool link_open_post(Request *req, Response *res, Err *err);
bool sign_out_citizen(Request *req, Response *res, Err *err);
bool personal_page(Request *req, Response *res, Err *err);
bool personal_new_page(Request *req, Response *res, Err *err);
bool personal_new_post(Request *req, Response *res, Err *err);
bool personal_one_page(Request *req, Response *res, Err *err);
bool personal_grant_post(Request *req, Response *res, Err *err);
bool personal_ungrant_post(Request *req, Response *res, Err *err);
bool personal_active_post(Request *req, Response *res, Err *err);
bool personal_password_post(Request *req, Response *res, Err *err);
bool personal_totp_post(Request *req, Response *res, Err *err);
/* Where to go after signing in: `weiter` when it lies within the town, else `otherwise`. */
Str back_target(Str weiter, const char *otherwise);
/* The first page of the desk that this person may open. */
Str desk_home(const Request *req, const Staff *staff);
bool desk_home_page(Request *req, Response *res, Err *err);

int staff_command(int argc, char **argv);
