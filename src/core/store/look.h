/* SPDX-License-Identifier: EUPL-1.2 */
/* Looks: who has seen whose data. A page may be sent only when the look at it is on disk, and pages
 * are sent far more often than anything is written. A commit for each would cost more than the page
 * and empty the page caches of all readers. So a look is first written into a small file beside the
 * database, of fixed size and in place (looks that wait at the same time share one sync); the next
 * write of the tenant, whatever it is, takes them into the table that they belong to. */
#pragma once

#include "core/store/db.h"

enum { LOOK_PURPOSE_MAX = 71 }; /* bytes; longer ones go straight into the table */

typedef struct Look {
    Timestamp at;
    int64_t who, what, whose; /* account, thing looked at, person whose data it is (0: nobody's) */
    Str purpose;
} Look;

/* Durable when it returns true; `at` is set here. ERR_TEMPORARY when it cannot be written anywhere:
 * then nothing may be shown. Not from inside a write. */
bool db_look(Db *db, const Look *look, Err *err);

/* Looks at `what` that are durable and that the table, as `tx` sees it, does not hold yet; oldest
 * first. A reader of the table adds them; a write need not, it finds all of them in the table. */
bool tx_looks(Tx *tx, int64_t what, Arena *arena, Look **out, size_t *count, Err *err);

/* Up to which look the table holds them. */
extern const Migration LOOK_MIGRATIONS[];
