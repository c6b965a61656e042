/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers at the desk: list and search, one entry with its history in valid and record time. */
#include "cases/desk_register.h"

#include "base/vec.h"
#include "cases/desk_register.html.h"
#include "core/http/request.h"

enum { PAGE_ROWS = 50, COUNT_MAX = 10000 };

/* The offered package whose register this is, when the caller may read its cases. */
static const RegisterSpec *find_register(Request *req, Str id, const Package **package)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);

    for (size_t i = 0; i < count; i++) {
        const RegisterSpec *spec = package_register(packages[i], id);

        *package = packages[i];
        if (spec && desk_may_read(req, packages[i]))
            return spec;
    }
    return NULL;
}

static const RegisterSpec *need_register(Request *req, const Package **package, Err *err)
{
    const RegisterSpec *spec = find_register(req, request_param(req, "register"), package);

    if (!spec)
        err_set(err, ERR_NOT_FOUND, "Dieses Register gibt es für Sie nicht.");
    return spec;
}

static bool send_page(Request *req, Response *res, Str title, Out *out)
{
    return page_send(
        req, res,
        &(PageFrame){
            .area = AREA_DESK, .title = title, .active = STR("/desk/register"), .wide = true},
        out_html(out));
}

/* --- All registers -------------------------------------------------------------------------------
 */

bool desk_register_index(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);
    struct {
        RegisterLink *items;
        size_t count, capacity;
    } list = {0};
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx != NULL;

    for (size_t i = 0; ok && i < count; i++)
        for (size_t k = 0; ok && desk_may_read(req, packages[i]) && k < packages[i]->register_count;
             k++) {
            const RegisterSpec *spec = &packages[i]->registers[k];
            RegisterLink link = {
                .path = str_printf(req->arena, "/desk/register/%.*s", STR_ARG(spec->id)),
                .name = text_in(spec->name, STR("de"))};

            ok = register_count(tx, spec->id, COUNT_MAX + 1, &link.count, err);
            VEC_PUSH(req->arena, &list, link);
        }
    if (tx)
        tx_end(tx);
    if (!ok)
        return false;
    if (list.count == 1)
        return respond_redirect(req, res, list.items[0].path);
    page_desk_registers(&out, list.items, list.count);
    return send_page(req, res, STR("Register"), &out);
}

/* --- One register
 * ------------------------------------------------------------------------------------ */

static Str field_label(const FormField *field)
{
    return text_in(field->label, STR("de"));
}

static Str field_value(const FormField *field, const Node *data, Arena *arena)
{
    const Node *value = node_get_str(data, field->id);

    return node_is_null(value) ? STR("") : form_value_to_text(field, value, STR("de"), arena);
}

static bool shown(const FormField *field, bool sensitive)
{
    return !field->internal && (sensitive || !field->sensitive);
}

/* The first fields that are not sensitive are the list's columns; the title has its own. */
static size_t pick_columns(const RegisterSpec *spec, const FormField *columns[4])
{
    size_t count = 0;

    for (size_t i = 0; i < spec->key_count && count < 4; i++)
        for (size_t k = 0; k < spec->field_count; k++)
            if (str_eq(spec->fields[k]->id, spec->key[i]) && shown(spec->fields[k], false))
                columns[count++] = spec->fields[k];
    for (size_t i = 0; i < spec->field_count && count < 4; i++) {
        const FormField *field = spec->fields[i];
        bool taken =
            !shown(field, false) || !field->required_always || field->type == FIELD_LONGTEXT;

        for (size_t k = 0; k < count; k++)
            taken = taken || columns[k] == field;
        if (!taken)
            columns[count++] = field;
    }
    return count;
}

static Str life_text(Request *req, const RegisterEntry *entry)
{
    Str from = date_long(req->arena, entry->begins, STR("de"));

    if (date_absent(entry->until))
        return str_printf(req->arena, "seit %.*s", STR_ARG(from));
    return str_printf(req->arena, "%.*s bis %.*s", STR_ARG(from),
                      STR_ARG(date_long(req->arena, entry->until, STR("de"))));
}

static void fill_rows(Request *req, const RegisterSpec *spec, const RegisterEntry *entries,
                      size_t count, RegisterPage *page)
{
    const FormField *columns[4];

    page->column_count = pick_columns(spec, columns);
    for (size_t i = 0; i < page->column_count; i++)
        page->columns[i] = field_label(columns[i]);
    page->rows = arena_array(req->arena, RegisterRow, count);
    page->row_count = count;
    for (size_t i = 0; i < count; i++) {
        page->rows[i].title = entries[i].title;
        page->rows[i].path = str_printf(req->arena, "/desk/register/%.*s/%lld", STR_ARG(spec->id),
                                        (long long)entries[i].id);
        page->rows[i].life = life_text(req, &entries[i]);
        for (size_t k = 0; k < page->column_count; k++)
            page->rows[i].cells[k] = field_value(columns[k], entries[i].data, req->arena);
    }
}

static bool load_page(Request *req, Tx *tx, const RegisterSpec *spec, RegisterPage *page, Err *err)
{
    RegisterEntry *entries;
    size_t count;
    Str *terms = NULL;
    Str search = str_trim(request_query(req, "suche"));
    size_t term_count = search_query_terms(search, req->arena, &terms);
    int64_t after = 0;
    Str after_title = request_query(req, "nach");

    str_to_i64(request_query(req, "zeile"), &after);
    if (!register_list(tx, spec->id, terms, term_count, after_title, after, PAGE_ROWS + 1,
                       req->arena, &entries, &count, err) ||
        !register_count(tx, spec->id, COUNT_MAX + 1, &page->total, err))
        return false;
    page->search = search;
    page->name = text_in(spec->name, STR("de"));
    page->path = str_printf(req->arena, "/desk/register/%.*s", STR_ARG(spec->id));
    if (count > PAGE_ROWS) {
        count = PAGE_ROWS;
        page->next =
            str_printf(req->arena, "%.*s?suche=%s&nach=%s&zeile=%lld", STR_ARG(page->path),
                       url_part(req->arena, search), url_part(req->arena, entries[count - 1].title),
                       (long long)entries[count - 1].row);
    }
    fill_rows(req, spec, entries, count, page);
    return true;
}

bool desk_register_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    RegisterPage page = {0};
    const Package *package;
    const RegisterSpec *spec = need_register(req, &package, err);
    Tx *tx = spec ? db_read(req->tenant->db, err) : NULL;

    if (!tx)
        return false;
    bool ok = load_page(req, tx, spec, &page, err);

    tx_end(tx);
    if (!ok)
        return false;
    page_desk_register(&out, &page);
    return send_page(req, res, page.name, &out);
}

/* --- One entry
 * ----------------------------------------------------------------------------------------- */

static void fill_facts(Request *req, const RegisterSpec *spec, const RegisterEntry *head,
                       bool sensitive, EntryPage *page)
{
    page->facts = arena_array(req->arena, FactView, spec->field_count);
    for (size_t i = 0; i < spec->field_count; i++) {
        Str value = field_value(spec->fields[i], head->data, req->arena);

        if (!str_empty(value) && shown(spec->fields[i], sensitive))
            page->facts[page->fact_count++] =
                (FactView){.label = field_label(spec->fields[i]), .value = value};
    }
}

/* Sensitive fields are for the offices whose tasks are protected; where a service has none, for
 * everybody who decides in it. */
static bool may_see_sensitive(const Request *req, const Package *package)
{
    bool any = false;

    for (size_t i = 0; i < package->procedure_count; i++) {
        const Process *process = package->procedures[i].process;

        for (size_t k = 0; process && k < process->task_count; k++) {
            if (!process->tasks[k].protected_)
                continue;
            any = true;
            if (desk_may_see_protected(req, process->tasks[k].office, package->id))
                return true;
        }
    }
    return !any && desk_may_work(req, package);
}

/* What a row changed against the one before it in record time. */
static Str changes_text(Request *req, const RegisterSpec *spec, const RegisterEntry *before,
                        const RegisterEntry *now, bool sensitive)
{
    Buf out = buf_in(req->arena);

    for (size_t i = 0; i < spec->field_count; i++) {
        const FormField *field = spec->fields[i];
        Str old = field_value(field, before->data, req->arena);
        Str value = field_value(field, now->data, req->arena);

        if (!str_eq(old, value) && shown(field, sensitive))
            buf_addf(&out, "%s%.*s: %.*s", out.len ? "; " : "", STR_ARG(field_label(field)),
                     STR_ARG(str_empty(value) ? STR("leer") : value));
    }
    return out.len ? buf_str(&out) : STR("");
}

static bool fill_history(Request *req, Tx *tx, const RegisterSpec *spec, int64_t id, bool sensitive,
                         EntryPage *page, Err *err)
{
    RegisterEntry *rows;
    size_t count;

    if (!register_history(tx, id, req->arena, &rows, &count, err))
        return false;
    page->history = arena_array(req->arena, EntryHistory, count);
    for (size_t i = count; i-- > 0;) {
        EntryHistory *line = &page->history[page->history_count++];
        Str from = date_long(req->arena, rows[i].from, STR("de"));

        line->valid = date_absent(rows[i].until)
                          ? str_printf(req->arena, "ab %.*s", STR_ARG(from))
                          : str_printf(req->arena, "%.*s bis %.*s", STR_ARG(from),
                                       STR_ARG(date_long(req->arena, rows[i].until, STR("de"))));
        line->recorded = timestamp_long(req->arena, rows[i].recorded, STR("de"));
        line->superseded = rows[i].superseded
                               ? timestamp_long(req->arena, rows[i].superseded, STR("de"))
                               : STR_NONE;
        line->who = desk_actor_name(tx, rows[i].actor, req->arena);
        line->case_path = rows[i].case_id ? str_printf(req->arena, "/desk/vorgaenge/%lld",
                                                       (long long)rows[i].case_id)
                                          : STR_NONE;
        line->reason = rows[i].reason;
        if (i > 0)
            line->changes = changes_text(req, spec, &rows[i - 1], &rows[i], sensitive);
    }
    return true;
}

/* Every look at an entry is noted with the case that made it, where the person can see it. */
static bool note_access(Request *req, const RegisterEntry *entry, Err *err)
{
    Case c = {.id = entry->case_id};
    Tx *tx;

    if (!entry->case_id)
        return true;
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = case_by_id(tx, entry->case_id, req->arena, &c, err);

    tx_end(tx);
    return ok && desk_note_access(req, &c, "Registereintrag angesehen", err);
}

bool desk_entry_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    EntryPage page = {0};
    RegisterEntry head;
    const Package *package;
    const RegisterSpec *spec = need_register(req, &package, err);
    int64_t id = 0;
    Tx *tx = spec ? db_read(req->tenant->db, err) : NULL;
    if (!tx)
        return false;
    bool sensitive = may_see_sensitive(req, package);

    str_to_i64(request_param(req, "eintrag"), &id);
    bool ok = register_by_id(tx, spec->id, id, req->arena, &head, err) &&
              fill_history(req, tx, spec, id, sensitive, &page, err);

    tx_end(tx);
    if (!ok || !note_access(req, &head, err))
        return false;
    page.title = head.title;
    page.life = life_text(req, &head);
    page.ended = !date_absent(head.until);
    page.reason = head.reason;
    page.register_name = text_in(spec->name, STR("de"));
    page.register_path = str_printf(req->arena, "/desk/register/%.*s", STR_ARG(spec->id));
    fill_facts(req, spec, &head, sensitive, &page);
    page_desk_entry(&out, &page);
    return send_page(req, res, page.title, &out);
}
