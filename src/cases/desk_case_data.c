/* SPDX-License-Identifier: EUPL-1.2 */
/* The data of a case, row by row as the form has it, each with the findings that concern it. */
#include "cases/desk_case.h"

#include "base/vec.h"

static const char *status_word(Str status)
{
    return str_is(status, "asked")       ? "nachgefordert"
           : str_is(status, "answered")  ? "beantwortet"
           : str_is(status, "resolved")  ? "erledigt"
           : str_is(status, "dismissed") ? "nicht von Belang"
                                         : "offen";
}

static const char *kind_word(Str kind)
{
    return str_is(kind, "missing")         ? "Fehlt"
           : str_is(kind, "contradictory") ? "Widerspruch"
           : str_is(kind, "outdated")      ? "Veraltet"
                                           : "Ungewöhnlich";
}

static FindingRow finding_row(const CaseLoad *load, const Finding *finding)
{
    bool open = str_is(finding->status, "open");
    const DeskDocument *document = NULL;

    for (size_t i = 0; finding->document_id && i < load->view->document_count; i++)
        if (load->view->documents[i].id == finding->document_id)
            document = &load->view->documents[i];

    return (FindingRow){.id = finding->id,
                        .message = finding->message,
                        .request = finding->request,
                        .kind = str_c(kind_word(finding->kind)),
                        .status = str_c(status_word(finding->status)),
                        .reason = finding->reason,
                        .open = open && !load->view->closed,
                        .askable = open && !str_empty(finding->request),
                        .document = document ? document->title : STR_NONE,
                        .document_path = document ? document->view : STR_NONE};
}

/* Findings of a path, or of a part of the field that has no row of its own. */
static void attach_findings(CaseLoad *load, DataRow *row, const Finding *findings, size_t count,
                            bool *used)
{
    struct {
        FindingRow *items;
        size_t count, capacity;
    } list = {0};

    for (size_t i = 0; i < count; i++) {
        if (used[i] || !str_eq(findings[i].path, row->path) ||
            str_is(findings[i].status, "resolved"))
            continue;
        used[i] = true;
        VEC_PUSH(load->arena, &list, finding_row(load, &findings[i]));
    }
    row->findings = list.items;
    row->finding_count = list.count;
}

/* --- Data
 * ------------------------------------------------------------------------------------------ */

typedef struct RowList {
    DataRow *items;
    size_t count, capacity;
} RowList;

static Str path_id(Arena *arena, Str path)
{
    static const char BEGIN[] = "daten-";
    enum { BEGIN_LEN = sizeof BEGIN - 1 };
    char *id = arena_alloc_raw(arena, BEGIN_LEN + path.len);

    memcpy(id, BEGIN, BEGIN_LEN);
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];

        id[BEGIN_LEN + i] = c == '.' || c == '[' || c == ']' ? '-' : c;
    }
    return (Str){id, BEGIN_LEN + path.len};
}

static Str path_inside(Arena *arena, Str path, Str name)
{
    char *inside = arena_alloc_raw(arena, path.len + 1 + name.len);

    memcpy(inside, path.ptr, path.len);
    inside[path.len] = '.';
    memcpy(inside + path.len + 1, name.ptr, name.len);
    return (Str){inside, path.len + 1 + name.len};
}

static void add_files(CaseLoad *load, DataRow *row, const Node *value)
{
    FileView *files = arena_array(load->arena, FileView, value->count);

    for (size_t i = 0; i < value->count; i++) {
        Str sha256 = node_get_text(value->items[i], "sha256");

        files[i].name = node_get_text(value->items[i], "name");
        files[i].size = desk_size(load->arena, node_get_i64(value->items[i], "size", 0));
        for (size_t k = 0; k < load->view->document_count; k++)
            if (str_eq(load->view->documents[k].sha256, sha256) &&
                str_eq(load->view->documents[k].field, row->path)) {
                const DeskDocument *document = &load->view->documents[k];

                files[i].path = document->view;
                if (document->mark_word.ptr)
                    files[i].size = str_printf(load->arena, "%.*s, %.*s", STR_ARG(files[i].size),
                                               STR_ARG(document->mark_word));
            }
    }
    row->files = files;
    row->file_count = value->count;
}

static void add_field(CaseLoad *load, RowList *rows, const FormField *field, const Node *value,
                      Str path);

static void add_group(CaseLoad *load, RowList *rows, const FormField *field, const Node *value,
                      Str path)
{
    size_t items = field->repeats ? value->count : 1;

    for (size_t i = 0; i < items; i++) {
        const Node *item = field->repeats ? value->items[i] : value;
        Str inside = field->repeats ? str_printf(load->arena, "%.*s[%zu]", STR_ARG(path), i) : path;
        const Node *name = field->repeats && field->item_label ? field->item_label : field->label;
        Str label = text_in(name, STR("de"));

        VEC_PUSH(load->arena, rows,
                 (DataRow){.kind = DATA_GROUP,
                           .label = field->repeats
                                        ? str_printf(load->arena, "%.*s %zu", STR_ARG(label), i + 1)
                                        : label,
                           .path = inside,
                           .id = path_id(load->arena, inside)});
        for (size_t k = 0; k < field->field_count; k++)
            add_field(load, rows, field->fields[k], node_get_str(item, field->fields[k]->id),
                      path_inside(load->arena, inside, field->fields[k]->id));
    }
}

/* A field without a value has a row only when a finding concerns it. */
static bool concerned(const CaseLoad *load, Str path)
{
    for (size_t i = 0; i < load->view->finding_count; i++)
        if (str_eq(load->view->findings[i].path, path) &&
            !str_is(load->view->findings[i].status, "resolved"))
            return true;
    return false;
}

static void add_field(CaseLoad *load, RowList *rows, const FormField *field, const Node *value,
                      Str path)
{
    if (field->type == FIELD_HEADING || field->type == FIELD_NOTE)
        return;
    if (node_is_null(value) && !concerned(load, path))
        return;
    if (field->type == FIELD_GROUP && value) {
        add_group(load, rows, field, value, path);
        return;
    }
    DataRow row = {.kind = DATA_VALUE,
                   .label = text_in(field->label, STR("de")),
                   .path = path,
                   .id = path_id(load->arena, path)};

    if (!node_is_null(value) && field->type == FIELD_UPLOAD)
        add_files(load, &row, value);
    else if (!node_is_null(value))
        row.value = form_value_to_text(field, value, STR("de"), load->arena);
    VEC_PUSH(load->arena, rows, row);
}

void case_load_data(CaseLoad *load)
{
    const Form *form = load->desk.process->form;
    CaseView *view = load->view;
    RowList rows = {0};
    bool *used = arena_alloc(load->arena, view->finding_count + 1);

    for (size_t i = 0; i < form->page_count; i++) {
        size_t before = rows.count;

        VEC_PUSH(load->arena, &rows,
                 (DataRow){.kind = DATA_PAGE, .label = text_in(form->pages[i].title, STR("de"))});
        for (size_t k = 0; k < form->pages[i].field_count; k++) {
            const FormField *field = form->pages[i].fields[k];

            add_field(load, &rows, field, node_get_str(load->desk.c.data, field->id), field->id);
        }
        if (rows.count == before + 1)
            rows.count = before;
    }
    for (size_t i = 0; i < rows.count; i++)
        if (rows.items[i].path.ptr)
            attach_findings(load, &rows.items[i], view->findings, view->finding_count, used);
    for (size_t i = 0; i < view->finding_count; i++) /* of fields that are not shown any more */
        if (!used[i] && !str_is(view->findings[i].status, "resolved")) {
            DataRow row = {.kind = DATA_VALUE,
                           .label = STR("Weitere Prüfhinweise"),
                           .path = view->findings[i].path,
                           .id = path_id(load->arena, view->findings[i].path)};

            attach_findings(load, &row, view->findings, view->finding_count, used);
            VEC_PUSH(load->arena, &rows, row);
        }
    view->data = rows.items;
    view->data_count = rows.count;
}
