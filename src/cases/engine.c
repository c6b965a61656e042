/* SPDX-License-Identifier: EUPL-1.2 */
/* The engine as one table: schema, pages, effects and commands of services and cases. */
#include "cases/bulk.h"
#include "cases/case_later.h"
#include "cases/case_store.h"
#include "cases/cases.h"
#include "cases/check.h"
#include "cases/desk.h"
#include "cases/desk_print.h"
#include "cases/desk_run.h"
#include "cases/fim/command.h"
#include "cases/golden.h"
#include "cases/import_command.h"
#include "cases/keeps.h"
#include "cases/publish.h"
#include "cases/register_row.h"
#include "cases/register_tally.h"
#include "cases/retention.h"
#include "cases/run_store.h"
#include "post/hyphenate.h"

#include <stdio.h>

static const EffectKind EFFECTS[] = {
    {.name = "letter", .label = "Brief erstellen", .run = effect_letter},
    {.name = "run-letter", .label = "Brief zu einem Lauf erstellen", .run = effect_run_letter},
    {.name = "later", .label = "Was an einem Tag von selbst geschieht", .run = effect_later},
    {.name = "mail", .label = "E-Mail senden", .run = effect_mail, .remote = true},
    {0},
};

static const Route ROUTES[] = {
    {"GET", "/desk/vorgaenge", desk_list_page, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/suche", desk_search_page, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/wiedervorlagen", desk_reminders_page, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/wiedervorlagen/:id/erledigt", desk_reminders_done_post, ACCESS_STAFF,
     "case.decide", 0},
    {"GET", "/desk/zahlen", desk_figures_page, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/team", desk_team_page, ACCESS_STAFF, "case.lead", 0},
    {"POST", "/desk/team/uebertragen", desk_team_assign_post, ACCESS_STAFF, "case.lead", 0},
    {"POST", "/desk/sammel", desk_bulk_post, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/sammel/:id", desk_bulk_page, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/sammel/:id/vorschau", desk_bulk_choose_post, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/sammel/:id/ausfuehren", desk_bulk_run_post, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/sammel/:id/rueckgaengig", desk_bulk_undo_post, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/naechster", desk_next_post, ACCESS_STAFF, "case.decide", 0},
    {"GET", "/desk/abwesenheit", desk_absence_page, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/abwesenheit", desk_absence_post, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/abwesenheit/:id/zuruecknehmen", desk_absence_withdraw_post, ACCESS_STAFF,
     "case.read", 0},
    {"GET", "/desk/ansichten", desk_views_page, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/ansichten", desk_view_post, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/ansichten/:id/name", desk_view_name_post, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/ansichten/:id/start", desk_view_start_post, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/ansichten/:id/loeschen", desk_view_delete_post, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/vorgaenge/:id", desk_case_page, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/vorgaenge/:id/dokumente/:dokument", desk_document_page, ACCESS_STAFF,
     "case.read", 0},
    {"POST", "/desk/vorgaenge/:id/nachfordern", desk_ask_post, ACCESS_STAFF, "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/nachfordern/senden", desk_ask_send_post, ACCESS_STAFF,
     "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/hinweise", desk_finding_add_post, ACCESS_STAFF, "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/hinweise/schliessen", desk_finding_dismiss_post, ACCESS_STAFF,
     "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/aufgaben/:aufgabe", desk_task_post, ACCESS_STAFF, "case.decide",
     0},
    {"POST", "/desk/vorgaenge/:id/notizen", desk_note_post, ACCESS_STAFF, "case.decide", 0},
    {"GET", "/desk/vorgaenge/:id/notizen/:notiz", desk_note_page, ACCESS_STAFF, "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/notizen/:notiz", desk_note_correct_post, ACCESS_STAFF,
     "case.decide", 0},
    {"GET", "/desk/vorgaenge/:id/wiedervorlage", desk_reminder_page, ACCESS_STAFF, "case.decide",
     0},
    {"POST", "/desk/vorgaenge/:id/wiedervorlage", desk_reminder_post, ACCESS_STAFF, "case.decide",
     0},
    {"POST", "/desk/vorgaenge/:id/wiedervorlagen/:wiedervorlage", desk_reminder_change_post,
     ACCESS_STAFF, "case.decide", 0},
    {"GET", "/desk/vorgaenge/:id/frist", desk_deadline_page, ACCESS_STAFF, "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/frist", desk_deadline_post, ACCESS_STAFF, "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/zustaendig", desk_assign_post, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/vorgaenge/:id/entscheidung/:entscheidung", desk_action_page, ACCESS_STAFF,
     "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/entscheidung/:entscheidung", desk_action_post, ACCESS_STAFF,
     "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/entscheidung/:entscheidung/vorschau.pdf", desk_action_pdf_post,
     ACCESS_STAFF, "case.decide", 0},
    {"GET", "/desk/vorgaenge/:id/dokumente", desk_document_add_page, ACCESS_STAFF, "case.decide",
     0},
    {"POST", "/desk/vorgaenge/:id/dokumente", desk_document_add_post, ACCESS_STAFF, "case.decide",
     ROUTE_UPLOAD},
    {"POST", "/desk/vorgaenge/:id/dokumente/:dokument", desk_document_mark_post, ACCESS_STAFF,
     "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/dokumente/:dokument/zuruecknehmen", desk_release_withdraw_post,
     ACCESS_STAFF, "case.decide", 0},
    {"GET", "/desk/vorgaenge/:id/freigabe", desk_release_page, ACCESS_STAFF, "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/freigabe", desk_release_post, ACCESS_STAFF, "case.decide", 0},
    {"GET", "/desk/vorgaenge/:id/verlauf", desk_history_page, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/vorgaenge/:id/rechnung", desk_explain_page, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/vorgaenge/:id/brief", desk_free_letter_page, ACCESS_STAFF, "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/brief", desk_free_letter_post, ACCESS_STAFF, "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/brief/vorschau.pdf", desk_free_letter_pdf_post, ACCESS_STAFF,
     "case.decide", 0},
    {"GET", "/desk/vorgaenge/:id/verbinden", desk_link_page, ACCESS_STAFF, "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/verbinden", desk_link_post, ACCESS_STAFF, "case.decide", 0},
    {"GET", "/desk/zustimmungen", desk_proposals_page, ACCESS_STAFF, "case.decide", 0},
    {"GET", "/desk/vorgaenge/:id/vorschlaege/:vorschlag", desk_proposal_page, ACCESS_STAFF,
     "case.decide", 0},
    {"POST", "/desk/vorgaenge/:id/vorschlaege/:vorschlag", desk_proposal_post, ACCESS_STAFF,
     "case.decide", 0},
    {"GET", "/desk/register", desk_register_index, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/register/:register", desk_register_page, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/register/:register/statistik", desk_register_count_page, ACCESS_STAFF,
     "case.read", 0},
    {"GET", "/desk/register/:register/export.csv", desk_register_export_csv, ACCESS_STAFF,
     "register.export", 0},
    {"GET", "/desk/register/:register/export.json", desk_register_export_json, ACCESS_STAFF,
     "register.export", 0},
    {"GET", "/desk/register/:register/einlesen", desk_import_page, ACCESS_STAFF, "register.import",
     0},
    {"POST", "/desk/register/:register/einlesen", desk_import_post, ACCESS_STAFF, "register.import",
     ROUTE_UPLOAD},
    {"GET", "/desk/register/:register/einlesen/:bericht", desk_import_report, ACCESS_STAFF,
     "register.import", 0},
    {"GET", "/desk/register/:register/neu", desk_hand_new_page, ACCESS_STAFF, "register.correct",
     0},
    {"POST", "/desk/register/:register/neu", desk_hand_new_post, ACCESS_STAFF, "register.correct",
     0},
    {"GET", "/desk/register/:register/berichtigungen/:berichtigung", desk_act_page, ACCESS_STAFF,
     "register.correct", 0},
    {"POST", "/desk/register/:register/berichtigungen/:berichtigung", desk_act_post, ACCESS_STAFF,
     "register.correct", 0},
    {"GET", "/desk/register/:register/:eintrag/berichtigen", desk_hand_page, ACCESS_STAFF,
     "register.correct", 0},
    {"POST", "/desk/register/:register/:eintrag/berichtigen", desk_hand_post, ACCESS_STAFF,
     "register.correct", 0},
    {"GET", "/desk/register/:register/:eintrag/zeitraum", desk_hand_period_page, ACCESS_STAFF,
     "register.correct", 0},
    {"POST", "/desk/register/:register/:eintrag/zeitraum", desk_hand_period_post, ACCESS_STAFF,
     "register.correct", 0},
    {"GET", "/desk/register/:register/:eintrag", desk_entry_page, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/datenschutz", desk_privacy_page, ACCESS_STAFF, "privacy.read", 0},
    {"GET", "/desk/datenschutz/verzeichnis.csv", desk_privacy_csv, ACCESS_STAFF, "privacy.read", 0},
    {"GET", "/desk/datenschutz/verzeichnis.json", desk_privacy_json, ACCESS_STAFF, "privacy.read",
     0},
    {"GET", "/desk/regeln", desk_rules_index, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/regeln/:service", desk_rules_expression, ACCESS_STAFF, "case.read", 0},
    {"POST", "/desk/regeln/:service", desk_rules_expression_post, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/regeln/:service/:tabelle", desk_rules_table, ACCESS_STAFF, "case.read", 0},
    {"GET", "/desk/neu", desk_new_page, ACCESS_STAFF, "case.decide", 0},
    {"GET", "/desk/post", desk_mail_list_page, ACCESS_STAFF, "mail.read", 0},
    {"GET", "/desk/post/:datei", desk_mail_page, ACCESS_STAFF, "mail.read", 0},
    {"GET", "/desk/stoerungen", desk_failures_page, ACCESS_STAFF, "work.read", 0},
    {"POST", "/desk/stoerungen/:id/wiederholen", desk_failures_retry_post, ACCESS_STAFF,
     "work.read", 0},
    {"GET", "/desk/register/:register/:eintrag/briefe/:brief", desk_run_entry_letter, ACCESS_STAFF,
     "case.read", 0},
    {"GET", "/desk/briefe", desk_print_page, ACCESS_STAFF, "money.dun", 0},
    {"POST", "/desk/briefe", desk_print_post, ACCESS_STAFF, "money.dun", 0},
    {"GET", "/desk/briefe/:id/:name", desk_print_file, ACCESS_STAFF, "money.dun", 0},
    {"GET", "/desk/laeufe", desk_runs_page, ACCESS_STAFF, "run.execute", 0},
    {"POST", "/desk/laeufe", desk_runs_post, ACCESS_STAFF, "run.execute", 0},
    {"GET", "/desk/laeufe/:id", desk_run_page, ACCESS_STAFF, "run.execute", 0},
    {"GET", "/desk/laeufe/:id/ausgelassen.csv", desk_run_left_out, ACCESS_STAFF, "run.execute", 0},
    {"GET", "/desk/laeufe/:id/dateien/:name", desk_run_file, ACCESS_STAFF, "run.execute", 0},
    {"POST", "/desk/laeufe/:id/ausfuehren", desk_run_execute_post, ACCESS_STAFF, "run.execute", 0},
    {"POST", "/desk/laeufe/:id/freigeben", desk_run_release_post, ACCESS_STAFF, "run.execute", 0},
    {"POST", "/desk/laeufe/:id/zurueckgeben", desk_run_return_post, ACCESS_STAFF, "run.execute", 0},
    {"POST", "/desk/laeufe/:id/fortsetzen", desk_run_continue_post, ACCESS_STAFF, "run.execute", 0},
    {"POST", "/desk/laeufe/:id/rueckgaengig", desk_run_undo_post, ACCESS_STAFF, "run.execute", 0},
    {0},
};

static const JobKind JOBS[] = {
    {.name = "case-bulk", .label = "Viele Vorgänge bearbeiten", .run = bulk_job},
    {.name = "register-import",
     .label = "Bestand einlesen",
     .back_label = "Zurück zu den Registern",
     .back_path = "/desk/register",
     .run = desk_import_job},
    {.name = "run", .label = "Lauf", .run = run_job},
    {0},
};

static const NavItem NAVIGATION[] = {
    {"/desk/vorgaenge", "Vorgänge", "case.read"},
    {"/desk/neu", "Neuer Vorgang", "case.decide"},
    {"/desk/wiedervorlagen", "Wiedervorlagen", "case.decide"},
    {"/desk/team", "Team", "case.lead"},
    {"/desk/zahlen", "Zahlen", "case.read"},
    {"/desk/register", "Register", "case.read"},
    {"/desk/zustimmungen", "Zustimmungen", "case.decide"},
    {"/desk/laeufe", "Läufe", "run.execute"},
    {"/desk/regeln", "Regeln", "case.read"},
    {"/desk/post", "E-Mails", "mail.read"},
    {"/desk/stoerungen", "Störungen", "work.read"},
    {"/desk/datenschutz", "Datenschutz", "privacy.read"},
    {0},
};

/* A case stands where the chain of events says that it went, and none has gone. */
static const Schedule SCHEDULES[] = {
    {.name = "retention", .every_minutes = 24 * 60, .run = retention_schedule},
    {.name = "register-counts", .every_minutes = 10, .run = register_counts_schedule},
    {0},
};

/* The kept counts of registers, counted anew from the rows that hold now (register_tally.h). */
#define TALLY_ENTRIES TALLY_ROWS "WHERE " TALLY_COUNTED " "

static const Proof PROOFS[] = {
    {"case states", "cases",
     "SELECT 'case ' || c.number || ' stands at \"' || c.state || '\", its last event says ' || "
     "COALESCE(e.data, 'nothing') FROM cases c LEFT JOIN event e ON e.id = "
     "(SELECT MAX(x.id) FROM event x WHERE x.subject = 'case/' || c.id "
     "AND x.type IN ('case.submitted', 'case.state')) "
     "WHERE e.id IS NULL OR e.data NOT LIKE '%\"state\":\"' || c.state || '\"}' "
     "UNION ALL SELECT e.subject || ' was submitted (event ' || e.id || ') and is not there' "
     "FROM event e WHERE e.type = 'case.submitted' AND NOT EXISTS "
     "(SELECT 1 FROM cases c WHERE c.id = CAST(SUBSTR(e.subject, 6) AS BIGINT))",
     "SELECT count(*) FROM cases"},
    {"register counts", "register_tally",
     "SELECT 'register ' || register || ', counted by ' || groups || ': \"' || a || '\" \"' || b "
     "|| "
     "'\" on ' || period || ' is off by ' || SUM(begun) || ' begun, ' || SUM(ended) || ' ended' "
     "FROM (SELECT t.register, t.groups, e.valid_from AS period, " TALLY_VALUES ", "
     "-1 AS begun, 0 AS ended FROM " TALLY_ENTRIES "UNION ALL "
     "SELECT t.register, t.groups, e.valid_to, " TALLY_VALUES ", 0, -1 FROM " TALLY_ENTRIES
     "AND e.valid_to IS NOT NULL UNION ALL "
     "SELECT register, groups, period, value_a, value_b, begun, ended FROM register_tally "
     "WHERE level = 'd' UNION ALL "
     "SELECT register, groups, SUBSTR(period, 1, 4), value_a, value_b, -begun, -ended "
     "FROM register_tally WHERE level = 'd' UNION ALL "
     "SELECT register, groups, period, value_a, value_b, begun, ended FROM register_tally "
     "WHERE level = 'y') AS x GROUP BY register, groups, period, a, b "
     "HAVING SUM(begun) <> 0 OR SUM(ended) <> 0",
     "SELECT count(*) FROM register_tally"},
    {0},
};

static const ProofCheck CHECKS[] = {
    {"register days", "register_entry", register_days_check},
    {0},
};

static int service_command(int argc, char **argv)
{
    static const Command SERVICE_COMMANDS[] = {
        {"check", "is the package sound? every mistake with file and line", service_check_command},
        {"test", "replay the package's examples", service_test_command},
        {"import", "make a package skeleton from XDatenfelder (FIM)", service_import_command},
        {"export", "a form as XDatenfelder or JSON Schema", service_export_command},
        {0},
    };

    return command_run_one_of("service", "Packages of services, as in services/.", SERVICE_COMMANDS,
                              argc, argv);
}

static Str service_at(Tenant *tenant, size_t index)
{
    const Package *const *packages;

    return index < tenant_packages(tenant, &packages) ? packages[index]->id : STR_NONE;
}

static const Command COMMANDS[] = {
    {"service", "check, test, import or export a service package", service_command},
    {"import", "read an existing stock into a register from CSV", import_command},
    {"run", "decide for everybody in a register, e.g. the dog tax of a year", run_command},
    {0},
};

const Engine CASES_ENGINE = {
    .name = "cases",
    .migrations = CASE_MIGRATIONS,
    .routes = ROUTES,
    .effects = EFFECTS,
    .jobs = JOBS,
    .schedules = SCHEDULES,
    .navigation = NAVIGATION,
    .proofs = PROOFS,
    .checks = CHECKS,
    .keeps = CASE_KEEPS,
    .keeps_of = cases_keeps_of,
    .keeps_under = "register/",
    .look_insert = CASE_LOOK_INSERT,
    .commands = COMMANDS,
    .letter_address = case_letter_address,
    .letter_send = case_letter_send,
    .service_at = service_at,
    .letter_take_back = case_letter_take_back,
    .tenant_open = cases_tenant_open,
    .tenant_close = cases_tenant_close,
    .warm = hyphenate_warm,
};
