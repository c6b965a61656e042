/* SPDX-License-Identifier: EUPL-1.2 */
/* What we write against what the schemas of DATEX II 3.3 demand of it (D2Payload, Common,
 * LocationReferencing, Situation, RoadTrafficData): the facts about the elements that we use, in
 * our own words. An element that is not here must not be written. */
#include "city/datex/datex.h"
#include "city/datex/part.h"

#include "base/test.h"
#include "base/utf8.h"
#include "city/import/keys.h"
#include "city/sta/time.h"

static const Timestamp NOW = 1798797600000; /* 2027-01-01T10:00:00Z */

/* The parts of a type in their order: "@attribute=type", or "element=type" with "?" (may be
 * missing), "*" (any number) or "+" (one at least); those of `base` stand before. A type with a
 * colon is one of these, and stands in xsi:type when the one that is named is abstract; "{a|b}" are
 * words; the others are in is_value. */
typedef struct Fact {
    const char *type, *base, *parts;
    bool abstract;
} Fact;

#define RECORD(name, parts)                              \
    {                                                    \
        "sit:" name, "sit:SituationRecord", parts, false \
    }
static const Fact FACTS[] = {
    {"com:PayloadPublication", NULL,
     "@lang={de} @modelBaseVersion={3} publicationTime=time "
     "publicationCreator=com:InternationalIdentifier",
     true},
    {"com:InternationalIdentifier", NULL, "country={de} nationalIdentifier=string", false},
    {"com:HeaderInformation", NULL,
     "informationStatus={real|securityExercise|technicalExercise|test}", false},
    {"com:MultilingualString", NULL, "values=com:Values", false},
    {"com:Values", NULL, "value=words+", false},
    {"com:Source", NULL, "sourceName=com:MultilingualString?", false},
    {"com:Validity", NULL,
     "validityStatus={active|planned|suspended|definedByValidityTimeSpec} "
     "validityTimeSpecification=com:OverallPeriod",
     false},
    {"com:OverallPeriod", NULL,
     "overallStartTime=time overallEndTime=time? validPeriod=com:Period*", false},
    {"com:Period", NULL, "recurringTimePeriodOfDay=com:TimePeriodOfDay*", false},
    {"com:TimePeriodOfDay", NULL, "", true},
    {"com:TimePeriodByHour", "com:TimePeriodOfDay", "startTimeOfPeriod=clock endTimeOfPeriod=clock",
     false},
    {"com:SpeedValue", NULL, "@numberOfInputValuesUsed=count? speed=number", false},
    {"com:VehicleFlowValue", NULL, "@numberOfInputValuesUsed=count? vehicleFlowRate=count", false},

    {"loc:LocationReference", NULL, "", true},
    {"loc:Location", "loc:LocationReference", "", true},
    {"loc:NetworkLocation", "loc:Location",
     "supplementaryPositionalDescription=loc:SupplementaryPositionalDescription?", true},
    {"loc:PointLocation", "loc:NetworkLocation", "pointByCoordinates=loc:PointByCoordinates?",
     false},
    {"loc:LinearLocation", "loc:NetworkLocation", "gmlLineString=loc:GmlLineString?", false},
    {"loc:SupplementaryPositionalDescription", NULL, "roadInformation=loc:RoadInformation*", false},
    {"loc:RoadInformation", NULL, "roadName=string?", false},
    {"loc:PointByCoordinates", NULL, "pointCoordinates=loc:PointCoordinates", false},
    {"loc:PointCoordinates", NULL, "latitude=number longitude=number", false},
    {"loc:GmlLineString", NULL, "@srsName=string @srsDimension={2} posList=numbers", false},
    {"loc:Itinerary", "loc:LocationReference", "", true},
    {"loc:ItineraryByIndexedLocations", "loc:Itinerary",
     "locationContainedInItinerary=loc:Contained*", false},
    {"loc:Contained", NULL, "@index=count location=loc:Location", false},

    {"sit:SituationPublication", "com:PayloadPublication", "situation=sit:Situation*", false},
    {"sit:Situation", NULL,
     "@id=id headerInformation=com:HeaderInformation situationRecord=sit:SituationRecord+", false},
    {"sit:SituationRecord", NULL,
     "@id=id @version=id situationRecordCreationTime=time situationRecordVersionTime=time "
     "probabilityOfOccurrence={certain|probable|riskOf} source=com:Source? validity=com:Validity "
     "generalPublicComment=sit:Comment* locationReference=loc:LocationReference",
     true},
    {"sit:Comment", NULL,
     "comment=com:MultilingualString "
     "commentType={abnormalLoadMovementNote|dataProcessingNote|description|internalNote|"
     "roadworksName|warning|other}?",
     false},
    RECORD("ConstructionWorks",
           "constructionWorkType={blastingWork|constructionWork|demolitionWork|"
           "roadImprovementOrUpgrading|roadWideningWork}"),
    RECORD("Accident", "accidentType={accident|collision|multipleVehicleAccident|other}+"),
    RECORD("PublicEvent", "publicEventType={festival|market|procession|unknown|other}"),
    RECORD("AbnormalTraffic",
           "abnormalTrafficType={stationaryTraffic|queuingTraffic|slowTraffic|heavyTraffic|"
           "unspecifiedAbnormalTraffic|other}?"),
    RECORD("GeneralObstruction", "obstructionType={hazardsOnTheRoad|obstructionOnTheRoad|other}+"),
    RECORD("RoadOrCarriagewayOrLaneManagement",
           "complianceOption={advisory|mandatory} roadOrCarriagewayOrLaneManagementType="
           "{carriagewayClosures|contraflow|laneClosures|narrowLanes|overnightClosures|"
           "roadClosed|singleAlternateLineTraffic|other}"),
    RECORD("ReroutingManagement",
           "complianceOption={advisory|mandatory} reroutingManagementType="
           "{doNotFollowDiversionSigns|doNotUseEntry|doNotUseExit|doNotUseIntersectionOrJunction|"
           "followDiversionSigns|followLocalDiversion|followSpecialMarkers|useEntry|useExit|"
           "useIntersectionOrJunction}+ reroutingItineraryDescription=com:MultilingualString? "
           "alternativeRoute=loc:Itinerary*"),

    {"roa:MeasurementSiteTablePublication", "com:PayloadPublication",
     "headerInformation=com:HeaderInformation measurementSiteTable=roa:MeasurementSiteTable+",
     false},
    {"roa:MeasurementSiteTable", NULL, "@id=id @version=id measurementSite=roa:MeasurementSite+",
     false},
    {"roa:MeasurementSite", NULL,
     "@id=id @version=id measurementSiteName=com:MultilingualString? "
     "measurementSpecificCharacteristics=roa:IndexedCharacteristics* "
     "measurementSiteLocation=loc:LocationReference",
     false},
    {"roa:IndexedCharacteristics", NULL,
     "@index=count measurementSpecificCharacteristics=roa:Characteristics", false},
    {"roa:Characteristics", NULL, "specificMeasurementValueType={trafficFlow|trafficSpeed}", false},
    {"roa:MeasuredDataPublication", "com:PayloadPublication",
     "measurementSiteTableReference=roa:TableReference+ "
     "headerInformation=com:HeaderInformation siteMeasurements=roa:SiteMeasurements+",
     false},
    {"roa:TableReference", NULL, "@id=id @version=id @targetClass={roa:MeasurementSiteTable}",
     false},
    {"roa:SiteReference", NULL, "@id=id @version=id @targetClass={roa:MeasurementSite}", false},
    {"roa:SiteMeasurements", NULL,
     "measurementSiteReference=roa:SiteReference physicalQuantity=roa:IndexedQuantity* "
     "measurementTimeDefault=roa:MeasurementOrCalculationTime",
     false},
    {"roa:IndexedQuantity", NULL, "@index=count physicalQuantity=roa:PhysicalQuantity", false},
    {"roa:PhysicalQuantity", NULL, "", true},
    {"roa:SinglePhysicalQuantity", "roa:PhysicalQuantity", "basicData=roa:BasicData?", false},
    {"roa:BasicData", NULL, "", true},
    {"roa:TrafficSpeed", "roa:BasicData", "averageVehicleSpeed=com:SpeedValue?", false},
    {"roa:TrafficFlow", "roa:BasicData", "vehicleFlow=com:VehicleFlowValue?", false},
    {"roa:MeasurementOrCalculationTime", NULL, "timeValue=time?", false},
};

static const struct {
    const char *prefix, *space;
} SPACES[] = {{"com:", "common"},
              {"loc:", "locationReferencing"},
              {"sit:", "situation"},
              {"roa:", "roadTrafficData"}};

static const Fact *fact_of(Str type)
{
    for (size_t i = 0; i < sizeof FACTS / sizeof *FACTS; i++)
        if (str_is(type, FACTS[i].type))
            return &FACTS[i];
    fail_msg("the type \"%.*s\" is not known", STR_ARG(type));
    return NULL;
}

static bool is_a(const Fact *fact, Str type)
{
    while (!str_is(type, fact->type) && fact->base)
        fact = fact_of(str_c(fact->base));
    return str_is(type, fact->type);
}

/* Elements stand in the namespace of the type that has them. */
static bool in_space(const XmlElement *element, const Fact *fact)
{
    for (size_t i = 0; i < sizeof SPACES / sizeof *SPACES; i++)
        if (str_starts_with(str_c(fact->type), SPACES[i].prefix))
            return str_eq(str_slice(element->space, sizeof DATEX_SPACE - 1, element->space.len),
                          str_c(SPACES[i].space));
    return false;
}

/* --- Values ------------------------------------------------------------------------------------
 */

static size_t digits_of(Str text)
{
    size_t count = 0;

    while (count < text.len && text.ptr[count] >= '0' && text.ptr[count] <= '9')
        count++;
    return count;
}

/* "-9.960100" */
static bool is_number(Str text)
{
    if (str_starts_with(text, "-"))
        text = str_slice(text, 1, text.len);
    size_t whole = digits_of(text);
    Str rest = str_slice(text, whole, text.len);
    return whole && (!rest.len ||
                     (str_starts_with(rest, ".") && rest.len > 1 &&
                      digits_of(rest) + 1 + digits_of(str_slice(rest, 1, rest.len)) == rest.len));
}

/* A line has two points at least, and a single blank between its numbers. */
static bool are_numbers(Str text)
{
    size_t count = 0;

    for (Str rest = text; rest.ptr; count++)
        if (!is_number(str_cut(&rest, ' ')))
            return false;
    return count >= 4 && count % 2 == 0;
}

/* As timestamp_iso writes it; there is no year 0. */
static bool is_time(Str text)
{
    Timestamp time;

    return text.len == 24 && str_ends_with(text, "Z") && !str_starts_with(text, "0000") &&
           timestamp_parse_iso(text, &time);
}

static bool is_word_of(Str text, Str words)
{
    for (Str rest = str_slice(words, 1, words.len - 1); rest.ptr;)
        if (str_eq(text, str_cut(&rest, '|')))
            return true;
    return false;
}

static bool is_value(Str text, Str type)
{
    return str_is(type, "string") || str_is(type, "words")
               ? text.len > 0 && utf8_length(text) <= 1024
           : str_is(type, "id")      ? text.len > 0
           : str_is(type, "time")    ? is_time(text)
           : str_is(type, "clock")   ? text.len == 8 && sta_clock_parse(text, &(int64_t){0})
           : str_is(type, "number")  ? is_number(text)
           : str_is(type, "count")   ? text.len > 0 && digits_of(text) == text.len
           : str_is(type, "numbers") ? are_numbers(text)
                                     : is_word_of(text, type);
}

static void check_value(const XmlElement *element, Str type)
{
    bool words = str_is(type, "words");

    if (element->first || !is_value(element->text, type))
        fail_msg("%.*s is no %.*s: \"%.*s\"", STR_ARG(element->name), STR_ARG(type),
                 STR_ARG(str_slice(element->text, 0, 60)));
    assert_int_equal(element->attribute_count, words);
    if (words)
        assert_str(xml_attribute(element, "lang"), "de");
}

/* --- Elements ----------------------------------------------------------------------------------
 */

/* One part of a type, taken from its list. */
typedef struct Part {
    Str name, type;
    char many; /* '1', '?', '*', '+' */
} Part;

static Part next_part(Str *rest)
{
    Str type = str_cut(rest, ' ');
    Part part = {.name = str_cut(&type, '='), .many = '1'};
    char last = type.len ? type.ptr[type.len - 1] : '1';

    if (strchr("?*+", last)) {
        part.many = last;
        type.len--;
    }
    part.type = type;
    return part;
}

/* What the check has still to do, instead of recursion. */
typedef struct Task {
    const XmlElement *element;
    Str type;
} Task;

typedef struct Tasks {
    Task items[5000];
    size_t count;
} Tasks;

static void take_children(const XmlElement **at, const Fact *fact, Part part, Tasks *tasks)
{
    size_t count = 0;

    while (*at && str_eq((*at)->name, part.name) && in_space(*at, fact) &&
           (!count || part.many == '*' || part.many == '+')) {
        assert_true(tasks->count < sizeof tasks->items / sizeof *tasks->items);
        tasks->items[tasks->count++] = (Task){*at, part.type};
        *at = (*at)->next;
        count++;
    }
    if (!count && (part.many == '1' || part.many == '+'))
        fail_msg("%s has no %.*s where it belongs", fact->type, STR_ARG(part.name));
}

static Arena *arena;

/* How many there are of it: 0 or 1. */
static size_t check_attribute(const XmlElement *element, const Fact *fact, Part part)
{
    Str name = str_slice(part.name, 1, part.name.len);
    Str value = xml_attribute(element, str_cstr(arena, name));

    if (!value.ptr && part.many != '?')
        fail_msg("%s has no %.*s", fact->type, STR_ARG(part.name));
    if (value.ptr && !is_value(value, part.type))
        fail_msg("%.*s of %s is no %.*s: \"%.*s\"", STR_ARG(part.name), fact->type,
                 STR_ARG(part.type), STR_ARG(str_slice(value, 0, 60)));
    return value.ptr != NULL;
}

/* The parts of the type, base first. How many attributes there are among them. */
static size_t check_parts(const XmlElement *element, const XmlElement **at, const Fact *fact,
                          Tasks *tasks)
{
    const Fact *line[8];
    size_t count = 0, attributes = 0;

    for (; fact; fact = fact->base ? fact_of(str_c(fact->base)) : NULL)
        line[count++] = fact;
    while (count) {
        fact = line[--count];
        for (Str rest = str_c(fact->parts); rest.len;) {
            Part part = next_part(&rest);
            if (part.name.ptr[0] != '@')
                take_children(at, fact, part, tasks);
            else
                attributes += check_attribute(element, fact, part);
        }
    }
    return attributes;
}

static Str type_attribute(const XmlElement *element)
{
    return xml_attribute_in(element, STR("http://www.w3.org/2001/XMLSchema-instance"), "type");
}

/* No two of a name have the same id and version; of situations, the same id. */
static void check_unique(const XmlElement *element, CityKeys *seen)
{
    static const char *const NAMES[] = {"situation", "situationRecord", "measurementSite",
                                        "measurementSiteTable"};
    Str id = xml_attribute(element, "id"), version = xml_attribute(element, "version");
    int64_t before;

    if (str_among(element->name, NAMES, 4) == 4)
        return;
    Str key = str_printf(arena, "%.*s\t%.*s\t%.*s", STR_ARG(element->name), STR_ARG(id),
                         STR_ARG(version));
    if (city_keys_get(seen, key, &before))
        fail_msg("there are two of %.*s", STR_ARG(key));
    city_keys_set(seen, key, 1);
}

static void check_element(Task task, Tasks *tasks)
{
    if (str_find_char(task.type, ':') < 0) {
        check_value(task.element, task.type);
        return;
    }
    const XmlElement *at = task.element->first;
    Str given = type_attribute(task.element);
    const Fact *fact = fact_of(given.ptr ? given : task.type);
    assert_true(is_a(fact, task.type));
    assert_false(fact->abstract);
    size_t attributes = check_parts(task.element, &at, fact, tasks);
    if (at)
        fail_msg("%s has a %.*s that does not belong there", fact->type, STR_ARG(at->name));
    if (task.element->attribute_count != attributes + (given.ptr != NULL))
        fail_msg("%s has an attribute that does not belong there", fact->type);
}

static void check_publication(Str text)
{
    Tasks *tasks = arena_new(arena, Tasks);
    CityKeys seen = city_keys(arena);
    Err err = {0};
    const XmlElement *root = xml_read(arena, text, NULL, &err);

    assert_ok(root, &err);
    assert_str(root->name, "payload");
    assert_str(root->space, DATEX_SPACE "d2Payload");
    tasks->items[tasks->count++] = (Task){root, STR("com:PayloadPublication")};
    while (tasks->count) {
        Task task = tasks->items[--tasks->count];
        check_element(task, tasks);
        check_unique(task.element, &seen);
    }
}

/* --- What is written ---------------------------------------------------------------------------
 */

static WayPoint LINE[3] = {{9.9601, 51.5602}, {9.9611, 51.5603}, {-0.0000001, 51.5613}};
static const DatexCreator CREATOR = {{"musterstadt", 11}, 1798797600000};

static int begin(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

/* "Wörter" as often as it takes. */
static Str words_of(size_t count)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < count; i++)
        buf_addf(&out, "%sWörter", i ? " " : "");
    return buf_str(&out);
}

static RoadWork work_of(int kind, int restriction, bool rich)
{
    return (RoadWork){.id = (rich * WORK_KINDS + kind) * WORK_RESTRICTIONS + restriction + 1,
                      .title = STR("Kanal"),
                      .text = rich ? words_of(500) : STR(""),
                      .road = rich ? words_of(200) : STR(""),
                      .kind = (WorkKind)kind,
                      .restriction = (WorkRestriction)restriction,
                      .begins = NOW - 1000,
                      .ends = rich ? NOW + 86400000 : 0,
                      .place = {LINE, rich ? 3 : 1},
                      .detour = rich ? words_of(400) : STR(""),
                      .detour_way = {LINE, rich ? 3 : 0},
                      .source = rich ? words_of(200) : STR("")};
}

static void situations_are_as_the_schema_has_them(void **state)
{
    RoadWork works[2 * WORK_KINDS * WORK_RESTRICTIONS];
    Buf out = buf_in(arena);
    size_t count = 0;

    (void)state;
    for (int rich = 0; rich < 2; rich++)
        for (int kind = 0; kind < WORK_KINDS; kind++)
            for (int restriction = 0; restriction < WORK_RESTRICTIONS; restriction++)
                works[count++] = work_of(kind, restriction, rich);
    datex_write_situations(&CREATOR, works, count, STR("stadt-"), &out);
    check_publication(buf_str(&out));
}

static void sites_and_values_are_as_the_schema_has_them(void **state)
{
    DatexSite sites[2] = {
        {.id = STR("s1"), .name = words_of(300), .road = STR("A"), .place = {LINE, 3}},
        {.id = STR("s2"), .name = STR("Mast"), .place = {LINE, 1}}};
    DatexValue values[2] = {{.site = STR("s1"), .number = 32.5, .time = NOW, .vehicles = 7},
                            {.site = STR("s2"), .flow = true, .number = 640, .time = NOW - 60000}};
    Buf table = buf_in(arena), measured = buf_in(arena);

    (void)state;
    datex_write_sites(&CREATOR, sites, 2, &table);
    check_publication(buf_str(&table));
    datex_write_values(&CREATOR, values, 2, &measured);
    check_publication(buf_str(&measured));
}

/* What is longer than the schema's strings goes out in pieces, and is whole again. */
static void long_texts_come_back_whole(void **state)
{
    RoadWork work = work_of(WORK_BUILDING, WORK_CLOSED, true);
    Buf out = buf_in(arena);
    DatexFile file;
    Err err = {0};

    (void)state;
    datex_write_situations(&CREATOR, &work, 1, STR("stadt-"), &out);
    assert_ok(datex_read(buf_str(&out), NOW, NULL, NULL, arena, &file, &err), &err);
    const RoadWork *read = &file.situations.items[0].work;
    Str text = str_replace(arena, read->text, STR("\n"), STR(" "));
    Str detour = str_replace(arena, read->detour, STR("\n"), STR(" "));
    assert_true(str_eq(text, work.text));
    assert_true(str_eq(detour, work.detour));
}

static void nights_are_read_back_as_they_were_written(void **state)
{
    RoadWork work = work_of(WORK_BUILDING, WORK_NIGHT, false);
    Buf out = buf_in(arena);
    DatexFile file;
    Err err = {0};

    (void)state;
    work.night_from = 21 * 60 + 30;
    work.night_to = 5 * 60;
    datex_write_situations(&CREATOR, &work, 1, STR("stadt-"), &out);
    assert_ok(datex_read(buf_str(&out), NOW, NULL, NULL, arena, &file, &err), &err);
    const RoadWork *read = &file.situations.items[0].work;
    assert_int_equal(read->restriction, WORK_NIGHT);
    assert_int_equal(read->night_from, work.night_from);
    assert_int_equal(read->night_to, work.night_to);
}

/* A name may have any characters that JSON has. */
static void what_xml_cannot_write_spoils_no_publication(void **state)
{
    RoadWork works[2] = {work_of(WORK_BUILDING, WORK_CLOSED, true),
                         work_of(WORK_JAM, WORK_FREE, true)};
    DatexSite site = {.id = STR("s\x01"), .name = STR("\x08Markt"), .place = {LINE, 3}};
    Buf out = buf_in(arena), table = buf_in(arena);
    DatexFile file;
    Err err = {0};

    (void)state;
    works[0].key = STR("a\x01\tb\nc\r");
    works[0].version = works[0].source = works[0].detour = STR("\x02"
                                                               "4");
    works[0].title = works[0].text = works[0].road = STR("Glocke\x07 \xef\xbf\xbf");
    works[1].key = STR("\x03");
    datex_write_situations(&CREATOR, works, 2, STR("stadt-"), &out);
    check_publication(buf_str(&out));
    assert_ok(datex_read(buf_str(&out), NOW, NULL, NULL, arena, &file, &err), &err);
    assert_str(file.situations.items[0].work.key, "a\tb\nc\r");
    assert_str(file.situations.items[0].work.title, "Glocke");
    assert_true(str_starts_with(file.situations.items[1].work.key, "stadt-"));
    datex_write_sites(&CREATOR, &site, 1, &table);
    check_publication(buf_str(&table));
}

static void a_town_without_road_works_says_so(void **state)
{
    Buf out = buf_in(arena);

    (void)state;
    datex_write_situations(&CREATOR, NULL, 0, STR("stadt-"), &out);
    check_publication(buf_str(&out));
}

int main(void)
{
#define SCHEMA_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        SCHEMA_TEST(situations_are_as_the_schema_has_them),
        SCHEMA_TEST(sites_and_values_are_as_the_schema_has_them),
        SCHEMA_TEST(long_texts_come_back_whole),
        SCHEMA_TEST(nights_are_read_back_as_they_were_written),
        SCHEMA_TEST(what_xml_cannot_write_spoils_no_publication),
        SCHEMA_TEST(a_town_without_road_works_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
