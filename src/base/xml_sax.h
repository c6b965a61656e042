/* SPDX-License-Identifier: EUPL-1.2 */
/* What libxml2 tells our readers of XML, for all of them: elements with their namespaces, text
 * (also blank, also CDATA), document types and faults. Nothing else of libxml2's own handler is
 * called, so that no tree is built and no entity is known. */
#pragma once

#include <libxml/parser.h>

typedef struct XmlSax {
    startElementNsSAX2Func start;
    endElementNsSAX2Func end;
    charactersSAXFunc characters;
    internalSubsetSAXFunc document_type; /* must refuse the file */
    void (*fault)(void *context, xmlError *error);
} XmlSax;

xmlSAXHandler xml_sax_handler(const XmlSax *sax);

/* What libxml2 tells no parser's handler (a text that is not in the encoding that it names) it
 * writes to standard error, unless this thread listens. Between the two `fault` hears of it; the
 * parser must not be stopped then. NULL: nobody does. */
typedef struct XmlListener {
    xmlStructuredErrorFunc fault;
    void *context;
} XmlListener;
XmlListener xml_listen(void (*fault)(void *context, xmlError *error), void *context);
/* Back to who listened before. */
void xml_listen_end(XmlListener before);
