/* SPDX-License-Identifier: EUPL-1.2 */
/* rathaus tenant create|list|show|erase */
#include "core/backup/backup_internal.h"
#include "core/backup/tenant_erase.h"
#include "core/crypto.h"
#include "core/flags.h"
#include "core/folder.h"

#include <stdio.h>
#include <sys/stat.h>

static const char HELP[] =
    "Usage: rathaus tenant create --data DIR --from FOLDER NAME\n"
    "       rathaus tenant list   --data DIR [--json]\n"
    "       rathaus tenant show   --data DIR [--json] NAME\n"
    "       rathaus tenant erase  --data DIR --confirm NAME [--proof FILE] NAME\n"
    "\n"
    "create  makes a tenant from a folder of settings, with a new key; also while serving\n"
    "list    shows all tenants with their hosts\n"
    "show    shows one: settings, size, what is in it\n"
    "erase   removes a tenant for good: its key, then everything of it; not while serving.\n"
    "        Backups are yours to remove\n"
    "\n"
    "  --data DIR     the data folder; create makes it when missing\n"
    "  --from FOLDER  settings: tenant.yaml and what belongs to it, e.g. tenants/demo\n"
    "  --confirm NAME the name once more: there is no way back\n"
    "  --proof FILE   what was erased, and when, as JSON\n"
    "  --json         for machines\n"
    "  --help         this text\n"
    "\n"
    "NAME is of lower-case letters, digits and hyphens.\n";

typedef struct Options {
    const char *data, *from, *confirm, *proof;
    bool json;
    const char *words[2]; /* create|list|show|erase, NAME */
} Options;

static int fail(const Err *err, Arena *arena)
{
    fprintf(stderr, "rathaus tenant: %s\n", err_text(err, arena));
    return 1;
}

static int create(const Options *options, Arena *arena)
{
    AppOptions app_options = {.data_dir = options->data, .beside = true};
    Err err = {0};

    if (!options->from)
        return flags_missing("tenant create", "--from FOLDER");
    App *app = app_open(&app_options, NULL, 0, &err);
    bool ok = app && tenant_create(app, str_c(options->words[1]), options->from, &err);
    app_close(app);
    if (!ok)
        return fail(&err, arena);
    printf("Tenant \"%s\" is made. Its key is %s; keep a copy of it in another safe place.\n",
           options->words[1], tenant_key_path(options->data, str_c(options->words[1]), arena));
    return 0;
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

static int list(const Options *options, Arena *arena)
{
    Str *names;
    size_t count;
    Err err = {0};
    Node *all = node_list(arena);

    if (!tenants_chosen(options->data, NULL, arena, &names, &count, &err))
        return fail(&err, arena);
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

    if (!tenants_chosen(options->data, options->words[1], arena, &names, &count, &err))
        return fail(&err, arena);
    Node *node = describe(options->data, names[0], arena);
    if (options->json)
        print_json(node, arena);
    else
        print_fields(node, arena);
    return node_get(node, "problem") ? 1 : 0;
}

static int erase(const Options *options, Arena *arena)
{
    Node *proof = node_map(arena);
    Buf text = buf_in(arena);
    Err err = {0};

    if (!options->confirm || strcmp(options->confirm, options->words[1]) != 0) {
        fprintf(stderr,
                "rathaus tenant erase: say the name once more with --confirm %s; there is "
                "no way back\n",
                options->words[1]);
        return 2;
    }
    if (!tenant_erase(options->data, str_c(options->words[1]), arena, proof, &err))
        return fail(&err, arena);
    node_write_json_pretty(proof, &text);
    if (options->proof && !folder_write_file(options->proof, buf_str(&text), 0600, &err))
        return fail(&err, arena);
    if (options->json || !options->proof)
        printf("%.*s\n", STR_ARG(buf_str(&text)));
    else
        printf("Tenant \"%s\" is erased; the proof is %s.\n", options->words[1], options->proof);
    return 0;
}

int tenant_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"data", &options.data, NULL},       {"from", &options.from, NULL},
                          {"confirm", &options.confirm, NULL}, {"proof", &options.proof, NULL},
                          {"json", NULL, &options.json},       {0}};
    int status = flags_read(argc, argv, HELP, flags, options.words, 2);
    Str what = str_c(options.words[0]);

    if (status >= 0)
        return status;
    if (!str_is(what, "create") && !str_is(what, "list") && !str_is(what, "show") &&
        !str_is(what, "erase")) {
        fputs("rathaus tenant: say create, list, show or erase; --help tells more\n", stderr);
        return 2;
    }
    if (!options.data)
        return flags_missing("tenant", "--data DIR");
    if (!str_is(what, "list") && !options.words[1])
        return flags_missing("tenant", "the NAME of the tenant");
    crypto_start();
    Arena *arena = arena_create(0);
    status = str_is(what, "create")  ? create(&options, arena)
             : str_is(what, "erase") ? erase(&options, arena)
             : str_is(what, "list")  ? list(&options, arena)
                                     : show(&options, arena);
    arena_destroy(arena);
    return status;
}
