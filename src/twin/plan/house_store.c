/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/plan.h"

#include "base/csv.h"
#include "core/folder.h"
#include "core/store/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 1000, CSV_MAX_BYTES = 512 << 20, ADDRESS_MAX = 200 };

/* --- Addresses -------------------------------------------------------------------------------- */

/* Small letters, umlauts as two. */
static Str fold(Arena *arena, Str text)
{
    static const char *const FOLDS[][2] = {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"Ä", "ae"},
                                           {"Ö", "oe"}, {"Ü", "ue"}, {"ß", "ss"}, {"ẞ", "ss"}};

    for (size_t i = 0; i < sizeof FOLDS / sizeof *FOLDS; i++)
        text = str_replace(arena, text, str_c(FOLDS[i][0]), str_c(FOLDS[i][1]));
    return str_lower(arena, text);
}

static bool parts_words(char c)
{
    return c == ' ' || c == '\t' || c == ',' || c == '-' || c == '.';
}

/* The next word of a folded address, and whether a point follows it. */
static Str next_word(Str *rest, bool *point)
{
    size_t from = 0, to;

    while (from < rest->len && parts_words(rest->ptr[from]))
        from++;
    for (to = from; to < rest->len && !parts_words(rest->ptr[to]);)
        to++;
    Str word = str_slice(*rest, from, to);
    *point = to < rest->len && rest->ptr[to] == '.';
    *rest = str_slice(*rest, to, rest->len);
    return word;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "str" and "pl." stand for the whole word. */
static void add_word(Buf *out, Str word, bool point)
{
    buf_add(out, word);
    if (str_ends_with(word, "str"))
        buf_add_c(out, "asse");
    else if (point && str_ends_with(word, "pl"))
        buf_add_c(out, "atz");
}

/* Words put together, so that blanks, hyphens and commas do not matter. */
Str address_key(Arena *arena, Str address)
{
    Str rest = fold(arena, str_slice(str_trim(address), 0, ADDRESS_MAX));
    Buf out = buf_in(arena);

    buf_add_c(&out, "");
    while (rest.len) {
        bool point;
        Str word = next_word(&rest, &point);
        add_word(&out, word, point);
    }
    return buf_str(&out);
}

enum { WORDS_MAX = 12 };

/* The address from each word but the first on, where that is no number: how many. */
static size_t later_keys(Arena *arena, Str address, Str out[WORDS_MAX])
{
    Str rest = fold(arena, str_slice(str_trim(address), 0, ADDRESS_MAX));
    size_t count = 0;
    bool point;

    next_word(&rest, &point);
    while (rest.len && count < WORDS_MAX) {
        Str from = rest, word = next_word(&rest, &point);
        if (word.len && !is_digit(word.ptr[0]))
            out[count++] = address_key(arena, from);
    }
    return count;
}

/* What stands behind the number of the house is the town: "Talstraße 12 a, 01067 Dresden" is
 * "talstrasse12a". `street_only` leaves out the number as well. */
static Str short_key(Arena *arena, Str address, bool street_only)
{
    Str rest = fold(arena, str_slice(str_trim(address), 0, ADDRESS_MAX));
    Buf out = buf_in(arena);
    bool numbered = false;

    buf_add_c(&out, "");
    while (rest.len) {
        bool point;
        Str word = next_word(&rest, &point);
        bool number = word.len && is_digit(word.ptr[0]);
        if (numbered && (number || word.len > 1))
            break;
        if (number && street_only && out.len)
            break;
        numbered |= number && out.len > 0;
        add_word(&out, word, point);
    }
    return buf_str(&out);
}

bool address_is(Arena *arena, Str address, Str asked)
{
    Str key = address_key(arena, address);
    return str_eq(key, address_key(arena, asked)) || str_eq(key, short_key(arena, asked, false));
}

/* --- Taking over --------------------------------------------------------------------------------
 */

typedef struct Batch {
    int64_t sim;
    House items[BATCH];
    Str keys[BATCH];
    Str names[BATCH][WORDS_MAX];
    size_t name_counts[BATCH];
    size_t count;
    bool first;
} Batch;

static int64_t thousandths(double value)
{
    return llround(value * 1000);
}

static bool write_names(Tx *tx, const Batch *batch, size_t at, Err *err)
{
    for (size_t i = 0; i < batch->name_counts[at]; i++)
        if (!tx_exec(tx, err,
                     "INSERT INTO twin_house_name (sim, name_key, house) VALUES ($1, $2, $3)"
                     " ON CONFLICT DO NOTHING",
                     P_INT(batch->sim), P_TEXT(batch->names[at][i]), P_INT(batch->items[at].id)))
            return false;
    return true;
}

static bool write_batch(Tx *tx, void *context, Err *err)
{
    const Batch *batch = context;

    if (batch->first &&
        (!tx_exec(tx, err, "DELETE FROM twin_house WHERE sim = $1", P_INT(batch->sim)) ||
         !tx_exec(tx, err, "DELETE FROM twin_house_name WHERE sim = $1", P_INT(batch->sim))))
        return false;
    for (size_t i = 0; i < batch->count; i++) {
        const House *house = &batch->items[i];
        if (!tx_exec(
                tx, err,
                "INSERT INTO twin_house (sim, house, address, address_key, depth_mm, p90_mm,"
                " speed_mm, damage, series, longitude_e7, latitude_e7)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                P_INT(batch->sim), P_INT(house->id), P_TEXT(house->address), P_TEXT(batch->keys[i]),
                P_INT(thousandths(house->depth)), P_INT(thousandths(house->p90)),
                P_INT(thousandths(house->speed)), P_INT(house->damage), P_TEXT(house->series),
                P_INT(llround(house->longitude * 1e7)), P_INT(llround(house->latitude * 1e7))) ||
            !write_names(tx, batch, i, err))
            return false;
    }
    return true;
}

/* house,address,depth_m,p90_m,speed_m_s,damage_eur,series_mm,longitude,latitude */
enum {
    COLUMN_HOUSE,
    COLUMN_ADDRESS,
    COLUMN_DEPTH,
    COLUMN_P90,
    COLUMN_SPEED,
    COLUMN_DAMAGE,
    COLUMN_SERIES,
    COLUMN_LONGITUDE,
    COLUMN_LATITUDE,
    COLUMN_COUNT
};

static double number_of(Arena *arena, Str text)
{
    return strtod(str_cstr(arena, text), NULL);
}

static House house_of(Arena *arena, const Str *cells)
{
    return (House){.id = (int64_t)number_of(arena, cells[COLUMN_HOUSE]),
                   .address = cells[COLUMN_ADDRESS],
                   .depth = cells[COLUMN_DEPTH].len ? number_of(arena, cells[COLUMN_DEPTH])
                                                    : HOUSE_DEPTH_UNKNOWN,
                   .p90 = number_of(arena, cells[COLUMN_P90]),
                   .speed = number_of(arena, cells[COLUMN_SPEED]),
                   .damage = (int64_t)number_of(arena, cells[COLUMN_DAMAGE]),
                   .series = cells[COLUMN_SERIES],
                   .longitude = number_of(arena, cells[COLUMN_LONGITUDE]),
                   .latitude = number_of(arena, cells[COLUMN_LATITUDE])};
}

static bool put_batch(Tenant *tenant, Batch *batch, Err *err)
{
    if (!db_write(tenant->db, write_batch, batch, err))
        return false;
    batch->first = false;
    batch->count = 0;
    return true;
}

bool house_import(Tenant *tenant, int64_t sim, const char *path, Arena *arena, Err *err)
{
    Str text;
    Str cells[COLUMN_COUNT];
    size_t count;

    if (!folder_read_file(path, CSV_MAX_BYTES, arena, &text, err))
        return false;
    Csv csv = csv_read(text);
    Batch *batch = arena_new(arena, Batch);
    batch->sim = sim;
    batch->first = true;
    for (bool head = true;; head = false) {
        if (!csv_next(&csv, arena, cells, COLUMN_COUNT, &count, err))
            return err_context(err, "%s", path);
        if (count == 0)
            break;
        if (count != COLUMN_COUNT)
            return err_at(err, path, csv.line, 1, "a house has %d columns", COLUMN_COUNT);
        if (head)
            continue;
        batch->items[batch->count] = house_of(arena, cells);
        batch->keys[batch->count] = address_key(arena, cells[COLUMN_ADDRESS]);
        batch->name_counts[batch->count] =
            later_keys(arena, cells[COLUMN_ADDRESS], batch->names[batch->count]);
        if (++batch->count == BATCH && !put_batch(tenant, batch, err))
            return false;
    }
    return put_batch(tenant, batch, err);
}

/* --- Reading
 * -------------------------------------------------------------------------------------- */

#define COLUMNS                                                                        \
    "SELECT house, address, depth_mm, p90_mm, speed_mm, damage, series, longitude_e7," \
    " latitude_e7 FROM twin_house "

static House from_row(Rows *rows)
{
    return (House){.id = row_int(rows, 0),
                   .address = row_text(rows, 1),
                   .depth = (double)row_int(rows, 2) / 1000,
                   .p90 = (double)row_int(rows, 3) / 1000,
                   .speed = (double)row_int(rows, 4) / 1000,
                   .damage = row_int(rows, 5),
                   .series = row_text(rows, 6),
                   .longitude = (double)row_int(rows, 7) / 1e7,
                   .latitude = (double)row_int(rows, 8) / 1e7};
}

static bool take_all(Rows *rows, Arena *arena, House **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err, from_row(rows));
}

bool house_list(Tx *tx, Arena *arena, int64_t sim, double from, int64_t limit, int64_t offset,
                House **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          COLUMNS "WHERE sim = $1 AND depth_mm >= $2"
                                  " ORDER BY depth_mm DESC, house LIMIT $3 OFFSET $4",
                          P_INT(sim), P_INT(thousandths(from)), P_INT(limit), P_INT(offset));
    return take_all(rows, arena, out, count, err);
}

bool house_count(Tx *tx, int64_t sim, double from, int64_t *count, Err *err)
{
    *count = 0;
    return tx_query_int(tx, err, count,
                        "SELECT COUNT(*) FROM twin_house WHERE sim = $1 AND depth_mm >= $2",
                        P_INT(sim), P_INT(thousandths(from)));
}

bool house_sums(Tx *tx, int64_t sim, double from, double to, int64_t *count, int64_t *damage,
                Err *err)
{
    int64_t below = to < 1e6 ? thousandths(to) : INT64_MAX;

    *count = *damage = 0;
    return tx_query_int(tx, err, count,
                        "SELECT COUNT(*) FROM twin_house WHERE sim = $1 AND depth_mm >= $2 AND"
                        " depth_mm < $3",
                        P_INT(sim), P_INT(thousandths(from)), P_INT(below)) &&
           tx_query_int(tx, err, damage,
                        "SELECT COALESCE(SUM(damage), 0) FROM twin_house WHERE sim = $1 AND"
                        " depth_mm >= $2 AND depth_mm < $3",
                        P_INT(sim), P_INT(thousandths(from)), P_INT(below));
}

bool house_by_id(Tx *tx, Arena *arena, int64_t sim, int64_t id, House *out, Err *err)
{
    House *found;
    size_t count;
    Rows *rows =
        tx_query(tx, arena, err, COLUMNS "WHERE sim = $1 AND house = $2", P_INT(sim), P_INT(id));

    if (!take_all(rows, arena, &found, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Dieses Haus gibt es nicht.");
    *out = found[0];
    return true;
}

/* Behind every key that begins with this one: the last character of all. */
static Str beyond(Arena *arena, Str key)
{
    return str_printf(arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(key));
}

/* A shorter key goes before those that it begins: the exact address is the first. */
static bool find_beginning(Tx *tx, Arena *arena, int64_t sim, Str key, int64_t limit, House **out,
                           size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          COLUMNS "WHERE sim = $1 AND address_key >= $2 AND address_key < $3"
                                  " ORDER BY address_key, house LIMIT $4",
                          P_INT(sim), P_TEXT(key), P_TEXT(beyond(arena, key)), P_INT(limit));
    return take_all(rows, arena, out, count, err);
}

/* Not by address: that would lead through all houses of the simulation. */
static bool find_within(Tx *tx, Arena *arena, int64_t sim, Str key, int64_t limit, House **out,
                        size_t *count, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 COLUMNS "WHERE sim = $1 AND house IN (SELECT house FROM twin_house_name WHERE"
                         " sim = $1 AND name_key >= $2 AND name_key < $3)"
                         " ORDER BY house LIMIT $4",
                 P_INT(sim), P_TEXT(key), P_TEXT(beyond(arena, key)), P_INT(limit));
    return take_all(rows, arena, out, count, err);
}

enum { KEY_LEAST = 2 };

bool house_find(Tx *tx, Arena *arena, int64_t sim, Str address, int64_t limit, House **out,
                size_t *count, Err *err)
{
    Str whole = address_key(arena, address), key = short_key(arena, address, false);

    *count = 0;
    if (whole.len >= KEY_LEAST && !find_beginning(tx, arena, sim, whole, limit, out, count, err))
        return false;
    if (*count > 0 || key.len < KEY_LEAST)
        return true;
    return find_beginning(tx, arena, sim, key, limit, out, count, err) &&
           (*count > 0 || find_within(tx, arena, sim, key, limit, out, count, err));
}

bool house_street(Tx *tx, Arena *arena, int64_t sim, Str address, int64_t limit, House **out,
                  size_t *count, Err *err)
{
    Str street = short_key(arena, address, true);

    *count = 0;
    return street.len < 4 || is_digit(street.ptr[0]) ||
           find_beginning(tx, arena, sim, street, limit, out, count, err);
}

/* --- Changes
 * --------------------------------------------------------------------------------------- */

enum { CHANGE_MM = 20 };

/* A house that one of both does not have (it was built, or torn down) is dry there. */
#define BOTH                                                                         \
    "FROM (SELECT house, address, depth_mm, p90_mm, speed_mm, damage, series,"       \
    " longitude_e7, latitude_e7,"                                                    \
    " COALESCE((SELECT b.depth_mm FROM twin_house b WHERE b.sim = $1 AND"            \
    " b.house = a.house), 0) AS depth_before FROM twin_house a WHERE a.sim = $2 AND" \
    " a.depth_mm >= 0) AS both_sims"

bool house_changes(Tx *tx, Arena *arena, int64_t before, int64_t sim, int64_t limit,
                   HouseChange **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT house, address, depth_mm, p90_mm, speed_mm, damage, series,"
                          " longitude_e7, latitude_e7, depth_before " BOTH
                          " WHERE depth_before >= 0 AND ABS(depth_mm - depth_before) >= $3"
                          " ORDER BY ABS(depth_mm - depth_before) DESC, house LIMIT $4",
                          P_INT(before), P_INT(sim), P_INT(CHANGE_MM), P_INT(limit));

    return ROWS_LIST(rows, arena, out, count, err,
                     (HouseChange){from_row(rows), (double)row_int(rows, 9) / 1000});
}

bool house_change_counts(Tx *tx, int64_t before, int64_t sim, int64_t *less, int64_t *more,
                         Err *err)
{
    *less = *more = 0;
    return tx_query_int(tx, err, less,
                        "SELECT COUNT(*) " BOTH
                        " WHERE depth_before >= 0 AND depth_before - depth_mm >= $3",
                        P_INT(before), P_INT(sim), P_INT(CHANGE_MM)) &&
           tx_query_int(tx, err, more,
                        "SELECT COUNT(*) " BOTH
                        " WHERE depth_before >= 0 AND depth_mm - depth_before >= $3",
                        P_INT(before), P_INT(sim), P_INT(CHANGE_MM));
}
