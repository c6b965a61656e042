/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/load.h"

#include "city/hub/hub.h"

const Migration HUB_MIGRATIONS[] = {
    {"city-001-dataset", "CREATE TABLE city_dataset ("
                         "  id {id},"
                         "  name TEXT NOT NULL UNIQUE,"
                         "  title TEXT NOT NULL,"
                         "  licence TEXT NOT NULL,"
                         "  access TEXT NOT NULL CHECK (access IN ('public', 'internal')),"
                         "  keep_days BIGINT NOT NULL,"
                         "  created_at BIGINT NOT NULL);"
                         /* Where entities belong that nobody says otherwise of. */
                         "INSERT INTO city_dataset (name, title, licence, access, keep_days, "
                         "created_at) VALUES ('allgemein', 'Allgemein', 'dl-de/by-2-0', 'public', "
                         "0, 0)"},
    {"city-002-entity", "CREATE TABLE city_entity ("
                        "  id {id},"
                        "  type TEXT NOT NULL,"
                        "  dataset BIGINT NOT NULL REFERENCES city_dataset(id),"
                        "  body TEXT NOT NULL,"
                        "  feature BIGINT NOT NULL DEFAULT 0);"
                        "CREATE TABLE city_series ("
                        "  id {id},"
                        "  entity BIGINT NOT NULL UNIQUE)"},
    {"city-003-link", "CREATE TABLE city_link ("
                      "  id {id},"
                      "  entity BIGINT NOT NULL,"
                      "  relation TEXT NOT NULL,"
                      "  target BIGINT NOT NULL,"
                      "  UNIQUE (entity, relation, target));"
                      "CREATE INDEX city_link_target ON city_link (target)"},
    {"city-places-001", "CREATE TABLE city_place_category ("
                        "  id {id},"
                        "  name TEXT NOT NULL UNIQUE,"
                        "  title TEXT NOT NULL,"
                        "  icon TEXT NOT NULL,"
                        "  colour TEXT NOT NULL,"
                        "  parent TEXT NOT NULL);"
                        "CREATE TABLE city_place_photo ("
                        "  id {id},"
                        "  thing BIGINT NOT NULL,"
                        "  sha256 TEXT NOT NULL,"
                        "  type TEXT NOT NULL,"
                        "  alt TEXT NOT NULL,"
                        "  created_at BIGINT NOT NULL,"
                        "  UNIQUE (thing, sha256));"
                        /* Those that any town has; it keeps them at the desk. */
                        "INSERT INTO city_place_category (name, title, icon, colour, parent) "
                        "VALUES ('freizeit', 'Freizeit und Natur', 'park', '#15803d', ''),"
                        "('spielplatz', 'Spielplatz', 'spielplatz', '#15803d', 'freizeit'),"
                        "('park', 'Park und Grünanlage', 'park', '#4d7c0f', 'freizeit'),"
                        "('sport', 'Sport', 'sport', '#b45309', 'freizeit'),"
                        "('kultur', 'Kultur', 'kultur', '#a21caf', ''),"
                        "('bildung', 'Bildung', 'schule', '#6d28d9', ''),"
                        "('buecherschrank', 'Bücherschrank', 'buch', '#6d28d9', 'bildung'),"
                        "('gesundheit', 'Gesundheit', 'gesundheit', '#b91c1c', ''),"
                        "('amt', 'Amt und Beratung', 'amt', '#1d4ed8', ''),"
                        "('trinkbrunnen', 'Trinkbrunnen', 'wasser', '#0e7490', ''),"
                        "('wertstoffe', 'Wertstoffe', 'recycling', '#854d0e', ''),"
                        "('toilette', 'Öffentliche Toilette', 'toilette', '#475569', ''),"
                        "('einkauf', 'Nachhaltig einkaufen', 'einkauf', '#9d174d', '')"},
    {"city-alarm-001-alarm",
     "CREATE TABLE city_alarm ("
     "  id {id},"
     "  dataset BIGINT NOT NULL REFERENCES city_dataset(id),"
     "  stream BIGINT NOT NULL,"
     "  property BIGINT NOT NULL,"
     "  name TEXT NOT NULL,"
     "  kind TEXT NOT NULL,"
     "  measure TEXT NOT NULL,"
     "  down BIGINT NOT NULL,"
     "  border TEXT NOT NULL,"
     "  border_end TEXT NOT NULL,"
     "  condition TEXT NOT NULL,"
     "  ends TEXT NOT NULL,"
     "  area TEXT NOT NULL,"
     "  hold_minutes BIGINT NOT NULL,"
     "  severity TEXT NOT NULL,"
     "  mails TEXT NOT NULL,"
     "  shown BIGINT NOT NULL,"
     "  public_text TEXT NOT NULL,"
     "  paused BIGINT NOT NULL,"
     "  created_at BIGINT NOT NULL);"
     "CREATE TABLE city_alarm_state ("
     "  alarm BIGINT NOT NULL REFERENCES city_alarm(id),"
     "  stream BIGINT NOT NULL,"
     "  phase TEXT NOT NULL,"
     "  since BIGINT NOT NULL,"
     "  holds_since BIGINT NOT NULL,"
     "  name TEXT NOT NULL,"
     "  value TEXT NOT NULL,"
     "  unit TEXT NOT NULL,"
     "  PRIMARY KEY (alarm, stream)) {keyed};"
     "CREATE TABLE city_alarm_change ("
     "  id {id},"
     "  alarm BIGINT NOT NULL REFERENCES city_alarm(id),"
     "  stream BIGINT NOT NULL,"
     "  phase TEXT NOT NULL,"
     "  moment BIGINT NOT NULL,"
     "  value TEXT NOT NULL,"
     "  unit TEXT NOT NULL,"
     "  name TEXT NOT NULL,"
     "  actor TEXT NOT NULL,"
     "  mailed BIGINT NOT NULL);"
     "CREATE INDEX city_alarm_change_alarm ON city_alarm_change (alarm, id)"},
    {"city-alarm-002-fault", "ALTER TABLE city_alarm ADD COLUMN fault TEXT NOT NULL DEFAULT ''"},
    {"city-board-001-board", "CREATE TABLE city_board ("
                             "  id {id},"
                             "  name TEXT NOT NULL UNIQUE,"
                             "  title TEXT NOT NULL,"
                             "  access TEXT NOT NULL CHECK (access IN ('public', 'internal')));"
                             "CREATE TABLE city_tile ("
                             "  id {id},"
                             "  board BIGINT NOT NULL REFERENCES city_board(id),"
                             "  position BIGINT NOT NULL,"
                             "  kind TEXT NOT NULL,"
                             "  title TEXT NOT NULL,"
                             "  width BIGINT NOT NULL,"
                             "  dataset BIGINT NOT NULL,"
                             "  stream BIGINT NOT NULL,"
                             "  span TEXT NOT NULL,"
                             "  warn TEXT NOT NULL,"
                             "  danger TEXT NOT NULL,"
                             "  body TEXT NOT NULL);"
                             "CREATE INDEX city_tile_board ON city_tile (board, position)"},
    {"city-004-keep-clock",
     "CREATE TABLE city_keep_clock ("
     "  one BIGINT PRIMARY KEY CHECK (one = 1),"
     "  kept_until BIGINT NOT NULL,"
     "  looked BIGINT NOT NULL,"
     "  doubted BIGINT NOT NULL);"
     /* It begins where the town has been last. */
     "INSERT INTO city_keep_clock (one, kept_until, looked, doubted) "
     "SELECT 1, MAX(moment), MAX(moment), 0 FROM (SELECT moment FROM schema_migration UNION ALL "
     "SELECT moment FROM last_moment) AS moments"},
    {0},
};

static bool type_named(Str name, StaEntity *out)
{
    for (int type = 0; type < STA_ENTITIES; type++) {
        if (str_is(name, sta_entity(type)->name)) {
            *out = (StaEntity)type;
            return true;
        }
    }
    return false;
}

static bool take_entity(Rows *rows, CityGraph *graph, Arena *scratch, Err *err)
{
    StaEntity type;
    int64_t id = row_int(rows, 0);
    Node *body = node_parse_json(scratch, row_text(rows, 3), NULL, &NODE_LIMITS_PACKAGE, err);

    if (!body || !type_named(row_text(rows, 1), &type))
        return err_set(err, ERR_INTERNAL, "city_entity %lld cannot be read", (long long)id);
    CityEntity *entity = city_entity_create(type, body);
    entity->id = id;
    entity->dataset = row_int(rows, 2);
    entity->feature = row_int(rows, 4);
    entity->series = (uint32_t)row_int(rows, 5);
    city_insert(graph, entity);
    return true;
}

static bool load_entities(Tx *tx, CityGraph *graph, Err *err)
{
    Arena *arena = arena_create(0), *scratch = arena_create(0);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT e.id, e.type, e.dataset, e.body, e.feature, COALESCE(s.id, 0) "
                          "FROM city_entity e LEFT JOIN city_series s ON s.entity = e.id "
                          "ORDER BY e.id");
    bool ok = rows != NULL;

    while (ok && rows_next(rows, err)) {
        ok = take_entity(rows, graph, scratch, err);
        arena_reset(scratch);
    }
    if (rows)
        rows_end(rows);
    arena_destroy(scratch);
    arena_destroy(arena);
    return ok && err->kind == ERR_NONE;
}

static bool load_links(Tx *tx, CityGraph *graph, Err *err)
{
    Arena *arena = arena_create(0);
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT e.type, l.entity, l.relation, l.target FROM city_link l "
                          "JOIN city_entity e ON e.id = l.entity ORDER BY l.id");

    while (rows && rows_next(rows, err)) {
        StaEntity type;
        const StaRelation *relation =
            type_named(row_text(rows, 0), &type) ? sta_relation(type, row_text(rows, 2)) : NULL;
        CityEntity *from = relation ? city_find(graph, type, row_int(rows, 1)) : NULL;
        CityEntity *to = from ? city_find(graph, relation->target, row_int(rows, 3)) : NULL;
        if (to)
            city_link(from, relation, to);
        else
            err_set(err, ERR_INTERNAL, "a link of city_entity %lld leads nowhere",
                    (long long)row_int(rows, 1));
        if (!to)
            break;
    }
    if (rows)
        rows_end(rows);
    arena_destroy(arena);
    return rows && err->kind == ERR_NONE;
}

bool city_graph_load(Tx *tx, CityGraph *graph, Err *err)
{
    return load_entities(tx, graph, err) && load_links(tx, graph, err);
}
