/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/tr.h"
#include "base/node.h"
#include "core/page/out.h"

#undef err_set_in /* the analyser's names for them */
#undef err_field_in

#include <stdio.h>

const Str *tr_find(Str lang, Str german)
{
    for (const TrTable *table = TR_TABLES; table->lang; table++) {
        if (!str_is(lang, table->lang))
            continue;
        size_t mask = table->slot_count - 1;
        for (size_t at = str_hash(german) & mask; table->slots[at].german.ptr;
             at = (at + 1) & mask) {
            if (str_eq(table->slots[at].german, german))
                return &table->slots[at].text;
        }
        return NULL;
    }
    return NULL;
}

Str tr(Str lang, const char *german)
{
    Str key = str_c(german);
    const Str *found = str_is(lang, "de") ? NULL : tr_find(lang, key);

    return found ? *found : key;
}

/* A translation ends in NUL and has the same conversions as the German text. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

Str trf(Arena *arena, Str lang, const char *german, ...)
{
    va_list args;

    va_start(args, german);
    const char *text = arena_vprintf(arena, tr(lang, german).ptr, args);
    va_end(args);
    return str_c(text);
}

static Err said_in(Str lang, const char *german, va_list args)
{
    Err out;

    vsnprintf(out.message, sizeof out.message, tr(lang, german).ptr, args);
    return out;
}

bool err_set_in(Err *err, ErrKind kind, Str lang, const char *german, ...)
{
    va_list args;

    va_start(args, german);
    Err said = said_in(lang, german, args);
    va_end(args);
    return err_set(err, kind, "%s", said.message);
}

bool err_field_in(Err *err, const char *field, Str lang, const char *german, ...)
{
    va_list args;

    va_start(args, german);
    Err said = said_in(lang, german, args);
    va_end(args);
    return err_field(err, field, "%s", said.message);
}

#pragma GCC diagnostic pop

Str text_in(const Node *text, Str lang)
{
    if (!text || text->kind != NODE_MAP)
        return node_text(text);
    Str found = node_text(node_get_str(text, lang));
    return found.ptr ? found : node_get_text(text, "de");
}
