/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus feel: try an expression or a table at the shell. */
#include "feel/command.h"
#include "base/command.h"
#include "base/flags.h"
#include "feel/paths.h"
#include "feel/table.h"

#include "feel/type.h"

#include <stdio.h>

enum { MOST_TABLES = 32 };

typedef struct Options {
    const char *command; /* "eval" */
    const char *subject; /* the expression, or the table's file */
    const char *context_file;
    FlagList tables; /* files of tables that the expression may ask */
    Date today;
    bool json;
    bool lenient;
    bool tests;
    Arena *arena;
    const Node *context;
    FeelEnv env;
} Options;

/* --- Expressions ---------------------------------------------------------------------------------
 */

/* The line of the text with a caret below the place. */
static void show_place(Str text, const Err *err)
{
    int line = 1;
    size_t from = 0;

    while (line < err->line && from < text.len)
        line += text.ptr[from++] == '\n';
    Str rest = str_slice(text, from, text.len);
    Str shown = str_cut(&rest, '\n');
    if (err->line == 0 || err->column == 0)
        return;
    fprintf(stderr, "  %.*s\n  %*s^\n", STR_ARG(shown), err->column - 1, "");
}

/* The names of the context, with the types of its values. */
static FeelScope *scope_of(const Options *o, const FeelValue *context)
{
    FeelScope *scope = feel_scope(o->arena, NULL);

    scope->lenient = o->lenient;
    for (size_t i = 0; o->context && i < o->context->count; i++) {
        const FeelValue *value = feel_context_get(context, o->context->keys[i]);
        FeelTypeKind kind = feel_kind(value);
        /* Data says nothing about what null might be. */
        feel_scope_add(scope, o->context->keys[i], feel_type(kind == FEEL_NULL ? FEEL_ANY : kind));
    }
    return scope;
}

static void print_value(const Options *o, const FeelValue *value)
{
    if (o->json) {
        feel_command_print(o->arena, feel_to_node(o->arena, value));
        return;
    }
    Str text = feel_to_text(o->arena, value);
    printf("%.*s\n", STR_ARG(text));
}

static int refuse(Str text, const Err *err)
{
    fprintf(stderr, "%d:%d: %s\n", err->line, err->column, err->message);
    show_place(text, err);
    return 1;
}

static void tell_warnings(const FeelProgram *program, Arena *arena)
{
    FeelWarning *warnings;
    size_t count = feel_program_analyse(program, arena, &warnings);

    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%d:%d: %s: %.*s\n", warnings[i].line, warnings[i].column,
                warnings[i].error ? "error" : "warning", STR_ARG(warnings[i].message));
}

static const FeelTable *read_table(const Options *o, const char *file, Err *err)
{
    Str text;

    if (!path_read(o->arena, file, &text, err))
        return NULL;
    const Node *yaml = node_parse_yaml(o->arena, text, file, &NODE_LIMITS_PACKAGE, err);
    return yaml ? feel_table_from_yaml(o->arena, yaml, NULL, err) : NULL;
}

/* Compile the expression with the names of the context and the tables; `status` says why not. */
static const FeelProgram *read_expression(const Options *o, const FeelValue *context, int *status)
{
    Err err;
    Str text = str_c(o->subject);
    FeelScope *scope = scope_of(o, context);

    for (size_t i = 0; i < o->tables.count; i++) {
        const FeelTable *table = read_table(o, o->tables.items[i], &err);
        if (!table) {
            *status = feel_failed(o->command, &err, o->arena);
            return NULL;
        }
        feel_scope_add_table(scope, table);
    }
    const FeelProgram *program = feel_compile(o->arena, text, NULL, 1, scope, &err);
    if (program) {
        tell_warnings(program, o->arena);
        return program;
    }
    *status = refuse(text, &err);
    return NULL;
}

static int run_eval(Options *o)
{
    Err err;
    int status = 0;
    const FeelValue *context = o->context ? feel_from_node(o->arena, o->context, NULL) : NULL;
    const FeelProgram *program = read_expression(o, context, &status);

    if (!program)
        return status;
    const FeelValue *value = feel_eval(program, context, &o->env, o->arena, &err);
    if (!value)
        return feel_failed(o->command, &err, o->arena);
    print_value(o, value);
    return 0;
}

static int run_explain(Options *o)
{
    Err err;
    int status = 0;
    FeelExplanation explanation;
    const FeelValue *context = o->context ? feel_from_node(o->arena, o->context, NULL) : NULL;
    const FeelProgram *program = read_expression(o, context, &status);

    if (!program)
        return status;
    if (!feel_explain(program, context, &o->env, o->arena, &explanation, &err))
        return feel_failed(o->command, &err, o->arena);
    if (o->json) {
        feel_command_print(o->arena, feel_explanation_node(o->arena, &explanation));
    } else {
        Str text = feel_explanation_text(o->arena, &explanation);
        printf("%.*s", STR_ARG(text));
    }
    return 0;
}

static int run_print(Options *o)
{
    Err err;
    Str text = str_c(o->subject);
    const FeelValue *context = o->context ? feel_from_node(o->arena, o->context, NULL) : NULL;
    const FeelScope *scope = o->context ? scope_of(o, context) : NULL;
    const FeelProgram *program =
        o->tests ? feel_compile_tests(o->arena, text, NULL, 1, feel_type(FEEL_ANY), scope, &err)
                 : feel_compile(o->arena, text, NULL, 1, scope, &err);

    if (!program)
        return refuse(text, &err);
    Str printed = feel_print(program, o->arena);
    printf("%.*s\n", STR_ARG(printed));
    return 0;
}

static void print_hits(const Options *o, const FeelTable *table, const FeelTableResult *result)
{
    for (size_t i = 0; i < result->input_count; i++)
        fprintf(stderr, "input %.*s = %.*s\n", STR_ARG(table->inputs[i].text),
                STR_ARG(result->input_texts[i]));
    for (size_t i = 0; i < result->hit_count; i++)
        fprintf(stderr, "row %zu (%s:%d) %.*s\n", result->hits[i].rule, o->subject,
                result->hits[i].line, STR_ARG(result->hits[i].remark));
    if (result->hit_count == 0)
        fprintf(stderr, "no row matched\n");
}

static int run_table(Options *o)
{
    Err err;
    FeelTableResult result;
    FeelWarning *warnings;
    const FeelTable *table = read_table(o, o->subject, &err);

    if (!table)
        return feel_failed(o->command, &err, o->arena);
    size_t count = feel_table_analyse(table, o->arena, &warnings);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%s:%d:%d: %s: %.*s\n", warnings[i].file ? warnings[i].file : "",
                warnings[i].line, warnings[i].column, warnings[i].error ? "error" : "warning",
                STR_ARG(warnings[i].message));
    if (!o->context)
        return 0;
    FeelType *type = feel_type_context(o->arena);
    for (size_t i = 0; i < table->input_count; i++)
        feel_type_add_field(o->arena, type, table->inputs[i].text, table->inputs[i].type);
    const FeelValue *context = feel_from_node(o->arena, o->context, type);
    if (!feel_table_eval(table, context, &o->env, o->arena, &result, &err))
        return feel_failed(o->command, &err, o->arena);
    print_hits(o, table, &result);
    print_value(o, result.value);
    return 0;
}

/* --- The commands --------------------------------------------------------------------------------
 */

#define EXPRESSION_OPTIONS                                                                        \
    "  --context FILE   names and values as a JSON object, whose entries are known to the\n"      \
    "                   expression; \"-\" reads standard input\n"                                 \
    "  --table FILE     a decision table in YAML that the expression may ask by its name; may\n"  \
    "                   be given several times\n"                                                 \
    "  --today DAY      what today() answers, and now() at its midnight in UTC\n"                 \
    "  --json           print the result as JSON\n"                                               \
    "  --lenient        unknown names and impossible operations are null, not errors\n"           \
    "  --help           this text\n"                                                              \
    "\n"                                                                                          \
    "Exit status: 0 done, 1 the expression, the context or a table is wrong, 2 called wrongly,\n" \
    "or a file cannot be read.\n"

static const char EVAL_HELP[] = "Usage: rathaus feel eval EXPRESSION [options]\n"
                                "\n"
                                "Evaluate a FEEL expression (DMN 1.5). A division by what may be 0 "
                                "is warned of. An expression\n"
                                "that begins with two hyphens stands behind --.\n"
                                "\n" EXPRESSION_OPTIONS;

static const char EXPLAIN_HELP[] = "Usage: rathaus feel explain EXPRESSION [options]\n"
                                   "\n"
                                   "Evaluate a FEEL expression, and tell, in German, which values "
                                   "and which rows of the tables led\n"
                                   "to the result.\n"
                                   "\n" EXPRESSION_OPTIONS;

static const char PRINT_HELP[] =
    "Usage: rathaus feel print EXPRESSION [options]\n"
    "\n"
    "Write an expression in its canonical form; without --context any name goes.\n"
    "\n"
    "  --tests          the text is that of a table's cell: > 5, [1..3]\n"
    "  --context FILE   names and values as a JSON object; \"-\" reads standard input\n"
    "  --lenient        unknown names and impossible operations are null, not errors\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 done, 1 the expression or the context is wrong, 2 called wrongly, or a file\n"
    "cannot be read.\n";

static const char TABLE_HELP[] =
    "Usage: rathaus feel table FILE.yaml [options]\n"
    "\n"
    "Decide by a table in YAML, show the rows that matched, and warn of gaps, overlaps and rows "
    "that\n"
    "never fire. Without --context it only warns.\n"
    "\n"
    "  --context FILE   the inputs as a JSON object; \"-\" reads standard input\n"
    "  --today DAY      what today() answers, and now() at its midnight in UTC\n"
    "  --json           print the result as JSON\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 done, 1 the table or the context is wrong, 2 called wrongly, or a file cannot "
    "be\n"
    "read.\n";

/* Read the command line into `o`, then work. */
static int with_flags(const char *name, const char *help, const Flag *flags, Options *o,
                      int (*work)(Options *o), int argc, char **argv)
{
    Err err;
    char command[32];

    snprintf(command, sizeof command, "feel %s", name);
    int status = flags_read(command, help, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    o->command = name;
    o->arena = arena_create(0);
    o->env = feel_command_env(o->today);
    status = feel_command_context(o->arena, o->context_file, &o->context, &err)
                 ? work(o)
                 : feel_failed(name, &err, o->arena);
    arena_destroy(o->arena);
    return status;
}

static int with_expression(const char *name, const char *help, int (*work)(Options *o), int argc,
                           char **argv)
{
    const char *tables[MOST_TABLES];
    Options options = {.tables = {.items = tables, .max = MOST_TABLES}};
    const Flag flags[] = {{"EXPRESSION", .text = &options.subject, .signs = true},
                          {"--context", .text = &options.context_file},
                          {"--table", .list = &options.tables},
                          {"--today", .day = &options.today},
                          {"--json", .set = &options.json},
                          {"--lenient", .set = &options.lenient},
                          {0}};

    return with_flags(name, help, flags, &options, work, argc, argv);
}

static int eval_command(int argc, char **argv)
{
    return with_expression("eval", EVAL_HELP, run_eval, argc, argv);
}

static int explain_command(int argc, char **argv)
{
    return with_expression("explain", EXPLAIN_HELP, run_explain, argc, argv);
}

static int print_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"EXPRESSION", .text = &options.subject, .signs = true},
                          {"--tests", .set = &options.tests},
                          {"--context", .text = &options.context_file},
                          {"--lenient", .set = &options.lenient},
                          {0}};

    return with_flags("print", PRINT_HELP, flags, &options, run_print, argc, argv);
}

static int table_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"FILE.yaml", .text = &options.subject},
                          {"--context", .text = &options.context_file},
                          {"--today", .day = &options.today},
                          {"--json", .set = &options.json},
                          {0}};

    return with_flags("table", TABLE_HELP, flags, &options, run_table, argc, argv);
}

int feel_command(int argc, char **argv)
{
    static const Command COMMANDS[] = {
        {"eval", "evaluate an expression", eval_command},
        {"explain", "evaluate it, and tell what led to the result", explain_command},
        {"print", "write it in its canonical form", print_command},
        {"table", "decide by a table in YAML", table_command},
        {"run", "decide by a DMN model", feel_command_run},
        {"convert", "a table in YAML as a DMN model, and back", feel_command_convert},
        {"tck", "run DMN's test kit", feel_command_tck},
        {0},
    };

    return command_run_one_of("feel", "The rule language: FEEL and DMN 1.5.", COMMANDS, argc, argv);
}
