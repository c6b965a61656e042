/* SPDX-License-Identifier: EUPL-1.2 */
/* What the pages of the rules show. */
#pragma once

#include "cases/desk.h"

typedef struct RuleLink {
    Str path, name;
    Str label; /* of the outputs */
    size_t row_count;
} RuleLink;

typedef struct RuleService {
    Str name, path;
    RuleLink *tables;
    size_t table_count;
} RuleService;

typedef struct RuleRow {
    size_t number;
    Str *cells; /* inputs, then outputs */
    Str remark;
    bool holds;
} RuleRow;

typedef struct RulePage {
    Str name, service, path;
    const char *hit; /* what the hit policy means */
    Str *heads;
    size_t input_count, column_count;
    RuleRow *rows;
    size_t row_count, hidden;
    FieldView *fields;
    FieldError *errors;
    size_t error_count;
    Str explanation; /* or STR_NONE: not asked yet */
} RulePage;

typedef struct ExpressionPage {
    Str service, path;
    FieldView field;
    FieldError error;
    Str *names; /* that the expression may use */
    size_t name_count;
    Str *lines; /* of the explanation */
    size_t line_count;
} ExpressionPage;
