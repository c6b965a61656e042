/* SPDX-License-Identifier: EUPL-1.2 */
/* Values as text, and from and to data. */
#include "feel/moment.h"

#include "base/buf.h"

static void write_value(Buf *out, FeelValue value);

static void write_quoted(Buf *out, Str s)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"' || s.ptr[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, s.ptr[i]);
    }
    buf_add_char(out, '"');
}

static void write_list(Buf *out, FeelValue value)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < value.list.count; i++) {
        if (i)
            buf_add(out, STR(", "));
        write_value(out, value.list.items[i]);
    }
    buf_add_char(out, ']');
}

/* Keys that are no plain names are written as strings. */
static bool plain_key(Str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (strchr("{}:,\"\\\n\r\t", key.ptr[i]))
            return false;
    return key.len > 0;
}

static void write_context(Buf *out, FeelValue value)
{
    size_t count;
    const FeelEntry *entries = context_entries(out->arena, value.context, &count);

    buf_add_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add(out, STR(", "));
        if (plain_key(entries[i].key))
            buf_add(out, entries[i].key);
        else
            write_quoted(out, entries[i].key);
        buf_add(out, STR(": "));
        write_value(out, entries[i].value);
    }
    buf_add_char(out, '}');
}

static void write_range(Buf *out, const FeelRange *range)
{
    if (range->low.kind == FEEL_NULL && range->high.kind != FEEL_NULL) {
        buf_add_c(out, range->high_closed ? "<=" : "<");
        write_value(out, range->high);
        return;
    }
    if (range->high.kind == FEEL_NULL && range->low.kind != FEEL_NULL) {
        buf_add_c(out, range->low_closed ? ">=" : ">");
        write_value(out, range->low);
        return;
    }
    buf_add_char(out, range->low_closed ? '[' : '(');
    write_value(out, range->low);
    buf_add(out, STR(".."));
    write_value(out, range->high);
    buf_add_char(out, range->high_closed ? ']' : ')');
}

static Str scalar_text(Arena *arena, FeelValue value)
{
    switch (value.kind) {
    case FEEL_NULL: return STR("null");
    case FEEL_BOOLEAN: return value.boolean ? STR("true") : STR("false");
    case FEEL_NUMBER: return number_text(arena, value.number);
    case FEEL_STRING: return value.string;
    case FEEL_FUNCTION: return STR("function");
    default: return moment_text(arena, value);
    }
}

static void write_value(Buf *out, FeelValue value)
{
    switch (value.kind) {
    case FEEL_STRING: write_quoted(out, value.string); break;
    case FEEL_LIST: write_list(out, value); break;
    case FEEL_CONTEXT: write_context(out, value); break;
    case FEEL_RANGE: write_range(out, value.range); break;
    default: buf_add(out, scalar_text(out->arena, value)); break;
    }
}

Str feel_to_text(Arena *arena, const FeelValue *value)
{
    FeelTypeKind kind = feel_kind(value);

    if (kind == FEEL_NULL)
        return STR("null");
    if (kind != FEEL_LIST && kind != FEEL_CONTEXT && kind != FEEL_RANGE)
        return scalar_text(arena, *value);
    Buf out = buf_in(arena);
    write_value(&out, *value);
    return buf_str(&out);
}

/* --- Data ----------------------------------------------------------------------- */

Node *feel_to_node(Arena *arena, const FeelValue *value)
{
    switch (feel_kind(value)) {
    case FEEL_NULL: return node_null(arena);
    case FEEL_BOOLEAN: return node_bool(arena, value->boolean);
    case FEEL_NUMBER: return node_number(arena, number_text(arena, value->number));
    case FEEL_LIST: {
        Node *list = node_list(arena);
        for (size_t i = 0; i < value->list.count; i++)
            node_append(arena, list, feel_to_node(arena, &value->list.items[i]));
        return list;
    }
    case FEEL_CONTEXT: {
        Node *map = node_map(arena);
        size_t count;
        const FeelEntry *entries = context_entries(arena, value->context, &count);
        for (size_t i = 0; i < count; i++)
            node_set(arena, map, entries[i].key, feel_to_node(arena, &entries[i].value));
        return map;
    }
    default: return node_string(arena, feel_to_text(arena, value));
    }
}

static FeelValue from_text(Arena *arena, Str text, FeelTypeKind kind)
{
    FeelValue result;
    Number number;

    switch (kind) {
    case FEEL_ANY:
    case FEEL_STRING: return value_string(text);
    case FEEL_NUMBER: return number_parse(text, &number) ? value_number(number) : VALUE_NULL;
    case FEEL_BOOLEAN:
        return str_is(text, "true") || str_is(text, "false") ? value_boolean(str_is(text, "true"))
                                                             : VALUE_NULL;
    case FEEL_DATE: return moment_parse_date(text, &result) ? result : VALUE_NULL;
    case FEEL_TIME: return moment_parse_time(arena, text, &result) ? result : VALUE_NULL;
    case FEEL_DATE_TIME: return moment_parse_date_time(arena, text, &result) ? result : VALUE_NULL;
    case FEEL_DAYS_DURATION:
    case FEEL_MONTHS_DURATION:
        return moment_parse_duration(text, &result) && result.kind == kind ? result : VALUE_NULL;
    default: return VALUE_NULL;
    }
}

static FeelValue from_node(Arena *arena, const Node *node, const FeelType *type);

static FeelValue from_list(Arena *arena, const Node *node, const FeelType *item)
{
    FeelValue *items = arena_array(arena, FeelValue, node->count);

    for (size_t i = 0; i < node->count; i++)
        items[i] = from_node(arena, node->items[i], item);
    return value_list(items, node->count);
}

/* Of `fields` the one with the name, or `count`. Data often has the order of its type: the search
 * begins behind the field that was found last. */
static size_t field_at(const FeelField *fields, size_t count, Str name, size_t last)
{
    size_t first = last < count ? last + 1 : 0;

    for (size_t i = 0; i < count; i++) {
        size_t at = first + i < count ? first + i : first + i - count;

        if (str_eq(fields[at].name, name))
            return at;
    }
    return count;
}

/* All entries of the data, then null for each field of the type that it lacks. */
static FeelValue from_map(Arena *arena, const Node *node, const FeelType *type)
{
    size_t fields = type ? type->field_count : 0, count = 0, at = fields;
    FeelEntry *entries = arena_array(arena, FeelEntry, node->count + fields);
    bool *given = arena_array(arena, bool, fields + 1); /* the last: what is no field */

    for (size_t i = 0; i < node->count; i++, count++) {
        at = field_at(type ? type->fields : NULL, fields, node->keys[i], at);
        given[at] = true;
        entries[count].key = node->keys[i];
        entries[count].value =
            from_node(arena, node->items[i], at < fields ? type->fields[at].type : NULL);
    }
    for (size_t i = 0; i < fields; i++) {
        if (given[i])
            continue;
        entries[count].key = type->fields[i].name;
        entries[count++].value = VALUE_NULL;
    }
    return context_of(arena, entries, count);
}

static FeelValue from_node(Arena *arena, const Node *node, const FeelType *type)
{
    FeelTypeKind kind = type ? type->kind : FEEL_ANY;
    bool any = kind == FEEL_ANY;

    if (!node || node->kind == NODE_NULL) {
        static const Node nothing = {.kind = NODE_MAP};
        return kind == FEEL_CONTEXT && type->field_count && !node ? from_map(arena, &nothing, type)
                                                                  : VALUE_NULL;
    }
    switch (node->kind) {
    case NODE_BOOL: return any || kind == FEEL_BOOLEAN ? value_boolean(node->boolean) : VALUE_NULL;
    case NODE_NUMBER: return from_text(arena, node->text, any ? FEEL_NUMBER : kind);
    case NODE_STRING: return from_text(arena, node->text, kind);
    case NODE_LIST:
        return any || kind == FEEL_LIST ? from_list(arena, node, type ? type->item : NULL)
                                        : VALUE_NULL;
    case NODE_MAP: return any || kind == FEEL_CONTEXT ? from_map(arena, node, type) : VALUE_NULL;
    default: return VALUE_NULL;
    }
}

const FeelValue *feel_from_node(Arena *arena, const Node *node, const FeelType *type)
{
    return value_keep(arena, from_node(arena, node, type));
}
