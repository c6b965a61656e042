/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/trace.h"

static bool same_question(const FeelDecision *decision, const FeelTable *table,
                          const FeelValue *inputs)
{
    if (decision->table != table)
        return false;
    for (size_t i = 0; i < table->input_count; i++)
        if (!value_same(*decision->result.inputs[i], inputs[i]))
            return false;
    return true;
}

static void grow(FeelEval *e, struct FeelTrace *trace)
{
    size_t capacity = trace->capacity ? trace->capacity * 2 : 8;
    FeelDecision *items = eval_alloc(e, capacity * sizeof *items);

    if (trace->count)
        memcpy(items, trace->items, trace->count * sizeof *items);
    trace->items = items;
    trace->capacity = capacity;
}

void trace_decision(FeelEval *e, const FeelTable *table, const FeelValue *inputs,
                    const FeelTableResult *result)
{
    struct FeelTrace *trace = e->trace;

    eval_steps(e, trace->count);
    for (size_t i = 0; i < trace->count; i++)
        if (same_question(&trace->items[i], table, inputs)) {
            trace->items[i].times++;
            return;
        }
    if (trace->count == TRACE_MOST) {
        trace->more++;
        return;
    }
    if (trace->count == trace->capacity)
        grow(e, trace);
    FeelDecision *decision = &trace->items[trace->count++];
    *decision = (FeelDecision){.table = table, .name = table->name, .result = *result, .times = 1};
    decision->labels = eval_alloc(e, table->input_count * sizeof *decision->labels);
    for (size_t i = 0; i < table->input_count; i++)
        decision->labels[i] =
            table->inputs[i].label.len ? table->inputs[i].label : table->inputs[i].text;
}
