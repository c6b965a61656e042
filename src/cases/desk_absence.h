/* SPDX-License-Identifier: EUPL-1.2 */
/* What the page of absences shows. */
#pragma once

#include "core/page/parts.h"

typedef struct AbsenceRow {
    int64_t id;
    Str name, deputy, from, to;
    bool now;  /* began already */
    bool mine; /* the caller may withdraw it */
} AbsenceRow;

typedef struct AbsencePage {
    AbsenceRow *rows;
    size_t row_count;
    OptionView *people, *deputies;
    size_t people_count, deputy_count;
    Str from, to, notice;
    FieldError error;
} AbsencePage;
