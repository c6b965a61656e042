/* SPDX-License-Identifier: EUPL-1.2 */
/* GiroCode: the QR code that fills in a transfer (EPC069-12, version 002). */
#include "base/buf.h"
#include "base/utf8.h"
#include "post/letter.h"

enum {
    NAME_MAX_CHARS = 70,
    REFERENCE_MAX_CHARS = 140,
    PAYLOAD_MAX = 331, /* what a version 13 symbol at level M holds */
};

static const int64_t cents_max = 99999999999; /* 999,999,999.99 euros */

static bool is_upper_or_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* ISO 13616 with its check digits (ISO 7064 mod 97-10). */
static bool iban_valid(Str iban)
{
    int remainder = 0;

    if (iban.len < 15 || iban.len > 34)
        return false;
    for (size_t i = 0; i < iban.len; i++) {
        char c = iban.ptr[(i + 4) % iban.len];

        if (!is_upper_or_digit(c))
            return false;
        remainder =
            c <= '9' ? (remainder * 10 + (c - '0')) % 97 : (remainder * 100 + (c - 'A' + 10)) % 97;
    }
    return remainder == 1;
}

static bool bic_valid(Str bic)
{
    for (size_t i = 0; i < bic.len; i++)
        if (!is_upper_or_digit(bic.ptr[i]))
            return false;
    return bic.len == 0 || bic.len == 8 || bic.len == 11;
}

static bool text_fits(Str text, size_t max_chars)
{
    return utf8_valid_text(text) && str_find_char(text, '\n') < 0 &&
           str_find_char(text, '\r') < 0 && utf8_length(text) <= max_chars;
}

bool giro_code_payload(const GiroCode *giro, Arena *arena, Str *out, Err *err)
{
    Str iban = str_replace(arena, giro->iban, STR(" "), STR(""));
    Buf payload = buf_in(arena);

    if (str_empty(giro->name) || !text_fits(giro->name, NAME_MAX_CHARS))
        return err_field(err, "name", "GiroCode: the payee needs 1 to %d characters on one line",
                         NAME_MAX_CHARS);
    if (!iban_valid(iban))
        return err_field(err, "iban", "GiroCode: \"%.*s\" is not a valid IBAN",
                         STR_ARG(str_slice(giro->iban, 0, 50)));
    if (!bic_valid(giro->bic))
        return err_field(err, "bic", "GiroCode: a BIC has 8 or 11 capital letters and digits");
    if (giro->cents < 1 || giro->cents > cents_max)
        return err_field(err, "cents",
                         "GiroCode: the amount must lie between 0.01 and "
                         "999999999.99 euros");
    if (!text_fits(giro->reference, REFERENCE_MAX_CHARS))
        return err_field(err, "reference",
                         "GiroCode: the reference may have %d characters on "
                         "one line",
                         REFERENCE_MAX_CHARS);
    /* Service tag, version, UTF-8, SCT; then purpose and structured reference are empty. */
    buf_addf(&payload, "BCD\n002\n1\nSCT\n%.*s\n%.*s\n%.*s\nEUR%lld.%02lld\n\n\n%.*s",
             STR_ARG(giro->bic), STR_ARG(giro->name), STR_ARG(iban), (long long)(giro->cents / 100),
             (long long)(giro->cents % 100), STR_ARG(giro->reference));
    *out = buf_str(&payload);
    if (out->len > PAYLOAD_MAX)
        return err_field(err, "reference",
                         "GiroCode: name and reference are too long together (%zu of %d bytes)",
                         out->len, PAYLOAD_MAX);
    return true;
}
