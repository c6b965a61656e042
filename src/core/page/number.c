/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/number.h"

#include "base/buf.h"

static bool is_digits(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

Str digits_text(Arena *arena, Str text, Str lang, int least_places)
{
    bool english = str_is(lang, "en");
    Buf out = buf_in(arena);
    ptrdiff_t point = str_find_char(text, '.');
    Str whole = point < 0 ? text : str_slice(text, 0, (size_t)point);
    Str fraction = point < 0 ? STR("") : str_slice(text, (size_t)point + 1, text.len);

    if (str_starts_with(whole, "-")) {
        buf_add_char(&out, '-');
        whole = str_slice(whole, 1, whole.len);
    }
    bool plain = is_digits(whole);
    for (size_t i = 0; i < whole.len; i++) {
        if (plain && i && (whole.len - i) % 3 == 0)
            buf_add_char(&out, english ? ',' : '.');
        buf_add_char(&out, whole.ptr[i]);
    }
    if (fraction.len || least_places)
        buf_add_char(&out, english ? '.' : ',');
    buf_add(&out, fraction);
    for (int i = (int)fraction.len; i < least_places; i++)
        buf_add_char(&out, '0');
    return buf_str(&out);
}

Str count_text(Arena *arena, int64_t count, Str lang)
{
    return digits_text(arena, str_printf(arena, "%lld", (long long)count), lang, 0);
}
