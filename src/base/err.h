/* SPDX-License-Identifier: EUPL-1.2 */
/* Err: why something failed, for whom, and where the input came from.
 *
 * A fallible function returns bool (or a pointer) and takes `Err *err` last.
 * Messages name the thing and the remedy. `err` is never NULL. */
#pragma once

#include "base/str.h"

typedef enum ErrKind {
    ERR_NONE,
    ERR_INPUT,       /* the caller's input is wrong; HTTP 400/422 */
    ERR_NOT_FOUND,   /* HTTP 404 */
    ERR_FORBIDDEN,   /* HTTP 403 */
    ERR_CONFLICT,    /* somebody else was faster, or the state does not allow it; HTTP 409 */
    ERR_TOO_LARGE,   /* a limit was exceeded; HTTP 413 */
    ERR_TOO_MANY,    /* too often; HTTP 429 */
    ERR_TEMPORARY,   /* try again later; HTTP 503 */
    ERR_UNSUPPORTED, /* understood, and not offered here; HTTP 501 */
    ERR_INTERNAL,    /* ours; HTTP 500, details only in the log */
} ErrKind;

typedef struct Err {
    ErrKind kind;
    char message[1024];
    char file[200]; /* where the input came from, or "" */
    char field[200];
    int line; /* 1-based, 0 unknown */
    int column;
} Err;

/* Set kind and message; place and field are cleared. Always returns false, so
 * that a function can `return err_set(...)`. */
bool err_set(Err *err, ErrKind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* As err_set with ERR_INPUT and the place. `file` may be NULL. */
bool err_at(Err *err, const char *file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* As err_set with ERR_INPUT and the path of the field, e.g. "hunde[1].chip". */
bool err_field(Err *err, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Put "what: " before the message. Returns false. */
bool err_context(Err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
void err_clear(Err *err);

#ifdef __clang_analyzer__
/* What the static analyser cannot see from here: they return false. */
#define err_set(...) (err_set(__VA_ARGS__), false)
#define err_at(...) (err_at(__VA_ARGS__), false)
#define err_field(...) (err_field(__VA_ARGS__), false)
#define err_context(...) (err_context(__VA_ARGS__), false)
#endif

/* "file:line:column: message", as far as known. */
const char *err_text(const Err *err, Arena *arena);
/* The HTTP status that tells this error. */
int err_http_status(ErrKind kind);
