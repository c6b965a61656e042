/* SPDX-License-Identifier: EUPL-1.2 */
/* Arbitrary text as expression, as unary tests and as a table's cell, under small limits.
 * The first byte chooses any names, known ones, or known ones and null for others; the rest is the
 * text. What compiles is printed, and the print is the same program. */
#include "feel/feel.h"
#include "feel/tree.h"
#include "feel/type.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const FeelValue *sample_context(Arena *arena, FeelScope *scope)
{
    static const char json[] =
        "{\"a\": 1, \"Monthly Salary\": 2500.5, \"name\": \"Bello\", \"open\": true,"
        " \"dogs\": [{\"breed\": \"Pudel\", \"born\": \"2020-05-01\"}, {\"breed\": \"Dogge\", "
        "\"a-b\": 3}],"
        " \"matrix\": [[1, 2], [3]], \"nothing\": null, \"b\": 2,"
        " \"a-b\": 5, \"a or b\": true, \"date\": 4, \"if a\": 6, \"count\": null}";
    Err err = {0};
    const Node *node = node_parse_json(arena, str_c(json), NULL, &NODE_LIMITS_REQUEST, &err);
    FeelType *dog = feel_type_context(arena), *type = feel_type_context(arena);

    feel_type_add_field(arena, dog, STR("breed"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, dog, STR("born"), feel_type(FEEL_DATE));
    feel_type_add_field(arena, dog, STR("a"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, dog, STR("a-b"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("a"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("Monthly Salary"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("name"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("open"), feel_type(FEEL_BOOLEAN));
    feel_type_add_field(arena, type, STR("dogs"), feel_type_list(arena, dog));
    feel_type_add_field(arena, type, STR("matrix"), feel_type(FEEL_LIST));
    feel_type_add_field(arena, type, STR("nothing"), feel_type(FEEL_ANY));
    /* Names that others begin with. */
    feel_type_add_field(arena, type, STR("b"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("a-b"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("a or b"), feel_type(FEEL_BOOLEAN));
    feel_type_add_field(arena, type, STR("date"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("if a"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("count"), feel_type(FEEL_ANY));
    feel_scope_add_type(scope, STR("Dog"), dog);
    feel_scope_add_fields(scope, type);
    return feel_from_node(arena, node, type);
}

static void use(Arena *arena, const FeelProgram *program, const FeelValue *value)
{
    Str *paths;
    FeelWarning *warnings;

    feel_program_reads(program, arena, &paths);
    feel_program_analyse(program, arena, &warnings);
    feel_type_name(arena, feel_program_type(program));
    if (value) {
        feel_to_node(arena, value);
        feel_to_text(arena, value);
    }
}

/* What the quick way answers, the tree answers as well. */
static void check_kernel(Arena *arena, const FeelProgram *program, const FeelValue *context,
                         const FeelEnv *env, const FeelValue *value)
{
    FeelProgram tree = *program;
    Err err = {0};

    if (!program->kernel || !value)
        return;
    tree.kernel = NULL;
    const FeelValue *slow = feel_eval(&tree, context, env, arena, &err);
    if (slow && !str_eq(feel_to_text(arena, value), feel_to_text(arena, slow)))
        abort();
}

typedef struct Printed {
    const FeelScope *scope;
    const FeelType *input; /* of unary tests */
    const FeelValue *value;
    const FeelValue *context;
    const FeelEnv *env;
} Printed;

static const FeelProgram *compile_printed(Arena *arena, Str text, const FeelProgram *program,
                                          const Printed *how)
{
    Err err = {0};

    return program->tests ? feel_compile_tests(arena, text, "fuzz", 1, how->input, how->scope, &err)
                          : feel_compile(arena, text, "fuzz", 1, how->scope, &err);
}

/* What is printed is the same program. */
static void check_print(Arena *arena, const FeelProgram *program, const Printed *how)
{
    Str text = feel_print(program, arena);
    Err err = {0};
    const FeelProgram *again = compile_printed(arena, text, program, how);

    if (!again || !str_eq(feel_print(again, arena), text))
        abort();
    const FeelValue *input = program->tests ? feel_context_get(how->context, STR("a")) : NULL;
    const FeelValue *value =
        program->tests ? feel_eval_tests(again, input, how->context, how->env, arena, &err)
                       : feel_eval(again, how->context, how->env, arena, &err);
    if (value && how->value && !str_eq(feel_to_text(arena, value), feel_to_text(arena, how->value)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 20000)
        return 0;
    Arena *arena = arena_create(0);
    FeelScope *scope = feel_scope(arena, NULL);
    const FeelValue *context = sample_context(arena, scope);
    const FeelEnv env = {
        .now = 1800000000000, .today = {2027, 1, 15}, .max_steps = 20000, .max_bytes = 1 << 20};
    Str text = {(const char *)data + 1, size - 1};
    Err err = {0};
    scope->lenient = data[0] & 2;
    const FeelType *input = feel_type(data[0] & 1 ? FEEL_NUMBER : FEEL_ANY);
    Printed how = {
        .scope = data[0] & 1 ? scope : NULL, .input = input, .context = context, .env = &env};

    const FeelProgram *program = feel_compile(arena, text, "fuzz", 1, how.scope, &err);
    if (program) {
        how.value = feel_eval(program, context, &env, arena, &err);
        use(arena, program, how.value);
        check_kernel(arena, program, context, &env, how.value);
        check_print(arena, program, &how);
    }
    program = feel_compile_tests(arena, text, "fuzz", 1, input, how.scope, &err);
    if (program) {
        how.value = feel_eval_tests(program, feel_context_get(context, STR("a")), context, &env,
                                    arena, &err);
        use(arena, program, how.value);
        check_print(arena, program, &how);
    }
    arena_destroy(arena);
    return 0;
}
