/* SPDX-License-Identifier: EUPL-1.2 */
/* What the parts of parts.html and fields.html show. Texts are ready for the reader
 * (translated, with units); paths lie within the town ("/desk/vorgaenge"), the parts make
 * links of them. Absent texts (STR_NONE) are not shown. */
#pragma once

#include "core/page/out.h"

/* --- Form fields --------------------------------------------------------------------- */

typedef enum FieldWidth {
    FIELD_FULL,
    FIELD_MEDIUM, /* about 20 characters */
    FIELD_SHORT,  /* about 8 */
} FieldWidth;

typedef struct OptionView {
    Str value;
    Str label;
    Str hint;
    bool selected;
} OptionView;

typedef struct FileView { /* a file that was sent before */
    Str name;
    Str size;   /* "1,2 MB" */
    Str path;   /* to look at it, or STR_NONE */
    Str remove; /* value of the button named "entfernen", or STR_NONE */
} FileView;

typedef struct FieldView {
    Str id;   /* unique on the page; the error summary links to it */
    Str name; /* what the form sends */
    Str label;
    Str hint;
    Str error;
    Str value;
    bool optional; /* said beside the label: most fields are required */
    bool readonly;
    bool page_question; /* label is the page's only question: shown as its heading (h1) */
    bool reloads;       /* other fields depend on it: the form is asked again when it changes */
    FieldWidth width;
    const char *type; /* of a text field: "text" (also when NULL), "email", "tel", "password" */
    const char *inputmode; /* "numeric", "decimal", …; or NULL */
    Str autocomplete;      /* "family-name", …; or STR_NONE */
    int max_length;        /* 0: none */
    int rows;              /* of a long text; 0: 5 */
    Str unit;              /* behind the field: "€" */
    bool checked;          /* of a single check box */
    bool searchable;       /* a choice of many: typing finds options */
    const OptionView *options;
    size_t option_count;
    Str accept; /* of an upload: ".pdf,.jpg" */
    bool multiple;
    const FileView *files;
    size_t file_count;
} FieldView;

typedef struct FieldError {
    Str id; /* of the field */
    Str message;
} FieldError;
/* What is wrong with the field of this id, or STR_NONE. */
static inline Str field_error_of(const FieldError *errors, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(errors[i].id, id))
            return errors[i].message;
    return STR_NONE;
}
/* Beside the field, and in the summary on top of the page. */
static inline void field_fail(FieldView *field, FieldError *errors, size_t *count, Str message)
{
    field->error = message;
    errors[(*count)++] = (FieldError){.id = field->id, .message = message};
}

/* --- The rest ---------------------------------------------------------------------------- */

typedef enum Tone {
    TONE_INFO,
    TONE_SUCCESS,
    TONE_WARNING,
    TONE_DANGER,
    TONE_PLAIN, /* badges only */
} Tone;

typedef struct FactView { /* one line of a description list */
    Str label;
    Str value;
    Html html;    /* instead of `value` when not empty */
    Str change;   /* path of "Ändern", or STR_NONE */
    bool missing; /* an answer without a value that is still demanded */
} FactView;

typedef struct TimelineItem {
    Str when; /* "3. März 2027" */
    Str title;
    Str text;
    bool done;    /* happened */
    bool current; /* is being done now */
} TimelineItem;

typedef struct PagesView { /* one page of a long list */
    Str path;              /* "/desk/vorgaenge?filter=offen"; "seite=3" is added */
    int64_t page;          /* 1-based */
    int64_t page_count;
} PagesView;
