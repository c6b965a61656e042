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

/* The day when none is named. */
static int span_of(Str word)
{
    return word.len ? str_among(word, SPAN_WORDS, SERIES_SPANS) : SPAN_DAY;
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

/* The dataset and its licence, as ways to both. */
static void add_source(SeriesPage *page, Request *req, Str name)
{
    Out dataset = out_for(req), licence = out_for(req);

    page_city_dataset_link(&dataset, name, page->dataset);
    page->facts[page->fact_count++] =
        (FactView){.label = tr(req->lang, "Datensatz"), .html = out_html(&dataset)};
    if (!page->licence.len)
        return;
    page_city_licence_link(&licence, page->licence, false);
    page->facts[page->fact_count++] =
        (FactView){.label = tr(req->lang, "Lizenz"), .html = out_html(&licence)};
}

static bool add_facts(CityReader *reader, SeriesPage *page, const CityEntity *stream, Request *req,
                      Err *err)
{
    const CityDataset *dataset = city_dataset(reader->rights.all, stream->dataset);
    const CityEntity *thing = city_linked(stream, "Thing");
    const CityEntity *property = city_linked(stream, "ObservedProperty");
    Observation latest;
    bool found;

    if (!obs_latest_until(reader->store, stream->series, reader->now, reader->arena, &latest,
                          &found, err))
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
    page->dataset = str_copy(req->arena, dataset->title);
    page->licence = str_copy(req->arena, dataset->licence);
    add_source(page, req, dataset->name);
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

/* --- Which time ----------------------------------------------------------------------------------
 */

const CityEntity *city_series_of(const CityReader *reader, Str id)
{
    int64_t number;
    const CityEntity *stream =
        str_to_i64(id, &number) ? city_find(reader->graph, STA_DATASTREAM, number) : NULL;

    return stream && city_sees(reader, stream) ? stream : NULL;
}

static Str day_text(Arena *arena, Date day)
{
    return str_printf(arena, "%02d.%02d.%04d", day.day, day.month, day.year);
}

/* Days that were typed; false when none were, or are wrong, which the page tells. */
static bool read_days(Request *req, SeriesPage *page, StaTime *out)
{
    Date from, to;

    page->days[0] = str_trim(request_query(req, "von"));
    page->days[1] = str_trim(request_query(req, "bis"));
    if (!page->days[0].len && !page->days[1].len)
        return false;
    if (!date_parse_german(page->days[0], &from) || !date_parse_german(page->days[1], &to) ||
        date_compare(to, from) < 0) {
        page->days_error =
            tr(req->lang, "Bitte geben Sie zwei Tage an, den früheren zuerst, zum Beispiel "
                          "01.03.2027 und 31.03.2027.");
        return false;
    }
    *out = (StaTime){.start = timestamp_of_berlin_day(from),
                     .end = timestamp_of_berlin_day(date_add_days(to, 1)) - 1};
    page->query = str_printf(req->arena, "von=%.*s&bis=%.*s", STR_ARG(day_text(req->arena, from)),
                             STR_ARG(day_text(req->arena, to)));
    return true;
}

/* The time that is shown: days that were typed, or a span before the last value. */
static StaTime choose_time(Request *req, SeriesPage *page, StaTime whole)
{
    int span = span_of(request_query(req, "zeit"));
    StaTime time;
    bool typed = read_days(req, page, &time);

    if (!typed && span == SERIES_SPANS) {
        page->days_error =
            tr(req->lang, "Diese Zeit gibt es hier nicht. Bitte wählen Sie Tag, Woche, "
                          "Monat, Jahr oder Alles, oder geben Sie zwei Tage an.");
        span = SPAN_DAY;
    }
    for (int i = 0; i < SERIES_SPANS; i++)
        page->spans[i] = (SpanView){SPAN_WORDS[i], tr(req->lang, SPAN_LABELS[i]),
                                    !typed && !page->days_error.len && i == span};
    if (typed)
        return time;
    page->query = str_printf(req->arena, "zeit=%s", SPAN_WORDS[span]);
    time = (StaTime){.start = span_begins(span, whole), .end = whole.end};
    if (time.start < whole.start)
        time.start = whole.start;
    if (!page->days[0].len) {
        page->days[0] = day_text(req->arena, date_in_berlin(time.start));
        page->days[1] = day_text(req->arena, date_in_berlin(time.end));
    }
    return time;
}

/* What an editor of another site pastes. */
static Str embed_code(Request *req, const SeriesPage *page)
{
    Str address = request_absolute_url(
        req, str_printf(req->arena, "/stadtdaten/reihe/%lld/einbetten", (long long)page->id));

    return str_printf(req->arena,
                      "<iframe src=\"%.*s?%.*s\" title=\"%.*s\" width=\"100%%\" height=\"820\" "
                      "loading=\"lazy\"></iframe>",
                      STR_ARG(address), STR_ARG(page->query), STR_ARG(page->name));
}

/* --- The page ------------------------------------------------------------------------------------
 */

static bool fill(CityReader *reader, Request *req, SeriesPage *page, Err *err)
{
    const CityEntity *stream = city_series_of(reader, request_param(req, "id"));
    StaTime whole = {0};

    if (!stream)
        return err_set(err, ERR_NOT_FOUND, "there is no such Datastream");
    page->id = stream->id;
    page->only_good = str_is(request_query(req, "werte"), "gut");
    page->name = str_copy(req->arena, city_name(stream));
    page->unit = str_copy(req->arena, city_unit(stream));
    if (!add_facts(reader, page, stream, req, err))
        return false;
    bool there = city_stream_time(reader, stream, &whole, err);
    if (err->kind != ERR_NONE)
        return false;
    StaTime time = choose_time(req, page, whole);
    page->embed = embed_code(req, page);
    page->any = there;
    if (!there)
        return true;
    if (page->days_error.len)
        return true;
    page->from = time.start;
    page->to = time.end;
    add_addresses(req, page, time.start);
    return city_curve(reader, stream, time, req->lang, page, err) &&
           city_series_quality(reader, stream, time, req->lang, page, err);
}

static bool show(Request *req, Response *res, bool embedded, Err *err)
{
    SeriesPage *page = arena_new(req->arena, SeriesPage);
    CityReader reader;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    if (embedded)
        reader.rights.internal = false;
    bool ok = fill(&reader, req, page, err);
    city_reader_end(&reader);
    if (!ok)
        return false;
    if (page->days_error.len)
        res->status = 400;
    Out out = out_for(req);
    if (embedded)
        page_city_series_embedded(&out, page);
    else
        page_city_series(&out, page);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = page->name,
                       .active = STR("/stadtdaten"),
                       .script = page->summary.len ? "chart.js" : NULL,
                       .embedded = embedded};
    return page_send(req, res, &frame, out_html(&out));
}

bool city_series_page(Request *req, Response *res, Err *err)
{
    return show(req, res, false, err);
}

bool city_series_embedded(Request *req, Response *res, Err *err)
{
    return show(req, res, true, err);
}
