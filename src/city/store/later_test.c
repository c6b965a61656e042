/* SPDX-License-Identifier: EUPL-1.2 */
/* Appends that nobody waits for. */
#include "city/store/store_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { POSTERS = 3, POSTS = 200 };

typedef struct Post {
    ObsLater later;
    ObsEntry entry;
    uint64_t ordinal;
    atomic_int *told;
} Post;

typedef struct Poster {
    Fixture *f;
    Arena *arena;
    Post *posts;
    atomic_int told;
} Poster;

static void count_told(ObsLater *later)
{
    const Post *post = later->context;

    atomic_fetch_add(post->told, 1);
}

static void post(Poster *poster, Post *post, ObsEntry entry)
{
    *post = (Post){.entry = entry, .told = &poster->told};
    post->later = (ObsLater){.entries = &post->entry,
                             .count = 1,
                             .ordinals = &post->ordinal,
                             .done = count_told,
                             .context = post};
    obs_append_later(poster->f->store, &post->later, poster->arena);
}

static void *post_on(void *context)
{
    Poster *poster = context;

    for (int i = 0; i < POSTS; i++)
        post(poster, &poster->posts[i], (ObsEntry){1, obs_number(i, i)});
    return NULL;
}

static void begin_poster(Poster *poster, Fixture *f, size_t count)
{
    poster->f = f;
    poster->arena = arena_create(0);
    poster->posts = arena_array(poster->arena, Post, count);
    atomic_init(&poster->told, 0);
}

static void wait_told(Poster *poster, int count)
{
    while (atomic_load(&poster->told) < count)
        usleep(100);
}

/* Each is told once, with an ordinal that nobody else has, beside one who waits. */
static void appends_that_nobody_waits_for_are_all_told(void **state)
{
    Fixture *f = *state;
    Poster posters[POSTERS];
    pthread_t threads[POSTERS];
    bool seen[POSTERS * POSTS + POSTS] = {0};

    for (int i = 0; i < POSTERS; i++) {
        begin_poster(&posters[i], f, POSTS);
        pthread_create(&threads[i], NULL, post_on, &posters[i]);
    }
    for (int i = 0; i < POSTS; i++)
        fixture_fill(f, 1, i * 1000, 1);
    for (int i = 0; i < POSTERS; i++) {
        pthread_join(threads[i], NULL);
        wait_told(&posters[i], POSTS);
        for (int k = 0; k < POSTS; k++) {
            assert_true(posters[i].posts[k].later.ok);
            assert_false(seen[posters[i].posts[k].ordinal]);
            seen[posters[i].posts[k].ordinal] = true;
        }
    }
    fixture_reopen(f);
    assert_int_equal(fixture_count(f, 1), POSTERS * POSTS + POSTS);
    for (int i = 0; i < POSTERS; i++) {
        assert_int_equal(atomic_load(&posters[i].told), POSTS);
        arena_destroy(posters[i].arena);
    }
}

static void one_that_is_refused_is_told_why_and_others_are_kept(void **state)
{
    Fixture *f = *state;
    Poster poster;
    uint32_t erased = 2;

    begin_poster(&poster, f, 3);
    fixture_fill(f, erased, 1, 1);
    assert_ok(obs_erase(f->store, erased, &f->err), &f->err);
    post(&poster, &poster.posts[0], (ObsEntry){1, obs_number(OBS_NONE, 1)}); /* makes no sense */
    post(&poster, &poster.posts[1], (ObsEntry){erased, obs_number(5, 1)});
    post(&poster, &poster.posts[2], (ObsEntry){1, obs_number(5, 1)});
    wait_told(&poster, 3);
    assert_false(poster.posts[0].later.ok);
    assert_int_equal(poster.posts[0].later.err.kind, ERR_INPUT);
    assert_false(poster.posts[1].later.ok);
    assert_non_null(strstr(poster.posts[1].later.err.message, "series 2 was erased"));
    assert_true(poster.posts[2].later.ok);
    assert_int_equal(fixture_count(f, 1), 1);
    arena_destroy(poster.arena);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(appends_that_nobody_waits_for_are_all_told),
        CASE(one_that_is_refused_is_told_why_and_others_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
