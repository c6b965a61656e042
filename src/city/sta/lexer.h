/* SPDX-License-Identifier: EUPL-1.2 */
/* Characters to words of the query language. */
#pragma once

#include "city/sta/value.h"

typedef enum StaTokenKind {
    STA_TOKEN_END,
    STA_TOKEN_NAME,    /* of a property, a function, an operator; "$top" too */
    STA_TOKEN_LITERAL, /* `value` */
    STA_TOKEN_SYMBOL,  /* one of ( ) , / : ; = [ ] - */
} StaTokenKind;

typedef struct StaToken {
    StaTokenKind kind;
    size_t at; /* byte in the text */
    Str text;  /* as written */
    StaValue value;
    Str wkt; /* of a geometry, whose value has no shape yet */
} StaToken;

typedef struct StaLexer {
    Arena *arena;
    const char *option; /* "$filter": what errors name */
    Str text;           /* valid UTF-8 */
    size_t at;          /* behind `token` */
    StaToken token;
    Err *err;
    bool failed;
} StaLexer;

/* Begin with the first token. False when the text is too long or no UTF-8. */
bool sta_lexer_begin(StaLexer *lexer, Arena *arena, const char *option, Str text, Err *err);
/* On to the next token; false when there is no word of the language there. */
bool sta_lexer_next(StaLexer *lexer);
/* Behind a "/": the key of a JSON value or a name, which may begin with a digit. */
bool sta_lexer_next_segment(StaLexer *lexer);

static inline bool sta_lexer_at(const StaLexer *lexer, char symbol)
{
    return lexer->token.kind == STA_TOKEN_SYMBOL && lexer->token.text.ptr[0] == symbol;
}
/* The word, in any case. */
bool sta_lexer_at_word(const StaLexer *lexer, const char *word);
/* Go behind the symbol if it stands here. */
bool sta_lexer_accept(StaLexer *lexer, char symbol);
/* The same, or fail: `where` as in "behind the arguments of year". */
bool sta_lexer_expect(StaLexer *lexer, char symbol, const char *where);
/* The first failure counts: "$filter, character 12: …". Returns false. */
bool sta_lexer_fail(StaLexer *lexer, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__
/* What the static analyser cannot see from here: it returns false. */
#define sta_lexer_fail(...) (sta_lexer_fail(__VA_ARGS__), false)
#endif
/* "\"name\"", or "the end": what stands here, for messages. */
Str sta_lexer_here(const StaLexer *lexer);
