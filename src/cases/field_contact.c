/* SPDX-License-Identifier: EUPL-1.2 */
/* E-mail addresses and telephone numbers. */
#include "cases/field.h"
#include "core/page/out.h"

#include <unicode/uidna.h>

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 5321's dot-string: atoms parted by single dots. */
static bool local_part_valid(Str local)
{
    if (local.len == 0 || local.len > 64)
        return false;
    for (size_t i = 0; i < local.len; i++) {
        char c = local.ptr[i];
        bool dot = c == '.';
        if (dot && (i == 0 || i + 1 == local.len || local.ptr[i - 1] == '.'))
            return false;
        if (!dot && !is_letter_or_digit(c) && !strchr("!#$%&'*+/=?^_`{|}~-", c))
            return false;
        if (c == '\0')
            return false;
    }
    return true;
}

/* Labels of letters, digits and inner hyphens, at least two; the last is no number. */
static bool domain_valid(Str domain)
{
    size_t labels = 0;
    bool digits_only = true;

    if (domain.len > 253)
        return false;
    while (domain.ptr) {
        Str label = str_cut(&domain, '.');
        labels++;
        digits_only = true;
        if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' ||
            label.ptr[label.len - 1] == '-')
            return false;
        for (size_t i = 0; i < label.len; i++) {
            if (!is_letter_or_digit(label.ptr[i]) && label.ptr[i] != '-')
                return false;
            digits_only = digits_only && label.ptr[i] >= '0' && label.ptr[i] <= '9';
        }
        if (!domain.ptr && label.len < 2)
            return false;
    }
    return labels >= 2 && !digits_only;
}

/* The domain in ASCII (IDNA 2008 as UTS 46 reads it). */
static bool domain_to_ascii(Arena *arena, Str domain, Str *out)
{
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    char ascii[256];

    UIDNA *idna = uidna_openUTS46(
        UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &status);
    if (U_FAILURE(status))
        return false;
    int32_t length = uidna_nameToASCII_UTF8(idna, domain.ptr, (int32_t)domain.len, ascii,
                                            sizeof ascii, &info, &status);
    uidna_close(idna);
    if (U_FAILURE(status) || info.errors)
        return false;
    *out = str_copy(arena, (Str){ascii, (size_t)length});
    return true;
}

bool field_email_normal(Arena *arena, Str text, Str *out)
{
    ptrdiff_t at = -1;
    bool ascii = true;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '@')
            at = (ptrdiff_t)i;
        ascii = ascii && (unsigned char)text.ptr[i] < 0x80;
    }
    if (at < 0 || text.len > 254)
        return false;
    Str local = str_slice(text, 0, (size_t)at);
    Str domain = str_lower(arena, str_slice(text, (size_t)at + 1, text.len));
    if (!local_part_valid(local) || (!ascii && !domain_to_ascii(arena, domain, &domain)) ||
        !domain_valid(domain))
        return false;
    *out = str_printf(arena, "%.*s@%.*s", STR_ARG(local), STR_ARG(domain));
    return out->len <= 254;
}

/* What people put between digits. */
static bool is_phone_filler(char c)
{
    return strchr(" -/.()", c) && c;
}

bool field_phone_normal(Arena *arena, Str text, Str *out)
{
    Buf number = buf_in(arena);
    bool plus = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        /* "+49 (0)171": the zero in brackets is not dialled from abroad. */
        if (plus && str_starts_with(str_slice(text, i, text.len), "(0)"))
            i += 2;
        else if (c == '+' && number.len == 0 && !plus)
            plus = true;
        else if (c >= '0' && c <= '9')
            buf_add_char(&number, c);
        else if (!is_phone_filler(c))
            return false;
    }
    Str digits = number.len ? buf_str(&number) : STR("");
    if (!plus && str_starts_with(digits, "00")) {
        plus = true;
        digits = str_slice(digits, 2, digits.len);
    } else if (!plus && str_starts_with(digits, "0")) {
        plus = true;
        digits = str_printf(arena, "49%.*s", STR_ARG(str_slice(digits, 1, digits.len)));
    }
    /* ITU-T E.164: at most 15 digits; no country code begins with 0. */
    if (!plus || digits.len < 6 || digits.len > 15 || digits.ptr[0] == '0')
        return false;
    *out = str_printf(arena, "+%.*s", STR_ARG(digits));
    return true;
}

bool field_normalise_contact(const FieldTask *task, const Node *raw, Node **out)
{
    Str text;

    if (!field_clean_text(task, raw, false, &text))
        return false;
    if (!text.ptr)
        return true;
    if (task->field->type == FIELD_EMAIL && !field_email_normal(task->arena, text, &text))
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "„%s“ ist keine E-Mail-Adresse. Sie sieht so aus: "
                                "name@beispiel.de.",
                                str_cstr(task->arena, text)));
    if (task->field->type == FIELD_PHONE && !field_phone_normal(task->arena, text, &text))
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "„%s“ ist keine Telefonnummer. Bitte geben Sie sie mit Vorwahl an, "
                                "zum Beispiel 0171 1234567.",
                                str_cstr(task->arena, text)));
    *out = node_string(task->arena, text);
    return true;
}
