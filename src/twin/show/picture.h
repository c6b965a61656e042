/* SPDX-License-Identifier: EUPL-1.2 */
/* The picture of the largest depths: steps of PAINT_DEPTH, and two that no depth has. */
#pragma once

enum { PICTURE_WIDTH = 1200, PICTURE_STEP_MAX = 250, PICTURE_HOUSE = 251, PICTURE_GROUND = 252 };

/* grund.png, what lies below the water: the ground's hill-shade from dark to light, streets and
 * houses by their shapes. */
enum { GROUND_SHADES = 48, GROUND_STREET = 60, GROUND_HOUSE = 61 };
