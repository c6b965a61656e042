/* SPDX-License-Identifier: EUPL-1.2 */
/* The socket on which the server waits. */
#pragma once

#include "base/err.h"

/* `listen`: "ADDRESS:PORT", "[::1]:PORT" or ":PORT"; port 0 picks a free one. -1 with a message
 * that says what to do. */
int listen_open(Arena *arena, const char *listen, Err *err);
/* "http://127.0.0.1:8080" of a listening socket, or an empty text. */
Str listen_address(Arena *arena, int fd);
