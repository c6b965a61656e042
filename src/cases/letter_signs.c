/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/letter_signs.h"

#include "core/page/out.h"
#include "core/store/rows.h"
#include "post/letter.h"

/* --- Where it stands ------------------------------------------------------------------------- */

/* The label of the field whose text holds the sign; in a list with the item's number. */
static Str find_field(FormField *const *fields, size_t count, const Node *data, Str sign,
                      Arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        const FormField *field = fields[i];
        const Node *value = node_get_str(data, field->id);

        if (!value)
            continue;
        if (field->type != FIELD_GROUP) {
            if (value->kind == NODE_STRING && str_find(value->text, sign) >= 0)
                return str_printf(arena, "in „%.*s“", STR_ARG(text_in(field->label, STR("de"))));
            continue;
        }
        if (!field->repeats) {
            Str found = find_field(field->fields, field->field_count, value, sign, arena);

            if (found.ptr)
                return found;
        }
        for (size_t k = 0; field->repeats && value->kind == NODE_LIST && k < value->count; k++) {
            Str found = find_field(field->fields, field->field_count, value->items[k], sign, arena);

            if (found.ptr)
                return value->count > 1
                           ? str_printf(arena, "%.*s (Nummer %zu)", STR_ARG(found), k + 1)
                           : found;
        }
    }
    return STR_NONE;
}

static Str sentence(Str sign, const char *part, const SignSource *sources, size_t count,
                    Arena *arena)
{
    Str place = STR_NONE;

    for (size_t i = 0; i < count && !place.ptr; i++)
        place = find_field(sources[i].fields, sources[i].count, sources[i].data, sign, arena);
    return str_printf(arena, "Kein Brief kann das Zeichen „%.*s“ drucken; es steht %.*s.",
                      STR_ARG(sign), STR_ARG(place.ptr ? place : str_c(part)));
}

/* --- In letters ------------------------------------------------------------------------------ */

static Str in_letter(const Node *shot, const char **part)
{
    const Node *lines = node_get(shot, "recipient");
    Str sign = STR_NONE;

    *part = "in der Anschrift";
    for (size_t i = 0; lines && i < lines->count && !sign.ptr; i++)
        sign = letter_unprintable(node_text(lines->items[i]));
    if (sign.ptr)
        return sign;
    *part = "im Betreff";
    sign = letter_unprintable(node_get_text(shot, "subject"));
    if (sign.ptr)
        return sign;
    *part = "im Text des Briefs";
    return letter_unprintable(node_get_text(shot, "body"));
}

Str letter_signs_missing(const Node *const *letters, size_t letter_count, const SignSource *sources,
                         size_t source_count, Arena *arena)
{
    for (size_t i = 0; i < letter_count; i++) {
        const char *part;
        Str sign = in_letter(letters[i], &part);

        if (sign.ptr)
            return sentence(sign, part, sources, source_count, arena);
    }
    return STR_NONE;
}

Str letter_signs_in(const Str *texts, size_t text_count, const SignSource *sources,
                    size_t source_count, Arena *arena)
{
    for (size_t i = 0; i < text_count; i++) {
        Str sign = letter_unprintable(texts[i]);

        if (sign.ptr)
            return sentence(sign, "im Brief", sources, source_count, arena);
    }
    return STR_NONE;
}

bool letters_since(Tx *tx, int64_t case_id, int64_t after, Arena *arena, LetterList *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT snapshot FROM case_document WHERE case_id = $1 AND id > $2 AND "
                          "kind = 'letter' ORDER BY id",
                          P_INT(case_id), P_INT(after));

    return ROWS_LIST(rows, arena, &out->items, &out->count, err,
                     node_parse_json(arena, row_text(rows, 0), NULL, &NODE_LIMITS_PACKAGE, err));
}

bool letter_signs_since(Tx *tx, int64_t case_id, int64_t after, const SignSource *sources,
                        size_t source_count, Arena *arena, LetterList *letters, Str *signs,
                        Err *err)
{
    if (!letters_since(tx, case_id, after, arena, letters, err))
        return false;
    *signs = letter_signs_missing(letters->items, letters->count, sources, source_count, arena);
    return true;
}

bool letter_signs_suspect(const Node *data)
{
    if (!data)
        return false;
    if (data->kind == NODE_STRING)
        return letter_unprintable(data->text).ptr != NULL;
    if (data->kind != NODE_MAP && data->kind != NODE_LIST)
        return false;
    for (size_t i = 0; i < data->count; i++)
        if (letter_signs_suspect(data->items[i]))
            return true;
    return false;
}
