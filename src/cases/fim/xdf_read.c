/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/fim/xdf.h"

#include "base/node.h"
#include "base/vec.h"

#include <stdlib.h>

enum { MAX_LEVELS = 30 };

typedef struct Taken { /* elements whose content went into the tree */
    const XmlElement **items;
    size_t count, capacity;
} Taken;

typedef struct Reader {
    Arena *arena;
    int version;
    Taken taken;
    Err *err;
} Reader;

static Str take(Reader *r, const XmlElement *element)
{
    if (!element)
        return STR_NONE;
    VEC_PUSH(r->arena, &r->taken, element);
    return xdf_line(r->arena, element->text);
}

static Str take_child(Reader *r, const XmlElement *element, const char *name)
{
    return take(r, xml_child(element, name));
}

static Str take_paragraphs(Reader *r, const XmlElement *element)
{
    take(r, element);
    return element ? xdf_paragraphs(r->arena, element->text) : STR_NONE;
}

/* <feldart><code>input</code></feldart>; the code is in no namespace. */
static Str take_code(Reader *r, const XmlElement *element, const char *name)
{
    const XmlElement *child = xml_child(element, name);

    return child && child->first ? take(r, child->first) : STR_NONE;
}

/* A reference with its link: "§ 1 HStS (https://…)". */
static Str reference(Reader *r, const XmlElement *element)
{
    Str text = take(r, element), link = xdf_line(r->arena, xml_attribute(element, "link"));

    if (!link.len)
        return text;
    return text.len ? str_printf(r->arena, "%.*s (%.*s)", STR_ARG(text), STR_ARG(link)) : link;
}

static Str join(Reader *r, const XmlElement *element, const char *name)
{
    Buf all = buf_in(r->arena);

    for (const XmlElement *at = xml_child(element, name); at; at = xml_next(at, name)) {
        Str one = reference(r, at);
        if (one.len)
            buf_addf(&all, "%s%.*s", all.len ? "; " : "", STR_ARG(one));
    }
    return all.len ? buf_str(&all) : STR_NONE;
}

/* Version 2 has all of them in one element, with semicolons between. */
static void read_references(Reader *r, const XmlElement *element, XdfElement *out)
{
    Str all = join(r, element, "bezug");
    size_t most = xml_count(element, "bezug") + 1;

    for (size_t i = 0; i < all.len; i++)
        most += all.ptr[i] == ';';
    out->legal = all;
    out->references = arena_array(r->arena, Str, most);
    while (r->version == 2 && all.len) {
        Str one = str_trim(str_cut(&all, ';'));
        if (one.len)
            out->references[out->reference_count++] = one;
    }
    if (r->version == 2)
        return;
    for (const XmlElement *at = xml_child(element, "bezug"); at; at = xml_next(at, "bezug")) {
        Str one = reference(r, at);
        if (one.len)
            out->references[out->reference_count++] = one;
    }
}

/* The last line of an element, as far as its content goes. */
static int last_line(const XmlElement *element)
{
    int last = element->line;

    for (size_t i = 0; i < element->text.len; i++)
        last += element->text.ptr[i] == '\n';
    for (const XmlElement *child = element->first; child; child = child->next) {
        int inner = last_line(child);
        last = inner > last ? inner : last;
    }
    return last;
}

static void read_identity(Reader *r, const XmlElement *element, XdfElement *out)
{
    const XmlElement *identity = xml_child(element, "identifikation");

    out->line = out->first_line = element->line;
    out->last_line = last_line(element);
    out->id = take_child(r, identity, "id");
    out->version = take_child(r, identity, "version");
    out->name = take_child(r, element, "name");
    out->label = take_child(r, element, "bezeichnungEingabe");
    if (!out->label.ptr)
        out->label = take_child(r, element, "bezeichnung");
    if (!out->label.ptr)
        out->label = out->name;
    out->help = take_paragraphs(r, xml_child(element, "hilfetextEingabe"));
    if (!out->help.ptr)
        out->help = take_paragraphs(r, xml_child(element, "hilfetext"));
    out->description = take_child(r, element, "beschreibung");
    out->definition = take_child(r, element, "definition");
    read_references(r, element, out);
}

static void read_rules(Reader *r, const XmlElement *element, XdfElement *out)
{
    out->rules = arena_array(r->arena, XdfRule, xml_count(element, "regel") + 1);
    for (const XmlElement *at = xml_child(element, "regel"); at; at = xml_next(at, "regel")) {
        XdfRule *rule = &out->rules[out->rule_count++];
        rule->line = at->line;
        rule->id = take_child(r, xml_child(at, "identifikation"), "id");
        rule->version = take_child(r, xml_child(at, "identifikation"), "version");
        rule->name = take_child(r, at, "name");
        rule->text = take_child(r, at, r->version == 3 ? "freitextRegel" : "definition");
        rule->script = take_child(r, at, r->version == 3 ? "skript" : "script");
    }
}

/* What a precision says beyond the five that are known. */
static void precision_rest(Reader *r, const XmlElement *precision, const Node *json,
                           const char *const *names, XdfElement *out)
{
    Buf rest = buf_in(r->arena);
    size_t count = json ? json->count : precision->attribute_count;

    for (size_t i = 0; i < count; i++) {
        Str name = json ? json->keys[i] : precision->attributes[i].name;
        Str value = json ? node_text(json->items[i]) : precision->attributes[i].value;
        bool known = false;
        for (size_t k = 0; k < 5 && !known; k++)
            known = str_is(name, names[k]);
        if (!known)
            buf_addf(&rest, "%s%.*s: %.*s", rest.len ? ", " : "", STR_ARG(xdf_line(r->arena, name)),
                     STR_ARG(xdf_line(r->arena, value)));
    }
    out->precision_rest = rest.len ? buf_str(&rest) : STR_NONE;
}

/* Version 2 writes JSON with its numbers in quotes, version 3 attributes. */
static bool read_precision(Reader *r, const XmlElement *element, XdfElement *out)
{
    const XmlElement *precision = xml_child(element, "praezisierung");
    Str *targets[] = {&out->min_length, &out->max_length, &out->min_value, &out->max_value,
                      &out->pattern};
    static const char *const names[] = {"minLength", "maxLength", "minValue", "maxValue",
                                        "pattern"};
    Node *json = NULL;

    if (!precision)
        return true;
    out->precision_line = precision->line;
    if (r->version == 2) {
        Str text = str_trim(precision->text);
        VEC_PUSH(r->arena, &r->taken, precision);
        if (!text.len)
            return true;
        json = node_parse_json(r->arena, text, NULL, &NODE_LIMITS_PACKAGE, r->err);
        if (!json || json->kind != NODE_MAP)
            return err_at(r->err, precision->file, precision->line, precision->column,
                          "<praezisierung> is no JSON object such as {\"maxLength\":\"120\"}");
    }
    for (size_t i = 0; i < 5; i++)
        *targets[i] =
            json ? node_text(node_get(json, names[i])) : xml_attribute(precision, names[i]);
    precision_rest(r, precision, json, names, out);
    return true;
}

static void read_values(Reader *r, const XmlElement *element, XdfElement *out)
{
    const XmlElement *list = xml_child(element, "werte");
    const XmlElement *reference = xml_child(element, "codelisteReferenz");

    if (list) {
        out->values = arena_array(r->arena, XdfValue, xml_count(list, "wert") + 1);
        for (const XmlElement *at = xml_child(list, "wert"); at; at = xml_next(at, "wert"))
            out->values[out->value_count++] =
                (XdfValue){take_child(r, at, "code"), take_child(r, at, "name")};
    }
    if (!reference)
        return;
    const XmlElement *inner = xml_child(reference, "genericodeIdentification");
    const XmlElement *at = inner ? inner : reference;
    out->code_list_line = reference->line;
    out->code_column = take_child(r, element, "codeKey");
    out->name_column = take_child(r, element, "nameKey");
    out->code_list = take_child(r, at, "canonicalVersionUri");
    if (out->code_list.ptr)
        return; /* the parts of this name would say it again */
    Str list_id = take_child(r, at, "canonicalIdentification");
    Str version = take_child(r, at, "version");
    if (list_id.ptr)
        out->code_list = version.ptr
                             ? str_printf(r->arena, "%.*s_%.*s", STR_ARG(list_id), STR_ARG(version))
                             : list_id;
}

/* The last one that says something. */
static void read_content(Reader *r, const XmlElement *element, XdfElement *out)
{
    const XmlElement *last = NULL;

    for (const XmlElement *at = xml_child(element, "inhalt"); at; at = xml_next(at, "inhalt"))
        if (!str_empty(str_trim(at->text)))
            last = at;
    out->content = take_paragraphs(r, last);
    out->content_line = last ? last->line : 0;
}

static void read_file(Reader *r, const XmlElement *element, XdfElement *out)
{
    const XmlElement *size = xml_child(element, "maxSize");

    out->max_size = take(r, size);
    out->max_size_line = size ? size->line : 0;
    out->media = arena_array(r->arena, XdfMedia, xml_count(element, "mediaType") + 1);
    for (const XmlElement *at = xml_child(element, "mediaType"); at; at = xml_next(at, "mediaType"))
        out->media[out->media_count++] = (XdfMedia){take(r, at), at->line};
}

static bool read_field(Reader *r, const XmlElement *element, XdfElement *out)
{
    out->art = take_code(r, element, "feldart");
    out->type = take_code(r, element, "datentyp");
    read_content(r, element, out);
    /* What does not go with the type stays where it is, and is named as left over. */
    if (str_is(out->art, "select"))
        read_values(r, element, out);
    else if (str_is(out->type, "file"))
        read_file(r, element, out);
    return read_precision(r, element, out);
}

/* "1:1", "0:*", "2:5". */
static bool read_number(Reader *r, const XmlElement *at, XdfElement *out)
{
    const XmlElement *number = xml_child(at, "anzahl");
    Str most_text = take(r, number), least_text = str_cut(&most_text, ':');
    bool many = str_is(most_text, "*") || str_is(most_text, "n");
    int64_t least, most = XDF_MANY;
    bool ok = str_to_i64(least_text, &least) && least >= 0 && least <= 10000;

    if (ok && !many)
        ok = str_to_i64(most_text, &most) && most >= least && most <= 10000;
    if (!ok)
        return err_at(r->err, number->file, number->line, number->column,
                      "<anzahl> must be like 0:1, 1:1 or 1:*");
    out->least = (int)least;
    out->most = (int)most;
    return true;
}

static bool read_element(Reader *r, const XmlElement *element, int level, XdfElement *out);

static bool read_children(Reader *r, const XmlElement *element, int level, XdfElement *out)
{
    out->children = arena_array(r->arena, XdfElement, xml_count(element, "struktur") + 1);
    for (const XmlElement *at = xml_child(element, "struktur"); at; at = xml_next(at, "struktur")) {
        const XmlElement *inside = xml_child(at, "enthaelt");
        XdfElement *child = &out->children[out->child_count++];
        if (!read_number(r, at, child) || !read_element(r, inside->first, level + 1, child))
            return false;
        child->first_line = at->line;
        Str legal = join(r, at, "bezug");
        if (legal.ptr)
            child->legal = child->legal.ptr ? str_printf(r->arena, "%.*s; %.*s",
                                                         STR_ARG(child->legal), STR_ARG(legal))
                                            : legal;
    }
    return true;
}

static bool read_element(Reader *r, const XmlElement *element, int level, XdfElement *out)
{
    if (level > MAX_LEVELS)
        return err_at(r->err, element->file, element->line, element->column,
                      "groups are nested more than %d deep", MAX_LEVELS);
    out->kind = xml_is(element, "datenfeld")         ? XDF_FIELD
                : xml_is(element, "datenfeldgruppe") ? XDF_GROUP
                                                     : XDF_SCHEMA;
    read_identity(r, element, out);
    read_rules(r, element, out);
    if (out->kind == XDF_FIELD)
        return read_field(r, element, out);
    return read_children(r, element, level, out);
}

/* --- What has no place ------------------------------------------------------------------------ */

static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)(*(const XmlElement *const *)a),
              y = (uintptr_t)(*(const XmlElement *const *)b);

    return x < y ? -1 : x > y;
}

typedef struct LeftList {
    XdfLeft *items;
    size_t count, capacity;
} LeftList;

/* A code is named by the element that holds it, and what many elements have by both. */
static Str name_of(Arena *arena, const XmlElement *element)
{
    static const char *const common[] = {"id",    "version",      "name",
                                         "bezug", "beschreibung", "stichwort"};
    const XmlElement *parent = element->parent;

    if (parent && xml_is(parent, "identifikation"))
        parent = parent->parent;
    if (!parent)
        return element->name;
    if (xml_is(element, "code") && !xml_is(parent, "wert"))
        return parent->name;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (xml_is(element, common[i]))
            return str_printf(arena, "%.*s/%.*s", STR_ARG(parent->name), STR_ARG(element->name));
    return element->name;
}

static void collect_left(Reader *r, const XmlElement *element, LeftList *left)
{
    bool taken = bsearch(&element, r->taken.items, r->taken.count, sizeof *r->taken.items,
                         by_address) != NULL;
    Str text = xdf_line(r->arena, element->text);

    if (!taken && text.len)
        VEC_PUSH(r->arena, left, (XdfLeft){element->line, name_of(r->arena, element), text});
    for (const XmlElement *child = element->first; child; child = child->next)
        collect_left(r, child, left);
}

bool xdf_read(Arena *arena, Str xml, const char *file, XdfDocument *out, Err *err)
{
    Reader r = {.arena = arena, .err = err};
    LeftList left = {0};
    const XmlElement *root = xml_read(arena, xml, file, err);

    *out = (XdfDocument){0};
    if (!root)
        return false;
    r.version = str_is(root->space, XDF_SPACE_2) ? 2 : str_is(root->space, XDF_SPACE_3) ? 3 : 0;
    if (!r.version)
        return err_at(
            err, root->file, root->line, root->column,
            "the namespace \"%.*s\" is neither XDatenfelder 2 nor 3.0.0: get the document "
            "in one of these versions",
            STR_ARG(root->space));
    if (!xdf_check_shape(root, r.version, err))
        return false;
    out->version = r.version;
    const XmlElement *header = xml_child(root, "header");
    out->message = take_child(&r, header, "nachrichtID");
    out->created = take_child(&r, header, "erstellungszeitpunkt");
    const XmlElement *top = xml_child(root, "stammdatenschema");
    if (!read_element(&r, top ? top : xml_child(root, "datenfeldgruppe"), 0, &out->root))
        return false;
    out->root.least = out->root.most = 1;
    if (r.taken.count)
        qsort(r.taken.items, r.taken.count, sizeof *r.taken.items, by_address);
    collect_left(&r, root, &left);
    out->left = left.items;
    out->left_count = left.count;
    return true;
}
