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
