/* SPDX-License-Identifier: EUPL-1.2 */
/* What stands about a signed-in citizen in the town's registers, wherever it came from: entries
 * whose `owner` is the address that was proven by signing in, and who looked at them. */
#pragma once

#include "cases/case.h"
#include "cases/register.h"
#include "core/http/request.h"

typedef struct OwnEntry {
    const RegisterSpec *spec;
    RegisterEntry entry; /* the head */
    CaseAccess *looks;   /* the latest first */
    size_t look_count;
} OwnEntry;

/* Of one register: the living entries, or all. */
bool own_entries_of(Request *req, Tx *tx, const RegisterSpec *spec, bool all, RegisterEntry **out,
                    size_t *count, Err *err);
/* Of all registers, ended entries too, with their looks. */
bool own_entries(Request *req, Tx *tx, OwnEntry **out, size_t *count, Err *err);
