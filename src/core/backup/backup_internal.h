/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files behind the commands share. */
#pragma once

#include "core/app_internal.h"
#include "core/backup/manifest.h"

/* --- backup.c --- */
typedef struct BackupOptions {
    const char *data_dir, *out, *tenant; /* tenant NULL: all */
    bool with_keys;
} BackupOptions;
typedef struct BackupReport {
    size_t tenants, files;
    int64_t bytes;
    Str missing; /* lines: referenced files that are not there */
} BackupReport;
bool backup_make(const BackupOptions *options, Arena *arena, BackupReport *report, Err *err);

/* --- restore.c --- */
typedef struct RestoreOptions {
    const char *data_dir, *in, *tenant, *as;
    bool force;
} RestoreOptions;
typedef struct RestoreReport {
    size_t tenants, files;
    Timestamp created;
    Str notes; /* lines that the operator should read */
} RestoreReport;
bool restore_make(const RestoreOptions *options, Arena *arena, RestoreReport *report, Err *err);
/* First look at an archive: every entry against the manifest. Touches nothing. */
bool restore_check(const char *path, Arena *arena, Manifest *out, Err *err);

/* --- verify.c --- */
typedef struct Check {
    const char *name; /* "events" */
    bool ok;
    int64_t count; /* of what was looked at */
    Str problems;  /* lines; only the first are named */
    int64_t problem_count;
} Check;
enum { CHECK_MAX = 32 };
typedef struct VerifyReport {
    Str tenant;
    bool ok;
    Check checks[CHECK_MAX];
    size_t check_count;
} VerifyReport;
void verify_tenant(const char *data_dir, Str name, Arena *arena, VerifyReport *report);
/* The same for a copy of a database, without its key and its files; err tells the first problem. */
bool verify_copy(Db *db, Arena *arena, Err *err);

/* --- names.c --- */
/* The tenants of a data folder, or the one asked for; ERR_NOT_FOUND when there is none. */
bool tenants_chosen(const char *data_dir, const char *tenant, Arena *arena, Str **names,
                    size_t *count, Err *err);
/* Does the database have this table? */
bool table_there(Tx *tx, const char *table, bool *there, Err *err);
/* "3 files", "1 file" */
const char *counted(Arena *arena, int64_t count, const char *one, const char *many);
