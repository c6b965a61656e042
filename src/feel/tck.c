/* SPDX-License-Identifier: EUPL-1.2 */
/* Running the kit: each folder's models are asked what its test files ask. */
#include "feel/tck.h"

#include "feel/dmn_model.h"
#include "feel/paths.h"

#include "base/vec.h"

enum { MAX_FOLDER_DEPTH = 8 };

typedef struct Folder {
    TckReport *report;
    const char *path;
    const FeelEnv *env;
    DmnSource *sources; /* all models of the folder */
    size_t source_count;
} Folder;

typedef struct TestFile {
    const Folder *folder;
    const char *path;
    const DmnModel *model; /* NULL: could not be read, */
    Str problem;           /* because of this */
    Arena *arena;          /* of the model and its values */
} TestFile;

/* --- One result node -----------------------------------------------------------------------------
 */

static const Node *keep(TckReport *report, FeelValue value)
{
    return feel_to_node(report->arena, &value);
}

static void record(const TestFile *file, const XmlElement *test, Str node, TckOutcome outcome,
                   const Node *expected, const Node *actual, Str why)
{
    TckReport *report = file->folder->report;
    TckResult result = {
        .folder = file->folder->path,
        .file = path_name(file->path),
        .test = test ? str_copy(report->arena, xml_attribute(test, "id")) : STR(""),
        .node = str_copy(report->arena, node),
        .outcome = outcome,
        .expected = expected ? node_clone(report->arena, expected) : NULL,
        .actual = actual ? node_clone(report->arena, actual) : NULL,
        .why = str_copy(report->arena, why),
    };

    VEC_PUSH(report->arena, report, result);
    report->outcomes[outcome]++;
}

/* What the model says about the element: why it may have given null. */
static Str problem_of(const TestFile *file, const DmnElement *asked)
{
    const FeelWarning *problems;
    size_t count = dmn_problems(file->model, &problems);

    for (size_t i = 0; asked && i < count; i++)
        if (problems[i].error && problems[i].line >= asked->place.line &&
            strcmp(problems[i].file ? problems[i].file : "", asked->place.file) == 0)
            return str_printf(file->arena, "line %d: %.*s", problems[i].line,
                              STR_ARG(problems[i].message));
    return STR("the value is another");
}

/* A service's result node may be one of its decisions. */
static FeelValue output_named(const FeelValue *value, const DmnElement *asked, Str node)
{
    bool is_service = asked && asked->kind == DMN_SERVICE && asked->outputs.count > 1;
    const FeelValue *entry =
        is_service && value->kind == FEEL_CONTEXT ? feel_context_get(value, node) : NULL;

    return entry && !feel_is_null(entry) ? *entry : *value;
}

static void run_node(const TestFile *file, const XmlElement *test, const XmlElement *wanted,
                     const DmnInput *inputs, size_t input_count)
{
    TckReport *report = file->folder->report;
    Str node = str_trim(xml_attribute(wanted, "name")),
        kind = str_trim(xml_attribute(test, "type"));
    Str invocable = str_trim(xml_attribute(test, "invocableName"));
    bool is_call = !str_empty(invocable) &&
                   (str_is(kind, "decisionService") || str_is(kind, "bkm") || str_empty(kind));
    const XmlElement *holder = xml_child(wanted, "expected");
    FeelValue expected = holder ? tck_value(file->arena, holder) : VALUE_NULL;
    DmnQuestion question = {is_call ? invocable : node, inputs, input_count};
    const FeelValue *value;
    Err err;

    if (!file->model) {
        record(file, test, node, TCK_FAILED, keep(report, expected), NULL, file->problem);
        return;
    }
    const DmnElement *asked = dmn_find(file->model, STR_NONE, question.name, false);
    if (asked && asked->foreign) {
        record(file, test, node, TCK_SKIPPED, keep(report, expected), NULL,
               STR("it calls a function of Java or PMML"));
        return;
    }
    if (!dmn_evaluate(file->model, &question, file->folder->env, file->arena, &value, &err)) {
        record(file, test, node, TCK_FAILED, keep(report, expected), NULL, str_c(err.message));
        return;
    }
    FeelValue actual = output_named(value, asked, node);
    bool same = tck_same(file->arena, expected, actual);
    record(file, test, node, same ? TCK_PASSED : TCK_FAILED, keep(report, expected),
           keep(report, actual), same ? STR("") : problem_of(file, asked));
}

/* --- Test files
 * ------------------------------------------------------------------------------------- */

static size_t read_inputs(const TestFile *file, const XmlElement *test, DmnInput **out)
{
    size_t count = 0;

    for (const XmlElement *at = xml_child(test, "inputNode"); at; at = xml_next(at, "inputNode"))
        count++;
    *out = arena_array(file->arena, DmnInput, count);
    count = 0;
    for (const XmlElement *at = xml_child(test, "inputNode"); at; at = xml_next(at, "inputNode")) {
        FeelValue value = tck_value(file->arena, at);
        (*out)[count++] =
            (DmnInput){str_trim(xml_attribute(at, "namespace")),
                       str_trim(xml_attribute(at, "name")), value_keep(file->arena, value)};
    }
    return count;
}

/* The folder's sources with the named model first. */
static const DmnModel *open_model(TestFile *file, Str name)
{
    const Folder *folder = file->folder;
    DmnSource *sources = arena_array(file->arena, DmnSource, folder->source_count);
    Err err;

    for (size_t i = 0; i < folder->source_count; i++)
        sources[i] = folder->sources[i];
    for (size_t i = 0; i < folder->source_count; i++) {
        if (!str_is(name, path_name(sources[i].file)))
            continue;
        DmnSource first = sources[i];
        sources[i] = sources[0];
        sources[0] = first;
        const DmnModel *model = dmn_read(file->arena, sources, folder->source_count, &err);
        if (!model)
            file->problem = str_copy(file->arena, str_c(err_text(&err, file->arena)));
        return model;
    }
    file->problem = str_printf(file->arena, "the folder has no model \"%.*s\"", STR_ARG(name));
    return NULL;
}

static bool run_file(const Folder *folder, const char *path, Err *err)
{
    TestFile file = {.folder = folder, .path = path, .arena = arena_create(1 << 16)};
    Str text;
    DmnInput *inputs;
    Err broken;

    if (!path_read(file.arena, path, &text, err)) {
        arena_destroy(file.arena);
        return false;
    }
    const XmlElement *root = xml_read(file.arena, text, path, &broken);
    if (!root) /* one broken file does not keep the others from running */
        record(&file, NULL, STR(""), TCK_FAILED, NULL, NULL, str_c(err_text(&broken, file.arena)));

    if (root && xml_is(root, "testCases")) {
        const XmlElement *name = xml_child(root, "modelName");
        file.model = open_model(&file, name ? str_trim(name->text) : STR_NONE);
        for (const XmlElement *test = xml_child(root, "testCase"); test;
             test = xml_next(test, "testCase")) {
            size_t count = read_inputs(&file, test, &inputs);
            for (const XmlElement *at = xml_child(test, "resultNode"); at;
                 at = xml_next(at, "resultNode"))
                run_node(&file, test, at, inputs, count);
        }
    }
    arena_destroy(file.arena);
    return true;
}

/* --- Folders
 * ------------------------------------------------------------------------------------------ */

static bool run_here(TckReport *report, const char *path, const FeelEnv *env, Err *err)
{
    Folder folder = {.report = report, .path = path, .env = env};
    const char **models, **tests;
    size_t model_count, test_count;

    if (!path_files(report->arena, path, ".dmn", &models, &model_count, err) ||
        !path_files(report->arena, path, ".xml", &tests, &test_count, err))
        return false;
    folder.sources = arena_array(report->arena, DmnSource, model_count);
    folder.source_count = model_count;
    for (size_t i = 0; model_count && test_count && i < model_count; i++) {
        folder.sources[i].file = models[i];
        if (!path_read(report->arena, models[i], &folder.sources[i].xml, err))
            return false;
    }
    for (size_t i = 0; i < test_count; i++)
        if (!run_file(&folder, tests[i], err))
            return false;
    return true;
}

static bool run_folder(TckReport *report, const char *path, const FeelEnv *env, int depth, Err *err)
{
    const char **folders;
    size_t count;

    if (!run_here(report, path, env, err) ||
        !path_folders(report->arena, path, &folders, &count, err))
        return false;
    for (size_t i = 0; depth < MAX_FOLDER_DEPTH && i < count; i++)
        if (!run_folder(report, folders[i], env, depth + 1, err))
            return false;
    return true;
}

bool tck_run(TckReport *report, const char *folder, const FeelEnv *env, Err *err)
{
    return run_folder(report, folder, env, 0, err);
}
