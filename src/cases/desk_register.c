/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers at the desk: which there are, and a list of one. */
#include "cases/desk_register.h"

#include "base/vec.h"
#include "cases/desk_register.html.h"
#include "cases/desk_register_hand.h"
#include "core/http/request.h"

enum { PAGE_ROWS = 50, COUNT_MAX = 10000, COUNT_FILTERED_MAX = 1000 };

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

bool desk_register_of(Request *req, const Package *package, Str id, DeskRegister *out)
{
    const RegisterSpec *spec = package_register(package, id);

    if (!spec || !desk_may_read(req, package))
        return false;
    *out = (DeskRegister){.package = package,
                          .spec = spec,
                          .path = str_printf(req->arena, "/desk/register/%.*s", STR_ARG(spec->id)),
                          .name = text_in(spec->name, STR("de")),
                          .sensitive = may_see_sensitive(req, package)};
    return true;
}

bool desk_register(Request *req, DeskRegister *out, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);
    Str id = request_param(req, "register");

    for (size_t i = 0; i < count; i++) {
        if (desk_register_of(req, packages[i], id, out))
            return true;
        /* Who may write into it knows that it is there. */
        if (package_register(packages[i], id) &&
            desk_register_may(req, &(DeskRegister){.package = packages[i]}, "register.correct"))
            return err_set(err, ERR_FORBIDDEN,
                           "Zum Berichtigen gehört das Recht, Vorgänge zu lesen (case.read).");
    }
    return err_set(err, ERR_NOT_FOUND, "Dieses Register gibt es für Sie nicht.");
}

bool desk_register_may(const Request *req, const DeskRegister *reg, const char *permission)
{
    for (size_t i = 0; i < reg->package->office_count; i++)
        if (ident_may(req->session.staff, permission, reg->package->offices[i], reg->package->id))
            return true;
    return false;
}

bool desk_register_shows(const DeskRegister *reg, const FormField *field)
{
    return !field->internal && (reg->sensitive || !field->sensitive);
}

Str desk_register_label(const FormField *field)
{
    return text_in(field->label, STR("de"));
}

Str desk_register_value(const FormField *field, const Node *data, Arena *arena)
{
    const Node *value = node_get_str(data, field->id);

    return node_is_null(value) ? STR("") : form_value_to_text(field, value, STR("de"), arena);
}

bool desk_register_send(Request *req, Response *res, Str title, Out *out)
{
    return page_send(
        req, res,
        &(PageFrame){
            .area = AREA_DESK, .title = title, .active = STR("/desk/register"), .wide = true},
        out_html(out));
}

Str desk_register_life(Date from, Date until, Arena *arena)
{
    Str begins = date_long(arena, from, STR("de"));

    if (date_absent(until))
        return str_printf(arena, "seit %.*s", STR_ARG(begins));
    return str_printf(arena, "%.*s bis %.*s", STR_ARG(begins),
                      STR_ARG(date_long(arena, until, STR("de"))));
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
            RegisterQuery query = {.register_id = spec->id};
            RegisterLink link = {
                .path = str_printf(req->arena, "/desk/register/%.*s", STR_ARG(spec->id)),
                .name = text_in(spec->name, STR("de"))};

            ok = register_count(tx, &query, COUNT_MAX + 1, &link.count, err);
            VEC_PUSH(req->arena, &list, link);
        }
    if (tx)
        tx_end(tx);
    if (!ok)
        return false;
    if (list.count == 1)
        return respond_redirect(req, res, list.items[0].path);
    page_desk_registers(&out, list.items, list.count);
    return desk_register_send(req, res, STR("Register"), &out);
}

/* --- One register --------------------------------------------------------------------------------
 */

/* The first fields that are not sensitive are the list's columns; the title has its own. */
static size_t pick_columns(const RegisterSpec *spec, const FormField *columns[4])
{
    const DeskRegister open = {.spec = spec};
    size_t count = 0;

    for (size_t i = 0; i < spec->key_count && count < 4; i++)
        for (size_t k = 0; k < spec->field_count; k++)
            if (str_eq(spec->fields[k]->id, spec->key[i]) &&
                desk_register_shows(&open, spec->fields[k]))
                columns[count++] = spec->fields[k];
    for (size_t i = 0; i < spec->field_count && count < 4; i++) {
        const FormField *field = spec->fields[i];
        bool taken = !desk_register_shows(&open, field) || !field->required_always ||
                     field->type == FIELD_LONGTEXT;

        for (size_t k = 0; k < count; k++)
            taken = taken || columns[k] == field;
        if (!taken)
            columns[count++] = field;
    }
    return count;
}

static Str days_query(const RegisterAsked *asked, Arena *arena)
{
    if (!asked->query.at)
        return STR("");
    return str_printf(arena, "?gilt=%.*s&bekannt=%.*s", STR_ARG(asked->valid_on),
                      STR_ARG(asked->known_on));
}

static void fill_rows(Request *req, const DeskRegister *reg, const RegisterEntry *entries,
                      size_t count, RegisterPage *page)
{
    const FormField *columns[4];
    Str days = days_query(page->asked, req->arena);

    page->column_count = pick_columns(reg->spec, columns);
    for (size_t i = 0; i < page->column_count; i++)
        page->columns[i] = desk_register_label(columns[i]);
    page->rows = arena_array(req->arena, RegisterRow, count);
    page->row_count = count;
    for (size_t i = 0; i < count; i++) {
        bool at = page->asked->query.at;

        page->rows[i].title = entries[i].title;
        page->rows[i].path = str_printf(req->arena, "%.*s/%lld%.*s", STR_ARG(reg->path),
                                        (long long)entries[i].id, STR_ARG(days));
        page->rows[i].life = desk_register_life(at ? entries[i].from : entries[i].begins,
                                                entries[i].until, req->arena);
        for (size_t k = 0; k < page->column_count; k++)
            page->rows[i].cells[k] = desk_register_value(columns[k], entries[i].data, req->arena);
    }
}

static bool load_page(Request *req, Tx *tx, const DeskRegister *reg, RegisterAsked *asked,
                      RegisterPage *page, Err *err)
{
    RegisterEntry *entries;
    Str *sorted;
    size_t count;
    bool filtered = asked->query.at || asked->query.term_count || asked->query.filter_count;

    asked->query.limit = PAGE_ROWS + 1;
    if (desk_register_place(req, &asked->query))
        asked->problem = STR("Die Stelle der Liste, die in der Adresse steht, gibt es nicht. Die "
                             "Liste beginnt deshalb von vorn.");
    page->total_max = filtered ? COUNT_FILTERED_MAX : COUNT_MAX;
    if (!register_select(tx, &asked->query, req->arena, &entries, &sorted, &count, err) ||
        !register_count(tx, &asked->query, page->total_max + 1, &page->total, err))
        return false;
    if (count > PAGE_ROWS) {
        count = PAGE_ROWS;
        page->next =
            str_printf(req->arena, "%.*s?%.*s%snach=%s&zeile=%lld", STR_ARG(reg->path),
                       STR_ARG(asked->address), asked->address.len ? "&" : "",
                       url_part(req->arena, sorted[count - 1]), (long long)entries[count - 1].row);
    }
    fill_rows(req, reg, entries, count, page);
    return true;
}

/* What is written by hand and waits for a second person. */
static bool load_waiting(Request *req, Tx *tx, const DeskRegister *reg, RegisterPage *page,
                         Err *err)
{
    RegisterAct *acts;
    size_t count;

    if (!desk_register_may(req, reg, "register.correct"))
        return true;
    page->may_add = hand_can_add(reg->spec);
    page->notice = desk_act_notice(request_query(req, "getan"));
    if (!register_act_waiting(tx, reg->spec->id, 0, req->arena, &acts, &count, err))
        return false;
    ActLink *links = arena_array(req->arena, ActLink, count);

    for (size_t i = 0; i < count; i++)
        links[i] = desk_act_link(reg, tx, &acts[i], req->arena);
    page->waiting = links;
    page->waiting_count = count;
    return true;
}

bool desk_register_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    RegisterPage page = {0};
    RegisterAsked asked;
    DeskRegister reg;
    Tx *tx = desk_register(req, &reg, err) ? db_read(req->tenant->db, err) : NULL;

    if (!tx)
        return false;
    desk_register_asked(req, &reg, &asked);
    page.asked = &asked;
    page.name = reg.name;
    page.path = reg.path;
    page.may_export = desk_register_may(req, &reg, "register.export");
    page.may_import = desk_register_may(req, &reg, "register.import");
    bool ok =
        load_page(req, tx, &reg, &asked, &page, err) && load_waiting(req, tx, &reg, &page, err);

    tx_end(tx);
    if (!ok)
        return false;
    page_desk_register(&out, &page);
    return desk_register_send(req, res, page.name, &out);
}
