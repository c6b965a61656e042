/* SPDX-License-Identifier: EUPL-1.2 */
/* Uploads: what is known of stored files, checked against the field's rules. The bytes themselves
 * were checked when they came in (core/store/file.h). */
#include "cases/field.h"
#include "core/page/out.h"

static bool is_hash(Str text)
{
    if (text.len != 64)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
              (text.ptr[i] >= 'a' && text.ptr[i] <= 'f')))
            return false;
    return true;
}

static bool accepted(const FormField *field, Str type)
{
    for (const char **accept = field->accept; accept && *accept; accept++)
        if (str_is(type, *accept))
            return true;
    return false;
}

static bool check_file(const FieldTask *task, const Node *file)
{
    Str name = node_get_text(file, "name"), type = node_get_text(file, "type");
    int64_t size = node_get_i64(file, "size", -1);
    const char *shown = str_cstr(task->arena, name);

    if (!is_hash(node_get_text(file, "sha256")) || !name.len || !type.len || size < 0)
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "Bitte laden Sie bei „%s“ eine Datei hoch.", field_label(task)));
    if (!accepted(task->field, type))
        return field_refuse(task, "upload",
                            trf(task->arena, task->lang,
                                "Die Datei „%s“ hat ein Format, das wir hier nicht annehmen.",
                                shown));
    if (size > task->field->max_size)
        return field_refuse(task, "upload",
                            trf(task->arena, task->lang,
                                "Die Datei „%s“ ist zu groß: Sie darf höchstens %s haben.", shown,
                                str_cstr(task->arena, field_size_text(task->arena, task->lang,
                                                                      task->field->max_size))));
    return true;
}

Str field_size_text(Arena *arena, Str lang, int64_t bytes)
{
    if (bytes < 1000)
        return trf(arena, lang, "%d Bytes", (int)bytes);
    if (bytes < 1000000)
        return trf(arena, lang, "%d kB", (int)((bytes + 500) / 1000));
    int tenths = (int)((bytes + 50000) / 100000);
    if (tenths % 10 == 0)
        return trf(arena, lang, "%d MB", tenths / 10);
    return trf(arena, lang, "%d,%d MB", tenths / 10, tenths % 10);
}

static Node *copy_file(Arena *arena, const Node *file)
{
    static const char *const keys[] = {"sha256", "name", "type"};
    Node *copy = node_map(arena);

    for (size_t i = 0; i < 3; i++)
        node_set(arena, copy, str_c(keys[i]), node_string(arena, node_get_text(file, keys[i])));
    node_set(arena, copy, STR("size"), node_int(arena, node_get_i64(file, "size", 0)));
    return copy;
}

bool field_normalise_upload(const FieldTask *task, const Node *raw, Node **out)
{
    *out = node_list(task->arena);
    if (node_is_null(raw))
        return true;
    if (raw->kind != NODE_LIST)
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "Bitte laden Sie bei „%s“ eine Datei hoch.", field_label(task)));
    if ((int64_t)raw->count > task->field->max_files)
        return field_refuse(task, "count",
                            trf(task->arena, task->lang,
                                "Bei „%s“ nehmen wir höchstens %d Dateien an. Bitte entfernen Sie "
                                "%d.",
                                field_label(task), task->field->max_files,
                                (int)raw->count - task->field->max_files));
    for (size_t i = 0; i < raw->count; i++) {
        if (!check_file(task, raw->items[i]))
            return false;
        node_append(task->arena, *out, copy_file(task->arena, raw->items[i]));
    }
    return true;
}
