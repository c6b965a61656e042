/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/datex/datex.h"

#include "base/xml.h"

/* --- Parts -------------------------------------------------------------------------------------
 */

static void add_text(Buf *out, const char *element, Str text)
{
    buf_addf(out, "<%s>", element);
    xml_escape(out, text);
    buf_addf(out, "</%s>", element);
}

static void add_words(Buf *out, const char *element, Str text)
{
    buf_addf(out, "<%s><com:values><com:value lang=\"de\">", element);
    xml_escape(out, text);
    buf_addf(out, "</com:value></com:values></%s>", element);
}

static void add_time(Buf *out, const char *element, Timestamp at)
{
    add_text(out, element, timestamp_iso(out->arena, at));
}

/* The schemas' strings have at most so many characters; these are bytes, so never too many. */
enum { STRING_MAX = 1024 };

static bool is_gap(char c)
{
    return c == ' ' || c == '\n';
}

/* The next of the pieces that a long text is told in, cut between words. */
static Str next_piece(Str *rest)
{
    size_t end = rest->len < STRING_MAX ? rest->len : STRING_MAX;

    if (end < rest->len) {
        size_t gap = end;
        while (gap && !is_gap(rest->ptr[gap]))
            gap--;
        while (!gap && end > STRING_MAX - 4 && ((unsigned char)rest->ptr[end] & 0xC0) == 0x80)
            end--;
        end = gap ? gap : end;
    }
    Str piece = str_slice(*rest, 0, end);
    *rest = str_trim(str_slice(*rest, end, rest->len));
    return piece;
}

/* What has but one place for it: its end is left out. */
static Str first_piece(Str text)
{
    return next_piece(&text);
}

static void begin(const DatexCreator *creator, const char *type, Buf *out)
{
    buf_add_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<d2:payload");
    static const char *const SPACES[][2] = {{"d2", "d2Payload"},
                                            {"com", "common"},
                                            {"loc", "locationReferencing"},
                                            {"sit", "situation"},
                                            {"roa", "roadTrafficData"}};
    for (size_t i = 0; i < sizeof SPACES / sizeof *SPACES; i++)
        buf_addf(out, " xmlns:%s=\"" DATEX_SPACE "%s\"", SPACES[i][0], SPACES[i][1]);
    buf_addf(out,
             " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"%s\" "
             "lang=\"de\" modelBaseVersion=\"3\">\n",
             type);
    add_time(out, "com:publicationTime", creator->now);
    buf_add_c(out, "<com:publicationCreator><com:country>de</com:country>");
    add_text(out, "com:nationalIdentifier", creator->name);
    buf_add_c(out, "</com:publicationCreator>\n");
}

static const char HEADER[] = "<com:informationStatus>real</com:informationStatus>";

static void add_list(Buf *out, const Way *way)
{
    buf_add_c(out, "<loc:gmlLineString srsName=\"EPSG:4258\" srsDimension=\"2\"><loc:posList>");
    for (size_t i = 0; i < way->count; i++)
        buf_addf(out, "%s%.6f %.6f", i ? " " : "", way->points[i].y, way->points[i].x);
    buf_add_c(out, "</loc:posList></loc:gmlLineString>");
}

static void add_place(Buf *out, const char *element, const Way *place, Str road)
{
    bool line = place->count > 1;

    buf_addf(out, "<%s xsi:type=\"loc:%s\">", element, line ? "LinearLocation" : "PointLocation");
    if (road.len) {
        buf_add_c(out, "<loc:supplementaryPositionalDescription><loc:roadInformation>");
        add_text(out, "loc:roadName", first_piece(road));
        buf_add_c(out, "</loc:roadInformation></loc:supplementaryPositionalDescription>");
    }
    if (line)
        add_list(out, place);
    else
        buf_addf(out,
                 "<loc:pointByCoordinates><loc:pointCoordinates><loc:latitude>%.6f</loc:latitude>"
                 "<loc:longitude>%.6f</loc:longitude></loc:pointCoordinates>"
                 "</loc:pointByCoordinates>",
                 place->points[0].y, place->points[0].x);
    buf_addf(out, "</%s>", element);
}

/* --- Situations --------------------------------------------------------------------------------
 */

/* What stands behind a record's common part, for each kind. */
static const char *const TYPES[WORK_KINDS] = {
    "ConstructionWorks", "RoadOrCarriagewayOrLaneManagement",
    "Accident",          "PublicEvent",
    "AbnormalTraffic",   "GeneralObstruction"};
static const char *const OWN_PARTS[WORK_KINDS] = {
    "<sit:constructionWorkType>constructionWork</sit:constructionWorkType>",
    NULL,
    "<sit:accidentType>accident</sit:accidentType>",
    "<sit:publicEventType>other</sit:publicEventType>",
    "<sit:abnormalTrafficType>stationaryTraffic</sit:abnormalTrafficType>",
    "<sit:obstructionType>obstructionOnTheRoad</sit:obstructionType>"};
static const char *const MANAGEMENT[WORK_RESTRICTIONS] = {
    "roadClosed", "overnightClosures", "singleAlternateLineTraffic", "narrowLanes", "other"};

typedef struct Situation {
    const DatexCreator *creator;
    const RoadWork *work;
    Str id, version;
    int records;
    bool nightly; /* the record that is written holds at night alone */
} Situation;

static void add_comments(Buf *out, Str text, const char *type)
{
    for (Str rest = text; rest.len;) {
        buf_add_c(out, "<sit:generalPublicComment>");
        add_words(out, "sit:comment", next_piece(&rest));
        buf_addf(out, "<sit:commentType>%s</sit:commentType></sit:generalPublicComment>", type);
    }
}

/* Times without a zone are those of clocks where the road is. */
static void add_night(Buf *out, const RoadWork *work)
{
    Str to = road_work_night(work, out->arena), from = str_cut(&to, '-');

    buf_addf(out,
             "<com:validPeriod><com:recurringTimePeriodOfDay xsi:type=\"com:TimePeriodByHour\">"
             "<com:startTimeOfPeriod>%.*s:00</com:startTimeOfPeriod>"
             "<com:endTimeOfPeriod>%.*s:00</com:endTimeOfPeriod>"
             "</com:recurringTimePeriodOfDay></com:validPeriod>",
             STR_ARG(from), STR_ARG(to));
}

/* The part that all records have; the first has the title too. */
static void begin_record(Situation *s, const char *type, Str text, Buf *out)
{
    const RoadWork *work = s->work;

    buf_addf(out, "<sit:situationRecord xsi:type=\"sit:%s\" id=\"", type);
    xml_escape_attribute(out, s->id);
    buf_addf(out, "-%d\" version=\"", ++s->records);
    xml_escape_attribute(out, s->version);
    buf_add_c(out, "\">");
    Timestamp now = s->creator->now;
    add_time(out, "sit:situationRecordCreationTime", work->begins < now ? work->begins : now);
    add_time(out, "sit:situationRecordVersionTime", now);
    buf_add_c(out, "<sit:probabilityOfOccurrence>certain</sit:probabilityOfOccurrence>");
    if (work->source.len) {
        buf_add_c(out, "<sit:source>");
        add_words(out, "com:sourceName", first_piece(work->source));
        buf_add_c(out, "</sit:source>");
    }
    buf_add_c(out, "<sit:validity><com:validityStatus>definedByValidityTimeSpec"
                   "</com:validityStatus><com:validityTimeSpecification>");
    add_time(out, "com:overallStartTime", work->begins);
    if (work->ends)
        add_time(out, "com:overallEndTime", work->ends);
    if (s->nightly)
        add_night(out, work);
    buf_add_c(out, "</com:validityTimeSpecification></sit:validity>");
    if (s->records == 1)
        add_comments(out, work->title, "roadworksName");
    add_comments(out, text, "description");
    add_place(out, "sit:locationReference", &work->place, work->road);
}

static void end_record(Buf *out)
{
    buf_add_c(out, "</sit:situationRecord>\n");
}

static void add_management(Situation *s, Buf *out)
{
    s->nightly = s->work->restriction == WORK_NIGHT;
    begin_record(s, "RoadOrCarriagewayOrLaneManagement", s->records ? STR_NONE : s->work->text,
                 out);
    s->nightly = false;
    buf_addf(out,
             "<sit:complianceOption>mandatory</sit:complianceOption>"
             "<sit:roadOrCarriagewayOrLaneManagementType>%s"
             "</sit:roadOrCarriagewayOrLaneManagementType>",
             MANAGEMENT[s->work->restriction]);
    end_record(out);
}

static void add_detour(Situation *s, Buf *out)
{
    Str more = s->work->detour, words = next_piece(&more);

    begin_record(s, "ReroutingManagement", more, out);
    buf_add_c(out, "<sit:complianceOption>advisory</sit:complianceOption>"
                   "<sit:reroutingManagementType>followLocalDiversion"
                   "</sit:reroutingManagementType>");
    if (words.len)
        add_words(out, "sit:reroutingItineraryDescription", words);
    if (s->work->detour_way.count > 1) {
        buf_add_c(out, "<sit:alternativeRoute xsi:type=\"loc:ItineraryByIndexedLocations\">"
                       "<loc:locationContainedInItinerary index=\"0\">");
        add_place(out, "loc:location", &s->work->detour_way, STR_NONE);
        buf_add_c(out, "</loc:locationContainedInItinerary></sit:alternativeRoute>");
    }
    end_record(out);
}

static void add_situation(Situation *s, Buf *out)
{
    const RoadWork *work = s->work;

    buf_add_c(out, "<sit:situation id=\"");
    xml_escape_attribute(out, s->id);
    buf_addf(out, "\"><sit:headerInformation>%s</sit:headerInformation>\n", HEADER);
    if (work->kind != WORK_CLOSURE) {
        begin_record(s, TYPES[work->kind], work->text, out);
        buf_add_c(out, OWN_PARTS[work->kind]);
        end_record(out);
    }
    if (work->kind == WORK_CLOSURE || work->restriction != WORK_FREE)
        add_management(s, out);
    if (work->detour.len || work->detour_way.count > 1)
        add_detour(s, out);
    buf_add_c(out, "</sit:situation>\n");
}

Str datex_situation_id(const RoadWork *work, Str prefix, Arena *arena)
{
    Str key = xml_writable(arena, work->key);

    return key.len ? key : str_printf(arena, "%.*s%lld", STR_ARG(prefix), (long long)work->id);
}

void datex_write_situations(const DatexCreator *creator, const RoadWork *works, size_t count,
                            Str prefix, Buf *out)
{
    begin(creator, "sit:SituationPublication", out);
    for (size_t i = 0; i < count; i++) {
        Str id = datex_situation_id(&works[i], prefix, out->arena);
        Situation s = {
            .creator = creator, .work = &works[i], .id = id, .version = works[i].version};
        if (!s.version.len)
            s.version = STR("1");
        add_situation(&s, out);
    }
    buf_add_c(out, "</d2:payload>\n");
}

/* --- Measurements ------------------------------------------------------------------------------
 */

static const char TABLE[] = "strassen";

static void add_characteristics(Buf *out, int index, const char *type)
{
    buf_addf(out,
             "<roa:measurementSpecificCharacteristics index=\"%d\">"
             "<roa:measurementSpecificCharacteristics><roa:specificMeasurementValueType>%s"
             "</roa:specificMeasurementValueType></roa:measurementSpecificCharacteristics>"
             "</roa:measurementSpecificCharacteristics>",
             index, type);
}

void datex_write_sites(const DatexCreator *creator, const DatexSite *sites, size_t count, Buf *out)
{
    begin(creator, "roa:MeasurementSiteTablePublication", out);
    buf_addf(out,
             "<roa:headerInformation>%s</roa:headerInformation>\n"
             "<roa:measurementSiteTable id=\"%s\" version=\"1\">\n",
             HEADER, TABLE);
    for (size_t i = 0; i < count; i++) {
        buf_add_c(out, "<roa:measurementSite id=\"");
        xml_escape_attribute(out, sites[i].id);
        buf_add_c(out, "\" version=\"1\">");
        add_words(out, "roa:measurementSiteName", first_piece(sites[i].name));
        add_characteristics(out, 1, "trafficSpeed");
        add_characteristics(out, 2, "trafficFlow");
        add_place(out, "roa:measurementSiteLocation", &sites[i].place, sites[i].road);
        buf_add_c(out, "</roa:measurementSite>\n");
    }
    buf_add_c(out, "</roa:measurementSiteTable>\n</d2:payload>\n");
}

static void add_value(const DatexValue *value, Buf *out)
{
    buf_add_c(out, "<roa:siteMeasurements><roa:measurementSiteReference "
                   "targetClass=\"roa:MeasurementSite\" id=\"");
    xml_escape_attribute(out, value->site);
    buf_addf(out,
             "\" version=\"1\"/><roa:physicalQuantity index=\"%d\"><roa:physicalQuantity "
             "xsi:type=\"roa:SinglePhysicalQuantity\"><roa:basicData xsi:type=\"roa:%s\">",
             value->flow ? 2 : 1, value->flow ? "TrafficFlow" : "TrafficSpeed");
    buf_addf(out, value->flow ? "<roa:vehicleFlow" : "<roa:averageVehicleSpeed");
    if (value->vehicles > 0)
        buf_addf(out, " numberOfInputValuesUsed=\"%.0f\"", value->vehicles);
    if (value->flow)
        buf_addf(out, "><com:vehicleFlowRate>%.0f</com:vehicleFlowRate></roa:vehicleFlow>",
                 value->number);
    else
        buf_addf(out, "><com:speed>%.1f</com:speed></roa:averageVehicleSpeed>", value->number);
    buf_add_c(out, "</roa:basicData></roa:physicalQuantity></roa:physicalQuantity>"
                   "<roa:measurementTimeDefault>");
    add_time(out, "roa:timeValue", value->time);
    buf_add_c(out, "</roa:measurementTimeDefault></roa:siteMeasurements>\n");
}

void datex_write_values(const DatexCreator *creator, const DatexValue *values, size_t count,
                        Buf *out)
{
    begin(creator, "roa:MeasuredDataPublication", out);
    buf_addf(out,
             "<roa:measurementSiteTableReference targetClass=\"roa:MeasurementSiteTable\" "
             "id=\"%s\" version=\"1\"/><roa:headerInformation>%s</roa:headerInformation>\n",
             TABLE, HEADER);
    for (size_t i = 0; i < count; i++)
        add_value(&values[i], out);
    buf_add_c(out, "</d2:payload>\n");
}
