/* SPDX-License-Identifier: EUPL-1.2 */
/* Pictures without what stands beside the pixels. JPEG (ISO 10918-1, B.1): the application segments
 * but JFIF, ICC profile and Adobe's colours go, and comments; of Exif (CIPA DC-008, 4.6) which side
 * is up stays. PNG (ISO 15948, 11): text, time
 * and Exif go. What follows the picture's end goes as well. */
#include "city/place/photo.h"

#include "base/buf.h"

static uint32_t be16(const unsigned char *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t be32(const unsigned char *at)
{
    return be16(at) << 16 | be16(at + 2);
}

/* --- JPEG ----------------------------------------------------------------------------------------
 */

enum {
    RST0 = 0xd0,
    RST7 = 0xd7,
    EOI = 0xd9,
    SOS = 0xda,
    COM = 0xfe,
    APP0 = 0xe0,
    APP1 = 0xe1,
    APP2 = 0xe2,
    APP14 = 0xee
};

/* Markers that stand alone, or for a byte of a scan: a segment has another. */
static bool is_no_segment(int marker)
{
    return marker <= 1 || (marker >= RST0 && marker <= EOI);
}

static bool keeps_segment(int marker, Str body)
{
    if (marker == APP0)
        return str_starts_with(body, "JFIF");
    if (marker == APP2)
        return str_starts_with(body, "ICC_PROFILE");
    if (marker == APP14)
        return str_starts_with(body, "Adobe");
    return marker != COM && !(marker >= APP0 && marker <= 0xef);
}

static uint32_t number(const unsigned char *at, size_t bytes, bool little)
{
    uint32_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value |= (uint32_t)at[i] << 8 * (little ? i : bytes - 1 - i);
    return value;
}

/* Which side of the picture is up (tag 0x112 of the first directory); 1: nothing is turned. */
static int orientation(Str exif)
{
    enum { HEAD = 8, ENTRY = 12, TAG = 0x112, SHORT = 3 };
    Str tiff = str_slice(exif, 6, exif.len);
    const unsigned char *at = (const unsigned char *)tiff.ptr;
    bool little = str_starts_with(tiff, "II");

    if (tiff.len < HEAD || !(little || str_starts_with(tiff, "MM")))
        return 1;
    size_t from = number(at + 4, 4, little);
    if (from > tiff.len - 2)
        return 1;
    size_t count = number(at + from, 2, little);
    for (size_t i = 0; i < count && from + 2 + (i + 1) * ENTRY <= tiff.len; i++) {
        const unsigned char *entry = at + from + 2 + i * ENTRY;
        if (number(entry, 2, little) == TAG && number(entry + 2, 2, little) == SHORT)
            return (int)number(entry + 8, 2, little);
    }
    return 1;
}

/* An Exif segment that says this and nothing else. */
static void add_orientation(Buf *out, Str body)
{
    static const char SEGMENT[] = "\xff\xe1\x00\x22"
                                  "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
    int turned = orientation(body);

    if (turned < 2 || turned > 8)
        return;
    buf_add(out, (Str){SEGMENT, sizeof SEGMENT - 1});
    buf_add_char(out, (char)turned);
    buf_add(out, STR("\0\0\0\0\0\0"));
}

/* Behind a scan's head: where the next segment begins. */
static size_t end_of_scan(const unsigned char *at, size_t from, size_t len)
{
    while (from + 1 < len && !(at[from] == 0xff && at[from + 1] != 0 && at[from + 1] != 0xff &&
                               !(at[from + 1] >= RST0 && at[from + 1] <= RST7)))
        from++;
    return from;
}

static Str strip_jpeg(Str bytes, Arena *arena)
{
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    Buf out = buf_in(arena);
    size_t here = 2;
    bool seen = false; /* the picture itself: its first scan */

    buf_add(&out, str_slice(bytes, 0, 2));
    while (here + 4 <= bytes.len && at[here] == 0xff) {
        int marker = at[here + 1];
        if (marker == 0xff) { /* filling */
            here++;
            continue;
        }
        size_t size = be16(at + here + 2), next = here + 2 + size;
        if (is_no_segment(marker) || size < 2 || next > bytes.len)
            return STR_NONE;
        if (marker == SOS)
            next = end_of_scan(at, next, bytes.len);
        seen = seen || marker == SOS;
        Str body = str_slice(bytes, here + 4, next);
        if (keeps_segment(marker, body))
            buf_add(&out, str_slice(bytes, here, next));
        else if (marker == APP1 && str_starts_with(body, "Exif"))
            add_orientation(&out, body);
        here = next;
        if (here + 1 < bytes.len && at[here] == 0xff && at[here + 1] == EOI) {
            buf_add(&out, str_slice(bytes, here, here + 2));
            return seen ? buf_str(&out) : STR_NONE;
        }
    }
    return STR_NONE;
}

/* --- PNG -----------------------------------------------------------------------------------------
 */

enum { PNG_HEAD = 8, CHUNK_FRAME = 12 };

static Str strip_png(Str bytes, Arena *arena)
{
    static const char *const KEPT[] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS",
                                       "gAMA", "cHRM", "sRGB", "iCCP"};
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    Buf out = buf_in(arena);

    buf_add(&out, str_slice(bytes, 0, PNG_HEAD));
    for (size_t here = PNG_HEAD; here + CHUNK_FRAME <= bytes.len;) {
        size_t size = be32(at + here);
        Str name = str_slice(bytes, here + 4, here + 8);
        if (size > bytes.len - here - CHUNK_FRAME)
            return STR_NONE;
        for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++)
            if (str_is(name, KEPT[i]))
                buf_add(&out, str_slice(bytes, here, here + CHUNK_FRAME + size));
        if (str_is(name, "IEND"))
            return buf_str(&out);
        here += CHUNK_FRAME + size;
    }
    return STR_NONE;
}

Str photo_stripped(Str bytes, Arena *arena)
{
    if (str_starts_with(bytes, "\xff\xd8\xff"))
        return strip_jpeg(bytes, arena);
    return str_starts_with(bytes, "\x89PNG\r\n\x1a\n") ? strip_png(bytes, arena) : STR_NONE;
}
