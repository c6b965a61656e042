/* SPDX-License-Identifier: EUPL-1.2 */
/* What the twin's pages at the desk show. */
#pragma once

#include "core/page/parts.h"
#include "core/page/plot.h"
#include "core/work/job_view.h"
#include "geo/tile/mercator.h"
#include "twin/plan/legend.h"
#include "twin/plan/plan.h"

typedef struct SimLine {
    Str path, title, rain, status, when, who;
    Tone tone;
    bool published;
} SimLine;

typedef struct SimsPage {
    const SimLine *lines;
    size_t count; /* on this page */
    int64_t all;  /* that have the word, if one is asked for */
    Str asked;
    bool searchable; /* there are more than a page of them */
    PagesView pages;
    size_t models;  /* none: there is nothing to compute yet */
    bool preparing; /* the demonstration town's is being made */
} SimsPage;

enum { NEW_ERRORS_MAX = 8 };

/* The form for a new simulation, as it was sent. */
typedef struct NewPage {
    Str title, model, model_title, kind, sri, years, rate, minutes, after;
    bool fast;
    OptionView models[50];
    size_t model_count;
    OptionView sri_options[SRI_MAX];
    OptionView year_options[KOSTRA_PERIODS_MAX];
    size_t year_count;
    OptionView storms[50]; /* measured ones of the model */
    size_t storm_count;
    Str storm;
    FieldError errors[NEW_ERRORS_MAX];
    size_t error_count;
    int64_t before; /* measures are computed to be compared with this one */
    Str before_title;
    Str measures; /* GeoJSON */
} NewPage;

/* What a map of a simulation needs. Its layers' tiles lie at PATH/kacheln/LAYER/{z}/{x}/{y}; the
 * depth over time at PATH/kacheln/zeit-SECONDS/… */
typedef struct SimLayer {
    const char *name; /* "tiefe" */
    const char *label;
    const Legend *legend;
} SimLayer;

typedef struct SimMap {
    Str path;          /* of the simulation's page, "/desk/zwilling/7" */
    Str bounds;        /* "west,south,east,north" in degrees */
    Bounds area;       /* the same */
    Str zooms;         /* "9 17": from, to */
    Str version;       /* changes with the tiles */
    Str picture;       /* its file below PATH where no map can be drawn: "bild.png" */
    Str picture_words; /* what it shows, for who cannot see it */
    Str picture_title; /* "Größte Wassertiefen als Bild" */
    Str frames;        /* "300 600 900": seconds of the pictures over time, or STR_NONE */
    Str ground;        /* TileJSON of what lies below, or STR_NONE */
    bool houses;
    bool arrows; /* it knows where the water flows */
    Str place;   /* "longitude latitude" of what is marked, or STR_NONE */
    SimLayer layers[6];
    size_t layer_count;
} SimMap;

/* What the tiles of a simulation are; no layers when there are none yet. */
bool sim_map_load(Request *req, const Sim *sim, Str path, SimMap *out, Err *err);

/* Is it the name of a layer: "tiefe", "tempo", "unterschied", "zeit-300"? */
bool sim_layer_valid(Str name);
/* Only the difference, with the depths afterwards to look at beside it. */
void sim_map_difference(const Request *req, SimMap *map);

typedef struct SimWarning {
    Str text;
    bool german;
} SimWarning;

typedef struct SimPage {
    Sim sim;
    Str status, notice;
    Tone tone;
    Html why; /* of a failed one: reason and remedy */
    Str said; /* and what the computing program said */
    const SimWarning *warnings;
    size_t warning_count;
    const JobView *job; /* while it computes */
    SimMap map;
    Str affected; /* "12 Häuser betroffen, 3 davon mit mehr als 50 cm" */
    FactView facts[16];
    size_t fact_count;
    const struct GaugesView *gauges; /* once it is computed */
    Str report;                      /* path of the PDF, with the event that is shown */
    bool may_delete;
} SimPage;

typedef struct HouseLine {
    Str path, address, depth, speed, damage;
} HouseLine;

typedef struct HousesPage {
    Sim sim;
    Str summary;
    const HouseLine *lines;
    size_t count;
    PagesView pages;
} HousesPage;

enum { GRAPH_ROWS_MAX = 60 };

/* Depth over time. */
typedef struct Hydrograph {
    Plot plot;
    struct {
        Str time, depth;
    } rows[GRAPH_ROWS_MAX];
    size_t row_count;
} Hydrograph;

/* `series`: mm at each of `frames` (seconds), both with spaces between. */
Hydrograph hydrograph_of(Arena *arena, Str frames, Str series);

typedef struct HousePage {
    Sim sim;
    HouseLine line;
    FactView facts[6];
    size_t fact_count;
    Hydrograph graph;
} HousePage;

/* "34 cm", "1,20 m" */
Str depth_text(Arena *arena, double metres);
/* "+4 cm", "−1,20 m" */
Str change_text(Arena *arena, double metres);

typedef struct MeasuresPage {
    Sim sim;
    SimMap map;
    Str measures;
    FieldError error;
} MeasuresPage;

typedef struct ChangeLine {
    Str path, address, before, after, change;
} ChangeLine;

typedef struct ComparePage {
    Sim sim, before;
    SimMap map;
    bool same_rain;
    Str measures; /* "2 Mauern, 1 Becken" in words, or STR_NONE */
    Str summary;
    const ChangeLine *lines;
    size_t count;
    bool more;
} ComparePage;

/* What is wrong with a field, or STR_NONE. */

Str desk_sim_status(const Sim *sim, Tone *tone);
/* The simulation of the path's ":id". */
bool desk_sim_asked(Request *req, Sim *sim, Err *err);

bool desk_sims(Request *req, Response *res, Err *err);
bool desk_sim_new(Request *req, Response *res, Err *err);
bool desk_sim_order(Request *req, Response *res, Err *err);
/* The form for a simulation of the same city with measures, to be compared with `before`. */
bool desk_sim_new_with(Request *req, Response *res, const Sim *before, Str measures, Err *err);
bool desk_sim_measures(Request *req, Response *res, Err *err);
bool desk_sim_measures_take(Request *req, Response *res, Err *err);
bool desk_sim_compare(Request *req, Response *res, Err *err);
bool desk_sim_show(Request *req, Response *res, Err *err);
bool desk_sim_events(Request *req, Response *res, Err *err);
bool desk_sim_stop(Request *req, Response *res, Err *err);
bool desk_sim_publish(Request *req, Response *res, Err *err);
bool desk_sim_withdraw(Request *req, Response *res, Err *err);
bool desk_sim_delete(Request *req, Response *res, Err *err);
bool desk_sim_tile(Request *req, Response *res, Err *err);
bool desk_sim_picture(Request *req, Response *res, Err *err);
bool desk_sim_difference(Request *req, Response *res, Err *err);
bool desk_sim_houses(Request *req, Response *res, Err *err);
bool desk_sim_houses_csv(Request *req, Response *res, Err *err);
bool desk_sim_houses_json(Request *req, Response *res, Err *err);
bool desk_sim_house(Request *req, Response *res, Err *err);
bool desk_sim_point(Request *req, Response *res, Err *err);
bool desk_sim_arrows(Request *req, Response *res, Err *err);
bool desk_sim_report(Request *req, Response *res, Err *err);
bool desk_compare_report(Request *req, Response *res, Err *err);

/* The same answers for what is published. */
bool sim_tile_answer(Request *req, Response *res, int64_t sim, bool is_public, Err *err);
bool sim_picture_answer(Request *req, Response *res, int64_t sim, Err *err);
