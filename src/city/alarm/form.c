/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/form.h"

#include "base/utf8.h"
#include "city/alarm/condition.h"
#include "city/alarm/words.h"
#include "city/page/page.h"
#include "core/http/request.h"
#include "post/mail.h"

enum {
    NAME_LENGTH = 100,
    TEXT_LENGTH = 500,
    FEEL_LENGTH = 2000,
    AREA_LENGTH = 100000,
    MAILS_MAX = 10,
    HOLD_MAX = 10080,
    MINUTES_MAX = 100000,
};

void alarm_form_fail(AlarmForm *form, const char *field, Str message)
{
    if (form->error_count < ALARM_ERRORS_MAX)
        form->errors[form->error_count++] = (FieldError){.id = str_c(field), .message = message};
}

/* --- From an alarm, from a request ---------------------------------------------------------------
 */

static Str with_comma(Str number, Arena *arena)
{
    return str_replace(arena, number, STR("."), STR(","));
}

AlarmForm alarm_form_of(const Alarm *alarm, Arena *arena)
{
    return (AlarmForm){
        .id = alarm->id,
        .kind = alarm->kind,
        .name = alarm->name,
        .target = alarm->stream     ? str_printf(arena, "s:%lld", (long long)alarm->stream)
                  : alarm->property ? str_printf(arena, "p:%lld", (long long)alarm->property)
                                    : STR("alle"),
        .measure = alarm->given.measure,
        .direction = alarm->given.down ? STR("ab") : STR("auf"),
        .limit = with_comma(alarm->given.limit, arena),
        .end = with_comma(alarm->given.end, arena),
        .area = alarm->area,
        .condition = alarm->condition,
        .ends = alarm->ends,
        .hold = str_printf(arena, "%lld", (long long)alarm->hold_minutes),
        .severity = str_c(ALARM_SEVERITY_NAMES[alarm->severity]),
        .mails = alarm->mails,
        .public_text = alarm->public_text,
        .shown = alarm->shown};
}

void alarm_form_read(Request *req, AlarmForm *form)
{
    form->name = request_typed(req, "name");
    form->target = request_typed(req, "reihe");
    form->measure = request_typed(req, "groesse");
    form->direction = request_typed(req, "richtung");
    form->limit = request_typed(req, "grenze");
    form->end = request_typed(req, "ende_grenze");
    form->area = request_typed(req, "gebiet");
    form->condition = request_typed(req, "bedingung");
    form->ends = request_typed(req, "ende");
    form->hold = request_typed(req, "dauer");
    form->severity = request_typed(req, "stufe");
    form->mails = request_typed(req, "mails");
    form->public_text = request_typed(req, "oeffentlicher_text");
    form->shown = request_form(req, "oeffentlich").len > 0;
}

/* --- Checking ------------------------------------------------------------------------------------
 */

bool alarm_number(Str text, Arena *arena, Str *out)
{
    size_t digits = 0, commas = 0;

    for (size_t i = text.len && text.ptr[0] == '-'; i < text.len; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        bool comma = text.ptr[i] == ',' && digits && !commas && i + 1 < text.len;
        if (!digit && !comma)
            return false;
        digits += digit;
        commas += comma;
    }
    *out = str_replace(arena, text, STR(","), STR("."));
    return digits > 0 && digits <= 15;
}

static double real(Str number)
{
    return sta_as_double(sta_number_of_text(number));
}

static bool take_number(AlarmForm *form, const char *field, Str text, Arena *arena, Str *out)
{
    if (alarm_number(text, arena, out))
        return true;
    alarm_form_fail(form, field,
                    STR("Bitte geben Sie eine Zahl an, mit Komma und ohne Punkte, zum Beispiel "
                        "1250,5."));
    return false;
}

static void take_threshold(AlarmForm *form, AlarmGiven *g, Arena *arena)
{
    g->measure = str_is(form->measure, "mean_10min") ? STR("mean_10min")
                 : str_is(form->measure, "mean_1h")  ? STR("mean_1h")
                                                     : STR("value");
    if (!take_number(form, "grenze", form->limit, arena, &g->limit) || !form->end.len ||
        !take_number(form, "ende_grenze", form->end, arena, &g->end))
        return;
    if (g->down ? real(g->end) < real(g->limit) : real(g->end) > real(g->limit))
        alarm_form_fail(form, "ende_grenze",
                        g->down ? STR("Das Ende darf nicht unter dem Grenzwert liegen.")
                                : STR("Das Ende darf nicht über dem Grenzwert liegen."));
}

static void take_rate(AlarmForm *form, AlarmGiven *g, Arena *arena)
{
    if (take_number(form, "grenze", form->limit, arena, &g->limit) && real(g->limit) <= 0)
        alarm_form_fail(form, "grenze", STR("Bitte geben Sie eine Zahl über 0 an."));
}

static void take_silence(AlarmForm *form, AlarmGiven *g)
{
    int64_t minutes;

    g->limit = form->limit;
    if (!str_to_i64(form->limit, &minutes) || minutes < 1 || minutes > MINUTES_MAX)
        alarm_form_fail(form, "grenze", STR("Bitte geben Sie ganze Minuten von 1 bis 100000 an."));
}

/* What an Err says of a field goes beside it. */
static void take_error(AlarmForm *form, const Err *err, Arena *arena)
{
    alarm_form_fail(form, arena_strdup(arena, err->field[0] ? err->field : "bedingung"),
                    str_copy(arena, str_c(err->message)));
}

static void take_area(AlarmForm *form, Alarm *alarm, Arena *arena)
{
    Err err = {0};

    alarm->area = form->area;
    if (!form->area.len && alarm->kind != ALARM_FENCE)
        return;
    if (form->area.len > AREA_LENGTH)
        alarm_form_fail(form, "gebiet", STR("Die Fläche hat zu viele Ecken."));
    else if (!alarm_area_check(form->area, &err))
        take_error(form, &err, arena);
}

static void take_feel(AlarmForm *form, Alarm *alarm, Arena *arena)
{
    AlarmRule rule;
    Err err = {0};

    if (alarm->kind == ALARM_FEEL) {
        alarm->condition = form->condition;
        alarm->ends = form->ends;
        if (!form->condition.len) {
            alarm_form_fail(form, "bedingung", STR("Bitte geben Sie eine Bedingung an."));
            return;
        }
    } else {
        alarm_write_feel(alarm, arena);
    }
    if (form->error_count)
        return;
    if (alarm->condition.len > FEEL_LENGTH || alarm->ends.len > FEEL_LENGTH)
        alarm_form_fail(form, alarm->ends.len > FEEL_LENGTH ? "ende" : "bedingung",
                        STR("Bitte fassen Sie sich kürzer: höchstens 2000 Zeichen."));
    else if (!alarm_rule(alarm, arena, &rule, &err))
        take_error(form, &err, arena);
}

static void take_condition(AlarmForm *form, Alarm *alarm, Arena *arena)
{
    AlarmGiven *g = &alarm->given;

    *g = (AlarmGiven){.measure = STR("value"),
                      .down = str_is(form->direction, "ab"),
                      .limit = STR(""),
                      .end = STR("")};
    if (alarm->kind == ALARM_THRESHOLD)
        take_threshold(form, g, arena);
    else if (alarm->kind == ALARM_RATE)
        take_rate(form, g, arena);
    else if (alarm->kind == ALARM_SILENCE)
        take_silence(form, g);
    take_area(form, alarm, arena);
    take_feel(form, alarm, arena);
}

/* Only what the dataset has may be chosen. */
static void take_target(AlarmForm *form, Alarm *alarm)
{
    bool offered = false;
    int64_t id = 0;

    for (size_t i = 0; i < form->target_count; i++)
        offered |= str_eq(form->targets[i].value, form->target);
    alarm->stream = alarm->property = 0;
    if (!offered)
        alarm_form_fail(form, "reihe", STR("Bitte wählen Sie, was der Alarm überwacht."));
    else if (str_to_i64(str_slice(form->target, 2, form->target.len), &id))
        *(str_starts_with(form->target, "s:") ? &alarm->stream : &alarm->property) = id;
}

static void take_mails(AlarmForm *form, Alarm *alarm, Arena *arena)
{
    Buf out = buf_in(arena);
    int count = 0;

    for (Str rest = str_replace(arena, form->mails, STR(","), STR("\n")); rest.ptr;) {
        Str mail = str_trim(str_cut(&rest, '\n'));
        if (!mail.len)
            continue;
        if (!mail_address_valid(mail)) {
            alarm_form_fail(form, "mails",
                            str_printf(arena, "„%.*s“ ist keine vollständige E-Mail-Adresse.",
                                       STR_ARG(str_slice(mail, 0, 100))));
            return;
        }
        buf_addf(&out, "%s%.*s", count++ ? "\n" : "", STR_ARG(mail));
    }
    alarm->mails = count ? buf_str(&out) : STR("");
    if (count > MAILS_MAX)
        alarm_form_fail(form, "mails", STR("Bitte geben Sie höchstens 10 Adressen an."));
}

static void take_public(AlarmForm *form, const CityDataset *dataset, Alarm *alarm)
{
    alarm->shown = form->shown;
    alarm->public_text = form->public_text;
    if (utf8_length(form->public_text) > TEXT_LENGTH)
        alarm_form_fail(form, "oeffentlicher_text",
                        STR("Bitte fassen Sie sich kürzer: höchstens 500 Zeichen."));
    else if (form->shown && dataset->access != CITY_PUBLIC)
        alarm_form_fail(form, "oeffentlich",
                        STR("Der Datensatz ist intern, und so auch alles, was davon zeugt. Machen "
                            "Sie zuerst den Datensatz öffentlich."));
    else if (form->shown && !form->public_text.len)
        alarm_form_fail(form, "oeffentlicher_text",
                        STR("Bitte schreiben Sie, was Bürgerinnen und Bürger lesen sollen."));
}

static void take_rest(AlarmForm *form, Alarm *alarm)
{
    int severity = str_among(form->severity, ALARM_SEVERITY_NAMES, ALARM_SEVERITIES);

    alarm->name = form->name;
    if (!form->name.len || utf8_length(form->name) > NAME_LENGTH)
        alarm_form_fail(form, "name",
                        STR("Bitte geben Sie einen Namen mit höchstens 100 Zeichen an."));
    alarm->hold_minutes = 0;
    if (form->hold.len && (!str_to_i64(form->hold, &alarm->hold_minutes) ||
                           alarm->hold_minutes < 0 || alarm->hold_minutes > HOLD_MAX))
        alarm_form_fail(form, "dauer", STR("Bitte geben Sie ganze Minuten von 0 bis 10080 an."));
    if (severity == ALARM_SEVERITIES)
        alarm_form_fail(form, "stufe", STR("Bitte wählen Sie, wie ernst es ist."));
    else
        alarm->severity = (AlarmSeverity)severity;
}

bool alarm_form_take(AlarmForm *form, const CityDataset *dataset, Alarm *alarm, Arena *arena)
{
    alarm->dataset = dataset->id;
    alarm->kind = form->kind;
    alarm->condition = alarm->ends = STR("");
    take_target(form, alarm);
    take_condition(form, alarm, arena);
    take_mails(form, alarm, arena);
    take_public(form, dataset, alarm);
    take_rest(form, alarm);
    return !form->error_count;
}

/* --- What may be watched -------------------------------------------------------------------------
 */

static void add_target(AlarmForm *form, size_t most, Str value, Str label)
{
    if (form->target_count < most)
        form->targets[form->target_count++] =
            (OptionView){.value = value, .label = label, .selected = str_eq(value, form->target)};
}

static bool measures(const CityEntity *property, int64_t dataset)
{
    const CityLinks *streams =
        city_links(property, sta_relation(STA_OBSERVED_PROPERTY, STR("Datastreams")));

    for (size_t i = 0; i < streams->count; i++)
        if (streams->items[i]->dataset == dataset)
            return true;
    return false;
}

void alarm_form_targets(AlarmForm *form, const CityGraph *graph, int64_t dataset, Arena *arena)
{
    const CitySet *properties = &graph->sets[STA_OBSERVED_PROPERTY];
    const CitySet *streams = &graph->sets[STA_DATASTREAM];
    size_t most = 1 + properties->count + ALARM_STREAMS_MAX;

    form->targets = arena_array(arena, OptionView, most);
    add_target(form, most, STR("alle"), STR("Alle Messreihen des Datensatzes"));
    for (size_t i = 0; i < properties->count; i++)
        if (measures(properties->items[i], dataset))
            add_target(form, most, str_printf(arena, "p:%lld", (long long)properties->items[i]->id),
                       str_printf(arena, "Alle Messreihen „%.*s“",
                                  STR_ARG(city_name(properties->items[i]))));
    for (size_t i = 0; i < streams->count; i++)
        if (streams->items[i]->dataset == dataset)
            add_target(form, most, str_printf(arena, "s:%lld", (long long)streams->items[i]->id),
                       str_copy(arena, city_name(streams->items[i])));
}
