/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"
#include "post/markdown.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What no input may do: open an element the writer does not know, or leave a table uneven. */
static void check_html(Str html)
{
    static const char *const known[] = {"<p>",
                                        "</p>",
                                        "<h2>",
                                        "</h2>",
                                        "<h3>",
                                        "</h3>",
                                        "<h4>",
                                        "</h4>",
                                        "<ul>",
                                        "</ul>",
                                        "<ol>",
                                        "</ol>",
                                        "<ol start=\"",
                                        "<li>",
                                        "</li>",
                                        "<table>",
                                        "</table>",
                                        "<thead>",
                                        "</thead>",
                                        "<tbody>",
                                        "</tbody>",
                                        "<tr>",
                                        "</tr>",
                                        "<th scope=\"col\"",
                                        "</th>",
                                        "<td>",
                                        "<td class=\"number\">",
                                        "</td>",
                                        "<br>",
                                        "<strong>",
                                        "</strong>",
                                        "</a>",
                                        "<a href=\"http",
                                        "<a href=\"mailto:",
                                        "<a href=\""};

    for (size_t i = 0; i < html.len; i++) {
        bool found = html.ptr[i] != '<';

        for (size_t k = 0; !found && k < sizeof known / sizeof *known; k++)
            found = str_starts_with(str_slice(html, i, html.len), known[k]);
        assert(found);
        assert(html.ptr[i] != '<' ||
               !str_starts_with(str_slice(html, i, html.len), "<a href=\"javascript:"));
    }
}

static void check_block(const MarkdownBlock *block, int depth)
{
    assert(depth < 16);
    for (size_t i = 0; i < block->count; i++) {
        if (block->kind == MARKDOWN_TABLE)
            assert(block->items[i].count == block->items[0].count && block->items[i].count > 0);
        check_block(&block->items[i], depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str source = {(const char *)data, size};
    Buf html = buf_in(arena), escaped = buf_in(arena);

    check_block(markdown_parse(arena, source), 0);
    markdown_to_html(&html, source, STR("/t/x"));
    check_html(buf_str(&html));
    markdown_escape(&escaped, source);
    check_block(markdown_parse(arena, buf_str(&escaped)), 0);
    arena_destroy(arena);
    return 0;
}
