/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include "portal/portal.h"

static void the_first_heading_is_the_title_and_the_others_move_up(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    TownPage page = town_page_parse(
        arena, STR("---\ntitle: Imprint\n---\n# Legal notice\n\nText\n\n## Contact\n### Mail\n"));

    assert_str(page.title, "Legal notice");
    assert_str(page.markdown, "\nText\n\n# Contact\n## Mail\n\n");
    page = town_page_parse(arena, STR("---\ntitle: Imprint\n---\nText"));
    assert_str(page.title, "Imprint");
    assert_str(page.markdown, "Text\n");
    arena_destroy(arena);
}

static void a_head_that_never_ends_is_text(void **state)
{
    (void)state;
    Arena *arena = arena_create(0);
    TownPage page = town_page_parse(arena, STR("---\ntitle: x\nText"));

    assert_null(page.title.ptr);
    assert_str(page.markdown, "---\ntitle: x\nText\n");
    assert_str(town_page_parse(arena, STR("")).markdown, "\n");
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_heading_is_the_title_and_the_others_move_up),
        cmocka_unit_test(a_head_that_never_ends_is_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
