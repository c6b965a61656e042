/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/slow.h"

#include "core/store/rows.h"

static size_t place_of(const SlowOnes *ones, uint64_t hash)
{
    size_t at = 0;

    while (at < SLOW_KNOWN && ones->hashes[at] != hash)
        at++;
    return at;
}

bool slow_is(const SlowOnes *ones, Str subject)
{
    return !str_empty(subject) && place_of(ones, str_hash(subject)) < SLOW_KNOWN;
}

bool slow_note(SlowOnes *ones, Str subject, int64_t ms)
{
    uint64_t hash = str_hash(subject);
    size_t at = place_of(ones, hash);

    if ((at < SLOW_KNOWN) == (ms >= SLOW_MS))
        return false;
    if (at < SLOW_KNOWN)
        ones->hashes[at] = 0;
    else
        ones->hashes[ones->next++ % SLOW_KNOWN] = hash;
    return true;
}

/* --- Kept --------------------------------------------------------------------------------- */

typedef struct Keeping {
    Str subject;
    bool slow;
} Keeping;

static bool keep(Tx *tx, void *context, Err *err)
{
    const Keeping *keeping = context;

    if (!keeping->slow)
        return tx_exec(tx, err, "DELETE FROM effect_slow WHERE subject = $1",
                       P_TEXT(keeping->subject));
    return tx_exec(tx, err,
                   "INSERT INTO effect_slow (subject, at) VALUES ($1, $2) ON CONFLICT (subject) DO "
                   "UPDATE SET at = excluded.at",
                   P_TEXT(keeping->subject), P_INT(tx_now(tx))) &&
           tx_exec(tx, err,
                   "DELETE FROM effect_slow WHERE subject NOT IN (SELECT subject FROM effect_slow "
                   "ORDER BY at DESC, subject LIMIT $1)",
                   P_INT(SLOW_KNOWN));
}

bool slow_keep(Tenant *tenant, Str subject, bool slow, Err *err)
{
    Keeping keeping = {subject, slow};

    return db_write(tenant->db, keep, &keeping, err);
}

bool slow_load(Tenant *tenant, Arena *arena, Str **subjects, size_t *count, Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    Rows *rows = tx_query(tx, arena, err, "SELECT subject FROM effect_slow ORDER BY at");
    bool ok = ROWS_LIST(rows, arena, subjects, count, err, row_text(rows, 0));

    tx_end(tx);
    return ok;
}
