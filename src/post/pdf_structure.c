/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/pdf_structure.h"

static int page_object(int first, int index)
{
    return first + 2 * index;
}

static void number_all(PdfWriter *w, PdfElement *element)
{
    element->number = pdf_number(w);
    for (size_t i = 0; i < element->kids.count; i++)
        if (element->kids.items[i].element)
            number_all(w, element->kids.items[i].element);
}

/* The page of the element's first content, or -1: a number alone means content of that page. */
static int own_page(const PdfElement *element)
{
    for (size_t i = 0; i < element->kids.count; i++)
        if (!element->kids.items[i].element)
            return element->kids.items[i].page;
    return -1;
}

static void add_kid(Buf *out, const PdfKid *kid, int own, int first)
{
    if (kid->element) {
        pdf_add_reference(out, kid->element->number);
    } else if (kid->page == own) {
        buf_add_char(out, ' ');
        buf_add_i64(out, kid->content);
    } else {
        buf_add_c(out, " << /Type /MCR /Pg");
        pdf_add_reference(out, page_object(first, kid->page));
        buf_add_c(out, " /MCID ");
        buf_add_i64(out, kid->content);
        buf_add_c(out, " >>");
    }
}

static void add_kids(Buf *out, const PdfElement *element, int first)
{
    int own = own_page(element);

    if (own >= 0) {
        buf_add_c(out, " /Pg");
        pdf_add_reference(out, page_object(first, own));
    }
    buf_add_c(out, " /K [");
    for (int last = 0; last < 2; last++)
        for (size_t i = 0; i < element->kids.count; i++) {
            const PdfKid *kid = &element->kids.items[i];

            if ((kid->element && kid->element->last) == (last == 1))
                add_kid(out, kid, own, first);
        }
    buf_add_char(out, ']');
}

static void write_element(PdfWriter *w, const PdfElement *element, int parent, int first)
{
    Buf *out = &w->out;

    pdf_object_begin(w, element->number);
    buf_add_c(out, "<< /Type /StructElem /S /");
    buf_add_c(out, element->type);
    buf_add_c(out, " /P");
    pdf_add_reference(out, parent);
    if (strcmp(element->type, "TH") == 0)
        buf_add_c(out, element->head_of_row ? " /A << /O /Table /Scope /Row >>"
                                            : " /A << /O /Table /Scope /Column >>");
    if (element->alt) {
        buf_add_c(out, " /Alt ");
        pdf_add_text(out, str_c(element->alt));
        buf_addf(out, " /A << /O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f] >>",
                 element->box[0], element->box[1], element->box[2], element->box[3]);
    }
    add_kids(out, element, first);
    buf_add_c(out, " >>");
    pdf_object_end(w);
    for (size_t i = 0; i < element->kids.count; i++)
        if (element->kids.items[i].element)
            write_element(w, element->kids.items[i].element, element->number, first);
}

void pdf_write_structure(PdfWriter *w, int root, int page, PdfCanvas *canvas)
{
    Buf *out = &w->out;

    number_all(w, canvas->document);
    pdf_object_begin(w, root);
    buf_add_c(out, "<< /Type /StructTreeRoot /K [");
    pdf_add_reference(out, canvas->document->number);
    buf_add_c(out, " ] /ParentTree << /Nums [");
    for (size_t i = 0; i < canvas->pages.count; i++) {
        const CanvasPage *at = &canvas->pages.items[i];

        buf_add_char(out, '\n');
        buf_add_i64(out, (int64_t)i);
        buf_add_c(out, " [");
        for (size_t k = 0; k < at->marked.count; k++)
            pdf_add_reference(out, at->marked.items[k]->number);
        buf_add_char(out, ']');
    }
    buf_addf(out, " ] >> /ParentTreeNextKey %zu >>", canvas->pages.count);
    pdf_object_end(w);
    write_element(w, canvas->document, root, page);
}
