/* SPDX-License-Identifier: EUPL-1.2 */
/* What is done with a board at the desk. */
#include "city/board/desk.h"

#include "core/page/problem.h"

typedef struct Save {
    Request *req;
    Board board;
    int64_t tile;
    int by; /* places down; 0: it is removed */
} Save;

static bool write_board(Tx *tx, void *context, Err *err)
{
    Save *save = context;

    return board_write(tx, &save->board, request_actor(save->req), err);
}

static bool save_form(Save *save, BoardForm *form, Err *err)
{
    Request *req = save->req;
    Board *board = &save->board;
    Str access = request_typed(req, "zugang");

    form->title = board->title = request_typed(req, "titel");
    form->internal = str_is(access, "internal");
    return city_access_read(access, &board->access, req->lang, err) &&
           db_write(req->tenant->db, write_board, save, err);
}

static bool done(Request *req, Response *res, Str name, const char *what)
{
    return respond_redirect(
        req, res, str_printf(req->arena, BOARD_PATH "/%.*s?getan=%s", STR_ARG(name), what));
}

bool board_desk_add(Request *req, Response *res, Err *err)
{
    BoardForm form = {.name = request_typed(req, "name")};
    Save save = {.req = req, .board = {.name = form.name}};

    if (save_form(&save, &form, err))
        return done(req, res, form.name, "angelegt");
    res->status = 422;
    return problem_take_field(err, req->arena, form.errors, &form.error_count) &&
           board_show_list(req, res, &form, err);
}

bool board_desk_change(Request *req, Response *res, Err *err)
{
    Save save = {.req = req};
    Tiles tiles;

    if (!board_asked(req, &save.board, &tiles, err))
        return false;
    BoardForm form = {.name = save.board.name, .added = true};
    if (save_form(&save, &form, err))
        return done(req, res, form.name, "geaendert");
    res->status = 422;
    return problem_take_field(err, req->arena, form.errors, &form.error_count) &&
           board_show(req, res, &tiles, &form, err);
}

static bool write_remove(Tx *tx, void *context, Err *err)
{
    Save *save = context;

    return board_remove(tx, &save->board, request_actor(save->req), err);
}

bool board_desk_remove(Request *req, Response *res, Err *err)
{
    Save save = {.req = req};
    Tiles tiles;

    return board_asked(req, &save.board, &tiles, err) &&
           db_write(req->tenant->db, write_remove, &save, err) &&
           respond_redirect(req, res, STR(BOARD_PATH "?getan=geloescht"));
}

static bool write_order(Tx *tx, void *context, Err *err)
{
    Save *save = context;
    Str actor = request_actor(save->req);

    return save->by ? tile_move(tx, &save->board, save->tile, save->by, actor, err)
                    : tile_remove(tx, &save->board, save->tile, actor, err);
}

bool board_desk_order(Request *req, Response *res, Err *err)
{
    Save save = {.req = req};
    Str where = request_form(req, "wohin");
    Tiles tiles;

    str_to_i64(request_form(req, "kachel"), &save.tile);
    save.by = str_is(where, "oben") ? -1 : str_is(where, "unten") ? 1 : 0;
    if (!save.by && !str_is(where, "weg"))
        return err_set(err, ERR_INPUT, "Bitte wählen Sie, was mit der Kachel geschehen soll.");
    return board_asked(req, &save.board, &tiles, err) &&
           db_write(req->tenant->db, write_order, &save, err) &&
           done(req, res, save.board.name, save.by ? "geordnet" : "entfernt");
}
