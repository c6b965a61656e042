/* SPDX-License-Identifier: EUPL-1.2 */
/* Context functions (10.3.4.10). */
#include "feel/builtin.h"

static FeelValue code_get_value(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    Str key = args[1].string;
    const FeelValue *found = context_find(args[0].context, key, key_hash(key));
    return found ? *found : VALUE_NULL;
}

static FeelValue pair_of(FeelEval *e, const FeelEntry *entry)
{
    FeelEntry *entries = eval_alloc(e, 2 * sizeof *entries);

    entries[0].key = STR("key");
    entries[0].value = value_string(entry->key);
    entries[1].key = STR("value");
    entries[1].value = entry->value;
    eval_charge(e, sizeof(FeelContext));
    return eval_bounded(e, context_of(e->arena, entries, 2));
}

static FeelValue code_get_entries(FeelEval *e, const FeelValue *args, size_t count)
{
    size_t entry_count;

    (void)count;
    eval_charge(e, value_weight(&args[0]) * sizeof(FeelEntry));
    const FeelEntry *entries = context_entries(e->arena, args[0].context, &entry_count);
    FeelValue *items = eval_values(e, entry_count);
    eval_steps(e, entry_count);
    for (size_t i = 0; i < entry_count; i++)
        items[i] = pair_of(e, &entries[i]);
    return eval_list(e, items, entry_count);
}

/* context([{key: "a", value: 1}]); a key may occur once. */
static FeelValue code_context(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue list = args[0];
    FeelEntry *entries = eval_alloc(e, list.list.count * sizeof *entries);

    (void)count;
    for (size_t i = 0; i < list.list.count; i++) {
        FeelValue item = list.list.items[i];
        if (item.kind != FEEL_CONTEXT)
            return VALUE_NULL;
        const FeelValue *key = context_find(item.context, STR("key"), key_hash(STR("key")));
        const FeelValue *value = context_find(item.context, STR("value"), key_hash(STR("value")));
        if (!key || key->kind != FEEL_STRING || !value)
            return VALUE_NULL;
        eval_steps(e, i + 1);
        for (size_t j = 0; j < i; j++)
            if (str_eq(entries[j].key, key->string))
                return VALUE_NULL;
        entries[i].key = key->string;
        entries[i].value = *value;
    }
    eval_charge(e, list.list.count * 16 + sizeof(FeelContext));
    return eval_bounded(e, context_of(e->arena, entries, list.list.count));
}

static FeelValue put(FeelEval *e, FeelValue context, Str key, FeelValue value)
{
    eval_charge(e, (value_weight(&context) + 8) * sizeof(FeelEntry) + key.len);
    return eval_bounded(e, *feel_context_put(e->arena, &context, key, &value));
}

static FeelValue code_put_key(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)count;
    return put(e, args[0], args[1].string, args[2]);
}

/* Along a path of keys, all but the last of which lead to contexts. */
static FeelValue put_path(FeelEval *e, FeelValue context, const FeelValue *keys, size_t count,
                          FeelValue value)
{
    if (context.kind != FEEL_CONTEXT || count == 0 || count > FEEL_MAX_NESTING ||
        keys[0].kind != FEEL_STRING)
        return VALUE_NULL;
    if (count == 1)
        return put(e, context, keys[0].string, value);
    const FeelValue *inner =
        context_find(context.context, keys[0].string, key_hash(keys[0].string));
    FeelValue changed = inner ? put_path(e, *inner, keys + 1, count - 1, value) : VALUE_NULL;
    return changed.kind == FEEL_NULL ? VALUE_NULL : put(e, context, keys[0].string, changed);
}

static FeelValue code_put_path(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)count;
    return put_path(e, args[0], args[1].list.items, args[1].list.count, args[2]);
}

/* Of equal keys the last counts. */
static FeelValue code_merge(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue list = args[0], result = VALUE_NULL;

    (void)count;
    for (size_t i = 0; i < list.list.count; i++) {
        FeelValue item = list.list.items[i];
        size_t entry_count;
        if (item.kind != FEEL_CONTEXT)
            return VALUE_NULL;
        if (i == 0) {
            result = item;
            continue;
        }
        eval_charge(e, value_weight(&item) * sizeof(FeelEntry));
        const FeelEntry *entries = context_entries(e->arena, item.context, &entry_count);
        eval_steps(e, entry_count);
        for (size_t j = 0; j < entry_count; j++)
            result = put(e, result, entries[j].key, entries[j].value);
    }
    return list.list.count ? result : context_of(e->arena, NULL, 0);
}

const Builtin BUILTIN_CONTEXT[] = {
    {"get value", code_get_value, RESULT_ANY, 2, 2, {{"m", PARAM_CONTEXT}, {"key", PARAM_STRING}}},
    {"get entries", code_get_entries, RESULT_LIST, 1, 1, {{"m", PARAM_CONTEXT}}},
    {"context", code_context, RESULT_CONTEXT, 1, 1, {{"entries", PARAM_LIST}}},
    {"context put",
     code_put_key,
     RESULT_CONTEXT,
     3,
     3,
     {{"context", PARAM_CONTEXT}, {"key", PARAM_STRING}, {"value", PARAM_ANY}}},
    {"context put",
     code_put_path,
     RESULT_CONTEXT,
     3,
     3,
     {{"context", PARAM_CONTEXT}, {"keys", PARAM_LIST}, {"value", PARAM_ANY}}},
    {"context merge", code_merge, RESULT_CONTEXT, 1, 1, {{"contexts", PARAM_LIST}}},
    {.name = NULL},
};
