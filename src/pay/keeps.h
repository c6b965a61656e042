/* SPDX-License-Identifier: EUPL-1.2 */
/* How long the treasury keeps what names people. */
#pragma once

#include "core/work/keep.h"

extern const Keep PAY_KEEPS[];
