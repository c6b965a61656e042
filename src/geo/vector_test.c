/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/vector.h"

#include "base/buf.h"
#include "core/test_folder.h"

typedef struct Place {
    Arena *arena;
    char folder[TEST_FOLDER_MAX];
    GeoGrid grid;
} Place;

static int set_up(void **state)
{
    Place *place = calloc(1, sizeof *place);
    Err err;

    place->arena = arena_create(0);
    test_folder_make(place->folder);
    place->grid = (GeoGrid){100,    100,     10,
                            691000, 5335500, geo_crs_parse(STR("EPSG:25832"), place->arena, &err)};
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    Place *place = *state;

    test_folder_remove(place->folder);
    arena_destroy(place->arena);
    free(place);
    return 0;
}

static bool read_text(Place *place, const char *text, GeoLayer *out, Err *err)
{
    const char *path = arena_printf(place->arena, "%s/a.geojson", place->folder);
    GeoVectorOrder order = {.path = path, .grid = &place->grid};

    assert_ok(folder_write_file(path, str_c(text), 0600, err), err);
    return geo_vector_read(&order, place->arena, out, err);
}

#define COLLECTION(crs, coordinates)                                                            \
    "{\"type\": \"FeatureCollection\"," crs " \"features\": [{\"type\": \"Feature\", "          \
    "\"properties\": {\"name\": \"Rathaus\", \"floors\": 3, \"height\": 12.1, \"old\": true}, " \
    "\"geometry\": {\"type\": \"Point\", \"coordinates\": " coordinates "}}]}"

static void geojson_without_a_system_is_wgs84(void **state)
{
    Place *place = *state;
    GeoLayer layer;
    Err err;

    assert_ok(read_text(place, COLLECTION("", "[11.576, 48.137]"), &layer, &err), &err);
    GeoPoint p = layer.items[0].parts[0].lines[0].points[0];
    assert_float_equal(p.x, 691700, 200); /* Marienplatz, Munich */
    assert_float_equal(p.y, 5334800, 400);
    assert_non_null(strstr(layer.note, "EPSG:4326"));
    assert_str(node_get_text(layer.items[0].properties, "name"), "Rathaus");
    assert_str(node_get_text(layer.items[0].properties, "height"), "12.1");
    assert_true(node_get_bool(layer.items[0].properties, "old", false));
}

static void plane_coordinates_are_taken_as_the_grids(void **state)
{
    Place *place = *state;
    GeoLayer layer;
    Err err;

    assert_ok(read_text(place, COLLECTION("", "[691500, 5335000]"), &layer, &err), &err);
    assert_true(layer.items[0].parts[0].lines[0].points[0].x == 691500);
    assert_non_null(strstr(layer.note, "plane coordinates"));
}

static void a_named_system_is_brought_over(void **state)
{
    Place *place = *state;
    GeoLayer layer;
    Err err;

    assert_ok(read_text(place,
                        COLLECTION("\"crs\": {\"type\": \"name\", \"properties\": {\"name\": "
                                   "\"EPSG:25833\"}},",
                                   "[250000, 5336000]"),
                        &layer, &err),
              &err);
    assert_float_equal(layer.items[0].parts[0].lines[0].points[0].x, 695000, 5000);
    assert_non_null(strstr(layer.note, "EPSG:25833"));
}

static void what_is_no_map_is_refused_by_name(void **state)
{
    Place *place = *state;
    GeoLayer layer;
    Err err;

    assert_false(read_text(place, "{\"type\": \"Feature", &layer, &err));
    assert_non_null(strstr(err.message, "a.geojson"));
    GeoVectorOrder order = {.path = "/tmp/there/is/none.gpkg", .grid = &place->grid};
    assert_false(geo_vector_read(&order, place->arena, &layer, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void a_feature_is_written_as_it_was(void **state)
{
    Place *place = *state;
    GeoLayer layer;
    Err err;
    Buf out = buf_in(place->arena);

    assert_ok(
        read_text(place,
                  "{\"type\": \"Feature\", \"properties\": {\"id\": 7}, \"geometry\": "
                  "{\"type\": \"MultiPolygon\", \"coordinates\": "
                  "[[[[691100,5335000],[691110,5335000],[691110,5335010],[691100,5335000]]],"
                  "[[[691200,5335000],[691210,5335000],[691210,5335010],[691200,5335000]]]]}}",
                  &layer, &err),
        &err);
    assert_float_equal(geo_feature_area(&layer.items[0]), 100, 1e-6);
    geo_feature_write_json(&layer.items[0], layer.items[0].properties, false, &out);
    Node *back = node_parse_json(place->arena, buf_str(&out), NULL, &NODE_LIMITS_REQUEST, &err);
    assert_non_null(back);
    assert_str(node_text(node_path(back, STR("geometry.type"))), "MultiPolygon");
    assert_str(node_text(node_path(back, STR("geometry.coordinates[1][0][0][0]"))), "691200.000");
}

#define GML_RING(z, x0, y0, x1, y1)                                                               \
    "<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>" #x0 " " #y0 " " #z " " #x1 " " #y0 \
    " " #z " " #x1 " " #y1 " " #z " " #x0 " " #y1 " " #z " " #x0 " " #y0 " " #z                   \
    "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"

static void footprints_are_taken_from_citygml(void **state)
{
    static const char TEXT[] =
        "<core:CityModel xmlns:core='http://www.opengis.net/citygml/2.0' "
        "xmlns:bldg='http://www.opengis.net/citygml/building/2.0' "
        "xmlns:gml='http://www.opengis.net/gml'>"
        "<gml:boundedBy><gml:Envelope "
        "srsName='urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH'/></gml:boundedBy>"
        "<core:cityObjectMember><bldg:Building gml:id='A'><bldg:function>31001_1000</bldg:function>"
        "<bldg:measuredHeight uom='m'>7.5</bldg:measuredHeight>"
        "<bldg:lod2Solid><gml:Solid/></bldg:lod2Solid>"
        "<bldg:boundedBy><bldg:RoofSurface>" GML_RING(
            107, 691100, 5335000, 691130,
            5335020) "</bldg:RoofSurface></bldg:boundedBy>"
                     "<bldg:boundedBy><bldg:GroundSurface>" GML_RING(
                         100, 691100, 5335000, 691110,
                         5335020) "</bldg:GroundSurface></bldg:boundedBy></bldg:Building></"
                                  "core:cityObjectMember>"
                                  "<core:cityObjectMember><bldg:Building "
                                  "gml:id='B'><bldg:lod1Solid><gml:Solid>" GML_RING(
                                      109, 691200, 5335000, 691210, 5335010)
                                      GML_RING(
                                          101, 691200, 5335000, 691210,
                                          5335010) "</gml:Solid></bldg:lod1Solid></bldg:Building></"
                                                   "core:cityObjectMember></core:CityModel>";
    Place *place = *state;
    const char *path = arena_printf(place->arena, "%s/lod2.gml", place->folder);
    GeoVectorOrder order = {.path = path, .grid = &place->grid};
    GeoLayer layer;
    Err err;

    assert_ok(folder_write_file(path, str_c(TEXT), 0600, &err), &err);
    assert_ok(geo_vector_read(&order, place->arena, &layer, &err), &err);
    assert_int_equal(layer.count, 2);
    assert_null(layer.note);
    assert_float_equal(geo_feature_area(&layer.items[0]), 200, 1e-6);
    assert_str(node_get_text(layer.items[0].properties, "height"), "7.5");
    assert_str(node_get_text(layer.items[0].properties, "id"), "A");
    assert_int_equal(layer.items[1].part_count, 1);
    assert_float_equal(geo_feature_area(&layer.items[1]), 100, 1e-6);

    assert_ok(folder_write_file(path,
                                STR("<!DOCTYPE a [<!ENTITY x SYSTEM '/etc/passwd'>]><a>&x;</a>"),
                                0600, &err),
              &err);
    assert_false(geo_vector_read(&order, place->arena, &layer, &err));
}

/* A courtyard block with 300 courts: each counts, none is added to another. */
static void a_citygml_polygon_has_any_number_of_holes(void **state)
{
    Place *place = *state;
    const char *path = arena_printf(place->arena, "%s/courts.gml", place->folder);
    GeoVectorOrder order = {.path = path, .grid = &place->grid};
    Buf text = buf_in(place->arena);
    GeoLayer layer;
    Err err;

    buf_add_c(&text, "<c:CityModel xmlns:c='c' xmlns:bldg='b' xmlns:gml='g' "
                     "srsName='EPSG:25832'><bldg:Building><bldg:GroundSurface><gml:Polygon>"
                     "<gml:exterior><gml:LinearRing><gml:posList>691000 5335000 0 691700 5335000 0 "
                     "691700 5335010 0 691000 5335010 0 691000 5335000 0</gml:posList>"
                     "</gml:LinearRing></gml:exterior>");
    for (int i = 0; i < 300; i++) {
        int x = 691001 + 2 * i;
        buf_addf(&text,
                 "<gml:interior><gml:LinearRing><gml:pos>%d 5335001 0</gml:pos><gml:pos>%d 5335001 "
                 "0</gml:pos><gml:pos>%d 5335002 0</gml:pos><gml:pos>%d 5335002 0</gml:pos>"
                 "<gml:pos>%d 5335001 0</gml:pos></gml:LinearRing></gml:interior>",
                 x, x + 1, x + 1, x, x);
    }
    buf_add_c(&text, "</gml:Polygon></bldg:GroundSurface></bldg:Building></c:CityModel>");
    assert_ok(folder_write_file(path, buf_str(&text), 0600, &err), &err);
    assert_ok(geo_vector_read(&order, place->arena, &layer, &err), &err);
    assert_int_equal(layer.items[0].parts[0].count, 301);
    assert_float_equal(geo_feature_area(&layer.items[0]), 7000 - 300, 1e-6);
}

int main(void)
{
#define VECTOR_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        VECTOR_TEST(geojson_without_a_system_is_wgs84),
        VECTOR_TEST(plane_coordinates_are_taken_as_the_grids),
        VECTOR_TEST(a_named_system_is_brought_over),
        VECTOR_TEST(what_is_no_map_is_refused_by_name),
        VECTOR_TEST(a_feature_is_written_as_it_was),
        VECTOR_TEST(footprints_are_taken_from_citygml),
        VECTOR_TEST(a_citygml_polygon_has_any_number_of_holes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
