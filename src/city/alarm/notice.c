/* SPDX-License-Identifier: EUPL-1.2 */
/* Mails to those whom an alarm names: one for all that a round raised, one for all that it ended.
 */
#include "city/alarm/condition.h"
#include "city/alarm/round.h"
#include "city/alarm/words.h"

enum { HOUR_MS = 3600000, RAISED_AN_HOUR = 3, LINES_MAX = 20 };

/* --- Whether -------------------------------------------------------------------------------------
 */

/* What is raised again and again is told three times an hour. */
static bool is_calm(Tx *tx, const Alarm *alarm, const AlarmMove *move, bool *calm, Err *err)
{
    int64_t told = 0;
    bool ok =
        tx_query_int(tx, err, &told,
                     "SELECT COUNT(*) FROM city_alarm_change WHERE alarm = $1 AND "
                     "stream = $2 AND phase = 'raised' AND mailed = 1 AND moment > $3",
                     P_INT(alarm->id), P_INT(move->stream), P_INT(move->after.since - HOUR_MS));

    *calm = told < RAISED_AN_HOUR;
    return ok;
}

/* Who was not told that it began is not told that it ended. */
static bool was_told(Tx *tx, const Alarm *alarm, const AlarmMove *move, bool *told, Err *err)
{
    int64_t mailed = 0;
    bool ok = tx_query_int(tx, err, &mailed,
                           "SELECT mailed FROM city_alarm_change WHERE alarm = $1 AND "
                           "stream = $2 AND phase = 'raised' ORDER BY id DESC LIMIT 1",
                           P_INT(alarm->id), P_INT(move->stream));

    *told = mailed != 0;
    return ok;
}

static bool choose(Tx *tx, const Alarm *alarm, AlarmMoves *moves, AlarmPhase phase, size_t *count,
                   Err *err)
{
    *count = 0;
    for (size_t i = 0; i < moves->count; i++) {
        AlarmMove *move = &moves->items[i];
        bool tell = false;
        if (!move->entry || move->after.phase != phase)
            continue;
        if (!(phase == ALARM_RAISED ? is_calm : was_told)(tx, alarm, move, &tell, err))
            return false;
        move->mailed = tell;
        *count += tell;
        if (tell && !tx_exec(tx, err, "UPDATE city_alarm_change SET mailed = 1 WHERE id = $1",
                             P_INT(move->entry)))
            return false;
    }
    return true;
}

/* --- What ----------------------------------------------------------------------------------------
 */

static void add_line(Buf *out, const AlarmMove *move, Arena *arena)
{
    buf_addf(out, "%.*s: %.*s", STR_ARG(move->name),
             STR_ARG(alarm_value_words(move->value, move->unit, arena)));
    if (move->measured)
        buf_addf(out, " (%.*s)", STR_ARG(timestamp_long(arena, move->measured, STR("de"))));
    buf_add_char(out, '\n');
    if (move->thing.len)
        buf_addf(out, "  Messstelle: %.*s\n", STR_ARG(move->thing));
    if (move->lon)
        buf_addf(out, "  Ort: %.*s, %.*s (Breite, Länge)\n", STR_ARG(node_text(move->lat)),
                 STR_ARG(node_text(move->lon)));
}

static void add_lines(Buf *out, const AlarmMoves *moves, AlarmPhase phase, size_t count,
                      Arena *arena)
{
    size_t shown = 0;

    for (size_t i = 0; i < moves->count && shown < LINES_MAX; i++) {
        const AlarmMove *move = &moves->items[i];
        if (!move->mailed || move->after.phase != phase)
            continue;
        add_line(out, move, arena);
        shown++;
    }
    if (count > shown)
        buf_addf(out, "und %zu weitere\n", count - shown);
}

static void add_link(Tenant *tenant, const Alarm *alarm, const char *words, Buf *out)
{
    Str url = tenant_setting(tenant, "url");
    Str host = node_text(node_path(tenant->settings, STR("hosts[0]")));

    if (!url.ptr && !host.ptr)
        return;
    buf_addf(out, "\n%s\n%s%.*s/desk/alarme/%lld\n", words, url.ptr ? "" : "https://",
             STR_ARG(url.ptr ? url : host), (long long)alarm->id);
}

/* Who reads a mail, or the list of mails that went out, need not be allowed to read what is
 * internal: of that it says no more than an event does (move.c). */
static Str name_of(const Alarm *alarm, bool open, Arena *arena)
{
    return open ? str_printf(arena, "„%.*s“", STR_ARG(alarm->name))
                : str_printf(arena, "Nr. %lld", (long long)alarm->id);
}

static Str body_of(Tenant *tenant, const Alarm *alarm, bool open, const AlarmMoves *moves,
                   AlarmPhase phase, size_t count, Arena *arena)
{
    Buf out = buf_in(arena);
    Str unit = moves->items[0].unit;

    buf_addf(&out, "Guten Tag,\n\nder Alarm %.*s (%.*s) %s", STR_ARG(name_of(alarm, open, arena)),
             STR_ARG(alarm_severity_word(alarm->severity)),
             phase == ALARM_RAISED ? "ist ausgelöst" : "ist beendet");
    if (open) {
        buf_add_c(&out, ":\n\n");
        add_lines(&out, moves, phase, count, arena);
        buf_addf(&out, "\nWann er auslöst: %.*s\n", STR_ARG(alarm_words(alarm, unit, arena)));
        add_link(tenant, alarm, "Verlauf, und wo Sie den Alarm bestätigen:", &out);
    } else {
        buf_add_c(&out,
                  ".\n\nSeine Daten sind intern und stehen deshalb nicht in dieser E-Mail.\n");
        add_link(tenant, alarm, "Name, Werte und Verlauf, nach dem Anmelden:", &out);
    }
    buf_addf(&out, "\nFreundliche Grüße\n%.*s\n", STR_ARG(tenant_title(tenant)));
    return buf_str(&out);
}

static Str subject_of(const Alarm *alarm, bool open, AlarmPhase phase, Arena *arena)
{
    Str what = phase == ALARM_RAISED ? alarm_severity_word(alarm->severity) : STR("Beendet");

    return open ? str_printf(arena, "%.*s: %.*s", STR_ARG(what), STR_ARG(alarm->name))
                : str_printf(arena, "%.*s: Alarm Nr. %lld", STR_ARG(what), (long long)alarm->id);
}

/* --- To whom -------------------------------------------------------------------------------------
 */

/* Of the first entry that it tells. */
static int64_t first_entry(const AlarmMoves *moves, AlarmPhase phase)
{
    for (size_t i = 0; i < moves->count; i++)
        if (moves->items[i].mailed && moves->items[i].after.phase == phase)
            return moves->items[i].entry;
    return 0;
}

static bool order(Tx *tx, const Alarm *alarm, int64_t entry, Str to, Str subject, Str body,
                  Arena *arena, Err *err)
{
    Node *payload = node_map(arena);

    node_set(arena, payload, STR("to"), node_string(arena, to));
    node_set(arena, payload, STR("subject"), node_string(arena, subject));
    node_set(arena, payload, STR("body"), node_string(arena, body));
    return effect_order(
        tx,
        &(EffectOrder){.kind = "mail",
                       .key =
                           str_printf(arena, "mail/alarm/%lld/%.*s", (long long)entry, STR_ARG(to)),
                       .subject = str_printf(arena, "alarm/%lld", (long long)alarm->id),
                       .payload = payload},
        err);
}

bool alarm_notify(Tx *tx, const Alarm *alarm, bool open, AlarmMoves *moves, AlarmPhase phase,
                  Arena *arena, Err *err)
{
    Tenant *tenant = tx_tenant(tx);
    size_t count;

    if (!alarm->mails.len || !choose(tx, alarm, moves, phase, &count, err) || !count)
        return err->kind == ERR_NONE;
    Str body = body_of(tenant, alarm, open, moves, phase, count, arena);
    Str subject = subject_of(alarm, open, phase, arena);
    int64_t entry = first_entry(moves, phase);
    for (Str rest = alarm->mails; rest.ptr;) {
        Str to = str_trim(str_cut(&rest, '\n'));
        if (to.len && !order(tx, alarm, entry, to, subject, body, arena, err))
            return false;
    }
    return true;
}
