/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/markdown.h"

#include "base/test.h"

#define assert_html(source, expected)                                 \
    do {                                                              \
        Buf assert_html_buf = buf_in(*state);                         \
        markdown_to_html(&assert_html_buf, STR(source), STR("/t/x")); \
        assert_string_equal(buf_str(&assert_html_buf).ptr, expected); \
    } while (0)

static int make_arena(void **state)
{
    *state = arena_create(0);
    return 0;
}

static int drop_arena(void **state)
{
    arena_destroy(*state);
    return 0;
}

static void blank_lines_part_paragraphs(void **state)
{
    assert_html("Guten Tag,\n\nwir haben\nIhren Antrag.\n",
                "<p>Guten Tag,</p>\n<p>wir haben Ihren Antrag.</p>\n");
    assert_html("", "");
    assert_html("\n \n", "");
    assert_html("a\r\nb\r\n\r\nc", "<p>a b</p>\n<p>c</p>\n");
}

static void two_blanks_or_a_backslash_break_the_line(void **state)
{
    assert_html("Mit freundlichen Grüßen  \nIm Auftrag\\\nKurz",
                "<p>Mit freundlichen Grüßen<br>Im Auftrag<br>Kurz</p>\n");
}

static void headings_begin_below_the_page_title(void **state)
{
    assert_html("# Gründe\nText\n## Näheres\n#kein Titel",
                "<h2>Gründe</h2>\n<p>Text</p>\n<h3>Näheres</h3>\n<p>#kein Titel</p>\n");
}

static void lists_nest_by_two_blanks(void **state)
{
    assert_html("Bitte:\n- Ausweis\n- Nachweis\n  der Versicherung\n  - Kopie\n- Foto\n",
                "<p>Bitte:</p>\n<ul>\n<li>Ausweis</li>\n<li>Nachweis der Versicherung<ul>\n"
                "<li>Kopie</li>\n</ul>\n</li>\n<li>Foto</li>\n</ul>\n");
    assert_html("3. drei\n4. vier", "<ol start=\"3\">\n<li>drei</li>\n<li>vier</li>\n</ol>\n");
}

static void a_date_in_a_wrapped_line_is_no_list(void **state)
{
    assert_html("gilt ab dem\n1. März 2027", "<p>gilt ab dem 1. März 2027</p>\n");
}

static void strong_needs_both_ends(void **state)
{
    assert_html("**190,00 €** zahlen", "<p><strong>190,00 €</strong> zahlen</p>\n");
    assert_html("2 ** 3 und ****", "<p>2 ** 3 und ****</p>\n");
}

static void numbers_make_a_column_right(void **state)
{
    assert_html("| Hund | Betrag |\n|---|---|\n| Rex | 80,00 € |\n| **Summe** | **80,00 €** |\n",
                "<table>\n<thead><tr><th scope=\"col\">Hund</th><th scope=\"col\" "
                "class=\"number\">Betrag</th></tr>\n</thead>\n<tbody><tr><td>Rex</td>"
                "<td class=\"number\">80,00 €</td></tr>\n<tr><td><strong>Summe</strong></td>"
                "<td class=\"number\"><strong>80,00 €</strong></td></tr>\n</tbody>\n</table>\n");
    assert_html("|a|b|\n|:--|--:|\n|1|x|",
                "<table>\n<thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"number\">b"
                "</th></tr>\n</thead>\n<tbody><tr><td>1</td><td class=\"number\">x</td></tr>\n"
                "</tbody>\n</table>\n");
}

static void short_rows_are_filled_up(void **state)
{
    MarkdownBlock *document = markdown_parse(*state, STR("|a|b|c|\n|1|\n| x\\|y | z |"));
    MarkdownBlock *table = &document->items[0];

    assert_int_equal(table->kind, MARKDOWN_TABLE);
    assert_int_equal(table->count, 3);
    for (size_t i = 0; i < table->count; i++)
        assert_int_equal(table->items[i].count, 3);
    assert_str(markdown_plain(*state, &table->items[2].items[0].text), "x|y");
    document = markdown_parse(*state, STR("|a\\"));
    assert_int_equal(document->items[0].items[0].count, 1);
}

static void only_safe_addresses_become_links(void **state)
{
    assert_html("[Amt](https://a.example/?x=1&y=2)",
                "<p><a href=\"https://a.example/?x=1&amp;y=2\">Amt</a></p>\n");
    assert_html("[Post](mailto:a@b.example) [da](/hund#x) [dort](seite)",
                "<p><a href=\"mailto:a@b.example\">Post</a> <a href=\"/t/x/hund#x\">da</a> "
                "<a href=\"seite\">dort</a></p>\n");
    assert_html("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n");
    assert_html("[x](JaVaScRiPt:a)", "<p>[x](JaVaScRiPt:a)</p>\n");
    assert_html("[x](data:text/html,a)", "<p>[x](data:text/html,a)</p>\n");
    assert_html("[x](//fremd.example)", "<p>[x](//fremd.example)</p>\n");
    assert_html("[x](java\tscript:a)", "<p>[x](java\tscript:a)</p>\n");
    assert_html("[x](\\/fremd.example)", "<p>[x](/fremd.example)</p>\n");
}

static void html_is_only_text(void **state)
{
    assert_html("<script>alert('1')</script> & \"x\"",
                "<p>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;</p>\n");
    assert_html("|<b>|", "<table>\n<tbody><tr><td>&lt;b&gt;</td></tr>\n</tbody>\n</table>\n");
}

/* Whatever a person typed comes out as the very same text, wherever it is put. */
static void escaped_values_stay_text(void **state)
{
    static const char *const values[] = {
        "**fett**", "# Titel", "- Punkt",  "1. Punkt",  "a | b", "[x](https:y)", "\\",
        "*",        "C:\\x\\", "<b>&amp;", "12) Punkt", "| a |", "zwei  Enden  "};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        Buf source = buf_in(*state);
        MarkdownBlock *document;
        Str expected = str_printf(*state, "Wert %s", values[i]);

        buf_add_c(&source, "Wert\n");
        markdown_escape(&source, str_c(values[i]));
        document = markdown_parse(*state, buf_str(&source));
        assert_int_equal(document->count, 1);
        assert_int_equal(document->items[0].kind, MARKDOWN_PARAGRAPH);
        assert_str(markdown_plain(*state, &document->items[0].text),
                   str_cstr(*state, str_trim(expected)));

        source = buf_in(*state);
        markdown_escape(&source, str_c(values[i]));
        document = markdown_parse(*state, buf_str(&source));
        assert_int_equal(document->items[0].kind, MARKDOWN_PARAGRAPH);

        source = buf_in(*state);
        buf_add_c(&source, "|a|b|\n|---|---|\n|");
        markdown_escape(&source, str_c(values[i]));
        buf_add_c(&source, "|ende|");
        document = markdown_parse(*state, buf_str(&source));
        assert_str(markdown_plain(*state, &document->items[0].items[1].items[1].text), "ende");
    }
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, make_arena, drop_arena)
    const struct CMUnitTest tests[] = {
        RULE(blank_lines_part_paragraphs),
        RULE(two_blanks_or_a_backslash_break_the_line),
        RULE(headings_begin_below_the_page_title),
        RULE(lists_nest_by_two_blanks),
        RULE(a_date_in_a_wrapped_line_is_no_list),
        RULE(strong_needs_both_ends),
        RULE(numbers_make_a_column_right),
        RULE(short_rows_are_filled_up),
        RULE(only_safe_addresses_become_links),
        RULE(html_is_only_text),
        RULE(escaped_values_stay_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
