/* SPDX-License-Identifier: EUPL-1.2 */
/* What a run hands on: the letters that go by post as print files in postal order, and its lists.
 * Each file depends on the run's rows alone, so that making it again makes the same bytes. */
#include "base/vec.h"
#include "cases/run_store.h"
#include "core/page/out.h"
#include "core/store/event.h"
#include "core/store/file.h"
#include "core/store/rows.h"
#include "post/pdf_join.h"

#include <stdio.h>

/* Letters in a print file: what fits into memory, and into a printer's tray. */
enum { PART = 500 };

typedef struct PostLetter {
    int64_t id;
    Str sha256;
} PostLetter;

typedef struct Files {
    const RunPass *pass;
    const RunWatch *watch;
    Str owner;  /* of the files */
    bool later; /* not the run's own letters */
    PostLetter *items;
    size_t count, capacity;
    Arena *arena;
} Files;

/* --- Keeping -----------------------------------------------------------------------------------
 */

typedef struct Keeping {
    Tenant *tenant;
    FileInfo info;
    Str bytes, owner;
} Keeping;

static bool write_file(Tx *tx, void *context, Err *err)
{
    Keeping *keep = context;

    return file_put(tx, keep->tenant, &keep->info, keep->bytes, keep->owner, err);
}

static bool keep(const Files *files, const char *name, Str bytes, Arena *arena, Err *err)
{
    static const FileRules RULES = {.max_size = 1LL << 30};
    Keeping one = {.tenant = files->pass->tenant, .bytes = bytes, .owner = files->owner};

    return file_prepare(one.tenant, bytes, str_c(name), &RULES, arena, &one.info, err) &&
           db_write(one.tenant->db, write_file, &one, err);
}

static bool there(const Files *files, const char *name, bool *out, Err *err)
{
    Tx *tx = db_read(files->pass->tenant->db, err);
    int64_t count = 0;

    if (!tx)
        return false;
    bool ok = tx_query_int(tx, err, &count,
                           "SELECT COUNT(*) FROM file_owner WHERE owner = $1 AND name = $2 AND "
                           "dropped IS NULL",
                           P_TEXT(files->owner), P_TEXT(str_c(name)));

    tx_end(tx);
    *out = count > 0;
    return ok;
}

/* --- Print files -------------------------------------------------------------------------------
 */

static bool take_letters(Files *files, Rows *rows, Err *err)
{
    while (rows && rows_next(rows, err))
        VEC_PUSH(files->arena, files, ((PostLetter){row_int(rows, 0), row_text(rows, 1)}));
    return rows && err->kind == ERR_NONE;
}

static bool read_letters(Files *files, Err *err)
{
    Tx *tx = db_read(files->pass->tenant->db, err);

    if (!tx)
        return false;
    err_clear(err);
    bool ok = take_letters(
        files,
        tx_query(tx, files->arena, err,
                 "SELECT id, sha256 FROM run_letter WHERE run_id = $1 AND citizen_id = 0 AND "
                 "later = 0 AND sha256 IS NOT NULL ORDER BY sort, position",
                 P_INT(files->pass->row.id)),
        err);
    tx_end(tx);
    return ok;
}

typedef struct Part {
    size_t number, of;  /* from 1 */
    size_t first, last; /* letters, [first, last) */
    int64_t pages, sheets;
} Part;

static bool make_cover(const Files *files, const Part *part, Arena *arena, Str *pdf, Err *err)
{
    const RunPass *pass = files->pass;
    Node *shot = node_map(arena);
    Buf body = buf_in(arena);

    buf_addf(&body, "| Angabe | Wert |\n|---|---:|\n| Lauf | %.*s %d |\n| Teil | %zu von %zu |\n",
             STR_ARG(text_in(pass->run->label, STR("de"))), pass->row.year, part->number, part->of);
    if (files->later)
        buf_add_c(&body, "| Inhalt | spätere Briefe, zum Beispiel Mahnungen |\n");
    buf_addf(&body, "| Briefe in diesem Teil | %zu |\n| Nummern | %zu bis %zu von %zu |\n",
             part->last - part->first, part->first + 1, part->last, files->count);
    buf_addf(&body, "| Seiten | %lld |\n| Blätter | %lld |\n\n", (long long)part->pages,
             (long long)part->sheets);
    buf_add_c(&body, "Die Briefe sind nach Postleitzahl, Straße und Hausnummer geordnet. Dieses "
                     "Blatt gehört nicht zu einem Brief.\n");
    node_set(arena, shot, STR("head"), (Node *)pass->row.head);
    node_set(arena, shot, STR("lang"), node_string(arena, STR("de")));
    node_set(arena, shot, STR("subject"), node_string(arena, STR("Deckblatt für den Druck")));
    node_set(arena, shot, STR("date"), node_string(arena, date_iso(arena, pass->row.today)));
    node_set(arena, shot, STR("body"), node_string(arena, buf_str(&body)));
    return letter_from_snapshot(pass->tenant, shot, arena, pdf, err);
}

/* The PDF of a letter made anew: what it says was fixed with its charge. */
static bool render_again(Tx *tx, const Files *files, int64_t id, Arena *arena, Str *pdf, Err *err)
{
    err_clear(err);
    Rows *rows =
        tx_query(tx, arena, err, "SELECT snapshot FROM run_letter WHERE id = $1", P_INT(id));
    Node *shot = rows && rows_next(rows, err)
                     ? node_parse_json(arena, row_text(rows, 0), NULL, &NODE_LIMITS_PACKAGE, err)
                     : NULL;

    rows_end(rows);
    if (!shot)
        return false;
    if (!node_get(shot, "head")) /* later letters have their own office's */
        node_set(arena, shot, STR("head"), (Node *)files->pass->row.head);
    return letter_from_snapshot(files->pass->tenant, shot, arena, pdf, err);
}

/* A letter that an earlier version of the program made in the same run has another form. */
static bool join_letter(Tx *tx, const Files *files, const PostLetter *letter, bool even,
                        PdfJoin *join, int *pages, Arena *arena, Err *err)
{
    Str pdf;

    if (!file_read(tx, files->pass->tenant, letter->sha256, arena, &pdf, err))
        return false;
    if (pdf_join_add(join, pdf, even, pages, err))
        return true;
    return err->kind == ERR_INPUT && render_again(tx, files, letter->id, arena, &pdf, err) &&
           pdf_join_add(join, pdf, even, pages, err);
}

static bool join_letters(const Files *files, Part *part, bool even, PdfJoin *join, Err *err)
{
    Tx *tx = db_read(files->pass->tenant->db, err);
    Arena *arena = arena_create(1 << 17); /* for one letter */
    bool ok = tx != NULL;

    for (size_t i = part->first; ok && i < part->last; i++) {
        int pages = 0;

        arena_reset(arena);
        ok = join_letter(tx, files, &files->items[i], even, join, &pages, arena, err);
        part->pages += pages;
        part->sheets += even ? (pages + 1) / 2 : pages;
    }
    if (tx)
        tx_end(tx);
    arena_destroy(arena);
    return ok;
}

static bool make_pdf(const Files *files, Part *part, const char *name, Arena *arena, Str *whole,
                     Err *err)
{
    bool even =
        node_get_bool(node_get(files->pass->tenant->settings, "letter"), "two_sided", false);
    PdfJoin *join = pdf_join_begin(arena);
    Str cover;

    return join_letters(files, part, even, join, err) &&
           make_cover(files, part, arena, &cover, err) && pdf_join_cover(join, cover, even, err) &&
           pdf_join_end(join, str_c(name), whole, err);
}

static bool make_part(const Files *files, Part *part, const char *name, Arena *arena, Err *err)
{
    Str whole;

    return make_pdf(files, part, name, arena, &whole, err) && keep(files, name, whole, arena, err);
}

static bool make_parts(const Files *files, Err *err)
{
    size_t parts = (files->count + PART - 1) / PART;

    for (size_t i = 0; i < parts; i++) {
        Arena *arena = arena_create(1 << 20);
        Part part = {.number = i + 1, .of = parts, .first = i * PART, .last = (i + 1) * PART};
        bool made = false;

        if (part.last > files->count)
            part.last = files->count;
        const char *name = arena_printf(arena, "druck-%03zu-von-%03zu.pdf", i + 1, parts);
        bool ok = run_watch(files->watch, (int64_t)part.first, (int64_t)files->count,
                            N_("Briefe für den Druck zusammengestellt"), err) &&
                  there(files, name, &made, err) &&
                  (made || make_part(files, &part, name, arena, err));

        arena_destroy(arena);
        if (!ok)
            return false;
    }
    return true;
}

/* --- Lists -------------------------------------------------------------------------------------
 */

static bool make_left_out(const Files *files, Err *err)
{
    RunLists lists;
    Tx *tx = db_read(files->pass->tenant->db, err);

    if (!tx)
        return false;
    bool ok = run_lists(tx, files->pass->row.id, files->arena, &lists, err);

    tx_end(tx);
    return ok &&
           keep(files, "ausgelassen.csv", run_csv_lists(&lists, files->arena), files->arena, err);
}

bool run_files(const RunPass *pass, const RunWatch *watch, Arena *arena, Err *err)
{
    Files files = {
        .pass = pass, .watch = watch, .owner = run_subject(pass->row.id, arena), .arena = arena};
    Str totals = run_csv_totals(pass->run, pass->row.year, &pass->row.totals, arena);

    return read_letters(&files, err) && make_parts(&files, err) && make_left_out(&files, err) &&
           keep(&files, "summen.csv", totals, arena, err);
}

/* --- Later letters -----------------------------------------------------------------------------
 */

#define UNPRINTED "run_letter WHERE later = 1 AND citizen_id = 0 AND printed IS NULL"

bool run_post_waiting(Tx *tx, int64_t *ready, int64_t *unmade, Err *err)
{
    *ready = *unmade = 0;
    return tx_query_int(tx, err, ready,
                        "SELECT COUNT(*) FROM " UNPRINTED " AND sha256 IS NOT NULL") &&
           tx_query_int(tx, err, unmade, "SELECT COUNT(*) FROM " UNPRINTED " AND sha256 IS NULL");
}

bool run_post_files(Tx *tx, int limit, Arena *arena, RunPostFile **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT run_id, printed, COUNT(*) FROM run_letter WHERE printed IS NOT "
                          "NULL GROUP BY printed, run_id ORDER BY printed DESC, run_id DESC LIMIT "
                          "$1",
                          P_INT(limit));

    return ROWS_LIST(rows, arena, out, count, err,
                     (RunPostFile){row_int(rows, 0), row_text(rows, 1), row_int(rows, 2)});
}

typedef struct Printing {
    Keeping keeping;
    const Files *files;
    Str name, actor;
} Printing;

/* Two people who print at the same time do not get the same letters. */
static bool write_printed(Tx *tx, void *context, Err *err)
{
    Printing *printing = context;
    const Files *files = printing->files;

    for (size_t i = 0; i < files->count; i++) {
        int64_t changed = 0;
        if (!tx_exec_count(tx, err, &changed,
                           "UPDATE run_letter SET printed = $2 WHERE id = $1 AND printed IS NULL "
                           "AND sha256 = $3",
                           P_INT(files->items[i].id), P_TEXT(printing->name),
                           P_TEXT(files->items[i].sha256)))
            return false;
        if (changed == 0)
            return err_set(err, ERR_CONFLICT,
                           "Diese Briefe stehen gerade schon in einer anderen Druckdatei, oder "
                           "einer ist eben zurückgezogen. Bitte versuchen Sie es noch einmal.");
    }
    return write_file(tx, &printing->keeping, err) &&
           event_add(tx, "run.letters_printed", files->owner, printing->actor, NULL, err);
}

/* The next run with such letters, at most a file of them; `files->count` 0: there is none. */
static bool find_later(Tenant *tenant, Files *files, RunPass *pass, char *name, size_t size,
                       Err *err)
{
    Tx *tx = db_read(tenant->db, err);
    int64_t run = 0, before = 0;
    RunRow row = {0};

    if (!tx)
        return false;
    err_clear(err);
    bool ok =
        tx_query_int(tx, err, &run, "SELECT MIN(run_id) FROM " UNPRINTED " AND sha256 IS NOT NULL");
    if (ok && run) {
        ok = run_by_id(tx, run, files->arena, &row, err) &&
             tx_query_int(tx, err, &before,
                          "SELECT COUNT(DISTINCT printed) FROM run_letter WHERE run_id = $1",
                          P_INT(run)) &&
             take_letters(files,
                          tx_query(tx, files->arena, err,
                                   "SELECT id, sha256 FROM " UNPRINTED " AND sha256 IS NOT NULL "
                                   "AND run_id = $1 ORDER BY sort, position LIMIT $2",
                                   P_INT(run), P_INT(PART)),
                          err);
        row.today = date_in_berlin(clock_now());
        snprintf(name, size, "druck-nachtrag-%04d-%02d-%02d-%lld.pdf", row.today.year,
                 row.today.month, row.today.day, (long long)before + 1);
    }
    tx_end(tx);
    return ok && (!run || run_pass_begin(pass, tenant, &row, files->arena, err));
}

static bool print_some(Tenant *tenant, Str actor, Arena *arena, int64_t *letters, Err *err)
{
    static const FileRules RULES = {.max_size = 1LL << 30};
    RunPass pass = {0};
    Files files = {.pass = &pass, .later = true, .arena = arena};
    char name[64] = "";
    Str whole;

    *letters = 0;
    if (!find_later(tenant, &files, &pass, name, sizeof name, err) || files.count == 0)
        return err->kind == ERR_NONE;
    files.owner = run_subject(pass.row.id, arena);
    Part part = {.number = 1, .of = 1, .last = files.count};
    Printing printing = {.files = &files, .name = str_c(name), .actor = actor};
    if (!make_pdf(&files, &part, name, arena, &whole, err))
        return false;
    printing.keeping = (Keeping){.tenant = tenant, .bytes = whole, .owner = files.owner};
    *letters = (int64_t)files.count;
    return file_prepare(tenant, whole, printing.name, &RULES, arena, &printing.keeping.info, err) &&
           db_write(tenant->db, write_printed, &printing, err);
}

bool run_post_print(Tenant *tenant, Str actor, int64_t *letters, Err *err)
{
    int64_t some = 1;

    for (*letters = 0; some > 0; *letters += some) {
        Arena *own = arena_create(1 << 20);
        bool ok = print_some(tenant, actor, own, &some, err);

        arena_destroy(own);
        if (!ok)
            return false;
    }
    return true;
}
