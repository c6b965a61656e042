/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what making a collection and bringing it up to date share. */
#pragma once

#include "pay/collection.h"

/* Add a direct debit; sums and file of the collection are the caller's. */
bool collection_add_one(Tx *tx, Tenant *tenant, int64_t id, const SepaOrder *order,
                        const CollectChoice *choice, Arena *arena, Err *err);
bool collection_event(Tx *tx, const char *type, int64_t id, Str actor, Err *err);
/* Tell the payer of a direct debit of this collection, by e-mail or letter, unless that was done
 * (collection_notice.c). */
bool collection_announce(Tx *tx, Tenant *tenant, int64_t id, const CollectChoice *choice,
                         Date collect_on, Arena *arena, Err *err);

/* SQL: what became of the last direct debit of a part: "running", "credited", "returned", "within"
 * (it runs in the collection that is brought up to date); NULL: there was none that counts. */
#define COLLECT_LAST_TRY(charge, part, within)                                                    \
    "(SELECT CASE WHEN i.status = 'running' AND i.collection_id = " within " THEN 'within' ELSE " \
    "i.status END FROM collection_item i WHERE i.charge_id = " charge " AND i.part = " part       \
    " AND i.status <> 'withdrawn' ORDER BY i.id DESC LIMIT 1)"

typedef struct PartName {
    int64_t charge_id; /* 0: none */
    int part;
} PartName;

/* --- collect_plan.c --- */

/* For which part of its payer a mandate for one collection is that nothing has used yet: of what
 * is open and can be collected, the first of the charge that was assessed first. What is told of a
 * part, and what is collected, is the same therefore, in whatever order things fall due. */
bool collect_one_off_part(Tx *tx, const Mandate *mandate, const SepaOrder *order, Arena *arena,
                          PartName *out, Err *err);
