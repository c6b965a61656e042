/* SPDX-License-Identifier: EUPL-1.2 */
/* A collection whose file is not at the bank yet follows its charges: what is owed, held up or paid
 * meanwhile is not collected as it once was. Files are made months ahead, one for each day due. */
#include "core/store/file.h"
#include "core/store/rows.h"
#include "pay/announcement.h"
#include "pay/collection_store.h"

#include <stdlib.h>

bool collection_sent(const Tenant *tenant, const Collection *collection, Date today)
{
    return !date_absent(collection->sent_on) || collection->credited > 0 ||
           collection->returned > 0 ||
           date_compare(collect_earliest(tenant, today), collection->collect_on) > 0;
}

bool collection_note_sent(Tx *tx, int64_t id, Date on, Str actor, Err *err)
{
    Arena *arena = arena_create(512);
    int64_t changed = 0, made = 0;
    bool ok = tx_query_int(tx, err, &made,
                           "SELECT COUNT(*) FROM collection WHERE id = $1 AND status = 'made' AND "
                           "sha256 IS NOT NULL",
                           P_INT(id)) &&
              (made || err_set(err, ERR_CONFLICT,
                               "Diese Lastschrift hat keine Datei, die bei der Bank sein kann.")) &&
              tx_exec_count(tx, err, &changed,
                            "UPDATE collection SET sent_on = $2 WHERE id = $1 AND sent_on IS NULL",
                            P_INT(id), P_TEXT(date_iso(arena, on))) &&
              (changed == 0 || collection_event(tx, "collection.sent", id, actor, err));

    arena_destroy(arena);
    return ok;
}

/* --- What it is, beside what it would be --------------------------------------------------------
 */

typedef struct Renewal {
    Collection collection;
    SepaOrder order;
    CollectionItem *items; /* as they are */
    size_t item_count;
    bool *stays, *wanted;   /* of each item: just so; perhaps otherwise */
    CollectChoices choices; /* as they would be */
    bool *there;            /* of each choice: an item is just so */
    bool *announce;         /* of each choice: its payer must be told anew */
    int64_t changes;
} Renewal;

static int by_part(const void *left, const void *right)
{
    const CollectionItem *a = left, *b = right;

    if (a->charge_id != b->charge_id)
        return a->charge_id < b->charge_id ? -1 : 1;
    return (a->part > b->part) - (a->part < b->part);
}

static CollectionItem *find_item(const Renewal *r, const CollectChoice *choice)
{
    CollectionItem wanted = {.charge_id = choice->charge_id, .part = choice->part};

    return r->item_count ? bsearch(&wanted, r->items, r->item_count, sizeof *r->items, by_part)
                         : NULL;
}

static bool read_items(Tx *tx, Renewal *r, Arena *arena, Err *err)
{
    int64_t *charges;

    if (!collection_items(tx, r->collection.id, STR("running"), 0, INT32_MAX, arena, &r->items,
                          &r->item_count, err))
        return false;
    if (r->item_count)
        qsort(r->items, r->item_count, sizeof *r->items, by_part);
    charges = arena_array(arena, int64_t, r->item_count + 1);
    r->order = (SepaOrder){.due_until = r->collection.due_until,
                           .collect_on = r->collection.collect_on,
                           .charges = charges,
                           .announced = true,
                           .within = r->collection.id};
    for (size_t i = 0; i < r->item_count; i++)
        if (i == 0 || r->items[i].charge_id != r->items[i - 1].charge_id)
            charges[r->order.charge_count++] = r->items[i].charge_id;
    return true;
}

/* Was its payer told just this, or may still be, in time and at all? */
static bool can_announce(Tx *tx, Tenant *tenant, const Renewal *r, CollectChoice choice,
                         Arena *arena, bool *can, Err *err)
{
    SepaOrder order = r->order;
    CollectChoices one = {.items = &choice, .count = 1};

    order.announced = false;
    if (!collect_reach(tx, tenant, &order, &one, arena, err))
        return false;
    *can = !choice.left_out.ptr;
    return true;
}

/* Nobody is charged more than was announced, nor on another mandate: what is more now, or of
 * another account, is announced anew, or waits. */
static bool hold_to_announced(Tx *tx, Tenant *tenant, Renewal *r, Arena *arena, Err *err)
{
    r->announce = arena_array(arena, bool, r->choices.count + 1);
    memset(r->announce, 0, (r->choices.count + 1) * sizeof *r->announce);
    for (size_t i = 0; i < r->choices.count; i++) {
        CollectChoice *choice = &r->choices.items[i];
        const CollectionItem *item = find_item(r, choice);
        bool same = item && item->mandate.id == choice->mandate.id;

        if (choice->left_out.ptr || (same && choice->cents <= item->cents))
            continue;
        if (!can_announce(tx, tenant, r, *choice, arena, &r->announce[i], err))
            return false;
        if (!r->announce[i] && same)
            choice->cents = item->cents;
        else if (!r->announce[i])
            choice->left_out = STR("Für eine Ankündigung ist es zu spät.");
    }
    return true;
}

static void compare(Renewal *r, Arena *arena)
{
    int64_t same = 0, wanted = 0;

    r->stays = arena_array(arena, bool, r->item_count + 1);
    r->wanted = arena_array(arena, bool, r->item_count + 1);
    r->there = arena_array(arena, bool, r->choices.count + 1);
    memset(r->stays, 0, (r->item_count + 1) * sizeof *r->stays);
    memset(r->wanted, 0, (r->item_count + 1) * sizeof *r->wanted);
    memset(r->there, 0, (r->choices.count + 1) * sizeof *r->there);
    for (size_t i = 0; i < r->choices.count; i++) {
        const CollectChoice *choice = &r->choices.items[i];
        CollectionItem *item = find_item(r, choice);

        if (choice->left_out.ptr)
            continue;
        wanted++;
        if (item)
            r->wanted[item - r->items] = true;
        if (!item || item->cents != choice->cents || item->mandate.id != choice->mandate.id)
            continue;
        same++;
        r->there[i] = r->stays[item - r->items] = true;
    }
    int64_t most = wanted > (int64_t)r->item_count ? wanted : (int64_t)r->item_count;

    r->changes = most - same;
}

static bool look(Tx *tx, Tenant *tenant, int64_t id, Date today, Arena *arena, Renewal *r, Err *err)
{
    *r = (Renewal){0};
    if (!collection_by_id(tx, id, arena, &r->collection, err))
        return false;
    if (!str_is(r->collection.status, "made") || collection_sent(tenant, &r->collection, today))
        return true;
    if (!read_items(tx, r, arena, err) ||
        (r->item_count && !collect_choose(tx, &r->order, 0, INT32_MAX, arena, &r->choices, err)) ||
        !hold_to_announced(tx, tenant, r, arena, err))
        return false;
    compare(r, arena);
    return true;
}

/* One that was cut off before its file was written has none. */
static bool lacks_file(const Collection *collection)
{
    return str_is(collection->status, "made") && !collection->sha256.ptr;
}

bool collection_stale(Tx *tx, Tenant *tenant, int64_t id, Date today, Arena *arena, int64_t *count,
                      Err *err)
{
    Renewal r;

    if (!look(tx, tenant, id, today, arena, &r, err))
        return false;
    *count = r.changes > 0 ? r.changes : lacks_file(&r.collection);
    return true;
}

/* --- Bringing it up to date --------------------------------------------------------------------
 */

/* What is not collected any more is not announced either. */
static bool drop(Tx *tx, const Renewal *r, size_t at, Err *err)
{
    int64_t item = r->items[at].id;

    return (r->wanted[at] || announcements_take_back(tx, r->collection.id, item, err)) &&
           tx_exec(tx, err, "DELETE FROM collection_item WHERE id = $1", P_INT(item));
}

static bool exchange(Tx *tx, Tenant *tenant, const Renewal *r, Arena *arena, Err *err)
{
    for (size_t i = 0; i < r->item_count; i++)
        if (!r->stays[i] && !drop(tx, r, i, err))
            return false;
    for (size_t i = 0; i < r->choices.count; i++) {
        SepaOrder order = r->order;

        order.announced = !r->announce[i];
        if (!r->there[i] && !r->choices.items[i].left_out.ptr &&
            !collection_add_one(tx, tenant, r->collection.id, &order, &r->choices.items[i], arena,
                                err))
            return false;
    }
    return tx_exec(tx, err,
                   "UPDATE collection SET sha256 = NULL, revision = revision + 1, count = (SELECT "
                   "COUNT(*) FROM collection_item WHERE collection_id = $1), cents = (SELECT "
                   "CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM collection_item WHERE "
                   "collection_id = $1) WHERE id = $1",
                   P_INT(r->collection.id));
}

typedef struct Renewing {
    Tenant *tenant;
    int64_t id;
    Str actor;
    Collection after;
    Arena *arena;
} Renewing;

static bool write_renewal(Tx *tx, void *context, Err *err)
{
    Renewing *renewing = context;
    Str owner = str_printf(renewing->arena, "collection/%lld", (long long)renewing->id);
    Renewal r;

    if (!look(tx, renewing->tenant, renewing->id, date_in_berlin(tx_now(tx)), renewing->arena, &r,
              err))
        return false;
    r.order.actor = renewing->actor;
    if (r.changes > 0 &&
        (!exchange(tx, renewing->tenant, &r, renewing->arena, err) ||
         (r.collection.sha256.ptr && !file_drop_owner(tx, r.collection.sha256, owner, err)) ||
         !collection_event(tx, "collection.renewed", renewing->id, renewing->actor, err)))
        return false;
    if (!collection_by_id(tx, renewing->id, renewing->arena, &renewing->after, err))
        return false;
    return renewing->after.count > 0 || !str_is(renewing->after.status, "made") ||
           (collection_withdraw(tx, renewing->id, renewing->actor, err) &&
            collection_by_id(tx, renewing->id, renewing->arena, &renewing->after, err));
}

bool collection_renew(Tenant *tenant, int64_t id, Str actor, Arena *arena, Err *err)
{
    Renewing renewing = {.tenant = tenant, .id = id, .actor = actor, .arena = arena};

    return db_write(tenant->db, write_renewal, &renewing, err) &&
           (!lacks_file(&renewing.after) || collection_write(tenant, id, arena, err));
}

/* --- A charge ------------------------------------------------------------------------------------
 */

bool collection_at_bank(Tx *tx, Tenant *tenant, int64_t charge, Date today, Arena *arena, bool *out,
                        Err *err)
{
    int64_t *ids;
    size_t count;
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT DISTINCT collection_id FROM collection_item WHERE charge_id = $1 "
                          "AND status = 'running'",
                          P_INT(charge));

    *out = false;
    if (!ROWS_LIST(rows, arena, &ids, &count, err, row_int(rows, 0)))
        return false;
    for (size_t i = 0; i < count && !*out; i++) {
        Collection collection;

        if (!collection_by_id(tx, ids[i], arena, &collection, err))
            return false;
        *out = collection_sent(tenant, &collection, today);
    }
    return true;
}
