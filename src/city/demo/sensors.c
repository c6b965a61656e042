/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/demo/sensors.h"

#include "city/demo/roads.h"

#include <math.h>

enum { DAY_MS = 86400000, HOUR_MS = 3600000 };

/* A number from 0 to 1 that a sensor and a moment decide. */
static double chance(int sensor, int64_t step)
{
    uint64_t h = (uint64_t)(uint32_t)sensor * 0x9e3779b97f4a7c15u ^ (uint64_t)step;

    h ^= h >> 31;
    h *= 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    return (double)(h & 0xffffff) / 0x1000000;
}

/* Noise that changes smoothly from one hour to the next. */
static double drift(int sensor, Timestamp at)
{
    int64_t hour = at / HOUR_MS;
    double within = (double)(at % HOUR_MS) / HOUR_MS;

    return chance(sensor, hour) * (1 - within) + chance(sensor, hour + 1) * within;
}

static double tenths(double value)
{
    return round(value * 10) / 10;
}

/* Hours of the day in Berlin. */
static double hour_of(Timestamp at)
{
    return (double)(at - timestamp_of_berlin_day(date_in_berlin(at))) / HOUR_MS;
}

static double bump(double hour, double middle, double width)
{
    double off = (hour - middle) / width;

    return exp(-off * off);
}

/* From 0 at night to about 1 in the morning's and evening's rush; weekends are quieter. */
static double traffic(Timestamp at)
{
    double hour = hour_of(at);
    bool weekend = date_weekday(date_in_berlin(at)) >= 5;
    double rush = bump(hour, 7.8, 1.4) + 0.9 * bump(hour, 16.8, 2.2) + 0.5 * bump(hour, 12.5, 3.5);
    double leisure = 0.6 * bump(hour, 14, 4);

    return 0.03 + (weekend ? leisure : rush);
}

static double cars(int sensor, Timestamp at)
{
    return floor((60 + 140 * chance(sensor, 1)) * traffic(at) * (0.8 + 0.4 * drift(sensor, at)));
}

static double bicycles(int sensor, Timestamp at)
{
    double season = 0.65 + 0.35 * sin(6.2832 * ((double)(at / DAY_MS % 365) - 105) / 365);

    return floor((15 + 50 * chance(sensor, 1)) * season * traffic(at) *
                 (0.6 + 0.8 * drift(sensor, at)));
}

static double level(int sensor, Timestamp at)
{
    double slow = drift(sensor, at / 24), wave = sin((double)(at / HOUR_MS) / 37 + sensor);

    return floor(60 + 70 * chance(sensor, 1) + 35 * slow + 12 * wave);
}

static double particles(int sensor, Timestamp at)
{
    return tenths(4 + 6 * drift(sensor, at / 12) + 7 * traffic(at) * (0.5 + drift(sensor, at)));
}

static double temperature(int sensor, Timestamp at)
{
    double year = 10 - 9 * cos(6.2832 * ((double)(at / DAY_MS % 365) - 20) / 365);
    double day = -4 * cos(6.2832 * (hour_of(at) - 3) / 24);

    return tenths(year + day + 4 * (drift(7, at / 48) - 0.5) + chance(sensor, 1) +
                  0.4 * (drift(sensor, at) - 0.5));
}

static double places(int sensor, Timestamp at)
{
    double all = 80 + floor(chance(sensor, 1) * 12) * 20, hour = hour_of(at);
    double taken = 0.15 + 0.7 * bump(hour, 12.5, 4.5) + 0.15 * drift(sensor, at);

    return floor(all * (1 - fmin(taken, 1)));
}

/* Some roads are slow whenever many drive, others hardly ever. */
static double road_speed(int sensor, Timestamp at)
{
    int road = sensor - DEMO_FIRST_ROAD;
    double prone = chance(sensor, 1) < 0.3 ? 0.75 : 0.3;
    double slower = prone * traffic(at) * (0.5 + 0.9 * drift(sensor, at));

    return tenths(demo_road_free(road) * fmax(1.02 - slower, 0.08));
}

const DemoKind DEMO_KINDS[] = {
    {"verkehr", "Verkehrszählung", "Kraftfahrzeuge", "Kfz je Viertelstunde", "Zählstelle", 16, cars,
     NULL, true},
    {"radverkehr", "Radverkehr", "Fahrräder", "Räder je Viertelstunde", "Radzähler", 12, bicycles,
     NULL, true},
    {"gewaesser", "Gewässerstände", "Wasserstand", "cm", "Pegel", 6, level, NULL, false},
    {"luft", "Luftqualität", "Feinstaub PM2,5", "µg/m³", "Messstation", 8, particles, NULL, false},
    {"wetter", "Wetter", "Lufttemperatur", "°C", "Wetterstation", 8, temperature, NULL, false},
    {"parken", "Parkplätze", "Freie Plätze", "Plätze", "Parkplatz", 10, places, NULL, false},
    {"strassen", "Straßen und Verkehrslage", "Geschwindigkeit", "km/h", "Straße", DEMO_ROADS,
     road_speed, demo_road_name, false},
    {0},
};

const char *demo_street(int number)
{
    static const char *const STREETS[] = {
        "Marktstraße", "Bahnhofstraße", "Lindenallee", "Talstraße",    "Schulstraße",
        "Gartenweg",   "Mühlgasse",     "Hauptstraße", "Kirchplatz",   "Ringstraße",
        "Bachgasse",   "Brückenstraße", "Schlossweg",  "Rathausplatz", "Feldstraße",
        "Waldweg",     "Wiesengrund",   "Sonnenhang",  "Am Wehr",      "Uferweg"};

    return STREETS[number % (int)(sizeof STREETS / sizeof *STREETS)];
}

/* Within the map of the demonstration town. */
void demo_place(int number, double *x, double *y)
{
    *x = 9.9540 + 0.0245 * chance(number, 11);
    *y = 51.5585 + 0.0108 * chance(number, 12);
}
