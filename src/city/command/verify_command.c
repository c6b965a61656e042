/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus city verify`: every stored value is read and held against its checksum, and each series
 * has its Datastream. */
#include "base/flags.h"
#include "base/node.h"
#include "city/command/command.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct Verify {
    CityTown town;
    CityView view;
    bool json;
    Arena *arena;
    Node *faults;
} Verify;

static void tell(Verify *verify, const char *file, uint64_t offset, uint32_t series,
                 const char *what)
{
    Arena *arena = verify->arena;
    Node *fault = node_map(arena);
    Str place = city_view_words(&verify->view, file, arena);

    if (!verify->json)
        printf("%.*s, byte %" PRIu64 ", series %" PRIu32 ": %s\n", STR_ARG(place), offset, series,
               what);
    node_set(arena, fault, STR("file"), node_string(arena, place));
    node_set(arena, fault, STR("offset"), node_int(arena, (int64_t)offset));
    node_set(arena, fault, STR("series"), node_int(arena, series));
    node_set(arena, fault, STR("what"), node_string(arena, str_copy(arena, str_c(what))));
    node_append(arena, verify->faults, fault);
}

static void on_fault(void *context, const char *file, uint64_t offset, uint32_t series,
                     const char *what)
{
    tell(context, file, offset, series, what);
}

/* Read through every Datastream: what is in log and memory as well. */
static bool read_all(Verify *verify, const CityView *view, uint64_t *observations)
{
    bool good = true;

    for (uint32_t series = 1; series < view->graph.series_capacity; series++) {
        Err err = {0};
        uint64_t count = 0;
        if (!city_of_series(&view->graph, series))
            continue;
        if (!obs_count(view->store, series, INT64_MIN, INT64_MAX, &count, &err)) {
            tell(verify, "city", 0, series, err.message);
            good = false;
        }
        *observations += count;
    }
    return good;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void print_sum(const Verify *verify, const CityView *view, uint64_t observations)
{
    ObsStats stats = obs_stats(view->store);
    size_t streams =
        view->graph.sets[STA_DATASTREAM].count + view->graph.sets[STA_MULTI_DATASTREAM].count;

    if (!verify->json) {
        printf("%" PRIu64 " observations of %zu Datastream%s in %zu segment%s, %" PRIu64
               " bytes; %zu fault%s\n",
               observations, streams, plural(streams), stats.segments, plural(stats.segments),
               stats.segment_bytes, verify->faults->count, plural(verify->faults->count));
        return;
    }
    Arena *arena = verify->arena;
    Node *out = node_map(arena);
    node_set(arena, out, STR("observations"), node_int(arena, (int64_t)observations));
    node_set(arena, out, STR("datastreams"), node_int(arena, (int64_t)streams));
    node_set(arena, out, STR("segments"), node_int(arena, (int64_t)stats.segments));
    node_set(arena, out, STR("segment_bytes"), node_int(arena, (int64_t)stats.segment_bytes));
    node_set(arena, out, STR("faults"), verify->faults);
    printf("%.*s\n", STR_ARG(node_json(out, arena)));
}

static const char HELP[] =
    "Usage: rathaus city verify --tenant NAME --data DIR [--json]\n"
    "\n"
    "Reads every stored value and holds it against its checksum; names each fault with file and\n"
    "place. Works beside a server, on what is stored at this moment.\n"
    "\n"
    "  --tenant NAME    the town\n"
    "  --data DIR       the data folder\n"
    "  --json           what was found, as JSON\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 all is well, 1 there are faults, 2 called wrongly, or it cannot be opened.\n";

int city_verify_command(int argc, char **argv)
{
    Verify verify = {0};
    const Flag flags[] = {{"--tenant", .text = &verify.town.tenant, .needed = "NAME"},
                          {"--data", .text = &verify.town.data, .needed = "DIR"},
                          {"--json", .set = &verify.json},
                          {0}};
    int status = flags_read("city verify", HELP, flags, argc, argv);
    Err err = {0};

    if (status != FLAGS_GO_ON)
        return status;
    verify.arena = arena_create(0);
    verify.faults = node_list(verify.arena);
    if (city_view_open(&verify.view, &verify.town, verify.arena, &err)) {
        uint64_t observations = 0;
        bool good = obs_verify(verify.view.store, on_fault, &verify);
        good &= read_all(&verify, &verify.view, &observations);
        print_sum(&verify, &verify.view, observations);
        status = !good;
    } else {
        status = city_command_failed("verify", &err, 2);
    }
    city_view_close(&verify.view);
    arena_destroy(verify.arena);
    return status;
}
