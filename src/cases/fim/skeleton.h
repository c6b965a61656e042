/* SPDX-License-Identifier: EUPL-1.2 */
/* A package skeleton from an XDatenfelder document: the form, code lists, a first process, and a
 * README that names every line that could not be used. German only: the gate names what is to be
 * translated. */
#pragma once

#include "cases/fim/xdf.h"
#include "cases/package.h"

typedef struct SkeletonNote { /* something that a person has to look at */
    int line;                 /* of the document; 0: the document as a whole */
    int last_line;            /* of what is left out as a whole; else 0 */
    Str element;              /* "F60000000243 Straße" */
    Str text;
} SkeletonNote;

typedef struct CodeSource { /* a code list that was given beside the document */
    Str uri;                /* canonicalVersionUri */
    const XmlElement *root;
    Str code_column, name_column; /* of its keys, as the list itself has them */
} CodeSource;

typedef struct Skeleton {
    PackageFile *files; /* by path */
    size_t file_count, file_capacity;
    SkeletonNote *notes; /* by line */
    size_t note_count;
    size_t fields; /* that the form has now */
} Skeleton;

/* `source` is the file's name for the README, `codes` may be NULL. */
void skeleton_make(Arena *arena, const XdfDocument *document, Str source, const CodeSource *codes,
                   size_t code_count, Skeleton *out);

/* A code list in OASIS genericode 1.0. Its codes: the key "codeKey", else the first; their texts:
 * the key "codenameKey", else the first other column. */
bool genericode_read(Arena *arena, Str xml, const char *file, CodeSource *out, Err *err);
bool genericode_has_column(const CodeSource *list, Str column);
/* Code and text of each row that has a code, from these columns. */
XdfValue *genericode_values(Arena *arena, const CodeSource *list, Str code_column, Str name_column,
                            size_t *count);

/* "Straße und Hausnr." -> "strasse_und_hausnr": an id of a package, at most 50 bytes. */
Str skeleton_id(Arena *arena, Str text);
