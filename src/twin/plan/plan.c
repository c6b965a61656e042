/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/desk.h"
#include "twin/plan/gauges.h"
#include "twin/plan/hazard.h"

bool plan_settings_check(Tenant *tenant, size_t index, Err *err)
{
    Arena *arena = arena_create(0);
    char *file = arena_printf(arena, "%.*s/tenant.yaml", STR_ARG(tenant->folder));
    Legend legend;
    bool good =
        legend_read(node_path(tenant->settings, STR("twin.legend")), file, arena, &legend, err);

    (void)index;
    arena_destroy(arena);
    return good;
}

const NavItem PLAN_NAVIGATION[] = {
    {"/desk/zwilling", "Zwilling", "twin.plan"},
    {0},
};

const Route PLAN_ROUTES[] = {
    {"GET", "/desk/zwilling", desk_sims, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/neu", desk_sim_new, ACCESS_STAFF, "twin.plan", 0},
    {"POST", "/desk/zwilling/neu", desk_sim_order, ACCESS_STAFF, "twin.plan", ROUTE_UPLOAD},
    {"GET", "/desk/zwilling/messungen", desk_measured, ACCESS_STAFF, "twin.plan", 0},
    {"POST", "/desk/zwilling/messungen", desk_measured_take, ACCESS_STAFF, "twin.plan",
     ROUTE_UPLOAD},
    {"POST", "/desk/zwilling/messungen/:messung/loeschen", desk_measured_drop, ACCESS_STAFF,
     "twin.plan", 0},
    {"GET", "/desk/zwilling/:id", desk_sim_show, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/bild.png", desk_sim_picture, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/unterschied.png", desk_sim_difference, ACCESS_STAFF, "twin.plan",
     0},
    {"GET", "/desk/zwilling/:id/kacheln/:ebene/:z/:x/:y", desk_sim_tile, ACCESS_STAFF, "twin.plan",
     0},
    {"GET", "/desk/zwilling/:id/punkt", desk_sim_point, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/pfeile", desk_sim_arrows, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/haeuser", desk_sim_houses, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/haeuser.csv", desk_sim_houses_csv, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/haeuser.geojson", desk_sim_houses_json, ACCESS_STAFF, "twin.plan",
     0},
    {"GET", "/desk/zwilling/:id/haeuser/:haus", desk_sim_house, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/bericht.pdf", desk_sim_report, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/vergleich.pdf", desk_compare_report, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/massnahmen", desk_sim_measures, ACCESS_STAFF, "twin.plan", 0},
    {"POST", "/desk/zwilling/:id/massnahmen", desk_sim_measures_take, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/vergleich", desk_sim_compare, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/desk/zwilling/:id/ereignisse", desk_sim_events, ACCESS_STAFF, "twin.plan",
     ROUTE_STREAM},
    {"POST", "/desk/zwilling/:id/anhalten", desk_sim_stop, ACCESS_STAFF, "twin.plan", 0},
    {"POST", "/desk/zwilling/:id/veroeffentlichen", desk_sim_publish, ACCESS_STAFF, "twin.plan", 0},
    {"POST", "/desk/zwilling/:id/zurueckziehen", desk_sim_withdraw, ACCESS_STAFF, "twin.plan", 0},
    {"POST", "/desk/zwilling/:id/loeschen", desk_sim_delete, ACCESS_STAFF, "twin.plan", 0},
    {"GET", "/starkregen", hazard_page, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/starkregen/bild.png", hazard_picture, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/starkregen/punkt", hazard_point, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/starkregen/kacheln/:ebene/:z/:x/:y", hazard_tile, ACCESS_PUBLIC, NULL, 0},
    {0},
};
