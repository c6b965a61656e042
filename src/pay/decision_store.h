/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what making a decision and taking it back share. */
#pragma once

#include "pay/claim.h"
#include "pay/decision.h"

bool decision_lowers_claim(DecisionKind kind);
/* {taken: [{number, cents}], made: [{number, cents}]}, as it is kept. */
Str decision_parts(const TakenList *taken, const TakenList *made, Arena *arena);
/* Do the days of these parts belong to the town alone? New parts in their place would be dunned,
 * and handed over once more: ERR_INPUT when something open of them stands with enforcement. */
bool decision_not_enforced(Tx *tx, int64_t charge_id, Arena *arena, Err *err);
TakenList decision_list(const Node *parts, const char *key, Arena *arena);
bool decision_event(Tx *tx, const char *type, const Charge *charge, int64_t id, DecisionKind kind,
                    int64_t cents, Str actor, Arena *arena, Err *err);
