/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/publish.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { KEEP_IDLE = 32 };

typedef struct Entry Entry;
struct Entry {
    const Package *package;
    Arena *arena;
    int holders;
    Entry *next; /* most recently released first */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Entry *entries;

static const Package *hold_locked(Str version)
{
    for (Entry *entry = entries; entry; entry = entry->next)
        if (str_eq(entry->package->version, version)) {
            entry->holders++;
            return entry->package;
        }
    return NULL;
}

const Package *package_cache_hold(Str version)
{
    pthread_mutex_lock(&lock);
    const Package *package = hold_locked(version);

    pthread_mutex_unlock(&lock);
    return package;
}

/* The package keeps its files: they move into its arena. */
static PackageFile *copy_files(const PackageFile *files, size_t count, Arena *arena)
{
    PackageFile *copies = arena_array(arena, PackageFile, count);

    for (size_t i = 0; i < count; i++)
        copies[i] = (PackageFile){str_copy(arena, files[i].path), str_copy(arena, files[i].bytes)};
    return copies;
}

/* Their texts lie in the package's arena, which goes. */
static void keep_problems(Problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        problems->items[i].file = str_copy(problems->arena, problems->items[i].file);
        problems->items[i].message = str_copy(problems->arena, problems->items[i].message);
    }
}

const Package *package_cache_compile(const PackageFile *files, size_t count, Problems *problems)
{
    Arena *arena = arena_create(256 * 1024);
    const Package *package = package_load(copy_files(files, count, arena), count, arena, problems);

    if (!package) {
        keep_problems(problems);
        arena_destroy(arena);
        return NULL;
    }
    pthread_mutex_lock(&lock);
    const Package *other = hold_locked(package->version); /* somebody was faster */

    if (!other) {
        Entry *entry = calloc(1, sizeof *entry);

        if (!entry)
            abort();
        *entry = (Entry){.package = package, .arena = arena, .holders = 1, .next = entries};
        entries = entry;
    }
    pthread_mutex_unlock(&lock);
    if (other)
        arena_destroy(arena);
    return other ? other : package;
}

/* Under the lock: destroy the idle entries behind the first KEEP_IDLE of them. */
static void shrink(void)
{
    int idle = 0;

    for (Entry **link = &entries; *link;) {
        Entry *entry = *link;

        if (entry->holders > 0 || ++idle <= KEEP_IDLE) {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        arena_destroy(entry->arena);
        free(entry);
    }
}

void package_cache_release(const Package *package)
{
    pthread_mutex_lock(&lock);
    for (Entry **link = &entries; *link; link = &(*link)->next) {
        Entry *entry = *link;

        if (entry->package != package)
            continue;
        assert(entry->holders > 0);
        entry->holders--;
        *link = entry->next;
        entry->next = entries;
        entries = entry;
        shrink();
        break;
    }
    pthread_mutex_unlock(&lock);
}
