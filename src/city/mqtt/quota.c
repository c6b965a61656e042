/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/quota.h"

#include "base/arena.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct MqttAccount {
    MqttAccount *next;
    Str town;
    bool with_key;
    size_t count;
};

struct MqttQuota {
    MqttLimits is;
    pthread_mutex_t lock;
    Arena *arena; /* of the accounts */
    MqttAccount *first;
    size_t taken, taken_openly, holders; /* `holders`: accounts that have any */
};

MqttQuota *mqtt_quota_create(const MqttLimits *limits)
{
    MqttQuota *quota = calloc(1, sizeof *quota);

    assert(quota);
    quota->is = *limits;
    quota->arena = arena_create(4096);
    pthread_mutex_init(&quota->lock, NULL);
    return quota;
}

void mqtt_quota_destroy(MqttQuota *quota)
{
    if (!quota)
        return;
    pthread_mutex_destroy(&quota->lock);
    arena_destroy(quota->arena);
    free(quota);
}

/* --- Under the lock ----------------------------------------------------------------------------
 */

static MqttAccount *account_of(MqttQuota *quota, Str town, bool with_key)
{
    MqttAccount *account = quota->first;

    while (account && (account->with_key != with_key || !str_eq(account->town, town)))
        account = account->next;
    if (account)
        return account;
    account = arena_new(quota->arena, MqttAccount);
    *account = (MqttAccount){.next = quota->first,
                             .town = str_copy(quota->arena, town.ptr ? town : STR("")),
                             .with_key = with_key};
    quota->first = account;
    return account;
}

static size_t limit_of(const MqttQuota *quota, const MqttAccount *account)
{
    bool root = quota->is.root.ptr && str_eq(account->town, quota->is.root);
    size_t limit = root ? quota->is.all : quota->is.town;

    return account->with_key ? limit : limit / 2;
}

static bool has_room(const MqttQuota *quota, const MqttAccount *account)
{
    size_t all = quota->is.all, holders = quota->holders + (account->count == 0);
    size_t share = all / (holders + 1); /* one is for who has none yet */

    if (account->count >= limit_of(quota, account) || quota->taken >= all ||
        (!account->with_key && quota->taken_openly >= all / 2))
        return false;
    return quota->taken < all - all / 4 || account->count < share;
}

/* --- For others --------------------------------------------------------------------------------
 */

MqttAccount *mqtt_quota_take(MqttQuota *quota, Str town, bool with_key, Err *err)
{
    pthread_mutex_lock(&quota->lock);
    MqttAccount *account = account_of(quota, town.ptr ? town : STR(""), with_key);
    if (has_room(quota, account)) {
        quota->holders += account->count++ == 0;
        quota->taken++;
        quota->taken_openly += !with_key;
    } else {
        err_set(err, ERR_TOO_LARGE,
                "the town \"%.*s\" has %zu %s of clients %s a key, of %zu in all, and gets no more",
                STR_ARG(account->town), account->count, quota->is.what,
                with_key ? "with" : "without", quota->taken);
        account = NULL;
    }
    pthread_mutex_unlock(&quota->lock);
    return account;
}

void mqtt_quota_give(MqttQuota *quota, MqttAccount *account, size_t count)
{
    pthread_mutex_lock(&quota->lock);
    assert(account->count >= count);
    if (count && account->count == count)
        quota->holders--;
    account->count -= count;
    quota->taken -= count;
    if (!account->with_key)
        quota->taken_openly -= count;
    pthread_mutex_unlock(&quota->lock);
}

size_t mqtt_quota_taken(MqttQuota *quota)
{
    pthread_mutex_lock(&quota->lock);
    size_t taken = quota->taken;
    pthread_mutex_unlock(&quota->lock);
    return taken;
}
