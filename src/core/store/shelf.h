/* SPDX-License-Identifier: EUPL-1.2 */
/* The shelf: what was worked out from a database, kept in memory until something that it was read
 * from changes (DbReading), for a minute at most. One bound for the whole program: the value unused
 * for the longest time goes first. Nothing depends on a value being kept. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "core/store/db.h"

enum {
    SHELF_BYTES = 32 * 1024 * 1024,
    SHELF_MS = 60 * 1000, /* for what depends on the hour and not on the database */
};

typedef struct Shelved Shelved; /* one value, held by its users */

/* The value under this key if it still holds, or NULL. The key says all that the value depends on
 * beside the database: whose rights, which day, which language. Give it back with
 * shelved_release().
 */
Shelved *shelf_find(Tx *tx, Str key, Timestamp now);
/* Keep `value`, which lies in `arena` and points to nothing outside; the arena is the shelf's from
 * now on. `reading`: what it was worked out from. Held by the caller. */
Shelved *shelf_put(const Db *db, Str key, const DbReading *reading, Arena *arena, const void *value,
                   Timestamp now);
const void *shelved_value(const Shelved *kept);
/* NULL is accepted. */
void shelved_release(Shelved *kept);

/* Drop what was worked out from this database; it is about to close. */
void shelf_forget(const Db *db);
typedef struct ShelfStats {
    size_t values, bytes;
    uint64_t found, missed;
} ShelfStats;
ShelfStats shelf_stats(void);
