/* SPDX-License-Identifier: EUPL-1.2 */
/* Groups of a count in words. */
#include "cases/form.h"
#include "cases/register.h"
#include "core/page/out.h"

RegisterGroup register_group(const RegisterCount *count)
{
    return (RegisterGroup){.field = count->field ? count->field->id : STR(""), .take = count->take};
}

static Str month_text(Str month, Str lang, Arena *arena)
{
    Date day;

    if (!date_parse_iso(str_printf(arena, "%.*s-01", STR_ARG(month)), &day))
        return month;
    Str text = date_long(arena, day, lang); /* "1. März 2027", "1 March 2027" */

    str_cut(&text, ' ');
    return text;
}

Str register_group_text(const RegisterCount *count, Str value, Str lang, Arena *arena)
{
    if (!value.ptr)
        return tr(lang, "keine Angabe");
    if (count->take == REGISTER_TAKE_MONTH)
        return month_text(value, lang, arena);
    if (count->take != REGISTER_TAKE_VALUE || !count->field)
        return value;
    if (count->field->type == FIELD_YES_NO)
        return str_is(value, "true") ? tr(lang, "Ja") : tr(lang, "Nein");
    return form_value_to_text(count->field, node_string(arena, value), lang, arena);
}
