/* SPDX-License-Identifier: EUPL-1.2 */
/* What the filter of the work list offers, and the sentence that says what it does. */
#include "base/vec.h"
#include "cases/desk.h"

typedef struct OptionList {
    OptionView *items;
    size_t count, capacity;
} OptionList;

static void option(Request *req, OptionList *list, Str value, Str label, Str chosen)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].value, value))
            return;
    VEC_PUSH(req->arena, list, (OptionView){value, label, STR_NONE, str_eq(value, chosen)});
}

static Str chosen(const OptionView *options, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (options[i].selected)
            return options[i].label;
    return STR_NONE;
}

static void offer_offices(Request *req, const ListScope *scope, const ListFilter *filter,
                          ListOptions *out)
{
    OptionList offices = {0};
    OptionList services = {0};

    for (size_t i = 0; i < scope->office_count; i++)
        option(req, &offices, scope->offices[i],
               str_is(scope->offices[i], "*") ? STR("alle Ämter")
                                              : desk_office_name(req, scope->offices[i]),
               filter->office);
    for (size_t i = 0; i < scope->service_count; i++) {
        Err err = {0};
        const Package *package = tenant_package(req->tenant, scope->services[i], &err);

        if (package)
            option(req, &services, package->id, text_in(package->name, STR("de")), filter->service);
    }
    out->offices = offices.items;
    out->office_count = offices.count;
    out->services = services.items;
    out->service_count = services.count;
}

/* Procedures, states and tasks of the service, each once. */
static void offer_process(Request *req, const ListScope *scope, const ListFilter *filter,
                          ListOptions *out)
{
    Err err = {0};
    Str service = filter->service.ptr         ? filter->service
                  : scope->service_count == 1 ? scope->services[0]
                                              : STR_NONE;
    const Package *package = service.ptr ? tenant_package(req->tenant, service, &err) : NULL;
    OptionList procedures = {0};
    OptionList states = {0};
    OptionList tasks = {0};

    for (size_t i = 0; package && i < package->procedure_count; i++) {
        const Procedure *procedure = &package->procedures[i];
        const Process *process = procedure->process;

        option(req, &procedures, procedure->id, text_in(procedure->name, STR("de")),
               filter->procedure);
        if (!process || (filter->procedure.ptr && !str_eq(filter->procedure, procedure->id)))
            continue;
        for (size_t k = 0; k < process->state_count; k++)
            option(req, &states, process->states[k].id,
                   text_in(process->states[k].label, STR("de")), filter->state);
        for (size_t k = 0; k < process->task_count; k++)
            option(req, &tasks, process->tasks[k].id, text_in(process->tasks[k].label, STR("de")),
                   filter->task);
    }
    out->procedures = procedures.items;
    out->procedure_count = procedures.count;
    out->states = states.items;
    out->state_count = states.count;
    out->tasks = tasks.items;
    out->task_count = tasks.count;
}

static bool offer_people(Request *req, Tx *tx, const ListFilter *filter, ListOptions *out, Err *err)
{
    StaffName *people;
    size_t count;
    OptionList list = {0};

    if (!ident_staff_of_office(tx, filter->office, "case.decide", req->arena, &people, &count, err))
        return false;
    option(req, &list, STR("ich"), STR("mir"), filter->assignee);
    option(req, &list, STR("niemand"), STR("noch niemandem"), filter->assignee);
    option(req, &list, STR("team"), STR("jemandem im Team"), filter->assignee);
    for (size_t i = 0; i < count; i++)
        if (people[i].id != req->session.staff_id)
            option(req, &list, str_printf(req->arena, "%lld", (long long)people[i].id),
                   people[i].name, filter->assignee);
    out->people = list.items;
    out->people_count = list.count;
    return true;
}

static void offer_fixed(OptionView *out, const char *const (*pairs)[2], Str value)
{
    for (size_t i = 0; i < 3; i++)
        out[i] = (OptionView){str_c(pairs[i][0]), str_c(pairs[i][1]), STR_NONE,
                              str_is(value, pairs[i][0])};
}

static void say(Buf *out, const char *before, Str what)
{
    if (what.ptr)
        buf_addf(out, "%s%s%.*s", out->len ? ", " : "", before, STR_ARG(what));
}

static Str said(Request *req, const ListFilter *filter, const ListOptions *options)
{
    Buf out = buf_in(req->arena);

    say(&out, "", chosen(options->procedures, options->procedure_count));
    say(&out, "offene Aufgabe „", chosen(options->tasks, options->task_count));
    if (filter->task.ptr && out.len)
        buf_add_c(&out, "“");
    say(&out, "zugewiesen: ", chosen(options->people, options->people_count));
    say(&out, "Frist: ", chosen(options->due, 3));
    if (filter->waiting)
        say(&out, "", STR("wartet auf Antwort"));
    if (filter->findings)
        say(&out, "", STR("mit offenen Prüfhinweisen"));
    if (!date_absent(filter->from))
        say(&out, "eingegangen ab ", date_long(req->arena, filter->from, STR("de")));
    if (!date_absent(filter->to))
        say(&out, "eingegangen bis ", date_long(req->arena, filter->to, STR("de")));
    say(&out, "eingegangen über: ", chosen(options->channel, 3));
    say(&out, "Sprache: ", chosen(options->lang, 3));
    return out.len ? buf_str(&out) : STR_NONE;
}

bool list_options(Request *req, Tx *tx, const ListScope *scope, const ListFilter *filter,
                  ListOptions *out, Err *err)
{
    bool closed = str_is(filter->view, "abgeschlossen");
    ListFilter plain = {.view = filter->view,
                        .office = filter->office,
                        .service = filter->service,
                        .sort = filter->sort,
                        .search = filter->search};

    offer_offices(req, scope, filter, out);
    offer_process(req, scope, filter, out);
    offer_fixed(out->due,
                (const char *const[][2]){{"ueberfaellig", "überfällig"},
                                         {"woche", "in dieser Woche"},
                                         {"keine", "keine"}},
                filter->due);
    offer_fixed(out->channel,
                (const char *const[][2]){{"portal", "Portal"},
                                         {"api", "Schnittstelle"},
                                         {"desk", "Aufnahme am Schreibtisch"}},
                filter->channel);
    offer_fixed(out->lang,
                (const char *const[][2]){
                    {"de", "Deutsch"}, {"en", "Englisch"}, {"de-leicht", "Leichte Sprache"}},
                filter->lang);
    offer_fixed(out->sort,
                (const char *const[][2]){{"frist", closed ? "Abschluss" : "Frist"},
                                         {"eingang", "Eingang"},
                                         {"geaendert", "letzter Änderung"}},
                filter->sort);
    if (!offer_people(req, tx, filter, out, err))
        return false;
    out->said = said(req, filter, out);
    out->plain =
        str_printf(req->arena, "/desk/vorgaenge?%.*s", STR_ARG(desk_list_query(req, &plain)));
    return true;
}
