/* SPDX-License-Identifier: EUPL-1.2 */
/* The picture of the largest depths: steps of PAINT_DEPTH, and two that no depth has. */
#pragma once

enum { PICTURE_WIDTH = 1200, PICTURE_STEP_MAX = 250, PICTURE_HOUSE = 251, PICTURE_GROUND = 252 };
