/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/folder.h"
#include "geo/tile/tileset.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct TileWriter {
    Arena *arena;
    char *path, *beside;
    sqlite3 *handle;
    sqlite3_stmt *add;
};

static bool failed(TileWriter *writer, Err *err)
{
    int code = sqlite3_errcode(writer->handle);
    return err_set(err, code == SQLITE_FULL || code == SQLITE_IOERR ? ERR_TEMPORARY : ERR_INTERNAL,
                   "cannot write the tiles %s: %s%s", writer->path, sqlite3_errmsg(writer->handle),
                   code == SQLITE_FULL ? "; make room on the disk and try again" : "");
}

static bool run(TileWriter *writer, const char *sql, Err *err)
{
    return sqlite3_exec(writer->handle, sql, NULL, NULL, NULL) == SQLITE_OK || failed(writer, err);
}

static bool put_metadata(TileWriter *writer, const char *name, Str value, Err *err)
{
    sqlite3_stmt *put = NULL;
    bool good = sqlite3_prepare_v2(writer->handle, "INSERT INTO metadata VALUES (?1, ?2)", -1, &put,
                                   NULL) == SQLITE_OK;

    if (good && value.ptr) {
        sqlite3_bind_text(put, 1, name, -1, SQLITE_STATIC);
        sqlite3_bind_text(put, 2, value.ptr, (int)value.len, SQLITE_STATIC);
        good = sqlite3_step(put) == SQLITE_DONE;
    }
    sqlite3_finalize(put);
    return good || failed(writer, err);
}

static bool write_head(TileWriter *writer, const TileInfo *info, Err *err)
{
    Arena *arena = writer->arena;
    Str bounds = str_printf(arena, "%.7f,%.7f,%.7f,%.7f", info->bounds.west, info->bounds.south,
                            info->bounds.east, info->bounds.north);
    Str layers = info->layers.ptr
                     ? str_printf(arena, "{\"vector_layers\":%.*s}", STR_ARG(info->layers))
                     : STR_NONE;

    return run(writer,
               "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;"
               "PRAGMA application_id=0x4d504258;"
               "CREATE TABLE metadata (name TEXT, value TEXT);"
               "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER,"
               " tile_data BLOB, PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID;"
               "BEGIN",
               err) &&
           put_metadata(writer, "name", info->name.ptr ? info->name : STR("tiles"), err) &&
           put_metadata(writer, "format", info->format == TILE_VECTOR ? STR("pbf") : STR("png"),
                        err) &&
           put_metadata(writer, "minzoom", str_printf(arena, "%d", info->zoom_min), err) &&
           put_metadata(writer, "maxzoom", str_printf(arena, "%d", info->zoom_max), err) &&
           put_metadata(writer, "bounds", bounds, err) &&
           put_metadata(writer, "attribution", info->attribution, err) &&
           put_metadata(writer, "json", layers, err) &&
           (sqlite3_prepare_v2(writer->handle, "INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)", -1,
                               &writer->add, NULL) == SQLITE_OK ||
            failed(writer, err));
}

TileWriter *tile_writer_create(const char *path, const TileInfo *info, Err *err)
{
    TileWriter *writer = calloc(1, sizeof *writer);
    if (!writer)
        abort();
    writer->arena = arena_create(1024);
    writer->path = arena_strdup(writer->arena, path);
    writer->beside = arena_printf(writer->arena, "%s.new", path);
    unlink(writer->beside);
    int code =
        sqlite3_open_v2(writer->beside, &writer->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        err_set(err, ERR_INTERNAL, "cannot make the tiles %s: %s", path, sqlite3_errstr(code));
    else if (write_head(writer, info, err))
        return writer;
    tile_writer_abandon(writer);
    return NULL;
}

bool tile_writer_add(TileWriter *writer, TileId id, Str bytes, Err *err)
{
    sqlite3_bind_int(writer->add, 1, id.z);
    sqlite3_bind_int(writer->add, 2, id.x);
    sqlite3_bind_int(writer->add, 3, (1 << id.z) - 1 - id.y);
    sqlite3_bind_blob64(writer->add, 4, bytes.ptr, bytes.len, SQLITE_STATIC);
    bool good = sqlite3_step(writer->add) == SQLITE_DONE || failed(writer, err);
    sqlite3_reset(writer->add);
    return good;
}

static void writer_close(TileWriter *writer)
{
    sqlite3_finalize(writer->add);
    sqlite3_close(writer->handle);
    writer->add = NULL;
    writer->handle = NULL;
}

bool tile_writer_finish(TileWriter *writer, Err *err)
{
    bool good = run(writer, "COMMIT", err);

    writer_close(writer);
    FILE *file = good ? fopen(writer->beside, "r+b") : NULL;
    if (good && (!file || fsync(fileno(file)) != 0 || rename(writer->beside, writer->path) != 0))
        good = err_set(err, ERR_TEMPORARY, "cannot write the tiles %s: %s", writer->path,
                       strerror(errno));
    if (file)
        fclose(file);
    if (good)
        good = folder_sync(dirname(arena_strdup(writer->arena, writer->path)), err);
    if (!good)
        unlink(writer->beside);
    arena_destroy(writer->arena);
    free(writer);
    return good;
}

void tile_writer_abandon(TileWriter *writer)
{
    if (!writer)
        return;
    writer_close(writer);
    unlink(writer->beside);
    arena_destroy(writer->arena);
    free(writer);
}

bool tileset_put_in_place(const char *beside, const char *path, Err *err)
{
    TileSet *made = tileset_acquire(beside, err);
    Arena *arena = arena_create(0);
    int fd;

    if (!made) {
        arena_destroy(arena);
        return err_context(err, "the map's tiles cannot be written");
    }
    tileset_release(made);
    fd = open(beside, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0 && rename(beside, path) == 0;
    if (!good)
        err_set(err, ERR_TEMPORARY, "%s: cannot be written: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    good = good && folder_sync(dirname(arena_strdup(arena, path)), err);
    arena_destroy(arena);
    return good;
}
