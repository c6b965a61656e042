/* SPDX-License-Identifier: EUPL-1.2 */
/* The page on which a planner changes the city. */
#include "core/page/problem.h"
#include "twin/plan/desk.h"
#include "twin/plan/desk_measures.html.h"
#include "twin/plan/measure.h"

static bool load(Request *req, MeasuresPage *page, Err *err)
{
    *page = (MeasuresPage){0};
    if (!desk_sim_asked(req, &page->sim, err))
        return false;
    Str path = str_printf(req->arena, "/desk/zwilling/%lld", (long long)page->sim.id);
    if (!sim_map_load(req, &page->sim, path, &page->map, err))
        return false;
    return page->map.layer_count ||
           err_set(err, ERR_CONFLICT, "Diese Simulation ist noch nicht fertig berechnet.");
}

static bool show(Request *req, Response *res, const MeasuresPage *page)
{
    Out out = out_for(req);

    page_desk_measures(&out, page);
    res->status = page->error.message.len ? 422 : 0;
    PageFrame frame = {.area = AREA_DESK,
                       .title = STR("Stadt verändern"),
                       .active = STR("/desk/zwilling"),
                       .wide = true,
                       .map = true,
                       .script = "twin.js"};
    return page_send(req, res, &frame, out_html(&out));
}

/* GET /desk/zwilling/:id/massnahmen */
bool desk_sim_measures(Request *req, Response *res, Err *err)
{
    MeasuresPage page;

    if (!load(req, &page, err))
        return false;
    page.measures = page.sim.measures;
    return show(req, res, &page);
}

/* POST /desk/zwilling/:id/massnahmen: on to the rain. */
bool desk_sim_measures_take(Request *req, Response *res, Err *err)
{
    MeasuresPage page;
    Str measures;
    size_t count;
    Err wrong = {0};

    if (!load(req, &page, err))
        return false;
    page.measures = request_form(req, "massnahmen");
    if (!measures_check(page.measures, page.map.area, req->arena, &measures, &count, &wrong)) {
        page.error = (FieldError){STR("massnahmen"), problem_words(&wrong, req->arena)};
        return show(req, res, &page);
    }
    return desk_sim_new_with(req, res, &page.sim, measures, err);
}
