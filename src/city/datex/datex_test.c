/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/datex/datex.h"
#include "city/datex/part.h"

#include "base/test.h"

#include <math.h>

static const Timestamp NOW = 1798797600000; /* 2027-01-01T10:00:00Z */

typedef struct Told {
    int line, count;
    char what[400];
} Told;

static void tell(void *context, int line, const char *what)
{
    Told *told = context;

    told->line = line;
    told->count++;
    snprintf(told->what, sizeof told->what, "%s", what);
}

#define SPACES                                                     \
    "xmlns:com=\"http://datex2.eu/schema/3/common\" "              \
    "xmlns:loc=\"http://datex2.eu/schema/3/locationReferencing\" " \
    "xmlns:sit=\"http://datex2.eu/schema/3/situation\" "           \
    "xmlns:roa=\"http://datex2.eu/schema/3/roadTrafficData\" "     \
    "xmlns:con=\"http://datex2.eu/schema/3/messageContainer\" "    \
    "xmlns:ex=\"http://datex2.eu/schema/3/exchangeInformation\" "  \
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
#define SITUATIONS(inner)                                                              \
    "<d2:payload xmlns:d2=\"http://datex2.eu/schema/3/d2Payload\" " SPACES             \
    " xsi:type=\"sit:SituationPublication\" lang=\"de\" modelBaseVersion=\"3\">" inner \
    "</d2:payload>"
#define VALID                                                                        \
    "<sit:validity><com:validityStatus>active</com:validityStatus>"                  \
    "<com:validityTimeSpecification><com:overallStartTime>2027-01-01T08:00:00+01:00" \
    "</com:overallStartTime></com:validityTimeSpecification></sit:validity>"
#define AT_POINT                                                                     \
    "<sit:locationReference xsi:type=\"loc:PointLocation\"><loc:pointByCoordinates>" \
    "<loc:pointCoordinates><loc:latitude>51.5</loc:latitude><loc:longitude>9.9"      \
    "</loc:longitude></loc:pointCoordinates></loc:pointByCoordinates></sit:locationReference>"
#define ON_LINE                                                                               \
    "<sit:locationReference xsi:type=\"loc:LinearLocation\"><loc:gmlLineString><loc:posList>" \
    "51.5 9.9 51.5 9.91</loc:posList></loc:gmlLineString></sit:locationReference>"

static Arena *arena;
static Told told;

static int begin(void **state)
{
    (void)state;
    arena = arena_create(0);
    told = (Told){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static DatexFile read(Str text)
{
    DatexFile file;
    Err err = {0};

    assert_ok(datex_read(text, NOW, tell, &told, arena, &file, &err), &err);
    return file;
}

static Err refuse(Str text)
{
    DatexFile file;
    Err err = {0};

    assert_false(datex_read(text, NOW, tell, &told, arena, &file, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    return err;
}

/* --- Situations --- */

/* As other programs write them: what is there, what is closed, which way round. */
static void the_records_of_a_situation_are_one(void **state)
{
    (void)state;
    DatexFile file = read(STR(SITUATIONS(
        "<com:publicationTime>2027-01-01T10:00:00Z</com:publicationTime>"
        "<sit:situation id=\"S1\"><sit:headerInformation><com:informationStatus>real"
        "</com:informationStatus></sit:headerInformation>"
        "<sit:situationRecord xsi:type=\"sit:RoadOrCarriagewayOrLaneManagement\" id=\"S1-2\" "
        "version=\"12\">" VALID ON_LINE "<sit:roadOrCarriagewayOrLaneManagementType>roadClosed"
        "</sit:roadOrCarriagewayOrLaneManagementType></sit:situationRecord>"
        "<sit:situationRecord xsi:type=\"sit:MaintenanceWorks\" id=\"S1-1\" version=\"9\">" VALID
        "<sit:impact><sit:trafficConstrictionType>lanesBlocked</sit:trafficConstrictionType>"
        "</sit:impact><sit:generalPublicComment><sit:comment><com:values>"
        "<com:value lang=\"en\">Sewer</com:value><com:value lang=\"de\">Kanal &amp; Gas</com:value>"
        "</com:values></sit:comment></sit:generalPublicComment>" AT_POINT
        "<sit:roadMaintenanceType>maintenanceWork</sit:roadMaintenanceType>"
        "</sit:situationRecord>"
        "<sit:situationRecord xsi:type=\"sit:ReroutingManagement\" id=\"S1-3\" version=\"1\">" VALID
            AT_POINT "<sit:reroutingItineraryDescription><com:values><com:value>Über die Brücke"
        "</com:value></com:values></sit:reroutingItineraryDescription></sit:situationRecord>"
        "</sit:situation>")));

    assert_int_equal(file.situations.count, 1);
    const RoadWork *work = &file.situations.items[0].work;
    assert_str(work->key, "S1");
    assert_str(work->version, "12");
    assert_str(work->title, "Kanal & Gas");
    assert_int_equal(work->kind, WORK_BUILDING);
    assert_int_equal(work->restriction, WORK_CLOSED);
    assert_int_equal(work->begins, NOW - 3 * 3600000);
    assert_int_equal(work->ends, 0);
    assert_int_equal(work->place.count, 2);
    assert_true(work->place.points[1].x == 9.91 && work->place.points[1].y == 51.5);
    assert_str(work->detour, "Über die Brücke");
    assert_false(file.snapshot);
    assert_int_equal(told.count, 0);
}

static void an_accident_with_nothing_but_a_point_has_a_name(void **state)
{
    (void)state;
    DatexFile file = read(
        STR(SITUATIONS("<sit:situation id=\"S2\"><sit:situationRecord xsi:type=\"sit:Accident\" "
                       "id=\"1\" version=\"1\">" VALID AT_POINT "</sit:situationRecord>"
                       "</sit:situation>")));
    const RoadWork *work = &file.situations.items[0].work;
    assert_str(work->title, "Unfall");
    assert_int_equal(work->kind, WORK_ACCIDENT);
    assert_int_equal(work->restriction, WORK_FREE);
    assert_int_equal(work->place.count, 1);
}

#define CLOSED_IN(hours, type)                                                                  \
    SITUATIONS("<sit:situation id=\"N\"><sit:situationRecord "                                  \
               "xsi:type=\"sit:RoadOrCarriagewayOrLaneManagement\" id=\"1\" version=\"1\">"     \
               "<sit:validity><com:validityStatus>active</com:validityStatus>"                  \
               "<com:validityTimeSpecification><com:overallStartTime>2027-01-01T08:00:00+01:00" \
               "</com:overallStartTime>" hours                                                  \
               "</com:validityTimeSpecification></sit:validity>" AT_POINT                       \
               "<sit:roadOrCarriagewayOrLaneManagementType>" type                               \
               "</sit:roadOrCarriagewayOrLaneManagementType></sit:situationRecord>"             \
               "</sit:situation>")
#define EACH_DAY(from, to)                                                              \
    "<com:validPeriod><com:recurringTimePeriodOfDay xsi:type=\"com:TimePeriodByHour\">" \
    "<com:startTimeOfPeriod>" from "</com:startTimeOfPeriod><com:endTimeOfPeriod>" to   \
    "</com:endTimeOfPeriod></com:recurringTimePeriodOfDay></com:validPeriod>"

static void assert_restriction(Str text, WorkRestriction restriction, const char *night)
{
    DatexFile file = read(text);

    assert_int_equal(file.situations.count, 1);
    const RoadWork *work = &file.situations.items[0].work;
    assert_int_equal(work->restriction, restriction);
    if (night)
        assert_str(road_work_night(work, arena), night);
}

static void what_is_closed_overnight_is_closed_then(void **state)
{
    (void)state;
    assert_restriction(STR(CLOSED_IN("", "overnightClosures")), WORK_NIGHT, "20:00-06:00");
    assert_restriction(STR(CLOSED_IN(EACH_DAY("20:00:00", "05:00:00"), "roadClosed")), WORK_NIGHT,
                       "20:00-05:00");
    assert_restriction(STR(CLOSED_IN("", "roadClosed")), WORK_CLOSED, NULL);
    assert_restriction(STR(CLOSED_IN(EACH_DAY("20:00:00", "05:00:00"), "narrowLanes")), WORK_NARROW,
                       NULL);
}

static void exercises_are_not_real_and_suspended_ones_are_over(void **state)
{
    (void)state;
    DatexFile file = read(STR(SITUATIONS(
        "<sit:situation id=\"T\"><sit:headerInformation><com:informationStatus>test"
        "</com:informationStatus></sit:headerInformation><sit:situationRecord "
        "xsi:type=\"sit:Accident\" id=\"1\" version=\"1\">" VALID AT_POINT
        "</sit:situationRecord></sit:situation>"
        "<sit:situation id=\"U\"><sit:situationRecord xsi:type=\"sit:Accident\" id=\"2\" "
        "version=\"1\"><sit:validity><com:validityStatus>suspended</com:validityStatus>"
        "<com:validityTimeSpecification><com:overallStartTime>2026-01-01T08:00:00Z"
        "</com:overallStartTime></com:validityTimeSpecification></sit:validity>" AT_POINT
        "</sit:situationRecord></sit:situation>")));
    assert_int_equal(file.situations.count, 1);
    assert_str(file.situations.items[0].work.key, "U");
    assert_int_equal(file.situations.items[0].work.ends, NOW);
}

static void what_cannot_be_read_is_told_by_line(void **state)
{
    (void)state;
    DatexFile file = read(
        STR(SITUATIONS("\n<sit:situation id=\"A\"><sit:situationRecord xsi:type=\"sit:Accident\" "
                       "id=\"1\" version=\"1\">" VALID "<sit:locationReference "
                       "xsi:type=\"loc:LinearLocation\"><loc:gmlLineString "
                       "srsName=\"EPSG:25832\"><loc:posList>566100 5712300 566200 5712300"
                       "</loc:posList></loc:gmlLineString></sit:locationReference>"
                       "</sit:situationRecord></sit:situation>")));
    assert_int_equal(file.situations.count, 0);
    assert_int_equal(file.wrong, 1);
    assert_int_equal(told.line, 2);
    assert_non_null(strstr(told.what, "no line or point in degrees"));
    read(STR(SITUATIONS(
        "<sit:situation id=\"B\"><sit:situationRecord xsi:type=\"sit:ServiceDisruption"
        "\" id=\"1\" version=\"1\">" VALID AT_POINT "</sit:situationRecord></sit:situation>")));
    assert_non_null(strstr(told.what, "no record of a kind that is read: ServiceDisruption"));
    read(STR(SITUATIONS("<sit:situation id=\"C\"><sit:situationRecord xsi:type=\"sit:Accident\" "
                        "id=\"1\" version=\"1\">" AT_POINT
                        "</sit:situationRecord></sit:situation>")));
    assert_non_null(strstr(told.what, "the times of the situation \"C\""));
}

/* The schemas leave the zone open: then it is the town's time. */
static void times_without_a_zone_are_those_of_the_town(void **state)
{
    (void)state;
    DatexFile file = read(
        STR(SITUATIONS("<sit:situation id=\"A\"><sit:situationRecord xsi:type=\"sit:Accident\" "
                       "id=\"1\" version=\"1\"><sit:validity><com:validityStatus>active"
                       "</com:validityStatus><com:validityTimeSpecification>"
                       "<com:overallStartTime>2027-01-01T08:00:00</com:overallStartTime>"
                       "<com:overallEndTime>2027-07-01T08:00:00.5</com:overallEndTime>"
                       "</com:validityTimeSpecification></sit:validity>" AT_POINT
                       "</sit:situationRecord></sit:situation>")));
    Timestamp ends;

    assert_int_equal(told.count, 0);
    assert_true(timestamp_parse_iso(STR("2027-07-01T06:00:00.500Z"), &ends));
    assert_int_equal(file.situations.items[0].work.begins, NOW - 3 * 3600000);
    assert_int_equal(file.situations.items[0].work.ends, ends);
    assert_false(datex_time(STR("2027-01-01"), &ends));
    assert_false(datex_time(STR("0001-01-01T00:00:00"), &ends));
}

/* All types of SituationRecord that the schema of 3.3 has. */
static void every_type_of_record_is_read_or_told(void **state)
{
    static const struct {
        const char *type;
        int kind; /* -1: told, and left out */
    } TYPES[] = {{"AbnormalTraffic", WORK_JAM},
                 {"Accident", WORK_ACCIDENT},
                 {"AnimalPresenceObstruction", WORK_HAZARD},
                 {"AuthorityOperation", WORK_EVENT},
                 {"ConstructionWorks", WORK_BUILDING},
                 {"DisturbanceActivity", WORK_EVENT},
                 {"EnvironmentalObstruction", WORK_HAZARD},
                 {"EquipmentOrSystemFault", WORK_HAZARD},
                 {"GeneralInstructionOrMessageToRoadUsers", WORK_HAZARD},
                 {"GeneralNetworkManagement", WORK_HAZARD},
                 {"GeneralObstruction", WORK_HAZARD},
                 {"GenericSituationRecord", -1},
                 {"InfrastructureDamageObstruction", WORK_HAZARD},
                 {"MaintenanceWorks", WORK_BUILDING},
                 {"NonWeatherRelatedRoadConditions", WORK_HAZARD},
                 {"PoorEnvironmentConditions", WORK_HAZARD},
                 {"PublicEvent", WORK_EVENT},
                 {"ReroutingManagement", -1},
                 {"RoadOperatorServiceDisruption", -1},
                 {"RoadOrCarriagewayOrLaneManagement", WORK_CLOSURE},
                 {"RoadsideAssistance", -1},
                 {"ServiceDisruption", -1},
                 {"SpeedManagement", WORK_HAZARD},
                 {"TransitInformation", -1},
                 {"VehicleObstruction", WORK_HAZARD},
                 {"WeatherRelatedRoadConditions", WORK_HAZARD},
                 {"WinterDrivingManagement", WORK_HAZARD}};

    (void)state;
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        DatexFile file = read(str_printf(
            arena,
            SITUATIONS("<sit:situation id=\"A\"><sit:situationRecord xsi:type=\"sit:%s\" id=\"1\" "
                       "version=\"1\">" VALID AT_POINT "</sit:situationRecord></sit:situation>"),
            TYPES[i].type));
        assert_int_equal(file.situations.count, TYPES[i].kind >= 0);
        assert_int_equal(file.wrong, TYPES[i].kind < 0);
        if (TYPES[i].kind >= 0)
            assert_int_equal(file.situations.items[0].work.kind, TYPES[i].kind);
        else
            assert_non_null(strstr(told.what, TYPES[i].type));
    }
}

/* Why is more than how: a speed limit beside works is no hazard, and its place is not theirs. */
static void how_traffic_is_led_is_not_what_a_situation_is_about(void **state)
{
    (void)state;
    DatexFile file = read(STR(SITUATIONS(
        "<sit:situation id=\"A\"><sit:situationRecord xsi:type=\"sit:SpeedManagement\" id=\"1\" "
        "version=\"1\">" VALID ON_LINE "</sit:situationRecord><sit:situationRecord "
        "xsi:type=\"sit:GeneralObstruction\" id=\"2\" version=\"1\">" VALID AT_POINT
        "<sit:trafficConstrictionType>roadBlocked</sit:trafficConstrictionType>"
        "</sit:situationRecord></sit:situation>")));
    assert_int_equal(file.situations.items[0].work.kind, WORK_HAZARD);
    assert_int_equal(file.situations.items[0].work.restriction, WORK_CLOSED);
    assert_int_equal(file.situations.items[0].work.place.count, 1);
}

/* --- Places --- */

static DatexFile read_at(const char *type, const char *inner)
{
    return read(str_printf(
        arena,
        SITUATIONS(
            "<sit:situation id=\"A\"><sit:situationRecord xsi:type=\"sit:Accident\" id=\"1\" "
            "version=\"1\">" VALID "<sit:locationReference xsi:type=\"loc:%s\">%s"
            "</sit:locationReference></sit:situationRecord></sit:situation>"),
        type, inner));
}

static void an_area_is_its_middle_and_other_forms_are_where_they_are_displayed(void **state)
{
    (void)state;
    DatexFile file =
        read_at("AreaLocation",
                "<loc:gmlMultiPolygon><loc:gmlPolygon><loc:exterior><loc:posList>51 9 51 10 "
                "52 10 51 9</loc:posList></loc:exterior></loc:gmlPolygon>"
                "</loc:gmlMultiPolygon>");
    const Way *place = &file.situations.items[0].work.place;
    assert_int_equal(place->count, 1);
    assert_true(place->points[0].x == 9.5 && place->points[0].y == 51.5);
    file = read_at("SingleRoadLinearLocation",
                   "<loc:coordinatesForDisplay><loc:latitude>51.5</loc:latitude><loc:longitude>9.9"
                   "</loc:longitude></loc:coordinatesForDisplay><loc:alertCLinear/>");
    place = &file.situations.items[0].work.place;
    assert_int_equal(place->count, 1);
    assert_true(place->points[0].x == 9.9 && place->points[0].y == 51.5);
}

static void places_that_cannot_be_read_are_told_with_their_form(void **state)
{
    static const char *const FORMS[][2] = {
        {"<loc:alertCLinear><loc:alertCLocationCountryCode>58</loc:alertCLocationCountryCode>"
         "</loc:alertCLinear>",
         "told as ALERT-C"},
        {"<loc:openlrLinear/>", "told as OpenLR"},
        {"<loc:linearWithinLinearElement/>", "told as a distance along a road"},
        {"<loc:gmlLineString srsName=\"EPSG:25832\"><loc:posList>1 2 3 4</loc:posList>"
         "</loc:gmlLineString>",
         "told as a line that is not in degrees"},
        {"", "told as nothing that is known"}};

    (void)state;
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        DatexFile file = read_at("SingleRoadLinearLocation", FORMS[i][0]);
        assert_int_equal(file.situations.count, 0);
        assert_non_null(strstr(told.what, FORMS[i][1]));
    }
}

/* Some versions have a text, others words in languages; where there is no name the number is. */
static void roads_are_called_by_name_or_number(void **state)
{
    static const char *const ROADS[][2] = {
        {"<loc:roadName>Talstraße</loc:roadName><loc:roadNumber>B 3</loc:roadNumber>", "Talstraße"},
        {"<loc:roadName><com:values><com:value lang=\"de\">Markt</com:value></com:values>"
         "</loc:roadName>",
         "Markt"},
        {"<loc:roadNumber>B 3</loc:roadNumber>", "B 3"}};

    (void)state;
    for (size_t i = 0; i < sizeof ROADS / sizeof *ROADS; i++) {
        const char *inner = str_cstr(
            arena,
            str_printf(
                arena,
                "<loc:supplementaryPositionalDescription><loc:roadInformation>%s"
                "</loc:roadInformation></loc:supplementaryPositionalDescription>"
                "<loc:gmlLineString><loc:posList>51 9 51 10</loc:posList></loc:gmlLineString>",
                ROADS[i][0]));
        assert_str(read_at("LinearLocation", inner).situations.items[0].work.road, ROADS[i][1]);
    }
}

static void what_is_left_out_is_there_all_the_same(void **state)
{
    (void)state;
    DatexFile file = read(
        STR(SITUATIONS("<sit:situation id=\"S1\"/><sit:situation id=\"S2\"><sit:headerInformation>"
                       "<com:informationStatus>test</com:informationStatus></sit:headerInformation>"
                       "</sit:situation>")));
    assert_int_equal(file.situations.count, 0);
    assert_int_equal(told.count, 1);
    assert_int_equal(file.ids.count, 1);
    assert_str(file.ids.items[0], "S1");
}

static void a_container_says_whether_it_has_all(void **state)
{
    (void)state;
    DatexFile file =
        read(STR("<con:messageContainer " SPACES " modelBaseVersion=\"3\"><con:payload "
                 "xsi:type=\"sit:SituationPublication\" lang=\"de\" modelBaseVersion=\"3\">"
                 "<com:publicationCreator><com:country>de</com:country><com:nationalIdentifier>LBM"
                 "</com:nationalIdentifier></com:publicationCreator></con:payload>"
                 "<con:exchangeInformation modelBaseVersion=\"3\"><ex:exchangeContext>"
                 "<ex:codedExchangeProtocol>snapshotPull</ex:codedExchangeProtocol>"
                 "</ex:exchangeContext></con:exchangeInformation></con:messageContainer>"));
    assert_true(file.snapshot);
    assert_str(file.creator, "LBM");
    assert_int_equal(file.creators.count, 1);
    assert_str(file.creators.items[0], "LBM");
}

/* --- Files that are none --- */

static void other_files_are_refused_with_what_they_are(void **state)
{
    (void)state;
    Err err = refuse(STR("<d2LogicalModel xmlns=\"http://datex2.eu/schema/2/2_0\"/>"));
    assert_non_null(strstr(err.message, "schema/2/2_0"));
    err = refuse(STR("<a>\n<b></a>"));
    assert_int_equal(err.line, 2);
    err = refuse(STR("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"));
    err = refuse(STR("<d2:payload xmlns:d2=\"http://datex2.eu/schema/3/d2Payload\" " SPACES
                     " xsi:type=\"vms:VmsPublication\"/>"));
    assert_non_null(strstr(err.message, "VmsPublication"));
    assert_true(datex_is_xml(STR("\xef\xbb\xbf <a/>")));
    assert_false(datex_is_xml(STR("{\"a\": \"<\"}")));
}

/* --- What we write is what we read --- */

static WayPoint LINE[3] = {{9.9601, 51.5602}, {9.9611, 51.5603}, {9.9621, 51.5613}};

static void same_work(const RoadWork *a, const RoadWork *b)
{
    assert_true(str_eq(a->title, b->title) && str_eq(a->text, b->text));
    assert_true(str_eq(a->road, b->road) && str_eq(a->detour, b->detour));
    assert_true(str_eq(a->source, b->source) && str_eq(a->version, b->version));
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->restriction, b->restriction);
    assert_int_equal(a->begins, b->begins);
    assert_int_equal(a->ends, b->ends);
    assert_int_equal(a->place.count, b->place.count);
    for (size_t i = 0; i < a->place.count; i++)
        assert_true(way_distance(a->place.points[i], b->place.points[i]) < 0.2);
    assert_int_equal(a->detour_way.count, b->detour_way.count);
}

static void every_kind_and_restriction_comes_back_as_it_was(void **state)
{
    RoadWork works[WORK_KINDS * WORK_RESTRICTIONS];
    DatexCreator creator = {STR("musterstadt"), NOW};
    Buf out = buf_in(arena);
    size_t count = 0;

    (void)state;
    for (int kind = 0; kind < WORK_KINDS; kind++)
        for (int restriction = 0; restriction < WORK_RESTRICTIONS; restriction++, count++)
            works[count] = (RoadWork){.id = (int64_t)count + 1,
                                      .key = count % 2 ? STR("fremd/7\"<&>") : STR(""),
                                      .version = STR("4"),
                                      .title = STR("Kanal <\"Süd\"> & Gas"),
                                      .text = count % 3 ? STR("Zwei\nZeilen") : STR(""),
                                      .road = STR("Marktstraße"),
                                      .kind = (WorkKind)kind,
                                      .restriction = (WorkRestriction)restriction,
                                      .begins = NOW - 1000,
                                      .ends = count % 2 ? NOW + 86400000 : 0,
                                      .place = {LINE, count % 4 ? 3 : 1},
                                      .detour = count % 5 ? STR("Über B") : STR(""),
                                      .detour_way = {LINE, count % 3 ? 3 : 0},
                                      .source = STR("Tiefbauamt")};
    datex_write_situations(&creator, works, count, STR("musterstadt-"), &out);
    DatexFile file = read(buf_str(&out));
    assert_int_equal(told.count, 0);
    assert_int_equal(file.situations.count, count);
    assert_str(file.creator, "musterstadt");
    for (size_t i = 0; i < count; i++) {
        const RoadWork *read = &file.situations.items[i].work;
        same_work(&works[i], read);
        assert_true(works[i].key.len ? str_eq(works[i].key, read->key)
                                     : str_starts_with(read->key, "musterstadt-"));
    }
}

static void sites_and_values_come_back_as_they_were(void **state)
{
    DatexCreator creator = {STR("musterstadt"), NOW};
    DatexSite sites[2] = {
        {.id = STR("s1"), .name = STR("Markt"), .road = STR("A"), .place = {LINE, 3}},
        {.id = STR("s2"), .name = STR("Mast"), .place = {LINE, 1}}};
    DatexValue values[2] = {{.site = STR("s1"), .number = 32.5, .time = NOW, .vehicles = 7},
                            {.site = STR("s2"), .flow = true, .number = 640, .time = NOW - 60000}};
    Buf out = buf_in(arena), out2 = buf_in(arena);

    (void)state;
    datex_write_sites(&creator, sites, 2, &out);
    DatexFile file = read(buf_str(&out));
    assert_int_equal(file.sites.count, 2);
    assert_str(file.sites.items[0].name, "Markt");
    assert_str(file.sites.items[0].road, "A");
    assert_int_equal(file.sites.items[0].place.count, 3);
    assert_int_equal(file.sites.items[1].place.count, 1);
    datex_write_values(&creator, values, 2, &out2);
    file = read(buf_str(&out2));
    assert_int_equal(file.values.count, 2);
    assert_true(file.values.items[0].number == 32.5 && file.values.items[0].vehicles == 7);
    assert_false(file.values.items[0].flow);
    assert_true(file.values.items[1].flow && file.values.items[1].number == 640);
    assert_int_equal(file.values.items[1].time, NOW - 60000);
    assert_int_equal(told.count, 0);
}

/* A fault is no standstill. */
static void values_with_a_fault_are_none(void **state)
{
    (void)state;
    DatexFile file = read(STR(
        "<d2:payload xmlns:d2=\"http://datex2.eu/schema/3/d2Payload\" " SPACES
        " xsi:type=\"roa:MeasuredDataPublication\"><roa:siteMeasurements>"
        "<roa:measurementSiteReference id=\"s\" version=\"1\"/><roa:physicalQuantity index=\"1\">"
        "<roa:physicalQuantity><roa:basicData xsi:type=\"roa:TrafficSpeed\">"
        "<roa:averageVehicleSpeed><com:dataError>true</com:dataError><com:speed>0</com:speed>"
        "</roa:averageVehicleSpeed></roa:basicData></roa:physicalQuantity></roa:physicalQuantity>"
        "<roa:physicalQuantity index=\"2\"><roa:physicalQuantity><roa:basicData "
        "xsi:type=\"roa:TrafficSpeed\"><roa:averageVehicleSpeed><com:speed>-1</com:speed>"
        "</roa:averageVehicleSpeed></roa:basicData></roa:physicalQuantity></roa:physicalQuantity>"
        "<roa:physicalQuantity index=\"3\"><roa:physicalQuantity><roa:basicData "
        "xsi:type=\"roa:TrafficSpeed\"><roa:averageVehicleSpeed><com:speed>31</com:speed>"
        "</roa:averageVehicleSpeed></roa:basicData></roa:physicalQuantity></roa:physicalQuantity>"
        "</roa:siteMeasurements></d2:payload>"));
    assert_int_equal(file.values.count, 1);
    assert_str(file.values.items[0].index, "3");
    assert_int_equal(file.values.items[0].time, NOW);
}

int main(void)
{
#define DATEX_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        DATEX_TEST(the_records_of_a_situation_are_one),
        DATEX_TEST(an_accident_with_nothing_but_a_point_has_a_name),
        DATEX_TEST(what_is_closed_overnight_is_closed_then),
        DATEX_TEST(exercises_are_not_real_and_suspended_ones_are_over),
        DATEX_TEST(what_cannot_be_read_is_told_by_line),
        DATEX_TEST(times_without_a_zone_are_those_of_the_town),
        DATEX_TEST(every_type_of_record_is_read_or_told),
        DATEX_TEST(how_traffic_is_led_is_not_what_a_situation_is_about),
        DATEX_TEST(an_area_is_its_middle_and_other_forms_are_where_they_are_displayed),
        DATEX_TEST(places_that_cannot_be_read_are_told_with_their_form),
        DATEX_TEST(roads_are_called_by_name_or_number),
        DATEX_TEST(what_is_left_out_is_there_all_the_same),
        DATEX_TEST(a_container_says_whether_it_has_all),
        DATEX_TEST(other_files_are_refused_with_what_they_are),
        DATEX_TEST(every_kind_and_restriction_comes_back_as_it_was),
        DATEX_TEST(sites_and_values_come_back_as_they_were),
        DATEX_TEST(values_with_a_fault_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
