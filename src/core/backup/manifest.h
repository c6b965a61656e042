/* SPDX-License-Identifier: EUPL-1.2 */
/* The last entry of a backup: what is in it, with hashes, sealed with each tenant's key. */
#pragma once

#include "base/clock.h"
#include "base/node.h"
#include "core/backup/tar.h"

#define MANIFEST_NAME "manifest.json"

typedef struct ManifestTenant {
    Str name;
    int64_t events;
    Str last_event_hash; /* where the event chain stood */
    Str seal;            /* HMAC over the tenant's list; who has the key can tell a forgery */
} ManifestTenant;

typedef struct Manifest {
    Timestamp created;
    bool with_keys;
    struct {
        ManifestTenant *items;
        size_t count, capacity;
    } tenants;
    struct {
        TarFile *items; /* in the archive's order */
        size_t count, capacity;
    } files;
} Manifest;

/* `key` is the tenant's master key. */
Str manifest_seal(const Manifest *manifest, const ManifestTenant *tenant,
                  const unsigned char key[32], Arena *arena);
Str manifest_write(const Manifest *manifest, Arena *arena);
bool manifest_read(Str json, const char *file, Arena *arena, Manifest *out, Err *err);
const ManifestTenant *manifest_tenant(const Manifest *manifest, Str name);
/* "tenants/NAME/…" or "keys/NAME.key": whose entry this is; STR_NONE for anything else,
 * tricks with paths included. */
Str manifest_tenant_of(Str name);
