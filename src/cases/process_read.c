/* SPDX-License-Identifier: EUPL-1.2 */
/* What the readers of the parts of a process share. */
#include "cases/process_read.h"

const Node *read_map(ProcessReader *reader, const Node *node, const char *key)
{
    const Node *map = node_get(node, key);

    if (!map || node_is_null(map))
        return NULL;
    if (map->kind != NODE_MAP) {
        problem_add(reader->problems, false, map, "%s: a map of names is needed here", key);
        return NULL;
    }
    return map;
}

static bool word_among(Str word, const char *words)
{
    Str rest = str_c(words);

    while (rest.ptr)
        if (str_eq(str_cut(&rest, ' '), word))
            return true;
    return false;
}

void read_keys(ProcessReader *reader, const Node *node, const char *what, const char *known)
{
    if (!node || node->kind != NODE_MAP) {
        problem_add(reader->problems, false, node, "%s: a map is needed here", what);
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        if (!word_among(node->keys[i], known))
            problem_add(reader->problems, false, node->items[i],
                        "%s: \"%.*s\" is not known here; there are: %s", what,
                        STR_ARG(node->keys[i]), known);
}

const FeelProgram *read_feel_node(ProcessReader *reader, const Node *node, const FeelScope *scope,
                                  FeelTypeKind wanted)
{
    Err err = {0};
    Str text = node_text(node);

    if (node->kind == NODE_BOOL)
        text = node->boolean ? STR("true") : STR("false");
    else if (node->kind == NODE_NULL)
        text = STR("null");
    if (!text.ptr) {
        problem_add(reader->problems, false, node, "an expression is needed here, as a text");
        return NULL;
    }
    const FeelProgram *program =
        feel_compile(reader->arena, text, node->file, node->line, scope, &err);

    if (!program) {
        Node at = *node;

        at.line = err.line ? err.line : node->line;
        problem_add(reader->problems, false, &at, "%s", err.message);
        return NULL;
    }
    problem_rule(reader->problems, program, node);
    const FeelType *type = feel_program_type(program);

    if (wanted != FEEL_ANY && type->kind != wanted && type->kind != FEEL_ANY &&
        type->kind != FEEL_NULL) {
        problem_add(reader->problems, false, node, "\"%.*s\" is %.*s, but %.*s is needed here",
                    STR_ARG(text), STR_ARG(feel_type_name(reader->arena, type)),
                    STR_ARG(feel_type_name(reader->arena, feel_type(wanted))));
        return NULL;
    }
    return program;
}

const FeelProgram *read_feel(ProcessReader *reader, const Node *node, const char *key,
                             const FeelScope *scope, FeelTypeKind wanted, bool required)
{
    const Node *text = node_get(node, key);

    if (!text) {
        if (required)
            problem_add(reader->problems, false, node, "`%s` is missing: write an expression", key);
        return NULL;
    }
    return read_feel_node(reader, text, scope, wanted);
}

void read_languages(ProcessReader *reader, const Node *text, const Node *at, const char *what)
{
    static const char *const LANGS[] = {"de", "en", "de-leicht"};

    if (!text) {
        problem_add(reader->problems, false, at, "%s is missing: citizens read it", what);
        return;
    }
    for (size_t i = 0; i < 3; i++)
        if (text->kind != NODE_MAP ? i > 0 : str_empty(node_get_text(text, LANGS[i])))
            problem_add(reader->problems, false, text,
                        "%s is missing in %s: citizens read it, so write {de: …, en: …, "
                        "de-leicht: …}",
                        what, LANGS[i]);
}

bool register_has_field(const RegisterSpec *spec, Str name)
{
    for (size_t i = 0; i < spec->field_count; i++)
        if (str_eq(spec->fields[i]->id, name))
            return true;
    return false;
}

bool package_has_office(const Package *package, Str office)
{
    for (size_t i = 0; i < package->office_count; i++)
        if (str_eq(package->offices[i], office))
            return true;
    return false;
}

size_t read_assignments(ProcessReader *reader, const Node *map, const FeelScope *scope,
                        Assignment **out)
{
    size_t count = 0;

    *out = arena_array(reader->arena, Assignment, map->count);
    for (size_t i = 0; i < map->count; i++) {
        const FeelProgram *program = read_feel_node(reader, map->items[i], scope, FEEL_ANY);

        if (program)
            (*out)[count++] = (Assignment){map->keys[i], program};
    }
    return count;
}

size_t read_where(ProcessReader *reader, const Node *where, const RegisterSpec *spec,
                  const FeelScope *scope, Where **out)
{
    size_t count = 0;

    *out = arena_array(reader->arena, Where, where->count);
    for (size_t i = 0; i < where->count; i++) {
        if (!register_has_field(spec, where->keys[i])) {
            problem_add(reader->problems, false, where->items[i],
                        "\"%.*s\" is not a field of register %.*s", STR_ARG(where->keys[i]),
                        STR_ARG(spec->id));
            continue;
        }
        const FeelProgram *program = read_feel_node(reader, where->items[i], scope, FEEL_ANY);

        if (program)
            (*out)[count++] = (Where){where->keys[i], program};
    }
    return count;
}
