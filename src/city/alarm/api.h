/* SPDX-License-Identifier: EUPL-1.2 */
/* Alarms for programs. */
#pragma once

#include "core/http/request.h"

/* GET /api/v1/city/alarms */
bool alarm_api_list(Request *req, Response *res, Err *err);
/* GET /api/v1/city/alarms/ID/history?before=ID&limit=N, the newest first */
bool alarm_api_history(Request *req, Response *res, Err *err);
