/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/board/board.html.h"

#include "city/page/curve.h"
#include "geo/geo.h"
#include "post/markdown.h"

#include <math.h>

enum { TABLE_ROWS = 12, HOUR_MS = 3600000, REFRESH_SECONDS = 60 };

/* --- A value -------------------------------------------------------------------------------------
 */

static double limit_of(Str text)
{
    return text.len ? sta_as_double(sta_number_of_text(text)) : NAN;
}

/* Beyond `limit`, on the side where it gets worse. */
static bool beyond(double value, double limit, bool falling)
{
    return falling ? value <= limit : value >= limit;
}

static void add_level(TileView *view, double value, Str lang)
{
    double warn = limit_of(view->tile->warn), danger = limit_of(view->tile->danger);
    bool falling = danger < warn;

    view->tone = TONE_PLAIN;
    view->level = STR("");
    if (isnan(warn) && isnan(danger))
        return;
    if (beyond(value, danger, falling)) {
        view->tone = TONE_DANGER;
        view->level = falling ? tr(lang, "sehr niedrig") : tr(lang, "sehr hoch");
    } else if (beyond(value, warn, falling)) {
        view->tone = TONE_WARNING;
        view->level = falling ? tr(lang, "niedrig") : tr(lang, "hoch");
    } else {
        view->tone = TONE_SUCCESS;
        view->level = tr(lang, "normal");
    }
}

/* Against the hour's first value; less than a hundredth of it is none. */
static bool add_trend(CityReader *reader, const CityEntity *stream, const Observation *latest,
                      TileView *view, Str lang, Err *err)
{
    int64_t bounds[2] = {latest->time - HOUR_MS, latest->time + 1};
    ObsAggregate a;

    if (!obs_aggregate(reader->store, stream->series, bounds, 1, true, &a, err))
        return false;
    if (a.count < 2)
        return true;
    double change = a.last - a.first, least = fmax(fabs(a.first), 1) / 100;
    view->trend = change > least    ? tr(lang, "↗ steigt")
                  : change < -least ? tr(lang, "↘ fällt")
                                    : tr(lang, "→ gleich");
    return true;
}

static bool fill_value(CityReader *reader, Request *req, const CityEntity *stream, TileView *view,
                       Err *err)
{
    Observation latest;
    bool found = false;

    view->value = tr(req->lang, "noch nichts");
    view->when = view->trend = STR("");
    if (!obs_latest_until(reader->store, stream->series, reader->now, reader->arena, &latest,
                          &found, err))
        return false;
    if (!found)
        return true;
    view->value = city_value_text(reader->arena, req->lang, &latest, city_unit(stream));
    view->when = city_when_text(reader->arena, req->lang, latest.time, req->today);
    if (latest.kind != OBS_NUMBER)
        return true;
    add_level(view, latest.number, req->lang);
    return add_trend(reader, stream, &latest, view, req->lang, err);
}

/* --- The other kinds -----------------------------------------------------------------------------
 */

static bool fill_chart(CityReader *reader, Request *req, const CityEntity *stream, TileView *view,
                       Err *err)
{
    static const int DAYS[TILE_SPANS] = {1, 7, 30};
    SeriesPage *series = arena_new(reader->arena, SeriesPage);
    StaTime time = {.start = req->now - DAYS[view->tile->span] * (Timestamp)STA_MS_PER_DAY,
                    .end = req->now};

    if (!city_curve(reader, stream, time, req->lang, series, err))
        return false;
    view->plot = series->plot;
    view->words = series->summary;
    return true;
}

static bool fill_stream(CityReader *reader, Request *req, TileView *view, bool *seen, Err *err)
{
    const CityEntity *stream = city_find(reader->graph, STA_DATASTREAM, view->tile->stream);

    *seen = stream && city_sees(reader, stream);
    if (!*seen)
        return true;
    if (!view->title.len)
        view->title = str_copy(reader->arena, city_name(stream));
    view->path = str_printf(reader->arena, "/stadtdaten/reihe/%lld", (long long)stream->id);
    return view->tile->kind == TILE_VALUE ? fill_value(reader, req, stream, view, err)
                                          : fill_chart(reader, req, stream, view, err);
}

static bool fill_dataset(CityReader *reader, Request *req, TileView *view, bool *seen, Err *err)
{
    const CityDataset *dataset = city_dataset(reader->rights.all, view->tile->dataset);

    *seen = dataset && city_may_see(&reader->rights, dataset->id);
    if (!*seen)
        return true;
    view->group.dataset = arena_copy(reader->arena, dataset, sizeof *dataset);
    if (!view->title.len)
        view->title = str_copy(reader->arena, dataset->title);
    view->path = str_printf(reader->arena, "/stadtdaten/datensatz/%.*s", STR_ARG(dataset->name));
    if (view->tile->kind == TILE_TABLE)
        return city_group_rows(reader, &view->group, TABLE_ROWS, req->lang, req->today, err);
    view->bounds = city_bounds(reader, dataset->id);
    view->places = str_printf(reader->arena, "/stadtdaten/karte.geojson?datensatz=%.*s",
                              STR_ARG(dataset->name));
    *seen = view->bounds.len > 0;
    return true;
}

static void fill_text(Request *req, TileView *view)
{
    Buf html = buf_in(req->arena);

    markdown_to_html(&html, view->tile->text, req->base);
    view->text = (Html){buf_str(&html)};
}

/* A public board says what everybody may know, whoever looks at it: it may hang in a hall. */
static bool fill_alarms(Request *req, const Board *board, TileView *view, Err *err)
{
    return board->access == CITY_PUBLIC ? city_warnings(req, &view->warnings, err)
                                        : city_raised(req, &view->warnings, err);
}

static bool fill_tile(CityReader *reader, Request *req, const Board *board, TileView *view,
                      bool *seen, Err *err)
{
    *seen = true;
    switch (view->tile->kind) {
    case TILE_VALUE:
    case TILE_CHART: return fill_stream(reader, req, view, seen, err);
    case TILE_MAP:
    case TILE_TABLE: return fill_dataset(reader, req, view, seen, err);
    case TILE_TEXT: fill_text(req, view); return true;
    default: return fill_alarms(req, board, view, err);
    }
}

bool board_fill(Request *req, const Tiles *tiles, BoardView *view, Err *err)
{
    CityReader reader;
    bool ok = true;

    view->tiles = arena_array(req->arena, TileView, tiles->count);
    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    for (size_t i = 0; ok && i < tiles->count; i++) {
        TileView tile = {.tile = &tiles->items[i],
                         .title = tiles->items[i].title,
                         .tone = TONE_PLAIN,
                         .level = STR("")};
        bool seen;
        ok = fill_tile(&reader, req, &view->board, &tile, &seen, err);
        if (ok && seen)
            view->tiles[view->count++] = tile;
        view->mapped |= ok && seen && tile.tile->kind == TILE_MAP;
    }
    city_reader_end(&reader);
    return ok;
}

/* --- The page ------------------------------------------------------------------------------------
 */

bool board_asked(Request *req, Board *board, Tiles *tiles, Err *err)
{
    CityDatasets none = {0};
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && board_by_name(tx, request_param(req, "name"), req->arena, board, err) &&
              tile_list(tx, board->id, req->arena, tiles, err);

    tx_end(tx);
    if (!ok)
        return false;
    CityRights rights = city_rights(req, &none); /* a key of one dataset opens no board */
    return board->access == CITY_PUBLIC || (rights.internal && !rights.limited) ||
           err_set(err, ERR_NOT_FOUND, "Diese Tafel gibt es nicht.");
}

bool board_page(Request *req, Response *res, Err *err)
{
    BoardView view = {.wall = str_is(request_query(req, "anzeige"), "wand"),
                      .ground = geo_ground(req->tenant),
                      .clock = timestamp_long(req->arena, req->now, req->lang),
                      .may_write = req->session.staff_id && request_may(req, "city.write")};
    Out out = out_for(req);
    Tiles tiles;

    if (!board_asked(req, &view.board, &tiles, err) || !board_fill(req, &tiles, &view, err))
        return false;
    page_city_board(&out, &view);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = view.board.title,
                       .active = STR("/stadtdaten"),
                       .wall = view.wall,
                       .dark = view.wall && str_is(request_query(req, "farbe"), "dunkel"),
                       .refresh_seconds = view.wall ? REFRESH_SECONDS : 0,
                       .map = view.mapped,
                       .script = view.mapped ? "city.js" : NULL};
    return page_send(req, res, &frame, out_html(&out));
}
