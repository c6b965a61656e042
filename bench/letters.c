/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters per CPU second: N one-page notices of a tax with table and GiroCode, each with another
 * recipient and amount, on one thread.
 *
 * The floor in the same run is the same text set by cairo and pango on a plain page: no tags, no
 * hyphenation, no frame of the page, no code. It sets each page from nothing; a letter takes what
 * stood in the one before, as letters of a run do. With --fresh each paragraph of text is another
 * one in each letter.
 *
 *     letters [--count N] [--fresh] [--json] [--pdf FILE]    # FILE gets the last letter */
#include "base/buf.h"
#include "post/letter.h"
#include "post/markdown.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static const char body_format[] =
    "Sehr geehrte Frau Beispiel,\n\n"
    "Sie haben am 12. Februar 2027 Ihren Hund **Rex %d** angemeldet. Dafür setzen wir nach "
    "§ 2 der Hundesteuersatzung der Stadt Musterstadt die Hundesteuer für das Kalenderjahr "
    "2027 fest. Die Steuerpflicht beginnt mit dem ersten Tag des Monats, der auf den Monat der "
    "Aufnahme folgt.\n\n"
    "| Hund | Chipnummer | Monate | Betrag |\n|---|:---|---:|---:|\n"
    "| Rex, Labrador Retriever | 276 0981 0012 3456 | 10 | 80,00 € |\n"
    "| Bella, Mischling | 276 0981 0065 4321 | 10 | 110,00 € |\n"
    "| **Zu zahlen** | | | **190,00 €** |\n\n"
    "# So zahlen Sie\n\n"
    "Bitte überweisen Sie den Betrag bis zum 15. April 2027 und geben Sie dabei das "
    "Kassenzeichen an. Sie können uns auch eine Einzugsermächtigung erteilen.\n\n"
    "# Ihre Rechte\n\n"
    "Gegen diesen Bescheid können Sie innerhalb eines Monats nach Bekanntgabe Widerspruch "
    "erheben. Der Widerspruch ist schriftlich oder zur Niederschrift beim Steueramt der Stadt "
    "Musterstadt einzulegen. Der Widerspruch hat keine aufschiebende Wirkung.\n\n"
    "Mit freundlichen Grüßen\\\nIm Auftrag\n\nKurz";

static const LetterHead head = {
    .town = STR("Stadt Musterstadt"),
    .office = STR("Steueramt"),
    .sender_line = STR("Stadt Musterstadt · Steueramt · Marktplatz 1 · 12345 Musterstadt"),
    .contact = {STR("Auskunft erteilt: Frau Kurz"), STR("Zimmer: 204"),
                STR("Telefon: 01234 56-789"), STR("E-Mail: steueramt@musterstadt.example")},
    .contact_count = 4,
    .footer = {STR("Stadt Musterstadt\nMarktplatz 1\n12345 Musterstadt"),
               STR("Öffnungszeiten\nMo–Fr 8–12 Uhr\nDo 14–18 Uhr"),
               STR("Musterbank\nIBAN DE02 1203 0000 0000 2020 51\nBIC BYLADEM1001"),
               STR("www.musterstadt.example\ninfo@musterstadt.example")},
    .footer_count = 4,
};

static bool fresh;

static bool render_notice(int number, Arena *arena, Str *pdf, Err *err)
{
    GiroCode giro = {.name = STR("Stadt Musterstadt"),
                     .iban = STR("DE02120300000000202051"),
                     .bic = STR("BYLADEM1001"),
                     .cents = 19000 + number,
                     .reference = str_printf(arena, "4711.%06d.7", number)};
    Letter letter = {.lang = STR("de"),
                     .subject = STR("Bescheid über die Hundesteuer 2027"),
                     .recipient = {STR("Frau"), STR("Erika Beispiel"),
                                   str_printf(arena, "Lindenstraße %d", number),
                                   STR("12345 Musterstadt")},
                     .recipient_count = 4,
                     .date = {2027, 3, 1},
                     .our_sign = str_printf(arena, "HUND-2027-%06d", number),
                     .body = str_printf(arena, body_format, number),
                     .giro = &giro,
                     .author = STR("Stadt Musterstadt, Steueramt")};

    if (fresh)
        letter.body = str_replace(arena, letter.body, STR(".\n\n"),
                                  str_printf(arena, " (Nummer %d).\n\n", number));
    return letter_render(&head, &letter, arena, pdf, err);
}

static cairo_status_t add_bytes(void *buf, const unsigned char *data, unsigned int length)
{
    buf_add(buf, (Str){(const char *)data, length});
    return CAIRO_STATUS_SUCCESS;
}

/* The floor: one layout of the same text. */
static void render_plain(PangoContext *context, int number, Arena *arena)
{
    Buf pdf = buf_in(arena);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(add_bytes, &pdf, 595, 842);
    cairo_t *cr = cairo_create(surface);
    PangoLayout *layout = pango_layout_new(context);
    PangoFontDescription *font = pango_font_description_from_string("Liberation Sans 11");

    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, 468 * PANGO_SCALE);
    pango_layout_set_text(layout, arena_printf(arena, body_format, number), -1);
    cairo_move_to(cr, 71, 71);
    pango_cairo_show_layout(cr, layout);
    cairo_show_page(cr);
    pango_font_description_free(font);
    g_object_unref(layout);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* CPU seconds per letter and per page of the floor, measured in turns so that other load on the
 * machine meets both alike. */
static bool measure(int count, Arena *arena, double *letter, double *plain, Str *last, Err *err)
{
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    PangoContext *context = pango_font_map_create_context(map);
    double letters = 0, plains = 0;
    bool rendered = render_notice(0, arena, last, err);

    render_plain(context, 0, arena);
    for (int i = 0; rendered && i < count; i++) {
        double start = cpu_seconds(), between;

        arena_reset(arena);
        render_plain(context, i, arena);
        between = cpu_seconds();
        arena_reset(arena);
        rendered = render_notice(i, arena, last, err);
        plains += between - start;
        letters += cpu_seconds() - between;
    }
    *letter = letters / count;
    *plain = plains / count;
    g_object_unref(context);
    g_object_unref(map);
    return rendered;
}

static bool save(const char *path, Str pdf)
{
    FILE *file = fopen(path, "wb");
    bool saved = file && fwrite(pdf.ptr, 1, pdf.len, file) == pdf.len;

    return file && fclose(file) == 0 && saved;
}

int main(int argc, char **argv)
{
    int count = 300;
    bool json = false;
    const char *path = NULL;
    Arena *arena = arena_create(1 << 20);
    double letter, plain;
    Str pdf = STR_NONE;
    Err err = {0};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            json = true;
        else if (strcmp(argv[i], "--fresh") == 0)
            fresh = true;
        else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
            count = atoi(argv[++i]);
        else if (strcmp(argv[i], "--pdf") == 0 && i + 1 < argc)
            path = argv[++i];
    }
    if (count < 1)
        count = 1;
    if (!measure(count, arena, &letter, &plain, &pdf, &err) || (path && !save(path, pdf))) {
        fprintf(stderr, "letters: %s\n", err.kind ? err.message : "cannot write the PDF");
        return 1;
    }
    if (json)
        printf("{\"bench\":\"letters\",\"count\":%d,\"letters_per_cpu_second\":%.1f,"
               "\"floor_pages_per_cpu_second\":%.1f,\"ratio_to_floor\":%.2f,\"bytes\":%zu}\n",
               count, 1 / letter, 1 / plain, letter / plain, pdf.len);
    else
        printf("letters: %.1f notices per CPU second (%.2f ms each, %zu bytes)\n"
               "floor:   %.1f plain pages per CPU second (%.2f ms each); a notice costs %.2f "
               "of them\n",
               1 / letter, letter * 1e3, pdf.len, 1 / plain, plain * 1e3, letter / plain);
    arena_destroy(arena);
    return 0;
}
