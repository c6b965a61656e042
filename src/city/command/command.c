/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/command/command.h"

#include "base/command.h"

#include <stdio.h>

Hub *city_command_hub(Beside *beside, const CityTown *town, const char *otherwise, Err *err)
{
    Hub *hub = beside_open(beside, town->data, NULL, town->tenant, err)
                   ? hub_of(beside->tenant, err)
                   : NULL;

    if (!hub && err->kind == ERR_CONFLICT && otherwise)
        err_set(err, ERR_CONFLICT,
                "the server has the measured values of \"%s\" open; stop it, or %s", town->tenant,
                otherwise);
    return hub;
}

const CityDataset *city_command_dataset(const CityDatasets *all, const char *name, Arena *arena,
                                        Err *err)
{
    const CityDataset *found = city_dataset_named(all, str_c(name));
    Buf names = buf_in(arena);

    for (size_t i = 0; i < all->count; i++)
        buf_addf(&names, "%s%.*s", i ? ", " : "", STR_ARG(all->items[i].name));
    if (!found)
        err_set(err, ERR_NOT_FOUND, "there is no dataset \"%.60s\"; there is: %.*s", name,
                STR_ARG(buf_str(&names)));
    return found;
}

int city_command_failed(const char *name, const Err *err, int status)
{
    Arena *arena = arena_create(0);

    fprintf(stderr, "rathaus city %s: %s\n", name, err_text(err, arena));
    arena_destroy(arena);
    return status;
}

int city_command(int argc, char **argv)
{
    static const Command COMMANDS[] = {
        {"import", "read measured values and places into a dataset", city_import_command},
        {"export", "write a dataset's values as a table, or its places", city_export_command},
        {"dataset", "make a dataset", city_dataset_command},
        {"key", "make a key for a device or program", city_key_command},
        {"verify", "read every stored value and hold it against its checksum", city_verify_command},
        {0},
    };

    return command_run_one_of("city", "The town's measured values.", COMMANDS, argc, argv);
}
