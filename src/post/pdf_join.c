/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/pdf_join.h"

#include <qpdf/qpdf-c.h>
#include <stdlib.h>

enum { MOST_PARTS = 2048 };

struct PdfJoin {
    qpdf_data whole;
    qpdf_data parts[MOST_PARTS]; /* their streams are read when the whole is written */
    size_t count;
};

static qpdf_data open_quietly(void)
{
    qpdf_data pdf = qpdf_init();

    qpdf_silence_errors(pdf);
    qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
    return pdf;
}

PdfJoin *pdf_join_begin(void)
{
    PdfJoin *join = calloc(1, sizeof *join);

    if (!join)
        abort();
    join->whole = open_quietly();
    qpdf_empty_pdf(join->whole);
    return join;
}

static bool add_page(PdfJoin *join, qpdf_data from, qpdf_oh page, bool first, Err *err)
{
    return !(qpdf_add_page(join->whole, from, page, first) & QPDF_ERRORS) ||
           err_set(err, ERR_INTERNAL, "a page cannot be added to the print file");
}

static bool add_empty_page(PdfJoin *join, bool first, Err *err)
{
    qpdf_oh page = qpdf_make_indirect_object(
        join->whole,
        qpdf_oh_parse(join->whole,
                      "<< /Type /Page /MediaBox [0 0 595.275574 841.889771] /Resources << >> >>"));

    return add_page(join, join->whole, page, first, err);
}

static bool open_part(PdfJoin *join, Str pdf, qpdf_data *out, Err *err)
{
    if (join->count == MOST_PARTS)
        return err_set(err, ERR_TOO_LARGE, "a print file takes at most %d letters", MOST_PARTS);
    *out = join->parts[join->count++] = open_quietly();
    return !(qpdf_read_memory(*out, "letter", pdf.ptr, pdf.len, NULL) & QPDF_ERRORS) ||
           err_set(err, ERR_INTERNAL, "a letter's PDF cannot be read for the print file");
}

/* What belongs to the structure would drag the whole letter's tree along. */
static qpdf_oh bare_page(qpdf_data pdf, int index)
{
    qpdf_oh page = qpdf_get_page_n(pdf, (size_t)index);

    qpdf_oh_remove_key(pdf, page, "/StructParents");
    qpdf_oh_remove_key(pdf, page, "/Tabs");
    return page;
}

bool pdf_join_add(PdfJoin *join, Str pdf, bool even, int *pages, Err *err)
{
    qpdf_data part;

    if (!open_part(join, pdf, &part, err))
        return false;
    int count = qpdf_get_num_pages(part);

    for (int i = 0; i < count; i++)
        if (!add_page(join, part, bare_page(part, i), false, err))
            return false;
    if (pages)
        *pages = count;
    return !even || count % 2 == 0 || add_empty_page(join, false, err);
}

bool pdf_join_cover(PdfJoin *join, Str pdf, bool even, Err *err)
{
    qpdf_data part;

    if (!open_part(join, pdf, &part, err))
        return false;
    int count = qpdf_get_num_pages(part);

    if (even && count % 2 && !add_empty_page(join, true, err))
        return false;
    for (int i = count; i-- > 0;)
        if (!add_page(join, part, bare_page(part, i), true, err))
            return false;
    return true;
}

void pdf_join_cancel(PdfJoin *join)
{
    qpdf_cleanup(&join->whole);
    for (size_t i = 0; i < join->count; i++)
        qpdf_cleanup(&join->parts[i]);
    free(join);
}

static bool write_whole(PdfJoin *join, Str title, Arena *arena, Str *out, Err *err)
{
    qpdf_data pdf = join->whole;

    qpdf_set_info_key(pdf, "/Title", str_cstr(arena, title));
    if (qpdf_init_write_memory(pdf) & QPDF_ERRORS)
        return err_set(err, ERR_INTERNAL, "the print file cannot be written");
    qpdf_set_minimum_pdf_version(pdf, "1.7");
    qpdf_set_object_stream_mode(pdf, qpdf_o_generate);
    qpdf_set_compress_streams(pdf, QPDF_TRUE);
    qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
    if ((qpdf_write(pdf) & QPDF_ERRORS) || qpdf_has_error(pdf))
        return err_set(err, ERR_INTERNAL, "the print file cannot be written: %s",
                       qpdf_get_error_full_text(pdf, qpdf_get_error(pdf)));
    out->len = qpdf_get_buffer_length(pdf);
    out->ptr = arena_copy(arena, qpdf_get_buffer(pdf), out->len);
    return true;
}

bool pdf_join_end(PdfJoin *join, Str title, Arena *arena, Str *out, Err *err)
{
    bool ok = write_whole(join, title, arena, out, err);

    pdf_join_cancel(join);
    return ok;
}
