/* SPDX-License-Identifier: EUPL-1.2 */
/* Giving scans to the applicant: they lie on the status page and in the mailbox, and a mail says
 * that something is there. A release can be taken back until the applicant opened the document.
 * The note's words lie in `case_word`; events hold numbers only. */
#pragma once

#include "cases/case.h"

enum { RELEASE_NOTE_MAX = 1000, RELEASE_MAX = 50 };

typedef struct ReleaseOrder {
    const int64_t *ids; /* of scans that the applicant has not got; at least one */
    size_t count;
    Str note; /* to the applicant, or empty */
    int64_t staff_id;
} ReleaseOrder;
/* One mail tells of all. ERR_CONFLICT when one of them was released meanwhile or is no scan. */
bool case_release(Tx *tx, Tenant *tenant, const Case *c, const ReleaseOrder *order, Arena *arena,
                  Err *err);
/* ERR_CONFLICT when the applicant has opened it, or has not got it. */
bool case_release_withdraw(Tx *tx, const Case *c, int64_t id, int64_t staff_id, Err *err);
/* The applicant opens a released scan; only the first time is noted. ERR_NOT_FOUND when it was
 * taken back. */
bool case_release_read(Tx *tx, const Case *c, int64_t id, Err *err);
