/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "city/import/import.h"

/* A file of DATEX II into a dataset: situations become road works, which are found again by their
 * id and replaced by the same or a later version; sites become Things; values Observations of them.
 * Of a snapshot, what is missing is over. ERR_INPUT when it is no such file; nothing is written
 * then. */
bool datex_import(const CityImport *import, Arena *arena, CityImportReport *out, Err *err);
