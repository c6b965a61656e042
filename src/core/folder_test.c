/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/test_folder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { WHOLE = 8 << 20, ROUNDS = 100000 };

typedef struct Changing {
    char folder[TEST_FOLDER_MAX];
    char path[TEST_FOLDER_MAX + 16];
    atomic_bool done;
} Changing;

/* Somebody who shortens the file and makes it long again, over and over. */
static void *shorten(void *context)
{
    Changing *file = context;

    while (!atomic_load(&file->done))
        if (truncate(file->path, 0) != 0 || truncate(file->path, WHOLE) != 0)
            abort();
    return NULL;
}

static bool read_once(const Changing *file, Str *bytes, Err *err)
{
    Arena *arena = arena_create(0);
    bool ok = folder_read_file(file->path, WHOLE, arena, bytes, err);

    arena_destroy(arena);
    return ok;
}

static void file_that_is_shortened_is_read_whole_or_not_at_all(void **state)
{
    Changing file = {.done = false};
    pthread_t thread;
    Err err = {0};
    bool ok = true;
    Str bytes;

    (void)state;
    test_folder_make(file.folder);
    snprintf(file.path, sizeof file.path, "%s/file", file.folder);
    assert_ok(folder_write_file(file.path, STR("x"), 0600, &err), &err);
    assert_int_equal(truncate(file.path, WHOLE), 0);
    assert_int_equal(pthread_create(&thread, NULL, shorten, &file), 0);
    for (int i = 0; ok && i < ROUNDS; i++) {
        ok = read_once(&file, &bytes, &err);
        if (ok && bytes.len != 0 && bytes.len != WHOLE)
            break;
    }
    atomic_store(&file.done, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_false(ok);
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_non_null(strstr(err.message, "was shortened while it was read"));
    test_folder_remove(file.folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_that_is_shortened_is_read_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
