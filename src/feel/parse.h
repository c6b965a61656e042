/* SPDX-License-Identifier: EUPL-1.2 */
/* One pass from text to tree. FEEL's names may hold blanks and operators, so the text
 * cannot be cut into tokens without knowing the names in scope: reading, resolving and
 * typing go together. An error leaves the parser at once (longjmp to its start). */
#pragma once

#include "feel/eval.h"
#include "feel/type.h"

#include <setjmp.h>

/* A variable of the expression itself, innermost first. */
typedef struct Local {
    Str name;
    const FeelType *type;
    uint32_t slot;
    bool is_item; /* of a filter: its fields are names as well */
    const struct Local *outer;
} Local;

typedef struct Parser {
    Arena *arena;
    Str text;
    size_t at;
    const char *file;
    int line; /* of the text's first character */
    int column;
    const FeelScope *scope; /* NULL: any name is accepted */
    bool strict;            /* unknown names and impossible operations are errors */
    bool german;            /* errors are for people at a page */
    const Local *locals;
    uint32_t slot_next;
    uint32_t slot_most;
    bool type_unmapped; /* a type was read that the standard does not know */
    size_t input_reads; /* how often `?` was read */
    int depth;
    bool closing_bracket; /* inside the upper end of a range, where `[` may close it */
    Err *err;
    jmp_buf failed;
} Parser;

enum { FEEL_MAX_TEXT = 256 * 1024, FEEL_MAX_PARSE_DEPTH = 120, FEEL_MAX_SLOTS = 2000 };

/* The German words for a format of parse_fail, with the same conversions in the same order, where
 * "%.0s" leaves a text out; NULL where there are none. */
const char *parse_german(const char *english);
/* `format` is English; the scope may ask for the German words. */
_Noreturn void parse_fail(Parser *p, size_t place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- Characters (lexer.c) --------------------------------------------------------- */

void skip_blanks(Parser *p); /* and comments */
/* The next character after blanks, 0 at the end. */
char peek(Parser *p);
bool parse_accept(Parser *p, const char *symbol);
void parse_expect(Parser *p, const char *symbol, const char *where);
/* A keyword, not the beginning of a longer name. */
bool accept_word(Parser *p, const char *word);
bool peek_word(Parser *p, const char *word);
void expect_word(Parser *p, const char *word, const char *where);
bool at_end(Parser *p);
bool at_keyword(Parser *p);
bool at_name_start(Parser *p);
Str parse_string_literal(Parser *p); /* at the quote */
Number parse_number_literal(Parser *p);

/* Is a name as the parser reads it (one blank between words, none beside symbols) this
 * name of data? Blanks are no part of names, only between them (10.3.1.5). */
bool name_same(Str normal, Str raw);
Str name_normal(Arena *arena, Str raw);
/* A name as it may grow: "Profit", "Profit - Loss", ... `known` decides which is meant;
 * the longest wins. False when none is known; the position stays. */
typedef bool NameKnown(Parser *p, const void *what, Str name);
bool parse_known_name(Parser *p, NameKnown *known, const void *what, Str *out);
/* Words up to a keyword or symbol. */
bool parse_plain_name(Parser *p, Str *out);
/* The key of a context entry or a parameter: everything up to one of `stops`. False and
 * no move when it is no name. */
bool parse_name_before(Parser *p, const char *stops, Str *out);

/* --- Terms (parser.c and beside) --------------------------------------------------- */

Term *term_new(Parser *p, TermOp op, size_t place, const FeelType *type);
/* Take the height of a part into account. */
void term_part(Parser *p, Term *term, const Term *part);
const Term *term_constant(Parser *p, size_t place, FeelValue value);
static inline bool is_constant(const Term *t)
{
    return t->op == TERM_CONSTANT;
}
/* Evaluate a term all of whose parts are constants; the term itself when that fails. */
const Term *term_fold(Parser *p, const Term *term);
const Term *parse_expression(Parser *p);
/* Operators that bind at least as tight as the level; LEVEL_SUM stops before comparisons. */
enum { LEVEL_OR = 1, LEVEL_AND, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_POWER };
const Term *parse_operators(Parser *p, int level);
const FeelType *parse_type(Parser *p);

/* Variables. */
uint32_t slot_take(Parser *p);
/* The new innermost variable; lives in the caller. */
void local_enter(Parser *p, Local *local, Str name, const FeelType *type);
const Term *parse_name(Parser *p, size_t place);
/* Does a known name of several words begin with the keyword here? */
bool keyword_begins_name(Parser *p);

/* Forms of expressions. */
const Term *parse_for(Parser *p, size_t place);
const Term *parse_quantified(Parser *p, size_t place, TermOp op);
const Term *parse_function(Parser *p, size_t place);
const Term *parse_list_or_range(Parser *p, size_t place);
/* Behind "..": the upper end and how it closes. */
const Term *parse_range_end(Parser *p, size_t place, const Term *low, bool low_closed);
const Term *parse_parenthesis(Parser *p, size_t place);
const Term *parse_open_range(Parser *p, size_t place);
const Term *parse_context(Parser *p, size_t place);
const Term *parse_invocation(Parser *p, const Term *callee);
const Term *parse_builtin_call(Parser *p, size_t place, const Builtin *builtin);
const Term *parse_table_call(Parser *p, size_t place, const FeelTable *table);
const Term *parse_filter(Parser *p, const Term *base);
const Term *parse_path_step(Parser *p, const Term *base);

/* Unary tests, of the variable `?` that the caller has entered. */
const Term *parse_tests(Parser *p, const FeelType *input, uint32_t slot, const char *stop);
const Term *parse_in(Parser *p, const Term *value, size_t place);

/* Types (check.c): each fails with a message when the types cannot fit and names are
 * checked at all. */
const FeelType *check_arithmetic(Parser *p, TermOp op, const Term *a, const Term *b, size_t place);
void check_equality(Parser *p, const Term *a, const Term *b, size_t place);
void check_order(Parser *p, const Term *a, const Term *b, size_t place);
void check_boolean(Parser *p, const Term *term, const char *where);
