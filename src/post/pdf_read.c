/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/pdf_read.h"

#include "base/vec.h"

enum { PAGES = 2, RESOURCES = 3, ENTRY = 20, PAGES_MAX = 1000, PICTURE_SIDE_MAX = 4096 };

typedef struct Reader {
    Str pdf;
    Str table; /* entries of the objects from number 1 on */
} Reader;

/* The number that follows `key` in the text, or -1. */
static int64_t number_behind(Str text, const char *key)
{
    ptrdiff_t at = str_find(text, str_c(key));
    int64_t value = 0;
    size_t from = at < 0 ? 0 : (size_t)at + strlen(key), to = from;

    if (at < 0)
        return -1;
    while (to < text.len && to - from < 12 && text.ptr[to] >= '0' && text.ptr[to] <= '9')
        to++;
    return str_to_i64(str_slice(text, from, to), &value) ? value : -1;
}

static bool open_table(Reader *reader, Str pdf)
{
    Str end = str_slice(pdf, pdf.len > 64 ? pdf.len - 64 : 0, pdf.len);
    int64_t at = number_behind(end, "startxref\n");

    reader->pdf = pdf;
    if (!str_starts_with(pdf, PDF_BEGINNING) || at < 0 || (size_t)at >= pdf.len)
        return false;
    Str table = str_slice(pdf, (size_t)at, pdf.len);
    int64_t count = number_behind(table, "xref\n0 ");
    ptrdiff_t first = str_find(table, STR(" f \n"));

    if (count < 1 || count > 1 << 20 || first < 0)
        return false;
    size_t from = (size_t)first + strlen(" f \n"), length = (size_t)(count - 1) * ENTRY;

    reader->table = str_slice(table, from, from + length);
    return reader->table.len == length;
}

/* From "7 0 obj" on to the end of the file; STR_NONE when there is no such object. */
static Str object_from(const Reader *reader, int64_t number)
{
    int64_t offset = 0;

    if (number < 1 || (size_t)number > reader->table.len / ENTRY)
        return STR_NONE;
    for (size_t i = 0; i < 10; i++) {
        char c = reader->table.ptr[(size_t)(number - 1) * ENTRY + i];

        if (c < '0' || c > '9')
            return STR_NONE;
        offset = offset * 10 + (c - '0');
    }
    return (size_t)offset < reader->pdf.len
               ? str_slice(reader->pdf, (size_t)offset, reader->pdf.len)
               : STR_NONE;
}

/* An object that is no stream, or a stream's dictionary. */
static Str dictionary(const Reader *reader, int64_t number)
{
    Str object = object_from(reader, number);

    if (!object.ptr)
        return STR_NONE;
    Str head = str_slice(object, 0, 1 << 16);
    ptrdiff_t end = str_find(head, STR("\nendobj\n"));
    ptrdiff_t begin = str_find(head, STR(">>\nstream\n"));

    if (end < 0 && begin < 0)
        return STR_NONE;
    return str_slice(head, 0, (size_t)(begin >= 0 && (end < 0 || begin < end) ? begin : end));
}

static bool stream(const Reader *reader, int64_t number, Str *out)
{
    Str object = object_from(reader, number), head = dictionary(reader, number);
    int64_t length = number_behind(head, "/Length ");
    size_t from = head.len + strlen(">>\nstream\n");

    if (!head.ptr || length < 0 || str_find(head, STR("/Filter /FlateDecode")) < 0 ||
        from + (size_t)length > object.len)
        return false;
    *out = str_slice(object, from, from + (size_t)length);
    return true;
}

/* "/Kids [ 7 0 R 9 0 R ]" */
static bool read_contents(const Reader *reader, Arena *arena, LetterPages *out)
{
    Str pages = dictionary(reader, PAGES);
    ptrdiff_t kids = str_find(pages, STR("/Kids [")), end = str_find(pages, STR(" ]"));

    if (kids < 0 || end < kids)
        return false;
    Str rest = str_slice(pages, (size_t)kids + strlen("/Kids ["), (size_t)end);

    while (rest.len) {
        Str page = dictionary(reader, number_behind(rest, " "));
        ptrdiff_t next = str_find(rest, STR(" 0 R"));
        Str content;

        if (next < 0 || out->contents.count == PAGES_MAX ||
            !stream(reader, number_behind(page, "/Contents "), &content))
            return false;
        VEC_PUSH(arena, &out->contents, content);
        rest = str_slice(rest, (size_t)next + 4, rest.len);
    }
    return out->contents.count > 0;
}

/* "/W [36 [666.992]\n37 [..." names the glyphs, in their order. */
static bool read_glyphs(const Reader *reader, int64_t font, Arena *arena, size_t glyph_count,
                        GlyphSet *out)
{
    Str below = dictionary(reader, number_behind(dictionary(reader, font), "/DescendantFonts [ "));
    ptrdiff_t widths = str_find(below, STR("/W ["));
    Str rest = str_slice(below, widths < 0 ? below.len : (size_t)widths + 4, below.len);

    while (rest.len && rest.ptr[0] != ']') {
        Str entry = str_cut(&rest, '\n');
        int64_t glyph;

        if (!str_to_i64(str_cut(&entry, ' '), &glyph) || glyph < 0 || (size_t)glyph >= glyph_count)
            return false;
        glyphs_add(arena, out, (uint16_t)glyph);
    }
    return out->count > 0;
}

static bool read_picture(const Reader *reader, int64_t number, PdfPicture *out)
{
    Str head = dictionary(reader, number);
    int64_t width = number_behind(head, "/Width "), height = number_behind(head, "/Height ");

    if (str_find(head, STR("/ColorSpace /DeviceRGB")) < 0)
        return false;
    if (width < 1 || height < 1 || width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX)
        return false;
    out->width = (int)width;
    out->height = (int)height;
    return stream(reader, number, &out->deflated);
}

static bool read_resources(const Reader *reader, Arena *arena, LetterPages *out)
{
    const Font *fonts = fonts_get();
    Str resources = dictionary(reader, RESOURCES);
    int64_t picture = number_behind(resources, "/P0 ");

    /* Letters have one picture at most; a report of maps is no letter. */
    if (!fonts || !resources.ptr || number_behind(resources, "/P1 ") >= 0)
        return false;
    for (int i = 0; i < FONT_COUNT; i++) {
        char name[] = {'/', 'F', (char)('0' + i), ' ', '\0'};

        if (i < FONT_COMMON_COUNT)
            out->fonts.common[i] = number_behind(resources, name) > 0;
        name[1] = 'G';
        int64_t others = number_behind(resources, name);

        if (others > 0 &&
            !read_glyphs(reader, others, arena, fonts[i].glyph_count, &out->fonts.others[i]))
            return false;
    }
    return picture < 0 || read_picture(reader, picture, &out->picture);
}

bool pdf_read_letter(Str pdf, Arena *arena, LetterPages *out)
{
    Reader reader;

    *out = (LetterPages){0};
    return open_table(&reader, pdf) && read_contents(&reader, arena, out) &&
           read_resources(&reader, arena, out);
}
