/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/csv.h"
#include "core/folder.h"
#include "twin/run_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void run_add_number(Buf *out, double value)
{
    char text[40];

    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    buf_add_c(out, text);
}

void series_begin(TwinRun *run)
{
    static const char *const FIELDS[] = {"depth_m", "level_m", "u_m_per_s", "v_m_per_s"};

    buf_add_c(&run->volume,
              "time_s,rain_m3,inflow_m3,outflow_m3,infiltrated_m3,stored_m3,error_m3\n");
    buf_add_c(&run->gauges, "time_s");
    for (size_t i = 0; i < run->scenario.gauge_count; i++)
        for (size_t f = 0; f < sizeof FIELDS / sizeof FIELDS[0]; f++) {
            buf_add_char(&run->gauges, ',');
            csv_add_value(&run->gauges,
                          str_printf(run->arena, "%s_%s", run->scenario.gauges[i].name, FIELDS[f]));
        }
    buf_add_char(&run->gauges, '\n');
}

static void add_volume(TwinRun *run, double time)
{
    FlowVolume v;

    flow_volume(run->model, &v);
    const double values[] = {time, v.rain, v.inflow, v.outflow, v.infiltrated, v.stored, v.error};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (i)
            buf_add_char(&run->volume, ',');
        run_add_number(&run->volume, values[i]);
    }
    buf_add_char(&run->volume, '\n');
}

void series_add_row(TwinRun *run)
{
    double time = flow_time(run->model);

    add_volume(run, time);
    run_add_number(&run->gauges, time);
    for (size_t i = 0; i < run->scenario.gauge_count; i++) {
        const TwinGauge *gauge = &run->scenario.gauges[i];
        double depth = flow_read_cell(run->model, FLOW_DEPTH, gauge->cell);
        const double values[] = {depth, gauge->ground + depth,
                                 flow_read_cell(run->model, FLOW_U, gauge->cell),
                                 flow_read_cell(run->model, FLOW_V, gauge->cell)};
        for (size_t f = 0; f < 4; f++) {
            buf_add_char(&run->gauges, ',');
            run_add_number(&run->gauges, values[f]);
        }
    }
    buf_add_char(&run->gauges, '\n');
}

bool series_write(TwinRun *run, Err *err)
{
    return folder_write_file(run_path(run, "volume.csv"), buf_str(&run->volume), 0644, err) &&
           folder_write_file(run_path(run, "gauges.csv"), buf_str(&run->gauges), 0644, err);
}
