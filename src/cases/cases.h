/* SPDX-License-Identifier: EUPL-1.2 */
/* The engine of services: packages, forms, cases, registers. docs/packages.md is the format;
 * this is the only header that other engines include. */
#pragma once

#include "core/engine.h"

extern const Engine CASES_ENGINE;
/* The citizen's pages: services, applications, the state of cases. */
extern const Engine CITIZEN_ENGINE;
/* Applications by other programs: /api/… */
extern const Engine API_ENGINE;
