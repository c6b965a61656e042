/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside cases: packages from and to the federal catalogue of data fields (FIM). */
#pragma once

/* `rathaus service import xdatenfelder FILE.xml --out DIR [--codes FOLDER] [--json]` */
int service_import_command(int argc, char **argv);
/* `rathaus service export xdatenfelder|json-schema FOLDER --procedure NAME [--out FILE]` */
int service_export_command(int argc, char **argv);
