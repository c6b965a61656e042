/* SPDX-License-Identifier: EUPL-1.2 */
/* What a case is found by: its number, who applies, every word of the data that is not sensitive,
 * and the names of documents that everybody may see who sees the case. */
#include "cases/case_search.h"

#include "core/page/out.h"

const SearchField CASE_SEARCH_FIELDS[CASE_FIELD_COUNT] = {
    [CASE_NUMBER] = {"number", 4, true},
    [CASE_NAME] = {"name", 3, true},
    [CASE_DATA] = {"data", 1, false},
    [CASE_DOCUMENTS] = {"documents", 0.5f, false},
};

static void add_line(Buf *out, Str text)
{
    if (!str_empty(text)) {
        buf_add(out, text);
        buf_add_char(out, '\n');
    }
}

/* As people write it; ISO days are never looked for. */
static void add_date(Buf *out, Str iso)
{
    Date date;

    if (date_parse_iso(iso, &date))
        buf_addf(out, "%02d.%02d.%04d\n", date.day, date.month, date.year);
}

static void add_choice(const FormField *field, Str value, Buf *out)
{
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq(field->options[i].value, value))
            value = text_in(field->options[i].label, STR("de"));
    add_line(out, value);
}

static void add_value(const FormField *field, const Node *value, Buf *out)
{
    switch (field->type) {
    case FIELD_DATE: add_date(out, node_text(value)); break;
    case FIELD_CHOICE: add_choice(field, node_text(value), out); break;
    case FIELD_CHOICES:
        for (size_t i = 0; i < value->count; i++)
            add_choice(field, node_text(value->items[i]), out);
        break;
    default:
        if (value->kind == NODE_STRING)
            add_line(out, value->text);
    }
}

static void add_field(const FormField *field, const Node *value, Buf *out)
{
    if (node_is_null(value) || field->sensitive)
        return;
    if (field->type != FIELD_GROUP) {
        add_value(field, value, out);
        return;
    }
    size_t items = field->repeats ? value->count : 1;

    for (size_t i = 0; i < items; i++) {
        const Node *item = field->repeats ? node_at(value, i) : value;

        for (size_t k = 0; k < field->field_count; k++)
            add_field(field->fields[k], node_get_str(item, field->fields[k]->id), out);
    }
}

/* Titles; files have no words but their names. */
static bool read_documents(Tx *tx, int64_t id, Arena *arena, Str *out, Err *err)
{
    Buf text = buf_in(arena);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT title FROM case_document WHERE case_id = $1 AND "
                          "protected_office IS NULL ORDER BY id",
                          P_INT(id));

    while (rows && rows_next(rows, err))
        add_line(&text, row_text(rows, 0));
    *out = buf_str(&text);
    return rows && err->kind == ERR_NONE;
}

/* "ordnungsamt,steueramt|hund" */
static bool read_marks(Tx *tx, const Case *c, Arena *arena, Str *out, Err *err)
{
    Buf marks = buf_in(arena);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT office FROM case_desk WHERE case_id = $1 AND office <> '*' "
                          "ORDER BY office",
                          P_INT(c->id));

    while (rows && rows_next(rows, err))
        buf_addf(&marks, "%s%.*s", marks.len ? "," : "", STR_ARG(row_text(rows, 0)));
    buf_addf(&marks, "|%.*s", STR_ARG(c->service));
    *out = buf_str(&marks);
    return rows && err->kind == ERR_NONE;
}

bool case_search_document(Tx *tx, Tenant *tenant, int64_t id, Arena *arena, SearchDocument *out,
                          Err *err)
{
    Str *texts = arena_array(arena, Str, CASE_FIELD_COUNT);
    Buf data = buf_in(arena);
    Err problem = {0};
    Case c;

    if (!case_by_id(tx, id, arena, &c, err))
        return false;
    const Package *package = tenant_package_version(tenant, c.version, &problem);
    const Procedure *procedure = package ? package_procedure(package, c.procedure) : NULL;
    const Form *form = procedure && procedure->process ? procedure->process->form : NULL;

    for (size_t i = 0; form && i < form->field_count; i++)
        add_field(form->fields[i], node_get_str(c.data, form->fields[i]->id), &data);
    if (procedure)
        add_line(&data, text_in(procedure->name, STR("de")));
    texts[CASE_NUMBER] = c.number;
    texts[CASE_NAME] = c.applicant;
    texts[CASE_DATA] = buf_str(&data);
    *out = (SearchDocument){.id = id, .order = c.submitted, .texts = texts};
    return read_documents(tx, id, arena, &texts[CASE_DOCUMENTS], err) &&
           read_marks(tx, &c, arena, &out->marks, err);
}

static bool has_item(Str list, Str item)
{
    while (list.ptr)
        if (str_eq(str_cut(&list, ','), item))
            return true;
    return false;
}

bool case_search_allows(Str marks, Str office, const Str *services, size_t service_count)
{
    Str service = marks;
    Str offices = str_cut(&service, '|');
    bool allowed = !services;

    for (size_t i = 0; i < service_count; i++)
        allowed = allowed || str_eq(service, services[i]);
    return allowed && (str_is(office, "*") || has_item(offices, office));
}
