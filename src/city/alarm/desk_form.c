/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/desk_alarm_form.html.h"

#include "city/alarm/condition.h"
#include "city/alarm/words.h"
#include "core/work/form_once.h"

static const char *const KINDS[ALARM_KINDS] = {"grenzwert", "aenderung", "stille", "gebiet",
                                               "feel"};

/* --- Which dataset, which kind -------------------------------------------------------------------
 */

static bool fill_choice(Request *req, AlarmChoice *choice, Err *err)
{
    static const char *const HINTS[ALARM_KINDS] = {
        "Ein Wert ist zu hoch oder zu niedrig.", "Ein Wert steigt oder fällt zu schnell.",
        "Von einem Sensor kommt nichts mehr.", "Etwas verlässt ein Gebiet oder kommt hinein.",
        "Für alles andere, in der Regelsprache FEEL."};
    Hub *hub = hub_of(req->tenant, err);

    if (!hub)
        return false;
    hub_hold(hub);
    CityRights rights = city_rights(req, hub_datasets(hub));
    choice->datasets = arena_array(req->arena, OptionView, rights.all->count);
    for (size_t i = 0; i < rights.all->count; i++) {
        const CityDataset *dataset = &rights.all->items[i];
        if (city_may_see(&rights, dataset->id))
            choice->datasets[choice->count++] =
                (OptionView){.value = str_copy(req->arena, dataset->name),
                             .label = str_copy(req->arena, dataset->title),
                             .selected = str_eq(dataset->name, request_query(req, "datensatz"))};
    }
    hub_release(hub);
    Str kind = request_query(req, "art");
    for (int i = 0; i < ALARM_KINDS; i++)
        choice->kinds[i] = (OptionView){.value = str_c(KINDS[i]),
                                        .label = alarm_kind_word((AlarmKind)i),
                                        .hint = str_c(HINTS[i]),
                                        .selected = kind.len ? str_is(kind, KINDS[i]) : i == 0};
    return true;
}

static bool show_choice(Request *req, Response *res, Err *err)
{
    AlarmChoice choice = {0};
    Out out = out_for(req);

    if (!fill_choice(req, &choice, err))
        return false;
    if (request_query(req, "datensatz").ptr)
        choice.errors[choice.error_count++] = (FieldError){
            .id = STR("datensatz"), .message = STR("Bitte wählen Sie einen Datensatz.")};
    page_desk_alarm_choice(&out, &choice);
    return city_desk_send(req, res, ALARM_PATH, STR("Alarm anlegen"), &out);
}

/* --- The form ------------------------------------------------------------------------------------
 */

/* The dataset, by name or else by id, and what may be watched in it. False without an error: the
 * caller may see none such. */
static bool prepare(Request *req, AlarmForm *form, int64_t id, CityDataset *dataset, Err *err)
{
    Hub *hub = hub_of(req->tenant, err);

    if (!hub)
        return false;
    const CityGraph *graph = hub_hold(hub);
    CityRights rights = city_rights(req, hub_datasets(hub));
    const CityDataset *found =
        id ? city_dataset(rights.all, id) : city_dataset_named(rights.all, form->dataset_name);
    bool seen = found && city_may_see(&rights, found->id);
    if (seen) {
        *dataset = *found;
        form->dataset_name = str_copy(req->arena, found->name);
        form->dataset_title = str_copy(req->arena, found->title);
        alarm_form_targets(form, graph, found->id, req->arena);
    }
    hub_release(hub);
    return seen;
}

static bool show_form(Request *req, Response *res, const AlarmForm *form)
{
    Out out = out_for(req);

    page_desk_alarm_form(&out, form, str_c(KINDS[form->kind]));
    return city_desk_send(req, res, ALARM_PATH,
                          form->id ? STR("Alarm ändern") : STR("Alarm anlegen"), &out);
}

static bool show_again(Request *req, Response *res, const AlarmForm *form)
{
    res->status = 422;
    return show_form(req, res, form);
}

bool alarm_desk_new(Request *req, Response *res, Err *err)
{
    int kind = str_among(request_query(req, "art"), KINDS, ALARM_KINDS);
    Alarm blank = {.severity = ALARM_WARNING,
                   .given = {STR("value"), false, STR(""), STR("")},
                   .name = STR(""),
                   .condition = STR(""),
                   .ends = STR(""),
                   .area = STR(""),
                   .mails = STR(""),
                   .public_text = STR("")};
    AlarmForm form = alarm_form_of(&blank, req->arena);
    CityDataset dataset;

    form.dataset_name = request_query(req, "datensatz");
    if (kind < ALARM_KINDS && prepare(req, &form, 0, &dataset, err)) {
        form.kind = (AlarmKind)kind;
        return show_form(req, res, &form);
    }
    return err->kind == ERR_NONE && show_choice(req, res, err);
}

typedef struct Save {
    Request *req;
    Alarm alarm;
} Save;

static bool write_alarm(Tx *tx, void *context, Err *err)
{
    Save *save = context;
    Alarm now;
    bool first;

    if (!form_once(tx, save->req, &first, err))
        return false;
    if (!first)
        return true;
    /* Somebody may have paused it, or let it go on, since the form was shown. */
    if (save->alarm.id && !alarm_by_id(tx, save->alarm.id, save->req->arena, &now, err))
        return false;
    if (save->alarm.id)
        save->alarm.paused = now.paused;
    return alarm_write(tx, &save->alarm, request_actor(save->req), err);
}

static bool save(Request *req, Response *res, Save *saving, const char *what, Err *err)
{
    if (!db_write(req->tenant->db, write_alarm, saving, err))
        return false;
    if (!saving->alarm.id) /* it was sent twice: the other one made it */
        return respond_redirect(req, res, STR(ALARM_PATH));
    return respond_redirect(
        req, res,
        str_printf(req->arena, ALARM_PATH "/%lld?getan=%s", (long long)saving->alarm.id, what));
}

bool alarm_desk_add(Request *req, Response *res, Err *err)
{
    AlarmForm form = {.dataset_name = request_form(req, "datensatz")};
    int kind = str_among(request_form(req, "art"), KINDS, ALARM_KINDS);
    Save saving = {.req = req};
    CityDataset dataset;

    if (kind == ALARM_KINDS)
        return err_set(err, ERR_INPUT, "Diese Art von Alarm gibt es nicht.");
    form.kind = (AlarmKind)kind;
    alarm_form_read(req, &form);
    if (!prepare(req, &form, 0, &dataset, err))
        return err->kind == ERR_NONE &&
               err_set(err, ERR_NOT_FOUND, "Diesen Datensatz gibt es nicht.");
    if (!alarm_form_take(&form, &dataset, &saving.alarm, req->arena))
        return show_again(req, res, &form);
    return save(req, res, &saving, "angelegt", err);
}

/* A kind of the form may be written on as FEEL: ?art=feel. */
bool alarm_desk_edit(Request *req, Response *res, Err *err)
{
    Alarm alarm;
    CityDataset dataset;

    if (!alarm_asked(req, &alarm, err))
        return false;
    AlarmForm form = alarm_form_of(&alarm, req->arena);
    if (str_is(request_query(req, "art"), KINDS[ALARM_FEEL]))
        form.kind = ALARM_FEEL;
    return prepare(req, &form, alarm.dataset, &dataset, err) && show_form(req, res, &form);
}

/* It stays what it was otherwise: paused or not. */
bool alarm_desk_change(Request *req, Response *res, Err *err)
{
    Save saving = {.req = req};
    int kind = str_among(request_form(req, "art"), KINDS, ALARM_KINDS);
    CityDataset dataset;

    if (!alarm_asked(req, &saving.alarm, err))
        return false;
    AlarmForm form = {.id = saving.alarm.id,
                      .kind = kind < ALARM_KINDS ? (AlarmKind)kind : saving.alarm.kind};
    alarm_form_read(req, &form);
    if (!prepare(req, &form, saving.alarm.dataset, &dataset, err))
        return false;
    if (!alarm_form_take(&form, &dataset, &saving.alarm, req->arena))
        return show_again(req, res, &form);
    return save(req, res, &saving, "geaendert", err);
}
