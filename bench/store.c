/* SPDX-License-Identifier: EUPL-1.2 */
/* Group commit against one commit for each write, in the same run on the same disk.
 *
 * 64 threads each write small rows and wait until they are durable. Floor: the same rows
 * through SQLite alone, one thread, 64 in a transaction.
 *
 *     store [--folder FOLDER] [--seconds N] [--json]
 *
 * FOLDER (default: here) must lie on the disk that is to be measured, not on a tmpfs. */
#include "base/clock.h"
#include "core/store/db.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 64 };

static bool json; /* numbers for machines instead of lines for people */

static const Migration STEPS[] = {
    {"bench-001", "CREATE TABLE note (id {id}, subject TEXT NOT NULL, body TEXT NOT NULL);"
                  "CREATE INDEX note_subject ON note (subject)"},
    {NULL, NULL},
};

typedef struct Load {
    Db *db;
    atomic_bool stop;
    atomic_llong written;
    atomic_llong waited_us;
    atomic_llong longest_us;
} Load;

static int64_t now_us(clockid_t id)
{
    struct timespec at;

    clock_gettime(id, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

static bool insert(Tx *tx, void *context, Err *err)
{
    return tx_exec(tx, err, "INSERT INTO note (subject, body) VALUES ($1, $2)",
                   P_TEXT(*(Str *)context),
                   P_TEXT(STR("Vierhundert Zeichen sind es nicht, aber eine kurze Notiz schon.")));
}

static void *write_on(void *argument)
{
    Load *load = argument;

    while (!atomic_load(&load->stop)) {
        Str subject = STR("case/4711");
        Err err;
        int64_t begin = now_us(CLOCK_MONOTONIC);
        if (!db_write(load->db, insert, &subject, &err)) {
            fprintf(stderr, "bench/store: %s\n", err.message);
            exit(1);
        }
        int64_t took = now_us(CLOCK_MONOTONIC) - begin;
        atomic_fetch_add(&load->written, 1);
        atomic_fetch_add(&load->waited_us, took);
        long long longest = atomic_load(&load->longest_us);
        while (took > longest && !atomic_compare_exchange_weak(&load->longest_us, &longest, took)) {
        }
    }
    return NULL;
}

static double run(const char *folder, bool commit_each, int seconds)
{
    const Migration *const lists[] = {STEPS};
    DbOptions options = {
        .migrations = lists, .migration_list_count = 1, .commit_each = commit_each};
    char path[4200];
    Load load = {0};
    pthread_t threads[THREADS];
    Err err;

    snprintf(path, sizeof path, "%s/%s.db", folder, commit_each ? "each" : "group");
    load.db = db_open(path, &options, &err);
    if (!load.db) {
        fprintf(stderr, "bench/store: %s\n", err.message);
        exit(1);
    }
    int64_t begin = now_us(CLOCK_MONOTONIC);
    int64_t cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, write_on, &load);
    sleep((unsigned)seconds);
    atomic_store(&load.stop, true);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    double took = (double)(now_us(CLOCK_MONOTONIC) - begin) / 1e6;
    double written = (double)atomic_load(&load.written);
    DbStats stats = db_stats(load.db);
    if (!json)
        printf("%-26s %9.0f writes/s  %6.1f writes/commit  %6.2f ms mean, %6.1f ms longest  "
               "%5.1f us CPU/write\n",
               commit_each ? "one commit per write" : "group commit", written / took,
               written / (double)stats.commits,
               (double)atomic_load(&load.waited_us) / written / 1e3,
               (double)atomic_load(&load.longest_us) / 1e3,
               (double)(now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu) / written);
    db_close(load.db);
    return written / took;
}

static void must(sqlite3 *handle, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE) {
        fprintf(stderr, "bench/store: %s\n", sqlite3_errmsg(handle));
        exit(1);
    }
}

/* The floor: nobody waits for anybody. */
static double run_floor(const char *folder, int seconds)
{
    char path[4200];
    sqlite3 *handle;
    sqlite3_stmt *stmt;
    int64_t written = 0;

    snprintf(path, sizeof path, "%s/floor.db", folder);
    must(NULL, sqlite3_open(path, &handle));
    must(handle, sqlite3_exec(handle,
                              "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                              "CREATE TABLE note (id INTEGER PRIMARY KEY, subject TEXT NOT NULL,"
                              "  body TEXT NOT NULL);"
                              "CREATE INDEX note_subject ON note (subject)",
                              0, 0, 0));
    must(handle, sqlite3_prepare_v2(handle,
                                    "INSERT INTO note (subject, body) VALUES ('case/4711', "
                                    "'Vierhundert Zeichen sind es nicht, aber eine kurze Notiz "
                                    "schon.')",
                                    -1, &stmt, NULL));
    int64_t begin = now_us(CLOCK_MONOTONIC);
    while (now_us(CLOCK_MONOTONIC) - begin < seconds * 1000000LL) {
        must(handle, sqlite3_exec(handle, "BEGIN IMMEDIATE", 0, 0, 0));
        for (int i = 0; i < THREADS; i++) {
            must(handle, sqlite3_step(stmt));
            sqlite3_reset(stmt);
        }
        must(handle, sqlite3_exec(handle, "COMMIT", 0, 0, 0));
        written += THREADS;
    }
    double took = (double)(now_us(CLOCK_MONOTONIC) - begin) / 1e6;
    sqlite3_finalize(stmt);
    sqlite3_close(handle);
    if (!json)
        printf("%-26s %9.0f writes/s\n", "floor: bare, 64 a commit", (double)written / took);
    return (double)written / took;
}

int main(int argc, char **argv)
{
    const char *parent = ".";
    char folder[4096];
    char command[4200];
    int seconds = 3;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (i + 1 < argc && strcmp(argv[i], "--folder") == 0) {
            parent = argv[++i];
        } else if (i + 1 < argc && strcmp(argv[i], "--seconds") == 0 && atoi(argv[i + 1]) > 0) {
            seconds = atoi(argv[++i]);
        } else {
            fputs("store [--folder FOLDER] [--seconds N] [--json]\n", stderr);
            return 2;
        }
    }
    snprintf(folder, sizeof folder, "%s/rathaus-bench-XXXXXX", parent);
    if (!mkdtemp(folder)) {
        perror(folder);
        return 1;
    }
    if (!json)
        printf("store: durable small writes from %d threads (synchronous=FULL), %d s each\n",
               THREADS, seconds);
    double floor_rate = run_floor(folder, seconds);
    double group = run(folder, false, seconds);
    double each = run(folder, true, seconds);
    if (json)
        printf("{\"bench\":\"store\",\"writes_per_second\":%.0f,\"commit_each\":%.0f,"
               "\"floor\":%.0f,\"ratio_to_commit_each\":%.1f,\"ratio_to_floor\":%.2f}\n",
               group, each, floor_rate, group / each, group / floor_rate);
    else
        printf("group commit is %.1f times one commit per write, and %.2f of the floor\n",
               group / each, group / floor_rate);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : 1;
}
