/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/board/board.h"
#include "city/city.h"

#include "base/test.h"
#include "core/test_town.h"

static TestTown town;
static const Engine *const ENGINES[] = {&WORK_ENGINE, &CITY_ENGINE};

static int begin(void **state)
{
    return test_town_set_up(&town, ENGINES, 2, "title: Musterstadt\n", state);
}

static bool write_board(Tx *tx, void *context, Err *err)
{
    return board_write(tx, context, STR("system"), err);
}

typedef struct Added {
    const Board *board;
    Tile tile;
} Added;

static bool write_tile(Tx *tx, void *context, Err *err)
{
    Added *added = context;

    return tile_write(tx, added->board, &added->tile, STR("staff/7"), err);
}

static Board made(const char *name)
{
    Board board = {.name = str_c(name), .title = STR("Wasser"), .access = CITY_PUBLIC};

    assert_ok(db_write(town.tenant->db, write_board, &board, &town.err), &town.err);
    return board;
}

static Tile tile_called(const char *title)
{
    return (Tile){.kind = TILE_TEXT,
                  .title = str_c(title),
                  .width = 1,
                  .warn = STR(""),
                  .danger = STR(""),
                  .text = STR("")};
}

static int64_t add_tile(const Board *board, const char *title)
{
    Added added = {board, tile_called(title)};

    assert_ok(db_write(town.tenant->db, write_tile, &added, &town.err), &town.err);
    return added.tile.id;
}

typedef struct Move {
    const Board *board;
    int64_t tile;
    int by;
} Move;

static bool write_move(Tx *tx, void *context, Err *err)
{
    const Move *move = context;

    return move->by ? tile_move(tx, move->board, move->tile, move->by, STR("staff/7"), err)
                    : tile_remove(tx, move->board, move->tile, STR("staff/7"), err);
}

static void move(const Board *board, int64_t tile, int by)
{
    Move what = {board, tile, by};

    assert_ok(db_write(town.tenant->db, write_move, &what, &town.err), &town.err);
}

static Str order_of(const Board *board)
{
    Buf out = buf_in(town.arena);
    Tiles tiles;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(tile_list(tx, board->id, town.arena, &tiles, &town.err), &town.err);
    tx_end(tx);
    for (size_t i = 0; i < tiles.count; i++)
        buf_add(&out, tiles.items[i].title);
    return buf_str(&out);
}

static void tiles_move_by_one_and_not_beyond_the_ends(void **state)
{
    Board board = made("wasser");
    int64_t a = add_tile(&board, "a"), b = add_tile(&board, "b"), c = add_tile(&board, "c");

    (void)state;
    move(&board, a, -1);
    assert_str(order_of(&board), "abc");
    move(&board, c, 1);
    assert_str(order_of(&board), "abc");
    move(&board, c, -1);
    assert_str(order_of(&board), "acb");
    move(&board, b, 0);
    add_tile(&board, "d");
    assert_str(order_of(&board), "acd");
}

static void a_board_touches_no_tile_of_another(void **state)
{
    Board one = made("eins"), two = made("zwei");
    int64_t a = add_tile(&one, "a");

    (void)state;
    add_tile(&one, "b");
    move(&two, a, 1);
    move(&two, a, 0);
    assert_str(order_of(&one), "ab");
}

static void a_board_has_a_name_of_its_own_and_so_many_tiles(void **state)
{
    Board board = made("wasser"), again = {.name = STR("wasser"), .title = STR("Noch eine")};
    Err err = {0};

    (void)state;
    assert_false(db_write(town.tenant->db, write_board, &again, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.field, "name");
    for (int i = 0; i < TILES_MAX; i++)
        add_tile(&board, "x");
    Added more = {&board, tile_called("y")};
    assert_false(db_write(town.tenant->db, write_tile, &more, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

/* "board.added board/wasser; …" of all events of boards since the beginning. */
static Str events(void)
{
    Buf out = buf_in(town.arena);
    Tx *tx = db_read(town.tenant->db, &town.err);
    Rows *rows =
        tx_query(tx, town.arena, &town.err,
                 "SELECT type, data FROM event WHERE subject = 'board/wasser' ORDER BY id");

    while (rows_next(rows, &town.err))
        buf_addf(&out, "%.*s %.*s\n", STR_ARG(row_text(rows, 0)), STR_ARG(row_text(rows, 1)));
    rows_end(rows);
    tx_end(tx);
    return buf_str(&out);
}

static void each_change_of_a_tile_is_noted_and_no_other(void **state)
{
    Board board = made("wasser");
    int64_t a = add_tile(&board, "a");
    Added again = {&board, tile_called("c")};

    (void)state;
    add_tile(&board, "b");
    again.tile.id = a;
    assert_ok(db_write(town.tenant->db, write_tile, &again, &town.err), &town.err);
    move(&board, a, 1);
    move(&board, a, 1); /* it is the last by now */
    move(&board, a, 0);
    move(&board, a, 0); /* it is gone */
    assert_str(events(), "board.added {}\n"
                         "board.tile_added {\"tile\":1}\n"
                         "board.tile_added {\"tile\":2}\n"
                         "board.tile_changed {\"tile\":1}\n"
                         "board.tile_moved {\"tile\":1}\n"
                         "board.tile_removed {\"tile\":1}\n");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, begin, test_town_tear_down)
    const struct CMUnitTest tests[] = {
        T(tiles_move_by_one_and_not_beyond_the_ends),
        T(a_board_touches_no_tile_of_another),
        T(a_board_has_a_name_of_its_own_and_so_many_tiles),
        T(each_change_of_a_tile_is_noted_and_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
