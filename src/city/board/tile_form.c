/* SPDX-License-Identifier: EUPL-1.2 */
/* The form of a tile. */
#include "city/board/desk_tile.html.h"

#include "base/utf8.h"
#include "city/alarm/form.h"
#include "core/page/problem.h"
#include "core/work/form_once.h"

enum { TITLE_LENGTH = 100, TEXT_LENGTH = 4000 };

const char *const TILE_KIND_WORDS[TILE_KINDS] = {"wert",    "verlauf", "karte",
                                                 "tabelle", "text",    "warnungen"};

static bool of_stream(TileKind kind)
{
    return kind == TILE_VALUE || kind == TILE_CHART;
}

static bool of_dataset(TileKind kind)
{
    return kind == TILE_MAP || kind == TILE_TABLE;
}

/* --- What it may show ----------------------------------------------------------------------------
 */

static void add_source(TileForm *form, int64_t id, Str label, Arena *arena)
{
    Str value = str_printf(arena, "%lld", (long long)id);

    form->sources[form->source_count++] = (OptionView){
        .value = value, .label = str_copy(arena, label), .selected = str_eq(value, form->source)};
}

static bool fill_sources(Request *req, TileForm *form, Err *err)
{
    CityReader reader;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    const CityDatasets *all = reader.rights.all;
    const CitySet *streams = &reader.graph->sets[STA_DATASTREAM];
    form->sources =
        arena_array(req->arena, OptionView, of_dataset(form->kind) ? all->count : TILE_STREAMS_MAX);
    for (size_t i = 0; of_dataset(form->kind) && i < all->count; i++)
        if (city_may_see(&reader.rights, all->items[i].id))
            add_source(form, all->items[i].id, all->items[i].title, req->arena);
    for (size_t i = 0; of_stream(form->kind) && i < streams->count; i++)
        if (city_sees(&reader, streams->items[i]) && form->source_count < TILE_STREAMS_MAX)
            add_source(form, streams->items[i]->id, city_name(streams->items[i]), req->arena);
    city_reader_end(&reader);
    return true;
}

/* --- Showing -------------------------------------------------------------------------------------
 */

static bool show_form(Request *req, Response *res, TileForm *form, Err *err)
{
    Out out = out_for(req);

    if (!fill_sources(req, form, err))
        return false;
    page_desk_tile(&out, form);
    return city_desk_send(req, res, BOARD_PATH,
                          form->id ? STR("Kachel ändern") : STR("Kachel hinzufügen"), &out);
}

static Str with_comma(Str number, Arena *arena)
{
    return str_replace(arena, number, STR("."), STR(","));
}

static TileForm form_of(const Board *board, const Tile *tile, Arena *arena)
{
    int64_t source = tile->stream ? tile->stream : tile->dataset;

    return (TileForm){.board = board->name,
                      .id = tile->id,
                      .kind = tile->kind,
                      .title = tile->title,
                      .width = str_printf(arena, "%lld", (long long)tile->width),
                      .source = source ? str_printf(arena, "%lld", (long long)source) : STR(""),
                      .span = str_c(TILE_SPAN_NAMES[tile->span]),
                      .warn = with_comma(tile->warn, arena),
                      .danger = with_comma(tile->danger, arena),
                      .text = tile->text};
}

/* The tile of the board that the request names, else a new one. */
static bool tile_asked(Str id_text, const Tiles *tiles, Str kind_word, Tile *out, Err *err)
{
    int kind = str_among(kind_word, TILE_KIND_WORDS, TILE_KINDS);
    int64_t id = 0;

    str_to_i64(id_text, &id);
    for (size_t i = 0; id && i < tiles->count; i++) {
        if (tiles->items[i].id == id) {
            *out = tiles->items[i];
            return true;
        }
    }
    if (id || kind == TILE_KINDS)
        return err_set(err, ERR_NOT_FOUND, "Diese Kachel gibt es nicht.");
    *out = (Tile){.kind = (TileKind)kind,
                  .title = STR(""),
                  .width = kind == TILE_VALUE  ? 1
                           : kind == TILE_TEXT ? 3
                                               : 2,
                  .warn = STR(""),
                  .danger = STR(""),
                  .text = STR("")};
    return true;
}

bool board_desk_tile(Request *req, Response *res, Err *err)
{
    Board board;
    Tiles tiles;
    Tile tile;

    if (!board_asked(req, &board, &tiles, err) ||
        !tile_asked(request_query(req, "kachel"), &tiles, request_query(req, "art"), &tile, err))
        return false;
    TileForm form = form_of(&board, &tile, req->arena);
    return show_form(req, res, &form, err);
}

/* --- Taking --------------------------------------------------------------------------------------
 */

static void fail(TileForm *form, const char *field, Str message)
{
    if (form->error_count < TILE_ERRORS_MAX)
        form->errors[form->error_count++] = (FieldError){.id = str_c(field), .message = message};
}

static void read_form(Request *req, TileForm *form)
{
    form->title = request_typed(req, "titel");
    form->width = request_typed(req, "breite");
    form->source = request_typed(req, "quelle");
    form->span = request_typed(req, "zeit");
    form->warn = request_typed(req, "warnung");
    form->danger = request_typed(req, "gefahr");
    form->text = request_typed(req, "text");
}

static void take_limit(TileForm *form, const char *field, Str text, Arena *arena, Str *out)
{
    *out = STR("");
    if (text.len && !alarm_number(text, arena, out))
        fail(form, field, STR("Bitte geben Sie eine Zahl an, mit Komma und ohne Punkte."));
}

static void take_source(TileForm *form, Tile *tile)
{
    bool offered = false;
    int64_t id = 0;

    tile->stream = tile->dataset = 0;
    if (!of_stream(form->kind) && !of_dataset(form->kind))
        return;
    for (size_t i = 0; i < form->source_count; i++)
        offered |= str_eq(form->sources[i].value, form->source);
    if (!offered || !str_to_i64(form->source, &id))
        fail(form, "quelle", STR("Bitte wählen Sie, was die Kachel zeigt."));
    *(of_stream(form->kind) ? &tile->stream : &tile->dataset) = id;
}

static void take(TileForm *form, Tile *tile, Arena *arena)
{
    int span = str_among(form->span, TILE_SPAN_NAMES, TILE_SPANS);

    tile->title = form->title;
    if (utf8_length(form->title) > TITLE_LENGTH)
        fail(form, "titel", STR("Bitte fassen Sie sich kürzer: höchstens 100 Zeichen."));
    if (!str_to_i64(form->width, &tile->width) || tile->width < 1 || tile->width > TILE_WIDTH_MAX)
        fail(form, "breite", STR("Bitte wählen Sie, wie breit die Kachel ist."));
    take_source(form, tile);
    tile->span = span < TILE_SPANS ? (TileSpan)span : TILE_DAY;
    take_limit(form, "warnung", form->warn, arena, &tile->warn);
    take_limit(form, "gefahr", form->danger, arena, &tile->danger);
    tile->text = form->text;
    if (form->kind == TILE_TEXT && (!form->text.len || utf8_length(form->text) > TEXT_LENGTH))
        fail(form, "text", STR("Bitte schreiben Sie einen Text mit höchstens 4000 Zeichen."));
}

typedef struct Save {
    Request *req;
    Board board;
    Tile tile;
} Save;

static bool write_tile(Tx *tx, void *context, Err *err)
{
    Save *save = context;
    bool first;

    return form_once(tx, save->req, &first, err) &&
           (!first || tile_write(tx, &save->board, &save->tile, request_actor(save->req), err));
}

static bool show_again(Request *req, Response *res, int status, TileForm *form, Err *err)
{
    form->source_count = 0;
    res->status = status;
    return show_form(req, res, form, err);
}

bool board_desk_tile_save(Request *req, Response *res, Err *err)
{
    Save save = {.req = req};
    Tile *tile = &save.tile;
    Tiles tiles;

    if (!board_asked(req, &save.board, &tiles, err) ||
        !tile_asked(request_form(req, "kachel"), &tiles, request_form(req, "art"), tile, err))
        return false;
    TileForm form = {.board = save.board.name, .id = tile->id, .kind = tile->kind};
    read_form(req, &form);
    if (!fill_sources(req, &form, err))
        return false;
    take(&form, tile, req->arena);
    if (form.error_count)
        return show_again(req, res, 422, &form, err);
    if (!db_write(req->tenant->db, write_tile, &save, err))
        return problem_take(req, err, &form.refused) && show_again(req, res, 409, &form, err);
    return respond_redirect(req, res,
                            str_printf(req->arena, BOARD_PATH "/%.*s?getan=%s",
                                       STR_ARG(save.board.name),
                                       form.id ? "kachel-geaendert" : "kachel"));
}
