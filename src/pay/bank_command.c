/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/bank_command.h"

#include "core/beside.h"
#include "core/flags.h"
#include "core/log.h"
#include "pay/bank.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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
    "Ends with 0 when the file was read, also when payments are left to a clerk, with 1 when it\n"
    "was not, with 2 when the command is not understood.\n";

enum { TELL_ENTRIES = 10000, FILE_MAX = 256 << 20 };

typedef struct Options {
    const char *data, *tenant;
    bool json;
    const char *words[2]; /* import, FILE */
} Options;

/* The file as memory that the kernel fills and drops: it costs no more, however long it is. */
static bool map_file(const char *path, Str *out, Err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        err_set(err, ERR_INPUT, "%s cannot be read: %s", path,
                fd < 0 ? strerror(errno) : "it is no file");
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (st.st_size > FILE_MAX) {
        close(fd);
        return err_set(err, ERR_TOO_LARGE, "%s is longer than 256 MB; ask the bank for less", path);
    }
    *out = STR("");
    if (st.st_size > 0) {
        void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map == MAP_FAILED)
            err_set(err, ERR_TEMPORARY, "%s cannot be read: %s", path, strerror(errno));
        else
            *out = (Str){map, (size_t)st.st_size};
    }
    close(fd);
    return st.st_size == 0 || out->len > 0;
}

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

    if (!map_file(options->words[1], &xml, err))
        return false;
    BankOrder order = {
        .xml = xml, .actor = STR("command"), .lang = STR("en"), .tell = tell, .context = &told};
    bool ok = bank_import_run(tenant, &order, arena, done, err);
    if (xml.len)
        munmap((void *)xml.ptr, xml.len);
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

int bank_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"data", &options.data, NULL},
                          {"tenant", &options.tenant, NULL},
                          {"json", NULL, &options.json},
                          {0}};
    int status = flags_read(argc, argv, HELP, flags, options.words, 2);

    if (status >= 0)
        return status;
    if (!str_is(str_c(options.words[0]), "import"))
        return flags_missing("bank", "the word import");
    if (!options.words[1])
        return flags_missing("bank import", "FILE.xml");
    if (!options.data || !options.tenant)
        return flags_missing("bank import", options.data ? "--tenant NAME" : "--data DIR");
    log_set_level(LOG_WARNING);
    Arena *arena = arena_create(0);
    status = import_in(&options, arena);
    arena_destroy(arena);
    return status;
}
