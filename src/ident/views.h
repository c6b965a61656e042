/* SPDX-License-Identifier: EUPL-1.2 */
/* What ident's pages show. */
#pragma once

#include "core/page/parts.h"
#include "ident/ident.h"

enum { FIELDS_MAX = 6 };

typedef struct SignInView {
    Str target; /* where to go afterwards, within the town */
    FieldView fields[FIELDS_MAX];
    FieldError errors[FIELDS_MAX];
    size_t error_count;
} SignInView;

typedef struct AccountView {
    Str notice;
    FactView facts[4];
    size_t fact_count;
    bool has_totp;
    int64_t codes_left;
    FieldView fields[FIELDS_MAX];
    FieldError errors[FIELDS_MAX];
    size_t error_count;
} AccountView;

typedef struct TotpView {
    Html qr;
    Str secret;
    Str sealed; /* the key, readable for us only */
    FieldView fields[FIELDS_MAX];
    FieldError errors[FIELDS_MAX];
    size_t error_count;
} TotpView;

typedef struct PersonalRow {
    int64_t id;
    Str name;
    Str login;
    Str roles;
    bool has_totp;
    bool active;
} PersonalRow;

typedef struct PersonalForm { /* name, login, email, role, office, service */
    FieldView fields[FIELDS_MAX];
    FieldError errors[FIELDS_MAX];
    size_t error_count;
} PersonalForm;

typedef struct GrantView {
    Grant grant;
    Str text; /* "Sachbearbeitung, Steueramt" */
} GrantView;

typedef struct PersonalView {
    PersonalRow row;
    Str notice;
    Str refusal; /* why something was not done, or STR_NONE */
    FactView facts[4];
    size_t fact_count;
    GrantView *grants;
    size_t grant_count;
    PersonalForm form;
} PersonalView;

typedef struct KeyPage { /* keys of an account */
    int64_t staff_id;
    Str name;
    const struct ApiKey *keys;
    size_t count;
    Str token; /* just made, shown once; or STR_NONE */
    Str notice, error, error_field;
    FieldView fields[4];
} KeyPage;
