/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "gen/template.h"

#include <stdio.h>

static bool compile(Arena *arena, const char *text, TemplateCode *code, Err *err)
{
    return template_compile(arena, str_c(text), "x.html", "x.html.h", code, err);
}

/* The text in a template of its own is refused with this message at this place. */
static void refuse(const char *body, int line, int column, const char *message)
{
    Arena *arena = arena_create(0);
    TemplateCode code;
    Err err = {0};
    const char *text = arena_printf(arena, "{%% template t(Str x) %%}\n%s", body);

    if (compile(arena, text, &code, &err))
        fail_msg("accepted: %s", body);
    if (!strstr(err.message, message) || err.line != line || err.column != column)
        fail_msg("%s\n gave %s", body, err_text(&err, arena));
    assert_string_equal(err.file, "x.html");
    arena_destroy(arena);
}

static void accept(const char *body, const char *expected)
{
    Arena *arena = arena_create(0);
    TemplateCode code;
    Err err = {0};
    const char *text = arena_printf(arena, "{%% template t(Str x) %%}\n%s", body);

    if (!compile(arena, text, &code, &err))
        fail_msg("%s\n gave %s", body, err_text(&err, arena));
    if (!strstr(str_cstr(arena, code.source), expected))
        fail_msg("no %s in\n%.*s", expected, STR_ARG(code.source));
    arena_destroy(arena);
}

static void values_are_refused_where_escaping_cannot_help(void **state)
{
    (void)state;
    refuse("<a href={{ x }}>a</a>", 2, 9, "without double quotes");
    refuse("<a href='{{ x }}'>a</a>", 2, 9, "needs double quotes");
    refuse("<a {{ x }}>a</a>", 2, 4, "between attributes");
    refuse("<{{ x }}>", 2, 2, "tag's name");
    refuse("<p\n data-{{ x }}=\"\">", 3, 7, "attribute's name");
    refuse("<script src=\"{{ asset(\"a.js\") }}\">{{ x }}</script>", 2, 35, "inside <script>");
    refuse("<iframe srcdoc=\"{{ x }}\"></iframe>", 2, 17, "in this attribute");
    refuse("<!-- {{ x }} -->", 2, 6, "inside a comment");
}

static void what_the_security_policy_blocks_is_refused(void **state)
{
    (void)state;
    refuse("<script>alert(1)</script>", 2, 8, "inline <script>");
    refuse("<style>p{}</style>", 2, 7, "<style> is blocked");
    refuse("<p onclick=\"x\">a</p>", 2, 11, "event handler onclick");
    refuse("<p ONCLICK=\"x\">a</p>", 2, 11, "event handler onclick");
    refuse("<p onclick{% if (x.len) %}{% end %}>a</p>", 2, 11, "event handler onclick");
    refuse("<p style=\"color: red\">a</p>", 2, 9, "attribute style");
    refuse("<a href=\"JavaScript:alert(1)\">a</a>", 2, 20, "runs a script");
    refuse("<a href=\"/antrag\">a</a>", 2, 10, "stays in the town");
    accept("<a href=\"{{ url(\"/\") }}/x\">a</a>", "OUT_URL(out, url(\"/\"));");
}

static void open_tags_and_blocks_are_errors_with_their_place(void **state)
{
    (void)state;
    refuse("<div>\n <p>a</p>\n", 2, 1, "<div> is never closed");
    refuse("<div><p></div>", 2, 9, "</div> where </p> is expected");
    refuse("</div>", 2, 6, "</div> closes nothing");
    refuse("<div/>", 2, 6, "does not close itself");
    refuse("<p>a < b</p>", 2, 7, "&lt;");
    refuse("\n{% if (x.len) %}a", 3, 1, "lacks {% end %}");
    refuse("a{% end %}", 2, 2, "ends nothing");
    refuse("{% else %}", 2, 1, "without {% if %}");
    refuse("{% if (x.len) %}{% else %}{% elif (1) %}{% end %}", 2, 27, "without {% if %}");
    refuse("{% if x %}{% end %}", 2, 1, "parentheses");
    refuse("{% if (x.len) %}<p>{% end %}</p>", 2, 20, "<p> of line 2 must be closed");
    refuse("<p>{% if (x.len) %}</p>{% end %}", 2, 23, "opened outside this block");
    refuse("{{ x", 2, 1, "}} is missing");
    refuse("{{ }}", 2, 1, "nothing stands before }}");
    refuse("{% wat %}", 2, 1, "unknown statement \"wat\"");
    refuse("<p", 2, 3, "ends inside a tag");
    refuse("<img src=\"a.png\">", 2, 17, "needs alt");
    refuse("<p id=\"a\" id=\"b\">x</p>", 2, 13, "attribute id stands twice");
}

static void branches_must_end_at_the_same_place(void **state)
{
    (void)state;
    refuse("<p {% if (x.len) %}class=\"a{% end %}>\"</p>", 2, 28, "another place");
    refuse("<p {% if (x.len) %}class=\"a{% else %}id=\"b{% end %}\">a</p>", 2, 43, "another place");
    refuse("<a href=\"{% if (x.len) %}?a={% end %}{{ x }}\">a</a>", 2, 29, "another place");
    accept("<p class=\"{% if (x.len) %}a{% end %}{{ x }}\">a</p>", "OUT_ATTR(out, x);");
    accept("<a href=\"{% if (x.len) %}?a={% else %}?b={% end %}{{ x }}\">a</a>",
           "OUT_URL_PART(out, x);");
}

static void the_writer_follows_from_the_place(void **state)
{
    (void)state;
    accept("<p>{{ x }}</p>", "OUT_TEXT(out, x);");
    accept("<p class=\"a {{ x }}\">b</p>", "OUT_ATTR(out, x);");
    accept("<a href=\"{{ x }}\">b</a>", "OUT_URL(out, x);");
    accept("<form action=\"?a={{ x }}\"></form>", "OUT_URL_PART(out, x);");
    accept("<button formaction=\"{{ x }}\">b</button>", "OUT_URL(out, x);");
    accept("<p>{{ f(\"}}\", '}') }}</p>", "OUT_TEXT(out, f(\"}}\", '}'));");
    accept("<p>{{ ((Pair){{1, 2}}).a }}</p>", "OUT_TEXT(out, ((Pair){{1, 2}}).a);");
}

static void static_text_is_compact_and_written_at_once(void **state)
{
    (void)state;
    accept("<ul>\n  <li>a\n b</li>\n  <li>\n   <b>c</b>\n <i>d</i>\n  </li>\n</ul>\n<!-- no -->",
           "buf_add(out->buf, STR(\"<ul><li>a b</li><li><b>c</b> <i>d</i></li></ul>\"));\n}");
    accept("<pre>\n  a\n</pre>", "STR(\"<pre>\\n  a\\n</pre>\")");
    accept("<textarea>\n</textarea>", "STR(\"<textarea>\\n\\n</textarea>\")");
    accept("<!doctype html>\n<html lang=\"de\"></html>",
           "STR(\"<!doctype html><html lang=\\\"de\\\"></html>\")");
    accept("<input\n   type=\"text\"\n  required>", "STR(\"<input type=\\\"text\\\" required>\")");
    accept("a {{ x }} b", "STR(\" b\")");
}

static void c_errors_point_into_the_page(void **state)
{
    (void)state;
    accept("\n\n<p>{{ x }}</p>", "#line 4 \"x.html\"\n    OUT_TEXT(out, x);");
}

static void text_outside_of_templates_is_refused(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    TemplateCode code;
    Err err = {0};

    assert_false(compile(arena, "\n <p>", &code, &err));
    assert_string_equal(err_text(&err, arena),
                        "x.html:2:2: text outside of a template: begin with {% template name() %}");
    assert_false(compile(arena, "{{ x }}", &code, &err));
    assert_false(compile(arena, "{% template Bad %}", &code, &err));
    assert_false(compile(arena, "{% template t() %}{% c #include \"a.h\" %}", &code, &err));
    assert_ok(compile(arena,
                      "{% c #include \"a.h\" %}\n{% template t() %}{% template u(int a, int b) %}",
                      &code, &err),
              &err);
    assert_non_null(strstr(str_cstr(arena, code.header), "#include \"a.h\"\n"));
    assert_non_null(strstr(str_cstr(arena, code.header), "void page_t(Out *out);\n"));
    assert_non_null(strstr(str_cstr(arena, code.header), "void page_u(Out *out, int a, int b);\n"));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_refused_where_escaping_cannot_help),
        cmocka_unit_test(what_the_security_policy_blocks_is_refused),
        cmocka_unit_test(open_tags_and_blocks_are_errors_with_their_place),
        cmocka_unit_test(branches_must_end_at_the_same_place),
        cmocka_unit_test(the_writer_follows_from_the_place),
        cmocka_unit_test(static_text_is_compact_and_written_at_once),
        cmocka_unit_test(c_errors_point_into_the_page),
        cmocka_unit_test(text_outside_of_templates_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
