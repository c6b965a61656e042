/* SPDX-License-Identifier: EUPL-1.2 */
/* How the programs' interfaces say that data were refused (RFC 9457), for citizens' and for staff's
 * programs alike. */
#pragma once

#include "core/http/request.h"

/* One entry of `errors`: which field broke which rule, and what to do. */
void api_problem_add(Arena *arena, Node *errors, Str field, Str rule, Str message);
/* Answer with `status` and "application/problem+json". `title` is translated; `errors` may be NULL.
 */
bool api_problem_send(Request *req, Response *res, int status, const char *title, Node *errors);
/* The same for data that broke rules: 422. */
bool api_problem_refuse(Request *req, Response *res, Node *errors);
