/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus map base`: the map that lies below all others, made from an extract of OpenStreetMap by
 * Debian's tilemaker with a plan and a profile of our own (web/map/base.json, base.lua). */
#pragma once

#define BASE_MAP_SET "grund"

/* argv[0] is "base". */
int base_map_command(int argc, char **argv);
