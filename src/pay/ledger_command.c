/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus ledger export`: the bookings of a period, to a file or to standard output. */
#include "core/beside.h"
#include "pay/ledger_export.h"

#include <getopt.h>
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

static bool words_read(int argc, char **argv, Words *words)
{
    static const struct option OPTIONS[] = {
        {"data", required_argument, NULL, 'd'},
        {"tenant", required_argument, NULL, 't'},
        {"from", required_argument, NULL, 'f'},
        {"to", required_argument, NULL, 'u'},
        {"format", required_argument, NULL, 'x'},
        {"out", required_argument, NULL, 'o'},
        {0},
    };
    int option;
    bool ok = argc > 1 && strcmp(argv[1], "export") == 0;

    optind = 2;
    while (ok && (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1)
        switch (option) {
        case 'd': words->data = optarg; break;
        case 't': words->tenant = optarg; break;
        case 'o': words->out = optarg; break;
        case 'f': ok = date_parse_iso(str_c(optarg), &words->order.from); break;
        case 'u': ok = date_parse_iso(str_c(optarg), &words->order.until); break;
        case 'x': ok = export_format_of(str_c(optarg), &words->order.format); break;
        default: ok = false;
        }
    return ok && words->data && words->tenant && !date_absent(words->order.from) &&
           !date_absent(words->order.until) && optind == argc;
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
    Words words = {.order = {.now = clock_now()}};
    Err err = {0};
    bool help = argc > 1 && strcmp(argv[1], "--help") == 0;

    if (help || !words_read(argc, argv, &words)) {
        fputs(HELP, help ? stdout : stderr);
        return help ? 0 : 2;
    }
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
