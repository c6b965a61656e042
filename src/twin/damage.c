/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/damage.h"

const DamageCurve DAMAGE_JRC = {
    .name = "JRC 2017, residential, Europe",
    .depth = {0, 0.5, 1, 1.5, 2, 3, 4, 5, 6},
    .fraction = {0, 0.25, 0.40, 0.50, 0.60, 0.75, 0.85, 0.95, 1},
    .count = 9,
};

bool damage_read(const char *path, Arena *arena, DamageCurve *out, Err *err)
{
    Table table;

    if (!table_read(path, arena, &table, err))
        return false;
    int depth = table_column(&table, "depth_m"), fraction = table_column(&table, "fraction");
    if (depth < 0 || fraction < 0)
        return err_at(err, path, 1, 0, "has no column %s; the columns are depth_m,fraction",
                      depth < 0 ? "depth_m" : "fraction");
    if (table.count > DAMAGE_POINTS)
        return err_at(err, path, 0, 0, "has more than %d rows", DAMAGE_POINTS);
    *out = (DamageCurve){.name = path, .count = table.count};
    for (size_t i = 0; i < table.count; i++) {
        double *d = &out->depth[i], *f = &out->fraction[i];
        if (!table_number(&table, i, depth, d, err) || !table_number(&table, i, fraction, f, err))
            return false;
        if (*f < 0 || *f > 1 || *d < 0)
            return err_at(err, path, table.items[i].line, 0,
                          "a depth is 0 m or more, a fraction from 0 to 1");
        if (i > 0 && (*d <= d[-1] || *f < f[-1]))
            return err_at(err, path, table.items[i].line, 0,
                          "depths ascend, and damage does not fall with them");
    }
    return true;
}

double damage_at(const DamageCurve *curve, double depth)
{
    if (!(depth > curve->depth[0]))
        return depth == curve->depth[0] ? curve->fraction[0] : 0;
    for (size_t i = 1; i < curve->count; i++)
        if (depth <= curve->depth[i])
            return curve->fraction[i - 1] + (curve->fraction[i] - curve->fraction[i - 1]) *
                                                (depth - curve->depth[i - 1]) /
                                                (curve->depth[i] - curve->depth[i - 1]);
    return curve->fraction[curve->count - 1];
}
