/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/board/desk_boards.html.h"

#include "core/page/problem.h"

Str board_field_error(const FieldError *errors, size_t count, const char *field)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(errors[i].id, field))
            return errors[i].message;
    return STR_NONE;
}

bool board_page_send(Request *req, Response *res, Str title, Out *out)
{
    PageFrame frame = {.area = AREA_DESK, .title = title, .active = STR(BOARD_PATH)};

    return page_send(req, res, &frame, out_html(out));
}

Str tile_kind_word(TileKind kind)
{
    static const char *const WORDS[TILE_KINDS] = {"Letzter Wert", "Verlauf", "Karte",
                                                  "Letzte Werte", "Text",    "Warnungen"};

    return str_c(WORDS[kind]);
}

/* --- The list ------------------------------------------------------------------------------------
 */

static bool show_list(Request *req, Response *res, const BoardForm *form, Err *err)
{
    BoardsPage page = {.form = *form, .may_write = request_may(req, "city.write")};
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && board_list(tx, req->arena, &page.boards, err);

    tx_end(tx);
    if (!ok)
        return false;
    page.notice =
        str_is(request_query(req, "getan"), "geloescht") ? STR("Die Tafel ist gelöscht.") : STR("");
    page_desk_boards(&out, &page);
    return board_page_send(req, res, STR("Tafeln"), &out);
}

bool board_desk_list(Request *req, Response *res, Err *err)
{
    return show_list(req, res, &(BoardForm){.name = STR(""), .title = STR("")}, err);
}

typedef struct Save {
    Request *req;
    Board board;
    Tile tile;
    int by;
} Save;

static bool write_board(Tx *tx, void *context, Err *err)
{
    Save *save = context;

    return board_write(tx, &save->board, request_actor(save->req), err);
}

static void read_form(Request *req, BoardForm *form, Board *board)
{
    form->title = board->title = request_typed(req, "titel");
    form->internal = str_is(request_typed(req, "zugang"), "internal");
    board->access = form->internal ? CITY_INTERNAL : CITY_PUBLIC;
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

    read_form(req, &form, &save.board);
    if (db_write(req->tenant->db, write_board, &save, err))
        return done(req, res, form.name, "angelegt");
    res->status = 422;
    return problem_take_field(err, req->arena, form.errors, &form.error_count) &&
           show_list(req, res, &form, err);
}

/* --- One -----------------------------------------------------------------------------------------
 */

static Str source_words(CityReader *reader, const Tile *tile)
{
    const CityEntity *stream =
        tile->stream ? city_find(reader->graph, STA_DATASTREAM, tile->stream) : NULL;
    const CityDataset *dataset =
        tile->dataset ? city_dataset(reader->rights.all, tile->dataset) : NULL;

    if (stream && city_sees(reader, stream))
        return str_copy(reader->arena, city_name(stream));
    if (dataset && city_may_see(&reader->rights, dataset->id))
        return str_copy(reader->arena, dataset->title);
    return tile->stream || tile->dataset ? STR("gibt es nicht mehr") : STR("");
}

static bool fill_lines(Request *req, const Tiles *tiles, BoardSheet *sheet, Err *err)
{
    CityReader reader;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    sheet->lines = arena_array(req->arena, TileLine, tiles->count);
    for (size_t i = 0; i < tiles->count; i++)
        sheet->lines[sheet->count++] =
            (TileLine){&tiles->items[i], source_words(&reader, &tiles->items[i])};
    city_reader_end(&reader);
    return true;
}

static Str notice_of(const Request *req)
{
    Str done_what = request_query(req, "getan");

    return str_is(done_what, "angelegt")    ? STR("Die Tafel ist angelegt.")
           : str_is(done_what, "geaendert") ? STR("Die Tafel ist geändert.")
                                            : STR("");
}

static bool show_one(Request *req, Response *res, const Tiles *tiles, const BoardForm *form,
                     Err *err)
{
    BoardSheet sheet = {.form = *form, .notice = notice_of(req)};
    Out out = out_for(req);

    if (!fill_lines(req, tiles, &sheet, err))
        return false;
    page_desk_board(&out, &sheet);
    return board_page_send(req, res, STR("Tafel bearbeiten"), &out);
}

bool board_desk_one(Request *req, Response *res, Err *err)
{
    Board board;
    Tiles tiles;

    return board_asked(req, &board, &tiles, err) &&
           show_one(req, res, &tiles,
                    &(BoardForm){.name = board.name,
                                 .title = board.title,
                                 .internal = board.access == CITY_INTERNAL,
                                 .added = true},
                    err);
}

bool board_desk_change(Request *req, Response *res, Err *err)
{
    Save save = {.req = req};
    Tiles tiles;

    if (!board_asked(req, &save.board, &tiles, err))
        return false;
    BoardForm form = {.name = save.board.name, .added = true};
    read_form(req, &form, &save.board);
    if (db_write(req->tenant->db, write_board, &save, err))
        return done(req, res, form.name, "geaendert");
    res->status = 422;
    return problem_take_field(err, req->arena, form.errors, &form.error_count) &&
           show_one(req, res, &tiles, &form, err);
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

    return save->by ? tile_move(tx, save->board.id, save->tile.id, save->by, err)
                    : tile_remove(tx, save->board.id, save->tile.id, err);
}

bool board_desk_order(Request *req, Response *res, Err *err)
{
    Save save = {.req = req};
    Str where = request_form(req, "wohin");
    Tiles tiles;

    str_to_i64(request_form(req, "kachel"), &save.tile.id);
    save.by = str_is(where, "oben") ? -1 : str_is(where, "unten") ? 1 : 0;
    if (!save.by && !str_is(where, "weg"))
        return err_set(err, ERR_INPUT, "Bitte wählen Sie, was mit der Kachel geschehen soll.");
    return board_asked(req, &save.board, &tiles, err) &&
           db_write(req->tenant->db, write_order, &save, err) &&
           done(req, res, save.board.name, "geordnet");
}
