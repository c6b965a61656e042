/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/demo/board.h"

#include "city/board/board.h"

enum { GAUGES = 3 };

typedef struct DemoBoard {
    int64_t dataset;
    int64_t gauges[GAUGES]; /* Datastreams */
} DemoBoard;

static Tile tile(TileKind kind, int64_t width)
{
    return (Tile){.kind = kind,
                  .title = STR(""),
                  .width = width,
                  .warn = STR(""),
                  .danger = STR(""),
                  .text = STR("")};
}

static bool add(Tx *tx, const Board *board, Tile *tile, Err *err)
{
    return tile_write(tx, board, tile, STR("system"), err);
}

static bool add_gauges(Tx *tx, const Board *board, const DemoBoard *of, Err *err)
{
    for (int i = 0; i < GAUGES; i++) {
        Tile gauge = tile(TILE_VALUE, 1);
        gauge.stream = of->gauges[i];
        gauge.warn = STR("130");
        gauge.danger = STR("150");
        if (!add(tx, board, &gauge, err))
            return false;
    }
    return true;
}

static bool write_board(Tx *tx, void *context, Err *err)
{
    const DemoBoard *of = context;
    Board board = {
        .name = STR("wasser"), .title = STR("Wasser in der Stadt"), .access = CITY_PUBLIC};

    if (!board_write(tx, &board, STR("system"), err))
        return false;
    Tile warnings = tile(TILE_ALARMS, 3), chart = tile(TILE_CHART, 2), map = tile(TILE_MAP, 1),
         text = tile(TILE_TEXT, 3);
    warnings.title = STR("Warnungen");
    chart.stream = of->gauges[0];
    chart.span = TILE_WEEK;
    map.dataset = of->dataset;
    text.text = STR("Die Pegel messen alle fünf Minuten. Bei Hochwasser rufen Sie bitte die "
                    "**112** an, wenn Menschen in Gefahr sind.");
    return add(tx, &board, &warnings, err) && add_gauges(tx, &board, of, err) &&
           add(tx, &board, &chart, err) && add(tx, &board, &map, err) &&
           add(tx, &board, &text, err);
}

/* The first gauges of the town; false when it does not have so many. */
static bool find_gauges(Hub *hub, DemoBoard *out)
{
    const CitySet *streams = &hub_hold(hub)->sets[STA_DATASTREAM];
    const CityDataset *water = city_dataset_named(hub_datasets(hub), STR("gewaesser"));
    int found = 0;

    for (size_t i = 0; water && found < GAUGES && i < streams->count; i++)
        if (streams->items[i]->dataset == water->id)
            out->gauges[found++] = streams->items[i]->id;
    out->dataset = water ? water->id : 0;
    hub_release(hub);
    return found == GAUGES;
}

bool demo_board(Hub *hub, Tenant *tenant, Err *err)
{
    DemoBoard of = {0};
    int64_t count = 0;
    Tx *tx = db_read(tenant->db, err);
    bool ok = tx && tx_query_int(tx, err, &count,
                                 "SELECT COUNT(*) FROM city_board WHERE name = 'wasser'");

    tx_end(tx);
    if (!ok || count || !find_gauges(hub, &of))
        return ok;
    return db_write(tenant->db, write_board, &of, err);
}
