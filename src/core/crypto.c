/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/crypto.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert(crypto_secretbox_xchacha20poly1305_KEYBYTES == 32, "keys are 32 bytes");

/* libsodium declares its arguments as never NULL, even for no bytes. */
static const unsigned char *bytes_of(Str s)
{
    return (const unsigned char *)(s.ptr ? s.ptr : "");
}

void crypto_start(void)
{
    /* Seeded by the system, then drawn in the process: a page needs several random numbers, and a
     * system call for each costs more than the rest of them. */
    if (randombytes_set_implementation(&randombytes_internal_implementation) != 0 ||
        sodium_init() < 0) {
        fputs("rathaus: the random number generator of the system does not answer\n", stderr);
        abort();
    }
}

void crypto_random(void *out, size_t size)
{
    randombytes_buf(out, size);
}

Str crypto_token(Arena *arena, size_t bytes)
{
    unsigned char random[64];

    assert(bytes > 0 && bytes <= sizeof random);
    crypto_random(random, bytes);
    return crypto_base64url(arena, (Str){(const char *)random, bytes});
}

/* OpenSSL's uses the processor's instructions for it: libsodium's takes ten times as long. */
static EVP_MD *sha256;

static void fetch_sha256(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

void crypto_sha256(Str data, unsigned char out[32])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, fetch_sha256);
    if (!sha256 || !EVP_Digest(bytes_of(data), data.len, out, NULL, sha256, NULL))
        crypto_hash_sha256(out, bytes_of(data), data.len);
}

Str crypto_sha256_hex(Arena *arena, Str data)
{
    unsigned char hash[32];

    crypto_sha256(data, hash);
    return crypto_hex(arena, (Str){(const char *)hash, sizeof hash});
}

Str crypto_hmac(Arena *arena, const unsigned char key[32], Str data)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];

    crypto_auth_hmacsha256(mac, bytes_of(data), data.len, key);
    return crypto_base64url(arena, (Str){(const char *)mac, sizeof mac});
}

void crypto_mac(const unsigned char key[32], Str data, unsigned char *out, size_t size)
{
    assert(size >= crypto_generichash_BYTES_MIN && size <= crypto_generichash_BYTES_MAX);
    crypto_generichash(out, size, bytes_of(data), data.len, key, 32);
}

bool crypto_equal(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || sodium_memcmp(a.ptr, b.ptr, a.len) == 0);
}

Str crypto_hex(Arena *arena, Str data)
{
    size_t size = data.len * 2 + 1;
    char *text = arena_alloc(arena, size);

    sodium_bin2hex(text, size, bytes_of(data), data.len);
    return (Str){text, size - 1};
}

Str crypto_base64url(Arena *arena, Str data)
{
    const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    size_t size = sodium_base64_encoded_len(data.len, variant);
    char *text = arena_alloc(arena, size);

    sodium_bin2base64(text, size, bytes_of(data), data.len, variant);
    return (Str){text, size - 1};
}

bool crypto_base64url_decode(Arena *arena, Str text, Str *out)
{
    size_t size = text.len / 4 * 3 + 3;
    unsigned char *bytes = arena_alloc(arena, size);
    size_t length = 0;
    const char *end = NULL;

    if (text.len == 0) {
        *out = STR("");
        return true;
    }
    if (sodium_base642bin(bytes, size, text.ptr, text.len, NULL, &length, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.ptr + text.len)
        return false;
    *out = (Str){(const char *)bytes, length};
    return true;
}

enum {
    NONCE = crypto_secretbox_xchacha20poly1305_NONCEBYTES,
    MAC = crypto_secretbox_xchacha20poly1305_MACBYTES,
};

Str crypto_seal(Arena *arena, const unsigned char key[32], Str plain)
{
    size_t size = NONCE + MAC + plain.len;
    unsigned char *out = arena_alloc(arena, size);

    crypto_random(out, NONCE);
    crypto_secretbox_xchacha20poly1305_easy(out + NONCE, bytes_of(plain), plain.len, out, key);
    return (Str){(const char *)out, size};
}

bool crypto_open(Arena *arena, const unsigned char key[32], Str sealed, Str *plain)
{
    const unsigned char *bytes = bytes_of(sealed);

    if (sealed.len < NONCE + MAC)
        return false;
    unsigned char *out = arena_alloc(arena, sealed.len - NONCE - MAC + 1);
    if (crypto_secretbox_xchacha20poly1305_open_easy(out, bytes + NONCE, sealed.len - NONCE, bytes,
                                                     key) != 0)
        return false;
    *plain = (Str){(const char *)out, sealed.len - NONCE - MAC};
    return true;
}

void crypto_subkey(const unsigned char master[32], const char *purpose, unsigned char out[32])
{
    /* Keyed BLAKE2b as a pseudo-random function: one independent key for each purpose. */
    crypto_generichash(out, 32, (const unsigned char *)purpose, strlen(purpose), master, 32);
}

Str crypto_base64(Arena *arena, Str data)
{
    const int variant = sodium_base64_VARIANT_ORIGINAL;
    size_t size = sodium_base64_encoded_len(data.len, variant);
    char *text = arena_alloc(arena, size);

    sodium_bin2base64(text, size, bytes_of(data), data.len, variant);
    return (Str){text, size - 1};
}

bool crypto_base64_decode(Arena *arena, Str text, Str *out)
{
    size_t size = text.len / 4 * 3 + 3, length;
    unsigned char *bytes = arena_alloc(arena, size);
    const char *end;

    if (sodium_base642bin(bytes, size, text.ptr ? text.ptr : "", text.len, "\r\n", &length, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text.ptr + text.len)
        return false;
    *out = (Str){(const char *)bytes, length};
    return true;
}
