/* SPDX-License-Identifier: EUPL-1.2 */
/* The licence of a dataset as an address. */
#pragma once

#include "base/str.h"

/* "dl-de/by-2-0" as the list of DCAT-AP.de has it. What is an address stays; what is not known is
 * "another closed licence", so that nobody takes more than was given. */
Str city_licence(Str licence);
