/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the pages of dunning. */
#pragma once

#include "core/engine.h"
#include "core/http/request.h"
#include "core/page/parts.h"
#include "pay/dunning.h"

enum {
    DUNNING_SHOWN = 500, /* lines of a preview; the sums are of all */
    DUNNING_ROWS = 100,  /* of a run, on a page */
};

typedef struct DunningPage {
    DunningRules rules;
    DunningRun *runs;
    size_t count;
    bool may_dun;
    Str error; /* what is wrong with the settings, or STR_NONE */
} DunningPage;

typedef struct DunningSum {
    int64_t letters, left_out;
    int64_t cents, fee_cents, surcharge_cents;
} DunningSum;

typedef struct DunningPreview {
    DunningRules rules;
    Date day;
    DunningSum sum;
    DunningLine *letters;
    size_t letter_count;
    DunningLine *left_out;
    size_t left_out_count;
    bool may_dun;
    bool running; /* a run is not at its end */
    bool changed; /* since somebody looked: it is shown anew */
    Str seen;     /* the mark of all that a run would do and leave out */
} DunningPreview;

typedef struct DunningRunPage {
    DunningRules rules;
    DunningRun run;
    DunningLine *letters;
    size_t letter_count;
    DunningLine *left_out;
    size_t left_out_count;
    int64_t next_letter, next_left_out; /* behind which charge the lists go on; 0: they end */
    bool may_dun;
    Str actor;
} DunningRunPage;

static inline Str dunning_level_name(const DunningRules *rules, int level)
{
    return level >= 1 && level <= rules->count ? rules->levels[level - 1].name : STR("Mahnung");
}

bool dunning_page(Request *req, Response *res, Err *err);
bool dunning_preview_page(Request *req, Response *res, Err *err);
bool dunning_start_post(Request *req, Response *res, Err *err);
bool dunning_run_page(Request *req, Response *res, Err *err);
bool dunning_go_on_post(Request *req, Response *res, Err *err);
/* The job. */
bool dunning_job(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                 Err *err);
