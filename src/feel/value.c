/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/value.h"

#include "feel/moment.h"
#include "feel/short_decimal.h"

#include <assert.h>

FeelValue value_list(const FeelValue *items, size_t count)
{
    FeelValue list = {.kind = FEEL_LIST, .depth = 1, .weight = 1};

    list.list.items = items;
    list.list.count = count;
    for (size_t i = 0; i < count; i++)
        value_weigh(&list, &items[i]);
    return list;
}

FeelValue value_range(const FeelRange *range)
{
    return (FeelValue){.kind = FEEL_RANGE, .range = range};
}

const FeelValue *value_keep(Arena *arena, FeelValue value)
{
    FeelValue *kept = arena_alloc_raw(arena, sizeof *kept);

    *kept = value;
    return kept;
}

FeelTypeKind feel_kind(const FeelValue *value)
{
    return value ? (FeelTypeKind)value->kind : FEEL_NULL;
}

const FeelValue *feel_null(void)
{
    static const FeelValue null = {.kind = FEEL_NULL};

    return &null;
}

bool feel_is_true(const FeelValue *value)
{
    return value && value_is_true(*value);
}

bool feel_is_null(const FeelValue *value)
{
    return !value || value->kind == FEEL_NULL;
}

bool feel_to_i64(const FeelValue *value, int64_t *out)
{
    return feel_kind(value) == FEEL_NUMBER && number_to_i64(value->number, out);
}

bool feel_to_cents(const FeelValue *value, int64_t *cents)
{
    Number hundredfold;

    return feel_kind(value) == FEEL_NUMBER &&
           number_multiply(value->number, number_from_i64(100), &hundredfold) &&
           number_to_i64(hundredfold, cents);
}

bool feel_to_date(const FeelValue *value, Date *out)
{
    if (feel_kind(value) != FEEL_DATE)
        return false;
    LongDate day = long_date_from_days(value->at.day);
    if (day.year < 1 || day.year > 9999)
        return false;
    *out = (Date){.year = (int)day.year, .month = day.month, .day = day.day};
    return true;
}

size_t feel_list_count(const FeelValue *list)
{
    return feel_kind(list) == FEEL_LIST ? list->list.count : 0;
}

const FeelValue *feel_list_at(const FeelValue *list, size_t index)
{
    assert(index < feel_list_count(list));
    return &list->list.items[index];
}

const FeelValue *feel_list(Arena *arena, const FeelValue *const *items, size_t count)
{
    FeelValue *copy = arena_array(arena, FeelValue, count);

    for (size_t i = 0; i < count; i++)
        copy[i] = items[i] ? *items[i] : VALUE_NULL;
    return value_keep(arena, value_list(copy, count));
}

const FeelValue *feel_number(Arena *arena, int64_t number)
{
    return value_keep(arena, value_i64(number));
}

const FeelValue *feel_cents(Arena *arena, int64_t cents)
{
    return value_keep(arena, value_number(short_number((ShortDecimal){cents, -2})));
}

const FeelValue *feel_date(Arena *arena, Date date)
{
    return date_valid(date) ? value_keep(arena, moment_date(date_to_days(date))) : feel_null();
}

const FeelValue *feel_string(Arena *arena, Str text)
{
    return value_keep(arena, value_string(text));
}

bool feel_compare(const FeelValue *a, const FeelValue *b, int *order)
{
    return a && b && value_order(*a, *b, order);
}

/* --- Equality ------------------------------------------------------------------ */

static Truth truth_of(bool b)
{
    return b ? YES : NO;
}

static Truth lists_equal(FeelValue a, FeelValue b, size_t *steps)
{
    if (a.list.count != b.list.count)
        return NO;
    for (size_t i = 0; i < a.list.count; i++)
        if (value_equal(a.list.items[i], b.list.items[i], steps) != YES)
            return NO;
    return YES;
}

/* Every entry of `a` is found, equal, in `b`: mostly at the same place. */
static bool entries_within(const FeelEntry *entries, size_t count, const FeelContext *b,
                           size_t *steps)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t hint = (uint32_t)i;
        const FeelValue *other = context_find_near(b, entries[i].key, entries[i].hash, &hint);
        if (!other || value_equal(entries[i].value, *other, steps) != YES)
            return false;
    }
    return true;
}

static size_t context_size(const FeelContext *context)
{
    size_t size = context->count;

    if (context->base) {
        size = context->base->count;
        for (size_t i = 0; i < context->count; i++)
            size += !context_find(context->base, context->entries[i].key, context->entries[i].hash);
    }
    return size;
}

static Truth contexts_equal(const FeelContext *a, const FeelContext *b, size_t *steps)
{
    if (a == b)
        return YES;
    if (context_size(a) != context_size(b) || !entries_within(a->entries, a->count, b, steps))
        return NO;
    if (!a->base)
        return YES;
    for (size_t i = 0; i < a->base->count; i++) {
        const FeelEntry *entry = &a->base->entries[i];
        const FeelValue *mine = context_find(a, entry->key, entry->hash);
        const FeelValue *other = context_find(b, entry->key, entry->hash);
        if (!other || value_equal(*mine, *other, steps) != YES)
            return NO;
    }
    return YES;
}

static bool ranges_equal(const FeelRange *a, const FeelRange *b, size_t *steps)
{
    return a->low_closed == b->low_closed && a->high_closed == b->high_closed &&
           value_equal(a->low, b->low, steps) == YES && value_equal(a->high, b->high, steps) == YES;
}

static Truth moments_equal(FeelValue a, FeelValue b)
{
    Nanos difference;

    return truth_of(moment_difference(a, b, &difference) && difference == 0);
}

Truth value_equal(FeelValue a, FeelValue b, size_t *steps)
{
    ++*steps;
    if (a.kind == FEEL_NULL || b.kind == FEEL_NULL)
        return truth_of(a.kind == b.kind);
    if (a.kind != b.kind)
        return UNKNOWN;
    switch (a.kind) {
    case FEEL_NUMBER: return truth_of(number_compare(a.number, b.number) == 0);
    case FEEL_STRING: return truth_of(str_eq(a.string, b.string));
    case FEEL_BOOLEAN: return truth_of(a.boolean == b.boolean);
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME: return moments_equal(a, b);
    case FEEL_DAYS_DURATION: return truth_of(a.nanos == b.nanos);
    case FEEL_MONTHS_DURATION: return truth_of(a.months == b.months);
    case FEEL_RANGE: return truth_of(ranges_equal(a.range, b.range, steps));
    case FEEL_LIST: return lists_equal(a, b, steps);
    case FEEL_CONTEXT: return contexts_equal(a.context, b.context, steps);
    default: return a.function == b.function ? YES : UNKNOWN;
    }
}

bool value_same(FeelValue a, FeelValue b)
{
    size_t steps = 0;

    if (a.kind != b.kind)
        return false;
    if (a.kind != FEEL_TIME && a.kind != FEEL_DATE_TIME)
        return value_equal(a, b, &steps) == YES;
    return a.at.day == b.at.day && a.at.nanos == b.at.nanos && a.zone_kind == b.zone_kind &&
           (a.zone_kind == ZONE_NAMED ? strcmp(a.zone, b.zone) == 0 : a.offset == b.offset);
}

bool value_order(FeelValue a, FeelValue b, int *order)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case FEEL_NUMBER: *order = number_compare(a.number, b.number); return true;
    case FEEL_STRING: *order = str_compare(a.string, b.string); return true;
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME: *order = moment_order(a, b); return true;
    case FEEL_DAYS_DURATION: *order = a.nanos < b.nanos ? -1 : a.nanos > b.nanos; return true;
    case FEEL_MONTHS_DURATION: *order = a.months < b.months ? -1 : a.months > b.months; return true;
    default: return false;
    }
}

Truth range_contains(const FeelRange *range, FeelValue value)
{
    int order;

    if (range->low.kind != FEEL_NULL) {
        if (!value_order(value, range->low, &order))
            return UNKNOWN;
        if (order < 0 || (order == 0 && !range->low_closed))
            return NO;
    }
    if (range->high.kind != FEEL_NULL) {
        if (!value_order(value, range->high, &order))
            return UNKNOWN;
        if (order > 0 || (order == 0 && !range->high_closed))
            return NO;
    }
    return YES;
}

/* --- Types ---------------------------------------------------------------------- */

static bool conforms(FeelValue value, const FeelType *type, bool allowed);

static bool list_conforms(FeelValue value, const FeelType *item, bool allowed)
{
    for (size_t i = 0; item && i < value.list.count; i++)
        if (!conforms(value.list.items[i], item, allowed))
            return false;
    return true;
}

/* Entries often have the order of their type: `next` is where the field may be. */
static const FeelValue *find_next(const FeelContext *context, Str name, size_t *next)
{
    if (*next < context->count && str_eq(context->entries[*next].key, name))
        return &context->entries[(*next)++].value;
    return context_find(context, name, key_hash(name));
}

static bool context_conforms(FeelValue value, const FeelType *type, bool allowed)
{
    size_t next = 0;

    for (size_t i = 0; i < type->field_count; i++) {
        const FeelValue *field = find_next(value.context, type->fields[i].name, &next);
        if (!field || !conforms(*field, type->fields[i].type, allowed))
            return false;
    }
    return true;
}

static bool string_allowed(Str s, const FeelType *type)
{
    for (size_t i = 0; i < type->allowed_count; i++)
        if (str_eq(s, type->allowed[i]))
            return true;
    return type->allowed_count == 0;
}

static bool conforms(FeelValue value, const FeelType *type, bool allowed)
{
    if (type->kind == FEEL_ANY || value.kind == FEEL_NULL)
        return true;
    if (value.kind != type->kind)
        return false;
    switch (value.kind) {
    case FEEL_LIST: return list_conforms(value, type->item, allowed);
    case FEEL_CONTEXT: return context_conforms(value, type, allowed);
    case FEEL_STRING: return !allowed || string_allowed(value.string, type);
    case FEEL_RANGE:
        return !type->item || (conforms(value.range->low, type->item, allowed) &&
                               conforms(value.range->high, type->item, allowed));
    default: return true;
    }
}

bool value_is_of(FeelValue value, const FeelType *type)
{
    return conforms(value, type, false);
}

bool value_conforms(FeelValue value, const FeelType *type)
{
    return conforms(value, type, true);
}

bool value_convert(Arena *arena, FeelValue value, const FeelType *type, FeelValue *out)
{
    *out = value;
    if (value_conforms(value, type))
        return true;
    if (type->kind == FEEL_LIST && value.kind != FEEL_LIST &&
        (!type->item || value_conforms(value, type->item))) {
        *out = value_list(value_keep(arena, value), 1);
        return true;
    }
    if (value.kind == FEEL_LIST && value.list.count == 1 && type->kind != FEEL_LIST &&
        value_conforms(value.list.items[0], type)) {
        *out = value.list.items[0];
        return true;
    }
    if (value.kind == FEEL_DATE && type->kind == FEEL_DATE_TIME) {
        *out = moment_date_at_midnight(value);
        return true;
    }
    return false;
}
