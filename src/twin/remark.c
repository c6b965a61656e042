/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/remark.h"

#include "base/vec.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "0.5" as Germans write it: "0,5". */
static char *with_comma(char *text)
{
    for (size_t i = 1; text[0] && text[i]; i++)
        if (text[i] == '.' && is_digit(text[i - 1]) && is_digit(text[i + 1]))
            text[i] = ',';
    return text;
}

static void add(Remarks *remarks, const char *place, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
static void add(Remarks *remarks, const char *place, const char *format, va_list args)
{
    const char *words = remark_german(format);
    Remark item = {0};
    va_list again;

    va_copy(again, args);
    item.text =
        arena_printf(remarks->arena, "%s%s", place, arena_vprintf(remarks->arena, format, args));
    if (words)
        item.german = with_comma(arena_vprintf(remarks->arena, words, again));
    va_end(again);
    VEC_PUSH(remarks->arena, remarks, item);
}

void remark(Remarks *remarks, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(remarks, "", format, args);
    va_end(args);
}

void remark_at(Remarks *remarks, const char *file, int line, const char *format, va_list args)
{
    add(remarks, arena_printf(remarks->arena, "%s:%d: ", file, line), format, args);
}
