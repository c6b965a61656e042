/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the import: a line of the file on its way to an entry, and the group it is written with.
 */
#pragma once

#include "base/csv.h"
#include "cases/register_import.h"

enum { IMPORT_GROUP = 250 };

typedef struct ImportMistake {
    Str field, message, remedy;
} ImportMistake;

typedef struct ImportRow {
    int number;
    Str key, hash;       /* hash: of all that the line says */
    const Node *raw;     /* as it stands in the file, by type */
    const Node *data;    /* of the register's fields */
    const Node *columns; /* and what the line says beside them */
    Date from, until;
    Str reason;
    struct {
        ImportMistake *items;
        size_t count, capacity;
    } mistakes;
    /* What writing made of it. */
    ImportOutcome outcome;
    int64_t entry;
} ImportRow;

/* What stood in this file so far: half a SHA-256 of each value, for a file may have millions of
 * lines. */
typedef struct ImportMark {
    uint64_t a, b; /* both 0: free */
} ImportMark;
typedef struct ImportKeys {
    ImportMark *marks; /* on the heap, by `a` */
    size_t capacity, count;
} ImportKeys;

typedef struct Import {
    const ImportOrder *order;
    Str lang; /* of messages */
    Arena *arena;
    ImportSummary *summary;
    Csv csv;
    ImportColumn columns[IMPORT_COLUMNS];
    size_t column_count;
    ImportKeys seen;
} Import;

typedef struct ImportGroup {
    const Import *import;
    Arena *arena;
    ImportRow *lines;
    size_t count;
    bool any;        /* some line is to be written */
    bool taken_back; /* of a preview: written, and given up again */
} ImportGroup;

/* --- import_row.c, import_key.c: reading ---------------------------------------------------------
 */

void import_keys_free(ImportKeys *seen);
/* What mistakes call a column: the label of its field. */
Str import_label(const RegisterSpec *spec, Str field);
/* The line is left out, and this is told. */
void import_mistake(ImportRow *line, Arena *arena, Str field, Str message, Str remedy);
/* Cells as fields, checked by themselves and against the lines above. Mistakes are told in the
 * line; false only when a rule of the package fails. */
bool import_row_read(Import *import, ImportRow *line, const Str *cells, size_t count, Arena *arena,
                     Err *err);
/* Gives the line its key; a mistake when the file had it before. */
void import_key_check(Import *import, ImportRow *line, Arena *arena);
/* The same tag on two dogs is a slip in the old list. */
void import_unique_check(Import *import, ImportRow *line, Arena *arena);
/* Whether the line's entry holds today or later: only the living share no value. */
bool import_is_living(const Import *import, const ImportRow *line);

/* --- import_write.c, import_mandate.c: writing ---------------------------------------------------
 */

/* A WriteWork over an ImportGroup. Of a preview it fails at the end, with `taken_back` set. */
bool import_group_write(Tx *tx, void *context, Err *err);
/* Before anything of the line is written; a mistake when its mandate cannot be taken. False only
 * when the database failed. */
bool import_mandate_check(Tx *tx, const ImportGroup *group, ImportRow *line, Err *err);
/* The mandate of a checked line; nothing when it brings none. */
bool import_mandate_put(Tx *tx, const ImportGroup *group, const ImportRow *line, Err *err);
