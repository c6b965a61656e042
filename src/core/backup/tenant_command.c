/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus tenant create|list|show|erase */
#include "base/flags.h"
#include "core/backup/backup_internal.h"
#include "core/backup/tenant_erase.h"
#include "core/crypto.h"
#include "core/folder.h"

#include <stdio.h>
#include <sys/stat.h>

typedef struct Options {
    const char *name, *data, *from, *confirm, *proof;
    bool json;
} Options;

typedef struct Task {
    const char *command, *help;           /* "tenant create" */
    int (*check)(const Options *options); /* what can be said before: FLAGS_GO_ON, or the exit
                                             status; or NULL */
    int (*work)(const Options *options, Arena *arena);
} Task;

/* Read the command line into `options`, see whether it makes sense, and work. */
static int perform(const Task *task, const Flag *flags, const Options *options, int argc,
                   char **argv)
{
    int status = flags_read(task->command, task->help, flags, argc, argv);

    if (status == FLAGS_GO_ON && task->check)
        status = task->check(options);
    if (status != FLAGS_GO_ON)
        return status;
    crypto_start();
    Arena *arena = arena_create(0);

    status = task->work(options, arena);
    arena_destroy(arena);
    return status;
}

static int fail(const char *command, const Err *err, Arena *arena)
{
    fprintf(stderr, "rathaus tenant %s: %s\n", command, err_text(err, arena));
    return 1;
}

/* --- Making one ----------------------------------------------------------- */

static const char CREATE_HELP[] =
    "Usage: rathaus tenant create NAME --data DIR --from FOLDER\n"
    "\n"
    "Make a tenant from a folder of settings, with a new key; also while serving.\n"
    "\n"
    "  NAME           of lower-case letters, digits and hyphens\n"
    "  --data DIR     the data folder; made when missing\n"
    "  --from FOLDER  settings: tenant.yaml and what belongs to it, e.g. tenants/demo\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 made, 1 not, 2 called wrongly.\n";

static int create(const Options *options, Arena *arena)
{
    AppOptions app_options = {.data_dir = options->data, .beside = true};
    Err err = {0};

    if (!tenant_settings_read(options->from, arena, &err) || !data_folder_make(options->data, &err))
        return fail("create", &err, arena);
    App *app = app_open(&app_options, NULL, 0, &err);
    bool ok = app && tenant_create(app, str_c(options->name), options->from, &err);
    app_close(app);
    if (!ok)
        return fail("create", &err, arena);
    printf("Tenant \"%s\" is made. Its key is %s; keep a copy of it in another safe place.\n",
           options->name, tenant_key_path(options->data, str_c(options->name), arena));
    return 0;
}

static int create_check(const Options *options)
{
    Err err;

    return tenant_name_check(str_c(options->name), &err)
               ? FLAGS_GO_ON
               : flags_refuse("tenant create", "%s", err.message);
}

static int create_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"NAME", .text = &options.name},
                          {"--data", .text = &options.data, .needed = "DIR"},
                          {"--from", .text = &options.from, .needed = "FOLDER"},
                          {0}};

    return perform(&(Task){"tenant create", CREATE_HELP, create_check, create}, flags, &options,
                   argc, argv);
}

/* --- What is known of a tenant -------------------------------------------- */

static void count_rows(Db *db, Node *node, Arena *arena)
{
    Err err = {0};
    Tx *tx = db_read(db, &err);
    bool events = false, files = false;
    int64_t count = 0;

    if (!tx)
        return;
    if (table_there(tx, "event", &events, &err) && events &&
        tx_query_int(tx, &err, &count, "SELECT count(*) FROM event"))
        node_set(arena, node, STR("events"), node_int(arena, count));
    if (table_there(tx, "file", &files, &err) && files &&
        tx_query_int(tx, &err, &count, "SELECT count(*) FROM file"))
        node_set(arena, node, STR("files"), node_int(arena, count));
    tx_end(tx);
}

/* Settings that cannot be read are part of the answer, not its end. */
static Node *describe(const char *data, Str name, Arena *arena)
{
    Node *node = node_map(arena);
    Tenant tenant;
    struct stat st;
    Err err = {0};

    node_set(arena, node, STR("name"), node_string(arena, name));
    if (!tenant_view_open(data, name, arena, &tenant, &err)) {
        node_set(arena, node, STR("problem"), node_string(arena, str_c(err_text(&err, arena))));
        return node;
    }
    const Node *hosts = node_get(tenant.settings, "hosts");
    node_set(arena, node, STR("title"), node_string(arena, tenant_title(&tenant)));
    node_set(arena, node, STR("hosts"), hosts ? node_clone(arena, hosts) : node_list(arena));
    node_set(arena, node, STR("folder"), node_string(arena, tenant.folder));
    node_set(arena, node, STR("key"),
             node_bool(arena, folder_is_file(tenant_key_path(data, name, arena))));
    if (stat(arena_printf(arena, "%.*s/tenant.db", STR_ARG(tenant.folder)), &st) == 0)
        node_set(arena, node, STR("database_bytes"), node_int(arena, st.st_size));
    if (tenant.db)
        count_rows(tenant.db, node, arena);
    db_close(tenant.db);
    return node;
}

static void print_line(const Node *node, Arena *arena)
{
    const Node *hosts = node_get(node, "hosts");
    Buf line = buf_in(arena);

    for (size_t i = 0; hosts && i < hosts->count; i++)
        buf_addf(&line, " %.*s", STR_ARG(node_text(hosts->items[i])));
    printf("%-24.*s %-24.*s%.*s%.*s\n", STR_ARG(node_get_text(node, "name")),
           STR_ARG(node_get_text(node, "title")), STR_ARG(buf_str(&line)),
           STR_ARG(node_get_text(node, "problem")));
}

static void print_json(const Node *node, Arena *arena)
{
    Buf text = buf_in(arena);

    node_write_json_pretty(node, &text);
    printf("%.*s\n", STR_ARG(buf_str(&text)));
}

static const char LIST_HELP[] = "Usage: rathaus tenant list --data DIR [--json]\n"
                                "\n"
                                "Show all tenants with their hosts.\n"
                                "\n"
                                "  --data DIR     the data folder\n"
                                "  --json         for machines\n"
                                "  --help         this text\n"
                                "\n"
                                "Exit status: 0 shown, 1 not, 2 called wrongly.\n";

static int list(const Options *options, Arena *arena)
{
    Str *names;
    size_t count;
    Err err = {0};
    Node *all = node_list(arena);

    if (!tenants_chosen(options->data, NULL, arena, &names, &count, &err))
        return fail("list", &err, arena);
    for (size_t i = 0; i < count; i++) {
        Node *node = describe(options->data, names[i], arena);
        if (options->json)
            node_append(arena, all, node);
        else
            print_line(node, arena);
    }
    if (options->json)
        print_json(all, arena);
    return 0;
}

static int list_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {
        {"--data", .text = &options.data, .needed = "DIR"}, {"--json", .set = &options.json}, {0}};

    return perform(&(Task){"tenant list", LIST_HELP, NULL, list}, flags, &options, argc, argv);
}

static const char SHOW_HELP[] =
    "Usage: rathaus tenant show NAME --data DIR [--json]\n"
    "\n"
    "Show one tenant: settings, size, what is in it.\n"
    "\n"
    "  --data DIR     the data folder\n"
    "  --json         for machines\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 shown, 1 there is no such tenant or it has a problem, 2 called wrongly.\n";

static void print_fields(const Node *node, Arena *arena)
{
    for (size_t i = 0; i < node->count; i++) {
        const Node *value = node->items[i];
        if (value->kind == NODE_STRING || value->kind == NODE_NUMBER)
            printf("%-15.*s %.*s\n", STR_ARG(node->keys[i]), STR_ARG(value->text));
        else
            printf("%-15.*s %.*s\n", STR_ARG(node->keys[i]), STR_ARG(node_json(value, arena)));
    }
}

static int show(const Options *options, Arena *arena)
{
    Str *names;
    size_t count;
    Err err = {0};

    if (!tenants_chosen(options->data, options->name, arena, &names, &count, &err))
        return fail("show", &err, arena);
    Node *node = describe(options->data, names[0], arena);
    if (options->json)
        print_json(node, arena);
    else
        print_fields(node, arena);
    return node_get(node, "problem") ? 1 : 0;
}

static int show_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"NAME", .text = &options.name},
                          {"--data", .text = &options.data, .needed = "DIR"},
                          {"--json", .set = &options.json},
                          {0}};

    return perform(&(Task){"tenant show", SHOW_HELP, NULL, show}, flags, &options, argc, argv);
}

/* --- Erasing one ---------------------------------------------------------- */

static const char ERASE_HELP[] =
    "Usage: rathaus tenant erase NAME --data DIR --confirm NAME [--proof FILE] [--json]\n"
    "\n"
    "Remove a tenant for good: its key, then everything of it; not while serving. Backups are\n"
    "yours to remove.\n"
    "\n"
    "  --data DIR      the data folder\n"
    "  --confirm NAME  the name once more: there is no way back\n"
    "  --proof FILE    what was erased, and when, as JSON; without it on standard output\n"
    "  --json          on standard output also with --proof\n"
    "  --help          this text\n"
    "\n"
    "Exit status: 0 erased, 1 not, 2 called wrongly.\n";

/* The proof's place is tried first, for once the tenant is gone nothing else tells of it; where the
 * file cannot be written all the same, the proof is printed. */
static int erase(const Options *options, Arena *arena)
{
    Node *proof = node_map(arena);
    Buf text = buf_in(arena);
    NewFile file = {.fd = -1};
    Err err = {0};

    if (options->proof && !folder_begin_output(&file, options->proof, 0600, &err))
        return fail("erase", &err, arena);
    if (!tenant_erase(options->data, str_c(options->name), arena, proof, &err)) {
        folder_abandon_file(&file);
        return fail("erase", &err, arena);
    }
    node_write_json_pretty(proof, &text);
    bool kept = options->proof && folder_fill_file(&file, buf_str(&text), &err);
    if (options->json || !kept)
        printf("%.*s\n", STR_ARG(buf_str(&text)));
    else
        printf("Tenant \"%s\" is erased; the proof is %s.\n", options->name, options->proof);
    return options->proof && !kept ? fail("erase", &err, arena) : 0;
}

static int erase_check(const Options *options)
{
    if (options->confirm && strcmp(options->confirm, options->name) == 0)
        return FLAGS_GO_ON;
    return flags_refuse("tenant erase",
                        "say the name once more with --confirm %s: there is no way back",
                        options->name);
}

static int erase_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {
        {"NAME", .text = &options.name},         {"--data", .text = &options.data, .needed = "DIR"},
        {"--confirm", .text = &options.confirm}, {"--proof", .text = &options.proof},
        {"--json", .set = &options.json},        {0}};

    return perform(&(Task){"tenant erase", ERASE_HELP, erase_check, erase}, flags, &options, argc,
                   argv);
}

int tenant_command(int argc, char **argv)
{
    static const Command COMMANDS[] = {
        {"create", "make a tenant from a folder of settings", create_command},
        {"list", "show all tenants with their hosts", list_command},
        {"show", "show one: settings, size, what is in it", show_command},
        {"erase", "remove a tenant for good", erase_command},
        {0},
    };

    return command_run_one_of("tenant", "The tenants (towns) of a data folder.", COMMANDS, argc,
                              argv);
}
