/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/dataset.h"

#include "core/engine.h"
#include "core/store/rows.h"

enum { NAME_LENGTH = 60, TITLE_LENGTH = 200 };

static const char *const ACCESS_NAMES[] = {"public", "internal"};

const CityDataset *city_dataset(const CityDatasets *all, int64_t id)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].id == id)
            return &all->items[i];
    return NULL;
}

const CityDataset *city_dataset_named(const CityDatasets *all, Str name)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_eq(all->items[i].name, name))
            return &all->items[i];
    return NULL;
}

static CityDataset from_row(Rows *rows)
{
    return (CityDataset){.id = row_int(rows, 0),
                         .name = row_text(rows, 1),
                         .title = row_text(rows, 2),
                         .licence = row_text(rows, 3),
                         .access = str_is(row_text(rows, 4), ACCESS_NAMES[CITY_PUBLIC])
                                       ? CITY_PUBLIC
                                       : CITY_INTERNAL,
                         .keep_days = row_int(rows, 5)};
}

bool city_datasets_load(Tx *tx, Arena *arena, CityDatasets *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, name, title, licence, access, keep_days FROM city_dataset "
                          "ORDER BY id");

    bool ok = ROWS_LIST(rows, arena, &out->items, &out->count, err, from_row(rows));
    out->capacity = out->count; /* none of ours is left behind them */
    return ok;
}

bool city_dataset_check(const CityDataset *dataset, Err *err)
{
    if (!str_is_name(dataset->name, NAME_LENGTH))
        return err_field(err, "name",
                         "a dataset's name has small letters, digits and hyphens, at "
                         "most %d: \"luft-2027\"",
                         NAME_LENGTH);
    if (str_empty(dataset->title) || dataset->title.len > TITLE_LENGTH)
        return err_field(err, "title", "a dataset's title has 1 to %d bytes", TITLE_LENGTH);
    return true;
}

bool city_dataset_insert(Tx *tx, CityDataset *dataset, Err *err)
{
    int64_t namesakes = 0;

    if (!city_dataset_check(dataset, err) ||
        !tx_query_int(tx, err, &namesakes, "SELECT COUNT(*) FROM city_dataset WHERE name = $1",
                      P_TEXT(dataset->name)))
        return false;
    if (namesakes)
        return err_set(err, ERR_CONFLICT, "there is a dataset \"%.*s\" already",
                       STR_ARG(dataset->name));
    return tx_insert(tx, err, &dataset->id,
                     "INSERT INTO city_dataset (name, title, licence, access, keep_days, "
                     "created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                     P_TEXT(dataset->name), P_TEXT(dataset->title), P_TEXT(dataset->licence),
                     P_TEXT(str_c(ACCESS_NAMES[dataset->access])), P_INT(dataset->keep_days),
                     P_INT(tx_now(tx)));
}

CityRights city_rights(const Request *req, const CityDatasets *all)
{
    return (CityRights){.all = all,
                        .internal = req->session.staff_id && request_may(req, "city.read")};
}

bool city_may_see(const CityRights *rights, int64_t dataset)
{
    const CityDataset *found = city_dataset(rights->all, dataset);

    return found && (!rights->only || rights->only == dataset) &&
           (found->access == CITY_PUBLIC || rights->internal);
}
