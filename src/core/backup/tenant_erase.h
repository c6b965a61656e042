/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "base/node.h"

/* Erase a tenant: first its key, without which its files and secrets are noise, then its folder.
 * The data folder may not be served meanwhile. `proof` gets what was there, for the record. Can be
 * repeated when it was interrupted. */
bool tenant_erase(const char *data_dir, Str name, Arena *arena, Node *proof, Err *err);
