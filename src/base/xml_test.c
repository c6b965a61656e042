/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/xml.h"

#include "base/test.h"

#include <stdio.h>
#include <unistd.h>

static XmlElement *read_text(Arena *arena, const char *text, Err *err)
{
    return xml_read(arena, str_c(text), "a.dmn", err);
}

static void elements_know_where_they_stood(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    XmlElement *root = read_text(
        arena,
        "<?xml version=\"1.0\"?>\n<a xmlns='urn:x'\n   b='>'>\n  <c>ü</c><c d='1'> t</c>\n</a>",
        &err);

    (void)state;
    assert_non_null(root);
    assert_int_equal(root->line, 2);
    assert_int_equal(root->column, 1);
    assert_str(root->space, "urn:x");
    assert_str(xml_attribute(root, "b"), ">");
    XmlElement *c = xml_child(root, "c");
    assert_int_equal(c->line, 4);
    assert_int_equal(c->column, 3);
    assert_int_equal(c->text_column, 6);
    c = xml_next(c, "c");
    assert_int_equal(c->column, 11);
    assert_int_equal(c->text_column, 20);
    assert_str(c->text, " t");
    assert_null(xml_next(c, "c"));
    arena_destroy(arena);
}

static void text_is_joined_around_comments_and_marked_sections(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    XmlElement *root = read_text(arena, "<a>1 &lt; <!-- no --><![CDATA[<2>]]>&#x41;</a>", &err);

    (void)state;
    assert_non_null(root);
    assert_str(root->text, "1 < <2>A");
    arena_destroy(arena);
}

static void escaped_signs_are_the_same_in_attributes_and_text(void **state)
{
    static const char SIGNS[] = "fremd/7 & \"<>'";
    Arena *arena = arena_create(0);
    Buf text = buf_in(arena);
    Err err = {0};

    (void)state;
    buf_add_c(&text, "<a b=\"");
    xml_escape(&text, str_c(SIGNS));
    buf_add_c(&text, "\">");
    xml_escape(&text, str_c(SIGNS));
    buf_add_c(&text, "</a>");
    XmlElement *root = xml_read(arena, buf_str(&text), NULL, &err);
    assert_ok(root, &err);
    assert_str(xml_attribute(root, "b"), SIGNS);
    assert_str(root->text, SIGNS);
    arena_destroy(arena);
}

/* One strange character in a name must not make the whole file unreadable. */
static void what_xml_cannot_write_is_left_out(void **state)
{
    static const char GIVEN[] = "a\x01\x1f"
                                "b\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd \xc2\x80\x7f";
    static const char WRITTEN[] = "ab\xef\xbf\xbd \xc2\x80\x7f";
    Arena *arena = arena_create(0);
    Buf text = buf_in(arena);
    Err err = {0};

    (void)state;
    buf_add_c(&text, "<a>");
    xml_escape(&text, (Str){GIVEN, sizeof GIVEN}); /* with its NUL */
    buf_add_c(&text, "</a>");
    XmlElement *root = xml_read(arena, buf_str(&text), NULL, &err);
    assert_ok(root, &err);
    assert_str(root->text, WRITTEN);
    assert_str(xml_writable(arena, str_c(GIVEN)), WRITTEN);
    assert_str(xml_writable(arena, STR("\x01")), "");
    assert_str(xml_writable(arena, STR("\xef\xbf")), "\xef\xbf");
    arena_destroy(arena);
}

static void line_ends_and_tabs_stay_what_they_are(void **state)
{
    static const char LINES[] = "a\tb\nc\r\nd\re";
    Arena *arena = arena_create(0);
    Buf text = buf_in(arena);
    Err err = {0};

    (void)state;
    buf_add_c(&text, "<a b=\"");
    xml_escape_attribute(&text, str_c(LINES));
    buf_add_c(&text, "\">");
    xml_escape(&text, str_c(LINES));
    buf_add_c(&text, "</a>");
    XmlElement *root = xml_read(arena, buf_str(&text), NULL, &err);
    assert_ok(root, &err);
    assert_str(xml_attribute(root, "b"), LINES);
    assert_str(root->text, LINES);
    arena_destroy(arena);
}

static void prefixes_are_resolved_where_they_are_used(void **state)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    XmlElement *root = read_text(arena, "<a xmlns:f='urn:f'><b xmlns:f='urn:g'/></a>", &err);

    (void)state;
    assert_str(xml_space_of(root, STR("f")), "urn:f");
    assert_str(xml_space_of(root->first, STR("f")), "urn:g");
    assert_null(xml_space_of(root, STR("g")).ptr);
    arena_destroy(arena);
}

static void assert_refused(const char *text, const char *part)
{
    Arena *arena = arena_create(0);
    Err err = {0};

    assert_null(read_text(arena, text, &err));
    if (!strstr(err.message, part))
        fail_msg("%s: %s", text, err.message);
    assert_int_not_equal(err.line, 0);
    arena_destroy(arena);
}

static void hostile_and_broken_files_are_refused_with_their_place(void **state)
{
    char deep[2000] = "";

    (void)state;
    assert_refused("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "document types");
    assert_refused("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "document types");
    assert_refused("<a>&x;</a>", "well-formed");
    assert_refused("<a><b></a>", "well-formed");
    assert_refused("<a>", "well-formed");
    assert_refused("kein XML", "well-formed");
    for (int i = 0; i < 101; i++)
        memcpy(deep + (size_t)i * 3, "<a>", 4);
    assert_refused(deep, "too deeply");
    Arena *arena = arena_create(0);
    Buf many = buf_in(arena);
    buf_add_c(&many, "<a");
    for (int i = 0; i <= XML_MAX_ATTRIBUTES; i++)
        buf_addf(&many, " a%d='1'", i);
    buf_add_c(&many, "/>");
    assert_refused(str_cstr(arena, buf_str(&many)), "more than 5000 attributes");
    arena_destroy(arena);
}

/* What libxml2 writes past its handlers, in bytes. */
static long standard_error_of(const char *text, const char *part, int line)
{
    FILE *written = tmpfile();
    Arena *arena = arena_create(0);
    int before = dup(2);
    Err err = {0};

    assert_true(written && before >= 0 && dup2(fileno(written), 2) == 2);
    XmlElement *root = xml_read(arena, str_c(text), NULL, &err);
    dup2(before, 2);
    close(before);
    long bytes = lseek(fileno(written), 0, SEEK_END);
    fclose(written);
    assert_null(root);
    if (!strstr(err.message, part))
        fail_msg("%s: %s", text, err.message);
    assert_int_equal(err.line, line);
    arena_destroy(arena);
    return bytes;
}

static void broken_encodings_are_told_and_written_nowhere(void **state)
{
    (void)state;
    assert_int_equal(standard_error_of("<?xml version='1.0' encoding='EUC-JP'?>\n<a>\xff\xff</a>",
                                       "encoding", 1),
                     0);
    assert_int_equal(
        standard_error_of("<?xml version='1.0' encoding='UTF-8'?>\n<a>\n\xfc</a>", "UTF-8", 3), 0);
    assert_int_equal(
        standard_error_of("<?xml version='1.0' encoding='klingon'?><a/>", "klingon", 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_know_where_they_stood),
        cmocka_unit_test(text_is_joined_around_comments_and_marked_sections),
        cmocka_unit_test(escaped_signs_are_the_same_in_attributes_and_text),
        cmocka_unit_test(what_xml_cannot_write_is_left_out),
        cmocka_unit_test(line_ends_and_tabs_stay_what_they_are),
        cmocka_unit_test(prefixes_are_resolved_where_they_are_used),
        cmocka_unit_test(broken_encodings_are_told_and_written_nowhere),
        cmocka_unit_test(hostile_and_broken_files_are_refused_with_their_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
