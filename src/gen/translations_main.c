/* SPDX-License-Identifier: EUPL-1.2 */
/* translations OUTPUT.c LANG.yaml...: run by the build. */
#include "gen/file.h"
#include "gen/translations.h"

#include <stdio.h>

static Str language_of(Str path)
{
    size_t from = path.len;

    while (from > 0 && path.ptr[from - 1] != '/')
        from--;
    Str name = str_slice(path, from, path.len);
    return str_ends_with(name, ".yaml") ? str_slice(name, 0, name.len - 5) : name;
}

static bool write_all(Arena *arena, const char *output, char **files, int count, Err *err)
{
    Buf out = buf_in(arena);
    Buf tables = buf_in(arena);

    buf_add_c(&out, "/* Made from web/translations. */\n#include \"core/page/tr.h\"\n"
                    "#define STR_INIT(text) {text, sizeof text - 1}\n");
    for (int i = 0; i < count; i++) {
        Str text;
        Str lang = language_of(str_c(files[i]));
        char prefix[32];
        snprintf(prefix, sizeof prefix, "table_%d", i);
        if (!file_read(arena, files[i], &text, err))
            return false;
        const Node *map = node_parse_yaml(arena, text, files[i], &NODE_LIMITS_PACKAGE, err);
        if (!map || !translations_write(&out, map, lang, prefix, err))
            return false;
        buf_addf(&tables, "    {\"%.*s\", %s, sizeof %s / sizeof *%s, %zu},\n", STR_ARG(lang),
                 prefix, prefix, prefix, map->count);
    }
    buf_add_c(&out, "const TrTable TR_TABLES[] = {\n");
    buf_add(&out, buf_str(&tables));
    buf_add_c(&out, "    {0},\n};\n");
    return file_write(output, buf_str(&out), err);
}

int main(int argc, char **argv)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    bool good = argc > 2;

    if (!good) {
        fprintf(stderr, "usage: translations OUTPUT.c LANG.yaml...\n");
    } else {
        good = write_all(arena, argv[1], argv + 2, argc - 2, &err);
        if (!good)
            fprintf(stderr, "%s\n", err_text(&err, arena));
    }
    arena_destroy(arena);
    return good ? 0 : 1;
}
