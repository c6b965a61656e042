/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/page.h"

#include "city/query/near.h"
#include "city/query/source.h"

#include <stdlib.h>

size_t city_page_size(const CityReader *reader, const StaOptions *options)
{
    if (!sta_has(options, STA_OPTION_TOP))
        return CITY_PAGE;
    return options->top < (int64_t)reader->page_max ? (size_t)options->top : reader->page_max;
}

/* --- Order ----------------------------------------------------------------------------------- */

typedef struct Sorted {
    const void *entity;
    StaValue *keys;
    size_t place;
} Sorted;

static int compare(const void *a, const void *b, void *context)
{
    const Sorted *one = a, *other = b;
    const StaOrders *orders = context;

    for (size_t i = 0; i < orders->count; i++) {
        int order = sta_value_order(one->keys[i], other->keys[i]);
        if (order)
            return orders->items[i].descending ? -order : order;
    }
    return one->place < other->place ? -1 : 1;
}

/* The values of one $orderby expression. */
static bool find_keys(CityReader *reader, const StaFilter *by, size_t at, Sorted *rows,
                      size_t count, Err *err)
{
    StaEvaluator *evaluator = sta_evaluator_create(by, &reader->source, reader->now, err);
    bool ok = evaluator != NULL;

    for (size_t i = 0; ok && i < count; i++)
        ok = sta_evaluator_value(evaluator, rows[i].entity, reader->arena, &rows[i].keys[at], err);
    sta_evaluator_destroy(evaluator);
    return ok;
}

bool city_sort(CityReader *reader, const StaOptions *options, CityPage *page, Err *err)
{
    const StaOrders *orders = &options->orders;
    Sorted *rows = arena_array(reader->arena, Sorted, page->count);
    StaValue *keys = arena_array(reader->arena, StaValue, page->count * orders->count);

    if (!orders->count)
        return true;
    for (size_t i = 0; i < page->count; i++)
        rows[i] = (Sorted){page->items[i], keys + i * orders->count, i};
    for (size_t i = 0; i < orders->count; i++)
        if (!find_keys(reader, orders->items[i].by, i, rows, page->count, err))
            return false;
    qsort_r(rows, page->count, sizeof *rows, compare, (void *)orders);
    for (size_t i = 0; i < page->count; i++)
        page->items[i] = rows[i].entity;
    return true;
}

/* --- Entities -------------------------------------------------------------------------------- */

static void take_seen(CityReader *reader, CityEntity *const *items, size_t count, CityPage *out)
{
    for (size_t i = 0; i < count; i++)
        if (city_sees(reader, items[i]))
            VEC_PUSH(reader->arena, out, (const void *)items[i]);
}

static void take_scope(CityReader *reader, const CityScope *scope, CityPage *out)
{
    if (scope->of) {
        const CityEntity *found = city_of_observation(reader, scope->of, scope->entity);
        if (found)
            VEC_PUSH(reader->arena, out, (const void *)found);
    } else if (scope->relation) {
        const CityLinks *links = city_links(scope->parent, scope->relation);
        take_seen(reader, links->items, links->count, out);
    } else {
        const CitySet *set = &reader->graph->sets[scope->entity];
        take_seen(reader, set->items, set->count, out);
    }
}

static bool keep_matches(CityReader *reader, const StaFilter *filter, CityPage *page, Err *err)
{
    StaEvaluator *evaluator = sta_evaluator_create(filter, &reader->source, reader->now, err);
    bool ok = evaluator != NULL, matches = false;
    size_t kept = 0;

    for (size_t i = 0; ok && i < page->count; i++) {
        ok = sta_evaluator_matches(evaluator, page->items[i], &matches, err) &&
             (i % 1024 != 1023 || city_reader_goes_on(reader, err));
        if (ok && matches)
            page->items[kept++] = page->items[i];
    }
    page->count = kept;
    sta_evaluator_destroy(evaluator);
    return ok;
}

void city_page_cut(const CityReader *reader, const StaOptions *options, CityPage *page)
{
    size_t skip = options->skip < (int64_t)page->count ? (size_t)options->skip : page->count;
    size_t size = city_page_size(reader, options);

    page->total = options->count ? (int64_t)page->count : -1;
    page->items += skip;
    page->count -= skip;
    page->more = page->count > size;
    if (page->more)
        page->count = size;
}

bool city_page(CityReader *reader, const CityScope *scope, const StaOptions *options, CityPage *out,
               Err *err)
{
    if (scope->entity == STA_OBSERVATION)
        return city_page_of_observations(reader, scope, options, out, err);
    bool all = !scope->of && !scope->relation;
    if (!(all && options->filter && city_near(reader, options->filter, out, err))) {
        if (err->kind != ERR_NONE)
            return false;
        *out = (CityPage){0};
        take_scope(reader, scope, out);
    }
    if ((options->filter && !keep_matches(reader, options->filter, out, err)) ||
        !city_sort(reader, options, out, err))
        return false;
    city_page_cut(reader, options, out);
    return true;
}
