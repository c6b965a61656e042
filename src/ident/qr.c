/* SPDX-License-Identifier: EUPL-1.2 */
#include "ident/qr.h"

#include <qrencode.h>

enum { QUIET = 4, PIXELS = 220 }; /* modules of white around it (ISO/IEC 18004) */

Html qr_svg(Arena *arena, Str content, Str label)
{
    Buf buf = buf_in(arena);
    Out out = {.buf = &buf};
    QRcode *code = QRcode_encodeString8bit(str_cstr(arena, content), 0, QR_ECLEVEL_M);

    if (!code)
        return (Html){STR("")};
    int size = code->width + 2 * QUIET;
    buf_addf(&buf,
             "<svg role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
             "shape-rendering=\"crispEdges\" aria-label=\"",
             PIXELS, PIXELS, size, size);
    out_attr(&out, label);
    buf_addf(&buf, "\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"", size,
             size);
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (code->data[y * code->width + x] & 1)
                buf_addf(&buf, "M%d %dh1v1h-1z", x + QUIET, y + QUIET);
    buf_add_c(&buf, "\"/></svg>");
    QRcode_free(code);
    return (Html){buf_str(&buf)};
}
