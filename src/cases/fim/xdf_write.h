/* SPDX-License-Identifier: EUPL-1.2 */
/* A procedure's form as XDatenfelder 3.0.0. */
#pragma once

#include "base/clock.h"
#include "cases/package.h"

/* The Stammdatenschema of the form as a message 0102. Elements without an id of the federal
 * catalogue (`fim`) get a provisional one from the number range 99, made from their path, and say
 * so. Conditions, rules and computed values are told as free-text rules with their FEEL. */
Str xdf_write(const Package *package, const Procedure *procedure, Timestamp now, Arena *arena);
