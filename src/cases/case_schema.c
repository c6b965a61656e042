/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_store.h"

/* `case_desk` holds one row per case and office (and one for "*", every office) with what the work
 * list filters and sorts by, so that each of its queries is one walk along an index. */
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
    {0},
};
