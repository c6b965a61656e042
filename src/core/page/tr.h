/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of translations that the build makes from web/translations: open
 * addressing by str_hash of the German text, at most half full. */
#pragma once

#include "base/str.h"

typedef struct TrEntry {
    Str german; /* ptr NULL: free slot */
    Str text;
} TrEntry;

typedef struct TrTable {
    const char *lang;
    const TrEntry *slots;
    size_t slot_count; /* a power of two */
    size_t entry_count;
} TrTable;

extern const TrTable TR_TABLES[]; /* ended by a NULL lang */

/* The translation, or NULL when the language has none. */
const Str *tr_find(Str lang, Str german);
