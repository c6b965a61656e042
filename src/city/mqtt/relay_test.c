/* SPDX-License-Identifier: EUPL-1.2 */
/* The ring from its writer to its reader, and what the relay holds back. */
#include "city/mqtt/peer.h"
#include "city/mqtt/plugin/plugin.h"
#include "city/mqtt/ring.h"

#include "base/test.h"
#include "core/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- The ring ----------------------------------------------------------------------------------
 */

/* As the plugin has it: the memory is descriptor 4 there. */
static MqttRing *shared_ring(void)
{
    MqttRing *ring;
    Err err = {0};
    int fd = mqtt_ring_make(&ring, &err);

    assert_true(fd >= 0);
    if (fd != MQTT_RING_FD)
        assert_int_equal(dup2(fd, MQTT_RING_FD), MQTT_RING_FD);
    assert_true(ring_begin());
    return ring;
}

static void messages_come_as_they_were_put_round_and_round(void **state)
{
    MqttRing *ring = shared_ring();
    Arena *arena = arena_create(0);
    char *payload = test_calloc(1, MQTT_PAYLOAD_MAX);
    uint64_t at = 0;

    (void)state;
    assert_false(mqtt_ring_wait(ring, 0));
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t size = i * 7919 % (64 * 1024);
        MqttMessage message;
        memset(payload, 'a' + (int)(i % 26), size);
        assert_true(ring_put(i, "v1.1/Observations", payload, size));
        assert_int_equal(atomic_load(&ring->put), i + 1);
        assert_true(mqtt_ring_wait(ring, 0));
        assert_true(mqtt_ring_next(ring, &at, arena, &message));
        assert_int_equal(message.caller, i);
        assert_true(str_is(message.topic, "v1.1/Observations"));
        assert_int_equal(message.payload.len, size);
        assert_memory_equal(message.payload.ptr, payload, size);
        assert_false(mqtt_ring_next(ring, &at, arena, &message));
        mqtt_ring_free(ring, at);
        arena_rewind(arena);
    }
    test_free(payload);
    arena_destroy(arena);
    mqtt_ring_unmap(ring);
}

static void what_is_no_message_is_passed_over(void **state)
{
    MqttRing *ring = shared_ring();
    Arena *arena = arena_create(0);
    MqttMessage message;
    uint64_t at = 0;

    (void)state;
    log_set_level(LOG_ERROR + 1);
    assert_true(ring_put(1, "v1.1/Observations", "{}", 2));
    ((MqttRecord *)(void *)ring->bytes)->payload = UINT32_MAX;
    assert_false(mqtt_ring_next(ring, &at, arena, &message));
    assert_int_equal(at, atomic_load(&ring->head));
    mqtt_ring_free(ring, at);
    assert_true(ring_put(2, "v1.1/Observations", "{}", 2));
    assert_true(mqtt_ring_next(ring, &at, arena, &message));
    assert_int_equal(message.caller, 2);
    log_set_level(LOG_INFO);
    arena_destroy(arena);
    mqtt_ring_unmap(ring);
}

/* --- The barrier -------------------------------------------------------------------------------
 */

typedef struct Pair {
    MqttPeer *peer;
    int client, broker; /* the far ends */
} Pair;

static Pair make_pair(void)
{
    int client[2], broker[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, client), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, broker), 0);
    return (Pair){mqtt_peer_create(client[0], broker[0]), client[1], broker[1]};
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
    Pair pair = make_pair();

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
    Pair pair = make_pair();

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
    Pair pair = make_pair();
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
    Pair pair = make_pair();

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_as_they_were_put_round_and_round),
        cmocka_unit_test(what_is_no_message_is_passed_over),
        cmocka_unit_test(what_the_client_says_goes_on_at_once),
        cmocka_unit_test(acknowledgements_wait_for_the_disk),
        cmocka_unit_test(nothing_is_lost_while_much_waits),
        cmocka_unit_test(what_was_said_last_comes_before_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
