/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing a program as text: what print.c (operators, paths, calls), print_forms.c (tests, forms)
 * and print_names.c (names, types, literals) share. A name may swallow what follows it where a
 * longer name is known: `a - b` is one name in a scope with "a-b". So a program is written twice:
 * the first text is searched for such places with the parser's own reading of names, the second
 * sets them apart. */
#pragma once

#include "feel/parse.h"

#include "base/buf.h"

typedef enum MarkKind {
    MARK_NAME,    /* a value's name */
    MARK_FIELD,   /* a name behind "." */
    MARK_TYPE,    /* a type's name */
    MARK_KEYWORD, /* a keyword that may begin a name */
} MarkKind;

/* A place of the text that may be read as a longer name. */
typedef struct Mark {
    MarkKind kind;
    size_t from; /* offsets in the text */
    size_t to;
    const FeelType *base; /* MARK_FIELD: the type that has the field */
} Mark;

typedef struct MarkList {
    Mark *items;
    size_t count;
    size_t capacity;
} MarkList;

typedef struct NameList {
    Str *items;
    size_t count;
    size_t capacity;
} NameList;

typedef struct Printer {
    Buf out;
    const FeelProgram *program;
    MarkList marks;
    NameList names;     /* the program's own names of several words or with operators */
    const bool *apart;  /* which marks are set apart; NULL in the first text */
    size_t next;        /* number of the next mark */
    size_t input_reads; /* how often `?` was written */
} Printer;

/* --- Expressions (print.c) --------------------------------------------------------- */

/* Around the levels of binary operators: what reads on as far as it can (if, for, some, every,
 * function), what binds tighter. */
enum { LEVEL_FORM = 0, LEVEL_NEGATION = LEVEL_POWER + 1, LEVEL_POSTFIX };

/* The term in a place that needs this level; a form stands free only at the `tail`, where a
 * closing bracket, a comma or the like comes next. */
void print_term(Printer *p, const Term *term, int level, bool tail);
/* Where brackets, commas or keywords end it. */
void print_whole(Printer *p, const Term *term);
/* The term before it was computed. */
const Term *print_source(const Term *term);
int print_level(const Term *term);
/* Of a binary operator. */
const char *print_symbol(const Term *term);

/* --- Tests and forms (print_forms.c) ------------------------------------------------ */

/* A cell of a table. */
void print_cell(Printer *p, const Term *root, const FeelType *input);
void print_in(Printer *p, const Term *term, bool tail);
void print_range(Printer *p, const Term *term);
void print_if(Printer *p, const Term *term);
void print_loop(Printer *p, const Term *term);
void print_function(Printer *p, const Term *term);
void print_list(Printer *p, const Term *term);
void print_context(Printer *p, const Term *term);

/* --- Names, types and literals (print_names.c) --------------------------------------- */

/* The number of a mark whose place is set by print_mark_set(). */
size_t print_mark(Printer *p, MarkKind kind, const FeelType *base);
bool print_is_apart(const Printer *p, size_t mark);
void print_mark_set(Printer *p, size_t mark, size_t from, size_t to);
/* Put `text` in at an earlier offset. */
void print_insert(Printer *p, size_t at, Str text);
/* Which marks of the text are read as longer names; NULL when none is. */
const bool *print_find_apart(const Printer *p);

/* A variable of the program, which the text may use from here on. */
void print_know(Printer *p, Str name);
/* The same, of all fields of a filter's item. */
void print_know_fields(Printer *p, const FeelType *item);
/* The name as expressions write it; the caller marks it. */
void print_name(Printer *p, Str name);
/* The name as an operand of its own. */
void print_name_operand(Printer *p, Str name);
/* A keyword that begins an expression, and a blank. */
void print_keyword(Printer *p, const char *word);
void print_key(Printer *p, Str key);
/* Returns where the name begins that what follows might lengthen. */
size_t print_type(Printer *p, const FeelType *type);
/* A constant that was not computed. */
void print_literal(Printer *p, FeelValue value);
