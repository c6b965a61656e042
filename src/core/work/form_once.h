/* SPDX-License-Identifier: EUPL-1.2 */
/* A form that is sent twice (a double click, a lost answer and a reload) is taken once: the page
 * gives each form a token (FORM_ONCE), and the same token with the same answers counts as the same
 * sending. */
#pragma once

#include "core/http/request.h"
#include "core/store/db.h"

/* So long a sending is remembered. A form that is older is refused before it comes here: its other
 * token (csrf) holds for one session, and no session of staff lasts as long as this. */
enum { FORM_ONCE_KEPT_MS = 24 * 60 * 60 * 1000 };

/* In the write that the form asks for: is it here for the first time? A form without a token (of a
 * program) always is. */
bool form_once(Tx *tx, const Request *req, bool *first, Err *err);
