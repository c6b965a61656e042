/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/select.h"
#include "city/query/write.h"

#include <stdlib.h>

/* A combination of values as JSON, and the first entity that has it. */
typedef struct Row {
    Str json;
    const void *entity;
    size_t place;
} Row;

static int by_json(const void *a, const void *b)
{
    const Row *one = a, *other = b;
    int order = str_compare(one->json, other->json);

    return order ? order : one->place < other->place ? -1 : 1;
}

static int by_place(const void *a, const void *b)
{
    const Row *one = a, *other = b;

    return one->place < other->place ? -1 : 1;
}

static bool row_of(CityReader *reader, const CityScope *scope, const StaOptions *options,
                   const void *entity, Str *json, Err *err)
{
    Buf out = buf_in(reader->arena);
    bool first = true;

    buf_add_char(&out, '{');
    if (city_selects_id(options)) {
        buf_addf(&out, "\"@iot.id\":%lld", (long long)city_id_of(scope->entity, entity));
        first = false;
    }
    if (!city_write_selected(reader, scope->entity, entity, options, &out, &first, err))
        return false;
    buf_add_char(&out, '}');
    *json = buf_str(&out);
    return true;
}

/* Everything that matches, in the order that is asked for. */
static bool find_all(CityReader *reader, const CityScope *scope, const StaOptions *options,
                     CityPage *page, Err *err)
{
    StaOptions all = *options;
    size_t most = reader->page_max;

    all.given |= 1u << STA_OPTION_TOP;
    all.top = CITY_SORT_MAX;
    all.skip = 0;
    all.count = false;
    reader->page_max = CITY_SORT_MAX;
    bool ok = city_page(reader, scope, &all, page, err);
    reader->page_max = most;
    return ok && (!page->more ||
                  err_set(err, ERR_TOO_LARGE,
                          "distinct: looks at %d entities at most; ask for fewer", CITY_SORT_MAX));
}

static size_t keep_first(Row *rows, size_t count)
{
    size_t kept = 0;

    qsort(rows, count, sizeof *rows, by_json);
    for (size_t i = 0; i < count; i++)
        if (!i || !str_eq(rows[i].json, rows[i - 1].json))
            rows[kept++] = rows[i];
    qsort(rows, kept, sizeof *rows, by_place);
    return kept;
}

bool city_write_distinct(CityReader *reader, const CityScope *scope, const StaOptions *options,
                         Str address, Buf *out, Err *err)
{
    CityPage page;

    if (!find_all(reader, scope, options, &page, err))
        return false;
    Row *rows = arena_array(reader->arena, Row, page.count);
    for (size_t i = 0; i < page.count; i++) {
        rows[i] = (Row){.entity = page.items[i], .place = i};
        if (!row_of(reader, scope, options, page.items[i], &rows[i].json, err))
            return false;
    }
    size_t count = keep_first(rows, page.count);
    for (size_t i = 0; i < count; i++)
        page.items[i] = rows[i].json.ptr;
    page.count = count;
    city_page_cut(reader, options, &page);
    city_write_head(options, &page, address, out);
    for (size_t i = 0; i < page.count; i++)
        buf_addf(out, "%c%s", i ? ',' : '[', (const char *)page.items[i]);
    buf_add_c(out, page.count ? "]}" : "[]}");
    return true;
}
