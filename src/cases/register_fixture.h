/* SPDX-License-Identifier: EUPL-1.2 */
/* For tests of registers: writing steps by step into the trees of case_fixture.h. */
#pragma once

#include "cases/case_fixture.h"

typedef struct RegisterStep {
    enum { ADD, CHANGE, END, BEGIN, CORRECT } op;
    const char *json;
    Date day, until; /* until: of a correction */
    Timestamp at;    /* out: when it was recorded */
    int64_t id;
    Str reason;
} RegisterStep;

static inline bool step_fn(Tx *tx, Town *town, void *context, Err *err)
{
    RegisterStep *step = context;
    RegisterChange change = {.spec = package_register(town->package, STR("baum")),
                             .package = town->package,
                             .actor = STR("staff/1"),
                             .today = town->today};
    const Node *data = step->json ? town_json(town, step->json) : NULL;

    step->at = tx_now(tx);
    if (step->op == ADD)
        return register_add(tx, &change, data, step->day, town->arena, &step->id, err);
    if (step->op == CHANGE)
        return register_change(tx, &change, step->id, data, step->day, town->arena, err);
    if (step->op == CORRECT)
        return register_correct(tx, &change, step->id, data, step->day, step->until, town->arena,
                                err);
    if (step->op == BEGIN)
        return register_begin(tx, &change, step->id, step->day, town->arena, err);
    return register_end(tx, &change, step->id, step->day, step->reason, town->arena, err);
}

static inline int64_t add(Town *town, const char *json, Date from)
{
    RegisterStep step = {.op = ADD, .json = json, .day = from};

    return town_write(town, step_fn, &step) ? step.id : 0;
}

static inline bool end(Town *town, int64_t id, Date until)
{
    RegisterStep step = {.op = END, .id = id, .day = until, .reason = STR("gefällt")};

    return town_write(town, step_fn, &step);
}

static inline bool change(Town *town, int64_t id, const char *json, Date from)
{
    RegisterStep step = {.op = CHANGE, .id = id, .day = from, .json = json};

    return town_write(town, step_fn, &step);
}

/* Record time has milliseconds: each step gets one of its own. */
static inline bool write_later(Town *town, RegisterStep *step, Timestamp than)
{
    while (clock_now() <= than)
        continue;
    return town_write(town, step_fn, step);
}

static inline Str holder_at(Town *town, int64_t id, Date valid_on, Timestamp known_at)
{
    RegisterEntry entry;
    Str holder = STR("nobody");
    Tx *tx = db_read(town->tenant->db, &town->err);

    if (register_at(tx, STR("baum"), id, valid_on, known_at, town->arena, &entry, &town->err))
        holder = node_get_text(entry.data, "halter");
    else
        assert_int_equal(town->err.kind, ERR_NOT_FOUND);
    tx_end(tx);
    return holder;
}
