/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/near.h"

#include "city/sta/function.h"

#include <math.h>
#include <stdlib.h>

/* A condition that holds only of what meets the box around a geometry. */
typedef struct Near {
    const StaExpr *path; /* NULL: there is none */
    const StaExpr *shape;
    double margin;
} Near;

/* --- The condition ------------------------------------------------------------------------------
 */

/* A geometry that is kept, of an entity that is reached by relations which are kept. */
static bool is_place(const StaFilter *filter, const StaExpr *expr)
{
    if (expr->kind != STA_PATH || expr->steps.count || !expr->property ||
        expr->property->type != STA_GEOMETRY || expr->property->computed)
        return false;
    for (size_t slot = expr->slot; slot; slot = filter->slots[slot].parent)
        if (filter->slots[slot].scope || filter->slots[slot].entity == STA_OBSERVATION)
            return false;
    return filter->entity != STA_OBSERVATION;
}

static bool is_shape(const StaExpr *expr)
{
    return expr->kind == STA_LITERAL && expr->literal.type == STA_GEOMETRY;
}

static Near of_two(const StaFilter *filter, const StaExpr *call, double margin)
{
    for (size_t i = 0; i < 2; i++)
        if (is_place(filter, call->items[i]) && is_shape(call->items[1 - i]))
            return (Near){call->items[i], call->items[1 - i], margin};
    return (Near){0};
}

/* "geo.distance(location, …) lt 0.01", or the other way round. */
static Near of_distance(const StaFilter *filter, const StaExpr *expr)
{
    bool less = expr->op == STA_LT || expr->op == STA_LE;

    if (!less && expr->op != STA_GT && expr->op != STA_GE)
        return (Near){0};
    const StaExpr *call = expr->items[less ? 0 : 1], *most = expr->items[less ? 1 : 0];
    if (call->kind != STA_CALL || !str_is(str_c(call->function->name), "geo.distance") ||
        most->kind != STA_LITERAL || !sta_is_number(most->literal))
        return (Near){0};
    double margin =
        most->literal.type == STA_WHOLE ? (double)most->literal.whole : most->literal.number;
    return of_two(filter, call, margin);
}

static Near find(const StaFilter *filter, const StaExpr *expr)
{
    Near found = {0};

    if (expr->kind == STA_CALL && expr->function->meets)
        return of_two(filter, expr, 0);
    if (expr->kind != STA_OPERATION)
        return found;
    if (expr->op != STA_AND)
        return of_distance(filter, expr);
    for (size_t i = 0; i < expr->count && !found.path; i++)
        found = find(filter, expr->items[i]);
    return found;
}

static bool box_of(const Near *near, StaBox *out, Err *err)
{
    StaShapes *shapes = sta_shapes_create(err);
    const StaShape *shape = shapes ? sta_shape_of_wkt(shapes, near->shape->wkt) : NULL;
    bool known = shape && sta_shape_box(shape, out);

    sta_shapes_destroy(shapes);
    if (known)
        *out = sta_box_wider(*out, near->margin);
    return known;
}

/* --- The entities -------------------------------------------------------------------------------
 */

static void take_places(CityReader *reader, StaEntity type, const StaBox *box, CityPage *out)
{
    const CitySet *set = &reader->graph->sets[type];

    for (size_t i = 0; i < set->count; i++) {
        const CityEntity *place = set->items[i];
        if ((!place->box.any || sta_boxes_meet(&place->box, box)) && city_sees(reader, place))
            VEC_PUSH(reader->arena, out, (const void *)place);
    }
}

static int by_id(const void *a, const void *b)
{
    const CityEntity *one = *(const CityEntity *const *)a, *other = *(const CityEntity *const *)b;

    return one->id < other->id ? -1 : one->id > other->id;
}

/* By id, each once. */
static void tidy(CityPage *page)
{
    size_t kept = 0;

    if (page->count)
        qsort(page->items, page->count, sizeof *page->items, by_id);
    for (size_t i = 0; i < page->count; i++)
        if (!i || page->items[i] != page->items[i - 1])
            page->items[kept++] = page->items[i];
    page->count = kept;
}

/* Those whose relation leads to one of the page. */
static CityPage owners(CityReader *reader, const CityPage *page, const StaRelation *back)
{
    CityPage out = {0};

    for (size_t i = 0; i < page->count; i++) {
        const CityLinks *links = city_links(page->items[i], back);
        for (size_t k = 0; k < links->count; k++)
            if (city_sees(reader, links->items[k]))
                VEC_PUSH(reader->arena, &out, (const void *)links->items[k]);
    }
    tidy(&out);
    return out;
}

bool city_near(CityReader *reader, const StaFilter *filter, CityPage *out, Err *err)
{
    Near near = find(filter, filter->root);
    StaBox box = {0};

    *out = (CityPage){0};
    if (!near.path || !box_of(&near, &box, err))
        return false;
    size_t slot = near.path->slot;
    take_places(reader, filter->slots[slot].entity, &box, out);
    for (; slot; slot = filter->slots[slot].parent) {
        const StaSlot *at = &filter->slots[slot];
        StaEntity owner = filter->slots[at->parent].entity;
        *out = owners(reader, out, city_inverse(owner, at->relation));
    }
    return true;
}
