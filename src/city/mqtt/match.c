/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/wants_internal.h"

#include "city/query/resolve.h"
#include "city/query/write.h"
#include "city/sta/evaluate.h"
#include "core/log.h"

bool mqtt_want_see(const MqttWanted *wanted, CityReader *reader, const CityRights *rights)
{
    reader->rights = *rights;
    if (!wanted->topic.dataset.ptr)
        return true;
    const CityDataset *only = city_dataset_named(rights->all, wanted->topic.dataset);
    if (!only || !city_may_see(rights, only->id))
        return false;
    reader->rights.only = only->id;
    return true;
}

static bool is_seen(const CityReader *reader, const MqttChanged *changed)
{
    const CityObservation *o = changed->entity;

    return city_sees(reader, changed->type == STA_OBSERVATION ? o->stream : changed->entity);
}

static bool leads_there(const StaPath *path, CityReader *reader, const MqttChanged *changed)
{
    CityTarget target;
    Err ignored = {0};

    return city_resolve(reader, path, &target, &ignored) && target.entity &&
           city_id_of(changed->type, target.entity) == changed->id;
}

/* Is it among those of the set? As the path would say that has its key behind it. */
static bool is_member(const StaPath *path, CityReader *reader, const MqttChanged *changed)
{
    StaPath keyed = *path;

    keyed.items = arena_copy(reader->arena, path->items, path->count * sizeof *path->items);
    keyed.items[path->count - 1].key = (StaValue){.type = STA_WHOLE, .whole = changed->id};
    return leads_there(&keyed, reader, changed);
}

/* "Datastreams(5)/Observations", which devices make thousands of a second of, without looking
 * anything up. */
static bool is_other_stream(const StaPath *path, const MqttChanged *changed)
{
    const CityObservation *o = changed->entity;
    const StaPathPart *first = &path->items[0];

    return changed->type == STA_OBSERVATION && path->count == 2 &&
           first->entity == STA_DATASTREAM && first->key.type == STA_WHOLE &&
           first->key.whole != o->stream->id;
}

static bool passes(const MqttWanted *wanted, CityReader *reader, const MqttChanged *changed)
{
    bool matches = false;
    Err err = {0};

    if (!wanted->options->filter)
        return true;
    StaEvaluator *evaluator =
        sta_evaluator_create(wanted->options->filter, &reader->source, reader->now, &err);
    if (!evaluator || !sta_evaluator_matches(evaluator, changed->entity, &matches, &err))
        log_line(LOG_WARNING, "mqtt: an update was not held against a filter: %s", err.message);
    sta_evaluator_destroy(evaluator);
    return matches;
}

static bool has_changed(const StaPath *path, const MqttChanged *changed)
{
    const StaEntityType *model = sta_entity(path->entity);

    if (path->kind != STA_AT_PROPERTY)
        return true;
    ptrdiff_t place = path->property - model->properties;
    return place >= 0 && place < (ptrdiff_t)model->property_count &&
           (changed->bits >> place & 1) != 0;
}

bool mqtt_want_matches(const MqttWanted *wanted, CityReader *reader, const MqttChanged *changed)
{
    const StaPath *path = &wanted->path;
    const StaPathPart *last = &path->items[path->count - 1];

    if (path->entity != changed->type || !has_changed(path, changed) || !is_seen(reader, changed))
        return false;
    if (path->kind == STA_AT_SET)
        return (path->count == 1 ||
                (!is_other_stream(path, changed) && is_member(path, reader, changed))) &&
               passes(wanted, reader, changed);
    if (last->key.type == STA_WHOLE && last->key.whole != changed->id)
        return false;
    return leads_there(path, reader, changed);
}

bool mqtt_want_write(const MqttWanted *wanted, CityReader *reader, const MqttChanged *changed,
                     Buf *out, Err *err)
{
    const StaPath *path = &wanted->path;
    StaValue value;

    if (path->kind != STA_AT_PROPERTY)
        return city_write_entity(reader, changed->type, changed->entity, wanted->options, out, err);
    if (!city_property(reader, changed->type, changed->entity, path->property, &value, err))
        return false;
    buf_addf(out, "{\"%s\":", path->property->name);
    city_write_value(value, out);
    buf_add_char(out, '}');
    return true;
}
