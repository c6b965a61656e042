/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/fim/command.h"

#include "base/flags.h"
#include "cases/fim/skeleton.h"
#include "cases/fim/xdf_write.h"
#include "cases/form.h"
#include "core/folder.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static const char IMPORT_HELP[] =
    "Usage: rathaus service import xdatenfelder FILE.xml --out DIR [--codes FOLDER] [--json]\n"
    "\n"
    "Makes a package skeleton from a Stammdatenschema or a Datenfeldgruppe (XDatenfelder 2 or\n"
    "3.0.0): the form, code lists and a first process, in German. DIR/README.md names every line\n"
    "that could not be used. `rathaus service check DIR` then says what is missing.\n"
    "\n"
    "  --out DIR       the new folder; it must not exist\n"
    "  --codes FOLDER  code lists in genericode (*.xml), found by their canonical version URI\n"
    "  --json          print what was made and what is to be looked at as JSON\n"
    "  --help          this text\n"
    "\n"
    "Exit status: 0 written, 1 the document is wrong, 2 called wrongly, or a file cannot be read "
    "or\n"
    "written.\n";

static const char EXPORT_HELP[] =
    "Usage: rathaus service export xdatenfelder|json-schema FOLDER [--procedure NAME]\n"
    "                               [--out FILE]\n"
    "\n"
    "Prints the form of a procedure as a Stammdatenschema (XDatenfelder 3.0.0) or as JSON Schema\n"
    "2020-12. Fields without an id of the federal catalogue (`fim:`) get a provisional one.\n"
    "\n"
    "  --procedure NAME  which one; may be left out when the package has only one\n"
    "  --out FILE        write there instead of the standard output\n"
    "  --help            this text\n"
    "\n"
    "Exit status: 0 done, 1 the package has mistakes, 2 called wrongly, or a file cannot be read "
    "or\n"
    "written.\n";

enum { MAX_DOCUMENT = XML_MAX_BYTES, MAX_CODE_LISTS = 200 };

/* 1: a document was read and is wrong, 2: it could not be read, or nothing be written. */
static int fail(const char *command, const Err *err, Arena *arena, int status)
{
    fprintf(stderr, "rathaus service %s: %s\n", command, err_text(err, arena));
    return status;
}

/* --- import ------------------------------------------------------------------------------------
 */

typedef struct ImportOptions {
    const char *file, *out, *codes;
    bool json;
} ImportOptions;

static bool read_codes(const char *folder, Arena *arena, CodeSource *out, size_t *count, Err *err)
{
    Str *names;
    size_t found;

    if (!folder_exists(folder))
        return err_set(err, ERR_NOT_FOUND, "there is no folder %s", folder);
    if (!folder_list(folder, arena, &names, &found, err))
        return false;
    for (size_t i = 0; i < found; i++) {
        const char *path = arena_printf(arena, "%s/%.*s", folder, STR_ARG(names[i]));
        Str xml;
        if (!str_ends_with(names[i], ".xml"))
            continue;
        if (*count == MAX_CODE_LISTS)
            return err_set(err, ERR_INPUT, "%s holds more than %d code lists", folder,
                           MAX_CODE_LISTS);
        if (!folder_read_file(path, MAX_DOCUMENT, arena, &xml, err) ||
            !genericode_read(arena, xml, path, &out[(*count)++], err))
            return false;
    }
    return true;
}

/* Folder by folder, beside the place and then under its name: nothing half stays behind. */
static bool write_files(const char *folder, const Skeleton *skeleton, Arena *arena, Err *err)
{
    const char *beside = arena_printf(arena, "%s.new", folder);
    static const char *const inner[] = {"",        "/forms", "/processes",
                                        "/blocks", "/codes", "/examples"};

    if (folder_exists(folder) || folder_is_file(folder))
        return err_set(err, ERR_CONFLICT, "%s is there already: name a new folder", folder);
    if (!folder_remove(beside, err))
        return false;
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) {
        const char *path = arena_printf(arena, "%s%s", beside, inner[i]);
        if (!folder_make(path, err))
            return false;
        chmod(path, 0755);
    }
    for (size_t i = 0; i < skeleton->file_count; i++) {
        const PackageFile *file = &skeleton->files[i];
        if (!folder_write_file(arena_printf(arena, "%s/%.*s", beside, STR_ARG(file->path)),
                               file->bytes, 0644, err))
            return false;
    }
    if (rename(beside, folder) != 0)
        return err_set(err, ERR_TEMPORARY, "%s cannot be made: %s", folder, strerror(errno));
    return true;
}

static void print_import(const ImportOptions *o, const XdfDocument *document,
                         const Skeleton *skeleton)
{
    printf("%s: XDatenfelder %d, %.*s %.*s \"%.*s\"\n", o->file, document->version,
           STR_ARG(document->root.id), STR_ARG(document->root.version),
           STR_ARG(document->root.label));
    for (size_t i = 0; i < skeleton->note_count; i++) {
        const SkeletonNote *note = &skeleton->notes[i];
        if (note->line)
            printf("%s:%d: ", o->file, note->line);
        printf("%.*s: %.*s\n", STR_ARG(note->element), STR_ARG(note->text));
    }
    printf("%s: %zu fields, %zu things to look at, %zu lines of the catalogue without a place "
           "(README.md names them)\n",
           o->out, skeleton->fields, skeleton->note_count, document->left_count);
}

static void print_import_json(const ImportOptions *o, const XdfDocument *document,
                              const Skeleton *skeleton, Arena *arena)
{
    Node *all = node_map(arena), *notes = node_list(arena), *left = node_list(arena);
    Buf out = buf_in(arena);

    for (size_t i = 0; i < skeleton->note_count; i++) {
        Node *note = node_map(arena);
        node_set(arena, note, STR("line"), node_int(arena, skeleton->notes[i].line));
        if (skeleton->notes[i].last_line)
            node_set(arena, note, STR("last_line"), node_int(arena, skeleton->notes[i].last_line));
        node_set(arena, note, STR("element"), node_string(arena, skeleton->notes[i].element));
        node_set(arena, note, STR("text"), node_string(arena, skeleton->notes[i].text));
        node_append(arena, notes, note);
    }
    for (size_t i = 0; i < document->left_count; i++) {
        Node *one = node_map(arena);
        node_set(arena, one, STR("line"), node_int(arena, document->left[i].line));
        node_set(arena, one, STR("element"), node_string(arena, document->left[i].element));
        node_set(arena, one, STR("text"), node_string(arena, document->left[i].text));
        node_append(arena, left, one);
    }
    node_set(arena, all, STR("folder"), node_string(arena, str_c(o->out)));
    node_set(arena, all, STR("version"), node_int(arena, document->version));
    node_set(arena, all, STR("id"), node_string(arena, document->root.id));
    node_set(arena, all, STR("fields"), node_int(arena, (int64_t)skeleton->fields));
    node_set(arena, all, STR("notes"), notes);
    node_set(arena, all, STR("without_place"), left);
    node_write_json_pretty(all, &out);
    printf("%.*s\n", STR_ARG(buf_str(&out)));
}

static int import(const ImportOptions *o, Arena *arena)
{
    CodeSource *codes = arena_array(arena, CodeSource, MAX_CODE_LISTS);
    size_t code_count = 0;
    const char *slash = strrchr(o->file, '/');
    XdfDocument document;
    Skeleton skeleton;
    Err err = {0};
    Str xml;

    if (o->codes && !read_codes(o->codes, arena, codes, &code_count, &err))
        return fail("import", &err, arena, err.line ? 1 : 2);
    if (!folder_read_file(o->file, MAX_DOCUMENT, arena, &xml, &err))
        return fail("import", &err, arena, 2);
    if (!xdf_read(arena, xml, o->file, &document, &err))
        return fail("import", &err, arena, 1);
    skeleton_make(arena, &document, str_c(slash ? slash + 1 : o->file), codes, code_count,
                  &skeleton);
    if (!write_files(o->out, &skeleton, arena, &err))
        return fail("import", &err, arena, 2);
    if (o->json)
        print_import_json(o, &document, &skeleton, arena);
    else
        print_import(o, &document, &skeleton);
    return 0;
}

int service_import_command(int argc, char **argv)
{
    static const char *const FORMS[] = {"xdatenfelder", NULL};
    ImportOptions options = {0};
    int form = 0;
    const Flag flags[] = {{"FORMAT", .one_of = FORMS, .choice = &form},
                          {"FILE.xml", .text = &options.file},
                          {"--out", .text = &options.out, .needed = "DIR"},
                          {"--codes", .text = &options.codes},
                          {"--json", .set = &options.json},
                          {0}};
    int status = flags_read("service import", IMPORT_HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(1 << 20);

    status = import(&options, arena);
    arena_destroy(arena);
    return status;
}

/* --- export ------------------------------------------------------------------------------------
 */

typedef struct ExportOptions {
    const char *folder, *out;
    Str procedure;
    bool schema; /* JSON Schema */
} ExportOptions;

static const Procedure *choose(const ExportOptions *o, const Package *package, Arena *arena,
                               Err *err)
{
    const Procedure *procedure = o->procedure.ptr ? package_procedure(package, o->procedure)
                                 : package->procedure_count == 1 ? &package->procedures[0]
                                                                 : NULL;
    Buf names = buf_in(arena);

    if (procedure)
        return procedure;
    assert(package->procedures);
    for (size_t i = 0; i < package->procedure_count; i++)
        buf_addf(&names, "%s%.*s", i ? ", " : "", STR_ARG(package->procedures[i].id));
    if (o->procedure.ptr)
        err_set(err, ERR_NOT_FOUND, "there is no procedure \"%.*s\"; the package has: %.*s",
                STR_ARG(o->procedure), STR_ARG(buf_str(&names)));
    else
        err_set(err, ERR_NOT_FOUND, "say which procedure: --procedure with one of: %.*s",
                STR_ARG(buf_str(&names)));
    return NULL;
}

static int export(const ExportOptions *o, Arena *arena)
{
    Problems problems = {.arena = arena};
    const Package *package = NULL;
    PackageFile *files;
    Buf out = buf_in(arena);
    size_t count;
    Err err = {0};

    if (!package_read_folder(o->folder, NULL, arena, &files, &count, &err))
        return fail("export", &err, arena, 2);
    package = package_load(files, count, arena, &problems);
    if (!package) {
        fprintf(stderr, "rathaus service export: %s has mistakes: rathaus service check %s\n",
                o->folder, o->folder);
        return 1;
    }
    const Procedure *procedure = choose(o, package, arena, &err);
    if (!procedure)
        return fail("export", &err, arena, 2);
    if (o->schema)
        node_write_json_pretty(form_json_schema(package, procedure->form, STR("de"), arena), &out);
    else
        buf_add(&out, xdf_write(package, procedure, clock_now(), arena));
    if (!o->out) {
        fwrite(out.ptr, 1, out.len, stdout); /* main() tells when it does not arrive */
        return 0;
    }
    return folder_write_output(o->out, buf_str(&out), 0644, &err) ? 0
                                                                  : fail("export", &err, arena, 2);
}

int service_export_command(int argc, char **argv)
{
    static const char *const FORMS[] = {"xdatenfelder", "json-schema", NULL};
    ExportOptions options = {0};
    const char *procedure = NULL;
    int form = 0;
    const Flag flags[] = {{"FORMAT", .one_of = FORMS, .choice = &form},
                          {"FOLDER", .text = &options.folder},
                          {"--procedure", .text = &procedure},
                          {"--out", .text = &options.out},
                          {0}};
    int status = flags_read("service export", EXPORT_HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    options.procedure = str_c(procedure);
    options.schema = form == 1;
    Arena *arena = arena_create(1 << 20);

    status = export(&options, arena);
    arena_destroy(arena);
    return status;
}
