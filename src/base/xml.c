/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/xml.h"

#include "base/vec.h"
#include "base/xml_sax.h"

#include <libxml/parserInternals.h>

typedef struct Reader {
    Arena *arena;
    Str text;
    const char *file;
    Err *err;
    xmlParserCtxt *parser;
    XmlElement *root;
    XmlElement *open; /* innermost */
    Buf *content;     /* text of each open element */
    int depth;
    size_t elements;
    size_t offset; /* how far the lines were counted */
    int line;
    int column;
    size_t line_start;
    bool failed;
} Reader;

static void stop(Reader *r, int line, int column, const char *message)
{
    if (!r->failed)
        err_at(r->err, r->file, line, column, "%s", message);
    r->failed = true;
    xmlStopParser(r->parser);
}

/* --- Places ---------------------------------------------------------------------------- */

/* How far libxml2 has read, in bytes; false when it converts the encoding. */
static bool position(const Reader *r, size_t *offset)
{
    const xmlParserInput *input = r->parser->input;

    if (!input || (input->buf && input->buf->encoder))
        return false;
    *offset = (size_t)input->consumed + (size_t)(input->cur - input->base);
    return *offset <= r->text.len;
}

static int characters_in(Str text, size_t from, size_t to)
{
    int count = 0;

    for (size_t i = from; i < to; i++)
        count += (text.ptr[i] & 0xC0) != 0x80;
    return count;
}

/* Line and column (in characters) of an offset. Offsets are asked in rising order, so that
 * each character is counted once, however long its line. */
static void place_of(Reader *r, size_t offset, int *line, int *column)
{
    for (; r->offset < offset; r->offset++) {
        if (r->text.ptr[r->offset] == '\n') {
            r->line++;
            r->line_start = r->offset + 1;
            r->column = 1;
        } else {
            r->column += (r->text.ptr[r->offset] & 0xC0) != 0x80;
        }
    }
    *line = r->line;
    *column = offset < r->line_start ? 1 : r->column - characters_in(r->text, offset, r->offset);
}

/* The start tag ends where the parser stands; a "<" can only be its beginning. */
static void place_element(Reader *r, XmlElement *element)
{
    size_t at, from, to;
    char quote = '\0';

    element->line = element->text_line = xmlSAX2GetLineNumber(r->parser);
    if (!position(r, &at))
        return;
    for (from = at; from > 0 && (from == r->text.len || r->text.ptr[from] != '<');)
        from--;
    place_of(r, from, &element->line, &element->column);
    for (to = from; to < r->text.len && (quote || r->text.ptr[to] != '>'); to++) {
        char c = r->text.ptr[to];
        if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? '\0' : c;
    }
    place_of(r, to + 1 < r->text.len ? to + 1 : r->text.len, &element->text_line,
             &element->text_column);
}

/* --- What libxml2 tells ------------------------------------------------------------------ */

static Str copy(Reader *r, const xmlChar *text)
{
    return text ? str_copy(r->arena, str_c((const char *)text)) : STR_NONE;
}

static void read_attributes(Reader *r, XmlElement *element, int count, const xmlChar **attributes)
{
    element->attributes = arena_array(r->arena, XmlAttribute, (size_t)count);
    element->attribute_count = (size_t)count;
    for (int i = 0; i < count; i++) {
        const xmlChar **a = attributes + (size_t)i * 5; /* name, prefix, URI, value, end */
        Str value = {(const char *)a[3], (size_t)(a[4] - a[3])};
        element->attributes[i] =
            (XmlAttribute){copy(r, a[2]), copy(r, a[0]), str_copy(r->arena, value)};
    }
}

static void start_element(void *data, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *space, int prefix_count, const xmlChar **prefixes,
                          int attribute_count, int defaulted, const xmlChar **attributes)
{
    Reader *r = data;
    XmlElement *element = arena_new(r->arena, XmlElement);

    (void)prefix;
    (void)defaulted;
    if (r->failed)
        return;
    element->file = r->file;
    place_element(r, element);
    if (r->depth == XML_MAX_DEPTH || ++r->elements > XML_MAX_ELEMENTS) {
        stop(r, element->line, element->column,
             r->depth == XML_MAX_DEPTH ? "the elements are nested too deeply"
                                       : "the file has too many elements");
        return;
    }
    element->name = copy(r, name);
    element->space = copy(r, space);
    element->parent = r->open;
    element->prefixes = r->open ? r->open->prefixes : NULL;
    for (int i = 0; i < prefix_count; i++) {
        XmlPrefix *known = arena_new(r->arena, XmlPrefix);
        known->prefix = prefixes[2 * i] ? copy(r, prefixes[2 * i]) : STR("");
        known->space = copy(r, prefixes[2 * i + 1]);
        known->outer = element->prefixes;
        element->prefixes = known;
    }
    read_attributes(r, element, attribute_count, attributes);
    if (!r->open)
        r->root = element;
    else if (r->open->last)
        r->open->last->next = element;
    else
        r->open->first = element;
    if (r->open)
        r->open->last = element;
    r->open = element;
    r->content[r->depth++] = buf_in(r->arena);
}

static void end_element(void *data, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *space)
{
    Reader *r = data;

    (void)name;
    (void)prefix;
    (void)space;
    if (r->failed || !r->open)
        return;
    r->open->text = buf_str(&r->content[--r->depth]);
    r->open = r->open->parent;
}

static void characters(void *data, const xmlChar *text, int length)
{
    Reader *r = data;

    if (!r->failed && r->depth > 0)
        buf_add(&r->content[r->depth - 1], (Str){(const char *)text, (size_t)length});
}

static void document_type(void *data, const xmlChar *name, const xmlChar *external,
                          const xmlChar *system)
{
    Reader *r = data;

    (void)name;
    (void)external;
    (void)system;
    stop(r, xmlSAX2GetLineNumber(r->parser), 0,
         "document types are refused, because they may hold entities; remove <!DOCTYPE ...>");
}

static void ignore(void *context, xmlError *error)
{
    (void)context;
    (void)error;
}

enum { MESSAGE_MAX = 300 };

/* In one line. */
static void message_of(const xmlError *error, const char *what, char out[MESSAGE_MAX])
{
    snprintf(out, MESSAGE_MAX, "%s: %s", what, error->message ? error->message : "unknown error");
    for (char *at = out; *at; at++)
        if (*at == '\n')
            *at = at[1] ? ' ' : '\0';
}

static void note_error(void *data, xmlError *error)
{
    Reader *r = data;
    char message[MESSAGE_MAX];

    if (error->level < XML_ERR_ERROR || r->failed || error->domain == XML_FROM_NAMESPACE)
        return;
    message_of(error, "this is no well-formed XML", message);
    stop(r, error->line, error->int2, message);
}

/* libxml2 is converting: it ends by itself. */
static void note_encoding(void *data, xmlError *error)
{
    Reader *r = data;
    char message[MESSAGE_MAX];

    if (error->level < XML_ERR_ERROR || r->failed)
        return;
    message_of(error, "the text is not in the encoding that it names", message);
    err_at(r->err, r->file, r->parser ? xmlSAX2GetLineNumber(r->parser) : 1, 0, "%s", message);
    r->failed = true;
}

XmlListener xml_listen(void (*fault)(void *context, xmlError *error), void *context)
{
    XmlListener before = {xmlStructuredError, xmlStructuredErrorContext};

    xmlSetStructuredErrorFunc(context, (xmlStructuredErrorFunc)(fault ? fault : ignore));
    return before;
}

void xml_listen_end(XmlListener before)
{
    xmlSetStructuredErrorFunc(before.context, before.fault);
}

xmlSAXHandler xml_sax_handler(const XmlSax *sax)
{
    return (xmlSAXHandler){
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = sax->start,
        .endElementNs = sax->end,
        .characters = sax->characters,
        .ignorableWhitespace = sax->characters,
        .cdataBlock = sax->characters,
        .internalSubset = sax->document_type,
        .serror = (xmlStructuredErrorFunc)sax->fault,
    };
}

static void parse(Reader *r)
{
    xmlSAXHandler handler = xml_sax_handler(
        &(XmlSax){start_element, end_element, characters, document_type, note_error});
    xmlSAXHandler *own = r->parser->sax;

    r->parser->sax = &handler;
    r->parser->userData = r;
    r->parser->sax2 = 1;
    r->parser->linenumbers = 1;
    r->parser->options |= XML_PARSE_NONET;
    /* Or "&amp;" in an attribute would stay "&#38;". XML's own five are all there are: a document
     * type ends the reading. */
    r->parser->replaceEntities = 1;
    xmlParseDocument(r->parser);
    r->parser->sax = own;
}

/* libxml2 holds each attribute of an element against all others: 100,000 would take seconds. An
 * attribute has two quotes, and no "<" stands in a tag. 0: there is no such element. */
static int line_of_many_attributes(Str text)
{
    size_t quotes = 0;
    int line = 1;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        line += c == '\n';
        quotes = c == '<' ? 0 : quotes + (c == '"' || c == '\'');
        if (quotes > 2 * XML_MAX_ATTRIBUTES)
            return line;
    }
    return 0;
}

static bool read_all(Reader *r)
{
    r->parser = xmlCreateMemoryParserCtxt(r->text.ptr, (int)r->text.len);
    if (!r->parser)
        return err_set(r->err, ERR_INTERNAL, "libxml2 cannot begin");
    parse(r);
    if (!r->failed && (!r->parser->wellFormed || !r->root || r->open))
        stop(r, xmlSAX2GetLineNumber(r->parser), 0, "this is no well-formed XML");
    if (r->parser->myDoc)
        xmlFreeDoc(r->parser->myDoc);
    xmlFreeParserCtxt(r->parser);
    return true;
}

XmlElement *xml_read(Arena *arena, Str text, const char *file, Err *err)
{
    Buf content[XML_MAX_DEPTH];
    Reader r = {.arena = arena,
                .text = text,
                .file = file ? arena_strdup(arena, file) : NULL,
                .err = err,
                .content = content,
                .line = 1,
                .column = 1};

    if (text.len == 0 || text.len > XML_MAX_BYTES) {
        err_at(err, file, 0, 0,
               text.len ? "the file is larger than %d MiB" : "the file is empty; XML is expected",
               XML_MAX_BYTES >> 20);
        return NULL;
    }
    int many = line_of_many_attributes(text);
    if (many) {
        err_at(err, file, many, 0, "an element has more than %d attributes", XML_MAX_ATTRIBUTES);
        return NULL;
    }
    XmlListener before = xml_listen(note_encoding, &r);
    bool begun = read_all(&r);
    xml_listen_end(before);
    return begun && !r.failed ? r.root : NULL;
}

/* --- Reading the tree ---------------------------------------------------------------------- */

Str xml_attribute_in(const XmlElement *element, Str space, const char *name)
{
    for (size_t i = 0; i < element->attribute_count; i++)
        if (str_is(element->attributes[i].name, name) &&
            str_eq(element->attributes[i].space, space))
            return element->attributes[i].value;
    return STR_NONE;
}

Str xml_attribute(const XmlElement *element, const char *name)
{
    return xml_attribute_in(element, STR_NONE, name);
}

static XmlElement *named(XmlElement *from, Str space, const char *name)
{
    for (; from; from = from->next)
        if (str_is(from->name, name) && str_eq(from->space, space))
            return from;
    return NULL;
}

XmlElement *xml_child(const XmlElement *element, const char *name)
{
    return element ? named(element->first, element->space, name) : NULL;
}

XmlElement *xml_next(const XmlElement *element, const char *name)
{
    return named(element->next, element->space, name);
}

size_t xml_count(const XmlElement *element, const char *name)
{
    size_t count = 0;

    for (const XmlElement *at = xml_child(element, name); at; at = xml_next(at, name))
        count++;
    return count;
}

Str xml_space_of(const XmlElement *element, Str prefix)
{
    for (const XmlPrefix *at = element->prefixes; at; at = at->outer)
        if (str_eq(at->prefix, prefix))
            return at->space;
    return STR_NONE;
}

/* --- Writing ---------------------------------------------------------------------------- */

/* The bytes of the character there when XML 1.0 has no way to write it, not even by its number:
 * most control characters, U+FFFE and U+FFFF. 0: it can be written. */
static size_t unwritable(Str text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    Str rest = str_slice(text, at, text.len);

    if (c < 0x20)
        return c != '\t' && c != '\n' && c != '\r';
    return c == 0xEF &&
                   (str_starts_with(rest, "\xef\xbf\xbe") || str_starts_with(rest, "\xef\xbf\xbf"))
               ? 3
               : 0;
}

Str xml_writable(Arena *arena, Str text)
{
    Buf out = buf_in(arena);
    size_t from = 0;

    for (size_t i = 0; i < text.len;) {
        size_t gone = unwritable(text, i);
        if (gone) {
            buf_add(&out, str_slice(text, from, i));
            from = i + gone;
        }
        i += gone ? gone : 1;
    }
    if (!from)
        return text;
    buf_add(&out, str_slice(text, from, text.len));
    return buf_str(&out);
}

/* Readers make a line end of a carriage return, and blanks of tabs and line ends in attributes,
 * unless they are written by their numbers. */
static void escape(Buf *out, Str text, bool attribute)
{
    Str writable = xml_writable(out->arena, text);

    for (size_t i = 0; i < writable.len; i++) {
        char c = writable.ptr[i];
        switch (c) {
        case '&': buf_add_c(out, "&amp;"); break;
        case '<': buf_add_c(out, "&lt;"); break;
        case '>': buf_add_c(out, "&gt;"); break;
        case '"': buf_add_c(out, "&quot;"); break;
        case '\r': buf_add_c(out, "&#13;"); break;
        case '\n': buf_add_c(out, attribute ? "&#10;" : "\n"); break;
        case '\t': buf_add_c(out, attribute ? "&#9;" : "\t"); break;
        default: buf_add_char(out, c);
        }
    }
}

void xml_escape(Buf *out, Str text)
{
    escape(out, text, false);
}

void xml_escape_attribute(Buf *out, Str text)
{
    escape(out, text, true);
}
