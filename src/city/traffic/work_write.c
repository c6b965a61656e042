/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/work.h"

#include "base/utf8.h"
#include "city/import/keys.h"
#include "city/import/place.h"
#include "core/page/out.h"
#include "core/store/event.h"
#include "core/work/form_once.h"

enum { TITLE_MAX = 200, TEXT_MAX = 4000, YEAR_FIRST = 1990, YEAR_LAST = 2199 };

/* --- What makes no sense -----------------------------------------------------------------------
 */

bool road_work_check_words(const RoadWork *work, Str lang, Err *err)
{
    if (!work->title.len || utf8_length(work->title) > TITLE_MAX)
        return err_field_in(err, "titel", lang,
                            "Bitte geben Sie an, was dort ist (höchstens %d Zeichen).", TITLE_MAX);
    if (utf8_length(work->text) > TEXT_MAX)
        return err_field_in(err, "text", lang, "Bitte kürzen Sie den Text auf %d Zeichen.",
                            TEXT_MAX);
    if (utf8_length(work->detour) > TEXT_MAX)
        return err_field_in(err, "umleitung", lang, "Bitte kürzen Sie den Text auf %d Zeichen.",
                            TEXT_MAX);
    return true;
}

bool road_work_check_where_and_when(const RoadWork *work, Str lang, Err *err)
{
    int year = date_in_berlin(work->begins).year;

    if (!work->place.count)
        return err_field_in(err, "abschnitt", lang,
                            "Bitte wählen Sie einen Abschnitt, oder geben Sie Koordinaten an.");
    if (year < YEAR_FIRST || year > YEAR_LAST)
        return err_field_in(err, "beginn", lang, "Bitte prüfen Sie das Jahr: %d.", year);
    if (work->ends && work->ends <= work->begins)
        return err_field_in(err, "ende", lang, "Das Ende liegt nicht nach dem Beginn.");
    return true;
}

bool road_work_check(const RoadWork *work, Str lang, Err *err)
{
    return road_work_check_words(work, lang, err) &&
           road_work_check_where_and_when(work, lang, err);
}

/* --- As a Thing --------------------------------------------------------------------------------
 */

static Node *properties_json(const RoadWork *work, Arena *arena)
{
    Node *out = node_map(arena);

    node_set(arena, out, STR("art"), node_string(arena, str_c(WORK_KIND_WORDS[work->kind])));
    node_set(arena, out, STR("einschraenkung"),
             node_string(arena, str_c(WORK_RESTRICTION_WORDS[work->restriction])));
    if (work->restriction == WORK_NIGHT)
        node_set(arena, out, STR("sperrzeit"), node_string(arena, road_work_night(work, arena)));
    node_set(arena, out, STR("beginn"), node_string(arena, timestamp_iso(arena, work->begins)));
    if (work->ends)
        node_set(arena, out, STR("ende"), node_string(arena, timestamp_iso(arena, work->ends)));
    if (work->road.len)
        node_set(arena, out, STR(TRAFFIC_ROAD), node_string(arena, work->road));
    if (work->detour.len)
        node_set(arena, out, STR("umleitung"), node_string(arena, work->detour));
    if (work->detour_way.count > 1)
        node_set(arena, out, STR("umleitungsweg"), way_json(&work->detour_way, arena));
    if (work->source.len)
        node_set(arena, out, STR("quelle"), node_string(arena, work->source));
    if (work->creator.len)
        node_set(arena, out, STR("urheber"), node_string(arena, work->creator));
    if (work->version.len)
        node_set(arena, out, STR("version"), node_string(arena, work->version));
    if (work->key.len)
        node_set(arena, out, STR("key"), node_string(arena, work->key));
    return out;
}

static Node *thing_json(const RoadWork *work, Arena *arena)
{
    Node *thing = node_map(arena);

    node_set(arena, thing, STR("name"), node_string(arena, work->title));
    node_set(arena, thing, STR("description"),
             node_string(arena, work->text.ptr ? work->text : STR("")));
    node_set(arena, thing, STR("properties"), properties_json(work, arena));
    return thing;
}

static bool plan(CityInsert *insert, RoadWork *work, CityEntity **out, Err *err)
{
    Arena *arena = insert->arena;
    CityEntity *known = NULL;

    if (!road_work_check(work, STR("en"), err))
        return false;
    if (work->id && !(known = city_find(insert->graph, STA_THING, work->id)))
        return err_set(err, ERR_NOT_FOUND, "Diese Baustelle gibt es nicht mehr.");
    *out = known;
    return city_place_put(insert, known, thing_json(work, arena),
                          city_place_location(arena, work->title, way_json(&work->place, arena)),
                          out, err);
}

/* Is the version of what is there later than this one? */
static bool is_older(const RoadWork *work, const CityEntity *known)
{
    int64_t mine, theirs;

    return str_to_i64(work->version, &mine) &&
           str_to_i64(node_get_text(node_get(known->body, "properties"), "version"), &theirs) &&
           mine < theirs;
}

/* False when it is not to be taken: it is there in a later version, or was given twice. */
static bool find_by_key(const CityInsert *insert, CityKeys *taken, RoadWork *work)
{
    const CityEntity *known =
        city_index_find(&insert->graph->keys, STA_THING, insert->dataset, work->key);
    int64_t before;

    work->id = known ? known->id : 0;
    if (city_keys_get(taken, work->key, &before) || (known && is_older(work, known)))
        return false;
    city_keys_set(taken, work->key, 1);
    return true;
}

typedef struct Writing {
    CityInsert insert;
    CityEntity **made; /* of each work; NULL: it is left out */
    bool by_key;
    size_t added;
    const char *event; /* of the only one; NULL: nothing is noted */
    Str actor;
    const Request *sent; /* the form that asks for it, or NULL */
    bool again;          /* it was taken before */
} Writing;

static bool note(Tx *tx, void *context, Err *err)
{
    Writing *writing = context;
    Str subject =
        str_printf(writing->insert.arena, "roadwork/%lld", (long long)writing->made[0]->id);
    bool first = true;

    if (writing->sent && !form_once(tx, writing->sent, &first, err))
        return false;
    writing->again = !first;
    return first ? event_add(tx, writing->event, subject, writing->actor, NULL, err)
                 : err_set(err, ERR_CONFLICT, "this form was taken before");
}

static bool plan_all(Writing *writing, RoadWork *works, size_t count, Err *err)
{
    CityInsert *insert = &writing->insert;
    CityKeys keys = city_keys(insert->arena);

    for (size_t i = 0; i < count; i++) {
        bool taken = !writing->by_key || find_by_key(insert, &keys, &works[i]);
        writing->added += taken && !works[i].id;
        if (taken && !plan(insert, &works[i], &writing->made[i], err))
            return false;
    }
    return true;
}

static bool write_all(Writing *writing, Hub *hub, Str dataset, RoadWork *works, size_t count,
                      Timestamp now, Arena *arena, Err *err)
{
    CityInsert *insert = &writing->insert;

    writing->made = arena_array(arena, CityEntity *, count);
    bool ok = city_place_begin(insert, hub, dataset, now, arena, err) &&
              plan_all(writing, works, count, err);
    if (!ok)
        city_change_drop(&insert->change);
    if (writing->event) {
        insert->change.also = note;
        insert->change.context = writing;
    }
    ok = ok && hub_write(hub, &insert->change, err);
    for (size_t i = 0; ok && i < count; i++)
        works[i].id = writing->made[i] ? writing->made[i]->id : 0;
    hub_end(hub);
    return ok;
}

bool road_works_write(Hub *hub, Str dataset, RoadWork *works, size_t count, Timestamp now,
                      Arena *arena, Err *err)
{
    return write_all(&(Writing){0}, hub, dataset, works, count, now, arena, err);
}

bool road_work_save(Hub *hub, Str dataset, RoadWork *work, const char *event, Str actor,
                    const Request *sent, Timestamp now, Arena *arena, Err *err)
{
    Writing writing = {.event = event, .actor = actor, .sent = sent};
    bool ok = write_all(&writing, hub, dataset, work, 1, now, arena, err);

    if (!ok && writing.again)
        err_clear(err);
    return ok || writing.again;
}

bool road_works_take(Hub *hub, Str dataset, RoadWork *works, size_t count, Timestamp now,
                     size_t *made, Arena *arena, Err *err)
{
    Writing writing = {.by_key = true};
    bool ok = write_all(&writing, hub, dataset, works, count, now, arena, err);

    *made = writing.added;
    return ok;
}
