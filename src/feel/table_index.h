/* SPDX-License-Identifier: EUPL-1.2 */
/* Finding the rules of a large table without trying each: for every segment of every
 * input a set of bits says which rules it may match; the sets of the inputs' values are
 * cut with each other. */
#pragma once

#include "feel/table.h"

typedef struct TableIndex TableIndex;

/* NULL for a table so small that trying its rules is as quick. */
const TableIndex *table_index(Arena *arena, const FeelTable *table);
/* Words of 64 rules each that table_candidates() writes. */
size_t table_index_words(const TableIndex *index);
/* The rules that may match these inputs. False when a value is not of the kind that the
 * cells name (null, say): then each rule must be tried. */
bool table_candidates(const TableIndex *index, const FeelTable *table, const FeelValue *inputs,
                      uint64_t *rules);
/* Must the rule's tests be tried although it is a candidate? */
bool table_must_try(const TableIndex *index, size_t rule);
/* Of a table with one input: the one rule that matches it, found in one step. False when that is
 * not so plain. */
bool table_only_rule(const TableIndex *index, const FeelValue *input, size_t *rule);
