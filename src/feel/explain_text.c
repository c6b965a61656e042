/* SPDX-License-Identifier: EUPL-1.2 */
/* An explanation in German sentences, for clerks. */
#include "feel/moment.h"
#include "feel/trace.h"

#include "base/buf.h"

/* Longer values are cut: a sentence stays one. */
enum { MOST_BYTES = 160 };

static void add_value(Buf *out, FeelValue value, int depth);

/* "12345.5" as "12.345,5": in Germany the comma parts the decimals. Numbers of four digits are not
 * grouped: they are often years. */
static void add_number(Buf *out, Number number)
{
    FeelValue value = value_number(number);
    Str text = feel_to_text(out->arena, &value);
    ptrdiff_t point = str_find_char(text, '.'), exponent = str_find_char(text, 'E');
    size_t whole = point >= 0 ? (size_t)point : text.len, sign = text.ptr[0] == '-';

    if (exponent >= 0) {
        buf_add(out, str_replace(out->arena, text, STR("."), STR(",")));
        return;
    }
    for (size_t i = 0; i < whole; i++) {
        if (i > sign && whole - sign > 4 && (whole - i) % 3 == 0)
            buf_add_char(out, '.');
        buf_add_char(out, text.ptr[i]);
    }
    if (point >= 0)
        buf_addf(out, ",%.*s", STR_ARG(str_slice(text, whole + 1, text.len)));
}

static void add_unit(Buf *out, bool *any, int64_t count, const char *one, const char *many)
{
    if (count == 0)
        return;
    buf_addf(out, "%s%lld %s", *any ? " und " : "", (long long)count, count == 1 ? one : many);
    *any = true;
}

/* "1 Jahr und 2 Monate", "3 Tage und 12 Stunden"; parts of a second as they are written. */
static void add_duration(Buf *out, FeelValue value)
{
    bool any = false, days = value.kind == FEEL_DAYS_DURATION;
    bool negative = days ? value.nanos < 0 : value.months < 0;
    Nanos nanos = !days ? 0 : negative ? -value.nanos : value.nanos;
    int64_t months = days ? 0 : negative ? -value.months : value.months;
    int64_t seconds = (int64_t)(nanos % NANOS_PER_DAY / NANOS_PER_SECOND);

    if (nanos % NANOS_PER_SECOND != 0) {
        buf_add(out, feel_to_text(out->arena, &value));
        return;
    }
    if (negative)
        buf_add_c(out, "minus ");
    add_unit(out, &any, months / 12, "Jahr", "Jahre");
    add_unit(out, &any, months % 12, "Monat", "Monate");
    add_unit(out, &any, (int64_t)(nanos / NANOS_PER_DAY), "Tag", "Tage");
    add_unit(out, &any, seconds / 3600, "Stunde", "Stunden");
    add_unit(out, &any, seconds / 60 % 60, "Minute", "Minuten");
    add_unit(out, &any, seconds % 60, "Sekunde", "Sekunden");
    if (!any)
        buf_add_c(out, days ? "0 Tage" : "0 Monate");
}

/* "10:30 Uhr", "1. März 2027, 10:30 Uhr"; with a zone or seconds as they are written. */
static void add_moment(Buf *out, FeelValue value)
{
    FeelValue day = {.kind = FEEL_DATE, .at = {.day = value.at.day}};
    int64_t minutes = value.at.nanos / (60 * NANOS_PER_SECOND);
    Date date;

    if (value.zone_kind != ZONE_NONE || value.at.nanos % (60 * NANOS_PER_SECOND) != 0 ||
        (value.kind == FEEL_DATE_TIME && !feel_to_date(&day, &date))) {
        buf_add(out, feel_to_text(out->arena, &value));
        return;
    }
    if (value.kind == FEEL_DATE_TIME)
        buf_addf(out, "%.*s, ", STR_ARG(date_long(out->arena, date, STR("de"))));
    buf_addf(out, "%d:%02d Uhr", (int)(minutes / 60), (int)(minutes % 60));
}

static void add_list(Buf *out, FeelValue list, int depth)
{
    if (list.list.count == 0)
        buf_add_c(out, "leere Liste");
    for (size_t i = 0; i < list.list.count && out->len < 4 * MOST_BYTES; i++) {
        if (i > 0)
            buf_add_c(out, i + 1 == list.list.count ? " und " : ", ");
        add_value(out, list.list.items[i], depth + 1);
    }
}

static void add_context(Buf *out, FeelValue value, int depth)
{
    size_t count;
    const FeelEntry *entries = context_entries(out->arena, value.context, &count);

    buf_add_c(out, "(");
    for (size_t i = 0; i < count && out->len < 4 * MOST_BYTES; i++) {
        buf_addf(out, "%s%.*s: ", i ? "; " : "", STR_ARG(entries[i].key));
        add_value(out, entries[i].value, depth + 1);
    }
    buf_add_c(out, ")");
}

static void add_value(Buf *out, FeelValue value, int depth)
{
    Date date;

    if (depth > 3)
        buf_add_c(out, "…");
    else if (value.kind == FEEL_NULL)
        buf_add_c(out, "keine Angabe");
    else if (value.kind == FEEL_BOOLEAN)
        buf_add_c(out, value.boolean ? "ja" : "nein");
    else if (value.kind == FEEL_NUMBER)
        add_number(out, value.number);
    else if (value.kind == FEEL_STRING)
        buf_addf(out, "„%.*s“", STR_ARG(value.string));
    else if (feel_to_date(&value, &date))
        buf_add(out, date_long(out->arena, date, STR("de")));
    else if (value.kind == FEEL_DAYS_DURATION || value.kind == FEEL_MONTHS_DURATION)
        add_duration(out, value);
    else if (value.kind == FEEL_TIME || value.kind == FEEL_DATE_TIME)
        add_moment(out, value);
    else if (value.kind == FEEL_LIST)
        add_list(out, value, depth);
    else if (value.kind == FEEL_CONTEXT)
        add_context(out, value, depth);
    else
        buf_add(out, feel_to_text(out->arena, &value));
}

Str feel_to_german(Arena *arena, const FeelValue *value)
{
    Buf out = buf_in(arena);

    add_value(&out, value ? *value : VALUE_NULL, 0);
    Str text = buf_str(&out);
    if (text.len <= MOST_BYTES)
        return text;
    size_t end = MOST_BYTES;
    while (end > 0 && ((unsigned char)text.ptr[end] & 0xC0) == 0x80)
        end--;
    return str_printf(arena, "%.*s …", (int)end, text.ptr);
}

static void add_inputs(Buf *out, const FeelDecision *decision)
{
    size_t count = decision->result.input_count;

    for (size_t i = 0; i < count; i++)
        buf_addf(out, "%s%.*s = %.*s",
                 i == 0           ? ""
                 : i + 1 == count ? " und "
                                  : ", ",
                 STR_ARG(decision->labels[i]),
                 STR_ARG(feel_to_german(out->arena, decision->result.inputs[i])));
}

static void add_rows(Buf *out, const FeelTableResult *result)
{
    for (size_t i = 0; i < result->hit_count; i++) {
        const FeelTableHit *hit = &result->hits[i];
        buf_addf(out, "%s%zu",
                 i == 0                       ? ""
                 : i + 1 == result->hit_count ? " und "
                                              : ", ",
                 hit->rule);
        if (hit->remark.len)
            buf_addf(out, " („%.*s“)", STR_ARG(hit->remark));
    }
}

Str feel_decision_text(Arena *arena, const FeelDecision *decision)
{
    const FeelTableResult *result = &decision->result;
    Str value = feel_to_german(arena, result->value);
    bool nothing = feel_is_null(result->value);
    Buf out = buf_in(arena);

    buf_addf(&out, "Tabelle „%.*s“: ", STR_ARG(decision->name));
    if (result->input_count) {
        buf_add_c(&out, "Bei ");
        add_inputs(&out, decision);
        buf_add_c(&out, " ");
    }
    if (result->hit_count == 0) {
        buf_add_c(&out, result->input_count ? "gilt keine Zeile" : "Es gilt keine Zeile");
        if (nothing)
            buf_add_c(&out, ". Darum gibt es kein Ergebnis.");
        else
            buf_addf(&out, ". Es bleibt bei der Vorgabe %.*s.", STR_ARG(value));
    } else if (result->hit_count > 1 && decision->table->hit == FEEL_HIT_UNIQUE) {
        buf_add_c(&out, "treffen zugleich die Zeilen ");
        add_rows(&out, result);
        buf_add_c(&out, " zu. Das darf nicht sein, darum gibt es kein Ergebnis.");
    } else {
        buf_addf(&out, "%s%s ", result->input_count ? "" : "Es ",
                 result->hit_count > 1 ? "gelten die Zeilen" : "gilt Zeile");
        add_rows(&out, result);
        if (!nothing)
            buf_addf(&out, ". Das Ergebnis ist %.*s.", STR_ARG(value));
        else if (result->hit_count > 1 && decision->table->hit == FEEL_HIT_ANY)
            buf_add_c(&out, ". Sie ergeben Verschiedenes, darum gibt es kein Ergebnis.");
        else
            buf_add_c(&out, ". Es gibt kein Ergebnis.");
    }
    return buf_str(&out);
}

static void add_decision(Buf *out, const FeelDecision *decision)
{
    buf_add(out, feel_decision_text(out->arena, decision));
    if (decision->times > 1)
        buf_addf(out, " So wurde %zu-mal entschieden.", decision->times);
    buf_add_c(out, "\n");
}

Str feel_explanation_text(Arena *arena, const FeelExplanation *explanation)
{
    Buf out = buf_in(arena);

    if (feel_is_null(explanation->value))
        buf_add_c(&out, "Es gibt kein Ergebnis.\n");
    else
        buf_addf(&out, "Das Ergebnis ist %.*s.\n",
                 STR_ARG(feel_to_german(arena, explanation->value)));
    buf_addf(&out, "Gerechnet wurde: %.*s\n", STR_ARG(str_trim(explanation->text)));
    for (size_t i = 0; i < explanation->reading_count; i++)
        buf_addf(&out, "%s  %.*s = %.*s\n", i == 0 ? "Dabei ist:\n" : "",
                 STR_ARG(explanation->readings[i].path),
                 STR_ARG(feel_to_german(arena, explanation->readings[i].value)));
    for (size_t i = 0; i < explanation->decision_count; i++)
        add_decision(&out, &explanation->decisions[i]);
    if (explanation->more)
        buf_addf(&out, "Es gab %zu weitere Entscheidungen.\n", explanation->more);
    return buf_str(&out);
}
