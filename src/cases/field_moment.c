/* SPDX-License-Identifier: EUPL-1.2 */
/* Dates, incomplete dates and times of day. */
#include "cases/field.h"
#include "core/page/out.h"

bool field_partial_date_valid(Str text)
{
    Date date;
    int64_t year, month = 1;

    if (text.len == 10)
        return date_parse_iso(text, &date) && date.year >= 1000;
    if (text.len != 4 && (text.len != 7 || text.ptr[4] != '-'))
        return false;
    if (text.ptr[0] < '0' || text.ptr[0] > '9' || !str_to_i64(str_slice(text, 0, 4), &year))
        return false;
    if (text.len == 7 &&
        (text.ptr[5] < '0' || text.ptr[5] > '1' || !str_to_i64(str_slice(text, 5, 7), &month)))
        return false;
    return year >= 1000 && month >= 1 && month <= 12;
}

bool field_time_valid(Str text, Str *out)
{
    if (text.len != 5 && text.len != 8)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (i % 3 == 2 ? text.ptr[i] != ':' : text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    int hour = (text.ptr[0] - '0') * 10 + text.ptr[1] - '0';
    if (hour > 23 || text.ptr[3] > '5' || (text.len == 8 && text.ptr[6] > '5'))
        return false;
    *out = str_slice(text, 0, 5);
    return true;
}

/* "31.02.2027" looks like a date, but the calendar does not have it. */
static bool looks_like_date(Str text)
{
    size_t digits = 0, points = 0;
    Date date;

    if (date_parse_german(text, &date)) /* it has, but a program must write it as ISO 8601 */
        return false;
    for (size_t i = 0; i < text.len; i++) {
        digits += text.ptr[i] >= '0' && text.ptr[i] <= '9';
        points += text.ptr[i] == '.' || text.ptr[i] == '-';
    }
    return points == 2 && digits >= 6 && digits + points == text.len;
}

static bool refuse(const FieldTask *task, Str text)
{
    const char *label = field_label(task);

    if (task->field->type == FIELD_TIME)
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "„%s“ muss eine Uhrzeit sein, zum Beispiel 14:30.", label));
    if (looks_like_date(text))
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "Den Tag „%s“ gibt es im Kalender nicht. Bitte prüfen Sie das "
                                "Datum.",
                                str_cstr(task->arena, text)));
    if (task->field->type == FIELD_PARTIAL_DATE)
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "„%s“ muss ein Datum sein. Es genügt auch das Jahr, zum Beispiel "
                                "2019, oder Monat und Jahr, zum Beispiel 5.2019.",
                                label));
    return field_refuse(task, "type",
                        trf(task->arena, task->lang,
                            "„%s“ muss ein Datum mit Tag, Monat und Jahr sein, zum Beispiel "
                            "27.3.2026.",
                            label));
}

bool field_normalise_moment(const FieldTask *task, const Node *raw, Node **out)
{
    Str text;
    Date date;
    bool valid;

    if (!field_clean_text(task, raw, false, &text))
        return raw->kind == NODE_STRING ? false : refuse(task, STR(""));
    if (!text.ptr)
        return true;
    switch (task->field->type) {
    case FIELD_TIME: valid = field_time_valid(text, &text); break;
    case FIELD_PARTIAL_DATE: valid = field_partial_date_valid(text); break;
    default: valid = date_parse_iso(text, &date) && date.year >= 1000; break;
    }
    if (!valid)
        return refuse(task, text);
    *out = node_string(task->arena, text);
    return true;
}
