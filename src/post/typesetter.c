/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/typesetter.h"

#include <pango/pangofc-fontmap.h>
#include <pthread.h>
#include <stdlib.h>

/* What a thread keeps: its fonts with their glyphs' metrics, and texts set lately. */
typedef struct Setting {
    PangoContext *context;
    SetCache *cache;
} Setting;

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static pthread_key_t setting_key;

static void release_setting(void *data)
{
    Setting *setting = data;

    g_object_unref(setting->context);
    set_cache_destroy(setting->cache);
    free(setting);
}

static void prepare(void)
{
    pthread_key_create(&setting_key, release_setting);
}

/* The context keeps its font map alive, and with it the thread's fonts and glyph metrics. */
static PangoContext *create_context(void)
{
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    cairo_font_options_t *options = cairo_font_options_create();
    PangoContext *context;

    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), fonts_config());
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

static Setting *setting_of_thread(void)
{
    pthread_once(&prepared, prepare);
    Setting *setting = pthread_getspecific(setting_key);

    if (setting)
        return setting;
    setting = calloc(1, sizeof *setting);
    if (!setting)
        abort();
    setting->context = create_context();
    setting->cache = set_cache_create();
    pthread_setspecific(setting_key, setting);
    return setting;
}

bool typesetter_begin(Typesetter *setter, Arena *arena, Str lang, Err *err)
{
    if (!fonts_get())
        return err_set(err, ERR_INTERNAL,
                       "letters need the fonts Liberation Sans and DejaVu Sans: "
                       "apt-get install fonts-liberation fonts-dejavu-core");
    Setting *setting = setting_of_thread();

    set_cache_turn(setting->cache);
    pango_context_set_language(setting->context,
                               pango_language_from_string(str_is(lang, "en") ? "en" : "de"));
    *setter = (Typesetter){.lang = lang,
                           .context = setting->context,
                           .cache = setting->cache,
                           .hyphenator = hyphenator_for(lang),
                           .arena = arena};
    return true;
}

static PangoLayout *new_layout(Typesetter *setter, const SetOrder *order)
{
    PangoLayout *layout = pango_layout_new(setter->context);
    PangoFontDescription *font = pango_font_description_new();

    pango_font_description_set_family_static(font, "Liberation Sans");
    pango_font_description_set_absolute_size(font, order->size * PANGO_SCALE);
    pango_font_description_set_weight(font, order->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    if (order->width > 0)
        pango_layout_set_width(layout, (int)(order->width * PANGO_SCALE));
    if (order->cut)
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
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

static void add_span(Typesetter *setter, const SetOrder *order, Buf *text, PangoAttrList *bold,
                     const MarkdownSpan *span)
{
    size_t start = text->len;

    buf_add(text,
            hyphenate(order->hyphenated ? setter->hyphenator : NULL, setter->arena, span->text));
    if (span->href.ptr && printed_address(span).ptr)
        buf_addf(text, " (%.*s)", STR_ARG(printed_address(span)));
    if (span->strong) {
        PangoAttribute *weight = pango_attr_weight_new(PANGO_WEIGHT_BOLD);

        weight->start_index = (guint)start;
        weight->end_index = (guint)text->len;
        pango_attr_list_insert(bold, weight);
    }
}

static const SetText *set(Typesetter *setter, const SetOrder *order, const MarkdownText *text)
{
    PangoLayout *layout = new_layout(setter, order);
    PangoAttrList *bold = pango_attr_list_new();
    Buf plain = buf_in(setter->arena);

    for (size_t i = 0; i < text->count; i++) {
        if (text->items[i].line_break)
            buf_add_c(&plain, "\u2028");
        else
            add_span(setter, order, &plain, bold, &text->items[i]);
    }
    pango_layout_set_text(layout, buf_str(&plain).ptr ? plain.ptr : "", (int)plain.len);
    pango_layout_set_attributes(layout, bold);
    pango_attr_list_unref(bold);
    const SetText *done = set_text_from_layout(set_cache_arena(setter->cache), layout, order->size);

    g_object_unref(layout);
    return done;
}

static void add_bytes(Buf *key, const void *bytes, size_t size)
{
    buf_add(key, (Str){bytes, size});
}

static void add_part(Buf *key, Str part)
{
    add_bytes(key, &part.len, sizeof part.len);
    buf_add(key, part);
}

/* All that a setting depends on. */
static Str key_of(const Typesetter *setter, const SetOrder *order, const MarkdownText *text)
{
    Buf key = buf_in(setter->arena);
    char flags[] = {(char)order->bold, (char)order->hyphenated, (char)order->cut};

    add_bytes(&key, &order->size, sizeof order->size);
    add_bytes(&key, &order->width, sizeof order->width);
    add_bytes(&key, flags, sizeof flags);
    add_part(&key, setter->lang);
    for (size_t i = 0; i < text->count; i++) {
        const MarkdownSpan *span = &text->items[i];

        buf_add_char(&key,
                     (char)(span->strong | span->line_break << 1 | (span->href.ptr != NULL) << 2));
        add_part(&key, span->text);
        add_part(&key, span->href);
    }
    return buf_str(&key);
}

static const SetText *find_or_set(Typesetter *setter, const SetOrder *order,
                                  const MarkdownText *text)
{
    Str key = key_of(setter, order, text);
    const SetText *done = set_cache_find(setter->cache, key);

    if (!done) {
        done = set(setter, order, text);
        set_cache_put(setter->cache, key, done);
    }
    return done;
}

const SetText *typesetter_layout(Typesetter *setter, const TextStyle *style,
                                 const MarkdownText *text, double width)
{
    SetOrder order = {
        .size = style->size, .width = width, .bold = style->bold, .hyphenated = style->hyphenated};

    return find_or_set(setter, &order, text);
}

const SetText *typesetter_plain(Typesetter *setter, const TextStyle *style, Str text, double width)
{
    MarkdownSpan span = {.text = text};

    return typesetter_layout(setter, style, &(MarkdownText){.items = &span, .count = 1}, width);
}

const SetText *typesetter_cut(Typesetter *setter, const TextStyle *style, Str text, double width)
{
    MarkdownSpan span = {.text = text};
    SetOrder order = {.size = style->size, .width = width, .bold = style->bold, .cut = true};

    return find_or_set(setter, &order, &(MarkdownText){.items = &span, .count = 1});
}

double set_height(const SetText *text, const TextStyle *style)
{
    return (double)text->count * style->leading;
}
