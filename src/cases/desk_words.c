/* SPDX-License-Identifier: EUPL-1.2 */
/* Words for clerks: deadlines, names, sizes. */
#include "cases/desk.h"
#include "post/markdown.h"

Str desk_days(Arena *arena, Date today, Date due, Tone *tone)
{
    int64_t days = date_to_days(due) - date_to_days(today);

    *tone = days < 0 ? TONE_DANGER : days <= 3 ? TONE_WARNING : TONE_PLAIN;
    if (days < 0)
        return days == -1 ? STR("seit gestern überfällig")
                          : str_printf(arena, "seit %lld Tagen überfällig", (long long)-days);
    if (days == 0)
        return STR("heute");
    return days == 1 ? STR("morgen") : str_printf(arena, "in %lld Tagen", (long long)days);
}

Str desk_office_name(const Request *req, Str office)
{
    const Node *settings = node_get_str(node_get(req->tenant->settings, "offices"), office);
    Str name = text_in(node_get(settings, "name"), STR("de"));

    return str_empty(name) ? office : name;
}

Str desk_state_label(const Process *process, Str state)
{
    const State *found = process_state(process, state);

    return found ? text_in(found->label, STR("de")) : state;
}

Str desk_person_label(Arena *arena, const Absence *absences, size_t absence_count,
                      const Staff *staff, size_t staff_count, const Staff *person, Date today)
{
    int64_t who = ident_stand_in(absences, absence_count, person->id, today);

    if (who == person->id)
        return person->name;
    for (size_t i = 0; i < staff_count; i++)
        if (staff[i].id == who)
            return str_printf(arena, "%.*s (abwesend, Vertretung: %.*s)", STR_ARG(person->name),
                              STR_ARG(staff[i].name));
    return str_printf(arena, "%.*s (abwesend)", STR_ARG(person->name));
}

Str desk_actor_name(Tx *tx, Str actor, Arena *arena)
{
    int64_t id;

    if (str_starts_with(actor, "staff/") && str_to_i64(str_slice(actor, 6, actor.len), &id)) {
        Str name = desk_staff_name(tx, id, arena);

        return name.ptr ? name : STR("Verwaltung");
    }
    return str_is(actor, "citizen") ? STR("Antragstellende Person") : STR("System");
}

Str desk_size(Arena *arena, int64_t bytes)
{
    if (bytes >= 1000 * 1000)
        return str_printf(arena, "%lld,%lld MB", (long long)(bytes / 1000000),
                          (long long)(bytes % 1000000 / 100000));
    return str_printf(arena, "%lld kB", (long long)((bytes + 999) / 1000));
}

Html desk_markdown(Arena *arena, Str markdown)
{
    Buf html = buf_in(arena);

    markdown_to_html(&html, markdown, STR(""));
    return (Html){html.len ? buf_str(&html) : STR("")};
}
