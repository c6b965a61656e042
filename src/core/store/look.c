/* SPDX-License-Identifier: EUPL-1.2 */
/* Looks are numbered without gaps; number n stands in slot n % SLOTS, in memory and in the file. A
 * slot is free again when the table holds its look. In the file a slot is whole or it is not there
 * (its check says so), and those that the table holds are known by their number: so the file needs
 * no other order, may be copied while it is written, and is never made longer or shorter. */
#include "core/store/look.h"
#include "core/folder.h"
#include "core/log.h"
#include "core/store/db_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS = 512, SETTLE_AT = SLOTS / 2 };

const Migration LOOK_MIGRATIONS[] = {
    {"store-002-looks", "CREATE TABLE look_mark (one BIGINT PRIMARY KEY CHECK (one = 1), "
                        "number BIGINT NOT NULL);"
                        "INSERT INTO look_mark (one, number) VALUES (1, 0)"},
    {NULL, NULL},
};

/* As in the file, in the machine's order of bytes. */
typedef struct Slot {
    unsigned char check[16];
    int64_t number, at, who, what, whose;
    unsigned char length;
    char purpose[LOOK_PURPOSE_MAX];
} Slot;
_Static_assert(sizeof(Slot) == 128, "slots never straddle a sector");

struct Looks {
    char *path;
    const char *insert;
    pthread_mutex_t lock;
    pthread_cond_t synced_more;
    int fd;               /* -1: not open, or another process has it */
    bool failed;          /* what the file holds is not known: it is not used until emptied */
    int failures;         /* who waited while one happened was not noted */
    bool syncing;         /* somebody writes for those who wait */
    int64_t settled;      /* the table holds up to here */
    int64_t synced, last; /* the disk does; given out */
    int64_t what[SLOTS];  /* of the slots, close together for searching */
    Slot slots[SLOTS];
};

/* --- The file ----------------------------------------------------------------------------------
 */

static void check_of(const Slot *slot, unsigned char out[16])
{
    crypto_generichash(out, sizeof slot->check, (const unsigned char *)&slot->number,
                       sizeof *slot - sizeof slot->check, NULL, 0);
}

static bool is_whole(const Slot *slot, size_t place)
{
    unsigned char check[sizeof slot->check];

    check_of(slot, check);
    return slot->number > 0 && (size_t)(slot->number % SLOTS) == place &&
           slot->length <= LOOK_PURPOSE_MAX && memcmp(check, slot->check, sizeof check) == 0;
}

static bool write_at(int fd, const void *bytes, size_t size, off_t offset)
{
    for (size_t done = 0; done < size;) {
        ssize_t put = pwrite(fd, (const char *)bytes + done, size - done, offset + (off_t)done);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        done += (size_t)put;
    }
    return true;
}

static bool write_slots(const Looks *looks, const Slot *slots, int64_t from, int64_t to)
{
    for (int64_t next; from <= to; from = next) {
        size_t place = (size_t)(from % SLOTS);
        size_t count = SLOTS - place;

        if ((int64_t)count > to - from + 1)
            count = (size_t)(to - from + 1);
        next = from + (int64_t)count;
        if (!write_at(looks->fd, slots + place, count * sizeof *slots,
                      (off_t)(place * sizeof *slots)))
            return false;
    }
    return true;
}

/* With its name, should it be new. */
static bool empty_file(const Looks *looks, int fd)
{
    static const Slot nothing[SLOTS];
    char *folder = strdup(looks->path);
    char *end = folder ? strrchr(folder, '/') : NULL;
    Err ignored;

    if (end)
        *end = '\0';
    bool ok = write_at(fd, nothing, sizeof nothing, 0) && fsync(fd) == 0 &&
              folder_sync(end ? folder : ".", &ignored);
    free(folder);
    return ok;
}

/* --- Opening -----------------------------------------------------------------------------------
 */

static bool read_mark(Tx *tx, int64_t *mark, Err *err)
{
    return tx_query_int(tx, err, mark, "SELECT number FROM look_mark");
}

/* The looks behind the mark are those that the table lacks. */
static bool take_over(Looks *looks, int fd, int64_t mark)
{
    ssize_t got = pread(fd, looks->slots, sizeof looks->slots, 0);

    if (got != (ssize_t)sizeof looks->slots && (got < 0 || !empty_file(looks, fd)))
        return false;
    if (got != (ssize_t)sizeof looks->slots)
        memset(looks->slots, 0, sizeof looks->slots);
    looks->settled = looks->synced = looks->last = mark;
    for (size_t i = 0; i < SLOTS; i++) {
        Slot *slot = &looks->slots[i];

        if (!is_whole(slot, i) || slot->number <= mark)
            *slot = (Slot){0};
        looks->what[i] = slot->what;
        if (slot->number > looks->last)
            looks->synced = looks->last = slot->number;
    }
    return true;
}

/* Of two processes that write into a town's database the first has the file; the other notes looks
 * in the table at once. Without the lock nothing is read from the file. */
static bool open_file(Db *db)
{
    Looks *looks = db->looks;
    int64_t mark = 0;
    Err err = {0};
    int fd = open(looks->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    Tx *tx = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 ? db_read(db, &err) : NULL;
    bool ok = tx && read_mark(tx, &mark, &err) && (!looks->failed || empty_file(looks, fd)) &&
              take_over(looks, fd, mark);

    tx_end(tx);
    if (ok) {
        looks->fd = fd;
        looks->failed = false;
    } else if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* Called at opening: what was noted before a crash is taken over before anybody reads. */
void looks_create(Db *db, const char *insert)
{
    Looks *looks = calloc(1, sizeof *looks);
    size_t length = strlen(db->path);
    struct stat st;

    if (!looks)
        abort();
    db->looks = looks;
    looks->insert = insert;
    looks->fd = -1;
    looks->path = malloc(length + sizeof ".looks");
    if (!looks->path)
        abort();
    if (length > 3 && strcmp(db->path + length - 3, ".db") == 0)
        length -= 3;
    memcpy(looks->path, db->path, length);
    memcpy(looks->path + length, ".looks", sizeof ".looks");
    pthread_mutex_init(&looks->lock, NULL);
    pthread_cond_init(&looks->synced_more, NULL);
    if (stat(looks->path, &st) == 0)
        open_file(db);
}

void looks_destroy(Looks *looks)
{
    if (!looks)
        return;
    if (looks->fd >= 0)
        close(looks->fd);
    pthread_mutex_destroy(&looks->lock);
    pthread_cond_destroy(&looks->synced_more);
    free(looks->path);
    free(looks);
}

/* --- Noting ------------------------------------------------------------------------------------
 */

/* When nothing is only in the file any more, it is begun anew with the next look. */
static void leave_failed(Looks *looks)
{
    if (!looks->failed || looks->syncing || looks->last > looks->settled || looks->fd < 0)
        return;
    close(looks->fd);
    looks->fd = -1;
}

/* Write what was given out, for everybody who waits; the lock is free meanwhile. */
static void sync_all(Looks *looks)
{
    looks->syncing = true;
    pthread_mutex_unlock(&looks->lock);
    sched_yield(); /* whoever is about to look comes along */
    pthread_mutex_lock(&looks->lock);
    int64_t from = looks->synced + 1;
    int64_t to = looks->last;

    pthread_mutex_unlock(&looks->lock);
    bool ok = write_slots(looks, looks->slots, from, to) && fdatasync(looks->fd) == 0;
    int why = errno;

    pthread_mutex_lock(&looks->lock);
    looks->syncing = false;
    if (ok) {
        looks->synced = to;
    } else {
        looks->failed = true;
        looks->failures++;
        looks->last = looks->synced;
        leave_failed(looks);
        log_line(LOG_ERROR,
                 "%s: cannot be written: %s. Looks are noted in the database until it can",
                 looks->path, strerror(why));
    }
}

static int64_t put_in_slot(Looks *looks, const Look *look)
{
    int64_t number = ++looks->last;
    Slot *slot = &looks->slots[number % SLOTS];

    looks->what[number % SLOTS] = look->what;
    *slot = (Slot){.number = number,
                   .at = look->at,
                   .who = look->who,
                   .what = look->what,
                   .whose = look->whose,
                   .length = (unsigned char)look->purpose.len};
    memcpy(slot->purpose, look->purpose.ptr, look->purpose.len);
    check_of(slot, slot->check);
    return number;
}

/* False: not in the file. `*settle`: it is time to take the looks into the table. */
static bool note_in_file(Db *db, const Look *look, bool *settle)
{
    Looks *looks = db->looks;
    bool noted = false;
    bool wrote = false;

    if (look->purpose.len > LOOK_PURPOSE_MAX)
        return false;
    pthread_mutex_lock(&looks->lock);
    bool usable = looks->fd >= 0 && !looks->failed;

    if (!usable && looks->fd < 0)
        usable = open_file(db);
    if (usable && looks->last - looks->settled < SLOTS) {
        int64_t number = put_in_slot(looks, look);
        int failures = looks->failures;

        while (looks->synced < number && looks->failures == failures) {
            wrote = !looks->syncing;
            if (wrote)
                sync_all(looks);
            else
                pthread_cond_wait(&looks->synced_more, &looks->lock);
        }
        noted = looks->failures == failures;
    }
    *settle = looks->last - looks->settled >= SETTLE_AT;
    pthread_mutex_unlock(&looks->lock);
    if (wrote) /* with the lock free: nobody is woken only to wait for it */
        pthread_cond_broadcast(&looks->synced_more);
    return noted;
}

static bool insert(Tx *tx, const char *sql, const Look *look, Err *err)
{
    return tx_exec_params(tx, err, sql,
                          (Param[]){P_INT(look->at), P_INT(look->who), P_INT(look->what),
                                    P_INT(look->whose), P_TEXT(look->purpose)},
                          5);
}

typedef struct Direct {
    const Looks *looks;
    const Look *look;
} Direct;

static bool note_in_table(Tx *tx, void *context, Err *err)
{
    const Direct *direct = context;
    Look look = *direct->look;

    look.at = tx_now(tx);
    return insert(tx, direct->looks->insert, &look, err);
}

bool db_look(Db *db, const Look *look, Err *err)
{
    assert(db->looks);
    Timestamp last = atomic_load(&db->last_moment);
    Look now = *look;
    bool settle = false;

    now.at = clock_now();
    if (now.at < last)
        now.at = last;
    bool noted = note_in_file(db, &now, &settle);

    if (noted && settle)
        db_write_soon(db);
    return noted || db_write(db, note_in_table, &(Direct){db->looks, look}, err);
}

/* --- Into the table ----------------------------------------------------------------------------
 */

static Look look_of(const Slot *slot)
{
    return (Look){.at = slot->at,
                  .who = slot->who,
                  .what = slot->what,
                  .whose = slot->whose,
                  .purpose = {slot->purpose, slot->length}};
}

/* Slots up to what is synced are nobody's to change until they are settled. */
static bool insert_all(Tx *tx, const Looks *looks, int64_t from, int64_t to, Err *err)
{
    for (int64_t number = from; number <= to; number++) {
        const Slot *slot = &looks->slots[number % SLOTS];
        Look look = look_of(slot);

        if (slot->number == number && !insert(tx, looks->insert, &look, err))
            return false;
    }
    return tx_exec(tx, err, "UPDATE look_mark SET number = $1", P_INT(to));
}

bool looks_waiting(Db *db, int64_t taken)
{
    Looks *looks = db->looks;

    if (!looks)
        return false;
    pthread_mutex_lock(&looks->lock);
    bool waiting = looks->synced > (taken > looks->settled ? taken : looks->settled);

    pthread_mutex_unlock(&looks->lock);
    return waiting;
}

bool looks_insert(Db *db, Tx *tx, int64_t *taken, Err *err)
{
    Looks *looks = db->looks;

    pthread_mutex_lock(&looks->lock);
    int64_t from = (*taken > looks->settled ? *taken : looks->settled) + 1;

    *taken = looks->synced;
    pthread_mutex_unlock(&looks->lock);
    return insert_all(tx, looks, from, *taken, err);
}

/* What the table holds is wiped out in the file: it is erased from the table in its time, and
 * nothing of it may remain here. The next sync takes that along. */
void looks_settled(Db *db, int64_t to)
{
    static const Slot nothing[SLOTS];
    Looks *looks = db->looks;

    if (!to)
        return;
    pthread_mutex_lock(&looks->lock);
    if (!write_slots(looks, nothing, looks->settled + 1, to))
        looks->failed = true;
    looks->settled = to;
    leave_failed(looks);
    pthread_mutex_unlock(&looks->lock);
}

/* --- Reading -----------------------------------------------------------------------------------
 */

bool tx_looks(Tx *tx, int64_t what, Arena *arena, Look **out, size_t *count, Err *err)
{
    Looks *looks = tx->db->looks;
    int64_t mark = 0;
    bool gone = false;

    *out = NULL;
    *count = 0;
    if (!looks || tx->writing)
        return true;
    if (!read_mark(tx, &mark, err))
        return false;
    pthread_mutex_lock(&looks->lock);
    /* Slots of before the mark may be others' by now; never those behind it, unless the snapshot is
     * older than hundreds of looks. */
    gone = looks->last - mark > SLOTS;
    for (int64_t number = mark + 1; !gone && number <= looks->synced; number++) {
        const Slot *slot = &looks->slots[number % SLOTS];

        gone = slot->number && slot->number != number;
        if (looks->what[number % SLOTS] != what || slot->number != number)
            continue;
        if (!*out)
            *out = arena_array(arena, Look, (size_t)(looks->synced - number + 1));
        (*out)[*count] = look_of(slot);
        (*out)[*count].purpose = str_copy(arena, look_of(slot).purpose);
        ++*count;
    }
    pthread_mutex_unlock(&looks->lock);
    return !gone || err_set(err, ERR_TEMPORARY, "too many looks meanwhile; try again");
}
