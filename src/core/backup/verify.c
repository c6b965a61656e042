/* SPDX-License-Identifier: EUPL-1.2 */
/* Is everything there and as it was written? Works beside a server and changes nothing. What
 * engines know about their own tables they prove themselves (Engine.proofs). */
#include "core/backup/backup_internal.h"
#include "core/crypto.h"
#include "core/folder.h"
#include "core/store/event.h"
#include "core/store/file.h"

#include <assert.h>

enum { PROBLEMS_SHOWN = 100 };

typedef struct Verify {
    Arena *arena;
    Tenant tenant;
    VerifyReport *report;
} Verify;

static Check *begin(Verify *verify, const char *name)
{
    assert(verify->report->check_count < CHECK_MAX);
    Check *check = &verify->report->checks[verify->report->check_count++];

    *check = (Check){.name = name, .ok = true, .problems = STR("")};
    return check;
}

static void problem(Verify *verify, Check *check, const char *text)
{
    check->ok = false;
    verify->report->ok = false;
    if (check->problem_count++ < PROBLEMS_SHOWN)
        check->problems = str_printf(verify->arena, "%.*s%s\n", STR_ARG(check->problems), text);
}

/* For who names problems without knowing of checks. */
typedef struct Telling {
    Verify *verify;
    Check *check;
} Telling;

static void tell(void *context, const char *text)
{
    Telling *telling = context;

    problem(telling->verify, telling->check, text);
}

/* --- Queries whose rows are problems -------------------------------------- */

/* Each row is one problem, told in its first column. */
static void rows_are_problems(Verify *verify, Check *check, Rows *rows, Err *err)
{
    if (rows)
        while (rows_next(rows, err)) {
            Str text = row_text(rows, 0);
            problem(verify, check, text.ptr ? text.ptr : "");
        }
    if (!rows || err->kind != ERR_NONE)
        problem(verify, check, err->message);
}

/* `sql` is a literal whose one number tells how much was looked at. */
static void count(Verify *verify, Check *check, Tx *tx, const char *sql)
{
    Err err = {0};

    if (!tx_query_int_params(tx, &err, &check->count, sql, NULL, 0))
        problem(verify, check, err.message);
}

static void check_integrity(Verify *verify, Tx *tx)
{
    Check *check = begin(verify, "database");
    Err err = {0};
    Rows *rows = tx_query(tx, verify->arena, &err,
                          "SELECT integrity_check FROM pragma_integrity_check "
                          "WHERE integrity_check <> 'ok'");

    rows_are_problems(verify, check, rows, &err);
    count(verify, check, tx, "SELECT page_count FROM pragma_page_count");
}

static void check_foreign_keys(Verify *verify, Tx *tx)
{
    Check *check = begin(verify, "foreign keys");
    Err err = {0};
    Rows *rows = tx_query(tx, verify->arena, &err,
                          "SELECT 'row ' || COALESCE(rowid, '?') || ' of ' || \"table\" || "
                          "' points to nothing in ' || \"parent\" FROM pragma_foreign_key_check");

    rows_are_problems(verify, check, rows, &err);
    count(verify, check, tx,
          "SELECT count(*) FROM sqlite_schema s, pragma_foreign_key_list(s.name) "
          "WHERE s.type = 'table'");
}

static void check_events(Verify *verify, Tx *tx)
{
    Err err = {0};
    bool there = false;

    if (!table_there(tx, "event", &there, &err) || !there)
        return;
    Check *check = begin(verify, "events");
    Telling telling = {verify, check};
    if (!event_verify_each(tx, tell, &telling, &check->count, &err))
        problem(verify, check, err.message);
}

static void check_proof(Verify *verify, Tx *tx, const Proof *proof)
{
    Err err = {0};
    bool there = false;

    if (!table_there(tx, proof->table, &there, &err) || !there)
        return;
    Check *check = begin(verify, proof->name);
    Rows *rows = tx_query_params(tx, verify->arena, &err, proof->problems, NULL, 0);
    rows_are_problems(verify, check, rows, &err);
    count(verify, check, tx, proof->count);
}

static void check_by_code(Verify *verify, Tx *tx, const ProofCheck *proof)
{
    Err err = {0};
    bool there = false;

    if (!table_there(tx, proof->table, &there, &err) || !there)
        return;
    Check *check = begin(verify, proof->name);
    Telling telling = {verify, check};
    if (!proof->check(tx, &(ProofReport){tell, &telling}, &check->count, &err))
        problem(verify, check, err.message);
}

/* All but the bytes of files, which take long and need the key. */
static void check_database(Verify *verify, Db *db)
{
    Err err = {0};
    Tx *tx = db_read(db, &err);
    size_t engine_count;
    const Engine *const *engines = engines_all(&engine_count);

    if (!tx) {
        problem(verify, begin(verify, "database"), err.message);
        return;
    }
    check_integrity(verify, tx);
    check_foreign_keys(verify, tx);
    check_events(verify, tx);
    for (size_t i = 0; i < engine_count; i++) {
        for (const Proof *proof = engines[i]->proofs; proof && proof->name; proof++)
            check_proof(verify, tx, proof);
        for (const ProofCheck *proof = engines[i]->checks; proof && proof->name; proof++)
            check_by_code(verify, tx, proof);
    }
    tx_end(tx);
}

bool verify_copy(Db *db, Arena *arena, Err *err)
{
    VerifyReport report = {.ok = true};
    Verify verify = {.arena = arena, .report = &report};

    check_database(&verify, db);
    for (size_t i = 0; i < report.check_count; i++) {
        Str rest = report.checks[i].problems;
        Str first = str_cut(&rest, '\n');
        if (!report.checks[i].ok)
            return err_set(err, ERR_CONFLICT, "the database is damaged (%s: %.*s)",
                           report.checks[i].name, STR_ARG(first));
    }
    return true;
}

/* --- Files ---------------------------------------------------------------- */

static void damaged(void *context, Str sha256, const Err *why)
{
    Telling *telling = context;

    problem(telling->verify, telling->check,
            arena_printf(telling->verify->arena, "%.*s: %s", STR_ARG(sha256), why->message));
}

static void check_files(Verify *verify, bool have_key)
{
    Err err = {0};
    bool there = false;
    Tx *tx = db_read(verify->tenant.db, &err);

    if (tx)
        table_there(tx, "file", &there, &err);
    tx_end(tx);
    if (!there)
        return;
    Check *check = begin(verify, "files");
    if (!have_key) {
        problem(verify, check, "not looked at, since the key is missing or another one");
        return;
    }
    Telling damage = {verify, check};
    if (!file_audit_each(&verify->tenant, damaged, &damage, &check->count, &err))
        problem(verify, check, err.message);
}

static bool check_key(Verify *verify, const char *data_dir)
{
    Check *check = begin(verify, "key");
    unsigned char master[32];
    Err err;

    check->count = 1;
    if (!tenant_key_read(data_dir, verify->tenant.name, master, &err) ||
        !tenant_key_check(verify->tenant.db, verify->tenant.name, master, false, &err)) {
        problem(verify, check, err.message);
        return false;
    }
    crypto_subkey(master, "file", verify->tenant.file_key);
    return true;
}

void verify_tenant(const char *data_dir, Str name, Arena *arena, VerifyReport *report)
{
    Verify verify = {.arena = arena, .report = report};
    Err err = {0};

    *report = (VerifyReport){.tenant = name, .ok = true};
    bool opened = tenant_view_open(data_dir, name, arena, &verify.tenant, &err);
    Check *settings = begin(&verify, "settings");
    settings->count = 1;
    if (!opened) {
        problem(&verify, verify.tenant.settings ? begin(&verify, "database") : settings,
                err_text(&err, arena));
        return;
    }
    bool have_key = check_key(&verify, data_dir);
    check_database(&verify, verify.tenant.db);
    check_files(&verify, have_key);
    db_close(verify.tenant.db);
}
