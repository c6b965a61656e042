/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/pdf_write.h"

#include "base/utf8.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <zlib.h>

void pdf_write_begin(PdfWriter *w, Arena *arena, size_t size)
{
    *w = (PdfWriter){.out = buf_in(arena)};
    buf_reserve(&w->out, size);
    buf_add_c(&w->out, PDF_BEGINNING);
}

static void add_offset(PdfWriter *w, size_t offset)
{
    if (w->count == w->capacity)
        w->offsets = vec_grow(w->out.arena, w->offsets, w->count, &w->capacity, sizeof *w->offsets);
    w->offsets[w->count++] = offset;
}

int pdf_number(PdfWriter *w)
{
    add_offset(w, 0);
    return (int)w->count;
}

void pdf_object_begin(PdfWriter *w, int number)
{
    assert(number > 0 && (size_t)number <= w->count && !w->offsets[number - 1]);
    w->offsets[number - 1] = w->out.len;
    buf_add_i64(&w->out, number);
    buf_add_c(&w->out, " 0 obj\n");
}

void pdf_object_end(PdfWriter *w)
{
    buf_add_c(&w->out, "\nendobj\n");
}

void pdf_stream(PdfWriter *w, int number, const char *entries, Str bytes, bool deflated)
{
    pdf_object_begin(w, number);
    buf_add_c(&w->out, "<< /Length ");
    buf_add_i64(&w->out, (int64_t)bytes.len);
    buf_add_c(&w->out, deflated ? " /Filter /FlateDecode " : " ");
    buf_add_c(&w->out, entries);
    buf_add_c(&w->out, " >>\nstream\n");
    buf_add(&w->out, bytes);
    buf_add_c(&w->out, "\nendstream");
    pdf_object_end(w);
}

/* An entry of the table has 20 bytes (7.5.4). */
static void add_entry(Buf *out, size_t offset)
{
    char entry[] = "0000000000 00000 n \n";

    for (size_t at = 10; at-- > 0; offset /= 10)
        entry[at] = (char)('0' + offset % 10);
    buf_add(out, (Str){entry, 20});
}

Str pdf_write_end(PdfWriter *w, int catalog, int info, const unsigned char id[16])
{
    static const char digits[] = "0123456789abcdef";
    Buf *out = &w->out;
    size_t table = out->len;
    char hex[33] = {0};

    buf_add_c(out, "xref\n0 ");
    buf_add_i64(out, (int64_t)w->count + 1);
    buf_add_c(out, "\n0000000000 65535 f \n");
    for (size_t i = 0; i < w->count; i++) {
        assert(w->offsets[i]);
        add_entry(out, w->offsets[i]);
    }
    for (size_t i = 0; i < 16; i++) {
        hex[2 * i] = digits[id[i] >> 4];
        hex[2 * i + 1] = digits[id[i] & 15];
    }
    buf_addf(out,
             "trailer\n<< /Size %zu /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\n"
             "startxref\n%zu\n%%%%EOF\n",
             w->count + 1, catalog, info, hex, hex, table);
    return buf_str(out);
}

/* --- Values ------------------------------------------------------------------------------------
 */

void pdf_add_reference(Buf *out, int number)
{
    buf_add_char(out, ' ');
    buf_add_i64(out, number);
    buf_add_c(out, " 0 R");
}

static void add_unit(Buf *out, uint32_t unit)
{
    static const char digits[] = "0123456789ABCDEF";

    for (int shift = 12; shift >= 0; shift -= 4)
        buf_add_char(out, digits[unit >> shift & 15]);
}

void pdf_add_text(Buf *out, Str text)
{
    buf_add_c(out, "<FEFF");
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);

        if (c >= 0x10000) {
            add_unit(out, 0xd800 + ((c - 0x10000) >> 10));
            add_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
        } else {
            add_unit(out, c);
        }
    }
    buf_add_char(out, '>');
}

void pdf_add_thousandths(Buf *out, int64_t value)
{
    int64_t rest = llabs(value) % 1000;

    if (value < 0)
        buf_add_char(out, '-');
    buf_add_i64(out, llabs(value) / 1000);
    if (!rest)
        return;
    buf_add_char(out, '.');
    for (int64_t unit = 100; rest; rest %= unit, unit /= 10)
        buf_add_char(out, (char)('0' + rest / unit));
}

void pdf_add_real(Buf *out, double value)
{
    pdf_add_thousandths(out, llround(value * 1000));
}

/* Pages are a few thousand bytes: a small window suffices and is quickly made. */
Str pdf_deflate(Arena *arena, Str bytes, int level)
{
    z_stream z = {0};

    if (deflateInit2(&z, level, Z_DEFLATED, bytes.len > 1 << 15 ? 15 : 13, 7, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        abort();
    size_t room = deflateBound(&z, (uLong)bytes.len);
    unsigned char *to = arena_alloc_raw(arena, room);

    z.next_in = (Bytef *)(uintptr_t)bytes.ptr;
    z.avail_in = (uInt)bytes.len;
    z.next_out = to;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    deflateEnd(&z);
    return (Str){(char *)to, z.total_out};
}
