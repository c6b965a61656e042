/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/base_map.h"

#include "base/flags.h"
#include "core/beside.h"
#include "core/child.h"
#include "core/folder.h"
#include "core/page/assets.h"
#include "geo/tile/tileset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    GIGABYTE = 1 << 30,
    EXTRACT_MAX_GB = 2, /* a Land of Germany; tilemaker keeps some ten times of it in memory */
    TIMES_ON_DISK = 3,  /* of the extract: its tiles, and the file that tilemaker works in */
};

static const char HELP[] =
    "Usage: rathaus map base FILE.osm.pbf --tenant NAME --data DIR\n"
    "\n"
    "Makes the map that lies below all others from an extract of OpenStreetMap, with Debian's\n"
    "program tilemaker. Pages show it from the moment at which it is whole; until then they show\n"
    "what was there before. All of them name its makers: © OpenStreetMap-Mitwirkende.\n"
    "\n"
    "  FILE.osm.pbf   the extract, at most 2 GB; osmium cuts it out of a larger one\n"
    "  --tenant NAME  the town\n"
    "  --data DIR     data folder\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 made, 1 not, 2 called wrongly.\n"
    "\n"
    "  osmium extract --bbox 9.9,51.5,10.0,51.6 niedersachsen.osm.pbf -o stadt.osm.pbf\n"
    "  rathaus map base stadt.osm.pbf --tenant musterstadt --data rathaus-data\n";

typedef struct Making {
    const char *extract, *folder; /* of the tenant's maps */
    const char *work;             /* a folder in it, for what is not whole */
    const char *tiles;            /* in that */
    off_t size;
    Arena *arena;
    char last[400]; /* what tilemaker said last */
} Making;

/* --- Before
 * ---------------------------------------------------------------------------------------
 */

/* A PBF begins with the length of its first head (big-endian), which names its kind: field 1 of
 * nine bytes, "OSMHeader". */
static bool is_pbf(const char *path)
{
    static const char KIND[] = "\x0a\x09OSMHeader";
    char bytes[4 + sizeof KIND - 1];
    FILE *file = fopen(path, "rb");
    bool ok = file && fread(bytes, 1, sizeof bytes, file) == sizeof bytes &&
              memcmp(bytes + 4, KIND, sizeof KIND - 1) == 0;

    if (file)
        fclose(file);
    return ok;
}

static bool check_extract(Making *making, Err *err)
{
    struct stat file;

    if (stat(making->extract, &file) != 0)
        return folder_failure(err, errno, "read", making->extract);
    making->size = file.st_size;
    if (!S_ISREG(file.st_mode) || !is_pbf(making->extract))
        return err_set(err, ERR_INPUT,
                       "%s is no extract of OpenStreetMap in the format PBF (FILE.osm.pbf); "
                       "`osmium cat FILE -o FILE.osm.pbf` makes one of other formats",
                       making->extract);
    if (making->size > (off_t)EXTRACT_MAX_GB * GIGABYTE)
        return err_set(err, ERR_INPUT,
                       "%s is larger than %d GB; cut the town out of it: `osmium extract --bbox "
                       "WEST,SOUTH,EAST,NORTH %s -o stadt.osm.pbf`",
                       making->extract, EXTRACT_MAX_GB, making->extract);
    return true;
}

static bool check_disk(const Making *making, Err *err)
{
    struct statvfs disk;
    off_t wanted = making->size * TIMES_ON_DISK;

    if (statvfs(making->folder, &disk) != 0)
        return folder_failure(err, errno, "look at", making->folder);
    if ((off_t)disk.f_bavail * (off_t)disk.f_frsize >= wanted)
        return true;
    return err_set(err, ERR_TEMPORARY,
                   "there is too little room on the disk of %s: %lld MB are needed", making->folder,
                   (long long)(wanted >> 20) + 1);
}

static bool find_tenant(Making *making, const char *data, const char *tenant, Err *err)
{
    Beside beside = {0};
    bool ok = beside_open(&beside, data, NULL, tenant, err);

    if (ok)
        making->folder = arena_printf(making->arena, "%.*s/geo", STR_ARG(beside.tenant->folder));
    beside_close(&beside);
    if (!ok)
        return false;
    making->work = arena_printf(making->arena, "%s/grund.neu", making->folder);
    making->tiles = arena_printf(making->arena, "%s/grund.mbtiles", making->work);
    return folder_make(making->folder, err);
}

/* --- Making --------------------------------------------------------------------------------------
 */

static bool lay_out(const Making *making, const char *name, Err *err)
{
    const Asset *asset = asset_find(str_c(name));

    return folder_write_file(arena_printf(making->arena, "%s/%s", making->work, name), asset->bytes,
                             0600, err);
}

static void tell(void *context, Str line)
{
    Making *making = context;

    line = str_trim(line);
    if (!line.len)
        return;
    snprintf(making->last, sizeof making->last, "%.*s", STR_ARG(line));
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%.*s", (int)(line.len < 78 ? line.len : 78), line.ptr);
}

static bool run_tilemaker(Making *making, Err *err)
{
    const char *arguments[] = {
        "--input",   making->extract,
        "--output",  making->tiles,
        "--config",  arena_printf(making->arena, "%s/base-map.json", making->work),
        "--process", arena_printf(making->arena, "%s/base-map.lua", making->work),
        NULL};
    Child child = {.program = "tilemaker",
                   .arguments = arguments,
                   .niceness = 10,
                   .line = tell,
                   .context = making};
    int status;

    if (!child_run(&child, &status, err))
        return false;
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (status != 0)
        return err_set(err, ERR_INPUT,
                       "tilemaker could not make tiles of %s (status %d%s). It said: %s",
                       making->extract, status,
                       status == 137 ? ": killed, perhaps for want of memory" : "", making->last);
    return true;
}

/* Is something in it, and does it say where it comes from? */
static bool check_tiles(const Making *making, Err *err)
{
    struct stat file;
    TileSet *set = NULL;

    if (stat(making->tiles, &file) == 0)
        set = tileset_acquire(making->tiles, err);
    bool ok = set && !tileset_is_empty(set) && tileset_info(set)->attribution.len;
    tileset_release(set);
    return ok || err_set(err, ERR_INPUT, "%s holds nothing that the map shows. tilemaker said: %s",
                         making->extract, making->last);
}

static bool make(Making *making, Err *err)
{
    return folder_remove(making->work, err) && folder_make(making->work, err) &&
           lay_out(making, "base-map.json", err) && lay_out(making, "base-map.lua", err) &&
           run_tilemaker(making, err) && check_tiles(making, err) &&
           tileset_put_in_place(
               making->tiles,
               arena_printf(making->arena, "%s/" BASE_MAP_SET ".mbtiles", making->folder), err);
}

int base_map_command(int argc, char **argv)
{
    const char *tenant = NULL, *data = NULL;
    Making making = {.arena = arena_create(0)};
    const Flag flags[] = {{"FILE.osm.pbf", .text = &making.extract},
                          {"--tenant", .text = &tenant, .needed = "NAME"},
                          {"--data", .text = &data, .needed = "DIR"},
                          {0}};
    Err err = {0};
    int status = flags_read("map base", HELP, flags, argc, argv);

    if (status == FLAGS_GO_ON) {
        Err ignored = {0};
        bool ok = find_tenant(&making, data, tenant, &err) && check_extract(&making, &err) &&
                  check_disk(&making, &err);
        if (ok) {
            ok = make(&making, &err);
            folder_remove(making.work, &ignored);
        }
        if (ok)
            printf("The base map of %s is made: %s/" BASE_MAP_SET ".mbtiles\n", tenant,
                   making.folder);
        else
            fprintf(stderr, "rathaus map base: %s\n", err_text(&err, making.arena));
        status = ok ? 0 : 1;
    }
    arena_destroy(making.arena);
    return status;
}
