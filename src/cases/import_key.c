/* SPDX-License-Identifier: EUPL-1.2 */
/* What a line is known by, and what may stand in a file once only. */
#include "cases/import_row.h"
#include "core/crypto.h"
#include "core/page/out.h"

#include <assert.h>
#include <stdlib.h>

enum { KEY_MAX = 200 };

/* Where the mark stands or would stand. */
static size_t place_of(const ImportMark *marks, size_t capacity, ImportMark mark)
{
    size_t at = mark.a & (capacity - 1);

    while ((marks[at].a || marks[at].b) && (marks[at].a != mark.a || marks[at].b != mark.b))
        at = (at + 1) & (capacity - 1);
    return at;
}

static void keys_grow(ImportKeys *seen)
{
    ImportKeys grown = {.capacity = seen->capacity ? seen->capacity * 2 : 1024,
                        .count = seen->count};

    grown.marks = calloc(grown.capacity, sizeof *grown.marks);
    assert(grown.marks);
    for (size_t i = 0; i < seen->capacity; i++)
        if (seen->marks[i].a || seen->marks[i].b)
            grown.marks[place_of(grown.marks, grown.capacity, seen->marks[i])] = seen->marks[i];
    free(seen->marks);
    *seen = grown;
}

/* True when the key was there before. */
static bool keys_had(ImportKeys *seen, Str key)
{
    unsigned char hash[32];
    ImportMark mark;

    crypto_sha256(key, hash);
    memcpy(&mark, hash, sizeof mark);
    if (seen->count * 4 >= seen->capacity * 3)
        keys_grow(seen);
    size_t at = place_of(seen->marks, seen->capacity, mark);

    if (seen->marks[at].a || seen->marks[at].b)
        return true;
    seen->marks[at] = mark;
    seen->count++;
    return false;
}

void import_keys_free(ImportKeys *seen)
{
    free(seen->marks);
    *seen = (ImportKeys){0};
}

static Str key_of_fields(const RegisterSpec *spec, const Node *data, Arena *arena)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < spec->key_count; i++) {
        Str text = register_text(spec, spec->key[i], node_get_str(data, spec->key[i]), arena);

        if (!text.ptr)
            return STR_NONE;
        buf_addf(&out, "%s%.*s", i ? "|" : "", STR_ARG(text));
    }
    return out.len ? buf_str(&out) : STR_NONE;
}

static Str hash_of(const ImportRow *line, Arena *arena)
{
    Buf out = buf_in(arena);

    node_write_json_canonical(line->raw, &out);
    buf_addf(&out, "|%04d-%02d-%02d|%04d-%02d-%02d|%.*s", line->from.year, line->from.month,
             line->from.day, line->until.year, line->until.month, line->until.day,
             STR_ARG(line->reason));
    return crypto_sha256_hex(arena, buf_str(&out));
}

void import_key_check(Import *import, ImportRow *line, Arena *arena)
{
    if (!line->key.ptr)
        line->key = key_of_fields(import->order->spec, line->data, arena);
    line->hash = hash_of(line, arena);
    if (!line->key.ptr)
        line->key = str_printf(arena, "#%.*s", STR_ARG(line->hash));
    if (line->key.len > KEY_MAX)
        import_mistake(line, arena, STR("Schlüssel"),
                       tr(import->lang, "Der Schlüssel der Zeile ist zu lang."),
                       tr(import->lang, "Nehmen Sie einen Schlüssel mit höchstens 200 Zeichen."));
    else if (keys_had(&import->seen, line->key))
        import_mistake(
            line, arena, STR("Schlüssel"),
            line->key.ptr[0] == '#'
                ? tr(import->lang, "Dieselbe Zeile stand schon weiter oben in der Datei.")
                : trf(arena, import->lang,
                      "Der Schlüssel „%.*s“ stand schon weiter oben in der "
                      "Datei.",
                      STR_ARG(line->key)),
            tr(import->lang,
               "Sind es zwei verschiedene, geben Sie jeder Zeile einen eigenen Wert in einer "
               "Spalte „schluessel“. Sonst streichen Sie die Zeile."));
}

bool import_is_living(const Import *import, const ImportRow *line)
{
    return date_absent(line->until) || date_compare(line->until, import->order->today) >= 0;
}

void import_unique_check(Import *import, ImportRow *line, Arena *arena)
{
    const RegisterSpec *spec = import->order->spec;

    for (size_t i = 0; i < spec->unique_count && import_is_living(import, line); i++) {
        Str field = spec->unique[i];
        Str text = register_text(spec, field, node_get_str(line->data, field), arena);

        if (text.ptr && keys_had(&import->seen,
                                 str_printf(arena, "\1%.*s|%.*s", STR_ARG(field), STR_ARG(text))))
            import_mistake(
                line, arena, import_label(spec, field),
                trf(arena, import->lang, "„%.*s“ stand schon weiter oben in der Datei.",
                    STR_ARG(text)),
                tr(import->lang, "Jeder Wert darf nur einmal vorkommen. Prüfen Sie beide Zeilen."));
    }
}
