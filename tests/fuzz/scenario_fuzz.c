/* SPDX-License-Identifier: EUPL-1.2 */
/* Scenario files; "dem.asc" beside them is there and small. */
#include "core/folder.h"
#include "twin/scenario.h"

#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/scenario-fuzz-XXXXXX";

static void clean_up(void)
{
    Err err;

    folder_remove(folder, &err);
}

static void set_up(Arena *arena)
{
    static const char TERRAIN[] = "ncols 4\nnrows 3\nxllcorner 0\nyllcorner 0\ncellsize 1\n"
                                  "1 2 3 4\n2 3 4 5\n3 4 5 6\n";
    Err err;

    if (!mkdtemp(folder) ||
        !folder_write_file(arena_printf(arena, "%s/dem.asc", folder), str_c(TERRAIN), 0600, &err))
        abort();
    atexit(clean_up);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    Arena *arena = arena_create(0);
    TwinScenario scenario;
    Err err = {0};

    if (!ready)
        set_up(arena);
    ready = true;
    scenario_parse((Str){(const char *)data, size}, arena_printf(arena, "%s/case.yaml", folder),
                   arena, &scenario, &err);
    scenario_free(&scenario);
    arena_destroy(arena);
    return 0;
}
