/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/own_register.h"

#include "base/vec.h"
#include "cases/register_look.h"

bool own_entries_of(Request *req, Tx *tx, const RegisterSpec *spec, bool all, RegisterEntry **out,
                    size_t *count, Err *err)
{
    *count = 0;
    if (!spec->owner || !req->session.citizen_id || str_empty(req->session.email))
        return true;
    RegisterCondition condition = {spec->owner->id, &req->session.email, 1};

    return register_find(tx, spec, &condition, 1, all, req->today, req->arena, out, count, err);
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

                if (!register_looks(tx, spec->id, own.entry.id, req->arena, &own.looks,
                                    &own.look_count, err))
                    return false;
                VEC_PUSH(req->arena, &list, own);
            }
        }
    *out = list.items;
    *count = list.count;
    return true;
}
