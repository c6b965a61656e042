/* SPDX-License-Identifier: EUPL-1.2 */
/* Who of the administration looked at a person's data, in that person's words. */
#pragma once

#include "cases/case.h"
#include "cases/portal_status.h"

/* Not the name of who looked, but the office that is answerable; for 0 the person. */
Str own_look_office(Request *req, Tx *tx, int64_t staff_id);
/* Purposes are recorded in German; readers have their own language. */
Str own_look_purpose(Request *req, Str purpose);
/* Days with office and purpose, each once. */
void own_look_facts(Request *req, Tx *tx, const CaseAccess *looks, size_t look_count,
                    const FactView **out, size_t *count);
