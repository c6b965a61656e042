/* SPDX-License-Identifier: EUPL-1.2 */
/* What a line is known by, and what may stand in a file once only. */
#include "cases/import_row.h"
#include "core/crypto.h"

enum { KEY_MAX = 200 };

static void keys_grow(ImportKeys *seen, Arena *arena)
{
    ImportKeys grown = {.capacity = seen->capacity ? seen->capacity * 2 : 1024,
                        .count = seen->count};

    grown.keys = arena_array(arena, Str, grown.capacity);
    for (size_t i = 0; i < seen->capacity; i++) {
        size_t at = str_hash(seen->keys[i]) & (grown.capacity - 1);

        if (!seen->keys[i].ptr)
            continue;
        while (grown.keys[at].ptr)
            at = (at + 1) & (grown.capacity - 1);
        grown.keys[at] = seen->keys[i];
    }
    *seen = grown;
}

/* True when the key was there before. */
static bool keys_had(ImportKeys *seen, Str key, Arena *arena)
{
    if (seen->count * 2 >= seen->capacity)
        keys_grow(seen, arena);
    size_t at = str_hash(key) & (seen->capacity - 1);

    for (; seen->keys[at].ptr; at = (at + 1) & (seen->capacity - 1))
        if (str_eq(seen->keys[at], key))
            return true;
    seen->keys[at] = str_copy(arena, key);
    seen->count++;
    return false;
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
        import_mistake(line, arena, STR("schluessel"), STR("Der Schlüssel der Zeile ist zu lang."),
                       STR("Nehmen Sie einen Schlüssel mit höchstens 200 Zeichen."));
    else if (keys_had(&import->seen, line->key, import->arena))
        import_mistake(
            line, arena, STR("schluessel"),
            line->key.ptr[0] == '#'
                ? STR("Dieselbe Zeile stand schon weiter oben in der Datei.")
                : str_printf(arena,
                             "Der Schlüssel „%.*s“ stand schon weiter oben in der "
                             "Datei.",
                             STR_ARG(line->key)),
            STR("Sind es zwei verschiedene, geben Sie jeder Zeile einen eigenen Wert in einer "
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

        if (text.ptr &&
            keys_had(&import->seen, str_printf(arena, "\1%.*s|%.*s", STR_ARG(field), STR_ARG(text)),
                     import->arena))
            import_mistake(
                line, arena, field,
                str_printf(arena, "„%.*s“ stand schon weiter oben in der Datei.", STR_ARG(text)),
                STR("Jeder Wert darf nur einmal vorkommen. Prüfen Sie beide Zeilen."));
    }
}
