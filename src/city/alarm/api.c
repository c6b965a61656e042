/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/api.h"

#include "city/alarm/alarm.h"
#include "city/alarm/desk.h"
#include "core/http/known.h"

enum { PAGE = 100, PAGE_MAX = 1000 };

static void set_text(Arena *arena, Node *map, const char *key, Str text)
{
    node_set(arena, map, str_c(key), text.len ? node_string(arena, text) : node_null(arena));
}

/* A value as JSON; null where there is none. */
static Node *value_node(Arena *arena, Str value)
{
    Err err = {0};
    Node *out = value.len ? node_parse_json(arena, value, NULL, &NODE_LIMITS_REQUEST, &err) : NULL;

    return out ? out : node_null(arena);
}

/* --- All -----------------------------------------------------------------------------------------
 */

static Node *state_node(Arena *arena, const AlarmStateRow *row)
{
    Node *out = node_map(arena);

    node_set(arena, out, STR("datastream"), node_int(arena, row->stream));
    set_text(arena, out, "name", row->name);
    set_text(arena, out, "state", str_c(ALARM_PHASE_NAMES[row->state.phase]));
    set_text(arena, out, "since", timestamp_iso(arena, row->state.since));
    node_set(arena, out, STR("value"), value_node(arena, row->value));
    set_text(arena, out, "unit", row->unit);
    return out;
}

static Node *alarm_node(Arena *arena, const Alarm *alarm, Str dataset, const AlarmStates *states)
{
    Node *out = node_map(arena), *list = node_list(arena);

    node_set(arena, out, STR("id"), node_int(arena, alarm->id));
    set_text(arena, out, "name", alarm->name);
    set_text(arena, out, "dataset", dataset);
    if (alarm->stream)
        node_set(arena, out, STR("datastream"), node_int(arena, alarm->stream));
    if (alarm->property)
        node_set(arena, out, STR("observed_property"), node_int(arena, alarm->property));
    set_text(arena, out, "severity", str_c(ALARM_SEVERITY_NAMES[alarm->severity]));
    set_text(arena, out, "condition", alarm->condition);
    set_text(arena, out, "ends", alarm->ends);
    node_set(arena, out, STR("for_minutes"), node_int(arena, alarm->hold_minutes));
    node_set(arena, out, STR("paused"), node_bool(arena, alarm->paused));
    node_set(arena, out, STR("public"), node_bool(arena, alarm->shown));
    for (size_t i = 0; i < states->count; i++)
        if (states->items[i].alarm == alarm->id && states->items[i].state.since)
            node_append(arena, list, state_node(arena, &states->items[i]));
    node_set(arena, out, STR("states"), list);
    return out;
}

static bool fill(Request *req, const AlarmList *alarms, const AlarmStates *states, Node *list,
                 Err *err)
{
    Hub *hub = hub_of(req->tenant, err);

    if (!hub)
        return false;
    hub_hold(hub);
    CityRights rights = city_rights(req, hub_datasets(hub));
    for (size_t i = 0; i < alarms->count; i++) {
        const Alarm *alarm = &alarms->items[i];
        if (city_may_see(&rights, alarm->dataset))
            node_append(req->arena, list,
                        alarm_node(req->arena, alarm,
                                   city_dataset(rights.all, alarm->dataset)->name, states));
    }
    hub_release(hub);
    return true;
}

bool alarm_api_list(Request *req, Response *res, Err *err)
{
    static const char *const NAMES[] = {NULL};
    Node *answer = node_map(req->arena), *list = node_list(req->arena);
    AlarmList alarms;
    AlarmStates states;

    if (!query_known(req, NAMES, err))
        return false;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && alarm_list(tx, req->arena, &alarms, err) &&
              alarm_states(tx, 0, req->arena, &states, err);
    tx_end(tx);
    if (!ok || !fill(req, &alarms, &states, list, err))
        return false;
    node_set(req->arena, answer, STR("alarms"), list);
    return respond_json(res, 200, answer, req->arena);
}

/* --- The history of one --------------------------------------------------------------------------
 */

static bool number(const Request *req, const char *name, int64_t otherwise, int64_t most,
                   int64_t *out, Err *err)
{
    Str text = request_query(req, name);

    *out = otherwise;
    if (!text.ptr || (str_to_i64(text, out) && *out >= 1 && *out <= most))
        return true;
    return err_field(err, name, "%s must be a whole number from 1 to %lld", name, (long long)most);
}

static Node *entry_node(Arena *arena, const AlarmEntry *entry)
{
    Node *out = node_map(arena);

    node_set(arena, out, STR("id"), node_int(arena, entry->id));
    set_text(arena, out, "state", str_c(ALARM_PHASE_NAMES[entry->phase]));
    set_text(arena, out, "time", timestamp_iso(arena, entry->at));
    node_set(arena, out, STR("datastream"), node_int(arena, entry->stream));
    set_text(arena, out, "name", entry->name);
    node_set(arena, out, STR("value"), value_node(arena, entry->value));
    set_text(arena, out, "unit", entry->unit);
    set_text(arena, out, "by", entry->actor);
    node_set(arena, out, STR("mailed"), node_bool(arena, entry->mailed));
    return out;
}

bool alarm_api_history(Request *req, Response *res, Err *err)
{
    static const char *const NAMES[] = {"before", "limit", NULL};
    Node *answer = node_map(req->arena), *list = node_list(req->arena);
    AlarmHistory history;
    int64_t before, limit;
    Alarm alarm;

    if (!query_known(req, NAMES, err) || !number(req, "before", 0, INT64_MAX, &before, err) ||
        !number(req, "limit", PAGE, PAGE_MAX, &limit, err) || !alarm_asked(req, &alarm, err))
        return false;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && alarm_history(tx, alarm.id, before, limit, req->arena, &history, err);
    tx_end(tx);
    if (!ok)
        return false;
    for (size_t i = 0; i < history.count; i++)
        node_append(req->arena, list, entry_node(req->arena, &history.items[i]));
    node_set(req->arena, answer, STR("history"), list);
    return respond_json(res, 200, answer, req->arena);
}
