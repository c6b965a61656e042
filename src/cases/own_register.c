/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/own_register.h"

#include "base/vec.h"

enum { LOOKS_MAX = 500 };

bool own_entries_of(Request *req, Tx *tx, const RegisterSpec *spec, bool all, RegisterEntry **out,
                    size_t *count, Err *err)
{
    *count = 0;
    if (!spec->owner || !req->session.citizen_id || str_empty(req->session.email))
        return true;
    RegisterCondition condition = {spec->owner->id, &req->session.email, 1};

    return register_find(tx, spec, &condition, 1, all, req->today, req->arena, out, count, err);
}

static bool read_looks(Tx *tx, Str register_id, OwnEntry *own, Arena *arena, Err *err)
{
    struct {
        CaseAccess *items;
        size_t count, capacity;
    } list = {0};

    err_clear(err);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT at, staff_id, purpose FROM register_access WHERE entry_id = $1 "
                          "AND register = $2 ORDER BY id DESC LIMIT $3",
                          P_INT(own->entry.id), P_TEXT(register_id), P_INT(LOOKS_MAX));

    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, &list, (CaseAccess){row_int(rows, 0), row_int(rows, 1), row_text(rows, 2)});
    own->looks = list.items;
    own->look_count = list.count;
    return rows && err->kind == ERR_NONE;
}

bool own_entries(Request *req, Tx *tx, OwnEntry **out, size_t *count, Err *err)
{
    struct {
        OwnEntry *items;
        size_t count, capacity;
    } list = {0};
    const Package *const *packages;
    size_t package_count = tenant_packages(req->tenant, &packages);

    for (size_t i = 0; i < package_count; i++)
        for (size_t k = 0; k < packages[i]->register_count; k++) {
            const RegisterSpec *spec = &packages[i]->registers[k];
            RegisterEntry *entries;
            size_t found;

            if (!own_entries_of(req, tx, spec, true, &entries, &found, err))
                return false;
            for (size_t j = 0; j < found; j++) {
                OwnEntry own = {.spec = spec, .entry = entries[j]};

                if (!read_looks(tx, spec->id, &own, req->arena, err))
                    return false;
                VEC_PUSH(req->arena, &list, own);
            }
        }
    *out = list.items;
    *count = list.count;
    return true;
}
