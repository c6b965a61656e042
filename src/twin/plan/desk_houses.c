/* SPDX-License-Identifier: EUPL-1.2 */
/* Houses of a simulation: the list, the table to take away, one house, all of them for the map. */
#include "twin/plan/desk.h"
#include "twin/plan/desk_houses.html.h"

#include "base/csv.h"
#include "core/folder.h"

enum { PAGE_ROWS = 50, CSV_ROWS = 1000000, GEOJSON_MAX_BYTES = 256 << 20 };

#define AFFECTED_M 0.10

static Str address_of(Arena *arena, const House *house)
{
    return house->address.len ? house->address
                              : str_printf(arena, "Haus %lld", (long long)house->id);
}

/* Two digits: more than that a depth-damage curve does not know. */
static Str damage_text(Arena *arena, int64_t euro)
{
    int64_t unit = 1;

    while (euro / unit >= 100)
        unit *= 10;
    Str text = money_text(arena, (euro + unit / 2) / unit * unit * 100, STR("de"));
    return str_replace(arena, text, STR(",00"), STR(""));
}

static HouseLine line_of(Request *req, int64_t sim, const House *house)
{
    Arena *arena = req->arena;
    return (HouseLine){
        .path = str_printf(arena, "/desk/zwilling/%lld/haeuser/%lld", (long long)sim,
                           (long long)house->id),
        .address = address_of(arena, house),
        .depth = depth_text(arena, house->depth),
        .speed =
            str_replace(arena, str_printf(arena, "%.1f m/s", house->speed), STR("."), STR(",")),
        .damage = damage_text(arena, house->damage),
    };
}

/* GET /desk/zwilling/:id/haeuser?seite=2 */
bool desk_sim_houses(Request *req, Response *res, Err *err)
{
    HousesPage page = {.pages = {.page = 1}};
    int64_t all = 0;
    House *houses;
    Tx *tx;

    if (!desk_sim_asked(req, &page.sim, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    if (!str_to_i64(request_query(req, "seite"), &page.pages.page) || page.pages.page < 1)
        page.pages.page = 1;
    bool good = house_count(tx, page.sim.id, AFFECTED_M, &all, err) &&
                house_list(tx, req->arena, page.sim.id, AFFECTED_M, PAGE_ROWS,
                           (page.pages.page - 1) * PAGE_ROWS, &houses, &page.count, err);
    tx_end(tx);
    if (!good)
        return false;
    HouseLine *lines = arena_array(req->arena, HouseLine, page.count);
    for (size_t i = 0; i < page.count; i++)
        lines[i] = line_of(req, page.sim.id, &houses[i]);
    page.lines = lines;
    page.summary = all == 0
                       ? STR("Kein Haus hat mehr als 10 cm Wasser an der Wand.")
                       : str_printf(req->arena, "%lld %s mit mehr als 10 cm Wasser an der Wand",
                                    (long long)all, all == 1 ? "Haus" : "Häuser");
    page.pages.path = str_printf(req->arena, "/desk/zwilling/%lld/haeuser", (long long)page.sim.id);
    page.pages.page_count = (all + PAGE_ROWS - 1) / PAGE_ROWS;
    Out out = out_for(req);
    page_desk_houses(&out, &page);
    PageFrame frame = {.area = AREA_DESK,
                       .title = STR("Betroffene Häuser"),
                       .active = STR("/desk/zwilling"),
                       .wide = true};
    return page_send(req, res, &frame, out_html(&out));
}

/* GET /desk/zwilling/:id/haeuser.csv */
bool desk_sim_houses_csv(Request *req, Response *res, Err *err)
{
    static const Str HEAD[] = {STR("haus"),        STR("adresse"),   STR("tiefe_m"),
                               STR("tiefe_p90_m"), STR("tempo_m_s"), STR("schaden_euro")};
    enum { COLUMNS = sizeof HEAD / sizeof HEAD[0] };
    Arena *arena = req->arena;
    Sim sim;
    House *houses;
    size_t count;
    Tx *tx;

    if (!desk_sim_asked(req, &sim, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool good = house_list(tx, arena, sim.id, AFFECTED_M, CSV_ROWS, 0, &houses, &count, err);
    tx_end(tx);
    if (!good)
        return false;
    Buf csv = buf_in(arena);
    csv_add_row(&csv, HEAD, COLUMNS);
    for (size_t i = 0; i < count; i++) {
        const Str row[COLUMNS] = {str_printf(arena, "%lld", (long long)houses[i].id),
                                  houses[i].address,
                                  str_printf(arena, "%.3f", houses[i].depth),
                                  str_printf(arena, "%.3f", houses[i].p90),
                                  str_printf(arena, "%.3f", houses[i].speed),
                                  str_printf(arena, "%lld", (long long)houses[i].damage)};
        csv_add_row(&csv, row, COLUMNS);
    }
    return respond_bytes(res, arena, STR("text/csv; charset=utf-8"), buf_str(&csv),
                         str_printf(arena, "haeuser-%lld.csv", (long long)sim.id));
}

/* GET /desk/zwilling/:id/haeuser.geojson */
bool desk_sim_houses_json(Request *req, Response *res, Err *err)
{
    Sim sim;
    Str bytes;

    return desk_sim_asked(req, &sim, err) &&
           folder_read_file(sim_file(req->arena, req->tenant, sim.id, "tiles/haeuser.geojson"),
                            GEOJSON_MAX_BYTES, req->arena, &bytes, err) &&
           respond_bytes(res, req->arena, STR("application/geo+json"), bytes, STR_NONE);
}

static void fact(HousePage *page, const char *label, Str value)
{
    page->facts[page->fact_count++] = (FactView){.label = str_c(label), .value = value};
}

/* GET /desk/zwilling/:id/haeuser/:haus */
bool desk_sim_house(Request *req, Response *res, Err *err)
{
    HousePage page = {0};
    SimMap map;
    House house;
    int64_t id;
    Tx *tx;

    if (!str_to_i64(request_param(req, "haus"), &id))
        return err_set(err, ERR_NOT_FOUND, "Dieses Haus gibt es nicht.");
    if (!desk_sim_asked(req, &page.sim, err) || !sim_map_load(req, &page.sim, STR(""), &map, err) ||
        !(tx = db_read(req->tenant->db, err)))
        return false;
    bool good = house_by_id(tx, req->arena, page.sim.id, id, &house, err);
    tx_end(tx);
    if (!good)
        return false;
    page.line = line_of(req, page.sim.id, &house);
    page.graph = hydrograph_of(req->arena, map.frames, house.series);
    fact(&page, "Größte Tiefe an der Wand", page.line.depth);
    fact(&page, "An neun Zehnteln der Wand höchstens", depth_text(req->arena, house.p90));
    fact(&page, "Größte Fließgeschwindigkeit", page.line.speed);
    fact(&page, "Schaden, geschätzt", page.line.damage);
    Out out = out_for(req);
    page_desk_house(&out, &page);
    PageFrame frame = {
        .area = AREA_DESK,
        .title = page.line.address,
        .active = STR("/desk/zwilling"),
    };
    return page_send(req, res, &frame, out_html(&out));
}
