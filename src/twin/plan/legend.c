/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/legend.h"

#include "core/page/out.h"
#include "twin/classes.h"
#include "twin/table.h"

#define BLUE_1                \
    {                         \
        0xc6, 0xdb, 0xef, 235 \
    }
#define BLUE_2                \
    {                         \
        0x6b, 0xae, 0xd6, 235 \
    }
#define BLUE_3                \
    {                         \
        0x21, 0x71, 0xb5, 235 \
    }
#define BLUE_4                \
    {                         \
        0x08, 0x30, 0x6b, 235 \
    }

/* How the classes of classes.h look; their bounds are said there. */
static const struct {
    const char *name;
    LegendClass classes[4];
} DEPTHS[] = {
    {"ulm",
     {{0, BLUE_1, N_("3 bis 10 cm")},
      {0, BLUE_2, N_("10 bis 50 cm")},
      {0, BLUE_3, N_("mehr als 50 cm")}}},
    {"essen",
     {{0, BLUE_1, N_("2 bis 5 cm")},
      {0, BLUE_2, N_("5 bis 25 cm")},
      {0, BLUE_3, N_("mehr als 25 cm")}}},
    {"lubw",
     {{0, BLUE_1, N_("5 bis 10 cm")},
      {0, BLUE_2, N_("10 bis 50 cm")},
      {0, BLUE_3, N_("50 bis 100 cm")},
      {0, BLUE_4, N_("mehr als 100 cm")}}},
};
enum { DEPTH_COUNT = sizeof DEPTHS / sizeof DEPTHS[0] };

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool colour_parse(Str text, Colour *out)
{
    int digits[6];

    if (text.len != 7 || text.ptr[0] != '#')
        return false;
    for (int i = 0; i < 6; i++)
        if ((digits[i] = hex(text.ptr[i + 1])) < 0)
            return false;
    *out = (Colour){(unsigned char)(digits[0] * 16 + digits[1]),
                    (unsigned char)(digits[2] * 16 + digits[3]),
                    (unsigned char)(digits[4] * 16 + digits[5]), 235};
    return true;
}

Str colour_text(Arena *arena, Colour colour)
{
    return str_printf(arena, "#%02x%02x%02x", colour.red, colour.green, colour.blue);
}

static bool wrong(const Node *node, const char *file, Err *err, const char *message)
{
    return err_at(err, file, node->line, node->column, "twin.legend: %s", message);
}

static bool read_class(const Node *node, const char *file, Arena *arena, const LegendClass *before,
                       LegendClass *out, Err *err)
{
    const Node *from = node_get(node, "from");
    Str label = str_trim(node_get_text(node, "label"));

    if (node->kind != NODE_MAP || !from || !decimal_parse(node_text(from), &out->from) ||
        out->from <= 0)
        return wrong(from ? from : node, file, err,
                     "each class says from which depth it is, in m and above 0: {from: 0.05, "
                     "colour: \"#c6dbef\", label: \"5 bis 20 cm\"}");
    if (before && out->from <= before->from)
        return wrong(from, file, err, "the depths of the classes rise from one to the next");
    if (!paint_begins(&PAINT_DEPTH, out->from))
        return wrong(from, file, err,
                     "maps are painted in steps of 1 cm up to 1.5 m and of 10 cm above, so that a "
                     "class begins at one of these");
    if (!colour_parse(node_get_text(node, "colour"), &out->colour))
        return wrong(node_get(node, "colour") ? node_get(node, "colour") : node, file, err,
                     "a class has a colour such as \"#c6dbef\", in quotation marks");
    if (label.len == 0)
        return wrong(node, file, err, "a class has a label that tells its depths: \"5 bis 20 cm\"");
    out->label = str_cstr(arena, label);
    return true;
}

static bool own_legend(const Node *list, const char *file, Arena *arena, Legend *out, Err *err)
{
    *out = (Legend){.title = N_("Wassertiefe")};
    if (list->count == 0 || list->count > LEGEND_CLASSES_MAX)
        return wrong(list, file, err, "a legend has from 1 to 8 classes");
    for (size_t i = 0; i < list->count; i++)
        if (!read_class(list->items[i], file, arena, i ? &out->classes[i - 1] : NULL,
                        &out->classes[out->count++], err))
            return false;
    return true;
}

/* lubw and false, where there is none of this name. */
static bool named(Str name, Legend *out)
{
    TwinClasses classes;
    bool found = classes_named(name, &classes);

    *out = (Legend){.title = N_("Wassertiefe"), .count = classes.count};
    for (int i = 0; i < DEPTH_COUNT; i++)
        for (size_t k = 0; k < classes.count && strcmp(DEPTHS[i].name, classes.name) == 0; k++) {
            out->classes[k] = DEPTHS[i].classes[k];
            out->classes[k].from = classes.from[k];
        }
    return found;
}

Legend legend_named(Str name)
{
    Legend legend;

    named(name, &legend);
    return legend;
}

bool legend_read(const Node *chosen, const char *file, Arena *arena, Legend *out, Err *err)
{
    if (node_is_null(chosen)) {
        *out = legend_named(STR_NONE);
        return true;
    }
    if (chosen->kind == NODE_LIST)
        return own_legend(chosen, file, arena, out, err);
    return named(node_text(chosen), out) ||
           wrong(chosen, file, err,
                 "it is ulm, essen, lubw or a list of classes {from, colour, label}");
}

Legend legend_depth(const Tenant *tenant, Arena *arena)
{
    Legend legend;
    Err err = {0};

    if (!legend_read(node_path(tenant->settings, STR("twin.legend")), "tenant.yaml", arena, &legend,
                     &err))
        return legend_named(STR_NONE);
    return legend;
}

/* Of houses: warm, so that they stand out of the water. */
Legend legend_houses(void)
{
    return (Legend){"Wasser an der Hauswand",
                    {{0.05, {0xff, 0xed, 0xa0, 255}, "5 bis 10 cm"},
                     {0.10, {0xfe, 0xb2, 0x4c, 255}, "10 bis 50 cm"},
                     {0.50, {0xe3, 0x1a, 0x1c, 255}, "mehr als 50 cm"}},
                    3};
}

Str legend_text(Arena *arena, const Legend *legend)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < legend->count; i++)
        buf_addf(&out, "%s%g %.*s", i ? " " : "", legend->classes[i].from,
                 STR_ARG(colour_text(arena, legend->classes[i].colour)));
    return buf_str(&out);
}

Legend legend_speed(void)
{
    return (Legend){"Fließgeschwindigkeit",
                    {{0.2, {0xfd, 0xd0, 0xa2, 235}, "0,2 bis 0,5 m/s"},
                     {0.5, {0xf1, 0x69, 0x13, 235}, "0,5 bis 2 m/s"},
                     {2.0, {0x7f, 0x27, 0x04, 235}, "mehr als 2 m/s"}},
                    3};
}

/* Less water is green-blue, more is orange: told apart without red and green. */
Legend legend_difference(void)
{
    return (Legend){"Unterschied der Wassertiefe",
                    {{-100, {0x01, 0x66, 0x5e, 235}, "mehr als 25 cm weniger"},
                     {-0.25, {0x35, 0x97, 0x8f, 235}, "10 bis 25 cm weniger"},
                     {-0.10, {0xa6, 0xdb, 0xd3, 235}, "2 bis 10 cm weniger"},
                     {-0.02, {0, 0, 0, 0}, ""},
                     {0.02, {0xfd, 0xcc, 0x8a, 235}, "2 bis 10 cm mehr"},
                     {0.10, {0xfc, 0x8d, 0x59, 235}, "10 bis 25 cm mehr"},
                     {0.25, {0xb3, 0x00, 0x00, 235}, "mehr als 25 cm mehr"}},
                    7};
}

void legend_palette(const Legend *legend, const PaintScale *scale, PaintPalette *out)
{
    PaintClass classes[LEGEND_CLASSES_MAX];

    for (size_t i = 0; i < legend->count; i++)
        classes[i] = (PaintClass){legend->classes[i].from, legend->classes[i].colour};
    paint_palette(scale, classes, legend->count, out);
}

int legend_class(const Legend *legend, double value)
{
    int found = -1;

    for (size_t i = 0; i < legend->count && legend->classes[i].from <= value; i++)
        found = (int)i;
    return found;
}
