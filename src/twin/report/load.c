/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/report/report.h"

#include "base/csv.h"
#include "base/vec.h"
#include "core/folder.h"
#include "twin/scenario.h"

#include <stdlib.h>

enum {
    SUMMARY_MAX_BYTES = 16 << 20,
    GAUGES_MAX_BYTES = 64 << 20,
    COLUMNS_MAX = 4001, /* a thousand gauges */
    PICTURE_MAX_BYTES = 16 << 20,
    PIXELS_MAX = 1200 * 4800,
};

/* --- Pictures --- */

/* A missing one is none, and `*steps` NULL. One of another size than the first is of another
 * result, and left out. */
static bool read_picture(ReportPictures *pictures, const char *folder, const char *name,
                         Arena *arena, const unsigned char **steps, Err *err)
{
    char *path = arena_printf(arena, "%s/%s", folder, name);
    int width, height;
    Str png;

    *steps = NULL;
    if (!folder_read_file(path, PICTURE_MAX_BYTES, arena, &png, err))
        return err->kind == ERR_NOT_FOUND;
    if (!paint_read(arena, png, PIXELS_MAX, steps, &width, &height, err))
        return err_context(err, "%s", path);
    if (!pictures->width) {
        pictures->width = width;
        pictures->height = height;
    } else if (width != pictures->width || height != pictures->height) {
        *steps = NULL;
    }
    return true;
}

bool report_pictures_read(ReportPictures *out, const char *maps, Arena *arena, Err *err)
{
    if (!read_picture(out, maps, "bild.png", arena, &out->depth, err))
        return false;
    if (!out->depth)
        return err_set(err, ERR_NOT_FOUND, "Zu dieser Simulation gibt es keine Karte.");
    return read_picture(out, maps, "grund.png", arena, &out->ground, err) &&
           read_picture(out, maps, "unterschied.png", arena, &out->difference, err);
}

/* --- Gauges --- */

typedef struct Times {
    double *items;
    size_t count, capacity;
} Times;

static double number(Arena *arena, Str text)
{
    return strtod(str_cstr(arena, text), NULL);
}

/* For each column whose gauge it is: "Markt_depth_m". */
static void find_gauges(const Str *head, size_t count, Arena *arena, ReportGauge **out,
                        size_t *columns, size_t *found)
{
    *out = arena_array(arena, ReportGauge, count);
    *found = 0;
    for (size_t i = 1; i + 1 < count; i++) {
        if (!str_ends_with(head[i], "_depth_m") || !str_ends_with(head[i + 1], "_level_m"))
            continue;
        Str name = str_copy(arena, str_slice(head[i], 0, head[i].len - strlen("_depth_m")));
        (*out)[*found].depth.name = (*out)[*found].level.name = name;
        columns[(*found)++] = i;
    }
}

bool report_gauges_read(const char *path, Arena *arena, ReportGauge **out, size_t *count, Err *err)
{
    Str *cells = arena_array(arena, Str, COLUMNS_MAX);
    size_t *columns = arena_array(arena, size_t, COLUMNS_MAX);
    size_t cell_count, width;
    Times times = {0}, values = {0}; /* values: row by row, depth and level of each gauge */
    Str text;

    *count = 0;
    *out = NULL;
    if (!folder_read_file(path, GAUGES_MAX_BYTES, arena, &text, err))
        return err->kind == ERR_NOT_FOUND;
    Csv csv = csv_read(text);
    if (!csv_next(&csv, arena, cells, COLUMNS_MAX, &width, err))
        return err_context(err, "%s", path);
    find_gauges(cells, width, arena, out, columns, count);
    for (;;) {
        if (!csv_next(&csv, arena, cells, COLUMNS_MAX, &cell_count, err))
            return err_context(err, "%s", path);
        if (cell_count == 0)
            break;
        if (cell_count != width)
            return err_at(err, path, csv.line, 1, "has %zu columns, but the first line %zu",
                          cell_count, width);
        VEC_PUSH(arena, &times, number(arena, cells[0]));
        for (size_t g = 0; g < *count; g++)
            for (size_t k = 0; k < 2; k++)
                VEC_PUSH(arena, &values, number(arena, cells[columns[g] + k]));
    }
    for (size_t g = 0; g < *count; g++) {
        double *depth = arena_array(arena, double, times.count);
        double *level = arena_array(arena, double, times.count);
        for (size_t i = 0; i < times.count; i++) {
            depth[i] = values.items[(i * *count + g) * 2];
            level[i] = values.items[(i * *count + g) * 2 + 1];
        }
        (*out)[g].depth = (Curve){(*out)[g].depth.name, times.items, depth, times.count};
        (*out)[g].level = (Curve){(*out)[g].level.name, times.items, level, times.count};
    }
    return true;
}

/* --- All --- */

/* As it was computed; of results of earlier versions, as the scenario is now. */
static const Node *read_outline(const char *result, const char *scenario, Arena *arena)
{
    Err gone = {0};
    Str text;

    if (folder_read_file(arena_printf(arena, "%s/scenario.json", result), SUMMARY_MAX_BYTES, arena,
                         &text, &gone))
        return node_parse_json(arena, text, "scenario.json", &NODE_LIMITS_PACKAGE, &gone);
    return scenario ? scenario_outline(scenario, arena, &gone) : NULL;
}

bool report_load(Report *report, const char *result, const char *maps, const char *scenario,
                 Arena *arena, Err *err)
{
    Str text;

    if (!folder_read_file(arena_printf(arena, "%s/summary.json", result), SUMMARY_MAX_BYTES, arena,
                          &text, err))
        return false;
    report->summary = node_parse_json(arena, text, "summary.json", &NODE_LIMITS_PACKAGE, err);
    report->outline = read_outline(result, scenario, arena);
    return report->summary && report_pictures_read(&report->pictures, maps, arena, err) &&
           report_gauges_read(arena_printf(arena, "%s/gauges.csv", result), arena, &report->gauges,
                              &report->gauge_count, err);
}
