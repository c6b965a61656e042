/* SPDX-License-Identifier: EUPL-1.2 */
/* DELETE: of an entity, of a link, and of the Observations that a $filter finds (which SensorThings
 * 1.1 has not, and FROST has). */
#include "city/http/edit.h"
#include "city/query/scan.h"

#include <stdlib.h>

/* How often the Observations of a filter are looked for, when others delete some of them first. */
enum { TURNS_MAX = 3 };

typedef struct Observations {
    ObsId *items;
    size_t count, capacity;
} Observations;

static void add(Observations *list, const CityObservation *o, Arena *arena)
{
    VEC_PUSH(arena, list, ((ObsId){o->stream->series, o->is.ordinal}));
}

/* --- Entities and links ------------------------------------------------------------------------
 */

/* Observations of a feature go with it. */
static bool delete_of_feature(CityReader *reader, const CityEntity *feature, Err *err)
{
    Observations found = {0};

    for (uint32_t series = 1; series < reader->graph->series_capacity; series++) {
        const CityEntity *stream = city_of_series(reader->graph, series);
        size_t before = found.count;
        CityObservation o;
        if (!stream)
            continue;
        CityScan *scan = city_scan_begin(reader, &stream, 1, (CityScanOrder){0});
        while (city_scan_next(scan, &o, err))
            if ((o.is.feature ? o.is.feature : stream->feature) == feature->id)
                add(&found, &o, reader->arena);
        city_scan_end(scan);
        if (err->kind != ERR_NONE ||
            (found.count > before && !city_need_write(&reader->rights, stream->dataset, err)))
            return false;
    }
    return obs_delete(reader->store, found.items, found.count, err);
}

static bool delete_link(StaEdit *edit, Err *err)
{
    const CityScope *scope = &edit->target.scope;
    const StaRelation *back =
        scope->parent ? city_inverse(scope->parent->type, scope->relation) : NULL;

    if (!back || scope->relation->mandatory || back->mandatory)
        return err_set(err, ERR_INPUT, "this link cannot be without; delete the entity instead");
    city_change_unlink(&edit->insert.change, (CityEntity *)scope->parent, scope->relation,
                       (CityEntity *)edit->target.entity);
    return true;
}

static bool plan_delete(StaEdit *edit, Err *err)
{
    const void *entity = edit->target.entity;

    if (!sta_edit_need(edit, err))
        return false;
    if (edit->path.links)
        return delete_link(edit, err);
    if (edit->target.scope.entity == STA_FEATURE_OF_INTEREST &&
        !(city_need_write(&edit->reader.rights, ((const CityEntity *)entity)->dataset, err) &&
          delete_of_feature(&edit->reader, entity, err)))
        return false;
    city_change_remove(&edit->insert.change, (CityEntity *)entity);
    return true;
}

/* --- Observations ------------------------------------------------------------------------------
 */

static bool delete_observation(StaEdit *edit, Err *err)
{
    const CityObservation *o = edit->target.entity;
    ObsId id = {o->stream->series, o->is.ordinal};
    bool may = city_need_write(&edit->reader.rights, o->stream->dataset, err);

    sta_edit_abandon(edit);
    return may && obs_delete(edit->reader.store, &id, 1, err);
}

/* $filter and nothing else: whoever forgets it does not mean all. */
static StaOptions *read_filter(const StaEdit *edit, Err *err)
{
    const StaCall *call = edit->call;
    StaOptions *options =
        sta_options_parse(call->req->arena, STA_OBSERVATION, true, call->query, err);

    if (options && options->given != 1u << STA_OPTION_FILTER) {
        err_set(err, ERR_INPUT,
                "Observations are deleted by a $filter, and by no other option: "
                "DELETE %.*s/Datastreams(1)/Observations?$filter=phenomenonTime lt "
                "2027-01-01T00:00:00Z",
                STR_ARG(call->root));
        return NULL;
    }
    return options;
}

static int by_place(const void *a, const void *b)
{
    const ObsId *one = a, *other = b;

    if (one->series != other->series)
        return one->series < other->series ? -1 : 1;
    return one->ordinal < other->ordinal ? -1 : one->ordinal > other->ordinal;
}

static bool find_matching(StaEdit *edit, StaOptions *options, Observations *found, Err *err)
{
    CityReader *reader = &edit->reader;
    CityPage page;

    reader->page_max = CITY_TABLE_MAX;
    options->given |= 1u << STA_OPTION_TOP;
    options->top = CITY_TABLE_MAX;
    if (!city_page(reader, &edit->target.scope, options, &page, err))
        return false;
    if (page.more)
        return err_set(err, ERR_TOO_LARGE,
                       "the $filter finds more than %d Observations; delete them in parts",
                       CITY_TABLE_MAX);
    for (size_t i = 0; i < page.count; i++) {
        const CityObservation *o = page.items[i];
        if (!city_need_write(&reader->rights, o->stream->dataset, err))
            return false;
        add(found, o, reader->arena);
    }
    if (found->count)
        qsort(found->items, found->count, sizeof *found->items, by_place);
    return true;
}

static bool delete_matching_once(StaEdit *edit, Err *err)
{
    Observations found = {0};

    if (!sta_edit_begin(edit, false, err))
        return false;
    StaOptions *options = read_filter(edit, err);
    bool ok = options && find_matching(edit, options, &found, err);
    sta_edit_abandon(edit);
    return ok && obs_delete(edit->reader.store, found.items, found.count, err);
}

/* All or none of them, those that are there when it is done. */
static bool delete_matching(StaEdit *edit, Err *err)
{
    for (int turn = 1;; turn++) {
        if (delete_matching_once(edit, err))
            return true;
        if (err->kind != ERR_NOT_FOUND || turn == TURNS_MAX)
            return false;
        err_clear(err);
    }
}

/* --- All ---------------------------------------------------------------------------------------
 */

static bool delete_entity(StaEdit *edit, Err *err)
{
    if (!sta_edit_begin(edit, true, err))
        return false;
    if (edit->target.scope.entity == STA_OBSERVATION && edit->target.entity)
        return delete_observation(edit, err);
    if (!plan_delete(edit, err)) {
        sta_edit_abandon(edit);
        return false;
    }
    return sta_edit_commit(edit, NULL, err);
}

bool sta_delete(StaCall *call, Err *err)
{
    StaEdit edit;
    bool ok;

    if (!sta_edit_read(&edit, call, false, err))
        return false;
    if (edit.path.kind == STA_AT_ENTITY)
        ok = delete_entity(&edit, err);
    else if (edit.path.kind == STA_AT_SET && edit.path.entity == STA_OBSERVATION &&
             !edit.path.links)
        ok = delete_matching(&edit, err);
    else
        return err_set(err, ERR_INPUT, "one entity is deleted: %.*s/Things(1)",
                       STR_ARG(call->root));
    if (ok)
        call->res->status = 200;
    return ok;
}
