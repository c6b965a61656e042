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
#include "search_corpus.h"

#include "base/buf.h"
#include "core/folder.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

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
    Fts fts = {.arena = corpus.arena};
    Own own;
    bool json = argc > 1 && strcmp(argv[1], "--json") == 0;

    if (!find_folder(&corpus, argc, argv)) {
        printf(json ? "{\"skipped\":true}\n" : "skipped: %s is not there\n", corpus.folder);
        return 0;
    }
    corpus_read(&corpus);
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
