/* SPDX-License-Identifier: EUPL-1.2 */
/* Simulated sensors. */
#pragma once

#include "base/clock.h"

typedef struct DemoKind {
    const char *dataset;  /* name */
    const char *title;    /* of the dataset */
    const char *property; /* what is measured */
    const char *unit;
    const char *thing; /* what a station is called, before the street: "Pegel" */
    int count;
    double (*value)(int sensor, Timestamp at);
    Str (*name)(int number, Arena *arena); /* of its Thing, which is there; or NULL */
    bool counts;                           /* it sums a quarter of an hour up, and tells it then */
} DemoKind;

/* Ended by a NULL dataset; 60 sensors, and the speeds of the roads. */
extern const DemoKind DEMO_KINDS[];

/* A street of the town, for the number of a sensor. */
const char *demo_street(int number);
/* Longitude and latitude of a place in the town. */
void demo_place(int number, double *x, double *y);
