/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus feel tck: run the kit and say what passed. */
#include "feel/command.h"

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
    "\n"
    "Exit status: 0 all passed, 1 something failed or the folder cannot be read.\n";

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
    Buf out = buf_in(arena);

    for (size_t i = 0; i < 3; i++)
        node_set(arena, root, str_c(OUTCOMES[i]), node_int(arena, (int64_t)report->outcomes[i]));
    for (size_t i = 0; i < report->count; i++)
        node_append(arena, cases, case_node(arena, &report->items[i]));
    node_set(arena, root, STR("cases"), cases);
    node_write_json_pretty(root, &out);
    Str json = str_trim(buf_str(&out));
    printf("%.*s\n", STR_ARG(json));
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
    FeelEnv env = {.now = clock_now()};
    Err err;

    env.today = date_in_berlin(env.now);
    if (!tck_run(&report, folder, &env, &err)) {
        fprintf(stderr, "rathaus feel tck: %s\n", err_text(&err, arena));
        return 1;
    }
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

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (argv[i][0] == '-' || folder) {
            bool help = strcmp(argv[i], "--help") == 0;
            fputs(HELP, help ? stdout : stderr);
            return !help;
        } else {
            folder = argv[i];
        }
    }
    if (!folder) {
        fputs(HELP, stderr);
        return 1;
    }
    Arena *arena = arena_create(1 << 16);
    int status = run(arena, folder, json);
    arena_destroy(arena);
    return status;
}
