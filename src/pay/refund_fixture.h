/* SPDX-License-Identifier: EUPL-1.2 */
/* Charges that were overpaid, and the steps of a refund; after each the books are proved. */
#pragma once

#include "pay/refund.h"
#include "pay/statement_fixture.h"

static inline int set_up_limit(void **state)
{
    (void)state;
    test_town_open(&town, ENGINES, 2,
                   "title: Musterstadt\n"
                   "money:\n"
                   "  iban: DE02 1203 0000 0000 2020 51\n"
                   "  four_eyes_above: 5000\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n"
                   "    hundesteuer: {number: 340}\n");
    return 0;
}

typedef struct Step {
    enum { PROPOSE, RELEASE, DROP, RUN, MOVE, BACK, SENT, DISCARD } what;
    RefundOrder order;
    int64_t id, to;
    const char *actor;
} Step;

static inline bool step_fn(Tx *tx, void *context, Err *err)
{
    Step *step = context;
    Str actor = str_c(step->actor);

    switch (step->what) {
    case PROPOSE: return refund_propose(tx, &step->order, town.arena, &step->id, err);
    case RELEASE: return refund_release(tx, town.tenant, step->id, actor, town.arena, err);
    case DROP: return refund_drop(tx, step->id, actor, err);
    case RUN: return refund_run_make(tx, actor, town.arena, &step->id, err);
    case BACK:
        return refund_take_back(tx, town.tenant, step->id, step->order.name, actor, town.arena,
                                err);
    case SENT:
        return refund_run_note_sent(tx, step->id, (Date){2027, 4, 2}, actor, town.arena, err);
    case DISCARD: return refund_run_discard(tx, step->id, step->order.name, actor, town.arena, err);
    case MOVE: return refund_move(tx, step->id, step->to, actor, town.arena, err);
    }
    return false;
}

static ErrKind refusal; /* of the last step */

static inline bool do_step(Step *step)
{
    bool ok = db_write(town.tenant->db, step_fn, step, &town.err);

    refusal = ok ? ERR_NONE : town.err.kind;
    test_proofs_hold();
    return ok;
}

static inline int64_t propose(int64_t charge)
{
    Step step = {.what = PROPOSE,
                 .order = {.charge_id = charge,
                           .name = STR("Erika Müller"),
                           .iban = str_c(IBAN_A),
                           .actor = STR("staff/1")}};

    return do_step(&step) ? step.id : 0;
}

static inline bool release(int64_t id, const char *actor)
{
    return do_step(&(Step){.what = RELEASE, .id = id, .actor = actor});
}

/* A charge of 96.00 on which `cents` came. */
static inline Assessed paid(const char *key, int64_t cents)
{
    Assessed a = assess(key, 9600);

    test_import(key, (TestEntry){.cents = cents,
                                 .text = str_cstr(town.arena, a.charge.payment_reference),
                                 .iban = IBAN_A});
    return a;
}

static inline Refund last_refund(Str status)
{
    Refund *found;
    size_t count;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(refund_list(tx, status, 10, town.arena, &found, &count, &town.err), &town.err);
    tx_end(tx);
    assert_true(count > 0);
    return found[0];
}

static inline bool take_back(int64_t id, const char *why, const char *actor)
{
    return do_step(&(Step){.what = BACK, .id = id, .order = {.name = str_c(why)}, .actor = actor});
}

static inline bool with_run(int what, int64_t id, const char *why)
{
    return do_step(
        &(Step){.what = what, .id = id, .order = {.name = str_c(why)}, .actor = "staff/1"});
}

static inline int64_t make_run(void)
{
    Step run = {.what = RUN, .actor = "staff/1"};

    assert_true(do_step(&run));
    assert_ok(refund_run_write(town.tenant, run.id, town.arena, &town.err), &town.err);
    return run.id;
}
