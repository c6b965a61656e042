/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/demo/alarms.h"

#include "city/alarm/alarm.h"

/* The highest gauge is above 150 cm for about a seventh of the time. */
static const Alarm HIGH_WATER = {
    .name = STR("Wasserstand hoch"),
    .kind = ALARM_THRESHOLD,
    .given = {.measure = STR("value"), .limit = STR("150"), .end = STR("145")},
    .condition = STR("value > 150"),
    .ends = STR("value < 145"),
    .area = STR(""),
    .hold_minutes = 5,
    .severity = ALARM_WARNING,
    .mails = STR(""),
    .shown = true,
    .public_text = STR("Das Wasser steht hoch. Bitte bleiben Sie weg vom Ufer und von Wegen, die "
                       "unter Wasser stehen."),
};

static const Alarm SILENT_AIR = {
    .name = STR("Luftsensor verstummt"),
    .kind = ALARM_SILENCE,
    .given = {.measure = STR("value"), .limit = STR("60"), .end = STR("")},
    .condition = STR("silent > 60"),
    .ends = STR(""),
    .area = STR(""),
    .severity = ALARM_HINT,
    .mails = STR(""),
    .public_text = STR(""),
};

typedef struct DemoAlarms {
    int64_t water, air; /* datasets; 0: there is none of the name */
} DemoAlarms;

static bool add(Tx *tx, const Alarm *alarm, int64_t dataset, Err *err)
{
    Alarm made = *alarm;

    made.dataset = dataset;
    return !dataset || alarm_write(tx, &made, STR("system"), err);
}

static bool write_alarms(Tx *tx, void *context, Err *err)
{
    const DemoAlarms *datasets = context;

    return add(tx, &HIGH_WATER, datasets->water, err) && add(tx, &SILENT_AIR, datasets->air, err);
}

static int64_t dataset_id(Hub *hub, Str name)
{
    hub_hold(hub);
    const CityDataset *found = city_dataset_named(hub_datasets(hub), name);
    int64_t id = found ? found->id : 0;
    hub_release(hub);
    return id;
}

bool demo_alarms(Hub *hub, Tenant *tenant, Err *err)
{
    DemoAlarms datasets = {dataset_id(hub, STR("gewaesser")), dataset_id(hub, STR("luft"))};
    int64_t count = 0;
    Tx *tx = db_read(tenant->db, err);
    bool ok = tx && tx_query_int(tx, err, &count, "SELECT COUNT(*) FROM city_alarm");

    tx_end(tx);
    return ok && (count > 0 || db_write(tenant->db, write_alarms, &datasets, err));
}
