/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the case page: its parts, each loaded by a file of its own. */
#pragma once

#include "cases/desk.h"

typedef struct CaseLoad {
    Request *req;
    Tx *tx;
    DeskCase desk;
    CaseView *view;
    Arena *arena;
} CaseLoad;

/* desk_case_data.c: the data as the form has it, with the findings beside what they concern. After
 * the findings. */
void case_load_data(CaseLoad *load);
/* desk_case_parts.c: what stands around the data. */
bool case_load_findings(CaseLoad *load, Err *err);
bool case_load_documents(CaseLoad *load, Err *err);
bool case_load_tasks(CaseLoad *load, Err *err);
bool case_load_actions(CaseLoad *load, Err *err);
bool case_load_charges(CaseLoad *load, Err *err);
/* desk_case_history.c */
bool case_load_history(CaseLoad *load, Err *err);
