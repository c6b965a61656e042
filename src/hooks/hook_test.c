/* SPDX-License-Identifier: EUPL-1.2 */
/* Subscriptions: what orders a delivery, and whom we do not talk to. */
#include "core/store/event.h"
#include "core/test_town.h"
#include "core/work/work.h"
#include "hooks/hook.h"
#include "hooks/hooks.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <unistd.h>

static TestTown town;
static const Engine *const ENGINES[] = {&WORK_ENGINE, &HOOKS_ENGINE};

static int set_up(void **state)
{
    return test_town_set_up(&town, ENGINES, 2, "title: Musterstadt\n", state);
}

static bool add_fn(Tx *tx, void *context, Err *err)
{
    Str secret;

    return hook_add(tx, STR("X"), STR("https://fach.example.org/"), STR(""), STR("staff/1"),
                    town.arena, context, &secret, err);
}

static bool removal_that_fails(Tx *tx, void *context, Err *err)
{
    return hook_remove(tx, *(const int64_t *)context, STR("staff/1"), err) &&
           err_set(err, ERR_TEMPORARY, "the disk is full");
}

static bool pause_that_fails(Tx *tx, void *context, Err *err)
{
    return hook_set_active(tx, *(const int64_t *)context, false, STR("staff/1"), err) &&
           err_set(err, ERR_TEMPORARY, "the disk is full");
}

static bool event_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE hook SET waiting = 0") &&
           event_add(tx, "case.state", STR("case/1"), STR("staff/1"), NULL, err);
}

static int64_t deliveries(void)
{
    int64_t count = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);

    tx_query_int(tx, &town.err, &count, "SELECT COUNT(*) FROM effect WHERE kind = 'webhook'");
    tx_end(tx);
    return count;
}

static void a_removal_or_pause_that_is_taken_back_leaves_the_subscription_told(void **state)
{
    static const WriteFn FAILING[] = {removal_that_fails, pause_that_fails};
    int64_t hook = 0;

    (void)state;
    test_town_write(&town, add_fn, &hook);
    for (size_t i = 0; i < 2; i++) {
        int64_t before = deliveries();

        assert_false(db_write(town.tenant->db, FAILING[i], &hook, &town.err));
        err_clear(&town.err);
        test_town_write(&town, event_fn, NULL);
        assert_int_equal(deliveries(), before + 1);
    }
}

/* As in a data folder that was made when the number of a deleted row could be given again. */
static bool remove_fn(Tx *tx, void *context, Err *err)
{
    return hook_remove(tx, *(const int64_t *)context, STR("staff/1"), err) &&
           tx_exec(tx, err, "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'hook'");
}

static void a_subscription_that_follows_a_removed_one_is_told(void **state)
{
    int64_t hook = 0;

    (void)state;
    for (int i = 0; i < 3; i++) {
        int64_t before = deliveries();

        test_town_write(&town, add_fn, &hook);
        assert_int_equal(hook, 1);
        test_town_write(&town, event_fn, NULL);
        assert_true(deliveries() > before);
        test_town_write(&town, remove_fn, &hook);
        usleep(2000); /* turns begin at the millisecond */
    }
}

static bool local(const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return hook_address_local((const struct sockaddr *)(const void *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return hook_address_local((const struct sockaddr *)(const void *)&six);
}

static void this_machine_is_refused_by_each_of_its_addresses(void **state)
{
    static const char *const LOCAL[] = {"127.0.0.1",        "127.9.9.9", "0.0.0.0",
                                        "169.254.169.254",  "::1",       "fe80::1",
                                        "::ffff:127.0.0.1", "::"};
    struct ifaddrs *all;

    (void)state;
    for (size_t i = 0; i < sizeof LOCAL / sizeof *LOCAL; i++)
        assert_true(local(LOCAL[i]));
    assert_int_equal(getifaddrs(&all), 0);
    for (const struct ifaddrs *one = all; one; one = one->ifa_next)
        if (one->ifa_addr &&
            (one->ifa_addr->sa_family == AF_INET || one->ifa_addr->sa_family == AF_INET6))
            assert_true(hook_address_local(one->ifa_addr));
    freeifaddrs(all);
    assert_false(local("203.0.113.7")); /* addresses of documentation: nobody's */
    assert_false(local("2001:db8::1"));
}

/* Nothing listens at the port of `discard`. */
static void a_page_says_who_was_not_reached_and_why(void **state)
{
    static const struct {
        const char *url;
        bool local;
        const char *says;
    } POSTS[] = {
        {"https://127.0.0.1:9/", false, "Die Adresse gehört zu diesem Rechner"},
        {"https://127.0.0.1:9/", true, "Die Gegenstelle nimmt keine Verbindung an."},
        {"https://fach.invalid/", false, "Der Name in der Adresse ist im Netz nicht bekannt."},
    };
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof POSTS / sizeof *POSTS; i++) {
        HookPost post = {.url = str_c(POSTS[i].url),
                         .body = STR("[]"),
                         .id = STR("1"),
                         .key = STR("c2NobHVlc3NlbA"),
                         .local = POSTS[i].local};
        HookAnswer answer;
        Err err = {0};

        assert_false(hook_post(&post, arena, &answer, &err));
        assert_int_equal(err.kind, ERR_TEMPORARY);
        assert_true(str_starts_with(str_c(err.message), POSTS[i].says));
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_removal_or_pause_that_is_taken_back_leaves_the_subscription_told, set_up,
            test_town_tear_down),
        cmocka_unit_test_setup_teardown(a_subscription_that_follows_a_removed_one_is_told, set_up,
                                        test_town_tear_down),
        cmocka_unit_test(this_machine_is_refused_by_each_of_its_addresses),
        cmocka_unit_test(a_page_says_who_was_not_reached_and_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
