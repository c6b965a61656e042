/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "core/http/request.h"

bool city_import_post(Request *req, Response *res, Err *err);
