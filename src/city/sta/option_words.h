/* SPDX-License-Identifier: EUPL-1.2 */
/* The words of query options, for those who read and those who write them. */
#pragma once

#include "city/sta/options.h"

extern const char *const STA_OPTION_WORDS[STA_OPTIONS];
extern const char *const STA_FORMAT_WORDS[STA_FORMAT_CSV + 1];

typedef struct StaAggregateWord {
    const char *word;
    StaAggregate bit;
} StaAggregateWord;
extern const StaAggregateWord STA_AGGREGATE_WORDS[]; /* ends with a row without word */
