/* SPDX-License-Identifier: EUPL-1.2 */
/* What a file is, from its bytes: libmagic, and the directory of office documents. */
#include "core/store/file_internal.h"

#include <magic.h>
#include <pthread.h>

/* A cookie is used by one thread at a time and takes its time to load, so each is kept for the
 * next one. There are never more than threads that look at the same moment. */
enum { KEPT = 64 };
static pthread_mutex_t cookies_lock = PTHREAD_MUTEX_INITIALIZER;
static magic_t cookies[KEPT];
static size_t cookie_count;

static magic_t take_cookie(Err *err)
{
    magic_t cookie = NULL;

    pthread_mutex_lock(&cookies_lock);
    if (cookie_count > 0)
        cookie = cookies[--cookie_count];
    pthread_mutex_unlock(&cookies_lock);
    if (cookie)
        return cookie;
    cookie = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
                        MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_TOKENS);
    if (cookie && magic_load(cookie, NULL) == 0)
        return cookie;
    err_set(err, ERR_INTERNAL,
            "the types of files cannot be told: %s; install the package libmagic-mgc",
            cookie ? magic_error(cookie) : "libmagic does not start");
    if (cookie)
        magic_close(cookie);
    return NULL;
}

static void give_cookie_back(magic_t cookie)
{
    pthread_mutex_lock(&cookies_lock);
    if (cookie_count < KEPT) {
        cookies[cookie_count++] = cookie;
        cookie = NULL;
    }
    pthread_mutex_unlock(&cookies_lock);
    if (cookie)
        magic_close(cookie);
}

static bool ends_with_nocase(Str s, const char *suffix)
{
    Str end = str_c(suffix);

    return s.len >= end.len && str_eq_nocase(str_slice(s, s.len - end.len, s.len), end);
}

bool file_type(Str bytes, Str name, Arena *arena, Str *out, Err *err)
{
    Str office = file_is_zip(bytes) ? file_zip_type(bytes) : STR_NONE;

    if (office.ptr) {
        *out = str_copy(arena, office);
        return true;
    }
    magic_t cookie = take_cookie(err);
    if (!cookie)
        return false;
    const char *found = magic_buffer(cookie, bytes.ptr ? bytes.ptr : "", bytes.len);
    *out = str_copy(arena, found ? str_c(found) : STR("application/octet-stream"));
    give_cookie_back(cookie);
    /* Tables of text look like any text. */
    if (str_is(*out, "text/plain") && ends_with_nocase(name, ".csv"))
        *out = STR("text/csv");
    if (str_is(*out, "application/octet-stream") && file_is_zip(bytes))
        *out = STR("application/zip");
    return true;
}
