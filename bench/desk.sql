-- SPDX-License-Identifier: EUPL-1.2
-- A million cases of one office, one in fifty open, for the measurement of the desk's lists. Run on a copy of a town's
-- database while no program has it open; what matters here is the lists' rows and what the search finds.
PRAGMA synchronous = OFF;
PRAGMA foreign_keys = OFF;
BEGIN;
-- Words of which names, streets and dogs are made.
CREATE TEMP TABLE given_word (n INTEGER PRIMARY KEY, word TEXT); INSERT INTO given_word VALUES (0, 'Anna'), (1, 'Berta'), (2, 'Clara'), (3, 'Dora'),
  (4, 'Emma'), (5, 'Frieda'), (6, 'Greta'), (7, 'Hanna'), (8, 'Ida'), (9, 'Johanna'), (10, 'Karla'), (11, 'Lena'), (12, 'Marta'), (13, 'Nora'), (14,
  'Olga'), (15, 'Paula'), (16, 'Rosa'), (17, 'Sofie'), (18, 'Thea'), (19, 'Ursula'), (20, 'Vera'), (21, 'Wilma'), (22, 'Anton'), (23, 'Bernd'), (24,
  'Carl'), (25, 'David'), (26, 'Emil'), (27, 'Franz'), (28, 'Georg'), (29, 'Hans'), (30, 'Ingo'), (31, 'Jakob'), (32, 'Konrad'), (33, 'Ludwig'), (34,
  'Max'), (35, 'Norbert'), (36, 'Otto'), (37, 'Peter'), (38, 'Ralf'), (39, 'Stefan'), (40, 'Theo'), (41, 'Uwe'), (42, 'Viktor'), (43, 'Walter');
CREATE TEMP TABLE first_word (n INTEGER PRIMARY KEY, word TEXT); INSERT INTO first_word VALUES (0, 'Alt'), (1, 'Berg'), (2, 'Born'), (3, 'Brand'), (4,
  'Burg'), (5, 'Busch'), (6, 'Dorn'), (7, 'Eich'), (8, 'Erl'), (9, 'Fal'), (10, 'Feld'), (11, 'Fisch'), (12, 'Gold'), (13, 'Grün'), (14, 'Hag'), (15,
  'Hart'), (16, 'Heid'), (17, 'Hell'), (18, 'Hoch'), (19, 'Holz'), (20, 'Kalt'), (21, 'Kirch'), (22, 'Klein'), (23, 'Kron'), (24, 'Lang'), (25,
  'Licht'), (26, 'Lind'), (27, 'Löw'), (28, 'Mark'), (29, 'Moos'), (30, 'Neu'), (31, 'Nord'), (32, 'Ober'), (33, 'Ost'), (34, 'Rein'), (35, 'Rosen'),
  (36, 'Roth'), (37, 'Sand'), (38, 'Schön'), (39, 'Schwarz'), (40, 'Sommer'), (41, 'Stein'), (42, 'Sturm'), (43, 'Süß'), (44, 'Tann'), (45, 'Unter'),
  (46, 'Wald'), (47, 'Weiß'), (48, 'West'), (49, 'Winter');
CREATE TEMP TABLE second_word (n INTEGER PRIMARY KEY, word TEXT); INSERT INTO second_word VALUES (0, 'acker'), (1, 'auer'), (2, 'bach'), (3, 'bauer'),
  (4, 'baum'), (5, 'beck'), (6, 'berger'), (7, 'blum'), (8, 'brecht'), (9, 'brink'), (10, 'bruch'), (11, 'dahl'), (12, 'dorfer'), (13, 'eder'), (14,
  'egger'), (15, 'feld'), (16, 'fels'), (17, 'fink'), (18, 'fuchs'), (19, 'furt'), (20, 'gärtner'), (21, 'graf'), (22, 'haag'), (23, 'hammer'), (24,
  'hauer'), (25, 'heim'), (26, 'hoff'), (27, 'huber'), (28, 'kamp'), (29, 'kopf'), (30, 'lechner'), (31, 'mann'), (32, 'mayer'), (33, 'meier'), (34,
  'meister'), (35, 'moser'), (36, 'müller'), (37, 'pohl'), (38, 'reich'), (39, 'reuter'), (40, 'richter'), (41, 'ritter'), (42, 'sauer'), (43,
  'schmid'), (44, 'schneider'), (45, 'stetter'), (46, 'vogel'), (47, 'weber'), (48, 'zeller');
CREATE TEMP TABLE tree_word (n INTEGER PRIMARY KEY, word TEXT); INSERT INTO tree_word VALUES (0, 'Ahorn'), (1, 'Akazien'), (2, 'Apfel'), (3,
  'Birken'), (4, 'Buchen'), (5, 'Eichen'), (6, 'Erlen'), (7, 'Eschen'), (8, 'Fichten'), (9, 'Flieder'), (10, 'Garten'), (11, 'Hasel'), (12,
  'Kastanien'), (13, 'Kiefern'), (14, 'Kirschen'), (15, 'Lärchen'), (16, 'Linden'), (17, 'Mühlen'), (18, 'Nuss'), (19, 'Pappel'), (20, 'Platanen'),
  (21, 'Rosen'), (22, 'Schul'), (23, 'Tannen'), (24, 'Ulmen'), (25, 'Wald'), (26, 'Weiden'), (27, 'Wiesen'), (28, 'Bahnhof'), (29, 'Markt');
CREATE TEMP TABLE way_word (n INTEGER PRIMARY KEY, word TEXT); INSERT INTO way_word VALUES (0, 'weg'), (1, 'straße'), (2, 'allee'), (3, 'gasse'), (4,
  'platz'), (5, 'ring'), (6, 'steig'), (7, 'hof');
CREATE TEMP TABLE dog_word (n INTEGER PRIMARY KEY, word TEXT); INSERT INTO dog_word VALUES (0, 'Bello'), (1, 'Rex'), (2, 'Luna'), (3, 'Bruno'), (4,
  'Emma'), (5, 'Balu'), (6, 'Lilly'), (7, 'Rocky'), (8, 'Nala'), (9, 'Sammy'), (10, 'Kira'), (11, 'Lucky'), (12, 'Amy'), (13, 'Paul'), (14, 'Maja'),
  (15, 'Oskar'), (16, 'Frieda'), (17, 'Leo'), (18, 'Ronja'), (19, 'Max');
CREATE TEMP TABLE breed_word (n INTEGER PRIMARY KEY, word TEXT); INSERT INTO breed_word VALUES (0, 'affenpinscher'), (1, 'afghanischer_windhund'), (2,
  'airedale_terrier'), (3, 'akita'), (4, 'alaskan_husky'), (5, 'alaskan_malamute'), (6, 'alpenlaendische_dachsbracke'), (7, 'labrador_retriever'), (8,
  'mischling'), (9, 'american_staffordshire_terrier');
CREATE TEMP TABLE colour_word (n INTEGER PRIMARY KEY, word TEXT); INSERT INTO colour_word VALUES (0, 'schwarz'), (1, 'braun'), (2, 'weiß'), (3,
  'gelb'), (4, 'grau'), (5, 'gestromt'), (6, 'schwarzbraun'), (7, 'rotbraun'), (8, 'schwarzweiß'), (9, 'falb');
CREATE TEMP TABLE insurer_word (n INTEGER PRIMARY KEY, word TEXT); INSERT INTO insurer_word VALUES (0, 'Musterversicherung'), (1, 'Hundehaftpflicht'),
  (2, 'Stadtversicherung'), (3, 'Tierschutzkasse'), (4, 'Landesbrandkasse'), (5, 'Bürgerversicherung');
CREATE TEMP TABLE counted AS WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 1000000) SELECT i FROM s;
INSERT INTO cases (id, number, service, procedure_id, version, state, closed, status_token, citizen_id, applicant, lang, channel,
                   submitted_at, submitted_on, deadline, assigned_to, data_version, vars, order_hash)
  SELECT i, 'HUND-2026-' || printf('%06d', i) || '-' || (i % 10), 'hund', 'anmeldung', (SELECT version FROM package_version LIMIT 1),
         CASE WHEN i % 50 = 0 THEN 'eingegangen' ELSE 'festgesetzt' END, i % 50 <> 0, 'token' || i, 0,
         (SELECT word FROM given_word WHERE n = i * 7 % 44) || ' ' || (SELECT word FROM first_word WHERE n = i % 50) || (SELECT word FROM second_word WHERE n = i / 50 % 49) || CASE i / 2450 % 8 WHEN 0 THEN '' WHEN 1 THEN 'er' WHEN 2 THEN 'sen' WHEN 3 THEN 'ing' WHEN 4 THEN 'ski' WHEN 5 THEN 'ow' WHEN 6 THEN 'itz' ELSE 'son' END, 'de', 'portal', 1795000000000 - (1000000 - i) * 60000, date(1795000000 - (1000000 - i) * 60, 'unixepoch'),
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
INSERT INTO case_data (case_id, version, at, actor, data)
  SELECT c.i, 1, 0, 'citizen', json_object('halterart', 'person',
    'person', json_object('familienname', (SELECT word FROM first_word WHERE n = c.i % 50) || (SELECT word FROM second_word WHERE n = c.i / 50 % 49) || CASE c.i / 2450 % 8 WHEN 0 THEN '' WHEN 1 THEN 'er' WHEN 2 THEN 'sen' WHEN 3 THEN 'ing' WHEN 4 THEN 'ski' WHEN 5 THEN 'ow' WHEN 6 THEN 'itz' ELSE 'son' END, 'vornamen', (SELECT word FROM given_word WHERE n = c.i * 7 % 44), 'email', 'a' || c.i || '@example.org'),
    'anschrift', json_object('strasse', (SELECT word FROM tree_word WHERE n = c.i / 3 % 30) || (SELECT word FROM way_word WHERE n = c.i / 11 % 8), 'hausnummer', CAST(1 + c.i % 180 AS TEXT), 'plz', '12345', 'ort', 'Musterstadt'),
    'hunde', json_array(json_object('name', (SELECT word FROM dog_word WHERE n = c.i / 5 % 20), 'rasse', (SELECT word FROM breed_word WHERE n = c.i / 7 % 10), 'farbe', (SELECT word FROM colour_word WHERE n = c.i / 13 % 10), 'chip', '2760981' || printf('%08d', c.i),
      'versicherung', (SELECT word FROM insurer_word WHERE n = c.i / 17 % 6), 'versicherung_nummer', 'HV-' || c.i)))
  FROM counted c;
COMMIT;
