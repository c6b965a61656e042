/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "feel/facts.h"

typedef struct WarningList {
    FeelWarning *items;
    size_t count;
    size_t capacity;
} WarningList;

/* Warn of each division in the program whose divisor may be 0 although these facts hold. NULL is
 * no program. */
void zero_find(const FeelProgram *program, Facts *facts, WarningList *warnings);
/* The same of a table's cells: a row's tests say something about the inputs its results read. */
void zero_find_in_table(const FeelTable *table, Arena *arena, WarningList *warnings);
