/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/pdf_finish.h"

#include "base/buf.h"

#include <assert.h>
#include <qpdf/qpdf-c.h>
#include <stdlib.h>

enum { PICTURE_MARK = 101 };

void pdf_marks_figure(PdfMarks *marks, Arena *arena, const char *alt, double x, double y,
                      double width, double height)
{
    const double page_height = 297 * 72.0 / 25.4;

    if (marks->figure_count == sizeof marks->figures / sizeof *marks->figures)
        return;
    marks->figures[marks->figure_count++] = (PdfFigure){
        arena_strdup(arena, alt), {x, page_height - y - height, x + width, page_height - y}};
}

/* Every picture is drawn as a row of pixels whose number tells which picture it is. */
void pdf_picture_draw(PdfMarks *marks, cairo_t *cr, const PdfPicture *picture, double x, double y,
                      double width, double height)
{
    int pixels = PICTURE_MARK + (int)marks->picture_count;
    cairo_surface_t *mark = cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels, 1);

    assert(marks->picture_count < sizeof marks->pictures / sizeof *marks->pictures);
    marks->pictures[marks->picture_count++] = *picture;
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, width / pixels, height);
    cairo_set_source_surface(cr, mark, 0, 0);
    cairo_paint(cr);
    cairo_restore(cr);
    cairo_surface_destroy(mark);
}

/* --------------------------------------------------------------- artifacts */

/* Where the scan of a page's content stands. */
typedef struct ContentScan {
    Buf out;
    bool in_artifact;
    size_t depth; /* marked content open inside the artifact or the structure element */
    bool in_element;
} ContentScan;

static void close_artifact(ContentScan *scan)
{
    if (scan->in_artifact)
        buf_add_c(&scan->out, "EMC\n");
    scan->in_artifact = false;
}

static void scan_line(ContentScan *scan, Str line)
{
    bool begins = str_starts_with(line, "/") && str_ends_with(line, " BDC");
    bool ends = str_is(line, "EMC");

    if (begins && !scan->in_element && str_find(line, STR("<< /MCID ")) >= 0) {
        close_artifact(scan);
        scan->in_element = true;
        scan->depth = 0;
    } else if (!scan->in_element && !scan->in_artifact && !str_empty(line)) {
        buf_add_c(&scan->out, "/Artifact BMC\n");
        scan->in_artifact = true;
        scan->depth = begins ? 1 : 0;
    } else if (begins) {
        scan->depth++;
    } else if (ends && scan->depth > 0) {
        scan->depth--;
    } else if (ends) {
        scan->in_element = false;
    }
    buf_add(&scan->out, line);
    buf_add_char(&scan->out, '\n');
}

/* Cairo writes one operator's end per line and marks only what belongs to the structure;
 * everything between is paper furniture (marks, rules, page numbers) and becomes an
 * artifact (ISO 14289-1, 7.1). */
static Str mark_artifacts(Arena *arena, Str content)
{
    ContentScan scan = {.out = buf_in(arena)};

    buf_reserve(&scan.out, content.len + content.len / 8 + 64);
    while (content.ptr)
        scan_line(&scan, str_cut(&content, '\n'));
    close_artifact(&scan);
    return buf_str(&scan.out);
}

/* ------------------------------------------------------------------- pages */

static bool finish_content(qpdf_data pdf, qpdf_oh page, Arena *arena, Err *err)
{
    unsigned char *bytes = NULL;
    size_t len = 0;
    Str marked;

    if (qpdf_oh_get_page_content_data(pdf, page, &bytes, &len) & QPDF_ERRORS)
        return err_set(err, ERR_INTERNAL, "a page's content cannot be read");
    marked = mark_artifacts(arena, (Str){(char *)bytes, len});
    free(bytes);
    qpdf_oh_replace_stream_data(pdf, qpdf_oh_get_key(pdf, page, "/Contents"),
                                (const unsigned char *)marked.ptr, marked.len,
                                qpdf_oh_new_null(pdf), qpdf_oh_new_null(pdf));
    return true;
}

/* Embedded CID fonts must say how their glyphs are numbered (ISO 32000-1, 9.7.4.2). */
static void finish_fonts(qpdf_data pdf, qpdf_oh page)
{
    qpdf_oh fonts = qpdf_oh_get_key_if_dict(pdf, qpdf_oh_get_key(pdf, page, "/Resources"), "/Font");

    if (!qpdf_oh_is_dictionary(pdf, fonts))
        return;
    qpdf_oh_begin_dict_key_iter(pdf, fonts);
    while (qpdf_oh_dict_more_keys(pdf)) {
        qpdf_oh font = qpdf_oh_get_key(pdf, fonts, qpdf_oh_dict_next_key(pdf));
        qpdf_oh below = qpdf_oh_get_key(pdf, font, "/DescendantFonts");

        if (!qpdf_oh_is_array(pdf, below))
            continue;
        below = qpdf_oh_get_array_item(pdf, below, 0);
        if (qpdf_oh_is_name_and_equals(pdf, qpdf_oh_get_key(pdf, below, "/Subtype"),
                                       "/CIDFontType2"))
            qpdf_oh_replace_key(pdf, below, "/CIDToGIDMap", qpdf_oh_new_name(pdf, "/Identity"));
    }
}

/* Turn a drawn mark's image into the picture: an image, or a form of the same extent
 * (one unit; ISO 32000-1, 8.10). */
static void replace_picture(qpdf_data pdf, qpdf_oh object, const PdfPicture *picture, Arena *arena)
{
    bool image = picture->deflated.ptr != NULL;
    Str bytes = image ? picture->deflated : picture->drawing;
    qpdf_oh dict = qpdf_oh_get_dict(pdf, object);

    qpdf_oh_replace_stream_data(pdf, object, (const unsigned char *)bytes.ptr, bytes.len,
                                image ? qpdf_oh_new_name(pdf, "/FlateDecode")
                                      : qpdf_oh_new_null(pdf),
                                qpdf_oh_new_null(pdf));
    if (image) {
        qpdf_oh_replace_key(pdf, dict, "/Width", qpdf_oh_new_integer(pdf, picture->width));
        qpdf_oh_replace_key(pdf, dict, "/Height", qpdf_oh_new_integer(pdf, picture->height));
        qpdf_oh_replace_key(pdf, dict, "/ColorSpace", qpdf_oh_new_name(pdf, "/DeviceRGB"));
        qpdf_oh_replace_key(pdf, dict, "/BitsPerComponent", qpdf_oh_new_integer(pdf, 8));
        return;
    }
    qpdf_oh_remove_key(pdf, dict, "/Width");
    qpdf_oh_remove_key(pdf, dict, "/Height");
    qpdf_oh_remove_key(pdf, dict, "/ColorSpace");
    qpdf_oh_remove_key(pdf, dict, "/BitsPerComponent");
    qpdf_oh_remove_key(pdf, dict, "/Interpolate");
    qpdf_oh_replace_key(pdf, dict, "/Subtype", qpdf_oh_new_name(pdf, "/Form"));
    qpdf_oh_replace_key(pdf, dict, "/Resources", qpdf_oh_new_dictionary(pdf));
    qpdf_oh_replace_key(
        pdf, dict, "/BBox",
        qpdf_oh_parse(pdf, arena_printf(arena, "[0 0 %d %d]", picture->width, picture->height)));
    qpdf_oh_replace_key(
        pdf, dict, "/Matrix",
        qpdf_oh_parse(pdf, arena_printf(arena, "[%.8f 0 0 %.8f 0 0]", 1.0 / picture->width,
                                        1.0 / picture->height)));
}

/* Returns the number of pictures put on the page. */
static size_t finish_pictures(qpdf_data pdf, qpdf_oh page, const PdfMarks *marks, Arena *arena)
{
    qpdf_oh objects =
        qpdf_oh_get_key_if_dict(pdf, qpdf_oh_get_key(pdf, page, "/Resources"), "/XObject");
    size_t placed = 0;

    if (!qpdf_oh_is_dictionary(pdf, objects))
        return 0;
    qpdf_oh_begin_dict_key_iter(pdf, objects);
    while (qpdf_oh_dict_more_keys(pdf)) {
        qpdf_oh object = qpdf_oh_get_key(pdf, objects, qpdf_oh_dict_next_key(pdf));
        int width = qpdf_oh_get_int_value_as_int(
            pdf, qpdf_oh_get_key(pdf, qpdf_oh_get_dict(pdf, object), "/Width"));
        int index = width - PICTURE_MARK;

        if (index < 0 || (size_t)index >= marks->picture_count)
            continue;
        replace_picture(pdf, object, &marks->pictures[index], arena);
        placed++;
    }
    return placed;
}

static bool finish_pages(qpdf_data pdf, const PdfMarks *marks, Arena *arena, Err *err)
{
    int pages = qpdf_get_num_pages(pdf);
    size_t placed = 0;

    for (int i = 0; i < pages; i++) {
        qpdf_oh page = qpdf_get_page_n(pdf, (size_t)i);

        if (!finish_content(pdf, page, arena, err))
            return false;
        finish_fonts(pdf, page);
        placed += finish_pictures(pdf, page, marks, arena);
    }
    return placed == marks->picture_count ||
           err_set(err, ERR_INTERNAL, "the place of a picture is missing");
}

/* --------------------------------------------------------------- structure */

static bool is_element(qpdf_data pdf, qpdf_oh element, const char *type)
{
    return qpdf_oh_is_dictionary(pdf, element) &&
           qpdf_oh_is_name_and_equals(pdf, qpdf_oh_get_key(pdf, element, "/S"), type);
}

static void finish_figure(qpdf_data pdf, qpdf_oh element, const PdfFigure *figure, Arena *arena)
{
    qpdf_oh_replace_key(pdf, element, "/Alt", qpdf_oh_new_unicode_string(pdf, figure->alt));
    qpdf_oh_replace_key(
        pdf, element, "/A",
        qpdf_oh_parse(pdf, arena_printf(arena,
                                        "<< /O /Layout /Placement /Block /BBox [%.2f %.2f "
                                        "%.2f %.2f] >>",
                                        figure->box[0], figure->box[1], figure->box[2],
                                        figure->box[3])));
}

/* Every title cell heads its column. */
static void finish_table(qpdf_data pdf, qpdf_oh table)
{
    qpdf_oh row = qpdf_oh_get_key(pdf, table, "/K"), cells;

    if (qpdf_oh_is_array(pdf, row))
        row = qpdf_oh_get_array_item(pdf, row, 0);
    cells = qpdf_oh_wrap_in_array(pdf, qpdf_oh_get_key(pdf, row, "/K"));
    for (int i = 0; i < qpdf_oh_get_array_n_items(pdf, cells); i++) {
        qpdf_oh cell = qpdf_oh_get_array_item(pdf, cells, i);

        if (is_element(pdf, cell, "/TH"))
            qpdf_oh_replace_key(pdf, cell, "/A",
                                qpdf_oh_parse(pdf, "<< /O /Table /Scope /Column >>"));
    }
}

/* The page's foot was drawn with the first page; it is read last. */
static bool finish_structure(qpdf_data pdf, const PdfMarks *marks, Arena *arena, Err *err)
{
    qpdf_oh tree = qpdf_oh_get_key_if_dict(pdf, qpdf_get_root(pdf), "/StructTreeRoot");
    qpdf_oh document = qpdf_oh_get_array_item(pdf, qpdf_oh_get_key(pdf, tree, "/K"), 0);
    qpdf_oh parts = qpdf_oh_get_key(pdf, document, "/K");
    int count = qpdf_oh_get_array_n_items(pdf, parts), foot = -1;
    size_t figures = 0;

    if (!is_element(pdf, document, "/Document") || count < 1)
        return err_set(err, ERR_INTERNAL, "the structure tree is missing");
    for (int i = 0; i < count; i++) {
        qpdf_oh part = qpdf_oh_get_array_item(pdf, parts, i);

        if (is_element(pdf, part, "/Figure") && figures < marks->figure_count)
            finish_figure(pdf, part, &marks->figures[figures++], arena);
        else if (is_element(pdf, part, "/Table"))
            finish_table(pdf, part);
        else if (is_element(pdf, part, "/Div"))
            foot = i;
    }
    if (foot >= 0) {
        qpdf_oh part = qpdf_oh_get_array_item(pdf, parts, foot);

        qpdf_oh_erase_item(pdf, parts, foot);
        qpdf_oh_append_item(pdf, parts, part);
    }
    return figures == marks->figure_count ||
           err_set(err, ERR_INTERNAL, "a figure is missing in the structure tree");
}

/* ---------------------------------------------------------------- metadata */

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

static Str xmp(const PdfMarks *marks, Arena *arena)
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
    add_xml(&xml, marks->title);
    buf_add_c(&xml, "</rdf:li></rdf:Alt></dc:title>\n");
    if (!str_empty(marks->author)) {
        buf_add_c(&xml, "<dc:creator><rdf:Seq><rdf:li>");
        add_xml(&xml, marks->author);
        buf_add_c(&xml, "</rdf:li></rdf:Seq></dc:creator>\n");
    }
    buf_addf(&xml, "<dc:language><rdf:Bag><rdf:li>%.*s</rdf:li></rdf:Bag></dc:language>\n",
             STR_ARG(marks->lang));
    if (!date_absent(marks->date))
        buf_addf(&xml, "<xmp:CreateDate>%.*s</xmp:CreateDate>\n",
                 STR_ARG(date_iso(arena, marks->date)));
    buf_add_c(&xml, "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n");
    return buf_str(&xml);
}

static void set_text(qpdf_data pdf, qpdf_oh dict, const char *key, Str text, Arena *arena)
{
    if (str_empty(text))
        qpdf_oh_remove_key(pdf, dict, key);
    else
        qpdf_oh_replace_key(pdf, dict, key, qpdf_oh_new_unicode_string(pdf, str_cstr(arena, text)));
}

static void finish_metadata(qpdf_data pdf, const PdfMarks *marks, Arena *arena)
{
    qpdf_oh root = qpdf_get_root(pdf);
    qpdf_oh info = qpdf_oh_get_key(pdf, qpdf_get_trailer(pdf), "/Info");
    qpdf_oh metadata = qpdf_oh_new_stream(pdf);
    qpdf_oh metadata_dict = qpdf_oh_get_dict(pdf, metadata);
    Str xml = xmp(marks, arena);

    qpdf_oh_replace_stream_data(pdf, metadata, (const unsigned char *)xml.ptr, xml.len,
                                qpdf_oh_new_null(pdf), qpdf_oh_new_null(pdf));
    qpdf_oh_replace_key(pdf, metadata_dict, "/Type", qpdf_oh_new_name(pdf, "/Metadata"));
    qpdf_oh_replace_key(pdf, metadata_dict, "/Subtype", qpdf_oh_new_name(pdf, "/XML"));
    qpdf_oh_replace_key(pdf, root, "/Metadata", metadata);
    set_text(pdf, root, "/Lang", marks->lang, arena);
    qpdf_oh_replace_key(pdf, root, "/MarkInfo", qpdf_oh_parse(pdf, "<< /Marked true >>"));
    qpdf_oh_replace_key(pdf, root, "/ViewerPreferences",
                        qpdf_oh_parse(pdf, "<< /DisplayDocTitle true >>"));
    set_text(pdf, info, "/Title", marks->title, arena);
    set_text(pdf, info, "/Author", marks->author, arena);
    set_text(pdf, info, "/CreationDate",
             date_absent(marks->date) ? STR_NONE
                                      : str_printf(arena, "D:%04d%02d%02d", marks->date.year,
                                                   marks->date.month, marks->date.day),
             arena);
}

/* ------------------------------------------------------------------- write */

static bool write_pdf(qpdf_data pdf, Arena *arena, Str *out, Err *err)
{
    if (qpdf_init_write_memory(pdf) & QPDF_ERRORS)
        return err_set(err, ERR_INTERNAL, "the PDF cannot be written");
    qpdf_set_minimum_pdf_version(pdf, "1.7");
    qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
    if ((qpdf_write(pdf) & QPDF_ERRORS) || qpdf_has_error(pdf))
        return err_set(err, ERR_INTERNAL, "the PDF cannot be written: %s",
                       qpdf_get_error_full_text(pdf, qpdf_get_error(pdf)));
    out->len = qpdf_get_buffer_length(pdf);
    out->ptr = arena_copy(arena, qpdf_get_buffer(pdf), out->len);
    return true;
}

bool pdf_finish(Str drawn, const PdfMarks *marks, Arena *arena, Str *out, Err *err)
{
    qpdf_data pdf = qpdf_init();
    bool done;

    qpdf_silence_errors(pdf);
    qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
    if (qpdf_read_memory(pdf, "letter", drawn.ptr, drawn.len, NULL) & QPDF_ERRORS) {
        err_set(err, ERR_INTERNAL, "the drawn PDF cannot be read");
        qpdf_cleanup(&pdf);
        return false;
    }
    done = finish_structure(pdf, marks, arena, err) && finish_pages(pdf, marks, arena, err);
    if (done) {
        finish_metadata(pdf, marks, arena);
        done = write_pdf(pdf, arena, out, err);
    }
    qpdf_cleanup(&pdf);
    return done;
}
