/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/select.h"

#include "city/query/write.h"

static bool selects(const StaOptions *options, const StaProperty *property,
                    const StaRelation *relation)
{
    for (size_t i = 0; i < options->select.count; i++)
        if (options->select.items[i].property == property &&
            options->select.items[i].relation == relation)
            return true;
    return false;
}

bool city_selects_id(const StaOptions *options)
{
    return selects(options, &STA_ID, NULL);
}

bool city_selects_self(const StaOptions *options)
{
    return selects(options, &STA_SELF_LINK, NULL);
}

bool city_selects_relation(const StaOptions *options, const StaRelation *relation)
{
    return selects(options, NULL, relation);
}

const Node *city_part_of(const Node *node, const StaSteps *steps)
{
    for (size_t i = 0; node && i < steps->count; i++) {
        const StaStep *step = &steps->items[i];
        if (step->key.ptr)
            node = node_get_str(node, step->key);
        else
            node = step->index >= 0 ? node_at(node, (size_t)step->index) : NULL;
    }
    return node;
}

static Str step_name(const StaStep *step, Arena *arena)
{
    return step->key.ptr ? step->key : str_printf(arena, "%lld", (long long)step->index);
}

/* {"address": {"city": …}} for the steps address/city, into what other selections made. */
static void put_part(Node *whole, const StaSteps *steps, const Node *part, Arena *arena)
{
    for (size_t i = 0; i + 1 < steps->count; i++) {
        Str name = step_name(&steps->items[i], arena);
        const Node *inner = node_get_str(whole, name);
        if (!inner || inner->kind != NODE_MAP) {
            node_set(arena, whole, name, node_map(arena));
            inner = node_get_str(whole, name);
        }
        whole = (Node *)inner;
    }
    node_set(arena, whole, step_name(&steps->items[steps->count - 1], arena),
             part ? node_clone(arena, part) : node_null(arena));
}

static bool came_before(const StaSelect *select, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (select->items[i].property == select->items[at].property && !select->items[i].relation)
            return true;
    return false;
}

/* The parts of one property that are selected; the whole when one of them is the whole. */
static void write_parts(const StaSelect *select, const StaProperty *property, StaValue value,
                        Buf *out)
{
    Node *parts = node_map(out->arena);

    for (size_t i = 0; i < select->count; i++) {
        const StaSelected *item = &select->items[i];
        if (item->property != property || item->relation)
            continue;
        if (!item->steps.count || value.type != STA_JSON) {
            city_write_value(item->steps.count ? sta_null() : value, out);
            return;
        }
        put_part(parts, &item->steps, city_part_of(value.json, &item->steps), out->arena);
    }
    node_write_json(parts, out);
}

bool city_write_selected(CityReader *reader, StaEntity type, const void *entity,
                         const StaOptions *options, Buf *out, bool *first, Err *err)
{
    const StaSelect *select = &options->select;

    for (size_t i = 0; i < select->count; i++) {
        const StaProperty *property = select->items[i].property;
        StaValue value;
        if (!property || property == &STA_ID || property == &STA_SELF_LINK ||
            came_before(select, i))
            continue;
        if (!city_property(reader, type, entity, property, &value, err))
            return false;
        buf_add_c(out, *first ? "\"" : ",\"");
        buf_add_c(out, property->name);
        buf_add_c(out, "\":");
        *first = false;
        write_parts(select, property, value, out);
    }
    return true;
}
