/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

/* `rathaus city …` */
int city_command(int argc, char **argv);
