/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"
#include "base/test.h"
#include "core/store/file_internal.h"

static Arena *arena;

static int start(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

/* --- Archives made by hand ----------------------------------------------------------- */

typedef struct Part {
    const char *name;
    Str bytes;         /* as they lie in the archive */
    uint32_t unpacked; /* what the directory says */
    unsigned method;   /* 0: stored, 8: deflated */
    unsigned flags;
    bool share; /* points at the first part's bytes */
} Part;

static void add_number(Buf *out, uint64_t value, int size)
{
    for (int i = 0; i < size; i++)
        buf_add_char(out, (char)(value >> (8 * i)));
}

static void add_common(Buf *out, const Part *part)
{
    add_number(out, 20, 2);
    add_number(out, part->flags, 2);
    add_number(out, part->method, 2);
    add_number(out, 0, 4);
    add_number(out, 0, 4); /* CRC: nobody unpacks */
    add_number(out, part->bytes.len, 4);
    add_number(out, part->unpacked, 4);
    add_number(out, strlen(part->name), 2);
    add_number(out, 0, 2);
}

static Str zip(const Part *parts, size_t count)
{
    Buf out = buf_in(arena);
    Buf directory = buf_in(arena);

    for (size_t i = 0; i < count; i++) {
        size_t offset = parts[i].share ? 0 : out.len;
        if (!parts[i].share) {
            buf_add(&out, STR("PK\3\4"));
            add_common(&out, &parts[i]);
            buf_add_c(&out, parts[i].name);
            buf_add(&out, parts[i].bytes);
        }
        buf_add(&directory, STR("PK\1\2"));
        add_number(&directory, 20, 2);
        add_common(&directory, &parts[i]);
        add_number(&directory, 0, 2 + 2 + 2);
        add_number(&directory, 0, 4);
        add_number(&directory, offset, 4);
        buf_add_c(&directory, parts[i].name);
    }
    size_t start_of_directory = out.len;
    buf_add(&out, buf_str(&directory));
    buf_add(&out, STR("PK\5\6"));
    add_number(&out, 0, 4);
    add_number(&out, count, 2);
    add_number(&out, count, 2);
    add_number(&out, directory.len, 4);
    add_number(&out, start_of_directory, 4);
    add_number(&out, 0, 2);
    return buf_str(&out);
}

static Str zeros(size_t size)
{
    return (Str){arena_alloc(arena, size), size};
}

#define STORED(called, content)                                               \
    {                                                                         \
        .name = called, .bytes = content, .unpacked = (uint32_t)(content).len \
    }
#define PACKED(called, size, full)                                          \
    {                                                                       \
        .name = called, .bytes = zeros(size), .unpacked = full, .method = 8 \
    }
#define ZIP(...) \
    zip((const Part[]){__VA_ARGS__}, sizeof((const Part[]){__VA_ARGS__}) / sizeof(Part))

static bool accepted(Str archive, Err *err)
{
    err_clear(err);
    return file_zip_check(archive, err);
}

/* --- What must pass --------------------------------------------------------------------- */

static void ordinary_archives_pass(void **state)
{
    Err err;
    (void)state;

    assert_ok(accepted(ZIP(STORED("a.txt", STR("hello"))), &err), &err);
    assert_ok(accepted(ZIP(PACKED("a.xml", 20000, 400000), PACKED("b.png", 9000, 9100)), &err),
              &err);
    /* Very regular, but small. */
    assert_ok(accepted(ZIP(PACKED("sheet.xml", 9000, 9000000)), &err), &err);
    assert_ok(accepted(zip(NULL, 0), &err), &err);
}

static void document_in_a_document_passes(void **state)
{
    Err err;
    (void)state;
    Str inner = ZIP(PACKED("xl/workbook.xml", 500, 5000));

    assert_ok(accepted(ZIP(STORED("word/embeddings/table.xlsx", inner)), &err), &err);
    assert_ok(accepted(ZIP(PACKED("word/embeddings/table.xlsx", 8000, 9000)), &err), &err);
}

/* --- What must not ------------------------------------------------------------------------ */

static void archives_that_grow_too_much_are_refused(void **state)
{
    Err err;
    (void)state;

    assert_false(accepted(ZIP(PACKED("a", 20000, 20000000)), &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_false(accepted(ZIP(PACKED("a", 5000000, 499999999), PACKED("b", 1, 2)), &err));
    assert_false(accepted(ZIP(PACKED("a", 9, 0xffffffff)), &err));
}

static void archives_inside_archives_count_as_well(void **state)
{
    Err err;
    (void)state;
    Str bomb = ZIP(PACKED("a", 20000, 20000000));
    Str inner = ZIP(STORED("inner.zip", bomb));
    Str deep;

    assert_false(accepted(inner, &err));
    assert_false(accepted(ZIP(PACKED("packed.zip", 1000, 100000)), &err));
    assert_false(accepted(ZIP(PACKED("PACKED.GZ", 1000, 100000)), &err));
    deep = ZIP(STORED("a.txt", STR("hello")));
    for (int i = 0; i < 2; i++)
        deep = ZIP(STORED("next.zip", deep));
    assert_ok(accepted(deep, &err), &err);
    deep = ZIP(STORED("next.zip", deep));
    assert_false(accepted(deep, &err));
}

static void entries_that_share_their_bytes_are_refused(void **state)
{
    Part parts[40];
    Err err;
    (void)state;

    for (size_t i = 0; i < 40; i++)
        parts[i] = (Part){"a", zeros(20000), 100000, 8, 0, i > 0};
    assert_false(accepted(zip(parts, 40), &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void too_many_entries_are_refused(void **state)
{
    Part *parts = arena_array(arena, Part, 10001);
    Err err;
    (void)state;

    for (size_t i = 0; i < 10001; i++)
        parts[i] = (Part){"a", STR(""), 0, 0, 0, false};
    assert_ok(accepted(zip(parts, 10000), &err), &err);
    assert_false(accepted(zip(parts, 10001), &err));
}

static void encrypted_archive_is_refused_with_the_reason(void **state)
{
    Err err;
    (void)state;

    assert_false(
        accepted(ZIP({.name = "a", .bytes = zeros(30), .unpacked = 18, .flags = 1}), &err));
    assert_non_null(strstr(err.message, "Passwort"));
}

static void archives_that_contradict_themselves_are_refused(void **state)
{
    Err err;
    (void)state;
    Str good = ZIP(STORED("a.txt", STR("hello")), STORED("b.txt", STR("world")));

    assert_false(accepted(ZIP({.name = "a", .bytes = STR("hello"), .unpacked = 4}), &err));
    /* Whatever byte is cut off or turned: an answer, never a crash. */
    for (size_t i = 0; i < good.len; i++) {
        assert_false(accepted(str_slice(good, 0, i), &err));
        char *bytes = arena_copy(arena, good.ptr, good.len);
        bytes[i] = (char)(bytes[i] ^ 0xff);
        accepted((Str){bytes, good.len}, &err);
        file_zip_type((Str){bytes, good.len});
    }
}

/* --- Office documents --------------------------------------------------------------------- */

static void office_documents_are_told_apart(void **state)
{
    Str odt = STR("application/vnd.oasis.opendocument.text");
    (void)state;

    assert_str(
        file_zip_type(ZIP(PACKED("docProps/app.xml", 9, 9), PACKED("[Content_Types].xml", 9, 9),
                          PACKED("word/document.xml", 9, 9))),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    assert_str(
        file_zip_type(ZIP(PACKED("[Content_Types].xml", 9, 9), PACKED("xl/workbook.xml", 9, 9))),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    assert_str(file_zip_type(ZIP(STORED("mimetype", odt), PACKED("content.xml", 9, 9))),
               "application/vnd.oasis.opendocument.text");
    assert_null(file_zip_type(ZIP(PACKED("word/readme.txt", 9, 9))).ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_archives_pass),
        cmocka_unit_test(document_in_a_document_passes),
        cmocka_unit_test(archives_that_grow_too_much_are_refused),
        cmocka_unit_test(archives_inside_archives_count_as_well),
        cmocka_unit_test(entries_that_share_their_bytes_are_refused),
        cmocka_unit_test(too_many_entries_are_refused),
        cmocka_unit_test(encrypted_archive_is_refused_with_the_reason),
        cmocka_unit_test(archives_that_contradict_themselves_are_refused),
        cmocka_unit_test(office_documents_are_told_apart),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
