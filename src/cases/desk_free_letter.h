/* SPDX-License-Identifier: EUPL-1.2 */
/* A letter that a clerk writes: on the town's head, to the applicant's mailbox. */
#pragma once

#include "cases/desk.h"

typedef struct FreeLetterPage {
    Str case_path, path, number, applicant, email, problem;
    OptionView *offices, *blocks;
    size_t office_count, block_count;
    FieldView subject, text;
    bool previewed;
    LetterPreview letter;
} FreeLetterPage;
