/* SPDX-License-Identifier: EUPL-1.2 */
/* A single Observation, as most sensors send them: no worker waits until the disk has it. */
#pragma once

#include "city/http/edit.h"

/* Answer when the Observation that is planned, and needs no change of the graph, is written. */
bool sta_commit_later(StaEdit *edit, Err *err);
