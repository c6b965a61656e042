/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "cases/letter_signs.h"

#define LETTER(to, subject, body) \
    "{\"recipient\":[\"" to "\",\"Weg 1\"],\"subject\":\"" subject "\",\"body\":\"" body "\"}"

static const Node *tree(Arena *arena, const char *json)
{
    Err err = {0};
    const Node *node = node_parse_json(arena, str_c(json), NULL, &NODE_LIMITS_PACKAGE, &err);

    assert_non_null(node);
    return node;
}

static FormField *field(Arena *arena, const char *id, const char *label, FieldType type)
{
    FormField *out = arena_new(arena, FormField);
    Node *words = node_map(arena);

    node_set(arena, words, STR("de"), node_string(arena, str_c(label)));
    *out = (FormField){.id = str_c(id), .label = words, .type = type};
    return out;
}

/* A name, and dogs with names. */
static Str told(Arena *arena, const char *letter, const char *data)
{
    FormField *name = field(arena, "name", "Name", FIELD_TEXT);
    FormField *dogs = field(arena, "hunde", "Hunde", FIELD_GROUP);
    FormField *dog[] = {field(arena, "rufname", "Rufname", FIELD_TEXT)};
    FormField *fields[] = {name, dogs};
    const Node *shot = tree(arena, letter);

    dogs->repeats = true;
    dogs->fields = dog;
    dogs->field_count = 1;
    SignSource source = {fields, 2, tree(arena, data)};

    return letter_signs_missing(&shot, 1, &source, 1, arena);
}

static void what_can_be_printed_is_not_told(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    assert_null(told(arena, LETTER("Łukasz Żółć", "Über", "Жук und Ωmega – „so“"), "{}").ptr);
    arena_destroy(arena);
}

static void the_sign_and_its_field_are_named(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    assert_str(told(arena, LETTER("李 Muster", "S", "B"), "{\"name\":\"李 Muster\"}"),
               "Kein Brief kann das Zeichen „李“ drucken; es steht in „Name“.");
    assert_str(told(arena, LETTER("A", "S", "Ihr Hund 旺"),
                    "{\"name\":\"A\",\"hunde\":[{\"rufname\":\"Rex\"},{\"rufname\":\"旺\"}]}"),
               "Kein Brief kann das Zeichen „旺“ drucken; es steht in „Rufname“ (Nummer 2).");
    assert_str(told(arena, LETTER("A", "S", "Ihr Hund 旺"), "{\"hunde\":[{\"rufname\":\"旺\"}]}"),
               "Kein Brief kann das Zeichen „旺“ drucken; es steht in „Rufname“.");
    arena_destroy(arena);
}

static void without_a_field_the_part_of_the_letter_is_named(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    assert_str(told(arena, LETTER("李", "S", "B"), "{}"),
               "Kein Brief kann das Zeichen „李“ drucken; es steht in der Anschrift.");
    assert_str(told(arena, LETTER("A", "李", "B"), "{}"),
               "Kein Brief kann das Zeichen „李“ drucken; es steht im Betreff.");
    assert_str(told(arena, LETTER("A", "S", "李"), "{}"),
               "Kein Brief kann das Zeichen „李“ drucken; es steht im Text des Briefs.");
    arena_destroy(arena);
}

static void a_quick_look_finds_it_wherever_it_is(void **state)
{
    Arena *arena = arena_create(0);

    (void)state;
    assert_true(letter_signs_suspect(tree(arena, "{\"a\":[{\"b\":\"x\"},{\"c\":\"李\"}]}")));
    assert_false(letter_signs_suspect(tree(arena, "{\"a\":[{\"b\":\"Żółć\"}],\"n\":1}")));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_printed_is_not_told),
        cmocka_unit_test(the_sign_and_its_field_are_named),
        cmocka_unit_test(without_a_field_the_part_of_the_letter_is_named),
        cmocka_unit_test(a_quick_look_finds_it_wherever_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
