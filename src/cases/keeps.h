/* SPDX-License-Identifier: EUPL-1.2 */
/* How long what is no case is kept here. Cases go as their process says: retention.h. */
#pragma once

#include "core/work/keep.h"

extern const Keep CASE_KEEPS[];
extern const Keep CITIZEN_KEEPS[];
/* Entries of the registers, as the packages say. */
bool cases_keeps_of(Tenant *tenant, Arena *arena, KeepList *list, Err *err);
