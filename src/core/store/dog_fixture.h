/* SPDX-License-Identifier: EUPL-1.2 */
/* A database of dogs, for the tests of reading and writing. */
#pragma once

#include "core/store/store_fixture.h"

static const Migration STEPS[] = {
    {"test-001-dog", "CREATE TABLE dog (id {id}, chip TEXT UNIQUE, keeper BIGINT NOT NULL,"
                     "  photo {blob}, CHECK (keeper > 0));"
                     "CREATE TABLE collar (id {id}, dog BIGINT NOT NULL REFERENCES dog (id)"
                     "  DEFERRABLE INITIALLY DEFERRED)"},
    {NULL, NULL},
};
static const Migration *const LISTS[] = {STEPS};
static const DbOptions OPTIONS = {.migrations = LISTS, .migration_list_count = 1};

typedef struct NewDog {
    const char *chip;
    int64_t keeper;
    bool fail_after;
    bool twice; /* insert, swallow the conflict of a second insert */
    int64_t id;
    int64_t now;
} NewDog;

static inline bool insert_dog(Tx *tx, void *context, Err *err)
{
    NewDog *dog = context;
    Err conflict;

    dog->now = tx_now(tx);
    if (!tx_query_int(tx, err, &dog->id,
                      "INSERT INTO dog (chip, keeper) VALUES ($1, $2) RETURNING id",
                      P_TEXT(str_c(dog->chip)), P_INT(dog->keeper)))
        return false;
    if (dog->twice && tx_exec(tx, &conflict, "INSERT INTO dog (chip, keeper) VALUES ($1, 1)",
                              P_TEXT(str_c(dog->chip))))
        return err_set(err, ERR_INTERNAL, "the chip is there twice");
    if (dog->fail_after)
        return err_set(err, ERR_INPUT, "changed my mind");
    return true;
}

static inline int64_t count_dogs(Fixture *f)
{
    int64_t count = -1;
    Tx *tx = db_read(f->db, &f->err);

    assert_ok(tx, &f->err);
    assert_ok(tx_query_int(tx, &f->err, &count, "SELECT count(*) FROM dog"), &f->err);
    tx_end(tx);
    return count;
}

static inline int dogs_set_up(void **state)
{
    return store_set_up(state, &OPTIONS);
}
