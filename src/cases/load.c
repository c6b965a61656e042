/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading the YAML of packages: problems with a place, ids, texts, expressions. */
#include "cases/load.h"

#include <stdio.h>
#include <unicode/uregex.h>

static void add(Problems *problems, bool warning, Str file, int line, int column,
                const char *format, va_list args)
{
    Problem problem = {warning, file, line, column,
                       str_c(arena_vprintf(problems->arena, format, args))};

    /* The same place may be reached twice (a block used by two forms). */
    for (size_t i = 0; i < problems->count; i++) {
        const Problem *other = &problems->items[i];
        if (other->line == line && other->column == column && str_eq(other->file, file) &&
            str_eq(other->message, problem.message))
            return;
    }
    VEC_PUSH(problems->arena, problems, problem);
}

void problem_add(Problems *problems, bool warning, const Node *at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(problems, warning, at && at->file ? str_c(at->file) : STR(""), at ? at->line : 0,
        at ? at->column : 0, format, args);
    va_end(args);
}

void problem_rule(Problems *problems, const FeelProgram *program, const Node *at)
{
    VEC_PUSH(problems->arena, &problems->rules, (CompiledRule){program, at->line, at->column});
}

void load_error_in(Loader *loader, Str file, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(loader->problems, false, file, line, 0, format, args);
    va_end(args);
}

const PackageFile *load_find(const Loader *loader, Str path)
{
    for (size_t i = 0; i < loader->package->file_count; i++)
        if (str_eq(loader->package->files[i].path, path))
            return &loader->package->files[i];
    return NULL;
}

const Node *load_yaml(Loader *loader, Str path)
{
    const PackageFile *file = load_find(loader, path);
    Err err;

    if (!file)
        return NULL;
    Node *node = node_parse_yaml(loader->arena, file->bytes, str_cstr(loader->arena, path),
                                 &NODE_LIMITS_PACKAGE, &err);
    if (!node) {
        Node at = {.file = str_cstr(loader->arena, path), .line = err.line, .column = err.column};
        load_error(loader, &at, "%s", err.message);
        return NULL;
    }
    if (node->kind != NODE_MAP) {
        load_error_in(loader, path, 1, "the file must be a map (`key: value` lines)");
        return NULL;
    }
    return node;
}

const char *load_nearest(Str wrong, const char *const *words)
{
    const char *best = NULL;
    size_t best_distance = 3;

    for (size_t i = 0; words[i]; i++) {
        size_t d = str_distance(wrong, str_c(words[i]));
        if (d < best_distance && d < strlen(words[i])) {
            best_distance = d;
            best = words[i];
        }
    }
    return best;
}

void load_keys(Loader *loader, const Node *map, const char *what, const char *const *known)
{
    if (!map || map->kind != NODE_MAP)
        return;
    for (size_t i = 0; i < map->count; i++) {
        bool found = false;
        for (size_t k = 0; known[k] && !found; k++)
            found = str_is(map->keys[i], known[k]);
        if (found)
            continue;
        const char *nearest = load_nearest(map->keys[i], known);
        if (nearest)
            load_error(loader, map->items[i], "%s: unknown key \"%.*s\": did you mean \"%s\"?",
                       what, STR_ARG(map->keys[i]), nearest);
        else
            load_error(loader, map->items[i],
                       "%s: unknown key \"%.*s\": remove it (docs/packages.md lists the keys)",
                       what, STR_ARG(map->keys[i]));
    }
}

bool load_is_id(Str text)
{
    if (text.len == 0 || text.len > 60 || text.ptr[0] < 'a' || text.ptr[0] > 'z')
        return false;
    for (size_t i = 1; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return true;
}

Str load_id(Loader *loader, const Node *map, const char *key, const char *what)
{
    const Node *node = node_get(map, key);

    if (!node || node->kind != NODE_STRING) {
        load_error(loader, node ? node : map, "%s: `%s` is missing: give a name like hund_name",
                   what, key);
        return STR_NONE;
    }
    if (!load_is_id(node->text)) {
        load_error(loader, node,
                   "%s: \"%.*s\" is no name: use a to z, 0 to 9 and _, beginning with a letter, "
                   "at most 60 characters",
                   what, STR_ARG(node->text));
        return STR_NONE;
    }
    return node->text;
}

static const char *const LANGUAGES[] = {"de", "en", "de-leicht", NULL};

static void check_languages(Loader *loader, const Node *text, const char *what)
{
    if (text->kind == NODE_STRING) {
        load_error(loader, text,
                   "%s: the translations en and de-leicht are missing: write "
                   "{de: …, en: …, de-leicht: …}",
                   what);
        return;
    }
    load_keys(loader, text, what, LANGUAGES);
    for (size_t i = 0; LANGUAGES[i]; i++) {
        const Node *one = node_get(text, LANGUAGES[i]);
        if (!one || one->kind != NODE_STRING || str_trim(one->text).len == 0)
            load_error(loader, one ? one : text,
                       "%s: the text in the language \"%s\" is missing: add it", what,
                       LANGUAGES[i]);
    }
}

static const Node *check_label(Loader *loader, const Node *text, const char *what, TextNeed need)
{
    if (text->kind != NODE_MAP && text->kind != NODE_STRING) {
        load_error(loader, text,
                   "%s is no text: write a string or {de: …, en: …, de-leicht: …} (quote it when "
                   "it is a number, true or null)",
                   what);
        return NULL;
    }
    if (need == TEXT_REQUIRED || need == TEXT_OPTIONAL)
        check_languages(loader, text, what);
    else if (text->kind == NODE_MAP && str_empty(node_get_text(text, "de")))
        load_error(loader, text, "%s: the German text (de) is missing: add it", what);
    else if (text->kind == NODE_STRING && str_empty(str_trim(text->text)))
        load_error(loader, text, "%s is empty: write the text", what);
    return text;
}

const Node *load_label(Loader *loader, const Node *map, const char *key, const char *what,
                       TextNeed need)
{
    const Node *text = node_get(map, key);
    const char *name = arena_printf(loader->arena, "%s: `%s`", what, key);

    if (node_is_null(text)) {
        if (need == TEXT_REQUIRED || need == TEXT_GERMAN)
            load_error(loader, map, "%s is missing: add it", name);
        return NULL;
    }
    return check_label(loader, text, name, need);
}

const Node *load_labels(Loader *loader, const Node *map, const char *key, const char *what)
{
    const Node *list = node_get(map, key);

    if (node_is_null(list))
        return NULL;
    if (list->kind != NODE_LIST) {
        load_error(loader, list, "%s: `%s` must be a list of texts", what, key);
        return NULL;
    }
    for (size_t i = 0; i < list->count; i++)
        check_label(loader, list->items[i],
                    arena_printf(loader->arena, "%s: `%s`, entry %zu", what, key, i + 1),
                    TEXT_REQUIRED);
    return list;
}

Str *load_strings(Loader *loader, const Node *map, const char *key, size_t *count)
{
    const Node *list = node_get(map, key);

    *count = 0;
    if (node_is_null(list))
        return NULL;
    if (list->kind != NODE_LIST) {
        load_error(loader, list, "`%s` must be a list: [a, b]", key);
        return NULL;
    }
    Str *out = arena_array(loader->arena, Str, list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i]->kind == NODE_STRING)
            out[(*count)++] = list->items[i]->text;
        else
            load_error(loader, list->items[i], "`%s` must be a list of words", key);
    }
    return out;
}

bool load_bool(Loader *loader, const Node *map, const char *key, bool otherwise)
{
    const Node *node = node_get(map, key);

    if (node && node->kind != NODE_BOOL) {
        load_error(loader, node, "`%s` must be true or false", key);
        return otherwise;
    }
    return node ? node->boolean : otherwise;
}

int64_t load_int(Loader *loader, const Node *map, const char *key, int64_t least, int64_t most,
                 int64_t otherwise)
{
    const Node *node = node_get(map, key);
    int64_t value;

    if (!node)
        return otherwise;
    if (node->kind != NODE_NUMBER || !str_to_i64(node->text, &value) || value < least ||
        value > most) {
        load_error(loader, node, "`%s` must be a whole number from %lld to %lld", key,
                   (long long)least, (long long)most);
        return otherwise;
    }
    return value;
}

const FeelProgram *load_feel(Loader *loader, const Node *text, const FeelScope *scope,
                             FeelTypeKind wanted, const char *what)
{
    Err err;
    Str source;

    if (!text || text->kind == NODE_NULL)
        return NULL;
    if (text->kind == NODE_BOOL)
        source = text->boolean ? STR("true") : STR("false");
    else if (text->kind == NODE_STRING || text->kind == NODE_NUMBER)
        source = text->text;
    else {
        load_error(loader, text, "%s must be a FEEL expression, written as text", what);
        return NULL;
    }
    err_clear(&err);
    const FeelProgram *program =
        feel_compile(loader->arena, source, text->file, text->line, scope, &err);
    if (!program) {
        Node at = *text;
        if (err.line == text->line || err.line == 0)
            at.column = text->column + (err.column > 0 ? err.column - 1 : 0);
        else
            at.column = err.column;
        at.line = err.line ? err.line : text->line;
        load_error(loader, &at, "%s: %s", what, err.message);
        return NULL;
    }
    problem_rule(loader->problems, program, text);
    FeelTypeKind found = feel_program_type(program)->kind;
    if (wanted != FEEL_ANY && found != FEEL_ANY && found != FEEL_NULL && found != wanted) {
        load_error(loader, text, "%s must give %.*s, but \"%.*s\" gives %.*s", what,
                   STR_ARG(feel_type_name(loader->arena, feel_type(wanted))), STR_ARG(source),
                   STR_ARG(feel_type_name(loader->arena, feel_program_type(program))));
        return NULL;
    }
    return program;
}

bool load_pattern_valid(Str pattern, const char **why, int *at)
{
    UErrorCode status = U_ZERO_ERROR;
    UParseError fault = {0};
    UText text = UTEXT_INITIALIZER;

    utext_openUTF8(&text, pattern.ptr, (int64_t)pattern.len, &status);
    URegularExpression *regex = uregex_openUText(&text, 0, &fault, &status);
    utext_close(&text);
    *why = u_errorName(status);
    *at = fault.offset + 1;
    if (U_FAILURE(status))
        return false;
    uregex_close(regex);
    return true;
}
