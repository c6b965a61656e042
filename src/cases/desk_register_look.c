/* SPDX-License-Identifier: EUPL-1.2 */
/* Looks at the desk: at an entry, and with the case that made it, where the person can see it; and
 * at what is proposed. */
#include "cases/desk_register.h"
#include "cases/register_look.h"

typedef struct DeskLook {
    Request *req;
    const RegisterEntry *entry; /* or NULL: a proposal */
    int64_t act_id;
    RegisterLook look;
} DeskLook;

static bool write_look(Tx *tx, void *context, Err *err)
{
    const DeskLook *desk = context;
    const RegisterLook *look = &desk->look;
    Case c;

    if (!desk->entry)
        return register_look_note_act(tx, look, desk->act_id, err);
    if (!register_look_note(tx, look, err))
        return false;
    if (!desk->entry->case_id)
        return true;
    if (!case_by_id(tx, desk->entry->case_id, desk->req->arena, &c, err)) {
        if (err->kind != ERR_NOT_FOUND)
            return false;
        err_clear(err); /* the case is erased, the entry stays */
        return true;
    }
    return case_access_note(tx, &c, look->staff_id, look->purpose, err);
}

static bool note(Request *req, const DeskRegister *reg, const RegisterEntry *entry, int64_t act_id,
                 const char *purpose, Err *err)
{
    DeskLook desk = {req,
                     entry,
                     act_id,
                     {req->session.staff_id, reg->spec->id, entry ? entry->id : 0, str_c(purpose)}};

    return db_write(req->tenant->db, write_look, &desk, err);
}

bool desk_register_note_look(Request *req, const DeskRegister *reg, const RegisterEntry *entry,
                             const char *purpose, Err *err)
{
    return note(req, reg, entry, 0, purpose, err);
}

bool desk_register_note_act(Request *req, const DeskRegister *reg, int64_t act_id,
                            const char *purpose, Err *err)
{
    return note(req, reg, NULL, act_id, purpose, err);
}
