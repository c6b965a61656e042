/* SPDX-License-Identifier: EUPL-1.2 */
/* The engine as one table: schema, pages, effects and commands of services and cases. */
#include "cases/case_store.h"
#include "cases/cases.h"
#include "cases/check.h"
#include "cases/golden.h"
#include "cases/publish.h"

#include <stdio.h>

static const EffectKind EFFECTS[] = {
    {.name = "letter", .label = "Brief erstellen", .run = effect_letter},
    {.name = "mail", .label = "E-Mail senden", .run = effect_mail},
    {.name = "receipt", .label = "Eingangsbestätigung erstellen", .run = effect_receipt},
    {0},
};

static void usage(FILE *out)
{
    fputs("Usage: rathaus service check|test FOLDER [options]\n"
          "\n"
          "  check   is the package sound? every mistake with file and line\n"
          "  test    replay the package's examples\n",
          out);
}

static int service_command(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";

    if (strcmp(name, "check") == 0)
        return service_check_command(argc - 1, argv + 1);
    if (strcmp(name, "test") == 0)
        return service_test_command(argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0) {
        usage(stdout);
        return 0;
    }
    usage(stderr);
    return 2;
}

static const Command COMMANDS[] = {
    {"service", "check a service package, or replay its examples", service_command},
    {0},
};

const Engine CASES_ENGINE = {
    .name = "cases",
    .migrations = CASE_MIGRATIONS,
    .effects = EFFECTS,
    .commands = COMMANDS,
    .tenant_open = cases_tenant_open,
    .tenant_close = cases_tenant_close,
};
