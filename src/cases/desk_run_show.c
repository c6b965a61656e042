/* SPDX-License-Identifier: EUPL-1.2 */
/* A run as its page shows it. */
#include "base/vec.h"
#include "cases/desk_run.h"
#include "core/store/file.h"

Str desk_run_status(const RunRow *row, Tone *tone)
{
    static const struct {
        const char *status, *words;
        Tone tone;
    } WORDS[] = {
        {"previewing", "Vorschau wird berechnet", TONE_INFO},
        {"previewed", "Vorschau", TONE_PLAIN},
        {"proposed", "Wartet auf Freigabe", TONE_WARNING},
        {"assessing", "Wird festgesetzt", TONE_INFO},
        {"letters", "Briefe werden erstellt", TONE_INFO},
        {"files", "Dateien werden erstellt", TONE_INFO},
        {"done", "Fertig", TONE_SUCCESS},
        {"refused", "Nicht freigegeben", TONE_PLAIN},
    };

    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_is(row->status, WORDS[i].status)) {
            *tone = WORDS[i].tone;
            return str_c(WORDS[i].words);
        }
    *tone = TONE_PLAIN;
    return row->status;
}

/* --- Figures -------------------------------------------------------------------------------------
 */

static void add(RunPage *page, Arena *arena, Str label, int64_t now)
{
    page->totals[page->total_count++] =
        (RunFigure){label, str_printf(arena, "%lld", (long long)now), STR("")};
}

static Str amount(Arena *arena, int64_t cents)
{
    return money_text(arena, cents, STR("de"));
}

static void fill_figures(RunPage *page, const RunRow *row, const Run *run, const RunTotals *t,
                         Arena *arena)
{
    int64_t last = t->last_cents + t->gone_cents;
    int64_t most = t->cents > last ? t->cents : last;

    page->figures = true;
    add(page, arena, run->items_are, t->items);
    add(page, arena, run->entries_are, t->entries);
    page->totals[page->total_count++] =
        (RunFigure){STR("Festgesetzt"), amount(arena, t->cents), amount(arena, last)};
    page->totals[page->total_count++] =
        (RunFigure){STR("Unterschied"),
                    str_printf(arena, "%s%.*s", t->cents > last ? "+" : "",
                               STR_ARG(amount(arena, t->cents - last))),
                    STR("")};
    add(page, arena, STR("Mehr als im Vorjahr"), t->more);
    add(page, arena, STR("Weniger als im Vorjahr"), t->less);
    add(page, arena, STR("Wie im Vorjahr"), t->same);
    add(page, arena, STR("Neu"), t->fresh);
    page->totals[page->total_count++] =
        (RunFigure){STR("Nur im Vorjahr"), str_printf(arena, "%lld", (long long)t->gone),
                    t->gone_cents ? amount(arena, t->gone_cents) : STR("")};
    add(page, arena, STR("Forderungen neu"), t->made);
    add(page, arena, STR("Forderungen geändert"), t->changed);
    add(page, arena, STR("Forderungen unverändert"), t->unchanged);
    if (t->stray)
        page->totals[page->total_count++] = (RunFigure){
            STR("Festgesetzt, aber nicht mehr im Register"),
            str_printf(arena, "%lld", (long long)t->stray), amount(arena, t->stray_cents)};
    add(page, arena, STR("Briefe"), t->letters);
    add(page, arena, STR("Briefe mit der Post"), t->by_post);
    page->totals[page->total_count++] =
        (RunFigure){STR("Mit Lastschrift"),
                    str_printf(arena, "%lld, zusammen %.*s", (long long)t->debits,
                               STR_ARG(amount(arena, t->debit_cents))),
                    STR("")};
    add(page, arena, STR("Ohne Betrag"), t->nothing);
    add(page, arena, STR("Ausgelassen"), t->left_out);
    if (most <= 0)
        return;
    page->bar_count = 2;
    page->bars[0] = (RunBar){str_printf(arena, "%d", row->year), amount(arena, t->cents),
                             (int)(t->cents > 0 ? t->cents * 1000 / most : 0)};
    page->bars[1] = (RunBar){str_printf(arena, "%d", row->year - 1), amount(arena, last),
                             (int)(last * 1000 / most)};
}

static void fill_undo_figures(RunPage *page, const RunTotals *t, Arena *arena)
{
    page->figures = true;
    add(page, arena, STR("Forderungen zurückgesetzt"), t->changed);
    page->totals[page->total_count++] =
        (RunFigure){STR("Festgesetzt"), amount(arena, t->cents), STR("")};
    add(page, arena, STR("Briefe"), t->letters);
    add(page, arena, STR("Nicht zurückgesetzt"), t->left_out);
}

/* --- Lists ---------------------------------------------------------------------------------------
 */

static bool fill_problems(Tx *tx, const RunRow *row, RunPage *page, Arena *arena, Err *err)
{
    enum { MOST = 200 };
    RunNames *out = &page->problems;
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT i.name, l.problem FROM run_letter l JOIN run_item i ON "
                          "i.run_id = l.run_id AND i.position = l.position WHERE l.run_id = $1 AND "
                          "l.problem IS NOT NULL ORDER BY l.position LIMIT $2",
                          P_INT(row->id), P_INT(MOST));

    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, out, ((RunName){.name = row_text(rows, 0), .reason = row_text(rows, 1)}));
    return rows && err->kind == ERR_NONE;
}

static Str file_label(Arena *arena, Str name)
{
    if (str_starts_with(name, "druck-"))
        return str_printf(arena, "Druckdatei %.*s", STR_ARG(name));
    if (str_is(name, "ausgelassen.csv"))
        return STR("Wer ausgelassen wurde und warum (CSV)");
    return str_is(name, "summen.csv") ? STR("Summen (CSV)") : name;
}

static bool fill_files(Request *req, Tx *tx, const RunRow *row, RunPage *page, Err *err)
{
    FileInfo *files;
    size_t count;

    if (!file_list(tx, run_subject(row->id, req->arena), req->arena, &files, &count, err))
        return false;
    page->files = arena_array(req->arena, RunFile, count);
    for (size_t i = 0; i < count; i++)
        page->files[page->file_count++] =
            (RunFile){.name = files[i].name,
                      .label = file_label(req->arena, files[i].name),
                      .size = desk_size(req->arena, files[i].size),
                      .path = str_printf(req->arena, "/desk/laeufe/%lld/dateien/%s",
                                         (long long)row->id, url_part(req->arena, files[i].name))};
    return true;
}

static bool fill_lists(Request *req, Tx *tx, const RunRow *row, RunPage *page, Err *err)
{
    page->lists_path =
        str_printf(req->arena, "/desk/laeufe/%lld/ausgelassen.csv", (long long)row->id);
    if (!page->preview)
        return run_lists(tx, row->id, req->arena, &page->lists, err);
    RunPreview preview;

    run_preview_from(row->preview, req->arena, &preview);
    page->lists = preview.lists;
    return true;
}

/* --- Who and which -------------------------------------------------------------------------------
 */

static bool fill_relations(Request *req, Tx *tx, const RunRow *row, RunPage *page, Err *err)
{
    int64_t undone = 0;

    page->begun = str_printf(req->arena, "Begonnen von %.*s, %.*s.",
                             STR_ARG(desk_actor_name(tx, row->begun_by, req->arena)),
                             STR_ARG(timestamp_long(req->arena, row->created, STR("de"))));
    if (row->released_by.ptr)
        page->released = str_printf(req->arena, "Freigegeben von %.*s.",
                                    STR_ARG(desk_actor_name(tx, row->released_by, req->arena)));
    if (row->undoes) {
        page->undoes = str_printf(req->arena, "Lauf %lld", (long long)row->undoes);
        page->undoes_path = str_printf(req->arena, "/desk/laeufe/%lld", (long long)row->undoes);
    }
    if (row->returned_by.ptr) {
        page->returned = str_printf(
            req->arena, "%s %.*s, %.*s.",
            str_eq(row->returned_by, row->begun_by) ? "Zurückgezogen von" : "Nicht freigegeben von",
            STR_ARG(desk_actor_name(tx, row->returned_by, req->arena)),
            STR_ARG(timestamp_long(req->arena, row->returned_at, STR("de"))));
        page->returned_why = row->returned_why;
    }
    if (!tx_query_int(tx, err, &undone,
                      "SELECT MAX(id) FROM run WHERE undoes = $1 AND status <> 'refused'",
                      P_INT(row->id)))
        return false;
    if (undone) {
        int64_t waits = 0;

        page->undone_by = STR("Zum Lauf, der ihn rückgängig macht");
        page->undone_path = str_printf(req->arena, "/desk/laeufe/%lld", (long long)undone);
        if (!tx_query_int(tx, err, &waits,
                          "SELECT COUNT(*) FROM run WHERE id = $1 AND status = 'proposed'",
                          P_INT(undone)))
            return false;
        page->undo_waits = waits > 0;
    }
    page->may_undo = str_eq(row->status, RUN_DONE) && !row->undoes && !undone;
    return true;
}

/* What can be done with it now. */
static void fill_actions(Request *req, const RunRow *row, RunPage *page)
{
    bool works = page->job != NULL;

    page->two_people = run_needs_two(req->tenant);
    page->may_execute = str_eq(row->status, RUN_PREVIEWED);
    page->waits = str_eq(row->status, RUN_PROPOSED);
    page->may_release = page->waits && !str_eq(row->begun_by, request_actor(req));
    page->may_continue = !works && (row->active || str_eq(row->status, RUN_PREVIEWING));
}

/* Who begins or releases it must know what is other than the figures say. */
static bool fill_changes(Request *req, Tx *tx, const RunRow *row, const Run *run, RunPage *page,
                         Err *err)
{
    if ((!page->may_execute && !page->waits) || row->undoes)
        return true;
    return run_changes(tx, row, run, req->arena, &page->changes, err);
}

/* --- Beside the preview --------------------------------------------------------------------------
 */

static void differs(Buf *out, Str label, Str now, Str then)
{
    if (!str_eq(now, then))
        buf_addf(out, "%s%.*s %.*s statt %.*s", out->len ? ", " : "", STR_ARG(label), STR_ARG(now),
                 STR_ARG(then));
}

static Str count_text(Arena *arena, int64_t count)
{
    return str_printf(arena, "%lld", (long long)count);
}

/* A run that was carried out computed anew: what came out other than somebody had agreed to. */
static void fill_differs(const RunRow *row, const Run *run, RunPage *page, Arena *arena)
{
    RunTotals then = run_totals_from(node_get(row->preview, "totals"));
    const RunTotals *now = &row->totals;
    Buf out = buf_in(arena);

    if (!row->preview || page->preview || str_eq(row->status, RUN_ASSESSING))
        return;
    differs(&out, run->items_are, count_text(arena, now->items), count_text(arena, then.items));
    differs(&out, STR("Festgesetzt"), amount(arena, now->cents), amount(arena, then.cents));
    differs(&out, STR("Briefe"), count_text(arena, now->letters), count_text(arena, then.letters));
    differs(&out, STR("Mit Lastschrift"), amount(arena, now->debit_cents),
            amount(arena, then.debit_cents));
    differs(&out, STR("Ausgelassen"), count_text(arena, now->left_out),
            count_text(arena, then.left_out));
    if (out.len)
        page->differs =
            str_printf(arena, "Anders als in der Vorschau: %.*s.", STR_ARG(buf_str(&out)));
}

/* --- The whole -----------------------------------------------------------------------------------
 */

static bool fill_job(Request *req, Tx *tx, const RunRow *row, RunPage *page, Err *err)
{
    JobView *job = arena_new(req->arena, JobView);
    int64_t mine = 0;

    if (!row->job_id)
        return true;
    /* The job is its orderer's to see; the run shows how far it is to all who may run it. */
    if (!job_view_of(tx, req, row->job_id, job, err) ||
        !tx_query_int(tx, err, &mine, "SELECT COUNT(*) FROM job WHERE id = $1 AND actor = $2",
                      P_INT(row->job_id), P_TEXT(request_actor(req))))
        return false;
    page->job = job_view_ended(job) ? NULL : job;
    page->my_job = mine > 0;
    page->error = job_view_ended(job) && str_is(job->status, "failed") ? job->error : STR_NONE;
    return true;
}

static void choose_figures(RunPage *page, const RunRow *row, const Run *run, Arena *arena)
{
    RunTotals then = run_totals_from(node_get(row->preview, "totals"));

    if (page->preview)
        fill_figures(page, row, run, &then, arena);
    else if (row->undoes && (row->active || str_eq(row->status, RUN_DONE)))
        fill_undo_figures(page, &row->totals, arena);
    else if (row->position > 0)
        fill_figures(page, row, run, &row->totals, arena);
}

static bool fill_money(Request *req, Tx *tx, const RunRow *row, RunPage *page, Err *err)
{
    page->may_read_money = request_may(req, "money.read");
    if (str_eq(row->status, RUN_DONE) &&
        !run_collections(tx, row, req->arena, &page->collections, &page->collection_count, err))
        return false;
    if (row->totals.debits && page->collection_count == 0)
        page->cannot_collect = run_cannot_collect(req->tenant, req->arena);
    return true;
}

bool desk_run_fill(Request *req, Tx *tx, const RunRow *row, const Run *run, RunPage *page, Err *err)
{
    page->id = row->id;
    page->label =
        str_printf(req->arena, "%.*s %d", STR_ARG(text_in(run->label, STR("de"))), row->year);
    page->run = str_printf(req->arena, "%.*s/%.*s", STR_ARG(row->service), STR_ARG(row->name));
    page->year = row->year;
    page->status = desk_run_status(row, &page->tone);
    page->preview = row->preview && !row->active && !str_eq(row->status, RUN_DONE);
    if (!fill_job(req, tx, row, page, err) || !fill_relations(req, tx, row, page, err) ||
        !fill_lists(req, tx, row, page, err) || !fill_files(req, tx, row, page, err) ||
        !fill_problems(tx, row, page, req->arena, err) || !fill_money(req, tx, row, page, err))
        return false;
    choose_figures(page, row, run, req->arena);
    fill_differs(row, run, page, req->arena);
    if (str_eq(row->status, RUN_DONE) && row->totals.letters > row->totals.by_post)
        page->letters_text = str_printf(
            req->arena,
            "%lld Briefe liegen in den Postfächern; die Druckdateien enthalten die übrigen.",
            (long long)(row->totals.letters - row->totals.by_post));
    fill_actions(req, row, page);
    return fill_changes(req, tx, row, run, page, err);
}
