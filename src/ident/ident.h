/* SPDX-License-Identifier: EUPL-1.2 */
/* Who somebody is: citizens by an e-mail link, staff with password and TOTP; roles per
 * tenant, office and service. */
#pragma once

#include "core/engine.h"
#include "core/http/request.h"
#include "core/tenant.h"

typedef struct Grant {
    Str role;    /* "sachbearbeitung", "teamleitung", "leitung", "kasse", "admin" */
    Str office;  /* STR_NONE: every office */
    Str service; /* STR_NONE: every service */
} Grant;

typedef struct Staff {
    int64_t id;
    Str login;
    Str name;
    Str email;
    Grant *grants;
    size_t grant_count;
    /* Of a program's key: "case.read, event.read", all that it may; or STR_NONE. "city.read@luft"
     * is the permission for one part of the data, and for no other. */
    Str scopes;
} Staff;

/* Permissions are words: case.read, case.decide, case.assign, case.lead (the office's views, its
 * people's absences and backlog), case.protected, statistics.read, money.read, money.book,
 * money.decide, money.dun, money.close, register.export, register.import, register.correct,
 * run.execute, privacy.read, twin.plan, mail.read, work.read, event.read, hook.manage,
 * staff.manage; and desk.use, which every member of staff has. Roles are sets of them
 * (ident/role.c). */
bool ident_role_has(Str role, const char *permission);
/* May this member of staff do that for this office and service? STR_NONE asks "anywhere".
 * case.protected is only given for an office by its name: a grant for every office does not
 * include it. */
bool ident_may(const Staff *staff, const char *permission, Str office, Str service);

/* Resolve the session cookie into req->session; called by the router. A missing or
 * expired session is no error. */
bool ident_session_load(Request *req, Err *err);
/* The same for a program's key (api_key.c): it acts as the account it belongs to, within its
 * scopes. */
bool ident_key_load(Request *req, Str key, Err *err);

/* A key of a device: a program that belongs to no person. */
typedef struct DeviceKey {
    Str name;    /* or STR_NONE: "Gerät 17" */
    Str role;    /* of the account that such keys belong to; it is made when it is missing */
    Str login;   /* of that account */
    Str account; /* its name, German */
    Str scopes;  /* "city.read@luft" */
    Str within;  /* "luft", or STR_NONE: all */
    int64_t per_minute;
    Date expires; /* its last day, or absent */
} DeviceKey;
/* Make one; `*token` is shown once. ERR_INPUT, in German. */
bool ident_device_key_add(Tx *tx, const DeviceKey *key, Str actor, Arena *arena, Str *token,
                          Err *err);
/* Remove a key that somebody made for a moment; it is void, and no list has it. */
bool ident_device_key_remove(Tx *tx, Str token, Str actor, Arena *arena, Err *err);
/* Sign in: makes a session row and a fresh cookie (the old token is void). */
bool ident_session_start(Request *req, Response *res, int64_t citizen_id, int64_t staff_id,
                         Err *err);
bool ident_session_end(Request *req, Response *res, Err *err);
/* The citizen account of an address, made when missing. */
bool ident_citizen_by_email(Tx *tx, Str email, int64_t *id, Err *err);
bool ident_staff_by_id(Tx *tx, int64_t id, Arena *arena, Staff *out, Err *err);
/* All active staff, by name. */
bool ident_staff_list(Tx *tx, Arena *arena, Staff **out, size_t *count, Err *err);

typedef struct StaffName {
    int64_t id;
    Str name;
} StaffName;
/* Everybody who has or had an account. */
bool ident_staff_names(Tx *tx, Arena *arena, StaffName **out, size_t *count, Err *err);
/* Active staff with a permission in an office ("*": in any), by name; one query. */
bool ident_staff_of_office(Tx *tx, Str office, const char *permission, Arena *arena,
                           StaffName **out, size_t *count, Err *err);
/* Has the other the same role for the same office, so that they can stand in for each other? */
bool ident_stands_beside(const Staff *one, const Staff *other);
/* Does any of their roles hold in this office? */
bool ident_works_in(const Staff *staff, Str office);
/* Does somebody lead (case.lead) an office in which the other works? */
bool ident_leads(const Staff *leader, const Staff *other);

/* --- Absence (absence.c) -------------------------------------------------------------------------
 * A member of staff is away from one day to another and may have a deputy, who works under
 * their own name and with their own rights. An absence that was entered is never changed, only
 * withdrawn, so that a history can tell who stood in for whom. */

typedef struct Absence {
    int64_t id, staff_id;
    int64_t deputy_id;   /* 0: nobody */
    Date starts, ends;   /* first and last day */
    Timestamp withdrawn; /* 0: it holds */
} Absence;
/* Enter one. ERR_INPUT, in German: the days are in the wrong order, the deputy is the person
 * themselves or works elsewhere, or the person is away then already. `*id` names it. */
bool ident_absence_add(Tx *tx, const Absence *absence, Str actor, int64_t *id, Err *err);
bool ident_absence_by_id(Tx *tx, int64_t id, Absence *out, Err *err);
/* It does not hold from now on. */
bool ident_absence_withdraw(Tx *tx, int64_t id, Str actor, Err *err);
/* Those that hold and end on this day or later, by their first day. */
bool ident_absences(Tx *tx, Date from, Arena *arena, Absence **out, size_t *count, Err *err);
/* Who does somebody's work on a day: themselves, or their deputy, or the deputy's deputy; 0 when
 * all of these are away. */
int64_t ident_stand_in(const Absence *absences, size_t count, int64_t staff_id, Date on);
/* For whom somebody stands in on a day. */
bool ident_deputised(Tx *tx, int64_t deputy_id, Date on, Arena *arena, int64_t **out, size_t *count,
                     Err *err);
/* Did somebody stand in for another at this moment? */
bool ident_stood_in(Tx *tx, int64_t deputy_id, int64_t staff_id, Timestamp at, bool *out, Err *err);

extern const Engine IDENT_ENGINE;
