/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/collection_store.h"

#include "base/vec.h"
#include "core/store/event.h"
#include "core/store/rows.h"
#include "pay/announcement.h"

#include <assert.h>

enum { BATCH_CHARGES = 1000, JOB_CHARGES = 500 };

/* --- Reading -----------------------------------------------------------------------------------
 */

#define COLUMNS                                                                               \
    "k.id, k.message_id, k.due_until, k.collect_on, k.status, k.count, k.cents, k.sha256, "   \
    "k.created_at, (SELECT COUNT(*) FROM collection_item i WHERE i.collection_id = k.id AND " \
    "i.status = 'running'), (SELECT COUNT(*) FROM collection_item i WHERE i.collection_id = " \
    "k.id AND i.status = 'credited'), (SELECT COUNT(*) FROM collection_item i WHERE "         \
    "i.collection_id = k.id AND i.status = 'returned'), k.sent_on, k.revision FROM collection k "

static Collection from_row(Rows *rows)
{
    Collection collection = {
        .id = row_int(rows, 0),
        .message_id = row_text(rows, 1),
        .status = row_text(rows, 4),
        .count = row_int(rows, 5),
        .cents = row_int(rows, 6),
        .sha256 = row_text(rows, 7),
        .created_at = row_int(rows, 8),
        .running = row_int(rows, 9),
        .credited = row_int(rows, 10),
        .returned = row_int(rows, 11),
        .revision = row_int(rows, 13),
    };

    date_parse_iso(row_text(rows, 2), &collection.due_until);
    date_parse_iso(row_text(rows, 3), &collection.collect_on);
    date_parse_iso(row_text(rows, 12), &collection.sent_on);
    return collection;
}

static bool all_of(Rows *rows, Arena *arena, Collection **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err, from_row(rows));
}

bool collections_list(Tx *tx, int64_t before, int limit, Arena *arena, Collection **out,
                      size_t *count, Err *err)
{
    return all_of(tx_query(tx, arena, err,
                           "SELECT " COLUMNS "WHERE k.id < $1 ORDER BY k.id DESC LIMIT $2",
                           P_INT(before ? before : INT64_MAX), P_INT(limit)),
                  arena, out, count, err);
}

static bool one(Rows *rows, Arena *arena, Collection *out, Err *err)
{
    Collection *found;
    size_t count;

    if (!all_of(rows, arena, &found, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Diese Lastschrift gibt es nicht.");
    *out = found[0];
    return true;
}

bool collection_by_id(Tx *tx, int64_t id, Arena *arena, Collection *out, Err *err)
{
    return one(tx_query(tx, arena, err, "SELECT " COLUMNS "WHERE k.id = $1", P_INT(id)), arena, out,
               err);
}

bool collection_items(Tx *tx, int64_t id, Str status, int64_t after, int limit, Arena *arena,
                      CollectionItem **out, size_t *count, Err *err)
{
    struct {
        CollectionItem *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows = tx_query(
        tx, arena, err,
        "SELECT i.id, i.charge_id, i.part, i.cents, i.end_to_end, i.sequence, i.status, "
        "i.return_code, i.bank_item_id, c.payment_reference, c.purpose, m.id, m.reference, "
        "m.holder, m.iban, m.bic, m.street, m.postcode, m.town, m.country, m.signed_on "
        "FROM collection_item i JOIN charge c ON c.id = i.charge_id JOIN mandate m ON "
        "m.id = i.mandate_id WHERE i.collection_id = $1 AND i.id > $2 AND ($3 IS NULL OR "
        "i.status = $3) ORDER BY i.id LIMIT $4",
        P_INT(id), P_INT(after), P_TEXT(status), P_INT(limit));

    while (rows && rows_next(rows, err)) {
        CollectionItem item = {
            .id = row_int(rows, 0),
            .charge_id = row_int(rows, 1),
            .part = (int)row_int(rows, 2),
            .cents = row_int(rows, 3),
            .end_to_end = row_text(rows, 4),
            .sequence = row_text(rows, 5),
            .status = row_text(rows, 6),
            .return_code = row_text(rows, 7),
            .bank_item = row_int(rows, 8),
            .payment_reference = row_text(rows, 9),
            .purpose = row_text(rows, 10),
            .mandate = {.id = row_int(rows, 11),
                        .reference = row_text(rows, 12),
                        .holder = row_text(rows, 13),
                        .iban = row_text(rows, 14),
                        .bic = row_text(rows, 15),
                        .street = row_text(rows, 16),
                        .postcode = row_text(rows, 17),
                        .town = row_text(rows, 18),
                        .country = row_text(rows, 19)},
        };
        date_parse_iso(row_text(rows, 20), &item.mandate.signed_on);
        VEC_PUSH(arena, &list, item);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

/* --- Making ------------------------------------------------------------------------------------
 */

bool collection_event(Tx *tx, const char *type, int64_t id, Str actor, Err *err)
{
    Arena *arena = arena_create(512);
    bool ok =
        event_add(tx, type, str_printf(arena, "collection/%lld", (long long)id), actor, NULL, err);

    arena_destroy(arena);
    return ok;
}

bool collection_begin(Tx *tx, Tenant *tenant, const SepaOrder *order, Arena *arena, Collection *out,
                      Err *err)
{
    int64_t id = 0;

    assert(order->key.len && order->actor.len);
    if (!collect_day_ok(tenant, date_in_berlin(tx_now(tx)), order->collect_on, err) ||
        !tx_query_int(tx, err, &id, "SELECT COALESCE(MAX(id), 0) FROM collection WHERE key = $1",
                      P_TEXT(order->key)))
        return false;
    if (id != 0)
        return collection_by_id(tx, id, arena, out, err);
    /* Looked for first: a refused row would use up a number, and the message's name has it. */
    if (!tx_insert(tx, err, &id,
                   "INSERT INTO collection (key, message_id, due_until, collect_on, status, count, "
                   "cents, created_at, actor) VALUES ($1, '', $2, $3, 'making', 0, 0, $4, $5)",
                   P_TEXT(order->key), P_TEXT(date_iso(arena, order->due_until)),
                   P_TEXT(date_iso(arena, order->collect_on)), P_INT(tx_now(tx)),
                   P_TEXT(order->actor)))
        return false;
    if (!collect_noticed_ok(tx, tenant, order, err))
        return false;
    Str day = str_replace(arena, date_iso(arena, order->collect_on), STR("-"), STR(""));
    return tx_exec(tx, err, "UPDATE collection SET message_id = $2 WHERE id = $1", P_INT(id),
                   P_TEXT(str_printf(arena, "LS-%.*s-%06lld", STR_ARG(day), (long long)id))) &&
           collection_event(tx, "collection.begun", id, order->actor, err) &&
           collection_by_id(tx, id, arena, out, err);
}

bool collection_add_one(Tx *tx, Tenant *tenant, int64_t id, const SepaOrder *order,
                        const CollectChoice *choice, Arena *arena, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO collection_item (collection_id, charge_id, part, mandate_id, "
                   "cents, end_to_end, sequence, status) VALUES ($1, $2, $3, $4, $5, $6, $7, "
                   "'running')",
                   P_INT(id), P_INT(choice->charge_id), P_INT(choice->part),
                   P_INT(choice->mandate.id), P_INT(choice->cents),
                   P_TEXT(str_printf(arena, "%.*s-%d", STR_ARG(choice->payment_reference),
                                     choice->part)),
                   P_TEXT(choice->mandate.one_off ? STR("OOFF") : STR("RCUR"))) &&
           (order->announced ||
            collection_announce(tx, tenant, id, choice, order->collect_on, arena, err));
}

bool collection_add(Tx *tx, Tenant *tenant, int64_t id, const SepaOrder *order, int64_t *next,
                    int limit, Arena *arena, Err *err)
{
    CollectChoices choices = {0};
    int64_t count = 0, cents = 0, making = 0;

    /* Discarded meanwhile: what is added to it would be held for ever. */
    if (!tx_query_int(tx, err, &making,
                      "SELECT COUNT(*) FROM collection WHERE id = $1 AND status = 'making'",
                      P_INT(id)))
        return false;
    if (!making)
        return err_set(err, ERR_CONFLICT,
                       "Diese Lastschrift wird nicht mehr erzeugt: Sie ist fertig oder verworfen.");
    if (!collect_choose(tx, order, *next, limit, arena, &choices, err) ||
        !collect_reach(tx, tenant, order, &choices, arena, err))
        return false;
    for (size_t i = 0; i < choices.count; i++) {
        const CollectChoice *choice = &choices.items[i];
        if (choice->left_out.ptr)
            continue;
        if (!collection_add_one(tx, tenant, id, order, choice, arena, err))
            return false;
        count++;
        cents += choice->cents;
    }
    *next = choices.next;
    return tx_exec(
        tx, err,
        "UPDATE collection SET count = count + $2, cents = cents + $3, revision = revision + 1 "
        "WHERE id = $1",
        P_INT(id), P_INT(count), P_INT(cents));
}

bool sepa_collect(Tx *tx, Tenant *tenant, const SepaOrder *order, Arena *arena, Collection *out,
                  Err *err)
{
    int64_t next = 0;

    if (!collection_begin(tx, tenant, order, arena, out, err))
        return false;
    if (!str_is(out->status, "making") || out->count > 0)
        return true;
    do {
        if (!collection_add(tx, tenant, out->id, order, &next, BATCH_CHARGES, arena, err))
            return false;
    } while (next != 0);
    return collection_by_id(tx, out->id, arena, out, err);
}

/* --- All of it, in many writes ------------------------------------------------------------------
 */

typedef struct Making {
    Tenant *tenant;
    SepaOrder order;
    Collection *out;
    int64_t next;
    Arena *arena;
} Making;

static bool begin_making(Tx *tx, void *context, Err *err)
{
    Making *making = context;

    return collection_begin(tx, making->tenant, &making->order, making->arena, making->out, err);
}

static bool add_making(Tx *tx, void *context, Err *err)
{
    Making *making = context;
    Arena *scratch = arena_create(0);
    bool ok = collection_add(tx, making->tenant, making->out->id, &making->order, &making->next,
                             JOB_CHARGES, scratch, err) &&
              collection_by_id(tx, making->out->id, making->arena, making->out, err);

    arena_destroy(scratch);
    return ok;
}

/* Another that does the same may have been here. */
static bool withdraw_making(Tx *tx, void *context, Err *err)
{
    Making *making = context;
    int64_t id = making->out->id;

    return collection_by_id(tx, id, making->arena, making->out, err) &&
           (str_is(making->out->status, "withdrawn") ||
            (collection_withdraw(tx, id, making->order.actor, err) &&
             collection_by_id(tx, id, making->arena, making->out, err)));
}

/* What is running already is not chosen again, so that one that is made anew goes on. */
static bool add_all(Making *making, bool (*go_on)(void *, int64_t), void *context, Err *err)
{
    do {
        if (!db_write(making->tenant->db, add_making, making, err))
            return false;
        if (go_on && !go_on(context, making->out->count))
            return db_write(making->tenant->db, withdraw_making, making, err) &&
                   err_set(err, ERR_CONFLICT, "Angehalten. Es wird nichts eingezogen.");
    } while (making->next != 0);
    return true;
}

bool collection_make(Tenant *tenant, const SepaOrder *order, bool (*go_on)(void *, int64_t),
                     void *context, Arena *arena, Collection *out, Err *err)
{
    Making making = {.tenant = tenant, .order = *order, .out = out, .arena = arena};

    if (!db_write(tenant->db, begin_making, &making, err))
        return false;
    making.order.collect_on = out->collect_on; /* as it was begun */
    if (!str_is(out->status, "making"))
        return true;
    if (!add_all(&making, go_on, context, err))
        return false;
    if (out->count == 0)
        return db_write(tenant->db, withdraw_making, &making, err);
    return collection_write(tenant, out->id, arena, err);
}

/* --- Taking back -------------------------------------------------------------------------------
 */

/* `so`: what therefore cannot be. */
static bool nothing_came(Tx *tx, int64_t id, const char *so, Err *err)
{
    int64_t settled = 0;

    return tx_query_int(tx, err, &settled,
                        "SELECT COUNT(*) FROM collection_item WHERE collection_id = $1 AND "
                        "status IN ('credited', 'returned')",
                        P_INT(id)) &&
           (settled == 0 ||
            err_set(err, ERR_CONFLICT, "Von dieser Lastschrift ist schon Geld angekommen. %s", so));
}

/* The parts are free, and what was announced and has not left the house does not. */
static bool free_parts(Tx *tx, int64_t id, int64_t *count, Err *err)
{
    return tx_exec_count(tx, err, count,
                         "UPDATE collection_item SET status = 'withdrawn' WHERE "
                         "collection_id = $1 AND status = 'running'",
                         P_INT(id)) &&
           announcements_take_back(tx, id, 0, err);
}

bool collection_withdraw(Tx *tx, int64_t id, Str actor, Err *err)
{
    int64_t sent = 0, changed = 0, freed;

    if (!nothing_came(tx, id, "Sie kann nicht mehr verworfen werden.", err))
        return false;
    if (!tx_query_int(tx, err, &sent,
                      "SELECT COUNT(*) FROM collection WHERE id = $1 AND status = 'made' AND "
                      "sent_on IS NOT NULL",
                      P_INT(id)))
        return false;
    if (sent > 0)
        return err_set(err, ERR_CONFLICT,
                       "Diese Datei ist bei der Bank. Lehnt die Bank eine Lastschrift ab, halten "
                       "Sie das bei dieser einzeln fest.");
    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE collection SET status = 'withdrawn' WHERE id = $1 AND "
                       "status <> 'withdrawn'",
                       P_INT(id)))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "Diese Lastschrift ist schon verworfen.");
    return free_parts(tx, id, &freed, err) &&
           collection_event(tx, "collection.withdrawn", id, actor, err);
}

bool collection_refuse(Tx *tx, int64_t id, Str actor, Err *err)
{
    int64_t freed = 0;

    if (!nothing_came(tx, id,
                      "Die Bank hat die Datei also nicht im Ganzen abgelehnt. Halten Sie fest, "
                      "welche einzelnen Lastschriften sie abgelehnt hat.",
                      err) ||
        !collection_note_sent(tx, id, date_in_berlin(tx_now(tx)), actor, err) ||
        !free_parts(tx, id, &freed, err))
        return false;
    if (freed == 0)
        return err_set(err, ERR_CONFLICT, "Von dieser Datei läuft keine Lastschrift mehr.");
    return collection_event(tx, "collection.refused", id, actor, err);
}

bool collection_release(Tx *tx, int64_t id, int64_t item, Str actor, Err *err)
{
    int64_t changed = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE collection_item SET status = 'withdrawn' WHERE id = $1 AND "
                       "collection_id = $2 AND status = 'running'",
                       P_INT(item), P_INT(id)))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "Diese Lastschrift läuft nicht mehr.");
    return announcements_take_back(tx, id, item, err) &&
           collection_note_sent(tx, id, date_in_berlin(tx_now(tx)), actor, err) &&
           collection_event(tx, "collection.released", id, actor, err);
}

bool collection_holds(Tx *tx, int64_t bank_item, bool *holds, Err *err)
{
    int64_t count = 0;

    if (!tx_query_int(tx, err, &count,
                      "SELECT COUNT(*) FROM collection_item WHERE bank_item_id = $1 OR "
                      "return_item_id = $1",
                      P_INT(bank_item)))
        return false;
    *holds = count > 0;
    return true;
}
