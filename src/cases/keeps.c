/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/keeps.h"

#include "base/vec.h"
#include "cases/case.h"
#include "cases/former.h"
#include "cases/register_import.h"
#include "cases/register_tally.h"
#include "core/page/out.h"

static const char *const LOOK[] = {"DELETE FROM case_access WHERE id = $1", NULL};
static const char *const REGISTER_LOOK[] = {"DELETE FROM register_access WHERE id = $1", NULL};
static const char *const EXPORT[] = {"DELETE FROM register_export WHERE id = $1", NULL};
static const char *const BULK[] = {
    "DELETE FROM case_bulk_item WHERE bulk_id = $1",
    "DELETE FROM case_bulk WHERE id = $1",
    NULL,
};
static const char *const RUN[] = {
    /* The notices; dropped in the past: the bytes go with the next daily audit. */
    ("UPDATE file_owner SET dropped = (SELECT finished_at FROM run WHERE id = $1), name = NULL "
     "WHERE dropped IS NULL AND owner = (SELECT 'run/' || id || '/briefe' FROM run WHERE id = $1)"),
    "DELETE FROM run_letter WHERE run_id = $1",
    "DELETE FROM run_item WHERE run_id = $1",
    "UPDATE run SET preview = NULL, head = '{}' WHERE id = $1",
    NULL,
};
static const char *const PREVIEW[] = {"DELETE FROM run WHERE id = $1", NULL};
static const char *const VIEW[] = {
    "DELETE FROM desk_start WHERE view_id = $1",
    "DELETE FROM desk_view WHERE id = $1",
    NULL,
};
/* Dropped in the past: the bytes go with the next daily audit. */
static const char *const REPORT[] = {
    "UPDATE file_owner SET dropped = $1, name = NULL WHERE owner LIKE '" IMPORT_REPORTS
    "%' AND dropped IS "
    "NULL AND sha256 IN (SELECT sha256 FROM file WHERE added = $1)",
    NULL,
};
static const char *const PROPOSAL[] = {"DELETE FROM register_act WHERE id = $1", NULL};
static const char *const ENTRY[] = {
    TALLY_FORGET,
    TALLY_SWEEP,
    "DELETE FROM register_key WHERE row_id IN (SELECT row_id FROM register_entry WHERE entry_id = "
    "$1)",
    "DELETE FROM register_term WHERE row_id IN (SELECT row_id FROM register_entry WHERE entry_id = "
    "$1)",
    "DELETE FROM register_import WHERE entry_id = $1",
    "DELETE FROM register_access WHERE entry_id = $1",
    "DELETE FROM register_act WHERE entry_id = $1",
    "DELETE FROM register_entry WHERE entry_id = $1",
    NULL,
};

#define LOG_BASIS                                                                          \
    "Art. 5 Abs. 2 und Art. 32 DSGVO; Frist wie in § 76 Abs. 4 BDSG (Ende des folgenden " \
    "Jahres)"

const Keep CASE_KEEPS[] = {
    {.name = "looks",
     .label = "Wer Vorgänge angesehen hat",
     .data = "Konto, Zeitpunkt, Anlass",
     .people = "Beschäftigte, Bürgerinnen und Bürger",
     .purpose = "Zugriffe prüfen und den Betroffenen zeigen",
     .basis = LOG_BASIS "; mit dem Vorgang, wenn er früher geht",
     .counted = "nach dem Jahr des Zugriffs",
     .period = "P1Y",
     .least = "P1Y",
     .year_end = true,
     .due = "SELECT id FROM case_access WHERE at < $1",
     .erase = LOOK},
    {.name = "register-looks",
     .label = "Wer Registereinträge angesehen hat",
     .data = "Konto, Zeitpunkt, Anlass",
     .people = "Beschäftigte, Bürgerinnen und Bürger",
     .purpose = "Zugriffe prüfen",
     .basis = LOG_BASIS,
     .counted = "nach dem Jahr des Zugriffs",
     .period = "P1Y",
     .least = "P1Y",
     .year_end = true,
     .due = "SELECT id FROM register_access WHERE at < $1",
     .erase = REGISTER_LOOK},
    {.name = "register-exports",
     .label = "Wer Registerlisten ausgegeben hat, auch mit einem Programm",
     .data = "Konto, Zeitpunkt, Suchwörter",
     .people = "Beschäftigte, gesuchte Personen",
     .purpose = "Ausgaben prüfen",
     .basis = LOG_BASIS,
     .counted = "nach dem Jahr der Ausgabe",
     .period = "P1Y",
     .least = "P1Y",
     .year_end = true,
     .due = "SELECT id FROM register_export WHERE at < $1",
     .erase = EXPORT},
    {.name = "register-proposals",
     .label = "Vorschläge zu Registern, die nicht eingetragen wurden",
     .data = "vorgeschlagene Angaben, Grund, Grund der Rückgabe",
     .people = "Wer in dem Register stehen sollte, Beschäftigte",
     .purpose = "Einen zurückgegebenen Vorschlag wieder aufnehmen",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO",
     .counted = "nach der Rückgabe oder Rücknahme",
     .period = "P90D",
     .least = "P7D",
     .due = "SELECT id FROM register_act WHERE status IN ('returned', 'resumed', 'withdrawn') AND "
            "decided_at < $1",
     .erase = PROPOSAL},
    {.name = "bulks",
     .label = "Sammelbearbeitungen",
     .data = "Suchwörter der Liste, Text, Ergebnis je Vorgang",
     .people = "Bürgerinnen und Bürger, Beschäftigte",
     .purpose = "Viele Vorgänge auf einmal bearbeiten und es zurücknehmen können",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO; zurückgenommen wird höchstens einen Tag lang",
     .counted = "nach dem Beginn",
     .period = "P30D",
     .least = "P2D",
     .due = "SELECT b.id AS id FROM case_bulk b WHERE b.created_at < $1 AND NOT EXISTS (SELECT 1 "
            "FROM job j WHERE j.id = b.job_id AND j.status IN ('waiting', 'running'))",
     .erase = BULK},
    {.name = "views",
     .label = "Gespeicherte Ansichten von Beschäftigten, deren Konto geschlossen ist",
     .data = "Name und Suchwörter der Ansicht",
     .people = "Beschäftigte, gesuchte Personen",
     .purpose = "Listen wiederfinden",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO; der Zweck ist entfallen",
     .counted = "nach dem Schließen des Kontos",
     .period = "P90D",
     .least = "P1D",
     .due = "SELECT v.id AS id FROM desk_view v JOIN staff s ON s.id = v.staff_id WHERE "
            "s.active = 0 AND s.left_at < $1",
     .erase = VIEW},
    {.name = "runs",
     .label = "Bescheide und Listen von Läufen",
     .data = "Name, Anschrift, Betrag, Bescheid, Grund einer Auslassung",
     .people = "Wer in einem Register steht",
     .purpose = "Für viele auf einmal festsetzen und den Bescheid nachweisen",
     .basis = "§ 147 Abs. 1, 3 und 4 AO, § 169 AO; Haushaltsverordnung des Landes",
     .counted = "nach dem Jahr, in dem der Lauf fertig wurde oder zuletzt ein Brief dazu ging",
     .period = "P10Y",
     .least = "P4Y",
     .year_end = true,
     .due =
         "SELECT r.id AS id FROM run r WHERE r.status = 'done' AND r.finished_at < $1 AND "
         "(r.preview IS NOT NULL OR EXISTS (SELECT 1 FROM run_item i WHERE i.run_id = r.id) OR "
         "EXISTS (SELECT 1 FROM file_owner o WHERE o.owner IN ('run/' || r.id, 'run/' || r.id || "
         "'/briefe') AND o.dropped IS NULL)) AND NOT EXISTS (SELECT 1 FROM run_letter l WHERE "
         "l.run_id = r.id AND l.created_at >= $1)",
     .held = "SELECT COUNT(*) FROM run WHERE active = 1 AND created_at < $1",
     .held_why = "noch nicht zu Ende",
     .erase = RUN,
     .files = "run"},
    {.name = "run-previews",
     .label = "Vorschauen von Läufen, die nie ausgeführt wurden",
     .data = "Name, Grund einer Auslassung",
     .people = "Wer in einem Register steht",
     .purpose = "Einen Lauf prüfen, bevor er etwas ändert",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO",
     .counted = "nach der Berechnung",
     .period = "P1Y",
     .least = "P7D",
     .due = "SELECT id FROM run WHERE active = 0 AND finished_at IS NULL AND created_at < $1",
     .erase = PREVIEW},
    {.name = "import-reports",
     .label = "Berichte über eingelesene Bestände",
     .data = "eingelesene Zeilen mit ihren Fehlern",
     .people = "Wer in einem Register steht",
     .purpose = "Fehler beim Einlesen berichtigen",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO",
     .counted = "nach dem Einlesen",
     .period = "P1Y",
     .least = "P7D",
     .due = "SELECT DISTINCT f.added AS id FROM file f JOIN file_owner o ON o.sha256 = f.sha256 "
            "WHERE o.owner LIKE '" IMPORT_REPORTS "%' AND o.dropped IS NULL AND f.added < $1",
     .erase = REPORT},
    {0},
};

static bool is_listed(const KeepList *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].name, name) == 0)
            return true;
    return false;
}

static void add_registers(const Package *package, const char *remark, Arena *arena, KeepList *list)
{
    for (size_t k = 0; k < package->register_count; k++) {
        const RegisterSpec *spec = &package->registers[k];
        const char *name = arena_printf(arena, "register/%.*s", STR_ARG(spec->id));

        if (is_listed(list, name)) /* by a later version */
            continue;
        VEC_PUSH(arena, list,
                 (Keep){.name = name,
                        .label = arena_printf(arena, "Beendete Einträge: %.*s%s",
                                              STR_ARG(text_in(spec->name, STR("de"))), remark),
                        .data = "die Angaben des Registers mit allen früheren Ständen",
                        .people = "Wer in dem Register steht",
                        .purpose = "Register führen",
                        .basis = arena_printf(arena, "die Leistung „%.*s“ sagt es",
                                              STR_ARG(package->id)),
                        .counted = "nach dem letzten Tag des Eintrags",
                        .period = str_cstr(arena, spec->retention),
                        .least = str_cstr(arena, spec->retention_least),
                        .by_day = true,
                        .due = "SELECT entry_id AS id FROM register_entry WHERE register = $2 "
                               "AND head = 1 AND valid_to < $1",
                        .of = str_cstr(arena, spec->id),
                        .erase = ENTRY});
    }
}

/* Has a register entries without a clock? Each register is one step in the index, however many
 * entries it has. */
static bool any_unlisted(Tx *tx, const KeepList *list, Arena *arena, bool *out, Err *err)
{
    Str name = STR("");

    *out = false;
    while (!*out) {
        Rows *rows = tx_query(tx, arena, err,
                              "SELECT MIN(register) FROM register_entry WHERE head = 1 AND "
                              "register > $1",
                              P_TEXT(name));

        if (!rows || !rows_next(rows, err))
            return false;
        bool end = row_null(rows, 0);

        name = row_text(rows, 0);
        rows_end(rows);
        if (end)
            return true;
        *out = !is_listed(list, arena_printf(arena, "register/%.*s", STR_ARG(name)));
    }
    return true;
}

/* Registers that an earlier version of a service had, and its present one has not. */
static bool add_dropped(Tx *tx, Tenant *tenant, Arena *arena, KeepList *list, Err *err)
{
    const Package **earlier = NULL;
    size_t count = 0;
    bool dropped;

    if (!any_unlisted(tx, list, arena, &dropped, err) ||
        (dropped && !earlier_packages(tx, tenant, arena, &earlier, &count, err)))
        return false;
    for (size_t i = 0; i < count; i++)
        add_registers(earlier[i], " (wird nicht mehr geführt)", arena, list);
    return true;
}

static bool add_all(Tx *tx, Tenant *tenant, Arena *arena, KeepList *list, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(tenant, &packages), former_count;
    FormerPackage *former;

    for (size_t i = 0; i < count; i++)
        add_registers(packages[i], "", arena, list);
    if (!former_packages(tx, tenant, arena, &former, &former_count, err))
        return false;
    for (size_t i = 0; i < former_count; i++)
        if (former[i].entries)
            add_registers(former[i].package, " (wird nicht mehr angeboten)", arena, list);
    return add_dropped(tx, tenant, arena, list, err);
}

bool cases_keeps_of(Tenant *tenant, Arena *arena, KeepList *list, Err *err)
{
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = add_all(tx, tenant, arena, list, err);

    tx_end(tx);
    return ok;
}

static const char *const CITIZEN[] = {"DELETE FROM citizen WHERE id = $1", NULL};

const Keep CITIZEN_KEEPS[] = {
    {.name = "drafts",
     .label = "Angefangene Anträge",
     .data = "was bis dahin eingegeben und hochgeladen wurde",
     .people = "Bürgerinnen und Bürger",
     .purpose = "Einen Antrag später zu Ende bringen",
     .basis = "Art. 6 Abs. 1 Buchst. b und e DSGVO",
     .counted = "nach der letzten Änderung",
     .period = "P30D"},
    {.name = "citizens",
     .label = "Konten von Bürgerinnen und Bürgern, zu denen es nichts mehr gibt",
     .data = "E-Mail-Adresse",
     .people = "Bürgerinnen und Bürger",
     .purpose = "Die eigenen Anträge und Bescheide finden",
     .basis = "Art. 5 Abs. 1 Buchst. e DSGVO; wer wiederkommt, bekommt ein neues",
     .counted = "nach der ersten Anmeldung",
     .period = "P1Y",
     .least = "P1D",
     .due = "SELECT c.id AS id FROM citizen c WHERE c.created_at < $1 AND NOT EXISTS (SELECT 1 "
            "FROM cases x WHERE x.citizen_id = c.id) AND NOT EXISTS (SELECT 1 FROM session s WHERE "
            "s.citizen_id = c.id) AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.citizen_id = c.id) "
            "AND NOT EXISTS (SELECT 1 FROM run_letter l WHERE l.citizen_id = c.id)",
     .erase = CITIZEN},
    {0},
};
