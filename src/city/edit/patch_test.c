/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/edit/patch.h"

#include "base/test.h"

static Arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static Node *json(const char *text)
{
    Err err = {0};
    Node *node = node_parse_json(arena, str_c(text), NULL, &NODE_LIMITS_REQUEST, &err);

    if (!node)
        fail_msg("%s: %s", text, err.message);
    return node;
}

static void assert_patched(const char *document, const char *operations, const char *wanted)
{
    Err err = {0};
    const Node *before = json(document);
    Node *out = json_patch(arena, before, json(operations), &err);

    if (!out)
        fail_msg("%s: %s", operations, err.message);
    assert_str(node_json(out, arena), wanted);
    assert_true(node_equal(before, json(document)));
}

/* The examples of RFC 6902, appendix A, and what they leave out. */
static void operations_do_what_the_standard_says(void **state)
{
    (void)state;
    assert_patched("{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
                   "{\"foo\":\"bar\",\"baz\":\"qux\"}");
    assert_patched("{\"foo\":[\"bar\",\"baz\"]}",
                   "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
                   "{\"foo\":[\"bar\",\"qux\",\"baz\"]}");
    assert_patched("{\"foo\":[\"bar\"]}",
                   "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"a\",1]}]",
                   "{\"foo\":[\"bar\",[\"a\",1]]}");
    assert_patched("{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"remove\",\"path\":\"/baz\"}]",
                   "{\"foo\":\"bar\"}");
    assert_patched("{\"foo\":[1,2,3]}", "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]",
                   "{\"foo\":[1,3]}");
    assert_patched("{\"foo\":[1,2,3]}",
                   "[{\"op\":\"replace\",\"path\":\"/foo/1\",\"value\":{\"a\":null}}]",
                   "{\"foo\":[1,{\"a\":null},3]}");
    assert_patched("{\"a\":{\"b\":1},\"c\":{}}",
                   "[{\"op\":\"move\",\"from\":\"/a/b\",\"path\":\"/c/d\"}]",
                   "{\"a\":{},\"c\":{\"d\":1}}");
    assert_patched("{\"a\":1}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}]",
                   "{\"a\":1,\"b\":1}");
    assert_patched("{\"a/b\":1,\"m~n\":2}",
                   "[{\"op\":\"test\",\"path\":\"/a~1b\",\"value\":1},"
                   "{\"op\":\"remove\",\"path\":\"/m~0n\"}]",
                   "{\"a/b\":1}");
    assert_patched("{\"a\":1}", "[{\"op\":\"replace\",\"path\":\"\",\"value\":{\"b\":2}}]",
                   "{\"b\":2}");
    assert_patched("{\"a\":1}", "[]", "{\"a\":1}");
}

static void what_cannot_be_done_is_refused_with_its_place(void **state)
{
    static const char *const WRONG[] = {
        "{}",
        "[{\"path\":\"/a\"}]",
        "[{\"op\":\"add\",\"value\":1}]",
        "[{\"op\":\"add\",\"path\":\"/a\"}]",
        "[{\"op\":\"add\",\"path\":\"a\",\"value\":1}]",
        "[{\"op\":\"add\",\"path\":\"/x/y\",\"value\":1}]",
        "[{\"op\":\"add\",\"path\":\"/list/4\",\"value\":1}]",
        "[{\"op\":\"add\",\"path\":\"/list/-1\",\"value\":1}]",
        "[{\"op\":\"remove\",\"path\":\"/x\"}]",
        "[{\"op\":\"remove\",\"path\":\"\"}]",
        "[{\"op\":\"replace\",\"path\":\"/x\",\"value\":1}]",
        "[{\"op\":\"move\",\"from\":\"/x\",\"path\":\"/y\"}]",
        "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]",
        "[{\"op\":\"copy\",\"path\":\"/y\"}]",
        "[{\"op\":\"swap\",\"path\":\"/a\"}]",
        "[{\"op\":\"remove\",\"path\":\"/list/0\"},{\"op\":\"remove\",\"path\":\"/list/0\"}]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        Err err = {0};
        const Node *document = json("{\"a\":{\"b\":1},\"list\":[7]}");
        if (json_patch(arena, document, json(WRONG[i]), &err))
            fail_msg("%s was done", WRONG[i]);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_true(node_equal(document, json("{\"a\":{\"b\":1},\"list\":[7]}")));
    }
    Err err = {0};
    assert_null(json_patch(arena, json("{\"a\":1}"),
                           json("[{\"op\":\"test\",\"path\":\"/a\",\"value\":2}]"), &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_non_null(strstr(err.message, "operation 1"));
}

static Node *copies(int count)
{
    Buf text = buf_in(arena);

    buf_add_char(&text, '[');
    for (int i = 0; i < count; i++)
        buf_addf(&text, "%s{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/%d\"}", i ? "," : "", i);
    buf_add_char(&text, ']');
    return json(str_cstr(arena, buf_str(&text)));
}

static void copies_of_copies_are_refused_before_they_fill_the_memory(void **state)
{
    Err err = {0};

    (void)state;
    assert_non_null(json_patch(arena, json("{\"a\":{}}"), copies(10), &err));
    assert_null(json_patch(arena, json("{\"a\":{}}"), copies(100), &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.message, "puts more than a document may have"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_do_what_the_standard_says),
        cmocka_unit_test(what_cannot_be_done_is_refused_with_its_place),
        cmocka_unit_test(copies_of_copies_are_refused_before_they_fill_the_memory),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
