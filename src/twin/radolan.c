/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/radolan.h"

#include <math.h>

enum { HEADING_MOST = 2000 };
static const double EARTH = 6370.04, /* km */
    DEGREE = M_PI / 180;

/* Two or more digits at an offset; -1 where there are none. Blanks count as leading zeros. */
static int digits(Str s, size_t at, size_t count)
{
    int value = 0;

    if (at + count > s.len)
        return -1;
    for (size_t i = 0; i < count; i++) {
        char c = s.ptr[at + i];
        if (c == ' ' && value == 0)
            continue;
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

/* What follows a tag of the heading; STR_NONE when it is not there. */
static Str tag(Str heading, Str name)
{
    ptrdiff_t at = heading.len > 17 ? str_find(str_slice(heading, 17, heading.len), name) : -1;

    return at < 0 ? STR_NONE : str_slice(heading, 17 + (size_t)at + name.len, heading.len);
}

/* The number at the beginning, behind blanks; -1: none. */
static int leading_number(Str s)
{
    size_t end = 0;

    while (end < s.len && s.ptr[end] == ' ')
        end++;
    size_t first = end;
    while (end < s.len && end < first + 6 && s.ptr[end] >= '0' && s.ptr[end] <= '9')
        end++;
    return end > first ? digits(s, first, end - first) : -1;
}

/* "RW" "101650" "10000" "0814": product, day hour minute, place, month year. */
static bool read_time(Str heading, RadolanProduct *out)
{
    int day = digits(heading, 2, 2), hour = digits(heading, 4, 2), minute = digits(heading, 6, 2);
    int month = digits(heading, 13, 2), year = digits(heading, 15, 2);
    Date date = {2000 + year, month, day};

    if (day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || year < 0 ||
        !date_valid(date))
        return false;
    /* A forecast ("VV", minutes ahead) ends that much later. */
    int ahead = leading_number(tag(heading, STR("VV")));
    out->end =
        date_to_days(date) * 86400000 + (hour * 60 + minute + (ahead > 0 ? ahead : 0)) * 60000LL;
    return true;
}

static bool read_precision(Str heading, RadolanProduct *out)
{
    Str s = str_trim(tag(heading, STR("PR")));

    if (s.len < 4 || s.ptr[0] != 'E' || (s.ptr[1] != '-' && s.ptr[1] != '+'))
        return false;
    int power = digits(s, 2, 2);
    if (power < 0 || power > 4)
        return false;
    out->millimetre = pow(10, s.ptr[1] == '-' ? -power : power);
    return true;
}

static bool read_size(Str heading, RadolanProduct *out)
{
    Str s = tag(heading, STR("GP"));
    ptrdiff_t x = s.ptr ? str_find_char(str_slice(s, 0, 12), 'x') : -1;

    if (x < 3)
        return false;
    /* Rows before columns: 1100x 900 is the extended grid, 1200x1100 DE1200. */
    out->rows = digits(s, (size_t)x - (x > 3 ? 4 : 3), x > 3 ? 4 : 3);
    out->columns = digits(s, (size_t)x + 1, 4);
    return (out->columns == 900 && (out->rows == 900 || out->rows == 1100)) ||
           (out->columns == 1100 && out->rows == 1200);
}

/* Sums of rain; the others are reflectivity (RX, EX, WX, WN), motion or means of quality. */
static bool is_sum(const char *kind)
{
    static const char SUMS[][3] = {"RW", "RY", "RZ", "YW", "RV", "RS", "RE", "RQ",
                                   "RH", "RB", "RL", "RU", "SF", "SQ", "SH", "W1",
                                   "W2", "W3", "W4", "EY", "EZ", "EH", "EB", "EW"};

    for (size_t i = 0; i < sizeof SUMS / sizeof SUMS[0]; i++)
        if (strcmp(kind, SUMS[i]) == 0)
            return true;
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool radolan_parse(Str bytes, const char *name, RadolanProduct *out, Err *err)
{
    ptrdiff_t end = str_find_char(str_slice(bytes, 0, HEADING_MOST), 0x03);
    Str heading = str_slice(bytes, 0, end < 0 ? 0 : (size_t)end);
    Str interval = tag(heading, STR("INT"));

    *out = (RadolanProduct){0};
    if (heading.len < 30 || !is_letter(heading.ptr[0]) || !is_letter(heading.ptr[1]))
        return err_set(err, ERR_INPUT, "%s: is no RADOLAN product: it has no heading", name);
    memcpy(out->kind, heading.ptr, 2);
    out->data = heading.len + 1;
    if (!is_sum(out->kind))
        return err_set(err, ERR_INPUT,
                       "%s: %s is no sum of rain (RX, WX, WN and the like are reflectivity); take "
                       "YW, RY or RV (5 min), RW (1 h) or SF (24 h)",
                       name, out->kind);
    if (!read_time(heading, out))
        return err_set(err, ERR_INPUT, "%s: the heading's time cannot be read", name);
    if (!read_precision(heading, out))
        return err_set(err, ERR_INPUT, "%s: the heading has no precision (PR E-01)", name);
    if (!read_size(heading, out))
        return err_set(err, ERR_INPUT,
                       "%s: its grid (GP) is none of 900x900, 1100x900 and 1200x1100 pixels", name);
    out->minutes = leading_number(interval);
    out->version = leading_number(tag(heading, STR("VS")));
    if (out->minutes <= 0 || out->minutes > 1440)
        return err_set(err, ERR_INPUT, "%s: the heading's interval (INT) must be 1 to 1440 min",
                       name);
    if (bytes.len - out->data < (size_t)out->columns * (size_t)out->rows * 2)
        return err_set(err, ERR_INPUT, "%s: ends after %zu of %d x %d pixels", name,
                       (bytes.len - out->data) / 2, out->columns, out->rows);
    return true;
}

double radolan_value(Str bytes, const RadolanProduct *product, int column, int row)
{
    size_t at = product->data + 2 * ((size_t)row * (size_t)product->columns + (size_t)column);
    unsigned value = (unsigned char)bytes.ptr[at] | (unsigned)(unsigned char)bytes.ptr[at + 1] << 8;

    if (value & 0xa000)
        return NAN;
    return (value & 0x4000 ? -1.0 : 1.0) * (value & 0x0fff) * product->millimetre;
}

/* The plane of old: a sphere. */
static void on_sphere(double longitude, double latitude, double *x, double *y)
{
    double scale = (1 + sin(60 * DEGREE)) / (1 + sin(latitude)) * EARTH * cos(latitude);

    *x = scale * sin(longitude);
    *y = -scale * cos(longitude);
}

/* The plane of DE1200 since format 5: WGS 84's ellipsoid (Snyder 1987, equations 15-9 and 21-34).
 */
static void on_ellipsoid(double longitude, double latitude, double *x, double *y)
{
    static const double AXIS = 6378.137, E = 0.0818191908426215; /* km; eccentricity */
    const double true_at = 60 * DEGREE;
    double t =
        tan(M_PI_4 - latitude / 2) * pow((1 + E * sin(latitude)) / (1 - E * sin(latitude)), E / 2);
    double t_true =
        tan(M_PI_4 - true_at / 2) * pow((1 + E * sin(true_at)) / (1 - E * sin(true_at)), E / 2);
    double m_true = cos(true_at) / sqrt(1 - E * E * sin(true_at) * sin(true_at));
    double scale = AXIS * m_true * t / t_true;

    *x = scale * sin(longitude);
    *y = -scale * cos(longitude);
}

bool radolan_pixel(const RadolanProduct *product, double longitude, double latitude, int *column,
                   int *row)
{
    /* South-west corners, km. */
    static const struct {
        int columns, rows;
        bool ellipsoid;
        double west, south;
    } GRIDS[] = {
        {900, 900, false, -523.4622, -4658.645},
        {900, 1100, false, -443.4622, -4758.645},
        {1100, 1200, false, -543.4622, -4808.645},
        {1100, 1200, true, -543.69683521776, -4822.088861931},
    };
    bool ellipsoid = product->columns == 1100 && product->version >= 5;
    double x, y;
    size_t i = 0;

    while (GRIDS[i].columns != product->columns || GRIDS[i].rows != product->rows ||
           GRIDS[i].ellipsoid != ellipsoid)
        i++;
    (ellipsoid ? on_ellipsoid : on_sphere)((longitude - 10) * DEGREE, latitude * DEGREE, &x, &y);
    *column = (int)floor(x - GRIDS[i].west);
    *row = (int)floor(y - GRIDS[i].south);
    return *column >= 0 && *column < product->columns && *row >= 0 && *row < product->rows;
}
