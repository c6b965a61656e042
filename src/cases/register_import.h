/* SPDX-License-Identifier: EUPL-1.2 */
/* Import of an existing stock into a register from CSV: what each line became and why. Lines are
 * written in groups, a transaction each. A line is known by its key (the column `schluessel`, else
 * the register's key fields, else its whole content) for good, so that the same file read again,
 * after a stop or out of habit, adds nothing twice. Lines with mistakes are left out, never half
 * taken. */
#pragma once

#include "cases/register.h"
#include "core/tenant.h"

typedef enum ImportOutcome {
    IMPORT_ADDED,
    IMPORT_KNOWN,     /* was read before, with the same content */
    IMPORT_DIFFERENT, /* was read before with other content: left as it is */
    IMPORT_WRONG,     /* left out */
    IMPORT_OUTCOMES,
} ImportOutcome;

typedef struct ImportLine {
    int line; /* in the file, 1-based */
    ImportOutcome outcome;
    Str key;
    Str field;           /* the column concerned, or STR_NONE */
    Str message, remedy; /* in the order's language; STR_NONE when nothing is to be said */
    int64_t entry;       /* 0: none */
} ImportLine;

typedef struct ImportSummary {
    Str encoding;  /* "UTF-8", "Windows-1252" */
    Str separator; /* "Semikolon", "Komma", "Tabulator", in the order's language */
    int64_t lines;
    int64_t counts[IMPORT_OUTCOMES];
    Str *unused; /* columns that belong to no field */
    size_t unused_count;
} ImportSummary;

typedef struct ImportOrder {
    Tenant *tenant;
    const Package *package;
    const RegisterSpec *spec;
    Str bytes;    /* of the file */
    bool preview; /* look, write nothing */
    Str actor;
    Date today;
    Str lang; /* of messages; STR_NONE: German */
    /* Told every mistake and every line's outcome, in the order of the file; a line with several
     * mistakes several times. May be NULL. */
    void (*tell)(void *context, const ImportLine *line);
    /* Told how far it is, in bytes; false stops between two groups. May be NULL. */
    bool (*progress)(void *context, int64_t done, int64_t total);
    void *context;
} ImportOrder;

/* ERR_INPUT, in the order's language, when the file as a whole cannot be read (no table, unknown
 * characters, a required column is missing); lines are told one by one. */
bool register_import(const ImportOrder *order, Arena *arena, ImportSummary *out, Err *err);
/* The package that a town offers and that has this register; NULL when none has. */
const Package *register_package(Tenant *tenant, Str register_id, const RegisterSpec **spec,
                                Err *err);
/* Who the files of imports belong to, before the register's id: what was uploaded until it is read,
 * and the reports. */
#define IMPORT_FILES "register-import/"
#define IMPORT_REPORTS "register-report/"
/* The report of every line as CSV, with semicolons. */
void import_report_head(Buf *out, Str lang);
void import_report_line(Buf *out, Str lang, const ImportLine *line);

/* --- import_text.c: from bytes to a table --------------------------------------------------------
 */

/* UTF-8, or from Windows-1252. ERR_INPUT for anything else. */
bool import_decode(Str bytes, Str lang, Arena *arena, Str *text, Str *encoding, Err *err);
/* The sign that parts the values of the first line. */
char import_separator(Str text);

/* Excel's first line `sep=;`: the sign, and how long the line is; false when there is none. */
bool import_told_separator(Str text, char *separator, size_t *length);

enum { IMPORT_COLUMNS = 200 };

typedef enum ColumnKind {
    COLUMN_UNUSED,
    COLUMN_FIELD,
    COLUMN_KEY,
    COLUMN_FROM,
    COLUMN_UNTIL,
    COLUMN_REASON,
} ColumnKind;

typedef struct ImportColumn {
    ColumnKind kind;
    Str heading;
    const FormField *field;
} ImportColumn;

/* What each column of the first line is: fields by id or label. */
bool import_columns(const RegisterSpec *spec, const Str *headings, size_t count, Str lang,
                    ImportColumn *columns, Arena *arena, Err *err);
/* A cell as the JSON value of its field: codes by value or label, German dates and numbers, words
 * for yes and no. */
Node *import_value(const FormField *field, Str cell, Arena *arena);
/* Options of the field that may be meant by a word that is none: `Dackel (Rauhaar), Zwergdackel`,
 * or STR_NONE. */
Str import_near(const FormField *field, Str cell, Arena *arena);
