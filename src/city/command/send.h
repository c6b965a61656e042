/* SPDX-License-Identifier: EUPL-1.2 */
/* Files for a dataset sent to the server that has the town's hub, as any program sends them: with a
 * key that is made for it and ends with the command. */
#pragma once

#include "city/command/command.h"
#include "city/import/import.h"

typedef struct CitySender CitySender;

/* NULL with ERR_CONFLICT when no server can be reached. */
CitySender *city_sender_begin(Beside *beside, const CityTown *town, Arena *arena, Err *err);
/* The dataset is made with this access when it is missing: `*made` tells that it was. Problems are
 * told as city_import() tells them. */
bool city_send(CitySender *sender, const CityImport *import, CityAccess access, bool *made,
               CityImportReport *out, Err *err);
/* NULL is accepted. */
void city_sender_end(CitySender *sender);
