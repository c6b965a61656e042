/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus service test`: replay the examples of a package. */
#include "cases/golden.h"

#include "base/flags.h"
#include "core/engine.h"
#include "core/folder.h"
#include "core/log.h"

#include <stdio.h>
#include <stdlib.h>

/* The town in which examples happen. */
static const char TENANT[] = "title: Beispielstadt\n"
                             "state: NW\n"
                             "money:\n"
                             "  creditor: Beispielstadt\n"
                             "  iban: DE89370400440532013000\n"
                             "  creditor_id: DE98ZZZ09999999999\n"
                             "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                             "  accounts: ";

const char *golden_tenant_folder(App *app, Arena *arena)
{
    return arena_printf(arena, "%s/../town", app_options(app)->data_dir);
}

typedef struct Options {
    const char *folder;
    bool json, verbose;
} Options;

static void print_text(const GoldenResult *result, const char *problem, bool verbose)
{
    bool ok = result->count == 0 && !problem;

    printf("%-8s %.*s", ok ? "ok" : "FAILED", STR_ARG(result->file));
    if (!ok || verbose)
        printf("  %.*s", STR_ARG(result->name));
    putchar('\n');
    if (problem)
        printf("    could not be replayed: %s\n", problem);
    for (size_t i = 0; i < result->count; i++)
        printf("    %.*s\n      expected: %.*s\n      but:      %.*s\n",
               STR_ARG(result->items[i].path), STR_ARG(result->items[i].expected),
               STR_ARG(result->items[i].actual));
}

static Node *result_json(const GoldenResult *result, const char *problem, Arena *arena)
{
    Node *out = node_map(arena);
    Node *list = node_list(arena);

    for (size_t i = 0; i < result->count; i++) {
        Node *item = node_map(arena);

        node_set(arena, item, STR("path"), node_string(arena, result->items[i].path));
        node_set(arena, item, STR("expected"), node_string(arena, result->items[i].expected));
        node_set(arena, item, STR("actual"), node_string(arena, result->items[i].actual));
        node_append(arena, list, item);
    }
    node_set(arena, out, STR("file"), node_string(arena, result->file));
    node_set(arena, out, STR("name"), node_string(arena, result->name));
    node_set(arena, out, STR("ok"), node_bool(arena, result->count == 0 && !problem));
    if (problem)
        node_set(arena, out, STR("problem"), node_string(arena, str_c(problem)));
    node_set(arena, out, STR("differences"), list);
    return out;
}

/* All examples; `*failed` counts those that differ. */
static void run_all(App *app, const PackageFile *files, size_t count, const Options *options,
                    Arena *arena, size_t *ran, size_t *failed)
{
    Node *report = node_list(arena);

    for (size_t i = 0; i < count; i++) {
        GoldenResult result = {0};
        Err err = {0};

        if (!str_starts_with(files[i].path, "examples/") || !str_ends_with(files[i].path, ".yaml"))
            continue;
        bool ok = golden_run(app, files, count, &files[i], arena, &result, &err);
        const char *problem = ok ? NULL : err_text(&err, arena);

        (*ran)++;
        *failed += problem || result.count > 0;
        if (options->json)
            node_append(arena, report, result_json(&result, problem, arena));
        else
            print_text(&result, problem, options->verbose);
        fflush(stdout);
    }
    if (options->json) {
        Buf out = buf_in(arena);

        node_write_json_pretty(report, &out);
        printf("%.*s\n", STR_ARG(buf_str(&out)));
    } else {
        printf("%zu examples, %zu failed\n", *ran, *failed);
    }
}

/* Every revenue account that the package's files name. */
static void collect_accounts(const Node *node, Node *accounts, Arena *arena)
{
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAP && str_is(node->keys[i], "revenue") &&
            !node_get_str(accounts, node_text(node->items[i]))) {
            Node *account = node_map(arena);

            node_set(arena, account, STR("number"),
                     node_string(arena, str_printf(arena, "%zu", 101 + accounts->count)));
            node_set(arena, account, STR("name"), node_string(arena, node_text(node->items[i])));
            node_set(arena, accounts, node_text(node->items[i]), account);
        }
        collect_accounts(node->items[i], accounts, arena);
    }
}

static Str town_settings(const PackageFile *files, size_t count, Arena *arena)
{
    Node *accounts = node_map(arena);
    Buf out = buf_in(arena);

    for (size_t i = 0; i < count; i++) {
        Err err = {0};
        const Node *yaml = NULL;

        if (str_starts_with(files[i].path, "processes/") ||
            str_starts_with(files[i].path, "examples/"))
            yaml = node_parse_yaml(arena, files[i].bytes, NULL, &NODE_LIMITS_PACKAGE, &err);
        if (yaml)
            collect_accounts(yaml, accounts, arena);
    }
    buf_add(&out, str_c(TENANT));
    node_write_json(accounts, &out);
    buf_add_char(&out, '\n');
    return buf_str(&out);
}

static bool make_town(const char *scratch, Str settings, Arena *arena, Err *err)
{
    return folder_make(arena_printf(arena, "%s/services", scratch), err) &&
           folder_make(arena_printf(arena, "%s/town", scratch), err) &&
           folder_write_file(arena_printf(arena, "%s/town/tenant.yaml", scratch), settings, 0600,
                             err);
}

static int test_folder(const Options *options, const char *scratch, Arena *arena)
{
    Err err = {0};
    size_t count = 0, ran = 0, failed = 0, engine_count;
    PackageFile *files;
    const Engine *const *engines = engines_all(&engine_count);
    AppOptions app_options = {.data_dir = arena_printf(arena, "%s/data", scratch),
                              .services_dir = arena_printf(arena, "%s/services", scratch),
                              .max_open = 2};

    log_set_level(LOG_WARNING);
    if (!package_read_folder(options->folder, NULL, arena, &files, &count, &err) ||
        !make_town(scratch, town_settings(files, count, arena), arena, &err)) {
        fprintf(stderr, "rathaus service test: %s\n", err_text(&err, arena));
        return 2;
    }
    App *app = app_open(&app_options, engines, engine_count, &err);

    if (!app) {
        fprintf(stderr, "rathaus service test: %s\n", err_text(&err, arena));
        return 2;
    }
    run_all(app, files, count, options, arena, &ran, &failed);
    app_close(app);
    if (ran == 0)
        fprintf(stderr, "rathaus service test: %s has no examples/*.yaml\n", options->folder);
    return ran == 0 || failed > 0;
}

static const char HELP[] =
    "Usage: rathaus service test FOLDER [--json] [--verbose]\n"
    "\n"
    "Replay the examples of a service package in a town made for them: submissions, decisions,\n"
    "registers, charges, letters and mails.\n"
    "\n"
    "  --json     each example as JSON\n"
    "  --verbose  with the names of those that are as expected\n"
    "  --help     this text\n"
    "\n"
    "Exit status: 0 all as expected, 1 differences, or there are no examples, 2 called wrongly, "
    "or\n"
    "the package cannot be read.\n";

int service_test_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"FOLDER", .text = &options.folder},
                          {"--json", .set = &options.json},
                          {"--verbose", .set = &options.verbose},
                          {0}};
    char scratch[] = "/tmp/rathaus-examples-XXXXXX";
    Err err = {0};
    int status = flags_read("service test", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    if (!mkdtemp(scratch)) {
        perror("rathaus service test: a scratch folder");
        return 2;
    }
    Arena *arena = arena_create(1 << 20);

    status = test_folder(&options, scratch, arena);
    if (!folder_remove(scratch, &err))
        fprintf(stderr, "rathaus service test: %s\n", err.message);
    arena_destroy(arena);
    return status;
}
