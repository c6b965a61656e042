/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: interest and surcharges by the tax code (Abgabenordnung, AO). */
#pragma once

#include "base/clock.h"

/* Rounded down to 50 euros (§ 238 (2), § 240 (1) AO). */
int64_t interest_base(int64_t cents);
/* Full months from one day to another (§ 238 (1) sentence 2 AO). */
int interest_months(Date from, Date until);
/* Interest of a deferral: 0.5 % for each full month (§ 234, § 238 (1) AO). Not rounded yet. */
int64_t interest_of(int64_t cents, Date from, Date until);
/* What is set in the end: full euros, and nothing below 10 (§ 239 (2) AO). */
int64_t interest_set(int64_t cents);
/* Surcharge for one begun month: 1 % (§ 240 (1) AO). */
int64_t surcharge_of(int64_t cents);
