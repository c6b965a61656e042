/* SPDX-License-Identifier: EUPL-1.2 */
/* What clerks do with the documents of a case: look, accept, reject, add one that came by post. */
#pragma once

#include "cases/case.h"
#include "core/store/file.h"

/* Mark a document as "seen", "accepted" or "rejected"; the last needs a reason. The mark before is
 * in the events. ERR_NOT_FOUND, ERR_INPUT. */
bool case_document_mark(Tx *tx, const Case *c, int64_t id, Str mark, Str reason, int64_t staff_id,
                        Err *err);

typedef struct ScanOrder {
    const FileInfo *file; /* from file_prepare() */
    Str bytes;
    Str title;
    Date received;
    int64_t staff_id;
} ScanOrder;
/* A letter or paper that reached the town some other way, scanned. The applicant sees it when it is
 * released, see case_release.h. */
bool case_document_add(Tx *tx, Tenant *tenant, const Case *c, const ScanOrder *order, int64_t *id,
                       Err *err);
