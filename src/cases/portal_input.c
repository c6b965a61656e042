/* SPDX-License-Identifier: EUPL-1.2 */
/* What a form page sent: values by the paths that were shown. A path that the form does not have
 * is passed over; what was typed is taken even when it is wrong, so that nothing is lost. */
#include "base/vec.h"
#include "cases/field.h"
#include "cases/portal.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "core/store/file.h"

enum { MAX_SHOWN = 4000 };

const FormField *portal_field_at(const Form *form, Str path)
{
    FormField *const *fields = form->fields;
    size_t count = form->field_count;
    const FormField *field = NULL;

    while (path.ptr) {
        Str step = str_cut(&path, '.');
        ptrdiff_t bracket = str_find_char(step, '[');
        Str id = bracket < 0 ? step : str_slice(step, 0, (size_t)bracket);
        int64_t index = -1;

        field = NULL;
        for (size_t i = 0; i < count && !field; i++)
            if (str_eq(fields[i]->id, id))
                field = fields[i];
        if (!field)
            return NULL;
        if (bracket >= 0 &&
            (!str_ends_with(step, "]") ||
             !str_to_i64(str_slice(step, (size_t)bracket + 1, step.len - 1), &index) || index < 0 ||
             index >= field->repeat_max || !field->repeats))
            return NULL;
        /* Inside a repeating group an item must be named. */
        if (path.ptr && (field->type != FIELD_GROUP || field->repeats != (index >= 0)))
            return NULL;
        fields = field->fields;
        count = field->field_count;
    }
    return field;
}

static Node *sent_choices(Arena *arena, const Request *req, const char *name)
{
    Node *list = node_list(arena);
    Str *values;
    size_t count = request_form_all(req, name, &values);

    for (size_t i = 0; i < count; i++)
        node_append(arena, list, node_string(arena, values[i]));
    return list;
}

static Node *sent_value(const Sent *sent, const FormField *field, Str path)
{
    Arena *arena = sent->req->arena;
    const char *name = str_cstr(arena, path);

    if (field->type == FIELD_CHOICES)
        return sent_choices(arena, sent->req, name);
    Str text = request_form(sent->req, name);
    if (!text.ptr)
        return node_null(arena);
    return form_value_from_text(field, text, arena);
}

/* --- Files ------------------------------------------------------------------------------------ */

static void refuse(Sent *sent, Str path, const FormField *field, Str why)
{
    Arena *arena = sent->req->arena;
    struct {
        FormError *items;
        size_t count, capacity;
    } list = {sent->refused, sent->refused_count, sent->refused_count};

    VEC_PUSH(arena, &list,
             (FormError){.path = path, .rule = STR("upload"), .message = why, .field = field});
    sent->refused = list.items;
    sent->refused_count = list.count;
}

static bool take_file(Sent *sent, const Upload *upload, Err *err)
{
    const FormField *field = portal_field_at(sent->form, upload->field);
    FileRules rules;
    SentFile *file = &sent->files[sent->file_count];

    /* A browser sends a part without a name where no file was chosen. */
    if (!field || field->type != FIELD_UPLOAD || (str_empty(upload->name) && !upload->bytes.len))
        return true;
    if (upload->bytes.len == 0) {
        refuse(sent, upload->field, field,
               trf(sent->req->arena, sent->req->lang,
                   "Die Datei „%.*s“ ist leer. Bitte wählen Sie eine andere Datei.",
                   STR_ARG(upload->name)));
        return true;
    }
    rules = (FileRules){field->accept, field->max_size, sent->req->lang};
    if (!file_prepare(sent->req->tenant, upload->bytes, upload->name, &rules, sent->req->arena,
                      &file->info, err)) {
        Str problem;

        if (!problem_take(sent->req, err, &problem))
            return false;
        refuse(sent, upload->field, field, problem);
        return true;
    }
    file->path = upload->field;
    file->bytes = upload->bytes;
    sent->file_count++;
    return true;
}

bool portal_sent_read(Request *req, const Form *form, Sent *out, Err *err)
{
    *out = (Sent){.req = req, .form = form};
    out->shown_count = request_form_all(req, "gezeigt", &out->shown);
    if (out->shown_count > MAX_SHOWN)
        return err_set(err, ERR_TOO_LARGE, "Das sind mehr als %d Felder auf einmal.", MAX_SHOWN);
    out->files = arena_array(req->arena, SentFile, req->upload_count);
    for (size_t i = 0; i < req->upload_count; i++)
        if (!take_file(out, &req->uploads[i], err))
            return false;
    return true;
}

/* --- Into the data ------------------------------------------------------------------------------
 */

static Node *file_node(Arena *arena, const FileInfo *info)
{
    Node *node = node_map(arena);

    node_set(arena, node, STR("sha256"), node_string(arena, str_c(info->sha256)));
    node_set(arena, node, STR("name"), node_string(arena, info->name));
    node_set(arena, node, STR("type"), node_string(arena, info->type));
    node_set(arena, node, STR("size"), node_int(arena, info->size));
    return node;
}

static bool has_file(const Node *list, const char *sha256)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_is(node_get_text(list->items[i], "sha256"), sha256))
            return true;
    return false;
}

static void add_file(const Sent *sent, const SentFile *file, Node *data)
{
    Arena *arena = sent->req->arena;
    Node *list = (Node *)node_path(data, file->path);

    if (!list || list->kind != NODE_LIST) {
        list = node_list(arena);
        if (!node_path_set(arena, data, file->path, list))
            return;
    }
    if (!has_file(list, file->info.sha256))
        node_append(arena, list, file_node(arena, &file->info));
}

void portal_sent_apply(const Sent *sent, Node *data)
{
    for (size_t i = 0; i < sent->shown_count; i++) {
        const FormField *field = portal_field_at(sent->form, sent->shown[i]);
        if (!field || !field_has_value(field) || field->type == FIELD_GROUP ||
            field->type == FIELD_UPLOAD || field->compute)
            continue;
        node_path_set(sent->req->arena, data, sent->shown[i],
                      sent_value(sent, field, sent->shown[i]));
    }
    for (size_t i = 0; i < sent->file_count; i++)
        add_file(sent, &sent->files[i], data);
}

/* --- Buttons ------------------------------------------------------------------------------------
 */

static void remove_at(Node *list, size_t index)
{
    memmove(list->items + index, list->items + index + 1,
            (list->count - index - 1) * sizeof *list->items);
    list->count--;
}

/* "PATH:SHA256" */
static void remove_file(Node *data, Str what)
{
    Str path = str_cut(&what, ':');
    Node *list = (Node *)node_path(data, path);

    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++)
        if (str_eq(node_get_text(list->items[i], "sha256"), what)) {
            remove_at(list, i);
            return;
        }
}

/* "PATH[INDEX]" */
static void remove_item(Node *data, Str path)
{
    size_t bracket = path.len;
    int64_t index;

    while (bracket > 0 && path.ptr[bracket - 1] != '[')
        bracket--;
    if (bracket == 0 || !str_to_i64(str_slice(path, bracket, path.len - 1), &index))
        return;
    Node *list = (Node *)node_path(data, str_slice(path, 0, bracket - 1));
    if (list && list->kind == NODE_LIST && index >= 0 && (size_t)index < list->count)
        remove_at(list, (size_t)index);
}

static void add_item(Arena *arena, const Form *form, Node *data, Str path)
{
    const FormField *field = portal_field_at(form, path);
    Node *list = (Node *)node_path(data, path);

    if (!field || !field->repeats)
        return;
    if (!list || list->kind != NODE_LIST) {
        list = node_list(arena);
        if (!node_path_set(arena, data, path, list))
            return;
    }
    if (list->count < (size_t)field->repeat_max)
        node_append(arena, list, node_map(arena));
}

bool portal_sent_has_button(const Sent *sent)
{
    return request_form(sent->req, "entfernen").ptr || request_form(sent->req, "hinzufuegen").ptr ||
           request_form(sent->req, "aktualisieren").ptr;
}

bool portal_sent_button(const Sent *sent, Node *data)
{
    Str remove = request_form(sent->req, "entfernen");
    Str add = request_form(sent->req, "hinzufuegen");

    if (str_starts_with(remove, "datei:"))
        remove_file(data, str_slice(remove, strlen("datei:"), remove.len));
    else if (str_starts_with(remove, "eintrag:"))
        remove_item(data, str_slice(remove, strlen("eintrag:"), remove.len));
    if (add.ptr)
        add_item(sent->req->arena, sent->form, data, add);
    return remove.ptr || add.ptr;
}

void portal_fill_items(Arena *arena, Node *data, FormField *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const FormField *field = fields[i];
        if (field->type != FIELD_GROUP || (!field->repeats && !node_get_str(data, field->id)))
            continue;
        Node *value = (Node *)node_get_str(data, field->id);
        if (field->repeats) {
            if (!value || value->kind != NODE_LIST) {
                value = node_list(arena);
                node_set(arena, data, field->id, value);
            }
            while (value->count < (size_t)field->repeat_min)
                node_append(arena, value, node_map(arena));
            for (size_t k = 0; k < value->count; k++)
                if (value->items[k]->kind == NODE_MAP)
                    portal_fill_items(arena, value->items[k], field->fields, field->field_count);
        } else if (value->kind == NODE_MAP) {
            portal_fill_items(arena, value, field->fields, field->field_count);
        }
    }
}
