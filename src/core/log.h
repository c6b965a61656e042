/* SPDX-License-Identifier: EUPL-1.2 */
/* The operator's log: one line on standard error, with the moment. No personal data and no
 * secrets: name things by id. */
#pragma once

typedef enum LogLevel {
    LOG_INFO,
    LOG_WARNING,
    LOG_ERROR,
} LogLevel;

void log_line(LogLevel level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Show only lines of this level and above; LOG_INFO at first. */
void log_set_level(LogLevel level);
