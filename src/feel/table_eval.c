/* SPDX-License-Identifier: EUPL-1.2 */
/* Deciding by a table: which rules match, and what the hit policy makes of them (DMN 1.5,
 * 8.2.10 and 8.3.3). */
#include "feel/table.h"

#include "feel/eval.h"
#include "feel/table_index.h"
#include "feel/trace.h"

typedef struct Matches {
    size_t *rules; /* numbers of the rules, 0-based, in table order */
    size_t count;
} Matches;

static bool rule_matches(FeelEval *e, const FeelTable *t, const TableRule *rule,
                         const FeelValue *inputs)
{
    for (size_t i = 0; i < t->input_count; i++)
        if (!value_is_true(eval_program(e, rule->tests[i], &inputs[i])))
            return false;
    return true;
}

static Matches try_all(FeelEval *e, const FeelTable *t, const FeelValue *inputs)
{
    Matches matches = {.rules = eval_alloc(e, t->rule_count * sizeof(size_t))};

    for (size_t i = 0; i < t->rule_count; i++) {
        if (!rule_matches(e, t, &t->rules[i], inputs))
            continue;
        matches.rules[matches.count++] = i;
        if (t->hit == FEEL_HIT_FIRST)
            break;
    }
    return matches;
}

static Matches find_matches(FeelEval *e, const FeelTable *t, const FeelValue *inputs)
{
    if (!t->index)
        return try_all(e, t, inputs);
    size_t words = table_index_words(t->index), candidates = 0;
    uint64_t *rules = eval_alloc(e, words * sizeof *rules);
    if (!table_candidates(t->index, t, inputs, rules))
        return try_all(e, t, inputs);
    for (size_t w = 0; w < words; w++)
        candidates += (size_t)__builtin_popcountll(rules[w]);
    Matches matches = {.rules = eval_alloc(e, candidates * sizeof(size_t))};
    eval_steps(e, words + candidates);
    for (size_t w = 0; w < words; w++) {
        for (uint64_t left = rules[w]; left; left &= left - 1) {
            size_t rule = w * 64 + (size_t)__builtin_ctzll(left);
            if (table_must_try(t->index, rule) && !rule_matches(e, t, &t->rules[rule], inputs))
                continue;
            matches.rules[matches.count++] = rule;
            if (t->hit == FEEL_HIT_FIRST)
                return matches;
        }
    }
    return matches;
}

/* --- Results --------------------------------------------------------------------------- */

/* One value, or a context of the outputs. */
static FeelValue row_of(FeelEval *e, const FeelTable *t, const FeelValue *values)
{
    if (t->output_count == 1)
        return values[0];
    FeelEntry *entries = eval_alloc(e, t->output_count * sizeof *entries);
    for (size_t i = 0; i < t->output_count; i++) {
        entries[i].key = t->outputs[i].name;
        entries[i].value = values[i];
    }
    eval_charge(e, sizeof(FeelContext) + t->output_count * 16);
    return eval_bounded(e, context_of(e->arena, entries, t->output_count));
}

/* The outputs of a rule, brought to their types. */
static FeelValue *values_of(FeelEval *e, const FeelTable *t, const FeelProgram *const *results)
{
    FeelValue *values = eval_values(e, t->output_count);

    for (size_t i = 0; i < t->output_count; i++) {
        FeelValue value = eval_program(e, results[i], NULL);
        if (!eval_convert(e, value, t->outputs[i].type, &values[i]))
            values[i] = VALUE_NULL;
    }
    return values;
}

static FeelValue otherwise(FeelEval *e, const FeelTable *t)
{
    FeelValue *values = eval_values(e, t->output_count);
    bool any = false;

    for (size_t i = 0; i < t->output_count; i++) {
        const FeelProgram *program = t->outputs[i].otherwise;
        values[i] = program ? eval_program(e, program, NULL) : VALUE_NULL;
        any = any || program;
    }
    if (!any)
        return VALUE_NULL;
    FeelValue row = row_of(e, t, values);
    bool list = t->hit == FEEL_HIT_RULE_ORDER || t->hit == FEEL_HIT_OUTPUT_ORDER ||
                t->hit == FEEL_HIT_COLLECT;
    if (!list || row.kind == FEEL_LIST)
        return row;
    FeelValue *item = eval_values(e, 1);
    *item = row;
    return eval_list(e, item, 1);
}

/* Place of a value among the output's values; behind all when it is none of them. */
static size_t priority(FeelEval *e, const TableOutput *output, FeelValue value)
{
    size_t at = 0;

    while (at < output->value_count && eval_equal(e, output->values[at], value) != YES)
        at++;
    return at;
}

static int compare_priority(FeelEval *e, const FeelTable *t, const FeelValue *a, const FeelValue *b)
{
    for (size_t i = 0; i < t->output_count; i++) {
        size_t left = priority(e, &t->outputs[i], a[i]), right = priority(e, &t->outputs[i], b[i]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

/* By priority; of equal rules the earlier first. */
static void sort_rows(FeelEval *e, const FeelTable *t, FeelValue **rows, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        FeelValue *row = rows[i];
        size_t at = i;
        while (at > 0 && compare_priority(e, t, row, rows[at - 1]) < 0) {
            rows[at] = rows[at - 1];
            at--;
        }
        rows[at] = row;
    }
}

static FeelValue aggregate(FeelEval *e, const FeelTable *t, FeelValue **rows, size_t count,
                           size_t output)
{
    FeelValue result = rows[0][output];

    for (size_t i = 1; i < count; i++) {
        FeelValue next = rows[i][output];
        int order;
        if (t->hit == FEEL_HIT_SUM) {
            result = eval_arithmetic(e, TERM_ADD, result, next);
        } else {
            if (!value_order(next, result, &order))
                return VALUE_NULL;
            if (t->hit == FEEL_HIT_MIN ? order < 0 : order > 0)
                result = next;
        }
    }
    return result;
}

static FeelValue list_of_rows(FeelEval *e, const FeelTable *t, FeelValue **rows, size_t count)
{
    FeelValue *items = eval_values(e, count);

    for (size_t i = 0; i < count; i++)
        items[i] = row_of(e, t, rows[i]);
    return eval_list(e, items, count);
}

static bool all_equal(FeelEval *e, const FeelTable *t, FeelValue **rows, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < t->output_count; j++)
            if (eval_equal(e, rows[0][j], rows[i][j]) != YES)
                return false;
    return true;
}

static FeelValue apply_policy(FeelEval *e, const FeelTable *t, FeelValue **rows, size_t count)
{
    switch (t->hit) {
    case FEEL_HIT_UNIQUE: return count == 1 ? row_of(e, t, rows[0]) : VALUE_NULL;
    case FEEL_HIT_ANY: return all_equal(e, t, rows, count) ? row_of(e, t, rows[0]) : VALUE_NULL;
    case FEEL_HIT_FIRST: return row_of(e, t, rows[0]);
    case FEEL_HIT_PRIORITY: sort_rows(e, t, rows, count); return row_of(e, t, rows[0]);
    case FEEL_HIT_OUTPUT_ORDER:
        sort_rows(e, t, rows, count);
        return list_of_rows(e, t, rows, count);
    case FEEL_HIT_RULE_ORDER:
    case FEEL_HIT_COLLECT: return list_of_rows(e, t, rows, count);
    case FEEL_HIT_COUNT: return value_i64((int64_t)count);
    default: {
        FeelValue *values = eval_values(e, t->output_count);
        for (size_t i = 0; i < t->output_count; i++)
            values[i] = aggregate(e, t, rows, count, i);
        return row_of(e, t, values);
    }
    }
}

/* --- The whole -------------------------------------------------------------------------- */

static void note_hits(FeelEval *e, const FeelTable *t, Matches matches, FeelTableResult *hits)
{
    hits->hits = eval_alloc(e, matches.count * sizeof *hits->hits);
    hits->hit_count = matches.count;
    for (size_t i = 0; i < matches.count; i++)
        hits->hits[i] = table_hit(t, matches.rules[i]);
}

static void note_inputs(FeelEval *e, const FeelTable *t, const FeelValue *inputs,
                        FeelTableResult *hits)
{
    hits->input_texts = eval_alloc(e, t->input_count * sizeof *hits->input_texts);
    hits->inputs = eval_alloc(e, t->input_count * sizeof *hits->inputs);
    hits->input_count = t->input_count;
    for (size_t i = 0; i < t->input_count; i++) {
        eval_charge(e, (size_t)value_weight(&inputs[i]) * 96);
        hits->input_texts[i] = feel_to_text(e->arena, &inputs[i]);
        hits->inputs[i] = &inputs[i];
    }
}

/* The arguments of a call stand for the inputs' names in the cells. */
static const FeelContext *with_arguments(FeelEval *e, const FeelTable *t, const FeelValue *inputs)
{
    FeelValue globals = {.kind = FEEL_CONTEXT, .context = e->globals};
    const FeelValue *context = e->globals ? &globals : NULL;

    eval_charge(e, t->input_count * 512);
    for (size_t i = 0; i < t->input_count; i++)
        if (t->inputs[i].expression->root->op == TERM_GLOBAL)
            context = feel_context_put(e->arena, context, t->inputs[i].text, &inputs[i]);
    return context ? context->context : NULL;
}

/* A table with one input in which exactly one rule matches, and its row is a constant. */
static const FeelValue *decide_at_once(FeelEval *e, const FeelTable *t, const FeelValue *input)
{
    const FeelType *type = t->inputs[0].type;
    size_t rule;

    if (input->kind != type->kind || type->constraint || type->allowed_count ||
        t->hit > FEEL_HIT_FIRST || !table_only_rule(t->index, input, &rule))
        return NULL;
    eval_steps(e, 1);
    return t->rules[rule].ready;
}

FeelValue table_decide(FeelEval *e, const FeelTable *t, const FeelValue *inputs,
                       FeelTableResult *hits)
{
    const FeelContext *globals = e->globals;

    eval_check_stack(e);
    if (t->index && t->input_count == 1 && inputs && !hits && !e->trace) {
        const FeelValue *row = decide_at_once(e, t, inputs);
        if (row)
            return *row;
    }
    FeelValue *given = eval_values(e, t->input_count);
    for (size_t i = 0; i < t->input_count; i++) {
        FeelValue value = inputs ? inputs[i] : eval_program(e, t->inputs[i].expression, NULL);
        if (!eval_convert(e, value, t->inputs[i].type, &given[i]))
            given[i] = value;
    }
    if (inputs && t->reads_names)
        e->globals = with_arguments(e, t, given);
    Matches matches = find_matches(e, t, given);
    if (hits) {
        note_hits(e, t, matches, hits);
        note_inputs(e, t, given, hits);
    }
    FeelValue **rows = eval_alloc(e, matches.count * sizeof *rows);
    for (size_t i = 0; i < matches.count; i++)
        rows[i] = values_of(e, t, t->rules[matches.rules[i]].results);
    FeelValue result = matches.count ? apply_policy(e, t, rows, matches.count) : otherwise(e, t);
    e->globals = globals;
    if (e->trace)
        trace_decision(e, t, given, matches.rules, matches.count, result);
    return result;
}

bool feel_table_eval(const FeelTable *table, const FeelValue *context, const FeelEnv *env,
                     Arena *arena, FeelTableResult *out, Err *err)
{
    FeelEval e;

    eval_begin(&e, arena, context, env);
    *out = (FeelTableResult){.value = feel_null()};
    if (setjmp(e.limit))
        return err_at(err, table->file, table->line, 0, "the table was stopped: %s", e.exceeded);
    out->value = value_keep(arena, table_decide(&e, table, NULL, out));
    return true;
}
