/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/dataset.h"

#include "base/utf8.h"
#include "core/engine.h"
#include "core/page/out.h"
#include "core/store/event.h"
#include "core/store/rows.h"

#include <stdio.h>

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

bool city_access_read(Str word, CityAccess *out, Str lang, Err *err)
{
    *out = str_is(word, "public") ? CITY_PUBLIC : CITY_INTERNAL;
    return str_is(word, "public") || str_is(word, "internal") ||
           err_field_in(err, "zugang", lang, "Bitte wählen Sie aus, wer es sehen darf.");
}

bool city_dataset_check(const CityDataset *dataset, Str lang, Err *err)
{
    if (!str_is_name(dataset->name, NAME_LENGTH))
        return err_field_in(err, "name", lang,
                            "Der Name besteht aus Kleinbuchstaben, Ziffern und Bindestrichen "
                            "(höchstens %d), zum Beispiel luft-2027.",
                            NAME_LENGTH);
    if (str_empty(dataset->title) || utf8_length(dataset->title) > TITLE_LENGTH)
        return err_field_in(err, "titel", lang,
                            "Bitte geben Sie einen Titel mit höchstens %d Zeichen an.",
                            TITLE_LENGTH);
    if (utf8_length(dataset->licence) > TITLE_LENGTH)
        return err_field_in(err, "lizenz", lang,
                            "Bitte geben Sie die Lizenz mit höchstens %d Zeichen an.",
                            TITLE_LENGTH);
    return true;
}

static bool insert(Tx *tx, CityDataset *dataset, Str lang, Err *err)
{
    int64_t namesakes = 0;

    if (!tx_query_int(tx, err, &namesakes, "SELECT COUNT(*) FROM city_dataset WHERE name = $1",
                      P_TEXT(dataset->name)))
        return false;
    if (namesakes) {
        err_field_in(err, "name", lang, "Einen Datensatz „%.*s“ gibt es schon.",
                     STR_ARG(dataset->name));
        err->kind = ERR_CONFLICT;
        return false;
    }
    return tx_insert(tx, err, &dataset->id,
                     "INSERT INTO city_dataset (name, title, licence, access, keep_days, "
                     "created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                     P_TEXT(dataset->name), P_TEXT(dataset->title), P_TEXT(dataset->licence),
                     P_TEXT(str_c(ACCESS_NAMES[dataset->access])), P_INT(dataset->keep_days),
                     P_INT(tx_now(tx)));
}

static bool note(Tx *tx, const char *what, const CityDataset *dataset, Str actor, Err *err)
{
    char subject[NAME_LENGTH + 10];

    snprintf(subject, sizeof subject, "dataset/%.*s", STR_ARG(dataset->name));
    return event_add(tx, what, str_c(subject), actor, NULL, err);
}

bool city_dataset_write(Tx *tx, CityDataset *dataset, Str actor, Str lang, Err *err)
{
    bool added = dataset->id == 0;
    bool ok =
        city_dataset_check(dataset, lang, err) &&
        (added ? insert(tx, dataset, lang, err)
               : tx_exec(tx, err,
                         "UPDATE city_dataset SET title = $2, licence = $3, access = $4, "
                         "keep_days = $5 WHERE id = $1",
                         P_INT(dataset->id), P_TEXT(dataset->title), P_TEXT(dataset->licence),
                         P_TEXT(str_c(ACCESS_NAMES[dataset->access])), P_INT(dataset->keep_days)));

    return ok && note(tx, added ? "dataset.added" : "dataset.changed", dataset, actor, err);
}

bool city_dataset_remove(Tx *tx, const CityDataset *dataset, Str actor, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM city_dataset WHERE id = $1", P_INT(dataset->id)) &&
           note(tx, "dataset.removed", dataset, actor, err);
}

static bool may(const Request *req, const char *permission)
{
    return req->session.staff_id && request_may_within(req, permission);
}

CityRights city_rights(const Request *req, const CityDatasets *all)
{
    Str within = req->session.within;
    const CityDataset *one = within.ptr ? city_dataset_named(all, within) : NULL;

    return (CityRights){.all = all,
                        .internal = may(req, "city.read"),
                        .write = may(req, "city.write"),
                        .limited = within.ptr != NULL,
                        .within = one ? one->id : 0};
}

static bool in_reach(const CityRights *rights, int64_t dataset)
{
    return !rights->limited || rights->within == dataset;
}

bool city_may_see(const CityRights *rights, int64_t dataset)
{
    const CityDataset *found = city_dataset(rights->all, dataset);

    return found && (!rights->only || rights->only == dataset) &&
           (found->access == CITY_PUBLIC || (rights->internal && in_reach(rights, dataset)));
}

bool city_may_write(const CityRights *rights, int64_t dataset)
{
    return rights->write && in_reach(rights, dataset);
}

bool city_need_write(const CityRights *rights, int64_t dataset, Err *err)
{
    const CityDataset *own = city_dataset(rights->all, rights->within);

    if (city_may_write(rights, dataset))
        return true;
    if (!rights->limited)
        return err_set(
            err, ERR_FORBIDDEN,
            "this needs a key that may write the town's data: Authorization: Bearer KEY");
    return err_set(err, ERR_FORBIDDEN, "this key may write to the dataset \"%.*s\" alone",
                   STR_ARG(own ? own->name : STR("")));
}
