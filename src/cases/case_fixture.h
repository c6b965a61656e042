/* SPDX-License-Identifier: EUPL-1.2 */
/* A town with a small service, for tests: people report trees ("baum"), each with a number that is
 * unique among living trees; the tax is 10 euros a tree. */
#pragma once

#include "cases/cases.h"
#include "cases/golden.h"
#include "cases/publish.h"
#include "core/log.h"
#include "core/test_folder.h"
#include "core/work/work.h"
#include "ident/ident.h"
#include "pay/pay.h"

static const char SERVICE_YAML[] =
    "id: baum\n"
    "leika: \"99000000\"\n"
    "name: {de: Baum, en: Tree, de-leicht: Baum}\n"
    "summary: {de: Bäume melden, en: Report trees, de-leicht: Baum melden}\n"
    "audience: [citizen]\n"
    "topics: [Natur]\n"
    "synonyms: [Wald]\n"
    "offices: [gartenamt, ordnungsamt]\n"
    "procedures:\n"
    "  - id: melden\n"
    "    leika: \"99000000000001\"\n"
    "    name: {de: Baum melden, en: Report a tree, de-leicht: Baum melden}\n"
    "    summary: {de: s, en: s, de-leicht: s}\n"
    "    who: {de: alle, en: all, de-leicht: alle}\n"
    "    cost: {de: nichts, en: nothing, de-leicht: nichts}\n"
    "    duration: {de: kurz, en: short, de-leicht: kurz}\n"
    "    form: melden\n"
    "    process: melden\n"
    "parameters:\n"
    "  satz: {type: number, value: 10}\n"
    "registers:\n"
    "  baum:\n"
    "    name: {de: Baumregister, en: Register of trees, de-leicht: Liste}\n"
    "    key: [nummer]\n"
    "    retention_least: P1Y\n"
    "    title: 'art + \" \" + nummer'\n"
    "    fields:\n"
    "      nummer: {type: text, label: Nummer}\n"
    "      art: {type: text, label: Art, required: true}\n"
    "      halter: {type: text, label: Halter}\n"
    "      gepflanzt: {type: date, label: Gepflanzt am}\n"
    "      geschuetzt: {type: yes_no, label: Geschützt}\n"
    "      lage: {type: choice, label: Lage, options: [{value: park, label: Im Park},\n"
    "                                                  {value: strasse, label: An der Straße}]}\n";

static const char FORM_YAML[] =
    "id: melden\n"
    "pages:\n"
    "  - id: wer\n"
    "    title: {de: Wer, en: Who, de-leicht: Wer}\n"
    "    fields:\n"
    "      - {id: person, type: group, block: person, only: [familienname, vornamen, email],\n"
    "         label: {de: Person, en: Person, de-leicht: Person}}\n"
    "  - id: baeume\n"
    "    title: {de: Bäume, en: Trees, de-leicht: Bäume}\n"
    "    fields:\n"
    "      - id: baeume\n"
    "        type: group\n"
    "        label: {de: Bäume, en: Trees, de-leicht: Bäume}\n"
    "        repeat: {min: 1, max: 5, item: {de: Baum, en: Tree, de-leicht: Baum}}\n"
    "        fields:\n"
    "          - {id: art, type: text, required: true, label: {de: Art, en: Kind, de-leicht: "
    "Art}}\n"
    "          - {id: nummer, type: text, label: {de: Nummer, en: Number, de-leicht: Nummer}}\n"
    "          - {id: grund, type: text, visible: 'nummer = null',\n"
    "             label: {de: Warum keine, en: Why none, de-leicht: Warum}}\n";

static const char PROCESS_YAML[] =
    "id: melden\n"
    "deadline: {days: 30, label: Entscheidung}\n"
    "states:\n"
    "  neu: {label: Neu, citizen: {de: Neu., en: New., de-leicht: Neu.}}\n"
    "  frage: {label: Rückfrage, citizen: {de: F., en: Q., de-leicht: F.}, waiting: applicant,\n"
    "          clock: paused}\n"
    "  fertig: {label: Fertig, citizen: {de: Fertig., en: Done., de-leicht: Fertig.}, final: "
    "true,\n"
    "           retention: P1Y}\n"
    "lookups:\n"
    "  bekannt: {register: baum, where: {nummer: 'nummern'}}\n"
    "values:\n"
    "  nummern: 'baeume.nummer'\n"
    "  name: 'person.vornamen + \" \" + person.familienname'\n"
    "  betrag: 'count(baeume) * town.satz'\n"
    "tasks:\n"
    "  pruefen: {office: gartenamt, label: Prüfen, on: neu}\n"
    "  gefahr: {office: ordnungsamt, label: Gefahr prüfen, on: neu, protected: true,\n"
    "           when: 'some b in baeume satisfies b.art = \"Eibe\"'}\n"
    "findings:\n"
    "  - id: nummer_fehlt\n"
    "    kind: missing\n"
    "    each: baeume\n"
    "    field: nummer\n"
    "    when: 'nummer = null'\n"
    "    message: Die Nummer von {{art}} fehlt.\n"
    "    request: {de: 'Nummer von {{art}}?', en: 'Number of {{art}}?', de-leicht: 'Nummer?'}\n"
    "actions:\n"
    "  eintragen:\n"
    "    label: Eintragen\n"
    "    from: [neu]\n"
    "    to: fertig\n"
    "    office: gartenamt\n"
    "    guard: 'count(open_tasks[office = \"ordnungsamt\"]) = 0'\n"
    "    guard_message: Das Ordnungsamt hat noch nicht entschieden.\n"
    "    done: [pruefen]\n"
    "    fields:\n"
    "      - {id: hinweis, type: text, label: Hinweis, max_length: 20}\n"
    "    effects:\n"
    "      - register: {register: baum, op: add, each: baeume,\n"
    "                   entry: {nummer: nummer, art: art, halter: name}}\n"
    "      - assess: {key: '\"baum/\" + name', amount: betrag, revenue: baumsteuer,\n"
    "                 purpose: '\"Baumsteuer\"', due: 'today() + duration(\"P30D\")', debtor: "
    "name}\n"
    "      - set: {eingetragen: 'today()'}\n"
    "      - letter: {template: bescheid}\n"
    "  entwarnen:\n"
    "    label: Entwarnen\n"
    "    from: [neu]\n"
    "    office: ordnungsamt\n"
    "    done: [gefahr]\n";

static const char LETTER_MD[] = "---\n"
                                "subject: Bescheid für {{name}}\n"
                                "office: gartenamt\n"
                                "giro: true\n"
                                "---\n"
                                "Guten Tag {{name}},\n"
                                "\n"
                                "| Baum | Nummer |\n"
                                "|---|---|\n"
                                "{{#each baeume}}\n"
                                "| {{art}} | {{nummer}} |\n"
                                "{{/each}}\n"
                                "\n"
                                "Zu zahlen sind {{money(betrag)}}. {{entry.hinweis}}\n";

static const char EXAMPLE_YAML[] =
    "name: Ein Baum\n"
    "procedure: melden\n"
    "today: 2027-03-10\n"
    "input:\n"
    "  person: {familienname: Muster, vornamen: Erika, email: erika@example.org}\n"
    "  baeume: [{art: Linde, nummer: \"7\"}]\n"
    "expect: {state: neu, tasks: [pruefen], findings: []}\n"
    "steps:\n"
    "  - action: eintragen\n"
    "    expect:\n"
    "      state: fertig\n"
    "      charges: [{purpose: Baumsteuer, amount: 10, due: 2027-04-09}]\n"
    "      register: {baum: [{nummer: \"7\", until: null}]}\n"
    "      letters: [{template: bescheid, contains: [\"10,00 €\", Linde]}]\n";

static const char TOWN_YAML[] = "title: Teststadt\n"
                                "state: NW\n"
                                "money:\n"
                                "  iban: DE89370400440532013000\n"
                                "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                                "  accounts: {baumsteuer: {number: \"101\", name: Baumsteuer}}\n";

static const Engine *const TEST_ENGINES[] = {&WORK_ENGINE, &IDENT_ENGINE, &PAY_ENGINE,
                                             &CASES_ENGINE};

typedef struct Town {
    char folder[TEST_FOLDER_MAX];
    Arena *arena;
    App *app;
    Tenant *tenant;
    const Package *package;
    const Procedure *procedure;
    Date today;
    Err err;
} Town;

static inline void town_files(Town *town)
{
    static const struct {
        const char *path, *text;
    } FILES[] = {{"examples/baum.yaml", EXAMPLE_YAML},
                 {"forms/melden.yaml", FORM_YAML},
                 {"letters/bescheid.md", LETTER_MD},
                 {"processes/melden.yaml", PROCESS_YAML},
                 {"service.yaml", SERVICE_YAML}};
    PackageFile *blocks;
    size_t block_count;
    Err err = {0};
    const char *folder = arena_printf(town->arena, "%s/service", town->folder);

    /* Through a folder, so that the core blocks come along. */
    assert_ok(folder_make(folder, &err), &err);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        char *path = arena_printf(town->arena, "%s/%s", folder, FILES[i].path);
        char *slash = strrchr(path, '/');

        *slash = 0;
        assert_ok(folder_make(path, &err), &err);
        *slash = '/';
        assert_ok(folder_write_file(path, str_c(FILES[i].text), 0600, &err), &err);
    }
    assert_ok(package_read_folder(folder, NULL, town->arena, &blocks, &block_count, &err), &err);
    assert_true(block_count >= 5);
}

static const PackageFile *town_read(Town *town, size_t *count)
{
    PackageFile *files;
    Err err = {0};

    assert_ok(package_read_folder(arena_printf(town->arena, "%s/service", town->folder), NULL,
                                  town->arena, &files, count, &err),
              &err);
    return files;
}

static inline void town_publish(Town *town)
{
    size_t count;
    const PackageFile *files = town_read(town, &count);
    Problems problems = {.arena = town->arena};

    if (!package_publish(town->tenant, files, count, &problems, &town->err)) {
        for (size_t i = 0; i < problems.count; i++)
            fprintf(stderr, "%.*s:%d: %.*s\n", STR_ARG(problems.items[i].file),
                    problems.items[i].line, STR_ARG(problems.items[i].message));
        fail_msg("%s", town->err.message);
    }
    town->package = tenant_package(town->tenant, STR("baum"), &town->err);
    assert_non_null(town->package);
    town->procedure = package_procedure(town->package, STR("melden"));
}

static inline int town_open(void **state)
{
    Town *town = calloc(1, sizeof *town);

    town->arena = arena_create(0);
    test_folder_make(town->folder);
    log_set_level(LOG_ERROR);
    town_files(town);
    const char *source = arena_printf(town->arena, "%s/town", town->folder);

    assert_ok(folder_make(source, &town->err), &town->err);
    assert_ok(folder_make(arena_printf(town->arena, "%s/services", town->folder), &town->err),
              &town->err);
    assert_ok(folder_write_file(arena_printf(town->arena, "%s/tenant.yaml", source),
                                str_c(TOWN_YAML), 0600, &town->err),
              &town->err);
    AppOptions options = {.data_dir = arena_printf(town->arena, "%s/data", town->folder),
                          .services_dir = arena_printf(town->arena, "%s/services", town->folder)};

    engines_register(TEST_ENGINES, 4);
    town->app = app_open(&options, TEST_ENGINES, 4, &town->err);
    assert_non_null(town->app);
    assert_ok(tenant_create(town->app, STR("teststadt"), source, &town->err), &town->err);
    town->tenant = tenant_acquire(town->app, STR("teststadt"), &town->err);
    assert_non_null(town->tenant);
    town->today = (Date){2027, 3, 10};
    town_publish(town);
    *state = town;
    return 0;
}

static inline int town_close(void **state)
{
    Town *town = *state;

    tenant_release(town->tenant);
    app_close(town->app);
    test_folder_remove(town->folder);
    arena_destroy(town->arena);
    free(town);
    return 0;
}

typedef bool (*TownFn)(Tx *tx, Town *town, void *context, Err *err);
typedef struct TownWrite {
    Town *town;
    TownFn fn;
    void *context;
} TownWrite;

static inline bool town_write_fn(Tx *tx, void *context, Err *err)
{
    TownWrite *write = context;

    return write->fn(tx, write->town, write->context, err);
}

static inline bool town_write(Town *town, TownFn fn, void *context)
{
    TownWrite write = {town, fn, context};

    err_clear(&town->err);
    return db_write(town->tenant->db, town_write_fn, &write, &town->err);
}

typedef struct Submission {
    SubmitOrder order;
    Case c;
} Submission;

static inline bool town_submit_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Submission *submission = context;

    return case_submit(tx, town->tenant, &submission->order, town->arena, &submission->c, err);
}

static inline Node *town_json(Town *town, const char *json)
{
    Node *node = node_parse_json(town->arena, str_c(json), NULL, &NODE_LIMITS_PACKAGE, &town->err);

    assert_non_null(node);
    return node;
}

#define PERSON                                                        \
    "\"person\":{\"familienname\":\"Muster\",\"vornamen\":\"Erika\"," \
    "\"email\":\"erika@example.org\"}"

static inline Submission town_order(Town *town, const char *json)
{
    return (Submission){.order = {.package = town->package,
                                  .procedure = town->procedure,
                                  .data = town_json(town, json),
                                  .lang = STR("de"),
                                  .channel = STR("portal"),
                                  .today = town->today}};
}

static inline Case town_submit(Town *town, const char *json)
{
    Submission submission = town_order(town, json);

    assert_ok(town_write(town, town_submit_fn, &submission), &town->err);
    return submission.c;
}

static inline bool town_sql_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Rows *rows = tx_query_text(tx, town->arena, err, str_c(context), NULL, 0);

    while (rows && rows_next(rows, err))
        ;
    return rows && err->kind == ERR_NONE;
}

/* What no code does: one statement, written as it stands. */
static inline void town_sql(Town *town, const char *sql)
{
    assert_ok(town_write(town, town_sql_fn, (void *)(uintptr_t)sql), &town->err);
}

static inline int64_t town_count(Town *town, const char *sql)
{
    int64_t count = 0;
    Tx *tx = db_read(town->tenant->db, &town->err);
    Rows *rows = tx_query_text(tx, town->arena, &town->err, str_c(sql), NULL, 0);

    assert_non_null(rows);
    if (rows_next(rows, &town->err))
        count = row_int(rows, 0);
    tx_end(tx);
    return count;
}

static inline Case town_case(Town *town, int64_t id)
{
    Case c;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_by_id(tx, id, town->arena, &c, &town->err), &town->err);
    tx_end(tx);
    return c;
}

static inline Finding *town_findings(Town *town, int64_t id, size_t *count)
{
    Finding *findings;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_findings(tx, id, town->arena, &findings, count, &town->err), &town->err);
    tx_end(tx);
    return findings;
}
