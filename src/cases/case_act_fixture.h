/* SPDX-License-Identifier: EUPL-1.2 */
/* People submit trees and answer questions, clerks ask and decide: each step a write. */
#pragma once

#include "cases/case_fixture.h"
#include "cases/case_store.h"

#define ONE_TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"
#define NO_NUMBER \
    "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"},{\"art\":\"Ahorn\"}]}"
#define YEW "{" PERSON ",\"baeume\":[{\"art\":\"Eibe\",\"nummer\":\"9\"}]}"

typedef struct Do {
    Case c;
    Str action;
    const Node *entry;
    const Node *changes;
    Str explanation;
    FormState form;
    int64_t id;
    Date today;
} Do;

static inline bool act_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    return case_act(tx, town->tenant, town->package, &d->c, d->action, d->entry, STR("staff/1"),
                    d->today, town->arena, err);
}

static inline bool ask_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    return case_ask(tx, town->tenant, town->package, &d->c, &d->id, 1, STR_NONE, (Date){0},
                    STR("staff/1"), d->today, town->arena, err);
}

static inline bool answer_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Do *d = context;

    return case_answer(tx, town->tenant, town->package, &d->c, d->changes, d->explanation, d->today,
                       town->arena, &d->form, err);
}

static inline bool act(Town *town, int64_t id, const char *action, const char *entry)
{
    Do d = {.c = town_case(town, id),
            .action = str_c(action),
            .entry = entry ? town_json(town, entry) : NULL,
            .today = town->today};

    return town_write(town, act_fn, &d);
}

static inline bool ask(Town *town, int64_t id, int64_t finding, Date today)
{
    Do d = {.c = town_case(town, id), .id = finding, .today = today};

    return town_write(town, ask_fn, &d);
}

static inline bool answer(Town *town, int64_t id, const char *changes, Date today)
{
    Do d = {.c = town_case(town, id), .changes = town_json(town, changes), .today = today};

    return town_write(town, answer_fn, &d);
}
