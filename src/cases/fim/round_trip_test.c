/* SPDX-License-Identifier: EUPL-1.2 */
/* What was exported and imported is exported the same. */
#include "cases/fim/skeleton.h"
#include "cases/fim/xdf_write.h"

#include "cases/package_fixture.h"
#include "core/folder.h"

/* What only people can write, written by a machine: every German text in the other languages too,
 * and what the document does not say. */
static Str finished(Arena *arena, const PackageFile *file)
{
    Buf out = buf_in(arena);
    Str rest = file->bytes;
    bool codes = str_starts_with(file->path, "codes/"), first = true;

    while (rest.len) {
        Str line = str_cut(&rest, '\n');
        int64_t at = str_find(line, STR("{de: "));
        if (codes && !first)
            line = str_printf(arena, "%.*sX,X", STR_ARG(str_slice(line, 0, line.len - 1)));
        if (!codes && at >= 0 && str_find(line, STR(", en: ")) < 0) {
            /* The text ends with the only "}" behind its last quote, or behind the word. */
            size_t end = line.len;
            while (line.ptr[end - 1] != '}' || line.ptr[end - 2] == '}')
                end--;
            if (line.ptr[end - 2] != '"')
                end = (size_t)str_find(line, STR("}")) + 1;
            line = str_printf(arena, "%.*s, en: X, de-leicht: X%.*s",
                              STR_ARG(str_slice(line, 0, end - 1)),
                              STR_ARG(str_slice(line, end - 1, line.len)));
        }
        if (str_is(line, "    form: antrag"))
            line = STR("    who: {de: X, en: X, de-leicht: X}\n    cost: {de: X, en: X, de-leicht: "
                       "X}\n    duration: {de: X, en: X, de-leicht: X}\n    form: antrag");
        buf_add(&out, line);
        buf_add_char(&out, '\n');
        first = false;
    }
    return buf_str(&out);
}

static const Package *finish(Arena *arena, Skeleton *skeleton)
{
    Problems problems = {.arena = arena};

    for (size_t i = 0; i < skeleton->file_count; i++)
        skeleton->files[i].bytes = finished(arena, &skeleton->files[i]);
    const Package *package = package_load(skeleton->files, skeleton->file_count, arena, &problems);
    for (size_t i = 0; i < problems.count; i++)
        if (!problems.items[i].warning)
            fail_msg("%.*s:%d: %.*s", STR_ARG(problems.items[i].file), problems.items[i].line,
                     STR_ARG(problems.items[i].message));
    assert_non_null(package);
    return package;
}

static void assert_same(Str first, Str second, const char *what)
{
    size_t at = 0, line = 1, begin = 0;

    if (str_eq(first, second))
        return;
    for (; at < first.len && at < second.len && first.ptr[at] == second.ptr[at]; at++)
        if (first.ptr[at] == '\n') {
            line++;
            begin = at + 1;
        }
    fail_msg(
        "%s: line %zu differs:\n%.*s\n%.*s", what, line,
        STR_ARG(str_slice(first, begin, begin + 300 < first.len ? begin + 300 : first.len)),
        STR_ARG(str_slice(second, begin, begin + 300 < second.len ? begin + 300 : second.len)));
}

/* The last place of `part` before `end`. */
static size_t last_before(Str text, const char *part, size_t end)
{
    size_t at = end;

    while (at > 0 && !str_starts_with(str_slice(text, at, text.len), part))
        at--;
    assert_true(at > 0);
    return at;
}

/* The document without one rule; a field whose computation it was is typed in. */
static Str without_rule(Arena *arena, Str xml, Str id, bool typed_in)
{
    static const char locked[] = "<code>locked</code>";
    int64_t at = str_find(xml, str_printf(arena, "<xdf:id>%.*s</xdf:id>", STR_ARG(id)));

    assert_true(at > 0);
    size_t begin = last_before(xml, "\n", last_before(xml, "<xdf:regel>", (size_t)at)) + 1;
    int64_t length = str_find(str_slice(xml, begin, xml.len), STR("</xdf:regel>\n"));

    assert_true(length > 0);
    size_t end = begin + (size_t)length + strlen("</xdf:regel>\n");
    size_t art = typed_in ? last_before(xml, locked, begin) : begin;
    size_t behind = typed_in ? art + strlen(locked) : begin;

    return str_printf(arena, "%.*s%s%.*s%.*s", STR_ARG(str_slice(xml, 0, art)),
                      typed_in ? "<code>input</code>" : "", STR_ARG(str_slice(xml, behind, begin)),
                      STR_ARG(str_slice(xml, end, xml.len)));
}

/* A rule of the export that uses what only its own package has, a table or a lookup, comes back as
 * a comment. The report names it: without those the document is the same. */
static Str without_foreign_rules(Arena *arena, Str xml, const Skeleton *skeleton, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < skeleton->note_count; i++) {
        Str text = skeleton->notes[i].text, rest = text;

        if (str_find(text, STR("an export of this package lacks it")) < 0)
            continue;
        int64_t at = str_find(text, STR("rule "));

        assert_true(at > 0);
        rest = str_slice(text, (size_t)at + 5, text.len);
        xml = without_rule(arena, xml, str_cut(&rest, ' '),
                           str_find(text, STR("people fill the field in")) >= 0);
        ++*count;
    }
    return xml;
}

/* Export, import, export again: the same bytes, but for the rules that the report names. */
static void assert_fixed(Arena *arena, const Package *package, const Procedure *procedure,
                         const char *what)
{
    Str first = xdf_write(package, procedure, 0, arena);
    XdfDocument document;
    Skeleton skeleton;
    Err err = {0};

    assert_ok(xdf_read(arena, first, "export.xml", &document, &err), &err);
    skeleton_make(arena, &document, STR("export.xml"), NULL, 0, &skeleton);
    size_t foreign;
    Str rest = without_foreign_rules(arena, first, &skeleton, &foreign);
    const Package *again = finish(arena, &skeleton);

    assert_true(foreign == 0 || strcmp(what, "services/hund anmeldung") == 0 ||
                strncmp(what, "tests/packages/base", 19) == 0);
    assert_same(rest, xdf_write(again, &again->procedures[0], 0, arena), what);
}

static void an_export_that_was_imported_is_exported_the_same(void **state)
{
    static const char *const folders[] = {"services/hund", "tests/packages/base"};
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        Problems problems = {.arena = arena};
        const Package *package = fixture_load(arena, folders[i], &problems);
        assert_non_null(package);
        for (size_t k = 0; k < package->procedure_count; k++)
            assert_fixed(
                arena, package, &package->procedures[k],
                arena_printf(arena, "%s %.*s", folders[i], STR_ARG(package->procedures[k].id)));
    }
    arena_destroy(arena);
}

/* The skeletons of catalogue documents pass the gate when their texts are written, and then their
 * exports stay the same, too. */
static void a_finished_skeleton_passes_the_gate_and_comes_back(void **state)
{
    static const char *const names[] = {"version-2", "version-3", "types"};
    Arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = arena_printf(arena, "tests/fuzz/corpus/xdf/%s.xml", names[i]);
        XdfDocument document;
        Skeleton skeleton;
        Err err = {0};
        Str xml;
        assert_ok(folder_read_file(fixture_path(arena, path), 1 << 20, arena, &xml, &err), &err);
        assert_ok(xdf_read(arena, xml, path, &document, &err), &err);
        skeleton_make(arena, &document, STR("a.xml"), NULL, 0, &skeleton);
        const Package *package = finish(arena, &skeleton);
        assert_fixed(arena, package, &package->procedures[0], path);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_export_that_was_imported_is_exported_the_same),
        cmocka_unit_test(a_finished_skeleton_passes_the_gate_and_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
