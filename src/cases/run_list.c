/* SPDX-License-Identifier: EUPL-1.2 */
/* The lists of a run: whom a person must look at, and the totals; as CSV for a spreadsheet. */
#include "base/csv.h"
#include "base/vec.h"
#include "cases/run_store.h"

bool run_lists(Tx *tx, int64_t id, Arena *arena, RunLists *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT outcome, key, name, guard, reason FROM run_item WHERE run_id = "
                          "$1 AND outcome IN ('left_out', 'stray') ORDER BY position",
                          P_INT(id));

    *out = (RunLists){0};
    while (rows && rows_next(rows, err)) {
        RunNames *list = str_is(row_text(rows, 0), "stray") ? &out->strays : &out->left_out;

        VEC_PUSH(arena, list,
                 ((RunName){.key = row_text(rows, 1),
                            .name = row_text(rows, 2),
                            .guard = row_text(rows, 3),
                            .reason = row_text(rows, 4)}));
    }
    return rows && err->kind == ERR_NONE;
}

Node *run_names_node(const RunNames *names, Arena *arena)
{
    Node *list = node_list(arena);

    for (size_t i = 0; i < names->count; i++) {
        const RunName *one = &names->items[i];
        Node *item = node_map(arena);

        node_add(arena, item, STR("key"), node_string(arena, one->key));
        node_add(arena, item, STR("name"), node_string(arena, one->name));
        node_add(arena, item, STR("guard"), node_string(arena, one->guard));
        node_add(arena, item, STR("reason"), node_string(arena, one->reason));
        node_append(arena, list, item);
    }
    return list;
}

static void add_amount(Buf *out, int64_t cents)
{
    int64_t whole = cents < 0 ? -cents : cents;

    buf_addf(out, "%s%lld.%02lld", cents < 0 ? "-" : "", (long long)(whole / 100),
             (long long)(whole % 100));
}

static void add_names(Buf *out, const RunNames *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const RunName *one = &names->items[i];

        csv_add_row(out, (Str[]){one->key, one->name, one->guard, one->reason}, 4);
    }
}

Str run_csv_lists(const RunLists *lists, Arena *arena)
{
    Buf out = buf_in(arena);

    csv_add_row(&out, (Str[]){STR("Schlüssel"), STR("Name"), STR("Grund"), STR("Erklärung")}, 4);
    add_names(&out, &lists->left_out);
    add_names(&out, &lists->strays);
    return buf_str(&out);
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
