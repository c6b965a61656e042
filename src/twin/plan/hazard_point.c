/* SPDX-License-Identifier: EUPL-1.2 */
/* The published water at a point of the map, in words of the reader's language. */
#include "twin/plan/hazard.h"
#include "twin/plan/measure.h"
#include "twin/plan/spot.h"

/* A roof has no water on the map, the house below it may have: that is what the search is for. */
static Str words_of(const Request *req, unsigned char step)
{
    if (step == 0)
        return tr(req->lang,
                  "Hier zeigt die Karte kein Wasser. Für ein Haus hilft die Suche nach der "
                  "Adresse.");
    if (step == 1)
        return tr(req->lang, "Hier steht weniger als 1 cm Wasser.");
    return trf(req->arena, req->lang, "Hier steht das Wasser höchstens %.*s tief.",
               STR_ARG(depth_text(req->arena, paint_middle(&PAINT_DEPTH, step))));
}

/* GET /starkregen/punkt?laenge=9.95&breite=51.55 */
bool hazard_point(Request *req, Response *res, Err *err)
{
    Node *answer = node_map(req->arena);
    unsigned char step;
    int64_t sim;
    Spot at;

    if (!spot_asked(req, &at))
        return err_set(err, ERR_INPUT, "Ein Punkt hat eine Länge und eine Breite in Grad.");
    if (!hazard_shown(req, &sim, err) || !spot_step(req, sim, STR("tiefe"), at, &step, err))
        return false;
    node_add(req->arena, answer, STR("text"), node_string(req->arena, words_of(req, step)));
    return respond_json(res, 200, answer, req->arena);
}
