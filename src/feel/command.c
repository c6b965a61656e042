/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus feel: try an expression or a table at the shell. */
#include "feel/command.h"
#include "feel/paths.h"
#include "feel/table.h"

#include "feel/type.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_TABLES = 32 };

typedef struct Options {
    const char *subject; /* the expression, or the table's file */
    const char *context_file;
    const char *tables[MOST_TABLES]; /* files of tables that the expression may ask */
    size_t table_count;
    Date today;
    bool json;
    bool lenient;
    bool tests;
    Arena *arena;
    const Node *context;
    FeelEnv env;
} Options;

static const char HELP[] =
    "Usage:\n"
    "  rathaus feel eval EXPRESSION [--context FILE.json] [--today YYYY-MM-DD] [--json]\n"
    "                               [--table FILE.yaml]... [--lenient]\n"
    "  rathaus feel explain EXPRESSION [the same options]\n"
    "  rathaus feel print EXPRESSION [--tests] [--context FILE.json] [--lenient]\n"
    "  rathaus feel table FILE.yaml [--context FILE.json] [--today YYYY-MM-DD] [--json]\n"
    "  rathaus feel run MODEL.dmn [--decision NAME] [--context FILE.json] [--today YYYY-MM-DD]\n"
    "                             [--json] [--lenient]\n"
    "  rathaus feel convert FILE [--decision NAME]\n"
    "  rathaus feel tck FOLDER [--json]\n"
    "\n"
    "eval evaluates a FEEL expression (DMN 1.5); the names of the context's entries are\n"
    "known to it, and it may ask the given tables; a division by what may be 0 is warned of.\n"
    "explain also tells, in German, which values and which rows of the tables led to the result.\n"
    "print writes the expression in its canonical form; without --context any name goes.\n"
    "table decides by a table in YAML, shows the rows that matched, and warns of gaps, overlaps\n"
    "and rows that never fire. run decides by a DMN model, convert turns a table in YAML into\n"
    "one and back, tck runs DMN's test kit; each has its own --help.\n"
    "\n"
    "  --context FILE   names and values as a JSON object; \"-\" reads standard input\n"
    "  --table FILE     a decision table in YAML that the expression may ask by its name\n"
    "  --today DATE     what today() answers, and now() at its midnight in UTC\n"
    "  --json           print the result as JSON\n"
    "  --tests          the text is that of a table's cell: > 5, [1..3]\n"
    "  --lenient        unknown names and impossible operations are null, not errors\n"
    "\n"
    "Exit status: 0 done, 1 the file or usage is wrong, 2 the expression or table is wrong.\n";

static int usage(const char *problem)
{
    fprintf(stderr, "rathaus feel: %s\n\n%s", problem, HELP);
    return 1;
}

static int report(Arena *arena, const Err *err)
{
    fprintf(stderr, "rathaus feel: %s\n", err_text(err, arena));
    return err->kind == ERR_NOT_FOUND ? 1 : 2;
}

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

static bool read_options(int argc, char **argv, Options *o, int *status, Err *err)
{
    *status = 1;
    for (int i = 0; i < argc; i++) {
        const char *arg = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        assert(arg);
        if (strcmp(arg, "--json") == 0) {
            o->json = true;
        } else if (strcmp(arg, "--lenient") == 0) {
            o->lenient = true;
        } else if (strcmp(arg, "--tests") == 0) {
            o->tests = true;
        } else if (strcmp(arg, "--context") == 0 && value) {
            o->context_file = value;
            i++;
        } else if (strcmp(arg, "--table") == 0 && value) {
            if (o->table_count == MOST_TABLES)
                return err_set(err, ERR_INPUT, "there are more than %d tables", MOST_TABLES);
            o->tables[o->table_count++] = value;
            i++;
        } else if (strcmp(arg, "--today") == 0 && value) {
            if (!date_parse_iso(str_c(value), &o->today))
                return err_set(err, ERR_INPUT, "\"%s\" is no date like 2027-03-01", value);
            i++;
        } else if (arg[0] == '-' && arg[1] == '-') {
            return err_set(err, ERR_INPUT, "the option %s is not known or lacks its value", arg);
        } else if (o->subject) {
            return err_set(err, ERR_INPUT, "\"%s\" is one argument too many; quote the expression",
                           arg);
        } else {
            o->subject = arg;
        }
    }
    if (!o->subject)
        return err_set(err, ERR_INPUT, "the expression or the file is missing");
    *status = 0;
    return true;
}

static bool prepare(Options *o, Err *err)
{
    Str text;

    o->env.now = clock_now();
    o->env.today = date_in_berlin(o->env.now);
    if (!date_absent(o->today)) {
        o->env.today = o->today;
        o->env.now = date_to_days(o->today) * 86400000;
    }
    if (!o->context_file)
        return true;
    if (!path_read(o->arena, o->context_file, &text, err))
        return false;
    o->context = node_parse_json(o->arena, text, o->context_file, &NODE_LIMITS_PACKAGE, err);
    if (o->context && o->context->kind != NODE_MAP)
        return err_set(err, ERR_INPUT, "%s: the context must be an object", o->context_file);
    return o->context != NULL;
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

static void print_node(const Options *o, const Node *node)
{
    Buf out = buf_in(o->arena);

    node_write_json_pretty(node, &out);
    Str json = str_trim(buf_str(&out));
    printf("%.*s\n", STR_ARG(json));
}

static void print_value(const Options *o, const FeelValue *value)
{
    if (o->json) {
        print_node(o, feel_to_node(o->arena, value));
        return;
    }
    Str text = feel_to_text(o->arena, value);
    printf("%.*s\n", STR_ARG(text));
}

static int refuse(Str text, const Err *err)
{
    fprintf(stderr, "%d:%d: %s\n", err->line, err->column, err->message);
    show_place(text, err);
    return 2;
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

    for (size_t i = 0; i < o->table_count; i++) {
        const FeelTable *table = read_table(o, o->tables[i], &err);
        if (!table) {
            *status = report(o->arena, &err);
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
        return report(o->arena, &err);
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
        return report(o->arena, &err);
    if (o->json) {
        print_node(o, feel_explanation_node(o->arena, &explanation));
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
        return report(o->arena, &err);
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
        return report(o->arena, &err);
    print_hits(o, table, &result);
    print_value(o, result.value);
    return 0;
}

/* Words with arguments of their own. */
static const struct {
    const char *word;
    int (*run)(int argc, char **argv);
} WORDS[] = {
    {"convert", feel_command_convert}, {"run", feel_command_run}, {"tck", feel_command_tck}};

/* Words with the options of this file. */
static const struct {
    const char *word;
    int (*run)(Options *o);
} OWN_WORDS[] = {
    {"eval", run_eval}, {"explain", run_explain}, {"print", run_print}, {"table", run_table}};

static int (*find_word(const char *word))(Options *)
{
    for (size_t i = 0; i < sizeof OWN_WORDS / sizeof *OWN_WORDS; i++)
        if (strcmp(word, OWN_WORDS[i].word) == 0)
            return OWN_WORDS[i].run;
    return NULL;
}

int feel_command(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(argv[1], WORDS[i].word) == 0)
            return WORDS[i].run(argc - 1, argv + 1);

    Options options = {.arena = arena_create(0)};
    Err err;
    int status;

    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        fputs(HELP, argc < 2 ? stderr : stdout);
        arena_destroy(options.arena);
        return argc < 2;
    }
    int (*run)(Options *) = find_word(argv[1]);
    if (!run)
        status = usage("the first word is eval, explain, print, table, run, convert or tck");
    else if (argc > 2 && strcmp(argv[2], "--help") == 0)
        status = fputs(HELP, stdout) < 0;
    else if (!read_options(argc - 2, argv + 2, &options, &status, &err))
        status = usage(err.message);
    else if (!prepare(&options, &err))
        status = report(options.arena, &err);
    else
        status = run(&options);
    arena_destroy(options.arena);
    return status;
}
