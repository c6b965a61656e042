/* SPDX-License-Identifier: EUPL-1.2 */
/* A tree that was planted is looked at by itself on the day that the register says. */
#pragma once

#include "cases/case_fixture.h"
#include "cases/case_later.h"
#include "cases/register.h"
#include "core/work/state.h"

#define TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"
#define PLANNED "SELECT COUNT(*) FROM case_later_day WHERE status = 'planned'"
#define WAKES                                                                             \
    "SELECT COUNT(*) FROM effect WHERE kind = 'later' AND status <> 'done' AND key LIKE " \
    "'later/day%'"
#define LETTERS "SELECT COUNT(*) FROM case_document WHERE title = 'Bescheid zum Ansehen'"

/* The process of the fixture with `ansehen`, which `eintragen` plans. */
static inline void write_process(Town *town, const char *action)
{
    Str text = str_c(PROCESS_YAML);

    text = str_replace(
        town->arena, text, STR("      - set: {eingetragen: 'today()'}\n"),
        str_printf(town->arena,
                   "      - set: {eingetragen: 'today()'}\n"
                   "      - later: {action: %s, date: 'bekannt[until = null].gepflanzt'}\n",
                   action));
    text = str_replace(town->arena, text, STR("halter: name}}"),
                       STR("halter: name, gepflanzt: 'today() + duration(\"P90D\")'}}"));
    text = str_printf(town->arena,
                      "%.*s  ansehen:\n"
                      "    label: Ansehen\n"
                      "    from: [fertig]\n"
                      "    office: gartenamt\n"
                      "    when: 'count(bekannt) > 0'\n"
                      "    guard: 'count(bekannt[geschuetzt = true]) = 0'\n"
                      "    guard_message: Der Baum ist geschützt.\n"
                      "    effects:\n"
                      "      - letter: {template: ansehen, recipient: '[name, \"Weg 1\", \"12345 "
                      "Ort\"]'}\n",
                      STR_ARG(text));
    assert_ok(folder_write_file(
                  arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder), text,
                  0600, &town->err),
              &town->err);
    assert_ok(
        folder_write_file(arena_printf(town->arena, "%s/service/letters/ansehen.md", town->folder),
                          STR("---\nsubject: Bescheid zum Ansehen\noffice: gartenamt\n---\nGuten "
                              "Tag {{name}}: {{bekannt[1].art}}.\n"),
                          0600, &town->err),
        &town->err);
}

/* The same, but the decision leaves the case open, and another closes it. */
static inline int open_going_on(void **state)
{
    if (town_open(state) != 0)
        return 1;
    Town *town = *state;
    const char *path = arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder);
    Str text;

    write_process(town, "ansehen");
    assert_ok(folder_read_file(path, 100000, town->arena, &text, &town->err), &town->err);
    text = str_replace(town->arena, text, STR("  fertig: {label"),
                       STR("  laeuft: {label: Läuft, citizen: {de: L., en: R., de-leicht: L.}}\n"
                           "  fertig: {label"));
    text = str_replace(town->arena, text, STR("    to: fertig\n"), STR("    to: laeuft\n"));
    text = str_replace(town->arena, text, STR("from: [fertig]"), STR("from: [laeuft]"));
    text = str_printf(town->arena,
                      "%.*s  abschliessen: {label: Abschließen, from: [laeuft], to: fertig, "
                      "office: gartenamt}\n",
                      STR_ARG(text));
    assert_ok(folder_write_file(path, text, 0600, &town->err), &town->err);
    town_publish(town);
    return 0;
}

static inline int open_later(void **state)
{
    if (town_open(state) != 0)
        return 1;
    write_process(*state, "ansehen");
    town_publish(*state);
    return 0;
}

static inline bool decide_fn(Tx *tx, Town *town, void *context, Err *err)
{
    return case_act(tx, town->tenant, town->package, context, STR("eintragen"), NULL,
                    STR("staff/1"), town->today, town->arena, err);
}

static inline void day_comes(Town *town, Date day)
{
    town->today = day;
    worker_pretend(town->tenant, timestamp_of_berlin_day(day));
    assert_ok(worker_drain(town->tenant, &town->err), &town->err);
}

/* Decided on 10 March 2027: the day is 8 June. */
static inline Case decided(Town *town)
{
    Case c = town_submit(town, TREE);

    day_comes(town, town->today);
    assert_ok(town_write(town, decide_fn, &c), &town->err);
    day_comes(town, town->today);
    return c;
}

typedef struct Bend {
    const char *json; /* new values, or NULL: the entry ends */
    Date from;
} Bend;

static inline bool step_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Bend *step = context;
    RegisterChange change = {.spec = package_register(town->package, STR("baum")),
                             .package = town->package,
                             .actor = STR("staff/2"),
                             .today = town->today};
    int64_t id = 0;

    if (!tx_query_int(tx, err, &id, "SELECT MIN(entry_id) FROM register_entry"))
        return false;
    return step->json ? register_correct(tx, &change, id, town_json(town, step->json), step->from,
                                         (Date){0}, town->arena, err)
                      : register_end(tx, &change, id, step->from, STR("gefällt"), town->arena, err);
}

static inline void change(Town *town, const char *json)
{
    Bend step = {json, {2027, 3, 10}};

    assert_ok(town_write(town, step_fn, &step), &town->err);
    day_comes(town, town->today);
}

static inline bool rewind_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town, (void)context;
    return tx_exec(tx, err,
                   "UPDATE effect SET status = 'waiting', next_at = 0 WHERE kind = 'later'");
}

static inline bool act_fn(Tx *tx, Town *town, void *context, Err *err)
{
    return case_act(tx, town->tenant, town->package, context, STR("ansehen"), NULL, STR("staff/1"),
                    town->today, town->arena, err);
}
