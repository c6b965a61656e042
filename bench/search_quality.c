/* SPDX-License-Identifier: EUPL-1.2 */
/* How well the search finds: real questions on real pages of municipalities, beside SQLite's FTS5
 * in the same run. Prints MRR@10 and success@10 for clean and for mistyped questions, and what each
 * trick is worth.
 *
 *     bench_search_quality [--json] [FOLDER]
 *
 * FOLDER (else city-pages in RATHAUS_DATA) holds the pages and
 * questions of OMoS-DE (digitalfabrik/integreat-qa-dataset, CC-BY 4.0). Every query is filtered to
 * its own town; the questions are those that have an answer; relevant is the page they belong to.
 */
#include "base/node.h"
#include "base/test_random.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "core/folder.h"
#include "search/search.h"

#include <ctype.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { TITLE, HEADINGS, CRUMBS, BODY, FIELD_COUNT, DEPTH = 10 };
static const SearchField FIELDS[FIELD_COUNT] = {
    {"title", 4, false}, {"headings", 2, false}, {"crumbs", 2, false}, {"body", 1, false}};

typedef struct Page {
    int64_t id;
    Str town, path, parent; /* the parent's path */
    Str texts[FIELD_COUNT];
} Page;

typedef struct Question {
    Str town, text, typo;
    size_t page;
} Question;

typedef struct Corpus {
    Arena *arena;
    const char *folder;
    struct {
        Page *items;
        size_t count, capacity;
    } pages;
    struct {
        Question *items;
        size_t count, capacity;
    } questions;
} Corpus;

/* --- Pages ------------------------------------------------------------------------------------ */

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

/* --- Questions -------------------------------------------------------------------------------- */

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

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
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

/* --- The engines ------------------------------------------------------------------------------ */

typedef struct Score {
    double mrr, success;
} Score;

/* Ids of the best pages for a question: numbers of pages. */
typedef size_t FindFn(void *engine, const Question *question, Str text, size_t out[DEPTH]);

static Score measure(const Corpus *corpus, FindFn *find, void *engine, bool typos, Str town)
{
    Score score = {0};
    size_t asked = 0;

    for (size_t i = 0; i < corpus->questions.count; i++) {
        const Question *question = &corpus->questions.items[i];
        size_t found[DEPTH];

        if (town.ptr && !str_eq(town, question->town))
            continue;
        size_t count = find(engine, question, typos ? question->typo : question->text, found);
        asked++;
        for (size_t k = 0; k < count; k++)
            if (found[k] == question->page) {
                score.mrr += 1.0 / (double)(k + 1);
                score.success += 1;
            }
    }
    return (Score){score.mrr / (double)asked, score.success / (double)asked};
}

typedef struct Fts {
    sqlite3 *db;
    sqlite3_stmt *find;
    Arena *arena;
} Fts;

static void sql(Fts *fts, const char *text)
{
    char *problem = NULL;

    if (sqlite3_exec(fts->db, text, NULL, NULL, &problem) != SQLITE_OK) {
        fprintf(stderr, "%s\n", problem);
        exit(1);
    }
}

static void fts_open(Fts *fts, const Corpus *corpus)
{
    sqlite3_stmt *insert;

    sqlite3_open(":memory:", &fts->db);
    sql(fts, "CREATE VIRTUAL TABLE page USING fts5 (title, headings, crumbs, body, town UNINDEXED, "
             "tokenize = 'unicode61')");
    sqlite3_prepare_v2(fts->db,
                       "INSERT INTO page (title, headings, crumbs, body, town, rowid) "
                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                       -1, &insert, NULL);
    for (size_t i = 0; i < corpus->pages.count; i++) {
        const Page *page = &corpus->pages.items[i];

        for (int f = 0; f < FIELD_COUNT; f++)
            sqlite3_bind_text(insert, f + 1, page->texts[f].ptr, (int)page->texts[f].len, NULL);
        sqlite3_bind_text(insert, 5, page->town.ptr, (int)page->town.len, NULL);
        sqlite3_bind_int64(insert, 6, (int64_t)i + 1);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    sqlite3_prepare_v2(fts->db,
                       "SELECT rowid FROM page WHERE page MATCH ?1 AND town = ?2 "
                       "ORDER BY rank LIMIT 10",
                       -1, &fts->find, NULL);
}

static size_t fts_find(void *engine, const Question *question, Str text, size_t out[DEPTH])
{
    Fts *fts = engine;
    Buf match = buf_in(fts->arena);
    size_t count = 0;

    for (size_t i = 0; i < text.len;) {
        size_t begin = i;

        while (i < text.len && (is_letter(text.ptr[i]) || isdigit((unsigned char)text.ptr[i])))
            i++;
        if (i > begin)
            buf_addf(&match, "%s\"%.*s\"", match.len ? " OR " : "", (int)(i - begin),
                     text.ptr + begin);
        else
            i++;
    }
    sqlite3_bind_text(fts->find, 1, match.ptr, (int)match.len, NULL);
    sqlite3_bind_text(fts->find, 2, question->town.ptr, (int)question->town.len, NULL);
    while (count < DEPTH && sqlite3_step(fts->find) == SQLITE_ROW)
        out[count++] = (size_t)sqlite3_column_int64(fts->find, 0) - 1;
    sqlite3_reset(fts->find);
    return count;
}

typedef struct Own {
    Search *search;
    Arena *arena;
    SearchQuery query; /* which tricks are left out */
} Own;

static bool of_town(void *context, Str marks)
{
    return str_eq(*(Str *)context, marks);
}

static size_t own_find(void *engine, const Question *question, Str text, size_t out[DEPTH])
{
    Own *own = engine;
    SearchAnswer answer;
    SearchQuery query = own->query;
    Str town = question->town;

    query.text = text;
    query.limit = DEPTH;
    query.allow = of_town;
    query.allow_context = &town;
    search_find(own->search, &query, own->arena, &answer);
    for (size_t i = 0; i < answer.count; i++)
        out[i] = (size_t)answer.hits[i].id;
    arena_reset(own->arena);
    return answer.count;
}

static void own_open(Own *own, const Corpus *corpus)
{
    Err err = {0};
    SearchOptions options = {.fields = FIELDS, .field_count = FIELD_COUNT};
    bool ok;

    own->arena = arena_create(0);
    own->search = search_open(&options, &err);
    ok = own->search != NULL;
    for (size_t i = 0; ok && i < corpus->pages.count; i++) {
        const Page *page = &corpus->pages.items[i];
        SearchDocument document = {.id = (int64_t)i, .marks = page->town, .texts = page->texts};

        ok = search_put(own->search, &document, &err);
    }
    if (!ok || !search_refresh(own->search, STR("all"), &err)) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
}

/* --- The table -------------------------------------------------------------------------------- */

static void show(const char *what, Score clean, Score typo)
{
    printf("%-46s %.3f (%.3f)   %.3f (%.3f)\n", what, clean.mrr, clean.success, typo.mrr,
           typo.success);
}

static void show_own(const Corpus *corpus, Own *own, const char *what, SearchQuery query)
{
    own->query = query;
    show(what, measure(corpus, own_find, own, false, STR_NONE),
         measure(corpus, own_find, own, true, STR_NONE));
}

static bool find_folder(Corpus *corpus, int argc, char **argv)
{
    const char *data = getenv("RATHAUS_DATA");

    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-')
            corpus->folder = argv[i];
    if (!corpus->folder)
        corpus->folder = arena_printf(corpus->arena, "%s/city-pages", data ? data : ".");
    return folder_exists(corpus->folder);
}

int main(int argc, char **argv)
{
    Corpus corpus = {.arena = arena_create(1 << 20)};
    TestRandom random = {20170912};
    Fts fts = {.arena = corpus.arena};
    Own own;
    bool json = argc > 1 && strcmp(argv[1], "--json") == 0;

    if (!find_folder(&corpus, argc, argv)) {
        printf(json ? "{\"skipped\":true}\n" : "skipped: %s is not there\n", corpus.folder);
        return 0;
    }
    read_pages(&corpus, "augsburg.pages.json", STR("lkaugsburg"));
    read_pages(&corpus, "rems-murr.pages.json", STR("rems-murr-kreis"));
    fill_crumbs(&corpus);
    read_questions(&corpus, "questions.train.jsonl", &random);
    read_questions(&corpus, "questions.dev.jsonl", &random);
    fts_open(&fts, &corpus);
    own_open(&own, &corpus);
    own.query = (SearchQuery){0};
    Score bare = measure(&corpus, fts_find, &fts, false, STR_NONE);
    Score bare_typo = measure(&corpus, fts_find, &fts, true, STR_NONE);
    Score clean = measure(&corpus, own_find, &own, false, STR_NONE);
    Score typo = measure(&corpus, own_find, &own, true, STR_NONE);

    if (json) {
        printf("{\"fts5\":%.4f,\"fts5_typo\":%.4f,\"mrr\":%.4f,\"success\":%.4f,\"typo\":%.4f}\n",
               bare.mrr, bare_typo.mrr, clean.mrr, clean.success, typo.mrr);
        return 0;
    }
    printf("%zu pages, %zu questions\nMRR@10 (success@10)%27s clean           one slip\n",
           corpus.pages.count, corpus.questions.count, "");
    show("FTS5 unicode61, OR", bare, bare_typo);
    show("all tricks", clean, typo);
    show_own(&corpus, &own, "without stop words", (SearchQuery){.no_stop_words = true});
    show_own(&corpus, &own, "without parts of compounds", (SearchQuery){.no_parts = true});
    show_own(&corpus, &own, "without weights of fields", (SearchQuery){.no_field_weights = true});
    show_own(&corpus, &own, "without correction", (SearchQuery){.exact_only = true});
    show_own(
        &corpus, &own, "without any of these",
        (SearchQuery){
            .no_stop_words = true, .no_parts = true, .no_field_weights = true, .exact_only = true});
    const Str towns[] = {STR("lkaugsburg"), STR("rems-murr-kreis"), STR("muenchen")};
    own.query = (SearchQuery){0};
    for (size_t i = 0; i < sizeof towns / sizeof *towns; i++)
        show(arena_printf(corpus.arena, "all tricks, %s", towns[i].ptr),
             measure(&corpus, own_find, &own, false, towns[i]),
             measure(&corpus, own_find, &own, true, towns[i]));
    search_close(own.search);
    arena_destroy(own.arena);
    sqlite3_finalize(fts.find);
    sqlite3_close(fts.db);
    arena_destroy(corpus.arena);
    return 0;
}
