/* SPDX-License-Identifier: EUPL-1.2 */
/* The socket on which the server waits. */
#pragma once

#include "base/err.h"

/* Is it "ADDRESS:PORT", "[::1]:PORT" or ":PORT"? `flag` is what said it: "--listen". */
bool listen_check(const char *flag, const char *listen, Err *err);
/* Port 0 picks a free one. -1 with a message that says what to do. */
int listen_open(Arena *arena, const char *flag, const char *listen, Err *err);
/* "http://127.0.0.1:8080" of a listening socket, or an empty text. */
Str listen_address(Arena *arena, int fd);
