/* SPDX-License-Identifier: EUPL-1.2 */
/* Registers for programs: the same filters and days as at the desk. A list gives out what the
 * desk's export does: it is noted as one, and holds sensitive fields only for who may export. */
#include "cases/desk_register.h"
#include "cases/register_act.h"
#include "cases/staff_api.h"
#include "core/http/known.h"

enum { LIMIT = 50, LIMIT_MAX = 500 };

/* Fields that the account may not see are not there. */
static Node *entry_node(Request *req, const DeskRegister *reg, const RegisterEntry *entry)
{
    Arena *arena = req->arena;
    Node *node = node_map(arena), *data = node_map(arena);

    node_set(arena, node, STR("id"), node_int(arena, entry->id));
    node_set_text(arena, node, "title", entry->title);
    staff_api_set_date(arena, node, "begins", entry->begins);
    staff_api_set_date(arena, node, "from", entry->from);
    staff_api_set_date(arena, node, "until", entry->until);
    node_set_text(arena, node, "reason", entry->reason);
    node_set_text(arena, node, "recorded", timestamp_iso(arena, entry->recorded));
    for (size_t i = 0; i < reg->spec->field_count; i++) {
        const FormField *field = reg->spec->fields[i];
        const Node *value = node_get_str(entry->data, field->id);
        if (desk_register_shows(reg, field) && !node_is_null(value))
            node_set(arena, data, field->id, (Node *)value);
    }
    node_set(arena, node, STR("data"), data);
    return node;
}

bool staff_api_registers(Request *req, Response *res, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);
    Arena *arena = req->arena;
    Node *answer = node_map(arena), *list = node_list(arena);

    (void)err;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; desk_may_read(req, packages[i]) && k < packages[i]->register_count;
             k++) {
            const RegisterSpec *spec = &packages[i]->registers[k];
            Node *one = node_map(arena);
            node_set_text(arena, one, "id", spec->id);
            node_set_text(arena, one, "service", packages[i]->id);
            node_set_text(arena, one, "name", text_in(spec->name, STR("de")));
            node_append(arena, list, one);
        }
    node_set(arena, answer, STR("registers"), list);
    return respond_json(res, 200, answer, arena);
}

static bool list_entries(Request *req, Tx *tx, const DeskRegister *reg, RegisterAsked *asked,
                         Node *answer, Err *err)
{
    Arena *arena = req->arena;
    Node *list = node_list(arena);
    int limit = asked->query.limit;
    RegisterEntry *entries;
    Str *sorted;
    size_t count;

    asked->query.limit++;
    if (!register_select(tx, &asked->query, arena, &entries, &sorted, &count, err))
        return false;
    bool more = count > (size_t)limit;
    for (size_t i = 0; i < count && i < (size_t)limit; i++)
        node_append(arena, list, entry_node(req, reg, &entries[i]));
    node_set(arena, answer, STR("entries"), list);
    if (more)
        node_set_text(arena, answer, "next",
                      str_printf(arena, "%.*s%snach=%s&zeile=%lld&limit=%d",
                                 STR_ARG(asked->address), asked->address.len ? "&" : "",
                                 url_part(arena, sorted[limit - 1]),
                                 (long long)entries[limit - 1].row, limit));
    return true;
}

static bool read_place(const Request *req, RegisterQuery *query, Err *err)
{
    const char *wrong = desk_register_place(req, query);

    return !wrong ||
           err_field(err, wrong,
                     "this is no place in the list: send the `next` of the answer before as it is");
}

/* The address may name what the desk offers, and the place in the list. */
static bool check_names(const Request *req, const RegisterAsked *asked, Err *err)
{
    static const char *const NAMES[] = {"suche", "gilt",  "bekannt", "sortiert",
                                        "nach",  "zeile", "limit"};
    size_t count = sizeof NAMES / sizeof *NAMES;
    const char **known = arena_array(req->arena, const char *, count + asked->filter_count * 2 + 1);

    memcpy(known, NAMES, sizeof NAMES);
    for (size_t i = 0; i < asked->filter_count; i++) {
        const FilterView *filter = &asked->filters[i];
        if (filter->kind != FILTER_DATE) {
            known[count++] = str_cstr(req->arena, filter->name);
            continue;
        }
        known[count++] = arena_printf(req->arena, "%.*s_von", STR_ARG(filter->name));
        known[count++] = arena_printf(req->arena, "%.*s_bis", STR_ARG(filter->name));
    }
    known[count] = NULL;
    return query_known(req, known, err);
}

bool staff_api_register(Request *req, Response *res, Err *err)
{
    Node *answer = node_map(req->arena);
    Str limit = request_query(req, "limit");
    int64_t rows = LIMIT;
    RegisterAsked asked;
    DeskRegister reg;

    if (!desk_register(req, &reg, err))
        return false;
    if (limit.ptr && (!str_to_i64(limit, &rows) || rows < 1 || rows > LIMIT_MAX))
        return err_field(err, "limit", "limit must be a whole number from 1 to %d", LIMIT_MAX);
    reg.sensitive = reg.sensitive && desk_register_may(req, &reg, "register.export");
    desk_register_asked(req, &reg, &asked);
    if (!check_names(req, &asked, err) || !read_place(req, &asked.query, err))
        return false;
    if (asked.problem.ptr)
        return err_set(err, ERR_INPUT, "%.*s", STR_ARG(asked.problem));
    asked.query.limit = (int)rows;
    if (!desk_register_note_export(req, &reg, "api", &asked, err))
        return false;
    Tx *tx = db_read(req->tenant->db, err);
    if (!tx)
        return false;
    bool ok = list_entries(req, tx, &reg, &asked, answer, err);
    tx_end(tx);
    return ok && respond_json(res, 200, answer, req->arena);
}

bool staff_api_entry_answer(Request *req, Response *res, int status, int64_t id, bool note,
                            Err *err)
{
    Arena *arena = req->arena;
    RegisterEntry entry, *history = NULL;
    Node *list = node_list(arena);
    DeskRegister reg;
    int64_t version = 0;
    size_t count = 0;
    Tx *tx;

    if (!desk_register(req, &reg, err) || !(tx = db_read(req->tenant->db, err)))
        return false;
    bool ok = register_by_id(tx, reg.spec->id, id, arena, &entry, err) &&
              register_act_basis(tx, reg.spec->id, id, &version, err) &&
              register_history(tx, id, arena, &history, &count, err);
    tx_end(tx);
    if (!ok || (note &&
                !desk_register_note_look(req, &reg, &entry, "über die Schnittstelle gelesen", err)))
        return false;
    Node *node = entry_node(req, &reg, &entry);

    node_set(arena, node, STR("version"), node_int(arena, version));
    for (size_t i = 0; i < count; i++) {
        Node *row = entry_node(req, &reg, &history[i]);
        if (history[i].superseded)
            node_set_text(arena, row, "superseded", timestamp_iso(arena, history[i].superseded));
        node_append(arena, list, row);
    }
    node_set(arena, node, STR("history"), list);
    return respond_json(res, status, node, arena);
}

bool staff_api_entry(Request *req, Response *res, Err *err)
{
    int64_t id = 0;

    str_to_i64(request_param(req, "eintrag"), &id);
    return staff_api_entry_answer(req, res, 200, id, true, err);
}
