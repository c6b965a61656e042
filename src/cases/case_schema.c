/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_store.h"

/* `case_desk` holds one row per case and office (and one for "*", every office) with what the work
 * list filters and sorts by. Each list is one walk along an index in its order. Open cases are few
 * beside all that ever were: their indexes hold every column that a filter may ask for, so that a
 * walk never leaves the index. */
#define FILTERS                                                                                    \
    "case_id, service, procedure_id, state, todo, assigned_to, waiting, findings, channel, lang, " \
    "tasks"
const Migration CASE_MIGRATIONS[] = {
    {"cases-001-packages",
     "CREATE TABLE package_version (version TEXT PRIMARY KEY, service TEXT NOT NULL, "
     "published_at BIGINT NOT NULL, is_current BIGINT NOT NULL);"
     "CREATE TABLE package_file (version TEXT NOT NULL REFERENCES package_version (version), "
     "path TEXT NOT NULL, bytes {blob} NOT NULL, PRIMARY KEY (version, path))"},
    {"cases-002-cases",
     "CREATE TABLE case_number (service TEXT NOT NULL, year BIGINT NOT NULL, "
     "last BIGINT NOT NULL, PRIMARY KEY (service, year));"
     "CREATE TABLE cases (id {id}, number TEXT NOT NULL UNIQUE, service TEXT NOT NULL, "
     "procedure_id TEXT NOT NULL, version TEXT NOT NULL REFERENCES package_version (version), "
     "state TEXT NOT NULL, state_before TEXT, closed BIGINT NOT NULL, "
     "status_token TEXT NOT NULL UNIQUE, citizen_id BIGINT NOT NULL, applicant TEXT NOT NULL, "
     "email TEXT, lang TEXT NOT NULL, channel TEXT NOT NULL, submitted_at BIGINT NOT NULL, "
     "submitted_on TEXT NOT NULL, deadline TEXT, clock_left BIGINT, "
     "assigned_to BIGINT NOT NULL, data_version BIGINT NOT NULL, vars TEXT NOT NULL, "
     "ask_note TEXT, ask_until TEXT, idempotency_key TEXT UNIQUE, draft_token TEXT UNIQUE, "
     "base_url TEXT, "
     "order_hash TEXT NOT NULL);"
     "CREATE INDEX cases_citizen ON cases (citizen_id, id);"
     "CREATE TABLE case_data (case_id BIGINT NOT NULL REFERENCES cases (id), "
     "version BIGINT NOT NULL, at BIGINT NOT NULL, actor TEXT NOT NULL, data TEXT NOT NULL, "
     "PRIMARY KEY (case_id, version));"},
    {"cases-003-work",
     "CREATE TABLE case_task (id {id}, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "task TEXT NOT NULL, office TEXT NOT NULL, label TEXT NOT NULL, "
     "protected BIGINT NOT NULL, done BIGINT NOT NULL, result TEXT, "
     "assigned_to BIGINT NOT NULL, created_at BIGINT NOT NULL, done_at BIGINT, done_by TEXT);"
     "CREATE INDEX case_task_case ON case_task (case_id);"
     "CREATE TABLE case_finding (id {id}, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "rule TEXT NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, message TEXT NOT NULL, "
     "request TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, created_at BIGINT NOT NULL);"
     "CREATE INDEX case_finding_case ON case_finding (case_id);"
     "CREATE TABLE case_document (id {id}, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "kind TEXT NOT NULL, title TEXT NOT NULL, sha256 TEXT, type TEXT NOT NULL, "
     "size BIGINT NOT NULL, path TEXT, created_at BIGINT NOT NULL, "
     "for_citizen BIGINT NOT NULL, protected_office TEXT, snapshot TEXT);"
     "CREATE INDEX case_document_case ON case_document (case_id);"
     "CREATE TABLE case_access (id {id}, at BIGINT NOT NULL, staff_id BIGINT NOT NULL, "
     "case_id BIGINT NOT NULL REFERENCES cases (id), citizen_id BIGINT NOT NULL, "
     "purpose TEXT NOT NULL);"
     "CREATE INDEX case_access_case ON case_access (case_id, id);"
     "CREATE INDEX case_access_citizen ON case_access (citizen_id, id)"},
    {"cases-004-desk",
     "CREATE TABLE case_desk (office TEXT NOT NULL, case_id BIGINT NOT NULL "
     "REFERENCES cases (id), service TEXT NOT NULL, state TEXT NOT NULL, "
     "open BIGINT NOT NULL, todo BIGINT NOT NULL, due TEXT NOT NULL, "
     "assigned_to BIGINT NOT NULL, PRIMARY KEY (case_id, office)) {keyed};"
     "CREATE INDEX case_desk_open ON case_desk (office, open, due, case_id);"
     "CREATE INDEX case_desk_service ON case_desk (office, service, open, due, case_id);"
     "CREATE INDEX case_desk_state ON case_desk (office, service, state, open, due, case_id);"
     "CREATE INDEX case_desk_todo ON case_desk (office, due, case_id) WHERE todo = 1;"
     "CREATE INDEX case_desk_mine ON case_desk (assigned_to, office, open, due, case_id) "
     "WHERE assigned_to <> 0;"
     "CREATE TABLE case_term (term TEXT NOT NULL, case_id BIGINT NOT NULL "
     "REFERENCES cases (id), PRIMARY KEY (case_id, term)) {keyed};"
     "CREATE INDEX case_term_term ON case_term (term, case_id)"},
    {"cases-005-register",
     "CREATE TABLE register_entry (row_id {id}, register TEXT NOT NULL, "
     "entry_id BIGINT NOT NULL, begins TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT, "
     "reason TEXT, title TEXT NOT NULL, recorded_at BIGINT NOT NULL, superseded_at BIGINT, "
     "head BIGINT NOT NULL, data TEXT NOT NULL, case_id BIGINT, actor TEXT NOT NULL);"
     "CREATE INDEX register_entry_entry ON register_entry (entry_id, row_id);"
     "CREATE INDEX register_entry_list ON register_entry (register, title, row_id) "
     "WHERE head = 1;"
     "CREATE TABLE register_key (register TEXT NOT NULL, field TEXT NOT NULL, "
     "value TEXT NOT NULL, row_id BIGINT NOT NULL REFERENCES register_entry (row_id), "
     "PRIMARY KEY (register, field, value, row_id));"
     "CREATE INDEX register_key_row ON register_key (row_id);"
     "CREATE TABLE register_term (register TEXT NOT NULL, term TEXT NOT NULL, "
     "row_id BIGINT NOT NULL REFERENCES register_entry (row_id), "
     "PRIMARY KEY (register, term, row_id));"
     "CREATE INDEX register_term_row ON register_term (row_id)"},
    {"cases-030-memo",
     "CREATE TABLE case_note (id {id}, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "staff_id BIGINT NOT NULL, text TEXT NOT NULL, created_at BIGINT NOT NULL, "
     "to_staff BIGINT NOT NULL, to_office TEXT, corrected_at BIGINT);"
     "CREATE INDEX case_note_case ON case_note (case_id, id);"
     "CREATE TABLE case_note_old (note_id BIGINT NOT NULL REFERENCES case_note (id), "
     "at BIGINT NOT NULL, text TEXT NOT NULL);"
     "CREATE INDEX case_note_old_note ON case_note_old (note_id);"
     "CREATE TABLE case_reminder (id {id}, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "staff_id BIGINT NOT NULL, office TEXT, due TEXT NOT NULL, text TEXT NOT NULL, "
     "done_at BIGINT, done_by TEXT, created_by BIGINT NOT NULL, created_at BIGINT NOT NULL, "
     "note_id BIGINT NOT NULL);"
     "CREATE INDEX case_reminder_case ON case_reminder (case_id, due) WHERE done_at IS NULL;"
     "CREATE INDEX case_reminder_note ON case_reminder (note_id) WHERE note_id <> 0;"
     "CREATE INDEX case_reminder_staff ON case_reminder (staff_id, due) WHERE done_at IS NULL;"
     "CREATE INDEX case_reminder_office ON case_reminder (office, due) WHERE done_at IS NULL"},
    {"cases-031-proposal",
     "CREATE TABLE case_proposal (id {id}, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "action TEXT NOT NULL, office TEXT NOT NULL, service TEXT NOT NULL, protected_office TEXT, "
     "entry TEXT, edits TEXT, letters TEXT, fingerprint TEXT NOT NULL, "
     "proposed_by BIGINT NOT NULL, proposed_at BIGINT NOT NULL, note TEXT, status TEXT NOT NULL, "
     "decided_by BIGINT, decided_at BIGINT, reason TEXT);"
     "CREATE UNIQUE INDEX case_proposal_open ON case_proposal (case_id) WHERE status = 'open';"
     "CREATE INDEX case_proposal_case ON case_proposal (case_id, id);"
     "CREATE INDEX case_proposal_by ON case_proposal (proposed_by, status)"},
    {"cases-034-history",
     "CREATE INDEX register_entry_case ON register_entry (case_id, row_id) WHERE case_id IS NOT "
     "NULL;"
     "CREATE INDEX case_access_looks ON case_access (case_id, staff_id, at)"},
    {"cases-033-links",
     "ALTER TABLE cases ADD COLUMN merged_into BIGINT;"
     "CREATE TABLE case_key (key TEXT NOT NULL, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "PRIMARY KEY (key, case_id)) {keyed};"
     "CREATE INDEX case_key_case ON case_key (case_id, key);"
     "CREATE TABLE case_link (id {id}, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "other_id BIGINT NOT NULL REFERENCES cases (id), kind TEXT NOT NULL, why TEXT, before TEXT, "
     "created_by BIGINT NOT NULL, created_at BIGINT NOT NULL, undone_at BIGINT, "
     "undone_by BIGINT);"
     "CREATE INDEX case_link_case ON case_link (case_id);"
     "CREATE INDEX case_link_other ON case_link (other_id)"},
    {"cases-032-documents", "ALTER TABLE case_document ADD COLUMN received_on TEXT;"
                            "ALTER TABLE case_document ADD COLUMN added_by BIGINT;"
                            "ALTER TABLE case_document ADD COLUMN mark TEXT;"
                            "ALTER TABLE case_document ADD COLUMN mark_reason TEXT;"
                            "ALTER TABLE case_document ADD COLUMN marked_by BIGINT;"
                            "ALTER TABLE case_document ADD COLUMN marked_at BIGINT;"
                            "ALTER TABLE case_finding ADD COLUMN document_id BIGINT"},
    {"cases-020-register-time",
     "CREATE TABLE register_key_kept (register TEXT NOT NULL, field TEXT NOT NULL, "
     "value TEXT NOT NULL, row_id BIGINT NOT NULL, "
     "PRIMARY KEY (register, field, value, row_id)) {keyed};"
     "INSERT INTO register_key_kept SELECT register, field, value, row_id FROM register_key;"
     "DROP TABLE register_key;"
     "ALTER TABLE register_key_kept RENAME TO register_key;"
     "CREATE INDEX register_key_row ON register_key (row_id, field);"
     "CREATE TABLE register_term_kept (register TEXT NOT NULL, term TEXT NOT NULL, "
     "row_id BIGINT NOT NULL, PRIMARY KEY (register, term, row_id)) {keyed};"
     "INSERT INTO register_term_kept SELECT register, term, row_id FROM register_term;"
     "DROP TABLE register_term;"
     "ALTER TABLE register_term_kept RENAME TO register_term;"
     "CREATE INDEX register_term_row ON register_term (row_id, term);"
     "CREATE INDEX register_entry_time ON register_entry (register, title, row_id, valid_from, "
     "valid_to, recorded_at, superseded_at);"
     "CREATE INDEX register_entry_age ON register_entry (register, row_id, begins, valid_from, "
     "valid_to, recorded_at, superseded_at)"},
    {"cases-021-register-access",
     "CREATE TABLE register_access (id {id}, at BIGINT NOT NULL, staff_id BIGINT NOT NULL, "
     "register TEXT NOT NULL, entry_id BIGINT NOT NULL, purpose TEXT NOT NULL);"
     "CREATE INDEX register_access_entry ON register_access (entry_id, id);"
     "CREATE TABLE register_export (id {id}, at BIGINT NOT NULL, staff_id BIGINT NOT NULL, "
     "register TEXT NOT NULL, form TEXT NOT NULL, asked TEXT NOT NULL, "
     "sensitive BIGINT NOT NULL)"},
    {"cases-023-open-data",
     "CREATE TABLE open_data_count (key TEXT PRIMARY KEY, day TEXT NOT NULL, "
     "counted_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, cells TEXT NOT NULL)"},
    {"cases-022-register-import",
     "CREATE TABLE register_import (register TEXT NOT NULL, line_key TEXT NOT NULL, "
     "hash TEXT NOT NULL, entry_id BIGINT NOT NULL, PRIMARY KEY (register, line_key)) {keyed}"},
    {"cases-010-lists",
     "ALTER TABLE case_desk ADD COLUMN procedure_id TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE case_desk ADD COLUMN received TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE case_desk ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE case_desk ADD COLUMN waiting BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE case_desk ADD COLUMN findings BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE case_desk ADD COLUMN channel TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE case_desk ADD COLUMN lang TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE case_desk ADD COLUMN tasks TEXT NOT NULL DEFAULT '';"
     "DROP INDEX case_desk_open; DROP INDEX case_desk_service; DROP INDEX case_desk_state;"
     "DROP INDEX case_desk_todo;"
     "UPDATE case_desk SET "
     "procedure_id = (SELECT c.procedure_id FROM cases c WHERE c.id = case_id), "
     "received = (SELECT c.submitted_on FROM cases c WHERE c.id = case_id), "
     "changed = (SELECT MAX(x.at) FROM case_data x WHERE x.case_id = case_desk.case_id), "
     "waiting = (SELECT CASE WHEN c.state_before IS NULL THEN 0 ELSE 1 END FROM cases c "
     "WHERE c.id = case_id), "
     "findings = CASE WHEN EXISTS (SELECT 1 FROM case_finding f WHERE f.case_id = "
     "case_desk.case_id AND f.status = 'open') THEN 1 ELSE 0 END, "
     "channel = (SELECT c.channel FROM cases c WHERE c.id = case_id), "
     "lang = (SELECT c.lang FROM cases c WHERE c.id = case_id), "
     "tasks = COALESCE((SELECT ',' || MIN(t.task) || ',' || MAX(t.task) || ',' FROM case_task t "
     "WHERE t.case_id = case_desk.case_id AND t.done = 0 AND case_desk.office IN ('*', "
     "t.office)), '');"
     "CREATE INDEX case_desk_open_due ON case_desk (office, open, due, " FILTERS ", received) "
     "WHERE open = 1;"
     "CREATE INDEX case_desk_open_received ON case_desk (office, open, received, " FILTERS ", due"
     ") WHERE open = 1;"
     "CREATE INDEX case_desk_open_changed ON case_desk (office, open, changed, " FILTERS
     ", received, due"
     ") WHERE open = 1;"
     "CREATE INDEX case_desk_closed ON case_desk (office, open, due, case_id) WHERE open = 0;"
     "CREATE INDEX case_desk_closed_received ON case_desk (office, open, received, case_id) "
     "WHERE open = 0;"
     "CREATE INDEX case_desk_closed_service ON case_desk (office, service, open, due, case_id) "
     "WHERE open = 0;"
     "CREATE INDEX case_desk_closed_state ON case_desk (office, service, state, open, due, "
     "case_id) WHERE open = 0;"
     "CREATE TABLE desk_view (id {id}, staff_id BIGINT NOT NULL, office TEXT NOT NULL, "
     "name TEXT NOT NULL, query TEXT NOT NULL, created_by BIGINT NOT NULL, "
     "created_at BIGINT NOT NULL);"
     "CREATE INDEX desk_view_staff ON desk_view (staff_id, name);"
     "CREATE INDEX desk_view_office ON desk_view (office, name);"
     "CREATE TABLE desk_start (staff_id BIGINT PRIMARY KEY, "
     "view_id BIGINT NOT NULL REFERENCES desk_view (id))"},
    {"cases-011-bulk",
     "CREATE TABLE case_bulk (id {id}, staff_id BIGINT NOT NULL, query TEXT NOT NULL, "
     "kind TEXT NOT NULL, params TEXT NOT NULL, job_id BIGINT NOT NULL, "
     "created_at BIGINT NOT NULL, undone_at BIGINT);"
     "CREATE INDEX case_bulk_staff ON case_bulk (staff_id, id);"
     "CREATE TABLE case_bulk_item (bulk_id BIGINT NOT NULL REFERENCES case_bulk (id), "
     "place BIGINT NOT NULL, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "status TEXT NOT NULL, before BIGINT NOT NULL, text TEXT NOT NULL, "
     "PRIMARY KEY (bulk_id, place)) {keyed}"},
    {"cases-012-figures",
     "CREATE TABLE case_figure (scope TEXT NOT NULL, week TEXT NOT NULL, service TEXT NOT NULL, "
     "procedure_id TEXT NOT NULL, kind TEXT NOT NULL, value BIGINT NOT NULL, "
     "count BIGINT NOT NULL, "
     "PRIMARY KEY (scope, week, service, procedure_id, kind, value)) {keyed}"},
    /* Of the runs of a package and a year one is under way at most. */
    {"cases-040-runs",
     "CREATE TABLE run (id {id}, service TEXT NOT NULL, name TEXT NOT NULL, "
     "version TEXT NOT NULL REFERENCES package_version (version), year BIGINT NOT NULL, "
     "undoes BIGINT REFERENCES run (id), status TEXT NOT NULL, active BIGINT NOT NULL, "
     "today TEXT NOT NULL, begun_by TEXT NOT NULL, released_by TEXT, job_id BIGINT, "
     "after_key TEXT NOT NULL, position BIGINT NOT NULL, head TEXT NOT NULL, "
     "preview TEXT, totals TEXT NOT NULL, created_at BIGINT NOT NULL, finished_at BIGINT);"
     "CREATE UNIQUE INDEX run_active ON run (service, name, year) WHERE active = 1;"
     "CREATE TABLE run_item (run_id BIGINT NOT NULL REFERENCES run (id), "
     "position BIGINT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, outcome TEXT NOT NULL, "
     "guard TEXT, reason TEXT, entries BIGINT NOT NULL, cents BIGINT NOT NULL, "
     "before_cents BIGINT NOT NULL, last_cents BIGINT NOT NULL, charge_id BIGINT, "
     "booked BIGINT, before TEXT, PRIMARY KEY (run_id, position)) {keyed};"
     "CREATE INDEX run_item_outcome ON run_item (run_id, outcome, position);"
     "CREATE INDEX run_item_key ON run_item (key);"
     "CREATE TABLE run_letter (id {id}, run_id BIGINT NOT NULL REFERENCES run (id), "
     "position BIGINT NOT NULL, key TEXT NOT NULL, title TEXT NOT NULL, sort TEXT NOT NULL, "
     "citizen_id BIGINT NOT NULL, snapshot TEXT NOT NULL, sha256 TEXT, size BIGINT NOT NULL, "
     "problem TEXT, created_at BIGINT NOT NULL, UNIQUE (run_id, position));"
     "CREATE INDEX run_letter_todo ON run_letter (run_id, id) "
     "WHERE sha256 IS NULL AND problem IS NULL;"
     "CREATE INDEX run_letter_citizen ON run_letter (citizen_id, id) WHERE citizen_id <> 0;"
     "CREATE INDEX run_letter_key ON run_letter (key)"},
    /* What the full-text index follows, see case_search.h. It replaces a table of words. */
    {"cases-050-search",
     "DROP TABLE case_term;"
     "CREATE TABLE case_change (id {id}, case_id BIGINT NOT NULL, at BIGINT NOT NULL)"},
    {"cases-060-retention",
     "ALTER TABLE cases ADD COLUMN erased_at BIGINT;"
     "CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;"
     "CREATE TABLE case_erasure (id {id}, case_id BIGINT NOT NULL, number TEXT NOT NULL, "
     "service TEXT NOT NULL, state TEXT NOT NULL, closed_on TEXT NOT NULL, "
     "erased_at BIGINT NOT NULL, row_count BIGINT NOT NULL, file_count BIGINT NOT NULL, "
     "event_id BIGINT NOT NULL);"
     "CREATE TABLE case_held (case_id BIGINT PRIMARY KEY, reason TEXT NOT NULL, "
     "since TEXT NOT NULL)"},
    /* What people wrote and events point at, see case_word.h. */
    {"cases-061-words",
     "CREATE TABLE case_word (id {id}, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "text TEXT NOT NULL);"
     "CREATE INDEX case_word_case ON case_word (case_id);"
     "CREATE INDEX case_bulk_item_case ON case_bulk_item (case_id)"},
    {"cases-070-register-hand",
     "ALTER TABLE register_entry ADD COLUMN act_id BIGINT;"
     "CREATE TABLE register_act (id {id}, register TEXT NOT NULL, entry_id BIGINT NOT NULL, "
     "basis BIGINT NOT NULL, kind TEXT NOT NULL, data TEXT, valid_from TEXT, valid_to TEXT, "
     "end_reason TEXT, reason TEXT, status TEXT NOT NULL, created_by BIGINT NOT NULL, "
     "created_at BIGINT NOT NULL, decided_by BIGINT, decided_at BIGINT, answer TEXT);"
     "CREATE INDEX register_act_entry ON register_act (entry_id, id);"
     "CREATE INDEX register_act_open ON register_act (register, id) WHERE status = 'open'"},
    {"cases-071-register-tally",
     "CREATE TABLE register_tally (register TEXT NOT NULL, groups TEXT NOT NULL, "
     "level TEXT NOT NULL, period TEXT NOT NULL, value_a TEXT NOT NULL, value_b TEXT NOT NULL, "
     "begun BIGINT NOT NULL, ended BIGINT NOT NULL, "
     "PRIMARY KEY (register, groups, level, period, value_a, value_b)) {keyed};"
     "CREATE TABLE register_tally_kept (register TEXT NOT NULL, groups TEXT NOT NULL, "
     "field_a TEXT NOT NULL, take_a BIGINT NOT NULL, field_b TEXT, take_b BIGINT NOT NULL, "
     "changed_at BIGINT NOT NULL, PRIMARY KEY (register, groups)) {keyed}"},
    {"cases-072-run-charge", "CREATE INDEX run_item_charge ON run_item (charge_id, run_id) "
                             "WHERE charge_id IS NOT NULL"},
    /* A scan that was given to the applicant, see case_release.h. */
    {"cases-073-release", "ALTER TABLE case_document ADD COLUMN released_at BIGINT;"
                          "ALTER TABLE case_document ADD COLUMN released_by BIGINT;"
                          "ALTER TABLE case_document ADD COLUMN released_words BIGINT;"
                          "ALTER TABLE case_document ADD COLUMN read_at BIGINT"},
    /* Forms that were taken, see form_once.h. */
    {"cases-074-form-once", "CREATE TABLE form_once (key TEXT PRIMARY KEY, at BIGINT NOT NULL);"
                            "CREATE INDEX form_once_at ON form_once (at)"},
    /* What is done by itself on a day to come, see case_later.h. */
    {"cases-075-later",
     "CREATE TABLE case_later (id {id}, case_id BIGINT NOT NULL REFERENCES cases (id), "
     "decision TEXT NOT NULL, position BIGINT NOT NULL, made TEXT NOT NULL, "
     "UNIQUE (case_id, decision, position));"
     "CREATE TABLE case_later_day (id {id}, later_id BIGINT NOT NULL REFERENCES case_later (id), "
     "day TEXT NOT NULL, status TEXT NOT NULL CHECK (status IN ('planned', 'done', 'past')), "
     "UNIQUE (later_id, day))"},
    /* Cases were erased, and their words may still lie in the files of the index. */
    {"cases-076-forget", "CREATE TABLE case_forget (id {id}, at BIGINT NOT NULL)"},
    /* Up to which row a count is built that is not whole yet, see register_tally.h. */
    {"cases-077-tally-built", "ALTER TABLE register_tally_kept ADD COLUMN built_to BIGINT"},
    /* Letters behind those of the run itself, and the print file that each went into. */
    {"cases-078-run-later",
     "ALTER TABLE run_letter ADD COLUMN later BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE run_letter ADD COLUMN printed TEXT;"
     "UPDATE run_letter SET later = 1 WHERE NOT EXISTS (SELECT 1 FROM run_item i WHERE i.run_id = "
     "run_letter.run_id AND i.position = run_letter.position);"
     "CREATE INDEX run_letter_unprinted ON run_letter (run_id, id) WHERE later = 1 AND citizen_id "
     "= 0 AND printed IS NULL;"
     "CREATE INDEX run_letter_printed ON run_letter (printed, run_id) WHERE printed IS NOT NULL"},
    /* What was given back is taken up again; looks at what is no entry yet. */
    {"cases-079-act-again",
     "ALTER TABLE register_act ADD COLUMN seen TEXT;"
     "ALTER TABLE register_act ADD COLUMN follows BIGINT;"
     "CREATE INDEX register_act_follows ON register_act (follows) WHERE follows > 0;"
     "ALTER TABLE register_access ADD COLUMN act_id BIGINT;"
     "CREATE INDEX register_access_act ON register_access (act_id) WHERE act_id IS NOT NULL"},
    /* What cannot be done by itself a person is asked for, once. */
    {"cases-080-later-person", "ALTER TABLE case_later_day ADD COLUMN reminder_id BIGINT"},
    /* case_access_looks finds what the first found; nobody asked for the second. */
    {"cases-081-look-indexes", "DROP INDEX case_access_case; DROP INDEX case_access_citizen"},
    /* What each decision of many rested on when it was previewed. */
    {"cases-082-bulk-basis", "ALTER TABLE case_bulk_item ADD COLUMN basis TEXT"},
    /* Every engine's forms are taken once: core/work/form_once.h. */
    {"cases-083-form-once", "DROP TABLE form_once"},
    /* A proposed run that a second person gave back, or its proposer took back. */
    {"cases-084-run-returned", "ALTER TABLE run ADD COLUMN returned_by TEXT;"
                               "ALTER TABLE run ADD COLUMN returned_why TEXT;"
                               "ALTER TABLE run ADD COLUMN returned_at BIGINT"},
    {0},
};
