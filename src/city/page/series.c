/* SPDX-License-Identifier: EUPL-1.2 */
/* One Datastream over time. */
#include "city/page/curve.h"
#include "city/page/quality_page.h"
#include "city/page/series.html.h"

#include "base/percent.h"

static const char *const SPAN_WORDS[SERIES_SPANS] = {"tag", "woche", "monat", "jahr", "alles"};
static const char *const SPAN_LABELS[SERIES_SPANS] = {N_("Tag"), N_("Woche"), N_("Monat"),
                                                      N_("Jahr"), N_("Alles")};
enum { SPAN_DAY, SPAN_WEEK, SPAN_MONTH, SPAN_YEAR, SPAN_ALL };

static int span_of(Str word)
{
    for (int i = 0; i < SERIES_SPANS; i++)
        if (str_is(word, SPAN_WORDS[i]))
            return i;
    return SPAN_DAY;
}

/* From when: the span before the last value. */
static Timestamp span_begins(int span, StaTime whole)
{
    Date last = date_in_berlin(whole.end);

    switch (span) {
    case SPAN_DAY: return whole.end - STA_MS_PER_DAY;
    case SPAN_WEEK: return timestamp_of_berlin_day(date_add_days(last, -6));
    case SPAN_MONTH: return timestamp_of_berlin_day(date_add_months(last, -1));
    case SPAN_YEAR: return timestamp_of_berlin_day(date_add_months(last, -12));
    default: return whole.start;
    }
}

/* --- Facts ---------------------------------------------------------------------------------------
 */

static void add_fact(SeriesPage *page, Str label, Str value)
{
    if (value.len)
        page->facts[page->fact_count++] = (FactView){.label = label, .value = value};
}

static bool add_facts(CityReader *reader, SeriesPage *page, const CityEntity *stream, Request *req,
                      Err *err)
{
    const CityDataset *dataset = city_dataset(reader->rights.all, stream->dataset);
    const CityEntity *thing = city_linked(stream, "Thing");
    const CityEntity *property = city_linked(stream, "ObservedProperty");
    Observation latest;
    bool found;

    if (!obs_latest(reader->store, &stream->series, 1, reader->arena, &latest, &found, err))
        return false;
    if (found)
        add_fact(
            page, tr(req->lang, "Letzter Wert"),
            str_printf(req->arena, "%.*s (%.*s)",
                       STR_ARG(city_value_text(req->arena, req->lang, &latest, city_unit(stream))),
                       STR_ARG(city_when_text(req->arena, req->lang, latest.time, req->today))));
    add_fact(page, tr(req->lang, "Messstelle"),
             thing ? str_copy(req->arena, city_name(thing)) : STR(""));
    add_fact(page, tr(req->lang, "Messgröße"),
             property ? str_copy(req->arena, city_name(property)) : STR(""));
    add_fact(page, tr(req->lang, "Datensatz"), str_copy(req->arena, dataset->title));
    add_fact(page, tr(req->lang, "Lizenz"), str_copy(req->arena, dataset->licence));
    return true;
}

/* --- Addresses
 * ------------------------------------------------------------------------------------ */

static void add_addresses(Request *req, SeriesPage *page, Timestamp from)
{
    Buf filter = buf_in(req->arena), encoded = buf_in(req->arena);

    buf_add_c(&filter, "phenomenonTime ge ");
    sta_time_write(&filter, (StaTime){.start = from, .end = from});
    percent_encode(&encoded, buf_str(&filter), "");
    page->api = str_printf(req->arena, "/sta/v1.1/Datastreams(%lld)", (long long)page->id);
    page->csv = str_printf(req->arena,
                           "%.*s/Observations?$filter=%.*s&$orderby=phenomenonTime&$top=%d"
                           "&$select=phenomenonTime,result,resultQuality&$resultFormat=CSV",
                           STR_ARG(page->api), STR_ARG(buf_str(&encoded)), CITY_TABLE_MAX);
}

/* --- The page
 * ------------------------------------------------------------------------------------- */

static bool fill(CityReader *reader, Request *req, SeriesPage *page, Err *err)
{
    int64_t id;
    const CityEntity *stream = str_to_i64(request_param(req, "id"), &id)
                                   ? city_find(reader->graph, STA_DATASTREAM, id)
                                   : NULL;
    int span = span_of(request_query(req, "zeit"));
    StaTime time;

    if (!stream || !city_sees(reader, stream))
        return err_set(err, ERR_NOT_FOUND, "there is no such Datastream");
    page->id = stream->id;
    page->span = SPAN_WORDS[span];
    page->only_good = str_is(request_query(req, "werte"), "gut");
    page->name = str_copy(req->arena, city_name(stream));
    for (int i = 0; i < SERIES_SPANS; i++)
        page->spans[i] = (SpanView){SPAN_WORDS[i], tr(req->lang, SPAN_LABELS[i]), i == span};
    if (!add_facts(reader, page, stream, req, err))
        return false;
    bool there = city_stream_time(reader, stream, &time, err);
    if (!there)
        return err->kind == ERR_NONE;
    Timestamp from = span_begins(span, time);
    if (from < time.start)
        from = time.start;
    add_addresses(req, page, from);
    StaTime shown = {.start = from, .end = time.end};
    return city_curve(reader, stream, shown, req->lang, page, err) &&
           city_series_quality(reader, stream, shown, req->lang, page, err);
}

bool city_series_page(Request *req, Response *res, Err *err)
{
    SeriesPage *page = arena_new(req->arena, SeriesPage);
    CityReader reader;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = fill(&reader, req, page, err);
    city_reader_end(&reader);
    if (!ok)
        return false;
    Out out = out_for(req);
    page_city_series(&out, page);
    PageFrame frame = {.area = AREA_PORTAL, .title = page->name, .active = STR("/stadtdaten")};
    return page_send(req, res, &frame, out_html(&out));
}
