/* SPDX-License-Identifier: EUPL-1.2 */
/* A case as JSON: what the case page shows to the same account. */
#include "cases/staff_api.h"

#include "cases/case_json.h"
#include "cases/case_proposal.h"

void staff_api_set_date(Arena *arena, Node *node, const char *key, Date value)
{
    if (!date_absent(value))
        node_set(arena, node, str_c(key), node_string(arena, date_iso(arena, value)));
}

static void set_int(Arena *arena, Node *node, const char *key, int64_t value)
{
    node_set(arena, node, str_c(key), node_int(arena, value));
}

static void set_bool(Arena *arena, Node *node, const char *key, bool value)
{
    node_set(arena, node, str_c(key), node_bool(arena, value));
}

static bool add_findings(Request *req, Tx *tx, const DeskCase *desk, Node *node, Err *err)
{
    Arena *arena = req->arena;
    Node *list = node_list(arena);
    Finding *findings;
    size_t count;

    if (!case_findings(tx, desk->c.id, arena, &findings, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        Node *one = node_map(arena);
        set_int(arena, one, "id", findings[i].id);
        node_set_text(arena, one, "rule", findings[i].rule);
        node_set_text(arena, one, "kind", findings[i].kind);
        node_set_text(arena, one, "field", findings[i].path);
        node_set_text(arena, one, "message", findings[i].message);
        node_set_text(arena, one, "status", findings[i].status);
        node_append(arena, list, one);
    }
    node_set(arena, node, STR("findings"), list);
    return true;
}

/* A protected task is there for everybody, but not what it is and what came of it. */
static bool add_tasks(Request *req, Tx *tx, const DeskCase *desk, Node *node, Err *err)
{
    Arena *arena = req->arena;
    Node *list = node_list(arena);
    Task *tasks;
    size_t count;

    if (!case_tasks(tx, desk->c.id, arena, &tasks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const Task *task = &tasks[i];
        bool visible =
            !task->protected_ || desk_may_see_protected(req, task->office, desk->package->id);
        Node *one = node_map(arena);
        set_int(arena, one, "id", task->id);
        if (visible) {
            node_set_text(arena, one, "task", task->task);
            node_set_text(arena, one, "label", task->label);
            node_set_text(arena, one, "result", task->result);
        }
        node_set_text(arena, one, "office", task->office);
        set_bool(arena, one, "protected", task->protected_);
        set_bool(arena, one, "done", task->done);
        node_append(arena, list, one);
    }
    node_set(arena, node, STR("tasks"), list);
    return true;
}

static bool add_documents(Request *req, Tx *tx, const DeskCase *desk, Node *node, Err *err)
{
    Arena *arena = req->arena;
    Node *list = node_list(arena);
    Document *documents;
    size_t count;

    if (!case_documents(tx, desk->c.id, arena, &documents, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const Document *document = &documents[i];
        if (document->protected_office.ptr &&
            !desk_may_see_protected(req, document->protected_office, desk->package->id))
            continue;
        Node *one = case_json_document(document, arena);

        set_int(arena, one, "id", document->id);
        set_int(arena, one, "size", document->size);
        set_bool(arena, one, "ready", document_ready(document));
        node_append(arena, list, one);
    }
    node_set(arena, node, STR("documents"), list);
    return true;
}

static bool add_actions(Request *req, Tx *tx, const DeskCase *desk, Node *node, Err *err)
{
    Arena *arena = req->arena;
    Node *list = node_list(arena);
    ActionView *actions;
    size_t count;

    if (!case_actions(tx, req->tenant, desk->package, &desk->c, req->today, arena, &actions, &count,
                      err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const Action *action = actions[i].action;
        if (!desk_may_act(req, desk, action))
            continue;
        Node *one = node_map(arena);
        node_set_text(arena, one, "id", action->id);
        node_set_text(arena, one, "label", text_in(action->label, STR("de")));
        set_bool(arena, one, "allowed", actions[i].allowed);
        if (!actions[i].allowed)
            node_set_text(arena, one, "reason", actions[i].why_not);
        if (action->entry)
            node_set(arena, one, STR("entry"),
                     form_json_schema(desk->package, action->entry, STR("de"), arena));
        node_append(arena, list, one);
    }
    node_set(arena, node, STR("actions"), list);
    return true;
}

static bool add_charges(Request *req, Tx *tx, const DeskCase *desk, Node *node, Err *err)
{
    Arena *arena = req->arena;
    Node *list = node_list(arena);
    Charge *charges;
    size_t count;

    if (!pay_charges_of(tx, case_subject(&desk->c, arena), arena, &charges, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        node_append(arena, list, case_json_charge(&charges[i], arena));
    node_set(arena, node, STR("charges"), list);
    return true;
}

bool staff_api_case_node(Request *req, Tx *tx, const DeskCase *desk, Node **out, Err *err)
{
    Arena *arena = req->arena;
    const Case *c = &desk->c;
    const State *state = process_state(desk->process, c->state);
    Node *node = node_map(arena);
    Str version;

    if (!case_basis(tx, req->tenant, desk->package, c, req->today, arena, &version, err))
        return false;
    set_int(arena, node, "id", c->id);
    node_set_text(arena, node, "version", version);
    case_json_head(c, arena, node);
    if (state)
        node_set_text(arena, node, "stateLabel", text_in(state->label, STR("de")));
    set_bool(arena, node, "closed", c->closed);
    staff_api_set_date(arena, node, "deadline", c->deadline);
    set_bool(arena, node, "paused", c->paused);
    if (c->assigned_to)
        set_int(arena, node, "assignedTo", c->assigned_to);
    set_int(arena, node, "dataVersion", c->data_version);
    node_set(arena, node, STR("data"), (Node *)c->data);
    *out = node;
    return add_findings(req, tx, desk, node, err) && add_tasks(req, tx, desk, node, err) &&
           add_documents(req, tx, desk, node, err) && add_actions(req, tx, desk, node, err) &&
           add_charges(req, tx, desk, node, err);
}
