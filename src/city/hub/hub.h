/* SPDX-License-Identifier: EUPL-1.2 */
/* The hub of one town: its entities in memory, its Observations in their store, its datasets. It is
 * opened when it is first asked for; one process at a time has it. */
#pragma once

#include "city/hub/change.h"
#include "city/hub/dataset.h"
#include "city/store/store.h"
#include "core/tenant.h"

typedef struct Hub Hub;

extern const Migration HUB_MIGRATIONS[];

/* Of this tenant; NULL when it cannot be opened: ERR_CONFLICT when another process has it. */
Hub *hub_of(Tenant *tenant, Err *err);
/* What the engine calls. */
bool hub_tenant_open(Tenant *tenant, size_t index, Err *err);
void hub_tenant_close(Tenant *tenant, size_t index);

/* Is it open in this process? Does not wait while it is being opened. */
bool hub_is_open(const Tenant *tenant);

/* To be read and kept house in; what is written goes by hub_append() and hub_edit() (watch.h). */
ObsStore *hub_store(Hub *hub);
Tenant *hub_tenant(const Hub *hub);

/* Hold the graph and the datasets as they are, for reading. Not for long: changes wait. */
const CityGraph *hub_hold(Hub *hub);
const CityDatasets *hub_datasets(const Hub *hub);
void hub_release(Hub *hub);

/* Hold the right to add to values that are kept: who reads Observations to replace them by what
 * they become is alone in this town until the end. */
void hub_begin_adding(Hub *hub);
void hub_end_adding(Hub *hub);

/* Hold the right to change: what is planned then is true when it is done. Whoever has it may read
 * the graph without hub_hold(). */
CityGraph *hub_begin(Hub *hub);
/* Write and do the change. False: nothing was changed, and what it would have added is gone.
 * Observations of removed Datastreams go as well. */
bool hub_write(Hub *hub, const CityChange *change, Err *err);
/* End what hub_begin() began. */
void hub_end(Hub *hub);
/* A Schedule's run, for tenants whose hub is open (house.c). */
bool hub_keep_house(Tenant *tenant, Arena *arena, Err *err);
/* Add a dataset (id 0; ERR_CONFLICT when there is one of the name) or change one. */
bool hub_save_dataset(Hub *hub, const CityDataset *dataset, Str actor, Str lang, Err *err);
/* Make the dataset (id 0) when there is none of its name; what is there stays as it is. `made` (may
 * be NULL) says which. ERR_INPUT with the field when it cannot be made. */
bool hub_need_dataset(Hub *hub, const CityDataset *dataset, Str actor, Str lang, bool *made,
                      Err *err);
/* Take back what hub_need_dataset() made when nothing has come into it; `gone` says whether. */
bool hub_forget_dataset(Hub *hub, Str name, Str actor, bool *gone, Err *err);
