/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers at the desk: what the pages share, and what they show. */
#pragma once

#include "cases/desk.h"

/* --- desk_register.c ---------------------------------------------------------------------------
 */

typedef struct DeskRegister {
    const Package *package;
    const RegisterSpec *spec;
    Str path;       /* "/desk/register/hund" */
    Str name;       /* "Hunderegister" */
    bool sensitive; /* the caller sees sensitive fields */
} DeskRegister;

/* A register of a package, when the caller may read its cases. */
bool desk_register_of(Request *req, const Package *package, Str id, DeskRegister *out);
/* By the path's `:register`, when the caller may read its cases; else ERR_NOT_FOUND. */
bool desk_register(Request *req, DeskRegister *out, Err *err);
/* May the caller do this (register.export, register.import) in an office of the package? */
bool desk_register_may(const Request *req, const DeskRegister *reg, const char *permission);
bool desk_register_shows(const DeskRegister *reg, const FormField *field);
Str desk_register_label(const FormField *field);
/* The value of a field in German; empty when there is none. */
Str desk_register_value(const FormField *field, const Node *data, Arena *arena);
bool desk_register_send(Request *req, Response *res, Str title, Out *out);
/* "1. März 2027 bis 3. April 2028", "seit 1. März 2027" */
Str desk_register_life(Date from, Date until, Arena *arena);

/* --- desk_register_query.c ----------------------------------------------------------------------
 */

typedef enum FilterKind { FILTER_CHOICE, FILTER_YES_NO, FILTER_DATE } FilterKind;

typedef struct FilterView {
    FilterKind kind;
    Str label, name; /* of the form's field; a date has name_von and name_bis */
    OptionView *options;
    size_t option_count;
    Str from, to; /* dates, ISO */
} FilterView;

/* What the address asks for: search, filters, days, order. */
typedef struct RegisterAsked {
    RegisterQuery query;
    Str search;
    Str valid_on, known_on; /* ISO, or STR_NONE */
    Str problem;            /* of the address, in German; or STR_NONE */
    FilterView *filters;
    size_t filter_count;
    size_t active; /* filters in use */
    OptionView *sorts;
    size_t sort_count;
    Str address; /* the same as a query, "suche=…&f_rasse=…"; may be empty */
    Str words;   /* the same in words, for logs: "Rasse: Mops" */
} RegisterAsked;
void desk_register_asked(Request *req, const DeskRegister *reg, RegisterAsked *out);
/* Behind which entry a list goes on: `nach` with `zeile`, or none of them. NULL, or the name of the
 * one that is wrong; then the list begins at its beginning. */
const char *desk_register_place(const Request *req, RegisterQuery *query);
/* A value that is none of `options`, told in out->problem. */
void desk_register_no_such(Arena *arena, Str label, Str asked, const OptionView *options,
                           size_t count, RegisterAsked *out);

/* A look at an entry, and at the case that made it; and a list or file that was given out. */
bool desk_register_note_look(Request *req, const DeskRegister *reg, const RegisterEntry *entry,
                             const char *purpose, Err *err);
/* A look at what somebody wants to enter anew; of the entry, once it is one. */
bool desk_register_note_act(Request *req, const DeskRegister *reg, int64_t act_id,
                            const char *purpose, Err *err);
bool desk_register_note_export(Request *req, const DeskRegister *reg, const char *form,
                               const RegisterAsked *asked, Err *err);

/* --- Views ---------------------------------------------------------------------------------------
 */

typedef struct RegisterLink {
    Str path, name;
    int64_t count;
} RegisterLink;

typedef struct RegisterRow {
    Str title, path, life;
    Str cells[4];
} RegisterRow;

typedef struct RegisterPage {
    Str name, path, next, at; /* at: "am 3. März 2027, nach dem Stand vom 1. April 2027" */
    const RegisterAsked *asked;
    int64_t total;
    int64_t total_max; /* more are not counted */
    Str columns[4];
    size_t column_count;
    RegisterRow *rows;
    size_t row_count;
    bool may_export, may_import, may_count, may_add;
    const struct ActLink *waiting; /* for a second person */
    size_t waiting_count;
    Str notice;
} RegisterPage;

/* One field that another row has otherwise. */
typedef struct EntryChange {
    Str label, before, now;
} EntryChange;

typedef struct EntryStretch {
    Str valid; /* "ab 1. März 2027" */
    EntryChange *changes;
    size_t change_count;
    Str note; /* what cannot be shown or is new as a whole; or STR_NONE */
} EntryStretch;

/* What we learned at one moment. */
typedef struct EntryEvent {
    Str when, who, case_path, title;
    Str how, why; /* of what was written by hand; or STR_NONE */
    EntryStretch *stretches;
    size_t stretch_count;
} EntryEvent;

/* A letter of a run to those whom the entry concerns (desk_run_entry.c). */
typedef struct RunEntryLetter {
    int64_t id;
    Str path, title, about, sha256;
} RunEntryLetter;
typedef struct RunEntryLetters {
    RunEntryLetter *items;
    size_t count, capacity;
} RunEntryLetters;
/* Those that are made, the newest first. */
bool desk_run_letters(Tx *tx, const DeskRegister *reg, const RegisterEntry *entry, Arena *arena,
                      RunEntryLetters *out, Err *err);

/* What a person wants to write by hand and another must approve. */
typedef struct ActLink {
    Str path, what, who, title;
} ActLink;
struct RegisterAct;
ActLink desk_act_link(const DeskRegister *reg, Tx *tx, const struct RegisterAct *act, Arena *arena);
/* What was done, by the address's `getan`; or STR_NONE. */
Str desk_act_notice(Str done);

typedef struct EntryPage {
    bool may_correct;
    ActLink *waiting;
    size_t waiting_count;
    Str notice;
    Str title, life, reason, register_name, register_path, path;
    bool ended;
    Str valid_on, known_on, problem;
    Str at;          /* as in RegisterPage; STR_NONE: today's knowledge of the latest stretch */
    bool at_nothing; /* nothing held then */
    EntryChange *differences; /* against today, with `at` */
    size_t difference_count;
    FactView *facts;
    size_t fact_count;
    EntryEvent *events;
    size_t event_count;
    RunEntryLetters letters;
} EntryPage;

typedef struct CountBar {
    Str label, share;
    int64_t count;
    int width; /* per cent of the longest */
} CountBar;

typedef struct CountPage {
    Str name, path, register_path, label, day;
    const RegisterAsked *asked;
    OptionView *by;
    size_t by_count;
    CountBar *bars;
    size_t bar_count;
    int64_t total;
} CountPage;
