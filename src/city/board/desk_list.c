/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/board/desk_boards.html.h"

bool board_show_list(Request *req, Response *res, const BoardForm *form, Err *err)
{
    static const CityDone DONE[] = {{"geloescht", "Die Tafel ist gelöscht."}, {0}};
    BoardsPage page = {.form = *form, .may_write = request_may(req, "city.write")};
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && board_list(tx, req->arena, &page.boards, err);

    tx_end(tx);
    if (!ok)
        return false;
    page.notice = city_desk_done(req, DONE);
    page_desk_boards(&out, &page);
    return city_desk_send(req, res, BOARD_PATH, STR("Tafeln"), &out);
}

bool board_desk_list(Request *req, Response *res, Err *err)
{
    return board_show_list(req, res, &(BoardForm){.name = STR(""), .title = STR("")}, err);
}
