/* SPDX-License-Identifier: EUPL-1.2 */
/* XML from outside as a tree in an arena that knows where each part stood. Document types,
 * and with them entities, are refused; nothing is ever fetched; size, depth and the number
 * of elements are bounded. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

typedef struct XmlAttribute {
    Str space; /* namespace, or absent */
    Str name;
    Str value;
} XmlAttribute;

/* A prefix and the namespace it stands for, innermost first. */
typedef struct XmlPrefix {
    Str prefix; /* empty: the default */
    Str space;
    const struct XmlPrefix *outer;
} XmlPrefix;

typedef struct XmlElement XmlElement;
struct XmlElement {
    Str space;
    Str name;
    XmlAttribute *attributes;
    size_t attribute_count;
    const XmlPrefix *prefixes;
    XmlElement *parent;
    XmlElement *first;
    XmlElement *last;
    XmlElement *next;
    Str text; /* character data directly inside */
    const char *file;
    int line; /* of the "<" */
    int column;
    int text_line; /* of the first character behind the start tag */
    int text_column;
};

enum {
    XML_MAX_BYTES = 8 << 20,
    XML_MAX_DEPTH = 100,
    XML_MAX_ELEMENTS = 200000,
    XML_MAX_ATTRIBUTES = 5000, /* of an element */
};

/* The root element. `file` names the source in errors. */
XmlElement *xml_read(Arena *arena, Str text, const char *file, Err *err);

/* The attribute without namespace; STR_NONE when it is missing. */
Str xml_attribute(const XmlElement *element, const char *name);
Str xml_attribute_in(const XmlElement *element, Str space, const char *name);
/* The first child of this name in the parent's namespace, or NULL. */
XmlElement *xml_child(const XmlElement *element, const char *name);
/* How many children have this name, in the parent's namespace. */
size_t xml_count(const XmlElement *element, const char *name);
/* The next sibling of this name, or NULL. */
XmlElement *xml_next(const XmlElement *element, const char *name);
/* The namespace that a prefix stands for at the element. */
Str xml_space_of(const XmlElement *element, Str prefix);
static inline bool xml_is(const XmlElement *element, const char *name)
{
    return str_is(element->name, name);
}
/* Without the characters that XML cannot write: control characters, U+FFFE, U+FFFF. */
Str xml_writable(Arena *arena, Str text);
/* What XML can write of a text, its markup escaped. In attributes, xml_escape_attribute keeps tabs
 * and line ends too. */
void xml_escape(Buf *out, Str text);
void xml_escape_attribute(Buf *out, Str text);
