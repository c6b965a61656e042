/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/queue.h"

#include "core/test_town.h"

/* Two towns, of which the first is greedy. */
typedef struct Fixture {
    TestTown town;
    Tenant *greedy, *other;
    MqttQueue *queue;
} Fixture;

static void begin(Fixture *f)
{
    char *source;

    test_town_open(&f->town, NULL, 0, "title: Musterstadt\n");
    source = arena_printf(f->town.arena, "%s/source", f->town.folder);
    assert_ok(tenant_create(f->town.app, STR("neustadt"), source, &f->town.err), &f->town.err);
    f->greedy = f->town.tenant;
    f->other = tenant_acquire(f->town.app, STR("neustadt"), &f->town.err);
    f->queue = mqtt_queue_create();
}

static void end(Fixture *f)
{
    mqtt_queue_destroy(f->queue);
    tenant_release(f->other);
    test_town_close(&f->town);
}

static size_t add(Fixture *f, Tenant *tenant, int64_t from, size_t count)
{
    size_t left_out = 0;

    for (size_t i = 0; i < count; i++)
        left_out += mqtt_queue_add(f->queue, tenant, &(HubNews){.id = from + (int64_t)i}, 1);
    return left_out;
}

static void takes(Fixture *f, Tenant *tenant, int64_t from, size_t count)
{
    HubNews items[10];
    Tenant *of;

    assert_int_equal(mqtt_queue_take(f->queue, &of, items, 10), count);
    assert_ptr_equal(of, tenant);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(items[i].id, from + (int64_t)i);
    tenant_release(of);
}

static void towns_take_turns_and_each_has_its_order(void **state)
{
    Fixture f;

    (void)state;
    begin(&f);
    add(&f, f.greedy, 100, 25);
    add(&f, f.other, 1, 2);
    takes(&f, f.greedy, 100, 10);
    takes(&f, f.other, 1, 2);
    add(&f, f.greedy, 125, 1);
    takes(&f, f.greedy, 110, 10);
    takes(&f, f.greedy, 120, 6);
    add(&f, f.other, 3, 1);
    takes(&f, f.other, 3, 1);
    end(&f);
}

static void a_town_of_which_too_much_waits_loses_its_own(void **state)
{
    Fixture f;

    (void)state;
    begin(&f);
    assert_int_equal(add(&f, f.greedy, 0, MQTT_QUEUE_TOWN_MAX + 7), 7);
    assert_int_equal(add(&f, f.other, 1, 5), 0);
    takes(&f, f.greedy, 0, 10);
    takes(&f, f.other, 1, 5);
    assert_int_equal(add(&f, f.greedy, 0, 11), 1);
    end(&f);
}

static void the_end_is_told(void **state)
{
    Fixture f;
    HubNews items[10];
    Tenant *of;

    (void)state;
    begin(&f);
    add(&f, f.other, 1, 5);
    mqtt_queue_stop(f.queue);
    assert_int_equal(mqtt_queue_take(f.queue, &of, items, 10), 0);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(towns_take_turns_and_each_has_its_order),
        cmocka_unit_test(a_town_of_which_too_much_waits_loses_its_own),
        cmocka_unit_test(the_end_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
