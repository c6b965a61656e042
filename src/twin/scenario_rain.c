/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/scenario_reader.h"

#include "twin/storm.h"

#include <math.h>

static const double MM_PER_H = 1 / 3.6e6;
/* Behind all there is: the last value of a series holds until the run's end. */
static const double NEVER = 1e30;

static void steps_of(ScenarioReader *reader, const FlowSeries *series)
{
    TwinScenario *scenario = reader->scenario;

    scenario->rain = arena_array(reader->arena, FlowRainStep, series->count + 1);
    for (size_t i = 0; i < series->count; i++)
        scenario->rain[i] =
            (FlowRainStep){.time = series->times[i], .rate = series->values[i] * MM_PER_H};
    scenario->rain[series->count] = (FlowRainStep){.time = NEVER};
    scenario->rain_count = series->count + 1;
}

static bool constant(ScenarioReader *reader, const Node *node, Err *err)
{
    double zero = 0, value;
    FlowSeries series = {&zero, &value, 1, true};

    if (!scenario_number(reader, node, "rain", QUANTITY_INTENSITY, 0, 5000, &value, err))
        return false;
    if (value > 0)
        steps_of(reader, &series);
    return true;
}

static bool from_file(ScenarioReader *reader, const Node *map, Err *err)
{
    const char *path = scenario_file(reader, map, "file", "rain", err);
    FlowSeries series;

    if (!path ||
        !series_read(path, SERIES_RAIN, reader->arena, &series, &reader->scenario->remarks, err))
        return false;
    steps_of(reader, &series);
    return true;
}

static bool euler2(ScenarioReader *reader, const Node *map, Err *err)
{
    static const char *const KEYS[] = {"depths", "duration", "interval", "column", NULL};
    double minutes = -1, interval = 5;
    StormDepths depths;
    FlowSeries series;

    if (!scenario_keys(reader, map, "euler2", KEYS, err) ||
        !scenario_get_number(reader, map, "duration", QUANTITY_MINUTES, 1, 1e5, &minutes, err) ||
        !scenario_get_number(reader, map, "interval", QUANTITY_MINUTES, 0.1, 1e5, &interval, err))
        return false;
    const char *path = scenario_file(reader, map, "depths", "euler2", err);
    if (!path ||
        !storm_depths_read(path, scenario_text(reader, map, "column"), reader->arena, &depths, err))
        return false;
    if (minutes < 0)
        minutes = depths.minutes[depths.count - 1];
    if (!storm_euler2(&depths, minutes, interval, reader->arena, &series, err))
        return scenario_wrong(reader, map, err, "euler2: %s", err_text(err, reader->arena));
    if (minutes * 60 > reader->scenario->duration + 1e-6)
        scenario_remark(reader, map, "euler2: the storm lasts %g s, but only %g s are computed",
                        minutes * 60, reader->scenario->duration);
    steps_of(reader, &series);
    return true;
}

static bool radar(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"folder", "missing", NULL};
    TwinScenario *scenario = reader->scenario;
    double missing = NAN;
    Str folder = node_text(node);

    if (node->kind == NODE_MAP) {
        if (!scenario_keys(reader, node, "radolan", KEYS, err) ||
            !scenario_get_number(reader, node, "missing", QUANTITY_INTENSITY, 0, 500, &missing,
                                 err))
            return false;
        folder = node_get_text(node, "folder");
    }
    if (str_empty(folder))
        return scenario_wrong(reader, node, err, "radolan: needs the folder of the products");
    scenario->radolan = radolan_read(scenario_path(reader, folder), &scenario->terrain.grid,
                                     missing, reader->arena, &scenario->remarks, err);
    if (!scenario->radolan)
        return scenario_wrong(reader, node, err, "radolan: %s", err_text(err, reader->arena));
    const Radolan *series = scenario->radolan;
    double end = series->steps[series->count - 1].time + series->steps[0].minutes * 60.0;
    scenario->rain = arena_array(reader->arena, FlowRainStep, series->count + 1);
    for (size_t i = 0; i < series->count; i++)
        scenario->rain[i] = (FlowRainStep){.time = series->steps[i].time, .raster = true};
    scenario->rain[series->count] = (FlowRainStep){.time = end};
    scenario->rain_count = series->count + 1;
    if (end < scenario->duration - 1e-6)
        scenario_remark(reader, node, "radolan: the series ends after %g s; then it is dry", end);
    return true;
}

bool scenario_read_rain(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"file", "euler2", "radolan", NULL};

    if (node_is_null(node) || str_is(node_text(node), "none"))
        return true;
    if (scenario_is_number(node))
        return constant(reader, node, err);
    if (node->kind == NODE_STRING)
        return scenario_wrong(reader, node, err,
                              "rain: \"%.*s\" is no number in mm/h; a file is {file: storm.csv}",
                              STR_ARG(node->text));
    if (!scenario_keys(reader, node, "rain", KEYS, err))
        return false;
    if (node->count != 1)
        return scenario_wrong(reader, node, err, "rain: is one of file, euler2 and radolan");
    if (node_get(node, "file"))
        return from_file(reader, node, err);
    return node_get(node, "euler2") ? euler2(reader, node_get(node, "euler2"), err)
                                    : radar(reader, node_get(node, "radolan"), err);
}
