/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/board/board.h"

#include "city/alarm/alarm.h"
#include "core/store/event.h"
#include "core/store/rows.h"
#include "core/tenant.h"

#include <stdio.h>

enum { NAME_LENGTH = 60, TITLE_LENGTH = 100 };

const char *const TILE_KIND_NAMES[TILE_KINDS] = {"value", "chart", "map",
                                                 "table", "text",  "alarms"};
const char *const TILE_SPAN_NAMES[TILE_SPANS] = {"day", "week", "month"};

/* --- Boards --------------------------------------------------------------------------------------
 */

#define BOARDS                                                                 \
    "SELECT b.id, b.name, b.title, b.access, (SELECT COUNT(*) FROM city_tile " \
    "t WHERE t.board = b.id) FROM city_board b "

static Board board_from_row(Rows *rows)
{
    return (Board){.id = row_int(rows, 0),
                   .name = row_text(rows, 1),
                   .title = row_text(rows, 2),
                   .access = str_is(row_text(rows, 3), "public") ? CITY_PUBLIC : CITY_INTERNAL,
                   .tiles = row_int(rows, 4)};
}

bool board_list(Tx *tx, Arena *arena, Boards *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, BOARDS "ORDER BY b.title, b.id");

    return ROWS_LIST(rows, arena, &out->items, &out->count, err, board_from_row(rows));
}

bool board_list_public(Request *req, Boards *out, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);
    Rows *rows = tx ? tx_query(tx, req->arena, err,
                               BOARDS "WHERE b.access = 'public' ORDER BY b.title, b.id")
                    : NULL;
    bool ok = ROWS_LIST(rows, req->arena, &out->items, &out->count, err, board_from_row(rows));

    tx_end(tx);
    return ok;
}

bool board_by_name(Tx *tx, Str name, Arena *arena, Board *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, BOARDS "WHERE b.name = $1", P_TEXT(name));

    if (!rows_one(rows, "Diese Tafel gibt es nicht.", err))
        return false;
    *out = board_from_row(rows);
    rows_end(rows);
    return true;
}

static bool check(const Board *board, Err *err)
{
    if (!str_is_name(board->name, NAME_LENGTH))
        return err_field(err, "name",
                         "Der Name besteht aus Kleinbuchstaben, Ziffern und Bindestrichen "
                         "(höchstens %d), zum Beispiel hochwasser.",
                         NAME_LENGTH);
    if (str_empty(board->title) || board->title.len > TITLE_LENGTH)
        return err_field(err, "titel", "Bitte geben Sie einen Titel mit höchstens %d Zeichen an.",
                         TITLE_LENGTH);
    return true;
}

static bool insert(Tx *tx, Board *board, Err *err)
{
    int64_t namesakes = 0;

    if (!tx_query_int(tx, err, &namesakes, "SELECT COUNT(*) FROM city_board WHERE name = $1",
                      P_TEXT(board->name)))
        return false;
    if (namesakes) {
        err_field(err, "name", "Eine Tafel „%.*s“ gibt es schon.", STR_ARG(board->name));
        err->kind = ERR_CONFLICT;
        return false;
    }
    return tx_insert(tx, err, &board->id,
                     "INSERT INTO city_board (name, title, access) VALUES ($1, $2, $3)",
                     P_TEXT(board->name), P_TEXT(board->title),
                     P_TEXT(board->access == CITY_PUBLIC ? STR("public") : STR("internal")));
}

static bool note(Tx *tx, const char *type, const Board *board, Str actor, Err *err)
{
    char subject[NAME_LENGTH + 10];

    snprintf(subject, sizeof subject, "board/%.*s", STR_ARG(board->name));
    return event_add(tx, type, str_c(subject), actor, NULL, err);
}

bool board_write(Tx *tx, Board *board, Str actor, Err *err)
{
    bool added = board->id == 0;
    bool ok =
        check(board, err) &&
        (added ? insert(tx, board, err)
               : tx_exec(tx, err, "UPDATE city_board SET title = $2, access = $3 WHERE id = $1",
                         P_INT(board->id), P_TEXT(board->title),
                         P_TEXT(board->access == CITY_PUBLIC ? STR("public") : STR("internal"))));

    return ok && note(tx, added ? "board.added" : "board.changed", board, actor, err);
}

bool board_remove(Tx *tx, const Board *board, Str actor, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM city_tile WHERE board = $1", P_INT(board->id)) &&
           tx_exec(tx, err, "DELETE FROM city_board WHERE id = $1", P_INT(board->id)) &&
           note(tx, "board.removed", board, actor, err);
}

/* --- Tiles ---------------------------------------------------------------------------------------
 */

static Tile tile_from_row(Rows *rows)
{
    return (Tile){.id = row_int(rows, 0),
                  .board = row_int(rows, 1),
                  .position = row_int(rows, 2),
                  .kind = (TileKind)alarm_named(TILE_KIND_NAMES, TILE_ALARMS, row_text(rows, 3)),
                  .title = row_text(rows, 4),
                  .width = row_int(rows, 5),
                  .dataset = row_int(rows, 6),
                  .stream = row_int(rows, 7),
                  .span = (TileSpan)alarm_named(TILE_SPAN_NAMES, TILE_MONTH, row_text(rows, 8)),
                  .warn = row_text(rows, 9),
                  .danger = row_text(rows, 10),
                  .text = row_text(rows, 11)};
}

bool tile_list(Tx *tx, int64_t board, Arena *arena, Tiles *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, board, position, kind, title, width, dataset, stream, span, "
                          "warn, danger, body FROM city_tile WHERE board = $1 ORDER BY position, "
                          "id",
                          P_INT(board));

    return ROWS_LIST(rows, arena, &out->items, &out->count, err, tile_from_row(rows));
}

static bool add(Tx *tx, Tile *tile, Err *err)
{
    int64_t count = 0, last = 0;

    if (!tx_query_int(tx, err, &count, "SELECT COUNT(*) FROM city_tile WHERE board = $1",
                      P_INT(tile->board)) ||
        !tx_query_int(tx, err, &last, "SELECT MAX(position) FROM city_tile WHERE board = $1",
                      P_INT(tile->board)))
        return false;
    if (count >= TILES_MAX)
        return err_set(err, ERR_CONFLICT, "Eine Tafel hat höchstens %d Kacheln.", TILES_MAX);
    return tx_insert(
        tx, err, &tile->id,
        "INSERT INTO city_tile (board, position, kind, title, width, dataset, stream, span, warn, "
        "danger, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        P_INT(tile->board), P_INT(last + 1), P_TEXT(str_c(TILE_KIND_NAMES[tile->kind])),
        P_TEXT(tile->title), P_INT(tile->width), P_INT(tile->dataset), P_INT(tile->stream),
        P_TEXT(str_c(TILE_SPAN_NAMES[tile->span])), P_TEXT(tile->warn), P_TEXT(tile->danger),
        P_TEXT(tile->text));
}

bool tile_write(Tx *tx, Tile *tile, Err *err)
{
    if (!tile->id)
        return add(tx, tile, err);
    return tx_exec(tx, err,
                   "UPDATE city_tile SET title = $3, width = $4, dataset = $5, stream = $6, "
                   "span = $7, warn = $8, danger = $9, body = $10 WHERE id = $1 AND board = $2",
                   P_INT(tile->id), P_INT(tile->board), P_TEXT(tile->title), P_INT(tile->width),
                   P_INT(tile->dataset), P_INT(tile->stream),
                   P_TEXT(str_c(TILE_SPAN_NAMES[tile->span])), P_TEXT(tile->warn),
                   P_TEXT(tile->danger), P_TEXT(tile->text));
}

static bool put_at(Tx *tx, int64_t tile, int64_t position, Err *err)
{
    return tx_exec(tx, err, "UPDATE city_tile SET position = $2 WHERE id = $1", P_INT(tile),
                   P_INT(position));
}

bool tile_move(Tx *tx, int64_t board, int64_t tile, int by, Err *err)
{
    Arena *arena = arena_create(0);
    Tiles tiles;
    bool ok = tile_list(tx, board, arena, &tiles, err);

    for (size_t i = 0; ok && i < tiles.count; i++) {
        size_t other = i + (size_t)by;
        if (tiles.items[i].id != tile || other >= tiles.count)
            continue;
        ok = put_at(tx, tile, tiles.items[other].position, err) &&
             put_at(tx, tiles.items[other].id, tiles.items[i].position, err);
        break;
    }
    arena_destroy(arena);
    return ok;
}

bool tile_remove(Tx *tx, int64_t board, int64_t tile, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM city_tile WHERE id = $1 AND board = $2", P_INT(tile),
                   P_INT(board));
}
