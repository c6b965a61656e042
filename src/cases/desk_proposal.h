/* SPDX-License-Identifier: EUPL-1.2 */
/* Approving what somebody else proposed. */
#pragma once

#include "cases/case_proposal.h"
#include "cases/desk.h"

typedef struct ProposalPage {
    Str case_path, number, applicant, path;
    Str label, confirm;
    Str by, at, note, problem;
    Html entry; /* what was entered, or empty */
    LetterPreview *letters;
    size_t letter_count;
    bool open, mine, holds;
    Str unprintable; /* about a sign that no letter can print; or STR_NONE */
    bool reads_new;  /* the letters read differently than when it was proposed */
    Str outcome;     /* when it is not open: what became of it */
} ProposalPage;

typedef struct ProposalRow {
    Str path, number, applicant, label, office, by, at, reason;
} ProposalRow;

typedef struct ProposalsPage {
    ProposalRow *waiting, *mine, *returned;
    size_t waiting_count, mine_count, returned_count; /* `waiting`: on this page */
    size_t waiting_total;
    PagesView pages; /* of `waiting` */
} ProposalsPage;
