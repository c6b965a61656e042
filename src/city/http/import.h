/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "core/http/request.h"

bool city_import_post(Request *req, Response *res, Err *err);
/* 204 when all was taken; else 422 with what was left out, line by line: the others are there. */
bool city_write_post(Request *req, Response *res, Err *err);
/* Prometheus' remote write: 204, or 422 with what was left out. */
bool city_prometheus_post(Request *req, Response *res, Err *err);
