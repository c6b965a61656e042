/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside hooks: subscriptions and their delivery.
 *
 * A subscription has a position in the tenant's event table. An event that is added orders one
 * effect for each subscription that has none under way; the effect sends everything behind the
 * position, in order, and moves it once the other side has said yes. So an event is sent at least
 * once, in order, and the id of a CloudEvent tells a repetition. */
#pragma once

#include "base/clock.h"
#include "core/http/request.h"
#include "core/store/event.h"
#include "core/tenant.h"
#include "core/work/work.h"

typedef struct Hook {
    int64_t id;
    Str name, url;
    Str types;  /* "case.*, charge.paid"; empty: all */
    Str secret; /* sealed */
    bool active;
    int64_t position; /* the last event that the other side has */
    int64_t turn;     /* of its effects; only the one with the present turn sends */
    bool waiting;     /* an effect is under way */
    int64_t failures; /* in a row */
    Str last_error;   /* or STR_NONE */
    Timestamp last_sent;
    Timestamp created;
    int64_t replays; /* so often somebody asked for what was sent once more */
} Hook;

/* --- hook_store.c */
extern const Migration HOOK_MIGRATIONS[];
typedef struct HooksState HooksState; /* per tenant: how many subscriptions are active */
bool hooks_open(Tenant *tenant, size_t index, Err *err);
void hooks_close(Tenant *tenant, size_t index);
bool hook_list(Tx *tx, Arena *arena, Hook **out, size_t *count, Err *err);
bool hook_by_id(Tx *tx, int64_t id, Arena *arena, Hook *out, Err *err);
/* ERR_INPUT with the field and German words when name, address or types are of no use. */
bool hook_check(const Tenant *tenant, Str name, Str url, Str types, Err *err);
/* Made inactive nowhere: it begins with the next event. `*secret` is shown to the person once. */
bool hook_add(Tx *tx, Str name, Str url, Str types, Str actor, Arena *arena, int64_t *id,
              Str *secret, Err *err);
bool hook_set_active(Tx *tx, int64_t id, bool active, Str actor, Err *err);
bool hook_remove(Tx *tx, int64_t id, Str actor, Err *err);
/* Send everything after this position (again). */
bool hook_rewind(Tx *tx, int64_t id, int64_t position, Str actor, Err *err);
/* A new secret; the old one is void. */
bool hook_renew_secret(Tx *tx, int64_t id, Str actor, Arena *arena, Str *secret, Err *err);
/* The bytes of the key. */
bool hook_key(const Tenant *tenant, const Hook *hook, Arena *arena, Str *key);
/* Called for every event, in its transaction. */
bool hooks_event_added(Tx *tx, Err *err);
/* Order the next effect of a subscription. */
bool hook_order(Tx *tx, int64_t id, int64_t turn, Timestamp not_before, Err *err);

/* --- cloud_event.c */
/* Does "case.*, charge.paid" (or "") name this type? */
bool hook_types_match(Str types, Str type);
/* Every word is a type or a beginning of one. */
bool hook_types_valid(Str types);
/* The events after `position`, at most `limit` looked at; of these the ones that match, as a JSON
 * list of CloudEvents. `*last` gets the last one looked at (`position` when there is none). */
bool cloud_events(Tx *tx, const Tenant *tenant, int64_t position, Str types, size_t limit,
                  Arena *arena, Node **out, int64_t *last, Err *err);

/* --- hook_send.c */
typedef struct HookPost {
    Str url, body;
    Str id; /* of the message */
    Timestamp now;
    Str key;    /* for the signature */
    bool local; /* addresses of this machine are allowed, and http */
} HookPost;
typedef struct HookAnswer {
    long status;
    int64_t retry_after_s; /* 0: not said */
} HookAnswer;
/* ERR_TEMPORARY when the other side cannot be reached. */
bool hook_post(const HookPost *post, Arena *arena, HookAnswer *out, Err *err);
/* "v1,BASE64" over "id.timestamp.body", as Standard Webhooks has it; `seconds` since 1970. */
Str hook_signature(Str key, Str id, int64_t seconds, Str body, Arena *arena);

/* --- hook_deliver.c */
bool effect_webhook(EffectRun *run, Err *err);
bool hooks_local_allowed(const Tenant *tenant);

/* --- hook_address.c */
struct sockaddr;
/* Is it an address of this machine, whichever, or of one link? */
bool hook_address_local(const struct sockaddr *address);

/* --- hook_api.c and desk_hook.c */
bool hook_api_events(Request *req, Response *res, Err *err);
extern const Route HOOK_ROUTES[];

typedef struct HookForm {
    Str name, url, types, error, error_field;
} HookForm;
typedef struct HookPage {
    const Hook *items;
    size_t count;
    int64_t last_event;
    HookForm form;
    Str notice;
} HookPage;
typedef struct HookSheet {
    Hook hook;
    int64_t last_event, behind;
    Str secret; /* just made, shown once; or STR_NONE */
    Str notice, error;
} HookSheet;
