/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus service check`: the gate at the command line. */
#include "base/flags.h"
#include "cases/check.h"
#include "core/folder.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Options {
    const char *folder, *overlay, *previous;
    bool json;
} Options;

static const char HELP[] =
    "Usage: rathaus service check FOLDER [--overlay DIR] [--previous DIR] [--json]\n"
    "\n"
    "Every mistake of a service package with file, line and remedy.\n"
    "\n"
    "  --overlay DIR    lay a tenant's own files over it (DIR/tables/…, DIR/parameters.yaml)\n"
    "  --previous DIR   the version before: ids that changed their type are mistakes\n"
    "  --json           a list for machines\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 sound, 1 mistakes, 2 called wrongly, or a package cannot be read.\n";

static int by_place(const void *a, const void *b)
{
    const Problem *x = a, *y = b;
    int order = str_compare(x->file, y->file);

    if (order == 0)
        order = x->line - y->line;
    return order ? order : x->column - y->column;
}

static size_t print_text(const Options *options, const Problems *problems)
{
    size_t errors = 0;
    const char *slash = str_ends_with(str_c(options->folder), "/") ? "" : "/";

    for (size_t i = 0; i < problems->count; i++) {
        const Problem *problem = &problems->items[i];
        errors += !problem->warning;
        printf("%s%s%.*s", options->folder, problem->file.len ? slash : "", STR_ARG(problem->file));
        if (problem->line)
            printf(":%d", problem->line);
        if (problem->line && problem->column)
            printf(":%d", problem->column);
        printf(": %s%.*s\n", problem->warning ? "warning: " : "", STR_ARG(problem->message));
    }
    printf("%s: %zu errors, %zu warnings\n", options->folder, errors, problems->count - errors);
    return errors;
}

static size_t print_json(const Problems *problems, Arena *arena)
{
    Node *list = node_list(arena);
    Buf out = buf_in(arena);
    size_t errors = 0;

    for (size_t i = 0; i < problems->count; i++) {
        const Problem *problem = &problems->items[i];
        Node *item = node_map(arena);
        errors += !problem->warning;
        node_set(arena, item, STR("severity"),
                 node_string(arena, problem->warning ? STR("warning") : STR("error")));
        node_set(arena, item, STR("file"), node_string(arena, problem->file));
        node_set(arena, item, STR("line"), node_int(arena, problem->line));
        if (problem->column)
            node_set(arena, item, STR("column"), node_int(arena, problem->column));
        node_set(arena, item, STR("message"), node_string(arena, problem->message));
        node_append(arena, list, item);
    }
    node_write_json_pretty(list, &out);
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    return errors;
}

static const Package *load(const char *folder, const char *overlay, Arena *arena,
                           Problems *problems, Err *err)
{
    PackageFile *files;
    size_t count;

    if (!package_read_folder(folder, overlay, arena, &files, &count, err))
        return NULL;
    return package_load(files, count, arena, problems);
}

static int check(const Options *options, Arena *arena)
{
    Problems problems = {.arena = arena}, of_previous = {.arena = arena};
    Err err = {0};
    const Package *package = NULL, *previous = NULL;

    if (options->overlay && !folder_exists(options->overlay))
        err_set(&err, ERR_NOT_FOUND, "--overlay %s is no folder", options->overlay);
    else
        package = load(options->folder, options->overlay, arena, &problems, &err);
    if (package && options->previous) {
        previous = load(options->previous, NULL, arena, &of_previous, &err);
        if (!previous && err.kind == ERR_NONE)
            err_set(&err, ERR_INPUT, "%s is not sound itself", options->previous);
    }
    if (err.kind != ERR_NONE) {
        fprintf(stderr, "rathaus service check: %s\n", err_text(&err, arena));
        return 2;
    }
    if (package)
        package_check(package, &problems);
    if (previous)
        package_check_against(package, previous, &problems);
    if (problems.count)
        qsort(problems.items, problems.count, sizeof *problems.items, by_place);
    size_t errors = options->json ? print_json(&problems, arena) : print_text(options, &problems);
    return errors > 0;
}

int service_check_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"FOLDER", .text = &options.folder},
                          {"--overlay", .text = &options.overlay},
                          {"--previous", .text = &options.previous},
                          {"--json", .set = &options.json},
                          {0}};
    int status = flags_read("service check", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(1 << 16);
    status = check(&options, arena);
    arena_destroy(arena);
    return status;
}
