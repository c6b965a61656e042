/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers with a check digit: IBAN and the German tax id. */
#include "cases/field.h"
#include "core/page/out.h"

/* Lengths by country: SWIFT's IBAN registry (ISO 13616), release 98. */
static const struct {
    char country[3];
    int length;
} IBAN_LENGTHS[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24},
    {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
    {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27},
    {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27},
    {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20},
    {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20}, {"MR", 27},
    {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24}, {"PL", 28},
    {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24}, {"SC", 31},
    {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28},
    {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
};

/* The remainder modulo 97 of the number in which A stands for 10 … Z for 35. */
static int remainder_97(Str iban, size_t from, size_t to, int remainder)
{
    for (size_t i = from; i < to; i++) {
        int c = (unsigned char)iban.ptr[i];
        remainder =
            c >= 'A' ? (remainder * 100 + c - 'A' + 10) % 97 : (remainder * 10 + c - '0') % 97;
    }
    return remainder;
}

IbanFault field_iban_check(Str iban, int *length)
{
    *length = 0;
    if (iban.len < 5 || iban.len > 34)
        return IBAN_SHAPE;
    for (size_t i = 0; i < iban.len; i++) {
        char c = iban.ptr[i];
        bool digit = c >= '0' && c <= '9';
        bool letter = c >= 'A' && c <= 'Z';
        if (i < 2 ? !letter : i < 4 ? !digit : !digit && !letter)
            return IBAN_SHAPE;
    }
    for (size_t i = 0; i < sizeof IBAN_LENGTHS / sizeof *IBAN_LENGTHS; i++)
        if (memcmp(IBAN_LENGTHS[i].country, iban.ptr, 2) == 0)
            *length = IBAN_LENGTHS[i].length;
    if (*length == 0)
        return IBAN_COUNTRY;
    if ((int)iban.len != *length)
        return IBAN_LENGTH;
    return remainder_97(iban, 0, 4, remainder_97(iban, 4, iban.len, 0)) == 1 ? IBAN_OK
                                                                             : IBAN_CHECKSUM;
}

/* Of the first ten digits exactly one stands there twice or three times, all others at most once;
 * three are never neighbours (Identifikationsnummern since 2016). */
static bool repetition_valid(Str digits)
{
    int counts[10] = {0};
    int repeated = 0;

    for (size_t i = 0; i < 10; i++) {
        counts[digits.ptr[i] - '0']++;
        if (i >= 2 && digits.ptr[i] == digits.ptr[i - 1] && digits.ptr[i] == digits.ptr[i - 2])
            return false;
    }
    for (size_t i = 0; i < 10; i++) {
        if (counts[i] > 3)
            return false;
        repeated += counts[i] > 1;
    }
    return repeated == 1;
}

bool field_tax_id_check(Str digits)
{
    int product = 10;

    if (digits.len != 11 || digits.ptr[0] == '0')
        return false;
    for (size_t i = 0; i < 11; i++)
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
    for (size_t i = 0; i < 10; i++) {
        int sum = (digits.ptr[i] - '0' + product) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10 == digits.ptr[10] - '0' && repetition_valid(digits);
}

/* Without spaces (and, for the tax id, slashes); letters in upper case. */
static Str squeeze(Arena *arena, Str text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '/')
            continue;
        if (c == '\xC2' && i + 1 < text.len && text.ptr[i + 1] == '\xA0') {
            i++;
            continue;
        }
        out[len++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    return (Str){out, len};
}

static bool refuse_iban(const FieldTask *task, Str iban, IbanFault fault, int length)
{
    Str message;

    switch (fault) {
    case IBAN_LENGTH:
        message =
            trf(task->arena, task->lang, "Diese IBAN hat %d Zeichen. IBANs dieses Landes haben %d.",
                (int)iban.len, length);
        break;
    case IBAN_COUNTRY:
        message = trf(task->arena, task->lang,
                      "Das Land „%.2s“ am Anfang der IBAN kennen wir nicht. Bitte prüfen Sie die "
                      "IBAN.",
                      str_cstr(task->arena, iban));
        break;
    case IBAN_CHECKSUM:
        message = tr(task->lang,
                     "Die Prüfziffer dieser IBAN stimmt nicht. Bitte vergleichen Sie sie mit Ihrer "
                     "Bankkarte.");
        break;
    default:
        message = tr(task->lang,
                     "Das ist keine IBAN. Eine deutsche IBAN beginnt mit DE und hat 22 Zeichen.");
    }
    return field_refuse(task, "type", message);
}

bool field_normalise_identifier(const FieldTask *task, const Node *raw, Node **out)
{
    Str text;
    int length;

    if (!field_clean_text(task, raw, false, &text))
        return false;
    if (!text.ptr)
        return true;
    text = squeeze(task->arena, text);
    if (task->field->type == FIELD_IBAN) {
        IbanFault fault = field_iban_check(text, &length);
        if (fault != IBAN_OK)
            return refuse_iban(task, text, fault, length);
    } else if (text.len != 11) {
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "Eine Steuer-Identifikationsnummer hat 11 Ziffern. Sie haben %d "
                                "eingegeben.",
                                (int)text.len));
    } else if (!field_tax_id_check(text)) {
        return field_refuse(task, "type",
                            tr(task->lang,
                               "Diese Steuer-Identifikationsnummer gibt es nicht. Bitte "
                               "vergleichen Sie sie mit Ihrem Steuerbescheid."));
    }
    *out = node_string(task->arena, text);
    return true;
}
