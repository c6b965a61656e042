/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/command.h"

#include "feel/paths.h"

#include <stdio.h>

int feel_failed(const char *command, const Err *err, Arena *arena)
{
    fprintf(stderr, "rathaus feel %s: %s\n", command, err_text(err, arena));
    return err->kind == ERR_NOT_FOUND || err->kind == ERR_TOO_LARGE ? 2 : 1;
}

FeelEnv feel_command_env(Date today)
{
    FeelEnv env = {.now = clock_now()};

    if (date_absent(today))
        env.today = date_in_berlin(env.now);
    else
        env = (FeelEnv){.today = today, .now = date_to_days(today) * 86400000};
    return env;
}

bool feel_command_context(Arena *arena, const char *path, const Node **out, Err *err)
{
    Str text;

    *out = NULL;
    if (!path)
        return true;
    if (!path_read(arena, path, &text, err))
        return false;
    *out = node_parse_json(arena, text, path, &NODE_LIMITS_PACKAGE, err);
    if (*out && (*out)->kind != NODE_MAP)
        return err_set(err, ERR_INPUT, "%s: the context must be an object", path);
    return *out != NULL;
}

void feel_command_print(Arena *arena, const Node *node)
{
    Buf out = buf_in(arena);

    node_write_json_pretty(node, &out);
    printf("%.*s\n", STR_ARG(str_trim(buf_str(&out))));
}
