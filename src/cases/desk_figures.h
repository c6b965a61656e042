/* SPDX-License-Identifier: EUPL-1.2 */
/* What the pages of numbers, of the team and of reminders show. */
#pragma once

#include "core/page/parts.h"

enum { CHART_WEEKS = 26 };

typedef struct WeekRow {
    Str monday; /* "1. März 2027" */
    Str tick;   /* "1.3." */
    int64_t received, decided;
} WeekRow;

typedef struct ProcedureRow {
    Str name;
    int64_t received, decided, median, p90;
    Str kept;  /* "92 %" or "–" */
    Str asked; /* per decided case: "0,3" */
} ProcedureRow;

typedef struct AgeRow {
    Str label;
    int64_t count;
} AgeRow;

typedef struct FiguresView {
    Str title;
    bool own;
    WeekRow weeks[CHART_WEEKS];
    Html weeks_chart, ages_chart;
    AgeRow ages[5];
    int64_t open;
    ProcedureRow *procedures;
    size_t procedure_count;
} FiguresView;

typedef struct FiguresPage {
    FiguresView own, office;
    bool has_own, has_office;
    OptionView *offices;
    size_t office_count;
} FiguresPage;

/* --- The team --- */
typedef struct TeamRow {
    Str name, path; /* of the list of these cases */
    Str away;       /* "abwesend bis 3. März 2027, Vertretung: Jonas Adler", or STR_NONE */
    int64_t open, overdue, waiting;
    Str oldest;
    bool free; /* may take more */
} TeamRow;

typedef struct OldRow {
    int64_t id;
    Str number, path, applicant, procedure, received, assigned, due;
    Tone tone;
} OldRow;

typedef struct TeamPage {
    Str office, notice, problem;
    OptionView *offices, *people;
    size_t office_count, people_count;
    TeamRow *rows, *procedures;
    size_t row_count, procedure_count;
    OldRow *oldest;
    size_t oldest_count;
    int64_t open, overdue;
    Str overdue_path;
} TeamPage;

/* --- Reminders --- */
typedef struct ReminderLine {
    int64_t id;
    Str due, text, number, path, applicant, who;
    Tone tone;
} ReminderLine;

typedef struct RemindersPage {
    Str span; /* heute | woche | alle */
    Str notice;
    ReminderLine *lines;
    size_t count;
    bool more;
} RemindersPage;

/* --- desk_chart.c: pictures of numbers; a table with the same numbers stands beside each --- */
/* Two bars a week; `label` tells a screen reader what it shows. */
Html chart_weeks(Arena *arena, const WeekRow *weeks, size_t count, Str label);
/* A bar a row, longest on the left. */
Html chart_rows(Arena *arena, const AgeRow *rows, size_t count, Str label);
