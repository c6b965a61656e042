/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/typesetter.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "post/letter.h"

#include <fontconfig/fontconfig.h>
#include <hb-subset.h>
#include <pango/pangofc-fontmap.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;
static FcConfig *fonts;
static bool fonts_found;
static FcCharSet *characters; /* that at least one of the fonts has */

static void release_context(void *context)
{
    g_object_unref(context);
}

/* The font without its hints, as a file in memory. Hints serve coarse screens only, yet they are
 * half of a font's bytes, and every letter embeds and compresses them. */
static hb_blob_t *font_without_hints(const char *path)
{
    hb_blob_t *file = hb_blob_create_from_file_or_fail(path), *bare = NULL;
    hb_subset_input_t *all = hb_subset_input_create_or_fail();

    if (file && all) {
        hb_face_t *face = hb_face_create(file, 0), *subset;

        hb_set_invert(hb_subset_input_unicode_set(all));
        hb_subset_input_set_flags(all, HB_SUBSET_FLAGS_NO_HINTING);
        subset = hb_subset_or_fail(face, all);
        if (subset)
            bare = hb_face_reference_blob(subset);
        hb_face_destroy(subset);
        hb_face_destroy(face);
    }
    hb_subset_input_destroy(all);
    hb_blob_destroy(file);
    return bare;
}

/* fontconfig and FreeType open fonts by name; a file in memory has one below /proc for as long as
 * its descriptor is open, which is as long as the program runs. */
static bool add_font(const char *path)
{
    hb_blob_t *font = font_without_hints(path);
    unsigned int len = 0;
    const char *bytes = font ? hb_blob_get_data(font, &len) : NULL;
    int fd = memfd_create(path, MFD_CLOEXEC);
    char name[64];
    bool added;

    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    added = bytes && fd >= 0 && write(fd, bytes, len) == (ssize_t)len &&
            FcConfigAppFontAddFile(fonts, (const FcChar8 *)name) == FcTrue;
    if (!added)
        added = FcConfigAppFontAddFile(fonts, (const FcChar8 *)path) == FcTrue;
    hb_blob_destroy(font);
    return added;
}

static void collect_characters(void)
{
    const FcFontSet *set = FcConfigGetFonts(fonts, FcSetApplication);

    characters = FcCharSetCreate();
    for (int i = 0; set && i < set->nfont; i++) {
        FcCharSet *own;

        if (FcPatternGetCharSet(set->fonts[i], FC_CHARSET, 0, &own) == FcResultMatch)
            FcCharSetMerge(characters, own, NULL);
    }
}

static void prepare(void)
{
    pthread_key_create(&context_key, release_context);
    fonts = FcConfigCreate();
    fonts_found = fonts &&
                  add_font("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf") &&
                  add_font("/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf") &&
                  add_font("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf") &&
                  add_font("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf");
    if (fonts_found)
        collect_characters();
}

Str letter_unprintable(Str text)
{
    enum { LATIN_END = 0x180 }; /* Latin-1 and Latin Extended-A: surely there */

    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = utf8_next(text, &at);

        if (c < LATIN_END)
            continue;
        pthread_once(&prepared, prepare);
        if (fonts_found && !FcCharSetHasChar(characters, c))
            return str_slice(text, start, at);
    }
    return STR_NONE;
}

/* The context keeps its font map alive, and with it the thread's fonts and glyph metrics. */
static PangoContext *create_context(void)
{
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    cairo_font_options_t *options = cairo_font_options_create();
    PangoContext *context;

    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), fonts);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
    context = pango_font_map_create_context(map);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
    cairo_font_options_destroy(options);
    g_object_unref(map);
    return context;
}

bool typesetter_begin(Typesetter *setter, Arena *arena, Str lang, Err *err)
{
    PangoContext *context;

    pthread_once(&prepared, prepare);
    if (!fonts_found)
        return err_set(err, ERR_INTERNAL,
                       "letters need the fonts Liberation Sans and DejaVu Sans: "
                       "apt-get install fonts-liberation fonts-dejavu-core");
    context = pthread_getspecific(context_key);
    if (!context) {
        context = create_context();
        pthread_setspecific(context_key, context);
    }
    pango_context_set_language(context,
                               pango_language_from_string(str_is(lang, "en") ? "en" : "de"));
    *setter = (Typesetter){
        .arena = arena, .lang = lang, .context = context, .hyphenator = hyphenator_for(lang)};
    return true;
}

void typesetter_end(Typesetter *setter)
{
    for (size_t i = 0; i < setter->count; i++)
        g_object_unref(setter->items[i]);
    setter->count = 0;
}

static PangoLayout *new_layout(Typesetter *setter, const TextStyle *style, double width)
{
    PangoLayout *layout = pango_layout_new(setter->context);
    PangoFontDescription *font = pango_font_description_new();

    pango_font_description_set_family_static(font, "Liberation Sans");
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    if (width > 0)
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    VEC_PUSH(setter->arena, setter, layout);
    return layout;
}

/* A link's address is printed behind its text, for paper has no links. */
static Str printed_address(const MarkdownSpan *span)
{
    Str address = span->href;

    if (str_starts_with(address, "mailto:"))
        address = str_slice(address, 7, address.len);
    return str_eq(address, span->text) ? STR_NONE : address;
}

static void add_span(Typesetter *setter, const TextStyle *style, Buf *text, PangoAttrList *bold,
                     const MarkdownSpan *span)
{
    size_t start = text->len;

    buf_add(text,
            hyphenate(style->hyphenated ? setter->hyphenator : NULL, setter->arena, span->text));
    if (span->href.ptr && printed_address(span).ptr)
        buf_addf(text, " (%.*s)", STR_ARG(printed_address(span)));
    if (span->strong) {
        PangoAttribute *weight = pango_attr_weight_new(PANGO_WEIGHT_BOLD);

        weight->start_index = (guint)start;
        weight->end_index = (guint)text->len;
        pango_attr_list_insert(bold, weight);
    }
}

PangoLayout *typesetter_layout(Typesetter *setter, const TextStyle *style, const MarkdownText *text,
                               double width)
{
    PangoLayout *layout = new_layout(setter, style, width);
    PangoAttrList *bold = pango_attr_list_new();
    Buf plain = buf_in(setter->arena);

    for (size_t i = 0; i < text->count; i++) {
        if (text->items[i].line_break)
            buf_add_c(&plain, "\u2028");
        else
            add_span(setter, style, &plain, bold, &text->items[i]);
    }
    pango_layout_set_text(layout, buf_str(&plain).ptr ? plain.ptr : "", (int)plain.len);
    pango_layout_set_attributes(layout, bold);
    pango_attr_list_unref(bold);
    return layout;
}

PangoLayout *typesetter_plain(Typesetter *setter, const TextStyle *style, Str text, double width)
{
    MarkdownSpan span = {.text = text};

    return typesetter_layout(setter, style, &(MarkdownText){.items = &span, .count = 1}, width);
}

double layout_width(PangoLayout *layout)
{
    PangoRectangle logical;

    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.width / PANGO_SCALE;
}

double layout_height(PangoLayout *layout, const TextStyle *style)
{
    return pango_layout_get_line_count(layout) * style->leading;
}
