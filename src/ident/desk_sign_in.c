/* SPDX-License-Identifier: EUPL-1.2 */
/* Staff sign in: password, then what is still missing (a code, a password of their own). */
#include "core/page/out.h"
#include "core/store/event.h"
#include "ident/desk_sign_in.html.h"
#include "ident/internal.h"
#include "ident/views.h"

Str desk_home(const Request *req, const Staff *staff)
{
    size_t count;
    const Engine *const *engines = app_engines(req->app, &count);

    /* Engines stand in main.c from the ground up; the work itself is on top. */
    for (size_t i = count; i-- > 0;)
        for (const NavItem *item = engines[i]->navigation; item && item->path; item++)
            if (!item->permission || ident_may(staff, item->permission, STR_NONE, STR_NONE))
                return str_c(item->path);
    return STR("/desk/konto");
}

bool desk_home_page(Request *req, Response *res, Err *err)
{
    (void)err;
    return respond_redirect(req, res, desk_home(req, req->session.staff));
}

static Str field_id(const char *name)
{
    return str_c(name);
}

static FieldView text_field(Request *req, const char *name, const char *label, const char *type,
                            const char *autocomplete)
{
    return (FieldView){.id = field_id(name),
                       .name = str_c(name),
                       .label = tr(req->lang, label),
                       .type = type,
                       .autocomplete = str_c(autocomplete)};
}

static bool sign_in_send(Request *req, Response *res, const SignInView *view, int status)
{
    Out out = out_for(req);

    page_sign_in_staff(&out, view);
    PageFrame frame = {.area = AREA_PLAIN, .title = tr(req->lang, "Am Schreibtisch anmelden")};
    res->status = status;
    return page_send(req, res, &frame, out_html(&out));
}

static SignInView *sign_in_view(Request *req)
{
    SignInView *view = arena_new(req->arena, SignInView);
    bool post = str_is(req->method, "POST");

    view->target =
        back_target(post ? request_form(req, "weiter") : request_query(req, "weiter"), "");
    view->fields[0] = text_field(req, "login", "Anmeldename", "text", "username");
    view->fields[1] = text_field(req, "password", "Passwort", "password", "current-password");
    view->fields[0].value = request_form(req, "login");
    view->fields[0].max_length = 60;
    return view;
}

bool sign_in_page(Request *req, Response *res, Err *err)
{
    (void)err;
    if (req->session.staff_id)
        return respond_redirect(req, res, desk_home(req, req->session.staff));
    return sign_in_send(req, res, sign_in_view(req), 0);
}

/* --- Password ------------------------------------------------------------------------------- */

typedef struct SignIn {
    Str login;
    Str account_key;
    Str address_key;
    Timestamp now;
    Arena *arena;
    bool known;
    StaffRow row;
    int64_t wait_ms;
    bool right;
} SignIn;

/* An unknown login is refused and counted as a known one with a wrong password. */
static bool sign_in_look(SignIn *in, Db *db, Err *err)
{
    int64_t address_wait = 0;
    Tx *tx = db_read(db, err);

    if (!tx)
        return false;
    bool ok = attempt_wait(tx, in->account_key, FREE_FAILURES, in->now, &in->wait_ms, err) &&
              attempt_wait(tx, in->address_key, FREE_FAILURES_ADDRESS, in->now, &address_wait, err);
    if (address_wait > in->wait_ms)
        in->wait_ms = address_wait;
    err_clear(err);
    in->known = ok && staff_row_by_login(tx, in->login, in->arena, &in->row, err);
    if (ok && !in->known && err->kind != ERR_NOT_FOUND)
        ok = false;
    tx_end(tx);
    return ok;
}

static bool sign_in_note(Tx *tx, void *context, Err *err)
{
    const SignIn *in = context;

    if (in->right)
        return attempt_clear(tx, in->account_key, err);
    return attempt_failed(tx, in->account_key, in->now, err) &&
           attempt_failed(tx, in->address_key, in->now, err);
}

static Str wait_text(Request *req, int64_t wait_ms)
{
    int64_t minutes = (wait_ms + MINUTE - 1) / MINUTE;

    if (minutes <= 1)
        return tr(req->lang, "Zu viele Versuche. Bitte warten Sie eine Minute.");
    return trf(req->arena, req->lang, "Zu viele Versuche. Bitte warten Sie %d Minuten.",
               (int)minutes);
}

/* The stage of a new session, and the page that completes it. */
static const char *next_stage(const StaffRow *row, const char **page)
{
    if (row->totp.ptr) {
        *page = "/desk/anmelden/code";
        return STAGE_CODE;
    }
    if (row->must_change) {
        *page = "/desk/anmelden/passwort";
        return STAGE_PASSWORD;
    }
    *page = NULL;
    return STAGE_FULL;
}

static Str with_target(Request *req, const char *page, Str target)
{
    if (!target.len)
        return str_c(page);
    return str_printf(req->arena, "%s?weiter=%s", page, url_part(req->arena, target));
}

static bool note_signed_in(Tx *tx, void *context, Err *err)
{
    return event_add(tx, "staff.signed_in", *(Str *)context, *(Str *)context, NULL, err);
}

static bool session_go(Request *req, Response *res, const StaffRow *row, const char *stage,
                       const char *page, Str target, Err *err)
{
    Str subject = event_staff(req->arena, row->staff.id);

    if (!session_start(req, res, 0, row->staff.id, stage, err))
        return false;
    if (page)
        return respond_redirect(req, res, with_target(req, page, target));
    if (!db_write(req->tenant->db, note_signed_in, &subject, err))
        return false;
    return respond_redirect(req, res, target.len ? target : desk_home(req, &row->staff));
}

bool sign_in_post(Request *req, Response *res, Err *err)
{
    SignInView *view = sign_in_view(req);
    Str login = str_lower(req->arena, str_trim(request_form(req, "login")));
    SignIn in = {.login = str_slice(login, 0, 100), .now = req->now, .arena = req->arena};

    in.account_key = str_printf(req->arena, "staff:%.*s", STR_ARG(in.login));
    in.address_key = attempt_address_key(req, "staff-address");
    if (!in.login.len)
        field_fail(&view->fields[0], view->errors, &view->error_count,
                   tr(req->lang, "Bitte geben Sie Ihren Anmeldenamen ein."));
    if (!request_form(req, "password").len)
        field_fail(&view->fields[1], view->errors, &view->error_count,
                   tr(req->lang, "Bitte geben Sie Ihr Passwort ein."));
    if (view->error_count)
        return sign_in_send(req, res, view, 422);
    if (password_busy())
        return err_set(err, ERR_TEMPORARY, "too many sign-ins at once");
    if (!sign_in_look(&in, req->tenant->db, err))
        return false;
    err_clear(err);
    if (in.wait_ms > 0) {
        field_fail(&view->fields[0], view->errors, &view->error_count, wait_text(req, in.wait_ms));
        response_header(res, "Retry-After",
                        str_printf(req->arena, "%lld", (long long)in.wait_ms / 1000 + 1));
        return sign_in_send(req, res, view, 429);
    }
    in.right =
        password_verify(in.known ? in.row.password : STR_NONE, request_form(req, "password")) &&
        in.row.active;
    if (!db_write(req->tenant->db, sign_in_note, &in, err))
        return false;
    if (!in.right) {
        field_fail(&view->fields[0], view->errors, &view->error_count,
                   tr(req->lang, "Anmeldename oder Passwort stimmen nicht."));
        return sign_in_send(req, res, view, 422);
    }
    const char *page;
    const char *stage = next_stage(&in.row, &page);
    return session_go(req, res, &in.row, stage, page, view->target, err);
}

bool sign_out_staff(Request *req, Response *res, Err *err)
{
    return ident_session_end(req, res, err) && respond_redirect(req, res, STR("/desk/anmelden"));
}

/* --- Code ---------------------------------------------------------------------------------------
 */

static SignInView *code_view(Request *req)
{
    SignInView *view = sign_in_view(req);

    view->fields[0] = text_field(req, "code", "Code", "text", "one-time-code");
    view->fields[0].width = FIELD_MEDIUM;
    view->fields[0].max_length = 20;
    return view;
}

static bool code_send(Request *req, Response *res, const SignInView *view, int status)
{
    Out out = out_for(req);

    page_sign_in_code(&out, view);
    PageFrame frame = {.area = AREA_PLAIN, .title = tr(req->lang, "Code eingeben")};
    res->status = status;
    return page_send(req, res, &frame, out_html(&out));
}

bool sign_in_code_page(Request *req, Response *res, Err *err)
{
    int64_t staff_id;

    if (!session_pending(req, STAGE_CODE, &staff_id, err))
        return false;
    if (!staff_id)
        return respond_redirect(req, res, STR("/desk/anmelden"));
    return code_send(req, res, code_view(req), 0);
}

typedef struct CodeTry {
    int64_t staff_id;
    Str typed;
    Str key;
    Arena *arena;
    const Tenant *tenant;
    StaffRow row;
    int64_t wait_ms;
    bool right;
} CodeTry;

/* A code counts once: the step must be later than the last one used. */
static bool code_by_app(Tx *tx, CodeTry *try, Err *err)
{
    unsigned char key[TOTP_KEY_BYTES];

    if (!staff_totp_key(try->tenant, &try->row, try->arena, key))
        return err_set(err, ERR_INTERNAL, "staff/%lld: the TOTP key cannot be read",
                       (long long)try->staff_id);
    int64_t step = totp_check(key, try->typed, tx_now(tx));
    try->right = step > try->row.totp_step;
    return !try->right || tx_exec(tx, err, "UPDATE staff SET totp_step = $2 WHERE id = $1",
                                  P_INT(try->staff_id), P_INT(step));
}

static bool code_by_recovery(Tx *tx, CodeTry *try, Err *err)
{
    int64_t changed = 0;
    Str hash = session_hash(try->arena, str_lower(try->arena, str_trim(try->typed)));

    if (!tx_exec_count(tx, err, &changed,
                       "DELETE FROM staff_recovery WHERE staff_id = $1 AND hash = $2",
                       P_INT(try->staff_id), P_TEXT(hash)))
        return false;
    try->right = changed == 1;
    return true;
}

static bool code_try(Tx *tx, void *context, Err *err)
{
    CodeTry *try = context;
    Timestamp now = tx_now(tx);

    try->right = false;
    if (!attempt_wait(tx, try->key, FREE_FAILURES, now, &try->wait_ms, err))
        return false;
    if (try->wait_ms > 0)
        return true;
    if (!staff_row_by_id(tx, try->staff_id, try->arena, &try->row, err))
        return false;
    if (try->row.totp.ptr && !code_by_app(tx, try, err))
        return false;
    if (!try->right && !code_by_recovery(tx, try, err))
        return false;
    return try->right ? attempt_clear(tx, try->key, err) : attempt_failed(tx, try->key, now, err);
}

bool sign_in_code_post(Request *req, Response *res, Err *err)
{
    SignInView *view = code_view(req);
    CodeTry try = {.typed = str_slice(request_form(req, "code"), 0, 40),
                   .arena = req->arena,
                   .tenant = req->tenant};

    if (!session_pending(req, STAGE_CODE, &try.staff_id, err))
        return false;
    if (!try.staff_id)
        return respond_redirect(req, res, STR("/desk/anmelden"));
    try.key = str_printf(req->arena, "code:%lld", (long long)try.staff_id);
    if (!db_write(req->tenant->db, code_try, &try, err))
        return false;
    if (!try.right) {
        field_fail(&view->fields[0], view->errors, &view->error_count,
                   try.wait_ms > 0 ? wait_text(req, try.wait_ms)
                                   : tr(req->lang, "Dieser Code stimmt nicht oder wurde schon "
                                                   "benutzt. Bitte geben Sie den nächsten ein."));
        return code_send(req, res, view, try.wait_ms > 0 ? 429 : 422);
    }
    bool change = try.row.must_change;
    return session_go(req, res, &try.row, change ? STAGE_PASSWORD : STAGE_FULL,
                      change ? "/desk/anmelden/passwort" : NULL, view->target, err);
}

/* --- A password of one's own
 * ------------------------------------------------------------------------ */

static SignInView *password_view(Request *req)
{
    SignInView *view = sign_in_view(req);

    view->fields[0] = text_field(req, "neu", "Neues Passwort", "password", "new-password");
    view->fields[0].hint = tr(req->lang, "Mindestens 12 Zeichen.");
    view->fields[1] =
        text_field(req, "wiederholung", "Neues Passwort wiederholen", "password", "new-password");
    return view;
}

static bool password_send(Request *req, Response *res, const SignInView *view, int status)
{
    Out out = out_for(req);

    page_sign_in_password(&out, view);
    PageFrame frame = {.area = AREA_PLAIN, .title = tr(req->lang, "Neues Passwort festlegen")};
    res->status = status;
    return page_send(req, res, &frame, out_html(&out));
}

bool sign_in_password_page(Request *req, Response *res, Err *err)
{
    int64_t staff_id;

    if (!session_pending(req, STAGE_PASSWORD, &staff_id, err))
        return false;
    if (!staff_id)
        return respond_redirect(req, res, STR("/desk/anmelden"));
    return password_send(req, res, password_view(req), 0);
}

typedef struct NewPassword {
    int64_t staff_id;
    Str hash;
    Str actor;
} NewPassword;

static bool new_password_write(Tx *tx, void *context, Err *err)
{
    const NewPassword *change = context;

    return staff_set_password(tx, change->staff_id, change->hash, false, change->actor, err) &&
           sessions_end_of_staff(tx, change->staff_id, STR_NONE, err);
}

bool sign_in_password_post(Request *req, Response *res, Err *err)
{
    SignInView *view = password_view(req);
    Str password = request_form(req, "neu");
    NewPassword change = {0};
    StaffRow row;

    if (!session_pending(req, STAGE_PASSWORD, &change.staff_id, err))
        return false;
    if (!change.staff_id)
        return respond_redirect(req, res, STR("/desk/anmelden"));
    if (!staff_row_read(req, change.staff_id, &row, err))
        return false;
    const char *problem = password_problem(password, row.staff.login);
    if (problem)
        field_fail(&view->fields[0], view->errors, &view->error_count, tr(req->lang, problem));
    else if (password_verify(row.password, password))
        field_fail(&view->fields[0], view->errors, &view->error_count,
                   tr(req->lang, "Bitte wählen Sie ein anderes als das bisherige."));
    else if (!str_eq(password, request_form(req, "wiederholung")))
        field_fail(&view->fields[1], view->errors, &view->error_count,
                   tr(req->lang, "Die beiden Eingaben sind verschieden."));
    if (view->error_count)
        return password_send(req, res, view, 422);
    change.actor = event_staff(req->arena, change.staff_id);
    if (!password_hash(req->arena, password, &change.hash, err) ||
        !db_write(req->tenant->db, new_password_write, &change, err))
        return false;
    return session_go(req, res, &row, STAGE_FULL, NULL, view->target, err);
}
