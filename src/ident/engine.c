/* SPDX-License-Identifier: EUPL-1.2 */
#include "ident/internal.h"

#include <stdlib.h>

static const char *const ERASE_ACCESS[] = {
    "DELETE FROM staff_grant WHERE staff_id = $1",
    "DELETE FROM staff_recovery WHERE staff_id = $1",
    "DELETE FROM staff_absence WHERE staff_id = $1",
    "DELETE FROM session WHERE staff_id = $1",
    "UPDATE staff SET email = '', password = NULL, totp = NULL, totp_step = 0 WHERE id = $1",
    NULL,
};

/* Files and bookings name the account by its number, which stays. */
static const char *const ERASE_NAME[] = {
    "UPDATE staff SET name = 'Früheres Konto ' || id, login = 'frueher-' || id WHERE id = $1",
    NULL,
};
static const char *const ERASE_ABSENCE[] = {"DELETE FROM staff_absence WHERE id = $1", NULL};
static const char *const ERASE_KEY[] = {"DELETE FROM api_key WHERE id = $1", NULL};

static const Keep IDENT_KEEPS[] = {
    {.name = "staff-access",
     .label = "Zugangsdaten von Beschäftigten, deren Konto geschlossen ist",
     .data = "E-Mail-Adresse, Passwort (verschlüsselt), zweiter Faktor, Rechte, Abwesenheiten",
     .people = "Beschäftigte",
     .purpose = "Anmeldung und Rechte",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO; der Zweck ist entfallen",
     .counted = "nach dem Schließen des Kontos",
     .period = "P90D",
     .least = "P1D",
     .due = "SELECT id FROM staff WHERE active = 0 AND left_at < $1 AND (email <> '' OR password "
            "IS NOT NULL OR totp IS NOT NULL)",
     .erase = ERASE_ACCESS},
    {.name = "staff-names",
     .label = "Namen von Beschäftigten, deren Konto geschlossen ist",
     .data = "Name, Anmeldename",
     .people = "Beschäftigte",
     .purpose = "Wer in einer Akte gehandelt hat",
     .basis = "Pflicht zu nachvollziehbaren Akten; so lange wie die längste Akte",
     .counted = "nach dem Schließen des Kontos",
     .period = "P10Y",
     .least = "P1Y",
     .due = "SELECT id FROM staff WHERE active = 0 AND left_at < $1 AND login <> 'frueher-' || id",
     .erase = ERASE_NAME},
    {.name = "absences",
     .label = "Abwesenheiten und Vertretungen",
     .data = "Zeitraum, Vertretung",
     .people = "Beschäftigte",
     .purpose = "Arbeit verteilen; wer in Vertretung gehandelt hat",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO",
     .counted = "nach dem letzten Tag",
     .period = "P1Y",
     .least = "P30D",
     .by_day = true,
     .due = "SELECT id FROM staff_absence WHERE ends < $1",
     .erase = ERASE_ABSENCE},
    {.name = "api-keys",
     .label = "Gesperrte Schlüssel von Programmen",
     .data = "Bezeichnung, Rechte, letzte Nutzung",
     .people = "Beschäftigte",
     .purpose = "Zugang von Programmen",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO",
     .counted = "nach der Sperre",
     .period = "P1Y",
     .least = "P1D",
     .due = "SELECT id FROM api_key WHERE revoked_at < $1",
     .erase = ERASE_KEY},
    {.name = "sessions",
     .label = "Sitzungen, Anmeldelinks und Fehlversuche",
     .data = "Kennung der Sitzung, E-Mail-Adresse",
     .people = "Beschäftigte, Bürgerinnen und Bürger",
     .purpose = "Anmeldung und Schutz vor dem Erraten von Passwörtern",
     .basis = "Art. 32 DSGVO",
     .counted = "nach dem letzten Zugriff",
     .period = "P1D"},
    {0},
};

const Migration IDENT_MIGRATIONS[] = {
    {"ident-001-staff", "CREATE TABLE staff ("
                        "  id {id},"
                        "  login TEXT NOT NULL UNIQUE,"
                        "  name TEXT NOT NULL,"
                        "  email TEXT NOT NULL,"
                        "  password TEXT,"
                        "  must_change BIGINT NOT NULL,"
                        "  active BIGINT NOT NULL,"
                        "  totp TEXT,"
                        "  totp_step BIGINT NOT NULL,"
                        "  created_at BIGINT NOT NULL);"
                        "CREATE TABLE staff_grant ("
                        "  staff_id BIGINT NOT NULL REFERENCES staff (id),"
                        "  role TEXT NOT NULL,"
                        "  office TEXT NOT NULL," /* '': every */
                        "  service TEXT NOT NULL,"
                        "  PRIMARY KEY (staff_id, role, office, service));"
                        "CREATE TABLE staff_recovery ("
                        "  staff_id BIGINT NOT NULL REFERENCES staff (id),"
                        "  hash TEXT NOT NULL,"
                        "  PRIMARY KEY (staff_id, hash))"},
    {"ident-002-citizen", "CREATE TABLE citizen ("
                          "  id {id},"
                          "  email TEXT NOT NULL UNIQUE,"
                          "  created_at BIGINT NOT NULL)"},
    {"ident-003-session", "CREATE TABLE session ("
                          "  hash TEXT PRIMARY KEY,"
                          "  citizen_id BIGINT REFERENCES citizen (id),"
                          "  staff_id BIGINT REFERENCES staff (id),"
                          "  stage TEXT NOT NULL,"
                          "  created_at BIGINT NOT NULL,"
                          "  last_seen BIGINT NOT NULL);"
                          "CREATE INDEX session_staff ON session (staff_id);"
                          "CREATE INDEX session_citizen ON session (citizen_id)"},
    {"ident-004-login", "CREATE TABLE login_link ("
                        "  hash TEXT PRIMARY KEY,"
                        "  email TEXT NOT NULL,"
                        "  target TEXT NOT NULL,"
                        "  expires_at BIGINT NOT NULL);"
                        "CREATE TABLE login_attempt ("
                        "  key TEXT PRIMARY KEY,"
                        "  count BIGINT NOT NULL,"
                        "  since BIGINT NOT NULL,"
                        "  last_at BIGINT NOT NULL)"},
    {"ident-005-absence", "CREATE TABLE staff_absence ("
                          "  id {id},"
                          "  staff_id BIGINT NOT NULL REFERENCES staff (id),"
                          "  starts TEXT NOT NULL,"
                          "  ends TEXT NOT NULL," /* its last day */
                          "  deputy_id BIGINT REFERENCES staff (id),"
                          "  created_by BIGINT NOT NULL,"
                          "  created_at BIGINT NOT NULL,"
                          "  withdrawn_at BIGINT);"
                          "CREATE INDEX staff_absence_ends ON staff_absence (ends);"
                          "CREATE INDEX staff_absence_staff ON staff_absence (staff_id, starts)"},
    {"ident-006-key", "CREATE TABLE api_key ("
                      "  id {id},"
                      "  hash TEXT NOT NULL UNIQUE,"
                      "  staff_id BIGINT NOT NULL REFERENCES staff (id),"
                      "  name TEXT NOT NULL,"
                      "  begins TEXT NOT NULL,"
                      "  scopes TEXT NOT NULL,"
                      "  per_minute BIGINT NOT NULL,"
                      "  expires TEXT,"
                      "  created_at BIGINT NOT NULL,"
                      "  last_used BIGINT,"
                      "  revoked_at BIGINT);"
                      "CREATE INDEX api_key_staff ON api_key (staff_id)"},
    {"ident-007-left", "ALTER TABLE staff ADD COLUMN left_at BIGINT;"
                       "UPDATE staff SET left_at = (SELECT MAX(e.moment) FROM event e WHERE "
                       "e.subject = 'staff/' || staff.id AND e.type = 'staff.deactivated') "
                       "WHERE active = 0"},
    {"ident-008-within", "ALTER TABLE api_key ADD COLUMN within TEXT NOT NULL DEFAULT ''"},
    {0},
};

IdentState *ident_state(const Tenant *tenant)
{
    return tenant->state[app_engine_index(tenant->app, &IDENT_ENGINE)];
}

static bool open_tenant(Tenant *tenant, size_t index, Err *err)
{
    IdentState *state = calloc(1, sizeof *state);

    if (!state)
        return err_set(err, ERR_INTERNAL, "out of memory");
    pthread_mutex_init(&state->lock, NULL);
    tenant->state[index] = state;
    return staff_import(tenant, err);
}

static void close_tenant(Tenant *tenant, size_t index)
{
    IdentState *state = tenant->state[index];
    Err ignored = {0};

    sessions_flush(tenant, &ignored); /* at worst a session ends a minute early */
    pthread_mutex_destroy(&state->lock);
    free(state->items);
    free(state->rates);
    free(state);
}

static bool forget_old(Tx *tx, void *context, Err *err)
{
    int64_t now = tx_now(tx);

    (void)context;
    return tx_exec(tx, err,
                   "DELETE FROM session WHERE created_at < $1"
                   " OR (citizen_id IS NOT NULL AND last_seen < $2)"
                   " OR (stage <> 'full' AND created_at < $3)",
                   P_INT(now - STAFF_TOTAL), P_INT(now - CITIZEN_IDLE),
                   P_INT(now - PENDING_TOTAL)) &&
           tx_exec(tx, err, "DELETE FROM login_link WHERE expires_at < $1", P_INT(now)) &&
           tx_exec(tx, err, "DELETE FROM login_attempt WHERE last_at < $1",
                   P_INT(now - 24 * (int64_t)HOUR));
}

static bool flush_run(Tenant *tenant, Arena *arena, Err *err)
{
    (void)arena;
    return sessions_flush(tenant, err);
}

static bool forget_run(Tenant *tenant, Arena *arena, Err *err)
{
    (void)arena;
    return db_write(tenant->db, forget_old, NULL, err);
}

static bool session_may(const Request *req, const char *permission)
{
    return ident_may(req->session.staff, permission, STR_NONE, STR_NONE);
}

static const Schedule SCHEDULES[] = {
    {.name = "ident-seen", .every_minutes = 1, .run = flush_run},
    {.name = "ident-forget", .every_minutes = 60, .run = forget_run},
    {0},
};

static const Command COMMANDS[] = {
    {"staff", "list, add and reset accounts of staff", staff_command},
    {0},
};

static const NavItem NAVIGATION[] = {
    {"/desk/personal", "Personal", "staff.manage"},
    {0},
};

const Route IDENT_ROUTES[] = {
    {"GET", "/desk", desk_home_page, ACCESS_STAFF, "desk.use", 0},
    {"GET", "/desk/anmelden", sign_in_page, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"POST", "/desk/anmelden", sign_in_post, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/desk/anmelden/code", sign_in_code_page, ACCESS_PUBLIC, NULL, 0},
    {"POST", "/desk/anmelden/code", sign_in_code_post, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/desk/anmelden/passwort", sign_in_password_page, ACCESS_PUBLIC, NULL, 0},
    {"POST", "/desk/anmelden/passwort", sign_in_password_post, ACCESS_PUBLIC, NULL, 0},
    {"POST", "/desk/abmelden", sign_out_staff, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/desk/konto", account_page, ACCESS_STAFF, "desk.use", 0},
    {"POST", "/desk/konto/passwort", account_password_post, ACCESS_STAFF, "desk.use", 0},
    {"GET", "/desk/konto/zweiter-faktor", account_totp_page, ACCESS_STAFF, "desk.use", 0},
    {"POST", "/desk/konto/zweiter-faktor", account_totp_post, ACCESS_STAFF, "desk.use", 0},
    {"POST", "/desk/konto/zweiter-faktor/entfernen", account_totp_remove_post, ACCESS_STAFF,
     "desk.use", 0},
    {"GET", "/desk/personal", personal_page, ACCESS_STAFF, "staff.manage", 0},
    {"GET", "/desk/personal/neu", personal_new_page, ACCESS_STAFF, "staff.manage", 0},
    {"POST", "/desk/personal/neu", personal_new_post, ACCESS_STAFF, "staff.manage", 0},
    {"GET", "/desk/personal/:id", personal_one_page, ACCESS_STAFF, "staff.manage", 0},
    {"POST", "/desk/personal/:id/rolle", personal_grant_post, ACCESS_STAFF, "staff.manage", 0},
    {"POST", "/desk/personal/:id/rolle/entziehen", personal_ungrant_post, ACCESS_STAFF,
     "staff.manage", 0},
    {"POST", "/desk/personal/:id/sperre", personal_active_post, ACCESS_STAFF, "staff.manage", 0},
    {"POST", "/desk/personal/:id/passwort", personal_password_post, ACCESS_STAFF, "staff.manage",
     0},
    {"POST", "/desk/personal/:id/zweiter-faktor", personal_totp_post, ACCESS_STAFF, "staff.manage",
     0},
    {"GET", "/desk/personal/:id/schluessel", desk_key_page, ACCESS_STAFF, "staff.manage", 0},
    {"POST", "/desk/personal/:id/schluessel", desk_key_post, ACCESS_STAFF, "staff.manage", 0},
    {"POST", "/desk/personal/:id/schluessel/:schluessel/sperren", desk_key_revoke_post,
     ACCESS_STAFF, "staff.manage", 0},
    {"GET", "/anmelden", link_page, ACCESS_PUBLIC, NULL, ROUTE_FAST},
    {"POST", "/anmelden", link_post, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/anmelden/link/:token", link_open_page, ACCESS_PUBLIC, NULL, 0},
    {"POST", "/anmelden/link/:token", link_open_post, ACCESS_PUBLIC, NULL, 0},
    {"POST", "/abmelden", sign_out_citizen, ACCESS_PUBLIC, NULL, 0},
    {0},
};

const Engine IDENT_ENGINE = {
    .name = "ident",
    .migrations = IDENT_MIGRATIONS,
    .routes = IDENT_ROUTES,
    .schedules = SCHEDULES,
    .keeps = IDENT_KEEPS,
    .commands = COMMANDS,
    .navigation = NAVIGATION,
    .tenant_open = open_tenant,
    .tenant_close = close_tenant,
    .session_load = ident_session_load,
    .key_load = ident_key_load,
    .session_may = session_may,
};
