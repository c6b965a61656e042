/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus staff add|list|reset`: how the first account is made, and the way back in. */
#include "core/beside.h"
#include "ident/internal.h"

#include <getopt.h>
#include <stdio.h>

static const char HELP[] =
    "Usage: rathaus staff list  --data DIR --tenant NAME\n"
    "       rathaus staff add   --data DIR --tenant NAME --login LOGIN --name NAME\n"
    "                           [--email ADDRESS] [--grant ROLE[:OFFICE[:SERVICE]]] …\n"
    "       rathaus staff reset --data DIR --tenant NAME --login LOGIN\n"
    "\n"
    "Accounts of staff. add and reset print a first password, which is replaced at the first\n"
    "sign-in; reset also removes the second factor. Roles: sachbearbeitung, "
    "teamleitung, leitung, kasse, registerpflege, admin.\n"
    "Works beside a server.\n";

enum { GRANTS_MAX = 20 };

typedef struct Words {
    const char *data;
    const char *tenant;
    Staff staff;
    Grant grants[GRANTS_MAX];
    Str hash;
    int64_t id;
} Words;

static Grant grant_read(const char *text)
{
    Str rest = str_c(text);
    Grant grant;

    grant.role = str_cut(&rest, ':');
    grant.office = str_cut(&rest, ':');
    grant.service = rest;
    return grant;
}

static bool words_read(int argc, char **argv, Words *words)
{
    static const struct option OPTIONS[] = {
        {"data", required_argument, NULL, 'd'},
        {"tenant", required_argument, NULL, 't'},
        {"login", required_argument, NULL, 'l'},
        {"name", required_argument, NULL, 'n'},
        {"email", required_argument, NULL, 'e'},
        {"grant", required_argument, NULL, 'g'},
        {0},
    };
    int option;

    optind = 1;
    words->staff.grants = words->grants;
    words->staff.email = STR("");
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1)
        switch (option) {
        case 'd': words->data = optarg; break;
        case 't': words->tenant = optarg; break;
        case 'l': words->staff.login = str_c(optarg); break;
        case 'n': words->staff.name = str_c(optarg); break;
        case 'e': words->staff.email = str_c(optarg); break;
        case 'g':
            if (words->staff.grant_count == GRANTS_MAX)
                return false;
            words->grants[words->staff.grant_count++] = grant_read(optarg);
            break;
        default: return false;
        }
    return words->data && words->tenant && optind == argc;
}

static bool list(Tenant *tenant, Words *words, Arena *arena, Err *err)
{
    StaffRow *rows;
    size_t count;
    Tx *tx = db_read(tenant->db, err);

    (void)words;
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

static bool add_write(Tx *tx, void *context, Err *err)
{
    Words *words = context;

    return staff_add(tx, &words->staff, words->hash, true, STR("system"), &words->id, err);
}

static bool add(Tenant *tenant, Words *words, Arena *arena, Err *err)
{
    Str password = password_make(arena);

    if (!words->staff.name.len || staff_login_problem(words->staff.login))
        return err_set(err, ERR_INPUT,
                       "--login (lower-case letters, digits, \".\", \"-\") and --name are needed");
    if (!password_hash(arena, password, &words->hash, err) ||
        !db_write(tenant->db, add_write, words, err))
        return false;
    printf("%.*s may sign in with the first password %.*s\n", STR_ARG(words->staff.login),
           STR_ARG(password));
    return true;
}

static bool reset_write(Tx *tx, void *context, Err *err)
{
    Words *words = context;
    StaffRow row;
    Arena *arena = arena_create(0);
    bool ok = staff_row_by_login(tx, words->staff.login, arena, &row, err) &&
              staff_set_password(tx, row.staff.id, words->hash, true, STR("system"), err) &&
              staff_remove_totp(tx, row.staff.id, STR("system"), err) &&
              sessions_end_of_staff(tx, row.staff.id, STR_NONE, err) &&
              attempt_clear(tx, str_printf(arena, "staff:%.*s", STR_ARG(row.staff.login)), err);

    arena_destroy(arena);
    return ok;
}

static bool reset(Tenant *tenant, Words *words, Arena *arena, Err *err)
{
    Str password = password_make(arena);

    if (!words->staff.login.len)
        return err_set(err, ERR_INPUT, "--login is missing");
    if (!password_hash(arena, password, &words->hash, err) ||
        !db_write(tenant->db, reset_write, words, err))
        return false;
    printf("%.*s may sign in with the password %.*s\n", STR_ARG(words->staff.login),
           STR_ARG(password));
    return true;
}

typedef bool (*Action)(Tenant *tenant, Words *words, Arena *arena, Err *err);

static Action action_of(const char *name)
{
    if (strcmp(name, "list") == 0)
        return list;
    if (strcmp(name, "add") == 0)
        return add;
    return strcmp(name, "reset") == 0 ? reset : NULL;
}

int staff_command(int argc, char **argv)
{
    Words words = {0};
    Err err = {0};
    Action action = argc > 1 ? action_of(argv[1]) : NULL;
    bool help = argc > 1 && strcmp(argv[1], "--help") == 0;

    if (!action || !words_read(argc - 1, argv + 1, &words)) {
        fputs(HELP, help ? stdout : stderr);
        return help ? 0 : 2;
    }
    Arena *arena = arena_create(0);
    Beside beside;
    bool ok = beside_open(&beside, words.data, NULL, words.tenant, &err) &&
              action(beside.tenant, &words, arena, &err);

    if (!ok)
        fprintf(stderr, "rathaus staff: %s\n", err_text(&err, arena));
    beside_close(&beside);
    arena_destroy(arena);
    return ok ? 0 : 1;
}
