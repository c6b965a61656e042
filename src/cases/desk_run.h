/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk's pages of runs (Läufe). Who carries a run out needs run.execute in its office. */
#pragma once

#include "cases/desk.h"
#include "cases/run_store.h"
#include "core/work/job_view.h"

enum { RUN_REASON_MAX = 500 }; /* signs of why a proposal is given back */

typedef struct RunChoice { /* a run that may be begun */
    Str value;             /* "hund/jahresveranlagung" */
    Str label, summary;
} RunChoice;

typedef struct RunLine {
    Str path, label, status, who, when;
    Tone tone;
} RunLine;

typedef struct RunsPage {
    RunChoice *choices;
    size_t choice_count;
    int year; /* proposed */
    Str error;
    RunLine *lines;
    size_t count;
} RunsPage;

typedef struct RunFigure {
    Str label, now, before;
} RunFigure;

typedef struct RunFile {
    Str name, label, size, path;
} RunFile;

typedef struct RunBar { /* of the chart: an amount beside the greatest */
    Str label, amount;
    int width; /* 0-1000 */
} RunBar;

typedef struct RunPage {
    int64_t id;
    Str label, status;
    Tone tone;
    Str run; /* "hund/jahresveranlagung", of which year */
    int year;
    Str begun, released; /* who and when; or STR_NONE */
    Str undoes, undoes_path, undone_by, undone_path;
    Str returned, returned_why; /* who gave the proposal back, when and why; or STR_NONE */
    bool preview;               /* the figures are those of a preview */
    RunChanges changes;         /* since the preview, for who may begin or release it */
    Str differs;                /* what came out other than the preview said, or STR_NONE */
    bool figures;
    RunFigure totals[24];
    size_t total_count;
    RunBar bars[2];
    size_t bar_count;
    RunLists lists;
    RunNames problems; /* letters that could not be made */
    RunFile *files;
    size_t file_count;
    Collection *collections; /* direct debits of this year's runs */
    size_t collection_count;
    Str cannot_collect;  /* why there are none although somebody pays so, or STR_NONE */
    bool may_read_money; /* and see their pages */
    Str letters_text;
    JobView *job;    /* under way, or NULL */
    bool my_job;     /* who ordered it sees it live and may stop it */
    bool undo_waits; /* for the second person */
    bool may_execute, may_release, waits, may_undo, may_continue;
    bool two_people;
    Str lists_path;
    Str error;  /* what could not be done */
    Str reason; /* for giving back, as it was typed */
} RunPage;

bool desk_runs_page(Request *req, Response *res, Err *err);
bool desk_runs_post(Request *req, Response *res, Err *err);
bool desk_run_page(Request *req, Response *res, Err *err);
bool desk_run_execute_post(Request *req, Response *res, Err *err);
bool desk_run_release_post(Request *req, Response *res, Err *err);
bool desk_run_return_post(Request *req, Response *res, Err *err);
bool desk_run_continue_post(Request *req, Response *res, Err *err);
bool desk_run_undo_post(Request *req, Response *res, Err *err);
bool desk_run_left_out(Request *req, Response *res, Err *err);
bool desk_run_file(Request *req, Response *res, Err *err);
/* desk_run_entry.c: a letter at the register entry. */
bool desk_run_entry_letter(Request *req, Response *res, Err *err);

/* `runs: {four_eyes: true}` in tenant.yaml: another person releases a run. */
static inline bool run_needs_two(const Tenant *tenant)
{
    return node_get_bool(node_get(tenant->settings, "runs"), "four_eyes", false);
}

/* desk_run.c: the run of the path's `:id`, when the caller may run it. */
bool desk_run_load(Request *req, Tx *tx, RunRow *row, const Run **run, Err *err);
/* Its page; `error`: what could not be done, or STR_NONE. */
bool desk_run_send(Request *req, Response *res, Str error, Err *err);
/* desk_run_step.c */
bool desk_run_note(Tx *tx, Request *req, const char *type, int64_t id, Err *err);
bool desk_run_go_to(Request *req, Response *res, int64_t id);

/* desk_run_show.c: fill the page from the run. */
bool desk_run_fill(Request *req, Tx *tx, const RunRow *row, const Run *run, RunPage *page,
                   Err *err);
Str desk_run_status(const RunRow *row, Tone *tone);
