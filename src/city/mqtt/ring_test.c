/* SPDX-License-Identifier: EUPL-1.2 */
/* The ring from its writer to its reader. */
#include "city/mqtt/ring.h"

#include "base/test.h"
#include "city/mqtt/plugin/plugin.h"
#include "core/log.h"

#include <unistd.h>

/* As the plugin has it: the memory is descriptor 4 there. */
static MqttRing *shared_ring(void)
{
    MqttRing *made;
    Err err = {0};
    int fd = mqtt_ring_make(&made, &err);

    assert_true(fd >= 0);
    if (fd != MQTT_RING_FD)
        assert_int_equal(dup2(fd, MQTT_RING_FD), MQTT_RING_FD);
    assert_true(ring_begin());
    return made;
}

static MqttRing *ring;
static Arena *arena;

static int begin_ring(void **state)
{
    (void)state;
    ring = shared_ring();
    arena = arena_create(0);
    return 0;
}

static int end_ring(void **state)
{
    (void)state;
    arena_destroy(arena);
    mqtt_ring_unmap(ring);
    return 0;
}

static void messages_come_as_they_were_put_round_and_round(void **state)
{
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
}

static void what_is_no_message_is_passed_over(void **state)
{
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
}

/* Nor does a writer that claims to have written more than there is room for keep the reader busy.
 */
static void a_claim_beyond_the_ring_is_passed_over(void **state)
{
    MqttMessage message;
    uint64_t at = 0;

    (void)state;
    log_set_level(LOG_ERROR + 1);
    ((MqttRecord *)(void *)ring->bytes)->caller = MQTT_RING_SKIP;
    atomic_store(&ring->head, UINT64_MAX - 15);
    assert_false(mqtt_ring_next(ring, &at, arena, &message));
    assert_int_equal(at, UINT64_MAX - 15);
    log_set_level(LOG_INFO);
}

/* A writer was killed when a message was there, and not yet counted. */
static void the_count_of_a_killed_writer_is_put_right(void **state)
{
    MqttMessage message;
    uint64_t at = 0;

    (void)state;
    assert_true(ring_put(1, "v1.1/Observations", "{}", 2));
    assert_true(ring_put(2, "v1.1/Observations", "{}", 2));
    atomic_fetch_sub(&ring->put, 1);
    assert_false(mqtt_ring_is_read(ring));
    while (mqtt_ring_next(ring, &at, arena, &message))
        mqtt_ring_free(ring, at);
    assert_true(mqtt_ring_is_read(ring));
    mqtt_ring_settle(ring, 2);
    assert_true(ring_put(3, "v1.1/Observations", "{}", 2));
    assert_int_equal(atomic_load(&ring->put), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(messages_come_as_they_were_put_round_and_round, begin_ring,
                                        end_ring),
        cmocka_unit_test_setup_teardown(what_is_no_message_is_passed_over, begin_ring, end_ring),
        cmocka_unit_test_setup_teardown(a_claim_beyond_the_ring_is_passed_over, begin_ring,
                                        end_ring),
        cmocka_unit_test_setup_teardown(the_count_of_a_killed_writer_is_put_right, begin_ring,
                                        end_ring),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
