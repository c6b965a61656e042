/* SPDX-License-Identifier: EUPL-1.2 */
/* The engine as one table: schema, pages, effects and commands of services and cases. */
#include "cases/case_store.h"
#include "cases/cases.h"
#include "cases/publish.h"

static const EffectKind EFFECTS[] = {
    {.name = "letter", .label = "Brief erstellen", .run = effect_letter},
    {.name = "receipt", .label = "Eingangsbestätigung erstellen", .run = effect_receipt},
    {0},
};

const Engine CASES_ENGINE = {
    .name = "cases",
    .migrations = CASE_MIGRATIONS,
    .effects = EFFECTS,
    .tenant_open = cases_tenant_open,
    .tenant_close = cases_tenant_close,
};
