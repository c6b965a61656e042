/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the accounts of a tenant's settings. */
#pragma once

#include "pay/pay.h"

/* The number of a revenue account: money.accounts.NAME.number; STR_NONE when missing. */
Str revenue_number(const Node *settings, Str revenue);
