/* SPDX-License-Identifier: EUPL-1.2 */
/* Which account paid what: entries of a statement come from all over the country, so an index by
 * IBAN is touched on another page by each of them. It is therefore written behind the import, for
 * many entries at once and in its own order; until then what is new is found by its number. */
#include "pay/bank.h"

enum { STEP = 20000 }; /* items in one transaction */

typedef struct Listing {
    int64_t until; /* everything up to this item is listed */
    bool more;
} Listing;

bool bank_list_payer(Tx *tx, int64_t item_id, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO bank_payer (iban, item_id) SELECT iban, id FROM bank_item WHERE "
                   "id = $1 AND iban IS NOT NULL AND cents > 0 ON CONFLICT DO NOTHING",
                   P_INT(item_id));
}

static bool list_step(Tx *tx, void *context, Err *err)
{
    Listing *listing = context;
    int64_t last = 0;

    if (!tx_query_int(tx, err, &listing->until, "SELECT item_id FROM bank_payer_until") ||
        !tx_query_int(tx, err, &last, "SELECT MAX(id) FROM bank_item"))
        return false;
    int64_t end = last - listing->until > STEP ? listing->until + STEP : last;
    listing->more = end < last;
    return end <= listing->until ||
           (tx_exec(tx, err,
                    "INSERT INTO bank_payer (iban, item_id) SELECT iban, id FROM bank_item WHERE "
                    "id > $1 AND id <= $2 AND iban IS NOT NULL AND cents > 0 AND charge_id IS NOT "
                    "NULL ORDER BY iban, id ON CONFLICT DO NOTHING",
                    P_INT(listing->until), P_INT(end)) &&
            tx_exec(tx, err, "UPDATE bank_payer_until SET item_id = $1", P_INT(end)));
}

bool bank_list_payers(Tenant *tenant, Err *err)
{
    Listing listing = {.more = true};

    while (listing.more)
        if (!db_write(tenant->db, list_step, &listing, err))
            return false;
    return true;
}
