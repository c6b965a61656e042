/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the registers: rows of register_entry, and statements made at run time. */
#pragma once

#include "cases/register.h"
#include "core/engine.h"

#include <assert.h>

#define ENTRY_COLUMNS                                                               \
    "e.row_id, e.entry_id, e.title, e.begins, e.valid_from, e.valid_to, e.reason, " \
    "e.recorded_at, e.superseded_at, e.case_id, e.actor, e.data, e.act_id"
enum { ENTRY_COLUMN_COUNT = 13 };

/* Without data when that cannot be read; then err is set. */
RegisterEntry entry_from_row(Rows *rows, Arena *arena, Err *err);
/* All rows of a query; `rows` may be NULL (then false). */
bool entries_read(Rows *rows, Arena *arena, RegisterEntry **out, size_t *count, Err *err);
/* A ProofCheck: every day that is stored is one. */
bool register_days_check(Tx *tx, const ProofReport *report, int64_t *count, Err *err);
/* Write what a row is found by. */
bool entry_write_keys(Tx *tx, const RegisterSpec *spec, int64_t row, const Node *data, Arena *arena,
                      Err *err);

typedef struct Query {
    Buf sql;
    Param params[96];
    size_t count;
} Query;

static inline void query_add(Query *query, const char *sql)
{
    buf_add_c(&query->sql, sql);
}

static inline void query_param(Query *query, Param param)
{
    assert(query->count < sizeof query->params / sizeof *query->params);
    query->params[query->count++] = param;
    buf_addf(&query->sql, "$%d", (int)query->count);
}
