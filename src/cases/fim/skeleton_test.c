/* SPDX-License-Identifier: EUPL-1.2 */
/* A document becomes the beginning of a package, and nothing of it is lost silently. */
#include "cases/fim/skeleton.h"

#include "cases/package_fixture.h"
#include "core/folder.h"

static Str document_3(Arena *arena, const char *inside)
{
    return str_printf(
        arena,
        "<?xml version=\"1.0\"?>\n"
        "<xdf:xdatenfelder.stammdatenschema.0102 "
        "xmlns:xdf=\"urn:xoev-de:fim:standard:xdatenfelder_3.0.0\">\n"
        "<xdf:header><xdf:nachrichtID>1</xdf:nachrichtID>"
        "<xdf:erstellungszeitpunkt>2026-01-01T00:00:00Z</xdf:erstellungszeitpunkt></xdf:header>\n"
        "<xdf:stammdatenschema><xdf:identifikation><xdf:id>S1</xdf:id><xdf:version>1.0.0"
        "</xdf:version></xdf:identifikation><xdf:name>Fest anzeigen</xdf:name>"
        "<xdf:freigabestatus><code>6</code></xdf:freigabestatus>"
        "<xdf:letzteAenderung>2026-01-01T00:00:00Z</xdf:letzteAenderung>"
        "<xdf:bezeichnung>Fest anzeigen</xdf:bezeichnung>"
        "<xdf:ableitungsmodifikationenStruktur><code>3</code></"
        "xdf:ableitungsmodifikationenStruktur>"
        "<xdf:ableitungsmodifikationenRepraesentation><code>1</code>"
        "</xdf:ableitungsmodifikationenRepraesentation>\n%s\n</xdf:stammdatenschema>"
        "</xdf:xdatenfelder.stammdatenschema.0102>",
        inside);
}

/* A field as version 3 has it; `rest` comes behind the type. */
static const char *field_3(Arena *arena, const char *number, const char *label, const char *art,
                           const char *type, const char *rest)
{
    return arena_printf(
        arena,
        "<xdf:struktur><xdf:anzahl>%s</xdf:anzahl><xdf:enthaelt><xdf:datenfeld>"
        "<xdf:identifikation><xdf:id>F1</xdf:id><xdf:version>1.0.0</xdf:version>"
        "</xdf:identifikation><xdf:name>%s</xdf:name><xdf:freigabestatus><code>6</code>"
        "</xdf:freigabestatus><xdf:letzteAenderung>2026-01-01T00:00:00Z</xdf:letzteAenderung>"
        "<xdf:bezeichnungEingabe>%s</xdf:bezeichnungEingabe><xdf:schemaelementart><code>RNG</code>"
        "</xdf:schemaelementart><xdf:feldart><code>%s</code></xdf:feldart><xdf:datentyp><code>%s"
        "</code></xdf:datentyp>%s<xdf:vorbefuellung><code>keine</code></xdf:vorbefuellung>"
        "</xdf:datenfeld></xdf:enthaelt></xdf:struktur>\n",
        number, label, label, art, type, rest);
}

static bool read_3(Arena *arena, const char *inside, XdfDocument *out, Err *err)
{
    return xdf_read(arena, document_3(arena, inside), "a.xml", out, err);
}

static Str form_of(Arena *arena, const char *inside, Skeleton *skeleton)
{
    XdfDocument document;
    Err err = {0};

    assert_ok(read_3(arena, inside, &document, &err), &err);
    skeleton_make(arena, &document, STR("a.xml"), NULL, 0, skeleton);
    for (size_t i = 0; i < skeleton->file_count; i++)
        if (str_is(skeleton->files[i].path, "forms/antrag.yaml"))
            return skeleton->files[i].bytes;
    fail_msg("no form");
    return STR_NONE;
}

static void assert_holds(Str text, const char *part)
{
    if (str_find(text, str_c(part)) < 0)
        fail_msg("\"%s\" does not stand in\n%.*s", part, STR_ARG(text));
}

static void fields_keep_type_bounds_and_number(void **state)
{
    Arena *arena = arena_create(0);
    Skeleton skeleton;
    const char *inside = arena_printf(
        arena, "%s%s%s%s%s",
        field_3(arena, "1:1", "Straße &amp; Hausnr.", "input", "text",
                "<xdf:praezisierung minLength='2' maxLength='55' pattern='[A-Z].*'/>"),
        field_3(arena, "0:1", "Gäste", "input", "num_int",
                "<xdf:praezisierung minValue='1' maxValue='500'/>"),
        field_3(arena, "0:*", "Namen", "input", "text", ""),
        field_3(arena, "1:1", "Art", "select", "text",
                "<xdf:werte><xdf:wert><xdf:code>a</xdf:code><xdf:name>Umzug</xdf:name></xdf:wert>"
                "</xdf:werte>"),
        field_3(
            arena, "0:3", "Plan", "input", "file",
            "<xdf:maxSize>2000000</xdf:maxSize><xdf:mediaType>application/pdf</xdf:mediaType>"));
    Str form = form_of(arena, inside, &skeleton);

    (void)state;
    assert_holds(form, "id: strasse_hausnr\n");
    assert_holds(form, "min_length: 2\n");
    assert_holds(form, "max_length: 55\n");
    assert_holds(form, "pattern: \"[A-Z].*\"\n");
    assert_holds(form, "required: true\n");
    assert_holds(form, "type: integer\n        min: 1\n        max: 500\n");
    assert_holds(form, "repeat: {min: 0, max: 50,");
    assert_holds(form, "{value: \"a\", label: {de: \"Umzug\"}}");
    assert_holds(form, "accept: [pdf]\n        max_size: 2 MB\n        max_files: 3\n");
    arena_destroy(arena);
}

static void constants_become_defaults_and_locked_ones_computed_values(void **state)
{
    Arena *arena = arena_create(0);
    Skeleton skeleton;
    const char *inside = arena_printf(
        arena, "%s%s%s",
        field_3(arena, "1:1", "Ort", "input", "text", "<xdf:inhalt>\"Musterstadt\"</xdf:inhalt>"),
        field_3(arena, "1:1", "Satz", "locked", "num", "<xdf:inhalt>1,5</xdf:inhalt>"),
        field_3(arena, "1:1", "Tag", "input", "date", "<xdf:inhalt>morgen</xdf:inhalt>"));
    Str form = form_of(arena, inside, &skeleton);

    (void)state;
    assert_holds(form, "default: '\"\\\"Musterstadt\\\"\"'\n");
    assert_holds(form, "compute: '1.5'\n");
    bool told = false;
    for (size_t i = 0; i < skeleton.note_count; i++)
        told = told || str_find(skeleton.notes[i].text, STR("\"morgen\"")) >= 0;
    assert_true(told);
    arena_destroy(arena);
}

/* What the gate says of a skeleton is what only people can add. */
static void a_skeleton_lacks_nothing_but_texts_and_an_example(void **state)
{
    Arena *arena = arena_create(0);
    Problems problems = {.arena = arena};
    Skeleton skeleton;

    (void)state;
    form_of(arena, field_3(arena, "1:1", "Name", "input", "text", ""), &skeleton);
    package_load(skeleton.files, skeleton.file_count, arena, &problems);
    assert_true(problems.count > 0);
    for (size_t i = 0; i < problems.count; i++)
        if (str_find(problems.items[i].message, STR("missing")) < 0)
            fail_msg("%.*s:%d: %.*s", STR_ARG(problems.items[i].file), problems.items[i].line,
                     STR_ARG(problems.items[i].message));
    arena_destroy(arena);
}

static void every_line_without_a_place_is_named(void **state)
{
    Arena *arena = arena_create(0);
    XdfDocument document;
    Err err = {0};

    (void)state;
    assert_ok(read_3(arena, field_3(arena, "1:1", "Name", "input", "text", ""), &document, &err),
              &err);
    /* Of the schema: status, change, two modifications; of the field: status, change, kind and
     * prefill. */
    assert_int_equal(document.left_count, 8);
    assert_str(document.left[0].element, "freigabestatus");
    assert_int_equal(document.left[0].line, 4);
    arena_destroy(arena);
}

/* Is the text in a file that people work with? The README only names lines. */
static bool in_package(const Skeleton *skeleton, Str text)
{
    for (size_t i = 0; i < skeleton->file_count; i++)
        if (!str_is(skeleton->files[i].path, "README.md") &&
            str_find(skeleton->files[i].bytes, text) >= 0)
            return true;
    return false;
}

static bool is_named(const XdfDocument *document, const Skeleton *skeleton, int line)
{
    for (size_t i = 0; i < document->left_count; i++)
        if (document->left[i].line == line)
            return true;
    for (size_t i = 0; i < skeleton->note_count; i++)
        if (skeleton->notes[i].line == line ||
            (skeleton->notes[i].line <= line && line <= skeleton->notes[i].last_line))
            return true;
    return false;
}

/* "T123x", with any capital letter: texts that stand in the documents below only once. */
static bool next_mark(Str *line, Str *mark)
{
    for (size_t i = 0; i + 5 <= line->len; i++) {
        const char *c = line->ptr + i;
        bool digits = true;
        for (int k = 1; k <= 3; k++)
            digits = digits && c[k] >= '0' && c[k] <= '9';
        if (!digits || c[0] < 'A' || c[0] > 'Z')
            continue;
        size_t end = i + 4;
        while (end < line->len && line->ptr[end] >= '0' && line->ptr[end] <= '9')
            end++;
        if (end == line->len || line->ptr[end] != 'x')
            continue;
        *mark = str_slice(*line, i, end + 1);
        *line = str_slice(*line, end + 1, line->len);
        return true;
    }
    return false;
}

/* Every element that a version knows, each with a text of its own, in fields of every type, groups
 * of every kind and too deep: what is not in the package is named with its line. */
static void nothing_of_a_document_is_lost_silently(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    for (int version = 2; version <= 3; version++) {
        const char *path = arena_printf(arena, "tests/fuzz/corpus/xdf/everything-%d.xml", version);
        XdfDocument document;
        Skeleton skeleton;
        size_t marks = 0;
        Err err = {0};
        Str xml, mark;
        assert_ok(folder_read_file(fixture_path(arena, path), 1 << 20, arena, &xml, &err), &err);
        assert_ok(xdf_read(arena, xml, path, &document, &err), &err);
        assert_int_equal(document.version, version);
        skeleton_make(arena, &document, STR("everything.xml"), NULL, 0, &skeleton);
        for (int number = 1; xml.len; number++) {
            Str line = str_cut(&xml, '\n'), rest = line;
            bool code = str_find(line, STR("<code>")) >= 0 &&
                        str_find(line, STR("<xdf:feldart>")) < 0 &&
                        str_find(line, STR("<xdf:datentyp>")) < 0;
            if (code && !is_named(&document, &skeleton, number))
                fail_msg("%s:%d is not named: %.*s", path, number, STR_ARG(line));
            for (; next_mark(&rest, &mark); marks++)
                if (!in_package(&skeleton, mark) && !is_named(&document, &skeleton, number))
                    fail_msg("%s:%d: %.*s is lost: %.*s", path, number, STR_ARG(mark),
                             STR_ARG(line));
        }
        assert_true(marks > 800);
    }
    arena_destroy(arena);
}

static void wrong_documents_are_refused_with_their_place(void **state)
{
    Arena *arena = arena_create(0);
    XdfDocument document;
    const struct {
        const char *inside, *message;
    } cases[] = {
        {"<xdf:name>Fest</xdf:name>", "a second time"},
        {"<xdf:unbekannt/>", "has no <unbekannt>"},
        {field_3(arena, "2:1", "Name", "input", "text", ""), "<anzahl> must be like"},
        {field_3(arena, "eins", "Name", "input", "text", ""), "<anzahl> must be like"},
        {field_3(arena, "1:1", "Name", "knopf", "text", ""), "no code of <feldart>"},
        {field_3(arena, "1:1", "", "input", "text", ""), "<name> is empty"},
        {"<xdf:struktur><xdf:anzahl>1:1</xdf:anzahl><xdf:enthaelt/></xdf:struktur>",
         "needs a <datenfeld>"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Err err = {0};
        if (read_3(arena, cases[i].inside, &document, &err))
            fail_msg("%s is taken", cases[i].inside);
        assert_non_null(strstr(err.message, cases[i].message));
        assert_true(err.line > 3);
    }
    arena_destroy(arena);
}

static void version_2_writes_its_bounds_as_json(void **state)
{
    static const char xml[] =
        "<xdf:xdatenfelder.datenfeldgruppe.0103 "
        "xmlns:xdf=\"urn:xoev-de:fim:standard:xdatenfelder_2\"><xdf:header><xdf:nachrichtID>1"
        "</xdf:nachrichtID><xdf:erstellungszeitpunkt>2020-09-01T00:00:00Z"
        "</xdf:erstellungszeitpunkt></xdf:header><xdf:datenfeldgruppe><xdf:identifikation><xdf:id>"
        "G1</xdf:id></xdf:identifikation><xdf:name>Person</xdf:name><xdf:bezeichnungEingabe>Person"
        "</xdf:bezeichnungEingabe><xdf:status><code>aktiv</code></xdf:status>"
        "<xdf:schemaelementart><code>ABS</code></xdf:schemaelementart><xdf:struktur><xdf:anzahl>1:1"
        "</xdf:anzahl><xdf:enthaelt><xdf:datenfeld><xdf:identifikation><xdf:id>F1</xdf:id>"
        "</xdf:identifikation><xdf:name>Alter</xdf:name><xdf:bezeichnungEingabe>Alter"
        "</xdf:bezeichnungEingabe><xdf:status><code>aktiv</code></xdf:status>"
        "<xdf:schemaelementart><code>ABS</code></xdf:schemaelementart><xdf:feldart><code>input"
        "</code></xdf:feldart><xdf:datentyp><code>num_int</code></xdf:datentyp><xdf:praezisierung>"
        "%s</xdf:praezisierung></xdf:datenfeld></xdf:enthaelt></xdf:struktur></xdf:datenfeldgruppe>"
        "</xdf:xdatenfelder.datenfeldgruppe.0103>";
    Arena *arena = arena_create(0);
    XdfDocument document;
    Err err = {0};

    (void)state;
    Str good = str_replace(arena, str_c(xml), STR("%s"), STR("{\"minValue\":\"18\"}"));
    assert_ok(xdf_read(arena, good, "a.xml", &document, &err), &err);
    assert_str(document.root.children[0].min_value, "18");
    Str bad = str_replace(arena, str_c(xml), STR("%s"), STR("ab 18"));
    assert_false(xdf_read(arena, bad, "a.xml", &document, &err));
    assert_non_null(strstr(err.message, "<praezisierung>"));
    arena_destroy(arena);
}

static Str file_of(const Skeleton *skeleton, const char *path)
{
    for (size_t i = 0; i < skeleton->file_count; i++)
        if (str_is(skeleton->files[i].path, path))
            return skeleton->files[i].bytes;
    fail_msg("there is no %s", path);
    return STR_NONE;
}

static void a_group_becomes_a_block(void **state)
{
    static const char *const path = "tests/fuzz/corpus/xdf/version-2.xml";
    Arena *arena = arena_create(0);
    XdfDocument document;
    Skeleton skeleton;
    Err err = {0};
    Str xml;

    (void)state;
    assert_ok(folder_read_file(fixture_path(arena, path), 1 << 20, arena, &xml, &err), &err);
    assert_ok(xdf_read(arena, xml, path, &document, &err), &err);
    assert_int_equal(document.root.kind, XDF_GROUP);
    skeleton_make(arena, &document, STR("a.xml"), NULL, 0, &skeleton);
    Str id = skeleton_id(arena, document.root.label);
    Str block = file_of(&skeleton, arena_printf(arena, "blocks/%.*s.yaml", STR_ARG(id)));
    assert_holds(block, arena_printf(arena, "\nid: %.*s\nfields:\n", STR_ARG(id)));
    assert_holds(file_of(&skeleton, "forms/antrag.yaml"),
                 arena_printf(arena, "        block: %.*s\n", STR_ARG(id)));
    arena_destroy(arena);
}

/* A schema that is still being made, or one of rules alone, is a beginning all the same; the gate
 * holds it back until it asks for something. */
static void a_document_without_fields_becomes_a_form_to_fill(void **state)
{
    Arena *arena = arena_create(0);
    Problems problems = {.arena = arena};
    Skeleton skeleton;
    bool told = false;

    (void)state;
    assert_holds(form_of(arena, "", &skeleton), "    fields: []\n");
    assert_int_equal(skeleton.fields, 0);
    package_load(skeleton.files, skeleton.file_count, arena, &problems);
    for (size_t i = 0; i < problems.count; i++)
        told = told || str_find(problems.items[i].message, STR("has no fields: add some")) >= 0;
    assert_true(told);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_keep_type_bounds_and_number),
        cmocka_unit_test(constants_become_defaults_and_locked_ones_computed_values),
        cmocka_unit_test(a_skeleton_lacks_nothing_but_texts_and_an_example),
        cmocka_unit_test(every_line_without_a_place_is_named),
        cmocka_unit_test(nothing_of_a_document_is_lost_silently),
        cmocka_unit_test(a_group_becomes_a_block),
        cmocka_unit_test(a_document_without_fields_becomes_a_form_to_fill),
        cmocka_unit_test(wrong_documents_are_refused_with_their_place),
        cmocka_unit_test(version_2_writes_its_bounds_as_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
