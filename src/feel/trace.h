/* SPDX-License-Identifier: EUPL-1.2 */
/* What an evaluation notes down for its explanation: the tables that were asked. Noting has bounds
 * of its own, so that whatever can be computed can be explained; what is beyond them is counted. */
#pragma once

#include "feel/table.h"

typedef struct FeelTrace {
    FeelDecision *items;
    size_t count;
    size_t capacity;
    size_t bytes; /* taken */
    size_t work;  /* comparisons made */
    size_t more;  /* decisions that were not kept */
} FeelTrace;

/* Note a decision by these rules (0-based); the same question to the same table is kept once and
 * counted. */
void trace_decision(FeelEval *e, const FeelTable *table, const FeelValue *inputs,
                    const size_t *rules, size_t rule_count, FeelValue result);
FeelTableHit table_hit(const FeelTable *table, size_t rule);
/* What the inputs are called, one each. */
Str *table_labels(Arena *arena, const FeelTable *table);
