/* SPDX-License-Identifier: EUPL-1.2 */
/* What is printed is the same program: it compiles under the same scope, prints as the same
 * text and gives the same values. */
#pragma once

#include "feel/feel_test.h"

#include "base/buf.h"
#include "feel/program.h"
#include "feel/type.h"

/* How a text is compiled. */
typedef enum Way { ANY_NAMES, LENIENT, STRICT, CELL, ITEM } Way;

typedef struct Fixture {
    Arena *arena;
    FeelScope *strict;
    FeelScope *lenient;
    const FeelType *dog;
    const FeelValue *context;
    const FeelValue *input;
} Fixture;

static const char DATA[] =
    "{a: 7, b: -2.5, c: 0, s: \"Bello\", yes: true, nothing: null, Monthly Salary: 2500.5,"
    " Soll: 9, Ist: 4, \"Soll-Ist\": 100, in stock: 3, d: @\"2027-02-28\", list: [1, 2, 3],"
    " date: true, time: false, count: function(x) 77, \"a and b\": true,"
    " twice: function(x, y) [x, y], r: (1..5], m: {p: 1, q r: {s-t: 2, s: 5}},"
    " dogs: [{name: \"Rex\", weight: 30, weight-kg: 5, kg: 1},"
    " {name: \"Bello\", weight: 4, weight-kg: 6, kg: 2}]}";

static inline const FeelValue *value_of(Arena *arena, const char *text)
{
    Err err = {0};
    const FeelProgram *program = feel_compile(arena, str_c(text), NULL, 1, NULL, &err);

    assert_ok(program, &err);
    return feel_eval(program, NULL, &FEEL_TEST_ENV, arena, &err);
}

static inline const FeelType *dog_type(Arena *arena)
{
    FeelType *dog = feel_type_context(arena);

    feel_type_add_field(arena, dog, STR("name"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, dog, STR("weight"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, dog, STR("weight - kg"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, dog, STR("kg"), feel_type(FEEL_NUMBER));
    return dog;
}

static inline FeelScope *scope_of(Arena *arena, const FeelType *dog, const FeelTable *table,
                                  bool lenient)
{
    static const struct {
        const char *name;
        FeelTypeKind kind;
    } names[] = {{"a", FEEL_NUMBER},    {"b", FEEL_NUMBER},    {"c", FEEL_NUMBER},
                 {"s", FEEL_STRING},    {"yes", FEEL_BOOLEAN}, {"nothing", FEEL_ANY},
                 {"Soll", FEEL_NUMBER}, {"Ist", FEEL_NUMBER},  {"Soll-Ist", FEEL_NUMBER},
                 {"d", FEEL_DATE},      {"list", FEEL_LIST},   {"Monthly Salary", FEEL_NUMBER},
                 {"r", FEEL_RANGE},     {"m", FEEL_CONTEXT},   {"in stock", FEEL_NUMBER},
                 {"date", FEEL_ANY},    {"time", FEEL_ANY},    {"count", FEEL_ANY},
                 {"twice", FEEL_ANY},   {"x", FEEL_ANY},       {"a and b", FEEL_BOOLEAN}};
    FeelScope *scope = feel_scope(arena, NULL);

    scope->lenient = lenient;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        feel_scope_add(scope, str_c(names[i].name), feel_type(names[i].kind));
    feel_scope_add(scope, STR("dogs"), feel_type_list(arena, dog));
    feel_scope_add_type(scope, STR("Dog"), dog);
    feel_scope_add_type(scope, STR("tList"), feel_type(FEEL_LIST));
    feel_scope_add_table(scope, table);
    return scope;
}

static inline const FeelTable *sample_table(Arena *arena)
{
    static const char yaml[] = "name: dog tax\ninputs:\n  - {expression: position, type: number}\n"
                               "  - {expression: big, type: boolean}\n"
                               "outputs:\n  - {name: r, type: number}\n"
                               "rules:\n  - [1, false, 96]\n  - [\"> 1\", \"-\", 144]\n";
    Err err = {0};
    Node *node = node_parse_yaml(arena, str_c(yaml), "t.yaml", &NODE_LIMITS_PACKAGE, &err);

    assert_ok(node, &err);
    const FeelTable *table = feel_table_from_yaml(arena, node, NULL, &err);
    assert_ok(table, &err);
    return table;
}

static inline int set_up(void **state)
{
    Arena *arena = arena_create(0);
    Fixture *f = arena_new(arena, Fixture);
    const FeelTable *table = sample_table(arena);

    f->arena = arena;
    f->dog = dog_type(arena);
    f->strict = scope_of(arena, f->dog, table, false);
    f->lenient = scope_of(arena, f->dog, table, true);
    f->context = value_of(arena, DATA);
    f->input = feel_number(arena, 7);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    arena_destroy(((Fixture *)*state)->arena);
    return 0;
}

static inline const FeelProgram *compile(const Fixture *f, Arena *arena, Str text, Way way,
                                         Err *err)
{
    static const Source source = {.line = 1, .column = 1};
    const FeelScope *scope = way == ANY_NAMES ? NULL : way == LENIENT ? f->lenient : f->strict;

    if (way == CELL)
        return feel_compile_tests(arena, text, NULL, 1, feel_type(FEEL_NUMBER), scope, err);
    if (way == ITEM)
        return program_compile_item(arena, text, &source, f->dog, scope, err);
    return feel_compile(arena, text, NULL, 1, scope, err);
}

/* The value as text, or that a limit was exceeded. */
static inline Str outcome(const Fixture *f, Arena *arena, const FeelProgram *program, Way way)
{
    Err err = {0};
    const FeelEnv env = {.today = {2027, 3, 1}, .max_steps = 20000, .max_bytes = 1 << 20};
    const FeelValue *input = way == CELL ? f->input : NULL;

    if (way == ITEM)
        input = feel_list_at(feel_context_get(f->context, STR("dogs")), 0);
    const FeelValue *value = feel_eval_tests(program, input, f->context, &env, arena, &err);
    return value ? feel_to_text(arena, value) : STR("stopped");
}

/* The printed text; fails unless it is the same program. NULL when `text` does not compile. */
static inline const char *round_trip(const Fixture *f, Arena *arena, const char *text, Way way)
{
    Err err = {0};
    const FeelProgram *program = compile(f, arena, str_c(text), way, &err);

    if (!program)
        return NULL;
    const char *printed = str_cstr(arena, feel_print(program, arena));
    const FeelProgram *again = compile(f, arena, str_c(printed), way, &err);
    if (!again)
        fail_msg("%s: printed as %s, which fails: %d: %s", text, printed, err.column, err.message);
    const char *second = str_cstr(arena, feel_print(again, arena));
    if (strcmp(printed, second) != 0)
        fail_msg("%s: printed as %s, then as %s", text, printed, second);
    Str value = outcome(f, arena, program, way), same = outcome(f, arena, again, way);
    if (!str_eq(value, same))
        fail_msg("%s gives %.*s; printed as %s it gives %.*s", text, STR_ARG(value), printed,
                 STR_ARG(same));
    return printed;
}
