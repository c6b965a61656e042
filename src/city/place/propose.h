/* SPDX-License-Identifier: EUPL-1.2 */
/* What the desk accepted of citizens' proposals: the effect "place", which a service package orders
 * (services/ortsvorschlag). A place is made once however often the effect runs: it is known by
 * properties/key, "vorschlag/CASE". */
#pragma once

#include "city/hub/hub.h"
#include "core/work/work.h"

/* `ort` names the Thing of a correction, whose properties change; without it a new place is made in
 * `datensatz`, which is made when it is missing. */
#define PLACE_EFFECT_VALUES                                                                  \
    "ort datensatz name kategorie beschreibung strasse stadt laenge breite oeffnungszeiten " \
    "webseite telefon barrierefrei foto foto_text"

bool place_effect(EffectRun *run, Err *err);
