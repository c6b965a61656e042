/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus backup, restore, verify, tenant. */
#include "base/flags.h"
#include "core/backup/backup_internal.h"
#include "core/crypto.h"
#include "core/folder.h"

#include <stdio.h>

static int fail(const char *command, const Err *err, Arena *arena)
{
    fprintf(stderr, "rathaus %s: %s\n", command, err_text(err, arena));
    arena_destroy(arena);
    return 1;
}

static int done(Arena *arena, int status)
{
    arena_destroy(arena);
    return status;
}

/* --- Backup --------------------------------------------------------------- */

static const char BACKUP_HELP[] =
    "Usage: rathaus backup --data DIR --out FILE.tar [--tenant NAME] [--with-keys]\n"
    "\n"
    "Write a backup while the town hall goes on serving: the database as of one moment, the\n"
    "files it refers to, the settings, and a manifest with the hashes of all. FILE.tar appears\n"
    "only when it is complete and on disk, and only after the copy has stood what verify checks\n"
    "of a database; else an older file of this name stays.\n"
    "\n"
    "  --data DIR      the data folder\n"
    "  --out FILE.tar  where to; an older file of this name is replaced\n"
    "  --tenant NAME   only this tenant, default: all\n"
    "  --with-keys     with the tenants' keys. Then whoever has the backup can read everything:\n"
    "                  keep it like the keys themselves. Without them the uploaded files can\n"
    "                  only be read again where DIR/keys is, or a copy of it\n"
    "  --help          this text\n"
    "\n"
    "Exit status: 0 complete, 1 not made, or made while files were missing already, 2 called\n"
    "wrongly.\n";

int backup_command(int argc, char **argv)
{
    BackupOptions options = {0};
    const Flag flags[] = {{"--data", .text = &options.data_dir, .needed = "DIR"},
                          {"--out", .text = &options.out, .needed = "FILE.tar"},
                          {"--tenant", .text = &options.tenant},
                          {"--with-keys", .set = &options.with_keys},
                          {0}};
    BackupReport report;
    Err err = {0};
    int status = flags_read("backup", BACKUP_HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    crypto_start();
    Arena *arena = arena_create(0);
    if (!backup_make(&options, arena, &report, &err))
        return fail("backup", &err, arena);
    printf("%s: %s, %s, %.1f MB\n", options.out,
           counted(arena, (int64_t)report.tenants, "tenant", "tenants"),
           counted(arena, (int64_t)report.files, "file", "files"), (double)report.bytes / 1e6);
    if (!options.with_keys)
        printf("Without keys: restored elsewhere, its uploaded files and secrets cannot be read. "
               "Keep a copy of %s/keys in another safe place.\n",
               options.data_dir);
    if (str_empty(report.missing))
        return done(arena, 0);
    fprintf(
        stderr,
        "rathaus backup: these files are referred to but missing, so the backup is without them "
        "(`rathaus verify` tells more):\n%.*s",
        STR_ARG(report.missing));
    return done(arena, 1);
}

/* --- Restore -------------------------------------------------------------- */

static const char RESTORE_HELP[] =
    "Usage: rathaus restore --data DIR --in FILE.tar [--tenant NAME] [--as NAME] [--force]\n"
    "\n"
    "Put tenants back from a backup. Every byte is checked against the manifest first, and the\n"
    "manifest against the tenant's key where it is known; then the database is verified beside,\n"
    "and only then it takes its place. The server must be stopped meanwhile.\n"
    "\n"
    "  --data DIR     the data folder; made when missing\n"
    "  --in FILE.tar  the backup; also .tar.gz, .tar.xz, .tar.zst\n"
    "  --tenant NAME  only this tenant of the backup, default: all\n"
    "  --as NAME      under another name, e.g. to look at yesterday beside today\n"
    "  --force        replace a tenant that exists: what was recorded since the backup is lost\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 restored, 1 not, or not all tenants, 2 called wrongly.\n";

int restore_command(int argc, char **argv)
{
    RestoreOptions options = {0};
    const Flag flags[] = {{"--data", .text = &options.data_dir, .needed = "DIR"},
                          {"--in", .text = &options.in, .needed = "FILE.tar"},
                          {"--tenant", .text = &options.tenant},
                          {"--as", .text = &options.as},
                          {"--force", .set = &options.force},
                          {0}};
    RestoreReport report;
    Err err = {0};
    int status = flags_read("restore", RESTORE_HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    if (options.as && !tenant_name_check(str_c(options.as), &err))
        return flags_refuse("restore", "%s", err.message);
    crypto_start();
    Arena *arena = arena_create(0);
    bool ok = restore_make(&options, arena, &report, &err);
    fwrite(report.notes.ptr ? report.notes.ptr : "", 1, report.notes.len, stdout);
    if (!ok && report.tenants > 0)
        fprintf(stderr, "rathaus restore: %zu of the tenants were restored before this:\n",
                report.tenants);
    if (!ok)
        return fail("restore", &err, arena);
    printf("Restored %s with %s as of %.*s.\n",
           counted(arena, (int64_t)report.tenants, "tenant", "tenants"),
           counted(arena, (int64_t)report.files, "file", "files"),
           STR_ARG(timestamp_iso(arena, report.created)));
    return done(arena, 0);
}

/* --- Verify --------------------------------------------------------------- */

static const char VERIFY_HELP[] =
    "Usage: rathaus verify --data DIR [--tenant NAME] [--json]\n"
    "\n"
    "Check, also while serving, that everything is there and as it was written. Changes nothing.\n"
    "\n"
    "  settings      tenant.yaml can be read\n"
    "  key           it belongs to this database\n"
    "  database      it is there, not newer than this program, and its inner order is whole\n"
    "  foreign keys  no row points to nothing\n"
    "  events        the chain of hashes, from the first event to the last\n"
    "  ledger        each booking has lines and they add up to zero\n"
    "  charges       what each one owes and has been paid, against its lines in the ledger\n"
    "  bank          the bank's items against the bank account, open ones against suspense\n"
    "  case states   where each case stands, and that it is there, against the chain of events\n"
    "  register counts  the kept numbers of a register's statistics, counted anew\n"
    "  files         every uploaded file against its hash\n"
    "\n"
    "Not covered: a word in a row that no chain, sum or reference reaches (a name, a due date), "
    "and\n"
    "events cut off at the end, which only show against a backup's manifest.\n"
    "\n"
    "  --data DIR     the data folder\n"
    "  --tenant NAME  only this tenant, default: all\n"
    "  --json         for machines\n"
    "  --help         this text\n"
    "\n"
    "Every problem is counted and the first 100 of a check are named.\n"
    "\n"
    "Exit status: 0 all is well, 1 something is not, or there is no such tenant, 2 called "
    "wrongly.\n";

static void print_check(const Check *check)
{
    int64_t named = 0;

    printf("  %-12s %s (%lld)\n", check->name, check->ok ? "ok" : "PROBLEM",
           (long long)check->count);
    Str rest = check->problems;
    while (!str_empty(rest)) {
        Str line = str_cut(&rest, '\n');
        printf("    %.*s\n", STR_ARG(line));
        named++;
    }
    if (check->problem_count > named)
        printf("    and %lld more\n", (long long)(check->problem_count - named));
}

static int64_t problems_of(const VerifyReport *report)
{
    int64_t count = 0;

    for (size_t i = 0; i < report->check_count; i++)
        count += report->checks[i].problem_count;
    return count;
}

static void print_report(const VerifyReport *report, Arena *arena)
{
    int64_t problems = problems_of(report);

    printf("%.*s: %s\n", STR_ARG(report->tenant),
           report->ok ? "all is well" : "there are problems");
    for (size_t i = 0; i < report->check_count; i++)
        print_check(&report->checks[i]);
    if (problems)
        printf("%.*s: %s\n", STR_ARG(report->tenant),
               counted(arena, problems, "problem", "problems"));
}

static Node *report_node(const VerifyReport *report, Arena *arena)
{
    Node *node = node_map(arena);
    Node *checks = node_list(arena);

    for (size_t i = 0; i < report->check_count; i++) {
        const Check *check = &report->checks[i];
        Node *item = node_map(arena);
        Node *problems = node_list(arena);
        Str rest = check->problems;
        while (!str_empty(rest))
            node_append(arena, problems, node_string(arena, str_cut(&rest, '\n')));
        node_set(arena, item, STR("name"), node_string(arena, str_c(check->name)));
        node_set(arena, item, STR("ok"), node_bool(arena, check->ok));
        node_set(arena, item, STR("count"), node_int(arena, check->count));
        node_set(arena, item, STR("problemCount"), node_int(arena, check->problem_count));
        node_set(arena, item, STR("problems"), problems);
        node_append(arena, checks, item);
    }
    node_set(arena, node, STR("tenant"), node_string(arena, report->tenant));
    node_set(arena, node, STR("ok"), node_bool(arena, report->ok));
    node_set(arena, node, STR("checks"), checks);
    return node;
}

static void print_json(const VerifyReport *reports, size_t count, bool ok, Arena *arena)
{
    Node *root = node_map(arena);
    Node *tenants = node_list(arena);
    Buf text = buf_in(arena);

    for (size_t i = 0; i < count; i++)
        node_append(arena, tenants, report_node(&reports[i], arena));
    node_set(arena, root, STR("ok"), node_bool(arena, ok));
    node_set(arena, root, STR("tenants"), tenants);
    node_write_json_pretty(root, &text);
    printf("%.*s\n", STR_ARG(buf_str(&text)));
}

int verify_command(int argc, char **argv)
{
    const char *data = NULL, *tenant = NULL;
    bool json = false, all_ok = true;
    const Flag flags[] = {{"--data", .text = &data, .needed = "DIR"},
                          {"--tenant", .text = &tenant},
                          {"--json", .set = &json},
                          {0}};
    Err err = {0};
    Str *names;
    size_t count;
    DataLock lock;
    int status = flags_read("verify", VERIFY_HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    crypto_start();
    Arena *arena = arena_create(0);
    if (!tenants_chosen(data, tenant, arena, &names, &count, &err) ||
        !data_lock(data, DATA_BESIDE, &lock, &err))
        return fail("verify", &err, arena);
    VerifyReport *reports = arena_array(arena, VerifyReport, count);
    for (size_t i = 0; i < count; i++) {
        verify_tenant(data, names[i], arena, &reports[i]);
        all_ok = all_ok && reports[i].ok;
        if (!json)
            print_report(&reports[i], arena);
    }
    if (json)
        print_json(reports, count, all_ok, arena);
    data_unlock(&lock);
    return done(arena, all_ok ? 0 : 1);
}
