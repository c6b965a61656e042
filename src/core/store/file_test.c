/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "core/crypto.h"
#include "core/folder.h"
#include "core/log.h"
#include "core/store/file_internal.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct Fixture {
    char folder[64];
    Arena *arena;
    App *app;
    Tenant *tenant;
    Err err;
} Fixture;

static const Engine *const ENGINES[] = {&WORK_ENGINE};

static void open_tenant(Fixture *f)
{
    AppOptions options = {.data_dir = arena_printf(f->arena, "%s/data", f->folder)};

    f->app = app_open(&options, ENGINES, 1, &f->err);
    assert_ok(f->app, &f->err);
    f->tenant = tenant_acquire(f->app, STR("stadt"), &f->err);
}

static void write_settings(Fixture *f, const char *folder, const char *yaml)
{
    const char *path = arena_printf(f->arena, "%s/%s/tenant.yaml", f->folder, folder);

    assert_ok(folder_write_file(path, str_c(yaml), 0600, &f->err), &f->err);
}

static int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);

    log_set_level(LOG_ERROR + 1);
    snprintf(f->folder, sizeof f->folder, "/tmp/rathaus-file-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->arena = arena_create(0);
    const char *source = arena_printf(f->arena, "%s/source", f->folder);
    assert_ok(folder_make(source, &f->err), &f->err);
    write_settings(f, "source", "title: Stadt\n");
    open_tenant(f);
    assert_ok(tenant_create(f->app, STR("stadt"), source, &f->err), &f->err);
    f->tenant = tenant_acquire(f->app, STR("stadt"), &f->err);
    assert_ok(f->tenant, &f->err);
    *state = f;
    return 0;
}

static void close_tenant(Fixture *f)
{
    tenant_release(f->tenant);
    app_close(f->app);
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    Err err;

    close_tenant(f);
    arena_destroy(f->arena);
    assert_ok(folder_remove(f->folder, &err), &err);
    free(f);
    return 0;
}

/* --- Helpers ------------------------------------------------------------------------- */

/* Text of any size that is not equal to that of another seed. */
static Str text_of(Fixture *f, size_t size, int seed)
{
    char *bytes = arena_alloc(f->arena, size + 16);

    snprintf(bytes, 16, "%-15d", seed);
    for (size_t i = 15; i < size; i++)
        bytes[i] = (char)('a' + (i * 7 + i / 1000) % 26);
    return (Str){bytes, size};
}

static FileInfo prepared(Fixture *f, Str bytes)
{
    FileInfo info = {0};

    assert_ok(file_prepare(f->tenant, bytes, STR("x.txt"), NULL, f->arena, &info, &f->err),
              &f->err);
    return info;
}

typedef struct Put {
    Fixture *f;
    FileInfo info;
    Str bytes, owner;
    enum { PUT, ADD, DROP, ORDER } what;
} Put;

static bool do_put(Tx *tx, void *context, Err *err)
{
    Put *put = context;
    EffectOrder order = {.kind = "mail", .key = put->owner, .subject = put->owner};

    switch (put->what) {
    case PUT: return file_put(tx, put->f->tenant, &put->info, put->bytes, put->owner, err);
    case ADD: return file_add_owner(tx, str_c(put->info.sha256), put->owner, err);
    case DROP: return file_drop_owner(tx, str_c(put->info.sha256), put->owner, err);
    case ORDER: return effect_order(tx, &order, err);
    }
    return false;
}

static void change(Fixture *f, int what, const FileInfo *info, Str bytes, const char *owner)
{
    Put put = {.f = f, .bytes = bytes, .owner = str_c(owner), .what = what};

    if (info)
        put.info = *info;
    assert_ok(db_write(f->tenant->db, do_put, &put, &f->err), &f->err);
}

static FileInfo stored(Fixture *f, Str bytes, const char *owner)
{
    FileInfo info = prepared(f, bytes);

    change(f, PUT, &info, bytes, owner);
    return info;
}

static bool read_back(Fixture *f, const char *sha256, Str *out)
{
    Tx *tx = db_read(f->tenant->db, &f->err);
    bool ok = file_read(tx, f->tenant, str_c(sha256), f->arena, out, &f->err);

    tx_end(tx);
    return ok;
}

static void sql(Fixture *f, const char *statement)
{
    sqlite3 *handle;

    assert_int_equal(
        sqlite3_open(arena_printf(f->arena, "%s/data/tenants/stadt/tenant.db", f->folder), &handle),
        SQLITE_OK);
    sqlite3_busy_timeout(handle, 5000);
    assert_int_equal(sqlite3_exec(handle, statement, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

/* As if an hour and more had passed since the upload. */
static void grow_old(Fixture *f, const FileInfo *info)
{
    struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

    sql(f, "UPDATE file SET added = added - 7200000");
    sql(f, "UPDATE file_owner SET dropped = dropped - 7200000");
    utimensat(AT_FDCWD, file_disk_path(f->tenant, str_c(info->sha256), f->arena), old, 0);
}

static bool on_disk(Fixture *f, const FileInfo *info)
{
    return folder_is_file(file_disk_path(f->tenant, str_c(info->sha256), f->arena));
}

enum { SMALL_SIZE = 5000, BIG_SIZE = 700001 };

/* --- Storing --------------------------------------------------------------------------- */

static void files_of_every_size_come_back(void **state)
{
    static const size_t sizes[] = {1,      15,     65535,  65536,  65537,  131072,
                                   262143, 262144, 262145, 327680, 393216, 1000000};
    Fixture *f = *state;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Str bytes = text_of(f, sizes[i], (int)i), back;
        FileInfo info = stored(f, bytes, "case/1");
        assert_ok(read_back(f, info.sha256, &back), &f->err);
        assert_true(str_eq(bytes, back));
        assert_int_equal(on_disk(f, &info), sizes[i] > 262144);
    }
}

static bool contains(Fixture *f, const char *path, const char *needle)
{
    Str bytes;

    assert_ok(folder_read_file(path, 100000000, f->arena, &bytes, &f->err), &f->err);
    return str_find(bytes, str_c(needle)) >= 0;
}

static void nothing_of_a_file_is_readable_on_disk(void **state)
{
    Fixture *f = *state;
    Str secret = STR("Die geheime Adresse lautet Nirgendweg 7.");
    Buf big = buf_in(f->arena);

    while (big.len < BIG_SIZE)
        buf_add(&big, secret);
    stored(f, secret, "case/1");
    FileInfo info = stored(f, buf_str(&big), "case/1");
    assert_false(contains(f, file_disk_path(f->tenant, str_c(info.sha256), f->arena), "Nirgend"));
    close_tenant(f);
    const char *db = arena_printf(f->arena, "%s/data/tenants/stadt/tenant.db", f->folder);
    assert_true(contains(f, db, "case/1"));
    assert_false(contains(f, db, "Nirgend"));
    open_tenant(f);
}

static void same_content_is_stored_once_for_two_owners(void **state)
{
    Fixture *f = *state;
    Str bytes = text_of(f, SMALL_SIZE, 1);
    FileInfo first = stored(f, bytes, "case/1");
    FileInfo second = stored(f, bytes, "case/2");
    FileInfo *files;
    size_t count;
    int64_t rows = 0;

    assert_string_equal(first.sha256, second.sha256);
    Tx *tx = db_read(f->tenant->db, &f->err);
    assert_true(tx_query_int(tx, &f->err, &rows, "SELECT count(*) FROM file"));
    assert_ok(file_list(tx, STR("case/2"), f->arena, &files, &count, &f->err), &f->err);
    tx_end(tx);
    assert_int_equal(rows, 1);
    assert_int_equal(count, 1);
    assert_str(files[0].name, "x.txt");
    assert_int_equal(files[0].size, SMALL_SIZE);
}

static void owner_of_a_file_that_is_not_there_is_refused(void **state)
{
    Fixture *f = *state;
    Put put = {.f = f, .owner = STR("case/1"), .what = ADD};

    memset(put.info.sha256, 'a', 64);
    assert_false(db_write(f->tenant->db, do_put, &put, &f->err));
    assert_int_equal(f->err.kind, ERR_NOT_FOUND);
    Str out;
    assert_false(read_back(f, put.info.sha256, &out));
    assert_int_equal(f->err.kind, ERR_NOT_FOUND);
}

/* --- What is refused --------------------------------------------------------------------- */

static bool refused(Fixture *f, Str bytes, const char *name, const FileRules *rules,
                    const char *reason)
{
    FileInfo info;

    return !file_prepare(f->tenant, bytes, str_c(name), rules, f->arena, &info, &f->err) &&
           f->err.kind == ERR_INPUT && strstr(f->err.message, reason);
}

static void sender_learns_why_a_file_is_refused(void **state)
{
    static const char *const pdf_only[] = {"application/pdf", "image/", NULL};
    Fixture *f = *state;
    FileRules rules = {.types = pdf_only, .max_size = 10000};
    FileInfo info;

    assert_true(refused(f, STR(""), "leer.pdf", NULL, "„leer.pdf“ ist leer"));
    assert_true(refused(f, text_of(f, 10001, 1), "a.pdf", &rules, "höchstens 10 kB"));
    assert_true(refused(f, text_of(f, 20000001, 1), "a.pdf", NULL, "höchstens 20 MB"));
    /* By content, whatever the name says. */
    assert_true(refused(f, STR("#!/bin/sh\necho hello\n"), "a.pdf", &rules, "Format"));
    assert_true(refused(f, STR("PK\5\6 this is no archive and never was one"), "a.zip", NULL,
                        "beschädigt"));
    assert_ok(file_prepare(f->tenant, STR("%PDF-1.7\n%%EOF\n"), STR("C:\\Akten\\a.txt"), &rules,
                           f->arena, &info, &f->err),
              &f->err);
    assert_str(info.type, "application/pdf");
    assert_str(info.name, "a.txt");
    Str png = STR("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0");
    assert_ok(file_prepare(f->tenant, png, STR("a.png"), &rules, f->arena, &info, &f->err),
              &f->err);
    assert_str(info.type, "image/png");
    Str table = STR("Name;Chip\nRex;276\n");
    assert_ok(file_prepare(f->tenant, table, STR("a.CSV"), NULL, f->arena, &info, &f->err),
              &f->err);
    assert_str(info.type, "text/csv");
}

static void names_are_made_harmless(void **state)
{
    static const char *const names[][2] = {
        {"../../etc/passwd", "passwd"},
        {"..", "Datei"},
        {"", "Datei"},
        {"a/", "Datei"},
        {"Zeile\n1.pdf", "Zeile_1.pdf"},
        {"Steuer\xe2\x80\xae"
         "fdp.exe",
         "Steuer_fdp.exe"},
        {"Büro.pdf", "Büro.pdf"},
        {"\xff.pdf", "_.pdf"},
    };
    Fixture *f = *state;
    FileInfo info;
    char long_name[1000];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_ok(
            file_prepare(f->tenant, STR("x"), str_c(names[i][0]), NULL, f->arena, &info, &f->err),
            &f->err);
        assert_str(info.name, names[i][1]);
    }
    memset(long_name, 'a', sizeof long_name);
    assert_ok(file_prepare(f->tenant, STR("x"), (Str){long_name, sizeof long_name}, NULL, f->arena,
                           &info, &f->err),
              &f->err);
    assert_true(info.name.len <= 200);
}

/* --- A virus scanner ------------------------------------------------------------------------ */

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
    Fixture *f = *state;
    Clamd clamd;
    FileInfo info;
    const char *socket_path = arena_printf(f->arena, "%s/clamd.ctl", f->folder);

    close_tenant(f);
    write_settings(f, "data/tenants/stadt",
                   arena_printf(f->arena, "title: Stadt\nfiles:\n  clamd: unix:%s\n", socket_path));
    open_tenant(f);
    assert_false(file_prepare(f->tenant, STR("x"), STR("a"), NULL, f->arena, &info, &f->err));
    assert_int_equal(f->err.kind, ERR_TEMPORARY);

    start_clamd(&clamd, socket_path);
    prepared(f, text_of(f, SMALL_SIZE, 1));
    prepared(f, text_of(f, BIG_SIZE, 1));
    assert_true(refused(f, str_c(eicar), "rechnung.pdf", NULL,
                        "„rechnung.pdf“ enthält Schadsoftware (Eicar-Test-Signature)"));
    Str big = text_of(f, BIG_SIZE, 2);
    memcpy((char *)big.ptr + BIG_SIZE - 200, eicar, sizeof eicar - 1);
    assert_true(refused(f, big, "a", NULL, "Schadsoftware"));
    assert_int_equal(atomic_load(&clamd.scanned), 4);
    stop_clamd(&clamd);
    assert_false(file_prepare(f->tenant, STR("x"), STR("a"), NULL, f->arena, &info, &f->err));
    assert_int_equal(f->err.kind, ERR_TEMPORARY);
}

/* --- Damage ------------------------------------------------------------------------------------
 */

static void flip_byte(const char *path, off_t at)
{
    char byte;
    int fd = open(path, O_RDWR);

    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte = (char)(byte ^ 1);
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void damage_to_a_large_file_is_noticed(void **state)
{
    static const off_t places[] = {0, 10, 40, 65600, BIG_SIZE - 100};
    Fixture *f = *state;
    Str bytes = text_of(f, BIG_SIZE, 1), out;
    FileInfo info = stored(f, bytes, "case/1");
    const char *path = file_disk_path(f->tenant, str_c(info.sha256), f->arena);
    int64_t checked;

    assert_ok(file_audit(f->tenant, &checked, &f->err), &f->err);
    assert_int_equal(checked, 1);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        flip_byte(path, places[i]);
        assert_false(read_back(f, info.sha256, &out));
        assert_false(file_audit(f->tenant, &checked, &f->err));
        flip_byte(path, places[i]);
        assert_ok(read_back(f, info.sha256, &out), &f->err);
    }
    assert_int_equal(truncate(path, 300000), 0);
    assert_false(read_back(f, info.sha256, &out));
    /* The same upload again heals it. */
    prepared(f, bytes);
    assert_ok(read_back(f, info.sha256, &out), &f->err);
    unlink(path);
    assert_false(file_audit(f->tenant, &checked, &f->err));
    assert_int_equal(f->err.kind, ERR_CONFLICT);
}

static void count_damage(void *context, Str sha256, const Err *why)
{
    (void)sha256;
    assert(why->kind != ERR_NONE);
    ++*(int *)context;
}

static void every_damaged_file_is_named(void **state)
{
    Fixture *f = *state;
    int64_t checked;
    int damaged = 0;

    for (int i = 0; i < 250; i++)
        stored(f, text_of(f, 100, i), "case/1");
    sql(f, "UPDATE file SET bytes = zeroblob(140) WHERE rowid % 100 = 7");
    assert_false(file_audit_each(f->tenant, count_damage, &damaged, &checked, &f->err));
    assert_int_equal(checked, 250);
    assert_int_equal(damaged, 3);
    assert_non_null(strstr(f->err.message, "3 of 250"));
}

/* --- Collecting ----------------------------------------------------------------------------------
 */

static int64_t collect(Fixture *f)
{
    int64_t removed = -1;

    assert_ok(file_collect(f->tenant, &removed, &f->err), &f->err);
    return removed;
}

static void only_files_that_nobody_refers_to_are_collected(void **state)
{
    Fixture *f = *state;
    Str small = text_of(f, SMALL_SIZE, 1), big = text_of(f, BIG_SIZE, 2), out;
    FileInfo a = stored(f, small, "case/1");
    FileInfo b = stored(f, big, "case/1");

    change(f, ADD, &a, STR_NONE, "case/2");
    grow_old(f, &b);
    change(f, DROP, &a, STR_NONE, "case/1");
    change(f, DROP, &b, STR_NONE, "case/1");
    assert_int_equal(collect(f), 0); /* dropped this minute */
    grow_old(f, &b);
    assert_int_equal(collect(f), 1);
    assert_ok(read_back(f, a.sha256, &out), &f->err);
    assert_false(read_back(f, b.sha256, &out));
    assert_false(on_disk(f, &b));
    change(f, DROP, &a, STR_NONE, "case/2");
    grow_old(f, &a);
    assert_int_equal(collect(f), 1);
    assert_false(read_back(f, a.sha256, &out));
}

static void file_waits_for_the_effects_of_its_former_owner(void **state)
{
    Fixture *f = *state;
    FileInfo info = stored(f, text_of(f, SMALL_SIZE, 1), "case/1");

    change(f, ORDER, NULL, STR_NONE, "case/1");
    change(f, DROP, &info, STR_NONE, "case/1");
    grow_old(f, &info);
    assert_int_equal(collect(f), 0);
    sql(f, "UPDATE effect SET status = 'done'");
    assert_int_equal(collect(f), 1);
}

static void upload_that_is_not_referred_to_yet_survives_the_collection(void **state)
{
    Fixture *f = *state;
    Str bytes = text_of(f, BIG_SIZE, 1), out;
    FileInfo info = prepared(f, bytes);

    assert_int_equal(collect(f), 0);
    assert_true(on_disk(f, &info));
    /* An old orphan that is uploaded again just now is fresh. */
    grow_old(f, &info);
    prepared(f, bytes);
    assert_int_equal(collect(f), 0);
    assert_true(on_disk(f, &info));
    /* And even were it collected in between, the transaction has the bytes. */
    grow_old(f, &info);
    assert_int_equal(collect(f), 0);
    assert_false(on_disk(f, &info));
    change(f, PUT, &info, bytes, "case/1");
    assert_ok(read_back(f, info.sha256, &out), &f->err);
    assert_true(str_eq(out, bytes));
}

static void reference_taken_up_again_keeps_the_file(void **state)
{
    Fixture *f = *state;
    FileInfo info = stored(f, text_of(f, SMALL_SIZE, 1), "case/1");

    change(f, DROP, &info, STR_NONE, "case/1");
    change(f, ADD, &info, STR_NONE, "case/1");
    grow_old(f, &info);
    assert_int_equal(collect(f), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_of_every_size_come_back),
        TEST(nothing_of_a_file_is_readable_on_disk),
        TEST(same_content_is_stored_once_for_two_owners),
        TEST(owner_of_a_file_that_is_not_there_is_refused),
        TEST(sender_learns_why_a_file_is_refused),
        TEST(names_are_made_harmless),
        TEST(infected_file_is_refused_and_silence_of_the_scanner_too),
        TEST(damage_to_a_large_file_is_noticed),
        TEST(every_damaged_file_is_named),
        TEST(only_files_that_nobody_refers_to_are_collected),
        TEST(file_waits_for_the_effects_of_its_former_owner),
        TEST(upload_that_is_not_referred_to_yet_survives_the_collection),
        TEST(reference_taken_up_again_keeps_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
