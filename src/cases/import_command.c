/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus import REGISTER FILE.csv`: read an existing stock into a register. */
#include "cases/import_command.h"

#include "base/flags.h"
#include "cases/case.h"
#include "cases/register_import.h"
#include "core/beside.h"
#include "core/folder.h"

#include <stdio.h>

static const char HELP[] =
    "Usage: rathaus import REGISTER FILE.csv --data DIR --tenant NAME\n"
    "                      [--preview] [--report OUT.csv] [--language en|de] [--json]\n"
    "\n"
    "Read an existing stock into a register. The first line names the columns: fields of the\n"
    "register (or their labels), and \"schluessel\" (key of the line), \"from\", \"until\", "
    "\"reason\".\n"
    "Lines with mistakes are left out and told; the same file may be read again at any time.\n"
    "Comma, semicolon or tab; UTF-8 or Windows-1252; days as 1.3.2027 or 2027-03-01; the desk's "
    "page\n"
    "\"Einlesen\" of the register lists all columns. SEPA mandates come with the lines when the "
    "service\n"
    "says so; of dogs: IBAN, Mandatsreferenz, \"Mandat vom\", \"Mandat zuletzt benutzt\".\n"
    "It may run beside a server.\n"
    "\n"
    "  --data DIR        the data folder\n"
    "  --tenant NAME     the town\n"
    "  --preview         look at everything, write nothing\n"
    "  --report OUT.csv  what became of each line, as CSV\n"
    "  --language WORD   of the messages and the report: en, or de for those who mend the file\n"
    "  --json            the summary as JSON, with the first 1000 problems by line\n"
    "  --help            this text\n"
    "\n"
    "Exit status: 0 every line was taken, 1 some were left out, 2 called wrongly, or the file was\n"
    "not read to its end.\n";

enum { FILE_MAX = 256 * 1024 * 1024, SHOWN = 20, JSON_PROBLEMS = 1000 };

typedef struct Words {
    const char *register_id, *file, *data, *tenant, *report;
    Str lang;
    bool preview, json;
} Words;

/* --- The report --------------------------------------------------------------------------------
 */

typedef struct Report {
    const Words *words;
    Arena *arena;
    NewFile file;
    bool open;
    int shown;
    Node *problems; /* of the JSON */
    Err err;        /* of writing */
} Report;

static void report_line(Report *report, const ImportLine *line)
{
    Arena *arena = arena_create(0);
    Buf out = buf_in(arena);

    import_report_line(&out, report->words->lang, line);
    if (report->err.kind == ERR_NONE)
        folder_add_bytes(&report->file, out.ptr, out.len, &report->err);
    arena_destroy(arena);
}

static void keep_problem(Report *report, const ImportLine *line)
{
    Arena *arena = report->arena;
    Node *item = node_map(arena);

    if (report->problems->count >= JSON_PROBLEMS)
        return;
    node_set(arena, item, STR("line"), node_int(arena, line->line));
    node_set(arena, item, STR("key"), node_string(arena, str_copy(arena, line->key)));
    node_set(arena, item, STR("column"), node_string(arena, str_copy(arena, line->field)));
    node_set(arena, item, STR("message"), node_string(arena, str_copy(arena, line->message)));
    node_set(arena, item, STR("remedy"), node_string(arena, str_copy(arena, line->remedy)));
    node_append(arena, report->problems, item);
}

static void tell(void *context, const ImportLine *line)
{
    Report *report = context;

    if (report->open)
        report_line(report, line);
    if (!line->message.ptr)
        return;
    if (report->words->json) {
        keep_problem(report, line);
        return;
    }
    if (report->shown++ < SHOWN)
        printf("line %d: %.*s%s%.*s %.*s\n", line->line, STR_ARG(line->field),
               line->field.len ? ": " : "", STR_ARG(line->message), STR_ARG(line->remedy));
    else if (report->shown == SHOWN + 1)
        printf("… and more: --report OUT.csv names all.\n");
}

static bool report_open(Report *report, Err *err)
{
    Buf head = buf_in(report->arena);

    if (!report->words->report)
        return true;
    if (!folder_begin_output(&report->file, report->words->report, 0600, err))
        return false;
    report->open = true;
    import_report_head(&head, report->words->lang);
    return folder_add_bytes(&report->file, head.ptr, head.len, err);
}

static bool report_close(Report *report, bool ok, Err *err)
{
    if (!report->open)
        return ok;
    if (ok && report->err.kind == ERR_NONE)
        return folder_finish_file(&report->file, err);
    folder_abandon_file(&report->file);
    if (ok)
        *err = report->err;
    return false;
}

static void print_summary(const ImportSummary *sum, const Words *words, Node *problems,
                          Arena *arena)
{
    if (words->json) {
        Node *node = node_map(arena);
        Node *unused = node_list(arena);

        for (size_t i = 0; i < sum->unused_count; i++)
            node_append(arena, unused, node_string(arena, sum->unused[i]));
        node_set(arena, node, STR("preview"), node_bool(arena, words->preview));
        node_set(arena, node, STR("encoding"), node_string(arena, sum->encoding));
        node_set(arena, node, STR("separator"), node_string(arena, sum->separator));
        node_set(arena, node, STR("lines"), node_int(arena, sum->lines));
        node_set(arena, node, STR("added"), node_int(arena, sum->counts[IMPORT_ADDED]));
        node_set(arena, node, STR("known"), node_int(arena, sum->counts[IMPORT_KNOWN]));
        node_set(arena, node, STR("different"), node_int(arena, sum->counts[IMPORT_DIFFERENT]));
        node_set(arena, node, STR("wrong"), node_int(arena, sum->counts[IMPORT_WRONG]));
        node_set(arena, node, STR("unusedColumns"), unused);
        node_set(arena, node, STR("problems"), problems);
        printf("%s\n", str_cstr(arena, node_json(node, arena)));
        return;
    }
    printf("%.*s, separator %.*s\n", STR_ARG(sum->encoding), STR_ARG(sum->separator));
    for (size_t i = 0; i < sum->unused_count; i++)
        printf("The column \"%.*s\" belongs to no field and is not taken.\n",
               STR_ARG(sum->unused[i]));
    printf("%lld lines%s: %lld new, %lld known before, %lld different, %lld wrong\n",
           (long long)sum->lines, words->preview ? " (preview, nothing is written)" : "",
           (long long)sum->counts[IMPORT_ADDED], (long long)sum->counts[IMPORT_KNOWN],
           (long long)sum->counts[IMPORT_DIFFERENT], (long long)sum->counts[IMPORT_WRONG]);
}

/* --- The command -------------------------------------------------------------------------------
 */

/* The register that was asked for; else says which there are. */
static const Package *find_register(Tenant *tenant, const char *id, const RegisterSpec **spec,
                                    Arena *arena, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(tenant, &packages);
    const Package *found = register_package(tenant, str_c(id), spec, err);
    Buf known = buf_in(arena);

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < packages[i]->register_count; k++)
            buf_addf(&known, "%s%.*s", known.len ? ", " : "",
                     STR_ARG(packages[i]->registers[k].id));
    if (!found)
        err_set(err, ERR_NOT_FOUND, "no service of this town has a register \"%s\"; it has: %.*s",
                flags_shown(id).text, STR_ARG(known.len ? buf_str(&known) : STR("none")));
    return found;
}

static bool run(Tenant *tenant, const Words *words, Node *problems, Arena *arena,
                ImportSummary *sum, Err *err)
{
    Report report = {.words = words, .arena = arena, .problems = problems};
    ImportOrder order = {.tenant = tenant,
                         .preview = words->preview,
                         .actor = STR("import"),
                         .today = date_in_berlin(clock_now()),
                         .lang = words->lang,
                         .tell = tell,
                         .context = &report};

    order.package = find_register(tenant, words->register_id, &order.spec, arena, err);
    if (!order.package || !folder_read_file(words->file, FILE_MAX, arena, &order.bytes, err))
        return false;
    return report_open(&report, err) && report_close(&report,
                                                     register_import(&order, arena, sum, err) ||
                                                         err_context(err, "%s", words->file),
                                                     err);
}

int import_command(int argc, char **argv)
{
    static const char *const LANGUAGES[] = {"en", "de", NULL};
    Words words = {0};
    Err err = {0};
    ImportSummary sum = {0};
    int language = 0;
    const Flag flags[] = {{"REGISTER", .text = &words.register_id},
                          {"FILE.csv", .text = &words.file},
                          {"--data", .text = &words.data, .needed = "DIR"},
                          {"--tenant", .text = &words.tenant, .needed = "NAME"},
                          {"--report", .text = &words.report},
                          {"--language", .one_of = LANGUAGES, .choice = &language},
                          {"--preview", .set = &words.preview},
                          {"--json", .set = &words.json},
                          {0}};
    int status = flags_read("import", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    words.lang = str_c(LANGUAGES[language]);
    Arena *arena = arena_create(0);
    Node *problems = node_list(arena);
    Beside beside;
    bool ok = beside_open(&beside, words.data, NULL, words.tenant, &err) &&
              run(beside.tenant, &words, problems, arena, &sum, &err);

    if (ok)
        print_summary(&sum, &words, problems, arena);
    else
        fprintf(stderr, "rathaus import: %s\n", err_text(&err, arena));
    beside_close(&beside);
    arena_destroy(arena);
    return !ok ? 2 : sum.counts[IMPORT_WRONG] || sum.counts[IMPORT_DIFFERENT] ? 1 : 0;
}
