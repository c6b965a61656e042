/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/plan.h"

#include "base/vec.h"
#include "core/folder.h"

enum { MODEL_MAX_BYTES = 1 << 20, NAME_MAX_LENGTH = 60 };

/* A file of the model's folder and nothing outside of it. */
static bool own_file(const Node *map, const char *key, const char *path, Str *out, Err *err)
{
    const Node *node = node_get(map, key);

    *out = node_text(node);
    if (!out->ptr || (str_find_char(*out, '/') < 0 && out->len > 0))
        return true;
    return err_at(err, path, node->line, node->column,
                  "%s: \"%.*s\" must be a file of the model's own folder", key, STR_ARG(*out));
}

bool model_load(const Tenant *tenant, Str name, Arena *arena, Model *out, Err *err)
{
    Str text;

    if (!str_is_name(name, NAME_MAX_LENGTH))
        return err_set(err, ERR_NOT_FOUND, "Ein Stadtmodell „%.*s“ gibt es nicht.", STR_ARG(name));
    *out = (Model){.name = str_copy(arena, name),
                   .folder = str_printf(arena, "%.*s/twin/models/%.*s", STR_ARG(tenant->folder),
                                        STR_ARG(name))};
    char *path = arena_printf(arena, "%.*s/model.yaml", STR_ARG(out->folder));
    if (!folder_read_file(path, MODEL_MAX_BYTES, arena, &text, err))
        return false;
    Node *root = node_parse_yaml(arena, text, path, &NODE_LIMITS_REQUEST, err);
    if (!root)
        return false;
    out->title = node_get_text(root, "title");
    out->street = node_text(node_path(root, STR("addresses.street")));
    out->number = node_text(node_path(root, STR("addresses.number")));
    if (!out->title.ptr)
        out->title = out->name;
    if (!own_file(root, "streets", path, &out->streets, err) ||
        !own_file(root, "scenario", path, &out->scenario, err) ||
        !own_file(root, "kostra", path, &out->kostra, err))
        return false;
    return out->scenario.ptr ||
           err_at(err, path, 1, 1, "scenario: the file that tells terrain and houses is missing");
}

bool model_list(const Tenant *tenant, Arena *arena, Model **out, size_t *count, Err *err)
{
    struct {
        Model *items;
        size_t count, capacity;
    } list = {0};
    char *folder = arena_printf(arena, "%.*s/twin/models", STR_ARG(tenant->folder));
    Str *names;
    size_t name_count;

    if (!folder_list(folder, arena, &names, &name_count, err))
        return false;
    for (size_t i = 0; i < name_count; i++) {
        Model model;
        if (!str_is_name(names[i], NAME_MAX_LENGTH))
            continue;
        if (!model_load(tenant, names[i], arena, &model, err))
            return false;
        VEC_PUSH(arena, &list, model);
    }
    *out = list.items;
    *count = list.count;
    return true;
}

bool model_kostra(const Model *model, Arena *arena, Kostra *out, Err *err)
{
    Str text;

    if (!model->kostra.ptr)
        return err_set(err, ERR_NOT_FOUND,
                       "Das Stadtmodell hat keine Tabelle der Bemessungsregen.");
    char *path = arena_printf(arena, "%.*s/%.*s", STR_ARG(model->folder), STR_ARG(model->kostra));
    return folder_read_file(path, MODEL_MAX_BYTES, arena, &text, err) &&
           kostra_parse(text, path, arena, out, err);
}
