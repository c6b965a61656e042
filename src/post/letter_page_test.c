/* SPDX-License-Identifier: EUPL-1.2 */
/* What stands where on the pages of a letter: table, heading, number, arms, address. */
#include "post/letter_fixture.h"

#include <cairo.h>
#include <qpdf/qpdf-c.h>
#include <stdio.h>

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fixture, drop_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(long_letters_turn_the_page),
        TEST(a_heading_never_stands_last_on_a_page),
        TEST(one_page_has_no_number),
        TEST(arms_stand_in_the_head),
        TEST(broken_arms_are_refused),
        TEST(the_longest_address_of_a_form_is_printed_whole),
        TEST(the_widest_address_of_a_form_is_printed),
        TEST(an_address_that_fits_no_window_is_refused_by_its_name),
        TEST(characters_that_no_font_has_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
