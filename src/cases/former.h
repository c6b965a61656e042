/* SPDX-License-Identifier: EUPL-1.2 */
/* Services that the town offers no longer, and earlier versions of those it offers. Their cases and
 * registers stay until their time is over, so they belong to what is kept of people. */
#pragma once

#include "cases/package.h"
#include "core/store/db.h"
#include "core/tenant.h"

typedef struct FormerPackage {
    const Package *package;
    bool cases;   /* some are still there */
    bool entries; /* of its registers, too */
} FormerPackage;

/* Every version of each such service of which something is still there, the latest first. One that
 * does not compile any more is left out, with a line in the log. */
bool former_packages(Tx *tx, Tenant *tenant, Arena *arena, FormerPackage **out, size_t *count,
                     Err *err);
/* The earlier versions of the services that are offered, the latest of each first; one that does
 * not compile any more is left out likewise. */
bool earlier_packages(Tx *tx, Tenant *tenant, Arena *arena, const Package ***out, size_t *count,
                      Err *err);
