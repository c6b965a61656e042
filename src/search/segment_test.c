/* SPDX-License-Identifier: EUPL-1.2 */
#include "search/builder.h"

#include "base/test.h"
#include "base/test_random.h"

#include <stdlib.h>

static const SearchField FIELDS[] = {{"title", 2, false}, {"name", 1, true}};

static Segment *build(Builder *builder, Err *err)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    FILE *spool = tmpfile();
    bool ok = builder_write(builder, NULL, NULL, out, spool, err);

    fclose(out);
    fclose(spool);
    assert_ok(ok, err);
    return segment_open_memory((uint8_t *)bytes, size, err);
}

static void put(Builder *builder, int64_t id, const char *title, const char *name)
{
    Str texts[2] = {str_c(title), str_c(name)};
    SearchDocument document = {.id = id, .order = id * 10, .marks = STR("m"), .texts = texts};

    builder_put(builder, &document);
}

static void lengths_survive_their_code(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 16; i++)
        assert_int_equal(length_of_code(length_code(i)), i);
    for (uint32_t i = 16; i < 1u << 30; i += i / 7) {
        uint32_t back = length_of_code(length_code(i));

        assert_true(back <= i && back > i - i / 8 - 1);
    }
    length_code(UINT32_MAX);
}

static void postings_of_any_distance_and_count_come_back(void **state)
{
    TestRandom random = {7};

    (void)state;
    for (int round = 0; round < 300; round++) {
        Posting items[BLOCK_POSTINGS];
        uint8_t bytes[POSTING_BLOCK_BYTES];
        size_t count = (size_t)test_pick(&random, 1, BLOCK_POSTINGS);
        uint32_t doc = 0;
        int64_t far = 1ll << test_pick(&random, 0, 23);
        bool same = round % 3 == 0;

        memset(items, 0, sizeof items);
        for (size_t i = 0; i < count; i++) {
            doc += (uint32_t)test_pick(&random, i > 0, far);
            items[i].doc = doc;
            for (int f = 0; f < SEARCH_FIELDS_MAX; f++)
                items[i].counts.in_field[f] =
                    same ? f == 1 : (uint8_t)(test_pick(&random, 0, 2) ? 0 : test_random(&random));
        }
        size_t size = postings_encode(items, count, 0, bytes);
        Segment segment = {.doc_count = doc + 1};
        Term term = {(uint32_t)count, bytes, size};
        PostingReader reader;

        assert_true(size <= sizeof bytes);
        postings_open(&reader, &segment, &term);
        assert_true(postings_next(&reader));
        assert_int_equal(reader.count, count);
        assert_memory_equal(reader.items, items, count * sizeof *items);
        assert_false(postings_next(&reader));
    }
}

static void terms_are_found_and_walked_in_order(void **state)
{
    Err err = {0};
    Builder *builder = builder_create(FIELDS, 2);
    char text[40];
    LexiconCursor cursor;
    Term term;

    (void)state;
    for (int i = 0; i < 500; i++) {
        snprintf(text, sizeof text, "n%04d gleich", i * 7);
        put(builder, i, "Hunde", text);
    }
    Segment *segment = build(builder, &err);

    assert_int_equal(segment->doc_count, 500);
    assert_true(lexicon_find(segment, TERM_WORD, STR("n0700"), &term));
    assert_int_equal(term.count, 1);
    assert_false(lexicon_find(segment, TERM_WORD, STR("n0701"), &term));
    assert_false(lexicon_find(segment, TERM_STEM, STR("n0700"), &term));
    assert_true(lexicon_find(segment, TERM_STEM, STR("hund"), &term));
    assert_int_equal(term.count, 500);
    assert_true(lexicon_seek(&cursor, segment, TERM_WORD, STR("n3")));
    assert_str(cursor_text(&cursor), "n3003");
    assert_true(lexicon_next(&cursor));
    assert_str(cursor_text(&cursor), "n3010");
    assert_false(lexicon_seek(&cursor, segment, TERM_PART, STR("z")));
    segment_release(segment);
    builder_destroy(builder);
}

static void blocks_without_wanted_documents_are_passed_over(void **state)
{
    Err err = {0};
    Builder *builder = builder_create(FIELDS, 2);
    PostingReader reader;
    Term term;

    (void)state;
    for (int i = 0; i < 1000; i++)
        put(builder, i, i % 3 ? "Hund" : "Katze", NULL);
    Segment *segment = build(builder, &err);

    assert_true(lexicon_find(segment, TERM_STEM, STR("hund"), &term));
    postings_open(&reader, segment, &term);
    assert_true(postings_next_from(&reader, 700));
    assert_true(reader.items[0].doc <= 700 && reader.items[reader.count - 1].doc >= 700);
    assert_true(reader.items[0].doc > 300);
    size_t seen = reader.count;

    while (postings_next(&reader))
        seen += reader.count;
    assert_int_equal(reader.next, 999);
    assert_true(seen < 400);
    segment_release(segment);
    builder_destroy(builder);
}

static void the_last_of_several_documents_with_one_id_counts(void **state)
{
    Err err = {0};
    Builder *builder = builder_create(FIELDS, 2);
    Term term;
    uint32_t doc;

    (void)state;
    put(builder, 5, "alt", NULL);
    put(builder, 3, "drei", NULL);
    put(builder, 5, "neu", NULL);
    put(builder, 9, "weg", NULL);
    builder_remove(builder, 9);
    Segment *segment = build(builder, &err);

    assert_int_equal(segment->doc_count, 2);
    assert_true(segment_find_id(segment, 5, &doc));
    assert_int_equal(doc, 1);
    assert_int_equal(segment_order(segment, doc), 50);
    assert_false(segment_find_id(segment, 9, &doc));
    assert_true(lexicon_find(segment, TERM_STEM, STR("neu"), &term));
    /* Not even as a word that somebody might have meant. */
    assert_false(lexicon_find(segment, TERM_STEM, STR("alt"), &term));
    assert_false(lexicon_find(segment, TERM_KNOWN, STR("alt"), &term));
    assert_false(lexicon_find(segment, TERM_KNOWN, STR("weg"), &term));
    segment_release(segment);
    builder_destroy(builder);
}

static void a_changed_byte_of_a_file_is_found_out(void **state)
{
    Err err = {0};
    Builder *builder = builder_create(FIELDS, 2);
    char path[] = "/tmp/segment-test-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w+");

    (void)state;
    put(builder, 1, "Hundesteuerbescheid Hund Steuer Bescheid", "Müller");
    Segment *segment = build(builder, &err);
    uint8_t *bytes = malloc(segment->size);
    size_t size = segment->size;

    memcpy(bytes, segment->bytes, size);
    for (size_t i = 0; i < size; i += 5) {
        bytes[i] ^= 0x10;
        rewind(file);
        assert_int_equal(fwrite(bytes, 1, size, file), size);
        fflush(file);
        assert_null(segment_open_file(path, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        bytes[i] ^= 0x10;
    }
    rewind(file);
    fwrite(bytes, 1, size, file);
    fflush(file);
    Segment *whole = segment_open_file(path, &err);
    assert_non_null(whole);
    segment_release(whole);
    free(bytes);
    fclose(file);
    remove(path);
    segment_release(segment);
    builder_destroy(builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_survive_their_code),
        cmocka_unit_test(postings_of_any_distance_and_count_come_back),
        cmocka_unit_test(terms_are_found_and_walked_in_order),
        cmocka_unit_test(blocks_without_wanted_documents_are_passed_over),
        cmocka_unit_test(the_last_of_several_documents_with_one_id_counts),
        cmocka_unit_test(a_changed_byte_of_a_file_is_found_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
