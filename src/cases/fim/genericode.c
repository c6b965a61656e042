/* SPDX-License-Identifier: EUPL-1.2 */
/* OASIS genericode 1.0, as XRepository hands out code lists. */
#include "cases/fim/skeleton.h"

enum { MAX_ROWS = 20000 };

/* Elements of genericode below the root are in no namespace. */
static const XmlElement *child(const XmlElement *element, const char *name)
{
    for (const XmlElement *at = element ? element->first : NULL; at; at = at->next)
        if (xml_is(at, name))
            return at;
    return NULL;
}

/* The column that the first key names. */
static Str key_column(const XmlElement *columns)
{
    const XmlElement *reference = child(child(columns, "Key"), "ColumnRef");

    return reference ? xml_attribute(reference, "Ref") : STR_NONE;
}

static Str other_column(const XmlElement *columns, Str key)
{
    for (const XmlElement *at = columns->first; at; at = at->next)
        if (xml_is(at, "Column") && !str_eq(xml_attribute(at, "Id"), key))
            return xml_attribute(at, "Id");
    return key;
}

static Str cell(Arena *arena, const XmlElement *row, Str column)
{
    for (const XmlElement *at = row->first; at; at = at->next)
        if (xml_is(at, "Value") && str_eq(xml_attribute(at, "ColumnRef"), column)) {
            const XmlElement *value = child(at, "SimpleValue");
            return value ? str_copy(arena, str_trim(value->text)) : STR_NONE;
        }
    return STR_NONE;
}

bool genericode_read(Arena *arena, Str xml, const char *file, CodeSource *out, Err *err)
{
    const XmlElement *root = xml_read(arena, xml, file, err);
    size_t rows = 0;

    if (!root)
        return false;
    const XmlElement *columns = child(root, "ColumnSet"), *list = child(root, "SimpleCodeList");
    const XmlElement *uri = child(child(root, "Identification"), "CanonicalVersionUri");
    if (!xml_is(root, "CodeList") || !columns || !list || !uri)
        return err_at(err, file, root->line, root->column,
                      "this is no code list in genericode with Identification, ColumnSet and "
                      "SimpleCodeList");
    Str key = key_column(columns);
    if (!key.ptr)
        return err_at(err, file, columns->line, columns->column, "the code list has no key");
    Str name = other_column(columns, key);
    for (const XmlElement *row = child(list, "Row"); row; row = row->next)
        rows++;
    if (rows > MAX_ROWS)
        return err_at(err, file, list->line, list->column, "the code list has more than %d rows",
                      MAX_ROWS);
    *out = (CodeSource){str_copy(arena, str_trim(uri->text)),
                        arena_array(arena, XdfValue, rows + 1), 0};
    for (const XmlElement *row = child(list, "Row"); row; row = row->next) {
        XdfValue value = {cell(arena, row, key), cell(arena, row, name)};
        if (value.code.len)
            out->values[out->count++] = value;
    }
    return true;
}
