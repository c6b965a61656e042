/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/board/desk_boards.html.h"

Str tile_kind_word(TileKind kind)
{
    static const char *const WORDS[TILE_KINDS] = {"Letzter Wert", "Verlauf", "Karte",
                                                  "Letzte Werte", "Text",    "Warnungen"};

    return str_c(WORDS[kind]);
}

Str tile_width_word(int64_t width)
{
    static const char *const WORDS[TILE_WIDTH_MAX] = {"ein Drittel", "zwei Drittel",
                                                      "die ganze Breite"};

    return str_c(WORDS[width < 1 || width > TILE_WIDTH_MAX ? 0 : width - 1]);
}

static Str source_words(CityReader *reader, const Tile *tile)
{
    if (tile->kind == TILE_ALARMS)
        return STR("was ausgelöst ist");
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

static const CityDone DONE[] = {{"angelegt", "Die Tafel ist angelegt."},
                                {"geaendert", "Die Tafel ist geändert."},
                                {"geordnet", "Die Kacheln sind geordnet."},
                                {"kachel", "Die Kachel ist hinzugefügt."},
                                {"kachel-geaendert", "Die Kachel ist geändert."},
                                {"entfernt", "Die Kachel ist entfernt."},
                                {0}};

bool board_show(Request *req, Response *res, const Tiles *tiles, const BoardForm *form, Err *err)
{
    BoardSheet sheet = {.form = *form, .notice = city_desk_done(req, DONE)};
    Out out = out_for(req);

    if (!fill_lines(req, tiles, &sheet, err))
        return false;
    page_desk_board(&out, &sheet);
    return city_desk_send(req, res, BOARD_PATH, STR("Tafel bearbeiten"), &out);
}

bool board_desk_one(Request *req, Response *res, Err *err)
{
    Board board;
    Tiles tiles;

    return board_asked(req, &board, &tiles, err) &&
           board_show(req, res, &tiles,
                      &(BoardForm){.name = board.name,
                                   .title = board.title,
                                   .internal = board.access == CITY_INTERNAL,
                                   .added = true},
                      err);
}
