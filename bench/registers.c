/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists of a large register: how long a page of 50 rows and its count take, by what is asked.
 *
 *     build/bench/bench_registers --make 1000000 > stock.csv
 *     build/rathaus import hund stock.csv --data DIR --tenant musterstadt
 *     build/bench/bench_registers DIR [--json]
 */
#include "cases/case_store.h"
#include "cases/cases.h"
#include "core/crypto.h"
#include "core/log.h"
#include "geo/geo.h"
#include "hooks/hooks.h"
#include "ident/ident.h"
#include "pay/pay.h"
#include "twin/twin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 60 };

static int make_stock(int64_t count)
{
    static const char *const BREEDS[] = {"mops", "labrador_retriever", "dackel_rauhaar", "beagle"};
    static const char *const NAMES[] = {"Müller", "Schmidt", "Fischer", "Weber", "Koch", "Wolf"};

    puts("schluessel;Hundemarke;name;rasse;mischling;geburt;chip;haltung_seit;steuer_ab;"
         "halter_name;halter_strasse;halter_ort;gültig ab");
    for (int64_t i = 0; i < count; i++) {
        int year = 2008 + (int)(i * 31 % 18);
        int month = 1 + (int)(i * 7 % 12);

        printf("A%" PRId64 ";%" PRId64 ";Hund %" PRId64 ";%s;%s;%d;2760981%08" PRId64
               ";1.%d.%d;1.%d.%d;Person%" PRId64 " %s;Lindenweg %" PRId64
               ";%d Musterstadt;1.%d.%d\n",
               i, i, i % 9973, BREEDS[i % 100 == 0 ? 0 : 1 + i % 3], i % 3 ? "nein" : "ja", year, i,
               month, year, month, year, i / 2, NAMES[i % 6], i % 97, 12340 + (int)(i % 10), month,
               year);
    }
    return 0;
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Sorts the times, µs; `why` tells that they are none. */
static bool tell(const char *what, int64_t *times, int runs, bool json, const Err *why)
{
    if (why) {
        fprintf(stderr, "bench_registers: %s: %s\n", what, why->message);
        return false;
    }
    qsort(times, (size_t)runs, sizeof *times, by_time);
    printf(json ? "{\"what\":\"%s\",\"p50_ms\":%.2f,\"p95_ms\":%.2f}\n"
                : "%-44s p50 %7.2f ms   p95 %7.2f ms\n",
           what, (double)times[runs / 2] / 1000, (double)times[runs * 95 / 100] / 1000);
    return true;
}

static bool measure(Tenant *tenant, const char *what, RegisterQuery query, bool json)
{
    int64_t times[RUNS];
    Err err = {0};

    query.register_id = STR("hund");
    query.limit = 51;
    for (int i = 0; i < RUNS; i++) {
        Arena *arena = arena_create(0);
        RegisterEntry *rows;
        size_t count;
        int64_t total;
        int64_t begin = now_us();
        Tx *tx = db_read(tenant->db, &err);
        bool ok = tx && register_select(tx, &query, arena, &rows, NULL, &count, &err) &&
                  register_count(tx, &query, 1001, &total, &err);

        if (tx)
            tx_end(tx);
        times[i] = now_us() - begin;
        arena_destroy(arena);
        if (!ok) {
            fprintf(stderr, "bench_registers: %s: %s\n", what, err.message);
            return false;
        }
    }
    qsort(times, RUNS, sizeof *times, by_time);
    double middle = (double)times[RUNS / 2] / 1000;
    double p95 = (double)times[RUNS * 95 / 100] / 1000;

    printf(json ? "{\"what\":\"%s\",\"p50_ms\":%.2f,\"p95_ms\":%.2f}\n"
                : "%-44s p50 %7.2f ms   p95 %7.2f ms\n",
           what, middle, p95);
    return true;
}

/* Statistics: the kept counts, and beside them the scan that they spare (as known a moment before
 * the last write, which the kept counts do not answer). */
static bool measure_counts(Tenant *tenant, const char *what, const RegisterGroup *groups,
                           size_t group_count, bool kept, bool json)
{
    int64_t times[RUNS];
    int runs = kept ? RUNS : 5;
    int64_t changed = 0;
    Err err = {0};
    Arena *arena = arena_create(0);
    bool ok = register_counts_keep(tenant->db, STR("hund"), groups, group_count, &err);

    for (int i = 0; ok && i < runs; i++) {
        RegisterQuery query = {.register_id = STR("hund"),
                               .at = true,
                               .valid_on = {2025, 7, 15},
                               .known_at = INT64_MAX};
        RegisterCell *cells;
        size_t count;
        int64_t begin = now_us();
        Tx *tx = db_read(tenant->db, &err);

        ok = tx && (kept || tx_query_int(tx, &err, &changed,
                                         "SELECT MAX(changed_at) FROM register_tally_kept"));
        if (!kept)
            query.known_at = changed - 1;
        begin = now_us();
        ok = ok && register_cells(tx, &query, groups, group_count, arena, &cells, &count, &err);
        times[i] = now_us() - begin;
        if (tx)
            tx_end(tx);
    }
    arena_destroy(arena);
    return tell(what, times, runs, json, ok ? NULL : &err);
}

/* Statistics with a filter; `kept` (may be NULL): counts by what is counted and by the filter's
 * field. */
static bool measure_filtered(Tenant *tenant, const char *what, RegisterGroup group,
                             RegisterFilter filter, const RegisterGroup *kept, bool json)
{
    int64_t times[RUNS];
    int runs = kept ? RUNS : 9;
    Err err = {0};
    bool ok = !kept || register_counts_keep(tenant->db, STR("hund"), kept, 2, &err);

    for (int i = 0; ok && i < runs; i++) {
        RegisterQuery query = {.register_id = STR("hund"),
                               .filters = {filter},
                               .filter_count = 1,
                               .at = true,
                               .valid_on = {2025, 7, 15},
                               .known_at = INT64_MAX};
        Arena *arena = arena_create(0);
        RegisterCell *cells;
        size_t count;
        int64_t begin = now_us();
        Tx *tx = db_read(tenant->db, &err);

        ok = tx && register_cells(tx, &query, &group, 1, arena, &cells, &count, &err);
        times[i] = now_us() - begin;
        if (tx)
            tx_end(tx);
        arena_destroy(arena);
    }
    return tell(what, times, runs, json, ok ? NULL : &err);
}

static bool measure_filters(Tenant *tenant, bool json)
{
    static const RegisterGroup BREED_AND_PLACE[2] = {
        {.field = {"rasse", 5}}, {.field = {"halter_ort", 10}, .take = REGISTER_TAKE_POSTCODE}};
    static const RegisterFilter BEAGLE = {{"rasse", 5}, {"beagle", 6}, {"beagle", 6}};
    static const RegisterFilter MIXED = {{"mischling", 9}, {"true", 4}, {"true", 4}};
    static const RegisterFilter MONTH = {
        {"haltung_seit", 12}, {"2020-01-01", 10}, {"2020-01-31", 10}};
    RegisterGroup breed = BREED_AND_PLACE[0], place = BREED_AND_PLACE[1];

    return measure_filtered(tenant, "by postcode, of a third's breed, kept", place, BEAGLE,
                            BREED_AND_PLACE, json) &&
           measure_filtered(tenant, "by breed, of a third, not counted", breed, MIXED, NULL,
                            json) &&
           measure_filtered(tenant, "by breed, of a month, not counted", breed, MONTH, NULL, json);
}

static bool measure_statistics(Tenant *tenant, bool json)
{
    static const RegisterGroup PAIR[2] = {{.field = {"stadtteil", 9}}, {.field = {"rasse", 5}}};
    static const RegisterGroup MONTH[1] = {{.field = {"", 0}, .take = REGISTER_TAKE_MONTH}};

    return measure_counts(tenant, "statistics by breed, kept", &PAIR[1], 1, true, json) &&
           measure_counts(tenant, "statistics by breed, scan", &PAIR[1], 1, false, json) &&
           measure_counts(tenant, "statistics by month, kept", MONTH, 1, true, json) &&
           measure_counts(tenant, "open data, district and breed, kept", PAIR, 2, true, json) &&
           measure_counts(tenant, "open data, district and breed, scan", PAIR, 2, false, json);
}

static bool measure_all(Tenant *tenant, bool json)
{
    static const RegisterFilter RARE = {{"rasse", 5}, {"mops", 4}, {"mops", 4}};
    static const RegisterFilter COMMON = {{"mischling", 9}, {"true", 4}, {"true", 4}};
    static const RegisterFilter MONTH = {
        {"haltung_seit", 12}, {"2020-01-01", 10}, {"2020-01-31", 10}};
    static const RegisterFilter CHIP = {
        {"chip", 4}, {"276098100000777", 15}, {"276098100000777", 15}};
    Str term = STR("mueller");
    RegisterQuery all = {0};
    RegisterQuery known = {.at = true, .valid_on = {2015, 3, 3}, .known_at = clock_now()};

    return measure(tenant, "all, by title", all, json) &&
           measure(tenant, "one value of a key",
                   (RegisterQuery){.filters = {CHIP}, .filter_count = 1}, json) &&
           measure(tenant, "a breed of one in a hundred",
                   (RegisterQuery){.filters = {RARE}, .filter_count = 1}, json) &&
           measure(tenant, "a common yes or no, newest first",
                   (RegisterQuery){.filters = {COMMON}, .filter_count = 1, .sort = REGISTER_NEWEST},
                   json) &&
           measure(tenant, "both", (RegisterQuery){.filters = {RARE, COMMON}, .filter_count = 2},
                   json) &&
           measure(tenant, "a month", (RegisterQuery){.filters = {MONTH}, .filter_count = 1},
                   json) &&
           measure(tenant, "a word", (RegisterQuery){.terms = &term, .term_count = 1}, json) &&
           measure(tenant, "on a day, as known now", known, json);
}

int main(int argc, char **argv)
{
    static const Engine *const ENGINES[] = {&WORK_ENGINE,  &IDENT_ENGINE,   &PAY_ENGINE,
                                            &CASES_ENGINE, &CITIZEN_ENGINE, &HOOKS_ENGINE,
                                            &GEO_ENGINE,   &TWIN_ENGINE};
    int64_t count;
    Err err = {0};

    if (argc == 3 && strcmp(argv[1], "--make") == 0 && str_to_i64(str_c(argv[2]), &count))
        return make_stock(count);
    if (argc < 2) {
        fputs("Usage: bench_registers --make COUNT | DIR [--json]\n", stderr);
        return 2;
    }
    crypto_start();
    log_set_level(LOG_ERROR);
    engines_register(ENGINES, sizeof ENGINES / sizeof *ENGINES);
    App *app = app_open(&(AppOptions){.data_dir = argv[1], .beside = true}, ENGINES,
                        sizeof ENGINES / sizeof *ENGINES, &err);
    Tenant *tenant = app ? tenant_acquire(app, DEMO_TENANT, &err) : NULL;
    bool json = argc > 2 && strcmp(argv[2], "--json") == 0;
    bool ok = tenant && measure_all(tenant, json) && measure_statistics(tenant, json) &&
              measure_filters(tenant, json);

    if (!tenant)
        fprintf(stderr, "bench_registers: %s\n", err.message);
    if (tenant)
        tenant_release(tenant);
    app_close(app);
    return ok ? 0 : 1;
}
