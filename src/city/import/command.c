/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus city import`: files of measured values and places into a dataset. */
#include "city/import/command.h"

#include "base/command.h"
#include "base/flags.h"
#include "city/import/import.h"
#include "core/beside.h"
#include "core/folder.h"

#include <stdio.h>

enum { FILES_MAX = 4000, FILE_MAX = 512 << 20, SHOWN = 10, JSON_PROBLEMS = 1000 };

typedef struct Words {
    const char *data, *tenant, *dataset, *thing, *property, *unit;
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

static bool import_file(Hub *hub, Report *report, Node *all, int64_t *wrong, Err *err)
{
    const Words *words = report->words;
    Arena *arena = arena_create(1 << 20);
    CityImportReport sum = {0};
    CityImport import = {.hub = hub,
                         .dataset = str_c(words->dataset),
                         .source = base_name(report->file),
                         .thing = str_c(words->thing ? words->thing : words->dataset),
                         .property = str_c(words->property ? words->property : "Messwert"),
                         .unit = str_c(words->unit ? words->unit : ""),
                         .now = clock_now(),
                         .tell = tell,
                         .context = report};

    bool ok = folder_read_file(report->file, FILE_MAX, arena, &import.text, err) &&
              city_import(&import, arena, &sum, err);
    if (!ok && !err->file[0] && !strstr(err->message, report->file))
        snprintf(err->file, sizeof err->file, "%s", report->file);
    if (ok && words->json)
        node_append(report->arena, all, summary_node(report, &sum));
    else if (ok)
        print_summary(report, &sum);
    *wrong += sum.wrong;
    arena_destroy(arena);
    return ok;
}

/* From the log into compressed files. */
static bool pack(Hub *hub, Arena *arena)
{
    Err err = {0};
    bool ok = obs_flush(hub_store(hub), true, &err);

    if (!ok)
        fprintf(stderr, "rathaus city import: %s\n", err_text(&err, arena));
    return ok;
}

/* A file that cannot be read does not keep the others from it. */
static int import_files(Hub *hub, const Words *words, Arena *arena)
{
    Node *all = node_list(arena);
    int64_t wrong = 0;
    bool failed = false;

    for (size_t i = 0; i < words->files.count; i++) {
        Report report = {words->files.items[i], words, arena, node_list(arena), 0};
        Err err = {0};
        if (import_file(hub, &report, all, &wrong, &err))
            continue;
        fprintf(stderr, "rathaus city import: %s\n", err_text(&err, arena));
        failed = true;
    }
    if (words->json)
        printf("%.*s\n", STR_ARG(node_json(all, arena)));
    failed |= !pack(hub, arena);
    return failed ? 2 : wrong ? 1 : 0;
}

/* --- The hub of a command ----------------------------------------------------------------------
 */

/* NULL and the reason; `otherwise` is how it is done while a server has the hub. */
static Hub *open_hub(Beside *beside, const Words *words, const char *otherwise, Err *err)
{
    Hub *hub = beside_open(beside, words->data, NULL, words->tenant, err)
                   ? hub_of(beside->tenant, err)
                   : NULL;

    if (!hub && err->kind == ERR_CONFLICT)
        err_set(err, ERR_CONFLICT,
                "the server has the measured values of \"%s\" open; stop it, or %s", words->tenant,
                otherwise);
    return hub;
}

static int city_import_command(int argc, char **argv)
{
    static const char HELP[] =
        "Usage: rathaus city import FILE… --dataset NAME --tenant NAME --data DIR\n"
        "                           [--thing NAME] [--property NAME] [--unit SIGN] [--json]\n"
        "\n"
        "Reads measured values and places into a dataset:\n"
        "  CSV, long   a line for each value; columns like time, datastream, value, status, unit,\n"
        "              property, thing, lon, lat\n"
        "  CSV, wide   a line for each time, a column for each Datastream; NAME-status is the\n"
        "              status of NAME\n"
        "  GeoJSON     each Feature becomes a Thing with a Location\n"
        "Comma, semicolon or tab; UTF-8; times without an offset are those of clocks in Berlin.\n"
        "The same file may be read again: a value of a time that is there takes its place. What\n"
        "cannot be read is told and left out.\n"
        "\n"
        "  --dataset NAME   where it belongs; `rathaus city dataset` makes one\n"
        "  --tenant NAME    the town\n"
        "  --data DIR       the data folder\n"
        "  --thing NAME     where it is measured, where the file does not say it: the dataset's "
        "name\n"
        "  --property NAME  what is measured: Messwert\n"
        "  --unit SIGN      its unit: none\n"
        "  --json           what became of each file, as JSON, with the first 1000 problems\n"
        "  --help           this text\n"
        "\n"
        "Exit status: 0 all was taken, 1 some was left out, 2 called wrongly, or a file could not\n"
        "be read.\n";
    const char *files[FILES_MAX];
    Words words = {.files = {.items = files, .max = FILES_MAX}};
    const Flag flags[] = {{"FILE", .list = &words.files},
                          {"--dataset", .text = &words.dataset, .needed = "NAME"},
                          {"--tenant", .text = &words.tenant, .needed = "NAME"},
                          {"--data", .text = &words.data, .needed = "DIR"},
                          {"--thing", .text = &words.thing},
                          {"--property", .text = &words.property},
                          {"--unit", .text = &words.unit},
                          {"--json", .set = &words.json},
                          {0}};
    int status = flags_read("city import", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(0);
    Beside beside;
    Err err = {0};
    const char *otherwise = arena_printf(
        arena,
        "send it the file: curl --data-binary @FILE -H \"Authorization: Bearer KEY\" -H "
        "\"Content-Type: text/csv\" ADDRESS/api/v1/city/datasets/%s/import",
        words.dataset);
    Hub *hub = open_hub(&beside, &words, otherwise, &err);
    if (hub)
        status = import_files(hub, &words, arena);
    else
        fprintf(stderr, "rathaus city import: %s\n", err_text(&err, arena));
    beside_close(&beside);
    arena_destroy(arena);
    return hub ? status : 2;
}

/* --- Datasets ----------------------------------------------------------------------------------
 */

static int city_dataset_command(int argc, char **argv)
{
    static const char HELP[] =
        "Usage: rathaus city dataset NAME --title TEXT --tenant NAME --data DIR\n"
        "                            [--licence NAME] [--access public|internal] [--keep N]\n"
        "\n"
        "Makes a dataset: the unit of rights, licence and retention of measured values.\n"
        "\n"
        "  NAME             in addresses: small letters, digits, hyphens\n"
        "  --title TEXT     as people read it\n"
        "  --tenant NAME    the town\n"
        "  --data DIR       the data folder\n"
        "  --licence NAME   dl-de/by-2-0 if not given\n"
        "  --access public|internal   who may see it: everybody, or who may read the town's data;\n"
        "                   public if not given\n"
        "  --keep N         days that values are kept; for ever if not given\n"
        "  --help           this text\n"
        "\n"
        "Exit status: 0 made, 1 not, 2 called wrongly.\n";
    static const char *const ACCESS[] = {"public", "internal", NULL};
    Words words = {0};
    const char *name = NULL, *title = NULL, *licence = "dl-de/by-2-0";
    int access = CITY_PUBLIC, keep = 0;
    const Flag flags[] = {{"NAME", .text = &name},
                          {"--title", .text = &title, .needed = "TEXT"},
                          {"--tenant", .text = &words.tenant, .needed = "NAME"},
                          {"--data", .text = &words.data, .needed = "DIR"},
                          {"--licence", .text = &licence},
                          {"--access", .one_of = ACCESS, .choice = &access},
                          {"--keep", .number = &keep, .least = 1, .most = 36500},
                          {0}};
    int status = flags_read("city dataset", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(0);
    Beside beside = {0};
    Err err = {0};
    CityDataset dataset = {.name = str_c(name),
                           .title = str_c(title),
                           .licence = str_c(licence),
                           .access = (CityAccess)access,
                           .keep_days = keep};
    Hub *hub =
        city_dataset_check(&dataset, STR("en"), &err)
            ? open_hub(&beside, &words, "make the dataset at the desk: /desk/stadtdaten", &err)
            : NULL;
    bool ok = hub && hub_save_dataset(hub, &dataset, STR("system"), STR("en"), &err);
    if (!ok)
        fprintf(stderr, "rathaus city dataset: %s\n", err_text(&err, arena));
    beside_close(&beside);
    arena_destroy(arena);
    return !ok;
}

int city_command(int argc, char **argv)
{
    static const Command COMMANDS[] = {
        {"import", "read measured values and places into a dataset", city_import_command},
        {"dataset", "make a dataset", city_dataset_command},
        {0},
    };

    return command_run_one_of("city", "The town's measured values.", COMMANDS, argc, argv);
}
