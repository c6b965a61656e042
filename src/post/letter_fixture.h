/* SPDX-License-Identifier: EUPL-1.2 */
/* A letter of a town, and what qpdf reads in it. */
#pragma once

#include "base/buf.h"
#include "base/test.h"
#include "post/letter.h"

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

static inline Letter sample(void)
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

static inline int make_fixture(void **state)
{
    Fixture *fixture = calloc(1, sizeof *fixture);

    fixture->arena = arena_create(1 << 16);
    fixture->pdf = qpdf_init();
    *state = fixture;
    return 0;
}

static inline int drop_fixture(void **state)
{
    Fixture *fixture = *state;

    qpdf_cleanup(&fixture->pdf);
    arena_destroy(fixture->arena);
    free(fixture);
    return 0;
}

static inline void render(Fixture *fixture, const LetterHead *with, const Letter *letter)
{
    Err err = {0};

    assert_ok(letter_render(with, letter, fixture->arena, &fixture->bytes, &err), &err);
    assert_int_equal(
        qpdf_read_memory(fixture->pdf, "x", fixture->bytes.ptr, fixture->bytes.len, NULL), 0);
    assert_int_equal(qpdf_check_pdf(fixture->pdf), 0);
}

static inline qpdf_oh key(Fixture *fixture, qpdf_oh from, const char *name)
{
    return qpdf_oh_get_key_if_dict(fixture->pdf, from, name);
}

static inline const char *text_of(Fixture *fixture, qpdf_oh from, const char *name)
{
    return qpdf_oh_get_utf8_value(fixture->pdf, key(fixture, from, name));
}

/* The structure as words: "Document(P H1 Table(TR(TH TH)))". */
static inline void add_structure(Fixture *fixture, qpdf_oh element, Buf *out)
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

static inline qpdf_oh document_of(Fixture *fixture)
{
    qpdf_oh tree = key(fixture, qpdf_get_root(fixture->pdf), "/StructTreeRoot");

    return qpdf_oh_get_array_item(fixture->pdf, key(fixture, tree, "/K"), 0);
}

static inline const char *structure(Fixture *fixture)
{
    Buf out = buf_in(fixture->arena);

    add_structure(fixture, document_of(fixture), &out);
    return buf_str(&out).ptr;
}

static inline Str content_of(Fixture *fixture, int page)
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

/* Every operator that paints stands between the begin and end of marked content. */
static inline void assert_all_marked(Str content)
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
