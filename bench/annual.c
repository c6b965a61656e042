/* SPDX-License-Identifier: EUPL-1.2 */
/* The annual run of the dog tax: CPU and wall time and memory of assessing N keepers, and of their
 * letters as PDF.
 *
 * The floor of the first is the ledger alone: the same charges assessed by pay_assess() in
 * transactions of the same size, with nothing read, computed or written besides.
 *
 *     bench_annual [--keepers N] [--no-pdf] [--json]
 *     bench_annual --fill DIR [--keepers N]     # only make a data folder, to be run by the command
 */
#include "core/test_town.h"

#include "cases/cases.h"
#include "cases/publish.h"
#include "cases/run_store.h"
#include "ident/ident.h"
#include "post/hyphenate.h"

#include <sys/resource.h>
#include <time.h>

enum { CHUNK = 500, FLOOR_BATCH = 192 };

static const Engine *const ENGINES[] = {&WORK_ENGINE, &IDENT_ENGINE, &PAY_ENGINE, &CASES_ENGINE};

typedef struct Filling {
    const Package *package;
    int64_t from, to;
    Arena *arena;
} Filling;

static const char *const FAMILIES[] = {
    "Müller", "Öztürk", "Lüdenscheid-Vogel", "Schmidt", "van der Berg", "Weiß", "Kaya", "Nowak"};
static const char *const STREETS[] = {"Lindenweg", "Am Alten Rathaus", "Äußere Ringstraße",
                                      "Bahnhofstraße", "Goethestraße"};
static const char *const BREEDS[] = {"mops", "beagle", "deutscher_schaeferhund", "mischling"};

/* One keeper in eight has a second dog, one in two hundred no address. */
static bool add_keeper(Tx *tx, const Filling *f, int64_t i, Err *err)
{
    RegisterChange change = {.spec = package_register(f->package, STR("hund")),
                             .package = f->package,
                             .actor = STR("bench"),
                             .today = {2026, 12, 1}};
    const char *family = FAMILIES[i % 8];

    for (int64_t dog = 0; dog < 1 + (i % 8 == 0); dog++) {
        Str yaml = str_printf(
            f->arena,
            "{marke: \"%lld\", name: Rex, rasse: %s, mischling: false, geschlecht: ruede, "
            "geburt: \"2019-05\", farbe: schwarz, chip: \"27609%010lld\", listenhund: false, "
            "haltung_seit: 2020-03-01, steuer_ab: 2020-04-01, versicherung: Musterversicherung, "
            "versicherung_nummer: HV-%lld, halter: \"person/%s/erika %lld/1970-01-01\", "
            "halterart: person, halter_name: Erika %lld %s, halter_strasse: %s, "
            "halter_ort: \"%05lld Musterstadt\", halter_email: k%lld@example.org}",
            (long long)(i * 10 + dog), BREEDS[i % 4], (long long)(i * 10 + dog), (long long)i,
            family, (long long)i, (long long)i, family,
            i % 200 == 7
                ? "null"
                : arena_printf(f->arena, "\"%s %lld\"", STREETS[i % 5], (long long)(i % 97)),
            (long long)(12340 + i % 10), (long long)i);
        Node *data = node_parse_yaml(f->arena, yaml, "entry", &NODE_LIMITS_REQUEST, err);
        int64_t id;

        if (!data || !register_add(tx, &change, data, (Date){2020, 3, 1}, f->arena, &id, err))
            return false;
    }
    return true;
}

static bool fill_some(Tx *tx, void *context, Err *err)
{
    const Filling *f = context;

    for (int64_t i = f->from; i < f->to; i++)
        if (!add_keeper(tx, f, i, err))
            return false;
    return true;
}

static bool fill(Tenant *tenant, int64_t keepers, Err *err)
{
    const Package *package = tenant_package(tenant, STR("hund"), err);
    bool ok = package != NULL;

    for (int64_t i = 0; ok && i < keepers; i += CHUNK) {
        Filling f = {package, i, i + CHUNK < keepers ? i + CHUNK : keepers, arena_create(1 << 20)};

        ok = db_write(tenant->db, fill_some, &f, err);
        arena_destroy(f.arena);
    }
    return ok;
}

/* --- The floor ---------------------------------------------------------------------------------
 */

static bool assess_some(Tx *tx, void *context, Err *err)
{
    const Filling *f = context;

    for (int64_t i = f->from; i < f->to; i++) {
        AssessOrder order = {.key = str_printf(f->arena, "floor/2027/%lld", (long long)i),
                             .cents = 9600,
                             .subject = STR("run/0"),
                             .revenue = STR("hundesteuer"),
                             .purpose = STR("Hundesteuer 2027"),
                             .debtor = STR("Erika Mustermann"),
                             .payer = str_printf(f->arena, "%lld", (long long)i),
                             .due = {2027, 2, 15},
                             .actor = STR("run/0")};
        Charge charge;

        if (!pay_assess(tx, tx_tenant(tx), &order, f->arena, &charge, NULL, err))
            return false;
    }
    return true;
}

static bool assess_bare(Tenant *tenant, int64_t count, Err *err)
{
    bool ok = true;

    for (int64_t i = 0; ok && i < count; i += FLOOR_BATCH) {
        Filling f = {NULL, i, i + FLOOR_BATCH < count ? i + FLOOR_BATCH : count,
                     arena_create(1 << 20)};

        ok = db_write(tenant->db, assess_some, &f, err);
        arena_destroy(f.arena);
    }
    return ok;
}

/* --- Measuring ---------------------------------------------------------------------------------
 */

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long resident_kb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

typedef struct Measured {
    double wall, cpu;
} Measured;

static Measured begin(void)
{
    return (Measured){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

static Measured taken(Measured start)
{
    return (Measured){seconds(CLOCK_MONOTONIC) - start.wall,
                      seconds(CLOCK_PROCESS_CPUTIME_ID) - start.cpu};
}

/* Stops when the run comes to what begins with these words. */
typedef struct Limit {
    const char *at;
    bool stop;
} Limit;

static void see(void *context, int64_t done, int64_t total, const char *what)
{
    Limit *limit = context;

    (void)done;
    (void)total;
    limit->stop = limit->at && strncmp(what, limit->at, strlen(limit->at)) == 0;
}

static bool stopped(void *context)
{
    return ((const Limit *)context)->stop;
}

int main(int argc, char **argv)
{
    const char *root = getenv("SOURCE_ROOT") ? getenv("SOURCE_ROOT") : ".";
    const char *folder = NULL;
    char scratch[] = "/tmp/rathaus-annual-XXXXXX";
    int64_t keepers = 20000, id = 0;
    bool json = false, pdf = true;
    Arena *arena = arena_create(1 << 16);
    Err err = {0};

    for (int i = 1; i < argc; i++) {
        json = json || strcmp(argv[i], "--json") == 0;
        pdf = pdf && strcmp(argv[i], "--no-pdf") != 0;
        if (strcmp(argv[i], "--keepers") == 0 && i + 1 < argc)
            keepers = strtoll(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--fill") == 0 && i + 1 < argc)
            folder = argv[++i];
    }
    crypto_start();
    engines_register(ENGINES, 4);
    log_set_level(LOG_WARNING);
    if (!folder && !mkdtemp(scratch))
        return 1;
    AppOptions options = {.data_dir = folder ? folder : scratch,
                          .services_dir = arena_printf(arena, "%s/services", root)};
    App *app = app_open(&options, ENGINES, 4, &err);

    assert_ok(app, &err);
    assert_ok(
        tenant_create(app, STR("musterstadt"), arena_printf(arena, "%s/tenants/demo", root), &err),
        &err);
    Tenant *tenant = tenant_acquire(app, STR("musterstadt"), &err);

    assert_ok(tenant, &err);
    assert_ok(fill(tenant, keepers, &err), &err);
    if (!folder) {
        RunOrder order = {.service = STR("hund"),
                          .name = STR("jahresveranlagung"),
                          .year = 2027,
                          .today = {2027, 1, 10},
                          .actor = STR("bench")};
        Limit limit = {.at = "Briefe erstellt"};
        RunWatch watch = {.progress = see, .cancelled = stopped, .context = &limit};
        Measured start = begin(), floor, preview, assess, letters = {0}, joined = {0};
        RunPreview looked;

        hyphenate_warm(); /* as a server does when it starts */
        start = begin();

        assert_ok(assess_bare(tenant, keepers, &err), &err);
        floor = taken(start);
        start = begin();
        assert_ok(run_preview(tenant, &order, NULL, arena, &looked, &err), &err);
        preview = taken(start);
        start = begin();
        assert_false(run_do(tenant, &order, &watch, arena, &id, &err)); /* stops at the letters */
        assess = taken(start);
        long before = resident_kb();

        if (pdf) {
            limit = (Limit){.at = "Briefe für"};
            start = begin();
            assert_false(run_do(tenant, &order, &watch, arena, &id, &err));
            letters = taken(start);
            limit = (Limit){0};
            start = begin();
            assert_ok(run_do(tenant, &order, &watch, arena, &id, &err), &err);
            joined = taken(start);
        }
        double rate = pdf ? (double)looked.totals.letters / (letters.cpu + joined.cpu) : 0;

        printf(
            json
                ? "{\"keepers\":%lld,\"assess_cpu_s\":%.2f,\"assess_wall_s\":%.2f,"
                  "\"floor_cpu_s\":%.2f,\"preview_cpu_s\":%.2f,\"letters\":%lld,"
                  "\"letters_cpu_s\":%.2f,\"letters_wall_s\":%.2f,\"join_cpu_s\":%.2f,"
                  "\"letters_per_cpu_second\":%.1f,\"resident_kb\":%ld,\"grown_kb\":%ld}\n"
                : "%lld keepers assessed: %.2f s CPU, %.2f s (floor, the ledger alone: %.2f s "
                  "CPU); preview %.2f s CPU\n%lld letters: %.2f s CPU, %.2f s; print files: %.2f s "
                  "CPU; together %.1f letters per CPU second; %ld kB resident before them, grown "
                  "by %ld kB\n",
            (long long)keepers, assess.cpu, assess.wall, floor.cpu, preview.cpu,
            (long long)looked.totals.letters, letters.cpu, letters.wall, joined.cpu, rate, before,
            resident_kb() - before);
    }
    tenant_release(tenant);
    app_close(app);
    if (!folder)
        assert_ok(folder_remove(scratch, &err), &err);
    arena_destroy(arena);
    return 0;
}
