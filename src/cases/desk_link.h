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

typedef struct TypedLink {
    Str number, why;
} TypedLink;

typedef struct LinkPage {
    Str case_path, path, number, applicant, problem;
    TypedLink typed_link, typed_merge; /* sent and refused */
    LinkRow *links, *hints;
    size_t link_count, hint_count;
    int64_t hint_total;  /* on all pages */
    size_t hidden_hints; /* of this page, which the caller may not read */
    PagesView hint_pages;
    bool may_merge; /* the case is open */
} LinkPage;
