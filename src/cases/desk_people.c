/* SPDX-License-Identifier: EUPL-1.2 */
/* The people of the desk, as every page needs them: hundreds of accounts are read once. */
#include "cases/desk.h"

#include <stdio.h>

bool desk_people(Tx *tx, Date today, const DeskPeople **out, Shelved **kept, Err *err)
{
    char key[64];

    snprintf(key, sizeof key, "people|%lld", (long long)date_to_days(today));
    *kept = shelf_find(tx, str_c(key), tx_now(tx));
    if (!*kept) {
        Arena *arena = arena_create(0);
        DeskPeople *people = arena_new(arena, DeskPeople);
        TableSet outer = tx_reading_start(tx);
        bool ok = ident_staff_list(tx, arena, &people->staff, &people->staff_count, err) &&
                  ident_absences(tx, today, arena, &people->absences, &people->absence_count, err);
        DbReading reading = tx_reading_end(tx, &outer);

        if (!ok) {
            arena_destroy(arena);
            return false;
        }
        *kept = shelf_put(tx_db(tx), str_c(key), &reading, arena, people, tx_now(tx));
    }
    *out = shelved_value(*kept);
    return true;
}

typedef struct Names {
    StaffName *items;
    size_t count;
} Names;

static Shelved *names_kept(Tx *tx, Err *err)
{
    Shelved *kept = shelf_find(tx, STR("names of staff"), tx_now(tx));

    if (kept)
        return kept;
    Arena *arena = arena_create(0);
    Names *names = arena_new(arena, Names);
    TableSet outer = tx_reading_start(tx);
    bool ok = ident_staff_names(tx, arena, &names->items, &names->count, err);
    DbReading reading = tx_reading_end(tx, &outer);

    if (ok)
        return shelf_put(tx_db(tx), STR("names of staff"), &reading, arena, names, tx_now(tx));
    arena_destroy(arena);
    return NULL;
}

Str desk_staff_name(Tx *tx, int64_t id, Arena *arena)
{
    Err unused = {0};
    Shelved *kept = id ? names_kept(tx, &unused) : NULL;
    const Names *names = kept ? shelved_value(kept) : NULL;
    Str name = STR_NONE;

    for (size_t i = 0; names && i < names->count; i++)
        if (names->items[i].id == id)
            name = str_copy(arena, names->items[i].name);
    shelved_release(kept);
    return name.ptr || !id ? name : str_printf(arena, "Konto %lld", (long long)id);
}
