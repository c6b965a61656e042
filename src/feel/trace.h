/* SPDX-License-Identifier: EUPL-1.2 */
/* What an evaluation notes down for its explanation: the tables that were asked. */
#pragma once

#include "feel/table.h"

struct FeelTrace {
    FeelDecision *items;
    size_t count;
    size_t capacity;
    size_t more; /* decisions that were too many to keep */
};

enum { TRACE_MOST = 500 };

/* Note a decision; the same question to the same table is kept once and counted. */
void trace_decision(FeelEval *e, const FeelTable *table, const FeelValue *inputs,
                    const FeelTableResult *result);
