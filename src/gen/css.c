/* SPDX-License-Identifier: EUPL-1.2 */
#include "gen/css.h"
#include "base/buf.h"

#include <ctype.h>
#include <stdlib.h>

/* --- Words ---------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static int compare_words(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

void words_collect(Arena *arena, WordSet *words, Str text, const char *prefix)
{
    size_t at = 0;

    while (at < text.len) {
        size_t end = at;
        while (end < text.len && is_word(text.ptr[end]))
            end++;
        Str word = str_slice(text, at, end);
        if (word.len && str_starts_with(word, prefix))
            VEC_PUSH(arena, words, word);
        at = end + 1;
    }
}

void words_finish(WordSet *words)
{
    size_t kept = 0;

    if (words->count)
        qsort(words->items, words->count, sizeof *words->items, compare_words);
    for (size_t i = 0; i < words->count; i++) {
        if (i == 0 || !str_eq(words->items[i], words->items[kept - 1]))
            words->items[kept++] = words->items[i];
    }
    words->count = kept;
}

bool words_has(const WordSet *words, Str word)
{
    return words->count &&
           bsearch(&word, words->items, words->count, sizeof *words->items, compare_words);
}

/* --- Scanning ------------------------------------------------------------------------- */

/* Without comments, white space runs as one space; strings stay. */
static Str strip(Arena *arena, Str css)
{
    Buf out = buf_in(arena);

    buf_reserve(&out, css.len);
    for (size_t i = 0; i < css.len; i++) {
        char c = css.ptr[i];
        if (c == '/' && i + 1 < css.len && css.ptr[i + 1] == '*') {
            ptrdiff_t end = str_find(str_slice(css, i + 2, css.len), STR("*/"));
            i = end < 0 ? css.len : i + 2 + (size_t)end + 1;
        } else if (c == '"' || c == '\'') {
            size_t from = i++;
            while (i < css.len && css.ptr[i] != c)
                i += css.ptr[i] == '\\' ? 2 : 1;
            buf_add(&out, str_slice(css, from, i + 1));
        } else if (strchr(" \t\r\n", c)) {
            if (out.len && !strchr(" {};,", out.ptr[out.len - 1]))
                buf_add_char(&out, ' ');
        } else {
            if (out.len && strchr("{};,", c) && out.ptr[out.len - 1] == ' ')
                out.len--;
            buf_add_char(&out, c);
        }
    }
    return buf_str(&out);
}

/* Offset of the first of `stops` outside strings and brackets; css.len when there is none. */
static size_t scan_to(Str css, size_t at, const char *stops)
{
    int depth = 0;

    while (at < css.len) {
        char c = css.ptr[at];
        if (c == '"' || c == '\'') {
            for (at++; at < css.len && css.ptr[at] != c; at++)
                at += css.ptr[at] == '\\';
        } else if (depth == 0 && strchr(stops, c)) {
            return at;
        } else if (c == '(' || c == '[') {
            depth++;
        } else if (c == ')' || c == ']') {
            depth--;
        }
        at++;
    }
    return css.len;
}

/* Offset of the "}" that closes the "{" at `open`. */
static size_t matching_brace(Str css, size_t open)
{
    int depth = 0;
    size_t at = open;

    while (at < css.len) {
        at = scan_to(css, at, "{}");
        if (at < css.len && css.ptr[at] == '{')
            depth++;
        if (at < css.len && css.ptr[at] == '}' && --depth == 0)
            return at;
        at++;
    }
    return css.len;
}

/* --- Subset --------------------------------------------------------------------------- */

typedef struct Subset {
    Arena *arena;
    const char *prefix;
    const WordSet *used;
    const char *file;
} Subset;

/* The alternatives of :is() and :where() and what :not() excludes need no element of that
 * class; what :has() names does. Returns the end of what can be skipped at "(". */
static size_t skip_alternatives(Str selector, size_t paren)
{
    if (str_ends_with(str_slice(selector, 0, paren), ":has"))
        return paren;
    for (size_t at = paren, depth = 0; at < selector.len; at++) {
        depth += selector.ptr[at] == '(';
        if (selector.ptr[at] == ')' && --depth == 0)
            return at;
    }
    return selector.len;
}

static bool selector_used(const Subset *subset, Str selector)
{
    if (!subset->prefix)
        return true;
    for (size_t i = 0; i < selector.len; i++) {
        if (selector.ptr[i] == '(')
            i = skip_alternatives(selector, i);
        if (i == selector.len || selector.ptr[i] != '.')
            continue;
        size_t end = i + 1;
        while (end < selector.len && is_word(selector.ptr[end]))
            end++;
        Str name = str_slice(selector, i + 1, end);
        if (str_starts_with(name, subset->prefix) && !words_has(subset->used, name))
            return false;
    }
    return true;
}

static void write_rule(const Subset *subset, Str selectors, Str body, Buf *out)
{
    bool first = true;

    if (str_empty(str_trim(body)))
        return;
    for (size_t at = 0; at < selectors.len;) {
        size_t end = scan_to(selectors, at, ",");
        Str selector = str_trim(str_slice(selectors, at, end));
        at = end + 1;
        if (!selector_used(subset, selector))
            continue;
        if (!first)
            buf_add_char(out, ',');
        buf_add(out, selector);
        first = false;
    }
    if (first)
        return;
    if (str_ends_with(body, ";"))
        body.len--;
    buf_addf(out, "{%.*s}\n", STR_ARG(body));
}

static bool write_block(const Subset *subset, Str css, Buf *out, Err *err)
{
    for (size_t at = 0; at < css.len;) {
        size_t stop = scan_to(css, at, "{;");
        Str prelude = str_trim(str_slice(css, at, stop));
        if (stop == css.len) {
            if (prelude.len)
                return err_set(err, ERR_INPUT, "%s: no rule follows \"%.60s\"", subset->file,
                               str_cstr(subset->arena, prelude));
            return true;
        }
        if (css.ptr[stop] == ';') { /* @charset, @import: nothing of ours */
            at = stop + 1;
            continue;
        }
        size_t close = matching_brace(css, stop);
        if (close == css.len)
            return err_set(err, ERR_INPUT, "%s: \"}\" is missing after \"%.60s\"", subset->file,
                           str_cstr(subset->arena, prelude));
        Str body = str_trim(str_slice(css, stop + 1, close));
        at = close + 1;
        if (str_starts_with(prelude, "@media") || str_starts_with(prelude, "@supports")) {
            Buf inner = buf_in(subset->arena);
            if (!write_block(subset, body, &inner, err))
                return false;
            if (inner.len)
                buf_addf(out, "%.*s{%.*s}\n", STR_ARG(prelude), STR_ARG(buf_str(&inner)));
        } else if (str_starts_with(prelude, "@")) {
            buf_addf(out, "%.*s{%.*s}\n", STR_ARG(prelude), STR_ARG(body));
        } else {
            write_rule(subset, prelude, body, out);
        }
    }
    return true;
}

bool css_subset(Arena *arena, Str css, const char *file, const char *prefix, const WordSet *used,
                Str *out, Err *err)
{
    Subset subset = {.arena = arena, .prefix = prefix, .used = used, .file = file};
    Buf buf = buf_in(arena);

    if (!write_block(&subset, strip(arena, css), &buf, err))
        return false;
    *out = buf_str(&buf);
    return true;
}

/* --- Custom properties ------------------------------------------------------------------ */

static void collect_reads(Arena *arena, WordSet *reads, Str css)
{
    for (size_t at = 0; at < css.len;) {
        ptrdiff_t found = str_find(str_slice(css, at, css.len), STR("var("));
        if (found < 0)
            break;
        size_t from = at + (size_t)found + 4;
        size_t end = from;
        while (end < css.len && is_word(css.ptr[end]))
            end++;
        VEC_PUSH(arena, reads, str_slice(css, from, end));
        at = end;
    }
    words_finish(reads);
}

/* One pass; `*dropped` counts. A declaration begins after "{" or ";". */
static Str drop_once(Arena *arena, Str css, const char *prefix, size_t *dropped)
{
    WordSet reads = {0};
    Buf out = buf_in(arena);
    size_t from = 0;

    collect_reads(arena, &reads, css);
    for (size_t at = 0; at + 1 < css.len; at++) {
        if (css.ptr[at] != '{' && css.ptr[at] != ';')
            continue;
        Str rest = str_slice(css, at + 1, css.len);
        if (!str_starts_with(rest, prefix))
            continue;
        size_t end = at + 1;
        while (end < css.len && is_word(css.ptr[end]))
            end++;
        if (end == css.len || css.ptr[end] != ':' || words_has(&reads, str_slice(css, at + 1, end)))
            continue;
        buf_add(&out, str_slice(css, from, at + 1));
        from = scan_to(css, end, ";}");
        if (from < css.len && css.ptr[from] == ';')
            from++;
        at = from - 2; /* look again from the character before the next declaration */
        (*dropped)++;
    }
    buf_add(&out, str_slice(css, from, css.len));
    return buf_str(&out);
}

Str css_drop_unused_properties(Arena *arena, Str css, const char *prefix)
{
    size_t dropped = 0;

    do {
        dropped = 0;
        css = drop_once(arena, css, prefix, &dropped);
    } while (dropped);
    return css;
}
