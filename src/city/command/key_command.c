/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus city key`: a key for a device, for one dataset or for all. */
#include "base/flags.h"
#include "city/command/command.h"
#include "ident/ident.h"

#include <stdio.h>

typedef struct Making {
    DeviceKey key;
    Arena *arena;
    Str token;
} Making;

static bool make(Tx *tx, void *context, Err *err)
{
    Making *making = context;

    return ident_device_key_add(tx, &making->key, STR("system"), making->arena, &making->token,
                                err);
}

/* "city.read@luft, city.write@luft" */
static Str scopes_of(Arena *arena, Str within, bool write)
{
    const char *at = within.ptr ? "@" : "";
    Str part = within.ptr ? within : STR("");

    return write ? str_printf(arena, "city.read%s%.*s, city.write%s%.*s", at, STR_ARG(part), at,
                              STR_ARG(part))
                 : str_printf(arena, "city.read%s%.*s", at, STR_ARG(part));
}

static bool dataset_is_there(Tenant *tenant, const char *name, Arena *arena, Err *err)
{
    CityDatasets all = {0};
    Tx *tx = db_read(tenant->db, err);
    bool ok = tx && city_datasets_load(tx, arena, &all, err);

    tx_end(tx);
    return ok && city_command_dataset(&all, name, arena, err);
}

static const char HELP[] =
    "Usage: rathaus city key --tenant NAME --data DIR [--write] [--dataset NAME]\n"
    "                        [--name TEXT] [--per-minute N]\n"
    "\n"
    "Makes a key for a device or program and prints it, alone on the last line. It is shown this\n"
    "once. The device sends it as `Authorization: Bearer KEY`. The desk's page \"Personal\" lists\n"
    "the keys under the account \"Geräte der Stadtdaten\", where they are revoked. Works beside a\n"
    "server.\n"
    "\n"
    "  --tenant NAME    the town\n"
    "  --data DIR       the data folder\n"
    "  --write          it may write; if not given it may only read what is internal\n"
    "  --dataset NAME   for this dataset alone; for all if not given\n"
    "  --name TEXT      what people know it by; \"Gerät N\" if not given\n"
    "  --per-minute N   how often it may be used in a minute, up to 6000000, which it is if not\n"
    "                   given\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 made, 1 not, 2 called wrongly.\n";

int city_key_command(int argc, char **argv)
{
    CityTown town = {0};
    const char *dataset = NULL, *name = NULL;
    bool write = false;
    int per_minute = CITY_DEVICES_PER_MINUTE;
    const Flag flags[] = {
        {"--tenant", .text = &town.tenant, .needed = "NAME"},
        {"--data", .text = &town.data, .needed = "DIR"},
        {"--write", .set = &write},
        {"--dataset", .text = &dataset},
        {"--name", .text = &name},
        {"--per-minute", .number = &per_minute, .least = 1, .most = CITY_DEVICES_PER_MINUTE},
        {0}};
    int status = flags_read("city key", HELP, flags, argc, argv);
    Beside beside = {0};
    Err err = {0};

    if (status != FLAGS_GO_ON)
        return status;
    Making making = {.arena = arena_create(0)};
    Str within = dataset ? str_c(dataset) : STR_NONE;
    making.key = (DeviceKey){.name = name ? str_c(name) : STR_NONE,
                             .login = STR(CITY_DEVICES_LOGIN),
                             .account = STR(CITY_DEVICES_NAME),
                             .role = STR(CITY_DEVICES_ROLE),
                             .scopes = scopes_of(making.arena, within, write),
                             .within = within,
                             .per_minute = per_minute};
    bool ok = beside_open(&beside, town.data, NULL, town.tenant, &err) &&
              (!dataset || dataset_is_there(beside.tenant, dataset, making.arena, &err)) &&
              db_write(beside.tenant->db, make, &making, &err);
    if (ok)
        printf("A key that may %s %s%s%s, shown this once:\n%.*s\n",
               write ? "read and write" : "read", dataset ? "\"" : "all datasets",
               dataset ? dataset : "", dataset ? "\"" : "", STR_ARG(making.token));
    else
        city_command_failed("key", &err, 1);
    beside_close(&beside);
    arena_destroy(making.arena);
    return !ok;
}
