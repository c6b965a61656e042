/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus city …`: what its commands share. */
#pragma once

#include "city/hub/hub.h"
#include "core/beside.h"

int city_command(int argc, char **argv);

int city_import_command(int argc, char **argv);
int city_dataset_command(int argc, char **argv);
int city_key_command(int argc, char **argv);
int city_export_command(int argc, char **argv);
int city_verify_command(int argc, char **argv);

/* The account that keys of devices belong to. */
#define CITY_DEVICES_LOGIN "stadtdaten-geraete"
#define CITY_DEVICES_NAME "Geräte der Stadtdaten"
#define CITY_DEVICES_ROLE "stadtdaten"
enum { CITY_DEVICES_PER_MINUTE = 6000000 };

/* The town that a command works in. */
typedef struct CityTown {
    const char *data, *tenant;
} CityTown;

/* For changing: NULL and the reason; `otherwise` is how it is done while a server has the hub, or
 * NULL where the caller does it: ERR_CONFLICT then. */
Hub *city_command_hub(Beside *beside, const CityTown *town, const char *otherwise, Err *err);

/* For reading: everything as it is at one moment, also while a server has the hub (view.c). */
typedef struct CityView {
    Beside beside;
    CityDatasets datasets;
    CityGraph graph;
    ObsStore *store;
    Arena *arena;
    const char *folder; /* of the copy */
} CityView;
/* False: nothing is open; city_view_close() may be called all the same. */
bool city_view_open(CityView *view, const CityTown *town, Arena *arena, Err *err);
void city_view_close(CityView *view);
/* A text that names files of the copy, naming those that it is a copy of. */
Str city_view_words(const CityView *view, const char *text, Arena *arena);

/* Is there a dataset of this name? ERR_NOT_FOUND tells those that there are. */
const CityDataset *city_command_dataset(const CityDatasets *all, const char *name, Arena *arena,
                                        Err *err);
/* Tell a failure of `rathaus city NAME`; returns `status`. */
int city_command_failed(const char *name, const Err *err, int status);
