/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/tr.h"
#include "base/node.h"
#include "core/page/out.h"

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

Str trf(Arena *arena, Str lang, const char *german, ...)
{
    /* A translation ends in NUL and has the same conversions as the German text. */
    const char *format = tr(lang, german).ptr;
    va_list args;

    va_start(args, german);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    const char *text = arena_vprintf(arena, format, args);
#pragma GCC diagnostic pop
    va_end(args);
    return str_c(text);
}

Str text_in(const Node *text, Str lang)
{
    if (!text || text->kind != NODE_MAP)
        return node_text(text);
    Str found = node_text(node_get_str(text, lang));
    return found.ptr ? found : node_get_text(text, "de");
}
