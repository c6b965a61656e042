/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "core/tenant.h"

/* Run what is due of this tenant's schedules and say when the next one is (process clock). A
 * schedule that fails is logged and tried again at its next time. */
bool schedules_run(Tenant *tenant, int64_t *next_at, Err *err);
