/* SPDX-License-Identifier: EUPL-1.2 */
/* template INPUT.html OUTPUT.c OUTPUT.h: run by the build for each page template. */
#include "gen/file.h"
#include "gen/template.h"

#include <stdio.h>

static bool compile(Arena *arena, char **paths, Err *err)
{
    const char *slash = strrchr(paths[2], '/');
    Str text;
    TemplateCode code;

    return file_read(arena, paths[0], &text, err) &&
           template_compile(arena, text, paths[0], slash ? slash + 1 : paths[2], &code, err) &&
           file_write(paths[1], code.source, err) && file_write(paths[2], code.header, err);
}

int main(int argc, char **argv)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    bool good = argc == 4;

    if (!good) {
        fprintf(stderr, "usage: template INPUT.html OUTPUT.c OUTPUT.h\n");
    } else {
        good = compile(arena, argv + 1, &err);
        if (!good)
            fprintf(stderr, "%s\n", err_text(&err, arena));
    }
    arena_destroy(arena);
    return good ? 0 : 1;
}
