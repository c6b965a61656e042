/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus city dataset`: the unit of rights, licence and retention. */
#include "base/flags.h"
#include "city/command/command.h"

#include <stdio.h>

int city_dataset_command(int argc, char **argv)
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
    CityTown town = {0};
    const char *name = NULL, *title = NULL, *licence = "dl-de/by-2-0";
    int access = CITY_PUBLIC, keep = 0;
    const Flag flags[] = {{"NAME", .text = &name},
                          {"--title", .text = &title, .needed = "TEXT"},
                          {"--tenant", .text = &town.tenant, .needed = "NAME"},
                          {"--data", .text = &town.data, .needed = "DIR"},
                          {"--licence", .text = &licence},
                          {"--access", .one_of = ACCESS, .choice = &access},
                          {"--keep", .number = &keep, .least = 1, .most = 36500},
                          {0}};
    int status = flags_read("city dataset", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Beside beside = {0};
    Err err = {0};
    CityDataset dataset = {.name = str_c(name),
                           .title = str_c(title),
                           .licence = str_c(licence),
                           .access = (CityAccess)access,
                           .keep_days = keep};
    Hub *hub = city_dataset_check(&dataset, STR("en"), &err)
                   ? city_command_hub(&beside, &town,
                                      "make the dataset at the desk: /desk/stadtdaten", &err)
                   : NULL;
    bool ok = hub && hub_save_dataset(hub, &dataset, STR("system"), STR("en"), &err);
    if (!ok)
        city_command_failed("dataset", &err, 1);
    beside_close(&beside);
    return !ok;
}
