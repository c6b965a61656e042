/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/opener.h"

#include "city/hub/hub.h"
#include "core/log.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { WAITING_MAX = 64, NAME_MAX_BYTES = 40 };

typedef struct Name {
    char text[NAME_MAX_BYTES + 1];
} Name;

struct MqttOpener {
    App *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    Name waiting[WAITING_MAX]; /* the first is being opened */
    size_t count;
    bool stopping;
};

void mqtt_opener_ask(MqttOpener *opener, Str town)
{
    bool known = town.len > NAME_MAX_BYTES;

    pthread_mutex_lock(&opener->lock);
    for (size_t i = 0; i < opener->count && !known; i++)
        known = str_is(town, opener->waiting[i].text);
    if (!known && opener->count < WAITING_MAX) {
        Name *name = &opener->waiting[opener->count++];
        memcpy(name->text, town.ptr, town.len);
        name->text[town.len] = '\0';
        pthread_cond_signal(&opener->more);
    }
    pthread_mutex_unlock(&opener->lock);
}

static void open_town(App *app, const char *name)
{
    Err err = {0};
    Tenant *tenant = tenant_acquire(app, str_c(name), &err);

    if (!tenant || !hub_of(tenant, &err))
        log_line(LOG_WARNING, "mqtt: the town \"%s\" cannot be opened: %s", name, err.message);
    tenant_release(tenant);
}

/* The first that waits. False: it is over. */
static bool next(MqttOpener *opener, Name *out)
{
    pthread_mutex_lock(&opener->lock);
    while (!opener->count && !opener->stopping)
        pthread_cond_wait(&opener->more, &opener->lock);
    bool go_on = !opener->stopping;
    if (go_on)
        *out = opener->waiting[0];
    pthread_mutex_unlock(&opener->lock);
    return go_on;
}

static void drop_first(MqttOpener *opener)
{
    pthread_mutex_lock(&opener->lock);
    opener->count--;
    memmove(opener->waiting, opener->waiting + 1, opener->count * sizeof *opener->waiting);
    pthread_mutex_unlock(&opener->lock);
}

static void *run(void *context)
{
    MqttOpener *opener = context;
    Name name;

    pthread_setname_np(pthread_self(), "mqtt-open");
    while (next(opener, &name)) {
        open_town(opener->app, name.text);
        drop_first(opener);
    }
    return NULL;
}

MqttOpener *mqtt_opener_start(App *app, Err *err)
{
    MqttOpener *opener = calloc(1, sizeof *opener);

    assert(opener);
    opener->app = app;
    pthread_mutex_init(&opener->lock, NULL);
    pthread_cond_init(&opener->more, NULL);
    if (pthread_create(&opener->thread, NULL, run, opener) == 0)
        return opener;
    pthread_mutex_destroy(&opener->lock);
    pthread_cond_destroy(&opener->more);
    free(opener);
    err_set(err, ERR_INTERNAL, "no thread could be started: raise the limit on processes");
    return NULL;
}

void mqtt_opener_stop(MqttOpener *opener)
{
    if (!opener)
        return;
    pthread_mutex_lock(&opener->lock);
    opener->stopping = true;
    pthread_cond_signal(&opener->more);
    pthread_mutex_unlock(&opener->lock);
    pthread_join(opener->thread, NULL);
    pthread_mutex_destroy(&opener->lock);
    pthread_cond_destroy(&opener->more);
    free(opener);
}
