/* SPDX-License-Identifier: EUPL-1.2 */
/* Ordering a simulation: the form, its checks, and the job. */
#include "core/page/problem.h"
#include "core/work/form_once.h"
#include "twin/plan/desk.h"
#include "twin/plan/desk_sims.html.h"
#include "twin/plan/measure.h"

#include "twin/plan/measured.h"

#include <stdlib.h>

enum {
    MINUTES_MAX = 24 * 60,
    RATE_MAX = 500, /* mm/h; 400 mm within an hour is what the earth has seen */
    CSV_MAX_BYTES = 256 * 1024,
    MEASURES_MAX_BYTES = 512 * 1024,
    TITLE_MAX_BYTES = 240,
    STORM_STEP_MINUTES = 5, /* of Euler's storm */
};

static void wrong(NewPage *page, const char *field, Str message)
{
    if (page->error_count < NEW_ERRORS_MAX)
        page->errors[page->error_count++] = (FieldError){str_c(field), message};
}

/* --- Choices ---------------------------------------------------------------------------------- */

static void offer_storms(Request *req, const Kostra *table, NewPage *page)
{
    for (int i = 1; i <= SRI_MAX; i++) {
        Str value = str_printf(req->arena, "%d", i);
        page->sri_options[i - 1] =
            (OptionView){.value = value,
                         .label = str_printf(req->arena, "%d – %s", i, sri_word(i)),
                         .selected = str_eq(value, page->sri)};
    }
    for (size_t i = 0; i < table->period_count; i++) {
        Str value = str_printf(req->arena, "%g", table->years[i]);
        page->year_options[page->year_count++] =
            (OptionView){.value = value,
                         .label = str_printf(req->arena, "einmal in %g Jahren", table->years[i]),
                         .selected = str_eq(value, page->years)};
    }
}

/* What fell in the model's city and was measured. */
static bool offer_measured(Request *req, NewPage *page, Err *err)
{
    Measured *all;
    size_t count;
    Tx *tx = db_read(req->tenant->db, err);
    bool good = tx && measured_list(tx, req->arena, page->model, &all, &count, err);

    if (tx)
        tx_end(tx);
    for (size_t i = 0; good && i < count; i++) {
        if (all[i].kind != MEASURED_RAIN ||
            page->storm_count == sizeof page->storms / sizeof *page->storms)
            continue;
        Str value = str_printf(req->arena, "%lld", (long long)all[i].id);
        page->storms[page->storm_count++] =
            (OptionView){.value = value,
                         .label = str_printf(req->arena, "%.*s, %.*s", STR_ARG(all[i].event),
                                             STR_ARG(all[i].station)),
                         .selected = str_eq(value, page->storm)};
    }
    return good;
}

/* The models to choose from, and the chosen one's storms. */
static bool offer(Request *req, NewPage *page, Model *model, Kostra *table, Err *err)
{
    Model *models;
    size_t count;
    size_t chosen = 0;

    if (!model_list(req->tenant, req->arena, &models, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Es gibt noch kein Stadtmodell.");
    for (size_t i = 0; i < count && page->model_count < sizeof page->models / sizeof *page->models;
         i++) {
        bool selected = str_eq(models[i].name, page->model);
        if (selected)
            chosen = i;
        else if (page->before) /* what is compared lies in one and the same model */
            continue;
        page->models[page->model_count++] =
            (OptionView){.value = models[i].name, .label = models[i].title, .selected = selected};
    }
    if (page->model.len && !str_eq(models[chosen].name, page->model))
        wrong(page, "modell",
              STR("Dieses Stadtmodell gibt es nicht mehr. Bitte wählen Sie eines."));
    *model = models[chosen];
    page->model = model->name;
    page->model_title = model->title;
    if (!offer_measured(req, page, err))
        return false;
    if (!model_kostra(model, req->arena, table, err)) {
        if (err->kind != ERR_NOT_FOUND)
            return false;
        *table = (Kostra){0};
    }
    offer_storms(req, table, page);
    return true;
}

static bool show(Request *req, Response *res, NewPage *page)
{
    Out out = out_for(req);

    page_desk_sim_new(&out, page, STR("/desk/zwilling/neu"));
    res->status = page->error_count ? 422 : 0;
    PageFrame frame = {
        .area = AREA_DESK, .title = STR("Neue Simulation"), .active = STR("/desk/zwilling")};
    return page_send(req, res, &frame, out_html(&out));
}

/* What the form's radios send, by RainKind. */
static const char *const KINDS[] = {[RAIN_SRI] = "sri",
                                    [RAIN_YEARS] = "jahre",
                                    [RAIN_CONSTANT] = "gleich",
                                    [RAIN_CSV] = "reihe",
                                    [RAIN_MEASURED] = "messung"};

static void prefer(Str *value, Str otherwise)
{
    if (!value->ptr)
        *value = otherwise;
}

static bool show_first(Request *req, Response *res, NewPage page, Err *err)
{
    Model model;
    Kostra table;

    prefer(&page.kind, STR("sri"));
    prefer(&page.sri, STR("7"));
    prefer(&page.years, STR("30"));
    prefer(&page.minutes, STR("60"));
    prefer(&page.after, STR("30"));
    return offer(req, &page, &model, &table, err) && show(req, res, &page);
}

/* GET /desk/zwilling/neu */
bool desk_sim_new(Request *req, Response *res, Err *err)
{
    return show_first(req, res, (NewPage){0}, err);
}

/* The same rain again, unless the planner chooses another. */
bool desk_sim_new_with(Request *req, Response *res, const Sim *before, Str measures, Err *err)
{
    NewPage page = {
        .title = str_printf(req->arena, "%.*s, verändert", STR_ARG(before->title)),
        .model = before->model,
        .before = before->id,
        .before_title = before->title,
        .measures = measures,
        .fast = before->fast,
    };
    RainChoice rain;
    Node *node = node_parse_json(req->arena, before->rain, NULL, &NODE_LIMITS_REQUEST, err);

    if (!node)
        return false;
    if (rain_from_node(node, &rain)) {
        page.minutes = str_printf(req->arena, "%d", rain.minutes);
        page.after = str_printf(req->arena, "%d", before->minutes - rain.minutes);
        page.kind = str_c(KINDS[rain.kind]);
        if (rain.kind == RAIN_SRI)
            page.sri = str_printf(req->arena, "%d", rain.sri);
        if (rain.kind == RAIN_YEARS)
            page.years = str_printf(req->arena, "%g", rain.years);
        if (rain.kind == RAIN_CONSTANT)
            page.rate = str_replace(req->arena, str_printf(req->arena, "%g", rain.mm_per_hour),
                                    STR("."), STR(","));
    }
    return show_first(req, res, page, err);
}

/* --- Reading ------------------------------------------------------------------------------------
 */

static NewPage sent(Request *req)
{
    NewPage page = {.title = str_trim(request_form(req, "name")),
                    .model = request_form(req, "modell"),
                    .kind = request_form(req, "regen"),
                    .sri = request_form(req, "sri"),
                    .years = request_form(req, "jahre"),
                    .rate = str_trim(request_form(req, "menge")),
                    .storm = request_form(req, "messung"),
                    .minutes = str_trim(request_form(req, "dauer")),
                    .after = str_trim(request_form(req, "nachlauf")),
                    .fast = request_form(req, "schnell").ptr != NULL,
                    .measures = request_form(req, "massnahmen")};

    if (!str_to_i64(request_form(req, "vorher"), &page.before))
        page.before = 0;
    if (!page.minutes.ptr)
        page.minutes = STR("60");
    return page;
}

/* "38,9" */
static bool decimal(Arena *arena, Str text, double *out)
{
    char *copy = str_cstr(arena, str_replace(arena, text, STR(","), STR(".")));
    char *end;

    *out = strtod(copy, &end);
    return *copy && *end == '\0' && strspn(copy, "0123456789.") == strlen(copy);
}

static int minutes_of(NewPage *page, const char *field, Str text, int64_t least)
{
    int64_t value;

    if (!str_to_i64(text, &value) || value < least || value > MINUTES_MAX) {
        wrong(page, field,
              least ? STR("Bitte geben Sie volle Minuten an, von 5 bis 1440 (ein Tag).")
                    : STR("Bitte geben Sie volle Minuten an, von 0 bis 1440 (ein Tag)."));
        return 0;
    }
    return (int)value;
}

static Str uploaded(const Request *req, const char *field)
{
    for (size_t i = 0; i < req->upload_count; i++)
        if (str_is(req->uploads[i].field, field) && req->uploads[i].bytes.len)
            return req->uploads[i].bytes;
    return STR_NONE;
}

static void read_csv(Request *req, NewPage *page, RainChoice *rain)
{
    double seconds;
    Err err = {0};

    rain->csv = uploaded(req, "datei");
    if (!rain->csv.ptr)
        wrong(page, "datei", STR("Bitte wählen Sie die Datei mit der Regenreihe."));
    else if (rain->csv.len > CSV_MAX_BYTES)
        wrong(page, "datei", STR("Die Datei ist zu groß. Erlaubt sind 250 kB."));
    else if (!rain_check_csv(rain->csv, req->arena, &seconds, &err))
        wrong(page, "datei", problem_words(&err, req->arena));
    else if (seconds > MINUTES_MAX * 60)
        wrong(page, "datei", STR("Die Regenreihe ist länger als ein Tag. Bitte kürzen Sie sie."));
    else
        rain->minutes = (int)((seconds + 59) / 60);
}

/* A measured storm of this model. */
static void read_measured(Request *req, NewPage *page, RainChoice *rain)
{
    Measured measured = {0};
    int64_t id = 0;
    Err err = {0};
    bool offered = false;

    for (size_t i = 0; i < page->storm_count; i++)
        offered |= str_eq(page->storms[i].value, page->storm);
    Tx *tx = offered && str_to_i64(page->storm, &id) ? db_read(req->tenant->db, &err) : NULL;
    bool good = tx && measured_series(tx, req->arena, id, &measured, &err);
    if (tx)
        tx_end(tx);
    if (!good) {
        wrong(page, "messung", STR("Bitte wählen Sie eine Messung."));
        return;
    }
    rain->csv = measured_storm(req->arena, &measured);
    rain->event = measured.event;
    double seconds;
    if (!rain_check_csv(rain->csv, req->arena, &seconds, &err) || seconds > MINUTES_MAX * 60)
        wrong(page, "messung",
              STR("Diese Messung ist länger als ein Tag. Bitte laden Sie nur das Ereignis hoch."));
    else
        rain->minutes = (int)((seconds + 59) / 60);
}

/* The model has such a storm. */
static void check_storm(Request *req, NewPage *page, const Kostra *table, const RainChoice *rain)
{
    double mm;
    Err err = {0};

    if (rain->minutes % STORM_STEP_MINUTES)
        wrong(
            page, "dauer",
            STR("Bemessungsregen gibt es in Schritten von 5 Minuten. Bitte geben Sie zum Beispiel "
                "60 oder 65 an."));
    else if (table->duration_count == 0)
        wrong(page, "regen",
              STR("Zu diesem Stadtmodell gibt es keine Bemessungsregen. Bitte wählen Sie einen "
                  "anderen Regen."));
    else if (rain->minutes && !rain_height(rain, table, rain->minutes, req->arena, &mm, &err))
        wrong(page, "dauer",
              str_printf(req->arena,
                         "Die Bemessungsregen dieses Stadtmodells reichen von %g bis %g Minuten.",
                         table->minutes[0], table->minutes[table->duration_count - 1]));
}

static void read_rain(Request *req, NewPage *page, const Kostra *table, RainChoice *rain)
{
    int64_t sri;

    *rain = (RainChoice){0};
    if (str_is(page->kind, "reihe")) {
        rain->kind = RAIN_CSV;
        read_csv(req, page, rain);
        return;
    }
    if (str_is(page->kind, "messung")) {
        rain->kind = RAIN_MEASURED;
        read_measured(req, page, rain);
        return;
    }
    rain->minutes = minutes_of(page, "dauer", page->minutes, 5);
    if (str_is(page->kind, "sri")) {
        rain->kind = RAIN_SRI;
        if (!str_to_i64(page->sri, &sri) || sri < 1 || sri > SRI_MAX)
            wrong(page, "sri", STR("Bitte wählen Sie einen Index von 1 bis 12."));
        else
            rain->sri = (int)sri;
    } else if (str_is(page->kind, "jahre")) {
        rain->kind = RAIN_YEARS;
        if (!decimal(req->arena, page->years, &rain->years))
            wrong(page, "jahre", STR("Bitte wählen Sie eine Wiederkehrzeit."));
    } else if (str_is(page->kind, "gleich")) {
        rain->kind = RAIN_CONSTANT;
        if (!decimal(req->arena, page->rate, &rain->mm_per_hour) || rain->mm_per_hour <= 0 ||
            rain->mm_per_hour > RATE_MAX)
            wrong(page, "menge", STR("Bitte geben Sie eine Zahl über 0 und bis 500 an."));
    } else {
        page->kind = STR("sri");
        wrong(page, "regen", STR("Bitte wählen Sie, welcher Regen fallen soll."));
    }
    if (rain->sri || rain->years > 0)
        check_storm(req, page, table, rain);
}

/* What it is to be compared with, and the measures for it, as the pages before this one gave them:
 * they come back through the form. */
static bool check_before(Request *req, NewPage *page, const Model *model, Err *err)
{
    Sim before;
    SimMap map;
    size_t count;
    Err why = {0};
    Tx *tx;

    if (!page->before) {
        page->measures = STR_NONE;
        return true;
    }
    if (!(tx = db_read(req->tenant->db, err)))
        return false;
    bool there = sim_by_id(tx, req->arena, page->before, &before, err);
    tx_end(tx);
    if (!there || !sim_map_load(req, &before, STR(""), &map, err))
        return false;
    if (map.layer_count == 0)
        return err_set(err, ERR_CONFLICT, "Womit verglichen werden soll, ist nicht berechnet.");
    page->before_title = before.title;
    if (!str_eq(before.model, model->name))
        wrong(page, "modell",
              STR("Vergleichen lässt sich nur innerhalb eines Stadtmodells. Bitte wählen Sie das "
                  "der ersten Simulation."));
    if (page->measures.len > MEASURES_MAX_BYTES)
        wrong(page, "regen", STR("Es sind zu viele Maßnahmen auf der Karte."));
    else if (!measures_check(page->measures, map.area, req->arena, &page->measures, &count, &why))
        wrong(page, "regen", problem_words(&why, req->arena));
    return true;
}

/* --- Ordering
 * ------------------------------------------------------------------------------------- */

typedef struct Order {
    const Request *req;
    Sim sim;
    Str actor;
} Order;

static bool write_order(Tx *tx, void *context, Err *err)
{
    Order *order = context;
    bool first;

    return form_once(tx, order->req, &first, err) &&
           (!first || sim_add(tx, &order->sim, order->actor, err));
}

/* POST /desk/zwilling/neu */
bool desk_sim_order(Request *req, Response *res, Err *err)
{
    NewPage page = sent(req);
    RainChoice rain;
    Model model;
    Kostra table;
    double mm = 0;

    if (!offer(req, &page, &model, &table, err))
        return false;
    if (request_form(req, "teil").ptr)
        return show(req, res, &page);
    if (page.title.len == 0 || page.title.len > TITLE_MAX_BYTES)
        wrong(&page, "name", STR("Bitte geben Sie der Simulation einen Namen."));
    read_rain(req, &page, &table, &rain);
    int after = minutes_of(&page, "nachlauf", page.after, 0);
    if (!check_before(req, &page, &model, err))
        return false;
    if (page.error_count)
        return show(req, res, &page);
    if (!rain_height(&rain, &table, rain.minutes + after, req->arena, &mm, err))
        return false;
    Order order = {.req = req,
                   .sim = {.title = page.title,
                           .model = model.name,
                           .rain = node_json(rain_node(req->arena, &rain), req->arena),
                           .rain_text = rain_text(req->arena, &rain, mm),
                           .minutes = rain.minutes + after,
                           .fast = page.fast,
                           .measures = page.measures.len ? page.measures : STR_NONE,
                           .before = page.before,
                           .author = req->session.name},
                   .actor = request_actor(req)};
    if (!db_write(req->tenant->db, write_order, &order, err))
        return false;
    if (!order.sim.id) /* sent twice: it is the newest of the list */
        return respond_redirect(req, res, STR("/desk/zwilling"));
    return respond_redirect(req, res,
                            str_printf(req->arena, "/desk/zwilling/%lld", (long long)order.sim.id));
}
