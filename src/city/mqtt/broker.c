/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/broker.h"

#include "city/mqtt/gate.h"
#include "core/child.h"
#include "core/folder.h"
#include "core/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAUSE_MS = 200, PAUSE_MAX_MS = 30000, LASTED_MS = 60000, STEP_MS = 100 };

struct MqttBroker {
    MqttBrokerOptions is;
    char *folder, *plugin;
    int folder_fd;
    char socket[64];
    pthread_t thread;
    atomic_bool stopping;
    _Atomic uint64_t starts;
    pthread_mutex_t lock; /* of what follows */
    int line;             /* our end; -1: mosquitto does not run */
    uint32_t ends;        /* orders to disconnect a caller */
    char said[300];
};

/* --- What is installed -------------------------------------------------------------------------
 */

static const char *find_mosquitto(void)
{
    static const char *const PLACES[] = {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto",
                                         "/usr/bin/mosquitto"};

    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        if (access(PLACES[i], X_OK) == 0)
            return PLACES[i];
    return NULL;
}

/* Beside the program, or where it is installed. */
static char *find_plugin(void)
{
    static const char *const PLACES[] = {"", "/../lib/rathaus"};
    char program[PATH_MAX], path[PATH_MAX + 40];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

    if (length <= 0)
        return NULL;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        snprintf(path, sizeof path, "%s%s/rathaus-mosquitto.so", program, PLACES[i]);
        if (access(path, R_OK) == 0)
            return realpath(path, NULL);
    }
    return NULL;
}

/* --- Configuration -----------------------------------------------------------------------------
 */

static bool write_configuration(const MqttBroker *broker, Err *err)
{
    Arena *arena = arena_create(0);
    const struct passwd *user = getpwuid(geteuid());
    Buf out = buf_in(arena);

    buf_add_c(&out, "# Written by Rathaus at each start; what is changed here is lost.\n"
                    "listener 0 mqtt.sock\n"
                    "max_qos 1\n" /* what comes twice with QoS 2 would be two Observations */
                    "allow_anonymous true\n"
                    "persistence false\n"
                    "connection_messages false\n"
                    "log_dest stderr\n"
                    "log_type error\n"
                    "log_type warning\n"
                    "log_timestamp false\n"
                    "sys_interval 0\n"
                    "max_keepalive 3600\n"
                    "max_inflight_messages 20\n"
                    "max_queued_messages 1000\n"
                    "persistent_client_expiration 1d\n");
    buf_addf(&out, "max_packet_size %d\n", MQTT_PAYLOAD_MAX + 8192);
    buf_addf(&out, "plugin %s\n", broker->plugin);
    if (user) /* else it would become somebody who may not read our folder */
        buf_addf(&out, "user %s\n", user->pw_name);
    bool ok = folder_write_file(arena_printf(arena, "%s/mosquitto.conf", broker->folder),
                                buf_str(&out), 0600, err);
    arena_destroy(arena);
    return ok;
}

/* --- Running -----------------------------------------------------------------------------------
 */

static void hear(void *context, Str line)
{
    MqttBroker *broker = context;

    log_line(LOG_WARNING, "mqtt: mosquitto: %.*s", STR_ARG(line));
    pthread_mutex_lock(&broker->lock);
    snprintf(broker->said, sizeof broker->said, "%.*s", STR_ARG(line));
    pthread_mutex_unlock(&broker->lock);
}

static bool is_stopping(void *context)
{
    return atomic_load(&((MqttBroker *)context)->stopping);
}

typedef struct Gate {
    MqttBroker *broker;
    int line;
} Gate;

static void *serve_gate(void *context)
{
    const Gate *gate = context;

    pthread_setname_np(pthread_self(), "mqtt-gate");
    mqtt_gate_serve(gate->line, gate->broker->is.callers, gate->broker->is.wants);
    return NULL;
}

static void set_line(MqttBroker *broker, int line)
{
    pthread_mutex_lock(&broker->lock);
    broker->line = line;
    pthread_mutex_unlock(&broker->lock);
}

/* Once, until it ends. */
static void run_mosquitto(MqttBroker *broker, int line, int theirs)
{
    static const char *const ARGUMENTS[] = {"-c", "mosquitto.conf", NULL};
    const int give[] = {theirs, broker->is.ring};
    const Child child = {.program = find_mosquitto(),
                         .folder = broker->folder,
                         .give = give,
                         .give_count = 2,
                         .arguments = ARGUMENTS,
                         .line = hear,
                         .stop = is_stopping,
                         .context = broker};
    Gate gate = {broker, line};
    pthread_t thread;
    Err err = {0};
    int status = 0;

    if (!mqtt_gate_begin(line, broker->is.secret) ||
        pthread_create(&thread, NULL, serve_gate, &gate) != 0)
        return;
    set_line(broker, line);
    atomic_fetch_add(&broker->starts, 1);
    if (!child.program || !child_run(&child, &status, &err))
        log_line(LOG_ERROR, "mqtt: mosquitto does not start: %s", err.message);
    else if (!atomic_load(&broker->stopping))
        log_line(LOG_ERROR, "mqtt: mosquitto ended with status %d; it is started again", status);
    set_line(broker, -1);
    shutdown(line, SHUT_RDWR);
    pthread_join(thread, NULL);
}

static void run_once(MqttBroker *broker)
{
    int line[2];

    unlinkat(broker->folder_fd, "mqtt.sock", 0);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line) != 0) {
        log_line(LOG_ERROR, "mqtt: no sockets: %s", strerror(errno));
        return;
    }
    run_mosquitto(broker, line[0], line[1]);
    close(line[0]);
    close(line[1]);
    broker->is.ended(broker->is.context);
    mqtt_wants_forget(broker->is.wants);
    mqtt_callers_forget(broker->is.callers);
}

static void *run(void *context)
{
    MqttBroker *broker = context;
    int pause = PAUSE_MS;

    pthread_setname_np(pthread_self(), "mqtt-broker");
    while (!atomic_load(&broker->stopping)) {
        int64_t began = clock_monotonic_ms();
        run_once(broker);
        pause = clock_monotonic_ms() - began > LASTED_MS ? PAUSE_MS : pause;
        for (int waited = 0; waited < pause && !atomic_load(&broker->stopping); waited += STEP_MS)
            usleep(STEP_MS * 1000);
        pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
    }
    return NULL;
}

/* --- Start and stop ----------------------------------------------------------------------------
 */

static void broker_free(MqttBroker *broker)
{
    if (broker->folder_fd >= 0)
        close(broker->folder_fd);
    pthread_mutex_destroy(&broker->lock);
    free(broker->folder);
    free(broker->plugin);
    free(broker);
}

static bool prepare(MqttBroker *broker, Err *err)
{
    if (!find_mosquitto())
        return err_set(err, ERR_NOT_FOUND,
                       "--mqtt needs mosquitto: install it (apt-get install mosquitto)");
    if (!(broker->plugin = find_plugin()))
        return err_set(err, ERR_NOT_FOUND,
                       "--mqtt needs rathaus-mosquitto.so, which lies neither beside the program "
                       "nor in ../lib/rathaus");
    if (!folder_make(broker->is.folder, err))
        return false;
    broker->folder = realpath(broker->is.folder, NULL);
    broker->folder_fd = open(broker->is.folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!broker->folder || broker->folder_fd < 0)
        return err_set(err, ERR_INTERNAL, "%s: %s", broker->is.folder, strerror(errno));
    /* Names of sockets are short, those of folders are not. */
    snprintf(broker->socket, sizeof broker->socket, "/proc/self/fd/%d/mqtt.sock",
             broker->folder_fd);
    return write_configuration(broker, err);
}

MqttBroker *mqtt_broker_start(const MqttBrokerOptions *options, Err *err)
{
    MqttBroker *broker = calloc(1, sizeof *broker);

    assert(broker);
    broker->is = *options;
    broker->folder_fd = broker->line = -1;
    pthread_mutex_init(&broker->lock, NULL);
    if (!prepare(broker, err)) {
        broker_free(broker);
        return NULL;
    }
    if (pthread_create(&broker->thread, NULL, run, broker) == 0)
        return broker;
    broker_free(broker);
    err_set(err, ERR_INTERNAL, "no thread could be started: raise the limit on processes");
    return NULL;
}

void mqtt_broker_stop(MqttBroker *broker)
{
    if (!broker)
        return;
    atomic_store(&broker->stopping, true);
    pthread_join(broker->thread, NULL);
}

void mqtt_broker_destroy(MqttBroker *broker)
{
    if (broker)
        broker_free(broker);
}

const char *mqtt_broker_socket(const MqttBroker *broker)
{
    return broker->socket;
}

void mqtt_broker_said(MqttBroker *broker, char *out, size_t size)
{
    pthread_mutex_lock(&broker->lock);
    snprintf(out, size, "%s", broker->said);
    pthread_mutex_unlock(&broker->lock);
}

bool mqtt_broker_runs(MqttBroker *broker)
{
    pthread_mutex_lock(&broker->lock);
    bool runs = broker->line >= 0;
    pthread_mutex_unlock(&broker->lock);
    return runs;
}

uint32_t mqtt_broker_end_caller(MqttBroker *broker, uint32_t caller)
{
    pthread_mutex_lock(&broker->lock);
    if (broker->line >= 0) {
        mqtt_gate_end(broker->line, caller);
        broker->ends++;
    }
    uint32_t ends = broker->ends;
    pthread_mutex_unlock(&broker->lock);
    return ends;
}

uint32_t mqtt_broker_ends(MqttBroker *broker)
{
    pthread_mutex_lock(&broker->lock);
    uint32_t ends = broker->ends;
    pthread_mutex_unlock(&broker->lock);
    return ends;
}

uint64_t mqtt_broker_starts(const MqttBroker *broker)
{
    return atomic_load(&broker->starts);
}
