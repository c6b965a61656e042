/* SPDX-License-Identifier: EUPL-1.2 */
/* Division by a possible zero: a walk that collects what the conditions on the way down say, and
 * asks at each divisor whether it may be 0. */
#include "feel/zero.h"

#include "base/buf.h"
#include "base/vec.h"
#include "feel/builtin.h"

enum { MAX_WARNINGS = 100, MAX_SHOWN = 60 };

typedef struct Walk {
    const FeelProgram *program;
    Facts *facts;
    WarningList *warnings;
} Walk;

static void walk(Walk *w, const Term *term);

/* --- Places --------------------------------------------------------------------------------------
 */

/* Where the term's text begins; an operator's place is behind its left side. */
static size_t begin_of(const Term *term)
{
    size_t begin = term->place;
    const Term *left = NULL;

    switch (term->op) {
    case TERM_PATH: left = term->base; break;
    case TERM_CALL: left = term->callee; break;
    case TERM_INSTANCE_OF: left = term->operand; break;
    case TERM_ADD:
    case TERM_SUBTRACT:
    case TERM_MULTIPLY:
    case TERM_DIVIDE:
    case TERM_POWER:
    case TERM_FILTER: left = term->a; break;
    default: break;
    }
    size_t further = left ? begin_of(left) : begin;
    return further < begin ? further : begin;
}

static size_t skip_comment(Str text, size_t at)
{
    bool line = text.ptr[at + 1] == '/';
    ptrdiff_t end = str_find(str_slice(text, at + 2, text.len), line ? STR("\n") : STR("*/"));

    return end < 0 ? text.len : at + 2 + (size_t)end + (line ? 1 : 2);
}

/* Behind an operator, blanks and comments. */
static size_t skip_to_term(Str text, size_t at)
{
    while (at < text.len) {
        if (text.ptr[at] == '/' && at + 1 < text.len &&
            (text.ptr[at + 1] == '/' || text.ptr[at + 1] == '*'))
            at = skip_comment(text, at);
        else if (text.ptr[at] == ' ' || text.ptr[at] == '\t' || text.ptr[at] == '\n' ||
                 text.ptr[at] == '\r')
            at++;
        else
            break;
    }
    return at;
}

static void find_place(const FeelProgram *program, size_t begin, FeelWarning *warning)
{
    warning->file = program->file;
    warning->line = program->line;
    warning->column = program->column;
    for (size_t i = 0; i < begin && i < program->text.len; i++) {
        if (program->text.ptr[i] == '\n') {
            warning->line++;
            warning->column = 1;
        } else if ((program->text.ptr[i] & 0xC0) != 0x80) {
            warning->column++;
        }
    }
}

/* --- Words
 * ---------------------------------------------------------------------------------------- */

/* The text of a term that ends with a parenthesis. */
static Str parenthesised(Str text, size_t begin)
{
    int depth = 0;

    for (size_t i = begin; i < text.len && i < begin + MAX_SHOWN; i++) {
        if (text.ptr[i] == '"')
            return STR_NONE;
        depth += text.ptr[i] == '(' ? 1 : text.ptr[i] == ')' ? -1 : 0;
        if (text.ptr[i] == ')' && depth == 0)
            return str_slice(text, begin, i + 1);
    }
    return STR_NONE;
}

/* A variable's name, or `?`. */
static Str word_at(Str text, size_t begin)
{
    size_t end = begin;

    while (end < text.len && !strchr(" \t\r\n+-*/,;()[]{}<>=!.\"", text.ptr[end]))
        end++;
    return end > begin ? str_slice(text, begin, end) : STR_NONE;
}

/* What the author calls the divisor, or absent. */
static Str words_of(const Walk *w, const Term *divisor, size_t begin)
{
    if (divisor->op == TERM_GLOBAL || divisor->op == TERM_ITEM_NAME)
        return divisor->name;
    if (divisor->op == TERM_LOCAL && begin == divisor->place)
        return word_at(w->program->text, begin);
    if (divisor->op == TERM_PATH && divisor->base->op == TERM_LOCAL &&
        divisor->base->place == divisor->place)
        return divisor->name;
    if (divisor->op == TERM_PATH) {
        Str base = words_of(w, divisor->base, begin_of(divisor));
        return base.ptr
                   ? str_printf(w->facts->arena, "%.*s.%.*s", STR_ARG(base), STR_ARG(divisor->name))
                   : STR_NONE;
    }
    if (divisor->op == TERM_BUILTIN || divisor->op == TERM_TABLE ||
        (begin < w->program->text.len && w->program->text.ptr[begin] == '('))
        return parenthesised(w->program->text, begin);
    return STR_NONE;
}

static bool is_name(const Term *term)
{
    return term->op == TERM_GLOBAL || term->op == TERM_PATH || term->op == TERM_ITEM_NAME;
}

static Str message_of(const Walk *w, const Term *divisor, size_t begin)
{
    Str words = words_of(w, divisor, begin);

    if (!words.ptr)
        return STR("this divisor may be 0, and the result is null then: ask before whether it is, "
                   "as in \"if x != 0 then ... else ...\"");
    return str_printf(w->facts->arena,
                      "the divisor %.*s may be 0, and the result is null then: ask before, as in "
                      "\"if %.*s != 0 then ... else ...\"%s",
                      STR_ARG(words), STR_ARG(words),
                      is_name(divisor) ? ", or give the field a \"min\"" : "");
}

static void warn(Walk *w, const Term *divisor, size_t begin, bool always)
{
    FeelWarning warning = {.error = always};

    if (w->warnings->count >= MAX_WARNINGS)
        return;
    find_place(w->program, begin, &warning);
    warning.message =
        always ? STR("division by 0: the result is always null") : message_of(w, divisor, begin);
    VEC_PUSH(w->facts->arena, w->warnings, warning);
}

static void check_divisor(Walk *w, const Term *divisor, size_t begin)
{
    FeelTypeKind kind = divisor->type->kind;
    bool may_be = kind == FEEL_ANY || kind == FEEL_NUMBER || kind == FEEL_DAYS_DURATION ||
                  kind == FEEL_MONTHS_DURATION;

    if (!may_be || (divisor->op == TERM_CONSTANT && divisor->constant.kind == FEEL_NULL))
        return;
    Interval in = facts_bounds(w->facts, divisor);
    if (interval_has_zero(in) && !facts_exhausted(w->facts))
        warn(w, divisor, begin, interval_is_zero(in));
}

/* --- The walk
 * -------------------------------------------------------------------------------------- */

static void walk_all(Walk *w, const Term *const *terms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (terms[i])
            walk(w, terms[i]);
}

static void walk_knowing(Walk *w, const Term *condition, Answer answer, const Term *term)
{
    size_t before = w->facts->count;

    facts_learn(w->facts, condition, answer);
    walk(w, term);
    w->facts->count = before;
}

/* The right side matters when the left one does not decide: where the left side of "and" is null,
 * nothing the right side gives makes the whole true. */
static void walk_logic(Walk *w, const Term *term)
{
    walk(w, term->a);
    walk_knowing(w, term->a, term->op == TERM_AND ? IS_TRUE : NOT_TRUE, term->b);
}

static void walk_if(Walk *w, const Term *term)
{
    walk(w, term->a);
    walk_knowing(w, term->a, IS_TRUE, term->b);
    walk_knowing(w, term->a, NOT_TRUE, term->c);
}

static void walk_filter(Walk *w, const Term *term)
{
    size_t before = w->facts->count;

    walk(w, term->a);
    facts_bind(w->facts, term->slot, facts_of_items(w->facts, term->a));
    walk(w, term->b);
    w->facts->count = before;
}

/* The variable of `for x in list[condition]` has the slot of the filter's item, so the condition
 * speaks of it. */
static void learn_domain(Walk *w, const Iterator *iterator)
{
    const Term *domain = iterator->domain;

    while (domain->op == TERM_FILTER && domain->type->kind == FEEL_LIST &&
           domain->slot == iterator->slot && domain->b->type->kind == FEEL_BOOLEAN) {
        facts_learn(w->facts, domain->b, IS_TRUE);
        domain = domain->a;
    }
    Interval in = facts_of_items(w->facts, domain);
    if (iterator->to)
        in = interval_around(facts_bounds(w->facts, iterator->domain),
                             facts_bounds(w->facts, iterator->to));
    facts_bind(w->facts, iterator->slot, in);
}

/* The condition of "every" and "some" counts only in itself. */
static void walk_loop(Walk *w, const Term *term)
{
    size_t before = w->facts->count;

    for (size_t i = 0; i < term->iterator_count; i++) {
        walk(w, term->iterators[i].domain);
        if (term->iterators[i].to)
            walk(w, term->iterators[i].to);
        learn_domain(w, &term->iterators[i]);
    }
    walk(w, term->body);
    w->facts->count = before;
}

static void walk_context(Walk *w, const Term *term)
{
    size_t before = w->facts->count;

    for (size_t i = 0; i < term->count; i++) {
        walk(w, term->items[i]);
        facts_bind(w->facts, term->first_slot + (uint32_t)i,
                   facts_bounds(w->facts, term->items[i]));
    }
    w->facts->count = before;
}

static void walk_in(Walk *w, const Term *term)
{
    size_t before = w->facts->count;

    walk(w, term->a);
    facts_bind(w->facts, term->slot, facts_bounds(w->facts, term->a));
    walk(w, term->b);
    w->facts->count = before;
}

static void walk_builtin(Walk *w, const Term *term)
{
    walk_all(w, term->args, term->arg_count);
    if (strcmp(term->builtin->name, "modulo") == 0 && term->arg_count == 2 && term->args[1])
        check_divisor(w, term->args[1], begin_of(term->args[1]));
}

static void walk(Walk *w, const Term *term)
{
    switch (term->op) {
    case TERM_CONSTANT:
    case TERM_GLOBAL:
    case TERM_LOCAL:
    case TERM_ITEM_NAME: return;
    case TERM_DIVIDE:
        walk(w, term->a);
        walk(w, term->b);
        check_divisor(w, term->b, skip_to_term(w->program->text, term->place + 1));
        return;
    case TERM_AND:
    case TERM_OR: walk_logic(w, term); return;
    case TERM_IF: walk_if(w, term); return;
    case TERM_IN: walk_in(w, term); return;
    case TERM_PATH: walk(w, term->base); return;
    case TERM_FILTER: walk_filter(w, term); return;
    case TERM_FOR:
    case TERM_SOME:
    case TERM_EVERY: walk_loop(w, term); return;
    case TERM_LIST:
    case TERM_TESTS: walk_all(w, term->items, term->count); return;
    case TERM_CONTEXT: walk_context(w, term); return;
    case TERM_BUILTIN: walk_builtin(w, term); return;
    case TERM_CALL:
        walk(w, term->callee);
        walk_all(w, term->args, term->arg_count);
        return;
    case TERM_TABLE: walk_all(w, term->args, term->arg_count); return;
    case TERM_FUNCTION: walk(w, term->lambda.body); return;
    case TERM_INSTANCE_OF: walk(w, term->operand); return;
    default: walk_all(w, (const Term *const[]){term->a, term->b, term->c}, 3); return;
    }
}

void zero_find(const FeelProgram *program, Facts *facts, WarningList *warnings)
{
    Walk w = {program, facts, warnings};

    if (!program)
        return;
    walk(&w, program->root);
    if (facts_exhausted(facts) && warnings->count < MAX_WARNINGS) {
        FeelWarning warning = {.message = STR("the expression is too large to look for divisions "
                                              "by 0: split it")};
        find_place(program, 0, &warning);
        VEC_PUSH(facts->arena, warnings, warning);
    }
}

size_t feel_program_analyse(const FeelProgram *program, Arena *arena, FeelWarning **out)
{
    Facts facts = {.arena = arena};
    WarningList warnings = {0};

    zero_find(program, &facts, &warnings);
    *out = warnings.items;
    return warnings.count;
}
