/* SPDX-License-Identifier: EUPL-1.2 */
/* The citizen's side as one table: pages, drafts. */
#include "cases/cases.h"
#include "cases/keeps.h"
#include "cases/open_data.h"
#include "cases/own_data.h"
#include "cases/portal.h"

static const Route ROUTES[] = {
    {"GET", "/", portal_home, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/dienste", portal_services, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/dienste/:service", portal_service, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/dienste/:service/:procedure", portal_procedure, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"POST", "/dienste/:service/:procedure/antrag", portal_begin, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/antrag/:token", portal_resume, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/antrag/:token/pruefen", portal_review_show, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"POST", "/antrag/:token/pruefen", portal_review_send, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/antrag/:token/fertig", portal_done, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/antrag/:token/sichern", portal_save_show, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"POST", "/antrag/:token/sichern", portal_save_mail, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/antrag/:token/datei/:sha256", portal_draft_file, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/antrag/:token/:page", portal_form_show, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"POST", "/antrag/:token/:page", portal_form_send, ACCESS_PUBLIC, NULL, ROUTE_UPLOAD},
    {"GET", "/status/:token", portal_status, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"GET", "/status/:token/dokument/:id", portal_status_document, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/status/:token/daten.json", own_data_case, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/meine-daten.json", own_data_all, ACCESS_CITIZEN, NULL, 0},
    {"GET", "/status/:token/korrektur", portal_correction_show, ACCESS_PUBLIC, NULL, 0},
    {"POST", "/status/:token/korrektur", portal_correction_send, ACCESS_PUBLIC, NULL, ROUTE_UPLOAD},
    {"GET", "/daten", open_data_page, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/daten/katalog.jsonld", open_data_catalogue, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/daten/:datei", open_data_file, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/antraege", portal_mine, ACCESS_CITIZEN, NULL, 0},
    {"GET", "/postfach", portal_mailbox, ACCESS_CITIZEN, NULL, ROUTE_FAST},
    {"GET", "/postfach/briefe/:id", portal_mailbox_letter, ACCESS_CITIZEN, NULL, 0},
    {0},
};

static const Schedule SCHEDULES[] = {
    {.name = "drafts", .every_minutes = 60, .run = draft_expire},
    {0},
};

const Engine CITIZEN_ENGINE = {.name = "citizen",
                               .migrations = DRAFT_MIGRATIONS,
                               .routes = ROUTES,
                               .schedules = SCHEDULES,
                               .open_data = open_data_add,
                               .keeps = CITIZEN_KEEPS};
