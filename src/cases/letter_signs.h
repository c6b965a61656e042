/* SPDX-License-Identifier: EUPL-1.2 */
/* Signs that no font of the letters has: a box would stand in their place. Whoever orders letters
 * asks here and decides what follows: a page lets the clerk look and tick, a program must say so,
 * many cases at once leave the case to a person. */
#pragma once

#include "cases/form.h"
#include "core/store/db.h"

typedef struct Tenant Tenant;

/* Where what a letter says may come from. */
typedef struct SignSource {
    FormField *const *fields;
    size_t count;
    const Node *data;
} SignSource;

/* The first such sign in the letters (snapshots), and where it stands, as one German sentence:
 * "Kein Brief kann das Zeichen „漢“ drucken; es steht in „Familienname“." STR_NONE: all can be
 * printed. */
Str letter_signs_missing(const Node *const *letters, size_t letter_count, const SignSource *sources,
                         size_t source_count, Arena *arena);
/* The same for texts that are no snapshots. */
Str letter_signs_in(const Str *texts, size_t text_count, const SignSource *sources,
                    size_t source_count, Arena *arena);
/* The same for the letters that a case got behind the document `after`, in the transaction that
 * orders them; how many there are. With a tenant (NULL: not asked, for it takes the time of setting
 * each) ERR_INPUT, with words for the clerk, when one cannot be made at all. */
bool letter_signs_since(Tx *tx, Tenant *tenant, int64_t case_id, int64_t after,
                        const SignSource *sources, size_t source_count, Arena *arena,
                        size_t *letters, Str *signs, Err *err);
/* A quick look: may any text of the data hold one? */
bool letter_signs_suspect(const Node *data);
