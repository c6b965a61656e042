/* SPDX-License-Identifier: EUPL-1.2 */
/* What may be done with the chosen cases: people, open tasks and decisions of any of them. Which of
 * the cases can, the preview tells. */
#include "base/vec.h"
#include "cases/bulk.h"

typedef struct OptionList {
    OptionView *items;
    size_t count, capacity;
} OptionList;

static void offer(Request *req, OptionList *list, Str value, Str label)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].value, value))
            return;
    VEC_PUSH(req->arena, list, (OptionView){.value = value, .label = label});
}

static const Process *process_of(Request *req, Str version, Str procedure_id,
                                 const Package **package)
{
    Err err = {0};
    const Procedure *procedure;

    *package = tenant_package_version(req->tenant, version, &err);
    procedure = *package ? package_procedure(*package, procedure_id) : NULL;
    return procedure ? procedure->process : NULL;
}

static bool offer_people(Request *req, Tx *tx, const Bulk *bulk, BulkOffer *out, Err *err)
{
    ListScope scope = {0};
    ListFilter filter;
    StaffName *people;
    size_t count;
    OptionList list = {0};

    if (!list_filter_parse(req, tx, bulk->query, &scope, &filter, err) ||
        !ident_staff_of_office(tx, filter.office, "case.decide", req->arena, &people, &count, err))
        return false;
    offer(req, &list, STR("0"), STR("niemand"));
    for (size_t i = 0; i < count; i++)
        offer(req, &list, str_printf(req->arena, "%lld", (long long)people[i].id), people[i].name);
    out->people = list.items;
    out->people_count = list.count;
    return true;
}

/* A task whose result is chosen is offered with each result: "pruefen:gut". */
static void offer_task(Request *req, OptionList *list, const Process *process, Str task, Str label)
{
    const TaskSpec *spec = process ? process_task(process, task) : NULL;

    if (!spec || spec->result_count == 0)
        offer(req, list, task, label);
    for (size_t i = 0; spec && i < spec->result_count; i++)
        offer(req, list,
              str_printf(req->arena, "%.*s:%.*s", STR_ARG(task), STR_ARG(spec->results[i].value)),
              str_printf(req->arena, "%.*s: %.*s", STR_ARG(label),
                         STR_ARG(text_in(spec->results[i].label, STR("de")))));
}

static bool offer_tasks(Request *req, Tx *tx, const Bulk *bulk, BulkOffer *out, Err *err)
{
    OptionList list = {0};
    Rows *rows = tx_query(tx, req->arena, err,
                          "SELECT DISTINCT t.task, t.label, t.office, t.protected, c.version, "
                          "c.procedure_id FROM case_bulk_item i JOIN case_task t ON t.case_id = "
                          "i.case_id AND t.done = 0 JOIN cases c ON c.id = i.case_id WHERE "
                          "i.bulk_id = $1 ORDER BY t.label",
                          P_INT(bulk->id));

    while (rows && rows_next(rows, err)) {
        Str office = row_text(rows, 2);
        const Package *package;
        const Process *process = process_of(req, row_text(rows, 4), row_text(rows, 5), &package);

        if (!package || !desk_may_decide(req, office, package->id) ||
            (row_int(rows, 3) && !desk_may_see_protected(req, office, package->id)))
            continue;
        offer_task(req, &list, process, row_text(rows, 0), row_text(rows, 1));
    }
    out->tasks = list.items;
    out->task_count = list.count;
    return rows && err->kind == ERR_NONE;
}

static bool leaves(const Action *action, Str state)
{
    for (size_t i = 0; i < action->from_count; i++)
        if (str_eq(action->from[i]->id, state))
            return true;
    return false;
}

static bool offer_actions(Request *req, Tx *tx, const Bulk *bulk, BulkOffer *out, Err *err)
{
    OptionList list = {0};
    Rows *rows =
        tx_query(tx, req->arena, err,
                 "SELECT DISTINCT c.version, c.procedure_id, c.state FROM case_bulk_item i "
                 "JOIN cases c ON c.id = i.case_id WHERE i.bulk_id = $1",
                 P_INT(bulk->id));

    while (rows && rows_next(rows, err)) {
        Str state = row_text(rows, 2);
        const Package *package;
        const Process *process = process_of(req, row_text(rows, 0), row_text(rows, 1), &package);

        for (size_t i = 0; process && i < process->action_count; i++) {
            const Action *action = &process->actions[i];

            if (!action->entry && leaves(action, state) &&
                desk_may_decide(req, action->office, package->id))
                offer(req, &list, action->id, text_in(action->label, STR("de")));
        }
    }
    out->actions = list.items;
    out->action_count = list.count;
    return rows && err->kind == ERR_NONE;
}

bool bulk_offer(Request *req, Tx *tx, const Bulk *bulk, BulkOffer *out, Err *err)
{
    return offer_people(req, tx, bulk, out, err) && offer_tasks(req, tx, bulk, out, err) &&
           offer_actions(req, tx, bulk, out, err);
}
