/* SPDX-License-Identifier: EUPL-1.2 */
/* Charts as plain SVG: no script, no colour alone, sized by the page. */
#include "cases/desk_figures.h"

#include <assert.h>

enum { LEFT = 44, TOP = 10, HEIGHT = 160, WEEK = 22, BAR = 8, FOOT = 26 };

/* 1, 2 or 5 times a power of ten, so that five steps hold the value. */
static int64_t step_for(int64_t most)
{
    int64_t step = 1;

    for (int64_t power = 1;; power *= 10)
        for (int i = 0; i < 3; i++) {
            step = power * (i == 0 ? 1 : i == 1 ? 2 : 5);
            if (step * 5 >= most)
                return step;
        }
}

static void begin(Buf *out, int width, int height, Str label)
{
    buf_addf(out, "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"", width,
             height);
    Out text = {.buf = out};

    out_attr(&text, label);
    buf_add_c(out, "\">");
}

static void text_at(Buf *out, int x, int y, const char *anchor, Str words)
{
    Out text = {.buf = out};

    buf_addf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    out_text(&text, words);
    buf_add_c(out, "</text>");
}

Html chart_weeks(Arena *arena, const WeekRow *weeks, size_t count, Str label)
{
    Buf out = buf_in(arena);
    int width = LEFT + (int)count * WEEK + 4;
    int64_t most = 5;

    for (size_t i = 0; i < count; i++) {
        most = weeks[i].received > most ? weeks[i].received : most;
        most = weeks[i].decided > most ? weeks[i].decided : most;
    }
    int64_t step = step_for(most);
    int64_t top = step * ((most + step - 1) / step);

    assert(top > 0);
    begin(&out, width, TOP + HEIGHT + FOOT, label);
    for (int64_t value = 0; value <= top; value += step) {
        int y = TOP + HEIGHT - (int)(value * HEIGHT / top);

        buf_addf(&out, "<path class=\"chart__line\" d=\"M%d %dH%d\"/>", LEFT, y, width);
        text_at(&out, LEFT - 6, y + 4, "end", str_printf(arena, "%lld", (long long)value));
    }
    for (size_t i = 0; i < count; i++) {
        int x = LEFT + (int)i * WEEK + 2;
        int received = (int)(weeks[i].received * HEIGHT / top);
        int decided = (int)(weeks[i].decided * HEIGHT / top);

        buf_addf(&out,
                 "<rect class=\"chart__first\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>"
                 "<rect class=\"chart__second\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                 x, TOP + HEIGHT - received, BAR, received, x + BAR + 1, TOP + HEIGHT - decided,
                 BAR, decided);
        if (i % 5 == 0)
            text_at(&out, x + BAR, TOP + HEIGHT + 18, i + 1 == count ? "end" : "middle",
                    weeks[i].tick);
    }
    buf_add_c(&out, "</svg>");
    return (Html){buf_str(&out)};
}

Html chart_rows(Arena *arena, const AgeRow *rows, size_t count, Str label)
{
    enum { ROW = 26, WORDS = 130, LENGTH = 320, NUMBER = 60 };
    Buf out = buf_in(arena);
    int64_t most = 1;

    for (size_t i = 0; i < count; i++)
        most = rows[i].count > most ? rows[i].count : most;
    begin(&out, WORDS + LENGTH + NUMBER, (int)count * ROW, label);
    for (size_t i = 0; i < count; i++) {
        int y = (int)i * ROW;
        int length = (int)(rows[i].count * LENGTH / most);

        text_at(&out, WORDS - 8, y + 17, "end", rows[i].label);
        buf_addf(&out,
                 "<rect class=\"chart__second\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                 WORDS, y + 4, length, ROW - 8);
        text_at(&out, WORDS + length + 6, y + 17, "start",
                str_printf(arena, "%lld", (long long)rows[i].count));
    }
    buf_add_c(&out, "</svg>");
    return (Html){buf_str(&out)};
}
