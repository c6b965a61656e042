/* SPDX-License-Identifier: EUPL-1.2 */
/* Objects are written in a fixed order: catalog 1, pages 2, resources 3, each page before its
 * content; pdf_join.c reads that form. */
#include "post/pdf_letter.h"

#include "core/crypto.h"
#include "post/pdf_structure.h"

enum { CATALOG = 1, PAGES = 2, RESOURCES = 3, INFO = 4, METADATA = 5, STRUCTURE = 6, PAGE = 7 };

static void add_xml(Buf *xml, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '&': buf_add_c(xml, "&amp;"); break;
        case '<': buf_add_c(xml, "&lt;"); break;
        case '>': buf_add_c(xml, "&gt;"); break;
        default: buf_add_char(xml, text.ptr[i]);
        }
    }
}

static Str xmp(const PdfTitle *title, Arena *arena)
{
    Buf xml = buf_in(arena);

    buf_add_c(&xml, "<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                    "<rdf:Description rdf:about=\"\" "
                    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                    "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
                    "xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">\n"
                    "<pdfuaid:part>1</pdfuaid:part>\n"
                    "<dc:format>application/pdf</dc:format>\n<dc:title><rdf:Alt>"
                    "<rdf:li xml:lang=\"x-default\">");
    add_xml(&xml, title->title);
    buf_add_c(&xml, "</rdf:li></rdf:Alt></dc:title>\n");
    if (!str_empty(title->author)) {
        buf_add_c(&xml, "<dc:creator><rdf:Seq><rdf:li>");
        add_xml(&xml, title->author);
        buf_add_c(&xml, "</rdf:li></rdf:Seq></dc:creator>\n");
    }
    buf_addf(&xml, "<dc:language><rdf:Bag><rdf:li>%.*s</rdf:li></rdf:Bag></dc:language>\n",
             STR_ARG(title->lang));
    if (!date_absent(title->date))
        buf_addf(&xml, "<xmp:CreateDate>%.*s</xmp:CreateDate>\n",
                 STR_ARG(date_iso(arena, title->date)));
    buf_add_c(&xml, "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n");
    return buf_str(&xml);
}

void pdf_write_info(PdfWriter *w, int number, const PdfTitle *title)
{
    pdf_object_begin(w, number);
    buf_add_c(&w->out, "<< /Title ");
    pdf_add_text(&w->out, title->title);
    if (!str_empty(title->author)) {
        buf_add_c(&w->out, " /Author ");
        pdf_add_text(&w->out, title->author);
    }
    if (!date_absent(title->date))
        buf_addf(&w->out, " /CreationDate (D:%04d%02d%02d)", title->date.year, title->date.month,
                 title->date.day);
    buf_add_c(&w->out, " >>");
    pdf_object_end(w);
}

void pdf_write_picture(PdfWriter *w, int number, const PdfPicture *picture)
{
    Buf entries = buf_in(w->out.arena);

    buf_addf(&entries,
             "/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace ",
             picture->width, picture->height);
    if (str_empty(picture->palette)) {
        buf_add_c(&entries, "/DeviceRGB");
    } else {
        buf_addf(&entries, "[/Indexed /DeviceRGB %zu <", picture->palette.len / 3 - 1);
        for (size_t i = 0; i < picture->palette.len; i++)
            buf_addf(&entries, "%02x", (unsigned char)picture->palette.ptr[i]);
        buf_add_c(&entries, ">]");
    }
    pdf_stream(w, number, str_cstr(w->out.arena, buf_str(&entries)), picture->deflated, true);
}

static void write_catalog(PdfWriter *w, const PdfTitle *title)
{
    pdf_object_begin(w, CATALOG);
    buf_add_c(&w->out, "<< /Type /Catalog /Pages 2 0 R /Lang ");
    buf_addf(&w->out, "(%.*s)", STR_ARG(title->lang));
    buf_addf(&w->out,
             " /MarkInfo << /Marked true >> /ViewerPreferences << /DisplayDocTitle true >> "
             "/Metadata %d 0 R /StructTreeRoot %d 0 R >>",
             METADATA, STRUCTURE);
    pdf_object_end(w);
}

/* Pages and their content have the numbers behind the fixed ones, in turns. */
static void write_pages(PdfWriter *w, const PdfCanvas *canvas)
{
    Buf *out = &w->out;

    pdf_object_begin(w, PAGES);
    buf_add_c(out, "<< /Type /Pages /Kids [");
    for (size_t i = 0; i < canvas->pages.count; i++)
        pdf_add_reference(out, PAGE + 2 * (int)i);
    buf_addf(out, " ] /Count %zu >>", canvas->pages.count);
    pdf_object_end(w);
    for (size_t i = 0; i < canvas->pages.count; i++) {
        int number = PAGE + 2 * (int)i;

        pdf_object_begin(w, number);
        buf_addf(out,
                 "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.3f %.3f] /Resources 3 0 R "
                 "/Contents %d 0 R /StructParents %zu /Tabs /S >>",
                 page_width, page_height, number + 1, i);
        pdf_object_end(w);
        pdf_stream(w, number + 1, "",
                   pdf_deflate(out->arena, buf_str(&canvas->pages.items[i].content), 5), true);
    }
}

static bool write_resources(PdfWriter *w, const PdfCanvas *canvas, Err *err)
{
    Buf entries = buf_in(w->out.arena);
    Buf pictures = buf_in(w->out.arena);

    for (size_t i = 0; i < canvas->pictures.count; i++) {
        int picture = pdf_number(w);
        pdf_write_picture(w, picture, canvas->pictures.items[i]);
        buf_addf(&pictures, " /P%zu %d 0 R", i, picture);
    }
    if (!fonts_write(w, &canvas->fonts, &entries, err))
        return false;
    pdf_object_begin(w, RESOURCES);
    buf_add_c(&w->out, "<< /Font << ");
    buf_add(&w->out, buf_str(&entries));
    buf_add_c(&w->out, ">>");
    if (pictures.len)
        buf_addf(&w->out, " /XObject <<%.*s >>", STR_ARG(buf_str(&pictures)));
    buf_add_c(&w->out, " >>");
    pdf_object_end(w);
    return true;
}

bool pdf_letter(PdfCanvas *canvas, const PdfTitle *title, Arena *arena, Str *out, Err *err)
{
    PdfWriter w;
    unsigned char hash[32];

    canvas_end(canvas);
    pdf_write_begin(&w, arena, 60000);
    for (size_t i = 0; i < PAGE - 1 + 2 * canvas->pages.count; i++)
        pdf_number(&w);
    write_catalog(&w, title);
    write_pages(&w, canvas);
    pdf_write_info(&w, INFO, title);
    pdf_stream(&w, METADATA, "/Type /Metadata /Subtype /XML", xmp(title, arena), false);
    pdf_write_structure(&w, STRUCTURE, PAGE, canvas);
    crypto_sha256((Str){w.out.ptr, w.out.len}, hash); /* fonts follow from what stands here */
    if (!write_resources(&w, canvas, err))
        return false;
    *out = pdf_write_end(&w, CATALOG, INFO, hash);
    return true;
}
