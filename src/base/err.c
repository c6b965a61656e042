/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/err.h"

#undef err_set /* the analyser's names for them */
#undef err_at
#undef err_field
#undef err_context

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void err_clear(Err *err)
{
    err->kind = ERR_NONE;
    err->message[0] = err->file[0] = err->field[0] = '\0';
    err->line = err->column = 0;
}

static void set_message(Err *err, ErrKind kind, const char *format, va_list args)
{
    err_clear(err);
    err->kind = kind;
    vsnprintf(err->message, sizeof err->message, format, args);
}

bool err_set(Err *err, ErrKind kind, const char *format, ...)
{
    assert(err && kind != ERR_NONE);
    va_list args;

    va_start(args, format);
    set_message(err, kind, format, args);
    va_end(args);
    return false;
}

bool err_at(Err *err, const char *file, int line, int column, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_message(err, ERR_INPUT, format, args);
    va_end(args);
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    err->line = line;
    err->column = column;
    return false;
}

bool err_field(Err *err, const char *field, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_message(err, ERR_INPUT, format, args);
    va_end(args);
    snprintf(err->field, sizeof err->field, "%s", field);
    return false;
}

bool err_context(Err *err, const char *format, ...)
{
    char inner[sizeof err->message];
    char prefix[256];
    va_list args;

    memcpy(inner, err->message, sizeof inner);
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    snprintf(err->message, sizeof err->message, "%s: %.760s", prefix, inner);
    return false;
}

const char *err_text(const Err *err, Arena *arena)
{
    if (err->file[0] && err->line && err->column)
        return arena_printf(arena, "%s:%d:%d: %s", err->file, err->line, err->column, err->message);
    if (err->file[0] && err->line)
        return arena_printf(arena, "%s:%d: %s", err->file, err->line, err->message);
    if (err->file[0])
        return arena_printf(arena, "%s: %s", err->file, err->message);
    return arena_strdup(arena, err->message);
}

int err_http_status(ErrKind kind)
{
    switch (kind) {
    case ERR_NONE: return 200;
    case ERR_INPUT: return 422;
    case ERR_NOT_FOUND: return 404;
    case ERR_FORBIDDEN: return 403;
    case ERR_CONFLICT: return 409;
    case ERR_TOO_LARGE: return 413;
    case ERR_TOO_MANY: return 429;
    case ERR_TEMPORARY: return 503;
    case ERR_UNSUPPORTED: return 501;
    case ERR_INTERNAL: return 500;
    }
    return 500;
}
