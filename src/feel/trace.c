/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/trace.h"

enum { MOST_DECISIONS = 500, MOST_BYTES = 4 << 20, MOST_WORK = 1000000 };

FeelTableHit table_hit(const FeelTable *table, size_t rule)
{
    return (FeelTableHit){rule + 1, table->rules[rule].line, table->rules[rule].remark};
}

Str *table_labels(Arena *arena, const FeelTable *table)
{
    Str *labels = arena_array(arena, Str, table->input_count);

    for (size_t i = 0; i < table->input_count; i++)
        labels[i] = table->inputs[i].label.len ? table->inputs[i].label : table->inputs[i].text;
    return labels;
}

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

/* The decision that asked the same, or NULL. */
static FeelDecision *find(FeelTrace *trace, const FeelTable *table, const FeelValue *inputs)
{
    for (size_t i = 0; i < trace->count; i++) {
        trace->work++;
        if (same_question(&trace->items[i], table, inputs))
            return &trace->items[i];
    }
    return NULL;
}

static FeelDecision *add(FeelTrace *trace, Arena *arena)
{
    if (trace->count == trace->capacity) {
        size_t capacity = trace->capacity ? trace->capacity * 2 : 8;
        FeelDecision *items = arena_array(arena, FeelDecision, capacity);

        if (trace->items)
            memcpy(items, trace->items, trace->count * sizeof *items);
        trace->items = items;
        trace->capacity = capacity;
    }
    return &trace->items[trace->count++];
}

void trace_decision(FeelEval *e, const FeelTable *table, const FeelValue *inputs,
                    const size_t *rules, size_t rule_count, FeelValue result)
{
    FeelTrace *trace = e->trace;
    size_t bytes = rule_count * sizeof(FeelTableHit) +
                   table->input_count * (sizeof(FeelValue) + sizeof(void *) + sizeof(Str));
    FeelDecision *decision = trace->work < MOST_WORK ? find(trace, table, inputs) : NULL;

    if (decision) {
        decision->times++;
        return;
    }
    if (trace->work >= MOST_WORK || trace->count == MOST_DECISIONS ||
        bytes > MOST_BYTES - trace->bytes) {
        trace->more++;
        return;
    }
    trace->bytes += bytes;
    decision = add(trace, e->arena);
    *decision = (FeelDecision){
        .table = table, .name = table->name, .labels = table_labels(e->arena, table), .times = 1};
    decision->result.value = value_keep(e->arena, result);
    decision->result.hits = arena_array(e->arena, FeelTableHit, rule_count);
    decision->result.hit_count = rule_count;
    for (size_t i = 0; i < rule_count; i++)
        decision->result.hits[i] = table_hit(table, rules[i]);
    decision->result.inputs = arena_array(e->arena, const FeelValue *, table->input_count);
    decision->result.input_count = table->input_count;
    for (size_t i = 0; i < table->input_count; i++)
        decision->result.inputs[i] = value_keep(e->arena, inputs[i]);
}
