/* SPDX-License-Identifier: EUPL-1.2 */
/* The engine that tells other programs what happened: the tenant's events as CloudEvents, pushed
 * to subscribed addresses (webhooks) or fetched from a position. docs/hooks.md */
#pragma once

#include "core/engine.h"

extern const Engine HOOKS_ENGINE;
