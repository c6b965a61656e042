/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/fault_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>

static sqlite3_vfs *real;
static atomic_int kind = FAULT_NONE;
static atomic_int skip_left; /* -1: fail always */
static atomic_int operations;

void fault_always(Fault fault)
{
    atomic_store(&skip_left, -1);
    atomic_store(&operations, 0);
    atomic_store(&kind, fault);
}

void fault_once(Fault fault, int skip)
{
    atomic_store(&skip_left, skip);
    atomic_store(&operations, 0);
    atomic_store(&kind, fault);
}

int fault_operations(void)
{
    return atomic_load(&operations);
}

static int code_of(int fault, bool sync)
{
    switch (fault) {
    case FAULT_FULL: return sync ? SQLITE_OK : SQLITE_FULL;
    case FAULT_READONLY: return sync ? SQLITE_OK : SQLITE_READONLY;
    case FAULT_WRITE: return sync ? SQLITE_OK : SQLITE_IOERR_WRITE;
    case FAULT_SYNC: return sync ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    default: return SQLITE_OK;
    }
}

/* SQLITE_OK: go on to the disk. */
static int verdict(bool sync)
{
    int fault = atomic_load(&kind);

    atomic_fetch_add(&operations, 1);
    if (fault == FAULT_NONE)
        return SQLITE_OK;
    if (atomic_load(&skip_left) < 0)
        return code_of(fault, sync);
    int code = code_of(fault, sync);
    if (code == SQLITE_OK || atomic_fetch_sub(&skip_left, 1) > 0)
        return SQLITE_OK;
    atomic_store(&kind, FAULT_NONE);
    return code;
}

/* Behind our file lies the real one. */
typedef struct File {
    sqlite3_file base;
    sqlite3_file *real;
} File;

#define REAL(file) (((File *)(file))->real)
#define PASS(file, method, ...) REAL(file)->pMethods->method(REAL(file), ##__VA_ARGS__)

static int f_close(sqlite3_file *f)
{
    return PASS(f, xClose);
}
static int f_read(sqlite3_file *f, void *out, int size, sqlite3_int64 at)
{
    return PASS(f, xRead, out, size, at);
}
static int f_write(sqlite3_file *f, const void *bytes, int size, sqlite3_int64 at)
{
    int code = verdict(false);

    return code == SQLITE_OK ? PASS(f, xWrite, bytes, size, at) : code;
}
static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return PASS(f, xTruncate, size);
}
static int f_sync(sqlite3_file *f, int flags)
{
    int code = verdict(true);

    return code == SQLITE_OK ? PASS(f, xSync, flags) : code;
}
static int f_size(sqlite3_file *f, sqlite3_int64 *out)
{
    return PASS(f, xFileSize, out);
}
static int f_lock(sqlite3_file *f, int level)
{
    return PASS(f, xLock, level);
}
static int f_unlock(sqlite3_file *f, int level)
{
    return PASS(f, xUnlock, level);
}
static int f_reserved(sqlite3_file *f, int *out)
{
    return PASS(f, xCheckReservedLock, out);
}
static int f_control(sqlite3_file *f, int op, void *argument)
{
    return PASS(f, xFileControl, op, argument);
}
static int f_sector(sqlite3_file *f)
{
    return PASS(f, xSectorSize);
}
static int f_device(sqlite3_file *f)
{
    return PASS(f, xDeviceCharacteristics);
}
static int f_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return PASS(f, xShmMap, page, size, extend, out);
}
static int f_shm_lock(sqlite3_file *f, int offset, int count, int flags)
{
    return PASS(f, xShmLock, offset, count, flags);
}
static void f_shm_barrier(sqlite3_file *f)
{
    PASS(f, xShmBarrier);
}
static int f_shm_unmap(sqlite3_file *f, int remove)
{
    return PASS(f, xShmUnmap, remove);
}

static const sqlite3_io_methods methods = {
    2,          f_close,       f_read,      f_write,   f_truncate, f_sync,   f_size,
    f_lock,     f_unlock,      f_reserved,  f_control, f_sector,   f_device, f_shm_map,
    f_shm_lock, f_shm_barrier, f_shm_unmap, 0,         0,
};

static int v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    File *ours = (File *)file;
    (void)vfs;

    ours->real = (sqlite3_file *)(ours + 1);
    int code = real->xOpen(real, name, ours->real, flags, out_flags);
    ours->base.pMethods = ours->real->pMethods ? &methods : 0;
    return code;
}

void fault_vfs_install(void)
{
    static sqlite3_vfs ours;

    if (real)
        return;
    real = sqlite3_vfs_find(0);
    ours = *real; /* everything but opening is the real one's */
    ours.zName = "fault";
    ours.szOsFile = (int)sizeof(File) + real->szOsFile;
    ours.xOpen = v_open;
    ours.pNext = 0;
    sqlite3_vfs_register(&ours, 1);
}
