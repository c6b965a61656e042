/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/lexer.h"

#include "base/utf8.h"
#include "city/sta/filter.h"

bool sta_lexer_at_word(const StaLexer *lexer, const char *word)
{
    return lexer->token.kind == STA_TOKEN_NAME && str_eq_nocase(lexer->token.text, str_c(word));
}

bool sta_lexer_accept(StaLexer *lexer, char symbol)
{
    return sta_lexer_at(lexer, symbol) && sta_lexer_next(lexer);
}

bool sta_lexer_expect(StaLexer *lexer, char symbol, const char *where)
{
    if (!sta_lexer_at(lexer, symbol))
        return sta_lexer_fail(lexer, lexer->token.at, "\"%c\" is missing %s; here stands %.*s",
                              symbol, where, STR_ARG(sta_lexer_here(lexer)));
    return sta_lexer_next(lexer);
}

/* --- Characters ------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static bool is_name_part(char c)
{
    return is_name_start(c) || is_digit(c) || c == '.' || c == '-';
}

static char char_at(const StaLexer *lexer, size_t at)
{
    return at < lexer->text.len ? lexer->text.ptr[at] : '\0';
}

static size_t behind_names(const StaLexer *lexer, size_t at)
{
    while (at < lexer->text.len && is_name_part(lexer->text.ptr[at]))
        at++;
    return at;
}

static size_t behind_digits(const StaLexer *lexer, size_t at)
{
    while (is_digit(char_at(lexer, at)))
        at++;
    return at;
}

/* Take the bytes up to `end` as a token. */
static bool take(StaLexer *lexer, StaTokenKind kind, size_t end)
{
    lexer->token =
        (StaToken){.kind = kind, .at = lexer->at, .text = str_slice(lexer->text, lexer->at, end)};
    lexer->at = end;
    return true;
}

static bool take_literal(StaLexer *lexer, size_t end, StaValue value)
{
    take(lexer, STA_TOKEN_LITERAL, end);
    lexer->token.value = value;
    return true;
}

/* --- Texts and what is written like one ------------------------------------------------- */

/* The end of the text whose quote stands at `quote`; its content in `*out`. */
static bool read_quoted(StaLexer *lexer, size_t quote, size_t *end, Str *out)
{
    size_t at = quote + 1, from = at;
    bool doubled = false;

    for (;; at++) {
        if (at >= lexer->text.len)
            return sta_lexer_fail(lexer, quote, "this text has no closing ' (inside, write '')");
        if (lexer->text.ptr[at] != '\'')
            continue;
        if (char_at(lexer, at + 1) != '\'')
            break;
        doubled = true;
        at++;
    }
    *out = str_slice(lexer->text, from, at);
    if (doubled)
        *out = str_replace(lexer->arena, *out, STR("''"), STR("'"));
    *end = at + 1;
    return true;
}

static bool lex_text(StaLexer *lexer)
{
    size_t end;
    Str text;

    return read_quoted(lexer, lexer->at, &end, &text) &&
           take_literal(lexer, end, (StaValue){.type = STA_TEXT, .text = text});
}

/* duration'P1D', geography'POINT(7 51)', geometry'…'; the quote stands at `quote`. */
static bool lex_prefixed(StaLexer *lexer, size_t quote)
{
    Str prefix = str_slice(lexer->text, lexer->at, quote), text;
    size_t end;
    StaDuration duration;

    if (!read_quoted(lexer, quote, &end, &text))
        return false;
    if (str_eq_nocase(prefix, STR("duration"))) {
        if (!sta_duration_parse(text, &duration))
            return sta_lexer_fail(lexer, quote + 1,
                                  "\"%.*s\" is no duration; one looks like P1DT2H30M",
                                  STR_ARG(text));
        return take_literal(lexer, end, sta_duration(duration));
    }
    if (str_eq_nocase(prefix, STR("geography")) || str_eq_nocase(prefix, STR("geometry"))) {
        take_literal(lexer, end, (StaValue){.type = STA_GEOMETRY});
        lexer->token.wkt = text;
        return true;
    }
    return sta_lexer_fail(lexer, lexer->at,
                          "%.*s'…' is not known; there are duration'…', geography'…' and "
                          "geometry'…'",
                          STR_ARG(prefix));
}

/* --- Times and numbers ------------------------------------------------------------------- */

static bool is_time_part(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ':' ||
           c == '.' || c == '+' || c == '-';
}

static size_t behind_time(const StaLexer *lexer, size_t at)
{
    while (at < lexer->text.len && is_time_part(lexer->text.ptr[at]))
        at++;
    return at;
}

/* "2027-" at `at`. */
static bool date_begins(const StaLexer *lexer, size_t at)
{
    return behind_digits(lexer, at) == at + 4 && char_at(lexer, at + 4) == '-';
}

/* "…/2027-…" or "…/P1D": the other side of an interval begins at `at`. */
static bool interval_goes_on(const StaLexer *lexer, size_t at)
{
    char next = char_at(lexer, at + 1);

    return char_at(lexer, at) == '/' &&
           (date_begins(lexer, at + 1) || next == 'P' || next == 'p' || next == '-');
}

/* Why what looks like a time is none. */
static bool fail_time(StaLexer *lexer, size_t end)
{
    Str text = str_slice(lexer->text, lexer->at, end);
    bool cut = char_at(lexer, end) == ' ' && is_digit(char_at(lexer, end + 1)) &&
               str_find_char(text, '+') < 0;

    if (cut)
        return sta_lexer_fail(lexer, end,
                              "the offset of this time has lost its +; write %%2B in an address");
    return sta_lexer_fail(lexer, lexer->at,
                          "\"%.*s\" is no time; one looks like 2027-03-01T09:30:00Z, an interval "
                          "like 2027-03-01T00:00:00Z/P1D, and the end is not before the start",
                          STR_ARG(text));
}

static bool lex_instant_or_interval(StaLexer *lexer)
{
    size_t end = behind_time(lexer, lexer->at);
    StaTime time;

    if (interval_goes_on(lexer, end))
        end = behind_time(lexer, end + 1);
    if (!sta_time_parse(str_slice(lexer->text, lexer->at, end), &time))
        return fail_time(lexer, end);
    return take_literal(lexer, end, sta_time(time));
}

static bool lex_date(StaLexer *lexer)
{
    size_t end = lexer->at + 10;
    int64_t days;

    if (end < lexer->text.len && (char_at(lexer, end) | 32) == 't')
        return lex_instant_or_interval(lexer);
    end = behind_time(lexer, lexer->at);
    if (!sta_date_parse(str_slice(lexer->text, lexer->at, end), &days))
        return sta_lexer_fail(lexer, lexer->at, "\"%.*s\" is no date; one looks like 2027-03-01",
                              STR_ARG(str_slice(lexer->text, lexer->at, end)));
    return take_literal(lexer, end, (StaValue){.type = STA_DATE, .whole = days});
}

static bool lex_clock(StaLexer *lexer)
{
    size_t end = behind_time(lexer, lexer->at);
    int64_t ms;

    if (!sta_clock_parse(str_slice(lexer->text, lexer->at, end), &ms))
        return sta_lexer_fail(lexer, lexer->at,
                              "\"%.*s\" is no time of day; one looks like 09:30:00",
                              STR_ARG(str_slice(lexer->text, lexer->at, end)));
    return take_literal(lexer, end, (StaValue){.type = STA_CLOCK, .whole = ms});
}

static size_t behind_number(const StaLexer *lexer)
{
    size_t at = behind_digits(lexer, lexer->at);

    if (char_at(lexer, at) == '.' && is_digit(char_at(lexer, at + 1)))
        at = behind_digits(lexer, at + 1);
    if ((char_at(lexer, at) | 32) == 'e') {
        size_t digits = at + 1;
        if (char_at(lexer, digits) == '-' || char_at(lexer, digits) == '+')
            digits++;
        if (is_digit(char_at(lexer, digits)))
            at = behind_digits(lexer, digits);
    }
    return at;
}

static bool lex_number(StaLexer *lexer)
{
    size_t digits = behind_digits(lexer, lexer->at);

    if (date_begins(lexer, lexer->at))
        return lex_date(lexer);
    if (digits == lexer->at + 2 && char_at(lexer, digits) == ':')
        return lex_clock(lexer);
    size_t end = behind_number(lexer);
    StaValue value = sta_number_of_text(str_slice(lexer->text, lexer->at, end));
    if (value.type == STA_NULL)
        return sta_lexer_fail(lexer, lexer->at, "this number is too large");
    if (is_name_part(char_at(lexer, end)))
        return sta_lexer_fail(lexer, end, "\"%.*s\" is no number",
                              STR_ARG(str_slice(lexer->text, lexer->at, behind_names(lexer, end))));
    return take_literal(lexer, end, value);
}

/* "P1D/2027-…": an interval that begins with a duration. */
static bool duration_leads(const StaLexer *lexer)
{
    size_t end = behind_time(lexer, lexer->at);

    return (char_at(lexer, lexer->at) | 32) == 'p' && char_at(lexer, end) == '/' &&
           date_begins(lexer, end + 1);
}

/* --- Tokens ------------------------------------------------------------------------------ */

static void skip_blanks(StaLexer *lexer)
{
    while (char_at(lexer, lexer->at) && strchr(" \t\r\n", char_at(lexer, lexer->at)))
        lexer->at++;
}

bool sta_lexer_next(StaLexer *lexer)
{
    skip_blanks(lexer);
    char c = char_at(lexer, lexer->at);

    if (lexer->at >= lexer->text.len)
        return take(lexer, STA_TOKEN_END, lexer->at);
    if (c == '\'')
        return lex_text(lexer);
    if (is_digit(c))
        return lex_number(lexer);
    if (is_name_start(c)) {
        size_t end = behind_names(lexer, lexer->at);
        if (char_at(lexer, end) == '\'')
            return lex_prefixed(lexer, end);
        return duration_leads(lexer) ? lex_instant_or_interval(lexer)
                                     : take(lexer, STA_TOKEN_NAME, end);
    }
    if (c && strchr("(),/:;=[]-", c))
        return take(lexer, STA_TOKEN_SYMBOL, lexer->at + 1);
    size_t end = lexer->at;
    utf8_next(lexer->text, &end);
    return sta_lexer_fail(lexer, lexer->at, "\"%.*s\" does not belong here",
                          STR_ARG(str_slice(lexer->text, lexer->at, end)));
}

bool sta_lexer_next_segment(StaLexer *lexer)
{
    size_t end = behind_names(lexer, lexer->at);

    if (end == lexer->at)
        return sta_lexer_fail(lexer, lexer->at, "behind \"/\" a name is missing");
    return take(lexer, STA_TOKEN_NAME, end);
}

bool sta_lexer_begin(StaLexer *lexer, Arena *arena, const char *option, Str text, Err *err)
{
    *lexer = (StaLexer){.arena = arena, .option = option, .text = text, .err = err};
    if (text.len > STA_MAX_FILTER) {
        lexer->failed = true;
        return err_set(err, ERR_INPUT, "%s has %zu bytes; at most %d are read", option, text.len,
                       STA_MAX_FILTER);
    }
    if (!utf8_valid(text)) {
        lexer->failed = true;
        return err_set(err, ERR_INPUT, "%s is no valid UTF-8", option);
    }
    return sta_lexer_next(lexer);
}
