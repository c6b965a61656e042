/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/pdf_join.h"

#include "base/vec.h"
#include "core/crypto.h"
#include "post/pdf_letter.h"
#include "post/pdf_read.h"

enum { CATALOG = 1, PAGES = 2, FONTS = 3, INFO = 4, FIXED = 4 };

/* What a page may show: the fonts of all, and one picture or none. */
typedef struct Resources {
    int number;
    PdfPicture picture;
} Resources;

typedef struct PageList {
    int *items; /* numbers of page objects */
    size_t count, capacity;
} PageList;

struct PdfJoin {
    Arena *arena;
    PdfWriter w;
    FontUse fonts;
    struct {
        Resources *items;
        size_t count, capacity;
    } resources;
    PageList cover, pages;
};

PdfJoin *pdf_join_begin(Arena *arena)
{
    PdfJoin *join = arena_new(arena, PdfJoin);

    join->arena = arena;
    pdf_write_begin(&join->w, arena, 1 << 22);
    for (int i = 0; i < FIXED; i++)
        pdf_number(&join->w);
    return join;
}

static int resources_for(PdfJoin *join, const PdfPicture *picture)
{
    for (size_t i = 0; i < join->resources.count; i++)
        if (str_eq(join->resources.items[i].picture.deflated, picture->deflated))
            return join->resources.items[i].number;
    Resources further = {.number = pdf_number(&join->w), .picture = *picture};

    if (picture->deflated.ptr)
        further.picture.deflated = str_copy(join->arena, picture->deflated);
    VEC_PUSH(join->arena, &join->resources, further);
    return further.number;
}

/* `content` 0: an empty page. */
static void add_page(PdfJoin *join, PageList *to, int resources, int content)
{
    int number = pdf_number(&join->w);
    Buf *out = &join->w.out;

    pdf_object_begin(&join->w, number);
    buf_addf(out, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.3f %.3f] /Resources", page_width,
             page_height);
    if (content) {
        pdf_add_reference(out, resources);
        buf_add_c(out, " /Contents");
        pdf_add_reference(out, content);
    } else {
        buf_add_c(out, " << >>");
    }
    buf_add_c(out, " >>");
    pdf_object_end(&join->w);
    VEC_PUSH(join->arena, to, number);
}

static void use_fonts(PdfJoin *join, const FontUse *use)
{
    for (size_t i = 0; i < FONT_COMMON_COUNT; i++)
        join->fonts.common[i] = join->fonts.common[i] || use->common[i];
    for (size_t i = 0; i < FONT_COUNT; i++)
        for (size_t k = 0; k < use->others[i].count; k++)
            glyphs_add(join->arena, &join->fonts.others[i], use->others[i].items[k]);
}

static bool add(PdfJoin *join, PageList *to, Str pdf, bool even, int *pages, Err *err)
{
    Arena *arena = arena_create(0);
    LetterPages letter;
    bool ours = pdf_read_letter(pdf, arena, &letter);

    if (ours) {
        int resources = resources_for(join, &letter.picture);

        use_fonts(join, &letter.fonts);
        for (size_t i = 0; i < letter.contents.count; i++) {
            int content = pdf_number(&join->w);

            pdf_stream(&join->w, content, "", letter.contents.items[i], true);
            add_page(join, to, resources, content);
        }
        if (even && letter.contents.count % 2)
            add_page(join, to, 0, 0);
        if (pages)
            *pages = (int)letter.contents.count;
    }
    arena_destroy(arena);
    return ours || err_set(err, ERR_INPUT, "a PDF for the print file is no letter of this program");
}

bool pdf_join_add(PdfJoin *join, Str pdf, bool even, int *pages, Err *err)
{
    return add(join, &join->pages, pdf, even, pages, err);
}

bool pdf_join_cover(PdfJoin *join, Str pdf, bool even, Err *err)
{
    return add(join, &join->cover, pdf, even, NULL, err);
}

/* --- The end -----------------------------------------------------------------------------------
 */

static void write_tree(PdfJoin *join)
{
    Buf *out = &join->w.out;
    const PageList *const lists[] = {&join->cover, &join->pages};

    pdf_object_begin(&join->w, PAGES);
    buf_add_c(out, "<< /Type /Pages /Kids [");
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->count; i++)
            pdf_add_reference(out, lists[k]->items[i]);
    buf_addf(out, " ] /Count %zu >>", join->cover.count + join->pages.count);
    pdf_object_end(&join->w);
    pdf_object_begin(&join->w, CATALOG);
    buf_add_c(out, "<< /Type /Catalog /Pages 2 0 R >>");
    pdf_object_end(&join->w);
}

static void write_resources(PdfJoin *join)
{
    for (size_t i = 0; i < join->resources.count; i++) {
        const Resources *resources = &join->resources.items[i];
        bool shows = resources->picture.deflated.ptr != NULL;
        int picture = shows ? pdf_number(&join->w) : 0;

        if (shows)
            pdf_write_picture(&join->w, picture, &resources->picture);
        pdf_object_begin(&join->w, resources->number);
        buf_addf(&join->w.out, "<< /Font %d 0 R", FONTS);
        if (shows)
            buf_addf(&join->w.out, " /XObject << /P0 %d 0 R >>", picture);
        buf_add_c(&join->w.out, " >>");
        pdf_object_end(&join->w);
    }
}

bool pdf_join_end(PdfJoin *join, Str title, Str *out, Err *err)
{
    Buf entries = buf_in(join->arena);
    unsigned char hash[32];

    write_tree(join);
    write_resources(join);
    if (!fonts_write(&join->w, &join->fonts, &entries, err))
        return false;
    pdf_object_begin(&join->w, FONTS);
    buf_add_c(&join->w.out, "<< ");
    buf_add(&join->w.out, buf_str(&entries));
    buf_add_c(&join->w.out, ">>");
    pdf_object_end(&join->w);
    pdf_write_info(&join->w, INFO, &(PdfTitle){.title = title});
    crypto_sha256((Str){join->w.out.ptr, join->w.out.len}, hash);
    *out = pdf_write_end(&join->w, CATALOG, INFO, hash);
    return true;
}
