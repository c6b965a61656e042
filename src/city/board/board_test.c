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

static bool write_tile(Tx *tx, void *context, Err *err)
{
    return tile_write(tx, context, err);
}

static Board made(const char *name)
{
    Board board = {.name = str_c(name), .title = STR("Wasser"), .access = CITY_PUBLIC};

    assert_ok(db_write(town.tenant->db, write_board, &board, &town.err), &town.err);
    return board;
}

static int64_t add_tile(const Board *board, const char *title)
{
    Tile tile = {.board = board->id,
                 .kind = TILE_TEXT,
                 .title = str_c(title),
                 .width = 1,
                 .warn = STR(""),
                 .danger = STR(""),
                 .text = STR("")};

    assert_ok(db_write(town.tenant->db, write_tile, &tile, &town.err), &town.err);
    return tile.id;
}

typedef struct Move {
    int64_t board, tile;
    int by;
} Move;

static bool write_move(Tx *tx, void *context, Err *err)
{
    const Move *move = context;

    return move->by ? tile_move(tx, move->board, move->tile, move->by, err)
                    : tile_remove(tx, move->board, move->tile, err);
}

static void move(const Board *board, int64_t tile, int by)
{
    Move what = {board->id, tile, by};

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
    Tile more = {.board = board.id, .title = STR(""), .warn = STR(""), .danger = STR("")};
    more.text = STR("");
    assert_false(db_write(town.tenant->db, write_tile, &more, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, begin, test_town_tear_down)
    const struct CMUnitTest tests[] = {
        T(tiles_move_by_one_and_not_beyond_the_ends),
        T(a_board_touches_no_tile_of_another),
        T(a_board_has_a_name_of_its_own_and_so_many_tiles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
