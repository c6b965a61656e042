/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the program's own files lie: service packages and templates of tenants. */
#pragma once

#include "base/err.h"

/* The folder `name` ("services", "tenants"): `given` when not NULL, else in $RATHAUS_SHARE, in the
 * working folder, or relative to the program (../name, ../../name, ../share/rathaus/name). The
 * caller frees the result; NULL when there is none, and err says where it was looked for. */
char *share_folder(const char *name, const char *given, Err *err);
