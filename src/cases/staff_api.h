/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk for programs: what its pages show and do, as JSON, with the same rights and the same
 * checks. docs/api.md */
#pragma once

#include "cases/desk.h"

bool staff_api_cases(Request *req, Response *res, Err *err);
bool staff_api_case(Request *req, Response *res, Err *err);
bool staff_api_document(Request *req, Response *res, Err *err);
bool staff_api_act(Request *req, Response *res, Err *err);
bool staff_api_task(Request *req, Response *res, Err *err);
bool staff_api_note(Request *req, Response *res, Err *err);
bool staff_api_assign(Request *req, Response *res, Err *err);
bool staff_api_registers(Request *req, Response *res, Err *err);
bool staff_api_register(Request *req, Response *res, Err *err);
bool staff_api_entry(Request *req, Response *res, Err *err);
bool staff_api_entry_add(Request *req, Response *res, Err *err);
bool staff_api_entry_correct(Request *req, Response *res, Err *err);
bool staff_api_entry_period(Request *req, Response *res, Err *err);
/* An entry with all that was ever known of it; `note` the look, unless the request did. */
bool staff_api_entry_answer(Request *req, Response *res, int status, int64_t id, bool note,
                            Err *err);

/* staff_api_body.c: the request's JSON object, of which only these names (NULL at the end) are
 * known; NULL with ERR_INPUT else. */
Node *staff_api_body(Request *req, const char *const *known, Err *err);
/* Both return false. ERR_INPUT: the `version` of what the caller looked at is not sent; `path` is
 * where it is told. ERR_CONFLICT: that is not what stands there any more. */
bool staff_api_no_basis(Err *err, const char *thing, Str path);
bool staff_api_moved_on(Err *err, const char *thing, Str version, Str path);
/* staff_api_case.c: the case as it is now. `desk` as the caller may see it. */
bool staff_api_case_node(Request *req, Tx *tx, const DeskCase *desk, Node **out, Err *err);
void staff_api_set_date(Arena *arena, Node *node, const char *key, Date value);
