/* SPDX-License-Identifier: EUPL-1.2 */
#include "ident/internal.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "core/folder.h"
#include "core/store/event.h"
#include "core/store/rows.h"

const char *staff_login_problem(Str login)
{
    if (login.len < 2 || login.len > 60)
        return "Der Anmeldename hat 2 bis 60 Zeichen.";
    for (size_t i = 0; i < login.len; i++) {
        char c = login.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c != '\0' && strchr(".-_@", c))))
            return "Der Anmeldename besteht aus kleinen Buchstaben ohne Umlaute, Ziffern, Punkt "
                   "und "
                   "Bindestrich.";
    }
    return NULL;
}

bool staff_name_ok(Str name)
{
    return name.len >= 2 && name.len <= 200 && utf8_valid_text(name) && !utf8_blank(name);
}

GrantFault staff_grant_fault(Tenant *tenant, const Grant *grant)
{
    const Node *offices = node_get(tenant->settings, "offices");
    Str service = STR("");

    if (!ident_role(grant->role))
        return GRANT_NO_ROLE;
    if (grant->office.len && !node_get_str(offices, grant->office))
        return GRANT_NO_OFFICE;
    for (size_t i = 0; grant->service.len && service.ptr; i++) {
        service = tenant_service(tenant, i);
        if (str_eq(service, grant->service))
            return GRANT_GOOD;
    }
    return grant->service.len ? GRANT_NO_SERVICE : GRANT_GOOD;
}

/* --- Reading ------------------------------------------------------------------------------- */

#define STAFF_COLUMNS                                                               \
    "SELECT id, login, name, email, password, must_change, active, totp, totp_step" \
    " FROM staff "

static StaffRow staff_from_row(Rows *rows)
{
    return (StaffRow){.staff = {.id = row_int(rows, 0),
                                .login = row_text(rows, 1),
                                .name = row_text(rows, 2),
                                .email = row_text(rows, 3)},
                      .password = row_text(rows, 4),
                      .must_change = row_int(rows, 5) != 0,
                      .active = row_int(rows, 6) != 0,
                      .totp = row_text(rows, 7),
                      .totp_step = row_int(rows, 8)};
}

static Str or_none(Str text)
{
    return text.len ? text : STR_NONE;
}

bool staff_grants(Tx *tx, Arena *arena, Staff *staff, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT role, office, service FROM staff_grant WHERE staff_id = $1"
                          " ORDER BY role, office, service",
                          P_INT(staff->id));

    return ROWS_LIST(
        rows, arena, &staff->grants, &staff->grant_count, err,
        (Grant){row_text(rows, 0), or_none(row_text(rows, 1)), or_none(row_text(rows, 2))});
}

static bool row_one(Tx *tx, Rows *rows, Arena *arena, StaffRow *out, Err *err)
{
    if (!rows_one(rows, "Dieses Konto gibt es nicht.", err))
        return false;
    *out = staff_from_row(rows);
    rows_end(rows);
    return staff_grants(tx, arena, &out->staff, err);
}

bool staff_row_by_login(Tx *tx, Str login, Arena *arena, StaffRow *out, Err *err)
{
    return row_one(tx, tx_query(tx, arena, err, STAFF_COLUMNS "WHERE login = $1", P_TEXT(login)),
                   arena, out, err);
}

bool staff_row_by_id(Tx *tx, int64_t id, Arena *arena, StaffRow *out, Err *err)
{
    return row_one(tx, tx_query(tx, arena, err, STAFF_COLUMNS "WHERE id = $1", P_INT(id)), arena,
                   out, err);
}

bool staff_rows(Tx *tx, Arena *arena, StaffRow **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, STAFF_COLUMNS "ORDER BY active DESC, name, login");
    bool ok = ROWS_LIST(rows, arena, out, count, err, staff_from_row(rows));

    for (size_t i = 0; ok && i < *count; i++)
        ok = staff_grants(tx, arena, &(*out)[i].staff, err);
    return ok;
}

bool ident_staff_by_id(Tx *tx, int64_t id, Arena *arena, Staff *out, Err *err)
{
    StaffRow row;

    if (!staff_row_by_id(tx, id, arena, &row, err))
        return false;
    *out = row.staff;
    return true;
}

bool ident_staff_list(Tx *tx, Arena *arena, Staff **out, size_t *count, Err *err)
{
    StaffRow *rows;
    size_t row_count;

    if (!staff_rows(tx, arena, &rows, &row_count, err))
        return false;
    *out = arena_array(arena, Staff, row_count);
    *count = 0;
    for (size_t i = 0; i < row_count; i++)
        if (rows[i].active)
            (*out)[(*count)++] = rows[i].staff;
    return true;
}

bool ident_staff_names(Tx *tx, Arena *arena, StaffName **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, "SELECT id, name FROM staff ORDER BY id");

    return ROWS_LIST(rows, arena, out, count, err,
                     (StaffName){row_int(rows, 0), row_text(rows, 1)});
}

bool ident_staff_of_office(Tx *tx, Str office, const char *permission, Arena *arena,
                           StaffName **out, size_t *count, Err *err)
{
    struct {
        StaffName *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT s.id, s.name, g.role FROM staff s JOIN staff_grant g ON "
                          "g.staff_id = s.id WHERE s.active = 1 AND ($1 = '*' OR g.office = '' OR "
                          "g.office = $1) ORDER BY s.name, s.id",
                          P_TEXT(office));

    if (!rows)
        return false;
    err_clear(err);
    while (rows_next(rows, err)) {
        int64_t id = row_int(rows, 0);

        if ((list.count == 0 || list.items[list.count - 1].id != id) &&
            ident_role_has(row_text(rows, 2), permission))
            VEC_PUSH(arena, &list, (StaffName){id, row_text(rows, 1)});
    }
    *out = list.items;
    *count = list.count;
    return err->kind == ERR_NONE;
}

/* --- Writing -------------------------------------------------------------------------------- */

static bool note(Tx *tx, const char *type, int64_t id, Str actor, const Grant *grant, Err *err)
{
    Arena *arena = arena_create(1024);
    Node *data = NULL;

    if (grant) {
        data = node_map(arena);
        node_set(arena, data, STR("role"), node_string(arena, grant->role));
        if (grant->office.len)
            node_set(arena, data, STR("office"), node_string(arena, grant->office));
        if (grant->service.len)
            node_set(arena, data, STR("service"), node_string(arena, grant->service));
    }
    bool ok = event_add(tx, type, event_staff(arena, id), actor, data, err);
    arena_destroy(arena);
    return ok;
}

bool staff_add(Tx *tx, const Staff *staff, Str hash, bool must_change, Str actor, int64_t *id,
               Err *err)
{
    if (!tx_insert(tx, err, id,
                   "INSERT INTO staff (login, name, email, password, must_change, active,"
                   " totp_step, created_at) VALUES ($1, $2, $3, $4, $5, 1, 0, $6)",
                   P_TEXT(staff->login), P_TEXT(staff->name), P_TEXT(staff->email), P_TEXT(hash),
                   P_INT(must_change), P_INT(tx_now(tx))) ||
        !note(tx, "staff.added", *id, actor, NULL, err))
        return false;
    for (size_t i = 0; i < staff->grant_count; i++)
        if (!staff_grant(tx, *id, &staff->grants[i], actor, err))
            return false;
    return true;
}

bool staff_grant(Tx *tx, int64_t id, const Grant *grant, Str actor, Err *err)
{
    if (!ident_role(grant->role))
        return err_set(err, ERR_INPUT, "Die Rolle „%.*s“ gibt es nicht.", STR_ARG(grant->role));
    return tx_exec(tx, err,
                   "INSERT INTO staff_grant (staff_id, role, office, service)"
                   " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                   P_INT(id), P_TEXT(grant->role),
                   P_TEXT(grant->office.len ? grant->office : STR("")),
                   P_TEXT(grant->service.len ? grant->service : STR(""))) &&
           note(tx, "staff.granted", id, actor, grant, err);
}

bool staff_ungrant(Tx *tx, int64_t id, const Grant *grant, Str actor, Err *err)
{
    return tx_exec(tx, err,
                   "DELETE FROM staff_grant WHERE staff_id = $1 AND role = $2 AND office = $3"
                   " AND service = $4",
                   P_INT(id), P_TEXT(grant->role),
                   P_TEXT(grant->office.len ? grant->office : STR("")),
                   P_TEXT(grant->service.len ? grant->service : STR(""))) &&
           note(tx, "staff.ungranted", id, actor, grant, err);
}

bool staff_set_password(Tx *tx, int64_t id, Str hash, bool must_change, Str actor, Err *err)
{
    return tx_exec(tx, err, "UPDATE staff SET password = $2, must_change = $3 WHERE id = $1",
                   P_INT(id), P_TEXT(hash), P_INT(must_change)) &&
           note(tx, must_change ? "staff.password_reset" : "staff.password_changed", id, actor,
                NULL, err);
}

bool staff_set_active(Tx *tx, int64_t id, bool active, Str actor, Err *err)
{
    return tx_exec(tx, err, "UPDATE staff SET active = $2, left_at = $3 WHERE id = $1", P_INT(id),
                   P_INT(active), active ? P_NULL : P_INT(tx_now(tx))) &&
           (active || sessions_end_of_staff(tx, id, STR_NONE, err)) &&
           note(tx, active ? "staff.activated" : "staff.deactivated", id, actor, NULL, err);
}

bool staff_remove_totp(Tx *tx, int64_t id, Str actor, Err *err)
{
    return tx_exec(tx, err, "UPDATE staff SET totp = NULL, totp_step = 0 WHERE id = $1",
                   P_INT(id)) &&
           tx_exec(tx, err, "DELETE FROM staff_recovery WHERE staff_id = $1", P_INT(id)) &&
           note(tx, "staff.totp_removed", id, actor, NULL, err);
}

/* --- The demonstration town's people --------------------------------------------------------- */

typedef struct People {
    Staff *items;
    Str *hashes;
    size_t count;
} People;

static bool people_write(Tx *tx, void *context, Err *err)
{
    const People *people = context;
    int64_t existing = 0;

    if (!tx_query_int(tx, err, &existing, "SELECT COUNT(*) FROM staff"))
        return false;
    for (size_t i = 0; existing == 0 && i < people->count; i++) {
        int64_t id;
        if (!staff_add(tx, &people->items[i], people->hashes[i], false, STR("system"), &id, err))
            return err_context(err, "people.yaml, \"%.*s\"", STR_ARG(people->items[i].login));
    }
    return true;
}

static void person_read(const Node *node, Arena *arena, Staff *out)
{
    const Node *grants = node_get(node, "grants");

    *out = (Staff){.login = node_get_text(node, "login"),
                   .name = node_get_text(node, "name"),
                   .email = node_get_text(node, "email")};
    if (!grants)
        return;
    out->grants = arena_array(arena, Grant, grants->count);
    out->grant_count = grants->count;
    for (size_t i = 0; i < grants->count; i++)
        out->grants[i] = (Grant){.role = node_get_text(grants->items[i], "role"),
                                 .office = node_get_text(grants->items[i], "office"),
                                 .service = node_get_text(grants->items[i], "service")};
}

/* What is kept of a person's password: given, or made now. */
static bool person_hash(const Node *node, Arena *arena, Str *out, Err *err)
{
    *out = node_get_text(node, "hash");
    return out->len || password_hash(arena, node_get_text(node, "password"), out, err);
}

static bool people_read(Tenant *tenant, Arena *arena, People *out, Err *err)
{
    char *path = arena_printf(arena, "%.*s/people.yaml", STR_ARG(tenant->folder));
    Str text;

    if (!folder_read_file(path, 1 << 20, arena, &text, err))
        return false;
    Node *list = node_parse_yaml(arena, text, path, &NODE_LIMITS_PACKAGE, err);
    if (!list)
        return false;
    out->count = list->count;
    out->items = arena_array(arena, Staff, list->count);
    out->hashes = arena_array(arena, Str, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const Node *node = list->items[i];
        person_read(node, arena, &out->items[i]);
        if (!out->items[i].login.len || !out->items[i].name.len)
            return err_at(err, path, node->line, node->column, "a person needs login and name");
        if (!out->items[i].email.ptr)
            out->items[i].email = STR("");
        if (!person_hash(node, arena, &out->hashes[i], err))
            return false;
    }
    return true;
}

static bool staff_exist(Tenant *tenant, bool *exist, Err *err)
{
    int64_t count = 0;
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = tx_query_int(tx, err, &count, "SELECT COUNT(*) FROM staff");
    tx_end(tx);
    *exist = count > 0;
    return ok;
}

/* Their passwords stand in the open, so they are let in nowhere but in the demonstration town of a
 * demonstration: other towns beside it may have been made from the same folder. */
bool staff_import(Tenant *tenant, Err *err)
{
    bool exist;
    People people = {0};

    if (!app_options(tenant->app)->demo || !str_eq(tenant->name, DEMO_TENANT))
        return true;
    if (!staff_exist(tenant, &exist, err))
        return false;
    if (exist)
        return true;
    Arena *arena = arena_create(0);
    bool ok = people_read(tenant, arena, &people, err);
    if (!ok && err->kind == ERR_NOT_FOUND) {
        err_clear(err);
        ok = true;
    }
    ok = ok && db_write(tenant->db, people_write, &people, err);
    arena_destroy(arena);
    return ok;
}
