/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/desk_alarm.html.h"

#include "city/alarm/watch.h"
#include "city/alarm/words.h"
#include "city/page/curve.h"
#include "core/store/event.h"
#include "ident/ident.h"

enum { DAY_MS = 24 * 3600 * 1000 };

/* --- What it is ----------------------------------------------------------------------------------
 */

static void add_fact(AlarmSheet *sheet, const char *label, Str value)
{
    if (value.len)
        sheet->facts[sheet->fact_count++] = (FactView){.label = str_c(label), .value = value};
}

/* As code. */
static Html code(Request *req, Str text)
{
    Out out = out_for(req);

    page_alarm_code(&out, text);
    return out_html(&out);
}

static Str lines_as_list(Str lines, Arena *arena)
{
    return str_replace(arena, lines, STR("\n"), STR(", "));
}

static void add_facts(AlarmSheet *sheet, Request *req, Str dataset, Str watch, Str unit)
{
    Arena *arena = req->arena;
    const Alarm *alarm = &sheet->alarm;

    add_fact(sheet, "Überwacht", watch);
    add_fact(sheet, "Datensatz", dataset);
    add_fact(sheet, "Wann er auslöst", alarm_words(alarm, unit, arena));
    sheet->facts[sheet->fact_count++] =
        (FactView){.label = STR("Bedingung"), .html = code(req, alarm->condition)};
    if (alarm->ends.len)
        sheet->facts[sheet->fact_count++] =
            (FactView){.label = STR("Ende"), .html = code(req, alarm->ends)};
    add_fact(sheet, "Stufe", alarm_severity_word(alarm->severity));
    add_fact(sheet, "E-Mail an",
             alarm->mails.len ? lines_as_list(alarm->mails, arena) : STR("niemanden"));
    if (alarm->shown)
        add_fact(sheet, "Öffentliche Warnung", alarm->public_text);
}

/* --- What it watches, and how it stands ----------------------------------------------------------
 */

static AlarmState state_of(const AlarmStates *states, int64_t stream)
{
    for (size_t i = 0; i < states->count; i++)
        if (states->items[i].stream == stream)
            return states->items[i].state;
    return (AlarmState){0};
}

/* Those that are raised first; a few, for there may be thousands. */
static void add_streams(AlarmSheet *sheet, Request *req, const WatchedList *watched,
                        const AlarmStates *states)
{
    size_t most = watched->count < ALARM_STREAMS_SHOWN ? watched->count : ALARM_STREAMS_SHOWN;

    sheet->streams = arena_array(req->arena, AlarmStreamLine, most);
    for (int up = 1; up >= 0; up--) {
        for (size_t i = 0; i < watched->count && sheet->stream_count < most; i++) {
            AlarmState state = state_of(states, watched->items[i].id);
            if (alarm_is_up(state.phase) != up)
                continue;
            sheet->streams[sheet->stream_count++] =
                (AlarmStreamLine){.id = watched->items[i].id,
                                  .name = watched->items[i].name,
                                  .state = state,
                                  .since = state.since ? city_when_text(req->arena, STR("de"),
                                                                        state.since, req->today)
                                                       : STR("")};
        }
    }
    sheet->more_streams = watched->count - sheet->stream_count;
}

static bool add_value(CityReader *reader, AlarmStreamLine *line, Date today, Err *err)
{
    const CityEntity *stream = city_find(reader->graph, STA_DATASTREAM, line->id);
    Observation latest;
    bool found = false;

    line->value = STR("noch nichts");
    if (!stream || !obs_latest_until(reader->store, stream->series, reader->now, reader->arena,
                                     &latest, &found, err))
        return err->kind == ERR_NONE;
    if (found)
        line->value = str_printf(
            reader->arena, "%.*s (%.*s)",
            STR_ARG(city_value_text(reader->arena, STR("de"), &latest, city_unit(stream))),
            STR_ARG(city_when_text(reader->arena, STR("de"), latest.time, today)));
    return true;
}

/* The last day of the Datastream that the address names, else of the first. */
static bool add_course(CityReader *reader, AlarmSheet *sheet, Request *req, Err *err)
{
    SeriesPage *series = arena_new(req->arena, SeriesPage);
    AlarmStreamLine *line = NULL;
    int64_t asked = 0;
    double limit = sta_as_double(sta_number_of_text(sheet->alarm.given.limit));

    str_to_i64(request_query(req, "reihe"), &asked);
    for (size_t i = 0; i < sheet->stream_count; i++)
        if (!line || sheet->streams[i].id == asked)
            line = &sheet->streams[i];
    const CityEntity *stream = line ? city_find(reader->graph, STA_DATASTREAM, line->id) : NULL;
    if (!stream)
        return true;
    line->chosen = true;
    sheet->course = line->name;
    if (sheet->alarm.kind == ALARM_THRESHOLD)
        series->limit = &limit;
    if (!city_curve(reader, stream, (StaTime){.start = req->now - DAY_MS, .end = req->now},
                    STR("de"), series, err))
        return false;
    sheet->plot = series->plot;
    sheet->plot_words = series->summary;
    return true;
}

static bool fill_live(Request *req, AlarmSheet *sheet, const AlarmStates *states,
                      const WatchedList *watched, Err *err)
{
    CityReader reader;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    const CityDataset *dataset = city_dataset(reader.rights.all, sheet->alarm.dataset);
    add_streams(sheet, req, watched, states);
    bool ok = true;
    for (size_t i = 0; ok && i < sheet->stream_count; i++)
        ok = add_value(&reader, &sheet->streams[i], req->today, err);
    ok = ok && add_course(&reader, sheet, req, err);
    add_facts(sheet, req, str_copy(req->arena, dataset->title),
              alarm_watch_words(reader.graph, &sheet->alarm, req->arena),
              watched->count ? watched->items[0].unit : STR(""));
    city_reader_end(&reader);
    return ok;
}

/* --- What was ------------------------------------------------------------------------------------
 */

typedef struct People {
    StaffName *items;
    size_t count;
} People;

/* Who did it: "staff/3" by name. */
static Str actor_word(Request *req, const People *people, Str actor)
{
    for (size_t i = 0; i < people->count; i++)
        if (str_eq(actor, event_staff(req->arena, people->items[i].id)))
            return people->items[i].name;
    return STR("von selbst");
}

static Str mailed_word(const Alarm *alarm, const AlarmEntry *entry)
{
    if (!alarm->mails.len || entry->phase == ALARM_ACKNOWLEDGED)
        return STR("–");
    return entry->mailed ? STR("verschickt") : STR("keine: zu oft in einer Stunde");
}

static void add_entries(Request *req, AlarmSheet *sheet, const People *people,
                        const AlarmHistory *history)
{
    Arena *arena = req->arena;

    sheet->entries = arena_array(arena, AlarmEntryLine, history->count);
    for (size_t i = 0; i < history->count && i < ALARM_HISTORY_PAGE; i++) {
        const AlarmEntry *entry = &history->items[i];
        sheet->entries[sheet->entry_count++] =
            (AlarmEntryLine){.when = timestamp_long(arena, entry->at, STR("de")),
                             .name = entry->name,
                             .value = alarm_value_words(entry->value, entry->unit, arena),
                             .by = actor_word(req, people, entry->actor),
                             .mailed = mailed_word(&sheet->alarm, entry),
                             .phase = entry->phase};
    }
    if (history->count > ALARM_HISTORY_PAGE)
        sheet->older = history->items[ALARM_HISTORY_PAGE - 1].id;
}

/* --- The page ------------------------------------------------------------------------------------
 */

static const CityDone DONE[] = {
    {"angelegt", "Der Alarm ist angelegt. Er sieht jede Minute nach."},
    {"geaendert", "Der Alarm ist geändert."},
    {"bestaetigt", "Sie haben den Alarm bestätigt."},
    {"angehalten", "Der Alarm ist angehalten. Was ausgelöst war, ist beendet."},
    {"weiter", "Der Alarm sieht wieder nach."},
    {"geprueft", "Der Alarm hat gerade nachgesehen."},
    {0},
};

static bool read_past(Request *req, AlarmSheet *sheet, AlarmStates *states, Err *err)
{
    AlarmHistory history;
    People people = {0};
    int64_t before = 0;
    Tx *tx = db_read(req->tenant->db, err);

    str_to_i64(request_query(req, "vor"), &before);
    bool ok = tx && alarm_states(tx, sheet->alarm.id, req->arena, states, err) &&
              alarm_history(tx, sheet->alarm.id, before > 0 ? before : 0, ALARM_HISTORY_PAGE + 1,
                            req->arena, &history, err) &&
              ident_staff_names(tx, req->arena, &people.items, &people.count, err);
    tx_end(tx);
    if (ok)
        add_entries(req, sheet, &people, &history);
    return ok;
}

static bool try_past(Request *req, AlarmSheet *sheet, Hub *hub, Err *err)
{
    if (!request_query(req, "probe").len)
        return true;
    sheet->replay = arena_new(req->arena, AlarmReplay);
    if (alarm_replay(hub, &sheet->alarm, req->now, req->arena, sheet->replay, err))
        return true;
    if (err->kind != ERR_INPUT)
        return false;
    sheet->replay = NULL;
    sheet->alarm.fault = str_printf(req->arena, "%s", err->message);
    err_clear(err);
    return true;
}

bool alarm_desk_one(Request *req, Response *res, Err *err)
{
    AlarmSheet *sheet = arena_new(req->arena, AlarmSheet);
    Hub *hub = hub_of(req->tenant, err);
    WatchedList watched;
    AlarmStates states;

    sheet->may_write = request_may(req, "city.write");
    sheet->notice = city_desk_done(req, DONE);
    if (!hub || !alarm_asked(req, &sheet->alarm, err) || !read_past(req, sheet, &states, err) ||
        !alarm_watch(hub, &sheet->alarm, req->arena, &watched, err) ||
        !fill_live(req, sheet, &states, &watched, err) || !try_past(req, sheet, hub, err))
        return false;
    Out out = out_for(req);
    page_desk_alarm(&out, sheet);
    return city_desk_send(req, res, ALARM_PATH, sheet->alarm.name, &out);
}
