/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/hazard.h"
#include "twin/plan/hazard.html.h"

enum { HITS_SHOWN = 9 };

/* Above these depths water runs in, and people are in danger. */
#define SOME_M 0.05
#define HIGH_M 0.50

static bool published(Request *req, Sim *sim, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);
    bool good = tx && sim_published(tx, req->arena, sim, err);

    if (tx)
        tx_end(tx);
    return good;
}

/* Which numbers of the street there are. */
static bool name_street(Tx *tx, Arena *arena, const Sim *sim, HazardPage *page, Err *err)
{
    House *houses;
    size_t count;
    Buf names = buf_in(arena);

    if (!house_street(tx, arena, sim->id, page->asked, HITS_SHOWN, &houses, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        buf_addf(&names, "%s%.*s", i ? ", " : "", STR_ARG(houses[i].address));
    page->near = names.len ? buf_str(&names) : STR_NONE;
    return true;
}

static Danger danger_of(double depth)
{
    if (depth < 0)
        return DANGER_UNKNOWN;
    if (depth < SOME_M)
        return DANGER_NONE;
    return depth < HIGH_M ? DANGER_SOME : DANGER_HIGH;
}

/* A house and its sheds share an address: the deepest water of them all counts. Puts it first;
 * how many have exactly this address. */
static size_t keep_deepest(Arena *arena, House *houses, size_t count, Str asked)
{
    size_t same = 0;

    for (size_t i = 0; i < count; i++) {
        if (!address_is(arena, houses[i].address, asked))
            continue;
        if (same == 0 || houses[i].depth > houses[0].depth)
            houses[0] = houses[i];
        same++;
    }
    return same;
}

static bool look_up(Request *req, const Sim *sim, HazardPage *page, Err *err)
{
    House *houses;
    size_t count = 0;
    Tx *tx = db_read(req->tenant->db, err);
    bool good =
        tx &&
        house_find(tx, req->arena, sim->id, page->asked, HITS_SHOWN + 1, &houses, &count, err) &&
        (count > 0 || name_street(tx, req->arena, sim, page, err));

    if (tx)
        tx_end(tx);
    if (!good)
        return false;
    size_t same = keep_deepest(req->arena, houses, count, page->asked);
    page->more = !same && count > HITS_SHOWN;
    page->count = same ? 1 : count > HITS_SHOWN ? HITS_SHOWN : count;
    if (page->count == 1 && (houses[0].longitude != 0 || houses[0].latitude != 0))
        page->map.place =
            str_printf(req->arena, "%.7f %.7f", houses[0].longitude, houses[0].latitude);
    for (size_t i = 0; i < page->count; i++)
        page->hits[i] = (HazardHit){.address = houses[i].address,
                                    .depth = depth_text(req->arena, houses[i].depth),
                                    .danger = danger_of(houses[i].depth)};
    return true;
}

/* GET /starkregen?adresse= */
bool hazard_page(Request *req, Response *res, Err *err)
{
    HazardPage page = {.asked = str_trim(request_query(req, "adresse"))};
    Sim sim;

    bool preparing;

    if (!plan_demo(req->tenant, req->arena, &preparing, err) || !published(req, &sim, err))
        return false;
    page.published = sim.id != 0;
    page.rain_text = sim.rain_text;
    if (page.published && (!sim_map_load(req, &sim, STR("/starkregen"), &page.map, err) ||
                           (page.asked.len && !look_up(req, &sim, &page, err))))
        return false;
    page.map.arrows = false;
    page.map.houses = false; /* nobody is shown how their neighbours fare */
    Out out = out_for(req);
    page_hazard(&out, &page);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = tr(req->lang, "Starkregen: Wo steht das Wasser?"),
                       .active = STR("/starkregen"),
                       .map = page.published,
                       .script = page.published ? "twin.js" : NULL};
    return page_send(req, res, &frame, out_html(&out));
}

bool hazard_shown(Request *req, int64_t *id, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);
    bool good = tx && sim_published_id(tx, id, err);

    if (tx)
        tx_end(tx);
    return good && (*id != 0 || err_set(err, ERR_NOT_FOUND, "Es ist keine Karte veröffentlicht."));
}

bool hazard_entry(Request *req, PortalEntry *out, Err *err)
{
    int64_t id = 0;
    Tx *tx = db_read(req->tenant->db, err);
    bool good = tx && sim_published_id(tx, &id, err);

    if (tx)
        tx_end(tx);
    if (good && id)
        *out = (PortalEntry){
            .path = STR("/starkregen"),
            .name = tr(req->lang, "Starkregen: Wo steht das Wasser?"),
            .summary = tr(req->lang, "Sehen Sie nach, wie hoch das Wasser an Ihrem Haus nach einem "
                                     "starken Regen stehen kann.")};
    return good;
}

/* GET /starkregen/kacheln/:ebene/:z/:x/:y: citizens see the greatest depths, no plans. */
bool hazard_tile(Request *req, Response *res, Err *err)
{
    int64_t id;

    if (!str_is(request_param(req, "ebene"), "tiefe"))
        return err_set(err, ERR_NOT_FOUND, "Veröffentlicht sind nur die größten Tiefen.");
    return hazard_shown(req, &id, err) && sim_tile_answer(req, res, id, true, err);
}

/* GET /starkregen/bild.png */
bool hazard_picture(Request *req, Response *res, Err *err)
{
    int64_t id;

    return hazard_shown(req, &id, err) && sim_picture_answer(req, res, id, err);
}
