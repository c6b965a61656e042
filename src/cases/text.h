/* SPDX-License-Identifier: EUPL-1.2 */
/* Texts with expressions: messages of a package and its letters.
 *
 *     {{FEEL}}                        a value; dates are written long, numbers as the
 *                                     language writes them
 *     {{money(FEEL)}}                 an amount in euros: "1.234,50 €"
 *     {{#each FEEL}}…{{/each}}        once per item: its fields are names, and `position`
 * (1-based), `item_count`; an item that is no context is called `item`
 *     {{#if FEEL}}…{{else}}…{{/if}}
 *     {{#edit NAME LABEL}}…{{/edit}}  in a letter: paragraphs that a clerk may write anew
 *
 * Compiled once, with the names of a scope; evaluated by many threads at once. */
#pragma once

#include "cases/letter_edit.h"
#include "cases/package.h"

typedef enum TextEscape {
    TEXT_PLAIN,    /* messages, mails */
    TEXT_MARKDOWN, /* letters: what is inserted can never become markup */
} TextEscape;

typedef struct TextTemplate TextTemplate;

/* Compile a text of a package: a string, or a map by language. NULL when it has errors, which
 * are added to `problems` with file and line. */
const TextTemplate *text_template(const Node *text, const FeelScope *scope, Arena *arena,
                                  Problems *problems);
/* The same for the body of a letter, which may have parts to edit. */
const TextTemplate *text_letter_body(const Node *text, const FeelScope *scope, Arena *arena,
                                     Problems *problems);
/* Write it in a language; a language that the text lacks falls back to German. Fails only
 * when an expression exceeds its limits. */
bool text_render(const TextTemplate *text, Str lang, const FeelValue *context, const FeelEnv *env,
                 TextEscape escape, Arena *arena, Str *out, Err *err);

/* The same with the clerk's words where they changed something; ERR_INPUT when these cannot be
 * taken. `edits` may be NULL. */
bool text_render_edited(const TextTemplate *text, Str lang, const FeelValue *context,
                        const FeelEnv *env, TextEscape escape, LetterEdits *edits, Arena *arena,
                        Str *out, Err *err);

/* Call `fn` for every expression of the text. */
void text_visit(const TextTemplate *text, void (*fn)(const FeelProgram *program, void *context),
                void *context);

/* The names inside `each`: the item's fields (or `item`), `position` and `item_count`, over those
 * outside. */
const FeelValue *text_item_context(Arena *arena, const FeelValue *context, const FeelValue *item,
                                   const FeelType *item_type, size_t position, size_t count);
/* The same names for the compiler. */
const FeelScope *text_item_scope(Arena *arena, const FeelScope *scope, const FeelType *item_type);

/* One language of a letter: "letters/festsetzung.md" (German) or "letters/festsetzung.en.md". */
typedef struct LetterText {
    Str lang;
    const TextTemplate *subject;
    const TextTemplate *body; /* Markdown */
} LetterText;

typedef struct LetterTemplate {
    Str id; /* "festsetzung" */
    Str office;
    bool giro;         /* print the GiroCode of the last unpaid charge that the action assessed */
    LetterText *texts; /* [0] is the binding German one */
    size_t text_count;
} LetterTemplate;

/* Compile letters/ID.md and its translations with the names of `scope`. `where` is the node
 * that names the letter, for the problem when there is none. NULL with problems added. */
const LetterTemplate *letter_load(const Package *package, Str id, const Node *where,
                                  const FeelScope *scope, Arena *arena, Problems *problems);
/* Split the bytes of such a file: its front matter as a tree and its body with file and line. NULL
 * with a problem added. */
const Node *letter_file_read(const PackageFile *file, Arena *arena, Problems *problems,
                             const Node **body);
/* The letter's text in a language, falling back to German. */
const LetterText *letter_text(const LetterTemplate *letter, Str lang);
