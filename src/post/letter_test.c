/* SPDX-License-Identifier: EUPL-1.2 */
/* A letter is accessible (PDF/UA), the same bytes whoever makes it, and made of sound input only.
 */
#include "post/letter_fixture.h"

#include <pthread.h>
#include <qpdf/qpdf-c.h>
#include <stdlib.h>

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fixture, drop_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(letter_says_what_pdf_ua_asks_for),
        TEST(structure_follows_the_reading_order),
        TEST(figures_have_words_and_heads_their_scope),
        TEST(everything_is_content_or_artifact),
        TEST(language_is_told),
        TEST(the_same_letter_is_the_same_bytes),
        TEST(workers_render_at_once),
        TEST(malformed_input_is_refused),
        TEST(odd_letters_still_render),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
