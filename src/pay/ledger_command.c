/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus ledger export`: the bookings of a period, to a file or to standard output. */
#include "base/flags.h"
#include "core/beside.h"
#include "core/folder.h"
#include "pay/ledger_export.h"

#include <stdio.h>

static const char HELP[] =
    "Usage: rathaus ledger export --data DIR --tenant NAME --from DAY --to DAY\n"
    "                             [--format csv|json|datev] [--out FILE]\n"
    "\n"
    "Write the bookings of a period. CSV has semicolons and UTF-8 with a byte order mark; DATEV "
    "is\n"
    "a posting batch (EXTF, version 700, category 21, Windows-1252). Works beside a server.\n"
    "\n"
    "  --data DIR      the data folder\n"
    "  --tenant NAME   the town\n"
    "  --from DAY      the first booking day, e.g. 2027-01-01\n"
    "  --to DAY        the last booking day, e.g. 2027-03-31; at most ten years, DATEV: one year\n"
    "  --format WORD   csv if not given\n"
    "  --out FILE      write there instead of the standard output\n"
    "  --help          this text\n"
    "\n"
    "Exit status: 0 written, 1 not, 2 called wrongly.\n";

typedef struct Options {
    const char *data, *tenant, *out;
    ExportOrder order;
} Options;

static bool export(Tenant *tenant, const ExportOrder *order, Arena *arena, Str *bytes, Err *err)
{
    Tx *tx = db_read(tenant->db, err);
    bool ok = tx && ledger_export(tx, tenant, order, arena, bytes, err);

    if (tx)
        tx_end(tx);
    return ok;
}

static bool export_to(Tenant *tenant, const Options *options, Arena *arena, Err *err)
{
    NewFile file = {.fd = -1};
    Str bytes;

    if (options->out && !folder_begin_output(&file, options->out, 0600, err))
        return false;
    bool ok = export(tenant, &options->order, arena, &bytes, err);

    if (ok && options->out)
        return folder_fill_file(&file, bytes, err);
    if (ok)
        fwrite(bytes.ptr, 1, bytes.len, stdout); /* main() tells when it does not arrive */
    folder_abandon_file(&file);
    return ok;
}

static int export_command(int argc, char **argv)
{
    Options options = {.order = {.now = clock_now(), .lang = STR("en")}};
    int format = EXPORT_CSV;
    const Flag flags[] = {{"--data", .text = &options.data, .needed = "DIR"},
                          {"--tenant", .text = &options.tenant, .needed = "NAME"},
                          {"--from", .day = &options.order.from, .needed = "DAY"},
                          {"--to", .day = &options.order.until, .needed = "DAY"},
                          {"--format", .one_of = EXPORT_FORMATS, .choice = &format},
                          {"--out", .text = &options.out},
                          {0}};
    Err err = {0};
    int status = flags_read("ledger export", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    if (date_compare(options.order.until, options.order.from) < 0)
        return flags_refuse("ledger export", "--to lies before --from");
    options.order.format = (ExportFormat)format;
    Arena *arena = arena_create(0);
    Beside beside;
    bool ok = beside_open(&beside, options.data, NULL, options.tenant, &err) &&
              export_to(beside.tenant, &options, arena, &err);

    if (!ok)
        fprintf(stderr, "rathaus ledger export: %s\n", err_text(&err, arena));
    beside_close(&beside);
    arena_destroy(arena);
    return ok ? 0 : 1;
}

int ledger_command(int argc, char **argv)
{
    static const Command COMMANDS[] = {
        {"export", "write the bookings of a period to a file", export_command},
        {0},
    };

    return command_run_one_of("ledger", "The town's books.", COMMANDS, argc, argv);
}
