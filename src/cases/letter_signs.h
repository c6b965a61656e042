/* SPDX-License-Identifier: EUPL-1.2 */
/* Signs that no font of the letters has: a box would stand in their place. Whoever orders letters
 * asks here and decides what follows: a page lets the clerk look and tick, a program must say so,
 * many cases at once leave the case to a person. */
#pragma once

#include "cases/form.h"
#include "core/store/db.h"

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
typedef struct LetterList {
    const Node **items; /* snapshots */
    size_t count;
} LetterList;
/* The letters that a case got behind the document `after`. */
bool letters_since(Tx *tx, int64_t case_id, int64_t after, Arena *arena, LetterList *out, Err *err);
/* The same for the letters that a case got behind the document `after`, in the transaction that
 * orders them; and the letters. They are not set here, where everybody who writes would wait for
 * it. */
bool letter_signs_since(Tx *tx, int64_t case_id, int64_t after, const SignSource *sources,
                        size_t source_count, Arena *arena, LetterList *letters, Str *signs,
                        Err *err);
/* A quick look: may any text of the data hold one? */
bool letter_signs_suspect(const Node *data);
