/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/condition.h"

#include "city/sta/value.h"

#include <math.h>

enum { MINUTE_MS = 60000, HOUR_MS = 3600000, MAX_STEPS = 10000, MAX_BYTES = 1 << 20 };

/* --- Names ---------------------------------------------------------------------------------------
 */

enum {
    N_VALUE,
    N_PREVIOUS,
    N_MEAN_10MIN,
    N_MEAN_1H,
    N_MEAN_24H,
    N_MIN_1H,
    N_MAX_1H,
    N_MIN_24H,
    N_MAX_24H,
    N_SUM_1H,
    N_SUM_24H,
    N_RATE,
    N_SILENT,
    N_AGE,
    N_QUALITY,
    N_LON,
    N_LAT,
    N_INSIDE,
    N_NAME,
    N_HOUR,
    N_WEEKDAY,
    NAMES,
};

const AlarmName ALARM_NAMES[] = {
    [N_VALUE] = {"value", "der letzte Messwert"},
    [N_PREVIOUS] = {"previous", "der Messwert davor"},
    [N_MEAN_10MIN] = {"mean_10min", "das Mittel der letzten 10 Minuten"},
    [N_MEAN_1H] = {"mean_1h", "das Mittel der letzten Stunde"},
    [N_MEAN_24H] = {"mean_24h", "das Mittel der letzten 24 Stunden"},
    [N_MIN_1H] = {"min_1h", "der kleinste Wert der letzten Stunde"},
    [N_MAX_1H] = {"max_1h", "der größte Wert der letzten Stunde"},
    [N_MIN_24H] = {"min_24h", "der kleinste Wert der letzten 24 Stunden"},
    [N_MAX_24H] = {"max_24h", "der größte Wert der letzten 24 Stunden"},
    [N_SUM_1H] = {"sum_1h", "die Summe der letzten Stunde"},
    [N_SUM_24H] = {"sum_24h", "die Summe der letzten 24 Stunden"},
    [N_RATE] = {"rate", "die Änderung je Stunde, gemessen über die letzte Stunde"},
    [N_SILENT] = {"silent",
                  "Minuten ohne Messwert: seit dem letzten, sonst seit es den Alarm gibt"},
    [N_AGE] = {"age", "Minuten seit dem letzten Messwert; null, wenn es noch keinen gibt"},
    [N_QUALITY] = {"quality", "die Güte des letzten Messwerts: 0 ist gut"},
    [N_LON] = {"lon", "die geografische Länge der Messstelle"},
    [N_LAT] = {"lat", "die geografische Breite der Messstelle"},
    [N_INSIDE] = {"inside", "true, wenn die Messstelle im Gebiet des Alarms liegt"},
    [N_NAME] = {"name", "der Name der Messreihe"},
    [N_HOUR] = {"hour", "die Stunde des Tages, 0 bis 23"},
    [N_WEEKDAY] = {"weekday", "der Wochentag, 1 (Montag) bis 7 (Sonntag)"},
    [NAMES] = {NULL, NULL},
};

static FeelTypeKind kind_of(int name)
{
    switch (name) {
    case N_VALUE:
    case N_PREVIOUS: return FEEL_ANY;
    case N_INSIDE: return FEEL_BOOLEAN;
    case N_NAME: return FEEL_STRING;
    default: return FEEL_NUMBER;
    }
}

static const FeelType *context_type(Arena *arena)
{
    FeelType *type = feel_type_context(arena);

    for (int i = 0; i < NAMES; i++)
        feel_type_add_field(arena, type, str_c(ALARM_NAMES[i].name), feel_type(kind_of(i)));
    return type;
}

/* --- Compiling -----------------------------------------------------------------------------------
 */

static uint32_t needs_of(const FeelProgram *program, Arena *arena)
{
    Str *paths;
    size_t count = feel_program_reads(program, arena, &paths);
    uint32_t needs = 0;

    for (size_t i = 0; i < count; i++)
        for (int name = 0; name < NAMES; name++)
            if (str_is(paths[i], ALARM_NAMES[name].name))
                needs |= 1u << name;
    return needs;
}

static const FeelProgram *compile(Arena *arena, Str text, const FeelType *names, const char *field,
                                  Err *err)
{
    FeelScope *scope = feel_scope(arena, NULL);
    Err why = {0};

    feel_scope_in_german(scope);
    feel_scope_add_fields(scope, names);
    const FeelProgram *program = feel_compile(arena, text, NULL, 1, scope, &why);
    if (!program) {
        err_field(err, field, "Diese Bedingung ist nicht verständlich (Zeile %d, Zeichen %d): %s",
                  why.line, why.column, why.message);
        return NULL;
    }
    FeelTypeKind kind = feel_program_type(program)->kind;
    if (kind != FEEL_BOOLEAN && kind != FEEL_ANY) {
        err_field(err, field,
                  "Eine Bedingung ist wahr oder falsch. Bitte vergleichen Sie, zum Beispiel: value "
                  "> 250");
        return NULL;
    }
    return program;
}

bool alarm_rule(const Alarm *alarm, Arena *arena, AlarmRule *out, Err *err)
{
    *out = (AlarmRule){.type = context_type(arena)};
    if (!(out->condition = compile(arena, alarm->condition, out->type, "bedingung", err)))
        return false;
    out->needs = needs_of(out->condition, arena);
    if (str_empty(alarm->ends))
        return true;
    if (!(out->ends = compile(arena, alarm->ends, out->type, "ende", err)))
        return false;
    out->needs |= needs_of(out->ends, arena);
    return true;
}

/* --- What is known at a moment -------------------------------------------------------------------
 */

typedef struct Facts {
    ObsStore *store;
    const Watched *watched;
    Timestamp now, born;
    Arena *arena;
    Node *names;
    Observation last, before;
    bool any, two; /* there is a last one; and one before */
} Facts;

static void put(Facts *f, int name, Node *value)
{
    node_set(f->arena, f->names, str_c(ALARM_NAMES[name].name), value);
}

static Node *number(Arena *arena, double value)
{
    return isfinite(value) ? node_number(arena, sta_value_text(arena, sta_number(value)))
                           : node_null(arena);
}

static Node *result(Arena *arena, const Observation *o)
{
    Err err = {0};
    Node *out = NULL;

    if (o->kind == OBS_NUMBER)
        return number(arena, o->number);
    if (o->kind == OBS_TEXT)
        out = node_parse_json(arena, o->text, NULL, &NODE_LIMITS_REQUEST, &err);
    return out ? out : node_null(arena);
}

/* The last two until now. */
static bool read_last(Facts *f, Err *err)
{
    ObsRange range = {.order = OBS_BY_TIME, .backward = true, .from = INT64_MIN, .to = f->now + 1};
    ObsCursor *cursor = obs_read(f->store, f->watched->series, range);

    f->any = obs_next(cursor, &f->last, err);
    if (f->any) {
        f->last.text = str_copy(f->arena, f->last.text);
        f->two = obs_next(cursor, &f->before, err);
        if (f->two)
            f->before.text = str_copy(f->arena, f->before.text);
    }
    obs_done(cursor);
    return err->kind == ERR_NONE;
}

static bool window(const Facts *f, Timestamp length, ObsAggregate *out, Err *err)
{
    int64_t bounds[2] = {f->now - length + 1, f->now + 1};

    return obs_aggregate(f->store, f->watched->series, bounds, 1, true, out, err);
}

/* Means, extremes and sums of good values. */
static bool put_window(Facts *f, uint32_t needs, Timestamp length, const int names[4], Err *err)
{
    uint32_t mine = 0;
    ObsAggregate a;

    for (int i = 0; i < 4; i++)
        mine |= names[i] >= 0 ? 1u << names[i] : 0;
    if (!(needs & mine))
        return true;
    if (!window(f, length, &a, err))
        return false;
    double values[4] = {a.count ? a.sum / (double)a.count : NAN, a.count ? a.min : NAN,
                        a.count ? a.max : NAN, a.count ? a.sum : NAN};
    for (int i = 0; i < 4; i++)
        if (names[i] >= 0)
            put(f, names[i], number(f->arena, values[i]));
    return true;
}

/* Against the first value of the hour, or against the one before where the hour has one alone. */
static bool put_rate(Facts *f, Err *err)
{
    ObsAggregate a;
    double rate = NAN;

    if (!window(f, HOUR_MS, &a, err))
        return false;
    if (a.count > 1 && a.last_time > a.first_time)
        rate = (a.last - a.first) * HOUR_MS / (double)(a.last_time - a.first_time);
    else if (a.count == 1 && f->two && f->before.kind == OBS_NUMBER && !f->before.status &&
             a.last_time > f->before.time)
        rate = (a.last - f->before.number) * HOUR_MS / (double)(a.last_time - f->before.time);
    put(f, N_RATE, number(f->arena, rate));
    return true;
}

/* Of clocks in Berlin, on days of 23 and 25 hours too. */
static int hour_of(Timestamp now, Date day)
{
    for (int hour = 23; hour > 0; hour--) {
        Timestamp begins;
        if (timestamp_of_berlin(day, hour * (int64_t)HOUR_MS, false, &begins) && begins <= now)
            return hour;
    }
    return 0;
}

static void put_moment(Facts *f)
{
    Date day = date_in_berlin(f->now);
    Timestamp last = f->any ? f->last.time : f->born;
    int64_t silent = f->now > last ? (f->now - last) / MINUTE_MS : 0;

    put(f, N_SILENT, node_int(f->arena, silent));
    if (f->any)
        put(f, N_AGE, node_int(f->arena, silent));
    put(f, N_HOUR, node_int(f->arena, hour_of(f->now, day)));
    put(f, N_WEEKDAY, node_int(f->arena, date_weekday(day) + 1));
}

static void put_place(Facts *f)
{
    put(f, N_NAME, node_string(f->arena, f->watched->name));
    if (f->watched->lon) {
        put(f, N_LON, node_clone(f->arena, f->watched->lon));
        put(f, N_LAT, node_clone(f->arena, f->watched->lat));
    }
    if (f->watched->inside >= 0)
        put(f, N_INSIDE, node_bool(f->arena, f->watched->inside == 1));
}

static void put_last(Facts *f)
{
    if (f->any) {
        put(f, N_VALUE, result(f->arena, &f->last));
        put(f, N_QUALITY, node_int(f->arena, f->last.status));
    }
    if (f->two)
        put(f, N_PREVIOUS, result(f->arena, &f->before));
}

static bool gather(Facts *f, uint32_t needs, Err *err)
{
    static const struct {
        Timestamp length;
        int names[4]; /* mean, least, most, sum; -1: none */
    } WINDOWS[] = {{10 * MINUTE_MS, {N_MEAN_10MIN, -1, -1, -1}},
                   {HOUR_MS, {N_MEAN_1H, N_MIN_1H, N_MAX_1H, N_SUM_1H}},
                   {24 * (Timestamp)HOUR_MS, {N_MEAN_24H, N_MIN_24H, N_MAX_24H, N_SUM_24H}}};

    if (!read_last(f, err))
        return false;
    put_last(f);
    put_place(f);
    put_moment(f);
    for (size_t i = 0; i < sizeof WINDOWS / sizeof *WINDOWS; i++)
        if (!put_window(f, needs, WINDOWS[i].length, WINDOWS[i].names, err))
            return false;
    return !(needs & 1u << N_RATE) || put_rate(f, err);
}

/* --- Asking --------------------------------------------------------------------------------------
 */

static bool is_false(const FeelValue *value)
{
    return feel_kind(value) == FEEL_BOOLEAN && !feel_is_true(value);
}

static bool ask(const AlarmRule *rule, Facts *f, AlarmSaid *out, Err *err)
{
    const FeelValue *names = feel_from_node(f->arena, f->names, rule->type);
    const FeelEnv env = {.now = f->now,
                         .today = date_in_berlin(f->now),
                         .max_steps = MAX_STEPS,
                         .max_bytes = MAX_BYTES};
    const FeelValue *holds = feel_eval(rule->condition, names, &env, f->arena, err);

    if (!holds)
        return false;
    *out = (AlarmSaid){.holds = feel_is_true(holds), .ends = !rule->ends && is_false(holds)};
    if (!rule->ends)
        return true;
    const FeelValue *ends = feel_eval(rule->ends, names, &env, f->arena, err);
    if (ends)
        out->ends = feel_is_true(ends);
    return ends != NULL;
}

bool alarm_look(ObsStore *store, const Alarm *alarm, const AlarmRule *rule, const Watched *watched,
                Timestamp now, Arena *arena, AlarmLook *out, Err *err)
{
    Facts f = {.store = store,
               .watched = watched,
               .now = now,
               .born = alarm->created,
               .arena = arena,
               .names = node_map(arena)};

    *out = (AlarmLook){.value = STR("")};
    if (!gather(&f, rule->needs, err))
        return false;
    if (f.any) {
        out->at = f.last.time;
        out->value = node_json(result(arena, &f.last), arena);
    }
    return ask(rule, &f, &out->said, err);
}
