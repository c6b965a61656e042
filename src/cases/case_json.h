/* SPDX-License-Identifier: EUPL-1.2 */
/* A case, its papers and its charges as JSON: alike in the person's own file and for programs of
 * the town. */
#pragma once

#include "cases/case.h"
#include "pay/pay.h"

/* What a list says of a case, set in `out`. */
void case_json_brief(const Case *c, Arena *arena, Node *out);
/* The same, and how to reach the applicant. */
void case_json_head(const Case *c, Arena *arena, Node *out);
Node *case_json_document(const Document *document, Arena *arena);
/* Without the debtor. Amounts are cents. */
Node *case_json_charge(const Charge *charge, Arena *arena);
