/* SPDX-License-Identifier: EUPL-1.2 */
/* Crew: a few threads that do equal pieces of work together, again and again. They live as long as
 * the crew, so that what a thread keeps for itself (fonts) is made once. */
#pragma once

#include <stddef.h>

typedef struct Crew Crew;

/* As many threads as the machine has cores, at most `most`. They give way to those who serve
 * people. */
Crew *crew_create(size_t most);
void crew_destroy(Crew *crew);
size_t crew_size(const Crew *crew);
/* Call `fn` for each index below `count`, and wait for all. `member` (below crew_size) tells which
 * thread it is. */
void crew_do(Crew *crew, size_t count, void (*fn)(void *context, size_t index, size_t member),
             void *context);
