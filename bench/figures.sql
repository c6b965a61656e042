-- SPDX-License-Identifier: EUPL-1.2
-- A year of figures for the statistics' measurement: what came in, and decisions that took up to 60 days.
INSERT INTO case_figure (scope, week, service, procedure_id, kind, value, count)
  WITH RECURSIVE s (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < 60 * 52 - 1)
  SELECT scope, date('2026-11-16', '-' || (7 * (i / 60)) || ' days'), 'hund', procedure_id, kind, CASE kind WHEN 'decided' THEN i % 60 ELSE 0 END, 5
  FROM s JOIN (SELECT 'steueramt' AS scope UNION ALL SELECT '*') JOIN (SELECT 'anmeldung' AS procedure_id UNION ALL SELECT 'abmeldung')
  JOIN (SELECT 'decided' AS kind UNION ALL SELECT 'received') WHERE kind = 'decided' OR i % 60 = 0;
