/* SPDX-License-Identifier: EUPL-1.2 */
/* Private to this room. */
#pragma once

#include "city/datex/datex.h"
#include "city/datex/part.h"

typedef struct DatexReading {
    DatexFile *file;
    Arena *arena;
    Timestamp now;
    DatexTell *tell;
    void *context;
} DatexReading;

void datex_wrong(DatexReading *reading, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* situation.c */
void datex_read_situation(DatexReading *reading, const XmlElement *situation);
