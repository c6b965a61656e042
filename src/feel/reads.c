/* SPDX-License-Identifier: EUPL-1.2 */
/* Which names of the context a program reads: for dependency graphs and cycles. */
#include "feel/tree.h"

#include "base/vec.h"

typedef struct PathList {
    Str *items;
    size_t count;
    size_t capacity;
} PathList;

typedef struct Walk {
    Arena *arena;
    PathList paths;
    Str *origins; /* of each slot: the path whose value or item it holds, or absent */
} Walk;

static void walk(Walk *w, const Term *term);

static void add_path(Walk *w, Str path)
{
    for (size_t i = 0; i < w->paths.count; i++)
        if (str_eq(w->paths.items[i], path))
            return;
    VEC_PUSH(w->arena, &w->paths, path);
}

/* The path a term stands for: a name, a field of one, an item of a list; else absent. */
static Str origin(Walk *w, const Term *term)
{
    Str base;

    switch (term->op) {
    case TERM_GLOBAL: return term->name;
    case TERM_LOCAL: return w->origins[term->slot];
    case TERM_FILTER: return origin(w, term->a);
    case TERM_PATH:
        base = origin(w, term->base);
        return base.ptr ? str_printf(w->arena, "%.*s.%.*s", STR_ARG(base), STR_ARG(term->name))
                        : STR_NONE;
    default: return STR_NONE;
    }
}

static void walk_all(Walk *w, const Term *const *terms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (terms[i])
            walk(w, terms[i]);
}

/* A field of something: the whole path is read, and what its parts compute. */
static void walk_path(Walk *w, const Term *term)
{
    Str path = origin(w, term);

    if (!path.ptr) {
        walk(w, term->base);
        return;
    }
    add_path(w, path);
    for (const Term *part = term->base; part; part = part->base) {
        if (part->op == TERM_FILTER)
            walk(w, part); /* and with it all that is below */
        if (part->op != TERM_PATH)
            return;
    }
}

static void walk_filter(Walk *w, const Term *term)
{
    walk(w, term->a);
    w->origins[term->slot] = origin(w, term->a);
    walk(w, term->b);
}

static void walk_loop(Walk *w, const Term *term)
{
    for (size_t i = 0; i < term->iterator_count; i++) {
        const Iterator *iterator = &term->iterators[i];
        walk(w, iterator->domain);
        if (iterator->to)
            walk(w, iterator->to);
        w->origins[iterator->slot] = origin(w, iterator->domain);
    }
    if (term->op == TERM_FOR)
        w->origins[term->partial_slot] = STR_NONE;
    walk(w, term->body);
}

static void walk_context(Walk *w, const Term *term)
{
    for (size_t i = 0; i < term->count; i++) {
        walk(w, term->items[i]);
        w->origins[term->first_slot + i] = origin(w, term->items[i]);
    }
}

static void walk_lambda(Walk *w, const Lambda *lambda)
{
    for (size_t i = 0; i < lambda->parameter_count; i++)
        w->origins[lambda->captured + i] = STR_NONE;
    walk(w, lambda->body);
}

static void walk(Walk *w, const Term *term)
{
    switch (term->op) {
    case TERM_CONSTANT: return;
    case TERM_GLOBAL: add_path(w, term->name); return;
    case TERM_LOCAL: return;
    case TERM_ITEM_NAME:
        if (w->origins[term->item_slot].ptr && !(term->base && term->base->op == TERM_LOCAL))
            add_path(w, str_printf(w->arena, "%.*s.%.*s", STR_ARG(w->origins[term->item_slot]),
                                   STR_ARG(term->name)));
        if (term->base)
            walk(w, term->base);
        return;
    case TERM_PATH: walk_path(w, term); return;
    case TERM_FILTER: walk_filter(w, term); return;
    case TERM_FOR:
    case TERM_SOME:
    case TERM_EVERY: walk_loop(w, term); return;
    case TERM_LIST:
    case TERM_TESTS: walk_all(w, term->items, term->count); return;
    case TERM_CONTEXT: walk_context(w, term); return;
    case TERM_CALL:
        walk(w, term->callee);
        walk_all(w, term->args, term->arg_count);
        return;
    case TERM_BUILTIN:
    case TERM_TABLE: walk_all(w, term->args, term->arg_count); return;
    case TERM_FUNCTION: walk_lambda(w, &term->lambda); return;
    case TERM_INSTANCE_OF: walk(w, term->operand); return;
    case TERM_IN:
        w->origins[term->slot] = origin(w, term->a);
        walk(w, term->a);
        walk(w, term->b);
        return;
    default: walk_all(w, (const Term *const[]){term->a, term->b, term->c}, 3); return;
    }
}

size_t feel_program_reads(const FeelProgram *program, Arena *arena, Str **paths)
{
    Walk w = {.arena = arena, .origins = arena_array(arena, Str, program->frame + 1)};

    walk(&w, program->root);
    *paths = w.paths.items;
    return w.paths.count;
}
