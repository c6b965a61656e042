/* SPDX-License-Identifier: EUPL-1.2 */
/* What a replayed example has led to, as data. */
#include "cases/case_later.h"
#include "cases/case_memo.h"
#include "cases/golden.h"
#include "pay/mandate.h"

#include <ctype.h>

void golden_put(Golden *golden, Node *map, const char *key, Str text)
{
    node_set(golden->arena, map, str_c(key),
             text.ptr ? node_string(golden->arena, text) : node_null(golden->arena));
}

Node *golden_actual_errors(Golden *golden)
{
    Node *list = node_list(golden->arena);

    for (size_t i = 0; i < golden->form.error_count; i++) {
        Node *item = node_map(golden->arena);

        golden_put(golden, item, "field", golden->form.errors[i].path);
        golden_put(golden, item, "rule", golden->form.errors[i].rule);
        golden_put(golden, item, "message", golden->form.errors[i].message);
        node_append(golden->arena, list, item);
    }
    return list;
}

static bool actual_findings(Golden *golden, Tx *tx, Node *list, Err *err)
{
    Finding *findings;
    size_t count;

    if (!case_findings(tx, golden->c.id, golden->arena, &findings, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *item = node_map(golden->arena);

        if (!str_is(findings[i].status, "open") && !str_is(findings[i].status, "asked"))
            continue;
        golden_put(golden, item, "id", findings[i].rule);
        golden_put(golden, item, "field", findings[i].path);
        golden_put(golden, item, "kind", findings[i].kind);
        golden_put(golden, item, "status", findings[i].status);
        golden_put(golden, item, "message", findings[i].message);
        golden_put(golden, item, "request", findings[i].request);
        node_append(golden->arena, list, item);
    }
    return true;
}

static bool actual_tasks(Golden *golden, Tx *tx, Node *list, Err *err)
{
    Task *tasks;
    size_t count;

    if (!case_tasks(tx, golden->c.id, golden->arena, &tasks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tasks[i].done)
            node_append(golden->arena, list, node_string(golden->arena, tasks[i].task));
    return true;
}

static bool actual_later(Golden *golden, Tx *tx, Node *list, Err *err)
{
    PlannedDay *days;
    size_t count;

    if (!case_later_planned(tx, golden->procedure->process, &golden->c, golden->arena, &days,
                            &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *item = node_map(golden->arena);

        golden_put(golden, item, "action", days[i].action->id);
        golden_put(golden, item, "date", date_iso(golden->arena, days[i].day));
        node_append(golden->arena, list, item);
    }
    return true;
}

static bool actual_reminders(Golden *golden, Tx *tx, Node *list, Err *err)
{
    Reminder *reminders;
    size_t count;

    if (!case_reminders(tx, golden->c.id, golden->arena, &reminders, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *item = node_map(golden->arena);

        golden_put(golden, item, "office", reminders[i].to.office);
        golden_put(golden, item, "date", date_iso(golden->arena, reminders[i].due));
        golden_put(golden, item, "text", reminders[i].text);
        node_append(golden->arena, list, item);
    }
    return true;
}

static Node *euros(Golden *golden, int64_t cents)
{
    int64_t whole = cents < 0 ? -cents : cents;

    return node_number(golden->arena,
                       str_printf(golden->arena, "%s%lld.%02lld", cents < 0 ? "-" : "",
                                  (long long)(whole / 100), (long long)(whole % 100)));
}

static bool part_nodes(Golden *golden, Tx *tx, const Charge *charge, Node *list, Err *err)
{
    ChargePart *parts;
    size_t count;

    if (!charge_parts(tx, charge->id, golden->arena, &parts, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *item = node_map(golden->arena);

        golden_put(golden, item, "due", date_iso(golden->arena, parts[i].due));
        node_set(golden->arena, item, STR("amount"), euros(golden, parts[i].cents));
        node_append(golden->arena, list, item);
    }
    return true;
}

bool golden_charge(Golden *golden, Tx *tx, const Charge *charge, Node *item, Err *err)
{
    Node *parts = node_list(golden->arena);

    golden_put(golden, item, "purpose", charge->purpose);
    node_set(golden->arena, item, STR("amount"), euros(golden, charge->owed_cents));
    node_set(golden->arena, item, STR("paid"), euros(golden, charge->paid_cents));
    golden_put(golden, item, "due", date_iso(golden->arena, charge->due));
    golden_put(golden, item, "revenue", charge->revenue);
    golden_put(golden, item, "payer", charge->payer);
    node_set(golden->arena, item, STR("parts"), parts);
    return part_nodes(golden, tx, charge, parts, err);
}

static bool actual_mandates(Golden *golden, Tx *tx, Node *list, Err *err)
{
    Mandate *mandates;
    size_t count;

    if (!mandates_of_subject(tx, case_subject(&golden->c, golden->arena), golden->arena, &mandates,
                             &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *item = node_map(golden->arena);

        golden_put(golden, item, "payer", mandates[i].payer);
        golden_put(golden, item, "holder", mandates[i].holder);
        golden_put(golden, item, "iban", mandates[i].iban);
        golden_put(golden, item, "signed", date_iso(golden->arena, mandates[i].signed_on));
        node_append(golden->arena, list, item);
    }
    return true;
}

/* Charges of the case: those it made, and those that were there before and that it changed. */
static bool actual_charges(Golden *golden, Tx *tx, Node *list, Err *err)
{
    Charge *charges;
    size_t count;

    if (!pay_charges_of(tx, case_subject(&golden->c, golden->arena), golden->arena, &charges,
                        &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *item = node_map(golden->arena);

        if (!golden_charge(golden, tx, &charges[i], item, err))
            return false;
        node_append(golden->arena, list, item);
    }
    return true;
}

bool golden_actual_register(Golden *golden, Tx *tx, Str id, Node *list, Err *err)
{
    RegisterEntry *entries;
    size_t count;

    RegisterQuery query = {.register_id = id, .limit = 10000};

    if (!register_select(tx, &query, golden->arena, &entries, NULL, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *item = node_clone(golden->arena, entries[i].data);

        golden_put(golden, item, "from", date_iso(golden->arena, entries[i].begins));
        golden_put(golden, item, "until",
                   date_absent(entries[i].until) ? STR_NONE
                                                 : date_iso(golden->arena, entries[i].until));
        golden_put(golden, item, "reason", entries[i].reason);
        node_append(golden->arena, list, item);
    }
    return true;
}

/* Markdown without the backslashes before punctuation, as it is read. */
/* Markdown without the backslashes before punctuation. */
static Str unescape(Golden *golden, Str text)
{
    Buf out = buf_in(golden->arena);

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len && ispunct((unsigned char)text.ptr[i + 1]))
            i++;
        buf_add_char(&out, text.ptr[i]);
    }
    return out.len ? buf_str(&out) : STR("");
}

Node *golden_letter(Golden *golden, const Node *shot, bool made)
{
    Node *item = node_map(golden->arena);

    golden_put(golden, item, "template", node_get_text(shot, "template"));
    golden_put(golden, item, "lang", node_get_text(shot, "lang"));
    golden_put(golden, item, "subject", node_get_text(shot, "subject"));
    golden_put(golden, item, "text", unescape(golden, node_get_text(shot, "body")));
    node_set(golden->arena, item, STR("giro"),
             node_bool(golden->arena, node_get(shot, "giro") != NULL));
    node_set(golden->arena, item, STR("pdf"), node_bool(golden->arena, made));
    return item;
}

bool golden_actual_letters(Golden *golden, Tx *tx, Node *list, Err *err)
{
    Rows *rows = tx_query(tx, golden->arena, err,
                          "SELECT snapshot, sha256 FROM case_document WHERE case_id = $1 AND "
                          "id > $2 AND kind = 'letter' ORDER BY id",
                          P_INT(golden->c.id), P_INT(golden->document_before));

    while (rows && rows_next(rows, err)) {
        const Node *shot =
            node_parse_json(golden->arena, row_text(rows, 0), NULL, &NODE_LIMITS_PACKAGE, err);

        if (!shot)
            return false;
        if (node_get(shot, "template"))
            node_append(golden->arena, list, golden_letter(golden, shot, !row_null(rows, 1)));
    }
    return rows && err->kind == ERR_NONE;
}

static bool actual_orders(Golden *golden, Tx *tx, Node *list, Err *err)
{
    (void)tx;
    (void)err;
    for (size_t i = 0; golden->orders && i < golden->orders->count; i++)
        node_append(golden->arena, list, golden->orders->items[i]);
    return true;
}

GoldenRead golden_actual(Str key)
{
    static const struct {
        const char *key;
        GoldenRead read;
    } LISTS[] = {
        {"findings", actual_findings},   {"tasks", actual_tasks},       {"later", actual_later},
        {"reminders", actual_reminders}, {"mandates", actual_mandates}, {"charges", actual_charges},
        {"orders", actual_orders},
    };

    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        if (str_is(key, LISTS[i].key))
            return LISTS[i].read;
    return NULL;
}
