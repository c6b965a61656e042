/* SPDX-License-Identifier: EUPL-1.2 */
/* What a person wrote of their own accord about a case: why a finding is dismissed, why a deadline
 * moves, what an applicant explains. An event holds only the number of such words; they lie in
 * `case_word` and go with the case. Events from before that hold the words themselves. */
#pragma once

#include "core/store/event.h"

/* Keep `words` (none: nothing) and let the event's `data` point at them. */
bool case_word_add(Tx *tx, int64_t case_id, Str words, Node *data, Arena *arena, Err *err);
/* The words of an event; `old_key` is where older events hold them. STR_NONE: none, or erased. */
bool case_word_of(Tx *tx, const Event *event, const char *old_key, Arena *arena, Str *out,
                  Err *err);
