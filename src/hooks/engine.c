/* SPDX-License-Identifier: EUPL-1.2 */
#include "hooks/hook.h"
#include "hooks/hooks.h"

static const EffectKind EFFECTS[] = {
    {.name = "webhook", .label = "Ereignisse senden", .run = effect_webhook, .remote = true},
    {0},
};

static const NavItem NAVIGATION[] = {
    {"/desk/anbindungen", "Anbindungen", "hook.manage"},
    {0},
};

const Engine HOOKS_ENGINE = {
    .name = "hooks",
    .migrations = HOOK_MIGRATIONS,
    .routes = HOOK_ROUTES,
    .effects = EFFECTS,
    .navigation = NAVIGATION,
    .tenant_open = hooks_open,
    .tenant_close = hooks_close,
    .event_added = hooks_event_added,
};
