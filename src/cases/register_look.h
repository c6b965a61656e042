/* SPDX-License-Identifier: EUPL-1.2 */
/* Who has looked at what stands in a register, or is proposed for one. */
#pragma once

#include "cases/case.h"

typedef struct RegisterLook {
    int64_t staff_id; /* 0: the person */
    Str register_id;
    int64_t entry_id;
    Str purpose; /* in German */
} RegisterLook;

bool register_look_note(Tx *tx, const RegisterLook *look, Err *err);
/* A look at a proposal; of the entry that it changes, or becomes. `entry_id` is not read. */
bool register_look_note_act(Tx *tx, const RegisterLook *look, int64_t act_id, Err *err);
/* Every look that is kept, the latest first. */
bool register_looks(Tx *tx, Str register_id, int64_t entry_id, Arena *arena, CaseAccess **out,
                    size_t *count, Err *err);
