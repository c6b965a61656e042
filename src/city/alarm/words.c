/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/words.h"

/* --- FEEL ----------------------------------------------------------------------------------------
 */

static void write_threshold(Alarm *alarm, Arena *arena)
{
    const AlarmGiven *g = &alarm->given;

    alarm->condition = str_printf(arena, "%.*s %s %.*s", STR_ARG(g->measure), g->down ? "<" : ">",
                                  STR_ARG(g->limit));
    if (g->end.len)
        alarm->ends = str_printf(arena, "%.*s %s %.*s", STR_ARG(g->measure), g->down ? ">" : "<",
                                 STR_ARG(g->end));
}

void alarm_write_feel(Alarm *alarm, Arena *arena)
{
    const AlarmGiven *g = &alarm->given;

    if (alarm->kind == ALARM_FEEL)
        return;
    alarm->ends = STR("");
    switch (alarm->kind) {
    case ALARM_THRESHOLD: write_threshold(alarm, arena); break;
    case ALARM_RATE:
        alarm->condition =
            str_printf(arena, "rate %s%.*s", g->down ? "< -" : "> ", STR_ARG(g->limit));
        break;
    case ALARM_SILENCE:
        alarm->condition = str_printf(arena, "silent > %.*s", STR_ARG(g->limit));
        break;
    default: alarm->condition = g->down ? STR("inside = false") : STR("inside = true");
    }
}

/* --- German --------------------------------------------------------------------------------------
 */

static Str comma(Str number, Arena *arena)
{
    return str_replace(arena, number, STR("."), STR(","));
}

static Str with_unit(Str number, Str unit, Arena *arena)
{
    return str_printf(arena, "%.*s%s%.*s", STR_ARG(comma(number, arena)), unit.len ? " " : "",
                      STR_ARG(unit));
}

static const char *measure_words(Str measure)
{
    return str_is(measure, "mean_10min") ? "Das Mittel der letzten 10 Minuten"
           : str_is(measure, "mean_1h")  ? "Das Mittel der letzten Stunde"
                                         : "Der Messwert";
}

static void add_kind(const Alarm *alarm, Str unit, Arena *arena, Buf *out)
{
    const AlarmGiven *g = &alarm->given;
    Str limit = with_unit(g->limit, unit, arena);

    switch (alarm->kind) {
    case ALARM_THRESHOLD:
        buf_addf(out, "%s liegt %s %.*s", measure_words(g->measure), g->down ? "unter" : "über",
                 STR_ARG(limit));
        break;
    case ALARM_RATE:
        buf_addf(out, "Der Messwert %s in einer Stunde um mehr als %.*s",
                 g->down ? "fällt" : "steigt", STR_ARG(limit));
        break;
    case ALARM_SILENCE:
        if (str_is(g->limit, "1"))
            buf_add_c(out, "Seit mehr als einer Minute kam kein Messwert");
        else
            buf_addf(out, "Seit mehr als %.*s Minuten kam kein Messwert", STR_ARG(g->limit));
        break;
    case ALARM_FENCE:
        buf_addf(out, "Die Messstelle liegt %s des Gebiets", g->down ? "außerhalb" : "innerhalb");
        break;
    default: buf_add_c(out, "Die eigene Bedingung ist erfüllt");
    }
}

Str alarm_words(const Alarm *alarm, Str unit, Arena *arena)
{
    Buf out = buf_in(arena);
    long long hold = alarm->hold_minutes;

    add_kind(alarm, unit, arena, &out);
    if (hold)
        buf_addf(&out, ", und das mindestens %lld Minute%s lang", hold, hold == 1 ? "" : "n");
    buf_add_c(&out, ".");
    if (alarm->kind == ALARM_THRESHOLD && alarm->given.end.len)
        buf_addf(&out, " Der Alarm endet erst %s %.*s.", alarm->given.down ? "über" : "unter",
                 STR_ARG(with_unit(alarm->given.end, unit, arena)));
    return buf_str(&out);
}

Str alarm_value_words(Str value, Str unit, Arena *arena)
{
    if (!value.len || str_is(value, "null"))
        return STR("kein Messwert");
    bool is_number = value.ptr[0] == '-' || (value.ptr[0] >= '0' && value.ptr[0] <= '9');
    return is_number ? with_unit(value, unit, arena) : value;
}

Str alarm_severity_word(AlarmSeverity severity)
{
    static const char *const WORDS[ALARM_SEVERITIES] = {"Hinweis", "Warnung", "Gefahr"};

    return str_c(WORDS[severity]);
}

Tone alarm_severity_tone(AlarmSeverity severity)
{
    static const Tone TONES[ALARM_SEVERITIES] = {TONE_INFO, TONE_WARNING, TONE_DANGER};

    return TONES[severity];
}

Str alarm_phase_word(AlarmPhase phase)
{
    static const char *const WORDS[ALARM_PHASES] = {"ruhig", "ausgelöst", "bestätigt", "beendet"};

    return str_c(WORDS[phase]);
}

Tone alarm_phase_tone(AlarmPhase phase)
{
    static const Tone TONES[ALARM_PHASES] = {TONE_PLAIN, TONE_DANGER, TONE_WARNING, TONE_SUCCESS};

    return TONES[phase];
}

Str alarm_kind_word(AlarmKind kind)
{
    static const char *const WORDS[ALARM_KINDS] = {"Grenzwert", "Schnelle Änderung",
                                                   "Stille eines Sensors", "Gebiet",
                                                   "Eigene Bedingung (FEEL)"};

    return str_c(WORDS[kind]);
}
