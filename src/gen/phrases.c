/* SPDX-License-Identifier: EUPL-1.2 */
#include "gen/phrases.h"
#include "base/buf.h"
#include "gen/file.h"

#include <ctype.h>
#include <dirent.h>

typedef struct Scan {
    Arena *arena;
    Str text;
    size_t at;
    int line;
    const char *file;
    Phrases *out;
} Scan;

static char peek(const Scan *s, size_t ahead)
{
    return s->at + ahead < s->text.len ? s->text.ptr[s->at + ahead] : '\0';
}

static void step(Scan *s)
{
    s->line += peek(s, 0) == '\n';
    s->at++;
}

static bool looking_at(const Scan *s, const char *what)
{
    return str_starts_with(str_slice(s->text, s->at, s->text.len), what);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void skip_until(Scan *s, const char *end)
{
    while (s->at < s->text.len && !looking_at(s, end))
        step(s);
    for (size_t i = 0; end[i] && s->at < s->text.len; i++)
        step(s);
}

/* White space and comments. */
static void skip_blank(Scan *s)
{
    for (;;) {
        if (isspace((unsigned char)peek(s, 0)))
            step(s);
        else if (looking_at(s, "/*"))
            skip_until(s, "*/");
        else
            return;
    }
}

/* A literal at `at`; its text goes to `out` with \n, \" and \\ read. */
static void read_literal(Scan *s, Buf *out)
{
    step(s);
    while (s->at < s->text.len && peek(s, 0) != '"') {
        char c = peek(s, 0);
        if (c == '\\') {
            step(s);
            c = peek(s, 0) == 'n' ? '\n' : peek(s, 0);
        }
        buf_add_char(out, c);
        step(s);
    }
    step(s);
}

/* "…" "…": joined as the compiler does. */
static Str read_literals(Scan *s)
{
    Buf text = buf_in(s->arena);

    buf_reserve(&text, 1);
    while (peek(s, 0) == '"') {
        read_literal(s, &text);
        skip_blank(s);
    }
    return buf_str(&text);
}

static void skip_character(Scan *s)
{
    step(s);
    if (peek(s, 0) == '\\')
        step(s);
    step(s);
    if (peek(s, 0) == '\'')
        step(s);
}

/* Over one argument, to the "," or ")" behind it. Calls inside are left for later: the caller
 * scans on from where the arguments began. */
static void skip_argument(Scan *s)
{
    Buf ignored = buf_in(s->arena);
    int depth = 0;

    while (s->at < s->text.len) {
        char c = peek(s, 0);
        if (depth == 0 && (c == ',' || c == ')'))
            return;
        depth += (c == '(' || c == '{' || c == '[') - (c == ')' || c == '}' || c == ']');
        if (c == '"')
            read_literal(s, &ignored);
        else if (c == '\'')
            skip_character(s);
        else
            step(s);
    }
}

/* The call's argument number `index`, when it is nothing but a literal. */
static void take_argument(Scan *s, int index)
{
    Scan inner = *s;

    for (int i = 0; i < index; i++) {
        skip_argument(&inner);
        if (peek(&inner, 0) != ',')
            return;
        step(&inner);
    }
    skip_blank(&inner);
    int line = inner.line;
    if (peek(&inner, 0) != '"')
        return;
    Str text = read_literals(&inner);
    if (peek(&inner, 0) == ',' || peek(&inner, 0) == ')')
        VEC_PUSH(s->arena, s->out, (Phrase){.text = text, .file = s->file, .line = line});
}

static void take_call(Scan *s, Str name)
{
    static const struct {
        const char *name;
        int argument;
    } CALLS[] = {{"_", 0},   {"_f", 0},         {"N_", 0},          {"tr", 1},
                 {"trf", 2}, {"err_set_in", 3}, {"err_field_in", 3}};

    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++) {
        if (str_is(name, CALLS[i].name)) {
            step(s);
            take_argument(s, CALLS[i].argument);
            return;
        }
    }
}

static void scan_code(Scan *s)
{
    Buf ignored = buf_in(s->arena);

    if (looking_at(s, "/*")) {
        skip_until(s, "*/");
    } else if (is_word(peek(s, 0))) {
        size_t from = s->at;
        while (is_word(peek(s, 0)))
            step(s);
        if (peek(s, 0) == '(')
            take_call(s, str_slice(s->text, from, s->at));
    } else if (peek(s, 0) == '"') {
        read_literal(s, &ignored);
    } else if (peek(s, 0) == '\'') {
        skip_character(s);
    } else {
        step(s);
    }
}

/* Of a template only what stands in {{ }} and {% %} is code. */
static void scan_template(Scan *s)
{
    if (looking_at(s, "{#")) {
        skip_until(s, "#}");
    } else if (looking_at(s, "{{") || looking_at(s, "{%")) {
        const char *end = looking_at(s, "{{") ? "}}" : "%}";
        step(s);
        step(s);
        while (s->at < s->text.len && !looking_at(s, end))
            scan_code(s);
    } else {
        step(s);
    }
}

void phrases_find(Arena *arena, Str source, const char *file, Phrases *out)
{
    Scan scan = {.arena = arena, .text = source, .line = 1, .file = file, .out = out};
    bool template = str_ends_with(str_c(file), ".html");

    while (scan.at < source.len) {
        if (template)
            scan_template(&scan);
        else
            scan_code(&scan);
    }
}

/* --- Words without translation --------------------------------------------------------- */

/* Two letters in a row that are no entity (&nbsp;). */
static bool has_word(Str text)
{
    int letters = 0;
    bool entity = false;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        entity = (entity || c == '&') && c != ';';
        letters = !entity && (isalpha(c) || c >= 0x80) ? letters + 1 : 0;
        if (letters == 2 && (isalpha(c) || isalpha((unsigned char)text.ptr[i - 1])))
            return true;
    }
    return false;
}

static void take_bare(Scan *s, size_t from, size_t to, int line)
{
    Str text = str_trim(str_slice(s->text, from, to));

    if (has_word(text))
        VEC_PUSH(s->arena, s->out, (Phrase){.text = text, .file = s->file, .line = line});
}

static bool skip_construct(Scan *s)
{
    static const char *const PAIRS[][2] = {
        {"{#", "#}"}, {"<!--", "-->"}, {"<!", ">"}, {"{{", "}}"}, {"{%", "%}"}};

    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        if (!looking_at(s, PAIRS[i][0]))
            continue;
        if (PAIRS[i][0][0] == '<' || PAIRS[i][0][1] == '#') {
            skip_until(s, PAIRS[i][1]);
            return true;
        }
        step(s);
        step(s);
        Phrases *out = s->out;
        Phrases ignored = {0};
        s->out = &ignored;
        while (s->at < s->text.len && !looking_at(s, PAIRS[i][1]))
            scan_code(s);
        s->out = out;
        step(s);
        step(s);
        return true;
    }
    return false;
}

/* A tag; the static beginnings of attributes that are read out are looked at. */
static void scan_tag(Scan *s)
{
    static const char *const SPOKEN[] = {" alt=\"", " title=\"", " placeholder=\"",
                                         " aria-label=\""};

    while (s->at < s->text.len && peek(s, 0) != '>') {
        if (skip_construct(s))
            continue;
        for (size_t i = 0; i < sizeof SPOKEN / sizeof *SPOKEN; i++) {
            if (!looking_at(s, SPOKEN[i]))
                continue;
            size_t from = s->at + strlen(SPOKEN[i]);
            size_t to = from;
            while (to < s->text.len && s->text.ptr[to] != '"' && s->text.ptr[to] != '{')
                to++;
            take_bare(s, from, to, s->line);
        }
        step(s);
    }
    step(s);
}

void phrases_find_bare(Arena *arena, Str source, const char *file, Phrases *out)
{
    Scan scan = {.arena = arena, .text = source, .line = 1, .file = file, .out = out};

    while (scan.at < source.len) {
        size_t from = scan.at;
        int line = scan.line;
        if (skip_construct(&scan))
            continue;
        if (peek(&scan, 0) == '<') {
            scan_tag(&scan);
            continue;
        }
        while (scan.at < source.len && !strchr("<{", peek(&scan, 0)))
            step(&scan);
        if (scan.at == from)
            step(&scan);
        take_bare(&scan, from, scan.at, line);
    }
}

/* --- Folders ------------------------------------------------------------------------------ */

static bool is_source(Str name)
{
    if (str_ends_with(name, "_test.c") || str_ends_with(name, "_test.html"))
        return false;
    return str_ends_with(name, ".c") || str_ends_with(name, ".h") || str_ends_with(name, ".html");
}

bool phrases_find_folder(Arena *arena, const char *folder, Phrases *out, Phrases *bare, Err *err)
{
    DIR *dir = opendir(folder);
    bool good = true;

    if (!dir)
        return err_set(err, ERR_INPUT, "cannot read the folder %s", folder);
    for (struct dirent *entry; good && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        const char *path = arena_printf(arena, "%s/%s", folder, entry->d_name);
        Str text;
        if (entry->d_type == DT_DIR) {
            good = phrases_find_folder(arena, path, out, bare, err);
        } else if (is_source(str_c(entry->d_name))) {
            good = file_read(arena, path, &text, err);
            if (good)
                phrases_find(arena, text, path, out);
            if (good && str_ends_with(str_c(path), ".html"))
                phrases_find_bare(arena, text, path, bare);
        }
    }
    closedir(dir);
    return good;
}
