/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/type.h"

#include "base/buf.h"
#include "base/vec.h"
#include "feel/moment.h"
#include "feel/parse.h"
#include "feel/tree.h"

static const FeelType TYPES[] = {
    [FEEL_ANY] = {.kind = FEEL_ANY},
    [FEEL_NULL] = {.kind = FEEL_NULL},
    [FEEL_NUMBER] = {.kind = FEEL_NUMBER},
    [FEEL_STRING] = {.kind = FEEL_STRING},
    [FEEL_BOOLEAN] = {.kind = FEEL_BOOLEAN},
    [FEEL_DATE] = {.kind = FEEL_DATE},
    [FEEL_TIME] = {.kind = FEEL_TIME},
    [FEEL_DATE_TIME] = {.kind = FEEL_DATE_TIME},
    [FEEL_DAYS_DURATION] = {.kind = FEEL_DAYS_DURATION},
    [FEEL_MONTHS_DURATION] = {.kind = FEEL_MONTHS_DURATION},
    [FEEL_RANGE] = {.kind = FEEL_RANGE},
    [FEEL_LIST] = {.kind = FEEL_LIST},
    [FEEL_CONTEXT] = {.kind = FEEL_CONTEXT},
    [FEEL_FUNCTION] = {.kind = FEEL_FUNCTION},
};

static const char *const NAMES[] = {
    [FEEL_ANY] = "Any",
    [FEEL_NULL] = "null",
    [FEEL_NUMBER] = "number",
    [FEEL_STRING] = "string",
    [FEEL_BOOLEAN] = "boolean",
    [FEEL_DATE] = "date",
    [FEEL_TIME] = "time",
    [FEEL_DATE_TIME] = "date and time",
    [FEEL_DAYS_DURATION] = "days and time duration",
    [FEEL_MONTHS_DURATION] = "years and months duration",
    [FEEL_RANGE] = "range",
    [FEEL_LIST] = "list",
    [FEEL_CONTEXT] = "context",
    [FEEL_FUNCTION] = "function",
};

const FeelType *feel_type(FeelTypeKind kind)
{
    return &TYPES[kind];
}

const FeelType *type_named(Str name)
{
    for (int kind = FEEL_ANY; kind <= FEEL_FUNCTION; kind++)
        if (str_is(name, NAMES[kind]))
            return &TYPES[kind];
    if (str_is(name, "Null"))
        return &TYPES[FEEL_NULL];
    return str_is(name, "day and time duration")     ? &TYPES[FEEL_DAYS_DURATION]
           : str_is(name, "year and month duration") ? &TYPES[FEEL_MONTHS_DURATION]
                                                     : NULL;
}

static FeelType *type_new(Arena *arena, FeelTypeKind kind, const FeelType *item)
{
    FeelType *type = arena_new(arena, FeelType);

    type->kind = kind;
    type->item = item;
    return type;
}

const FeelType *feel_type_list(Arena *arena, const FeelType *item)
{
    return item && item->kind != FEEL_ANY ? type_new(arena, FEEL_LIST, item) : &TYPES[FEEL_LIST];
}

const FeelType *feel_type_number(Arena *arena, Str least, Str most)
{
    FeelBounds *bounds = arena_new(arena, FeelBounds);
    FeelType *type = arena_new(arena, FeelType);

    bounds->below = !number_parse(least, &bounds->low);
    bounds->above = !number_parse(most, &bounds->high);
    type->kind = FEEL_NUMBER;
    type->bounds = bounds;
    return bounds->below && bounds->above ? &TYPES[FEEL_NUMBER] : type;
}

const FeelType *type_range(Arena *arena, const FeelType *item)
{
    return type_unknown(item) ? &TYPES[FEEL_RANGE] : type_new(arena, FEEL_RANGE, item);
}

const FeelType *type_function(Arena *arena, const FeelField *parameters, size_t count,
                              const FeelType *result)
{
    FeelType *type = type_new(arena, FEEL_FUNCTION, result);

    type->fields = arena_copy(arena, parameters, count * sizeof *parameters);
    type->field_count = count;
    return type;
}

FeelType *feel_type_context(Arena *arena)
{
    return type_new(arena, FEEL_CONTEXT, NULL);
}

void feel_type_add_field(Arena *arena, FeelType *context, Str name, const FeelType *type)
{
    size_t count = context->field_count;

    /* Grown at powers of two: the struct has no room for a capacity. */
    if ((count & (count - 1)) == 0) {
        FeelField *grown = arena_array(arena, FeelField, count ? count * 2 : 1);
        if (count)
            memcpy(grown, context->fields, count * sizeof *grown);
        context->fields = grown;
    }
    context->fields[context->field_count++] = (FeelField){str_copy(arena, name), type};
}

static void write_type(Buf *out, const FeelType *type, int depth)
{
    FeelTypeKind kind = type ? type->kind : FEEL_ANY;

    buf_add_c(out, NAMES[kind]);
    if (depth > 3)
        return;
    if ((kind == FEEL_LIST || kind == FEEL_RANGE) && type->item) {
        buf_add_char(out, '<');
        write_type(out, type->item, depth + 1);
        buf_add_char(out, '>');
    }
    if (kind == FEEL_CONTEXT && type->field_count) {
        buf_add_char(out, '<');
        for (size_t i = 0; i < type->field_count && i < 12; i++) {
            buf_addf(out, "%s%.*s: ", i ? ", " : "", STR_ARG(type->fields[i].name));
            write_type(out, type->fields[i].type, depth + 1);
        }
        buf_add_c(out, type->field_count > 12 ? ", ...>" : ">");
    }
}

Str feel_type_name(Arena *arena, const FeelType *type)
{
    Buf out = buf_in(arena);

    write_type(&out, type, 0);
    return buf_str(&out);
}

/* --- Scopes ------------------------------------------------------------------------ */

FeelScope *feel_scope(Arena *arena, const FeelScope *outer)
{
    FeelScope *scope = arena_new(arena, FeelScope);

    scope->arena = arena;
    scope->outer = outer;
    return scope;
}

void feel_scope_in_german(FeelScope *scope)
{
    scope->german = true;
}

enum { INDEX_FROM = 12 };

static void index_add(FeelScope *scope, size_t entry)
{
    size_t at = scope->items[entry].hash & scope->index_mask;

    while (scope->index[at])
        at = (at + 1) & scope->index_mask;
    scope->index[at] = (uint32_t)entry + 1;
}

/* Room for twice as many; entries stay in their order, so of equal names the first is found. */
static void index_grow(FeelScope *scope)
{
    size_t size = scope->index ? (scope->index_mask + 1) * 2 : (size_t)INDEX_FROM * 4;

    while (size & (size - 1))
        size &= size - 1;
    scope->index = arena_array(scope->arena, uint32_t, size);
    scope->index_mask = size - 1;
    for (size_t i = 0; i < scope->count; i++)
        index_add(scope, i);
}

/* The entry with this name as data has it. */
static ScopeEntry *scope_own(FeelScope *scope, const ScopeEntry *wanted)
{
    if (!scope->index) {
        for (size_t i = 0; i < scope->count; i++)
            if (scope->items[i].is_type == wanted->is_type &&
                str_eq(scope->items[i].name, wanted->name))
                return &scope->items[i];
        return NULL;
    }
    for (size_t at = wanted->hash & scope->index_mask; scope->index[at];
         at = (at + 1) & scope->index_mask) {
        ScopeEntry *entry = &scope->items[scope->index[at] - 1];
        if (entry->is_type == wanted->is_type && str_eq(entry->name, wanted->name))
            return entry;
    }
    return NULL;
}

static void scope_put(FeelScope *scope, Str name, ScopeEntry entry)
{
    entry.name = str_copy(scope->arena, name);
    entry.normal = name_normal(scope->arena, name);
    entry.hash = key_hash(entry.normal);
    ScopeEntry *old = scope_own(scope, &entry);
    if (old) {
        *old = entry;
        return;
    }
    VEC_PUSH(scope->arena, scope, entry);
    if (scope->index ? scope->count * 2 > scope->index_mask : scope->count > INDEX_FROM)
        index_grow(scope);
    else if (scope->index)
        index_add(scope, scope->count - 1);
}

void feel_scope_add(FeelScope *scope, Str name, const FeelType *type)
{
    scope_put(scope, name, (ScopeEntry){.type = type ? type : &TYPES[FEEL_ANY]});
}

void feel_scope_add_type(FeelScope *scope, Str name, const FeelType *type)
{
    scope_put(scope, name, (ScopeEntry){.type = type, .is_type = true});
}

void feel_scope_add_fields(FeelScope *scope, const FeelType *context)
{
    for (size_t i = 0; i < context->field_count; i++)
        feel_scope_add(scope, context->fields[i].name, context->fields[i].type);
}

void feel_scope_add_table(FeelScope *scope, const FeelTable *table)
{
    FeelType *type = type_new(scope->arena, FEEL_FUNCTION, feel_table_type(table));

    scope_put(scope, feel_table_name(table), (ScopeEntry){.type = type, .table = table});
}

static const ScopeEntry *find_indexed(const FeelScope *scope, Str name, uint32_t hash, bool is_type)
{
    for (size_t at = hash & scope->index_mask; scope->index[at];
         at = (at + 1) & scope->index_mask) {
        const ScopeEntry *entry = &scope->items[scope->index[at] - 1];
        if (entry->hash == hash && entry->is_type == is_type && str_eq(entry->normal, name))
            return entry;
    }
    return NULL;
}

const ScopeEntry *scope_find(const FeelScope *scope, Str name, bool is_type)
{
    uint32_t hash = scope ? key_hash(name) : 0;

    for (; scope; scope = scope->outer) {
        const ScopeEntry *found = NULL;
        if (scope->index)
            found = find_indexed(scope, name, hash, is_type);
        for (size_t i = 0; !scope->index && !found && i < scope->count; i++) {
            const ScopeEntry *entry = &scope->items[i];
            if (entry->hash == hash && entry->is_type == is_type && str_eq(entry->normal, name))
                found = entry;
        }
        if (found)
            return found;
    }
    return NULL;
}

/* --- Relations ---------------------------------------------------------------------- */

const FeelField *type_find_field(const FeelType *context, Str name)
{
    for (size_t i = 0; context && i < context->field_count; i++)
        if (name_same(name, context->fields[i].name))
            return &context->fields[i];
    return NULL;
}

const FeelType *type_field(const FeelType *context, Str name)
{
    for (size_t i = 0; context && i < context->field_count; i++)
        if (str_eq(context->fields[i].name, name))
            return context->fields[i].type;
    return NULL;
}

bool type_meets(const FeelType *a, const FeelType *b)
{
    if (type_unknown(a) || type_unknown(b))
        return true;
    if (a->kind != b->kind)
        return false;
    if (a->kind == FEEL_LIST || a->kind == FEEL_RANGE)
        return !a->item || !b->item || type_meets(a->item, b->item);
    return true;
}

const FeelType *type_either(Arena *arena, const FeelType *a, const FeelType *b)
{
    if (a == b || (b && b->kind == FEEL_NULL))
        return a;
    if (a && a->kind == FEEL_NULL)
        return b;
    if (!a || !b || a->kind != b->kind)
        return &TYPES[FEEL_ANY];
    if (a->kind == FEEL_LIST)
        return a->item && b->item ? feel_type_list(arena, type_either(arena, a->item, b->item))
                                  : &TYPES[FEEL_LIST];
    if (a->kind == FEEL_CONTEXT) {
        /* Only when both have the same fields is anything known about them. */
        bool same = a->field_count == b->field_count && a->field_count > 0;
        for (size_t i = 0; same && i < a->field_count; i++)
            same = type_field(b, a->fields[i].name) != NULL;
        if (!same)
            return &TYPES[FEEL_CONTEXT];
        FeelType *both = feel_type_context(arena);
        for (size_t i = 0; i < a->field_count; i++)
            feel_type_add_field(
                arena, both, a->fields[i].name,
                type_either(arena, a->fields[i].type, type_field(b, a->fields[i].name)));
        return both;
    }
    return a->kind == FEEL_RANGE && a->item ? &TYPES[FEEL_RANGE] : &TYPES[a->kind];
}

bool type_ordered(const FeelType *type)
{
    return type_unknown(type) || type->kind == FEEL_NUMBER || type->kind == FEEL_STRING ||
           (type->kind >= FEEL_DATE && type->kind <= FEEL_MONTHS_DURATION);
}

const FeelType *type_of_value(Arena *arena, FeelValue value)
{
    if (value.kind == FEEL_RANGE)
        return type_range(arena, type_of_value(arena, value.range->low.kind != FEEL_NULL
                                                          ? value.range->low
                                                          : value.range->high));
    if (value.kind == FEEL_FUNCTION && value.function->type)
        return value.function->type;
    if (value.kind == FEEL_LIST && value.list.count > 0 && value.list.count <= 64) {
        const FeelType *item = type_of_value(arena, value.list.items[0]);
        for (size_t i = 1; i < value.list.count; i++)
            item = type_either(arena, item, type_of_value(arena, value.list.items[i]));
        return feel_type_list(arena, item);
    }
    return &TYPES[value.kind];
}

const FeelType *type_path(Arena *arena, const FeelType *base, Str name, bool *known)
{
    *known = true;
    if (base && base->kind == FEEL_LIST) {
        const FeelType *item = base->item ? type_path(arena, base->item, name, known) : NULL;
        if (!base->item)
            *known = false;
        return item ? feel_type_list(arena, item) : *known ? NULL : &TYPES[FEEL_LIST];
    }
    if (type_unknown(base) || (base->kind == FEEL_CONTEXT && !type_closed(base)) ||
        base->kind == FEEL_RANGE) {
        *known = false;
        return &TYPES[FEEL_ANY];
    }
    if (base->kind == FEEL_CONTEXT)
        return type_field(base, name);
    return moment_property_type(base->kind, name);
}

static bool is_duration(FeelTypeKind kind)
{
    return kind == FEEL_DAYS_DURATION || kind == FEEL_MONTHS_DURATION;
}

static bool is_moment(FeelTypeKind kind)
{
    return kind == FEEL_DATE || kind == FEEL_TIME || kind == FEEL_DATE_TIME;
}

/* 10.3.2.11, tables 54 to 57. */
static FeelTypeKind arithmetic_kind(int op, FeelTypeKind a, FeelTypeKind b)
{
    bool add = op == TERM_ADD, subtract = op == TERM_SUBTRACT;

    if (a == FEEL_NUMBER && b == FEEL_NUMBER)
        return FEEL_NUMBER;
    if (add && a == FEEL_STRING && b == FEEL_STRING)
        return FEEL_STRING;
    if ((add || subtract) && is_duration(a) && a == b)
        return a;
    if ((add || subtract) && is_moment(a) && is_duration(b))
        return a == FEEL_TIME && b == FEEL_MONTHS_DURATION ? FEEL_NULL : a;
    if (add && is_duration(a) && is_moment(b))
        return arithmetic_kind(op, b, a);
    if (subtract && is_moment(a) && is_moment(b))
        return (a == FEEL_TIME) == (b == FEEL_TIME) ? FEEL_DAYS_DURATION : FEEL_NULL;
    if (op == TERM_MULTIPLY && is_duration(a) && b == FEEL_NUMBER)
        return a;
    if (op == TERM_MULTIPLY && a == FEEL_NUMBER && is_duration(b))
        return b;
    if (op == TERM_DIVIDE && is_duration(a) && b == FEEL_NUMBER)
        return a;
    if (op == TERM_DIVIDE && is_duration(a) && a == b)
        return FEEL_NUMBER;
    return FEEL_NULL;
}

const FeelType *type_arithmetic(int op, const FeelType *a, const FeelType *b)
{
    FeelTypeKind left = a ? a->kind : FEEL_ANY, right = b ? b->kind : FEEL_ANY;

    if (!type_unknown(a) && !type_unknown(b)) {
        FeelTypeKind kind = arithmetic_kind(op, left, right);
        return kind == FEEL_NULL ? NULL : &TYPES[kind];
    }
    /* With one side known, some other must exist that it goes with. */
    if (type_unknown(a) && type_unknown(b))
        return &TYPES[FEEL_ANY];
    for (int kind = FEEL_NUMBER; kind <= FEEL_MONTHS_DURATION; kind++) {
        FeelTypeKind result = type_unknown(a) ? arithmetic_kind(op, (FeelTypeKind)kind, right)
                                              : arithmetic_kind(op, left, (FeelTypeKind)kind);
        if (result != FEEL_NULL)
            return &TYPES[FEEL_ANY];
    }
    return NULL;
}
