/* SPDX-License-Identifier: EUPL-1.2 */
/* The lists of a run, as CSV for a spreadsheet: those left out, and the totals. */
#include "base/csv.h"
#include "cases/run_store.h"

static void add_amount(Buf *out, int64_t cents)
{
    int64_t whole = cents < 0 ? -cents : cents;

    buf_addf(out, "%s%lld.%02lld", cents < 0 ? "-" : "", (long long)(whole / 100),
             (long long)(whole % 100));
}

void run_csv_left_out_head(Buf *out)
{
    csv_add_row(out, (Str[]){STR("Schlüssel"), STR("Name"), STR("Grund"), STR("Erklärung")}, 4);
}

void run_csv_left_out(Buf *out, Str key, Str name, Str guard, Str reason)
{
    csv_add_row(out, (Str[]){key, name, guard, reason}, 4);
}

static void add_count(Buf *out, Str what, int64_t count)
{
    csv_add_value(out, what);
    buf_addf(out, ",%lld\r\n", (long long)count);
}

static void add_money(Buf *out, const char *what, int64_t cents)
{
    csv_add_value(out, str_c(what));
    buf_add_char(out, ',');
    add_amount(out, cents);
    buf_add_c(out, "\r\n");
}

Str run_csv_totals(const Run *run, int year, const RunTotals *t, Arena *arena)
{
    Buf out = buf_in(arena);

    csv_add_row(&out, (Str[]){STR("Angabe"), STR("Wert")}, 2);
    add_count(&out, STR("Jahr"), year);
    add_count(&out, run->items_are, t->items);
    add_count(&out, run->entries_are, t->entries);
    add_money(&out, "Festgesetzt in Euro", t->cents);
    add_money(&out, "Im Vorjahr in Euro", t->last_cents + t->gone_cents);
    add_count(&out, STR("Mehr als im Vorjahr"), t->more);
    add_count(&out, STR("Weniger als im Vorjahr"), t->less);
    add_count(&out, STR("Wie im Vorjahr"), t->same);
    add_count(&out, STR("Neu"), t->fresh);
    add_count(&out, STR("Nur im Vorjahr"), t->gone);
    add_count(&out, STR("Forderungen neu"), t->made);
    add_count(&out, STR("Forderungen geändert"), t->changed);
    add_count(&out, STR("Forderungen unverändert"), t->unchanged);
    add_count(&out, STR("Ohne Betrag"), t->nothing);
    add_count(&out, STR("Festgesetzt, nicht mehr im Register"), t->stray);
    add_count(&out, STR("Ausgelassen"), t->left_out);
    add_count(&out, STR("Briefe"), t->letters);
    add_count(&out, STR("Briefe mit der Post"), t->by_post);
    add_count(&out, STR("Zahlt mit Lastschrift"), t->debits);
    add_money(&out, "Mit Lastschrift in Euro", t->debit_cents);
    return buf_str(&out);
}
