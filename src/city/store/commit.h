/* SPDX-License-Identifier: EUPL-1.2 */
/* What is to be committed (write.c) and how it is (commit.c). */
#pragma once

#include "city/store/internal.h"

#include <semaphore.h>

/* One record to be written and applied. */
typedef struct ObsStep {
    ObsRecordKind kind;
    uint32_t series;
    size_t same_as; /* number from 1 of the step whose ordinal it has; 0: its own */
    uint64_t ordinal;
    const Observation *observation;
    ObsSeries *state; /* of its series; NULL: it is not known yet */
} ObsStep;

typedef struct ObsStepList {
    ObsStep *items;
    size_t count, capacity;
} ObsStepList;

/* Add the request's steps; false refuses it. */
typedef bool ObsPlan(ObsStore *store, const ObsRequest *request, ObsStepList *steps, Arena *arena,
                     Err *err);

struct ObsRequest {
    ObsRequest *next;
    ObsPlan *plan;
    bool alone; /* looks at what is there: commits by itself */
    const ObsEntry *entries;
    const uint32_t *series;
    const ObsId *ids;
    size_t count;
    int64_t time;
    uint64_t *given; /* ordinals, or NULL */
    Err *err;
    size_t first_step; /* of this request in the group */
    bool refused, done, ok;
    sem_t moved;     /* it is done, or to lead */
    ObsLater *later; /* told when it is done, and never leads; NULL: it waits */
};

/* Wait until the request is on disk and done, or refused: `err` of the request says why. */
bool obs_commit(ObsStore *store, ObsRequest *request);
/* Come back at once; its `later` is told. */
void obs_commit_later(ObsStore *store, ObsRequest *request);
/* Lead the group that waits at the front. */
void obs_lead_group(ObsStore *store, const ObsRequest *own);
