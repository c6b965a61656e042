/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

/* `rathaus import REGISTER FILE.csv --data DIR --tenant NAME` */
int import_command(int argc, char **argv);
