/* SPDX-License-Identifier: EUPL-1.2 */
/* The PDFs of a run's letters: rendered by a crew of threads, some at a time, while those before
 * are being written. A letter that has its PDF is not touched again. */
#include "cases/run_store.h"
#include "core/page/out.h"
#include "core/page/problem.h"
#include "core/store/file.h"
#include "core/work/crew.h"
#include "post/hyphenate.h"

enum { WAVE = 64, MOST_THREADS = 8 };

typedef struct Print {
    int64_t id, position;
    int64_t citizen_id;
    Str title, snapshot;
    Str pdf;
    FileInfo info;
    Err err;
} Print;

typedef struct Wave { /* letters on their way */
    struct Printing *printing;
    Print items[WAVE];
    size_t count;
    Arena *arena;
    Arena *of_member[MOST_THREADS];
    WriteJob *job; /* being written, or NULL */
    Err err;
} Wave;

typedef struct Printing {
    Tenant *tenant;
    const RunPass *pass;
    Str owner; /* of the letters' files */
    Crew *crew;
    Wave waves[2];
    int64_t after; /* the last letter taken */
    int64_t done, total;
} Printing;

/* --- Reading -----------------------------------------------------------------------------------
 */

static bool read_wave(Printing *p, Wave *wave, Err *err)
{
    Tx *tx = db_read(p->tenant->db, err);

    if (!tx)
        return false;
    wave->count = 0;
    err_clear(err);
    Rows *rows = tx_query(tx, wave->arena, err,
                          "SELECT id, position, title, snapshot, citizen_id FROM run_letter WHERE "
                          "run_id = $1 AND id > $2 AND sha256 IS NULL AND problem IS NULL "
                          "ORDER BY id LIMIT $3",
                          P_INT(p->pass->row.id), P_INT(p->after), P_INT(WAVE));
    while (rows && rows_next(rows, err)) {
        Print *print = &wave->items[wave->count++];

        *print = (Print){.id = row_int(rows, 0),
                         .position = row_int(rows, 1),
                         .title = row_text(rows, 2),
                         .snapshot = row_text(rows, 3),
                         .citizen_id = row_int(rows, 4)};
        p->after = print->id;
    }
    tx_end(tx);
    return rows && err->kind == ERR_NONE;
}

/* --- Rendering ---------------------------------------------------------------------------------
 */

static void render(void *context, size_t index, size_t member)
{
    Wave *wave = context;
    const Printing *p = wave->printing;
    Print *print = &wave->items[index];
    Arena *arena = wave->of_member[member];
    Node *shot = node_parse_json(arena, print->snapshot, NULL, &NODE_LIMITS_PACKAGE, &print->err);

    if (!shot)
        return;
    node_set(arena, shot, STR("head"), (Node *)p->pass->row.head);
    Str name = str_printf(arena, "%06lld.pdf", (long long)print->position);

    if (letter_from_snapshot(p->tenant, shot, arena, &print->pdf, &print->err))
        file_prepare(p->tenant, print->pdf, name, NULL, arena, &print->info, &print->err);
}

/* --- Writing -----------------------------------------------------------------------------------
 */

/* Tell who has a mailbox that there is something, never what. */
static bool order_mail(Tx *tx, const Printing *p, const Print *print, Arena *arena, Err *err)
{
    Node *payload = node_map(arena);
    Str url = tenant_setting(p->tenant, "url");
    Str host = node_text(node_path(p->tenant->settings, STR("hosts[0]")));
    Buf body = buf_in(arena);

    err_clear(err);
    Rows *rows = tx_query(tx, arena, err, "SELECT email FROM citizen WHERE id = $1",
                          P_INT(print->citizen_id));
    Str email = rows && rows_next(rows, err) ? row_text(rows, 0) : STR_NONE;

    rows_end(rows);
    if (err->kind != ERR_NONE || !email.ptr)
        return err->kind == ERR_NONE;
    buf_add_c(&body, "Guten Tag,\n\nein Brief liegt in Ihrem Postfach im Portal für Sie bereit.\n");
    if (url.ptr || host.ptr)
        buf_addf(&body, "\n%s%.*s/postfach\n", url.ptr ? "" : "https://",
                 STR_ARG(url.ptr ? url : host));
    buf_addf(&body, "\n%.*s\n", STR_ARG(tenant_title(p->tenant)));
    node_set(arena, payload, STR("to"), node_string(arena, email));
    node_set(arena, payload, STR("name"), node_string(arena, STR("")));
    node_set(arena, payload, STR("subject"),
             node_string(arena, STR("Ein Brief liegt für Sie bereit")));
    node_set(arena, payload, STR("body"), node_string(arena, buf_str(&body)));
    EffectOrder order = {.kind = "mail",
                         .key = str_printf(arena, "mail/run/%lld/%lld", (long long)p->pass->row.id,
                                           (long long)print->position),
                         .subject = run_subject(p->pass->row.id, arena),
                         .payload = payload};

    return effect_order(tx, &order, err);
}

static bool store_one(Tx *tx, const Printing *p, const Print *print, Arena *arena, Err *err)
{
    int64_t changed = 0;

    if (print->err.kind == ERR_INPUT)
        return tx_exec(tx, err,
                       "UPDATE run_letter SET problem = $2 WHERE id = $1 AND sha256 IS NULL",
                       P_INT(print->id), P_TEXT(problem_words(&print->err, arena)));
    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE run_letter SET sha256 = $2, size = $3 WHERE id = $1 AND "
                       "sha256 IS NULL AND problem IS NULL",
                       P_INT(print->id), P_TEXT(str_c(print->info.sha256)),
                       P_INT(print->info.size)))
        return false;
    if (changed == 0)
        return true; /* somebody else made it */
    return file_put(tx, p->tenant, &print->info, print->pdf, p->owner, err) &&
           (print->citizen_id == 0 || order_mail(tx, p, print, arena, err));
}

static bool store(Tx *tx, void *context, Err *err)
{
    const Wave *wave = context;

    for (size_t i = 0; i < wave->count; i++)
        if (!store_one(tx, wave->printing, &wave->items[i], wave->arena, err))
            return false;
    return true;
}

static bool first_fault(const Wave *wave, Err *err)
{
    for (size_t i = 0; i < wave->count; i++)
        if (wave->items[i].err.kind != ERR_NONE && wave->items[i].err.kind != ERR_INPUT) {
            *err = wave->items[i].err;
            return true;
        }
    return false;
}

/* Wait until it is written, and make it ready for the next letters. */
static bool settle(Wave *wave, Err *err)
{
    bool ok = !wave->job || db_write_end(wave->job);

    if (wave->job && ok)
        wave->printing->done += (int64_t)wave->count;
    if (!ok)
        *err = wave->err;
    wave->job = NULL;
    arena_reset(wave->arena);
    for (size_t i = 0; i < crew_size(wave->printing->crew); i++)
        arena_reset(wave->of_member[i]);
    return ok;
}

static bool do_wave(Printing *p, Wave *wave, bool *more, Err *err)
{
    if (!settle(wave, err) || !read_wave(p, wave, err))
        return false;
    *more = wave->count > 0;
    if (!*more)
        return true;
    crew_do(p->crew, wave->count, render, wave);
    if (first_fault(wave, err))
        return false;
    wave->job = db_write_begin(p->tenant->db, store, wave, &wave->err);
    return true;
}

static bool count_all(Printing *p, Err *err)
{
    Tx *tx = db_read(p->tenant->db, err);

    if (!tx)
        return false;
    bool ok = tx_query_int(tx, err, &p->total, "SELECT COUNT(*) FROM run_letter WHERE run_id = $1",
                           P_INT(p->pass->row.id)) &&
              tx_query_int(tx, err, &p->done,
                           "SELECT COUNT(*) FROM run_letter WHERE run_id = $1 AND "
                           "(sha256 IS NOT NULL OR problem IS NOT NULL)",
                           P_INT(p->pass->row.id));

    tx_end(tx);
    return ok;
}

static bool print_all(Printing *p, const RunWatch *watch, Err *err)
{
    bool more = true;

    for (int turn = 0; more; turn = 1 - turn)
        if (!run_watch(watch, p->done, p->total, N_("Briefe erstellt"), err) ||
            !do_wave(p, &p->waves[turn], &more, err))
            return false;
    return true;
}

bool run_print(const RunPass *pass, const RunWatch *watch, Arena *arena, Err *err)
{
    Printing *p = arena_new(arena, Printing);
    bool ok;

    p->tenant = pass->tenant;
    p->pass = pass;
    p->owner = str_printf(arena, "run/%lld/briefe", (long long)pass->row.id);
    if (!count_all(p, err))
        return false;
    if (p->done == p->total)
        return true;
    hyphenate_warm(); /* once, before all of the crew want it */
    p->crew = crew_create(MOST_THREADS);
    for (int i = 0; i < 2; i++) {
        p->waves[i].printing = p;
        p->waves[i].arena = arena_create(1 << 20);
        for (size_t k = 0; k < crew_size(p->crew); k++)
            p->waves[i].of_member[k] = arena_create(1 << 22);
    }
    ok = print_all(p, watch, err);
    for (int i = 0; i < 2; i++) { /* what is under way uses the arenas */
        Err fault = {0};
        bool settled = settle(&p->waves[i], &fault);

        if (ok && !settled)
            *err = fault;
        ok = ok && settled;
        arena_destroy(p->waves[i].arena);
        for (size_t k = 0; k < crew_size(p->crew); k++)
            arena_destroy(p->waves[i].of_member[k]);
    }
    crew_destroy(p->crew);
    return ok;
}
