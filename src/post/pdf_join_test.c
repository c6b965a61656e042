/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/pdf_join.h"

#include "base/buf.h"
#include "base/test.h"
#include "post/letter.h"
#include "post/pdf_read.h"

#include <qpdf/qpdf-c.h>
#include <stdlib.h>

static const LetterHead head = {.town = STR("Stadt Musterstadt"), .office = STR("Steueramt")};

static Str letter_to(Arena *arena, const char *name, int paragraphs)
{
    Buf body = buf_in(arena);
    Err err = {0};
    Str pdf;

    for (int i = 0; i < paragraphs; i++)
        buf_add_c(&body, "Wir setzen die Hundesteuer fest.\n\n");
    Letter letter = {.lang = STR("de-leicht"), /* without the dictionary */
                     .subject = STR("Bescheid"),
                     .recipient = {str_c(name), STR("12345 Musterstadt")},
                     .recipient_count = 2,
                     .date = {2027, 3, 1},
                     .body = buf_str(&body)};

    assert_ok(letter_render(&head, &letter, arena, &pdf, &err), &err);
    return pdf;
}

static Str joined(Arena *arena, const Str *letters, size_t count, bool even)
{
    PdfJoin *join = pdf_join_begin(arena);
    Err err = {0};
    Str whole;

    for (size_t i = 0; i < count; i++)
        assert_ok(pdf_join_add(join, letters[i], even, NULL, &err), &err);
    assert_ok(pdf_join_cover(join, letter_to(arena, "Deckblatt", 1), even, &err), &err);
    assert_ok(pdf_join_end(join, STR("druck-001.pdf"), &whole, &err), &err);
    return whole;
}

static qpdf_data opened(Str pdf)
{
    qpdf_data read = qpdf_init();

    assert_int_equal(qpdf_read_memory(read, "x", pdf.ptr, pdf.len, NULL), 0);
    assert_int_equal(qpdf_check_pdf(read), 0);
    return read;
}

static size_t occurrences(Str text, const char *word)
{
    size_t count = 0;

    for (ptrdiff_t at; (at = str_find(text, str_c(word))) >= 0; count++)
        text = str_slice(text, (size_t)at + 1, text.len);
    return count;
}

static bool page_says(qpdf_data pdf, size_t page, const char *words)
{
    unsigned char *bytes = NULL;
    size_t len = 0;

    qpdf_oh_get_page_content_data(pdf, qpdf_get_page_n(pdf, page), &bytes, &len);
    bool says = str_find((Str){(char *)bytes, len}, str_c(words)) >= 0;

    free(bytes);
    return says;
}

static void cover_and_letters_follow_each_other_on_the_same_fonts(void **state)
{
    Arena *arena = arena_create(0);
    Str letters[] = {letter_to(arena, "Erika Eins", 1), letter_to(arena, "Erika Zwei", 20)};
    Str whole = joined(arena, letters, 2, false);
    qpdf_data pdf = opened(whole);

    (void)state;
    assert_int_equal(qpdf_get_num_pages(pdf), 4);
    assert_true(page_says(pdf, 0, "(Deckblatt)"));
    assert_true(page_says(pdf, 1, "(Erika Eins)"));
    assert_true(page_says(pdf, 2, "(Erika Zwei)"));
    assert_int_equal(occurrences(whole, "/FontFile2"), 2); /* regular and bold */
    qpdf_cleanup(&pdf);
    arena_destroy(arena);
}

static void a_page_is_the_letters_own(void **state)
{
    Arena *arena = arena_create(0);
    Str letter = letter_to(arena, "Erika Eins", 20), whole = joined(arena, &letter, 1, false);
    LetterPages pages;

    (void)state;
    assert_true(pdf_read_letter(letter, arena, &pages));
    assert_int_equal(pages.contents.count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(str_find(whole, pages.contents.items[i]) > 0);
    arena_destroy(arena);
}

static void each_letter_begins_a_sheet(void **state)
{
    Arena *arena = arena_create(0);
    Str letters[] = {letter_to(arena, "Erika Eins", 1), letter_to(arena, "Erika Zwei", 1)};
    qpdf_data pdf = opened(joined(arena, letters, 2, true));

    (void)state;
    assert_int_equal(qpdf_get_num_pages(pdf), 6);
    assert_true(page_says(pdf, 2, "(Erika Eins)"));
    assert_false(page_says(pdf, 3, "BT"));
    assert_true(page_says(pdf, 4, "(Erika Zwei)"));
    qpdf_cleanup(&pdf);
    arena_destroy(arena);
}

/* Each letter has a subset of its own for them; the print file needs all glyphs of all. */
static void rare_characters_of_all_letters_are_there(void **state)
{
    Arena *arena = arena_create(0);
    Str letters[] = {letter_to(arena, "Щукин", 1), letter_to(arena, "Łukaż", 1)};
    LetterPages first, second;
    qpdf_data pdf = opened(joined(arena, letters, 2, false));

    (void)state;
    assert_true(pdf_read_letter(letters[0], arena, &first));
    assert_true(pdf_read_letter(letters[1], arena, &second));
    qpdf_oh fonts =
        qpdf_oh_get_key(pdf, qpdf_oh_get_key(pdf, qpdf_get_page_n(pdf, 1), "/Resources"), "/Font");
    qpdf_oh below = qpdf_oh_get_array_item(
        pdf, qpdf_oh_get_key(pdf, qpdf_oh_get_key(pdf, fonts, "/G0"), "/DescendantFonts"), 0);
    int widths = qpdf_oh_get_array_n_items(pdf, qpdf_oh_get_key(pdf, below, "/W"));

    assert_int_equal(first.fonts.others[0].count, 5);
    assert_int_equal(second.fonts.others[0].count, 2);
    assert_int_equal(widths, 2 * 7);
    qpdf_cleanup(&pdf);
    arena_destroy(arena);
}

static void the_same_letters_are_the_same_bytes(void **state)
{
    Arena *arena = arena_create(0);
    Str letters[] = {letter_to(arena, "Щукин", 1), letter_to(arena, "Erika Zwei", 1)};
    Str turned[] = {letters[1], letters[0]};

    (void)state;
    assert_true(str_eq(joined(arena, letters, 2, false), joined(arena, letters, 2, false)));
    assert_false(str_eq(joined(arena, letters, 2, false), joined(arena, turned, 2, false)));
    arena_destroy(arena);
}

static void what_is_no_letter_is_refused_and_adds_nothing(void **state)
{
    Arena *arena = arena_create(0);
    Str letter = letter_to(arena, "Erika Eins", 1);
    PdfJoin *join = pdf_join_begin(arena);
    Err err = {0};
    Str whole;

    (void)state;
    assert_false(pdf_join_add(join, STR("%PDF-1.7\n"), false, NULL, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    for (size_t len = 0; len < letter.len - 1; len += 97)
        assert_false(pdf_join_add(join, str_slice(letter, 0, len), false, NULL, &err));
    assert_ok(pdf_join_add(join, letter, false, NULL, &err), &err);
    assert_ok(pdf_join_end(join, STR("x"), &whole, &err), &err);
    qpdf_data pdf = opened(whole);

    assert_int_equal(qpdf_get_num_pages(pdf), 1);
    qpdf_cleanup(&pdf);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cover_and_letters_follow_each_other_on_the_same_fonts),
        cmocka_unit_test(a_page_is_the_letters_own),
        cmocka_unit_test(each_letter_begins_a_sheet),
        cmocka_unit_test(rare_characters_of_all_letters_are_there),
        cmocka_unit_test(the_same_letters_are_the_same_bytes),
        cmocka_unit_test(what_is_no_letter_is_refused_and_adds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
