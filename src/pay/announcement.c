/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/announcement.h"

#include "core/mailbox.h"
#include "core/store/rows.h"
#include "core/work/work.h"

bool announcement_standing(Tx *tx, int64_t charge, int part, Arena *arena, Announcement *out,
                           Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT n.id, n.cents, n.mandate_id, k.collect_on, n.at, n.letter, n.status FROM "
                 "announcement n JOIN collection k ON k.id = n.collection_id WHERE "
                 "n.charge_id = $1 AND n.part = $2 AND n.status <> 'withdrawn' AND NOT EXISTS ("
                 "SELECT 1 FROM collection_item i WHERE i.charge_id = $1 AND i.part = $2 AND "
                 "i.collection_id >= n.collection_id AND (i.status = 'credited' OR i.status = "
                 "'returned')) ORDER BY n.id DESC LIMIT 1",
                 P_INT(charge), P_INT(part));

    *out = (Announcement){0};
    if (rows && rows_next(rows, err)) {
        *out = (Announcement){.id = row_int(rows, 0),
                              .cents = row_int(rows, 1),
                              .mandate_id = row_int(rows, 2),
                              .collect_on = row_date(rows, 3),
                              .at = row_int(rows, 4),
                              .letter = row_text(rows, 5),
                              .doubtful = str_is(row_text(rows, 6), "doubtful")};
        rows_end(rows);
    }
    return rows && err->kind == ERR_NONE;
}

bool announcement_says(const Announcement *announcement, const CollectChoice *choice,
                       Date collect_on)
{
    return announcement->id && !announcement->doubtful && announcement->cents == choice->cents &&
           announcement->mandate_id == choice->mandate.id &&
           date_compare(announcement->collect_on, collect_on) == 0;
}

bool announcement_add(Tx *tx, int64_t collection, const CollectChoice *choice, int64_t *id,
                      Err *err)
{
    *id = 0;
    return tx_insert(tx, err, id,
                     "INSERT INTO announcement (collection_id, charge_id, part, mandate_id, "
                     "cents, at, status) VALUES ($1, $2, $3, $4, $5, $6, 'stands')",
                     P_INT(collection), P_INT(choice->charge_id), P_INT(choice->part),
                     P_INT(choice->mandate.id), P_INT(choice->cents), P_INT(tx_now(tx)));
}

bool announcement_is_letter(Tx *tx, int64_t id, Str letter, Err *err)
{
    return tx_exec(tx, err, "UPDATE announcement SET letter = $2 WHERE id = $1", P_INT(id),
                   P_TEXT(letter));
}

bool announcement_goes_on(Tx *tx, int64_t id, int64_t collection, Err *err)
{
    return tx_exec(tx, err, "UPDATE announcement SET collection_id = $2 WHERE id = $1", P_INT(id),
                   P_INT(collection));
}

Str announcement_mail_key(int64_t id, Arena *arena)
{
    return str_printf(arena, "mail/announcement/%lld", (long long)id);
}

/* --- Taking back -------------------------------------------------------------------------------
 */

/* What becomes of it; STR_NONE: it is out, and stands. */
static bool stop(Tx *tx, const Announcement *announcement, Arena *arena, Str *status, Err *err)
{
    int64_t tries = -1;
    bool taken = false;

    *status = STR_NONE;
    if (announcement->letter.ptr) {
        if (!mailbox_take_back(tx, announcement->letter, arena, &taken, err))
            return false;
    } else if (!effect_cancel(tx, announcement_mail_key(announcement->id, arena), &tries, err)) {
        return false;
    }
    if (taken || tries == 0)
        *status = STR("withdrawn");
    else if (tries > 0)
        *status = STR("doubtful");
    return true;
}

bool announcement_take_back(Tx *tx, Announcement *announcement, Arena *arena, bool *taken, Err *err)
{
    Str status;

    if (!stop(tx, announcement, arena, &status, err))
        return false;
    *taken = str_is(status, "withdrawn");
    announcement->doubtful = announcement->doubtful || str_is(status, "doubtful");
    return !status.ptr || tx_exec(tx, err, "UPDATE announcement SET status = $2 WHERE id = $1",
                                  P_INT(announcement->id), P_TEXT(status));
}

static bool take_back_all(Tx *tx, Rows *rows, Arena *arena, Err *err)
{
    Announcement *all;
    size_t count;
    bool taken;

    if (!ROWS_LIST(rows, arena, &all, &count, err,
                   ((Announcement){.id = row_int(rows, 0), .letter = row_text(rows, 1)})))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!announcement_take_back(tx, &all[i], arena, &taken, err))
            return false;
    return true;
}

bool announcements_take_back(Tx *tx, int64_t collection, int64_t item, Err *err)
{
    Arena *arena = arena_create(0);
    bool ok = take_back_all(tx,
                            tx_query(tx, arena, err,
                                     "SELECT n.id, n.letter FROM announcement n WHERE "
                                     "n.collection_id = $1 AND n.status = 'stands' AND ($2 = 0 OR "
                                     "EXISTS (SELECT 1 FROM collection_item i WHERE i.id = $2 AND "
                                     "i.charge_id = n.charge_id AND i.part = n.part)) "
                                     "ORDER BY n.id",
                                     P_INT(collection), P_INT(item)),
                            arena, err);

    arena_destroy(arena);
    return ok;
}

bool announcements_count(Tx *tx, int64_t collection, int64_t *standing, int64_t *stopped, Err *err)
{
    return tx_query_int(tx, err, standing,
                        "SELECT COUNT(*) FROM announcement WHERE collection_id = $1 AND "
                        "status = 'stands'",
                        P_INT(collection)) &&
           tx_query_int(tx, err, stopped,
                        "SELECT COUNT(*) FROM announcement WHERE collection_id = $1 AND "
                        "status <> 'stands'",
                        P_INT(collection));
}
