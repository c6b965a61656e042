/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/work/period.h"

#include "base/buf.h"

typedef struct Period {
    int64_t years, months, days;
} Period;

static bool parse(Str text, Period *out)
{
    Str rest = str_slice(text, 1, text.len);

    *out = (Period){0};
    if (!str_starts_with(text, "P") || str_empty(rest))
        return false;
    while (rest.len) {
        size_t digits = 0;
        int64_t number;

        while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9')
            digits++;
        if (digits == rest.len || !str_to_i64(str_slice(rest, 0, digits), &number) || number > 1000)
            return false;
        switch (rest.ptr[digits]) {
        case 'Y': out->years += number; break;
        case 'M': out->months += number; break;
        case 'D': out->days += number; break;
        default: return false;
        }
        rest = str_slice(rest, digits + 1, rest.len);
    }
    return true;
}

bool period_after(Date from, Str text, Date *out)
{
    Period period;

    if (!parse(text, &period))
        return false;
    *out =
        date_add_days(date_add_months(from, (int)(period.years * 12 + period.months)), period.days);
    return true;
}

static void add(Buf *out, int64_t number, const char *one, const char *many)
{
    if (number)
        buf_addf(out, "%s%lld %s", out->len ? ", " : "", (long long)number,
                 number == 1 ? one : many);
}

Str period_words(Str text, Arena *arena)
{
    Buf out = buf_in(arena);
    Period period;

    if (!parse(text, &period))
        return text;
    add(&out, period.years, "Jahr", "Jahre");
    add(&out, period.months, "Monat", "Monate");
    add(&out, period.days, "Tag", "Tage");
    return out.len ? buf_str(&out) : STR("gar nicht");
}

Date period_cutoff(Date today, Str text, bool year_end)
{
    Period period = {0};

    parse(text, &period);
    Date cutoff = date_add_months(date_add_days(today, -period.days),
                                  -(int)(period.years * 12 + period.months));
    /* What began in the year of the cutoff counts from that year's end, which is later. */
    return year_end ? (Date){cutoff.year, 1, 1} : cutoff;
}
