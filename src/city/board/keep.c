/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/board/board.h"

#include "base/utf8.h"
#include "core/store/event.h"
#include "core/store/rows.h"
#include "core/tenant.h"

#include <stdio.h>

enum { NAME_LENGTH = 60, TITLE_LENGTH = 100 };

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
    if (str_empty(board->title) || utf8_length(board->title) > TITLE_LENGTH)
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

bool board_note(Tx *tx, const char *type, const Board *board, const Node *data, Str actor, Err *err)
{
    char subject[NAME_LENGTH + 10];

    snprintf(subject, sizeof subject, "board/%.*s", STR_ARG(board->name));
    return event_add(tx, type, str_c(subject), actor, data, err);
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

    return ok && board_note(tx, added ? "board.added" : "board.changed", board, NULL, actor, err);
}

bool board_remove(Tx *tx, const Board *board, Str actor, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM city_tile WHERE board = $1", P_INT(board->id)) &&
           tx_exec(tx, err, "DELETE FROM city_board WHERE id = $1", P_INT(board->id)) &&
           board_note(tx, "board.removed", board, NULL, actor, err);
}
