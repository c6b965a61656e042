/* SPDX-License-Identifier: EUPL-1.2 */
/* What we write against what the schemas of DATEX II 3.3 demand of it (D2Payload, Common,
 * LocationReferencing, Situation, RoadTrafficData): the facts about the elements that we use, in
 * our own words. An element that is not here must not be written. */
#include "city/datex/datex.h"
#include "city/datex/part.h"

#include "base/test.h"

static const Timestamp NOW = 1798797600000; /* 2027-01-01T10:00:00Z */

/* The parts of a type in their order: "@attribute", or "element=type" with "?" (may be missing),
 * "*" (any number) or "+" (one at least); those of `base` stand before. A type with a colon is one
 * of these, and stands in xsi:type when the one that is named is abstract. */
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
     "@lang @modelBaseVersion publicationTime=time publicationCreator=com:InternationalIdentifier",
     true},
    {"com:InternationalIdentifier", NULL, "country=string nationalIdentifier=string", false},
    {"com:HeaderInformation", NULL,
     "informationStatus={real|securityExercise|technicalExercise|test}", false},
    {"com:MultilingualString", NULL, "values=com:Values", false},
    {"com:Values", NULL, "value=string+", false},
    {"com:Source", NULL, "sourceName=com:MultilingualString?", false},
    {"com:Validity", NULL,
     "validityStatus={active|planned|suspended|definedByValidityTimeSpec} "
     "validityTimeSpecification=com:OverallPeriod",
     false},
    {"com:OverallPeriod", NULL, "overallStartTime=time overallEndTime=time?", false},
    {"com:SpeedValue", NULL, "speed=number", false},
    {"com:VehicleFlowValue", NULL, "vehicleFlowRate=count", false},

    {"loc:LocationReference", NULL, "", true},
    {"loc:NetworkLocation", "loc:LocationReference",
     "supplementaryPositionalDescription=loc:SupplementaryPositionalDescription?", true},
    {"loc:PointLocation", "loc:NetworkLocation", "pointByCoordinates=loc:PointByCoordinates?",
     false},
    {"loc:LinearLocation", "loc:NetworkLocation", "gmlLineString=loc:GmlLineString?", false},
    {"loc:SupplementaryPositionalDescription", NULL, "roadInformation=loc:RoadInformation*", false},
    {"loc:RoadInformation", NULL, "roadName=string?", false},
    {"loc:PointByCoordinates", NULL, "pointCoordinates=loc:PointCoordinates", false},
    {"loc:PointCoordinates", NULL, "latitude=number longitude=number", false},
    {"loc:GmlLineString", NULL, "@srsName @srsDimension posList=numbers", false},
    {"loc:Itinerary", "loc:LocationReference", "", true},
    {"loc:ItineraryByIndexedLocations", "loc:Itinerary",
     "locationContainedInItinerary=loc:Contained*", false},
    {"loc:Contained", NULL, "@index location=loc:LocationReference", false},

    {"sit:SituationPublication", "com:PayloadPublication", "situation=sit:Situation*", false},
    {"sit:Situation", NULL,
     "@id headerInformation=com:HeaderInformation situationRecord=sit:SituationRecord+", false},
    {"sit:SituationRecord", NULL,
     "@id @version situationRecordCreationTime=time situationRecordVersionTime=time "
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
           "{carriagewayClosures|contraflow|laneClosures|narrowLanes|roadClosed|"
           "singleAlternateLineTraffic|other}"),
    RECORD("ReroutingManagement",
           "complianceOption={advisory|mandatory} reroutingManagementType="
           "{doNotFollowDiversionSigns|doNotUseEntry|doNotUseExit|doNotUseIntersectionOrJunction|"
           "followDiversionSigns|followLocalDiversion|followSpecialMarkers|useEntry|useExit|"
           "useIntersectionOrJunction}+ reroutingItineraryDescription=com:MultilingualString? "
           "alternativeRoute=loc:Itinerary*"),

    {"roa:MeasurementSiteTablePublication", "com:PayloadPublication",
     "headerInformation=com:HeaderInformation measurementSiteTable=roa:MeasurementSiteTable+",
     false},
    {"roa:MeasurementSiteTable", NULL, "@id @version measurementSite=roa:MeasurementSite+", false},
    {"roa:MeasurementSite", NULL,
     "@id @version measurementSiteName=com:MultilingualString? "
     "measurementSpecificCharacteristics=roa:IndexedCharacteristics* "
     "measurementSiteLocation=loc:LocationReference",
     false},
    {"roa:IndexedCharacteristics", NULL,
     "@index measurementSpecificCharacteristics=roa:Characteristics", false},
    {"roa:Characteristics", NULL, "specificMeasurementValueType={trafficFlow|trafficSpeed}", false},
    {"roa:MeasuredDataPublication", "com:PayloadPublication",
     "measurementSiteTableReference=roa:Reference+ headerInformation=com:HeaderInformation "
     "siteMeasurements=roa:SiteMeasurements+",
     false},
    {"roa:Reference", NULL, "@id @version @targetClass", false},
    {"roa:SiteMeasurements", NULL,
     "measurementSiteReference=roa:Reference physicalQuantity=roa:IndexedQuantity* "
     "measurementTimeDefault=roa:MeasurementOrCalculationTime",
     false},
    {"roa:IndexedQuantity", NULL, "@index physicalQuantity=roa:PhysicalQuantity", false},
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

static bool has_only(Str text, const char *set)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr(set, text.ptr[i]))
            return false;
    return text.len > 0;
}

static bool is_word_of(Str text, Str words)
{
    for (Str rest = str_slice(words, 1, words.len - 1); rest.ptr;)
        if (str_eq(text, str_cut(&rest, '|')))
            return true;
    return false;
}

static void check_value(const XmlElement *element, Str type)
{
    Timestamp time;
    Str text = element->text;
    bool ok = str_is(type, "string")    ? text.len > 0 && text.len <= 1024
              : str_is(type, "time")    ? datex_time(text, &time)
              : str_is(type, "number")  ? has_only(text, "-.0123456789")
              : str_is(type, "count")   ? has_only(text, "0123456789")
              : str_is(type, "numbers") ? has_only(text, "- .0123456789")
                                        : is_word_of(text, type);

    if (element->first || !ok)
        fail_msg("%.*s is no %.*s: \"%.*s\"", STR_ARG(element->name), STR_ARG(type),
                 STR_ARG(str_slice(text, 0, 60)));
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

static const char *attribute_name(Str part)
{
    return str_cstr(arena, str_slice(part, 1, part.len));
}

/* The parts of the type, base first. */
static void check_parts(const XmlElement *element, const XmlElement **at, const Fact *fact,
                        Tasks *tasks)
{
    const Fact *line[8];
    size_t count = 0;

    for (; fact; fact = fact->base ? fact_of(str_c(fact->base)) : NULL)
        line[count++] = fact;
    while (count) {
        fact = line[--count];
        for (Str rest = str_c(fact->parts); rest.len;) {
            Part part = next_part(&rest);
            if (part.name.ptr[0] != '@')
                take_children(at, fact, part, tasks);
            else if (!xml_attribute(element, attribute_name(part.name)).ptr)
                fail_msg("%s has no %.*s", fact->type, STR_ARG(part.name));
        }
    }
}

static Str type_attribute(const XmlElement *element)
{
    return xml_attribute_in(element, STR("http://www.w3.org/2001/XMLSchema-instance"), "type");
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
    check_parts(task.element, &at, fact, tasks);
    if (at)
        fail_msg("%s has a %.*s that does not belong there", fact->type, STR_ARG(at->name));
}

static void check_publication(Str text)
{
    Tasks *tasks = arena_new(arena, Tasks);
    Err err = {0};
    const XmlElement *root = xml_read(arena, text, NULL, &err);

    assert_ok(root, &err);
    assert_str(root->name, "payload");
    assert_str(root->space, DATEX_SPACE "d2Payload");
    assert_str(xml_attribute(root, "modelBaseVersion"), "3");
    tasks->items[tasks->count++] = (Task){root, STR("com:PayloadPublication")};
    while (tasks->count) {
        Task task = tasks->items[--tasks->count];
        check_element(task, tasks);
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
    return (RoadWork){.id = kind * WORK_RESTRICTIONS + restriction + 1,
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

int main(void)
{
#define SCHEMA_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        SCHEMA_TEST(situations_are_as_the_schema_has_them),
        SCHEMA_TEST(sites_and_values_are_as_the_schema_has_them),
        SCHEMA_TEST(long_texts_come_back_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
