/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "core/page/out.h"

/* A QR code as inline SVG, dark on white in every colour scheme; `label` is its text for
 * screen readers. */
Html qr_svg(Arena *arena, Str content, Str label);
