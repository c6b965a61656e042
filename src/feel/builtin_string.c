/* SPDX-License-Identifier: EUPL-1.2 */
/* String functions (10.3.4.3). Positions and lengths count code points. */
#include "feel/builtin.h"

#include "base/utf8.h"
#include "feel/regex.h"

#include <stdlib.h>
#include <unicode/ucasemap.h>

/* Bytes of the first `count` code points. */
static size_t bytes_of(Str s, size_t count)
{
    size_t at = 0;

    while (count-- > 0 && at < s.len)
        utf8_next(s, &at);
    return at;
}

/* Work in proportion to the text's length. */
static void charge_text(FeelEval *e, Str s)
{
    eval_steps(e, s.len / 64);
}

static FeelValue code_substring(FeelEval *e, const FeelValue *args, size_t count)
{
    Str s = args[0].string;
    int64_t start, length = (int64_t)utf8_length(s), wanted = length;

    charge_text(e, s);
    if (!number_truncate_i64(args[1].number, &start) ||
        (count > 2 && !number_truncate_i64(args[2].number, &wanted)))
        return VALUE_NULL;
    if (start < 0)
        start += length + 1;
    if (start < 1 || start > length || (count > 2 && (wanted < 1 || wanted > length - start + 1)))
        return VALUE_NULL;
    Str rest = str_slice(s, bytes_of(s, (size_t)start - 1), s.len);
    return value_string(str_slice(rest, 0, bytes_of(rest, (size_t)wanted)));
}

static FeelValue code_string_length(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)count;
    charge_text(e, args[0].string);
    return value_i64((int64_t)utf8_length(args[0].string));
}

/* Full Unicode case mapping without a language's own rules. */
static FeelValue change_case(FeelEval *e, Str s, bool upper)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t room = s.len * 3 + 1; /* no letter grows more than threefold */

    if (s.len > INT32_MAX / 4)
        return VALUE_NULL;
    char *text = eval_alloc(e, room);
    charge_text(e, s);
    UCaseMap *map = ucasemap_open("", 0, &status);
    int32_t length =
        upper ? ucasemap_utf8ToUpper(map, text, (int32_t)room, s.ptr, (int32_t)s.len, &status)
              : ucasemap_utf8ToLower(map, text, (int32_t)room, s.ptr, (int32_t)s.len, &status);
    ucasemap_close(map);
    return U_SUCCESS(status) ? value_string((Str){text, (size_t)length}) : VALUE_NULL;
}

static FeelValue code_upper_case(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)count;
    return change_case(e, args[0].string, true);
}

static FeelValue code_lower_case(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)count;
    return change_case(e, args[0].string, false);
}

/* Offset of the match, or -1; quadratic at worst, so it is paid for. */
static ptrdiff_t find_text(FeelEval *e, Str s, Str match)
{
    eval_steps(e, s.len / 64 * (1 + (match.len < s.len ? match.len : s.len) / 64));
    return str_find(s, match);
}

static FeelValue code_substring_before(FeelEval *e, const FeelValue *args, size_t count)
{
    ptrdiff_t at = find_text(e, args[0].string, args[1].string);

    (void)count;
    return value_string(at < 0 ? STR("") : str_slice(args[0].string, 0, (size_t)at));
}

static FeelValue code_substring_after(FeelEval *e, const FeelValue *args, size_t count)
{
    Str s = args[0].string;
    ptrdiff_t at = find_text(e, s, args[1].string);

    (void)count;
    return value_string(at < 0 ? STR("") : str_slice(s, (size_t)at + args[1].string.len, s.len));
}

static FeelValue code_contains(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)count;
    return value_boolean(find_text(e, args[0].string, args[1].string) >= 0);
}

static FeelValue code_starts_with(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    return value_boolean(str_eq(str_slice(args[0].string, 0, args[1].string.len), args[1].string));
}

static FeelValue code_ends_with(FeelEval *e, const FeelValue *args, size_t count)
{
    Str s = args[0].string, end = args[1].string;

    (void)e, (void)count;
    return value_boolean(s.len >= end.len && str_eq(str_slice(s, s.len - end.len, s.len), end));
}

static FeelValue code_string_join(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue list = args[0];
    Str delimiter = count > 1 && args[1].kind == FEEL_STRING ? args[1].string : STR("");
    size_t length = 0, parts = 0;

    eval_steps(e, list.list.count);
    for (size_t i = 0; i < list.list.count; i++) {
        FeelValue item = list.list.items[i];
        if (item.kind != FEEL_STRING && item.kind != FEEL_NULL)
            return VALUE_NULL;
        if (item.kind == FEEL_STRING)
            length += item.string.len + (parts++ ? delimiter.len : 0);
    }
    char *text = eval_alloc(e, length + 1), *to = text;
    bool first = true;
    for (size_t i = 0; i < list.list.count; i++) {
        Str item = list.list.items[i].string;
        if (list.list.items[i].kind != FEEL_STRING)
            continue;
        if (!first && delimiter.len) {
            memcpy(to, delimiter.ptr, delimiter.len);
            to += delimiter.len;
        }
        first = false;
        if (item.len)
            memcpy(to, item.ptr, item.len);
        to += item.len;
    }
    return eval_bounded(e, value_string((Str){text, (size_t)(to - text)}));
}

/* --- Regular expressions ------------------------------------------------------------------ */

static Str flags_of(const FeelValue *args, size_t count, size_t position)
{
    return count > position && args[position].kind == FEEL_STRING ? args[position].string : STR("");
}

/* Compiling and running a pattern weighs as much as many simple steps. */
static void charge_regex(FeelEval *e, Str text, Str pattern)
{
    eval_steps(e, 200 + text.len / 8 + pattern.len);
}

static FeelValue code_matches(FeelEval *e, const FeelValue *args, size_t count)
{
    charge_regex(e, args[0].string, args[1].string);
    Regex *regex = regex_open(args[1].string, flags_of(args, count, 2));
    if (!regex)
        return VALUE_NULL;
    Truth truth = regex_search(regex, args[0].string);
    regex_close(regex);
    return value_truth(truth);
}

static FeelValue code_replace(FeelEval *e, const FeelValue *args, size_t count)
{
    RegexText text;
    bool too_long = false;

    charge_regex(e, args[0].string, args[1].string);
    Regex *regex = regex_open(args[1].string, flags_of(args, count, 3));
    if (!regex)
        return VALUE_NULL;
    bool done =
        regex_replace(regex, args[0].string, args[2].string, e->bytes_left / 2, &text, &too_long);
    regex_close(regex);
    if (too_long)
        eval_exceed(e, "its values take too much memory");
    if (!done)
        return VALUE_NULL;
    /* The result was bounded by half of what is left, so this cannot leave. */
    char *copy = eval_alloc(e, text.length + 1);
    if (text.length)
        memcpy(copy, text.bytes, text.length);
    free(text.bytes);
    return eval_bounded(e, value_string((Str){copy, text.length}));
}

static FeelValue code_split(FeelEval *e, const FeelValue *args, size_t count)
{
    Str s = args[0].string;
    size_t *offsets, matches, from = 0, most = e->bytes_left / (4 * sizeof(FeelValue));

    (void)count;
    charge_regex(e, s, args[1].string);
    Regex *regex = regex_open(args[1].string, STR(""));
    if (!regex)
        return VALUE_NULL;
    bool done = regex_split(regex, s, most, &offsets, &matches);
    regex_close(regex);
    if (!done)
        return VALUE_NULL;
    /* At most a quarter of the memory left: cannot leave before the offsets are freed. */
    FeelValue *parts = matches < most ? eval_values(e, matches + 1) : NULL;
    for (size_t i = 0; parts && i < matches; i++) {
        parts[i] = value_string(str_slice(s, from, offsets[i * 2]));
        from = offsets[i * 2 + 1];
    }
    free(offsets);
    if (!parts)
        eval_exceed(e, "its values take too much memory");
    parts[matches] = value_string(str_slice(s, from, s.len));
    return eval_list(e, parts, matches + 1);
}

#define STRING_AND_MATCH          \
    {                             \
        {"string", PARAM_STRING}, \
        {                         \
            "match", PARAM_STRING \
        }                         \
    }

const Builtin BUILTIN_STRING[] = {
    {"substring",
     code_substring,
     RESULT_STRING,
     2,
     3,
     {{"string", PARAM_STRING}, {"start position", PARAM_NUMBER}, {"length", PARAM_NUMBER}}},
    {"string length", code_string_length, RESULT_NUMBER, 1, 1, {{"string", PARAM_STRING}}},
    {"upper case", code_upper_case, RESULT_STRING, 1, 1, {{"string", PARAM_STRING}}},
    {"lower case", code_lower_case, RESULT_STRING, 1, 1, {{"string", PARAM_STRING}}},
    {"substring before", code_substring_before, RESULT_STRING, 2, 2, STRING_AND_MATCH},
    {"substring after", code_substring_after, RESULT_STRING, 2, 2, STRING_AND_MATCH},
    {"contains", code_contains, RESULT_BOOLEAN, 2, 2, STRING_AND_MATCH},
    {"starts with", code_starts_with, RESULT_BOOLEAN, 2, 2, STRING_AND_MATCH},
    {"ends with", code_ends_with, RESULT_BOOLEAN, 2, 2, STRING_AND_MATCH},
    {"string join",
     code_string_join,
     RESULT_STRING,
     1,
     2,
     {{"list", PARAM_LIST}, {"delimiter", PARAM_STRING_OR_NULL}}},
    {"matches",
     code_matches,
     RESULT_BOOLEAN,
     2,
     3,
     {{"input", PARAM_STRING}, {"pattern", PARAM_STRING}, {"flags", PARAM_STRING_OR_NULL}}},
    {"replace",
     code_replace,
     RESULT_STRING,
     3,
     4,
     {{"input", PARAM_STRING},
      {"pattern", PARAM_STRING},
      {"replacement", PARAM_STRING},
      {"flags", PARAM_STRING_OR_NULL}}},
    {"split",
     code_split,
     RESULT_STRINGS,
     2,
     2,
     {{"string", PARAM_STRING}, {"delimiter", PARAM_STRING}}},
    {.name = NULL},
};
