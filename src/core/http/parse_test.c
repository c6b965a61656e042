/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/percent.h"
#include "base/test.h"
#include "core/http/parse.h"

static Arena *arena;
static Err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(0);
    err_clear(&err);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static void path_is_decoded(void **state)
{
    (void)state;
    Str path;

    assert_ok(path_parse(arena, STR("/dienste/hund"), &path, &err), &err);
    assert_str(path, "/dienste/hund");
    assert_ok(path_parse(arena, STR("/stra%C3%9Fe/a%20b"), &path, &err), &err);
    assert_str(path, "/straße/a b");
    assert_ok(path_parse(arena, STR("/"), &path, &err), &err);
    assert_str(path, "/");
    assert_ok(path_parse(arena, STR("/dienste/"), &path, &err), &err);
    assert_ok(path_parse(arena, STR("/a..b/.c"), &path, &err), &err);
}

static void path_tricks_are_refused(void **state)
{
    (void)state;
    const Str tricks[] = {
        STR(""),           STR("a"),      STR("//"),        STR("/a//b"),     STR("/../etc/passwd"),
        STR("/a/.."),      STR("/a/./b"), STR("/%2e%2e/x"), STR("/a/%2E%2e"), STR("/a%2fb"),
        STR("/a%00b"),     STR("/a%0ab"), STR("/a\\b"),     STR("/a%5cb"),    STR("/%"),
        STR("/%4"),        STR("/%zz"),   STR("/%ff"),      STR("/%c0%ae"),   STR("/\xff"),
        STR("/a\x01"),     STR("/%7f"),   STR("/%C3"),      STR("*"),         STR("http://x/"),
        STR("/%ed%a0%80"),
    };
    for (size_t i = 0; i < sizeof tricks / sizeof tricks[0]; i++) {
        Str path;
        if (path_parse(arena, tricks[i], &path, &err))
            fail_msg("accepted: %.*s", STR_ARG(tricks[i]));
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void urlencoded_fields_come_decoded_and_in_order(void **state)
{
    (void)state;
    FieldList fields = {0};

    assert_ok(urlencoded_parse(arena, STR("a=1&b=M%C3%BCller+%26+S&&a=2&c&d=x=y&t=1%0D%0A2%0D3"),
                               10, &fields, &err),
              &err);
    assert_int_equal(fields.count, 6);
    assert_str(fields.items[1].value, "Müller & S");
    assert_str(fields.items[2].name, "a");
    assert_str(fields.items[2].value, "2");
    assert_str(fields.items[3].name, "c");
    assert_non_null(fields.items[3].value.ptr);
    assert_int_equal(fields.items[3].value.len, 0);
    assert_str(fields.items[4].value, "x=y");
    assert_str(fields.items[5].value, "1\n2\n3");
}

static void urlencoded_refuses_bad_bytes_and_too_many_fields(void **state)
{
    (void)state;
    const Str bad[] = {STR("a=%ff"), STR("a=\xc3"), STR("a=%00"), STR("a=%1"), STR("%80=1")};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        FieldList fields = {0};
        assert_false(urlencoded_parse(arena, bad[i], 10, &fields, &err));
        assert_int_equal(err.kind, ERR_INPUT);
    }
    FieldList fields = {0};
    assert_false(urlencoded_parse(arena, STR("a=1&b=2&c=3"), 2, &fields, &err));
    assert_int_equal(err.kind, ERR_TOO_LARGE);
}

static bool parse_multipart(Str body, FieldList *fields, UploadList *uploads)
{
    *fields = (FieldList){0};
    *uploads = (UploadList){0};
    err_clear(&err);
    return multipart_parse(arena, STR("XX"), body, fields, uploads, &err);
}

static void multipart_gives_fields_and_files(void **state)
{
    (void)state;
    FieldList fields;
    UploadList uploads;

    assert_ok(
        parse_multipart(STR("--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n"
                            "Z\r\n1\r\n--XX\r\n"
                            "Content-Disposition: form-data; name=\"leer\"\r\n\r\n\r\n--XX\r\n"
                            "content-disposition: form-data; name=\"f\"; "
                            "filename=\"C:\\Eigene\\Hund %22Rex%22.pdf\"\r\n"
                            "Content-Type: application/pdf\r\n\r\n%PDF\r\n--X\r\n--XX\r\n"
                            "Content-Disposition: form-data; name=\"g\"; filename=\"\"\r\n"
                            "Content-Type: application/octet-stream\r\n\r\n\r\n--XX--\r\n"),
                        &fields, &uploads),
        &err);
    assert_int_equal(fields.count, 2);
    assert_str(fields.items[0].value, "Z\n1");
    assert_int_equal(fields.items[1].value.len, 0);
    assert_int_equal(uploads.count, 1);
    assert_str(uploads.items[0].field, "f");
    assert_str(uploads.items[0].name, "Hund \"Rex\".pdf");
    assert_str(uploads.items[0].bytes, "%PDF\r\n--X");
}

static void multipart_refuses_what_is_malformed(void **state)
{
    (void)state;
#define PART "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n1\r\n"
    const Str bad[] = {
        STR(""),
        STR("--XX"),
        STR("--XX\r\n"),
        STR("preamble\r\n" PART "--XX--"),
        STR(PART),
        STR(PART "--XX"),
        STR(PART "--XX--trailing"),
        STR(PART "--XXY\r\n"),
        STR("--XX\nContent-Disposition: form-data; name=\"n\"\n\n1\n--XX--"),
        STR("--XX\r\nContent-Disposition: attachment; name=\"n\"\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=n\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=\"n\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=\"a\" x\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n"
            "Content-Disposition: form-data; name=\"b\"\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Type: text/plain\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\n\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n\xff\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n1\r\n--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=\"n\"; filename=\"a\xc0.b\"\r\n\r\n1\r\n"
            "--XX--"),
        STR("--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n1\r\n--XX--"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        FieldList fields;
        UploadList uploads;
        if (parse_multipart(bad[i], &fields, &uploads))
            fail_msg("accepted: %.*s", STR_ARG(bad[i]));
        assert_int_equal(err.kind, ERR_INPUT);
    }
    FieldList fields;
    UploadList uploads;
    assert_true(parse_multipart(STR(PART "--XX--"), &fields, &uploads));
}

static void multipart_keeps_its_limits(void **state)
{
    (void)state;
    FieldList fields;
    UploadList uploads;
    Buf body = buf_in(arena);

    buf_add_c(&body, "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\nX-Long: ");
    for (int i = 0; i < MULTIPART_MAX_HEADER; i++)
        buf_add_char(&body, 'x');
    buf_add_c(&body, "\r\n\r\n1\r\n--XX--");
    assert_false(parse_multipart(buf_str(&body), &fields, &uploads));
    assert_int_equal(err.kind, ERR_TOO_LARGE);

    body = buf_in(arena);
    buf_add_c(&body, "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n");
    for (int i = 0; i < MULTIPART_MAX_VALUE + 1; i++)
        buf_add_char(&body, 'x');
    buf_add_c(&body, "\r\n--XX--");
    assert_false(parse_multipart(buf_str(&body), &fields, &uploads));
    assert_int_equal(err.kind, ERR_TOO_LARGE);

    body = buf_in(arena);
    for (int i = 0; i < MULTIPART_MAX_PARTS + 1; i++)
        buf_add_c(&body, PART);
    buf_add_c(&body, "--XX--");
    assert_false(parse_multipart(buf_str(&body), &fields, &uploads));
    assert_int_equal(err.kind, ERR_TOO_LARGE);
}

static void media_type_gives_type_and_boundary(void **state)
{
    (void)state;
    MediaType type;

    assert_ok(media_type_parse(arena,
                               STR("Multipart/Form-Data; charset=utf-8; boundary=\"a b\\\"\""),
                               &type, &err),
              &err);
    assert_str(type.type, "multipart/form-data");
    assert_str(type.boundary, "a b\"");
    assert_str(type.charset, "utf-8");
    assert_ok(media_type_parse(arena, STR("application/json"), &type, &err), &err);
    assert_null(type.boundary.ptr);
    assert_false(media_type_parse(arena, STR(""), &type, &err));
    assert_false(media_type_parse(arena, STR("json"), &type, &err));
    assert_false(media_type_parse(arena, STR("a/b; boundary=\"x"), &type, &err));
    assert_false(media_type_parse(arena, STR("a/b; x"), &type, &err));
}

static void language_follows_quality(void **state)
{
    (void)state;
    assert_str(language_choose(STR("de-DE,de;q=0.9,en;q=0.8")), "de");
    assert_str(language_choose(STR("en-GB,en;q=0.9,de;q=0.8")), "en");
    assert_str(language_choose(STR("fr, en;q=0.5, de;q=0.7")), "de");
    assert_str(language_choose(STR("tr,en;q=0.5")), "en");
    assert_str(language_choose(STR("en;q=0")), "de");
    assert_str(language_choose(STR("xx;q=9;;;,,")), "de");
    assert_str(language_choose(STR_NONE), "de");
}

static void gzip_is_used_when_allowed(void **state)
{
    (void)state;
    assert_true(accepts_gzip(STR("br, gzip;q=0.8")));
    assert_false(accepts_gzip(STR("br, gzip;q=0")));
    assert_false(accepts_gzip(STR("br")));
    assert_false(accepts_gzip(STR_NONE));
}

static void cookies_skip_what_is_malformed(void **state)
{
    (void)state;
    FieldList cookies = {0};

    cookies_parse(arena, STR("a=1; b=\"2\";c ; =3; d=x=y; e=\xff"), &cookies);
    assert_int_equal(cookies.count, 3);
    assert_str(cookies.items[1].value, "2");
    assert_str(cookies.items[2].value, "x=y");
}

static void percent_encoding_goes_both_ways(void **state)
{
    (void)state;
    Buf out = buf_in(arena);
    Str back;

    percent_encode(&out, STR("/straße/100%?a=b c"), "/");
    assert_str(buf_str(&out), "/stra%C3%9Fe/100%25%3Fa%3Db%20c");
    assert_true(percent_decode(arena, buf_str(&out), false, &back));
    assert_str(back, "/straße/100%?a=b c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(path_is_decoded, setup, teardown),
        cmocka_unit_test_setup_teardown(path_tricks_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(urlencoded_fields_come_decoded_and_in_order, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(urlencoded_refuses_bad_bytes_and_too_many_fields, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(multipart_gives_fields_and_files, setup, teardown),
        cmocka_unit_test_setup_teardown(multipart_refuses_what_is_malformed, setup, teardown),
        cmocka_unit_test_setup_teardown(multipart_keeps_its_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(media_type_gives_type_and_boundary, setup, teardown),
        cmocka_unit_test_setup_teardown(language_follows_quality, setup, teardown),
        cmocka_unit_test_setup_teardown(gzip_is_used_when_allowed, setup, teardown),
        cmocka_unit_test_setup_teardown(cookies_skip_what_is_malformed, setup, teardown),
        cmocka_unit_test_setup_teardown(percent_encoding_goes_both_ways, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
