/* SPDX-License-Identifier: EUPL-1.2 */
/* Linking and merging cases at the desk. */
#pragma once

#include "cases/desk.h"

typedef struct LinkRow {
    int64_t id; /* of the link; 0: a hint */
    Str path, number, applicant, procedure, state, why;
    bool merged, into; /* as CaseLink */
    bool closed;
} LinkRow;

typedef struct LinkPage {
    Str case_path, path, number, applicant, problem;
    Str typed_number, typed_why; /* sent and refused */
    LinkRow *links, *hints;
    size_t link_count, hint_count;
    bool may_merge; /* the case is open */
} LinkPage;
