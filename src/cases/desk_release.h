/* SPDX-License-Identifier: EUPL-1.2 */
/* Giving scans to the applicant: choose, look at it, release. */
#pragma once

#include "cases/desk_case.h"

typedef struct ReleaseRow {
    Str id, title, about, path;
    bool image, pdf;
} ReleaseRow;

typedef struct ReleasePage {
    Str case_path, number, applicant, path, problem;
    FieldView choice, note;
    ReleaseRow *chosen; /* of the preview */
    size_t chosen_count;
    Str subject, body; /* the mail, in the applicant's language */
    Str email;         /* or STR_NONE: nothing tells of it */
    bool previewed;
} ReleasePage;
