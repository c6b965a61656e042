/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside closings: what making one and proving them share. */
#pragma once

#include "pay/closing.h"

#define CLOSING_COLUMNS "id, day, first_day, bookings, data, previous, hash, at, actor"

/* Of a row of CLOSING_COLUMNS; `*data` is what its hash is made over besides the bookings. */
Closing closing_from_row(Rows *rows, Arena *arena, Str *data);
/* Fill bookings and sums of the days from `first` to `day`. */
bool closing_load_sums(Tx *tx, Arena *arena, Closing *out, Err *err);
/* Over the closing before, `data` and every booking of its days. */
bool closing_hash(Tx *tx, const Closing *closing, Str data, Arena *arena, Str *out, Err *err);
