/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/fonts.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "post/fonts_subset.h"
#include "post/letter.h"

#include <hb-subset.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static FcConfig *config;
static bool found;
static Arena *kept;           /* lives as long as the program */
static FcCharSet *characters; /* that at least one of the fonts has */
static Font fonts[FONT_COUNT] = {{.name = "LiberationSans"},
                                 {.name = "LiberationSans-Bold", .bold = true},
                                 {.name = "DejaVuSans"},
                                 {.name = "DejaVuSans-Bold", .bold = true}};
static const char *const paths[FONT_COUNT] = {
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"};

/* Besides ASCII: what German letters are made of, by its code in WinAnsiEncoding (ISO 32000-1,
 * annex D). A no-break space is written as a space. */
static const struct {
    uint8_t code;
    uint16_t character;
} common_characters[] = {
    {0x80, 0x20ac}, {0x82, 0x201a}, {0x84, 0x201e}, {0x85, 0x2026}, {0x91, 0x2018}, {0x92, 0x2019},
    {0x93, 0x201c}, {0x94, 0x201d}, {0x95, 0x2022}, {0x96, 0x2013}, {0xa7, 0x00a7}, {0xb0, 0x00b0},
    {0xb2, 0x00b2}, {0xb7, 0x00b7}, {0xc4, 0x00c4}, {0xd6, 0x00d6}, {0xdc, 0x00dc}, {0xdf, 0x00df},
    {0xe4, 0x00e4}, {0xe8, 0x00e8}, {0xe9, 0x00e9}, {0xf6, 0x00f6}, {0xfc, 0x00fc}};

/* --- Reading -----------------------------------------------------------------------------------
 */

/* The font without its hints, as a file in memory. Hints serve coarse screens only, yet they are
 * half of a font's bytes. */
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
static bool read_font(Font *font, const char *path)
{
    unsigned int len = 0;

    font->bytes = font_without_hints(path);
    if (!font->bytes)
        return false;
    const char *bytes = hb_blob_get_data(font->bytes, &len);
    int fd = memfd_create(path, MFD_CLOEXEC);

    snprintf(font->file, sizeof font->file, "/proc/self/fd/%d", fd);
    font->face = hb_face_create(font->bytes, 0);
    return fd >= 0 && write(fd, bytes, len) == (ssize_t)len &&
           FcConfigAppFontAddFile(config, (const FcChar8 *)font->file) == FcTrue;
}

/* --- Measuring ---------------------------------------------------------------------------------
 */

static int thousandths(const Font *font, int units)
{
    return (int)((int64_t)units * 1000 / (int64_t)hb_face_get_upem(font->face));
}

static void measure_box(Font *font)
{
    hb_blob_t *head = hb_face_reference_table(font->face, HB_TAG('h', 'e', 'a', 'd'));
    unsigned int len;
    const unsigned char *at = (const unsigned char *)hb_blob_get_data(head, &len);

    for (size_t i = 0; i < 4 && len >= 44; i++) /* xMin, yMin, xMax, yMax */
        font->box[i] = thousandths(font, (int16_t)(uint16_t)(at[36 + 2 * i] << 8 | at[37 + 2 * i]));
    hb_blob_destroy(head);
}

static void measure(Font *font)
{
    hb_font_t *scaled = hb_font_create(font->face);
    hb_set_t *unicodes = hb_set_create();
    hb_font_extents_t extents = {0};
    hb_glyph_extents_t capital = {0};
    hb_codepoint_t c = HB_SET_VALUE_INVALID, glyph;
    uint64_t upem = hb_face_get_upem(font->face);

    font->glyph_count = hb_face_get_glyph_count(font->face);
    font->widths = arena_array(kept, uint32_t, font->glyph_count);
    font->unicode = arena_array(kept, uint32_t, font->glyph_count);
    for (size_t i = 0; i < font->glyph_count; i++)
        font->widths[i] =
            (uint32_t)((uint64_t)hb_font_get_glyph_h_advance(scaled, (hb_codepoint_t)i) * 1000000 /
                       upem);
    hb_face_collect_unicodes(font->face, unicodes);
    while (hb_set_next(unicodes, &c))
        if (hb_font_get_nominal_glyph(scaled, c, &glyph) && !font->unicode[glyph])
            font->unicode[glyph] = c;
    hb_font_get_h_extents(scaled, &extents);
    font->ascent = thousandths(font, extents.ascender);
    font->descent = thousandths(font, extents.descender);
    if (hb_font_get_nominal_glyph(scaled, 'H', &glyph) &&
        hb_font_get_glyph_extents(scaled, glyph, &capital))
        font->cap_height = thousandths(font, capital.y_bearing);
    measure_box(font);
    hb_set_destroy(unicodes);
    hb_font_destroy(scaled);
}

static bool make_common(Font *font)
{
    GlyphSet glyphs = {0};

    for (unsigned c = 0x20; c < 0x7f; c++)
        font->glyph_of[c] = (uint16_t)font_glyph(font, c);
    for (size_t i = 0; i < sizeof common_characters / sizeof *common_characters; i++)
        font->glyph_of[common_characters[i].code] =
            (uint16_t)font_glyph(font, common_characters[i].character);
    font->glyph_of[SOFT_HYPHEN_CODE] = font->glyph_of['-'];
    for (size_t i = 0; i < 256; i++)
        if (font->glyph_of[i])
            glyphs_add(kept, &glyphs, font->glyph_of[i]);
    return font_subset(font, &glyphs, true, kept, &font->common, &font->common_len);
}

static void collect_characters(void)
{
    const FcFontSet *set = FcConfigGetFonts(config, FcSetApplication);

    characters = FcCharSetCreate();
    for (int i = 0; set && i < set->nfont; i++) {
        FcCharSet *own;

        if (FcPatternGetCharSet(set->fonts[i], FC_CHARSET, 0, &own) == FcResultMatch)
            FcCharSetMerge(characters, own, NULL);
    }
}

static void prepare(void)
{
    kept = arena_create(1 << 18);
    config = FcConfigCreate();
    found = config != NULL;
    for (size_t i = 0; found && i < FONT_COUNT; i++) {
        found = read_font(&fonts[i], paths[i]);
        if (found)
            measure(&fonts[i]);
        if (found && i < FONT_COMMON_COUNT)
            found = make_common(&fonts[i]);
    }
    if (found)
        collect_characters();
}

const Font *fonts_get(void)
{
    pthread_once(&prepared, prepare);
    return found ? fonts : NULL;
}

FcConfig *fonts_config(void)
{
    return config;
}

/* --- Asking ------------------------------------------------------------------------------------
 */

int font_of_file(const char *file)
{
    for (int i = 0; i < FONT_COUNT; i++)
        if (strcmp(fonts[i].file, file) == 0)
            return i;
    return -1;
}

unsigned font_code(const Font *font, uint32_t character, uint32_t glyph)
{
    unsigned code = 0;

    if (character >= 0x20 && character < 0x7f)
        code = character;
    for (size_t i = 0; !code && i < sizeof common_characters / sizeof *common_characters; i++)
        if (common_characters[i].character == character)
            code = common_characters[i].code;
    return code && font->glyph_of[code] == glyph ? code : 0;
}

uint32_t font_glyph(const Font *font, uint32_t character)
{
    hb_font_t *scaled = hb_font_create(font->face);
    hb_codepoint_t glyph = 0;

    if (!hb_font_get_nominal_glyph(scaled, character, &glyph))
        glyph = 0;
    hb_font_destroy(scaled);
    return glyph;
}

void glyphs_add(Arena *arena, GlyphSet *set, uint16_t glyph)
{
    size_t at = set->count;

    while (at > 0 && set->items[at - 1] >= glyph)
        at--;
    if (at < set->count && set->items[at] == glyph)
        return;
    VEC_PUSH(arena, set, glyph);
    memmove(set->items + at + 1, set->items + at, (set->count - 1 - at) * sizeof *set->items);
    set->items[at] = glyph;
}

Str letter_unprintable(Str text)
{
    enum { LATIN_END = 0x180 }; /* Latin-1 and Latin Extended-A: surely there */

    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = utf8_next(text, &at);

        if (c < LATIN_END)
            continue;
        if (fonts_get() && !FcCharSetHasChar(characters, c))
            return str_slice(text, start, at);
    }
    return STR_NONE;
}
