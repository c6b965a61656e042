/* SPDX-License-Identifier: EUPL-1.2 */
/* Which values and which rows of which tables led to a result. */
#include "feel/program.h"
#include "feel/trace.h"

/* The longest name of the context that the path begins with: names may hold dots themselves. */
static const FeelValue *first_name(const FeelValue *context, Str *path)
{
    for (size_t end = path->len; context && end > 0; end--) {
        if (end < path->len && path->ptr[end] != '.')
            continue;
        Str name = str_slice(*path, 0, end);
        const FeelValue *found = context_find(context->context, name, key_hash(name));
        if (found) {
            *path = end < path->len ? str_slice(*path, end + 1, path->len) : STR_NONE;
            return found;
        }
    }
    *path = STR_NONE;
    return NULL;
}

/* The value at a path of names ("anschrift.plz"); of a list, of each item. */
static const FeelValue *value_at(FeelEval *e, const FeelValue *context, Str path)
{
    const FeelValue *found = first_name(context, &path);
    FeelValue value = found ? *found : VALUE_NULL;

    while (path.ptr && path.len) {
        Str name = str_cut(&path, '.');
        uint32_t hint = 0;
        value = eval_path(e, value, name, key_hash(name), &hint);
    }
    return value_keep(e->arena, value);
}

static void read_all(FeelEval *e, const Str *paths, size_t count, const FeelValue *context,
                     FeelExplanation *out)
{
    while (out->reading_count < count) {
        Str path = paths[out->reading_count];
        out->readings[out->reading_count] = (FeelReading){path, value_at(e, context, path)};
        out->reading_count++;
    }
}

/* As many as the limits allow, which begin anew. */
static void note_readings(FeelEval *e, const FeelProgram *program, const FeelValue *context,
                          FeelExplanation *out)
{
    Str *paths;
    size_t count = feel_program_reads(program, e->arena, &paths);

    out->readings = arena_array(e->arena, FeelReading, count);
    e->steps_left = FEEL_DEFAULT_STEPS;
    e->bytes_left = FEEL_DEFAULT_BYTES;
    if (!setjmp(e->limit))
        read_all(e, paths, count, feel_kind(context) == FEEL_CONTEXT ? context : NULL, out);
}

static bool explain(const FeelProgram *program, const FeelValue *context, const FeelEnv *env,
                    Arena *arena, bool readings, FeelExplanation *out, Err *err)
{
    FeelTrace *trace = arena_new(arena, FeelTrace);
    FeelEval e;

    *out = (FeelExplanation){.text = program->text};
    eval_begin(&e, arena, context, env);
    e.trace = trace;
    if (setjmp(e.limit))
        return eval_failed(&e, program, err) != NULL;
    const FeelValue null = VALUE_NULL;
    out->value = value_keep(arena, eval_program(&e, program, program->tests ? &null : NULL));
    out->decisions = trace->items;
    out->decision_count = trace->count;
    out->more = trace->more;
    if (readings)
        note_readings(&e, program, context, out);
    return true;
}

bool feel_explain(const FeelProgram *program, const FeelValue *context, const FeelEnv *env,
                  Arena *arena, FeelExplanation *out, Err *err)
{
    return explain(program, context, env, arena, true, out, err);
}

bool feel_eval_noting(const FeelProgram *program, const FeelValue *context, const FeelEnv *env,
                      Arena *arena, FeelExplanation *out, Err *err)
{
    return explain(program, context, env, arena, false, out, err);
}

bool feel_explain_table(const FeelTable *table, const FeelValue *const *inputs, const FeelEnv *env,
                        Arena *arena, FeelDecision *out, Err *err)
{
    FeelValue *given = arena_array(arena, FeelValue, table->input_count);
    FeelEval e;

    for (size_t i = 0; i < table->input_count; i++)
        given[i] = inputs[i] ? *inputs[i] : VALUE_NULL;
    *out = (FeelDecision){
        .table = table, .name = table->name, .labels = table_labels(arena, table), .times = 1};
    eval_begin(&e, arena, NULL, env);
    if (setjmp(e.limit))
        return err_at(err, table->file, table->line, 0, "the table was stopped: %s", e.exceeded);
    out->result.value = value_keep(arena, table_decide(&e, table, given, &out->result));
    return true;
}

static Node *decision_node(Arena *arena, const FeelDecision *decision)
{
    Node *node = node_map(arena), *inputs = node_list(arena), *rows = node_list(arena);

    for (size_t i = 0; i < decision->result.input_count; i++) {
        Node *input = node_map(arena);
        node_set(arena, input, STR("label"), node_string(arena, decision->labels[i]));
        node_set(arena, input, STR("value"), feel_to_node(arena, decision->result.inputs[i]));
        node_append(arena, inputs, input);
    }
    for (size_t i = 0; i < decision->result.hit_count; i++) {
        const FeelTableHit *hit = &decision->result.hits[i];
        Node *row = node_map(arena);
        node_set(arena, row, STR("row"), node_int(arena, (int64_t)hit->rule));
        node_set(arena, row, STR("line"), node_int(arena, hit->line));
        if (hit->remark.len)
            node_set(arena, row, STR("remark"), node_string(arena, hit->remark));
        node_append(arena, rows, row);
    }
    node_set(arena, node, STR("table"), node_string(arena, decision->name));
    if (decision->table->file)
        node_set(arena, node, STR("file"), node_string(arena, str_c(decision->table->file)));
    node_set(arena, node, STR("inputs"), inputs);
    node_set(arena, node, STR("rows"), rows);
    node_set(arena, node, STR("result"), feel_to_node(arena, decision->result.value));
    node_set(arena, node, STR("times"), node_int(arena, (int64_t)decision->times));
    return node;
}

Node *feel_explanation_node(Arena *arena, const FeelExplanation *explanation)
{
    Node *node = node_map(arena), *names = node_map(arena), *decisions = node_list(arena);

    for (size_t i = 0; i < explanation->reading_count; i++)
        node_set(arena, names, explanation->readings[i].path,
                 feel_to_node(arena, explanation->readings[i].value));
    for (size_t i = 0; i < explanation->decision_count; i++)
        node_append(arena, decisions, decision_node(arena, &explanation->decisions[i]));
    node_set(arena, node, STR("expression"), node_string(arena, explanation->text));
    node_set(arena, node, STR("result"), feel_to_node(arena, explanation->value));
    node_set(arena, node, STR("names"), names);
    node_set(arena, node, STR("decisions"), decisions);
    return node;
}
