-- SPDX-License-Identifier: EUPL-1.2
-- A million cases of one office, one in fifty open, for the measurement of the desk's lists. Run on a copy of a town's
-- database while no program has it open; what matters here is the lists' rows and search words, not the cases' data.
PRAGMA synchronous = OFF;
PRAGMA foreign_keys = OFF;
BEGIN;
CREATE TEMP TABLE counted AS WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 1000000) SELECT i FROM s;
INSERT INTO cases (id, number, service, procedure_id, version, state, closed, status_token, citizen_id, applicant, lang, channel,
                   submitted_at, submitted_on, deadline, assigned_to, data_version, vars, order_hash)
  SELECT i, 'HUND-2026-' || printf('%06d', i) || '-' || (i % 10), 'hund', 'anmeldung', (SELECT version FROM package_version LIMIT 1),
         CASE WHEN i % 50 = 0 THEN 'eingegangen' ELSE 'festgesetzt' END, i % 50 <> 0, 'token' || i, 0,
         'Vorname' || (i % 3000) || ' Nachname' || (i % 20000), 'de', 'portal', 1795000000000 - (1000000 - i) * 60000, date(1795000000 - (1000000 - i) * 60, 'unixepoch'),
         CASE WHEN i % 50 = 0 THEN date('2026-11-01', '+' || (i % 90) || ' days') END, CASE WHEN i % 3 = 0 THEN 1 + i / 50 % 4 ELSE 0 END, 1, '{}', 'x'
  FROM counted;
-- What filters ask for stands in many shades: some of it in every other case, some in one of a thousand.
INSERT INTO case_desk (office, case_id, service, state, open, todo, due, assigned_to, procedure_id, received, changed, waiting, findings,
                       channel, lang, tasks)
  SELECT office, id, service, state, 1 - closed, 1 - closed, COALESCE(deadline, submitted_on), assigned_to,
         CASE WHEN id % 4 = 0 THEN 'abmeldung' ELSE 'anmeldung' END, submitted_on, submitted_at + (id * 7919) % 100000000,
         (1 - closed) * (id % 1000 = 0), (1 - closed) * (id % 350 = 0), CASE WHEN id % 650 = 0 THEN 'api' ELSE 'portal' END,
         CASE WHEN id % 450 = 0 THEN 'en' ELSE 'de' END, CASE WHEN closed THEN '' ELSE ',pruefen,' END
  FROM cases JOIN (SELECT 'steueramt' AS office UNION ALL SELECT '*');
INSERT INTO case_term (term, case_id) SELECT 'vorname' || (i % 3000), i FROM counted;
INSERT INTO case_term (term, case_id) SELECT 'nachname' || (i % 20000), i FROM counted;
INSERT INTO case_term (term, case_id) SELECT '2760981' || printf('%08d', i), i FROM counted;
INSERT INTO case_term (term, case_id) SELECT 'lindenweg', i FROM counted WHERE i % 20 = 0;
COMMIT;
