/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what payers were told of direct debits to come, an announcement (pre-notification)
 * for each part, by mail or letter. The last one that was not taken back stands until a collection
 * of the part, that one or a later one, was credited. */
#pragma once

#include "pay/collection.h"

typedef struct Announcement {
    int64_t id; /* 0: none */
    int64_t cents, mandate_id;
    Date collect_on;
    Timestamp at;
    Str letter;    /* what core/mailbox.h calls it; STR_NONE: it was a mail */
    bool doubtful; /* it was stopped between two tries: it may have arrived */
} Announcement;

/* The one that stands for a part; `out->id` 0: none. */
bool announcement_standing(Tx *tx, int64_t charge, int part, Arena *arena, Announcement *out,
                           Err *err);
/* Does it announce just this? */
bool announcement_says(const Announcement *announcement, const CollectChoice *choice,
                       Date collect_on);
/* Note a new one, before it is ordered. */
bool announcement_add(Tx *tx, int64_t collection, const CollectChoice *choice, int64_t *id,
                      Err *err);
/* It goes as this letter. */
bool announcement_is_letter(Tx *tx, int64_t id, Str letter, Err *err);
/* It tells of another collection on the same day, too. */
bool announcement_goes_on(Tx *tx, int64_t id, int64_t collection, Err *err);
/* The key of the effect of one that goes by mail. */
Str announcement_mail_key(int64_t id, Arena *arena);
/* Stop it, if it has not left the house. `*taken`: it never will. */
bool announcement_take_back(Tx *tx, Announcement *announcement, Arena *arena, bool *taken,
                            Err *err);
/* The same with those of a collection, or of one of its items (0: of all). */
bool announcements_take_back(Tx *tx, int64_t collection, int64_t item, Err *err);
/* Of a collection: those that stand, and those that were stopped. */
bool announcements_count(Tx *tx, int64_t collection, int64_t *standing, int64_t *stopped, Err *err);
