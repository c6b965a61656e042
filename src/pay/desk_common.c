/* SPDX-License-Identifier: EUPL-1.2 */
/* What the treasury's pages share. */
#include "core/engine.h"
#include "core/page/out.h"
#include "pay/desk_items.h"

bool money_may_book(const Request *req)
{
    return request_may(req, "money.book");
}

int64_t money_query_id(const Request *req, const char *name)
{
    int64_t id = 0;

    str_to_i64(request_query(req, name), &id);
    return id > 0 ? id : 0;
}

bool money_param_id(const Request *req, int64_t *id, Err *err)
{
    if (str_to_i64(request_param(req, "id"), id) && *id > 0)
        return true;
    return err_set(err, ERR_NOT_FOUND, "Das gibt es nicht.");
}

bool money_send(Request *req, Response *res, const char *title, Out *out)
{
    return page_send(
        req, res,
        &(PageFrame){
            .area = AREA_DESK, .title = str_c(title), .active = STR("/desk/kasse"), .wide = true},
        out_html(out));
}

FieldView money_field(const char *id, const char *label, const char *hint, Str value)
{
    return (FieldView){.id = str_c(id),
                       .name = str_c(id),
                       .label = str_c(label),
                       .hint = str_c(hint),
                       .value = value,
                       .width = FIELD_MEDIUM};
}

Date money_day(Str text)
{
    Date day = {0};

    date_parse_german(text, &day);
    return day;
}

Str money_day_text(Arena *arena, Date day)
{
    return str_printf(arena, "%d.%d.%d", day.day, day.month, day.year);
}

Str money_digits(Arena *arena, Str text)
{
    Buf digits = buf_in(arena);

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            buf_add_char(&digits, text.ptr[i]);
    return buf_str(&digits);
}

/* Points part thousands and stand before three digits. */
static bool whole_euros(Str text, int64_t *euros)
{
    int64_t value = 0;
    size_t since_point = 0;
    bool pointed = false;

    if (text.len == 0 || text.len > 14)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && since_point > 0 && since_point <= 3 && (!pointed || since_point == 3)) {
            pointed = true;
            since_point = 0;
            continue;
        }
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
        since_point++;
    }
    *euros = value;
    return since_point > 0 && (!pointed || since_point == 3);
}

bool money_parse(Str text, int64_t *cents)
{
    Str rest = str_trim(text);
    if (str_ends_with(rest, "€"))
        rest = str_trim(str_slice(rest, 0, rest.len - strlen("€")));
    Str whole = str_cut(&rest, ',');
    int64_t euros = 0, fraction = 0;

    if (!whole_euros(whole, &euros))
        return false;
    if (rest.ptr) {
        if (rest.len == 0 || rest.len > 2 || !str_to_i64(rest, &fraction) || rest.ptr[0] == '-' ||
            rest.ptr[0] == '+')
            return false;
        if (rest.len == 1)
            fraction *= 10;
    }
    *cents = euros * 100 + fraction;
    return *cents > 0;
}
