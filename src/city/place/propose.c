/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/propose.h"

#include "city/edit/update.h"
#include "city/place/photo.h"
#include "city/place/place.h"
#include "core/tenant.h"

#include <math.h>

typedef struct Proposal {
    EffectRun *run;
    const Node *values;
    Hub *hub;
    Str key;       /* of a new place */
    int64_t thing; /* of the place, new or corrected */
} Proposal;

static Str value_of(const Proposal *proposal, const char *name)
{
    Str text = str_trim(node_text(node_get(proposal->values, name)));

    return text.ptr ? text : STR("");
}

/* --- What it says --------------------------------------------------------------------------------
 */

static bool degree(const Proposal *proposal, const char *name, double most, double *out, Err *err)
{
    StaValue value = sta_number_of_text(value_of(proposal, name));

    if (!sta_is_number(value) || !(fabs(sta_as_double(value)) <= most))
        return err_set(err, ERR_INPUT, "Der Vorschlag sagt nicht, wo der Ort liegt (%s).", name);
    *out = sta_as_double(value);
    return true;
}

static bool point(const Proposal *proposal, Node **out, Err *err)
{
    Arena *arena = proposal->run->arena;
    Node *coordinates = node_list(arena);
    double x, y;

    if (!degree(proposal, "laenge", 180, &x, err) || !degree(proposal, "breite", 90, &y, err))
        return false;
    node_append(arena, coordinates, node_number(arena, str_printf(arena, "%.7f", x)));
    node_append(arena, coordinates, node_number(arena, str_printf(arena, "%.7f", y)));
    *out = node_map(arena);
    node_set(arena, *out, STR("type"), node_string(arena, STR("Point")));
    node_set(arena, *out, STR("coordinates"), coordinates);
    return true;
}

/* Over what the place says already; what was not proposed stays. */
static Node *properties(const Proposal *proposal, const CityEntity *thing)
{
    static const char *const NAMES[][2] = {{"kategorie", "kategorie"},
                                           {"beschreibung", "beschreibung"},
                                           {"strasse", "strasse"},
                                           {"ort", "stadt"},
                                           {"oeffnungszeiten", "oeffnungszeiten"},
                                           {"webseite", "webseite"},
                                           {"telefon", "telefon"},
                                           {"barrierefrei", "barrierefrei"}};
    Arena *arena = proposal->run->arena;
    const Node *before = thing ? node_get(thing->body, "properties") : NULL;
    Node *out = before ? node_clone(arena, before) : node_map(arena);

    if (!thing)
        node_set(arena, out, STR("key"), node_string(arena, proposal->key));
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        Str value = value_of(proposal, NAMES[i][1]);
        if (value.len)
            node_set(arena, out, str_c(NAMES[i][0]), node_string(arena, value));
    }
    return out;
}

static Node *named(const Proposal *proposal, Str name)
{
    Arena *arena = proposal->run->arena;
    Node *out = node_map(arena);

    node_set(arena, out, STR("name"), node_string(arena, name));
    node_set(arena, out, STR("description"), node_string(arena, STR("")));
    return out;
}

static Node *location(const Proposal *proposal, Str name, Node *geometry)
{
    Arena *arena = proposal->run->arena;
    Node *out = named(proposal, name);

    node_set(arena, out, STR("encodingType"), node_string(arena, STR("application/geo+json")));
    node_set(arena, out, STR("location"), geometry);
    return out;
}

/* --- In the graph --------------------------------------------------------------------------------
 */

static CityEntity *by_key(const CityGraph *graph, int64_t dataset, Str key)
{
    const CitySet *things = &graph->sets[STA_THING];

    for (size_t i = 0; i < things->count; i++)
        if (things->items[i]->dataset == dataset &&
            str_eq(node_get_text(node_get(things->items[i]->body, "properties"), "key"), key))
            return things->items[i];
    return NULL;
}

static bool plan_new(const Proposal *proposal, CityInsert *insert, Err *err)
{
    Str name = value_of(proposal, "name");
    Node *thing = named(proposal, name), *locations = node_list(insert->arena), *geometry;
    CityEntity *made;

    if (!point(proposal, &geometry, err))
        return false;
    node_append(insert->arena, locations, location(proposal, name, geometry));
    node_set(insert->arena, thing, STR("properties"), properties(proposal, NULL));
    node_set(insert->arena, thing, STR("Locations"), locations);
    return city_insert_entity(insert, STA_THING, thing, (CityPlace){0}, &made, err);
}

static bool plan_correction(const Proposal *proposal, CityInsert *insert, CityEntity *thing,
                            Err *err)
{
    Node *change = node_map(insert->arena), *geometry;
    const CityLinks *places = city_links(thing, sta_relation(STA_THING, STR("Locations")));
    Str name = value_of(proposal, "name");

    if (name.len)
        node_set(insert->arena, change, STR("name"), node_string(insert->arena, name));
    node_set(insert->arena, change, STR("properties"), properties(proposal, thing));
    if (!city_update_entity(insert, thing, CITY_PATCH, change, err))
        return false;
    if (!value_of(proposal, "laenge").len || !places->count)
        return true;
    if (!point(proposal, &geometry, err))
        return false;
    change = node_map(insert->arena);
    node_set(insert->arena, change, STR("location"), geometry);
    return city_update_entity(insert, places->items[0], CITY_PATCH, change, err);
}

/* The dataset of new places; the first proposal makes it. */
static bool need_dataset(const Proposal *proposal, Str name, Err *err)
{
    CityDataset dataset = {.name = name, .title = STR("Orte"), .licence = STR("dl-de/by-2-0")};

    return hub_need_dataset(proposal->hub, &dataset, STR("system"), STR("de"), NULL, err);
}

/* What everybody sees; proposals change nothing else. */
static CityEntity *public_place(const CityGraph *graph, const CityDatasets *all, int64_t id)
{
    CityEntity *thing = city_find(graph, STA_THING, id);
    const CityDataset *dataset = thing ? city_dataset(all, thing->dataset) : NULL;

    return dataset && dataset->access == CITY_PUBLIC && place_is(thing) ? thing : NULL;
}

static bool plan(Proposal *proposal, CityInsert *insert, Str dataset, Err *err)
{
    Str number = value_of(proposal, "ort");
    CityEntity *thing;

    if (!number.len) {
        insert->dataset = city_dataset_named(insert->rights.all, dataset)->id;
        thing = by_key(insert->graph, insert->dataset, proposal->key);
        proposal->thing = thing ? thing->id : 0;
        return thing || plan_new(proposal, insert, err);
    }
    if (!str_to_i64(number, &proposal->thing) ||
        !(thing = public_place(insert->graph, insert->rights.all, proposal->thing)))
        return err_set(err, ERR_INPUT,
                       "Einen Ort mit der Nummer %.*s gibt es nicht (mehr). Bitte prüfen Sie die "
                       "Nummer im Vorgang.",
                       STR_ARG(number));
    insert->dataset = thing->dataset;
    return plan_correction(proposal, insert, thing, err);
}

static bool change_graph(Proposal *proposal, Str dataset, Err *err)
{
    CityInsert insert = {.graph = hub_begin(proposal->hub),
                         .arena = proposal->run->arena,
                         .now = proposal->run->now,
                         .change = {.arena = proposal->run->arena}};

    insert.rights = (CityRights){.all = hub_datasets(proposal->hub), .internal = true};
    bool ok = plan(proposal, &insert, dataset, err);
    if (!ok)
        city_change_drop(&insert.change);
    ok = ok && hub_write(proposal->hub, &insert.change, err);
    if (ok && !proposal->thing)
        proposal->thing = by_key(insert.graph, insert.dataset, proposal->key)->id;
    hub_end(proposal->hub);
    return ok;
}

/* --- Its photo -----------------------------------------------------------------------------------
 */

static bool add_photo(const Proposal *proposal, Err *err)
{
    EffectRun *run = proposal->run;
    const Node *file = node_at(node_get(proposal->values, "foto"), 0);
    Str sha256 = node_get_text(file, "sha256"), bytes;

    if (!sha256.len)
        return true;
    Tx *tx = db_read(run->tenant->db, err);
    bool ok = tx && file_read(tx, run->tenant, sha256, run->arena, &bytes, err);
    tx_end(tx);
    return ok && photo_add(run->tenant, proposal->thing, bytes, value_of(proposal, "foto_text"),
                           STR("system"), STR("de"), run->arena, err);
}

/* A case's first place is known by its number, further ones by theirs as well: behind the last
 * stroke of the effect's key. */
static Str key_of(const EffectRun *run, Str number)
{
    Str rest = run->key, order = STR("1");

    while (rest.ptr)
        order = str_cut(&rest, '/');
    return str_is(order, "1")
               ? str_printf(run->arena, "vorschlag/%.*s", STR_ARG(number))
               : str_printf(run->arena, "vorschlag/%.*s/%.*s", STR_ARG(number), STR_ARG(order));
}

bool place_effect(EffectRun *run, Err *err)
{
    Str number = node_get_text(run->payload, "case"), dataset;
    Proposal proposal = {.run = run,
                         .values = node_get(run->payload, "values"),
                         .hub = hub_of(run->tenant, err),
                         .key = key_of(run, number)};

    if (!proposal.hub) /* a command has it at the moment */
        return err->kind == ERR_CONFLICT
                   ? err_set(err, ERR_TEMPORARY, "Die Stadtdaten sind gerade belegt.")
                   : false;
    dataset = value_of(&proposal, "datensatz");
    if (!value_of(&proposal, "ort").len && !need_dataset(&proposal, dataset, err))
        return false;
    return change_graph(&proposal, dataset, err) && add_photo(&proposal, err);
}
