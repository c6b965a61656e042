/* SPDX-License-Identifier: EUPL-1.2 */
/* Thin names over libsodium: hashes, tokens, comparison in constant time, secrets at rest. */
#pragma once

#include "base/err.h"

/* Once, at the start of the program. */
void crypto_start(void);
void crypto_random(void *out, size_t size);
/* `bytes` random bytes as base64url without padding (32 bytes: 43 characters). */
Str crypto_token(Arena *arena, size_t bytes);
void crypto_sha256(Str data, unsigned char out[32]);
Str crypto_sha256_hex(Arena *arena, Str data);
/* HMAC-SHA-256 as base64url. */
Str crypto_hmac(Arena *arena, const unsigned char key[32], Str data);
/* Keyed BLAKE2b (RFC 7693) of 16 to 64 bytes: a MAC that is quicker than HMAC, for what does not
 * leave the house. */
void crypto_mac(const unsigned char key[32], Str data, unsigned char *out, size_t size);
bool crypto_equal(Str a, Str b);
Str crypto_hex(Arena *arena, Str data);
Str crypto_base64url(Arena *arena, Str data);
bool crypto_base64url_decode(Arena *arena, Str text, Str *out);
/* Base64 with padding (RFC 4648, section 4); line breaks are skipped when reading. */
Str crypto_base64(Arena *arena, Str data);
bool crypto_base64_decode(Arena *arena, Str text, Str *out);
/* Authenticated encryption (XChaCha20-Poly1305); `out` is nonce || box. */
Str crypto_seal(Arena *arena, const unsigned char key[32], Str plain);
bool crypto_open(Arena *arena, const unsigned char key[32], Str sealed, Str *plain);
/* A subkey of a master key for a purpose ("file", "csrf"). */
void crypto_subkey(const unsigned char master[32], const char *purpose, unsigned char out[32]);
