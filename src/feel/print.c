/* SPDX-License-Identifier: EUPL-1.2 */
/* From program to text: one form, with as few parentheses as the grammar needs. What the
 * compiler has computed is written as it was before. */
#include "feel/print.h"

#include "feel/builtin.h"
#include "feel/table.h"

const Term *print_source(const Term *term)
{
    while (term->op == TERM_CONSTANT && term->folded)
        term = term->folded;
    return term;
}

static void add(Printer *p, const char *text)
{
    buf_add_c(&p->out, text);
}

void print_whole(Printer *p, const Term *term)
{
    print_term(p, term, LEVEL_FORM, true);
}

int print_level(const Term *term)
{
    switch (term->op) {
    case TERM_OR: return LEVEL_OR;
    case TERM_AND: return LEVEL_AND;
    case TERM_EQUAL:
    case TERM_NOT_EQUAL:
    case TERM_LESS:
    case TERM_LESS_EQUAL:
    case TERM_GREATER:
    case TERM_GREATER_EQUAL:
    case TERM_BETWEEN:
    case TERM_IN: return LEVEL_COMPARE;
    case TERM_ADD:
    case TERM_SUBTRACT: return LEVEL_SUM;
    case TERM_MULTIPLY:
    case TERM_DIVIDE: return LEVEL_PRODUCT;
    case TERM_POWER: return LEVEL_POWER;
    case TERM_NEGATE: return LEVEL_NEGATION;
    case TERM_IF:
    case TERM_FOR:
    case TERM_SOME:
    case TERM_EVERY:
    case TERM_FUNCTION: return LEVEL_FORM;
    default: return LEVEL_POSTFIX;
    }
}

const char *print_symbol(const Term *term)
{
    static const char *const symbols[] = {
        [TERM_ADD] = "+",        [TERM_SUBTRACT] = "-",       [TERM_MULTIPLY] = "*",
        [TERM_DIVIDE] = "/",     [TERM_POWER] = "**",         [TERM_EQUAL] = "=",
        [TERM_NOT_EQUAL] = "!=", [TERM_LESS] = "<",           [TERM_LESS_EQUAL] = "<=",
        [TERM_GREATER] = ">",    [TERM_GREATER_EQUAL] = ">=", [TERM_AND] = "and",
        [TERM_OR] = "or",
    };

    return symbols[term->op];
}

/* Operators group from the left. */
static void print_binary(Printer *p, const Term *term, bool tail)
{
    int level = print_level(term);

    print_term(p, term->a, level, false);
    buf_addf(&p->out, " %s ", print_symbol(term));
    print_term(p, term->b, level + 1, tail);
}

static void print_between(Printer *p, const Term *term, bool tail)
{
    print_term(p, term->a, LEVEL_COMPARE, false);
    add(p, " between ");
    print_term(p, term->b, LEVEL_SUM, false);
    add(p, " and ");
    print_term(p, term->c, LEVEL_SUM, tail);
}

/* --- Postfixes ------------------------------------------------------------------------------- */

static void print_filter(Printer *p, const Term *term)
{
    const FeelType *type = term->a->type;

    print_know_fields(p, type->kind == FEEL_LIST || type->kind == FEEL_RANGE ? type->item : type);
    print_term(p, term->a, LEVEL_POSTFIX, false);
    add(p, "[");
    print_whole(p, term->b);
    add(p, "]");
}

static void print_path(Printer *p, const Term *term)
{
    if (term->implied) {
        print_name_operand(p, term->name);
        return;
    }
    size_t mark = print_mark(p, MARK_FIELD, term->base->type);
    bool apart = print_is_apart(p, mark);
    if (apart)
        add(p, "(");
    print_term(p, term->base, LEVEL_POSTFIX, false);
    add(p, ".");
    size_t from = p->out.len;
    print_name(p, term->name);
    print_mark_set(p, mark, from, p->out.len);
    if (apart)
        add(p, ")");
}

static void print_instance_of(Printer *p, const Term *term)
{
    size_t mark = print_mark(p, MARK_TYPE, NULL);
    bool apart = print_is_apart(p, mark);

    if (apart)
        add(p, "(");
    print_term(p, term->operand, LEVEL_POSTFIX, false);
    add(p, " instance of ");
    size_t from = print_type(p, term->wanted);
    print_mark_set(p, mark, from, p->out.len);
    if (apart)
        add(p, ")");
}

/* Arguments in parentheses; those not given can only be left out by name. */
static void print_arguments(Printer *p, const Term *term)
{
    bool first = true;

    add(p, "(");
    for (size_t i = 0; i < term->arg_count; i++) {
        if (!term->args[i])
            continue;
        if (!first)
            add(p, ", ");
        first = false;
        if (term->op == TERM_CALL && term->arg_names) {
            print_name(p, term->arg_names[i]);
            add(p, ": ");
        } else if (term->op == TERM_BUILTIN && term->chosen) {
            buf_addf(&p->out, "%s: ", term->builtin->parameters[i].name);
        }
        print_whole(p, term->args[i]);
    }
    add(p, ")");
}

/* Would this name before "(" be a call of the built-in function or table itself, not of the
 * value? As parse_name() decides it. */
static bool called_by_name(const Printer *p, const Term *callee)
{
    Str name;

    if (callee->op == TERM_CONSTANT)
        return callee->constant.kind == FEEL_FUNCTION && !callee->folded;
    if (callee->op == TERM_LOCAL)
        name = callee->variable;
    else if (callee->op == TERM_GLOBAL || callee->op == TERM_ITEM_NAME || callee->implied)
        name = callee->name;
    else
        return false;
    if (!builtin_find(name_normal(p->out.arena, name)))
        return false;
    return callee->op == TERM_ITEM_NAME || (callee->op == TERM_GLOBAL && !p->program->scope) ||
           !(type_unknown(callee->type) || callee->type->kind == FEEL_FUNCTION);
}

static void print_call(Printer *p, const Term *term)
{
    if (term->op == TERM_BUILTIN) {
        add(p, term->builtin->name);
    } else if (term->op == TERM_TABLE) {
        print_name(p, feel_table_name(term->table));
    } else {
        bool apart = called_by_name(p, term->callee);
        add(p, apart ? "(" : "");
        print_term(p, term->callee, LEVEL_POSTFIX, false);
        add(p, apart ? ")" : "");
    }
    print_arguments(p, term);
}

/* --- Dispatch -----------------------------------------------------------------------------------
 */

static void count_input_read(Printer *p, const Term *term)
{
    while (term && term->op == TERM_ITEM_NAME)
        term = term->base;
    if (term && term->op == TERM_LOCAL && str_is(term->variable, "?"))
        p->input_reads++;
}

static void print_bare(Printer *p, const Term *term, bool tail)
{
    switch (term->op) {
    case TERM_CONSTANT: print_literal(p, term->constant); break;
    case TERM_LOCAL:
        count_input_read(p, term);
        print_name_operand(p, term->variable);
        break;
    case TERM_GLOBAL:
    case TERM_ITEM_NAME:
        count_input_read(p, term);
        print_name_operand(p, term->name);
        break;
    case TERM_NEGATE:
        add(p, "-");
        print_term(p, term->a, LEVEL_NEGATION, tail);
        break;
    case TERM_BETWEEN: print_between(p, term, tail); break;
    case TERM_IN: print_in(p, term, tail); break;
    case TERM_IF: print_if(p, term); break;
    case TERM_FOR:
    case TERM_SOME:
    case TERM_EVERY: print_loop(p, term); break;
    case TERM_LIST: print_list(p, term); break;
    case TERM_CONTEXT: print_context(p, term); break;
    case TERM_RANGE: print_range(p, term); break;
    case TERM_PATH: print_path(p, term); break;
    case TERM_FILTER: print_filter(p, term); break;
    case TERM_BUILTIN:
    case TERM_TABLE:
    case TERM_CALL: print_call(p, term); break;
    case TERM_FUNCTION: print_function(p, term); break;
    case TERM_INSTANCE_OF: print_instance_of(p, term); break;
    default: print_binary(p, term, tail);
    }
}

void print_term(Printer *p, const Term *term, int level, bool tail)
{
    const Term *source = print_source(term);
    int own = print_level(source);
    bool closed = own == LEVEL_FORM ? level > LEVEL_FORM && !tail : own < level;

    if (closed)
        add(p, "(");
    print_bare(p, source, closed || tail);
    if (closed)
        add(p, ")");
}

static void print_program(Printer *p)
{
    const FeelProgram *program = p->program;

    if (program->tests) {
        print_cell(p, program->root, program->input);
    } else {
        print_know_fields(p, program->input);
        print_whole(p, program->root);
    }
}

Str feel_print(const FeelProgram *program, Arena *arena)
{
    Printer first = {.out = buf_in(arena), .program = program};

    print_program(&first);
    const bool *apart = print_find_apart(&first);
    if (!apart)
        return buf_str(&first.out);
    Printer second = {.out = buf_in(arena), .program = program, .apart = apart};
    print_program(&second);
    return buf_str(&second.out);
}
