/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus feel run and convert: DMN models at the shell. */
#include "feel/command.h"

#include "base/flags.h"
#include "feel/dmn.h"
#include "feel/paths.h"

#include <stdio.h>

typedef struct Options {
    const char *path, *decision, *context;
    Date today;
    bool json;
    bool lenient;
    bool explain;
} Options;

static const char RUN_HELP[] =
    "Usage: rathaus feel run MODEL.dmn [--decision NAME] [--context FILE.json]\n"
    "                                  [--today DAY] [--json] [--lenient] [--explain]\n"
    "\n"
    "Decides by a DMN model (1.1 to 1.5). Models that it imports are taken from its folder.\n"
    "Without --decision every decision of the model is made. What is wrong with the model,\n"
    "and gaps and overlaps of its tables, are told with file, line and column.\n"
    "\n"
    "  --decision NAME  a decision, a decision service or a business knowledge model\n"
    "  --context FILE   values of the inputs as a JSON object; an entry named like an import\n"
    "                   holds those of that model; \"-\" reads standard input\n"
    "  --today DAY      what today() answers, and now() at its midnight in UTC\n"
    "  --json           print the result as JSON\n"
    "  --explain        with --decision: also the decisions it needed, and the rows of their\n"
    "                   tables that matched, with the values of the inputs\n"
    "  --lenient        decide although the model has errors; what they touch is null\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 done, 1 the model or the context is wrong, 2 called wrongly, or a file cannot "
    "be\n"
    "read.\n";

static const char CONVERT_HELP[] =
    "Usage: rathaus feel convert FILE [--decision NAME]\n"
    "\n"
    "Prints a table of a package (YAML) as a DMN 1.5 model (XML), or a decision table of a DMN\n"
    "model as a table of a package. What the other form cannot say is an error.\n"
    "\n"
    "  --decision NAME  which decision's table, when the model has several\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 done, 1 it cannot be converted, 2 called wrongly, or a file cannot be read.\n";

/* --- run ---------------------------------------------------------------------------------------
 */

/* True when something is wrong that makes a part of the model null. */
static bool tell_problems(const DmnModel *model)
{
    const FeelWarning *problems;
    size_t count = dmn_problems(model, &problems);
    bool wrong = false;

    for (size_t i = 0; i < count; i++) {
        fprintf(stderr, "%s:%d:%d: %s: %.*s\n", problems[i].file ? problems[i].file : "",
                problems[i].line, problems[i].column, problems[i].error ? "error" : "warning",
                STR_ARG(problems[i].message));
        wrong = wrong || problems[i].error;
    }
    return wrong;
}

static void print_one(Arena *arena, const FeelValue *value, bool json)
{
    if (json)
        feel_command_print(arena, feel_to_node(arena, value));
    else
        printf("%.*s\n", STR_ARG(str_trim(feel_to_text(arena, value))));
}

/* Every decision of the model, each by itself. */
static bool run_all(Arena *arena, const DmnModel *model, DmnQuestion *question, const FeelEnv *env,
                    bool json, Err *err)
{
    Node *all = node_map(arena);

    for (size_t i = 0; i < dmn_part_count(model); i++) {
        DmnPart part = dmn_part(model, i);
        const FeelValue *value;
        if (part.kind != DMN_DECISION)
            continue;
        question->name = part.name;
        if (!dmn_evaluate(model, question, env, arena, &value, err))
            return false;
        if (json) {
            node_set(arena, all, part.name, feel_to_node(arena, value));
        } else {
            printf("%.*s: ", STR_ARG(part.name));
            print_one(arena, value, false);
        }
    }
    if (json)
        feel_command_print(arena, all);
    return true;
}

/* --- explain ------------------------------------------------------------------------------------
 */

static void print_step(Arena *arena, const DmnStep *step)
{
    Str value = feel_to_text(arena, step->value);

    printf("%.*s = %.*s%s\n", STR_ARG(step->name), STR_ARG(value), step->given ? " (given)" : "");
    for (size_t i = 0; step->table && i < step->table->input_count; i++)
        printf("  input %.*s = %.*s\n", STR_ARG(step->inputs[i]),
               STR_ARG(step->table->input_texts[i]));
    for (size_t i = 0; step->table && i < step->table->hit_count; i++)
        printf("  row %zu (line %d) %.*s\n", step->table->hits[i].rule, step->table->hits[i].line,
               STR_ARG(step->table->hits[i].remark));
    if (step->table && step->table->hit_count == 0)
        printf("  no row matched\n");
}

static Node *table_node(Arena *arena, const DmnStep *step)
{
    Node *table = node_map(arena), *inputs = node_map(arena), *rows = node_list(arena);

    for (size_t i = 0; i < step->table->input_count; i++)
        node_set(arena, inputs, step->inputs[i], node_string(arena, step->table->input_texts[i]));
    for (size_t i = 0; i < step->table->hit_count; i++) {
        const FeelTableHit *hit = &step->table->hits[i];
        Node *row = node_map(arena);
        node_set(arena, row, STR("row"), node_int(arena, (int64_t)hit->rule));
        node_set(arena, row, STR("line"), node_int(arena, hit->line));
        node_set(arena, row, STR("remark"), node_string(arena, hit->remark));
        node_append(arena, rows, row);
    }
    node_set(arena, table, STR("inputs"), inputs);
    node_set(arena, table, STR("rows"), rows);
    return table;
}

static void print_steps_json(Arena *arena, const FeelValue *value, const DmnStep *steps,
                             size_t count)
{
    Node *root = node_map(arena), *list = node_list(arena);

    for (size_t i = 0; i < count; i++) {
        Node *step = node_map(arena);
        node_set(arena, step, STR("decision"), node_string(arena, steps[i].name));
        node_set(arena, step, STR("value"), feel_to_node(arena, steps[i].value));
        node_set(arena, step, STR("given"), node_bool(arena, steps[i].given));
        if (steps[i].table)
            node_set(arena, step, STR("table"), table_node(arena, &steps[i]));
        node_append(arena, list, step);
    }
    node_set(arena, root, STR("value"), feel_to_node(arena, value));
    node_set(arena, root, STR("steps"), list);
    feel_command_print(arena, root);
}

static bool run_explained(Arena *arena, const DmnModel *model, const DmnQuestion *question,
                          const FeelEnv *env, bool json, Err *err)
{
    const FeelValue *value;
    DmnStep *steps;
    size_t count;

    if (!dmn_explain(model, question, env, arena, &value, &steps, &count, err))
        return false;
    if (json) {
        print_steps_json(arena, value, steps, count);
        return true;
    }
    for (size_t i = 0; i < count; i++)
        print_step(arena, &steps[i]);
    print_one(arena, value, false);
    return true;
}

static int run(Arena *arena, const Options *o)
{
    FeelEnv env = feel_command_env(o->today);
    DmnQuestion question = {.name = str_c(o->decision)};
    DmnInput *inputs;
    const FeelValue *value;
    const Node *context;
    Err err;
    const DmnModel *model = dmn_open(arena, o->path, &err);

    if (!model || !feel_command_context(arena, o->context, &context, &err))
        return feel_failed("run", &err, arena);
    if (tell_problems(model) && !o->lenient)
        return 1;
    question.input_count = dmn_inputs(model, context, arena, &inputs);
    question.inputs = inputs;
    bool ok = !o->decision ? run_all(arena, model, &question, &env, o->json, &err)
              : o->explain ? run_explained(arena, model, &question, &env, o->json, &err)
                           : dmn_evaluate(model, &question, &env, arena, &value, &err);

    if (!ok)
        return feel_failed("run", &err, arena);
    if (o->decision && !o->explain)
        print_one(arena, value, o->json);
    return 0;
}

/* --- convert -------------------------------------------------------------------------------------
 */

static int convert(Arena *arena, const Options *o)
{
    Str text, result;
    Err err;
    bool done;

    if (!path_read(arena, o->path, &text, &err))
        return feel_failed("convert", &err, arena);
    if (str_starts_with(str_trim(text), "<") || str_starts_with(text, "\xEF\xBB\xBF<")) {
        const DmnModel *model = dmn_open(arena, o->path, &err);
        if (model && tell_problems(model))
            return 1;
        done = model && dmn_to_yaml(model, str_c(o->decision), arena, &result, &err);
    } else {
        const Node *yaml = node_parse_yaml(arena, text, o->path, &NODE_LIMITS_PACKAGE, &err);
        done = yaml && dmn_from_yaml(arena, yaml, &result, &err);
    }
    if (!done)
        return feel_failed("convert", &err, arena);
    fwrite(result.ptr, 1, result.len, stdout);
    return 0;
}

/* --- The commands --------------------------------------------------------------------------------
 */

int feel_command_run(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {
        {"MODEL.dmn", .text = &options.path},    {"--decision", .text = &options.decision},
        {"--context", .text = &options.context}, {"--today", .day = &options.today},
        {"--json", .set = &options.json},        {"--explain", .set = &options.explain},
        {"--lenient", .set = &options.lenient},  {0}};
    int status = flags_read("feel run", RUN_HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    if (options.explain && !options.decision)
        return flags_refuse("feel run", "--explain needs --decision NAME");
    Arena *arena = arena_create(1 << 16);

    status = run(arena, &options);
    arena_destroy(arena);
    return status;
}

int feel_command_convert(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {
        {"FILE", .text = &options.path}, {"--decision", .text = &options.decision}, {0}};
    int status = flags_read("feel convert", CONVERT_HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(1 << 16);

    status = convert(arena, &options);
    arena_destroy(arena);
    return status;
}
