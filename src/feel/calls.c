/* SPDX-License-Identifier: EUPL-1.2 */
/* Calls: of built-in functions, of decision tables and of function values, with
 * arguments by position or by name. */
#include "feel/parse.h"

#include "feel/builtin.h"
#include "feel/table.h"

#include <assert.h>

enum { MAX_ARGUMENTS = 1000 };

typedef struct Arguments {
    const Term **terms;
    Str *names; /* NULL: by position */
    size_t count;
} Arguments;

/* Behind "(", up to and with ")". */
static Arguments parse_arguments(Parser *p)
{
    Arguments args = {0};
    size_t capacity = 0;

    while (!parse_accept(p, ")")) {
        Str name = STR_NONE;
        size_t place = (skip_blanks(p), p->at);
        bool named = parse_name_before(p, ":", &name);
        if (named)
            parse_expect(p, ":", "after the parameter's name");
        if (args.count > 0 && named != (args.names != NULL))
            parse_fail(p, place, "arguments are either all by name or all by position");
        if (args.count == MAX_ARGUMENTS)
            parse_fail(p, place, "a call has at most %d arguments", MAX_ARGUMENTS);
        if (args.count == capacity) {
            size_t grown = capacity ? capacity * 2 : 4;
            const Term **terms = arena_array(p->arena, const Term *, grown);
            Str *names = arena_array(p->arena, Str, grown);
            for (size_t i = 0; i < args.count; i++) {
                terms[i] = args.terms[i];
                names[i] = args.names ? args.names[i] : STR_NONE;
            }
            args.terms = terms;
            args.names = named ? names : NULL;
            capacity = grown;
        }
        if (named)
            args.names[args.count] = name;
        args.terms[args.count++] = parse_expression(p);
        if (!parse_accept(p, ",") && peek(p) != ')')
            parse_fail(p, p->at, "\",\" or \")\" is missing after the argument");
    }
    return args;
}

static Term *call_term(Parser *p, TermOp op, size_t place, const FeelType *type, const Term **terms,
                       size_t count)
{
    Term *term = term_new(p, op, place, type);

    term->args = terms;
    term->arg_count = count;
    for (size_t i = 0; i < count; i++)
        if (terms[i])
            term_part(p, term, terms[i]);
    return term;
}

/* --- Built-in functions ------------------------------------------------------------------ */

/* Arguments in the order of the overload's parameters, NULL where none is given. */
static bool arrange(Parser *p, const Builtin *builtin, const Arguments *args, Arguments *out)
{
    size_t positions[MAX_ARGUMENTS];

    if (!args->names) {
        *out = *args;
        return args->count >= builtin->least &&
               (builtin->most == VARIADIC || args->count <= builtin->most);
    }
    if (args->count > MAX_PARAMETERS ||
        !builtin_positions(builtin, args->names, args->count, positions, &out->count))
        return false;
    out->terms = arena_array(p->arena, const Term *, out->count);
    for (size_t i = 0; i < args->count; i++)
        out->terms[positions[i]] = args->terms[i];
    return true;
}

static bool types_fit(Parser *p, const Builtin *builtin, const Arguments *args)
{
    const FeelType **types = arena_array(p->arena, const FeelType *, args->count);

    for (size_t i = 0; i < args->count; i++)
        types[i] = args->terms[i] ? args->terms[i]->type : NULL;
    return builtin_accepts(builtin, types, args->count);
}

/* The first overload that the arguments fit; without any: the first whose parameters do. */
static const Builtin *choose(Parser *p, const Builtin *builtin, const Arguments *args,
                             Arguments *arranged, bool *fits)
{
    const Builtin *near = NULL;

    *fits = false;
    for (;; builtin++) {
        Arguments candidate;
        if (arrange(p, builtin, args, &candidate)) {
            *fits = types_fit(p, builtin, &candidate);
            if (*fits || !near) {
                near = builtin;
                *arranged = candidate;
            }
            if (*fits)
                return builtin;
        }
        if (!builtin_next(builtin))
            return near;
    }
}

_Noreturn static void fail_arguments(Parser *p, size_t place, const Builtin *builtin,
                                     const Builtin *near, const Arguments *args)
{
    Str wanted = builtin_signature(p->arena, near ? near : builtin);

    for (size_t i = 0; near && !args->names && i < args->count; i++) {
        const FeelType *types[MAX_ARGUMENTS] = {0};
        types[i] = args->terms[i]->type;
        if (!builtin_accepts(near, types, args->count))
            parse_fail(p, args->terms[i]->place, "argument %zu is a %.*s; wanted is %.*s", i + 1,
                       STR_ARG(feel_type_name(p->arena, args->terms[i]->type)), STR_ARG(wanted));
    }
    parse_fail(p, place, "these arguments do not fit; wanted is %.*s", STR_ARG(wanted));
}

static bool depends_on_time(const Builtin *builtin)
{
    return strcmp(builtin->name, "now") == 0 || strcmp(builtin->name, "today") == 0;
}

const Term *parse_builtin_call(Parser *p, size_t place, const Builtin *builtin)
{
    Arguments args = parse_arguments(p), arranged = {0};
    bool fits, constant = !depends_on_time(builtin);
    const Builtin *chosen = choose(p, builtin, &args, &arranged, &fits);

    if (p->strict && !fits)
        fail_arguments(p, place, builtin, chosen, &args);
    if (!chosen)
        return term_constant(p, place, VALUE_NULL);
    const FeelType **types = arena_array(p->arena, const FeelType *, arranged.count);
    for (size_t i = 0; i < arranged.count; i++) {
        types[i] = arranged.terms[i] ? arranged.terms[i]->type : NULL;
        constant = constant && (!arranged.terms[i] || is_constant(arranged.terms[i]));
    }
    Term *term = call_term(p, TERM_BUILTIN, place,
                           builtin_result_type(p->arena, chosen, types, arranged.count),
                           arranged.terms, arranged.count);
    /* By name the parameters decide the overload, by position the values do. */
    term->builtin = args.names ? chosen : builtin;
    term->chosen = args.names != NULL;
    /* A division by zero stays, for the analysis to name it. */
    if (strcmp(chosen->name, "modulo") == 0 && constant &&
        value_is_zero(arranged.terms[1]->constant))
        return term;
    return constant ? term_fold(p, term) : term;
}

/* --- Decision tables ----------------------------------------------------------------------- */

const Term *parse_table_call(Parser *p, size_t place, const FeelTable *table)
{
    Arguments args = parse_arguments(p);
    size_t inputs = table_input_count(table);
    Str name = feel_table_name(table);
    const Term **terms = arena_array(p->arena, const Term *, inputs);

    if (args.count != inputs)
        parse_fail(p, place, "the table \"%.*s\" wants %zu arguments, not %zu", STR_ARG(name),
                   inputs, args.count);
    for (size_t i = 0; i < args.count; i++) {
        size_t position = i;
        if (args.names && !table_input_position(table, args.names[i], &position))
            parse_fail(p, place, "the table \"%.*s\" has no input \"%.*s\"", STR_ARG(name),
                       STR_ARG(args.names[i]));
        assert(args.names || !terms[position]);
        if (terms[position])
            parse_fail(p, place, "the input \"%.*s\" is given twice", STR_ARG(args.names[i]));
        terms[position] = args.terms[i];
        const FeelType *wanted = table_input_type(table, position);
        if (p->strict && !type_meets(args.terms[i]->type, wanted))
            parse_fail(p, args.terms[i]->place, "input %zu of \"%.*s\" is a %.*s, not a %.*s",
                       position + 1, STR_ARG(name), STR_ARG(feel_type_name(p->arena, wanted)),
                       STR_ARG(feel_type_name(p->arena, args.terms[i]->type)));
    }
    Term *term = call_term(p, TERM_TABLE, place, feel_table_type(table), terms, inputs);
    term->table = table;
    return term;
}

/* --- Function values ------------------------------------------------------------------------ */

static void check_call(Parser *p, size_t place, const FeelType *function, const Arguments *args)
{
    if (!type_unknown(function) && function->kind != FEEL_FUNCTION)
        parse_fail(p, place, "a %.*s cannot be called",
                   STR_ARG(feel_type_name(p->arena, function)));
    if (function->kind != FEEL_FUNCTION || !function->fields)
        return;
    if (args->names ? args->count > function->field_count : args->count != function->field_count)
        parse_fail(p, place, "the function wants %zu arguments, not %zu", function->field_count,
                   args->count);
    for (size_t i = 0; !args->names && i < args->count; i++)
        if (!type_meets(args->terms[i]->type, function->fields[i].type))
            parse_fail(p, args->terms[i]->place, "argument %zu is a %.*s; wanted is a %.*s", i + 1,
                       STR_ARG(feel_type_name(p->arena, args->terms[i]->type)),
                       STR_ARG(feel_type_name(p->arena, function->fields[i].type)));
}

const Term *parse_invocation(Parser *p, const Term *callee)
{
    size_t place = p->at - 1;
    Arguments args = parse_arguments(p);

    if (p->strict)
        check_call(p, place, callee->type, &args);
    Term *term = call_term(p, TERM_CALL, place,
                           callee->type->kind == FEEL_FUNCTION ? callee->type->item : NULL,
                           args.terms, args.count);
    term->callee = callee;
    term->arg_names = args.names;
    term_part(p, term, callee);
    return term;
}
