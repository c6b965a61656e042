/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/desk_alarms.html.h"

#include "city/alarm/watch.h"
#include "city/page/page.h"

static AlarmLine line_of(Request *req, const Alarm *alarm, const CityGraph *graph,
                         const CityDatasets *all, const AlarmStates *states)
{
    AlarmLine line = {.alarm = alarm,
                      .dataset = str_copy(req->arena, city_dataset(all, alarm->dataset)->title),
                      .watch = alarm_watch_words(graph, alarm, req->arena),
                      .since = STR("")};
    Timestamp newest = 0;

    for (size_t i = 0; i < states->count; i++) {
        const AlarmStateRow *row = &states->items[i];
        if (row->alarm != alarm->id)
            continue;
        line.raised += row->state.phase == ALARM_RAISED;
        line.acknowledged += row->state.phase == ALARM_ACKNOWLEDGED;
        if (row->state.since > newest)
            newest = row->state.since;
    }
    if (newest)
        line.since = city_when_text(req->arena, STR("de"), newest, req->today);
    return line;
}

static bool passes(const AlarmLine *line, const char *filter)
{
    bool up = line->raised + line->acknowledged > 0, paused = line->alarm->paused;

    return !filter[0] || (strcmp(filter, "ausgeloest") == 0   ? up
                          : strcmp(filter, "angehalten") == 0 ? paused
                                                              : !up && !paused);
}

static void add_line(AlarmsPage *page, const AlarmLine *line)
{
    page->all++;
    for (size_t i = 0; i < ALARM_FILTERS; i++) {
        AlarmFilter *filter = &page->filters[i];
        if (!passes(line, filter->word))
            continue;
        filter->count++;
        if (filter->chosen)
            page->lines[page->count++] = *line;
    }
}

static bool fill(Request *req, AlarmsPage *page, AlarmList *alarms, const AlarmStates *states,
                 Err *err)
{
    Hub *hub = hub_of(req->tenant, err);

    if (!hub)
        return false;
    page->lines = arena_array(req->arena, AlarmLine, alarms->count);
    const CityGraph *graph = hub_hold(hub);
    CityRights rights = city_rights(req, hub_datasets(hub));
    for (size_t i = 0; i < alarms->count; i++) {
        if (!city_may_see(&rights, alarms->items[i].dataset))
            continue;
        AlarmLine line = line_of(req, &alarms->items[i], graph, rights.all, states);
        add_line(page, &line);
    }
    hub_release(hub);
    return true;
}

static void choose_filter(AlarmsPage *page, Str word)
{
    static const AlarmFilter FILTERS[ALARM_FILTERS] = {{"", "Alle", 0, false},
                                                       {"ausgeloest", "Ausgelöst", 0, false},
                                                       {"ruhig", "Ruhig", 0, false},
                                                       {"angehalten", "Angehalten", 0, false}};
    bool any = false;

    memcpy(page->filters, FILTERS, sizeof FILTERS);
    for (size_t i = 1; i < ALARM_FILTERS; i++)
        any |= page->filters[i].chosen = str_is(word, page->filters[i].word);
    page->filters[0].chosen = !any;
}

bool alarm_desk_list(Request *req, Response *res, Err *err)
{
    AlarmsPage page = {.may_write = request_may(req, "city.write")};
    Out out = out_for(req);
    AlarmList alarms;
    AlarmStates states;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && alarm_list(tx, req->arena, &alarms, err) &&
              alarm_states(tx, 0, req->arena, &states, err);

    tx_end(tx);
    choose_filter(&page, request_query(req, "zustand"));
    if (!ok || !fill(req, &page, &alarms, &states, err))
        return false;
    page_desk_alarms(&out, &page);
    PageFrame frame = {
        .area = AREA_DESK, .title = STR("Alarme"), .active = STR(ALARM_PATH), .wide = true};
    return page_send(req, res, &frame, out_html(&out));
}
