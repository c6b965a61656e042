/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of a letter that a clerk may write anew before it goes: `{{#edit NAME LABEL}}` in the
 * letter's body. All else (amounts, dates, the legal remedy) is as the package writes it.
 *
 * A clerk writes plain text: a blank line parts paragraphs, a line that begins with "- " is an
 * item, **this** is strong. Nothing else is markup. */
#pragma once

#include "base/node.h"

/* Parts of one letter, and characters of one part. */
enum { EDITS_MAX = 20, EDIT_CHARACTERS_MAX = 6000 };

typedef struct LetterEdit {
    Str name, label;
    Str before; /* as the package writes it, in the clerk's spelling */
    Str text;   /* as it goes */
    bool changed;
} LetterEdit;

typedef struct LetterEdits {
    const Node *changes; /* "0.gruende": text, or NULL. The number counts an action's letters */
    int letter;          /* which of them this is */
    LetterEdit items[EDITS_MAX];
    size_t count;
} LetterEdits;

/* Note a part as it was written (Markdown), and give what goes in its place (Markdown), or
 * STR_NONE when nobody changed it. ERR_INPUT, naming what is wrong, when the clerk's text is too
 * long or holds a character that no letter can print. */
bool letter_edit_take(LetterEdits *edits, Str name, Str label, Str written, Arena *arena,
                      Str *changed, Err *err);
/* A clerk's plain text as Markdown, and back for the field in which it is changed. */
Str letter_edit_to_markdown(Arena *arena, Str typed);
Str letter_edit_from_markdown(Arena *arena, Str markdown);
/* The same checks for a text that is a letter's whole body. `what` begins the message. */
bool letter_edit_check(const char *field, const char *what, Str typed, size_t most, Err *err);
/* The form field of a part: "brief-0-gruende". */
Str letter_edit_field(Arena *arena, int letter, Str name);
/* What a snapshot says of its parts. */
Node *letter_edits_node(const LetterEdits *edits, Arena *arena);
