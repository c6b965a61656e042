/* SPDX-License-Identifier: EUPL-1.2 */
/* Charges in parts, mandates and collections, for the tests of direct debits. */
#pragma once

#include "pay/collection.h"
#include "pay/sepa_calendar.h"
#include "pay/statement_fixture.h"

static const char IBAN_B[] = "NL91ABNA0417164300";

/* 96.00, the one half of it in `first` days, the other in `second`. */
static inline Assessed test_assess_halves(const char *key, const char *payer, int first, int second)
{
    Date today = date_in_berlin(clock_now());
    AssessPart *parts = arena_array(town.arena, AssessPart, 2);

    parts[0] = (AssessPart){date_add_days(today, first), 4800};
    parts[1] = (AssessPart){date_add_days(today, second), 4800};
    Assessed a = {.order = {.key = str_c(key),
                            .cents = 9600,
                            .subject = STR("case/1"),
                            .revenue = STR("hundesteuer"),
                            .purpose = STR("Hundesteuer 2027"),
                            .debtor = STR("Erika Mustermann"),
                            .due = parts[0].due,
                            .payer = str_c(payer),
                            .parts = parts,
                            .part_count = 2,
                            .actor = STR("staff/1")}};
    test_town_write(&town, assess_fn, &a);
    return a;
}

/* The half of it now and the other half in a year. */
static inline Assessed test_assess_parts(const char *key, const char *payer)
{
    return test_assess_halves(key, payer, -10, 365);
}

static inline bool test_sign_fn(Tx *tx, void *context, Err *err)
{
    MandateOrder *order = context;
    Mandate mandate;

    return mandate_put(tx, order, town.arena, &mandate, err);
}

/* `email` may be NULL. */
static inline void test_sign_as(const char *payer, const char *iban, const char *email,
                                bool one_off)
{
    MandateOrder order = {.payer = str_c(payer),
                          .holder = STR("Erika Mustermännchen & Söhne"),
                          .iban = str_c(iban),
                          .email = email ? str_c(email) : STR_NONE,
                          .signed_on = date_add_days(date_in_berlin(clock_now()), -30),
                          .one_off = one_off,
                          .actor = STR("staff/1")};

    test_town_write(&town, test_sign_fn, &order);
}

static inline void test_sign(const char *payer, const char *iban)
{
    test_sign_as(payer, iban, NULL, false);
}

/* One that is for one collection only. */
static inline void test_sign_once(const char *payer)
{
    test_sign_as(payer, IBAN_A, "erika@beispiel.example", true);
}

typedef struct TestCollect {
    SepaOrder order;
    Collection collection;
} TestCollect;

static inline bool test_collect_fn(Tx *tx, void *context, Err *err)
{
    TestCollect *collect = context;

    return sepa_collect(tx, town.tenant, &collect->order, town.arena, &collect->collection, err);
}

static inline SepaOrder test_order(const char *key)
{
    Date today = date_in_berlin(clock_now());

    return (SepaOrder){.key = str_c(key),
                       .due_until = today,
                       .collect_on = target_after(today, 5),
                       .announced = true,
                       .actor = STR("staff/1")};
}

static inline Collection test_collect(SepaOrder order)
{
    TestCollect collect = {.order = order};

    test_town_write(&town, test_collect_fn, &collect);
    return collect.collection;
}

static inline Str file_of(int64_t collection)
{
    Str xml;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(collection_render(tx, town.tenant, collection, town.arena, &xml, &town.err),
              &town.err);
    tx_end(tx);
    return xml;
}

static inline Collection again(int64_t id)
{
    Collection collection;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(collection_by_id(tx, id, town.arena, &collection, &town.err), &town.err);
    tx_end(tx);
    return collection;
}

static inline char *name_of(const Assessed *a, int part)
{
    return arena_printf(town.arena, "%.*s-%d", STR_ARG(a->charge.payment_reference), part);
}

static inline char *batch_of(const Collection *collection)
{
    return arena_printf(town.arena, "%.*s-RCUR", STR_ARG(collection->message_id));
}

static inline bool withdraw_fn(Tx *tx, void *context, Err *err)
{
    return collection_withdraw(tx, *(int64_t *)context, STR("staff/1"), err);
}

typedef struct TestRelease {
    int64_t collection, item;
} TestRelease;

static inline bool test_release_fn(Tx *tx, void *context, Err *err)
{
    const TestRelease *release = context;

    return collection_release(tx, release->collection, release->item, STR("staff/1"), err);
}

/* The bank refused the first direct debit of it; once. */
static inline void test_release(int64_t collection)
{
    TestRelease release = {.collection = collection};
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(tx_query_int(tx, &town.err, &release.item,
                           "SELECT MIN(id) FROM collection_item WHERE collection_id = $1",
                           P_INT(collection)),
              &town.err);
    tx_end(tx);
    test_town_write(&town, test_release_fn, &release);
    assert_false(db_write(town.tenant->db, test_release_fn, &release, &town.err));
}

/* Mails that were ordered, less those that were cancelled. */
static inline int64_t test_mails(void)
{
    int64_t count = -1;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(
        tx_query_int(tx, &town.err, &count, "SELECT COUNT(*) FROM effect WHERE kind = 'mail'"),
        &town.err);
    tx_end(tx);
    return count;
}

static inline bool note_sent(Tx *tx, void *context, Err *err)
{
    return collection_note_sent(tx, *(int64_t *)context, date_in_berlin(clock_now()),
                                STR("staff/1"), err);
}
