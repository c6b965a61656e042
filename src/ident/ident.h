/* SPDX-License-Identifier: EUPL-1.2 */
/* Who somebody is: citizens by an e-mail link, staff with password and TOTP; roles per
 * tenant, office and service. */
#pragma once

#include "core/engine.h"
#include "core/http/request.h"
#include "core/tenant.h"

typedef struct Grant {
    Str role;    /* "sachbearbeitung", "kasse", "leitung", "admin" */
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
} Staff;

/* Permissions are words: case.read, case.decide, case.assign, case.protected, statistics.read,
 * money.read, money.book, register.export, register.import, mail.read, work.read, settings.read,
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
/* Sign in: makes a session row and a fresh cookie (the old token is void). */
bool ident_session_start(Request *req, Response *res, int64_t citizen_id, int64_t staff_id,
                         Err *err);
bool ident_session_end(Request *req, Response *res, Err *err);
/* The citizen account of an address, made when missing. */
bool ident_citizen_by_email(Tx *tx, Str email, int64_t *id, Err *err);
bool ident_staff_by_id(Tx *tx, int64_t id, Arena *arena, Staff *out, Err *err);
/* All active staff, by name. */
bool ident_staff_list(Tx *tx, Arena *arena, Staff **out, size_t *count, Err *err);

extern const Engine IDENT_ENGINE;
