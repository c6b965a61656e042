/* SPDX-License-Identifier: EUPL-1.2 */
#include "ident/internal.h"

#include "base/buf.h"
#include "base/percent.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { STEP_MS = 30 * 1000, DIGITS = 6 };

/* RFC 4226, section 5.3. */
int totp_code(const unsigned char key[TOTP_KEY_BYTES], int64_t step)
{
    unsigned char message[8];
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;

    for (int i = 0; i < 8; i++)
        message[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    HMAC(EVP_sha1(), key, TOTP_KEY_BYTES, message, sizeof message, digest, &size);
    unsigned offset = digest[19] & 15;
    uint32_t number = (uint32_t)(digest[offset] & 0x7f) << 24 | (uint32_t)digest[offset + 1] << 16 |
                      (uint32_t)digest[offset + 2] << 8 | digest[offset + 3];
    return (int)(number % 1000000);
}

int64_t totp_check(const unsigned char key[TOTP_KEY_BYTES], Str typed, Timestamp now)
{
    char digits[DIGITS + 1] = "";
    size_t count = 0;
    int64_t code;

    /* Apps show "123 456". */
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.ptr[i] == ' ')
            continue;
        if (typed.ptr[i] < '0' || typed.ptr[i] > '9' || count == DIGITS)
            return -1;
        digits[count++] = typed.ptr[i];
    }
    if (count != DIGITS || !str_to_i64((Str){digits, DIGITS}, &code))
        return -1;
    for (int64_t step = now / STEP_MS - 1; step <= now / STEP_MS + 1; step++)
        if (totp_code(key, step) == code)
            return step;
    return -1;
}

Str totp_base32(Arena *arena, const unsigned char *bytes, size_t size)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    Buf text = buf_in(arena);
    uint32_t bits = 0;
    int have = 0;

    for (size_t i = 0; i < size; i++) {
        bits = (bits & 0xffff) << 8 | bytes[i];
        for (have += 8; have >= 5; have -= 5)
            buf_add_char(&text, LETTERS[bits >> (have - 5) & 31]);
    }
    if (have > 0)
        buf_add_char(&text, LETTERS[bits << (5 - have) & 31]);
    return buf_str(&text);
}

Str totp_uri(Arena *arena, const unsigned char key[TOTP_KEY_BYTES], Str login, Str town)
{
    Buf uri = buf_in(arena);

    buf_add_c(&uri, "otpauth://totp/");
    percent_encode(&uri, town, "");
    buf_add_char(&uri, ':');
    percent_encode(&uri, login, "");
    buf_add_c(&uri, "?secret=");
    buf_add(&uri, totp_base32(arena, key, TOTP_KEY_BYTES));
    buf_add_c(&uri, "&issuer=");
    percent_encode(&uri, town, "");
    return buf_str(&uri);
}
