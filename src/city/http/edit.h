/* SPDX-License-Identifier: EUPL-1.2 */
/* What the methods that change something share. */
#pragma once

#include "city/edit/insert.h"
#include "city/http/sta.h"
#include "city/query/resolve.h"

typedef struct StaEdit {
    StaCall *call;
    StaPath path;
    CityReader reader;
    CityTarget target;
    CityInsert insert;
    const Node *json; /* the body; NULL: it was not read */
    bool held;        /* the graph is held for reading; else the right to change is */
} StaEdit;

/* Read the path, and the body when it is to be one, and check the caller's rights. */
bool sta_edit_read(StaEdit *edit, StaCall *call, bool body, Err *err);
/* Hold the graph and find what the path leads to. False: nothing is held. */
bool sta_edit_begin(StaEdit *edit, bool change, Err *err);
/* ERR_NOT_FOUND unless the path leads to an entity. */
bool sta_edit_need(const StaEdit *edit, Err *err);
/* Begin and plan Observations: over the graph held for reading, and once more with the right to
 * change when they need an entity that is not there, a new feature. False: nothing is held. */
bool sta_edit_plan(StaEdit *edit, bool (*plan)(StaEdit *edit, void *context, Err *err),
                   void *context, Err *err);
/* One for sta_edit_plan() (post.c): the body is an Observation, where the path leads. */
bool sta_plan_observation(StaEdit *edit, void *context, Err *err);
/* Let go, with nothing changed. */
void sta_edit_abandon(StaEdit *edit);
/* May the caller do what is planned? ERR_FORBIDDEN with the reason; sta_edit_commit() asks. */
bool sta_edit_may_commit(const StaEdit *edit, Err *err);
/* Write what is planned and let go. */
bool sta_edit_commit(StaEdit *edit, int64_t *ids, Err *err);
/* 201 with the address of what was made. */
bool sta_respond_created(StaCall *call, StaEntity type, int64_t id);
