/* SPDX-License-Identifier: EUPL-1.2 */
/* Functions on texts. Positions and lengths count characters (code points). */
#include "base/utf8.h"
#include "city/sta/function.h"

#include <unicode/ucasemap.h>
#include <unicode/uchar.h>

static StaValue substringof(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_bool(str_find(args[1].text, args[0].text) >= 0);
}

/* What OData 4 has in place of substringof: the other way round. */
static StaValue contains(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_bool(str_find(args[0].text, args[1].text) >= 0);
}

static StaValue starts_with(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_bool(str_eq(str_slice(args[0].text, 0, args[1].text.len), args[1].text));
}

static StaValue ends_with(const StaCall *call, const StaValue *args, size_t count)
{
    Str text = args[0].text, end = args[1].text;

    (void)call;
    (void)count;
    return sta_bool(text.len >= end.len &&
                    str_eq(str_slice(text, text.len - end.len, text.len), end));
}

static StaValue length(const StaCall *call, const StaValue *args, size_t count)
{
    (void)call;
    (void)count;
    return sta_whole((int64_t)utf8_length(args[0].text));
}

static StaValue index_of(const StaCall *call, const StaValue *args, size_t count)
{
    ptrdiff_t at = str_find(args[0].text, args[1].text);

    (void)call;
    (void)count;
    return sta_whole(at < 0 ? -1 : (int64_t)utf8_length(str_slice(args[0].text, 0, (size_t)at)));
}

/* The byte at which character `index` begins, or the text's end. */
static size_t byte_of(Str text, size_t from, int64_t index)
{
    while (index-- > 0 && from < text.len)
        utf8_next(text, &from);
    return from;
}

static StaValue substring(const StaCall *call, const StaValue *args, size_t count)
{
    Str text = args[0].text;
    int64_t skipped = args[1].whole;
    size_t from = byte_of(text, 0, skipped);
    size_t to = text.len;

    (void)call;
    if (count == 3)
        to = byte_of(text, from, args[2].whole);
    return sta_text(str_slice(text, from, to));
}

static StaValue change_case(const StaCall *call, const StaValue *args, size_t count)
{
    UErrorCode code = U_ZERO_ERROR;
    Str text = args[0].text;
    /* One character becomes three at most (U+0390), and none grows to more than three times its
     * bytes. */
    size_t room = text.len * 3 + 1;
    char *out = arena_alloc_raw(call->arena, room);

    (void)count;
    UCaseMap *map = ucasemap_open("", 0, &code);
    int32_t (*change)(const UCaseMap *, char *, int32_t, const char *, int32_t, UErrorCode *) =
        call->detail ? ucasemap_utf8ToUpper : ucasemap_utf8ToLower;
    int32_t len = change(map, out, (int32_t)room, text.ptr, (int32_t)text.len, &code);
    ucasemap_close(map);
    return U_FAILURE(code) ? sta_null() : sta_text((Str){out, (size_t)len});
}

static size_t blank_at(Str text, size_t at)
{
    size_t next = at;

    return at < text.len && u_isUWhiteSpace((UChar32)utf8_next(text, &next)) ? next - at : 0;
}

static StaValue trim(const StaCall *call, const StaValue *args, size_t count)
{
    Str text = args[0].text;
    size_t from = 0, end;

    (void)call;
    (void)count;
    while (blank_at(text, from))
        from += blank_at(text, from);
    end = from;
    for (size_t at = from; at < text.len;) {
        bool blank = blank_at(text, at) > 0;
        utf8_next(text, &at);
        if (!blank)
            end = at;
    }
    return sta_text(str_slice(text, from, end));
}

static StaValue concat(const StaCall *call, const StaValue *args, size_t count)
{
    (void)count;
    return sta_text(
        str_printf(call->arena, "%.*s%.*s", STR_ARG(args[0].text), STR_ARG(args[1].text)));
}

#define TWO_TEXTS .least = 2, .most = 2, .parameters = {STA_TEXT, STA_TEXT}
#define ONE_TEXT .least = 1, .most = 1, .parameters = {STA_TEXT}

const StaFunction STA_TEXT_FUNCTIONS[] = {
    {"substringof", substringof, STA_BOOL, TWO_TEXTS},
    {"contains", contains, STA_BOOL, TWO_TEXTS},
    {"startswith", starts_with, STA_BOOL, TWO_TEXTS},
    {"endswith", ends_with, STA_BOOL, TWO_TEXTS},
    {"length", length, STA_WHOLE, ONE_TEXT},
    {"indexof", index_of, STA_WHOLE, TWO_TEXTS},
    {"substring", substring, STA_TEXT, 2, 3, .parameters = {STA_TEXT, STA_WHOLE, STA_WHOLE}},
    {"tolower", change_case, STA_TEXT, ONE_TEXT},
    {"toupper", change_case, STA_TEXT, ONE_TEXT, .detail = 1},
    {"trim", trim, STA_TEXT, ONE_TEXT},
    {"concat", concat, STA_TEXT, TWO_TEXTS},
    {0},
};
