/* SPDX-License-Identifier: EUPL-1.2 */
/* The publish gate: what package_load() cannot see because every part is sound by itself. */
#pragma once

#include "cases/package.h"

/* Add what is wrong with the package as a whole: states that are never reached, actions and
 * findings that can never be; decision tables with gaps and overlaps; bounds that nothing fits;
 * uploads without rules; lists and tables that nothing uses; procedures without an example. */
void package_check(const Package *package, Problems *problems);
/* Ids that mean something else than in the version before: a stored answer would be read
 * wrongly. */
void package_check_against(const Package *package, const Package *previous, Problems *problems);
bool problems_have_error(const Problems *problems);

/* `rathaus service check FOLDER [--overlay DIR] [--previous DIR] [--json]` */
int service_check_command(int argc, char **argv);
