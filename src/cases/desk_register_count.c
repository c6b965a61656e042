/* SPDX-License-Identifier: EUPL-1.2 */
/* Statistics of a register: how many entries there are, by what the package says, as bars beside
 * the numbers. */
#include "cases/desk_register.h"
#include "cases/desk_register.html.h"
#include "core/http/request.h"

#include <stdlib.h>

enum { BARS = 60 };

/* Those that the caller may see. */
static size_t count_choices(const Request *req, const DeskRegister *reg, RegisterCount **out)
{
    RegisterCount *all;
    size_t all_count = register_counts(reg->spec, req->arena, &all), count = 0;

    *out = arena_array(req->arena, RegisterCount, all_count + 1);
    for (size_t i = 0; i < all_count; i++)
        if (!all[i].field || desk_register_shows(reg, all[i].field))
            (*out)[count++] = all[i];
    return count;
}

static int by_count(const void *a, const void *b)
{
    const RegisterCell *x = a;
    const RegisterCell *y = b;

    return (x->count < y->count) - (x->count > y->count);
}

static void fill_bars(Request *req, const RegisterCount *group, RegisterCell *cells, size_t count,
                      CountPage *page)
{
    int64_t most = 1;
    int64_t rest = 0;

    if (group->take == REGISTER_TAKE_VALUE)
        qsort(cells, count, sizeof *cells, by_count);
    for (size_t i = 0; i < count; i++) {
        page->total += cells[i].count;
        most = cells[i].count > most ? cells[i].count : most;
    }
    /* Of many years and months the last ones are shown. */
    size_t first = group->take != REGISTER_TAKE_VALUE && count > BARS ? count - BARS : 0;

    page->bars = arena_array(req->arena, CountBar, BARS + 1);
    for (size_t i = 0; i < count; i++) {
        if (i < first || i >= first + BARS) {
            rest += cells[i].count;
            continue;
        }
        page->bars[page->bar_count++] = (CountBar){
            .label = register_group_text(group, cells[i].values[0], STR("de"), req->arena),
            .count = cells[i].count,
            .width = (int)(cells[i].count * 100 / most)};
    }
    if (rest)
        page->bars[page->bar_count++] =
            (CountBar){.label = STR("Übrige"),
                       .count = rest,
                       .width = (int)(rest >= most ? 100 : rest * 100 / most)};
    for (size_t i = 0; i < page->bar_count; i++) {
        int64_t permille = page->bars[i].count * 1000 / (page->total ? page->total : 1);

        page->bars[i].share = str_printf(req->arena, "%lld,%lld %%", (long long)(permille / 10),
                                         (long long)(permille % 10));
    }
}

static bool load_count(Request *req, const RegisterQuery *query, const RegisterCount *group,
                       CountPage *page, Err *err)
{
    RegisterGroup by = register_group(group);
    RegisterCell *cells;
    size_t count;

    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = register_cells(tx, query, &by, 1, req->arena, &cells, &count, err);

    tx_end(tx);
    if (ok)
        fill_bars(req, group, cells, count, page);
    return ok;
}

bool desk_register_count_page(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    CountPage page = {0};
    DeskRegister reg;
    RegisterAsked asked;
    RegisterCount *groups;

    if (!desk_register(req, &reg, err))
        return false;
    desk_register_asked(req, &reg, &asked);
    if (!asked.query.at) {
        asked.query.at = true;
        asked.query.valid_on = req->today;
        asked.query.known_at = register_known_on(req->today);
    }
    Str by = request_query(req, "nach");
    size_t chosen = SIZE_MAX;

    page.by_count = count_choices(req, &reg, &groups);
    page.by = arena_array(req->arena, OptionView, page.by_count);
    for (size_t i = 0; i < page.by_count; i++) {
        page.by[i] =
            (OptionView){.value = groups[i].id, .label = text_in(groups[i].label, STR("de"))};
        if (by.len && str_eq(by, groups[i].id))
            chosen = i;
    }
    if (chosen == SIZE_MAX) {
        if (by.len)
            desk_register_no_such(req->arena, STR("Gezählt nach"), by, page.by, page.by_count,
                                  &asked);
        chosen = 0;
    }
    page.by[chosen].selected = true;
    page.asked = &asked;
    page.name = reg.name;
    page.register_path = reg.path;
    page.path = str_printf(req->arena, "%.*s/statistik", STR_ARG(reg.path));
    page.label = page.by[chosen].label;
    page.day = date_long(req->arena, asked.query.valid_on, STR("de"));
    if (!load_count(req, &asked.query, &groups[chosen], &page, err))
        return false;
    page_desk_register_count(&out, &page);
    return desk_register_send(req, res,
                              str_printf(req->arena, "%.*s: Statistik", STR_ARG(reg.name)), &out);
}
