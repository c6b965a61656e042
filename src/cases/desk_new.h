/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "cases/desk.h"

typedef struct NewChoice {
    Str name, summary, path; /* where the form begins, by POST */
} NewChoice;
typedef struct NewService {
    Str name;
    NewChoice *own, *others; /* what only the office begins; what it enters for somebody */
    size_t own_count, other_count;
} NewService;
