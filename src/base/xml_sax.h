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
