/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static atomic_int lowest = LOG_INFO;

void log_set_level(LogLevel level)
{
    atomic_store(&lowest, level);
}

void log_line(LogLevel level, const char *format, ...)
{
    static const char *const names[] = {"info", "warning", "error"};
    char line[2048];
    va_list args;

    if ((int)level < atomic_load(&lowest))
        return;
    Arena *arena = arena_create(256);
    Str now = timestamp_iso(arena, clock_now());
    int len = snprintf(line, sizeof line, "%.*s %s ", STR_ARG(now), names[level]);
    arena_destroy(arena);
    va_start(args, format);
    vsnprintf(line + len, sizeof line - (size_t)len - 1, format, args);
    va_end(args);
    size_t end = strlen(line);
    for (size_t i = 0; i < end; i++)
        if ((unsigned char)line[i] < ' ')
            line[i] = ' ';
    line[end++] = '\n';
    if (write(STDERR_FILENO, line, end) < 0)
        return; /* nobody left to tell */
}
