/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus ledger export`: the bookings of a period, to a file or to standard output. */
#include "core/beside.h"
#include "core/flags.h"
#include "pay/ledger_export.h"

#include <stdio.h>

static const char HELP[] =
    "Usage: rathaus ledger export --data DIR --tenant NAME --from DAY --to DAY\n"
    "                             [--format csv|json|datev] [--out FILE]\n"
    "\n"
    "Write the bookings of a period of booking days (2027-01-01, both included). CSV has\n"
    "semicolons and UTF-8 with a byte order mark; DATEV is a posting batch (EXTF, version 700,\n"
    "category 21, Windows-1252). Works beside a server.\n";

typedef struct Words {
    const char *data, *tenant, *out;
    ExportOrder order;
} Words;

/* Complain about a word that is not what its option takes. */
static int wrong(const char *option, const char *given, const char *wanted)
{
    fprintf(stderr, "rathaus ledger export: %s \"%s\" is not %s\n", option, given, wanted);
    return 2;
}

static const char A_DAY[] = "a day, e.g. 2027-01-31";

/* -1 to go on, else the exit status. */
static int words_read(int argc, char **argv, Words *words)
{
    const char *verb = NULL, *from = NULL, *to = NULL, *format = NULL;
    const Flag flags[] = {{"data", &words->data, NULL},
                          {"tenant", &words->tenant, NULL},
                          {"from", &from, NULL},
                          {"to", &to, NULL},
                          {"format", &format, NULL},
                          {"out", &words->out, NULL},
                          {0}};
    int status = flags_read(argc, argv, HELP, flags, &verb, 1);

    if (status >= 0)
        return status;
    if (!verb || strcmp(verb, "export") != 0)
        return flags_missing("ledger", "the word export");
    if (!words->data || !words->tenant)
        return flags_missing("ledger export", words->data ? "--tenant NAME" : "--data DIR");
    if (!from || !to)
        return flags_missing("ledger export", from ? "--to DAY" : "--from DAY");
    if (!date_parse_iso(str_c(from), &words->order.from))
        return wrong("--from", from, A_DAY);
    if (!date_parse_iso(str_c(to), &words->order.until))
        return wrong("--to", to, A_DAY);
    if (format && !export_format_of(str_c(format), &words->order.format))
        return wrong("--format", format, "csv, json or datev");
    return -1;
}

static bool write_out(const Words *words, Str bytes, Err *err)
{
    FILE *file = words->out ? fopen(words->out, "wb") : stdout;
    bool ok = file && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;

    if (file && words->out)
        ok = fclose(file) == 0 && ok;
    else if (file)
        ok = fflush(file) == 0 && ok;
    return ok || err_set(err, ERR_INTERNAL, "%s cannot be written", words->out ? words->out : "-");
}

static bool run(Tenant *tenant, const Words *words, Arena *arena, Err *err)
{
    Str bytes;
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = ledger_export(tx, tenant, &words->order, arena, &bytes, err);
    tx_end(tx);
    return ok && write_out(words, bytes, err);
}

int ledger_command(int argc, char **argv)
{
    Words words = {.order = {.now = clock_now(), .lang = STR("en")}};
    Err err = {0};
    int status = words_read(argc, argv, &words);

    if (status >= 0)
        return status;
    Arena *arena = arena_create(0);
    Beside beside;
    bool ok = beside_open(&beside, words.data, NULL, words.tenant, &err) &&
              run(beside.tenant, &words, arena, &err);

    if (!ok)
        fprintf(stderr, "rathaus ledger: %s\n", err_text(&err, arena));
    beside_close(&beside);
    arena_destroy(arena);
    return ok ? 0 : 2;
}
