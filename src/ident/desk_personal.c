/* SPDX-License-Identifier: EUPL-1.2 */
/* Accounts of staff, for who has staff.manage. */
#include "base/vec.h"
#include "core/page/out.h"
#include "ident/desk_personal.html.h"
#include "ident/internal.h"
#include "ident/views.h"

enum { FIELD_NAME, FIELD_LOGIN, FIELD_EMAIL, FIELD_ROLE, FIELD_OFFICE, FIELD_SERVICE };

static Str office_name(const Request *req, Str office)
{
    const Node *offices = node_get(req->tenant->settings, "offices");
    Str name = text_in(node_get(node_get_str(offices, office), "name"), req->lang);

    return name.len ? name : office;
}

static Str grant_text(Request *req, const Grant *grant)
{
    const Role *role = ident_role(grant->role);
    Buf text = buf_in(req->arena);

    buf_add(&text, role ? tr(req->lang, role->label) : grant->role);
    if (grant->office.len) {
        buf_add_c(&text, ", ");
        buf_add(&text, office_name(req, grant->office));
    }
    if (grant->service.len) {
        buf_add_c(&text, ", ");
        buf_add(&text, grant->service);
    }
    return buf_str(&text);
}

static PersonalRow row_view(Request *req, const StaffRow *row)
{
    Buf roles = buf_in(req->arena);

    for (size_t i = 0; i < row->staff.grant_count; i++) {
        buf_add_c(&roles, i ? "; " : "");
        buf_add(&roles, grant_text(req, &row->staff.grants[i]));
    }
    return (PersonalRow){.id = row->staff.id,
                         .name = row->staff.name,
                         .login = row->staff.login,
                         .roles = roles.len ? buf_str(&roles) : tr(req->lang, "keine"),
                         .has_totp = row->totp.ptr != NULL,
                         .active = row->active};
}

static bool desk_send(Request *req, Response *res, Out *out, Str title, bool wide)
{
    PageFrame frame = {
        .area = AREA_DESK, .title = title, .active = STR("/desk/personal"), .wide = wide};

    return page_send(req, res, &frame, out_html(out));
}

bool personal_page(Request *req, Response *res, Err *err)
{
    StaffRow *rows;
    size_t count;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = staff_rows(tx, req->arena, &rows, &count, err);
    tx_end(tx);
    if (!ok)
        return false;
    PersonalRow *views = arena_array(req->arena, PersonalRow, count);
    for (size_t i = 0; i < count; i++)
        views[i] = row_view(req, &rows[i]);
    Out out = out_for(req);
    page_personal_list(&out, views, count);
    return desk_send(req, res, &out, tr(req->lang, "Personal"), true);
}

/* --- The form ----------------------------------------------------------------------------------
 */

typedef struct OptionList {
    OptionView *items;
    size_t count, capacity;
} OptionList;

static void option_add(Request *req, OptionList *list, const char *field, Str value, Str label)
{
    bool selected = value.len && str_eq(request_form(req, field), value);

    VEC_PUSH(req->arena, list, (OptionView){.value = value, .label = label, .selected = selected});
}

static FieldView choice(Request *req, const char *name, const char *label, const char *hint,
                        const OptionList *list)
{
    return (FieldView){.id = str_c(name),
                       .name = str_c(name),
                       .label = tr(req->lang, label),
                       .hint = hint ? tr(req->lang, hint) : STR_NONE,
                       .optional = hint != NULL,
                       .options = list->items,
                       .option_count = list->count};
}

static FieldView text(Request *req, const char *name, const char *label, const char *type)
{
    return (FieldView){.id = str_c(name),
                       .name = str_c(name),
                       .label = tr(req->lang, label),
                       .value = request_form(req, name),
                       .type = type,
                       .autocomplete = STR("off"),
                       .max_length = 200};
}

static void services_list(Request *req, OptionList *list)
{
    Str id;

    for (size_t i = 0; (id = tenant_service(req->tenant, i)).ptr; i++)
        option_add(req, list, "leistung", id, id);
}

static void form_fill(Request *req, PersonalForm *form)
{
    const Node *offices = node_get(req->tenant->settings, "offices");
    OptionList roles = {0};
    OptionList office_list = {0};
    OptionList services = {0};

    for (const Role *role = IDENT_ROLES; role->name; role++)
        option_add(req, &roles, "rolle", str_c(role->name), tr(req->lang, role->label));
    for (size_t i = 0; offices && i < offices->count; i++)
        option_add(req, &office_list, "amt", offices->keys[i], office_name(req, offices->keys[i]));
    services_list(req, &services);
    form->fields[FIELD_NAME] = text(req, "name", "Vor- und Nachname", "text");
    form->fields[FIELD_LOGIN] = text(req, "login", "Anmeldename", "text");
    form->fields[FIELD_EMAIL] = text(req, "email", "E-Mail-Adresse", "email");
    form->fields[FIELD_ROLE] = choice(req, "rolle", "Rolle", NULL, &roles);
    form->fields[FIELD_OFFICE] =
        choice(req, "amt", "Amt", "Ohne Auswahl gilt die Rolle für alle Ämter.", &office_list);
    form->fields[FIELD_SERVICE] = choice(
        req, "leistung", "Leistung", "Ohne Auswahl gilt die Rolle für alle Leistungen.", &services);
}

static void form_fail(Request *req, PersonalForm *form, int field, const char *german)
{
    field_fail(&form->fields[field], form->errors, &form->error_count, tr(req->lang, german));
}

static Grant form_grant(Request *req, PersonalForm *form)
{
    Grant grant = {request_form(req, "rolle"), request_form(req, "amt"),
                   request_form(req, "leistung")};

    switch (staff_grant_fault(req->tenant, &grant)) {
    case GRANT_GOOD: break;
    case GRANT_NO_ROLE: form_fail(req, form, FIELD_ROLE, "Bitte wählen Sie eine Rolle."); break;
    case GRANT_NO_OFFICE: form_fail(req, form, FIELD_OFFICE, "Dieses Amt gibt es nicht."); break;
    case GRANT_NO_SERVICE:
        form_fail(req, form, FIELD_SERVICE, "Diese Leistung bietet die Stadt nicht an.");
        break;
    }
    return grant;
}

/* --- A new account
 * -------------------------------------------------------------------------------- */

static bool new_send(Request *req, Response *res, const PersonalForm *form)
{
    Out out = out_for(req);

    page_personal_new(&out, form);
    res->status = form->error_count ? 422 : 200;
    return desk_send(req, res, &out, tr(req->lang, "Konto anlegen"), false);
}

bool personal_new_page(Request *req, Response *res, Err *err)
{
    PersonalForm *form = arena_new(req->arena, PersonalForm);

    (void)err;
    form_fill(req, form);
    return new_send(req, res, form);
}

typedef struct Change {
    int64_t id;
    Staff staff;
    Grant grant;
    Str hash;
    Str actor;
    bool active;
} Change;

static bool add_write(Tx *tx, void *context, Err *err)
{
    Change *change = context;

    return staff_add(tx, &change->staff, change->hash, true, change->actor, &change->id, err);
}

static bool password_shown(Request *req, Response *res, const Staff *staff, Str password)
{
    Out out = out_for(req);

    page_personal_password(&out, staff->name, staff->login, password, staff->id);
    return desk_send(req, res, &out, tr(req->lang, "Erstes Passwort"), false);
}

bool personal_new_post(Request *req, Response *res, Err *err)
{
    PersonalForm *form = arena_new(req->arena, PersonalForm);
    Change change = {.staff = {.name = str_trim(request_form(req, "name")),
                               .login = str_lower(req->arena, str_trim(request_form(req, "login"))),
                               .email = str_trim(request_form(req, "email"))},
                     .actor = request_actor(req)};

    form_fill(req, form);
    if (!staff_name_ok(change.staff.name))
        form_fail(req, form, FIELD_NAME, "Bitte geben Sie den Namen ein.");
    const char *problem = staff_login_problem(change.staff.login);
    if (problem)
        form_fail(req, form, FIELD_LOGIN, problem);
    if (change.staff.email.len && !email_plausible(change.staff.email))
        form_fail(req, form, FIELD_EMAIL, "Bitte geben Sie eine vollständige E-Mail-Adresse ein.");
    change.grant = form_grant(req, form);
    change.staff.grants = &change.grant;
    change.staff.grant_count = 1;
    if (form->error_count)
        return new_send(req, res, form);
    if (!change.staff.email.ptr)
        change.staff.email = STR("");
    Str password = password_make(req->arena);
    if (!password_hash(req->arena, password, &change.hash, err))
        return false;
    if (!db_write(req->tenant->db, add_write, &change, err)) {
        if (err->kind != ERR_CONFLICT)
            return false;
        form_fail(req, form, FIELD_LOGIN, "Diesen Anmeldenamen gibt es schon.");
        return new_send(req, res, form);
    }
    change.staff.id = change.id;
    return password_shown(req, res, &change.staff, password);
}

/* --- One account
 * ------------------------------------------------------------------------------------ */

static bool one_read(Request *req, StaffRow *row, Err *err)
{
    int64_t id;

    if (!str_to_i64(request_param(req, "id"), &id))
        return err_set(err, ERR_NOT_FOUND, "Dieses Konto gibt es nicht.");
    return staff_row_read(req, id, row, err);
}

static PersonalView *one_view(Request *req, const StaffRow *row)
{
    PersonalView *view = arena_new(req->arena, PersonalView);

    view->row = row_view(req, row);
    view->facts[view->fact_count++] =
        (FactView){.label = tr(req->lang, "Anmeldename"), .value = row->staff.login};
    view->facts[view->fact_count++] =
        (FactView){.label = tr(req->lang, "E-Mail-Adresse"), .value = row->staff.email};
    view->facts[view->fact_count++] =
        (FactView){.label = tr(req->lang, "Zweiter Faktor"),
                   .value = tr(req->lang, row->totp.ptr ? "eingerichtet" : "nein")};
    view->facts[view->fact_count++] =
        (FactView){.label = tr(req->lang, "Stand"),
                   .value = tr(req->lang, row->active ? "aktiv" : "gesperrt")};
    view->grants = arena_array(req->arena, GrantView, row->staff.grant_count);
    view->grant_count = row->staff.grant_count;
    for (size_t i = 0; i < row->staff.grant_count; i++)
        view->grants[i] = (GrantView){row->staff.grants[i], grant_text(req, &row->staff.grants[i])};
    form_fill(req, &view->form);
    return view;
}

static bool one_send(Request *req, Response *res, const PersonalView *view)
{
    Out out = out_for(req);

    page_personal_one(&out, view);
    res->status = view->form.error_count ? 422 : view->refusal.len ? 409 : 200;
    return desk_send(req, res, &out, view->row.name, false);
}

bool personal_one_page(Request *req, Response *res, Err *err)
{
    StaffRow row;

    return one_read(req, &row, err) && one_send(req, res, one_view(req, &row));
}

/* Write, then show the account anew with what happened. */
static bool change_and_show(Request *req, Response *res, WriteFn fn, Change *change,
                            const char *notice, Err *err)
{
    StaffRow row;

    change->actor = request_actor(req);
    if (!one_read(req, &row, err))
        return false;
    change->id = row.staff.id;
    if (!db_write(req->tenant->db, fn, change, err) || !one_read(req, &row, err))
        return false;
    PersonalView *view = one_view(req, &row);
    view->notice = tr(req->lang, notice);
    return one_send(req, res, view);
}

static bool grant_write(Tx *tx, void *context, Err *err)
{
    const Change *change = context;

    return staff_grant(tx, change->id, &change->grant, change->actor, err);
}

bool personal_grant_post(Request *req, Response *res, Err *err)
{
    StaffRow row;

    if (!one_read(req, &row, err))
        return false;
    PersonalView *view = one_view(req, &row);
    Change change = {.grant = form_grant(req, &view->form)};
    if (view->form.error_count)
        return one_send(req, res, view);
    return change_and_show(req, res, grant_write, &change, "Die Rolle ist gegeben.", err);
}

static bool ungrant_write(Tx *tx, void *context, Err *err)
{
    const Change *change = context;

    return staff_ungrant(tx, change->id, &change->grant, change->actor, err);
}

/* Nobody locks themselves out: the last way back would be the command line. */
static bool is_oneself(const Request *req)
{
    int64_t id;

    return str_to_i64(request_param(req, "id"), &id) && id == req->session.staff_id;
}

/* Say why not, on the page of the account. */
static bool refuse_oneself(Request *req, Response *res, const char *german, Err *err)
{
    StaffRow row;

    if (!one_read(req, &row, err))
        return false;
    PersonalView *view = one_view(req, &row);
    view->refusal = tr(req->lang, german);
    return one_send(req, res, view);
}

bool personal_ungrant_post(Request *req, Response *res, Err *err)
{
    Change change = {.grant = {request_form(req, "rolle"), request_form(req, "amt"),
                               request_form(req, "leistung")}};

    if (is_oneself(req) && str_is(change.grant.role, "admin"))
        return refuse_oneself(req, res,
                              "Sich selbst können Sie die Verwaltung nicht nehmen. Das kann nur "
                              "jemand anderes tun, der sie hat.",
                              err);
    return change_and_show(req, res, ungrant_write, &change, "Die Rolle ist entzogen.", err);
}

static bool active_write(Tx *tx, void *context, Err *err)
{
    const Change *change = context;

    return staff_set_active(tx, change->id, change->active, change->actor, err);
}

bool personal_active_post(Request *req, Response *res, Err *err)
{
    Change change = {.active = str_is(request_form(req, "aktiv"), "ja")};

    if (is_oneself(req))
        return refuse_oneself(req, res,
                              "Ihr eigenes Konto können Sie nicht sperren. Das kann nur jemand "
                              "anderes tun, der Konten verwaltet.",
                              err);
    return change_and_show(req, res, active_write, &change,
                           change.active ? "Das Konto ist wieder aktiv."
                                         : "Das Konto ist gesperrt. Wer angemeldet war, ist es "
                                           "nicht mehr.",
                           err);
}

static bool password_write(Tx *tx, void *context, Err *err)
{
    const Change *change = context;

    return staff_set_password(tx, change->id, change->hash, true, change->actor, err) &&
           sessions_end_of_staff(tx, change->id, STR_NONE, err) &&
           attempt_clear(tx, change->staff.login, err);
}

bool personal_password_post(Request *req, Response *res, Err *err)
{
    StaffRow row;
    Change change = {.actor = request_actor(req)};
    Str password = password_make(req->arena);

    if (!one_read(req, &row, err) || !password_hash(req->arena, password, &change.hash, err))
        return false;
    change.id = row.staff.id;
    change.staff.login = str_printf(req->arena, "staff:%.*s", STR_ARG(row.staff.login));
    return db_write(req->tenant->db, password_write, &change, err) &&
           password_shown(req, res, &row.staff, password);
}

static bool totp_write(Tx *tx, void *context, Err *err)
{
    const Change *change = context;

    return staff_remove_totp(tx, change->id, change->actor, err);
}

bool personal_totp_post(Request *req, Response *res, Err *err)
{
    Change change = {0};

    return change_and_show(req, res, totp_write, &change, "Der zweite Faktor ist zurückgesetzt.",
                           err);
}
