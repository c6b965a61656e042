/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/fim/skeleton.h"

#include "base/test.h"

static void genericode_is_read_by_its_key(void **state)
{
    static const char xml[] =
        "<gc:CodeList xmlns:gc='http://docs.oasis-open.org/codelist/ns/genericode/1.0/'>"
        "<Identification><CanonicalVersionUri>urn:de:farben_1</CanonicalVersionUri>"
        "</Identification><ColumnSet><Column Id='Name'/><Column Id='Code'/><Key Id='K'><ColumnRef "
        "Ref='Code'/></Key></ColumnSet><SimpleCodeList><Row><Value ColumnRef='Name'><SimpleValue>"
        "Rot</SimpleValue></Value><Value "
        "ColumnRef='Code'><SimpleValue>r</SimpleValue></Value></Row>"
        "</SimpleCodeList></gc:CodeList>";
    Arena *arena = arena_create(0);
    CodeSource list;
    size_t count;
    Err err = {0};

    (void)state;
    assert_ok(genericode_read(arena, str_c(xml), "farben.xml", &list, &err), &err);
    assert_str(list.uri, "urn:de:farben_1");
    XdfValue *values = genericode_values(arena, &list, list.code_column, list.name_column, &count);
    assert_int_equal(count, 1);
    assert_str(values[0].code, "r");
    assert_str(values[0].name, "Rot");
    values = genericode_values(arena, &list, STR("Name"), STR("Name"), &count);
    assert_str(values[0].code, "Rot");
    assert_false(genericode_has_column(&list, STR("Farbe")));
    assert_false(genericode_read(arena, STR("<a/>"), "farben.xml", &list, &err));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genericode_is_read_by_its_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
