/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus city import`: files of measured values and places into a dataset. */
#include "base/flags.h"
#include "city/command/send.h"
#include "core/unpack.h"

#include <stdio.h>

enum { FILES_MAX = 4000, FILE_MAX = 512 << 20, SHOWN = 10, JSON_PROBLEMS = 1000 };

typedef struct Words {
    CityTown town;
    const char *dataset, *thing, *property, *unit;
    int access;
    FlagList files;
    bool json;
} Words;

/* --- Telling -----------------------------------------------------------------------------------
 */

typedef struct Report {
    const char *file;
    const Words *words;
    Arena *arena;
    Node *problems; /* of the JSON */
    int shown;
} Report;

static void tell(void *context, int line, const char *what)
{
    Report *report = context;

    if (report->words->json) {
        Node *item = node_map(report->arena);
        if (report->problems->count >= JSON_PROBLEMS)
            return;
        node_set(report->arena, item, STR("line"), node_int(report->arena, line));
        node_set(report->arena, item, STR("message"), node_string(report->arena, str_c(what)));
        node_append(report->arena, report->problems, item);
    } else if (report->shown < SHOWN) {
        printf("%s:%d: %s\n", report->file, line, what);
    } else if (report->shown == SHOWN) {
        printf("%s: … and more; --json names up to %d\n", report->file, JSON_PROBLEMS);
    }
    report->shown++;
}

static Node *summary_node(const Report *report, const CityImportReport *sum)
{
    Node *out = city_import_node(sum, report->problems, report->arena);

    node_set(report->arena, out, STR("file"), node_string(report->arena, str_c(report->file)));
    return out;
}

static void print_summary(const Report *report, const CityImportReport *sum)
{
    printf("%s: %s, %lld lines, %lld observations", report->file, sum->kind, (long long)sum->lines,
           (long long)sum->observations);
    if (sum->streams || sum->things)
        printf("; new: %lld Datastreams, %lld Things", (long long)sum->streams,
               (long long)sum->things);
    if (sum->wrong)
        printf("; left out: %lld", (long long)sum->wrong);
    puts("");
}

/* --- Importing ---------------------------------------------------------------------------------
 */

static Str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return str_c(slash ? slash + 1 : path);
}

static void tell_made(const Words *words)
{
    fprintf(stderr, "made the %s dataset \"%s\"; the desk's page Stadtdaten gives it a title\n",
            words->access == CITY_PUBLIC ? "public" : "internal", words->dataset);
}

/* Made when it is missing, under its own name, until somebody gives it a better title. */
static bool have_dataset(Hub *hub, const Words *words, bool *made, Err *err)
{
    CityDataset dataset = {.name = str_c(words->dataset),
                           .title = str_c(words->dataset),
                           .licence = STR("dl-de/by-2-0"),
                           .access = (CityAccess)words->access};

    return hub_need_dataset(hub, &dataset, STR("system"), STR("en"), made, err);
}

/* What all files of a command share. */
typedef struct Importing {
    Hub *hub;           /* or, while a server has it, */
    CitySender *sender; /* who sends it the files */
    const Words *words;
    const char *path; /* of the file on the command line */
    Node *all;        /* the reports of the files, as JSON */
    int64_t wrong;
    size_t seen; /* files that were read, of the one on the command line */
    Arena *arena;
} Importing;

/* ".../300039331/2025-10.csv" lies in 300039331; STR_NONE when the path names no folder. */
static Str folder_name(const char *path)
{
    const char *end = strrchr(path, '/'), *start = end;

    while (start > path && start[-1] != '/' && start[-1] != ' ')
        start--;
    return end ? (Str){start, (size_t)(end - start)} : STR_NONE;
}

/* Archives hold more than what is to be read: descriptions, lists of stations. */
static bool is_data(const char *name, Str bytes)
{
    static const char *const ENDINGS[] = {".csv", ".tsv", ".txt", ".geojson", ".CSV"};

    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (str_ends_with(str_c(name), ENDINGS[i]))
            return true;
    Str head = str_slice(bytes, 0, 4096);
    return str_find(head, STR("\"FeatureCollection\"")) >= 0 ||
           str_find(head, STR("datex2.eu")) >= 0;
}

/* A file of which nothing comes in makes no dataset either. */
static bool take_beside(Hub *hub, const Words *words, const CityImport *import, Arena *arena,
                        CityImportReport *sum, Err *err)
{
    bool made, gone = false;
    Err why = {0};

    if (!have_dataset(hub, words, &made, err))
        return false;
    bool ok = city_import(import, arena, sum, err);
    if (made && !hub_forget_dataset(hub, import->dataset, STR("system"), &gone, &why) && ok)
        *err = why;
    if (made && !gone)
        tell_made(words);
    return ok && why.kind == ERR_NONE;
}

static bool take_in(const Importing *importing, const CityImport *import, Arena *arena,
                    CityImportReport *sum, Err *err)
{
    const Words *words = importing->words;
    bool made = false;

    if (importing->hub)
        return take_beside(importing->hub, words, import, arena, sum, err);
    if (!city_send(importing->sender, import, (CityAccess)words->access, &made, sum, err))
        return false;
    if (made)
        tell_made(words);
    return true;
}

/* One of an archive, or the file itself. */
static bool import_file(void *context, const char *name, Str bytes, Err *err)
{
    Importing *importing = context;
    const Words *words = importing->words;
    Report report = {.file = arena_strdup(importing->arena, name),
                     .words = words,
                     .arena = importing->arena,
                     .problems = node_list(importing->arena)};
    Arena *arena = arena_create(1 << 20);
    CityImportReport sum = {0};
    CityImport import = {.hub = importing->hub,
                         .dataset = str_c(words->dataset),
                         .source = base_name(name),
                         .text = bytes,
                         .folder = folder_name(name),
                         .thing = str_c(words->thing ? words->thing : ""),
                         .property = str_c(words->property ? words->property : "Messwert"),
                         .unit = str_c(words->unit ? words->unit : ""),
                         .now = clock_now(),
                         .tell = tell,
                         .context = &report};

    if (strcmp(name, importing->path) != 0 && !is_data(name, bytes)) {
        fprintf(stderr, "%s: passed over: it is no table, GeoJSON or DATEX II\n", name);
        arena_destroy(arena);
        return true;
    }
    importing->seen++;
    bool ok = take_in(importing, &import, arena, &sum, err);
    if (!ok && !err->file[0])
        snprintf(err->file, sizeof err->file, "%s", name);
    if (ok && words->json)
        node_append(importing->arena, importing->all, summary_node(&report, &sum));
    else if (ok)
        print_summary(&report, &sum);
    importing->wrong += sum.wrong;
    arena_destroy(arena);
    return ok;
}

/* From the log into compressed files. */
static bool pack(Hub *hub)
{
    Err err = {0};

    return obs_flush(hub_store(hub), true, &err) || (city_command_failed("import", &err, 2), false);
}

static bool nothing_read(const char *path, Err *err)
{
    return err_set(err, ERR_INPUT, "%s: holds no table, GeoJSON or DATEX II", path);
}

/* A file that cannot be read does not keep the others from it. */
static int import_files(Hub *hub, CitySender *sender, const Words *words, Arena *arena)
{
    Importing importing = {
        .hub = hub, .sender = sender, .words = words, .all = node_list(arena), .arena = arena};
    bool failed = false;

    for (size_t i = 0; i < words->files.count; i++) {
        Err err = {0};
        importing.path = words->files.items[i];
        importing.seen = 0;
        if (unpack(importing.path, FILE_MAX, import_file, &importing, &err) &&
            (importing.seen || nothing_read(importing.path, &err)))
            continue;
        city_command_failed("import", &err, 2);
        failed = true;
    }
    if (words->json && (importing.all->count || !failed))
        printf("%.*s\n", STR_ARG(node_json(importing.all, arena)));
    failed |= hub && !pack(hub);
    return failed ? 2 : importing.wrong ? 1 : 0;
}

int city_import_command(int argc, char **argv)
{
    static const char HELP[] =
        "Usage: rathaus city import FILE… --dataset NAME --tenant NAME --data DIR\n"
        "                           [--access public|internal] [--thing NAME] [--property NAME]\n"
        "                           [--unit SIGN] [--json]\n"
        "\n"
        "Reads measured values and places into a dataset:\n"
        "  CSV, long   a line for each value; columns like time, datastream, value, status, unit,\n"
        "              property, thing, lon, lat\n"
        "  CSV, wide   a line for each time, a column for each Datastream; NAME-status is the\n"
        "              status of NAME\n"
        "  GeoJSON     each Feature becomes a Thing with a Location\n"
        "  DATEX II    version 3: situations become road works, measurement sites and predefined\n"
        "              locations Things, what was measured their Observations\n"
        "  archives    .tar.gz, .zip and such: every file in them, one after the other\n"
        "Comma, semicolon or tab; UTF-8; times without an offset are those of clocks in Berlin.\n"
        "The same file may be read again: a value of a time that is there takes its place. What\n"
        "cannot be read is told and left out. While a server has the town open it is sent the\n"
        "files.\n"
        "\n"
        "  --dataset NAME   where it belongs; it is made when it is missing\n"
        "  --tenant NAME    the town\n"
        "  --data DIR       the data folder\n"
        "  --access public|internal   of a dataset that is made: who may see it; public if not\n"
        "                   given. `rathaus city dataset` and the desk say more of it\n"
        "  --thing NAME     where it is measured, where the file does not say it: the dataset's "
        "name,\n"
        "                   or that of the column which is called like the folder of the file\n"
        "  --property NAME  what is measured: Messwert\n"
        "  --unit SIGN      its unit: none\n"
        "  --json           what became of each file, as JSON, with the first 1000 problems\n"
        "  --help           this text\n"
        "\n"
        "Exit status: 0 all was taken, 1 some was left out, 2 called wrongly, or a file could not\n"
        "be read.\n";
    static const char *const ACCESS[] = {"public", "internal", NULL};
    const char *files[FILES_MAX];
    Words words = {.files = {.items = files, .max = FILES_MAX}};
    const Flag flags[] = {{"FILE", .list = &words.files},
                          {"--dataset", .text = &words.dataset, .needed = "NAME"},
                          {"--tenant", .text = &words.town.tenant, .needed = "NAME"},
                          {"--data", .text = &words.town.data, .needed = "DIR"},
                          {"--access", .one_of = ACCESS, .choice = &words.access},
                          {"--thing", .text = &words.thing},
                          {"--property", .text = &words.property},
                          {"--unit", .text = &words.unit},
                          {"--json", .set = &words.json},
                          {0}};
    int status = flags_read("city import", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(0);
    Beside beside = {0};
    Err err = {0};
    const CityDataset asked = {.name = str_c(words.dataset), .title = str_c(words.dataset)};
    bool named = city_dataset_check(&asked, STR("en"), &err);
    Hub *hub = named ? city_command_hub(&beside, &words.town, NULL, &err) : NULL;
    CitySender *sender = NULL;
    if (named && !hub && err.kind == ERR_CONFLICT && beside.tenant) {
        err_clear(&err);
        sender = city_sender_begin(&beside, &words.town, arena, &err);
    }
    if (hub || sender)
        status = import_files(hub, sender, &words, arena);
    else
        status = city_command_failed("import", &err, 2);
    city_sender_end(sender);
    beside_close(&beside);
    arena_destroy(arena);
    return status;
}
