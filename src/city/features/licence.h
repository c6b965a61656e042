/* SPDX-License-Identifier: EUPL-1.2 */
/* The licence of a dataset: its address for programs, its name and text for people. */
#pragma once

#include "base/str.h"

/* "dl-de/by-2-0" as the list of DCAT-AP.de has it. What is an address stays; what is not known is
 * "another closed licence", so that nobody takes more than was given. */
Str city_licence(Str licence);
/* For people: what it is called ("Datenlizenz Deutschland – Namensnennung – Version 2.0"), and
 * where its text stands (STR_NONE: nobody knows). What is not known is called as it is written. */
Str city_licence_title(Str licence);
Str city_licence_text(Str licence);
