/* SPDX-License-Identifier: EUPL-1.2 */
/* What a transaction has read, by table, and whether it still holds. SQLite tells while a statement
 * is prepared which tables it touches; a commit marks the tables of its group. */
#include "core/store/db_internal.h"

#include <stdlib.h>
#include <string.h>

/* --- Tables by number --------------------------------------------------------------------------
 */

/* Of all databases of the program. Those beyond the last number share it, which is only coarser. */
static struct {
    pthread_mutex_t lock;
    char *names[TABLES_MAX];
    size_t count;
} tables = {.lock = PTHREAD_MUTEX_INITIALIZER};

static size_t table_number(const char *name)
{
    size_t number = 0;

    pthread_mutex_lock(&tables.lock);
    while (number < tables.count && strcmp(tables.names[number], name) != 0)
        number++;
    if (number == tables.count && tables.count < TABLES_MAX - 1) {
        tables.names[number] = strdup(name);
        if (!tables.names[number])
            abort();
        tables.count++;
    }
    pthread_mutex_unlock(&tables.lock);
    return number;
}

static void set_add(TableSet *set, size_t number)
{
    set->bits[number / 64] |= UINT64_C(1) << number % 64;
}

void table_set_join(TableSet *set, const TableSet *more)
{
    for (size_t i = 0; i < TABLES_MAX / 64; i++)
        set->bits[i] |= more->bits[i];
}

/* --- What a statement touches
 * ---------------------------------------------------------------------- */

/* Called by SQLite for each thing that a statement being prepared does, those of triggers
 * included. */
static int note_access(void *context, int action, const char *table, const char *column,
                       const char *database, const char *inside)
{
    Conn *conn = context;

    (void)column, (void)database, (void)inside;
    if (!conn->preparing || !table)
        return SQLITE_OK;
    if (action == SQLITE_READ)
        set_add(&conn->preparing->reads, table_number(table));
    else if (action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE)
        set_add(&conn->preparing->writes, table_number(table));
    return SQLITE_OK;
}

void conn_note_accesses(Conn *conn)
{
    sqlite3_set_authorizer(conn->handle, note_access, conn);
}

/* --- Marks -------------------------------------------------------------------------------------
 */

/* After the commit and before anybody is told: who is told finds nothing of before. A reading takes
 * its clock before its snapshot, so what was committed in between is taken for newer, never for
 * older than it is. */
void db_mark_changed(Db *db, const TableSet *set)
{
    uint64_t now = atomic_fetch_add(&db->change_clock, 1) + 1;

    for (size_t i = 0; i < TABLES_MAX; i++)
        if (!set || set->bits[i / 64] >> i % 64 & 1)
            atomic_store(&db->changed[i], now);
}

TableSet tx_reading_start(Tx *tx)
{
    TableSet outer = tx->reads;

    tx->reads = (TableSet){0};
    return outer;
}

DbReading tx_reading_end(Tx *tx, const TableSet *outer)
{
    DbReading reading = {.clock = tx->clock, .tables = tx->reads};

    /* A write sees what may never be committed: what it read holds for nobody. */
    if (tx->writing) {
        memset(&reading.tables, 0xff, sizeof reading.tables);
        reading.clock = 0;
    }
    table_set_join(&tx->reads, outer);
    return reading;
}

/* Nothing that is worked out depends on it, and every commit changes it. */
static bool read_moment(Tx *tx)
{
    TableSet reads = tx->reads;
    Err ignored = {0};
    bool ok = tx_query_int(tx, &ignored, &tx->moment, "SELECT moment FROM last_moment");

    tx->reads = reads;
    return ok;
}

bool tx_reading_holds(Tx *tx, const DbReading *reading)
{
    Db *db = tx->db;

    /* Another process may have written; its marks are not ours. Its first commit has a later moment
     * than ours (db_batch.c), and our next one marks everything. */
    if (tx->writing)
        return false;
    if (tx->moment < 0 && !read_moment(tx))
        return false;
    if (tx->moment > atomic_load(&db->last_moment))
        return false;
    for (size_t i = 0; i < TABLES_MAX / 64; i++)
        for (uint64_t bits = reading->tables.bits[i]; bits; bits &= bits - 1) {
            size_t number = i * 64 + (size_t)__builtin_ctzll(bits);

            if (atomic_load(&db->changed[number]) > reading->clock)
                return false;
        }
    table_set_join(&tx->reads, &reading->tables);
    return true;
}
