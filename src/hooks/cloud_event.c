/* SPDX-License-Identifier: EUPL-1.2 */
/* Events of the tenant as CloudEvents 1.0 in JSON, with the extension `sequence`. */
#include "hooks/hook.h"

#define TYPE_PREFIX "de.rathaus."

static bool word_matches(Str word, Str type)
{
    if (word.len && word.ptr[word.len - 1] == '*')
        return type.len >= word.len - 1 && memcmp(type.ptr, word.ptr, word.len - 1) == 0;
    return str_eq(word, type);
}

bool hook_types_match(Str types, Str type)
{
    if (str_empty(str_trim(types)))
        return true;
    while (types.ptr)
        if (word_matches(str_trim(str_cut(&types, ',')), type))
            return true;
    return false;
}

bool hook_types_valid(Str types)
{
    if (str_empty(str_trim(types)))
        return true;
    while (types.ptr) {
        Str word = str_trim(str_cut(&types, ','));
        if (!word.len || word.len > 60)
            return false;
        for (size_t i = 0; i < word.len; i++) {
            char c = word.ptr[i];
            bool star = c == '*' && i + 1 == word.len;
            if (!star && !(c >= 'a' && c <= 'z') && c != '.' && c != '_' && c != '-')
                return false;
        }
    }
    return true;
}

/* Where these events come from: the town's address, or its name. */
static Str source_of(const Tenant *tenant, Arena *arena)
{
    Str url = tenant_setting(tenant, "url");

    return url.len ? url : str_printf(arena, "urn:rathaus:%.*s", STR_ARG(tenant->name));
}

/* What was decided under protection is its office's to see: others learn that there was something.
 */
static Node *open_data(Arena *arena, const Node *data)
{
    Node *open = node_map(arena);
    bool hidden = data->kind == NODE_MAP && !str_empty(node_get_text(data, "protected"));

    for (size_t i = 0; data->kind == NODE_MAP && i < data->count; i++)
        if (!str_is(data->keys[i], "explanation") &&
            (!hidden || (!str_is(data->keys[i], "action") && !str_is(data->keys[i], "reason"))))
            node_set(arena, open, data->keys[i], data->items[i]);
    return open;
}

static Node *cloud_event(Arena *arena, Str source, const Event *event)
{
    Node *node = node_map(arena);
    Str type = str_printf(arena, TYPE_PREFIX "%.*s", STR_ARG(event->type));

    node_set(arena, node, STR("specversion"), node_string(arena, STR("1.0")));
    node_set(arena, node, STR("id"),
             node_string(arena, str_printf(arena, "%lld", (long long)event->id)));
    node_set(arena, node, STR("source"), node_string(arena, source));
    node_set(arena, node, STR("type"), node_string(arena, type));
    if (event->subject.len)
        node_set(arena, node, STR("subject"), node_string(arena, event->subject));
    node_set(arena, node, STR("time"), node_string(arena, timestamp_iso(arena, event->at)));
    node_set(arena, node, STR("sequence"),
             node_string(arena, str_printf(arena, "%020lld", (long long)event->id)));
    node_set(arena, node, STR("datacontenttype"), node_string(arena, STR("application/json")));
    node_set(arena, node, STR("data"), open_data(arena, event->data));
    return node;
}

bool cloud_events(Tx *tx, const Tenant *tenant, int64_t position, Str types, size_t limit,
                  Arena *arena, Node **out, int64_t *last, Err *err)
{
    Str source = source_of(tenant, arena);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, moment, type, subject, data FROM event WHERE id > $1 "
                          "ORDER BY id LIMIT $2",
                          P_INT(position), P_INT(limit));

    *out = node_list(arena);
    *last = position;
    while (rows && rows_next(rows, err)) {
        Event event = {.id = row_int(rows, 0),
                       .at = row_int(rows, 1),
                       .type = row_text(rows, 2),
                       .subject = row_text(rows, 3)};
        *last = event.id;
        if (!hook_types_match(types, event.type))
            continue;
        event.data = node_parse_json(arena, row_text(rows, 4), "event", &NODE_LIMITS_PACKAGE, err);
        if (!event.data)
            return false;
        node_append(arena, *out, cloud_event(arena, source, &event));
    }
    return rows && err->kind == ERR_NONE;
}
