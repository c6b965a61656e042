/* SPDX-License-Identifier: EUPL-1.2 */
#include "ident/internal.h"

#include "base/utf8.h"
#include "core/crypto.h"

#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <stdatomic.h>

enum { PASSWORD_MIN = 12, PASSWORD_MAX_BYTES = 256, AT_ONCE = 2, WAITING_MAX = 16 };

static sem_t places;
static atomic_int waiting;
static char dummy_hash[crypto_pwhash_STRBYTES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool hash_into(char out[crypto_pwhash_STRBYTES], Str password)
{
    return crypto_pwhash_str(out, password.ptr ? password.ptr : "", password.len,
                             crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

bool password_busy(void)
{
    return atomic_load(&waiting) >= WAITING_MAX;
}

static void place_take(void)
{
    atomic_fetch_add(&waiting, 1);
    while (sem_wait(&places) != 0)
        continue;
    atomic_fetch_sub(&waiting, 1);
}

static void prepare(void)
{
    sem_init(&places, 0, AT_ONCE);
    if (!hash_into(dummy_hash, STR("nobody has this password")))
        dummy_hash[0] = '\0';
}

bool password_hash(Arena *arena, Str password, Str *out, Err *err)
{
    char text[crypto_pwhash_STRBYTES];

    pthread_once(&once, prepare);
    place_take();
    bool ok = hash_into(text, password);
    sem_post(&places);
    if (!ok)
        return err_set(err, ERR_TEMPORARY, "no memory for a password hash (64 MiB)");
    *out = str_copy(arena, str_c(text));
    return true;
}

bool password_verify(Str hash, Str password)
{
    char text[crypto_pwhash_STRBYTES] = "";

    pthread_once(&once, prepare);
    if (hash.ptr && hash.len < sizeof text)
        memcpy(text, hash.ptr, hash.len);
    else
        memcpy(text, dummy_hash, sizeof text);
    if (password.len > PASSWORD_MAX_BYTES)
        password.len = PASSWORD_MAX_BYTES;
    place_take();
    bool same = crypto_pwhash_str_verify(text, password.ptr ? password.ptr : "", password.len) == 0;
    sem_post(&places);
    return same && hash.ptr;
}

const char *password_problem(Str password, Str login)
{
    if (utf8_length(password) < PASSWORD_MIN)
        return "Das Passwort hat mindestens 12 Zeichen. Gut merken lassen sich mehrere Wörter.";
    if (password.len > PASSWORD_MAX_BYTES)
        return "Das Passwort ist zu lang.";
    bool same = true;
    for (size_t i = 1; i < password.len; i++)
        same = same && password.ptr[i] == password.ptr[0];
    if (same)
        return "Das Passwort besteht nur aus einem Zeichen. Bitte wählen Sie ein anderes.";
    if (login.len >= 3 && str_find(password, login) >= 0)
        return "Das Passwort darf den Anmeldenamen nicht enthalten.";
    return NULL;
}

Str password_make(Arena *arena)
{
    static const char LETTERS[] = "23456789abcdefghjkmnpqrstuvwxyzA"; /* 32 that look different */
    unsigned char random[16];
    Buf text = buf_in(arena);

    crypto_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++) {
        if (i > 0 && i % 4 == 0)
            buf_add_char(&text, '-');
        buf_add_char(&text, LETTERS[random[i] % 32]);
    }
    return buf_str(&text);
}
