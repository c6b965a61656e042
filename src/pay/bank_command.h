/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus bank import`: a bank statement from the command line. */
#pragma once

int bank_command(int argc, char **argv);
