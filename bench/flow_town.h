/* SPDX-License-Identifier: EUPL-1.2 */
/* C-N: the synthetic town of the flow solver's benches, N x N cells of 2 m with walls around,
 * Manning's n 0.03, dry at first, under 40 mm/h of rain. */
#pragma once

#define TOWN_CELL 2.0
#define TOWN_ROUGHNESS 0.03
#define TOWN_RAIN (0.04 / 3600) /* m/s */

/* Heights of the cells, m, from the north-west by rows; to be freed. A slope to the east with
 * waves, streets 15 cm lower and blocks 6 m high. */
double *town_terrain(int cells);

/* CPU time of the process, s. */
double cpu_seconds(void);
