/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a planner uploads what was measured. */
#include "base/vec.h"
#include "core/page/problem.h"
#include "twin/plan/desk_gauges.html.h"
#include "twin/plan/gauges.h"
#include "twin/scenario.h"

enum { WORD_MAX_BYTES = 240 };

static void wrong(MeasuredPage *page, const char *field, Str message)
{
    if (page->error_count < sizeof page->errors / sizeof *page->errors)
        page->errors[page->error_count++] = (FieldError){str_c(field), message};
}

/* --- What is offered and listed ----------------------------------------------------------------
 */

/* The gauges that the model's scenario lists by name; those in a file are not looked up. */
static const Node *gauges_of(const Model *model, Arena *arena)
{
    Err err = {0};
    const char *path =
        arena_printf(arena, "%.*s/%.*s", STR_ARG(model->folder), STR_ARG(model->scenario));
    const Node *gauges = node_get(scenario_outline(path, arena, &err), "gauges");

    return gauges && gauges->kind == NODE_LIST ? gauges : NULL;
}

static Str names_of(const Node *gauges, Arena *arena)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; gauges && i < gauges->count; i++)
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARG(node_get_text(gauges->items[i], "name")));
    return out.len ? buf_str(&out) : STR_NONE;
}

static Str kind_words(MeasuredKind kind)
{
    return kind == MEASURED_LEVEL   ? STR("Wasserstand")
           : kind == MEASURED_DEPTH ? STR("Wassertiefe")
                                    : STR("Regen");
}

static bool list_all(Request *req, MeasuredPage *page, const Model *models, size_t count, Err *err)
{
    struct {
        MeasuredLine *items;
        size_t count, capacity;
    } lines = {0};
    Tx *tx = db_read(req->tenant->db, err);
    bool good = tx != NULL;

    for (size_t m = 0; good && m < count; m++) {
        Measured *all;
        size_t found;
        good = measured_list(tx, req->arena, models[m].name, &all, &found, err);
        for (size_t i = 0; good && i < found; i++) {
            MeasuredLine line = {.model = models[m].title,
                                 .event = all[i].event,
                                 .station = all[i].station,
                                 .what = kind_words(all[i].kind),
                                 .when = timestamp_long(req->arena, all[i].created, STR("de")),
                                 .path = str_printf(req->arena,
                                                    "/desk/zwilling/messungen/%lld/loeschen",
                                                    (long long)all[i].id)};
            VEC_PUSH(req->arena, &lines, line);
        }
    }
    if (tx)
        tx_end(tx);
    page->lines = lines.items;
    page->count = lines.count;
    return good;
}

/* Fills the choices; `chosen` is the model that was sent, or the first. */
static bool offer(Request *req, MeasuredPage *page, Model *chosen, Err *err)
{
    Model *models;
    size_t count, at = 0;

    if (!model_list(req->tenant, req->arena, &models, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Es gibt noch kein Stadtmodell.");
    bool known = page->model.len == 0;
    for (size_t i = 0; i < count && i < sizeof page->models / sizeof *page->models; i++) {
        bool selected = str_eq(models[i].name, page->model);
        if (selected) {
            at = i;
            known = true;
        }
        page->models[page->model_count++] =
            (OptionView){.value = models[i].name, .label = models[i].title, .selected = selected};
    }
    if (!known)
        wrong(page, "modell", STR("Bitte wählen Sie ein Stadtmodell."));
    *chosen = models[at];
    page->model = chosen->name;
    for (int i = 0; i < FORM_COUNT; i++)
        page->forms[i] = (OptionView){.value = str_c(FORM_NAMES[i]),
                                      .label = str_c(FORM_WORDS[i]),
                                      .selected = str_is(page->form, FORM_NAMES[i])};
    Str names = names_of(gauges_of(chosen, req->arena), req->arena);
    page->names = names.ptr ? str_printf(req->arena, "Pegel des Stadtmodells: %.*s", STR_ARG(names))
                            : STR("So, wie der Pegel im Stadtmodell heißt");
    return list_all(req, page, models, count, err);
}

static bool show(Request *req, Response *res, const MeasuredPage *page)
{
    Out out = out_for(req);

    page_desk_measured(&out, page);
    res->status = page->error_count ? 422 : 0;
    PageFrame frame = {
        .area = AREA_DESK, .title = STR("Messungen"), .active = STR("/desk/zwilling")};
    return page_send(req, res, &frame, out_html(&out));
}

/* GET /desk/zwilling/messungen */
bool desk_measured(Request *req, Response *res, Err *err)
{
    MeasuredPage page = {.model = request_query(req, "modell"),
                         .stored = str_is(request_query(req, "gespeichert"), "ja")};
    Model model;

    return offer(req, &page, &model, err) && show(req, res, &page);
}

/* --- Taking -------------------------------------------------------------------------------------
 */

static int form_of(Str name)
{
    for (int i = 0; i < FORM_COUNT; i++)
        if (str_is(name, FORM_NAMES[i]))
            return i;
    return -1;
}

/* A gauge's name as the model writes it; rain stations are called as they like. */
static void check_station(MeasuredPage *page, const Node *gauges, bool rain, Arena *arena)
{
    if (page->station.len == 0 || page->station.len > WORD_MAX_BYTES) {
        wrong(page, "ort", STR("Bitte geben Sie an, wo gemessen wurde."));
        return;
    }
    for (size_t i = 0; !rain && gauges && i < gauges->count; i++) {
        Str name = node_get_text(gauges->items[i], "name");
        if (str_eq_nocase(name, page->station)) {
            page->station = name;
            return;
        }
    }
    if (!rain && gauges)
        wrong(page, "ort",
              str_printf(arena, "Das Stadtmodell hat keinen Pegel „%.*s“. Es hat: %.*s.",
                         STR_ARG(page->station), STR_ARG(names_of(gauges, arena))));
}

static void read_file(Request *req, MeasuredPage *page, int form, Measured *out)
{
    Str bytes = STR_NONE;
    Err err = {0};

    for (size_t i = 0; i < req->upload_count; i++)
        if (str_is(req->uploads[i].field, "datei") && req->uploads[i].bytes.len)
            bytes = req->uploads[i].bytes;
    if (!bytes.ptr)
        wrong(page, "datei", STR("Bitte wählen Sie die Tabelle mit der Messung."));
    else if (bytes.len > MEASURED_MAX_BYTES)
        wrong(page, "datei", STR("Die Datei ist zu groß. Erlaubt sind 250 kB."));
    else if (form >= 0 && !measured_parse(bytes, (MeasuredForm)form, req->arena, out, &err))
        wrong(page, "datei",
              str_printf(req->arena, "Zeile %d: %.*s", err.line,
                         STR_ARG(problem_words(&err, req->arena))));
}

typedef struct Change {
    Measured measured;
    int64_t id;
    Str actor;
} Change;

static bool write_put(Tx *tx, void *context, Err *err)
{
    Change *change = context;
    return measured_put(tx, &change->measured, change->actor, err);
}

/* POST /desk/zwilling/messungen */
bool desk_measured_take(Request *req, Response *res, Err *err)
{
    MeasuredPage page = {.model = request_form(req, "modell"),
                         .form = request_form(req, "art"),
                         .station = str_trim(request_form(req, "ort")),
                         .event = str_trim(request_form(req, "ereignis"))};
    Change change = {.actor = request_actor(req)};
    Model model;
    int form = form_of(page.form);

    if (!offer(req, &page, &model, err))
        return false;
    if (page.event.len == 0 || page.event.len > WORD_MAX_BYTES)
        wrong(&page, "ereignis", STR("Bitte geben Sie dem Ereignis einen Namen."));
    if (form < 0)
        wrong(&page, "art", STR("Bitte wählen Sie, was gemessen ist."));
    else
        check_station(&page, gauges_of(&model, req->arena),
                      form == FORM_RAIN_RATE || form == FORM_RAIN_STEP, req->arena);
    read_file(req, &page, form, &change.measured);
    if (page.error_count)
        return show(req, res, &page);
    change.measured.model = model.name;
    change.measured.station = page.station;
    change.measured.event = page.event;
    change.measured.author = req->session.name;
    return db_write(req->tenant->db, write_put, &change, err) &&
           respond_redirect(req, res, STR("/desk/zwilling/messungen?gespeichert=ja"));
}

static bool write_delete(Tx *tx, void *context, Err *err)
{
    Change *change = context;
    return measured_delete(tx, change->id, change->actor, err);
}

/* POST /desk/zwilling/messungen/:messung/loeschen */
bool desk_measured_drop(Request *req, Response *res, Err *err)
{
    Change change = {.actor = request_actor(req)};

    if (!str_to_i64(request_param(req, "messung"), &change.id))
        return err_set(err, ERR_NOT_FOUND, "Diese Messung gibt es nicht.");
    return db_write(req->tenant->db, write_delete, &change, err) &&
           respond_redirect(req, res, STR("/desk/zwilling/messungen"));
}
