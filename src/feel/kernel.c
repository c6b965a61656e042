/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/kernel.h"

#include "feel/short_decimal.h"

enum { MAX_REGISTERS = 48, MAX_NAMES = 16, MAX_STEPS = 64, LEAST_STEPS = 2 };

typedef enum KernelOp {
    KERNEL_ADD,
    KERNEL_SUBTRACT,
    KERNEL_MULTIPLY,
    KERNEL_DIVIDE,
    KERNEL_NEGATE,
    KERNEL_LESS,
    KERNEL_LESS_EQUAL,
    KERNEL_EQUAL,
    KERNEL_NOT_EQUAL,
    KERNEL_AND,
    KERNEL_OR,
    KERNEL_COPY,
    KERNEL_JUMP,        /* over `b` steps */
    KERNEL_JUMP_UNLESS, /* `a`, over `b` steps */
} KernelOp;

typedef struct KernelStep {
    uint8_t op, to, a, b;
} KernelStep;

typedef struct KernelName {
    Str name;
    uint32_t hash;
    bool truth;    /* else a number */
    uint32_t hint; /* the entry where it was found last; several threads may set it */
} KernelName;

/* Registers: first the names, then the constants, then what the steps compute. Truths are kept as a
 * coefficient of 0 or 1. */
struct Kernel {
    KernelName *names;
    ShortDecimal *constants;
    KernelStep *steps;
    uint8_t name_count;
    uint8_t constant_count;
    uint8_t step_count;
    uint8_t result;
    bool truth; /* the result is one */
};

/* --- Compiling ---------------------------------------------------------------------------------
 */

typedef struct Building {
    Arena *arena;
    KernelName names[MAX_NAMES];
    ShortDecimal constants[MAX_REGISTERS];
    KernelStep steps[MAX_STEPS];
    /* Registers of the names count from 0, of constants from MAX_REGISTERS, of steps from twice
     * that; they move together in the end. */
    uint8_t name_count, constant_count, step_count, computed;
} Building;

enum { FIRST_CONSTANT = MAX_REGISTERS, FIRST_COMPUTED = 2 * MAX_REGISTERS, NOTHING = 255 };

static uint8_t compile(Building *b, const Term *term, bool truth);

static bool fits(const Term *term, bool truth)
{
    FeelTypeKind kind = term->type ? term->type->kind : FEEL_ANY;

    return kind == FEEL_ANY || kind == (truth ? FEEL_BOOLEAN : FEEL_NUMBER);
}

static uint8_t add_name(Building *b, const Term *term, bool truth)
{
    for (uint8_t i = 0; i < b->name_count; i++)
        if (b->names[i].truth == truth && str_eq(b->names[i].name, term->name))
            return i;
    if (b->name_count == MAX_NAMES)
        return NOTHING;
    b->names[b->name_count] = (KernelName){.name = term->name, .hash = term->hash, .truth = truth};
    return b->name_count++;
}

static uint8_t keep_constant(Building *b, ShortDecimal s)
{
    if (b->constant_count == MAX_REGISTERS)
        return NOTHING;
    b->constants[b->constant_count] = s;
    return (uint8_t)(FIRST_CONSTANT + b->constant_count++);
}

static uint8_t add_constant(Building *b, FeelValue value, bool truth)
{
    ShortDecimal s = {0};

    if (value.kind != (truth ? FEEL_BOOLEAN : FEEL_NUMBER) ||
        (!truth && !short_of(value.number, &s)))
        return NOTHING;
    if (truth)
        s.coefficient = value.boolean;
    return keep_constant(b, s);
}

static uint8_t add_register(Building *b)
{
    return b->computed == MAX_REGISTERS ? NOTHING : (uint8_t)(FIRST_COMPUTED + b->computed++);
}

static bool add_step(Building *b, KernelOp op, uint8_t to, uint8_t left, uint8_t right)
{
    if (b->step_count == MAX_STEPS)
        return false;
    b->steps[b->step_count++] = (KernelStep){(uint8_t)op, to, left, right};
    return true;
}

/* A step on two registers. */
static uint8_t compute(Building *b, KernelOp op, uint8_t left, uint8_t right)
{
    uint8_t to = left == NOTHING || right == NOTHING ? NOTHING : add_register(b);

    return to != NOTHING && add_step(b, op, to, left, right) ? to : NOTHING;
}

static uint8_t compile_two(Building *b, KernelOp op, const Term *left, const Term *right,
                           bool truths)
{
    uint8_t a = compile(b, left, truths);

    return a == NOTHING ? NOTHING : compute(b, op, a, compile(b, right, truths));
}

/* A quotient by a constant whose reciprocal ends is a product. */
static uint8_t compile_quotient(Building *b, const Term *term)
{
    ShortDecimal divisor, reciprocal;

    if (term->b->op != TERM_CONSTANT || term->b->constant.kind != FEEL_NUMBER ||
        !short_of(term->b->constant.number, &divisor) ||
        !short_divide((ShortDecimal){1, 0}, divisor, &reciprocal))
        return compile_two(b, KERNEL_DIVIDE, term->a, term->b, false);
    uint8_t dividend = compile(b, term->a, false);
    return dividend == NOTHING
               ? NOTHING
               : compute(b, KERNEL_MULTIPLY, dividend, keep_constant(b, reciprocal));
}

static uint8_t compile_equality(Building *b, const Term *term)
{
    KernelOp op = term->op == TERM_EQUAL ? KERNEL_EQUAL : KERNEL_NOT_EQUAL;
    bool numbers = term->a->type->kind == FEEL_NUMBER || term->b->type->kind == FEEL_NUMBER;
    bool truths = term->a->type->kind == FEEL_BOOLEAN || term->b->type->kind == FEEL_BOOLEAN;

    return numbers != truths ? compile_two(b, op, term->a, term->b, truths) : NOTHING;
}

static uint8_t compile_between(Building *b, const Term *term)
{
    uint8_t value = compile(b, term->a, false);

    if (value == NOTHING)
        return NOTHING;
    uint8_t low = compute(b, KERNEL_LESS_EQUAL, compile(b, term->b, false), value);
    uint8_t high = compute(b, KERNEL_LESS_EQUAL, value, compile(b, term->c, false));
    return compute(b, KERNEL_AND, low, high);
}

/* The branch's value goes to the register. */
static bool compile_branch(Building *b, const Term *term, bool truth, uint8_t to)
{
    uint8_t value = compile(b, term, truth);

    return value != NOTHING && add_step(b, KERNEL_COPY, to, value, 0);
}

/* Let the jump lead behind the last step. */
static void land(Building *b, uint8_t jump)
{
    b->steps[jump].b = (uint8_t)(b->step_count - jump - 1);
}

static uint8_t compile_if(Building *b, const Term *term, bool truth)
{
    uint8_t condition = compile(b, term->a, true), to = add_register(b);
    uint8_t unless = b->step_count;

    if (condition == NOTHING || to == NOTHING ||
        !add_step(b, KERNEL_JUMP_UNLESS, 0, condition, 0) || !compile_branch(b, term->b, truth, to))
        return NOTHING;
    uint8_t over = b->step_count;
    if (!add_step(b, KERNEL_JUMP, 0, 0, 0))
        return NOTHING;
    land(b, unless);
    if (!compile_branch(b, term->c, truth, to))
        return NOTHING;
    land(b, over);
    return to;
}

static uint8_t compile_number(Building *b, const Term *term)
{
    switch (term->op) {
    case TERM_ADD: return compile_two(b, KERNEL_ADD, term->a, term->b, false);
    case TERM_SUBTRACT: return compile_two(b, KERNEL_SUBTRACT, term->a, term->b, false);
    case TERM_MULTIPLY: return compile_two(b, KERNEL_MULTIPLY, term->a, term->b, false);
    case TERM_DIVIDE: return compile_quotient(b, term);
    case TERM_NEGATE: {
        uint8_t a = compile(b, term->a, false);
        return compute(b, KERNEL_NEGATE, a, a);
    }
    default: return NOTHING;
    }
}

static uint8_t compile_truth(Building *b, const Term *term)
{
    switch (term->op) {
    case TERM_EQUAL:
    case TERM_NOT_EQUAL: return compile_equality(b, term);
    case TERM_LESS: return compile_two(b, KERNEL_LESS, term->a, term->b, false);
    case TERM_LESS_EQUAL: return compile_two(b, KERNEL_LESS_EQUAL, term->a, term->b, false);
    case TERM_GREATER: return compile_two(b, KERNEL_LESS, term->b, term->a, false);
    case TERM_GREATER_EQUAL: return compile_two(b, KERNEL_LESS_EQUAL, term->b, term->a, false);
    case TERM_AND: return compile_two(b, KERNEL_AND, term->a, term->b, true);
    case TERM_OR: return compile_two(b, KERNEL_OR, term->a, term->b, true);
    case TERM_BETWEEN: return compile_between(b, term);
    default: return NOTHING;
    }
}

static uint8_t compile(Building *b, const Term *term, bool truth)
{
    if (!fits(term, truth))
        return NOTHING;
    switch (term->op) {
    case TERM_CONSTANT: return add_constant(b, term->constant, truth);
    case TERM_GLOBAL: return add_name(b, term, truth);
    case TERM_IF: return compile_if(b, term, truth);
    default: return truth ? compile_truth(b, term) : compile_number(b, term);
    }
}

/* The place of a register when names, constants and computed ones follow each other. */
static uint8_t place_of(const Building *b, uint8_t reg)
{
    if (reg >= FIRST_COMPUTED)
        return (uint8_t)(reg - FIRST_COMPUTED + b->name_count + b->constant_count);
    return reg >= FIRST_CONSTANT ? (uint8_t)(reg - FIRST_CONSTANT + b->name_count) : reg;
}

static void place_registers(Building *b)
{
    for (size_t i = 0; i < b->step_count; i++) {
        KernelStep *step = &b->steps[i];
        bool jumps = step->op == KERNEL_JUMP || step->op == KERNEL_JUMP_UNLESS;
        step->to = place_of(b, step->to);
        step->a = place_of(b, step->a);
        step->b = jumps ? step->b : place_of(b, step->b);
    }
}

const Kernel *kernel_compile(Arena *arena, const Term *root)
{
    Building b = {.arena = arena};
    bool truth = root->type && root->type->kind == FEEL_BOOLEAN;

    if (root->op == TERM_CONSTANT || root->op == TERM_GLOBAL)
        return NULL;
    uint8_t result = compile(&b, root, truth);
    if (result == NOTHING || b.step_count < LEAST_STEPS ||
        b.name_count + b.constant_count + b.computed > MAX_REGISTERS)
        return NULL;
    place_registers(&b);
    Kernel *kernel = arena_new(arena, Kernel);
    *kernel = (Kernel){
        .names = arena_copy(arena, b.names, b.name_count * sizeof *b.names),
        .constants = arena_copy(arena, b.constants, b.constant_count * sizeof *b.constants),
        .steps = arena_copy(arena, b.steps, b.step_count * sizeof *b.steps),
        .name_count = b.name_count,
        .constant_count = b.constant_count,
        .step_count = b.step_count,
        .result = place_of(&b, result),
        .truth = truth,
    };
    return kernel;
}

/* --- Running -----------------------------------------------------------------------------------
 */

static bool load_names(const Kernel *kernel, const FeelContext *globals, ShortDecimal *registers)
{
    for (size_t i = 0; i < kernel->name_count; i++) {
        KernelName *name = &kernel->names[i];
        const FeelValue *value = context_find_near(globals, name->name, name->hash, &name->hint);

        if (!value || value->kind != (name->truth ? FEEL_BOOLEAN : FEEL_NUMBER))
            return false;
        if (name->truth)
            registers[i] = (ShortDecimal){.coefficient = value->boolean};
        else if (!short_of(value->number, &registers[i]))
            return false;
    }
    return true;
}

/* False when the step gives up. */
static inline bool take_step(const KernelStep *step, ShortDecimal *to, const ShortDecimal *a,
                             const ShortDecimal *b)
{
    int order = 0;

    switch (step->op) {
    case KERNEL_ADD: return short_add(*a, *b, to);
    case KERNEL_SUBTRACT: return short_subtract(*a, *b, to);
    case KERNEL_MULTIPLY: return short_multiply(*a, *b, to);
    case KERNEL_DIVIDE: return short_divide(*a, *b, to);
    case KERNEL_NEGATE:
        if (a->coefficient == INT64_MIN)
            return false;
        *to = (ShortDecimal){-a->coefficient, a->exponent};
        return true;
    case KERNEL_AND: *to = (ShortDecimal){a->coefficient & b->coefficient, 0}; return true;
    case KERNEL_OR: *to = (ShortDecimal){a->coefficient | b->coefficient, 0}; return true;
    case KERNEL_COPY: *to = *a; return true;
    default: break;
    }
    if (!short_compare(*a, *b, &order))
        return false;
    to->coefficient = step->op == KERNEL_LESS         ? order < 0
                      : step->op == KERNEL_LESS_EQUAL ? order <= 0
                      : step->op == KERNEL_EQUAL      ? order == 0
                                                      : order != 0;
    to->exponent = 0;
    return true;
}

bool kernel_run(const Kernel *kernel, const FeelContext *globals, size_t *steps, FeelValue *out)
{
    ShortDecimal registers[MAX_REGISTERS];

    if (!globals || *steps < kernel->step_count || !load_names(kernel, globals, registers))
        return false;
    for (size_t i = 0; i < kernel->constant_count; i++)
        registers[kernel->name_count + i] = kernel->constants[i];
    for (size_t i = 0; i < kernel->step_count; i++) {
        const KernelStep *step = &kernel->steps[i];

        if (step->op == KERNEL_JUMP ||
            (step->op == KERNEL_JUMP_UNLESS && !registers[step->a].coefficient)) {
            i += step->b;
            continue;
        }
        if (step->op != KERNEL_JUMP_UNLESS &&
            !take_step(step, &registers[step->to], &registers[step->a], &registers[step->b]))
            return false;
    }
    *steps -= kernel->step_count;
    const ShortDecimal *result = &registers[kernel->result];
    *out = (FeelValue){.kind = kernel->truth ? FEEL_BOOLEAN : FEEL_NUMBER};
    if (kernel->truth)
        out->boolean = result->coefficient != 0;
    else
        out->number = short_number(*result);
    return true;
}
