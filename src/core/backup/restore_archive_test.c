/* SPDX-License-Identifier: EUPL-1.2 */
/* An archive that somebody has touched is not restored. */
#include "core/backup/backup_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

static void damaged_archive_touches_nothing(void **state)
{
    Fixture *f = *state;
    Str archive;

    back_up(f, true);
    close_app(f);
    assert_ok(folder_read_file(f->archive, 100000000, f->arena, &archive, &f->err), &f->err);
    for (size_t at = 600; at < archive.len; at += archive.len / 40) {
        char turned = (char)(archive.ptr[at] ^ 0x20);
        overwrite(f->archive, &turned, 1, (off_t)at);
        bool restored = restore(f, f->other, NULL, false);
        /* A byte of padding between entries, or of a time, may change nothing. */
        if (restored) {
            assert_well(f, f->other, "stadt", 3);
            assert_ok(folder_remove(f->other, &f->err), &f->err);
        } else {
            assert_int_equal(f->err.kind, ERR_INPUT);
        }
        assert_false(folder_exists(arena_printf(f->arena, "%s/tenants/stadt", f->other)));
        overwrite(f->archive, &archive.ptr[at], 1, (off_t)at);
    }
    for (size_t size = 0; size < archive.len - 20000; size += archive.len / 15) {
        assert_ok(folder_write_file(f->archive, str_slice(archive, 0, size), 0600, &f->err),
                  &f->err);
        assert_false(restore(f, f->data, NULL, true));
    }
    assert_well(f, f->data, "stadt", 3);
}

/* Replace a text of equal length everywhere in the archive. */
static bool replace_in_archive(Fixture *f, const char *from, const char *to)
{
    Str archive;
    bool found = false;

    assert_int_equal(strlen(from), strlen(to));
    assert_ok(folder_read_file(f->archive, 100000000, f->arena, &archive, &f->err), &f->err);
    for (size_t at = 0; at + strlen(from) <= archive.len; at++)
        if (memcmp(archive.ptr + at, from, strlen(from)) == 0) {
            overwrite(f->archive, to, strlen(to), (off_t)at);
            found = true;
        }
    return found;
}

static void changed_byte_in_an_entry_is_named(void **state)
{
    Fixture *f = *state;

    back_up(f, true);
    assert_true(replace_in_archive(f, "title: Stadt", "title: Staat"));
    assert_false(restore(f, f->other, NULL, false));
    assert_non_null(strstr(f->err.message, "tenants/stadt/tenant.yaml\" does not match"));
}

static void forged_manifest_does_not_fit_the_key(void **state)
{
    Fixture *f = *state;
    Str before = crypto_sha256_hex(f->arena, STR("title: Stadt\n"));
    Str after = crypto_sha256_hex(f->arena, STR("title: Staat\n"));

    back_up(f, false);
    close_app(f);
    assert_true(replace_in_archive(f, "title: Stadt", "title: Staat"));
    assert_true(replace_in_archive(f, before.ptr, after.ptr));
    assert_false(restore(f, f->data, NULL, true));
    assert_non_null(strstr(f->err.message, "seal"));
    assert_well(f, f->data, "stadt", 3);
}

static void names_that_lead_outside_are_refused(void **state)
{
    static const char *const names[] = {
        "tenants/stadt/../../evil",
        "/etc/cron.d/evil",
        "tenants/stadt/./a",
        "tenants/Stadt/a",
        "tenants/stadt",
        "keys/a/b.key",
        "keys/../x.key",
        "tenants/stadt//a",
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_null(manifest_tenant_of(str_c(names[i])).ptr);
    assert_str(manifest_tenant_of(STR("tenants/stadt/a..b/c")), "stadt");
    assert_str(manifest_tenant_of(STR("keys/stadt.key")), "stadt");
}

static void other_tars_are_told_apart(void **state)
{
    Fixture *f = *state;
    TarFile entry;
    TarWriter *tar = tar_create(f->archive, &f->err);

    assert_ok(tar_add_bytes(tar, STR("tenants/stadt/tenant.yaml"), STR("title: Stadt\n"), f->arena,
                            &entry, &f->err),
              &f->err);
    assert_ok(tar_finish(tar, &f->err), &f->err);
    assert_false(restore(f, f->other, NULL, false));
    assert_non_null(strstr(f->err.message, "no backup of rathaus"));
    assert_ok(folder_write_file(f->archive, STR("not a tar at all"), 0600, &f->err), &f->err);
    assert_false(restore(f, f->other, NULL, false));
}

static void run_gzip(const char *path)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        execlp("gzip", "gzip", path, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void compressed_backup_is_read_too(void **state)
{
    Fixture *f = *state;

    back_up(f, true);
    run_gzip(f->archive);
    f->archive = arena_printf(f->arena, "%s.gz", f->archive);
    assert_ok(restore(f, f->other, NULL, false), &f->err);
    assert_well(f, f->other, "stadt", 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(damaged_archive_touches_nothing),
        TEST(changed_byte_in_an_entry_is_named),
        TEST(forged_manifest_does_not_fit_the_key),
        TEST(names_that_lead_outside_are_refused),
        TEST(other_tars_are_told_apart),
        TEST(compressed_backup_is_read_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
