/* SPDX-License-Identifier: EUPL-1.2 */
/* One's own account: password, second factor. */
#include "core/crypto.h"
#include "core/page/out.h"
#include "core/store/event.h"
#include "ident/desk_account.html.h"
#include "ident/internal.h"
#include "ident/qr.h"
#include "ident/views.h"

enum { RECOVERY_CODES = 10 };

static bool row_read(Request *req, StaffRow *row, int64_t *codes_left, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);

    *codes_left = 0;
    if (!tx)
        return false;
    bool ok =
        staff_row_by_id(tx, req->session.staff_id, req->arena, row, err) &&
        tx_query_int(tx, err, codes_left, "SELECT COUNT(*) FROM staff_recovery WHERE staff_id = $1",
                     P_INT(req->session.staff_id));
    tx_end(tx);
    return ok;
}

static FieldView password_field(Request *req, const char *name, const char *label,
                                const char *autocomplete)
{
    return (FieldView){.id = str_c(name),
                       .name = str_c(name),
                       .label = tr(req->lang, label),
                       .type = "password",
                       .autocomplete = str_c(autocomplete)};
}

static AccountView *account_view(Request *req, const StaffRow *row, int64_t codes_left)
{
    AccountView *view = arena_new(req->arena, AccountView);

    view->facts[view->fact_count++] =
        (FactView){.label = tr(req->lang, "Name"), .value = row->staff.name};
    view->facts[view->fact_count++] =
        (FactView){.label = tr(req->lang, "Anmeldename"), .value = row->staff.login};
    view->facts[view->fact_count++] =
        (FactView){.label = tr(req->lang, "E-Mail-Adresse"), .value = row->staff.email};
    view->has_totp = row->totp.ptr != NULL;
    view->codes_left = codes_left;
    view->fields[0] = password_field(req, "alt", "Bisheriges Passwort", "current-password");
    view->fields[1] = password_field(req, "neu", "Neues Passwort", "new-password");
    view->fields[1].hint = tr(req->lang, "Mindestens 12 Zeichen.");
    view->fields[2] =
        password_field(req, "wiederholung", "Neues Passwort wiederholen", "new-password");
    view->fields[3] =
        password_field(req, "passwort", "Passwort zur Bestätigung", "current-password");
    return view;
}

static bool account_send(Request *req, Response *res, const AccountView *view)
{
    Out out = out_for(req);

    page_account(&out, view);
    res->status = view->error_count ? 422 : 200;
    PageFrame frame = {.area = AREA_DESK, .title = tr(req->lang, "Mein Konto")};
    return page_send(req, res, &frame, out_html(&out));
}

bool account_page(Request *req, Response *res, Err *err)
{
    StaffRow row;
    int64_t codes_left;

    return row_read(req, &row, &codes_left, err) &&
           account_send(req, res, account_view(req, &row, codes_left));
}

/* --- Password ----------------------------------------------------------------------------------
 */

typedef struct Change {
    int64_t staff_id;
    Str hash;
    Str actor;
    Str keep; /* this session goes on */
} Change;

static bool change_write(Tx *tx, void *context, Err *err)
{
    const Change *change = context;

    return staff_set_password(tx, change->staff_id, change->hash, false, change->actor, err) &&
           sessions_end_of_staff(tx, change->staff_id, change->keep, err);
}

/* Right, or the reason on the field. Wrong ones are counted as at the door. */
static bool password_confirm(Request *req, const StaffRow *row, Str typed, FieldView *field,
                             AccountView *view)
{
    if (password_verify(row->password, typed))
        return true;
    field_fail(field, view->errors, &view->error_count,
               tr(req->lang, "Das bisherige Passwort stimmt nicht."));
    return false;
}

bool account_password_post(Request *req, Response *res, Err *err)
{
    Str password = request_form(req, "neu");
    StaffRow row;
    int64_t codes_left;

    if (!row_read(req, &row, &codes_left, err))
        return false;
    AccountView *view = account_view(req, &row, codes_left);
    const char *problem = password_problem(password, row.staff.login);
    if (problem)
        field_fail(&view->fields[1], view->errors, &view->error_count, tr(req->lang, problem));
    else if (!str_eq(password, request_form(req, "wiederholung")))
        field_fail(&view->fields[2], view->errors, &view->error_count,
                   tr(req->lang, "Die beiden Eingaben sind verschieden."));
    else
        password_confirm(req, &row, request_form(req, "alt"), &view->fields[0], view);
    if (view->error_count)
        return account_send(req, res, view);
    Change change = {.staff_id = row.staff.id,
                     .actor = request_actor(req),
                     .keep = session_hash(req->arena, req->session_token)};
    if (!password_hash(req->arena, password, &change.hash, err) ||
        !db_write(req->tenant->db, change_write, &change, err))
        return false;
    view->notice = tr(req->lang, "Ihr Passwort ist geändert. Andere Anmeldungen sind beendet.");
    return account_send(req, res, view);
}

/* --- Second factor
 * --------------------------------------------------------------------------------- */

bool staff_totp_key(const Tenant *tenant, const StaffRow *row, Arena *arena,
                    unsigned char key[TOTP_KEY_BYTES])
{
    Str sealed;
    Str plain;

    if (!crypto_base64url_decode(arena, row->totp, &sealed) ||
        !crypto_open(arena, tenant->secret_key, sealed, &plain) || plain.len != TOTP_KEY_BYTES)
        return false;
    memcpy(key, plain.ptr, TOTP_KEY_BYTES);
    return true;
}

static Str totp_seal(Request *req, const unsigned char key[TOTP_KEY_BYTES])
{
    Str plain = {(const char *)key, TOTP_KEY_BYTES};

    return crypto_base64url(req->arena, crypto_seal(req->arena, req->tenant->secret_key, plain));
}

/* In groups of four, to be typed. */
static Str in_groups(Arena *arena, Str text)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < text.len; i += 4) {
        buf_add_c(&out, i ? " " : "");
        buf_add(&out, str_slice(text, i, i + 4));
    }
    return buf_str(&out);
}

static TotpView *totp_view(Request *req, const unsigned char key[TOTP_KEY_BYTES], Str sealed)
{
    TotpView *view = arena_new(req->arena, TotpView);
    Str uri = totp_uri(req->arena, key, req->session.staff->login, tenant_title(req->tenant));

    view->qr = qr_svg(req->arena, uri, tr(req->lang, "QR-Code für die Authentifizierungs-App"));
    view->secret = in_groups(req->arena, totp_base32(req->arena, key, TOTP_KEY_BYTES));
    view->sealed = sealed;
    view->fields[0] = (FieldView){.id = STR("code"),
                                  .name = STR("code"),
                                  .label = tr(req->lang, "Code aus der App"),
                                  .inputmode = "numeric",
                                  .autocomplete = STR("one-time-code"),
                                  .width = FIELD_SHORT,
                                  .max_length = 10};
    return view;
}

static bool totp_send(Request *req, Response *res, const TotpView *view)
{
    Out out = out_for(req);

    page_account_totp(&out, view);
    res->status = view->error_count ? 422 : 200;
    PageFrame frame = {.area = AREA_DESK, .title = tr(req->lang, "Zweiten Faktor einrichten")};
    return page_send(req, res, &frame, out_html(&out));
}

bool account_totp_page(Request *req, Response *res, Err *err)
{
    unsigned char key[TOTP_KEY_BYTES];

    (void)err;
    crypto_random(key, sizeof key);
    return totp_send(req, res, totp_view(req, key, totp_seal(req, key)));
}

typedef struct TotpSetup {
    int64_t staff_id;
    Str sealed;
    int64_t step;
    Str actor;
    Arena *arena;
    Str codes[RECOVERY_CODES];
} TotpSetup;

static bool totp_write(Tx *tx, void *context, Err *err)
{
    const TotpSetup *setup = context;

    if (!tx_exec(tx, err, "UPDATE staff SET totp = $2, totp_step = $3 WHERE id = $1",
                 P_INT(setup->staff_id), P_TEXT(setup->sealed), P_INT(setup->step)) ||
        !tx_exec(tx, err, "DELETE FROM staff_recovery WHERE staff_id = $1",
                 P_INT(setup->staff_id)) ||
        !event_add(tx, "staff.totp_set", setup->actor, setup->actor, NULL, err))
        return false;
    for (int i = 0; i < RECOVERY_CODES; i++)
        if (!tx_exec(tx, err, "INSERT INTO staff_recovery (staff_id, hash) VALUES ($1, $2)",
                     P_INT(setup->staff_id), P_TEXT(session_hash(setup->arena, setup->codes[i]))))
            return false;
    return true;
}

bool account_totp_post(Request *req, Response *res, Err *err)
{
    unsigned char key[TOTP_KEY_BYTES];
    Str sealed = request_form(req, "versiegelt");
    StaffRow row = {.totp = sealed};

    if (!sealed.ptr || !staff_totp_key(req->tenant, &row, req->arena, key))
        return err_set(err, ERR_INPUT,
                       "Der Schlüssel ist nicht mehr lesbar. Bitte beginnen Sie neu.");
    TotpSetup setup = {.staff_id = req->session.staff_id,
                       .sealed = sealed,
                       .actor = request_actor(req),
                       .arena = req->arena,
                       .step = totp_check(key, request_form(req, "code"), req->now)};
    if (setup.step < 0) {
        TotpView *view = totp_view(req, key, sealed);
        field_fail(&view->fields[0], view->errors, &view->error_count,
                   tr(req->lang, "Dieser Code passt nicht. Prüfen Sie bitte auch, ob die Uhr des "
                                 "Telefons richtig geht."));
        return totp_send(req, res, view);
    }
    for (int i = 0; i < RECOVERY_CODES; i++)
        setup.codes[i] = str_lower(req->arena, password_make(req->arena));
    if (!db_write(req->tenant->db, totp_write, &setup, err))
        return false;
    Out out = out_for(req);
    page_account_codes(&out, setup.codes, RECOVERY_CODES);
    PageFrame frame = {.area = AREA_DESK,
                       .title = tr(req->lang, "Der zweite Faktor ist eingerichtet")};
    return page_send(req, res, &frame, out_html(&out));
}

static bool totp_remove_write(Tx *tx, void *context, Err *err)
{
    const Change *change = context;

    return staff_remove_totp(tx, change->staff_id, change->actor, err);
}

bool account_totp_remove_post(Request *req, Response *res, Err *err)
{
    StaffRow row;
    int64_t codes_left;

    if (!row_read(req, &row, &codes_left, err))
        return false;
    AccountView *view = account_view(req, &row, codes_left);
    if (!password_confirm(req, &row, request_form(req, "passwort"), &view->fields[3], view))
        return account_send(req, res, view);
    Change change = {.staff_id = row.staff.id, .actor = request_actor(req)};
    if (!db_write(req->tenant->db, totp_remove_write, &change, err))
        return false;
    view->has_totp = false;
    view->notice = tr(req->lang, "Der zweite Faktor ist entfernt.");
    return account_send(req, res, view);
}
