/* SPDX-License-Identifier: EUPL-1.2 */
/* The effect "webhook": send what is behind a subscription's position, and move it. The effect
 * waits by itself between tries (one that is put off would hold up the other subscriptions, for
 * the worker leaves a kind alone that fails), and gives up after two days: then it stands at the
 * desk like any other effect that failed. */
#include "hooks/hook.h"

enum { BATCH = 100, ROUNDS = 20, TRIES = 60, FIRST_DELAY_MS = 1000, LAST_DELAY_MS = 3600 * 1000 };

bool hooks_local_allowed(const Tenant *tenant)
{
    const Node *hooks = node_get(tenant->settings, "hooks");

    return hooks && hooks->kind == NODE_MAP && node_get_bool(hooks, "local", false);
}

typedef struct Delivery {
    Hook hook;
    int64_t turn; /* of this effect */
    int64_t last; /* the last event that was looked at */
    bool more;    /* so many were looked at that there may be more */
    Str error;    /* or STR_NONE: the other side has them */
    int64_t wait_ms;
    bool gone;    /* 410: nobody wants them any more */
    bool give_up; /* tried for two days */
    Arena *arena;
} Delivery;

static bool mine(const Delivery *delivery)
{
    return delivery->hook.active && delivery->hook.turn == delivery->turn;
}

/* Between two looks somebody may have paused, moved or removed it. */
static bool look(Tx *tx, Delivery *delivery, Err *err)
{
    if (hook_by_id(tx, delivery->hook.id, delivery->arena, &delivery->hook, err))
        return true;
    delivery->hook.active = false;
    if (err->kind != ERR_NOT_FOUND)
        return false;
    err_clear(err);
    return true;
}

static bool write_success(Tx *tx, void *context, Err *err)
{
    Delivery *delivery = context;
    int64_t newest = 0, last = delivery->last;

    if (!look(tx, delivery, err) ||
        !tx_query_int(tx, err, &newest, "SELECT COALESCE(MAX(id), 0) FROM event"))
        return false;
    if (!mine(delivery))
        return true;
    bool more = newest > last;
    return tx_exec(tx, err,
                   "UPDATE hook SET position = $2, turn = turn + $3, waiting = $3, failures = 0, "
                   "last_error = NULL, last_sent = $4 WHERE id = $1",
                   P_INT(delivery->hook.id), P_INT(last), P_INT(more), P_INT(tx_now(tx))) &&
           (!more || hook_order(tx, delivery->hook.id, delivery->turn + 1, 0, err));
}

static bool write_failure(Tx *tx, void *context, Err *err)
{
    Delivery *delivery = context;

    if (!look(tx, delivery, err))
        return false;
    if (!mine(delivery))
        return true;
    int64_t failures = delivery->hook.failures + 1;
    delivery->give_up = failures >= TRIES && !delivery->gone;
    if (!tx_exec(tx, err, "UPDATE hook SET failures = $2, last_error = $3 WHERE id = $1",
                 P_INT(delivery->hook.id), P_INT(failures), P_TEXT(delivery->error)))
        return false;
    if (delivery->gone)
        return hook_set_active(tx, delivery->hook.id, false, STR("system"), err);
    if (delivery->give_up) /* this very effect may be tried again at the desk */
        return true;
    int64_t wait = delivery->wait_ms;
    for (int64_t i = 1, step = FIRST_DELAY_MS; i <= failures && !delivery->wait_ms; i++) {
        wait = step;
        step = step * 2 > LAST_DELAY_MS ? LAST_DELAY_MS : step * 2;
    }
    return tx_exec(tx, err, "UPDATE hook SET turn = turn + 1 WHERE id = $1",
                   P_INT(delivery->hook.id)) &&
           hook_order(tx, delivery->hook.id, delivery->turn + 1, tx_now(tx) + wait, err);
}

/* Read the next events; `*body` is STR_NONE when none of them is wanted. */
static bool next_batch(Tenant *tenant, Delivery *delivery, Str *body, Err *err)
{
    Node *events = NULL;
    Tx *tx = db_read(tenant->db, err);

    *body = STR_NONE;
    if (!tx)
        return false;
    bool ok = look(tx, delivery, err);
    int64_t from =
        delivery->last > delivery->hook.position ? delivery->last : delivery->hook.position;
    for (int round = 0; ok && mine(delivery) && round < ROUNDS; round++) {
        int64_t before = from;
        ok = cloud_events(tx, tenant, before, delivery->hook.types, BATCH, delivery->arena, &events,
                          &from, err);
        if (!ok || events->count || from == before)
            break;
    }
    tx_end(tx);
    delivery->last = from;
    if (ok && events && events->count)
        *body = node_json(events, delivery->arena);
    return ok;
}

/* Why the other side has not taken it; STR_NONE when it has. */
static Str send(Tenant *tenant, Delivery *delivery, Str body)
{
    Arena *arena = delivery->arena;
    HookAnswer answer;
    HookPost post = {.url = delivery->hook.url,
                     .body = body,
                     .now = clock_now(),
                     .local = hooks_local_allowed(tenant)};
    Err why = {0};

    /* The same for each try of the same events, another one when somebody asks for them again. */
    post.id = str_printf(arena, "%.*s-%lld-%lld-%lld", STR_ARG(tenant->name),
                         (long long)delivery->hook.id, (long long)delivery->hook.replays,
                         (long long)delivery->last);
    if (!hook_key(tenant, &delivery->hook, arena, &post.key))
        return STR("Der Schlüssel dieser Anbindung ist nicht lesbar. Bitte erneuern Sie ihn.");
    if (!hook_post(&post, arena, &answer, &why))
        return str_copy(arena, str_c(why.message));
    if (answer.status >= 200 && answer.status < 300)
        return STR_NONE;
    delivery->wait_ms = answer.retry_after_s * 1000;
    delivery->gone = answer.status == 410;
    return str_printf(arena, "Die Gegenstelle hat mit dem Status %ld geantwortet.", answer.status);
}

bool effect_webhook(EffectRun *run, Err *err)
{
    Delivery delivery = {.arena = run->arena};
    Str body;

    delivery.hook.id = node_get_i64(run->payload, "hook", 0);
    delivery.turn = node_get_i64(run->payload, "turn", 0);
    if (!next_batch(run->tenant, &delivery, &body, err))
        return false;
    if (!mine(&delivery))
        return true;
    if (body.ptr)
        delivery.error = send(run->tenant, &delivery, body);
    if (!db_write(run->tenant->db, delivery.error.ptr ? write_failure : write_success, &delivery,
                  err))
        return false;
    if (delivery.give_up)
        return err_set(err, ERR_INPUT, "%.*s: %.*s", STR_ARG(delivery.hook.name),
                       STR_ARG(delivery.error));
    return true;
}
