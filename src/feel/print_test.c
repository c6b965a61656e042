/* SPDX-License-Identifier: EUPL-1.2 */
/* What is printed is the same program: it compiles under the same scope, prints as the same
 * text and gives the same values. */
#include "feel/feel_test.h"

#include "base/buf.h"
#include "base/test_random.h"
#include "feel/program.h"
#include "feel/type.h"

enum { RANDOM_CASES = 5000 };

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

static const FeelValue *value_of(Arena *arena, const char *text)
{
    Err err = {0};
    const FeelProgram *program = feel_compile(arena, str_c(text), NULL, 1, NULL, &err);

    assert_ok(program, &err);
    return feel_eval(program, NULL, &FEEL_TEST_ENV, arena, &err);
}

static const FeelType *dog_type(Arena *arena)
{
    FeelType *dog = feel_type_context(arena);

    feel_type_add_field(arena, dog, STR("name"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, dog, STR("weight"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, dog, STR("weight - kg"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, dog, STR("kg"), feel_type(FEEL_NUMBER));
    return dog;
}

static FeelScope *scope_of(Arena *arena, const FeelType *dog, const FeelTable *table, bool lenient)
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

static const FeelTable *sample_table(Arena *arena)
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

static int set_up(void **state)
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

static int tear_down(void **state)
{
    arena_destroy(((Fixture *)*state)->arena);
    return 0;
}

static const FeelProgram *compile(const Fixture *f, Arena *arena, Str text, Way way, Err *err)
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
static Str outcome(const Fixture *f, Arena *arena, const FeelProgram *program, Way way)
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
static const char *round_trip(const Fixture *f, Arena *arena, const char *text, Way way)
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

/* --- Texts ---------------------------------------------------------------------------------- */

typedef struct PrintCase {
    Way way;
    const char *text;
    const char *printed; /* NULL: the text is printed as it is */
} PrintCase;

static void assert_prints(const Fixture *f, const PrintCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Arena *arena = arena_create(0);
        const char *printed = round_trip(f, arena, cases[i].text, cases[i].way);
        const char *expected = cases[i].printed ? cases[i].printed : cases[i].text;
        if (!printed) {
            fail_msg("%s does not compile", cases[i].text);
            return;
        }
        if (strcmp(printed, expected) != 0)
            fail_msg("%s is printed as %s, not as %s", cases[i].text, printed, expected);
        arena_destroy(arena);
    }
}
#define ASSERT_PRINTS(state, cases) \
    assert_prints(*(state), (cases), sizeof(cases) / sizeof *(cases))

static void parentheses_stand_only_where_the_grammar_needs_them(void **state)
{
    static const PrintCase cases[] = {
        {STRICT, "((a+b))*((c))", "(a + b) * c"},
        {STRICT, "(a*b)+(c/a)", "a * b + c / a"},
        {STRICT, "a-(b-c)", "a - (b - c)"},
        {STRICT, "(a-b)-c", "a - b - c"},
        {STRICT, "-(a**2)", "-(a ** 2)"},
        {STRICT, "(-a)**2", "-a ** 2"},
        {STRICT, "a**(b**c)", "a ** (b ** c)"},
        {STRICT, "-(-a)", "--a"},
        {STRICT, "((a<b)and(b<c))or(yes)", "a < b and b < c or yes"},
        {STRICT, "yes and(yes or a=b)", "yes and (yes or a = b)"},
        {STRICT, "(a < b) = (b < c)", "a < b = (b < c)"},
        {STRICT, "(if yes then a else b)+c", "(if yes then a else b) + c"},
        {STRICT, "c+(if yes then a else b)", "c + if yes then a else b"},
        {STRICT, "c+(if yes then a else b)*2", "c + (if yes then a else b) * 2"},
        {STRICT, "(for i in list return i)[1]", NULL},
        {STRICT, "(a between b and c)and yes", "a between b and c and yes"},
        {STRICT, "a between (if yes then b else c) and (if yes then c else b)",
         "a between (if yes then b else c) and if yes then c else b"},
        {STRICT, "(a in (1, 2)) = yes", "a in (1, 2) = yes"},
    };

    ASSERT_PRINTS(state, cases);
}

static void values_are_printed_as_they_were_written(void **state)
{
    static const PrintCase cases[] = {
        {STRICT, "1.50+.5e1", "1.50 + 5"},
        {STRICT, "96/12*7", "96 / 12 * 7"},
        {STRICT, "1E6000+.00150+1e-90+0.0", "1e6000 + 0.00150 + 1e-90 + 0.0"},
        {STRICT, "\"a\\\"\\n\\u00e4\\\\\\d\"", "\"a\\\"\\nä\\\\\\\\d\""},
        {STRICT, "\"\\u0000\\u0007\\t\"", "\"\\u0000\\u0007\\t\""},
        {STRICT, "@\"2027-03-01T24:00:00@Europe/Berlin\"",
         "@\"2027-03-02T00:00:00@Europe/Berlin\""},
        {STRICT, "[@\"P14M\", @\"-P0D\"]", "[@\"P1Y2M\", @\"PT0S\"]"},
        {STRICT, "[ true,false , null ]", "[true, false, null]"},
        {STRICT, "{ \"a\":1, \"b c\" : 2,\"d:e\":3, f-g: 4, h / / i: 5, \"\": 6 }",
         "{a: 1, b c: 2, \"d:e\": 3, f-g: 4, h/ /i: 5, \"\": 6}"},
        {STRICT, "]1..5[", "(1..5)"},
        {STRICT, "[1..5[", "[1..5)"},
        {STRICT, "[(<5),(>=b),(=a)]", "[(< 5), (>= b), (= a)]"},
        {STRICT, "a /* the first */ + // and\n b", "a + b"},
        {STRICT, "if 1 > 0 then a + b else c", "a + b"},
        {LENIENT, "unknown thing + 1", "null + 1"},
    };

    ASSERT_PRINTS(state, cases);
}

static void names_are_set_apart_where_a_longer_one_is_known(void **state)
{
    static const PrintCase cases[] = {
        {STRICT, "Soll - Ist", "Soll-Ist"},
        {STRICT, "(Soll) - (Ist)", "(Soll) - Ist"},
        {STRICT, "Soll + Ist", NULL},
        {STRICT, "Monthly  Salary * 2", "Monthly Salary * 2"},
        {LENIENT, "(a) and (b)", "(a) and b"},
        {STRICT, "(date) and (time)", "(date) and time"},
        {ANY_NAMES, "(date) and (time)", "(date) and time"},
        {STRICT, "(x instance of date) and (time)", "(x instance of date) and time"},
        {LENIENT, "(x instance of function<>->date) and (time)",
         "(x instance of function<>->date) and time"},
        {STRICT, "dogs[1].weight - kg", "dogs[1].weight-kg"},
        {STRICT, "(dogs[1].weight) - a", "dogs[1].weight - a"},
        {STRICT, "dogs[(weight) - (kg) > 3]", "dogs[(weight) - kg > 3]"},
        {STRICT, "a in ((Soll) - Ist)", NULL},
        {STRICT, "in stock in in stock", NULL},
        {STRICT, "{if a: 1, b: if (a > 1) then a else 2}",
         "{if a: 1, b: if /**/ a > 1 then a else 2}"},
        {STRICT, "{for x: 1, b: for /**/ x in list return x}", NULL},
        {STRICT, "{true a: 1, b: true}", NULL},
        {ANY_NAMES, "{and then: 1, b: [and then, 2]}", "{and then: 1, b: [(and then), 2]}"},
    };

    ASSERT_PRINTS(state, cases);
}

static void forms_and_calls_print_as_written(void **state)
{
    static const PrintCase cases[] = {
        {STRICT, "for i in 1..3, j in list return i * count(partial)", NULL},
        {STRICT, "some h in dogs satisfies h.name = s", NULL},
        {STRICT, "every i in [1..5], j in (1..i] satisfies i >= j", NULL},
        {STRICT, "dogs[name = \"Rex\" and item.weight > 3].weight", NULL},
        {STRICT, "substring(start position: 2, string: s)",
         "substring(string: s, start position: 2)"},
        {STRICT, "twice(y: 1, x: 2)", NULL},
        {STRICT, "(count)(list)", "count(list)"},
        {ANY_NAMES, "(count)(list)", NULL},
        {STRICT, "(sum)(list)", NULL},
        {STRICT, "sum", NULL},
        {STRICT, "dog tax(big: false, position: a)", "dog tax(a, false)"},
        {STRICT, "(dog tax)(a, false)", NULL},
        {STRICT, "(function(x: number, y: Dog, z) x)(1, dogs[1], 3)", NULL},
        {STRICT, "sort(list, function(x, y) x > y)", NULL},
        {STRICT, "x instance of list< context<a:number,b c : list>>",
         "x instance of list<context<a: number, b c: list<Any>>>"},
        {STRICT, "x instance of function<number,string>->list<Dog>",
         "x instance of function<number, string>->list<Dog>"},
        {STRICT, "(x instance of function) = yes", "x instance of function = yes"},
        {LENIENT, "x instance of tList", "x instance of list<Any>"},
        {STRICT, "{a: 1, b: a + 1}.b", NULL},
        {LENIENT, "(d).year+(m).p", "d.year + m.p"},
        {STRICT, "r.start included", NULL},
    };

    ASSERT_PRINTS(state, cases);
}

static void tests_print_as_tests(void **state)
{
    static const PrintCase cases[] = {
        {CELL, "-", NULL},
        {CELL, " 1,2 ,3", "1, 2, 3"},
        {CELL, ">5,<=(2+1)", "> 5, <= 2 + 1"},
        {CELL, "not( ]1..5], 7 )", "not((1..5], 7)"},
        {CELL, "not([1..5), (7..9))", NULL},
        {CELL, "(not(? > 5))", NULL},
        {CELL, "not(? > 5), 3", NULL},
        {CELL, "?*2>a", "? * 2 > a"},
        {CELL, "list, r, -5, (= 3)", NULL},
        {CELL, "if true then yes else ? = 1", "yes"},
        {STRICT, "a in >(5)", "a in > 5"},
        {STRICT, "a in (>5)", "a in > 5"},
        {STRICT, "a in (1..5]", NULL},
        {STRICT, "a in ](1)..5[", "a in (1..5)"},
        {STRICT, "a in ((< 5))", NULL},
        {STRICT, "a in ((a + b) * c)", NULL},
        {STRICT, "a in (list)", "a in list"},
        {STRICT, "a in (1, > 5, [2..3], ? * 2 = 14)", NULL},
        {STRICT, "a in (if yes then 1 else 2)", NULL},
        {LENIENT, "a in (if true then null else ?)", NULL},
        {ITEM, "item.weight > (weight-kg) - (kg)", "item.weight > weight-kg - kg"},
        {ITEM, "(weight) - (kg) > 3", "(weight) - kg > 3"},
    };

    ASSERT_PRINTS(state, cases);
}

/* --- All pairs of operators ------------------------------------------------------------------ */

/* Operands stand at the letters. */
static const char *const SHAPES[] = {
    "A + B",
    "A - B",
    "A * B",
    "A / B",
    "A ** B",
    "-A",
    "A = B",
    "A != B",
    "A < B",
    "A <= B",
    "A > B",
    "A >= B",
    "A and B",
    "A or B",
    "A between B and C",
    "A in B",
    "A in (B, > C)",
    "A in < B",
    "A in (B..C]",
    "A in [B..C)",
    "if A then B else C",
    "for i in A return B",
    "for i in A..B, j in [i, 2] return C",
    "some i in A satisfies B",
    "every i in A, j in B satisfies C",
    "[A, B]",
    "{p: A, q: B}",
    "(A..B)",
    "(>= A)",
    "A.year",
    "A[B]",
    "A[item = B]",
    "max(A, B)",
    "substring(string: A, start position: B)",
    "dog tax(A, B)",
    "twice(A, B)",
    "twice(y: A, x: B)",
    "(A)(B)",
    "function(i: number, j) A",
    "A instance of list<number>",
};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

static void add_shape(Buf *out, const char *shape, const char *const operands[3])
{
    for (const char *at = shape; *at; at++) {
        if (*at >= 'A' && *at <= 'C')
            buf_addf(out, "%s", operands[*at - 'A']);
        else
            buf_add_char(out, *at);
    }
}

/* Each operator in each operand of each, with and without parentheses. */
static void each_operator_prints_inside_each_other(void **state)
{
    static const char *const leaves[3] = {"a", "list", "2"};
    size_t refused = 0, tried = 0;

    for (size_t inner = 0; inner < SHAPE_COUNT; inner++) {
        for (size_t outer = 0; outer < SHAPE_COUNT; outer++) {
            for (size_t variant = 0; variant < 6; variant++) {
                Arena *arena = arena_create(0);
                Buf part = buf_in(arena), text = buf_in(arena);
                const char *operands[3] = {leaves[1], leaves[2], leaves[0]};
                buf_add_c(&part, variant < 3 ? "(" : "");
                add_shape(&part, SHAPES[inner], leaves);
                buf_add_c(&part, variant < 3 ? ")" : "");
                operands[variant % 3] = buf_str(&part).ptr;
                add_shape(&text, SHAPES[outer], operands);
                tried++;
                refused += !round_trip(*state, arena, buf_str(&text).ptr, LENIENT);
                arena_destroy(arena);
            }
        }
    }
    /* Only without parentheses do some not go together. */
    assert_true(refused < tried / 10);
}

/* --- Random expressions --------------------------------------------------------------------- */

static const char *any_leaf(TestRandom *seed)
{
    static const char *const leaves[] = {"a",
                                         "b",
                                         "c",
                                         "s",
                                         "yes",
                                         "list",
                                         "dogs",
                                         "m",
                                         "r",
                                         "i",
                                         "?",
                                         "item",
                                         "name",
                                         "weight",
                                         "Soll",
                                         "Ist",
                                         "Soll - Ist",
                                         "Monthly Salary",
                                         "date",
                                         "time",
                                         "date and time",
                                         "in stock",
                                         "count",
                                         "abs",
                                         "dog tax",
                                         "partial",
                                         "p",
                                         "unknown",
                                         "0.50",
                                         "3",
                                         "1e3",
                                         "\"t\\u00e4\\\\\\n\"",
                                         "null",
                                         "true",
                                         "false",
                                         "@\"2027-03-01\"",
                                         "@\"P1D\"",
                                         "@\"10:00:00@Europe/Berlin\"",
                                         "not(yes)",
                                         "dogs[1].weight",
                                         "m.q r.s",
                                         "[]",
                                         "{}"};

    return leaves[test_pick(seed, 0, sizeof leaves / sizeof *leaves - 1)];
}

static void add_random(Buf *out, TestRandom *seed, int depth)
{
    Buf parts[3];
    const char *operands[3];

    if (depth == 0 || test_pick(seed, 0, 5) == 0) {
        buf_add_c(out, any_leaf(seed));
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        bool wrapped = test_pick(seed, 0, 3) > 0;
        parts[i] = buf_in(out->arena);
        buf_add_c(&parts[i], wrapped ? "(" : "");
        add_random(&parts[i], seed, depth - 1);
        buf_add_c(&parts[i], wrapped ? ")" : "");
        operands[i] = buf_str(&parts[i]).ptr;
    }
    add_shape(out, SHAPES[test_pick(seed, 0, SHAPE_COUNT - 1)], operands);
}

static void any_expression_prints_as_itself(void **state)
{
    TestRandom seed = {20270301};
    int compiled = 0;

    for (int i = 0; i < RANDOM_CASES; i++) {
        Arena *arena = arena_create(0);
        Buf text = buf_in(arena);
        add_random(&text, &seed, (int)test_pick(&seed, 1, 4));
        for (Way way = ANY_NAMES; way <= ITEM; way++)
            compiled += round_trip(*state, arena, buf_str(&text).ptr, way) != NULL;
        arena_destroy(arena);
    }
    assert_true(compiled > RANDOM_CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parentheses_stand_only_where_the_grammar_needs_them),
        cmocka_unit_test(values_are_printed_as_they_were_written),
        cmocka_unit_test(names_are_set_apart_where_a_longer_one_is_known),
        cmocka_unit_test(forms_and_calls_print_as_written),
        cmocka_unit_test(tests_print_as_tests),
        cmocka_unit_test(each_operator_prints_inside_each_other),
        cmocka_unit_test(any_expression_prints_as_itself),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
