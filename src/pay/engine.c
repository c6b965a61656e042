/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/bank_command.h"
#include "pay/closing.h"
#include "pay/desk_money.h"
#include "pay/keeps.h"
#include "pay/ledger_export.h"

static const Migration MIGRATIONS[] = {
    {"pay-001-charge", "CREATE TABLE charge ("
                       "  id {id},"
                       "  key TEXT NOT NULL UNIQUE,"
                       "  payment_reference TEXT NOT NULL UNIQUE,"
                       "  subject TEXT NOT NULL,"
                       "  revenue TEXT NOT NULL,"
                       "  purpose TEXT NOT NULL,"
                       "  debtor TEXT NOT NULL,"
                       "  owed_cents BIGINT NOT NULL CHECK (owed_cents >= 0),"
                       "  paid_cents BIGINT NOT NULL,"
                       "  due TEXT NOT NULL,"
                       "  created_at BIGINT NOT NULL);"
                       "CREATE TABLE charge_subject ("
                       "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
                       "  subject TEXT NOT NULL,"
                       "  PRIMARY KEY (subject, charge_id))"},
    {"pay-002-ledger", "CREATE TABLE ledger_booking ("
                       "  id {id},"
                       "  at BIGINT NOT NULL,"
                       "  kind TEXT NOT NULL,"
                       "  text TEXT NOT NULL,"
                       "  value_date TEXT NOT NULL,"
                       "  actor TEXT NOT NULL);"
                       "CREATE TABLE ledger_line ("
                       "  id {id},"
                       "  booking_id BIGINT NOT NULL REFERENCES ledger_booking (id),"
                       "  account TEXT NOT NULL,"
                       "  charge_id BIGINT REFERENCES charge (id),"
                       "  cents BIGINT NOT NULL);"
                       "CREATE INDEX ledger_line_booking ON ledger_line (booking_id);"
                       "CREATE INDEX ledger_line_charge ON ledger_line (charge_id, account);"
                       "CREATE INDEX ledger_line_account ON ledger_line (account)"},
    {"pay-003-bank",
     "CREATE TABLE bank_item ("
     "  id {id},"
     "  key TEXT NOT NULL UNIQUE,"
     "  booked TEXT NOT NULL,"
     "  value TEXT NOT NULL,"
     "  cents BIGINT NOT NULL,"
     "  name TEXT,"
     "  iban TEXT,"
     "  text TEXT,"
     "  end_to_end TEXT,"
     "  status TEXT NOT NULL CHECK (status IN ('matched', 'open', 'assigned', 'cleared')),"
     "  charge_id BIGINT REFERENCES charge (id),"
     "  created_at BIGINT NOT NULL);"
     "CREATE INDEX bank_item_status ON bank_item (status, id)"},
    {"pay-004-reason", "CREATE TABLE charge_reason ("
                       "  id {id},"
                       "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
                       "  at BIGINT NOT NULL,"
                       "  cents BIGINT NOT NULL,"
                       "  text TEXT NOT NULL);"
                       "CREATE INDEX charge_reason_charge ON charge_reason (charge_id, id)"},
    {"pay-005-unsettled", "CREATE INDEX charge_unsettled ON charge (owed_cents, paid_cents) "
                          "WHERE owed_cents <> paid_cents"},
    {"pay-010-part",
     "CREATE TABLE charge_part ("
     "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
     "  number BIGINT NOT NULL,"
     "  due TEXT NOT NULL,"
     "  cents BIGINT NOT NULL CHECK (cents >= 0)," /* 0: replaced; keeps its number */
     "  kind TEXT NOT NULL,"
     "  PRIMARY KEY (charge_id, number)) {keyed};"
     "INSERT INTO charge_part (charge_id, number, due, cents, kind) "
     "SELECT id, 1, due, owed_cents, 'haupt' FROM charge WHERE owed_cents > 0;"
     "ALTER TABLE charge ADD COLUMN payer TEXT;"
     "CREATE INDEX charge_payer ON charge (payer) WHERE payer IS NOT NULL"},
    {"pay-011-decision",
     "ALTER TABLE charge ADD COLUMN extra_cents BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE charge ADD COLUMN waived_cents BIGINT NOT NULL DEFAULT 0;"
     "CREATE TABLE charge_decision ("
     "  id {id},"
     "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
     "  kind TEXT NOT NULL,"
     "  status TEXT NOT NULL CHECK (status IN ('proposed', 'stands', 'refused', 'undone')),"
     "  cents BIGINT NOT NULL,"
     "  of_extra BIGINT NOT NULL,"
     "  begins TEXT NOT NULL,"
     "  until TEXT,"
     "  reason TEXT NOT NULL,"
     "  parts TEXT NOT NULL," /* JSON: what of which part it took and made */
     "  at BIGINT NOT NULL,"
     "  actor TEXT NOT NULL,"
     "  answered_at BIGINT,"
     "  answered_by TEXT,"
     "  undone_at BIGINT,"
     "  undone_by TEXT,"
     "  undone_reason TEXT);"
     "CREATE INDEX charge_decision_charge ON charge_decision (charge_id, id);"
     "CREATE INDEX charge_decision_open ON charge_decision (status, kind) "
     "WHERE status IN ('proposed', 'stands')"},
    {"pay-012-dunning",
     "CREATE TABLE dunning_run ("
     "  id {id},"
     "  day TEXT NOT NULL,"
     "  status TEXT NOT NULL CHECK (status IN ('running', 'done')),"
     "  job_id BIGINT NOT NULL,"
     "  after_charge BIGINT NOT NULL,"
     "  actor TEXT NOT NULL,"
     "  at BIGINT NOT NULL);"
     "CREATE UNIQUE INDEX dunning_run_one ON dunning_run (status) WHERE status = 'running';"
     "CREATE TABLE dunning ("
     "  id {id},"
     "  run_id BIGINT NOT NULL REFERENCES dunning_run (id),"
     "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
     "  level BIGINT NOT NULL,"
     "  day TEXT NOT NULL,"
     "  pay_until TEXT NOT NULL,"
     "  open_cents BIGINT NOT NULL,"
     "  fee_cents BIGINT NOT NULL,"
     "  surcharge_cents BIGINT NOT NULL,"
     "  UNIQUE (run_id, charge_id));"
     "CREATE INDEX dunning_charge ON dunning (charge_id, id);"
     "CREATE TABLE dunning_part ("
     "  charge_id BIGINT NOT NULL,"
     "  number BIGINT NOT NULL,"
     "  level BIGINT NOT NULL,"
     "  dunning_id BIGINT NOT NULL REFERENCES dunning (id),"
     "  PRIMARY KEY (charge_id, number, level)) {keyed};"
     "CREATE TABLE dunning_left_out ("
     "  run_id BIGINT NOT NULL REFERENCES dunning_run (id),"
     "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
     "  level BIGINT NOT NULL,"
     "  cents BIGINT NOT NULL,"
     "  why TEXT NOT NULL,"
     "  PRIMARY KEY (run_id, charge_id)) {keyed};"
     "CREATE TABLE surcharge ("
     "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
     "  number BIGINT NOT NULL,"
     "  month BIGINT NOT NULL," /* of the delay, from 0 */
     "  cents BIGINT NOT NULL,"
     "  day TEXT NOT NULL,"
     "  PRIMARY KEY (charge_id, number, month)) {keyed}"},
    {"pay-013-closing",
     /* The booking day, in days since 1970. What was booked before belongs to the day of its
        moment (an hour before midnight in summer it counts for the next). */
     "ALTER TABLE ledger_booking ADD COLUMN day BIGINT NOT NULL DEFAULT 0;"
     "UPDATE ledger_booking SET day = (at + 3600000) / 86400000;"
     "CREATE INDEX ledger_booking_day ON ledger_booking (day, id);"
     "CREATE TABLE bank_balance ("
     "  account TEXT NOT NULL,"
     "  day TEXT NOT NULL,"
     "  cents BIGINT NOT NULL,"
     "  PRIMARY KEY (account, day)) {keyed};"
     "CREATE TABLE day_closing ("
     "  id {id},"
     "  day BIGINT NOT NULL UNIQUE,"
     "  first_day BIGINT NOT NULL,"
     "  bookings BIGINT NOT NULL,"
     "  data TEXT NOT NULL," /* JSON: sums, bank, note */
     "  previous TEXT NOT NULL,"
     "  hash TEXT NOT NULL,"
     "  at BIGINT NOT NULL,"
     "  actor TEXT NOT NULL)"},
    {"pay-014-enforcement", "CREATE TABLE enforcement ("
                            "  id {id},"
                            "  day TEXT NOT NULL,"
                            "  at BIGINT NOT NULL,"
                            "  actor TEXT NOT NULL,"
                            "  count BIGINT NOT NULL,"
                            "  cents BIGINT NOT NULL,"
                            "  data TEXT NOT NULL)"}, /* JSON, as it was handed over */
    {"pay-030-mandate", "CREATE TABLE mandate ("
                        "  id {id},"
                        "  reference TEXT NOT NULL UNIQUE,"
                        "  payer TEXT NOT NULL,"
                        "  holder TEXT NOT NULL,"
                        "  iban TEXT NOT NULL,"
                        "  bic TEXT,"
                        "  email TEXT,"
                        "  street TEXT,"
                        "  postcode TEXT,"
                        "  town TEXT,"
                        "  country TEXT,"
                        "  signed_on TEXT NOT NULL,"
                        "  one_off BIGINT NOT NULL DEFAULT 0,"
                        "  first_use TEXT,"
                        "  last_use TEXT,"
                        "  revoked_on TEXT,"
                        "  revoked_why TEXT,"
                        "  subject TEXT,"
                        "  created_at BIGINT NOT NULL,"
                        "  actor TEXT NOT NULL);"
                        "CREATE INDEX mandate_payer ON mandate (payer, id);"
                        "CREATE INDEX mandate_subject ON mandate (subject) WHERE subject IS NOT "
                        "NULL"},
    {"pay-031-item", "ALTER TABLE bank_item ADD COLUMN open_cents BIGINT NOT NULL DEFAULT 0;"
                     "ALTER TABLE bank_item ADD COLUMN return_code TEXT;"
                     "ALTER TABLE bank_item ADD COLUMN return_cents BIGINT;"
                     "ALTER TABLE bank_item ADD COLUMN batch TEXT;"
                     "ALTER TABLE bank_item ADD COLUMN takes_back BIGINT;"
                     "ALTER TABLE bank_item ADD COLUMN stands BIGINT NOT NULL DEFAULT 1;"
                     "UPDATE bank_item SET open_cents = cents WHERE status = 'open';"
                     "CREATE INDEX bank_item_iban ON bank_item (iban, id) "
                     "WHERE charge_id IS NOT NULL;"
                     "ALTER TABLE ledger_booking ADD COLUMN bank_item_id BIGINT;"
                     "CREATE INDEX ledger_booking_item ON ledger_booking (bank_item_id) "
                     "WHERE bank_item_id IS NOT NULL;"
                     "ALTER TABLE charge ADD COLUMN name_key TEXT;"
                     "CREATE INDEX charge_name ON charge (name_key) WHERE owed_cents <> paid_cents;"
                     "CREATE INDEX charge_nameless ON charge (id) WHERE name_key IS NULL"},
    {"pay-032-collection",
     "CREATE TABLE collection ("
     "  id {id},"
     "  key TEXT NOT NULL UNIQUE,"
     "  message_id TEXT NOT NULL,"
     "  due_until TEXT NOT NULL,"
     "  collect_on TEXT NOT NULL,"
     "  status TEXT NOT NULL CHECK (status IN ('making', 'made', 'withdrawn')),"
     "  count BIGINT NOT NULL,"
     "  cents BIGINT NOT NULL,"
     "  sha256 TEXT,"
     "  created_at BIGINT NOT NULL,"
     "  actor TEXT NOT NULL);"
     "CREATE INDEX collection_message ON collection (message_id);"
     "CREATE TABLE collection_item ("
     "  id {id},"
     "  collection_id BIGINT NOT NULL REFERENCES collection (id),"
     "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
     "  part BIGINT NOT NULL,"
     "  mandate_id BIGINT NOT NULL REFERENCES mandate (id),"
     "  cents BIGINT NOT NULL CHECK (cents > 0),"
     "  end_to_end TEXT NOT NULL,"
     "  sequence TEXT NOT NULL,"
     "  status TEXT NOT NULL CHECK (status IN ('running', 'credited', 'returned', 'withdrawn')),"
     "  return_code TEXT,"
     "  bank_item_id BIGINT REFERENCES bank_item (id),"
     "  return_item_id BIGINT REFERENCES bank_item (id));"
     "CREATE UNIQUE INDEX collection_item_running ON collection_item (charge_id, part) "
     "WHERE status = 'running';"
     "CREATE INDEX collection_item_part ON collection_item (charge_id, part, id);"
     "CREATE INDEX collection_item_collection ON collection_item (collection_id, id);"
     "CREATE INDEX collection_item_name ON collection_item (end_to_end, id);"
     "CREATE INDEX collection_item_bank ON collection_item (bank_item_id) "
     "WHERE bank_item_id IS NOT NULL;"
     "CREATE INDEX collection_item_return ON collection_item (return_item_id) "
     "WHERE return_item_id IS NOT NULL"},
    {"pay-033-refund",
     "CREATE TABLE refund_run ("
     "  id {id},"
     "  message_id TEXT NOT NULL,"
     "  execute_on TEXT NOT NULL,"
     "  count BIGINT NOT NULL,"
     "  cents BIGINT NOT NULL,"
     "  sha256 TEXT,"
     "  created_at BIGINT NOT NULL,"
     "  actor TEXT NOT NULL);"
     "CREATE INDEX refund_run_message ON refund_run (message_id);"
     "CREATE TABLE refund ("
     "  id {id},"
     "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
     "  cents BIGINT NOT NULL CHECK (cents > 0),"
     "  name TEXT NOT NULL,"
     "  iban TEXT NOT NULL,"
     "  bic TEXT,"
     "  status TEXT NOT NULL CHECK (status IN ('proposed', 'released', 'ordered', 'paid', "
     "'returned', 'dropped')),"
     "  end_to_end TEXT,"
     "  proposed_by TEXT NOT NULL,"
     "  released_by TEXT,"
     "  created_at BIGINT NOT NULL,"
     "  run_id BIGINT REFERENCES refund_run (id),"
     "  bank_item_id BIGINT REFERENCES bank_item (id),"
     "  return_item_id BIGINT REFERENCES bank_item (id));"
     "CREATE UNIQUE INDEX refund_proposed ON refund (charge_id) WHERE status = 'proposed';"
     "CREATE INDEX refund_status ON refund (status, id);"
     "CREATE INDEX refund_name ON refund (end_to_end);"
     "CREATE INDEX refund_of_run ON refund (run_id, id);"
     "CREATE INDEX refund_bank ON refund (bank_item_id) WHERE bank_item_id IS NOT NULL;"
     "CREATE INDEX refund_return ON refund (return_item_id) WHERE return_item_id IS NOT NULL"},
    {"pay-034-return-fee", "ALTER TABLE collection_item ADD COLUMN fee_part BIGINT"},
    /* Money on the bank and suspense accounts often names no charge. */
    {"pay-035-lines", "DROP INDEX ledger_line_charge;"
                      "CREATE INDEX ledger_line_charge ON ledger_line (charge_id, account) "
                      "WHERE charge_id IS NOT NULL"},
    /* The day on which somebody said that the bank has the file. */
    {"pay-036-collection-sent", "ALTER TABLE collection ADD COLUMN sent_on TEXT"},
    /* One index less for each line: that of the bookings tells an account's balance as well. Of
       bank items only the open ones are ever listed. */
    {"pay-037-lean", "DROP INDEX ledger_line_account;"
                     "DROP INDEX ledger_line_booking;"
                     "CREATE INDEX ledger_line_booking ON ledger_line (booking_id, account, cents);"
                     "DROP INDEX bank_item_status;"
                     "CREATE INDEX bank_item_open ON bank_item (id) WHERE status = 'open'"},
    /* Which account paid which items. An index would be written all over with each few entries;
       this is filled behind an import, in order (bank_payer.c). */
    {"pay-038-payer", "DROP INDEX bank_item_iban;"
                      "CREATE TABLE bank_payer ("
                      "  iban TEXT NOT NULL,"
                      "  item_id BIGINT NOT NULL,"
                      "  PRIMARY KEY (iban, item_id)) {keyed};"
                      "INSERT INTO bank_payer (iban, item_id) SELECT iban, id FROM bank_item "
                      "WHERE iban IS NOT NULL AND cents > 0 AND charge_id IS NOT NULL "
                      "ORDER BY iban, id;"
                      "CREATE TABLE bank_payer_until (item_id BIGINT NOT NULL);" /* one row */
                      "INSERT INTO bank_payer_until SELECT COALESCE(MAX(id), 0) FROM bank_item"},
    {"pay-039-refund-back", "ALTER TABLE refund ADD COLUMN taken_back_by TEXT;"
                            "ALTER TABLE refund ADD COLUMN reason TEXT;"
                            "ALTER TABLE refund_run ADD COLUMN sent_on TEXT;"
                            "ALTER TABLE refund_run ADD COLUMN discarded_by TEXT;"
                            "ALTER TABLE refund_run ADD COLUMN discarded_why TEXT"},
    /* What a refund was called in a file that was discarded: should the bank have it all the same,
       its statement says that name. */
    {"pay-040-refund-name", "CREATE TABLE refund_name_before ("
                            "  end_to_end TEXT PRIMARY KEY,"
                            "  refund_id BIGINT NOT NULL REFERENCES refund (id));"
                            "CREATE INDEX refund_name_before_refund ON refund_name_before "
                            "(refund_id)"},
    /* SQLite builds a table of its own for each check of "IN" with more than two words. */
    {"pay-041-item-status",
     "DROP INDEX bank_item_open;"
     "ALTER TABLE bank_item ADD COLUMN state TEXT NOT NULL DEFAULT 'open' CHECK (state = 'open' OR "
     "state = 'matched' OR state = 'assigned' OR state = 'cleared');"
     "UPDATE bank_item SET state = status;"
     "ALTER TABLE bank_item DROP COLUMN status;"
     "ALTER TABLE bank_item RENAME COLUMN state TO status;"
     "CREATE INDEX bank_item_open ON bank_item (id) WHERE status = 'open'"},
    /* Which file called it so: a bank that books files as a whole names only that. */
    {"pay-042-refund-name-run",
     "ALTER TABLE refund_name_before ADD COLUMN run_id BIGINT REFERENCES refund_run (id);"
     "CREATE INDEX refund_name_before_run ON refund_name_before (run_id)"},
    /* A file is kept only for the items that it was written from. */
    {"pay-043-collection-revision",
     "ALTER TABLE collection ADD COLUMN revision BIGINT NOT NULL DEFAULT 0"},
    /* What does not go into enforcement.data, which is read as a whole: JSON in pieces. */
    {"pay-044-enforcement-more", "CREATE TABLE enforcement_more ("
                                 "  enforcement_id BIGINT NOT NULL REFERENCES enforcement (id),"
                                 "  first BIGINT NOT NULL," /* number of its first charge, from 0 */
                                 "  data TEXT NOT NULL,"
                                 "  PRIMARY KEY (enforcement_id, first)) {keyed}"},
    /* That a mandate is used follows from the direct debits. What another system told of it was the
       first use, from before the mandate was here; ours are days of collections made since. */
    {"pay-045-mandate-use",
     "UPDATE mandate SET last_use = CASE WHEN one_off = 1 OR EXISTS (SELECT 1 FROM collection k "
     "WHERE k.collect_on = mandate.first_use AND k.created_at >= mandate.created_at) THEN NULL "
     "ELSE first_use END;"
     "ALTER TABLE mandate DROP COLUMN first_use;"
     "ALTER TABLE mandate RENAME COLUMN last_use TO used_elsewhere;"
     "CREATE INDEX collection_item_mandate ON collection_item (mandate_id);"
     "CREATE UNIQUE INDEX collection_item_one_off ON collection_item (mandate_id) "
     "WHERE sequence = 'OOFF' AND status <> 'withdrawn'"},
    /* What payers were told, see announcement.h. */
    {"pay-046-announcement",
     "CREATE TABLE announcement ("
     "  id {id},"
     "  collection_id BIGINT NOT NULL REFERENCES collection (id),"
     "  charge_id BIGINT NOT NULL REFERENCES charge (id),"
     "  part BIGINT NOT NULL,"
     "  mandate_id BIGINT NOT NULL REFERENCES mandate (id),"
     "  cents BIGINT NOT NULL,"
     "  letter TEXT,"
     "  at BIGINT NOT NULL,"
     "  status TEXT NOT NULL CHECK (status = 'stands' OR status = 'doubtful' OR "
     "status = 'withdrawn'));"
     "CREATE INDEX announcement_part ON announcement (charge_id, part, id);"
     "CREATE INDEX announcement_collection ON announcement (collection_id)"},
    /* Entries over 0.00 once waited for somebody to assign them. */
    {"pay-047-nothing-waits",
     "UPDATE bank_item SET status = 'matched' WHERE status = 'open' AND cents = 0"},
    /* NULL: on the day on which the charge was made. */
    {"pay-048-part-assessed", "ALTER TABLE charge_part ADD COLUMN assessed TEXT"},
    /* Who asked for a charge is looked up for each charge of a run. */
    {"pay-049-subjects",
     "CREATE INDEX charge_subject_charge ON charge_subject (charge_id, subject)"},
    {0},
};

/* What stands beside the ledger for the lists must follow from it. */
static const Proof PROOFS[] = {
    {"ledger", "ledger_line",
     "SELECT 'booking ' || booking_id || ' sums to ' || SUM(cents) || ' cents instead of 0' "
     "FROM ledger_line GROUP BY booking_id HAVING SUM(cents) <> 0 "
     "UNION ALL SELECT 'booking ' || b.id || ' has no lines' FROM ledger_booking b "
     "WHERE NOT EXISTS (SELECT 1 FROM ledger_line l WHERE l.booking_id = b.id) "
     "UNION ALL SELECT 'line ' || id || ' is on the claims account without a charge' "
     "FROM ledger_line WHERE account = 'forderung' AND charge_id IS NULL",
     "SELECT count(*) FROM ledger_booking"},
    {"charges", "ledger_line",
     "SELECT 'charge ' || id || ': ' || owed_cents || ' cents are owed, ' || asked || "
     "' were asked for in the ledger; ' || paid_cents || ' are paid, ' || arrived || "
     "' arrived in the ledger; ' || kept || ' count as assessed, ' || assessed || ' were' FROM ("
     "SELECT c.id, c.owed_cents, c.paid_cents, c.owed_cents - c.extra_cents + c.waived_cents "
     "AS kept, "
     "COALESCE(SUM(CASE WHEN b.kind IN (" LEDGER_OWED_KINDS ") THEN l.cents END), 0) AS asked, "
     "COALESCE(SUM(CASE WHEN b.kind IN ('sollstellung', 'änderung') THEN l.cents END), 0) "
     "AS assessed, "
     "COALESCE(SUM(CASE WHEN b.kind NOT IN (" LEDGER_OWED_KINDS ") THEN -l.cents END), 0) "
     "AS arrived "
     "FROM charge c LEFT JOIN ledger_line l ON l.charge_id = c.id AND l.account = 'forderung' "
     "LEFT JOIN ledger_booking b ON b.id = l.booking_id "
     "GROUP BY c.id, c.owed_cents, c.paid_cents, c.extra_cents, c.waived_cents) AS sums "
     "WHERE owed_cents <> asked OR paid_cents <> arrived OR kept <> assessed ORDER BY id",
     "SELECT count(*) FROM charge"},
    {"parts", "charge_part",
     "SELECT 'charge ' || id || ': ' || owed_cents || ' cents are owed (' || extra_cents || "
     "' beside the assessment), its parts are together ' || parts || ' (' || extra || ')' FROM ("
     "SELECT c.id, c.owed_cents, c.extra_cents, COALESCE(SUM(p.cents), 0) AS parts, "
     "COALESCE(SUM(CASE WHEN p.kind <> 'haupt' THEN p.cents END), 0) AS extra FROM charge c "
     "LEFT JOIN charge_part p ON p.charge_id = c.id "
     "GROUP BY c.id, c.owed_cents, c.extra_cents) AS sums "
     "WHERE owed_cents <> parts OR extra_cents <> extra ORDER BY id",
     "SELECT count(*) FROM charge_part"},
    {"bank", "bank_item",
     "SELECT what || ' account: ' || booked || ' cents are booked, the bank''s items say ' || "
     "items FROM ("
     "SELECT 'bank' AS what, (SELECT COALESCE(SUM(cents), 0) FROM ledger_line "
     "WHERE account = 'bank') AS booked, (SELECT COALESCE(SUM(cents), 0) FROM bank_item) AS items "
     "UNION ALL SELECT 'suspense', (SELECT COALESCE(-SUM(cents), 0) FROM ledger_line "
     "WHERE account = 'verwahr'), (SELECT COALESCE(SUM(open_cents), 0) FROM bank_item "
     "WHERE status = 'open')) AS sums WHERE booked <> items "
     "UNION ALL SELECT 'bank item ' || id || ': ' || open_cents || ' cents of it are open, the "
     "ledger says ' || booked FROM (SELECT i.id, i.open_cents, -SUM(CASE WHEN l.account = "
     "'verwahr' THEN l.cents ELSE 0 END) AS booked FROM bank_item i JOIN ledger_booking b "
     "ON b.bank_item_id = i.id JOIN ledger_line l ON l.booking_id = b.id "
     "GROUP BY i.id, i.open_cents) AS each_item WHERE open_cents <> booked "
     "UNION ALL SELECT 'bank item ' || id || ' is ' || status || ', but ' || open_cents || "
     "' cents are open' FROM bank_item WHERE (status = 'open') <> (open_cents <> 0)",
     "SELECT count(*) FROM bank_item"},
    {"direct debits", "collection_item",
     "SELECT 'collection ' || id || ': ' || count || ' items of ' || cents || ' cents, the rows "
     "say ' || items || ' of ' || sum FROM (SELECT k.id, k.count, k.cents, COUNT(i.id) AS items, "
     "COALESCE(SUM(i.cents), 0) AS sum FROM collection k LEFT JOIN collection_item i ON "
     "i.collection_id = k.id GROUP BY k.id, k.count, k.cents) AS sums "
     "WHERE count <> items OR cents <> sum "
     "UNION ALL SELECT 'item ' || id || ' of a collection is ' || status || ' without the bank' "
     "FROM collection_item WHERE (status IN ('credited', 'returned') AND bank_item_id IS NULL) OR "
     "(status = 'returned' AND return_item_id IS NULL) OR "
     "(status IN ('running', 'withdrawn') AND bank_item_id IS NOT NULL)",
     "SELECT count(*) FROM collection_item"},
    {"refunds", "refund",
     "SELECT 'refunds on their way: ' || booked || ' cents are booked, the refunds say ' || sum "
     "FROM (SELECT (SELECT COALESCE(-SUM(cents), 0) FROM ledger_line WHERE account = "
     "'auszahlung') AS booked, (SELECT COALESCE(SUM(cents), 0) FROM refund WHERE status IN "
     "('released', 'ordered')) AS sum) AS sums WHERE booked <> sum "
     "UNION ALL SELECT 'refund run ' || id || ': ' || cents || ' cents, its refunds are ' || sum "
     "FROM (SELECT n.id, n.cents, COALESCE(SUM(r.cents), 0) AS sum FROM refund_run n LEFT JOIN "
     "refund r ON r.run_id = n.id OR r.id IN (SELECT p.refund_id FROM refund_name_before p WHERE "
     "p.run_id = n.id) WHERE n.discarded_by IS NULL GROUP BY n.id, n.cents) AS runs "
     "WHERE cents <> sum "
     "UNION ALL SELECT 'refund ' || id || ' is ' || status || ' without the bank' FROM refund "
     "WHERE (status IN ('paid', 'returned') AND bank_item_id IS NULL) OR (status = 'returned' AND "
     "return_item_id IS NULL)",
     "SELECT count(*) FROM refund"},
    {0},
};

static const ProofCheck CHECKS[] = {
    {"closings", "day_closing", closing_verify},
    {0},
};

static const NavItem NAVIGATION[] = {
    {"/desk/kasse", "Kasse", "money.read"},
    {0},
};

static const Command COMMANDS[] = {
    {"bank", "read a bank statement into a town's books", bank_command},
    {"ledger", "write the bookings of a period to a file", ledger_command},
    {0},
};

const Engine PAY_ENGINE = {
    .name = "pay",
    .migrations = MIGRATIONS,
    .routes = MONEY_ROUTES,
    .jobs = MONEY_JOBS,
    .commands = COMMANDS,
    .navigation = NAVIGATION,
    .proofs = PROOFS,
    .checks = CHECKS,
    .keeps = PAY_KEEPS,
};
