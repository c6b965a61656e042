/* SPDX-License-Identifier: EUPL-1.2 */
/* A bank statement (camt.053) with many payments, half of which name a charge: CPU and wall time
 * and memory of reading and booking it.
 *
 *     bench_statement [--count N] [--json] */
#include "core/test_town.h"

#include "pay/bank.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

enum { CHARGES = 20000 };

static const Engine *const ENGINES[] = {&WORK_ENGINE, &PAY_ENGINE};
static TestTown town;

typedef struct Assessing {
    int64_t from, to;
    Str *references;
} Assessing;

static bool assess(Tx *tx, void *context, Err *err)
{
    Assessing *a = context;

    for (int64_t i = a->from; i < a->to; i++) {
        AssessOrder order = {.key = str_printf(town.arena, "hundesteuer/2027/%lld", (long long)i),
                             .cents = 9600,
                             .subject = STR("case/1"),
                             .revenue = STR("hundesteuer"),
                             .purpose = STR("Hundesteuer 2027"),
                             .debtor = STR("Erika Mustermann"),
                             .due = {2027, 4, 9},
                             .actor = STR("staff/1")};
        Charge charge;
        if (!pay_assess(tx, town.tenant, &order, town.arena, &charge, NULL, err))
            return false;
        a->references[i] = charge.payment_reference;
    }
    return true;
}

static void write_entry(FILE *out, int64_t i, Str reference)
{
    fprintf(out,
            "<Ntry><NtryRef>%lld</NtryRef><Amt Ccy=\"EUR\">96.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
            "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2027-04-01</Dt></BookgDt><ValDt><Dt>2027-04-01"
            "</Dt></ValDt><AcctSvcrRef>B%lld</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>"
            "NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Erika Mustermann</Nm></Pty>"
            "</Dbtr><DbtrAcct><Id><IBAN>DE02%018llu</IBAN></Id></DbtrAcct></RltdPties>"
            "<RmtInf><Ustrd>Hundesteuer %.*s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n",
            (long long)i, (long long)i, (unsigned long long)i * 7919 % 1000003 * 999983,
            STR_ARG(reference));
}

static Str write_statement(const char *path, int64_t count, const Str *references)
{
    Err err = {0};
    Str xml;
    FILE *out = fopen(path, "w");

    assert_non_null(out);
    fputs(
        "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">"
        "<BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>",
        out);
    for (int64_t i = 0; i < count; i++)
        write_entry(out, i, i % 2 ? references[i / 2 % CHARGES] : STR("ohne Kassenzeichen"));
    fputs("</Stmt></BkToCstmrStmt></Document>", out);
    fclose(out);
    assert_ok(folder_read_file(path, 256 << 20, town.arena, &xml, &err), &err);
    return xml;
}

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

int main(int argc, char **argv)
{
    int64_t count = 100000;
    bool json = false;
    BankImport result;

    for (int i = 1; i < argc; i++) {
        json = json || strcmp(argv[i], "--json") == 0;
        if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
            count = strtoll(argv[++i], NULL, 10);
    }
    test_town_open(&town, ENGINES, 2,
                   "title: Musterstadt\nmoney:\n"
                   "  payment_reference: \"5{year:2}{account:3}{number:7}{check}\"\n"
                   "  accounts:\n    hundesteuer: {number: 340}\n");
    Str *references = arena_array(town.arena, Str, CHARGES);
    for (int64_t i = 0; i < CHARGES; i += 1000) {
        Assessing some = {i, i + 1000, references};
        test_town_write(&town, assess, &some);
    }
    Str xml = write_statement(arena_printf(town.arena, "%s/statement.xml", town.folder), count,
                              references);
    long before = resident_kb();
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    assert_ok(bank_import(town.tenant, xml, STR("staff/1"), town.arena, &result, &town.err),
              &town.err);
    wall = seconds(CLOCK_MONOTONIC) - wall;
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf(json ? "{\"entries\":%lld,\"matched\":%lld,\"wall_s\":%.2f,\"cpu_s\":%.2f,"
                  "\"file_kb\":%zu,\"grown_kb\":%ld}\n"
                : "%lld entries, %lld matched: %.2f s, %.2f s CPU; file %zu kB, grown by %ld kB\n",
           (long long)result.entries, (long long)result.matched, wall, cpu, xml.len / 1024,
           resident_kb() - before);
    test_town_close(&town);
    return 0;
}
