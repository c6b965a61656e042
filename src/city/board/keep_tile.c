/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/board/board.h"

#include "base/node.h"
#include "core/store/rows.h"

const char *const TILE_KIND_NAMES[TILE_KINDS] = {"value", "chart", "map",
                                                 "table", "text",  "alarms"};
const char *const TILE_SPAN_NAMES[TILE_SPANS] = {"day", "week", "month"};

static Tile tile_from_row(Rows *rows)
{
    return (Tile){.id = row_int(rows, 0),
                  .position = row_int(rows, 1),
                  .kind = (TileKind)str_among(row_text(rows, 2), TILE_KIND_NAMES, TILE_ALARMS),
                  .title = row_text(rows, 3),
                  .width = row_int(rows, 4),
                  .dataset = row_int(rows, 5),
                  .stream = row_int(rows, 6),
                  .span = (TileSpan)str_among(row_text(rows, 7), TILE_SPAN_NAMES, TILE_MONTH),
                  .warn = row_text(rows, 8),
                  .danger = row_text(rows, 9),
                  .text = row_text(rows, 10)};
}

bool tile_list(Tx *tx, int64_t board, Arena *arena, Tiles *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, position, kind, title, width, dataset, stream, span, "
                          "warn, danger, body FROM city_tile WHERE board = $1 ORDER BY position, "
                          "id",
                          P_INT(board));

    return ROWS_LIST(rows, arena, &out->items, &out->count, err, tile_from_row(rows));
}

static bool add(Tx *tx, const Board *board, Tile *tile, Err *err)
{
    int64_t count = 0, last = 0;

    if (!tx_query_int(tx, err, &count, "SELECT COUNT(*) FROM city_tile WHERE board = $1",
                      P_INT(board->id)) ||
        !tx_query_int(tx, err, &last, "SELECT MAX(position) FROM city_tile WHERE board = $1",
                      P_INT(board->id)))
        return false;
    if (count >= TILES_MAX)
        return err_set(err, ERR_CONFLICT,
                       "Die Tafel hat schon %d Kacheln, mehr fasst sie nicht. Bitte entfernen Sie "
                       "erst eine andere.",
                       TILES_MAX);
    return tx_insert(
        tx, err, &tile->id,
        "INSERT INTO city_tile (board, position, kind, title, width, dataset, stream, span, warn, "
        "danger, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        P_INT(board->id), P_INT(last + 1), P_TEXT(str_c(TILE_KIND_NAMES[tile->kind])),
        P_TEXT(tile->title), P_INT(tile->width), P_INT(tile->dataset), P_INT(tile->stream),
        P_TEXT(str_c(TILE_SPAN_NAMES[tile->span])), P_TEXT(tile->warn), P_TEXT(tile->danger),
        P_TEXT(tile->text));
}

static bool change(Tx *tx, const Board *board, const Tile *tile, int64_t *changed, Err *err)
{
    return tx_exec_count(
        tx, err, changed,
        "UPDATE city_tile SET title = $3, width = $4, dataset = $5, stream = $6, span = $7, "
        "warn = $8, danger = $9, body = $10 WHERE id = $1 AND board = $2",
        P_INT(tile->id), P_INT(board->id), P_TEXT(tile->title), P_INT(tile->width),
        P_INT(tile->dataset), P_INT(tile->stream), P_TEXT(str_c(TILE_SPAN_NAMES[tile->span])),
        P_TEXT(tile->warn), P_TEXT(tile->danger), P_TEXT(tile->text));
}

/* Which tile, and no more: who may read events need not be allowed to see what it shows. */
static bool note(Tx *tx, const char *type, const Board *board, int64_t tile, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Node *data = node_map(arena);

    node_set(arena, data, STR("tile"), node_int(arena, tile));
    bool ok = board_note(tx, type, board, data, actor, err);
    arena_destroy(arena);
    return ok;
}

bool tile_write(Tx *tx, const Board *board, Tile *tile, Str actor, Err *err)
{
    bool added = tile->id == 0;
    int64_t changed = 1;

    if (!(added ? add(tx, board, tile, err) : change(tx, board, tile, &changed, err)))
        return false;
    if (!changed)
        return err_set(err, ERR_NOT_FOUND, "Diese Kachel gibt es nicht mehr.");
    return note(tx, added ? "board.tile_added" : "board.tile_changed", board, tile->id, actor, err);
}

static bool put_at(Tx *tx, int64_t tile, int64_t position, Err *err)
{
    return tx_exec(tx, err, "UPDATE city_tile SET position = $2 WHERE id = $1", P_INT(tile),
                   P_INT(position));
}

bool tile_move(Tx *tx, const Board *board, int64_t tile, int by, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Tiles tiles;
    bool ok = tile_list(tx, board->id, arena, &tiles, err);

    for (size_t i = 0; ok && i < tiles.count; i++) {
        size_t other = i + (size_t)by;
        if (tiles.items[i].id != tile || other >= tiles.count)
            continue;
        ok = put_at(tx, tile, tiles.items[other].position, err) &&
             put_at(tx, tiles.items[other].id, tiles.items[i].position, err) &&
             note(tx, "board.tile_moved", board, tile, actor, err);
        break;
    }
    arena_destroy(arena);
    return ok;
}

bool tile_remove(Tx *tx, const Board *board, int64_t tile, Str actor, Err *err)
{
    int64_t removed = 0;

    return tx_exec_count(tx, err, &removed, "DELETE FROM city_tile WHERE id = $1 AND board = $2",
                         P_INT(tile), P_INT(board->id)) &&
           (!removed || note(tx, "board.tile_removed", board, tile, actor, err));
}
