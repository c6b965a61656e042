/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/api_upload.h"

#include "base/vec.h"
#include "core/page/out.h"

#include <sodium.h>

typedef struct Taker {
    Tenant *tenant;
    Str lang; /* of messages */
    Arena *arena;
    ApiUploads *uploads;
    Err *err;
} Taker;

static bool refuse(const Taker *taker, Str path, Str message)
{
    return err_field(taker->err, str_cstr(taker->arena, path), "%.*s", STR_ARG(message));
}

static bool decode(const Taker *taker, Str path, Str content, Str *bytes)
{
    size_t length = 0;
    char *out = arena_alloc(taker->arena, content.len / 4 * 3 + 4);

    if (sodium_base642bin((unsigned char *)out, content.len / 4 * 3 + 3, content.ptr, content.len,
                          "\r\n", &length, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return refuse(taker, path, tr(taker->lang, "„content“ ist nicht in Base64 geschrieben."));
    *bytes = (Str){out, length};
    return true;
}

static bool take_file(const Taker *taker, const FormField *field, Str path, Node *file)
{
    Str name = node_get_text(file, "name");
    Str content = node_get_text(file, "content");
    ApiFile taken = {0};
    FileRules rules = {.types = field->accept, .max_size = field->max_size, .lang = taker->lang};

    if (!name.len || !content.ptr)
        return refuse(taker, path,
                      tr(taker->lang, "Eine Datei braucht „name“ und „content“ (Base64)."));
    if (!decode(taker, path, content, &taken.bytes))
        return false;
    if (!file_prepare(taker->tenant, taken.bytes, name, &rules, taker->arena, &taken.info,
                      taker->err)) {
        if (taker->err->kind != ERR_INPUT && taker->err->kind != ERR_TOO_LARGE)
            return false;
        return refuse(taker, path, str_copy(taker->arena, str_c(taker->err->message)));
    }
    VEC_PUSH(taker->arena, taker->uploads, taken);
    node_remove(file, STR("content"));
    node_set(taker->arena, file, STR("sha256"),
             node_string(taker->arena, str_c(taken.info.sha256)));
    node_set(taker->arena, file, STR("name"), node_string(taker->arena, taken.info.name));
    node_set(taker->arena, file, STR("type"), node_string(taker->arena, taken.info.type));
    node_set(taker->arena, file, STR("size"), node_int(taker->arena, taken.info.size));
    return true;
}

static bool take_field(const Taker *taker, const FormField *field, Str path, Node *value);

static bool take_fields(const Taker *taker, FormField *const *fields, size_t count, Str prefix,
                        Node *map)
{
    for (size_t i = 0; i < count; i++) {
        Node *value = (Node *)node_get_str(map, fields[i]->id);
        Str path = str_printf(taker->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(fields[i]->id));
        if (value && !take_field(taker, fields[i], path, value))
            return false;
    }
    return true;
}

/* Values of another kind than the field wants are left to form_evaluate(), which names them. */
static bool take_field(const Taker *taker, const FormField *field, Str path, Node *value)
{
    bool list = value->kind == NODE_LIST;

    if (field->type == FIELD_UPLOAD) {
        for (size_t i = 0; list && i < value->count; i++)
            if (!take_file(taker, field, path, value->items[i]))
                return false;
        return true;
    }
    if (field->type != FIELD_GROUP)
        return true;
    if (!field->repeats)
        return take_fields(taker, field->fields, field->field_count,
                           str_printf(taker->arena, "%.*s.", STR_ARG(path)), value);
    for (size_t i = 0; list && i < value->count; i++) {
        Str prefix = str_printf(taker->arena, "%.*s[%zu].", STR_ARG(path), i);
        if (!take_fields(taker, field->fields, field->field_count, prefix, value->items[i]))
            return false;
    }
    return true;
}

bool api_take_uploads(Tenant *tenant, const Form *form, Node *data, Str lang, Arena *arena,
                      ApiUploads *out, Err *err)
{
    Taker taker = {tenant, lang, arena, out, err};

    *out = (ApiUploads){0};
    return take_fields(&taker, form->fields, form->field_count, STR(""), data);
}
