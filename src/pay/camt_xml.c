/* SPDX-License-Identifier: EUPL-1.2 */
/* A tree of one element at a time, made from what the parser tells: of a statement with 100,000
 * entries only one is in memory, and what nobody asks for is never built. */
#include "pay/camt_xml.h"

#include "base/buf.h"
#include "base/xml_sax.h"
#include "core/page/out.h"

#include <libxml/parserInternals.h>

static const char SPACE[] = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";
enum { STATEMENT_DEPTH = 2, PART_DEPTH = 3 };

typedef struct Stream {
    const CamtParts *parts;
    xmlParserCtxt *parser;
    Arena *arena; /* for one part; reset between */
    Buf text;     /* of the open element so far */
    Err *err;
    bool failed;
    bool in_statement;
    int depth;      /* of the element that begins next */
    int skip_below; /* what is deeper than this is passed over; 0: nothing */
    CamtNode *part, *open;
    int bad_line; /* where it ceases to be XML, or 0 */
    bool bad_encoding;
} Stream;

static void stop(Stream *stream)
{
    stream->failed = true;
    xmlStopParser(stream->parser);
}

/* --- What the parser tells ----------------------------------------------------------------- */

/* Versions 2 (until November 2025) and 8 differ in nothing that is read here by name only. */
static bool known_space(const xmlChar *space)
{
    Str name = space ? str_c((const char *)space) : STR_NONE;
    Str version =
        str_starts_with(name, SPACE) ? str_slice(name, sizeof SPACE - 1, name.len) : STR_NONE;

    return str_is(version, "08") || str_is(version, "02");
}

static bool wanted_part(const char *name)
{
    static const char *const wanted[] = {"Ntry", "Bal", "Id", "Acct"};

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strcmp(name, wanted[i]) == 0)
            return true;
    return false;
}

static Str currency_of(Stream *stream, int count, const xmlChar **attributes)
{
    for (int i = 0; i < count; i++) {
        const xmlChar **a = attributes + (size_t)i * 5; /* name, prefix, URI, value, end */
        if (strcmp((const char *)a[0], "Ccy") == 0)
            return str_copy(stream->arena, (Str){(const char *)a[3], (size_t)(a[4] - a[3])});
    }
    return STR_NONE;
}

static void add_node(Stream *stream, const char *name, int count, const xmlChar **attributes)
{
    CamtNode *node = arena_new(stream->arena, CamtNode);
    CamtNode *parent = stream->open;

    *node = (CamtNode){.name = name,
                       .currency = currency_of(stream, count, attributes),
                       .parent = parent,
                       .line = stream->parser->input->line};
    if (!parent)
        stream->part = node;
    else if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    if (parent)
        parent->last = node;
    stream->open = node;
    stream->text.len = 0;
}

static void start_element(void *data, const xmlChar *local, const xmlChar *prefix,
                          const xmlChar *space, int prefix_count, const xmlChar **prefixes,
                          int count, int defaulted, const xmlChar **attributes)
{
    Stream *stream = data;
    const char *name = (const char *)local;
    int depth = stream->depth++;

    (void)prefix;
    (void)prefix_count;
    (void)prefixes;
    (void)defaulted;
    if (stream->failed || (stream->skip_below && depth > stream->skip_below))
        return;
    if (depth == 0 && (strcmp(name, "Document") != 0 || !known_space(space))) {
        err_set_in(
            stream->err, ERR_INPUT, stream->parts->lang,
            "Das ist kein Kontoauszug im Format camt.053 (Version 08, auch 02). Bitte wählen "
            "Sie dieses Format beim Abruf von der Bank.");
        stop(stream);
        return;
    }
    if (depth == STATEMENT_DEPTH)
        stream->in_statement = strcmp(name, "Stmt") == 0;
    if (depth < PART_DEPTH || !stream->in_statement)
        return;
    bool wanted = depth == PART_DEPTH
                      ? wanted_part(name)
                      : !stream->parts->without || strcmp(name, stream->parts->without) != 0;
    if (wanted)
        add_node(stream, name, count, attributes);
    else
        stream->skip_below = depth;
}

static void end_part(Stream *stream)
{
    if (!stream->parts->part(stream->part, stream->arena, stream->parts->context, stream->err))
        stop(stream);
    stream->part = NULL;
    arena_reset(stream->arena);
}

static void end_element(void *data, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *space)
{
    Stream *stream = data;
    int depth = --stream->depth;

    (void)name;
    (void)prefix;
    (void)space;
    if (stream->failed)
        return;
    if (stream->skip_below) {
        if (depth == stream->skip_below)
            stream->skip_below = 0;
        return;
    }
    if (stream->open) {
        Str text = stream->open->first ? STR_NONE : str_trim(buf_str(&stream->text));
        stream->open->text = text.len ? str_copy(stream->arena, text) : STR_NONE;
        stream->open = stream->open->parent;
        if (!stream->open)
            end_part(stream);
    } else if (depth == STATEMENT_DEPTH && stream->in_statement) {
        stream->in_statement = false;
        if (!stream->parts->end(stream->parts->context, stream->err))
            stop(stream);
    }
}

static void characters(void *data, const xmlChar *text, int length)
{
    Stream *stream = data;

    if (stream->open && !stream->skip_below && !stream->failed)
        buf_add(&stream->text, (Str){(const char *)text, (size_t)length});
}

static void document_type(void *data, const xmlChar *name, const xmlChar *external,
                          const xmlChar *system)
{
    Stream *stream = data;

    (void)name;
    (void)external;
    (void)system;
    if (stream->failed)
        return;
    err_set_in(stream->err, ERR_INPUT, stream->parts->lang,
               "Die Datei hat eine Dokumenttyp-Angabe, die ein Kontoauszug nie hat.");
    stream->err->line = stream->parser->input->line;
    stop(stream);
}

static void note_error(void *data, xmlError *error)
{
    Stream *stream = data;

    if (error->level == XML_ERR_FATAL && !stream->bad_line)
        stream->bad_line = error->line;
}

static void note_encoding(void *data, xmlError *error)
{
    Stream *stream = data;

    if (error->level < XML_ERR_ERROR)
        return;
    stream->bad_encoding = true;
    if (!stream->bad_line && stream->parser)
        stream->bad_line = xmlSAX2GetLineNumber(stream->parser);
}

/* --- Reading ------------------------------------------------------------------------------- */

/* The parser takes what it needs from here; given the memory it would copy all of it. */
static int read_some(void *data, char *out, int size)
{
    Str *rest = data;
    size_t take = rest->len < (size_t)size ? rest->len : (size_t)size;

    memcpy(out, rest->ptr, take);
    *rest = str_slice(*rest, take, rest->len);
    return (int)take;
}

static xmlParserCtxt *parser_for(Stream *stream, Str *rest)
{
    xmlSAXHandler handler = xml_sax_handler(
        &(XmlSax){start_element, end_element, characters, document_type, note_error});
    xmlParserCtxt *parser =
        xmlCreateIOParserCtxt(&handler, stream, read_some, NULL, rest, XML_CHAR_ENCODING_NONE);

    if (parser)
        xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    return parser;
}

bool camt_parts(Str xml, const CamtParts *parts, Err *err)
{
    Stream stream = {.parts = parts, .err = err};
    XmlListener before = xml_listen(note_encoding, &stream);

    stream.parser = parser_for(&stream, &xml);
    if (!stream.parser) {
        xml_listen_end(before);
        return err_set(err, ERR_INTERNAL, "no memory for the XML parser");
    }
    Arena *texts = arena_create(0);
    stream.arena = arena_create(0);
    stream.text = buf_in(texts);
    xmlParseDocument(stream.parser);
    xml_listen_end(before);
    bool ok = !stream.failed;
    if (ok && (stream.bad_encoding || !stream.parser->wellFormed || stream.depth != 0)) {
        ok = err_set_in(err, ERR_INPUT, parts->lang,
                        "Die Datei ist beschädigt: Sie ist kein vollständiges XML. Bitte rufen Sie "
                        "den Auszug noch einmal von der Bank ab.");
        err->line = stream.bad_line;
    }
    if (stream.parser->myDoc)
        xmlFreeDoc(stream.parser->myDoc);
    xmlFreeParserCtxt(stream.parser);
    arena_destroy(stream.arena);
    arena_destroy(texts);
    return ok;
}

/* --- Steps in the tree ---------------------------------------------------------------------- */

static const CamtNode *named(const CamtNode *from, Str name)
{
    while (from && (strncmp(from->name, name.ptr, name.len) != 0 || from->name[name.len] != '\0'))
        from = from->next;
    return from;
}

const CamtNode *camt_child(const CamtNode *node, const char *name, const CamtNode *after)
{
    return named(after ? after->next : node ? node->first : NULL, str_c(name));
}

const CamtNode *camt_at(const CamtNode *node, const char *path)
{
    Str rest = str_c(path);

    while (node && rest.ptr)
        node = named(node->first, str_cut(&rest, '/'));
    return node;
}

Str camt_text(const CamtNode *node, const char *path)
{
    const CamtNode *at = camt_at(node, path);

    return at ? at->text : STR_NONE;
}
