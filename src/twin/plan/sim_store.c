/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/plan.h"

#include "base/vec.h"
#include "core/store/event.h"

#include <stdio.h>

const Migration PLAN_MIGRATIONS[] = {
    {"twin-001-sim", "CREATE TABLE twin_sim ("
                     "  id {id},"
                     "  title TEXT NOT NULL,"
                     "  model TEXT NOT NULL,"
                     "  rain TEXT NOT NULL,"
                     "  rain_text TEXT NOT NULL,"
                     "  minutes BIGINT NOT NULL,"
                     "  fast BIGINT NOT NULL,"
                     "  measures TEXT,"
                     "  before BIGINT,"
                     "  job BIGINT,"
                     "  status TEXT NOT NULL,"
                     "  error TEXT,"
                     "  summary TEXT,"
                     "  published BIGINT NOT NULL DEFAULT 0,"
                     "  author TEXT NOT NULL,"
                     "  created_at BIGINT NOT NULL,"
                     "  finished_at BIGINT)"},
    {"twin-002-house", "CREATE TABLE twin_house ("
                       "  sim BIGINT NOT NULL,"
                       "  house BIGINT NOT NULL,"
                       "  address TEXT NOT NULL,"     /* "Talstraße 12", or "" */
                       "  address_key TEXT NOT NULL," /* folded, for finding */
                       "  depth_mm BIGINT NOT NULL,"
                       "  p90_mm BIGINT NOT NULL,"
                       "  speed_mm BIGINT NOT NULL,"
                       "  damage BIGINT NOT NULL," /* euro */
                       "  series TEXT NOT NULL,"   /* depth in mm at each picture over time */
                       "  PRIMARY KEY (sim, house)){keyed};"
                       "CREATE INDEX twin_house_depth ON twin_house (sim, depth_mm);"
                       "CREATE INDEX twin_house_address ON twin_house (sim, address_key)"},
    {"twin-003-measured", "CREATE TABLE twin_measured ("
                          "  id {id},"
                          "  model TEXT NOT NULL,"
                          "  kind TEXT NOT NULL," /* level, depth, rain */
                          "  station TEXT NOT NULL,"
                          "  event TEXT NOT NULL,"
                          "  begins BIGINT NOT NULL," /* wall clock, s; 0: not told */
                          "  series TEXT NOT NULL,"   /* lines of seconds and value */
                          "  author TEXT NOT NULL,"
                          "  created_at BIGINT NOT NULL);"
                          "CREATE INDEX twin_measured_model ON twin_measured (model)"},
    {"twin-004-address", "UPDATE twin_house SET address_key = REPLACE(address_key, ' ', '')"},
    /* In 0.0000001 degrees; 0 and 0 in the sea off Africa: not known. */
    {"twin-005-house-place",
     "ALTER TABLE twin_house ADD COLUMN longitude_e7 BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE twin_house ADD COLUMN latitude_e7 BIGINT NOT NULL DEFAULT 0"},
    /* An address from each of its later words on ("markt3" of "Am Markt 3"): what one finds it by
     * besides its beginning. */
    {"twin-006-house-name", "CREATE TABLE twin_house_name ("
                            "  sim BIGINT NOT NULL,"
                            "  name_key TEXT NOT NULL,"
                            "  house BIGINT NOT NULL,"
                            "  PRIMARY KEY (sim, name_key, house)){keyed}"},
    {0},
};

#define COLUMNS                                                                          \
    "SELECT id, title, model, rain, rain_text, minutes, measures, before, job, status, " \
    "error, summary, published, author, created_at, finished_at, fast FROM twin_sim "

static bool from_row(Rows *rows, Arena *arena, Sim *out, Err *err)
{
    Str summary = row_text(rows, 11);

    *out = (Sim){.id = row_int(rows, 0),
                 .title = row_text(rows, 1),
                 .model = row_text(rows, 2),
                 .rain = row_text(rows, 3),
                 .rain_text = row_text(rows, 4),
                 .minutes = (int)row_int(rows, 5),
                 .measures = row_text(rows, 6),
                 .before = row_int(rows, 7),
                 .job = row_int(rows, 8),
                 .status = row_text(rows, 9),
                 .error = row_text(rows, 10),
                 .published = row_int(rows, 12) != 0,
                 .author = row_text(rows, 13),
                 .created = row_int(rows, 14),
                 .finished = row_int(rows, 15),
                 .fast = row_int(rows, 16) != 0};
    if (summary.ptr)
        out->summary = node_parse_json(arena, summary, NULL, &NODE_LIMITS_REQUEST, err);
    return !summary.ptr || out->summary;
}

/* Its title, rain or author has the word. */
#define HAS_WORD                                                                    \
    "WHERE ($1 = '' OR LOWER(title) LIKE $2 ESCAPE '!' OR LOWER(rain_text) LIKE $2" \
    " ESCAPE '!' OR LOWER(author) LIKE $2 ESCAPE '!')"

static Str pattern_of(Arena *arena, Str word)
{
    return str_printf(arena, "%%%.*s%%", STR_ARG(sql_like_escape(arena, str_lower(arena, word))));
}

bool sim_count(Tx *tx, Arena *arena, Str word, int64_t *count, Err *err)
{
    *count = 0;
    return tx_query_int(tx, err, count, "SELECT COUNT(*) FROM twin_sim " HAS_WORD, P_TEXT(word),
                        P_TEXT(pattern_of(arena, word)));
}

bool sim_list(Tx *tx, Arena *arena, Str word, int64_t limit, int64_t offset, Sim **out,
              size_t *count, Err *err)
{
    struct {
        Sim *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows =
        tx_query(tx, arena, err, COLUMNS HAS_WORD " ORDER BY id DESC LIMIT $3 OFFSET $4",
                 P_TEXT(word), P_TEXT(pattern_of(arena, word)), P_INT(limit), P_INT(offset));

    err_clear(err);
    while (rows && rows_next(rows, err)) {
        Sim sim;
        if (!from_row(rows, arena, &sim, err))
            return false;
        VEC_PUSH(arena, &list, sim);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

bool sim_by_id(Tx *tx, Arena *arena, int64_t id, Sim *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, COLUMNS "WHERE id = $1", P_INT(id));

    if (!rows_one(rows, "Diese Simulation gibt es nicht.", err))
        return false;
    bool good = from_row(rows, arena, out, err);
    rows_end(rows);
    return good;
}

bool sim_published(Tx *tx, Arena *arena, Sim *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, COLUMNS "WHERE published = 1 ORDER BY id DESC LIMIT 1");

    *out = (Sim){0};
    err_clear(err);
    if (!rows || !rows_next(rows, err))
        return rows && err->kind == ERR_NONE;
    bool good = from_row(rows, arena, out, err);
    rows_end(rows);
    return good;
}

bool sim_published_id(Tx *tx, int64_t *id, Err *err)
{
    *id = 0;
    return tx_query_int(tx, err, id,
                        "SELECT COALESCE(MAX(id), 0) FROM twin_sim WHERE published = 1");
}

static bool tell(Tx *tx, const char *type, int64_t id, Str actor, Err *err)
{
    char subject[40];

    snprintf(subject, sizeof subject, "twin/%lld", (long long)id);
    return event_add(tx, type, str_c(subject), actor, NULL, err);
}

bool sim_add(Tx *tx, Sim *sim, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Node *params = node_map(arena);
    bool good = tx_insert(tx, err, &sim->id,
                          "INSERT INTO twin_sim (title, model, rain, rain_text, minutes, measures,"
                          " before, status, author, created_at, fast)"
                          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                          P_TEXT(sim->title), P_TEXT(sim->model), P_TEXT(sim->rain),
                          P_TEXT(sim->rain_text), P_INT(sim->minutes), P_TEXT(sim->measures),
                          sim->before ? P_INT(sim->before) : P_NULL, P_TEXT(SIM_WAITING),
                          P_TEXT(sim->author), P_INT(tx_now(tx)), P_INT(sim->fast));

    node_add(arena, params, STR("sim"), node_int(arena, sim->id));
    if (sim->publish_when_done)
        node_add(arena, params, STR("publish"), node_bool(arena, true));
    good = good && job_order(tx, "twin-simulation", params, actor, &sim->job, err) &&
           tx_exec(tx, err, "UPDATE twin_sim SET job = $2 WHERE id = $1", P_INT(sim->id),
                   P_INT(sim->job)) &&
           tell(tx, "twin.ordered", sim->id, actor, err);
    arena_destroy(arena);
    return good;
}

bool sim_set_status(Tx *tx, int64_t id, Str status, Str summary, Str error, Err *err)
{
    bool ended = !str_eq(status, SIM_WAITING) && !str_eq(status, SIM_RUNNING);

    return tx_exec(tx, err,
                   "UPDATE twin_sim SET status = $2, summary = $3, error = $4, finished_at = $5"
                   " WHERE id = $1",
                   P_INT(id), P_TEXT(status), P_TEXT(summary), P_TEXT(error),
                   ended ? P_INT(tx_now(tx)) : P_NULL);
}

bool sim_settle(Tx *tx, int64_t id, Str status, Str error, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE twin_sim SET status = $2, error = $3, finished_at = $4"
                   " WHERE id = $1 AND (status = 'waiting' OR status = 'running')",
                   P_INT(id), P_TEXT(status), P_TEXT(error), P_INT(tx_now(tx)));
}

bool sim_publish(Tx *tx, int64_t id, bool published, Str actor, Err *err)
{
    int64_t changed = 0;

    if (published &&
        !tx_exec(tx, err, "UPDATE twin_sim SET published = 0 WHERE id <> $1", P_INT(id)))
        return false;
    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE twin_sim SET published = $2 WHERE id = $1"
                       " AND ($2 = 0 OR status = $3)",
                       P_INT(id), P_INT(published), P_TEXT(SIM_DONE)))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT,
                       "Veröffentlichen lässt sich nur, was fertig berechnet ist.");
    return tell(tx, published ? "twin.published" : "twin.withdrawn", id, actor, err);
}

bool sim_delete(Tx *tx, int64_t id, Str actor, Err *err)
{
    int64_t changed = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "DELETE FROM twin_sim WHERE id = $1 AND published = 0"
                       " AND status <> 'waiting' AND status <> 'running'",
                       P_INT(id)))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT,
                       "Was noch rechnet oder veröffentlicht ist, lässt sich nicht löschen.");
    return tx_exec(tx, err, "UPDATE twin_sim SET before = NULL WHERE before = $1", P_INT(id)) &&
           tx_exec(tx, err, "DELETE FROM twin_house WHERE sim = $1", P_INT(id)) &&
           tx_exec(tx, err, "DELETE FROM twin_house_name WHERE sim = $1", P_INT(id)) &&
           tell(tx, "twin.deleted", id, actor, err);
}

char *sim_folder(Arena *arena, const Tenant *tenant, int64_t id)
{
    return arena_printf(arena, "%.*s/twin/runs/%lld", STR_ARG(tenant->folder), (long long)id);
}

char *sim_file(Arena *arena, const Tenant *tenant, int64_t id, const char *name)
{
    return arena_printf(arena, "%s/%s", sim_folder(arena, tenant, id), name);
}
