/* SPDX-License-Identifier: EUPL-1.2 */
/* A simulation beside the one that it was ordered to be compared with. */
#include "twin/plan/desk.h"
#include "twin/plan/desk_compare.html.h"
#include "twin/plan/measure.h"

enum { LINES_MAX = 100 };

static ChangeLine line_of(Arena *arena, int64_t sim, const HouseChange *change)
{
    const House *house = &change->house;
    return (ChangeLine){
        .path = str_printf(arena, "/desk/zwilling/%lld/haeuser/%lld", (long long)sim,
                           (long long)house->id),
        .address = house->address.len ? house->address
                                      : str_printf(arena, "Haus %lld", (long long)house->id),
        .before = depth_text(arena, change->before),
        .after = depth_text(arena, house->depth),
        .change = change_text(arena, house->depth - change->before),
    };
}

static bool load(Request *req, ComparePage *page, Err *err)
{
    Arena *arena = req->arena;
    HouseChange *changes;
    int64_t less, more;
    Tx *tx;

    if (!desk_sim_asked(req, &page->sim, err))
        return false;
    if (!page->sim.finished)
        return err_set(err, ERR_CONFLICT, "Diese Simulation ist noch nicht berechnet.");
    if (!page->sim.before)
        return err_set(err, ERR_NOT_FOUND, "Diese Simulation wird mit keiner anderen verglichen.");
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool good = sim_by_id(tx, arena, page->sim.before, &page->before, err) &&
                house_changes(tx, arena, page->before.id, page->sim.id, LINES_MAX + 1, &changes,
                              &page->count, err) &&
                house_change_counts(tx, page->before.id, page->sim.id, &less, &more, err);
    tx_end(tx);
    if (!good)
        return false;
    page->more = page->count > LINES_MAX;
    page->count = page->more ? LINES_MAX : page->count;
    ChangeLine *lines = arena_array(arena, ChangeLine, page->count);
    for (size_t i = 0; i < page->count; i++)
        lines[i] = line_of(arena, page->sim.id, &changes[i]);
    page->lines = lines;
    page->same_rain = str_eq(page->sim.rain, page->before.rain);
    page->summary = str_printf(arena, "An %lld %s steht weniger Wasser, an %lld mehr.",
                               (long long)less, less == 1 ? "Haus" : "Häusern", (long long)more);
    page->measures = measures_text(arena, page->sim.measures);
    return true;
}

/* GET /desk/zwilling/:id/vergleich */
bool desk_sim_compare(Request *req, Response *res, Err *err)
{
    ComparePage page = {0};

    if (!load(req, &page, err))
        return false;
    Str path = str_printf(req->arena, "/desk/zwilling/%lld", (long long)page.sim.id);
    if (!sim_map_load(req, &page.sim, path, &page.map, err))
        return false;
    if (page.map.layer_count == 0)
        return err_set(err, ERR_CONFLICT, "Diese Simulation hat keine Karte.");
    sim_map_difference(req, &page.map);
    Out out = out_for(req);
    page_desk_compare(&out, &page);
    PageFrame frame = {.area = AREA_DESK,
                       .title = STR("Vorher und nachher"),
                       .active = STR("/desk/zwilling"),
                       .wide = true,
                       .map = true,
                       .script = "twin.js"};
    return page_send(req, res, &frame, out_html(&out));
}
