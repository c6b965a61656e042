/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus staff list|add|reset`: how the first account is made, and the way back in. */
#include "base/flags.h"
#include "core/beside.h"
#include "ident/internal.h"

#include <assert.h>
#include <stdio.h>

enum { GRANTS_MAX = 20 };

typedef struct Options {
    const char *data, *tenant, *login, *name, *email;
    FlagList grants;
} Options;

typedef struct Task {
    const char *command, *help;           /* "staff add" */
    int (*check)(const Options *options); /* what can be said without the town: FLAGS_GO_ON, or the
                                             exit status; or NULL */
    bool (*work)(Tenant *tenant, const Options *options, Arena *arena, Err *err);
} Task;

static int work_in_town(const Task *task, const Options *options)
{
    Err err = {0};
    Arena *arena = arena_create(0);
    Beside beside;
    bool ok = beside_open(&beside, options->data, NULL, options->tenant, &err) &&
              task->work(beside.tenant, options, arena, &err);

    if (!ok)
        fprintf(stderr, "rathaus %s: %s\n", task->command, err_text(&err, arena));
    beside_close(&beside);
    arena_destroy(arena);
    return ok ? 0 : 1;
}

/* Read the command line into `options`, see whether it makes sense, and work. */
static int perform(const Task *task, const Flag *flags, const Options *options, int argc,
                   char **argv)
{
    int status = flags_read(task->command, task->help, flags, argc, argv);

    if (status == FLAGS_GO_ON && task->check)
        status = task->check(options);
    return status == FLAGS_GO_ON ? work_in_town(task, options) : status;
}

/* --- list ---------------------------------------------------------------------------------------
 */

static const char LIST_HELP[] =
    "Usage: rathaus staff list --data DIR --tenant NAME\n"
    "\n"
    "Login, name, active or inactive, and what was granted (role:office:service) of all accounts.\n"
    "Works beside a server.\n"
    "\n"
    "  --data DIR     the data folder\n"
    "  --tenant NAME  the town\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 listed, 1 not, 2 called wrongly.\n";

static bool list(Tenant *tenant, const Options *options, Arena *arena, Err *err)
{
    StaffRow *rows;
    size_t count;
    Tx *tx = db_read(tenant->db, err);

    (void)options;
    if (!tx)
        return false;
    bool ok = staff_rows(tx, arena, &rows, &count, err);
    tx_end(tx);
    for (size_t i = 0; ok && i < count; i++) {
        const Staff *staff = &rows[i].staff;
        printf("%-16.*s %-24.*s %s", STR_ARG(staff->login), STR_ARG(staff->name),
               rows[i].active ? "active  " : "inactive");
        for (size_t g = 0; g < staff->grant_count; g++)
            printf(" %.*s:%.*s:%.*s", STR_ARG(staff->grants[g].role),
                   STR_ARG(staff->grants[g].office), STR_ARG(staff->grants[g].service));
        putchar('\n');
    }
    return ok;
}

static int list_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"--data", .text = &options.data, .needed = "DIR"},
                          {"--tenant", .text = &options.tenant, .needed = "NAME"},
                          {0}};

    return perform(&(Task){"staff list", LIST_HELP, NULL, list}, flags, &options, argc, argv);
}

/* --- add ----------------------------------------------------------------------------------------
 */

static const char ADD_HELP[] =
    "Usage: rathaus staff add --data DIR --tenant NAME --login LOGIN --name NAME\n"
    "                         [--email ADDRESS] [--grant ROLE[:OFFICE[:SERVICE]]] …\n"
    "\n"
    "Make an account and print a first password, which is replaced at the first sign-in. Works\n"
    "beside a server.\n"
    "\n"
    "  --data DIR       the data folder\n"
    "  --tenant NAME    the town\n"
    "  --login LOGIN    2 to 60 lower-case letters without umlauts, digits, \".\", \"-\", \"_\", "
    "\"@\"\n"
    "  --name NAME      of the person\n"
    "  --email ADDRESS  where mails to the person go\n"
    "  --grant ROLE[:OFFICE[:SERVICE]]\n"
    "                   what the person may do, for an office and a service of the town or for "
    "all;\n"
    "                   may be given several times. Roles: sachbearbeitung, teamleitung, leitung,\n"
    "                   kasse, laeufe, registerpflege, registerberichtigung, datenschutz, "
    "planung,\n"
    "                   stadtdaten, admin\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 made, 1 not, 2 called wrongly.\n";

typedef struct Adding {
    Staff staff;
    Grant grants[GRANTS_MAX];
    Str hash;
    int64_t id;
} Adding;

static Grant grant_read(const char *text)
{
    Str rest = str_c(text);
    Grant grant;

    grant.role = str_cut(&rest, ':');
    grant.office = str_cut(&rest, ':');
    grant.service = rest;
    return grant;
}

static void name_one(Buf *names, Str name)
{
    buf_addf(names, "%s%.*s", names->len ? ", " : "", STR_ARG(name));
}

static Str known_roles(Arena *arena)
{
    Buf names = buf_in(arena);

    for (const Role *role = IDENT_ROLES; role->name; role++)
        name_one(&names, str_c(role->name));
    return buf_str(&names);
}

static Str known_offices(const Tenant *tenant, Arena *arena)
{
    const Node *offices = node_get(tenant->settings, "offices");
    Buf names = buf_in(arena);

    for (size_t i = 0; offices && i < offices->count; i++)
        name_one(&names, offices->keys[i]);
    return buf_str(&names);
}

static Str known_services(Tenant *tenant, Arena *arena)
{
    Buf names = buf_in(arena);
    Str service;

    for (size_t i = 0; (service = tenant_service(tenant, i)).ptr; i++)
        name_one(&names, service);
    return buf_str(&names);
}

/* The roles are the program's: add_check() knows them. */
static bool grant_check(Tenant *tenant, const Grant *grant, const char *typed, Arena *arena,
                        Err *err)
{
    GrantFault fault = staff_grant_fault(tenant, grant);
    bool of_office = fault == GRANT_NO_OFFICE;
    Str wrong = of_office ? grant->office : grant->service;

    assert(fault != GRANT_NO_ROLE);
    if (fault == GRANT_GOOD)
        return true;
    Str known = of_office ? known_offices(tenant, arena) : known_services(tenant, arena);
    return err_set(err, ERR_INPUT, "--grant %s: there is no %s \"%.*s\"; there is: %.*s", typed,
                   of_office ? "office" : "service", STR_ARG(wrong),
                   STR_ARG(known.len ? known : STR("none")));
}

static bool add_write(Tx *tx, void *context, Err *err)
{
    Adding *adding = context;

    return staff_add(tx, &adding->staff, adding->hash, true, STR("system"), &adding->id, err);
}

static bool add(Tenant *tenant, const Options *options, Arena *arena, Err *err)
{
    Adding adding = {.staff = {.login = str_c(options->login),
                               .name = str_trim(str_c(options->name)),
                               .email = options->email ? str_c(options->email) : STR(""),
                               .grant_count = options->grants.count}};
    Str password = password_make(arena);

    adding.staff.grants = adding.grants;
    for (size_t i = 0; i < options->grants.count; i++) {
        const char *typed = options->grants.items[i];

        adding.grants[i] = grant_read(typed);
        if (!grant_check(tenant, &adding.grants[i], typed, arena, err))
            return false;
    }
    if (!password_hash(arena, password, &adding.hash, err))
        return false;
    if (!db_write(tenant->db, add_write, &adding, err))
        return err->kind == ERR_CONFLICT &&
               err_set(
                   err, ERR_CONFLICT,
                   "there is an account with the login \"%s\" already; choose another --login, or "
                   "give that one a new password with `rathaus staff reset`",
                   options->login);
    printf("%s may sign in with the first password %.*s\n", options->login, STR_ARG(password));
    return true;
}

static int roles_check(const FlagList *grants)
{
    int status = FLAGS_GO_ON;
    Arena *arena = arena_create(0);

    for (size_t i = 0; i < grants->count && status == FLAGS_GO_ON; i++) {
        Str role = grant_read(grants->items[i]).role;

        if (!ident_role(role))
            status = flags_refuse(
                "staff add", "--grant %s: there is no role \"%.*s\"; there is: %.*s",
                flags_shown(grants->items[i]).text, STR_ARG(role), STR_ARG(known_roles(arena)));
    }
    arena_destroy(arena);
    return status;
}

static int add_check(const Options *options)
{
    if (staff_login_problem(str_c(options->login)))
        return flags_refuse(
            "staff add",
            "\"%s\" is no login: 2 to 60 lower-case letters without umlauts, digits, "
            "\".\", \"-\", \"_\", \"@\"",
            flags_shown(options->login).text);
    if (!staff_name_ok(str_trim(str_c(options->name))))
        return flags_refuse("staff add",
                            "\"%s\" is no name: 2 to 200 bytes of UTF-8, not all blank",
                            flags_shown(options->name).text);
    if (options->email && !email_plausible(str_c(options->email)))
        return flags_refuse("staff add", "\"%s\" is no e-mail address like name@town.example",
                            flags_shown(options->email).text);
    return roles_check(&options->grants);
}

static int add_command(int argc, char **argv)
{
    const char *grants[GRANTS_MAX];
    Options options = {.grants = {.items = grants, .max = GRANTS_MAX}};
    const Flag flags[] = {{"--data", .text = &options.data, .needed = "DIR"},
                          {"--tenant", .text = &options.tenant, .needed = "NAME"},
                          {"--login", .text = &options.login, .needed = "LOGIN"},
                          {"--name", .text = &options.name, .needed = "NAME"},
                          {"--email", .text = &options.email},
                          {"--grant", .list = &options.grants},
                          {0}};

    return perform(&(Task){"staff add", ADD_HELP, add_check, add}, flags, &options, argc, argv);
}

/* --- reset --------------------------------------------------------------------------------------
 */

static const char RESET_HELP[] =
    "Usage: rathaus staff reset --data DIR --tenant NAME --login LOGIN\n"
    "\n"
    "Give an account a new password, which is printed and replaced at the next sign-in, remove "
    "its\n"
    "second factor and end its sessions. Works beside a server.\n"
    "\n"
    "  --data DIR     the data folder\n"
    "  --tenant NAME  the town\n"
    "  --login LOGIN  whose account\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 reset, 1 not, 2 called wrongly.\n";

typedef struct Resetting {
    Str login, hash;
} Resetting;

static bool reset_write(Tx *tx, void *context, Err *err)
{
    const Resetting *resetting = context;
    StaffRow row;
    Arena *arena = arena_create(0);
    bool ok = staff_row_by_login(tx, resetting->login, arena, &row, err) &&
              staff_set_password(tx, row.staff.id, resetting->hash, true, STR("system"), err) &&
              staff_remove_totp(tx, row.staff.id, STR("system"), err) &&
              sessions_end_of_staff(tx, row.staff.id, STR_NONE, err) &&
              attempt_clear(tx, str_printf(arena, "staff:%.*s", STR_ARG(row.staff.login)), err);

    arena_destroy(arena);
    return ok;
}

static bool reset(Tenant *tenant, const Options *options, Arena *arena, Err *err)
{
    Str password = password_make(arena);
    Resetting resetting = {.login = str_c(options->login)};

    if (!password_hash(arena, password, &resetting.hash, err))
        return false;
    if (!db_write(tenant->db, reset_write, &resetting, err))
        return err->kind == ERR_NOT_FOUND &&
               err_set(err, ERR_NOT_FOUND,
                       "there is no account with the login \"%s\"; `rathaus staff list` shows all",
                       flags_shown(options->login).text);
    printf("%s may sign in with the password %.*s\n", options->login, STR_ARG(password));
    return true;
}

static int reset_command(int argc, char **argv)
{
    Options options = {0};
    const Flag flags[] = {{"--data", .text = &options.data, .needed = "DIR"},
                          {"--tenant", .text = &options.tenant, .needed = "NAME"},
                          {"--login", .text = &options.login, .needed = "LOGIN"},
                          {0}};

    return perform(&(Task){"staff reset", RESET_HELP, NULL, reset}, flags, &options, argc, argv);
}

int staff_command(int argc, char **argv)
{
    static const Command COMMANDS[] = {
        {"list", "show all accounts with what they may do", list_command},
        {"add", "make an account with a first password", add_command},
        {"reset", "give an account a new password, without second factor", reset_command},
        {0},
    };

    return command_run_one_of("staff", "Accounts of a town's staff.", COMMANDS, argc, argv);
}
