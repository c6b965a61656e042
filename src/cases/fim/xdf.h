/* SPDX-License-Identifier: EUPL-1.2 */
/* XDatenfelder: the federal standard (FIM) for the data fields of a service, versions 2 and 3.0.0.
 * A document becomes a tree of elements; what the tree has no place for is kept as a list of
 * lines, so that an import can name each of them. */
#pragma once

#include "base/xml.h"

#define XDF_SPACE_2 "urn:xoev-de:fim:standard:xdatenfelder_2"
#define XDF_SPACE_3 "urn:xoev-de:fim:standard:xdatenfelder_3.0.0"

typedef enum XdfKind { XDF_SCHEMA, XDF_GROUP, XDF_FIELD } XdfKind;

enum { XDF_MANY = -1 }; /* as often as one likes */

typedef struct XdfRule { /* prose, at best with a script: for people to read */
    Str id, version, name, text, script;
    int line;
} XdfRule;

typedef struct XdfValue { /* one value to choose */
    Str code, name;
} XdfValue;

typedef struct XdfMedia { /* "application/pdf" */
    Str type;
    int line;
} XdfMedia;

typedef struct XdfElement XdfElement;
struct XdfElement {
    XdfKind kind;
    Str id, version; /* "F60000000243", "1.1.0" */
    Str name;        /* of the catalogue */
    Str label;       /* bezeichnungEingabe: what a person reads */
    Str help;        /* hilfetextEingabe */
    Str description, definition;
    Str legal;       /* bezug, joined by "; " */
    Str *references; /* bezug, one by one */
    size_t reference_count;
    int least, most; /* how often it stands in its group; `most` may be XDF_MANY */
    int line;
    int first_line, last_line; /* with the structure around it and what stands in it */

    /* Of a field: */
    Str art;  /* input, select, label, hidden, locked */
    Str type; /* text, text_latin, date, time, datetime, bool, num, num_int, num_currency, file, obj
               */
    Str min_length, max_length, min_value, max_value, pattern;
    int precision_line;
    Str precision_rest; /* what else the precision says: "muster: abc" */
    Str content;        /* the text of a label, the default of an input */
    int content_line;
    Str code_list; /* canonicalVersionUri, or the list without a version, or STR_NONE */
    int code_list_line;
    Str code_column, name_column; /* of the list; STR_NONE: its key and the next column */
    XdfValue *values;
    size_t value_count;
    XdfMedia *media;
    size_t media_count;
    Str max_size;
    int max_size_line;

    XdfRule *rules;
    size_t rule_count;
    XdfElement *children;
    size_t child_count;
};

typedef struct XdfLeft { /* a line with content that the tree has no place for */
    int line;
    Str element; /* "statusGesetztAm"; with its parent where the name alone says little */
    Str text;
} XdfLeft;

typedef struct XdfDocument {
    int version;          /* 2 or 3 */
    Str message, created; /* id and time of the message */
    XdfElement root;
    XdfLeft *left; /* by line */
    size_t left_count;
} XdfDocument;

/* Read a Stammdatenschema (message 0102) or a Datenfeldgruppe (0103). Elements that the standard
 * does not know, that stand twice or are missing, and codes outside their lists are errors with
 * line and column. */
bool xdf_read(Arena *arena, Str xml, const char *file, XdfDocument *out, Err *err);

/* xdf_text.c: texts as both the reader and the writer have them, so that what was written once is
 * written the same again. */

/* In one line, or STR_NONE. */
Str xdf_line(Arena *arena, Str text);
/* Paragraphs and items of lists kept, each in one line; or STR_NONE. */
Str xdf_paragraphs(Arena *arena, Str text);

typedef struct XdfMark { /* which part of a form an element was made from */
    bool page;
    Str id, type; /* "chip", "text" */
} XdfMark;

/* The description of an element that the writer made, which says so. */
Str xdf_mark(Arena *arena, bool page, Str id, Str type);
bool xdf_marked(Str description, XdfMark *out);
/* Is the id from the number range 99, which no editor of the catalogue has? */
bool xdf_provisional(Str id);

/* What separates the words of a free-text rule from its FEEL. */
#define XDF_IN_FEEL "In FEEL: "

/* xdf_shape.c: which elements stand in which, and how often. */
bool xdf_check_shape(const XmlElement *root, int version, Err *err);
