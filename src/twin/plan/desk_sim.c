/* SPDX-License-Identifier: EUPL-1.2 */
/* One simulation at the desk: its page, its tiles, and what can be done with it. */
#include "twin/plan/desk.h"
#include "twin/plan/desk_sim.html.h"
#include "twin/plan/gauges.h"
#include "twin/plan/measure.h"

#include "base/percent.h"
#include "core/folder.h"
#include "geo/geo.h"
#include "geo/tile/tile_answer.h"
#include "twin/show/picture.h"

#include <stdio.h>
#include <stdlib.h>

enum { INFO_MAX_BYTES = 1 << 20, PICTURE_MAX_BYTES = 16 << 20, REFRESH_SECONDS = 5 };

/* Above this a house counts as affected, and as badly hit. */
#define AFFECTED_M 0.10
#define DEEP_M 0.50

/* --- The map -------------------------------------------------------------------------------------
 */

static const Legend *keep(Arena *arena, Legend legend)
{
    return arena_copy(arena, &legend, sizeof legend);
}

bool sim_map_load(Request *req, const Sim *sim, Str path, SimMap *out, Err *err)
{
    Arena *arena = req->arena;
    Str text;

    *out = (SimMap){.path = path,
                    .picture = STR("bild.png"),
                    .picture_words = STR("Karte der größten Wassertiefen. Die betroffenen Häuser "
                                         "stehen in der Liste."),
                    .picture_title = STR("Größte Wassertiefen als Bild")};
    if (!folder_read_file(sim_file(arena, req->tenant, sim->id, "tiles/tiles.json"), INFO_MAX_BYTES,
                          arena, &text, err))
        return err->kind == ERR_NOT_FOUND;
    Node *info = node_parse_json(arena, text, "tiles.json", &NODE_LIMITS_REQUEST, err);
    if (!info)
        return false;
    out->bounds = node_get_text(info, "bounds");
    if (sscanf(str_cstr(arena, out->bounds), "%lf,%lf,%lf,%lf", &out->area.west, &out->area.south,
               &out->area.east, &out->area.north) != 4)
        return err_set(err, ERR_INTERNAL, "a simulation's tiles have no bounds");
    out->version = node_get_text(info, "version");
    out->frames = node_get_text(info, "frames");
    out->zooms = node_get_text(info, "zooms");
    out->houses = node_get_bool(info, "houses", false);
    out->arrows = node_get_bool(info, "arrows", false);
    out->ground = geo_ground(req->tenant);
    const Legend *depth = keep(arena, legend_depth(req->tenant, arena));
    out->layers[out->layer_count++] = (SimLayer){"tiefe", "Größte Wassertiefe", depth};
    if (out->frames.len)
        out->layers[out->layer_count++] = (SimLayer){"zeit", "Wassertiefe im Lauf der Zeit", depth};
    out->layers[out->layer_count++] =
        (SimLayer){"tempo", "Größte Fließgeschwindigkeit", keep(arena, legend_speed())};
    return true;
}

void sim_map_difference(const Request *req, SimMap *map)
{
    const SimLayer depth = map->layers[0];
    map->layers[0] =
        (SimLayer){"unterschied", "Unterschied zu vorher", keep(req->arena, legend_difference())};
    map->layers[1] = depth;
    map->layers[1].label = "Größte Wassertiefe nachher";
    map->layer_count = 2;
    map->picture = STR("unterschied.png");
    map->picture_words = STR("Karte des Unterschieds: wo das Wasser nachher höher oder niedriger "
                             "steht. Die Häuser stehen in der Liste.");
    map->picture_title = STR("Unterschied als Bild");
    map->frames = STR_NONE;
    map->houses = false;
}

bool sim_layer_valid(Str name)
{
    int64_t seconds;

    if (str_is(name, "tiefe") || str_is(name, "tempo") || str_is(name, "unterschied"))
        return true;
    return str_starts_with(name, "zeit-") &&
           str_to_i64(str_slice(name, strlen("zeit-"), name.len), &seconds) && seconds >= 0;
}

static void layer_palette(Request *req, Str layer, PaintPalette *out)
{
    const PaintScale *scale = &PAINT_DEPTH;
    Legend legend;

    if (str_is(layer, "tempo")) {
        legend = legend_speed();
        scale = &PAINT_SPEED;
    } else if (str_is(layer, "unterschied")) {
        legend = legend_difference();
        scale = &PAINT_DIFFERENCE;
    } else {
        legend = legend_depth(req->tenant, req->arena);
    }
    legend_palette(&legend, scale, out);
}

bool sim_tile_answer(Request *req, Response *res, int64_t sim, bool is_public, Err *err)
{
    Str layer = request_param(req, "ebene");
    PaintPalette palette;

    if (!sim_layer_valid(layer))
        return err_set(err, ERR_NOT_FOUND, "Eine Karte „%.*s“ gibt es nicht.", STR_ARG(layer));
    layer_palette(req, layer, &palette);
    const char *file = sim_file(req->arena, req->tenant, sim,
                                arena_printf(req->arena, "tiles/%.*s.mbtiles", STR_ARG(layer)));
    return tile_answer(req, res, file, &palette, is_public, err);
}

/* GET /desk/zwilling/:id/kacheln/:ebene/:z/:x/:y */
bool desk_sim_tile(Request *req, Response *res, Err *err)
{
    int64_t id;

    return (str_to_i64(request_param(req, "id"), &id) ||
            err_set(err, ERR_NOT_FOUND, "Diese Simulation gibt es nicht.")) &&
           sim_tile_answer(req, res, id, false, err);
}

bool sim_picture_answer(Request *req, Response *res, int64_t sim, Err *err)
{
    Str bytes;
    PaintPalette palette;

    if (!folder_read_file(sim_file(req->arena, req->tenant, sim, "tiles/bild.png"),
                          PICTURE_MAX_BYTES, req->arena, &bytes, err))
        return false;
    layer_palette(req, STR("tiefe"), &palette);
    for (int i = 0; i <= PICTURE_STEP_MAX; i++)
        if (palette.colours[i].opacity == 0) /* a film of water that the legend does not show */
            palette.colours[i] = (Colour){0xf1, 0xee, 0xe7, 255};
    palette.colours[PICTURE_HOUSE] = (Colour){0x9a, 0x90, 0x84, 255};
    palette.colours[PICTURE_GROUND] = (Colour){0xf1, 0xee, 0xe7, 255};
    bytes = paint_recolour(req->arena, bytes, &palette);
    return (bytes.ptr || err_set(err, ERR_INTERNAL, "the picture has no palette of ours")) &&
           respond_bytes(res, req->arena, STR("image/png"), bytes, STR_NONE);
}

/* GET /desk/zwilling/:id/bild.png */
bool desk_sim_picture(Request *req, Response *res, Err *err)
{
    Sim sim;

    return desk_sim_asked(req, &sim, err) && sim_picture_answer(req, res, sim.id, err);
}

/* GET /desk/zwilling/:id/unterschied.png */
bool desk_sim_difference(Request *req, Response *res, Err *err)
{
    ReportPictures pictures = {0};
    Sim sim;

    if (!desk_sim_asked(req, &sim, err))
        return false;
    if (!sim.before)
        return err_set(err, ERR_NOT_FOUND, "Diese Simulation wird mit keiner anderen verglichen.");
    return report_pictures_read(&pictures, sim_file(req->arena, req->tenant, sim.id, "tiles"),
                                req->arena, err) &&
           respond_bytes(res, req->arena, STR("image/png"),
                         report_difference_png(req->arena, &pictures), STR_NONE);
}

/* --- Figures
 * --------------------------------------------------------------------------------------- */

static void fact(SimPage *page, const char *label, Str value)
{
    page->facts[page->fact_count++] = (FactView){.label = str_c(label), .value = value};
}

/* The model's title; its name, when it is gone. */
static Str model_title(const Request *req, const Sim *sim)
{
    Model model;
    Err err = {0};

    return model_load(req->tenant, sim->model, req->arena, &model, &err) ? model.title : sim->model;
}

static void fill_facts(Request *req, SimPage *page)
{
    Arena *arena = req->arena;
    const Node *s = page->sim.summary;
    const Node *volume = node_get(s, "volume");
    double cpu = node_get_real(s, "cpu_seconds");

    fact(page, "Stadtmodell", model_title(req, &page->sim));
    fact(page, "Gerechnete Zeit", str_printf(arena, "%d Minuten", page->sim.minutes));
    fact(page, "Gefallener Regen",
         str_printf(arena, "%.*s m³",
                    STR_ARG(german_fixed(arena, node_get_real(volume, "rain_m3"), 0))));
    fact(page, "Versickert",
         str_printf(arena, "%.*s m³",
                    STR_ARG(german_fixed(arena, node_get_real(volume, "infiltrated_m3"), 0))));
    fact(page, "Abgeflossen",
         str_printf(arena, "%.*s m³",
                    STR_ARG(german_fixed(arena, node_get_real(volume, "outflow_m3"), 0))));
    fact(page, "Noch in der Stadt",
         str_printf(arena, "%.*s m³",
                    STR_ARG(german_fixed(arena, node_get_real(volume, "stored_m3"), 0))));
    fact(page, "Raster",
         str_printf(arena, "%.*s Felder, %.*s Rechenschritte%s",
                    STR_ARG(german_fixed(arena, node_get_real(s, "cells"), 0)),
                    STR_ARG(german_fixed(arena, node_get_real(s, "steps"), 0)),
                    node_get_i64(s, "order", 2) == 1 ? ", schnell gerechnet" : ""));
    fact(page, "Rechenzeit",
         str_printf(arena, "%.*s Sekunden", STR_ARG(german_fixed(arena, cpu, cpu < 10 ? 1 : 0))));
    fact(page, "Rechenfehler der Wassermenge",
         str_printf(
             arena, "%.*s Liter",
             STR_ARG(german_fixed(arena, fabs(node_get_real(s, "volume_error_m3")) * 1000, 0))));
}

static bool fill_affected(Tx *tx, Arena *arena, SimPage *page, Err *err)
{
    int64_t all, deep;

    if (!page->map.houses)
        return true;
    if (!house_count(tx, page->sim.id, AFFECTED_M, &all, err) ||
        !house_count(tx, page->sim.id, DEEP_M, &deep, err))
        return false;
    if (all == 0)
        page->affected = STR("Kein Haus hat mehr als 10 cm Wasser an der Wand");
    else
        page->affected = str_printf(
            arena, "%lld %s mit mehr als 10 cm Wasser an der Wand, %s davon mit mehr als 50 cm",
            (long long)all, all == 1 ? "Haus" : "Häuser",
            deep ? str_cstr(arena, german_fixed(arena, (double)deep, 0)) : "keins");
    return true;
}

/* What the computation doubted, in German; in English what nobody has put into German. */
static void fill_warnings(const Request *req, SimPage *page)
{
    Arena *arena = req->arena;
    Str folder = str_printf(arena, "%.*s/twin/", STR_ARG(req->tenant->folder));
    const Node *english = node_get(page->sim.summary, "warnings");
    const Node *german = node_get(page->sim.summary, "warnings_de");
    SimWarning *warnings = arena_array(arena, SimWarning, english ? english->count : 0);

    for (size_t i = 0; english && i < english->count; i++) {
        Str words = german ? node_text(node_at(german, i)) : STR_NONE;
        warnings[i] =
            words.ptr
                ? (SimWarning){words, true}
                : (SimWarning){str_replace(arena, node_text(english->items[i]), folder, STR("")),
                               false};
    }
    page->warnings = warnings;
    page->warning_count = english ? english->count : 0;
}

/* --- The page
 * -------------------------------------------------------------------------------------- */

static bool load_rest(Request *req, SimPage *page, JobView *job, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);
    if (!tx)
        return false;
    bool good = fill_affected(tx, req->arena, page, err);
    bool computing = str_eq(page->sim.status, SIM_WAITING) || str_eq(page->sim.status, SIM_RUNNING);
    if (good && computing) {
        good = job_view_of(tx, req, page->sim.job, job, err);
        page->job = job;
    }
    tx_end(tx);
    return good;
}

static Str report_path(const Request *req, Str path)
{
    Str event = request_query(req, "ereignis");
    Buf out = buf_in(req->arena);

    buf_addf(&out, "%.*s/bericht.pdf", STR_ARG(path));
    if (event.ptr) {
        buf_add_c(&out, "?ereignis=");
        percent_encode(&out, event, "");
    }
    return buf_str(&out);
}

/* GET /desk/zwilling/:id */
bool desk_sim_show(Request *req, Response *res, Err *err)
{
    SimPage page = {0};
    JobView job;

    if (!desk_sim_asked(req, &page.sim, err))
        return false;
    Str path = str_printf(req->arena, "/desk/zwilling/%lld", (long long)page.sim.id);
    /* What lies in the folder while it computes is not the whole yet. */
    if ((page.sim.finished && !sim_map_load(req, &page.sim, path, &page.map, err)) ||
        !load_rest(req, &page, &job, err))
        return false;
    page.report = report_path(req, path);
    page.status = desk_sim_status(&page.sim, &page.tone);
    page.may_delete = !page.job && !page.sim.published;
    if (page.sim.summary)
        fill_facts(req, &page);
    GaugesView gauges;
    if (page.map.layer_count) {
        if (!gauges_load(req, &page.sim, &gauges, err))
            return false;
        page.gauges = &gauges;
    }
    page.said = page.sim.error;
    Str why = str_cut(&page.said, '\n');
    fill_warnings(req, &page);
    Out why_text = out_for(req);
    out_text(&why_text, why);
    page.why = out_html(&why_text);
    Out out = out_for(req);
    page_desk_sim(&out, &page);
    PageFrame frame = {.area = AREA_DESK,
                       .title = page.sim.title,
                       .active = STR("/desk/zwilling"),
                       .wide = true,
                       .map = page.map.layer_count > 0,
                       .script = page.map.layer_count > 0 ? "twin.js" : NULL,
                       .refresh_seconds = page.job ? REFRESH_SECONDS : 0};
    return page_send(req, res, &frame, out_html(&out));
}

/* GET /desk/zwilling/:id/ereignisse */
bool desk_sim_events(Request *req, Response *res, Err *err)
{
    Sim sim;

    return desk_sim_asked(req, &sim, err) && job_events_of(req, res, sim.job, err);
}

/* --- Doing
 * ------------------------------------------------------------------------------------------- */

typedef struct Act {
    Sim sim;
    Str actor;
    bool publish;
} Act;

static bool write_stop(Tx *tx, void *context, Err *err)
{
    const Act *act = context;
    return job_stop(tx, act->sim.job, err);
}

/* POST /desk/zwilling/:id/anhalten: every planner may, as every planner may delete it. */
bool desk_sim_stop(Request *req, Response *res, Err *err)
{
    Act act = {0};

    return desk_sim_asked(req, &act.sim, err) && db_write(req->tenant->db, write_stop, &act, err) &&
           respond_redirect(req, res,
                            str_printf(req->arena, "/desk/zwilling/%lld", (long long)act.sim.id));
}

static bool write_publish(Tx *tx, void *context, Err *err)
{
    const Act *act = context;
    return sim_publish(tx, act->sim.id, act->publish, act->actor, err);
}

static bool set_published(Request *req, Response *res, bool publish, Err *err)
{
    Act act = {.actor = request_actor(req), .publish = publish};

    return desk_sim_asked(req, &act.sim, err) &&
           db_write(req->tenant->db, write_publish, &act, err) &&
           respond_redirect(req, res,
                            str_printf(req->arena, "/desk/zwilling/%lld", (long long)act.sim.id));
}

bool desk_sim_publish(Request *req, Response *res, Err *err)
{
    return set_published(req, res, true, err);
}

bool desk_sim_withdraw(Request *req, Response *res, Err *err)
{
    return set_published(req, res, false, err);
}

static bool write_delete(Tx *tx, void *context, Err *err)
{
    const Act *act = context;
    return sim_delete(tx, act->sim.id, act->actor, err);
}

/* POST /desk/zwilling/:id/loeschen: first from the lists, then from the disk. */
bool desk_sim_delete(Request *req, Response *res, Err *err)
{
    Act act = {.actor = request_actor(req)};

    return desk_sim_asked(req, &act.sim, err) &&
           db_write(req->tenant->db, write_delete, &act, err) &&
           folder_remove(sim_folder(req->arena, req->tenant, act.sim.id), err) &&
           respond_redirect(req, res, STR("/desk/zwilling"));
}
