/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/tile/tileset.h"

#include "core/log.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Files open at once that nobody is reading just now. */
enum { IDLE_MAX = 64, PATH_TEXT_MAX = 1024 };

struct TileSet {
    TileSet *next;
    char path[PATH_TEXT_MAX];
    struct stat file; /* which file it was, to see when another took its place */
    int users;
    bool stale; /* another file stands at its path: close when nobody reads */
    uint64_t used;
    pthread_mutex_t lock; /* of the statement */
    sqlite3 *handle;
    sqlite3_stmt *tile;
    Arena *arena;
    TileInfo info;
};

static pthread_mutex_t sets_lock = PTHREAD_MUTEX_INITIALIZER;
static TileSet *sets;
static uint64_t clock_tick;

static void set_close(TileSet *set)
{
    sqlite3_finalize(set->tile);
    sqlite3_close(set->handle);
    arena_destroy(set->arena);
    pthread_mutex_destroy(&set->lock);
    free(set);
}

static bool read_info(TileSet *set, Err *err)
{
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(set->handle, "SELECT name, value FROM metadata", -1, &rows, NULL);

    set->info = TILE_INFO_UNTOLD;
    set->info.version = str_printf(
        set->arena, "%llx%llx", (unsigned long long)set->file.st_ino & 0xffff,
        (unsigned long long)set->file.st_mtim.tv_sec * 1000 + set->file.st_mtim.tv_nsec / 1000000);
    while (code == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(rows, 0);
        const char *value = (const char *)sqlite3_column_text(rows, 1);
        if (name && value)
            tile_info_take(&set->info, set->arena, str_c(name), str_c(value));
    }
    sqlite3_finalize(rows);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v3(set->handle,
                                  "SELECT tile_data FROM tiles"
                                  " WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3",
                                  -1, SQLITE_PREPARE_PERSISTENT, &set->tile, NULL);
    if (code != SQLITE_OK)
        return err_set(err, ERR_INTERNAL, "%s is no tile set (MBTiles): %s", set->path,
                       sqlite3_errmsg(set->handle));
    return true;
}

static TileSet *set_open(const char *path, const struct stat *file, Err *err)
{
    TileSet *set = calloc(1, sizeof *set);
    if (!set)
        abort();
    snprintf(set->path, sizeof set->path, "%s", path);
    set->file = *file;
    set->arena = arena_create(1024);
    pthread_mutex_init(&set->lock, NULL);

    /* Nobody writes into a finished file, so it needs no locks; the path is percent-encoded for
     * the URI. */
    Buf uri = buf_in(set->arena);
    buf_add_c(&uri, "file:");
    for (const char *c = path; *c; c++) {
        if (*c == '%' || *c == '?' || *c == '#')
            buf_addf(&uri, "%%%02x", (unsigned char)*c);
        else
            buf_add_char(&uri, *c);
    }
    buf_add_c(&uri, "?immutable=1");
    int code = sqlite3_open_v2(str_cstr(set->arena, buf_str(&uri)), &set->handle,
                               SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
    if (code != SQLITE_OK)
        err_set(err, ERR_INTERNAL, "%s: %s", path, sqlite3_errstr(code));
    else if (read_info(set, err))
        return set;
    set_close(set);
    return NULL;
}

/* Close what nobody reads and is stale or was not asked for longest. Called with the lock. */
static void tidy(void)
{
    for (;;) {
        TileSet **oldest = NULL;
        int idle = 0;
        for (TileSet **at = &sets; *at; at = &(*at)->next) {
            if ((*at)->users)
                continue;
            idle++;
            if (!oldest || (*at)->stale > (*oldest)->stale ||
                ((*at)->stale == (*oldest)->stale && (*at)->used < (*oldest)->used))
                oldest = at;
        }
        if (!oldest || (!(*oldest)->stale && idle <= IDLE_MAX))
            return;
        TileSet *gone = *oldest;
        *oldest = gone->next;
        set_close(gone);
    }
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

TileSet *tileset_acquire(const char *path, Err *err)
{
    struct stat file;
    TileSet *found = NULL;

    if (strlen(path) >= PATH_TEXT_MAX || stat(path, &file) != 0 || !S_ISREG(file.st_mode)) {
        err_set(err, ERR_NOT_FOUND, "there is no tile set %s", path);
        return NULL;
    }
    pthread_mutex_lock(&sets_lock);
    for (TileSet *set = sets; set && !found; set = set->next) {
        if (set->stale || strcmp(set->path, path) != 0)
            continue;
        if (same_file(&set->file, &file))
            found = set;
        else
            set->stale = true;
    }
    if (!found && (found = set_open(path, &file, err))) {
        found->next = sets;
        sets = found;
    }
    if (found) {
        found->users++;
        found->used = ++clock_tick;
    }
    tidy();
    pthread_mutex_unlock(&sets_lock);
    return found;
}

void tileset_release(TileSet *set)
{
    if (!set)
        return;
    pthread_mutex_lock(&sets_lock);
    set->users--;
    tidy();
    pthread_mutex_unlock(&sets_lock);
}

const TileInfo *tileset_info(const TileSet *set)
{
    return &set->info;
}

bool tileset_is_empty(TileSet *set)
{
    sqlite3_stmt *any = NULL;

    pthread_mutex_lock(&set->lock);
    bool empty = sqlite3_prepare_v2(set->handle, "SELECT 1 FROM tiles LIMIT 1", -1, &any, NULL) !=
                     SQLITE_OK ||
                 sqlite3_step(any) != SQLITE_ROW;
    sqlite3_finalize(any);
    pthread_mutex_unlock(&set->lock);
    return empty;
}

bool tileset_tile(TileSet *set, TileId id, Arena *arena, Str *out, Err *err)
{
    bool good = true;

    *out = STR_NONE;
    if (!tile_exists(id))
        return true;
    pthread_mutex_lock(&set->lock);
    sqlite3_bind_int(set->tile, 1, id.z);
    sqlite3_bind_int(set->tile, 2, id.x);
    sqlite3_bind_int(set->tile, 3, (1 << id.z) - 1 - id.y); /* MBTiles counts rows from the south */
    int code = sqlite3_step(set->tile);
    if (code == SQLITE_ROW) {
        size_t size = (size_t)sqlite3_column_bytes(set->tile, 0);
        const void *bytes = sqlite3_column_blob(set->tile, 0);
        *out = (Str){arena_copy(arena, bytes ? bytes : "", size), size};
    } else if (code != SQLITE_DONE) {
        good = err_set(err, ERR_INTERNAL, "%s: %s", set->path, sqlite3_errmsg(set->handle));
    }
    sqlite3_reset(set->tile);
    pthread_mutex_unlock(&set->lock);
    return good;
}
