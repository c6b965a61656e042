/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus verify` proves that every closing is as it was made and none is missing. */
#include "pay/closing_internal.h"

static bool readable(Rows *rows, int column)
{
    const int64_t first = date_to_days((Date){1, 1, 1}), last = date_to_days((Date){9999, 12, 31});
    int64_t days;

    return str_to_i64(row_text(rows, column), &days) && days >= first && days <= last;
}

typedef struct Proving {
    const ProofReport *report;
    Arena *arena; /* of one closing */
    Str previous; /* hash of the closing before */
    Date first;   /* that the next one must have; absent: any */
} Proving;

static void tell(const Proving *proving, const Closing *closing, const char *what)
{
    proof_tell(proving->report, proving->arena, "closing %lld (%04d-%02d-%02d) %s",
               (long long)closing->id, closing->day.year, closing->day.month, closing->day.day,
               what);
}

/* What is wrong with one closing; the others are looked at all the same. */
static bool prove(Tx *tx, const Proving *proving, const Closing *closing, Str data, Err *err)
{
    Arena *arena = proving->arena;
    Str hash;
    Closing now = {.first = closing->first, .day = closing->day};

    if (!str_eq(closing->previous, proving->previous))
        tell(proving, closing, "does not follow the one before it");
    if (!date_absent(proving->first) && date_compare(closing->first, proving->first) != 0)
        tell(proving, closing, "leaves days out");
    if (!closing_load_sums(tx, arena, &now, err) ||
        !closing_hash(tx, closing, data, arena, &hash, err))
        return false;
    if (now.bookings != closing->bookings)
        tell(proving, closing,
             arena_printf(arena, "has %lld bookings, its days have %lld",
                          (long long)closing->bookings, (long long)now.bookings));
    else if (!str_eq(hash, closing->hash))
        tell(proving, closing,
             "is not as it was made: its bookings or sums are not those that "
             "were closed");
    return true;
}

static bool prove_row(Tx *tx, Rows *rows, Proving *proving, Arena *arena, Err *err)
{
    if (!readable(rows, 1) || !readable(rows, 2)) {
        proof_tell(proving->report, proving->arena, "closing %lld: its days cannot be read",
                   (long long)row_int(rows, 0));
        proving->previous = row_text(rows, 6);
        proving->first = (Date){0};
        return true;
    }
    Str data;
    Closing closing = closing_from_row(rows, arena, &data);
    bool ok = prove(tx, proving, &closing, data, err);

    proving->previous = closing.hash;
    proving->first = date_add_days(closing.day, 1);
    return ok;
}

/* An older booking cannot have slipped in before the first closing. */
static bool prove_before(Tx *tx, const Proving *proving, Err *err)
{
    int64_t stray = 0;

    if (!tx_query_int(tx, err, &stray,
                      "SELECT COUNT(*) FROM ledger_booking WHERE day < "
                      "(SELECT MIN(first_day) FROM day_closing)"))
        return false;
    if (stray)
        proof_tell(proving->report, proving->arena, "%lld bookings lie before the first closing",
                   (long long)stray);
    return true;
}

/* The chain of events tells of each closing: the last one cannot be taken away unnoticed. */
static bool prove_told(Tx *tx, const Proving *proving, int64_t count, Err *err)
{
    int64_t told = 0;

    if (!tx_query_int(tx, err, &told, "SELECT COUNT(*) FROM event WHERE type = 'ledger.closed'"))
        return false;
    if (told != count)
        proof_tell(proving->report, proving->arena,
                   "there are %lld closings, the events tell of %lld", (long long)count,
                   (long long)told);
    return true;
}

bool closing_verify(Tx *tx, const ProofReport *report, int64_t *count, Err *err)
{
    Arena *arena = arena_create(0);
    Proving proving = {.report = report, .arena = arena_create(0), .previous = STR("")};
    Rows *rows =
        tx_query(tx, arena, err, "SELECT " CLOSING_COLUMNS " FROM day_closing ORDER BY day");
    bool ok = rows != NULL;

    *count = 0;
    err_clear(err);
    while (ok && rows_next(rows, err)) {
        arena_reset(proving.arena);
        ok = prove_row(tx, rows, &proving, arena, err);
        (*count)++;
    }
    ok = ok && err->kind == ERR_NONE;
    if (rows && !ok)
        rows_end(rows);
    ok = ok && prove_before(tx, &proving, err) && prove_told(tx, &proving, *count, err);
    arena_destroy(proving.arena);
    arena_destroy(arena);
    return ok;
}
