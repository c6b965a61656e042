/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/ask.h"

#include "base/vec.h"
#include "city/sta/value.h"

#include <math.h>

/* --- Boxes ------------------------------------------------------------------------------------ */

/* Four or six numbers; 0: they are none. */
static size_t numbers(Str text, double *out)
{
    size_t count = 0;

    while (text.ptr) {
        StaValue value = sta_number_of_text(str_trim(str_cut(&text, ',')));
        if (!sta_is_number(value) || !isfinite(sta_as_double(value)) || count == 6)
            return 0;
        out[count++] = sta_as_double(value);
    }
    return count == 4 || count == 6 ? count : 0;
}

static bool box_makes_sense(const OgcBox *box, const OgcCrs *crs)
{
    if (box->south > box->north || (box->heights && box->low > box->high))
        return false;
    if (!crs->degrees)
        return box->west <= box->east;
    return fabs(box->west) <= 180 && fabs(box->east) <= 180 && fabs(box->south) <= 90 &&
           fabs(box->north) <= 90;
}

bool ogc_box_parse(Str text, const OgcCrs *crs, OgcBox *out, Err *err)
{
    double n[6];
    size_t count = numbers(text, n);
    const double *upper = n + count / 2;
    int east = crs->north_first, north = !crs->north_first;

    if (!count)
        return err_field(err, "bbox",
                         "bbox: four numbers are wanted, or six with heights, separated by commas: "
                         "the lower left corner, then the upper right one");
    *out = (OgcBox){.west = n[east],
                    .south = n[north],
                    .east = upper[east],
                    .north = upper[north],
                    .heights = count == 6};
    if (out->heights) {
        out->low = n[2];
        out->high = upper[2];
    }
    return box_makes_sense(out, crs) ||
           err_field(err, "bbox",
                     "bbox: the lower left corner comes first, and the numbers must lie within the "
                     "reference system %s",
                     crs->uri);
}

/* --- Times ------------------------------------------------------------------------------------ */

/* A moment, or a day in UTC from its first to its last millisecond. */
static bool moment(Str text, OgcSpan *out)
{
    StaTime time;
    int64_t day;

    if (sta_instant_parse(text, &time)) {
        *out = (OgcSpan){time.start, time.start};
        return true;
    }
    if (!sta_date_parse(text, &day))
        return false;
    *out = (OgcSpan){day * STA_MS_PER_DAY, (day + 1) * STA_MS_PER_DAY - 1};
    return true;
}

static bool is_open(Str text)
{
    return str_empty(text) || str_is(text, "..");
}

static bool interval(Str first, Str last, OgcSpan *out)
{
    OgcSpan from = {.from = INT64_MIN}, to = {.to = INT64_MAX};

    if ((is_open(first) && is_open(last)) || (!is_open(first) && !moment(first, &from)) ||
        (!is_open(last) && !moment(last, &to)))
        return false;
    *out = (OgcSpan){from.from, to.to};
    return out->from <= out->to;
}

bool ogc_span_parse(Str text, OgcSpan *out, Err *err)
{
    Str last = text;
    Str first = str_cut(&last, '/');
    bool good = last.ptr ? interval(first, last, out) : moment(first, out);

    return good || err_field(err, "datetime",
                             "datetime: \"%.*s\" is no time; write 2027-03-01T10:00:00Z, or a "
                             "beginning and an end with a \"/\" between them, of which one may be "
                             "\"..\"",
                             STR_ARG(str_slice(text, 0, 100)));
}

/* --- All -------------------------------------------------------------------------------------- */

/* The standard: what is above the greatest limit is taken for it. */
static bool take_limit(Str text, OgcAsk *ask, Err *err)
{
    if (!str_to_i64(text, &ask->limit) || ask->limit < 1)
        return err_field(err, "limit", "limit: a whole number from 1 to %d is wanted",
                         OGC_LIMIT_MAX);
    if (ask->limit > OGC_LIMIT_MAX)
        ask->limit = OGC_LIMIT_MAX;
    return true;
}

static bool take(const Request *req, const Field *field, OgcAsk *ask, Err *err)
{
    Str name = field->name;

    if (str_is(name, "f") || str_is(name, "bbox") || str_is(name, "bbox-crs") ||
        str_is(name, "crs"))
        return true;
    if (str_is(name, "limit"))
        return take_limit(field->value, ask, err);
    if (str_is(name, "after"))
        return (str_to_i64(field->value, &ask->after) && ask->after >= 0) ||
               err_field(err, "after", "after: the id of an item is wanted");
    if (str_is(name, "datetime")) {
        ask->has_span = true;
        return ogc_span_parse(field->value, &ask->span, err);
    }
    VEC_PUSH(req->arena, ask, *field);
    return true;
}

static bool take_crs(const Request *req, const char *parameter, const OgcCrs **out, Err *err)
{
    Str uri = request_query(req, parameter);

    *out = uri.ptr ? ogc_crs(uri, parameter, err) : &OGC_CRS[0];
    return *out != NULL;
}

bool ogc_ask_parse(const Request *req, OgcAsk *out, Err *err)
{
    Str box = request_query(req, "bbox");

    *out = (OgcAsk){.limit = OGC_LIMIT, .has_box = box.ptr != NULL};
    for (size_t i = 0; i < req->query_count; i++)
        if (!take(req, &req->query[i], out, err))
            return false;
    return take_crs(req, "crs", &out->crs, err) && take_crs(req, "bbox-crs", &out->box_crs, err) &&
           (!box.ptr || ogc_box_parse(box, out->box_crs, &out->box, err));
}
