/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/builtin.h"

#include "base/buf.h"
#include "feel/moment.h"
#include "feel/type.h"

static const Builtin *const TABLES[] = {
    BUILTIN_CONVERSION, BUILTIN_STRING, BUILTIN_LIST,  BUILTIN_AGGREGATE,
    BUILTIN_NUMBER,     BUILTIN_DATE,   BUILTIN_RANGE, BUILTIN_CONTEXT,
};

const Builtin *builtin_find(Str name)
{
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        for (const Builtin *b = TABLES[i]; b->name; b++)
            if (b->name[0] == name.ptr[0] && str_is(name, b->name))
                return b;
    return NULL;
}

/* The kind of the argument at this position. */
static ParameterKind kind_at(const Builtin *b, size_t position)
{
    size_t last = 0;

    if (b->most != VARIADIC)
        return b->parameters[position].kind;
    while (last + 1 < MAX_PARAMETERS && b->parameters[last + 1].name)
        last++;
    return b->parameters[position < last ? position : last].kind;
}

bool builtin_positions(const Builtin *b, const Str *names, size_t count, size_t *positions,
                       size_t *arg_count)
{
    bool given[MAX_PARAMETERS] = {false};

    *arg_count = b->least;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < MAX_PARAMETERS && b->parameters[at].name &&
               !str_is(names[i], b->parameters[at].name))
            at++;
        if (at == MAX_PARAMETERS || !b->parameters[at].name || given[at])
            return false;
        given[at] = true;
        positions[i] = at;
        if (at + 1 > *arg_count)
            *arg_count = at + 1;
    }
    for (size_t i = 0; i < b->least; i++)
        if (!given[i] && b->parameters[i].kind != PARAM_ANY)
            return false;
    return true;
}

static const struct {
    FeelTypeKind type; /* FEEL_ANY: decided by hand */
    bool nullable;
    const char *name;
} KINDS[] = {
    [PARAM_ANY] = {FEEL_ANY, true, "Any"},
    [PARAM_NUMBER] = {FEEL_NUMBER, false, "number"},
    [PARAM_STRING] = {FEEL_STRING, false, "string"},
    [PARAM_BOOLEAN] = {FEEL_BOOLEAN, false, "boolean"},
    [PARAM_DATE] = {FEEL_DATE, false, "date"},
    [PARAM_TIME] = {FEEL_TIME, false, "time"},
    [PARAM_DATE_TIME] = {FEEL_DATE_TIME, false, "date and time"},
    [PARAM_DAY] = {FEEL_ANY, false, "date or date and time"},
    [PARAM_DAYS_DURATION] = {FEEL_DAYS_DURATION, false, "days and time duration"},
    [PARAM_LIST] = {FEEL_LIST, false, "list"},
    [PARAM_CONTEXT] = {FEEL_CONTEXT, false, "context"},
    [PARAM_RANGE] = {FEEL_RANGE, false, "range"},
    [PARAM_FUNCTION] = {FEEL_FUNCTION, false, "function"},
    [PARAM_POINT] = {FEEL_ANY, false, "value with an order"},
    [PARAM_NUMBER_OR_NULL] = {FEEL_NUMBER, true, "number"},
    [PARAM_STRING_OR_NULL] = {FEEL_STRING, true, "string"},
    [PARAM_DAYS_OR_NULL] = {FEEL_DAYS_DURATION, true, "days and time duration"},
};

static bool kind_fits(ParameterKind wanted, FeelTypeKind kind)
{
    switch (wanted) {
    case PARAM_ANY: return true;
    case PARAM_DAY: return kind == FEEL_DATE || kind == FEEL_DATE_TIME;
    case PARAM_POINT:
        return kind == FEEL_NUMBER || kind == FEEL_STRING ||
               (kind >= FEEL_DATE && kind <= FEEL_MONTHS_DURATION);
    default: return kind == KINDS[wanted].type || (kind == FEEL_NULL && KINDS[wanted].nullable);
    }
}

bool builtin_accepts(const Builtin *b, const FeelType *const *types, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ParameterKind wanted = kind_at(b, i);
        const FeelType *type = types[i];
        if (type_unknown(type) || kind_fits(wanted, type->kind) || wanted == PARAM_LIST ||
            (wanted == PARAM_DATE_TIME && type->kind == FEEL_DATE))
            continue;
        /* A list of one stands for its item. */
        if (type->kind != FEEL_LIST ||
            (!type_unknown(type->item) && !kind_fits(wanted, type->item->kind)))
            return false;
    }
    return true;
}

/* As 10.3.2.9.4: a list of one becomes its item, an item a list of one, a date the
 * midnight in UTC. */
static bool convert_argument(FeelEval *e, ParameterKind wanted, FeelValue given, FeelValue *out)
{
    *out = given;
    if (kind_fits(wanted, (FeelTypeKind)given.kind))
        return true;
    if (given.kind == FEEL_NULL)
        return false;
    if (wanted == PARAM_LIST) {
        FeelValue *item = eval_values(e, 1);
        *item = given;
        *out = eval_list(e, item, 1);
        return true;
    }
    if (wanted == PARAM_DATE_TIME && given.kind == FEEL_DATE) {
        *out = moment_date_at_midnight(given);
        return true;
    }
    if (given.kind == FEEL_LIST && given.list.count == 1 &&
        kind_fits(wanted, (FeelTypeKind)given.list.items[0].kind)) {
        *out = given.list.items[0];
        return true;
    }
    return false;
}

/* Exactly these kinds: no conversion needed. */
static bool matches_exactly(const Builtin *b, const FeelValue *args, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!kind_fits(kind_at(b, i), (FeelTypeKind)args[i].kind))
            return false;
    return true;
}

static bool takes(const Builtin *b, size_t count)
{
    return count >= b->least && (b->most == VARIADIC || count <= b->most);
}

static FeelValue call_converted(FeelEval *e, const Builtin *b, const FeelValue *args, size_t count,
                                bool *fits)
{
    FeelValue *converted = eval_values(e, count);

    *fits = true;
    for (size_t i = 0; *fits && i < count; i++)
        *fits = convert_argument(e, kind_at(b, i), args[i], &converted[i]);
    return *fits ? b->code(e, converted, count) : VALUE_NULL;
}

FeelValue builtin_call_one(FeelEval *e, const Builtin *b, const FeelValue *args, size_t count)
{
    bool fits;

    return takes(b, count) ? call_converted(e, b, args, count, &fits) : VALUE_NULL;
}

FeelValue builtin_call(FeelEval *e, const Builtin *first, const FeelValue *args, size_t count)
{
    const Builtin *b = first;
    bool fits;

    for (;; b++) {
        if (takes(b, count) && matches_exactly(b, args, count))
            return b->code(e, args, count);
        if (!builtin_next(b))
            break;
    }
    for (b = first;; b++) {
        if (takes(b, count)) {
            FeelValue result = call_converted(e, b, args, count, &fits);
            if (fits)
                return result;
        }
        if (!builtin_next(b))
            return VALUE_NULL;
    }
}

const FeelType *builtin_result_type(Arena *arena, const Builtin *b, const FeelType *const *types,
                                    size_t count)
{
    static const FeelTypeKind scalar[] = {
        [RESULT_ANY] = FEEL_ANY,
        [RESULT_NUMBER] = FEEL_NUMBER,
        [RESULT_STRING] = FEEL_STRING,
        [RESULT_BOOLEAN] = FEEL_BOOLEAN,
        [RESULT_DATE] = FEEL_DATE,
        [RESULT_TIME] = FEEL_TIME,
        [RESULT_DATE_TIME] = FEEL_DATE_TIME,
        [RESULT_MONTHS_DURATION] = FEEL_MONTHS_DURATION,
        [RESULT_LIST] = FEEL_LIST,
        [RESULT_CONTEXT] = FEEL_CONTEXT,
    };
    const FeelType *first = count && types[0] ? types[0] : feel_type(FEEL_ANY);

    switch (b->result) {
    case RESULT_STRINGS: return feel_type_list(arena, feel_type(FEEL_STRING));
    case RESULT_NUMBERS: return feel_type_list(arena, feel_type(FEEL_NUMBER));
    case RESULT_SAME: return type_unbounded(first);
    case RESULT_SAME_LIST: return first->kind == FEEL_LIST ? first : feel_type(FEEL_LIST);
    case RESULT_ITEM:
        if (first->kind == FEEL_LIST)
            return first->item ? type_unbounded(first->item) : feel_type(FEEL_ANY);
        return type_unbounded(first);
    default: return feel_type(scalar[b->result]);
    }
}

Str builtin_signature(Arena *arena, const Builtin *b)
{
    Buf out = buf_in(arena);

    buf_addf(&out, "%s(", b->name);
    for (size_t i = 0; i < MAX_PARAMETERS && b->parameters[i].name; i++) {
        buf_addf(&out, "%s%s: %s", i ? ", " : "", b->parameters[i].name,
                 KINDS[b->parameters[i].kind].name);
        if (i >= b->least)
            buf_add_c(&out, " (optional)");
    }
    buf_add_c(&out, b->most == VARIADIC ? ", ...)" : ")");
    return buf_str(&out);
}
