/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus feel run and convert: DMN models at the shell. */
#include "feel/command.h"

#include "feel/dmn.h"
#include "feel/paths.h"

#include <assert.h>
#include <stdio.h>

typedef struct Options {
    const char *path;
    Str decision;
    const char *context;
    Date today;
    bool json;
    bool lenient;
    bool explain;
} Options;

static const char RUN_HELP[] =
    "Usage: rathaus feel run MODEL.dmn [--decision NAME] [--context FILE.json]\n"
    "                                  [--today YYYY-MM-DD] [--json] [--lenient] [--explain]\n"
    "\n"
    "Decides by a DMN model (1.1 to 1.5). Models that it imports are taken from its folder.\n"
    "Without --decision every decision of the model is made. What is wrong with the model,\n"
    "and gaps and overlaps of its tables, are told with file, line and column.\n"
    "\n"
    "  --decision NAME  a decision, a decision service or a business knowledge model\n"
    "  --context FILE   values of the inputs as a JSON object; an entry named like an import\n"
    "                   holds those of that model; \"-\" reads standard input\n"
    "  --today DATE     what today() answers, and now() at its midnight in UTC\n"
    "  --json           print the result as JSON\n"
    "  --explain        with --decision: also the decisions it needed, and the rows of their\n"
    "                   tables that matched, with the values of the inputs\n"
    "  --lenient        decide although the model has errors; what they touch is null\n"
    "\n"
    "Exit status: 0 done, 1 a file or the usage is wrong, 2 the model is wrong.\n";

static const char CONVERT_HELP[] =
    "Usage: rathaus feel convert FILE [--decision NAME]\n"
    "\n"
    "Prints a table of a package (YAML) as a DMN 1.5 model (XML), or a decision table of a DMN\n"
    "model as a table of a package. What the other form cannot say is an error.\n"
    "\n"
    "  --decision NAME  which decision's table, when the model has several\n"
    "\n"
    "Exit status: 0 done, 1 a file or the usage is wrong, 2 it cannot be converted.\n";

static bool read_options(int argc, char **argv, Options *o, Err *err)
{
    for (int i = 1; i < argc && argv[i]; i++) {
        const char *arg = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        assert(arg);
        if (strcmp(arg, "--json") == 0) {
            o->json = true;
        } else if (strcmp(arg, "--lenient") == 0) {
            o->lenient = true;
        } else if (strcmp(arg, "--explain") == 0) {
            o->explain = true;
        } else if (strcmp(arg, "--decision") == 0 && value) {
            o->decision = str_c(argv[++i]);
        } else if (strcmp(arg, "--context") == 0 && value) {
            o->context = argv[++i];
        } else if (strcmp(arg, "--today") == 0 && value) {
            if (!date_parse_iso(str_c(argv[++i]), &o->today))
                return err_set(err, ERR_INPUT, "\"%s\" is no date like 2027-03-01", value);
        } else if (arg[0] == '-' && arg[1] == '-') {
            return err_set(err, ERR_INPUT, "the option %s is not known or lacks its value", arg);
        } else if (o->path) {
            return err_set(err, ERR_INPUT, "\"%s\" is one argument too many", arg);
        } else {
            o->path = arg;
        }
    }
    return o->path || err_set(err, ERR_INPUT, "the file is missing");
}

static int report(Arena *arena, const Err *err)
{
    fprintf(stderr, "rathaus feel: %s\n", err_text(err, arena));
    return err->kind == ERR_NOT_FOUND ? 1 : 2;
}

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
    Buf out = buf_in(arena);

    if (json)
        node_write_json_pretty(feel_to_node(arena, value), &out);
    else
        buf_add(&out, feel_to_text(arena, value));
    Str text = str_trim(buf_str(&out));
    printf("%.*s\n", STR_ARG(text));
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
    if (json) {
        Buf out = buf_in(arena);
        node_write_json_pretty(all, &out);
        Str text = str_trim(buf_str(&out));
        printf("%.*s\n", STR_ARG(text));
    }
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
    Buf out = buf_in(arena);

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
    node_write_json_pretty(root, &out);
    Str text = str_trim(buf_str(&out));
    printf("%.*s\n", STR_ARG(text));
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

static bool read_context(Arena *arena, const Options *o, const Node **out, Err *err)
{
    Str text;

    *out = NULL;
    if (!o->context)
        return true;
    if (!path_read(arena, o->context, &text, err))
        return false;
    *out = node_parse_json(arena, text, o->context, &NODE_LIMITS_PACKAGE, err);
    if (*out && (*out)->kind != NODE_MAP)
        return err_set(err, ERR_INPUT, "%s: the context must be an object", o->context);
    return *out != NULL;
}

static int run(Arena *arena, const Options *o)
{
    FeelEnv env = {.now = clock_now()};
    DmnQuestion question = {.name = o->decision};
    DmnInput *inputs;
    const FeelValue *value;
    const Node *context;
    Err err;

    env.today = date_in_berlin(env.now);
    if (!date_absent(o->today)) {
        env.today = o->today;
        env.now = date_to_days(o->today) * 86400000;
    }
    const DmnModel *model = dmn_open(arena, o->path, &err);
    if (!model || !read_context(arena, o, &context, &err))
        return report(arena, &err);
    if (tell_problems(model) && !o->lenient)
        return 2;
    question.input_count = dmn_inputs(model, context, arena, &inputs);
    question.inputs = inputs;
    if (!o->decision.ptr)
        return run_all(arena, model, &question, &env, o->json, &err) ? 0 : report(arena, &err);
    if (o->explain)
        return run_explained(arena, model, &question, &env, o->json, &err) ? 0
                                                                           : report(arena, &err);
    if (!dmn_evaluate(model, &question, &env, arena, &value, &err))
        return report(arena, &err);
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
        return report(arena, &err);
    if (str_starts_with(str_trim(text), "<") || str_starts_with(text, "\xEF\xBB\xBF<")) {
        const DmnModel *model = dmn_open(arena, o->path, &err);
        if (model && tell_problems(model))
            return 2;
        done = model && dmn_to_yaml(model, o->decision, arena, &result, &err);
    } else {
        const Node *yaml = node_parse_yaml(arena, text, o->path, &NODE_LIMITS_PACKAGE, &err);
        done = yaml && dmn_from_yaml(arena, yaml, &result, &err);
    }
    if (!done)
        return report(arena, &err);
    fwrite(result.ptr, 1, result.len, stdout);
    return 0;
}

static int with_options(int argc, char **argv, const char *help,
                        int (*work)(Arena *, const Options *))
{
    Arena *arena = arena_create(1 << 16);
    Options options = {0};
    int status = 1;
    Err err;

    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        status = fputs(help, stdout) < 0;
    else if (!read_options(argc, argv, &options, &err))
        fprintf(stderr, "rathaus feel: %s\n\n%s", err.message, help);
    else
        status = work(arena, &options);
    arena_destroy(arena);
    return status;
}

int feel_command_run(int argc, char **argv)
{
    return with_options(argc, argv, RUN_HELP, run);
}

int feel_command_convert(int argc, char **argv)
{
    return with_options(argc, argv, CONVERT_HELP, convert);
}
