/* SPDX-License-Identifier: EUPL-1.2 */
/* Plan: the twin's pages. A planner chooses a city model, a rain and measures, has the flood
 * computed as a job, looks at it on the map and compares.
 *
 *     DIR/tenants/NAME/twin/models/MODEL/model.yaml    a city model, put there by the operator
 *     DIR/tenants/NAME/twin/runs/ID/scenario.yaml      what one simulation computes
 *                                  out/                what `rathaus twin run` wrote
 *                                  tiles/              the maps made of it
 */
#pragma once

#include "core/engine.h"
#include "core/http/request.h"
#include "core/page/out.h"
#include "core/tenant.h"
#include "twin/plan/curve.h"
#include "twin/plan/kostra.h"

/* --- City models --------------------------------------------------------------------------- */

typedef struct Model {
    Str name;  /* of its folder, [a-z0-9-] */
    Str title; /* "Musterstadt, Talkessel" */
    Str folder;
    Str scenario;       /* file in the folder: terrain, houses, soil, sewers, boundaries */
    Str kostra;         /* file in the folder, or STR_NONE: no design storms */
    Str streets;        /* file in the folder: lines or areas for printed maps, or STR_NONE */
    Str street, number; /* fields of the houses' file that make an address, or STR_NONE */
} Model;

bool model_list(const Tenant *tenant, Arena *arena, Model **out, size_t *count, Err *err);
/* ERR_NOT_FOUND when there is none of this name. */
bool model_load(const Tenant *tenant, Str name, Arena *arena, Model *out, Err *err);
/* ERR_NOT_FOUND when the model has no table of design storms. */
bool model_kostra(const Model *model, Arena *arena, Kostra *out, Err *err);

/* --- Rain ------------------------------------------------------------------------------------- */

typedef enum RainKind {
    RAIN_SRI,
    RAIN_YEARS,
    RAIN_CONSTANT,
    RAIN_CSV,
    RAIN_MEASURED, /* a series as RAIN_CSV, of an event */
} RainKind;

typedef struct RainChoice {
    RainKind kind;
    int sri;
    double years;
    double mm_per_hour; /* RAIN_CONSTANT */
    Str csv;            /* RAIN_CSV, RAIN_MEASURED: "time_s,mm_per_h" */
    Str event;          /* RAIN_MEASURED: which one */
    int minutes;        /* how long it rains; of a series, it tells */
} RainChoice;

Node *rain_node(Arena *arena, const RainChoice *rain);
bool rain_from_node(const Node *node, RainChoice *out);
/* In words: "Starkregenindex 7 (außergewöhnlicher Starkregen), 60 Minuten, 50 mm". */
Str rain_text(Arena *arena, const RainChoice *rain, double mm);
/* Check a series "time_s,mm_per_h" line by line; `*seconds` is its last moment. What is wrong is
 * said in German, with line and remedy. */
bool rain_check_csv(Str csv, Arena *arena, double *seconds, Err *err);
/* The rain in mm/h over time, in steps, until `minutes` of a simulation. */
bool rain_curve(const RainChoice *rain, const Model *model, int minutes, Arena *arena, Curve *out,
                Err *err);
/* What falls in all within the simulated minutes, mm; of design storms by the model's table. */
bool rain_height(const RainChoice *rain, const Kostra *table, int minutes, Arena *arena, double *mm,
                 Err *err);

/* --- Simulations --------------------------------------------------------------------------------
 */

#define SIM_WAITING STR("waiting")
#define SIM_RUNNING STR("running")
#define SIM_DONE STR("done")
#define SIM_FAILED STR("failed")
#define SIM_STOPPED STR("stopped") /* by a person, with what was computed until then */

typedef struct Sim {
    int64_t id;
    Str title;
    Str model;
    Str rain;       /* rain_node() as JSON */
    Str rain_text;  /* as it was when it was ordered */
    int minutes;    /* simulated time */
    bool fast;      /* first order: a third of the time, fronts less sharp */
    Str measures;   /* GeoJSON FeatureCollection, or STR_NONE */
    int64_t before; /* the simulation it is compared with, or 0 */
    int64_t job;
    Str status;
    Str error;           /* sim_failure_text() */
    const Node *summary; /* summary.json, or NULL */
    bool published;
    bool publish_when_done; /* of a new one: asked for when it was ordered */
    Str author;
    Timestamp created, finished;
} Sim;

/* The newest first; all, or those whose title, rain or author has `word` (else ""). */
bool sim_list(Tx *tx, Arena *arena, Str word, int64_t limit, int64_t offset, Sim **out,
              size_t *count, Err *err);
bool sim_count(Tx *tx, Arena *arena, Str word, int64_t *count, Err *err);
bool sim_by_id(Tx *tx, Arena *arena, int64_t id, Sim *out, Err *err);
/* The one that citizens see, or id 0. */
bool sim_published(Tx *tx, Arena *arena, Sim *out, Err *err);
bool sim_published_id(Tx *tx, int64_t *id, Err *err);
/* Add and order its job in the same transaction; sets sim->id. */
bool sim_add(Tx *tx, Sim *sim, Str actor, Err *err);
bool sim_set_status(Tx *tx, int64_t id, Str status, Str summary, Str error, Err *err);
/* The same for one that has not ended yet; the others stay as they are. */
bool sim_settle(Tx *tx, int64_t id, Str status, Str error, Err *err);
/* At most one is published. */
bool sim_publish(Tx *tx, int64_t id, bool published, Str actor, Err *err);
bool sim_delete(Tx *tx, int64_t id, Str actor, Err *err);

/* How a simulation failed; words are "" where they are not known. */
typedef struct SimFailure {
    char stage[16]; /* "reading", "computing", "writing"; "drawing" of its maps */
    char kind[16];  /* as progress_failed() tells */
    char said[500]; /* what the computing program said, for operators */
    int status;     /* its exit status */
} SimFailure;

/* Reason and remedy in German; behind a line feed what the program said. */
Str sim_failure_text(Arena *arena, const Tenant *tenant, const SimFailure *failure);

char *sim_folder(Arena *arena, const Tenant *tenant, int64_t id);
/* A file of what was computed: sim_file(arena, tenant, 7, "out/buildings.geojson"). */
char *sim_file(Arena *arena, const Tenant *tenant, int64_t id, const char *name);

/* Write scenario.yaml and the files it names into the simulation's folder. */
bool sim_write_scenario(const Tenant *tenant, const Sim *sim, const Model *model, Arena *arena,
                        Err *err);

/* --- Houses --------------------------------------------------------------------------------------
 */

/* Nothing was computed at its walls: they have no free ground, or lie outside of the model. */
#define HOUSE_DEPTH_UNKNOWN (-1.0)

typedef struct House {
    int64_t id;
    Str address;                /* "" where none is known */
    double depth;               /* m, the highest at its walls; below 0: unknown */
    double p90;                 /* m, 90th percentile of them */
    double speed;               /* m/s */
    int64_t damage;             /* euro */
    double longitude, latitude; /* degrees; both 0 where they are not known */
    Str series;                 /* depth in mm at each picture over time, with spaces */
} House;

/* Take over what `rathaus twin tiles` wrote, in place of what was there. */
bool house_import(Tenant *tenant, int64_t sim, const char *csv, Arena *arena, Err *err);
/* Houses whose depth is at least `from`, deepest first. */
bool house_list(Tx *tx, Arena *arena, int64_t sim, double from, int64_t limit, int64_t offset,
                House **out, size_t *count, Err *err);
bool house_count(Tx *tx, int64_t sim, double from, int64_t *count, Err *err);
/* How many are from one depth up to another (m; `to` may be HUGE_VAL), and their damage (euro). */
bool house_sums(Tx *tx, int64_t sim, double from, double to, int64_t *count, int64_t *damage,
                Err *err);
bool house_by_id(Tx *tx, Arena *arena, int64_t sim, int64_t id, House *out, Err *err);
/* Whose address begins like this, however it is written ("talstr. 12"), else one of whose later
 * words does ("markt 3" of "Am Markt 3"); a town behind the number is left out. At most `limit`, an
 * exact one first. */
bool house_find(Tx *tx, Arena *arena, int64_t sim, Str address, int64_t limit, House **out,
                size_t *count, Err *err);
/* Houses of the street, whatever number was asked for. */
bool house_street(Tx *tx, Arena *arena, int64_t sim, Str address, int64_t limit, House **out,
                  size_t *count, Err *err);
/* Houses whose depth differs by at least 2 cm, the largest difference first. */
typedef struct HouseChange {
    House house; /* as it is in `sim` */
    double before;
} HouseChange;
bool house_changes(Tx *tx, Arena *arena, int64_t before, int64_t sim, int64_t limit,
                   HouseChange **out, size_t *count, Err *err);
/* How many have less, and how many more. */
bool house_change_counts(Tx *tx, int64_t before, int64_t sim, int64_t *less, int64_t *more,
                         Err *err);
/* "Tal-Str. 12 a" → "talstrasse12a": what two ways of writing share. */
Str address_key(Arena *arena, Str address);
/* Is it this address that was asked for, with or without a town behind it? */
bool address_is(Arena *arena, Str address, Str asked);

/* --- The demonstration town --------------------------------------------------------------------
 */

/* Where the town of `serve --demo` has no city model yet, order a job that makes one, the map, and
 * a first simulation. True in `*under_way` as long as that job is not done. */
bool plan_demo(Tenant *tenant, Arena *arena, bool *under_way, Err *err);
/* Is it that town? */
bool plan_demo_here(const Tenant *tenant);
/* Where it has no map yet, order a job that makes one: what lies under all maps. A Schedule's run.
 */
bool plan_demo_map(Tenant *tenant, Arena *arena, Err *err);
bool plan_demo_map_job(JobRun *job, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                       Err *err);
bool plan_demo_job(JobRun *job, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                   Err *err);

/* --- The engine's lists
 * ---------------------------------------------------------------------------- */

/* What tenant.yaml says of the twin; a town with a mistake there is not opened. */
bool plan_settings_check(Tenant *tenant, size_t index, Err *err);

extern const Migration PLAN_MIGRATIONS[];
extern const JobKind PLAN_JOBS[];
extern const Schedule PLAN_SCHEDULES[];
extern const Route PLAN_ROUTES[];
extern const NavItem PLAN_NAVIGATION[];
