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

/* The column that the key of this id names, or else the first key; STR_NONE: there is none. */
static Str key_column(const XmlElement *columns, const char *id, bool or_first)
{
    const XmlElement *first = or_first ? child(columns, "Key") : NULL;
    const XmlElement *reference = first ? child(first, "ColumnRef") : NULL;

    for (const XmlElement *at = columns->first; at; at = at->next)
        if (xml_is(at, "Key") && str_is(xml_attribute(at, "Id"), id))
            reference = child(at, "ColumnRef");
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

bool genericode_has_column(const CodeSource *list, Str column)
{
    for (const XmlElement *at = child(list->root, "ColumnSet")->first; at; at = at->next)
        if (xml_is(at, "Column") && str_eq(xml_attribute(at, "Id"), column))
            return true;
    return false;
}

static size_t count_rows(const XmlElement *list)
{
    size_t count = 0;

    for (const XmlElement *at = list->first; at; at = at->next)
        count += xml_is(at, "Row");
    return count;
}

XdfValue *genericode_values(Arena *arena, const CodeSource *list, Str code_column, Str name_column,
                            size_t *count)
{
    const XmlElement *rows = child(list->root, "SimpleCodeList");
    XdfValue *values = arena_array(arena, XdfValue, count_rows(rows) + 1);

    *count = 0;
    for (const XmlElement *row = rows->first; row; row = row->next) {
        if (!xml_is(row, "Row"))
            continue;
        XdfValue value = {cell(arena, row, code_column), cell(arena, row, name_column)};
        if (value.code.len)
            values[(*count)++] = value;
    }
    return values;
}

bool genericode_read(Arena *arena, Str xml, const char *file, CodeSource *out, Err *err)
{
    const XmlElement *root = xml_read(arena, xml, file, err);

    if (!root)
        return false;
    const XmlElement *columns = child(root, "ColumnSet"), *list = child(root, "SimpleCodeList");
    const XmlElement *uri = child(child(root, "Identification"), "CanonicalVersionUri");
    if (!xml_is(root, "CodeList") || !columns || !list || !uri)
        return err_at(err, file, root->line, root->column,
                      "this is no code list in genericode with Identification, ColumnSet and "
                      "SimpleCodeList");
    Str key = key_column(columns, "codeKey", true);
    if (!key.ptr)
        return err_at(err, file, columns->line, columns->column, "the code list has no key");
    Str name = key_column(columns, "codenameKey", false);
    if (count_rows(list) > MAX_ROWS)
        return err_at(err, file, list->line, list->column, "the code list has more than %d rows",
                      MAX_ROWS);
    *out = (CodeSource){str_copy(arena, str_trim(uri->text)), root, key,
                        name.ptr ? name : other_column(columns, key)};
    return true;
}
