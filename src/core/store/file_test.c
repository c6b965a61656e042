/* SPDX-License-Identifier: EUPL-1.2 */
/* Files are stored, come back whole or are refused. */
#include "core/store/file_fixture.h"

#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

static void files_of_every_size_come_back(void **state)
{
    static const size_t sizes[] = {1,      15,     65535,  65536,  65537,  131072,
                                   262143, 262144, 262145, 327680, 393216, 1000000};
    TestTown *town = *state;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Str bytes = text_of(town, sizes[i], (int)i), back;
        FileInfo info = stored(town, bytes, "case/1");
        assert_ok(read_back(town, info.sha256, &back), &town->err);
        assert_true(str_eq(bytes, back));
        assert_int_equal(on_disk(town, &info), sizes[i] > 262144);
    }
}

static bool contains(TestTown *town, const char *path, const char *needle)
{
    Str bytes;

    assert_ok(folder_read_file(path, 100000000, town->arena, &bytes, &town->err), &town->err);
    return str_find(bytes, str_c(needle)) >= 0;
}

static void nothing_of_a_file_is_readable_on_disk(void **state)
{
    TestTown *town = *state;
    Str secret = STR("Die geheime Adresse lautet Nirgendweg 7.");
    Buf big = buf_in(town->arena);

    while (big.len < BIG_SIZE)
        buf_add(&big, secret);
    stored(town, secret, "case/1");
    FileInfo info = stored(town, buf_str(&big), "case/1");
    assert_false(
        contains(town, file_disk_path(town->tenant, str_c(info.sha256), town->arena), "Nirgend"));
    test_town_stop(town);
    const char *db =
        arena_printf(town->arena, "%s/data/tenants/musterstadt/tenant.db", town->folder);
    assert_true(contains(town, db, "case/1"));
    assert_false(contains(town, db, "Nirgend"));
    test_town_start(town, ENGINES, 1);
}

static void same_content_is_stored_once_for_two_owners(void **state)
{
    TestTown *town = *state;
    Str bytes = text_of(town, SMALL_SIZE, 1);
    FileInfo first = stored(town, bytes, "case/1");
    FileInfo second = stored(town, bytes, "case/2");
    FileInfo *files;
    size_t count;
    int64_t rows = 0;

    assert_string_equal(first.sha256, second.sha256);
    Tx *tx = db_read(town->tenant->db, &town->err);
    assert_true(tx_query_int(tx, &town->err, &rows, "SELECT count(*) FROM file"));
    assert_ok(file_list(tx, STR("case/2"), town->arena, &files, &count, &town->err), &town->err);
    tx_end(tx);
    assert_int_equal(rows, 1);
    assert_int_equal(count, 1);
    assert_str(files[0].name, "x.txt");
    assert_int_equal(files[0].size, SMALL_SIZE);
}

static void owner_of_a_file_that_is_not_there_is_refused(void **state)
{
    TestTown *town = *state;
    Put put = {.town = town, .owner = STR("case/1"), .what = ADD};

    memset(put.info.sha256, 'a', 64);
    assert_false(db_write(town->tenant->db, do_put, &put, &town->err));
    assert_int_equal(town->err.kind, ERR_NOT_FOUND);
    Str out;
    assert_false(read_back(town, put.info.sha256, &out));
    assert_int_equal(town->err.kind, ERR_NOT_FOUND);
}

static void sender_learns_it_in_their_language(void **state)
{
    static const char *const pdf_only[] = {"application/pdf", NULL};
    TestTown *town = *state;
    FileRules small = {.types = pdf_only, .max_size = 10000, .lang = STR("en")};
    FileRules any = {.lang = STR("en")};

    assert_true(refused(town, STR(""), "a.pdf", &any, "“a.pdf” is empty"));
    assert_true(refused(town, text_of(town, 10001, 1), "a.pdf", &small, "At most 10 kB"));
    assert_true(refused(town, text_of(town, 20000001, 1), "a.pdf", &any, "At most 20 MB"));
    assert_true(refused(town, STR("#!/bin/sh\necho\n"), "a.pdf", &small, "not accepted here"));
    assert_true(refused(town, STR("PK\5\6 this is no archive and never was one"), "a.zip", &any,
                        "„a.zip“: The archive or document is damaged"));
}

static void sender_learns_why_a_file_is_refused(void **state)
{
    static const char *const pdf_only[] = {"application/pdf", "image/", NULL};
    TestTown *town = *state;
    FileRules rules = {.types = pdf_only, .max_size = 10000};
    FileInfo info;

    assert_true(refused(town, STR(""), "leer.pdf", NULL, "„leer.pdf“ ist leer"));
    assert_true(refused(town, text_of(town, 10001, 1), "a.pdf", &rules, "höchstens 10 kB"));
    assert_true(refused(town, text_of(town, 20000001, 1), "a.pdf", NULL, "höchstens 20 MB"));
    /* By content, whatever the name says. */
    assert_true(refused(town, STR("#!/bin/sh\necho hello\n"), "a.pdf", &rules, "Format"));
    assert_true(refused(town, STR("PK\5\6 this is no archive and never was one"), "a.zip", NULL,
                        "beschädigt"));
    assert_ok(file_prepare(town->tenant, STR("%PDF-1.7\n%%EOF\n"), STR("C:\\Akten\\a.txt"), &rules,
                           town->arena, &info, &town->err),
              &town->err);
    assert_str(info.type, "application/pdf");
    assert_str(info.name, "a.txt");
    Str png = STR("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0");
    assert_ok(file_prepare(town->tenant, png, STR("a.png"), &rules, town->arena, &info, &town->err),
              &town->err);
    assert_str(info.type, "image/png");
    Str table = STR("Name;Chip\nRex;276\n");
    assert_ok(file_prepare(town->tenant, table, STR("a.CSV"), NULL, town->arena, &info, &town->err),
              &town->err);
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
    TestTown *town = *state;
    FileInfo info;
    char long_name[1000];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_ok(file_prepare(town->tenant, STR("x"), str_c(names[i][0]), NULL, town->arena, &info,
                               &town->err),
                  &town->err);
        assert_str(info.name, names[i][1]);
    }
    memset(long_name, 'a', sizeof long_name);
    assert_ok(file_prepare(town->tenant, STR("x"), (Str){long_name, sizeof long_name}, NULL,
                           town->arena, &info, &town->err),
              &town->err);
    assert_true(info.name.len <= 200);
}

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
    TestTown *town = *state;
    Str bytes = text_of(town, BIG_SIZE, 1), out;
    FileInfo info = stored(town, bytes, "case/1");
    const char *path = file_disk_path(town->tenant, str_c(info.sha256), town->arena);
    int64_t checked;

    assert_ok(file_audit(town->tenant, &checked, &town->err), &town->err);
    assert_int_equal(checked, 1);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        flip_byte(path, places[i]);
        assert_false(read_back(town, info.sha256, &out));
        assert_false(file_audit(town->tenant, &checked, &town->err));
        flip_byte(path, places[i]);
        assert_ok(read_back(town, info.sha256, &out), &town->err);
    }
    assert_int_equal(truncate(path, 300000), 0);
    assert_false(read_back(town, info.sha256, &out));
    /* The same upload again heals it. */
    prepared(town, bytes);
    assert_ok(read_back(town, info.sha256, &out), &town->err);
    unlink(path);
    assert_false(file_audit(town->tenant, &checked, &town->err));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

static void count_damage(void *context, Str sha256, const Err *why)
{
    (void)sha256;
    assert(why->kind != ERR_NONE);
    ++*(int *)context;
}

static void every_damaged_file_is_named(void **state)
{
    TestTown *town = *state;
    int64_t checked;
    int damaged = 0;

    for (int i = 0; i < 250; i++)
        stored(town, text_of(town, 100, i), "case/1");
    sql(town, "UPDATE file SET bytes = zeroblob(140) WHERE rowid % 100 = 7");
    assert_false(file_audit_each(town->tenant, count_damage, &damaged, &checked, &town->err));
    assert_int_equal(checked, 250);
    assert_int_equal(damaged, 3);
    assert_non_null(strstr(town->err.message, "3 of 250"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_of_every_size_come_back),
        TEST(nothing_of_a_file_is_readable_on_disk),
        TEST(same_content_is_stored_once_for_two_owners),
        TEST(owner_of_a_file_that_is_not_there_is_refused),
        TEST(sender_learns_why_a_file_is_refused),
        TEST(sender_learns_it_in_their_language),
        TEST(names_are_made_harmless),
        TEST(damage_to_a_large_file_is_noticed),
        TEST(every_damaged_file_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
