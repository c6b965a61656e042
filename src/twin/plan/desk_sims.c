/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/desk.h"
#include "twin/plan/desk_sims.html.h"

#include "base/percent.h"

enum { REFRESH_SECONDS = 3, PAGE_ROWS = 50 };

Str desk_sim_status(const Sim *sim, Tone *tone)
{
    static const struct {
        const char *status, *words;
        Tone tone;
    } WORDS[] = {
        {"waiting", "wartet", TONE_PLAIN},       {"running", "rechnet", TONE_INFO},
        {"done", "fertig", TONE_SUCCESS},        {"failed", "nicht gelungen", TONE_DANGER},
        {"stopped", "angehalten", TONE_WARNING},
    };

    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_is(sim->status, WORDS[i].status)) {
            *tone = WORDS[i].tone;
            return str_c(WORDS[i].words);
        }
    *tone = TONE_PLAIN;
    return sim->status;
}

bool desk_sim_asked(Request *req, Sim *sim, Err *err)
{
    int64_t id;
    Tx *tx;

    if (!str_to_i64(request_param(req, "id"), &id))
        return err_set(err, ERR_NOT_FOUND, "Diese Simulation gibt es nicht.");
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool good = sim_by_id(tx, req->arena, id, sim, err);
    tx_end(tx);
    return good;
}

static Str path_of(Arena *arena, Str asked)
{
    Buf path = buf_in(arena);

    buf_add_c(&path, "/desk/zwilling");
    if (asked.len) {
        buf_add_c(&path, "?suche=");
        percent_encode(&path, asked, "");
    }
    return buf_str(&path);
}

static bool load_lines(Request *req, SimsPage *page, Err *err)
{
    Arena *arena = req->arena;
    Sim *sims;
    int64_t everything;
    Tx *tx;

    page->asked = str_trim(request_query(req, "suche"));
    if (!page->asked.ptr)
        page->asked = STR("");
    if (!str_to_i64(request_query(req, "seite"), &page->pages.page) || page->pages.page < 1)
        page->pages.page = 1;
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool good = sim_count(tx, arena, STR(""), &everything, err) &&
                sim_count(tx, arena, page->asked, &page->all, err) &&
                sim_list(tx, arena, page->asked, PAGE_ROWS, (page->pages.page - 1) * PAGE_ROWS,
                         &sims, &page->count, err);
    tx_end(tx);
    if (!good)
        return false;
    SimLine *lines = arena_array(arena, SimLine, page->count);
    for (size_t i = 0; i < page->count; i++) {
        lines[i] = (SimLine){
            .path = str_printf(arena, "/desk/zwilling/%lld", (long long)sims[i].id),
            .title = sims[i].title,
            .rain = sims[i].rain_text,
            .when = timestamp_long(arena, sims[i].created, STR("de")),
            .who = sims[i].author,
            .published = sims[i].published,
        };
        lines[i].status = desk_sim_status(&sims[i], &lines[i].tone);
    }
    page->lines = lines;
    page->searchable = everything > PAGE_ROWS || page->asked.len;
    page->pages.path = path_of(arena, page->asked);
    page->pages.page_count = (page->all + PAGE_ROWS - 1) / PAGE_ROWS;
    return true;
}

/* GET /desk/zwilling?suche=becken&seite=2 */
bool desk_sims(Request *req, Response *res, Err *err)
{
    SimsPage page = {0};
    Model *models;

    if (!plan_demo(req->tenant, req->arena, &page.preparing, err) ||
        !model_list(req->tenant, req->arena, &models, &page.models, err) ||
        !load_lines(req, &page, err))
        return false;
    Out out = out_for(req);
    page_desk_sims(&out, &page);
    PageFrame frame = {.area = AREA_DESK,
                       .title = STR("Zwilling"),
                       .active = STR("/desk/zwilling"),
                       .refresh_seconds = page.preparing ? REFRESH_SECONDS : 0};
    return page_send(req, res, &frame, out_html(&out));
}
