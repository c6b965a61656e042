/* SPDX-License-Identifier: EUPL-1.2 */
/* A situation has several records: what is there, what is therefore closed or narrowed, which way
 * round. Together they are one of our road works. */
#include "city/datex/read.h"

#include "base/vec.h"

enum { TITLE_MAX = 200, TEXT_MAX = 4000, DETOUR_ONLY = -1, MANAGED = -2, NOT_READ = -3 };

/* What a record of this type tells of: a WorkKind, or one of the above. MANAGED tells how the
 * traffic is led, and is a hazard where nobody tells why. Services and passengers are no matter of
 * roads. */
static int kind_of(Str type)
{
    static const struct {
        const char *type;
        int kind;
    } KINDS[] = {{"MaintenanceWorks", WORK_BUILDING},
                 {"ConstructionWorks", WORK_BUILDING},
                 {"Roadworks", WORK_BUILDING},
                 {"RoadOrCarriagewayOrLaneManagement", WORK_CLOSURE},
                 {"Accident", WORK_ACCIDENT},
                 {"PublicEvent", WORK_EVENT},
                 {"AuthorityOperation", WORK_EVENT},
                 {"DisturbanceActivity", WORK_EVENT},
                 {"AbnormalTraffic", WORK_JAM},
                 {"GeneralObstruction", WORK_HAZARD},
                 {"AnimalPresenceObstruction", WORK_HAZARD},
                 {"EnvironmentalObstruction", WORK_HAZARD},
                 {"InfrastructureDamageObstruction", WORK_HAZARD},
                 {"VehicleObstruction", WORK_HAZARD},
                 {"PoorEnvironmentConditions", WORK_HAZARD},
                 {"NonWeatherRelatedRoadConditions", WORK_HAZARD},
                 {"WeatherRelatedRoadConditions", WORK_HAZARD},
                 {"EquipmentOrSystemFault", WORK_HAZARD},
                 {"SpeedManagement", MANAGED},
                 {"GeneralNetworkManagement", MANAGED},
                 {"GeneralInstructionOrMessageToRoadUsers", MANAGED},
                 {"WinterDrivingManagement", MANAGED},
                 {"ReroutingManagement", DETOUR_ONLY}};

    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_is(type, KINDS[i].type))
            return KINDS[i].kind;
    return NOT_READ;
}

/* The least free comes first in WorkRestriction. */
static WorkRestriction restriction_of(const XmlElement *record)
{
    static const struct {
        const char *word;
        WorkRestriction restriction;
    } WORDS[] = {{"roadClosed", WORK_CLOSED},
                 {"carriagewayClosures", WORK_CLOSED},
                 {"closedPermanentlyForTheWinter", WORK_CLOSED},
                 {"roadBlocked", WORK_CLOSED},
                 {"carriagewayBlocked", WORK_CLOSED},
                 {"singleAlternateLineTraffic", WORK_HALF},
                 {"contraflow", WORK_HALF},
                 {"temporaryTrafficLights", WORK_HALF},
                 {"laneClosures", WORK_NARROW},
                 {"narrowLanes", WORK_NARROW},
                 {"lanesDeviated", WORK_NARROW},
                 {"newRoadworksLayout", WORK_NARROW},
                 {"doNotUseSpecifiedLanesOrCarriageways", WORK_NARROW},
                 {"intermittentShortTermClosures", WORK_NARROW},
                 {"overnightClosures", WORK_NIGHT},
                 {"rollingRoadBlock", WORK_NARROW},
                 {"lanesBlocked", WORK_NARROW},
                 {"lanesPartiallyObstructed", WORK_NARROW},
                 {"carriagewayPartiallyObstructed", WORK_NARROW},
                 {"roadPartiallyObstructed", WORK_NARROW}};
    static const char *const TOLD_IN[] = {"roadOrCarriagewayOrLaneManagementType",
                                          "generalNetworkManagementType", "trafficConstrictionType",
                                          "impact/trafficConstrictionType" /* as in 2 */};
    WorkRestriction least = WORK_FREE;

    for (size_t k = 0; k < sizeof TOLD_IN / sizeof *TOLD_IN; k++) {
        Str told = datex_text(record, TOLD_IN[k]);
        for (size_t i = 0; told.len && i < sizeof WORDS / sizeof *WORDS; i++)
            if (str_is(told, WORDS[i].word) && WORDS[i].restriction < least)
                least = WORDS[i].restriction;
    }
    return least;
}

/* --- Words -------------------------------------------------------------------------------------
 */

static const char COMMENT[] = "generalPublicComment";

/* At most so many bytes, not in the middle of a letter. */
static Str shortened(Str text, size_t most)
{
    if (text.len <= most)
        return text;
    while (most && ((unsigned char)text.ptr[most] & 0xC0) == 0x80)
        most--;
    return str_slice(text, 0, most);
}

/* The next comment of the type (NULL: of any), from this one on. */
static const XmlElement *comment_from(const XmlElement *at, const char *type)
{
    while (at && type && !str_is(datex_text(at, "commentType"), type))
        at = datex_next(at, COMMENT);
    return at;
}

static Str comment_of(const XmlElement *record, const char *type)
{
    return datex_words(comment_from(datex_child(record, COMMENT), type), "comment");
}

/* All of the type, a line each: one comment has 1,024 characters at most. */
static Str comments_of(const XmlElement *record, const char *type, Arena *arena)
{
    const XmlElement *at = comment_from(datex_child(record, COMMENT), type);
    Buf out = buf_in(arena);

    for (; at; at = comment_from(datex_next(at, COMMENT), type)) {
        Str words = datex_words(at, "comment");
        if (words.len && out.len)
            buf_add_c(&out, "\n");
        buf_add(&out, words);
    }
    return buf_str(&out);
}

static Str title_of(const XmlElement *record, const RoadWork *work, Arena *arena)
{
    Str title = comment_of(record, "roadworksName");

    if (!title.len)
        title = comment_of(record, NULL);
    if (title.len) {
        Str rest = title;
        return shortened(str_trim(str_cut(&rest, '\n')), TITLE_MAX);
    }
    return work->road.len ? str_printf(arena, "%s %.*s", WORK_KIND_NAMES[work->kind],
                                       STR_ARG(shortened(work->road, TITLE_MAX / 2)))
                          : str_c(WORK_KIND_NAMES[work->kind]);
}

/* What the title does not say already. */
static Str description_of(const XmlElement *record, Arena *arena)
{
    Str text = comments_of(record, "description", arena);

    if (!text.len && !comment_of(record, "roadworksName").len)
        text = comment_of(record, NULL);
    return text.len ? shortened(text, TEXT_MAX) : STR("");
}

/* --- The situation -----------------------------------------------------------------------------
 */

static bool read_validity(const XmlElement *record, Timestamp now, RoadWork *work)
{
    const XmlElement *time = datex_path(record, "validity/validityTimeSpecification");
    Str ends = datex_text(time, "overallEndTime");

    if (!datex_time(datex_text(time, "overallStartTime"), &work->begins) ||
        (ends.len && !datex_time(ends, &work->ends)))
        return false;
    if (str_is(datex_text(record, "validity/validityStatus"), "suspended") &&
        (!work->ends || work->ends > now))
        work->ends = now > work->begins ? now : work->begins + 1;
    return true;
}

/* What the situation is about; else what is closed; else how the traffic is led. */
static const XmlElement *main_record(const XmlElement *situation, int *kind)
{
    static const char NAME[] = "situationRecord";
    const XmlElement *closure = NULL, *managed = NULL;

    for (const XmlElement *at = datex_child(situation, NAME); at; at = datex_next(at, NAME)) {
        *kind = kind_of(datex_type(at));
        if (*kind >= 0 && *kind != WORK_CLOSURE)
            return at;
        if (*kind == WORK_CLOSURE && !closure)
            closure = at;
        if (*kind == MANAGED && !managed)
            managed = at;
    }
    *kind = closure ? WORK_CLOSURE : WORK_HAZARD;
    return closure ? closure : managed;
}

static Str later_version(Str a, Str b)
{
    int64_t left, right;

    return str_to_i64(a, &left) && str_to_i64(b, &right) && right > left ? b : a;
}

static void take_detour(const XmlElement *record, Arena *arena, RoadWork *work)
{
    Str words = datex_words(record, "reroutingItineraryDescription");
    Str more = comments_of(record, "description", arena);
    const XmlElement *route = datex_child(record, "alternativeRoute");
    Way way;

    if (words.len && more.len)
        words = str_printf(arena, "%.*s\n%.*s", STR_ARG(words), STR_ARG(more));
    if ((words.len || more.len) && !work->detour.len)
        work->detour = shortened(words.len ? words : more, TEXT_MAX);
    if (route && work->detour_way.count < 2 && datex_place(route, arena, &way) && way.count > 1)
        work->detour_way = way;
}

/* "Each day from 20:00 to 5:00": what is closed then is open by day. */
static void take_night(const XmlElement *record, WorkRestriction *restriction, RoadWork *work)
{
    const XmlElement *hours = datex_path(record, "validity/validityTimeSpecification/validPeriod/"
                                                 "recurringTimePeriodOfDay");
    Str from = datex_text(hours, "startTimeOfPeriod"), to = datex_text(hours, "endTimeOfPeriod");
    char text[24];

    if (*restriction > WORK_NIGHT || from.len < 5 || to.len < 5 || str_compare(to, from) >= 0)
        return;
    snprintf(text, sizeof text, "%.5s-%.5s", from.ptr, to.ptr);
    if (road_work_read_night(str_c(text), work))
        *restriction = WORK_NIGHT;
}

/* What the other records add; of places a line is better than a point. */
static void take_records(const XmlElement *situation, Arena *arena, RoadWork *work)
{
    static const char NAME[] = "situationRecord";

    for (const XmlElement *at = datex_child(situation, NAME); at; at = datex_next(at, NAME)) {
        WorkRestriction restriction = restriction_of(at);
        int kind = kind_of(datex_type(at));
        Way place;
        take_night(at, &restriction, work);
        work->version = later_version(work->version, xml_attribute(at, "version"));
        if (restriction < work->restriction)
            work->restriction = restriction;
        if (kind == DETOUR_ONLY)
            take_detour(at, arena, work);
        else if (kind >= 0 && work->place.count < 2 &&
                 datex_place(datex_child(at, "locationReference"), arena, &place) &&
                 (place.count > 1 || !work->place.count))
            work->place = place;
    }
}

static Str source_of(const DatexReading *reading, const XmlElement *record)
{
    Str name = datex_words(record, "source/sourceName");
    Str given = name.len ? name : datex_text(record, "source/sourceIdentification");

    return given.len ? given : reading->file->creator;
}

void datex_read_situation(DatexReading *reading, const XmlElement *situation)
{
    Str id = xml_attribute(situation, "id");
    Str status = datex_text(situation, "headerInformation/informationStatus");
    DatexSituation out = {.line = situation->line, .work = {.restriction = WORK_FREE}};
    RoadWork *work = &out.work;
    int kind;
    const XmlElement *record = main_record(situation, &kind);
    Str shown = str_slice(id, 0, 80);

    if (!id.len) {
        datex_wrong(reading, situation->line, "a situation without an id");
        return;
    }
    if (status.len && !str_is(status, "real"))
        return; /* an exercise or a test */
    VEC_PUSH(reading->arena, &reading->file->ids, id);
    if (!record) {
        const XmlElement *first = datex_child(situation, "situationRecord");
        Str type = first ? datex_type(first) : STR_NONE;
        datex_wrong(reading, situation->line,
                    "the situation \"%.*s\" has no record of a kind that is read%s%.*s",
                    STR_ARG(shown), type.len ? ": " : "", STR_ARG(str_slice(type, 0, 60)));
        return;
    }
    work->key = id;
    work->creator = reading->file->creator;
    work->kind = (WorkKind)kind;
    work->version = xml_attribute(record, "version");
    const XmlElement *location = datex_child(record, "locationReference");
    work->road = datex_road(location);
    work->title = title_of(record, work, reading->arena);
    work->text = description_of(record, reading->arena);
    work->source = source_of(reading, record);
    work->detour = STR("");
    take_records(situation, reading->arena, work);
    if (!work->place.count && !datex_place(location, reading->arena, &work->place))
        work->place = (Way){0};
    if (!read_validity(record, reading->now, work))
        datex_wrong(reading, record->line, "the times of the situation \"%.*s\" cannot be read",
                    STR_ARG(shown));
    else if (!work->place.count)
        datex_wrong(reading, record->line,
                    "the situation \"%.*s\" has no line or point in degrees that can be read: its "
                    "place is told as %s",
                    STR_ARG(shown), datex_place_form(location));
    else
        VEC_PUSH(reading->arena, &reading->file->situations, out);
}
