/* SPDX-License-Identifier: EUPL-1.2 */
/* The second page: figures, houses, gauges, and what was assumed. */
#include "twin/plan/desk.h"
#include "twin/plan/measure.h"
#include "twin/report/sheet.h"

#include <math.h>

static const double gap = MM(8), chart_height = MM(46), heading_gap = 3;
enum { ROWS_LEAST = 3 };

/* Less is a film on the ground. */
#define SEEN_M 0.005

static double heading(Sheet *sheet, const char *text, double x, double y, double width)
{
    return sheet_text(sheet, "H2", &SHEET_HEADING, str_c(text), x, y, width) + heading_gap;
}

static Str cubic(Arena *arena, double value)
{
    return str_printf(arena, "%.*s m³", STR_ARG(german_fixed(arena, value, 0)));
}

static Str euro(Arena *arena, int64_t value)
{
    return str_printf(arena, "%.*s €", STR_ARG(german_fixed(arena, (double)value, 0)));
}

static Str count_text(Arena *arena, int64_t value)
{
    return german_fixed(arena, (double)value, 0);
}

/* --- Water --- */

static double draw_water(Sheet *sheet, double x, double y, double width)
{
    static const struct {
        const char *label, *key;
    } LINES[] = {{"Gefallener Regen", "rain_m3"},
                 {"Zugeflossen", "inflow_m3"},
                 {"Versickert", "infiltrated_m3"},
                 {"Abgeflossen", "outflow_m3"},
                 {"Am Ende in der Stadt", "stored_m3"}};
    enum { COUNT = sizeof LINES / sizeof LINES[0], WIDEST = 3 };
    const Report *report = sheet->report;
    const Node *now = node_get(report->summary, "volume");
    const Node *then = report->before ? node_get(report->before->summary, "volume") : NULL;
    Str head[WIDEST] = {STR("Größe")}, cells[(COUNT + 2) * WIDEST];
    size_t columns = 0, n = 0;

    head[++columns] = then ? STR("Vorher") : STR("Wert");
    if (then)
        head[++columns] = STR("Nachher");
    columns++;
    for (size_t i = 0; i < COUNT; i++) {
        cells[n++] = str_c(LINES[i].label);
        if (then)
            cells[n++] = cubic(sheet->arena, node_get_real(then, LINES[i].key));
        cells[n++] = cubic(sheet->arena, node_get_real(now, LINES[i].key));
    }
    cells[n++] = STR("Größte Wassertiefe");
    if (then)
        cells[n++] =
            depth_text(sheet->arena, node_get_real(report->before->summary, "max_depth_m"));
    cells[n++] = depth_text(sheet->arena, node_get_real(report->summary, "max_depth_m"));
    cells[n++] = STR("Größtes Tempo");
    if (then)
        cells[n++] = str_printf(
            sheet->arena, "%.*s m/s",
            STR_ARG(german_fixed(sheet->arena,
                                 node_get_real(report->before->summary, "max_speed_m_per_s"), 1)));
    cells[n++] =
        str_printf(sheet->arena, "%.*s m/s",
                   STR_ARG(german_fixed(sheet->arena,
                                        node_get_real(report->summary, "max_speed_m_per_s"), 1)));
    SheetTable table = {
        .columns = columns, .head = head, .cells = cells, .rows = COUNT + 2, .row_heads = true};
    double top = y;
    y += heading(sheet, "Wasser", x, y, width);
    return y + sheet_table(sheet, &table, x, y, width) - top;
}

/* --- Houses --- */

/* All houses of the model; those below the legend's first class are what the classes leave. The
 * damage in all is the summary's, which was not rounded house by house. */
static ReportClass all_houses(const Report *report)
{
    const Node *houses = node_get(report->summary, "buildings");

    return (ReportClass){node_get_i64(houses, "all", 0),
                         (int64_t)node_get_real(houses, "damage_eur")};
}

static ReportClass below_classes(const Report *report)
{
    ReportClass rest = all_houses(report);

    for (size_t i = 0; i < report->legend.count; i++) {
        rest.houses -= report->classes[i].houses;
        rest.damage -= report->classes[i].damage;
    }
    return (ReportClass){rest.houses > 0 ? rest.houses : 0, rest.damage > 0 ? rest.damage : 0};
}

static size_t add_class(Arena *arena, Str *cells, Str label, const ReportClass *before,
                        ReportClass now)
{
    size_t n = 0;

    cells[n++] = label;
    if (before)
        cells[n++] = count_text(arena, before->houses);
    cells[n++] = count_text(arena, now.houses);
    cells[n++] = euro(arena, now.damage);
    return n;
}

static double draw_classes(Sheet *sheet, double x, double y, double width)
{
    enum { WIDEST = 4 };
    const Report *report = sheet->report, *before = report->before;
    Arena *arena = sheet->arena;
    Str head[WIDEST] = {STR("Tiefe an der Wand"), STR("Häuser"), STR("Schaden")};
    Str cells[(LEGEND_CLASSES_MAX + 2) * WIDEST];
    size_t n = 0, columns = before ? 4 : 3;
    ReportClass then[2] = {0};

    if (before) {
        head[1] = STR("Vorher");
        head[2] = STR("Nachher");
        head[3] = STR("Schaden");
        then[0] = below_classes(before);
        then[1] = all_houses(before);
    }
    n += add_class(arena, cells + n, STR("weniger"), before ? &then[0] : NULL,
                   below_classes(report));
    for (size_t i = 0; i < report->legend.count; i++)
        n += add_class(arena, cells + n, str_c(report->legend.classes[i].label),
                       before ? &before->classes[i] : NULL, report->classes[i]);
    n += add_class(arena, cells + n, STR("Zusammen"), before ? &then[1] : NULL, all_houses(report));
    SheetTable table = {.columns = columns,
                        .head = head,
                        .cells = cells,
                        .rows = report->legend.count + 2,
                        .row_heads = true};
    double top = y;
    y += heading(sheet, "Häuser und Schaden", x, y, width);
    y += sheet_table(sheet, &table, x, y, width) + 3;
    y += sheet_text(sheet, "P", &SHEET_SMALL, report_damage_words(report, arena), x, y, width);
    return y - top;
}

static Str change_words(Arena *arena, const Report *report)
{
    return str_printf(arena, "An %lld %s steht weniger Wasser als vorher, an %lld mehr.",
                      (long long)report->less, report->less == 1 ? "Haus" : "Häusern",
                      (long long)report->more);
}

static double draw_houses(Sheet *sheet, double y, size_t rows)
{
    enum { WIDEST = 4 };
    const Report *report = sheet->report;
    Arena *arena = sheet->arena;
    double top = y, width = sheet_right - sheet_left;
    Str head[WIDEST] = {STR("Haus"), STR("Größte Tiefe"), STR("Tempo"), STR("Schaden")};
    Str *cells = arena_array(arena, Str, (rows + 1) * WIDEST);
    size_t n = 0;

    if (report->before) {
        head[1] = STR("Vorher");
        head[2] = STR("Nachher");
        head[3] = STR("Unterschied");
    }
    y += heading(sheet,
                 report->before ? "Häuser mit dem größten Unterschied"
                                : "Am stärksten betroffene Häuser",
                 sheet_left, y, width);
    if (report->before)
        y += sheet_text(sheet, "P", &SHEET_TEXT, change_words(arena, report), sheet_left, y, width);
    if (report->house_count == 0)
        return y +
               sheet_text(sheet, "P", &SHEET_TEXT,
                          report->before ? STR("An keinem Haus ändert sich die Tiefe um 2 cm "
                                               "oder mehr.")
                                         : STR("Kein Haus hat mehr als 10 cm Wasser an der Wand."),
                          sheet_left, y, width) -
               top;
    for (size_t i = 0; i < rows; i++) {
        const ReportHouse *house = &report->houses[i];
        cells[n++] = house->address;
        if (report->before) {
            cells[n++] = depth_text(arena, house->before);
            cells[n++] = depth_text(arena, house->depth);
            cells[n++] = change_text(arena, house->depth - house->before);
        } else {
            cells[n++] = depth_text(arena, house->depth);
            cells[n++] =
                str_printf(arena, "%.*s m/s", STR_ARG(german_fixed(arena, house->speed, 1)));
            cells[n++] = euro(arena, house->damage);
        }
    }
    SheetTable table = {
        .columns = WIDEST, .head = head, .cells = cells, .rows = rows, .row_heads = true};
    return y + sheet_table(sheet, &table, sheet_left, y, width) - top;
}

/* --- Gauges --- */

typedef struct Peak {
    double depth, seconds;
} Peak;

static Peak peak_of(const Curve *curve)
{
    Peak peak = {0};

    for (size_t i = 0; i < curve->count; i++)
        if (curve->values[i] > peak.depth)
            peak = (Peak){curve->values[i], curve->seconds[i]};
    return peak;
}

/* Measured ones first, then by depth. */
static bool goes_before(const ReportGauge *a, const ReportGauge *b)
{
    if ((a->measured.count > 0) != (b->measured.count > 0))
        return a->measured.count > 0;
    return peak_of(&a->depth).depth > peak_of(&b->depth).depth;
}

/* The first gauges, as many as a chart can show: their indices. */
static size_t choose_gauges(const Report *report, size_t most, size_t out[CHART_CURVES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < report->gauge_count; i++) {
        size_t at = count < most ? count++ : most;
        while (at > 0 && goes_before(&report->gauges[i], &report->gauges[out[at - 1]])) {
            if (at < most)
                out[at] = out[at - 1];
            at--;
        }
        if (at < most)
            out[at] = i;
    }
    return count;
}

static const ReportGauge *same_gauge(const Report *report, Str name)
{
    for (size_t i = 0; i < report->gauge_count; i++)
        if (str_eq(report->gauges[i].depth.name, name))
            return &report->gauges[i];
    return NULL;
}

/* The chart and what stands below it, made before it is drawn: its height is needed first. */
typedef struct GaugePart {
    Curve curves[CHART_CURVES_MAX];
    size_t count;
    Str words, more;
} GaugePart;

static void add_curve(Sheet *sheet, GaugePart *part, Buf *words, const Curve *curve,
                      const char *which)
{
    Peak peak = peak_of(curve);
    Curve *out = &part->curves[part->count++];

    *out = *curve;
    out->name = str_printf(sheet->arena, "%.*s%s", STR_ARG(curve->name), which);
    if (peak.depth < SEEN_M)
        buf_addf(words, "%s%.*s: trocken.", words->len ? " " : "", STR_ARG(out->name));
    else
        buf_addf(words, "%s%.*s: höchstens %.*s nach %.0f Minuten.", words->len ? " " : "",
                 STR_ARG(out->name), STR_ARG(depth_text(sheet->arena, peak.depth)),
                 round(peak.seconds / 60));
}

static void add_gauge(Sheet *sheet, GaugePart *part, Buf *words, const ReportGauge *gauge)
{
    const Report *before = sheet->report->before;
    const ReportGauge *then = before ? same_gauge(before, gauge->depth.name) : NULL;
    bool measured = !before && gauge->measured.count > 0;

    if (then)
        add_curve(sheet, part, words, &then->depth, " vorher");
    if (part->count < CHART_CURVES_MAX)
        add_curve(sheet, part, words, &gauge->depth,
                  then       ? " nachher"
                  : measured ? " gerechnet"
                             : "");
    if (measured && part->count < CHART_CURVES_MAX)
        add_curve(sheet, part, words, &gauge->measured, " gemessen");
}

static GaugePart gauge_part(Sheet *sheet)
{
    const Report *report = sheet->report;
    GaugePart part = {0};
    size_t chosen[CHART_CURVES_MAX];
    size_t most = choose_gauges(report, report->before ? 2 : 4, chosen), shown = 0;
    Buf words = buf_in(sheet->arena);

    for (; shown < most; shown++) {
        const ReportGauge *gauge = &report->gauges[chosen[shown]];
        size_t needed = report->before || gauge->measured.count ? 2 : 1;
        if (part.count + needed > CHART_CURVES_MAX)
            break;
        add_gauge(sheet, &part, &words, gauge);
    }
    if (report->event.len)
        buf_addf(&words, " Gemessen wurde bei: %.*s.", STR_ARG(report->event));
    part.words = buf_str(&words);
    if (shown < report->gauge_count)
        part.more = str_printf(
            sheet->arena, "Gezeigt sind %zu der %zu Pegel%s.", shown, report->gauge_count,
            report->event.len ? ", gemessene zuerst" : ", die mit dem höchsten Wasser");
    return part;
}

static double gauges_height(Sheet *sheet, const GaugePart *part)
{
    double width = sheet_right - sheet_left;

    return part->count == 0
               ? 0
               : SHEET_HEADING.leading + heading_gap + chart_height + 2 +
                     sheet_text_height(sheet, &SHEET_SMALL, part->words, width) +
                     (part->more.len ? sheet_text_height(sheet, &SHEET_SMALL, part->more, width)
                                     : 0) +
                     MM(3);
}

static double draw_gauges(Sheet *sheet, const GaugePart *part, double y)
{
    double top = y, width = sheet_right - sheet_left;

    y += heading(sheet, "Wassertiefe an den Pegeln", sheet_left, y, width);
    Chart chart = {part->curves, part->count,
                   arena_printf(sheet->arena, "Kurven der Wassertiefe über die Zeit. %.*s",
                                STR_ARG(part->words))};
    chart_draw(sheet, &chart, sheet_left, y, width, chart_height);
    y += chart_height + 2;
    y += sheet_text(sheet, "P", &SHEET_SMALL, part->words, sheet_left, y, width);
    if (part->more.len)
        y += sheet_text(sheet, "P", &SHEET_SMALL, part->more, sheet_left, y, width);
    return y - top;
}

/* --- The page --- */

void page_of_figures(Sheet *sheet)
{
    const Report *report = sheet->report;
    double width = sheet_right - sheet_left, half = (width - gap) / 2, y = MM(15);
    Str assumptions[ASSUMPTIONS_MAX];
    size_t count = report_assumptions(report, sheet->arena, assumptions);
    GaugePart gauges = gauge_part(sheet);
    double needed =
        sheet_list(sheet, &SHEET_SMALL, assumptions, count, sheet_left, 0, width, true) +
        SHEET_HEADING.leading + heading_gap + MM(4) + gauges_height(sheet, &gauges);

    canvas_page(&sheet->canvas);
    double left = draw_water(sheet, sheet_left, y, half);
    double right = draw_classes(sheet, sheet_left + half + gap, y, half);
    y += fmax(left, right) + MM(4);
    double room = sheet_bottom - needed - y - SHEET_HEADING.leading - heading_gap -
                  sheet_row_height() - MM(4) - (report->before ? SHEET_TEXT.leading : 0);
    size_t rows = (size_t)fmax(ROWS_LEAST, floor(room / sheet_row_height()));
    y += draw_houses(sheet, y, rows < report->house_count ? rows : report->house_count) + MM(4);
    if (gauges.count)
        y += draw_gauges(sheet, &gauges, y) + MM(3);
    y += heading(sheet, "Annahmen und Grenzen", sheet_left, y, width);
    sheet_list(sheet, &SHEET_SMALL, assumptions, count, sheet_left, y, width, false);
}
