/* SPDX-License-Identifier: EUPL-1.2 */
/* The program's texts against web/translations: what citizens see is there in every language, what
 * commands say in English, and nothing lies there that nobody uses. Pages of the desk (files named
 * desk_*) may be German only. */
#include "base/test.h"

#include "gen/file.h"
#include "gen/phrases.h"
#include "gen/translations.h"

#include <stdlib.h>

static const char *const LANGUAGES[] = {"en", "de-leicht"};
enum { LANGUAGE_COUNT = 2 };

/* Folders and files that only staff and operators meet. */
static const char *const DESK_ONLY[] = {"/desk_", "/src/gen/"};

/* Whose texts the desk shows in German and a command tells in English. */
static const char *const COMMANDS_TOO[] = {
    "/cases/import_",      "/cases/register_import", "/cases/register_check",
    "/cases/run_",         "/pay/bank_import",       "/pay/camt",
    "/pay/collect_choose", "/pay/ledger_",           "/pay/mandate",
};

static bool is_one_of(const char *file, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(file, names[i]))
            return true;
    }
    return false;
}

static bool is_desk(const char *file)
{
    return is_one_of(file, DESK_ONLY, sizeof DESK_ONLY / sizeof *DESK_ONLY);
}

static bool is_needed(const char *file, const char *lang)
{
    bool for_commands = is_one_of(file, COMMANDS_TOO, sizeof COMMANDS_TOO / sizeof *COMMANDS_TOO);

    return !is_desk(file) && (!for_commands || strcmp(lang, "en") == 0);
}

static const Node *read_language(Arena *arena, const char *lang)
{
    const char *path =
        arena_printf(arena, "%s/web/translations/%s.yaml", getenv("SOURCE_ROOT"), lang);
    Err err = {0};
    Str text;

    assert_ok(file_read(arena, path, &text, &err), &err);
    const Node *map = node_parse_yaml(arena, text, path, &NODE_LIMITS_PACKAGE, &err);
    assert_ok(map != NULL, &err);
    return map;
}

static Phrases find_all(Arena *arena, Phrases *bare)
{
    Phrases found = {0};
    Err err = {0};

    assert_ok(phrases_find_folder(arena, arena_printf(arena, "%s/src", getenv("SOURCE_ROOT")),
                                  &found, bare, &err),
              &err);
    assert_true(found.count > 10);
    return found;
}

static void every_text_of_the_portal_is_translated(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Phrases bare = {0};
    Phrases found = find_all(arena, &bare);
    int missing = 0;

    for (int l = 0; l < LANGUAGE_COUNT; l++) {
        Node *map = node_clone(arena, read_language(arena, LANGUAGES[l]));
        for (size_t i = 0; i < found.count; i++) {
            const Phrase *s = &found.items[i];
            if (!is_needed(s->file, LANGUAGES[l]) || node_get_str(map, s->text))
                continue;
            Buf quoted = buf_in(arena);
            json_write_string(&quoted, s->text);
            print_message("%s:%d: web/translations/%s.yaml lacks\n%.*s: \"\"\n", s->file, s->line,
                          LANGUAGES[l], STR_ARG(buf_str(&quoted)));
            node_set(arena, map, s->text, node_null(arena));
            missing++;
        }
    }
    assert_int_equal(missing, 0);
    arena_destroy(arena);
}

static void no_word_of_the_portal_stands_outside_of_translation(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Phrases bare = {0};
    int count = 0;

    find_all(arena, &bare);
    for (size_t i = 0; i < bare.count; i++) {
        const Phrase *p = &bare.items[i];
        if (is_desk(p->file))
            continue;
        print_message("%s:%d: write {{ _(\"%.*s\") }}\n", p->file, p->line, STR_ARG(p->text));
        count++;
    }
    assert_int_equal(count, 0);
    arena_destroy(arena);
}

static void every_translation_is_used(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Phrases bare = {0};
    Phrases found = find_all(arena, &bare);
    Node *used = node_map(arena);
    int unused = 0;

    for (size_t i = 0; i < found.count; i++)
        node_set(arena, used, found.items[i].text, node_null(arena));
    for (int l = 0; l < LANGUAGE_COUNT; l++) {
        const Node *map = read_language(arena, LANGUAGES[l]);
        for (size_t i = 0; i < map->count; i++) {
            if (node_get_str(used, map->keys[i]))
                continue;
            print_message("%s:%d: nobody uses \"%.*s\" any more\n", map->items[i]->file,
                          map->items[i]->line, STR_ARG(map->keys[i]));
            unused++;
        }
    }
    assert_int_equal(unused, 0);
    arena_destroy(arena);
}

static void conversions_are_compared_in_order(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);

    assert_str(format_conversions(arena, STR("Seite %lld von %lld (100 %%), %.*s")),
               "%lld %lld %% %.*s");
    assert_str(format_conversions(arena, STR("nichts")), "");
    arena_destroy(arena);
}

static void a_translation_with_other_conversions_is_refused(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    Buf out = buf_in(arena);
    Err err = {0};
    const Node *map = node_parse_yaml(arena, STR("\"%d Hunde\": \"%s dogs\"\n"), "en.yaml",
                                      &NODE_LIMITS_PACKAGE, &err);

    assert_false(translations_write(&out, map, STR("en"), "t", &err));
    assert_int_equal(err.line, 1);
    assert_non_null(strstr(err.message, "same conversions"));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_of_the_portal_is_translated),
        cmocka_unit_test(no_word_of_the_portal_stands_outside_of_translation),
        cmocka_unit_test(every_translation_is_used),
        cmocka_unit_test(conversions_are_compared_in_order),
        cmocka_unit_test(a_translation_with_other_conversions_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
