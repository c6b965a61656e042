/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside cases: which packages a tenant offers. A package is published when its version (the hash
 * of its files and the tenant's overlay) is new and passes the gate; its files are kept in the
 * tenant's database for good, so that every draft and case can be read with the version it
 * began with. Compiled packages are shared by all tenants of the process. */
#pragma once

#include "cases/case.h"

/* Publish these files and offer them from now on. False when the gate finds errors (they are in
 * `problems`; the version offered so far stays) or the database fails (`err`). */
bool package_publish(Tenant *tenant, const PackageFile *files, size_t count, Problems *problems,
                     Err *err);

/* Engine hooks: publish what lies in the services folder, and let go of the packages. */
bool cases_tenant_open(Tenant *tenant, size_t index, Err *err);
void cases_tenant_close(Tenant *tenant, size_t index);

/* --- package_cache.c: compiled packages by version ---------------------------------------------
 */

/* Take hold of a compiled package; NULL when it is not there. */
const Package *package_cache_hold(Str version);
/* Compile (outside any lock) and take hold. NULL when there are errors among the problems. */
const Package *package_cache_compile(const PackageFile *files, size_t count, Problems *problems);
/* Packages that nobody holds stay for a while, the least recently used go first. */
void package_cache_release(const Package *package);
