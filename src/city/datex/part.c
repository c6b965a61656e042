/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/datex/part.h"

#include "city/datex/datex.h"
#include "city/import/import.h"
#include "city/sta/value.h"

#include <math.h>

static const char XSI[] = "http://www.w3.org/2001/XMLSchema-instance";

bool datex_is(const XmlElement *element, const char *name)
{
    return str_is(element->name, name) && str_starts_with(element->space, DATEX_SPACE);
}

static const XmlElement *first_named(const XmlElement *element, Str name)
{
    while (element &&
           !(str_eq(element->name, name) && str_starts_with(element->space, DATEX_SPACE)))
        element = element->next;
    return element;
}

const XmlElement *datex_child(const XmlElement *element, const char *name)
{
    return element ? first_named(element->first, str_c(name)) : NULL;
}

const XmlElement *datex_next(const XmlElement *element, const char *name)
{
    return first_named(element->next, str_c(name));
}

const XmlElement *datex_path(const XmlElement *element, const char *path)
{
    Str rest = str_c(path);

    while (element && rest.ptr)
        element = first_named(element->first, str_cut(&rest, '/'));
    return element;
}

/* Without recursion: files may be a hundred elements deep. */
const XmlElement *datex_below(const XmlElement *element, const char *name)
{
    const XmlElement *at = element ? element->first : NULL;

    while (at && !datex_is(at, name)) {
        if (at->first) {
            at = at->first;
            continue;
        }
        while (at != element && !at->next)
            at = at->parent;
        at = at == element ? NULL : at->next;
    }
    return at;
}

Str datex_text(const XmlElement *element, const char *path)
{
    const XmlElement *found = datex_path(element, path);
    Str text = found ? str_trim(found->text) : STR_NONE;

    return text.len ? text : STR_NONE;
}

Str datex_words(const XmlElement *element, const char *path)
{
    const XmlElement *values = datex_child(datex_path(element, path), "values");
    const XmlElement *best = datex_child(values, "value");

    for (const XmlElement *v = best; v; v = datex_next(v, "value"))
        if (str_starts_with(xml_attribute(v, "lang"), "de")) {
            best = v;
            break;
        }
    Str text = best ? str_trim(best->text) : STR_NONE;
    return text.len ? text : STR_NONE;
}

Str datex_type(const XmlElement *element)
{
    Str type = str_trim(xml_attribute_in(element, str_c(XSI), "type"));
    ptrdiff_t colon = str_find_char(type, ':');

    return colon < 0 ? type : str_slice(type, (size_t)colon + 1, type.len);
}

bool datex_number(Str text, double *out)
{
    StaValue value = sta_number_of_text(text);

    *out = sta_is_number(value) ? sta_as_double(value) : NAN;
    return isfinite(*out);
}

bool datex_time(Str text, Timestamp *out)
{
    return str_find_char(text, 'T') >= 0 && city_moment_parse(text, INT64_MIN, out);
}
