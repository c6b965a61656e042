/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/measured.h"

#include "core/store/event.h"
#include "core/store/rows.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const KINDS[] = {
    [MEASURED_LEVEL] = "level", [MEASURED_DEPTH] = "depth", [MEASURED_RAIN] = "rain"};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

#define COLUMNS                                                                        \
    "SELECT id, model, kind, station, event, begins, author, created_at, series FROM " \
    "twin_measured "

static Measured from_row(Rows *rows)
{
    Measured out = {.id = row_int(rows, 0),
                    .model = row_text(rows, 1),
                    .station = row_text(rows, 3),
                    .event = row_text(rows, 4),
                    .begins = row_int(rows, 5),
                    .author = row_text(rows, 6),
                    .created = row_int(rows, 7)};

    for (int i = 0; i < KIND_COUNT; i++)
        if (str_is(row_text(rows, 2), KINDS[i]))
            out.kind = (MeasuredKind)i;
    return out;
}

/* "0 1.5\n60 2\n": seconds and value. */
static Curve curve_of(Arena *arena, Str name, Str series)
{
    size_t room = 1, count = 0;

    for (size_t i = 0; i < series.len; i++)
        room += series.ptr[i] == '\n';
    double *seconds = arena_array(arena, double, room), *values = arena_array(arena, double, room);
    while (series.len && count < room) {
        char *end, *line = str_cstr(arena, str_cut(&series, '\n'));
        seconds[count] = strtod(line, &end);
        values[count++] = strtod(end, NULL);
    }
    return (Curve){name, seconds, values, count};
}

bool measured_series(Tx *tx, Arena *arena, int64_t id, Measured *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, COLUMNS "WHERE id = $1", P_INT(id));

    if (!rows_one(rows, "Diese Messung gibt es nicht.", err))
        return false;
    *out = from_row(rows);
    out->curve = curve_of(arena, out->station, row_text(rows, 8));
    rows_end(rows);
    return true;
}

bool measured_list(Tx *tx, Arena *arena, Str model, Measured **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, model, kind, station, event, begins, author, created_at"
                          " FROM twin_measured WHERE model = $1"
                          " ORDER BY event, kind, station, id LIMIT 500",
                          P_TEXT(model));

    return ROWS_LIST(rows, arena, out, count, err, from_row(rows));
}

static bool tell(Tx *tx, const char *type, int64_t id, Str actor, Err *err)
{
    char subject[48];

    snprintf(subject, sizeof subject, "twin-measured/%lld", (long long)id);
    return event_add(tx, type, str_c(subject), actor, NULL, err);
}

bool measured_put(Tx *tx, Measured *measured, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Buf series = buf_in(arena);
    Str kind = str_c(KINDS[measured->kind]);

    for (size_t i = 0; i < measured->curve.count; i++)
        buf_addf(&series, "%s%.10g %.10g", i ? "\n" : "", measured->curve.seconds[i],
                 measured->curve.values[i]);
    bool good = tx_exec(tx, err,
                        "DELETE FROM twin_measured WHERE model = $1 AND kind = $2 AND"
                        " station = $3 AND event = $4",
                        P_TEXT(measured->model), P_TEXT(kind), P_TEXT(measured->station),
                        P_TEXT(measured->event)) &&
                tx_insert(tx, err, &measured->id,
                          "INSERT INTO twin_measured (model, kind, station, event, begins, series,"
                          " author, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                          P_TEXT(measured->model), P_TEXT(kind), P_TEXT(measured->station),
                          P_TEXT(measured->event), P_INT(measured->begins),
                          P_TEXT(buf_str(&series)), P_TEXT(measured->author), P_INT(tx_now(tx))) &&
                tell(tx, "twin.measured", measured->id, actor, err);
    arena_destroy(arena);
    return good;
}

bool measured_delete(Tx *tx, int64_t id, Str actor, Err *err)
{
    int64_t changed = 0;

    if (!tx_exec_count(tx, err, &changed, "DELETE FROM twin_measured WHERE id = $1", P_INT(id)))
        return false;
    if (changed == 0)
        return err_set(err, ERR_NOT_FOUND, "Diese Messung gibt es nicht.");
    return tell(tx, "twin.unmeasured", id, actor, err);
}
