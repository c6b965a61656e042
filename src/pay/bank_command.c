/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/bank_command.h"

#include "base/flags.h"
#include "core/beside.h"
#include "core/folder.h"
#include "pay/bank.h"

#include <stdio.h>

static const char HELP[] =
    "Usage: rathaus bank import FILE.xml --data DIR --tenant NAME [--json]\n"
    "\n"
    "Read a bank statement (camt.053.001.08) of the town's account. Payments that name their\n"
    "Kassenzeichen are booked, direct debits, returns and refunds find their order; the rest "
    "waits\n"
    "at the desk with proposals. A file that was read before changes nothing. Works beside a\n"
    "server on the same folder.\n"
    "\n"
    "  --data DIR     the data folder\n"
    "  --tenant NAME  the town\n"
    "  --json         the result for machines\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 the file was read, also when payments are left to a clerk, 1 it was not, 2\n"
    "called wrongly.\n";

enum { TELL_ENTRIES = 10000, FILE_MAX = 256 << 20 };

typedef struct Options {
    const char *file, *data, *tenant;
    bool json;
} Options;

static bool tell(const BankImport *so_far, void *context)
{
    int64_t *told = context;

    if (so_far->entries - *told >= TELL_ENTRIES) {
        *told = so_far->entries;
        fprintf(stderr, "%lld entries booked\n", (long long)so_far->entries);
    }
    return true;
}

static void print_result(const BankImport *done, bool json, Arena *arena)
{
    Node *node = node_map(arena);

    if (!json) {
        printf("%lld entries, %s in all: %lld booked, %lld left to a clerk, %lld known before\n",
               (long long)done->entries, str_cstr(arena, money_text(arena, done->cents, STR("de"))),
               (long long)done->matched, (long long)done->open, (long long)done->known);
        return;
    }
    node_set(arena, node, STR("entries"), node_int(arena, done->entries));
    node_set(arena, node, STR("booked"), node_int(arena, done->matched));
    node_set(arena, node, STR("open"), node_int(arena, done->open));
    node_set(arena, node, STR("known"), node_int(arena, done->known));
    node_set(arena, node, STR("cents"), node_int(arena, done->cents));
    printf("%s\n", str_cstr(arena, node_json(node, arena)));
}

static bool import(const Options *options, Tenant *tenant, Arena *arena, BankImport *done, Err *err)
{
    int64_t told = 0;
    Str xml;

    if (!folder_read_file(options->file, FILE_MAX, arena, &xml, err))
        return false;
    BankOrder order = {
        .xml = xml, .actor = STR("command"), .lang = STR("en"), .tell = tell, .context = &told};
    bool ok = bank_import_run(tenant, &order, arena, done, err);
    if (!ok && err->line)
        snprintf(err->file, sizeof err->file, "%s", options->file);
    return ok;
}

static int import_in(const Options *options, Arena *arena)
{
    BankImport done = {0};
    Err err = {0};
    Beside beside;
    bool ok = beside_open(&beside, options->data, NULL, options->tenant, &err) &&
              import(options, beside.tenant, arena, &done, &err);

    if (ok)
        print_result(&done, options->json, arena);
    else
        fprintf(stderr, "rathaus bank import: %s\n", err_text(&err, arena));
    beside_close(&beside);
    return ok ? 0 : 1;
}

static int import_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"FILE.xml", .text = &options.file},
                          {"--data", .text = &options.data, .needed = "DIR"},
                          {"--tenant", .text = &options.tenant, .needed = "NAME"},
                          {"--json", .set = &options.json},
                          {0}};
    int status = flags_read("bank import", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(0);
    status = import_in(&options, arena);
    arena_destroy(arena);
    return status;
}

int bank_command(int argc, char **argv)
{
    static const Command COMMANDS[] = {
        {"import", "read a bank statement into a town's books", import_command},
        {0},
    };

    return command_run_one_of("bank", "The town's account at the bank.", COMMANDS, argc, argv);
}
