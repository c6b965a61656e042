/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/parse.h"

#include "base/utf8.h"
#include "base/vec.h"

enum { COOKIES_MAX = 50 };

/* A "token" of RFC 9110, section 5.6.2. */
static bool token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static bool token_valid(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!token_char(s.ptr[i]))
            return false;
    return s.len > 0;
}

void cookies_parse(Arena *arena, Str header, FieldList *out)
{
    Str rest = header;

    while (rest.ptr && out->count < COOKIES_MAX) {
        Str value = str_trim(str_cut(&rest, ';'));
        Str name = str_cut(&value, '=');
        if (!value.ptr || !token_valid(name) || !utf8_valid_text(value))
            continue;
        if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
            value = str_slice(value, 1, value.len - 1);
        VEC_PUSH(arena, out, (Field){.name = name, .value = value});
    }
}

/* Cut one `name=value` or `name="value"` and the ";" behind it off `*rest`. */
static bool parameter_cut(Arena *arena, Str *rest, Str *name, Str *value)
{
    Str s = str_trim(*rest);
    ptrdiff_t equals = str_find_char(s, '=');

    if (equals <= 0)
        return false;
    *name = str_slice(s, 0, (size_t)equals);
    s = str_slice(s, (size_t)equals + 1, s.len);
    if (!token_valid(*name))
        return false;
    if (s.len == 0 || s.ptr[0] != '"') {
        *value = str_trim(str_cut(&s, ';'));
        *rest = s;
        return token_valid(*value);
    }
    char *text = arena_alloc(arena, s.len);
    size_t len = 0;
    size_t i = 1;
    for (; i < s.len && s.ptr[i] != '"'; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len)
            i++;
        text[len++] = s.ptr[i];
    }
    if (i == s.len)
        return false;
    *value = (Str){text, len};
    s = str_trim(str_slice(s, i + 1, s.len));
    if (s.len && s.ptr[0] != ';')
        return false;
    *rest = s.len > 1 ? str_slice(s, 1, s.len) : STR_NONE;
    return true;
}

bool media_type_parse(Arena *arena, Str header, MediaType *out, Err *err)
{
    Str rest = header;
    Str type = str_trim(str_cut(&rest, ';'));
    ptrdiff_t slash = str_find_char(type, '/');

    *out = (MediaType){.type = str_lower(arena, type)};
    if (slash <= 0 || !token_valid(str_slice(type, 0, (size_t)slash)) ||
        !token_valid(str_slice(type, (size_t)slash + 1, type.len)))
        return err_set(err, ERR_INPUT, "the Content-Type is malformed");
    while (rest.ptr && str_trim(rest).len) {
        Str name;
        Str value;
        if (!parameter_cut(arena, &rest, &name, &value))
            return err_set(err, ERR_INPUT, "a parameter of the Content-Type is malformed");
        if (str_eq_nocase(name, STR("boundary")))
            out->boundary = value;
        else if (str_eq_nocase(name, STR("charset")))
            out->charset = value;
    }
    return true;
}

/* "0.8" of ";q=0.8" in thousandths; 1000 when there is none, 0 when it is malformed. */
static int quality(Str parameters)
{
    Str rest = parameters;

    while (rest.ptr) {
        Str parameter = str_trim(str_cut(&rest, ';'));
        if (parameter.len < 3 || (parameter.ptr[0] != 'q' && parameter.ptr[0] != 'Q') ||
            parameter.ptr[1] != '=')
            continue;
        Str number = str_slice(parameter, 2, parameter.len);
        if (number.ptr[0] == '1')
            return 1000;
        if (number.ptr[0] != '0' || number.len > 5 || (number.len > 1 && number.ptr[1] != '.'))
            return 0;
        int value = 0;
        for (size_t i = 2; i < 5; i++) {
            char c = i < number.len ? number.ptr[i] : '0';
            if (c < '0' || c > '9')
                return 0;
            value = value * 10 + (c - '0');
        }
        return value;
    }
    return 1000;
}

Str language_choose(Str accept_language)
{
    Str rest = accept_language;
    int german = 0;
    int english = 0;

    for (int i = 0; rest.ptr && i < 20; i++) {
        Str parameters = str_cut(&rest, ',');
        Str range = str_trim(str_cut(&parameters, ';'));
        Str primary = str_cut(&range, '-');
        int q = quality(parameters);
        if (str_eq_nocase(primary, STR("de")) && q > german)
            german = q;
        else if (str_eq_nocase(primary, STR("en")) && q > english)
            english = q;
    }
    if (english > german)
        return STR("en");
    return STR("de");
}

bool accepts_gzip(Str accept_encoding)
{
    Str rest = accept_encoding;

    for (int i = 0; rest.ptr && i < 20; i++) {
        Str parameters = str_cut(&rest, ',');
        Str coding = str_trim(str_cut(&parameters, ';'));
        if (str_eq_nocase(coding, STR("gzip")))
            return quality(parameters) > 0;
    }
    return false;
}
