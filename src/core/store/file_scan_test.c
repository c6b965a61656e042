/* SPDX-License-Identifier: EUPL-1.2 */
/* Files go past the town's virus scanner. */
#include "core/store/file_fixture.h"

#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct Clamd {
    int listener;
    atomic_int scanned;
    pthread_t thread;
} Clamd;

static void receive_all(int fd, void *out, size_t size)
{
    char *at = out;

    while (size > 0) {
        ssize_t got = recv(fd, at, size, 0);
        assert(got > 0);
        at += got;
        size -= (size_t)got;
    }
}

/* The test string of the European Institute for Computer Antivirus Research, in two parts so
 * that this file is no finding itself. */
static const char eicar[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-"
                            "ANTIVIRUS-TEST-FILE!$H+H*";

/* Speaks as clamd does, for one connection at a time. */
static void *serve_clamd(void *argument)
{
    Clamd *clamd = argument;

    for (;;) {
        char command[10];
        Arena *arena = arena_create(0);
        Buf stream = buf_in(arena);
        uint32_t size = 0;
        int fd = accept(clamd->listener, NULL, NULL);
        if (fd < 0) {
            arena_destroy(arena);
            return NULL;
        }
        receive_all(fd, command, sizeof command);
        assert(memcmp(command, "zINSTREAM", 10) == 0);
        do {
            char piece[65536];
            receive_all(fd, &size, sizeof size);
            size = ntohl(size);
            assert(size <= sizeof piece);
            receive_all(fd, piece, size);
            buf_add(&stream, (Str){piece, size});
        } while (size > 0);
        const char *answer = str_find(buf_str(&stream), str_c(eicar)) >= 0
                                 ? "stream: Eicar-Test-Signature FOUND"
                                 : "stream: OK";
        /* Counted before the answer: the test looks as soon as it has it. */
        atomic_fetch_add(&clamd->scanned, 1);
        ssize_t sent = send(fd, answer, strlen(answer) + 1, MSG_NOSIGNAL);
        assert(sent > 0);
        close(fd);
        arena_destroy(arena);
    }
}

static void start_clamd(Clamd *clamd, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    *clamd = (Clamd){.listener = socket(AF_UNIX, SOCK_STREAM, 0)};
    assert_int_equal(bind(clamd->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(clamd->listener, 5), 0);
    assert_int_equal(pthread_create(&clamd->thread, NULL, serve_clamd, clamd), 0);
}

static void stop_clamd(Clamd *clamd)
{
    shutdown(clamd->listener, SHUT_RDWR);
    pthread_join(clamd->thread, NULL);
    close(clamd->listener);
}

static void infected_file_is_refused_and_silence_of_the_scanner_too(void **state)
{
    TestTown *town = *state;
    Clamd clamd;
    FileInfo info;
    const char *socket_path = arena_printf(town->arena, "%s/clamd.ctl", town->folder);
    const char *settings =
        arena_printf(town->arena, "%s/data/tenants/musterstadt/tenant.yaml", town->folder);

    test_town_stop(town);
    assert_ok(folder_write_file(
                  settings,
                  str_printf(town->arena, "title: Stadt\nfiles:\n  clamd: unix:%s\n", socket_path),
                  0600, &town->err),
              &town->err);
    test_town_start(town, ENGINES, 1);
    assert_false(
        file_prepare(town->tenant, STR("x"), STR("a"), NULL, town->arena, &info, &town->err));
    assert_int_equal(town->err.kind, ERR_TEMPORARY);

    start_clamd(&clamd, socket_path);
    prepared(town, text_of(town, SMALL_SIZE, 1));
    prepared(town, text_of(town, BIG_SIZE, 1));
    assert_true(refused(town, str_c(eicar), "rechnung.pdf", NULL,
                        "„rechnung.pdf“ enthält Schadsoftware (Eicar-Test-Signature)"));
    Str big = text_of(town, BIG_SIZE, 2);
    memcpy((char *)big.ptr + BIG_SIZE - 200, eicar, sizeof eicar - 1);
    assert_true(refused(town, big, "a", NULL, "Schadsoftware"));
    assert_int_equal(atomic_load(&clamd.scanned), 4);
    stop_clamd(&clamd);
    assert_false(
        file_prepare(town->tenant, STR("x"), STR("a"), NULL, town->arena, &info, &town->err));
    assert_int_equal(town->err.kind, ERR_TEMPORARY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(infected_file_is_refused_and_silence_of_the_scanner_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
