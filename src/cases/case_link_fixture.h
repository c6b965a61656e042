/* SPDX-License-Identifier: EUPL-1.2 */
/* Two cases that are one, in one transaction each. */
#pragma once

#include "cases/case_fixture.h"
#include "cases/case_link.h"

typedef struct Pair {
    Case c, other;
    int64_t id; /* of the link between them */
} Pair;

/* `c` goes on in `other`. */
static inline bool merge_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Pair *pair = context;
    CaseWork work;

    return case_work(&work, tx, town->tenant, town->package, &pair->c, town->today, town->arena,
                     err) &&
           case_merge(&work, &pair->other, STR("doppelt"), 1, err);
}

static inline bool unmerge_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Pair *pair = context;
    CaseWork work;

    return case_work(&work, tx, town->tenant, town->package, &pair->c, town->today, town->arena,
                     err) &&
           case_unmerge(&work, 1, err);
}
