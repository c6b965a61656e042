/* SPDX-License-Identifier: EUPL-1.2 */
/* Values in the kit's XML, and when two of them are the same. */
#include "feel/tck.h"

#include "feel/moment.h"

#define XSI STR("http://www.w3.org/2001/XMLSchema-instance")

static Str local_part(Str name)
{
    ptrdiff_t colon = str_find_char(name, ':');

    return colon < 0 ? name : str_slice(name, (size_t)colon + 1, name.len);
}

/* A <value> by its xsi:type; without one it is a text. */
static FeelValue scalar(Arena *arena, const XmlElement *element)
{
    Str type = local_part(str_trim(xml_attribute_in(element, XSI, "type")));
    Str text = str_trim(element->text);
    FeelValue value = VALUE_NULL;
    Number number;

    if (str_is(xml_attribute_in(element, XSI, "nil"), "true"))
        return VALUE_NULL;
    if (str_is(type, "boolean"))
        return value_boolean(str_is(text, "true") || str_is(text, "1"));
    if (str_is(type, "decimal") || str_is(type, "double") || str_is(type, "float") ||
        str_is(type, "integer") || str_is(type, "int") || str_is(type, "long")) {
        if (str_starts_with(text, "+"))
            text = str_slice(text, 1, text.len);
        return number_parse(text, &number) ? value_number(number) : VALUE_NULL;
    }
    if (str_is(type, "date"))
        return moment_parse_date(text, &value) ? value : VALUE_NULL;
    if (str_is(type, "time"))
        return moment_parse_time(arena, text, &value) ? value : VALUE_NULL;
    if (str_is(type, "dateTime"))
        return moment_parse_date_time(arena, text, &value) ? value : VALUE_NULL;
    if (str_is(type, "duration") || str_is(type, "dayTimeDuration") ||
        str_is(type, "yearMonthDuration"))
        return moment_parse_duration(text, &value) ? value : VALUE_NULL;
    return value_string(element->text.ptr ? element->text : STR(""));
}

static FeelValue list_of(Arena *arena, const XmlElement *element)
{
    size_t count = 0;

    if (str_is(xml_attribute_in(element, XSI, "nil"), "true"))
        return VALUE_NULL;
    for (const XmlElement *at = xml_child(element, "item"); at; at = xml_next(at, "item"))
        count++;
    FeelValue *items = arena_array(arena, FeelValue, count);
    count = 0;
    for (const XmlElement *at = xml_child(element, "item"); at; at = xml_next(at, "item"))
        items[count++] = tck_value(arena, at);
    return value_list(items, count);
}

static FeelValue components_of(Arena *arena, const XmlElement *holder)
{
    size_t count = 0;

    for (const XmlElement *at = xml_child(holder, "component"); at; at = xml_next(at, "component"))
        count++;
    FeelEntry *entries = arena_array(arena, FeelEntry, count);
    count = 0;
    for (const XmlElement *at = xml_child(holder, "component"); at; at = xml_next(at, "component"))
        entries[count++] =
            (FeelEntry){.key = str_trim(xml_attribute(at, "name")), .value = tck_value(arena, at)};
    return context_of(arena, entries, count);
}

FeelValue tck_value(Arena *arena, const XmlElement *holder)
{
    const XmlElement *value = xml_child(holder, "value"), *list = xml_child(holder, "list");

    if (str_is(xml_attribute_in(holder, XSI, "nil"), "true"))
        return VALUE_NULL;
    if (value)
        return scalar(arena, value);
    if (list)
        return list_of(arena, list);
    return xml_child(holder, "component") ? components_of(arena, holder) : VALUE_NULL;
}

/* --- Comparison
 * ----------------------------------------------------------------------------------- */

static bool numbers_same(Number a, Number b)
{
    Number difference, tolerance;

    return number_parse(STR("0.00000001"), &tolerance) && number_subtract(a, b, &difference) &&
           number_compare(number_abs(difference), tolerance) <= 0;
}

/* Entries that are null may as well be missing. */
static bool covers(Arena *arena, FeelValue a, FeelValue b)
{
    size_t count;
    const FeelEntry *entries = context_entries(arena, a.context, &count);

    for (size_t i = 0; i < count; i++) {
        const FeelValue *other = context_find(b.context, entries[i].key, entries[i].hash);
        if (!tck_same(arena, entries[i].value, other ? *other : VALUE_NULL))
            return false;
    }
    return true;
}

static bool lists_same(Arena *arena, FeelValue a, FeelValue b)
{
    if (a.list.count != b.list.count)
        return false;
    for (size_t i = 0; i < a.list.count; i++)
        if (!tck_same(arena, a.list.items[i], b.list.items[i]))
            return false;
    return true;
}

bool tck_same(Arena *arena, FeelValue expected, FeelValue actual)
{
    size_t steps = 0;

    if (expected.kind != actual.kind)
        return false;
    switch (expected.kind) {
    case FEEL_NUMBER: return numbers_same(expected.number, actual.number);
    case FEEL_LIST: return lists_same(arena, expected, actual);
    case FEEL_CONTEXT: return covers(arena, expected, actual) && covers(arena, actual, expected);
    default: return value_equal(expected, actual, &steps) == YES;
    }
}
