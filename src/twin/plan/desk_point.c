/* SPDX-License-Identifier: EUPL-1.2 */
/* The water at a point of the map, in words. */
#include "twin/plan/measure.h"
#include "twin/plan/spot.h"
#include "twin/show/arrow.h"

static const char *compass(double degrees)
{
    static const char *const WORDS[] = {"Norden", "Nordosten", "Osten",  "Südosten",
                                        "Süden",  "Südwesten", "Westen", "Nordwesten"};
    return WORDS[(int)floor(fmod(degrees + 22.5, 360) / 45) % 8];
}

static Str depth_words(Arena *arena, unsigned char step)
{
    if (step == 0)
        return STR("kein Wasser");
    return step == 1 ? STR("weniger als 1 cm Wasser")
                     : str_printf(arena, "%.*s tief",
                                  STR_ARG(depth_text(arena, paint_middle(&PAINT_DEPTH, step))));
}

/* The largest of all: depth, speed, and where it flowed then. */
static bool greatest_words(Request *req, int64_t sim, Spot at, Str *out, Err *err)
{
    Arena *arena = req->arena;
    unsigned char depth, speed, arrow = 0;
    Err gone = {0};

    if (!spot_step(req, sim, STR("tiefe"), at, &depth, err) ||
        !spot_step(req, sim, STR("tempo"), at, &speed, err))
        return false;
    spot_step(req, sim, STR("pfeile"), at, &arrow, &gone); /* earlier simulations have none */
    *out = depth > 1 ? str_printf(arena, "höchstens %.*s", STR_ARG(depth_words(arena, depth)))
                     : depth_words(arena, depth);
    if (depth > 0 && speed > 0)
        *out = str_printf(arena, "%.*s, %.*s m/s%s%s", STR_ARG(*out),
                          STR_ARG(german_fixed(arena, paint_middle(&PAINT_SPEED, speed), 1)),
                          arrow ? " nach " : "", arrow ? compass(arrow_of(arrow).degrees) : "");
    return true;
}

static Str difference_words(Arena *arena, unsigned char step)
{
    double metres = step ? paint_middle(&PAINT_DIFFERENCE, step) : 0;

    if (fabs(metres) < 0.01)
        return STR("kein Unterschied");
    return str_printf(arena, "%.*s %s als vorher", STR_ARG(depth_text(arena, fabs(metres))),
                      metres > 0 ? "mehr" : "weniger");
}

static bool words_at(Request *req, int64_t sim, Str layer, Spot at, Str *out, Err *err)
{
    unsigned char step;

    if (str_is(layer, "tiefe") || str_is(layer, "tempo"))
        return greatest_words(req, sim, at, out, err);
    if (!spot_step(req, sim, layer, at, &step, err))
        return false;
    *out = str_is(layer, "unterschied") ? difference_words(req->arena, step)
                                        : depth_words(req->arena, step);
    return true;
}

/* GET /desk/zwilling/:id/punkt?laenge=9.95&breite=51.55&ebene=tiefe */
bool desk_sim_point(Request *req, Response *res, Err *err)
{
    Str layer = request_query(req, "ebene"), words;
    Node *answer = node_map(req->arena);
    Spot at;
    Sim sim;

    if (!spot_asked(req, &at) || !sim_layer_valid(layer))
        return err_set(err, ERR_INPUT,
                       "Ein Punkt hat eine Länge und eine Breite in Grad und eine Ebene.");
    if (!desk_sim_asked(req, &sim, err) || !words_at(req, sim.id, layer, at, &words, err))
        return false;
    node_add(req->arena, answer, STR("text"), node_string(req->arena, words));
    return respond_json(res, 200, answer, req->arena);
}
