/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus run SERVICE/RUN`: a run at the command line. */
#include "base/flags.h"
#include "cases/check.h"
#include "cases/run_store.h"
#include "core/beside.h"
#include "core/folder.h"
#include "core/page/out.h"
#include "core/store/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char HELP[] =
    "Usage: rathaus run SERVICE/RUN --year YEAR --tenant NAME --data DIR [options]\n"
    "\n"
    "One decision for everybody in a register, e.g. the yearly assessment of the dog tax:\n"
    "  rathaus run hund/jahresveranlagung --year 2027 --tenant musterstadt --data DIR\n"
    "\n"
    "A run that was cut off goes on where it was when the command is given again; one that is\n"
    "repeated charges only what changed since. It may run beside a server.\n"
    "\n"
    "  --data DIR       the data folder\n"
    "  --tenant NAME    the town\n"
    "  --year YEAR      from 1990 to 2200\n"
    "  --services DIR   the service packages, default: beside the program\n"
    "  --preview        change nothing; tell what would be done\n"
    "  --today DAY      the day of the letters, e.g. 2027-01-10; without it today\n"
    "  --left-out FILE  write the list of those left out as CSV\n"
    "  --files FOLDER   put the run's files into this folder, which is made when missing: print "
    "files,\n"
    "                   lists, and a SEPA file (pain.008) for each day on which something is\n"
    "                   collected; a preview has none, and makes no folder\n"
    "  --json           for machines\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 done, also when some were left out, 1 not, 2 called wrongly.\n";

typedef struct Options {
    const char *run, *data, *tenant, *services, *left_out, *files;
    bool preview, json;
    RunOrder order;
} Options;

/* --- Progress ----------------------------------------------------------------------------------
 */

typedef struct Meter {
    bool terminal;
    int64_t told_at; /* monotonic ms */
} Meter;

enum { TELL_EVERY_MS = 500 };

static void show_progress(void *context, int64_t done, int64_t total, const char *what)
{
    Meter *meter = context;
    int64_t now = clock_monotonic_ms();

    if (now - meter->told_at < TELL_EVERY_MS)
        return;
    meter->told_at = now;
    fprintf(stderr, total ? "%s%lld of %lld: %s%s" : "%s%lld%.0lld: %s%s",
            meter->terminal ? "\r\033[K" : "", (long long)done, (long long)total,
            tr(STR("en"), what).ptr, meter->terminal ? "" : "\n");
    fflush(stderr);
}

/* --- What came out -----------------------------------------------------------------------------
 */

typedef struct Outcome {
    int64_t id; /* 0: a preview */
    const Run *run;
    RunTotals totals;
    RunLists lists;
    FileInfo *files;
    size_t file_count;
    Collection *collections; /* direct debits of this year's runs */
    size_t collection_count;
    Str cannot_collect; /* why the town collects nothing, or STR_NONE */
    Date today;
} Outcome;

static const char *euros(Arena *arena, int64_t cents)
{
    return str_cstr(arena, money_text(arena, cents, STR("de")));
}

typedef struct Reason {
    Str guard, example;
    int64_t count;
} Reason;

static size_t count_reasons(const Outcome *outcome, Arena *arena, Reason **out)
{
    const RunNames *names = &outcome->lists.left_out;
    Reason *reasons = arena_array(arena, Reason, names->count + 1);
    size_t count = 0;

    for (size_t i = 0; i < names->count; i++) {
        size_t k = 0;

        while (k < count && !str_eq(reasons[k].guard, names->items[i].guard))
            k++;
        if (k == count)
            reasons[count++] = (Reason){names->items[i].guard, names->items[i].reason, 0};
        reasons[k].count++;
    }
    *out = reasons;
    return count;
}

static Str payment_file(const Collection *collection, Arena *arena)
{
    return str_printf(arena, "%.*s.xml", STR_ARG(collection->message_id));
}

static void print_collections(const Outcome *outcome, Tenant *tenant, Arena *arena)
{
    for (size_t i = 0; i < outcome->collection_count; i++) {
        const Collection *one = &outcome->collections[i];

        printf("SEPA file              %.*s, collects %lld times, together %s, on %.*s%s\n",
               STR_ARG(payment_file(one, arena)), (long long)one->count, euros(arena, one->cents),
               STR_ARG(date_iso(arena, one->collect_on)),
               collection_sent(tenant, one, outcome->today) ? " (the bank has it)" : "");
    }
}

static void print_text(const Options *options, const Outcome *outcome, Tenant *tenant, Arena *arena)
{
    const RunTotals *t = &outcome->totals;
    int64_t last = t->last_cents + t->gone_cents;
    Reason *reasons;
    size_t count = count_reasons(outcome, arena, &reasons);

    printf("%.*s %d%s\n\n", STR_ARG(text_in(outcome->run->label, STR("de"))), options->order.year,
           options->preview ? " (preview, nothing is changed)" : "");
    printf("%-22.*s %10lld\n", STR_ARG(outcome->run->items_are), (long long)t->items);
    printf("%-22.*s %10lld\n", STR_ARG(outcome->run->entries_are), (long long)t->entries);
    printf("assessed               %16s\n", euros(arena, t->cents));
    printf("the year before        %16s  (%s%s)\n", euros(arena, last), t->cents >= last ? "+" : "",
           euros(arena, t->cents - last));
    printf("beside the year before %lld more, %lld less, %lld the same, %lld new, %lld gone\n",
           (long long)t->more, (long long)t->less, (long long)t->same, (long long)t->fresh,
           (long long)t->gone);
    printf("charges                %lld new, %lld changed, %lld unchanged\n", (long long)t->made,
           (long long)t->changed, (long long)t->unchanged);
    if (t->stray)
        printf("no longer registered   %lld with a charge of this year, %s\n", (long long)t->stray,
               euros(arena, t->stray_cents));
    printf("letters                %lld, of them %lld by post\n", (long long)t->letters,
           (long long)t->by_post);
    printf("by direct debit        %lld, together %s\n", (long long)t->debits,
           euros(arena, t->debit_cents));
    if (t->debits && outcome->cannot_collect.ptr)
        printf("  no SEPA file: %.*s\n",
               STR_ARG(tr(STR("en"), str_cstr(arena, outcome->cannot_collect))));
    printf("nothing to assess      %lld\n", (long long)t->nothing);
    printf("left out               %lld\n", (long long)t->left_out);
    for (size_t i = 0; i < count; i++)
        printf("  %6lld  %.*s: %.*s\n", (long long)reasons[i].count, STR_ARG(reasons[i].guard),
               STR_ARG(reasons[i].example));
    for (size_t i = 0; i < outcome->file_count; i++)
        printf("file                   %.*s (%lld bytes)\n", STR_ARG(outcome->files[i].name),
               (long long)outcome->files[i].size);
    print_collections(outcome, tenant, arena);
    if (!options->files && (outcome->file_count || outcome->collection_count))
        printf("The files lie with the run at the desk; --files FOLDER puts them into a folder.\n");
}

static Node *collection_nodes(const Outcome *outcome, Tenant *tenant, Arena *arena)
{
    Node *list = node_list(arena);

    for (size_t i = 0; i < outcome->collection_count; i++) {
        const Collection *one = &outcome->collections[i];
        Node *item = node_map(arena);

        node_set(arena, item, STR("name"), node_string(arena, payment_file(one, arena)));
        node_set(arena, item, STR("due"), node_string(arena, date_iso(arena, one->due_until)));
        node_set(arena, item, STR("collect_on"),
                 node_string(arena, date_iso(arena, one->collect_on)));
        node_set(arena, item, STR("count"), node_int(arena, one->count));
        node_set(arena, item, STR("cents"), node_int(arena, one->cents));
        node_set(arena, item, STR("sent"),
                 node_bool(arena, collection_sent(tenant, one, outcome->today)));
        node_set(arena, item, STR("sha256"), node_string(arena, one->sha256));
        node_append(arena, list, item);
    }
    return list;
}

static void print_json(const Options *options, const Outcome *outcome, Tenant *tenant, Arena *arena)
{
    Node *out = node_map(arena), *files = node_list(arena);
    Buf text = buf_in(arena);

    node_set(arena, out, STR("run"), node_int(arena, outcome->id));
    node_set(arena, out, STR("year"), node_int(arena, options->order.year));
    node_set(arena, out, STR("preview"), node_bool(arena, options->preview));
    node_set(arena, out, STR("totals"), run_totals_node(&outcome->totals, arena));
    node_set(arena, out, STR("left_out"), run_names_node(&outcome->lists.left_out, arena));
    node_set(arena, out, STR("strays"), run_names_node(&outcome->lists.strays, arena));
    for (size_t i = 0; i < outcome->file_count; i++) {
        Node *file = node_map(arena);

        node_set(arena, file, STR("name"), node_string(arena, outcome->files[i].name));
        node_set(arena, file, STR("size"), node_int(arena, outcome->files[i].size));
        node_set(arena, file, STR("sha256"), node_string(arena, str_c(outcome->files[i].sha256)));
        node_append(arena, files, file);
    }
    node_set(arena, out, STR("files"), files);
    node_set(arena, out, STR("collections"), collection_nodes(outcome, tenant, arena));
    node_write_json_pretty(out, &text);
    printf("%.*s\n", STR_ARG(buf_str(&text)));
}

/* --- Doing it ----------------------------------------------------------------------------------
 */

static bool do_preview(Tenant *tenant, const Options *options, const RunWatch *watch, Arena *arena,
                       Outcome *out, Err *err)
{
    RunPreview preview;

    if (!run_preview(tenant, &options->order, watch, arena, &preview, err))
        return false;
    out->totals = preview.totals;
    out->lists = preview.lists;
    return true;
}

static bool read_result(Tenant *tenant, Arena *arena, Outcome *out, Err *err)
{
    Tx *tx = db_read(tenant->db, err);
    RunRow row;

    if (!tx)
        return false;
    bool ok =
        run_by_id(tx, out->id, arena, &row, err) &&
        run_lists(tx, out->id, arena, &out->lists, err) &&
        file_list(tx, run_subject(out->id, arena), arena, &out->files, &out->file_count, err) &&
        run_collections(tx, &row, arena, &out->collections, &out->collection_count, err);

    tx_end(tx);
    out->totals = ok ? row.totals : out->totals;
    return ok;
}

static bool save_file(Tenant *tenant, const char *folder, Str sha256, Str name, Err *err)
{
    Arena *arena = arena_create(0);
    Tx *tx = db_read(tenant->db, err);
    Str bytes;
    bool ok = tx && file_read(tx, tenant, sha256, arena, &bytes, err);

    if (tx)
        tx_end(tx);
    ok = ok &&
         folder_write_file(arena_printf(arena, "%s/%.*s", folder, STR_ARG(name)), bytes, 0600, err);
    arena_destroy(arena);
    return ok;
}

/* Payment files that the bank has are not handed out once more. */
static bool save_files(Tenant *tenant, const char *folder, const Outcome *outcome, Arena *arena,
                       Err *err)
{
    bool ok = folder_make(folder, err);

    for (size_t i = 0; ok && i < outcome->file_count; i++)
        ok =
            save_file(tenant, folder, str_c(outcome->files[i].sha256), outcome->files[i].name, err);
    for (size_t i = 0; ok && i < outcome->collection_count; i++) {
        const Collection *one = &outcome->collections[i];

        if (one->sha256.ptr && !collection_sent(tenant, one, outcome->today))
            ok = save_file(tenant, folder, one->sha256, payment_file(one, arena), err);
    }
    return ok;
}

static bool save_left_out(NewFile *file, const Outcome *outcome, Arena *arena, Err *err)
{
    return folder_fill_file(file, run_csv_lists(&outcome->lists, arena), err);
}

/* The error of a run that is none names those that there are. */
static void no_such_run(Tenant *tenant, const char *asked, Arena *arena, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(tenant, &packages);
    Buf known = buf_in(arena);

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < packages[i]->run_count; k++)
            buf_addf(&known, "%s%.*s/%.*s", known.len ? ", " : "", STR_ARG(packages[i]->id),
                     STR_ARG(packages[i]->runs[k]->id));
    err_set(err, ERR_NOT_FOUND, "there is no run \"%s\" in this town; it has: %.*s",
            flags_shown(asked).text, STR_ARG(known.len ? buf_str(&known) : STR("none")));
}

static bool do_it(Tenant *tenant, const Options *options, Arena *arena, Outcome *out, Err *err)
{
    Meter meter = {.terminal = isatty(STDERR_FILENO) == 1};
    RunWatch watch = {.progress = show_progress, .context = &meter};
    bool ok = options->preview
                  ? do_preview(tenant, options, &watch, arena, out, err)
                  : run_do(tenant, &options->order, &watch, arena, &out->id, err) &&
                        worker_drain(tenant, err) && read_result(tenant, arena, out, err);

    if (meter.terminal && meter.told_at)
        fputs("\r\033[K", stderr);
    return ok;
}

static bool save(Tenant *tenant, const Options *options, NewFile *left_out, Arena *arena,
                 const Outcome *outcome, Err *err)
{
    bool ok = (!options->files || save_files(tenant, options->files, outcome, arena, err)) &&
              (!options->left_out || save_left_out(left_out, outcome, arena, err));

    return ok || options->preview ||
           err_context(err, "the run is done, but not all its files are written; the same command "
                            "writes them again");
}

/* Where the results go is tried before there are any. */
static bool run_it(Tenant *tenant, const Options *options, Arena *arena, Outcome *out, Err *err)
{
    const Package *package = tenant_package(tenant, options->order.service, err);
    NewFile left_out = {.fd = -1};

    out->run = package ? package_run(package, options->order.name) : NULL;
    if (!out->run) {
        no_such_run(tenant, options->run, arena, err);
        return false;
    }
    if ((options->files && !folder_make_writable(options->files, err)) ||
        (options->left_out && !folder_begin_output(&left_out, options->left_out, 0600, err)))
        return false;
    out->today = date_in_berlin(clock_now());
    out->cannot_collect = run_cannot_collect(tenant, arena);
    bool ok = do_it(tenant, options, arena, out, err) &&
              save(tenant, options, &left_out, arena, out, err);

    folder_abandon_file(&left_out);
    return ok;
}

static int run_in(const Options *options, Arena *arena)
{
    Outcome outcome = {0};
    Err err = {0};

    Beside beside;
    bool ok = beside_open(&beside, options->data, options->services, options->tenant, &err) &&
              run_it(beside.tenant, options, arena, &outcome, &err);

    if (!ok)
        fprintf(stderr, "rathaus run: %s\n", err_text(&err, arena));
    else if (options->json)
        print_json(options, &outcome, beside.tenant, arena);
    else
        print_text(options, &outcome, beside.tenant, arena);
    beside_close(&beside);
    return ok ? 0 : 1;
}

int run_command(int argc, char **argv)
{
    Options options = {.order = {.actor = STR("command"), .today = date_in_berlin(clock_now())}};
    const Flag flags[] = {
        {"SERVICE/RUN", .text = &options.run},
        {"--data", .text = &options.data, .needed = "DIR"},
        {"--tenant", .text = &options.tenant, .needed = "NAME"},
        {"--services", .text = &options.services},
        {"--year", .number = &options.order.year, .least = 1990, .most = 2200, .needed = "YEAR"},
        {"--today", .day = &options.order.today},
        {"--left-out", .text = &options.left_out},
        {"--files", .text = &options.files},
        {"--preview", .set = &options.preview},
        {"--json", .set = &options.json},
        {0}};
    int status = flags_read("run", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    options.order.name = str_c(options.run);
    options.order.service = str_cut(&options.order.name, '/');
    if (str_empty(options.order.service) || str_empty(options.order.name))
        return flags_refuse("run", "\"%s\" is not SERVICE/RUN", flags_shown(options.run).text);
    if (options.preview)
        options.files = NULL;
    Arena *arena = arena_create(1 << 16);

    status = run_in(&options, arena);
    arena_destroy(arena);
    return status;
}
