/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus feel tck: run the kit and say what passed. */
#include "feel/command.h"

#include "base/flags.h"
#include "feel/tck.h"

#include <stdio.h>

static const char HELP[] =
    "Usage: rathaus feel tck FOLDER [--json]\n"
    "\n"
    "Runs the test cases (*.xml) of DMN's test kit in a folder and the folders in it, each\n"
    "against the model (*.dmn) it names, and ends with \"N passed, N failed, N skipped\".\n"
    "Skipped is only what calls functions of Java or PMML.\n"
    "\n"
    "  --json   each case as JSON on standard output; the last line goes to standard error\n"
    "  --help   this text\n"
    "\n"
    "Exit status: 0 all passed, 1 something failed or there are no test cases, 2 called wrongly, "
    "or\n"
    "a file or the folder cannot be read.\n";

static const char *const OUTCOMES[] = {"passed", "failed", "skipped"};

static Node *case_node(Arena *arena, const TckResult *result)
{
    Node *node = node_map(arena);

    node_set(arena, node, STR("folder"), node_string(arena, str_c(result->folder)));
    node_set(arena, node, STR("file"), node_string(arena, str_c(result->file)));
    node_set(arena, node, STR("test"), node_string(arena, result->test));
    node_set(arena, node, STR("node"), node_string(arena, result->node));
    node_set(arena, node, STR("outcome"), node_string(arena, str_c(OUTCOMES[result->outcome])));
    node_set(arena, node, STR("expected"),
             result->expected ? node_clone(arena, result->expected) : node_null(arena));
    node_set(arena, node, STR("actual"),
             result->actual ? node_clone(arena, result->actual) : node_null(arena));
    node_set(arena, node, STR("why"), node_string(arena, result->why));
    return node;
}

static void print_json(const TckReport *report)
{
    Arena *arena = report->arena;
    Node *root = node_map(arena), *cases = node_list(arena);

    for (size_t i = 0; i < 3; i++)
        node_set(arena, root, str_c(OUTCOMES[i]), node_int(arena, (int64_t)report->outcomes[i]));
    for (size_t i = 0; i < report->count; i++)
        node_append(arena, cases, case_node(arena, &report->items[i]));
    node_set(arena, root, STR("cases"), cases);
    feel_command_print(arena, root);
}

static void print_failures(const TckReport *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const TckResult *r = &report->items[i];
        if (r->outcome != TCK_FAILED)
            continue;
        Str expected = r->expected ? node_json(r->expected, report->arena) : STR("null");
        Str actual = r->actual ? node_json(r->actual, report->arena) : STR("null");
        printf("%s/%s: %.*s: %.*s: expected %.*s, got %.*s: %.*s\n", r->folder, r->file,
               STR_ARG(r->test), STR_ARG(r->node), STR_ARG(expected), STR_ARG(actual),
               STR_ARG(r->why));
    }
}

static int run(Arena *arena, const char *folder, bool json)
{
    TckReport report = {.arena = arena};
    FeelEnv env = feel_command_env((Date){0});
    Err err;

    if (!tck_run(&report, folder, &env, &err))
        return feel_failed("tck", &err, arena);
    if (report.count == 0) {
        fprintf(stderr, "rathaus feel tck: there are no test cases in %s\n", folder);
        return 1;
    }
    if (json)
        print_json(&report);
    else
        print_failures(&report);
    fprintf(json ? stderr : stdout, "%zu passed, %zu failed, %zu skipped\n",
            report.outcomes[TCK_PASSED], report.outcomes[TCK_FAILED], report.outcomes[TCK_SKIPPED]);
    return report.outcomes[TCK_FAILED] > 0;
}

int feel_command_tck(int argc, char **argv)
{
    const char *folder = NULL;
    bool json = false;
    const Flag flags[] = {{"FOLDER", .text = &folder}, {"--json", .set = &json}, {0}};
    int status = flags_read("feel tck", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(1 << 16);

    status = run(arena, folder, json);
    arena_destroy(arena);
    return status;
}
