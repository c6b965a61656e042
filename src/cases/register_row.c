/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/register_row.h"

#include "cases/case_store.h"
#include "core/store/rows.h"

enum { MAX_KEY_LENGTH = 400 };

RegisterEntry entry_from_row(Rows *rows, Arena *arena, Err *err)
{
    return (RegisterEntry){
        .row = row_int(rows, 0),
        .id = row_int(rows, 1),
        .title = row_text(rows, 2),
        .begins = row_date(rows, 3),
        .from = row_date(rows, 4),
        .until = row_date(rows, 5),
        .reason = row_text(rows, 6),
        .recorded = row_int(rows, 7),
        .superseded = row_int(rows, 8),
        .case_id = row_int(rows, 9),
        .actor = row_text(rows, 10),
        .data = node_parse_json(arena, row_text(rows, 11), NULL, &NODE_LIMITS_PACKAGE, err),
        .act_id = row_int(rows, 12)};
}

bool entries_read(Rows *rows, Arena *arena, RegisterEntry **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err, entry_from_row(rows, arena, err));
}

static const FeelType *field_type_of(const RegisterSpec *spec, Str field)
{
    for (size_t i = 0; spec->type && i < spec->type->field_count; i++)
        if (str_eq(spec->type->fields[i].name, field))
            return spec->type->fields[i].type;
    return NULL;
}

Str register_text(const RegisterSpec *spec, Str field, const Node *value, Arena *arena)
{
    if (node_is_null(value) || value->kind == NODE_LIST || value->kind == NODE_MAP)
        return STR_NONE;
    /* Most values are texts: they stay as they are. */
    const FeelType *type = field_type_of(spec, field);
    Str text = value->kind == NODE_STRING && type && type->kind == FEEL_STRING
                   ? value->text
                   : feel_to_text(arena, feel_from_node(arena, value, type));

    return text.len == 0 || text.len > MAX_KEY_LENGTH ? STR_NONE : text;
}

static bool searched(const FormField *field)
{
    return !field->sensitive && !field->internal &&
           (field->type == FIELD_TEXT || field->type == FIELD_EMAIL);
}

bool entry_write_keys(Tx *tx, const RegisterSpec *spec, int64_t row, const Node *data, Arena *arena,
                      Err *err)
{
    for (size_t i = 0; i < spec->field_count; i++) {
        const FormField *field = spec->fields[i];
        Str text = register_text(spec, field->id, node_get_str(data, field->id), arena);
        Str *terms = NULL;

        if (!text.ptr)
            continue;
        if (!tx_exec(tx, err,
                     "INSERT INTO register_key (register, field, value, row_id) "
                     "VALUES ($1, $2, $3, $4)",
                     P_TEXT(spec->id), P_TEXT(field->id), P_TEXT(text), P_INT(row)))
            return false;
        size_t count = searched(field) ? search_terms(text, arena, &terms) : 0;

        for (size_t k = 0; k < count; k++)
            if (!tx_exec(tx, err,
                         "INSERT INTO register_term (register, term, row_id) VALUES ($1, $2, $3) "
                         "ON CONFLICT DO NOTHING",
                         P_TEXT(spec->id), P_TEXT(terms[k]), P_INT(row)))
                return false;
    }
    return true;
}

const FeelValue *register_entry_value(const RegisterEntry *entry, const FeelType *type,
                                      Arena *arena)
{
    Node *node = node_map(arena);

    for (size_t i = 0; i < entry->data->count; i++)
        node_add(arena, node, entry->data->keys[i], entry->data->items[i]);
    node_set(arena, node, STR("id"), node_int(arena, entry->id));
    node_set(arena, node, STR("from"), node_string(arena, date_iso(arena, entry->begins)));
    node_set(arena, node, STR("until"),
             date_absent(entry->until) ? node_null(arena)
                                       : node_string(arena, date_iso(arena, entry->until)));
    node_set(arena, node, STR("reason"),
             entry->reason.ptr ? node_string(arena, entry->reason) : node_null(arena));
    return feel_from_node(arena, node, type);
}
