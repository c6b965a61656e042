/* SPDX-License-Identifier: EUPL-1.2 */
/* What the relay holds back, and whom it disconnects. */
#include "city/mqtt/peer.h"
#include "city/mqtt/relay.h"
#include "city/mqtt/ring.h"

#include "base/test.h"
#include "core/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* --- The barrier -------------------------------------------------------------------------------
 */

typedef struct Pair {
    MqttPeer *peer;
    int client, broker; /* the far ends */
} Pair;

static Pair make_pair(const MqttRing *ring)
{
    int client[2], broker[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, client), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, broker), 0);
    Pair pair = {mqtt_peer_create(client[0]), client[1], broker[1]};
    mqtt_peer_join_broker(pair.peer, broker[0], ring);
    return pair;
}

static void end_pair(Pair *pair)
{
    mqtt_peer_destroy(pair->peer);
    close(pair->client);
    close(pair->broker);
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void hears(int fd, const char *text)
{
    char bytes[100] = "";
    ssize_t got = recv(fd, bytes, sizeof bytes - 1, 0);

    assert_int_equal(got < 0 ? 0 : got, strlen(text));
    assert_string_equal(bytes, text);
}

static void what_the_client_says_goes_on_at_once(void **state)
{
    MqttRing *ring = calloc(1, sizeof *ring);
    Pair pair = make_pair(ring);

    (void)state;
    atomic_store(&ring->put, 5);
    say(pair.client, "publish");
    assert_true(mqtt_peer_pass(pair.peer, &pair.peer->client, ring, 0));
    hears(pair.broker, "publish");
    end_pair(&pair);
    free(ring);
}

static void acknowledgements_wait_for_the_disk(void **state)
{
    MqttRing *ring = calloc(1, sizeof *ring);
    Pair pair = make_pair(ring);

    (void)state;
    atomic_store(&ring->put, 5);
    say(pair.broker, "one");
    assert_true(mqtt_peer_pass(pair.peer, &pair.peer->broker, ring, 4));
    assert_true(mqtt_peer_holds(pair.peer));
    hears(pair.client, "");
    atomic_store(&ring->put, 7);
    say(pair.broker, "two");
    assert_true(mqtt_peer_pass(pair.peer, &pair.peer->broker, ring, 5));
    hears(pair.client, "one");
    assert_true(mqtt_peer_pass(pair.peer, NULL, ring, 6));
    hears(pair.client, "");
    assert_true(mqtt_peer_pass(pair.peer, NULL, ring, 7));
    hears(pair.client, "two");
    assert_false(mqtt_peer_holds(pair.peer));
    say(pair.broker, "three");
    assert_true(mqtt_peer_pass(pair.peer, &pair.peer->broker, ring, 7));
    hears(pair.client, "three");
    end_pair(&pair);
    free(ring);
}

/* More pieces than there are marks, and more bytes than there is room. */
static void nothing_is_lost_while_much_waits(void **state)
{
    MqttRing *ring = calloc(1, sizeof *ring);
    Pair pair = make_pair(ring);
    char bytes[10000];
    size_t heard = 0;

    (void)state;
    memset(bytes, 'x', sizeof bytes);
    for (uint64_t i = 1; i <= 20; i++) {
        atomic_store(&ring->put, i);
        assert_int_equal(send(pair.broker, bytes, 1000, 0), 1000);
        assert_true(mqtt_peer_pass(pair.peer, &pair.peer->broker, ring, 0));
    }
    assert_true(recv(pair.client, bytes, sizeof bytes, 0) < 0);
    for (int i = 0; i < 10; i++) {
        ssize_t got;
        assert_true(mqtt_peer_pass(pair.peer, &pair.peer->broker, ring, 20));
        while ((got = recv(pair.client, bytes, sizeof bytes, 0)) > 0)
            heard += (size_t)got;
    }
    assert_int_equal(heard, 20000);
    end_pair(&pair);
    free(ring);
}

static void what_was_said_last_comes_before_the_end(void **state)
{
    MqttRing *ring = calloc(1, sizeof *ring);
    Pair pair = make_pair(ring);

    (void)state;
    atomic_store(&ring->put, 1);
    say(pair.broker, "last");
    assert_true(mqtt_peer_pass(pair.peer, &pair.peer->broker, ring, 0));
    shutdown(pair.broker, SHUT_RDWR);
    assert_true(mqtt_peer_pass(pair.peer, &pair.peer->broker, ring, 0));
    assert_false(mqtt_peer_pass(pair.peer, NULL, ring, 1));
    hears(pair.client, "last");
    end_pair(&pair);
    free(ring);
}

/* --- The relay ---------------------------------------------------------------------------------
 */

enum { CLIENTS = 40 };

typedef struct Relayed {
    MqttRing *ring;
    MqttRelay *relay;
    int listening, clients[CLIENTS], brokers[CLIENTS]; /* the far ends */
    struct sockaddr_un at, broker;
} Relayed;

static int listen_at(struct sockaddr_un *at, const char *name)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    *at = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(at->sun_path, sizeof at->sun_path, "/tmp/relay_test.%d.%s", (int)getpid(), name);
    unlink(at->sun_path);
    assert_int_equal(bind(fd, (const struct sockaddr *)at, sizeof *at), 0);
    assert_int_equal(listen(fd, CLIENTS), 0);
    return fd;
}

/* What comes within a few seconds; 0: the end. */
static ssize_t receive(int fd, char *bytes, size_t size)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    assert_int_equal(poll(&wait, 1, 10000), 1);
    return recv(fd, bytes, size, 0);
}

static int connect_client(const Relayed *r, int broker_listening, int *broker)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct pollfd wait = {.fd = broker_listening, .events = POLLIN};

    assert_int_equal(connect(fd, (const struct sockaddr *)&r->at, sizeof r->at), 0);
    assert_int_equal(poll(&wait, 1, 10000), 1);
    *broker = accept(broker_listening, NULL, NULL);
    assert_true(*broker >= 0);
    return fd;
}

static void begin_relay(Relayed *r)
{
    struct sockaddr_un broker;
    Err err = {0};

    r->ring = calloc(1, sizeof *r->ring);
    r->listening = listen_at(&broker, "broker");
    r->relay = mqtt_relay_start(listen_at(&r->at, "relay"), broker.sun_path, r->ring, &err);
    assert_non_null(r->relay);
    for (int i = 0; i < CLIENTS; i++)
        r->clients[i] = connect_client(r, r->listening, &r->brokers[i]);
    r->broker = broker;
}

static void end_relay(Relayed *r)
{
    mqtt_relay_stop(r->relay);
    for (int i = 0; i < CLIENTS; i++) {
        close(r->clients[i]);
        close(r->brokers[i]);
    }
    close(r->listening);
    unlink(r->at.sun_path);
    unlink(r->broker.sun_path);
    free(r->ring);
}

static void after_a_loss_all_are_disconnected_and_hear_nothing(void **state)
{
    Relayed r;
    char bytes[8];

    (void)state;
    begin_relay(&r);
    atomic_store(&r.ring->put, 1);
    for (int i = 0; i < CLIENTS; i++)
        say(r.brokers[i], "ack");
    mqtt_relay_done(r.relay, 1, MQTT_LOST_ALL);
    for (int i = 0; i < CLIENTS; i++)
        (void)!send(r.clients[i], "more", 4, MSG_NOSIGNAL);
    for (int i = 0; i < CLIENTS; i++)
        assert_true(receive(r.clients[i], bytes, sizeof bytes) <= 0);
    end_relay(&r);
}

/* mosquitto has ended every other connection. */
static void after_a_loss_others_stay_connected(void **state)
{
    Relayed r;
    char bytes[8];

    (void)state;
    begin_relay(&r);
    atomic_store(&r.ring->put, 1);
    for (int i = 0; i < CLIENTS; i++) {
        say(r.brokers[i], "ack");
        if (i % 2)
            shutdown(r.brokers[i], SHUT_RDWR);
    }
    mqtt_relay_done(r.relay, 1, MQTT_LOST_ENDED);
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(receive(r.clients[i], bytes, sizeof bytes), i % 2 ? 0 : 3);
    end_relay(&r);
}

/* mosquitto put the client off, because its town was not open: it does not notice. */
static void who_is_put_off_is_connected_again(void **state)
{
    Relayed r;
    struct pollfd wait;
    char bytes[8] = "";

    (void)state;
    begin_relay(&r);
    say(r.clients[0], "hello");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(receive(r.brokers[0], bytes, sizeof bytes), 5);
        assert_memory_equal(bytes, "hello", 5);
        atomic_fetch_add(&r.ring->put_off, 1);
        close(r.brokers[0]);
        wait = (struct pollfd){.fd = r.listening, .events = POLLIN};
        assert_int_equal(poll(&wait, 1, 10000), 1);
        r.brokers[0] = accept(r.listening, NULL, NULL);
    }
    assert_int_equal(receive(r.brokers[0], bytes, sizeof bytes), 5);
    say(r.brokers[0], "ack");
    assert_int_equal(receive(r.clients[0], bytes, sizeof bytes), 3);
    say(r.clients[0], "more");
    assert_int_equal(receive(r.brokers[0], bytes, sizeof bytes), 4);
    assert_memory_equal(bytes, "more", 4);
    end_relay(&r);
}

/* And so does nobody who was answered, or whom mosquitto refused for another reason. */
static void others_are_not_connected_again(void **state)
{
    Relayed r;
    char bytes[8] = "";

    (void)state;
    begin_relay(&r);
    say(r.clients[0], "hello");
    shutdown(r.brokers[0], SHUT_RDWR);
    assert_true(receive(r.clients[0], bytes, sizeof bytes) <= 0);
    say(r.brokers[1], "ack");
    assert_int_equal(receive(r.clients[1], bytes, sizeof bytes), 3);
    atomic_fetch_add(&r.ring->put_off, 1);
    shutdown(r.brokers[1], SHUT_RDWR);
    assert_true(receive(r.clients[1], bytes, sizeof bytes) <= 0);
    end_relay(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_client_says_goes_on_at_once),
        cmocka_unit_test(acknowledgements_wait_for_the_disk),
        cmocka_unit_test(nothing_is_lost_while_much_waits),
        cmocka_unit_test(what_was_said_last_comes_before_the_end),
        cmocka_unit_test(after_a_loss_all_are_disconnected_and_hear_nothing),
        cmocka_unit_test(after_a_loss_others_stay_connected),
        cmocka_unit_test(who_is_put_off_is_connected_again),
        cmocka_unit_test(others_are_not_connected_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
