/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/letter.h"

#include "base/buf.h"
#include "base/test.h"
#include "post/hyphenate.h"

#include <cairo.h>
#include <pthread.h>
#include <qpdf/qpdf-c.h>
#include <stdlib.h>

static const LetterHead head = {
    .town = STR("Stadt Musterstadt"),
    .office = STR("Steueramt"),
    .sender_line = STR("Stadt Musterstadt · Marktplatz 1 · 12345 Musterstadt"),
    .contact = {STR("Auskunft erteilt: Frau Kurz"), STR("Telefon: 01234 56-789")},
    .contact_count = 2,
    .footer = {STR("Stadt Musterstadt\nMarktplatz 1"), STR("Musterbank\nBIC BYLADEM1001")},
    .footer_count = 2,
};

static const GiroCode giro = {STR("Stadt Musterstadt"), STR("DE02120300000000202051"), STR(""),
                              19000, STR("4711.000815.7")};

static Letter sample(void)
{
    return (Letter){
        .lang = STR("de"),
        .subject = STR("Bescheid über die Hundesteuer 2027"),
        .recipient = {STR("Erika Beispiel"), STR("Lindenstraße 7"), STR("12345 Musterstadt")},
        .recipient_count = 3,
        .date = {2027, 3, 1},
        .our_sign = STR("HUND-2027-000815"),
        .body = STR("Sehr geehrte Frau Beispiel,\n\nwir setzen die Steuer fest.\n\n"
                    "| Hund | Betrag |\n|---|---:|\n| Rex | 80,00 € |\n\n"
                    "# Ihre Rechte\n\nSie können Widerspruch erheben:\n\n"
                    "1. schriftlich\n2. zur Niederschrift\n   - im Rathaus\n"),
        .author = STR("Stadt Musterstadt")};
}

/* A rendered letter, read again by qpdf. */
typedef struct Fixture {
    Arena *arena;
    Str bytes;
    qpdf_data pdf;
} Fixture;

static int make_fixture(void **state)
{
    Fixture *fixture = calloc(1, sizeof *fixture);

    fixture->arena = arena_create(1 << 16);
    fixture->pdf = qpdf_init();
    *state = fixture;
    return 0;
}

static int drop_fixture(void **state)
{
    Fixture *fixture = *state;

    qpdf_cleanup(&fixture->pdf);
    arena_destroy(fixture->arena);
    free(fixture);
    return 0;
}

static void render(Fixture *fixture, const LetterHead *with, const Letter *letter)
{
    Err err = {0};

    assert_ok(letter_render(with, letter, fixture->arena, &fixture->bytes, &err), &err);
    assert_int_equal(
        qpdf_read_memory(fixture->pdf, "x", fixture->bytes.ptr, fixture->bytes.len, NULL), 0);
    assert_int_equal(qpdf_check_pdf(fixture->pdf), 0);
}

static qpdf_oh key(Fixture *fixture, qpdf_oh from, const char *name)
{
    return qpdf_oh_get_key_if_dict(fixture->pdf, from, name);
}

static const char *text_of(Fixture *fixture, qpdf_oh from, const char *name)
{
    return qpdf_oh_get_utf8_value(fixture->pdf, key(fixture, from, name));
}

/* The structure as words: "Document(P H1 Table(TR(TH TH)))". */
static void add_structure(Fixture *fixture, qpdf_oh element, Buf *out)
{
    qpdf_oh kids = qpdf_oh_wrap_in_array(fixture->pdf, key(fixture, element, "/K"));
    size_t start;

    buf_add_c(out, qpdf_oh_get_name(fixture->pdf, key(fixture, element, "/S")) + 1);
    start = out->len;
    for (int i = 0; i < qpdf_oh_get_array_n_items(fixture->pdf, kids); i++) {
        qpdf_oh kid = qpdf_oh_get_array_item(fixture->pdf, kids, i);

        if (!qpdf_oh_is_dictionary(fixture->pdf, kid) || !qpdf_oh_has_key(fixture->pdf, kid, "/S"))
            continue;
        buf_add_c(out, out->len == start ? "(" : " ");
        add_structure(fixture, kid, out);
    }
    if (out->len > start)
        buf_add_char(out, ')');
}

static qpdf_oh document_of(Fixture *fixture)
{
    qpdf_oh tree = key(fixture, qpdf_get_root(fixture->pdf), "/StructTreeRoot");

    return qpdf_oh_get_array_item(fixture->pdf, key(fixture, tree, "/K"), 0);
}

static const char *structure(Fixture *fixture)
{
    Buf out = buf_in(fixture->arena);

    add_structure(fixture, document_of(fixture), &out);
    return buf_str(&out).ptr;
}

static Str content_of(Fixture *fixture, int page)
{
    unsigned char *bytes = NULL;
    size_t len = 0;
    Str content;

    qpdf_oh_get_page_content_data(fixture->pdf, qpdf_get_page_n(fixture->pdf, (size_t)page), &bytes,
                                  &len);
    content = str_copy(fixture->arena, (Str){(char *)bytes, len});
    free(bytes);
    return content;
}

/* ---------------------------------------------------------------- PDF/UA */

static void letter_says_what_pdf_ua_asks_for(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();
    qpdf_oh root;
    unsigned char *xmp;
    QPDF_BOOL filtered;
    size_t len;

    render(fixture, &head, &letter);
    root = qpdf_get_root(fixture->pdf);
    assert_string_equal(qpdf_get_pdf_version(fixture->pdf), "1.7");
    assert_string_equal(text_of(fixture, root, "/Lang"), "de");
    assert_true(qpdf_oh_get_bool_value(fixture->pdf,
                                       key(fixture, key(fixture, root, "/MarkInfo"), "/Marked")));
    assert_true(qpdf_oh_get_bool_value(
        fixture->pdf, key(fixture, key(fixture, root, "/ViewerPreferences"), "/DisplayDocTitle")));
    assert_string_equal(
        text_of(fixture, key(fixture, qpdf_get_trailer(fixture->pdf), "/Info"), "/Title"),
        "Bescheid über die Hundesteuer 2027");
    qpdf_oh_get_stream_data(fixture->pdf, key(fixture, root, "/Metadata"), qpdf_dl_all, &filtered,
                            &xmp, &len);
    assert_true(str_find((Str){(char *)xmp, len}, STR("<pdfuaid:part>1</pdfuaid:part>")) > 0);
    free(xmp);
}

static void structure_follows_the_reading_order(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();

    letter.giro = &giro;
    render(fixture, &head, &letter);
    assert_string_equal(structure(fixture),
                        /* town, office, sender, recipient, four lines of information */
                        "Document(P P P P P P P P H1 P P Table(TR(TH TH) TR(TD TD)) H2 P "
                        "L(LI(Lbl LBody) LI(Lbl LBody(L(LI(Lbl LBody))))) "
                        /* code, title, text, payee, IBAN, amount, reference; foot */
                        "Figure P P P P P P Div(P P))");
}

static void figures_have_words_and_heads_their_scope(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();
    qpdf_oh parts;
    int figures = 0, tables = 0;

    letter.giro = &giro;
    render(fixture, &head, &letter);
    parts = key(fixture, document_of(fixture), "/K");
    for (int i = 0; i < qpdf_oh_get_array_n_items(fixture->pdf, parts); i++) {
        qpdf_oh part = qpdf_oh_get_array_item(fixture->pdf, parts, i);
        const char *type = qpdf_oh_get_name(fixture->pdf, key(fixture, part, "/S"));

        if (strcmp(type, "/Figure") == 0) {
            figures++;
            assert_true(strstr(text_of(fixture, part, "/Alt"), "GiroCode") != NULL);
        }
        if (strcmp(type, "/Table") == 0) {
            qpdf_oh row = qpdf_oh_get_array_item(fixture->pdf, key(fixture, part, "/K"), 0);
            qpdf_oh cell = qpdf_oh_get_array_item(fixture->pdf, key(fixture, row, "/K"), 0);

            tables++;
            assert_string_equal(
                qpdf_oh_get_name(fixture->pdf, key(fixture, key(fixture, cell, "/A"), "/Scope")),
                "/Column");
        }
    }
    assert_int_equal(figures, 1);
    assert_int_equal(tables, 1);
}

/* Every operator that paints stands between the begin and end of marked content. */
static void assert_all_marked(Str content)
{
    int depth = 0;

    while (content.ptr) {
        Str line = str_cut(&content, '\n');

        if (str_ends_with(line, " BDC") || str_ends_with(line, " BMC"))
            depth++;
        else if (str_is(line, "EMC"))
            depth--;
        else if (!str_empty(line))
            assert_true(depth > 0);
        assert_true(depth >= 0);
    }
    assert_int_equal(depth, 0);
}

static void everything_is_content_or_artifact(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();

    letter.giro = &giro;
    letter.subject = STR("EMC (EMC) /Artifact BMC \\ BDC");
    render(fixture, &head, &letter);
    assert_all_marked(content_of(fixture, 0));
}

static void language_is_told(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();

    letter.lang = STR("de-leicht");
    render(fixture, &head, &letter);
    assert_string_equal(text_of(fixture, qpdf_get_root(fixture->pdf), "/Lang"), "de-simple");
}

/* ----------------------------------------------------------------- bytes */

static void the_same_letter_is_the_same_bytes(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample(), other = sample();
    Str first, second;
    Err err = {0};

    letter.giro = &giro;
    assert_ok(letter_render(&head, &letter, fixture->arena, &first, &err), &err);
    other.subject = STR("Ein anderer Bescheid");
    assert_ok(letter_render(&head, &other, fixture->arena, &second, &err), &err);
    assert_false(str_eq(first, second));
    assert_ok(letter_render(&head, &letter, fixture->arena, &second, &err), &err);
    assert_true(str_eq(first, second));
}

typedef struct Worker {
    Str expected;
    bool same;
} Worker;

static void *render_often(void *data)
{
    Worker *worker = data;
    Arena *arena = arena_create(1 << 16);
    Letter letter = sample();
    Err err = {0};
    Str bytes;

    worker->same = true;
    letter.giro = &giro;
    for (int i = 0; i < 5; i++) {
        worker->same = worker->same && letter_render(&head, &letter, arena, &bytes, &err) &&
                       str_eq(bytes, worker->expected);
        arena_reset(arena);
    }
    arena_destroy(arena);
    return NULL;
}

static void workers_render_at_once(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();
    pthread_t threads[3];
    Worker workers[3];
    Err err = {0};
    Str bytes;

    letter.giro = &giro;
    assert_ok(letter_render(&head, &letter, fixture->arena, &bytes, &err), &err);
    for (int i = 0; i < 3; i++) {
        workers[i].expected = bytes;
        pthread_create(&threads[i], NULL, render_often, &workers[i]);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        assert_true(workers[i].same);
    }
}

/* ----------------------------------------------------------------- pages */

static Str table_of(Arena *arena, int rows)
{
    Buf body = buf_in(arena);

    buf_add_c(&body, "| Nummer | Betrag |\n|---|---:|\n");
    for (int i = 0; i < rows; i++)
        buf_addf(&body, "| Zeile %d | %d,00 € |\n", i + 1, i);
    return buf_str(&body);
}

static void long_letters_turn_the_page(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();
    const char *told;

    letter.body = table_of(fixture->arena, 80);
    render(fixture, &head, &letter);
    assert_int_equal(qpdf_get_num_pages(fixture->pdf), 3);
    for (int page = 0; page < 3; page++) {
        char number[32];
        Str content = content_of(fixture, page);

        assert_all_marked(content);
        snprintf(number, sizeof number, "(Seite %d v", page + 1);
        assert_true(str_find(content, str_c(number)) > 0);
        /* Every page shows the head; only the first tells it, the others as artifact. */
        assert_true(str_find(content, STR("(Nummer)")) > 0);
    }
    told = strstr(structure(fixture), "TR(TH TH)");
    assert_non_null(told);
    assert_null(strstr(told + strlen("TR(TH TH)"), "TH"));
}

static void a_heading_never_stands_last_on_a_page(void **state)
{
    Letter letter = sample();

    (void)state;
    for (int lines = 14; lines < 34; lines++) {
        void *own;
        Fixture *fixture;
        Buf body;
        Str first;

        make_fixture(&own);
        fixture = own;
        body = buf_in(fixture->arena);
        for (int i = 0; i < lines; i++)
            buf_add_c(&body, i ? "\\\nZeile" : "Zeile");
        buf_add_c(&body, "\n\n# Rechtsbehelf\n\nText danach.");
        letter.body = buf_str(&body);
        render(fixture, &head, &letter);
        first = content_of(fixture, 0);
        assert_int_equal(str_find(first, STR("echtsbehelf")) > 0,
                         str_find(first, STR("danach")) > 0);
        drop_fixture(&own);
    }
}

static void one_page_has_no_number(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();

    render(fixture, &head, &letter);
    assert_int_equal(qpdf_get_num_pages(fixture->pdf), 1);
    assert_true(str_find(content_of(fixture, 0), STR("Seite")) < 0);
}

/* ------------------------------------------------------------------ arms */

static cairo_status_t add_png(void *buf, const unsigned char *data, unsigned int length)
{
    buf_add(buf, (Str){(const char *)data, length});
    return CAIRO_STATUS_SUCCESS;
}

static void arms_stand_in_the_head(void **state)
{
    Fixture *fixture = *state;
    cairo_surface_t *picture = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 30, 40);
    Buf png = buf_in(fixture->arena);
    LetterHead with_arms = head;
    Letter letter = sample();
    qpdf_oh figure;

    cairo_surface_write_to_png_stream(picture, add_png, &png);
    cairo_surface_destroy(picture);
    with_arms.arms_png = buf_str(&png);
    letter.giro = &giro;
    render(fixture, &with_arms, &letter);
    figure = qpdf_oh_get_array_item(fixture->pdf, key(fixture, document_of(fixture), "/K"), 0);
    assert_string_equal(text_of(fixture, figure, "/Alt"), "Wappen: Stadt Musterstadt");
    assert_true(str_find(fixture->bytes, STR("/Height 40")) > 0);
    assert_true(str_find(fixture->bytes, STR("/Width 30")) > 0);
    assert_true(str_find(fixture->bytes, STR("/BitsPerComponent 8 /ColorSpace /DeviceRGB")) > 0);
}

static void broken_arms_are_refused(void **state)
{
    Fixture *fixture = *state;
    LetterHead with_arms = head;
    Letter letter = sample();
    Err err = {0};

    with_arms.arms_png = STR("\x89PNG\r\n\x1a\n nothing of a picture follows here at all");
    assert_false(letter_render(&with_arms, &letter, fixture->arena, &fixture->bytes, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

/* --------------------------------------------------------------- address */

static Str repeated(Arena *arena, const char *text, int times, const char *end)
{
    Buf out = buf_in(arena);

    for (int i = 0; i < times; i++)
        buf_add_c(&out, text);
    buf_add_c(&out, end);
    return buf_str(&out);
}

/* As long as the core blocks of forms allow: 120 characters each. */
static void the_longest_address_of_a_form_is_printed_whole(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();
    Str content;

    letter.recipient[0] = repeated(fixture->arena, "ü", 240, " Eins");
    letter.recipient[1] = repeated(fixture->arena, "ü", 120, " 7 Zwei");
    letter.recipient[2] = repeated(fixture->arena, "Ж", 120, " Drei");
    render(fixture, &head, &letter);
    content = content_of(fixture, 0);
    assert_true(str_find(content, STR("Eins)")) > 0);
    assert_true(str_find(content, STR("Zwei)")) > 0);
    assert_true(str_find(content, STR("Drei)")) > 0);
}

/* An organisation's name and representative, and an address, all of wide letters. */
static void the_widest_address_of_a_form_is_printed(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();

    letter.recipient_count = 5;
    for (size_t i = 0; i < 5; i++)
        letter.recipient[i] = repeated(fixture->arena, "W", i < 2 ? 200 : 141, "");
    render(fixture, &head, &letter);
}

static void an_address_that_fits_no_window_is_refused_by_its_name(void **state)
{
    Fixture *fixture = *state;
    Letter letter = sample();
    Err err = {0};

    letter.recipient_count = 5;
    for (size_t i = 0; i < 5; i++)
        letter.recipient[i] = repeated(fixture->arena, "W", 400, "");
    assert_false(letter_render(&head, &letter, fixture->arena, &fixture->bytes, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.field, "recipient");
}

static void characters_that_no_font_has_are_told(void **state)
{
    (void)state;
    assert_null(letter_unprintable(STR("Müller Đặng Щукин Ω שלום")).ptr);
    assert_str(letter_unprintable(STR("Herr 漢字")), "漢");
    assert_str(letter_unprintable(STR("Rex \U0001F9B4")), "\U0001F9B4");
}

/* ----------------------------------------------------------------- input */

static void malformed_input_is_refused(void **state)
{
    Fixture *fixture = *state;
    GiroCode bad = giro;
    Letter letter = sample();
    Err err = {0};

    letter.body = STR("kaputt \xff");
    assert_false(letter_render(&head, &letter, fixture->arena, &fixture->bytes, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    letter = sample();
    letter.subject = STR(" ");
    assert_false(letter_render(&head, &letter, fixture->arena, &fixture->bytes, &err));
    assert_string_equal(err.field, "subject");
    letter = sample();
    bad.cents = 0;
    letter.giro = &bad;
    assert_false(letter_render(&head, &letter, fixture->arena, &fixture->bytes, &err));
    assert_string_equal(err.field, "cents");
}

static void odd_letters_still_render(void **state)
{
    static const char *const bodies[] = {
        "",
        "#",
        "# \n\n",
        "|",
        "| |\n|-|\n",
        "- ",
        "-",
        "\\",
        "[",
        "**",
        "| a | b |\n|---|---|\n| ein sehr langer Text, der umbrochen wird, bis er fertig ist | D |",
        "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichenverordnungsentwurf",
        "- a\n  - b\n    - c\n      - d\n        - e\n",
        "שלום עולם",
        "\U0001F415 Ж Ω ǆ ḃ",
        "[x](https://a.example) [mailto](mailto:a@b.example)"};

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        void *own;
        Fixture *fixture;
        Letter letter = sample();

        make_fixture(&own);
        fixture = own;
        letter.body = str_c(bodies[i]);
        render(fixture, &head, &letter);
        assert_all_marked(content_of(fixture, 0));
        drop_fixture(&own);
    }
}

/* ----------------------------------------------------------- hyphenation */

static Str hyphenated(Fixture *fixture, const char *lang, const char *text)
{
    Str result = hyphenate(hyphenator_for(str_c(lang)), fixture->arena, str_c(text));

    result = str_replace(fixture->arena, result, STR("\u00ad"), STR("-"));
    result = str_replace(fixture->arena, result, STR("\u200b"), STR("|"));
    return str_replace(fixture->arena, result, STR("\u00a0"), STR("_"));
}

static void words_from_six_letters_are_hyphenated(void **state)
{
    Fixture *fixture = *state;

    assert_str(hyphenated(fixture, "de", "Hundesteuer Straße Halter und Größe"),
               "Hun-de-steuer Straße Hal-ter und Größe");
    assert_str(hyphenated(fixture, "de", "(Widerspruch), Überweisung!"),
               "(Wi-der-spruch), Über-wei-sung!");
    assert_str(hyphenated(fixture, "en", "registration"), "re-gis-tra-tion");
    assert_str(hyphenated(fixture, "de-leicht", "Hundesteuer"), "Hundesteuer");
}

static void numbers_and_names_of_files_stay_whole(void **state)
{
    static const char *const texts[] = {"DE02120300000000202051", "Aktenzeichen2027",
                                        "formular_hundesteuer.pdf", "Haus/Wohnung"};
    Fixture *fixture = *state;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_str(hyphenated(fixture, "de", texts[i]), texts[i]);
}

static void addresses_end_lines_without_a_hyphen(void **state)
{
    Fixture *fixture = *state;

    assert_str(hyphenated(fixture, "de", "steueramt@musterstadt.example"),
               "steueramt@|musterstadt.|example");
    assert_str(hyphenated(fixture, "de", "https://musterstadt.example/hundesteuer"),
               "https://|musterstadt.|example/|hundesteuer");
}

static void signs_hold_on_to_their_numbers(void **state)
{
    Fixture *fixture = *state;

    assert_str(hyphenated(fixture, "de", "nach § 4 Abs. 2 sind 80,00 € um 8 Uhr fällig"),
               "nach §_4 Abs._2 sind 80,00_€ um 8_Uhr fäl-lig");
    assert_str(hyphenated(fixture, "de", "am 12. März auf DE02 1203 0000 im Jahr 2027"),
               "am 12._März auf DE02_1203_0000 im Jahr 2027");
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, make_fixture, drop_fixture)
    const struct CMUnitTest tests[] = {
        RULE(letter_says_what_pdf_ua_asks_for),
        RULE(structure_follows_the_reading_order),
        RULE(figures_have_words_and_heads_their_scope),
        RULE(everything_is_content_or_artifact),
        RULE(language_is_told),
        RULE(the_same_letter_is_the_same_bytes),
        RULE(workers_render_at_once),
        RULE(long_letters_turn_the_page),
        RULE(a_heading_never_stands_last_on_a_page),
        RULE(one_page_has_no_number),
        RULE(arms_stand_in_the_head),
        RULE(broken_arms_are_refused),
        RULE(the_longest_address_of_a_form_is_printed_whole),
        RULE(the_widest_address_of_a_form_is_printed),
        RULE(an_address_that_fits_no_window_is_refused_by_its_name),
        RULE(characters_that_no_font_has_are_told),
        RULE(malformed_input_is_refused),
        RULE(odd_letters_still_render),
        RULE(words_from_six_letters_are_hyphenated),
        RULE(numbers_and_names_of_files_stay_whole),
        RULE(addresses_end_lines_without_a_hyphen),
        RULE(signs_hold_on_to_their_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
