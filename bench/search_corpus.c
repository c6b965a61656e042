/* SPDX-License-Identifier: EUPL-1.2 */
#include "search_corpus.h"

#include "base/node.h"
#include "base/test_random.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "core/folder.h"

#include <stdio.h>
#include <stdlib.h>

const SearchField FIELDS[FIELD_COUNT] = {
    {"title", 4, false}, {"headings", 2, false}, {"crumbs", 2, false}, {"body", 1, false}};

static size_t add_entity(Str html, Buf *out)
{
    static const char *const names[][2] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&nbsp;", " "}};
    char *end;
    char bytes[4];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_starts_with(html, names[i][0])) {
            buf_add_c(out, names[i][1]);
            return strlen(names[i][0]);
        }
    unsigned long code = html.len > 2 && html.ptr[1] == '#' ? strtoul(html.ptr + 2, &end, 10) : 0;

    if (code == 0 || *end != ';')
        return 0;
    buf_add(out, (Str){bytes, utf8_encode((uint32_t)code, bytes)});
    return (size_t)(end - html.ptr) + 1;
}

/* The text of all elements, and of the headings among them. */
static void strip_html(Corpus *corpus, Str html, Page *page)
{
    Buf body = buf_in(corpus->arena), headings = buf_in(corpus->arena);
    bool heading = false;

    for (size_t i = 0; i < html.len; i++) {
        Buf *const both[] = {&body, heading ? &headings : NULL};
        size_t entity = 0;

        if (html.ptr[i] == '<') {
            const char *tag = html.ptr + i + 1;
            bool closing = *tag == '/';

            tag += closing;
            if (tolower((unsigned char)tag[0]) == 'h' && tag[1] >= '1' && tag[1] <= '6')
                heading = !closing;
            while (i + 1 < html.len && html.ptr[i] != '>')
                i++;
            buf_add_char(&body, '\n');
            buf_add_char(&headings, '\n');
            continue;
        }
        for (size_t k = 0; k < 2 && both[k]; k++)
            if (html.ptr[i] != '&' || !(entity = add_entity(str_slice(html, i, html.len), both[k])))
                buf_add_char(both[k], html.ptr[i]);
        i += entity ? entity - 1 : 0;
    }
    page->texts[BODY] = buf_str(&body);
    page->texts[HEADINGS] = buf_str(&headings);
}

static Str read_file(Corpus *corpus, const char *name)
{
    Err err = {0};
    Str text = STR_NONE;

    if (!folder_read_file(arena_printf(corpus->arena, "%s/%s", corpus->folder, name), 1 << 26,
                          corpus->arena, &text, &err)) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    return text;
}

static Node *parse(Corpus *corpus, Str text, const char *name)
{
    Err err = {0};
    Node *node = node_parse_json(corpus->arena, text, name, &NODE_LIMITS_PACKAGE, &err);

    if (!node) {
        fprintf(stderr, "%s: %s\n", name, err.message);
        exit(1);
    }
    return node;
}

static void read_pages(Corpus *corpus, const char *name, Str town)
{
    const Node *list = parse(corpus, read_file(corpus, name), name);

    for (size_t i = 0; i < list->count; i++) {
        const Node *node = list->items[i];
        Page page = {.id = node_get_i64(node, "id", 0),
                     .path = node_get_text(node, "path"),
                     .parent = node_get_text(node_get(node, "parent"), "path"),
                     .town = town};

        strip_html(corpus, node_get_text(node, "content"), &page);
        page.texts[TITLE] = node_get_text(node, "title");
        VEC_PUSH(corpus->arena, &corpus->pages, page);
    }
}

static size_t page_by_id(const Corpus *corpus, Str town, int64_t id)
{
    for (size_t i = 0; i < corpus->pages.count; i++)
        if (corpus->pages.items[i].id == id && str_eq(corpus->pages.items[i].town, town))
            return i;
    return SIZE_MAX;
}

static size_t page_by_path(const Corpus *corpus, Str path)
{
    for (size_t i = 0; path.ptr && i < corpus->pages.count; i++)
        if (str_eq(corpus->pages.items[i].path, path))
            return i;
    return SIZE_MAX;
}

static void fill_crumbs(Corpus *corpus)
{
    for (size_t i = 0; i < corpus->pages.count; i++) {
        Page *page = &corpus->pages.items[i];
        Buf crumbs = buf_in(corpus->arena);
        size_t at = page_by_path(corpus, page->parent);

        for (int depth = 0; at != SIZE_MAX && depth < 10; depth++) {
            buf_add(&crumbs, corpus->pages.items[at].texts[TITLE]);
            buf_add_char(&crumbs, '\n');
            at = page_by_path(corpus, corpus->pages.items[at].parent);
        }
        page->texts[CRUMBS] = buf_str(&crumbs);
    }
}

/* A page that is not among the towns' own comes with its questions: title, then lines. */
static size_t page_of_question(Corpus *corpus, const Node *node, Str town)
{
    int64_t id = node_get_i64(node, "pageId", 0);
    Str text = node_get_text(node, "context");
    size_t at = page_by_id(corpus, town, id);
    Page page = {.id = id, .town = town};

    if (at != SIZE_MAX)
        return at;
    page.texts[TITLE] = str_cut(&text, '\n');
    for (size_t i = 0; i < corpus->pages.count; i++)
        if (str_eq(corpus->pages.items[i].town, town) &&
            str_eq(corpus->pages.items[i].texts[TITLE], page.texts[TITLE]))
            return i;
    page.texts[HEADINGS] = page.texts[CRUMBS] = STR("");
    page.texts[BODY] = text.ptr ? text : STR("");
    VEC_PUSH(corpus->arena, &corpus->pages, page);
    return corpus->pages.count - 1;
}

/* One slip in the longest word; only between ASCII letters, so that the text stays UTF-8. */
static Str mistype(Arena *arena, Str text, TestRandom *random)
{
    size_t best = 0, best_len = 0;

    for (size_t i = 0; i < text.len;) {
        size_t begin = i;

        while (i < text.len && is_letter(text.ptr[i]))
            i++;
        if (i - begin > best_len) {
            best = begin;
            best_len = i - begin;
        }
        i += i < text.len;
    }
    if (best_len < 4)
        return text;
    for (int tries = 0; tries < 50; tries++) {
        size_t at = best + (size_t)test_pick(random, 1, (int64_t)best_len - 2);
        char letter = (char)('a' + test_pick(random, 0, 25));

        if (!isascii(text.ptr[at]) || !isascii(text.ptr[at + 1]) ||
            text.ptr[at] == text.ptr[at + 1] || text.ptr[at] == letter)
            continue;
        Str head = str_slice(text, 0, at), tail = str_slice(text, at, text.len);

        switch (test_pick(random, 0, 3)) {
        case 0: /* left out */
            return str_printf(arena, "%.*s%.*s", STR_ARG(head),
                              STR_ARG(str_slice(tail, 1, tail.len)));
        case 1: /* added */
            return str_printf(arena, "%.*s%c%.*s", STR_ARG(head), letter, STR_ARG(tail));
        case 2: /* another */
            return str_printf(arena, "%.*s%c%.*s", STR_ARG(head), letter,
                              STR_ARG(str_slice(tail, 1, tail.len)));
        default: /* swapped */
            return str_printf(arena, "%.*s%c%c%.*s", STR_ARG(head), tail.ptr[1], tail.ptr[0],
                              STR_ARG(str_slice(tail, 2, tail.len)));
        }
    }
    return text;
}

static void read_questions(Corpus *corpus, const char *name, TestRandom *random)
{
    Str rest = read_file(corpus, name);

    while (!str_empty(rest)) {
        Str line = str_cut(&rest, '\n');
        const Node *node = str_empty(line) ? NULL : parse(corpus, line, name);
        Str town = node_get_text(node, "city");

        if (!node)
            continue;
        size_t page = page_of_question(corpus, node, town);
        Question question = {.town = town, .text = node_get_text(node, "question"), .page = page};

        if (node_get(node, "answers")->count == 0)
            continue;
        question.typo = mistype(corpus->arena, question.text, random);
        VEC_PUSH(corpus->arena, &corpus->questions, question);
    }
}

void corpus_read(Corpus *corpus)
{
    TestRandom random = {20170912};

    read_pages(corpus, "augsburg.pages.json", STR("lkaugsburg"));
    read_pages(corpus, "rems-murr.pages.json", STR("rems-murr-kreis"));
    fill_crumbs(corpus);
    read_questions(corpus, "questions.train.jsonl", &random);
    read_questions(corpus, "questions.dev.jsonl", &random);
}
