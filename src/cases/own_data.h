/* SPDX-License-Identifier: EUPL-1.2 */
/* What is stored of a person, for that person (Art. 15 and 20 GDPR): as JSON to take along. */
#pragma once

#include "core/http/request.h"

/* GET /status/:token/daten.json and GET /meine-daten.json */
bool own_data_case(Request *req, Response *res, Err *err);
bool own_data_all(Request *req, Response *res, Err *err);
