/* SPDX-License-Identifier: EUPL-1.2 */
/* Sums stay for ever: what is booked is never changed, so that closings prove themselves. What
 * names a person beside the bookings goes ten years after the year of the last one (books, § 147
 * Abs. 1 Nr. 1 und 4, Abs. 3 und 4 AO; the budget rules of the Länder say likewise, e.g. § 59
 * KomHVO NRW, § 39 GemHVO BW). Vouchers could go after six or eight; a charge is both. */
#include "pay/keeps.h"

#include "pay/mandate.h"

#define BASIS "§ 147 Abs. 1, 3 und 4 AO; Haushaltsverordnung des Landes"
#define LEAST "P6Y"

static const char *const CHARGE[] = {
    "DELETE FROM charge_reason WHERE charge_id = $1",
    "UPDATE charge_decision SET reason = '', undone_reason = NULL WHERE charge_id = $1",
    "UPDATE refund SET name = '', iban = '', bic = NULL, reason = NULL WHERE charge_id = $1",
    "UPDATE charge SET debtor = '', payer = NULL, name_key = NULL, purpose = revenue, "
    "key = 'erased/' || id WHERE id = $1",
    NULL,
};
static const char *const ITEM[] = {
    "DELETE FROM bank_payer WHERE iban = (SELECT iban FROM bank_item WHERE id = $1) AND "
    "item_id = $1",
    "UPDATE bank_item SET name = NULL, iban = NULL, text = NULL, end_to_end = NULL WHERE id = $1",
    NULL,
};
/* Dropped in the past: the bytes go with the next daily audit. */
static const char *const STATEMENT[] = {
    "UPDATE file_owner SET dropped = $1, name = NULL WHERE owner = 'bank' AND dropped IS NULL AND "
    "sha256 IN (SELECT sha256 FROM file WHERE added = $1)",
    NULL,
};
/* A mandate that nobody used for so long can be used no more (36 months, SEPA rulebook). */
static const char *const MANDATE[] = {
    "UPDATE mandate AS m SET payer = 'erased/' || id, holder = '', iban = '', bic = NULL, email = "
    "NULL, "
    "street = NULL, postcode = NULL, town = NULL, country = NULL, subject = NULL, "
    "revoked_why = NULL, revoked_on = COALESCE(revoked_on, " MANDATE_COLLECTED_ON ", "
    "used_elsewhere, signed_on) WHERE id = $1",
    NULL,
};
static const char *const ENFORCEMENT[] = {
    "UPDATE enforcement SET data = '{}' WHERE id = $1",
    "DELETE FROM enforcement_more WHERE enforcement_id = $1",
    NULL,
};

const Keep PAY_KEEPS[] = {
    {.name = "charges",
     .label = "Forderungen, Entscheidungen dazu und Erstattungen",
     .data = "Name, Zahlungspflicht, Gründe, Bankverbindung einer Erstattung",
     .people = "Zahlungspflichtige",
     .purpose = "Steuern und Gebühren festsetzen und erheben",
     .basis = BASIS,
     .counted = "nach dem Jahr der letzten Buchung, wenn sie ausgeglichen ist",
     .period = "P10Y",
     .least = LEAST,
     .year_end = true,
     .due = "SELECT c.id AS id FROM charge c WHERE c.owed_cents = c.paid_cents AND "
            "c.key <> 'erased/' || c.id AND c.created_at < $1 AND NOT EXISTS (SELECT 1 FROM "
            "ledger_line l JOIN ledger_booking b ON b.id = l.booking_id WHERE l.charge_id = c.id "
            "AND b.at >= $1) AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.charge_id = c.id AND "
            "r.status IN ('proposed', 'released', 'ordered')) AND NOT EXISTS (SELECT 1 FROM "
            "collection_item i WHERE i.charge_id = c.id AND i.status = 'running')",
     .held = "SELECT COUNT(*) FROM charge c WHERE c.owed_cents <> c.paid_cents AND "
             "c.created_at < $1",
     .held_why = "noch nicht ausgeglichen",
     .erase = CHARGE},
    {.name = "bank-items",
     .label = "Umsätze des Bankkontos",
     .data = "Name, IBAN, Verwendungszweck",
     .people = "Wer der Stadt zahlt oder von ihr Geld bekommt",
     .purpose = "Zahlungen zuordnen",
     .basis = BASIS,
     .counted = "nach dem Jahr der Buchung, wenn der Umsatz zugeordnet ist",
     .period = "P10Y",
     .least = LEAST,
     .year_end = true,
     .by_day = true,
     .due = "SELECT id FROM bank_item WHERE booked < $1 AND status <> 'open' AND (name IS NOT NULL "
            "OR iban IS NOT NULL OR text IS NOT NULL OR end_to_end IS NOT NULL)",
     .held = "SELECT COUNT(*) FROM bank_item WHERE booked < $1 AND status = 'open'",
     .held_why = "noch nicht zugeordnet",
     .erase = ITEM},
    {.name = "bank-files",
     .label = "Kontoauszüge, wie die Bank sie schickte",
     .data = "Name, IBAN, Verwendungszweck",
     .people = "Wer der Stadt zahlt oder von ihr Geld bekommt",
     .purpose = "Beleg der Buchungen",
     .basis = BASIS,
     .counted = "nach dem Jahr des Einlesens",
     .period = "P10Y",
     .least = LEAST,
     .year_end = true,
     .due = "SELECT DISTINCT f.added AS id FROM file f JOIN file_owner o ON o.sha256 = f.sha256 "
            "WHERE o.owner = 'bank' AND o.dropped IS NULL AND f.added < $1",
     .erase = STATEMENT},
    {.name = "mandates",
     .label = "SEPA-Mandate",
     .data = "Name, Anschrift, IBAN",
     .people = "Zahlungspflichtige",
     .purpose = "Beträge einziehen und den Auftrag dazu nachweisen",
     .basis = BASIS "; Nachweis des Mandats: §§ 675x, 676b BGB",
     .counted = "nach dem Jahr des Widerrufs oder der letzten Nutzung",
     .period = "P10Y",
     .least = "P3Y",
     .year_end = true,
     .by_day = true,
     .due = "SELECT m.id AS id FROM mandate m WHERE m.payer <> 'erased/' || m.id AND "
            "COALESCE(" MANDATE_COLLECTED_ON ", m.used_elsewhere, m.signed_on) < $1 AND "
            "COALESCE(m.revoked_on, m.signed_on) < $1 AND NOT EXISTS (SELECT 1 FROM "
            "collection_item i WHERE i.mandate_id = m.id AND "
            "i.status = 'running')",
     .erase = MANDATE},
    {.name = "collections",
     .label = "Dateien der Lastschrifteinzüge",
     .data = "Name, IBAN, Betrag",
     .people = "Zahlungspflichtige",
     .purpose = "Auftrag an die Bank",
     .basis = BASIS,
     .counted = "nach dem Jahr des Einzugs",
     .period = "P10Y",
     .least = LEAST,
     .year_end = true,
     .due = "SELECT k.id AS id FROM collection k WHERE k.created_at < $1 AND EXISTS (SELECT 1 FROM "
            "file_owner o WHERE o.owner = 'collection/' || k.id AND o.dropped IS NULL) AND NOT "
            "EXISTS (SELECT 1 FROM collection_item i WHERE i.collection_id = k.id AND i.status = "
            "'running')",
     .files = "collection"},
    {.name = "refunds",
     .label = "Dateien der Erstattungen",
     .data = "Name, IBAN, Betrag",
     .people = "Zahlungspflichtige",
     .purpose = "Auftrag an die Bank",
     .basis = BASIS,
     .counted = "nach dem Jahr der Erstattung",
     .period = "P10Y",
     .least = LEAST,
     .year_end = true,
     .due = "SELECT r.id AS id FROM refund_run r WHERE r.created_at < $1 AND EXISTS (SELECT 1 FROM "
            "file_owner o WHERE o.owner = 'refund/' || r.id AND o.dropped IS NULL)",
     .files = "refund"},
    {.name = "enforcement",
     .label = "Abgaben an die Vollstreckung",
     .data = "Name, Anschrift, Rückstand",
     .people = "Zahlungspflichtige",
     .purpose = "Rückstände vollstrecken lassen",
     .basis = BASIS,
     .counted = "nach dem Jahr der Abgabe",
     .period = "P10Y",
     .least = LEAST,
     .year_end = true,
     .by_day = true,
     .due = "SELECT id FROM enforcement WHERE day < $1 AND data <> '{}'",
     .erase = ENFORCEMENT},
    {0},
};
