/* SPDX-License-Identifier: EUPL-1.2 */
/* What compiled templates write. */
#include "base/test.h"

#include "core/http/request.h"
#include "core/page/out.h"
#include "gen/render_test.html.h"

/* Pages are written here without a server; the test gives the token itself. */
Str request_csrf(Request *req)
{
    (void)req;
    return STR("token");
}

static Out test_out(Arena *arena, const char *lang)
{
    Buf *buf = arena_new(arena, Buf);

    *buf = buf_in(arena);
    Request *req = arena_new(arena, Request);
    return (Out){.req = req, .buf = buf, .lang = str_c(lang), .base = STR("/t/dorf")};
}

static void hostile_values_stay_text_in_every_place(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Out out = test_out(arena, "de");
    TestRow row = {
        .title = STR("\"><script>alert('1')</script>&"), .path = "javascript:alert(1)", .id = 7};

    page_test_row(&out, &row, false);
    assert_str(
        out_html(&out).str,
        "<li class=\"row\" id=\"row-7\"><a href=\"#\" "
        "title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\">"
        "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</a> <em>ok</em></li>");
    arena_destroy(arena);
}

static void branches_loops_links_and_translations_are_written(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Out out = test_out(arena, "en");
    TestRow rows[] = {{.title = STR("a b&c"), .path = "/x?y=1&z", .id = 1, .late = true},
                      {.title = STR("b"), .path = "//evil.example", .id = 2}};

    page_test_list(&out, rows, 2, (Html){STR("<p>above</p>")});
    assert_str(
        out_html(&out).str,
        "<p>above</p> <h1>2 results</h1><p>many</p><ul>"
        "<li class=\"row row--active\" id=\"row-1\"><a href=\"/x?y=1&amp;z\" title=\"a b&amp;c\">"
        "a b&amp;c</a> <strong>Cancel</strong></li> "
        "<li class=\"row\" id=\"row-2\"><a href=\"#\" title=\"b\">b</a> <em>ok</em></li> </ul>"
        "<form method=\"post\" action=\"/t/dorf/suche/a\">"
        "<input type=\"hidden\" name=\"csrf\" value=\"token\">"
        "<input type=\"checkbox\" name=\"a\" checked> <a href=\"?q=a%20b%26c\">q</a> "
        "<textarea name=\"t\">\n  a b&amp;c  </textarea></form>");
    arena_destroy(arena);
}

static void captured_parts_are_html_and_escaped_once(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Out out = test_out(arena, "de");

    page_test_capture(&out, STR("<i>"));
    assert_str(out_html(&out).str, "<div><b>&lt;i&gt;</b><b>&lt;i&gt;</b></div>");
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_values_stay_text_in_every_place),
        cmocka_unit_test(branches_loops_links_and_translations_are_written),
        cmocka_unit_test(captured_parts_are_html_and_escaped_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
