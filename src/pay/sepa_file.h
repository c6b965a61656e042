/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: a payment file that was rendered is checked and kept. */
#pragma once

#include "core/tenant.h"
#include "pay/sepa_schema.h"

typedef struct SepaFile {
    SepaMessage message;
    const char *owner; /* whose: "collection", "refund" */
    int64_t id;
    Str message_id; /* its name */
    Str xml;
    int64_t count, cents; /* what must be in it */
    int64_t revision;     /* of the rows that it was rendered from, for note() */
    /* Note in the same transaction that it is there; `*keep` false: it is not needed after all. */
    bool (*note)(Tx *tx, const struct SepaFile *file, Str sha256, bool *keep, Err *err);
} SepaFile;

/* A file that the bank would refuse, or that holds something else, is not kept: ERR_INTERNAL.
 * Kept for "owner/id". Not inside a write. */
bool sepa_file_keep(Tenant *tenant, const SepaFile *file, Arena *arena, Err *err);
