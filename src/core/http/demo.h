/* SPDX-License-Identifier: EUPL-1.2 */
/* The demonstration town of `rathaus serve --demo`. */
#pragma once

#include "core/tenant.h"

/* Make the town DEMO_TENANT from the template "demo" of `tenants_dir` (NULL: beside the program);
 * one that is there stays as it is. */
bool demo_make(App *app, const char *tenants_dir, Err *err);

/* Say on standard output who works in the town: sign-in, password, name, roles. Nothing if its
 * people.yaml cannot be read: the town runs without. `address` is the server's, as a URL. */
void demo_people_print(App *app, Str address);
