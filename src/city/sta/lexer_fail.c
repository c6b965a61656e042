/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/lexer.h"

#include "base/utf8.h"

#undef sta_lexer_fail /* the analyser's name for it */

#include <stdarg.h>
#include <stdio.h>

bool sta_lexer_fail(StaLexer *lexer, size_t at, const char *format, ...)
{
    va_list args;
    char message[700];

    if (lexer->failed)
        return false;
    lexer->failed = true;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    size_t column = utf8_length(str_slice(lexer->text, 0, at)) + 1;
    return err_at(lexer->err, NULL, 1, (int)column, "%s, character %zu: %s", lexer->option, column,
                  message);
}

Str sta_lexer_here(const StaLexer *lexer)
{
    if (lexer->token.kind == STA_TOKEN_END)
        return STR("the end");
    Str text = lexer->token.text;
    size_t shown = text.len < 60 ? text.len : 60;
    while (shown < text.len && ((unsigned char)text.ptr[shown] & 0xC0) == 0x80)
        shown--;
    return str_printf(lexer->arena, "\"%.*s%s\"", (int)shown, text.ptr,
                      shown < text.len ? "…" : "");
}
