/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside fim: what the writers of a skeleton share. */
#pragma once

#include "base/node.h"
#include "base/vec.h"
#include "cases/fim/skeleton.h"

typedef struct SkeletonFiles {
    PackageFile *items;
    size_t count, capacity;
} SkeletonFiles;

typedef struct SkeletonNotes {
    SkeletonNote *items;
    size_t count, capacity;
} SkeletonNotes;

typedef struct Builder {
    Arena *arena;
    const XdfDocument *document;
    const CodeSource *codes;
    size_t code_count;
    Str id; /* of the package */
    SkeletonFiles files;
    SkeletonNotes notes;
    size_t fields;
    size_t restored;    /* rules of our own export that are FEEL again */
    const Str *unknown; /* names that only the package has which they come from */
    size_t unknown_count;
    int indent; /* of the fields of a page or block */
} Builder;

void skeleton_note(Builder *b, int line, Str element, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* What is left out with all that stands in it. */
void skeleton_left_out(Builder *b, const XdfElement *element, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void skeleton_file(Builder *b, Str path, Str bytes);
/* "F60000000243 Straße", for notes. */
Str skeleton_called(Builder *b, const XdfElement *element);
/* "KEY: {de: "TEXT"}" and a line break. */
void skeleton_text(Buf *out, const char *key, Str text);

/* What the catalogue says about the element, for who works on the skeleton. */
void skeleton_comments(Builder *b, const XdfElement *element, const char *indent, Buf *out);
/* "fim: ID", unless our export has made the id up. */
void skeleton_fim(const XdfElement *element, const char *indent, Buf *out);

/* skeleton_rule.c: what an export of ours says of its fields. The mark of an element, when its type
 * is one that the document's type can be. */
bool skeleton_mark(const XdfElement *element, XdfMark *out);
/* The rules of a marked element as FEEL again: `visible`, `required`, … as lines. False for a rule
 * that is not ours. */
bool skeleton_rule(Builder *b, const XdfElement *element, const XdfRule *rule, const char *indent,
                   Buf *out);
void skeleton_rules(Builder *b, const XdfElement *element, const char *indent, Buf *out);
bool skeleton_has_rule(const XdfElement *element, const char *name);

/* skeleton_form.c: forms/antrag.yaml, of a group also its block, and their code lists. */
void skeleton_form(Builder *b);
/* skeleton_field.c: one field, its properties behind "- id: …, type: …" as further lines. False
 * when it cannot be one; the note says why. */
bool skeleton_field(Builder *b, const XdfElement *field, Str id, const char *indent, Buf *out);
