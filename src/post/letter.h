/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters: tagged PDF on a DIN 5008 page (form B) with the town's head, hyphenated, with
 * an optional GiroCode. Text comes as a small Markdown: paragraphs, `#`/`##` headings,
 * `-` lists, `**strong**`, and tables with `|`. */
#pragma once

#include "base/clock.h"
#include "base/err.h"

typedef struct LetterHead {
    Str town;        /* "Stadt Musterstadt" */
    Str office;      /* "Steueramt" */
    Str sender_line; /* one line above the address window */
    Str contact[12]; /* info block: "Auskunft erteilt: Frau Kurz", one line each */
    size_t contact_count;
    Str footer[4]; /* columns of the page foot, lines parted by \n */
    size_t footer_count;
    Str arms_png; /* PNG bytes of the arms, or empty */
} LetterHead;

typedef struct GiroCode {
    Str name; /* of the payee, at most 70 characters */
    Str iban;
    Str bic;       /* may be empty */
    int64_t cents; /* > 0 */
    Str reference; /* the Kassenzeichen, as unstructured text */
} GiroCode;

typedef struct Letter {
    Str lang; /* "de", "en", "de-leicht": hyphenation and the PDF's language */
    Str subject;
    Str recipient[6];
    size_t recipient_count;
    Date date;
    Str our_sign;         /* Aktenzeichen */
    Str body;             /* Markdown */
    const GiroCode *giro; /* or NULL */
    Str author;           /* for the PDF's metadata */
} Letter;

/* Render. The PDF is PDF 1.7, tagged, with language, title and PDF/UA-1 identification, and
 * depends on nothing but the arguments (no clock, no random id), so that the same
 * letter twice is the same bytes. Fails with ERR_INPUT and the field when a text is too long, when
 * the recipient does not fit the address window even when wrapped and small, or when the
 * GiroCode's values break its limits. */
bool letter_render(const LetterHead *head, const Letter *letter, Arena *arena, Str *pdf, Err *err);

/* The first character of valid UTF-8 that no font of the letters has, as part of `text`; STR_NONE
 * when all can be printed. */
Str letter_unprintable(Str text);

/* The EPC069-12 payload (version 002, at most 331 bytes). */
bool giro_code_payload(const GiroCode *giro, Arena *arena, Str *out, Err *err);
