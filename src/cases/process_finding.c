/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/process_read.h"

/* The type of a field by its path ("hund.chip"), or NULL. */
static const FeelType *type_at(const FeelType *type, Str path)
{
    Str rest = path;

    while (rest.ptr && type) {
        Str name = str_cut(&rest, '.');
        const FeelType *found = NULL;

        for (size_t i = 0; type->kind == FEEL_CONTEXT && i < type->field_count; i++)
            if (str_eq(type->fields[i].name, name))
                found = type->fields[i].type;
        type = found;
    }
    return type;
}

static bool kind_known(Str kind)
{
    return str_is(kind, "missing") || str_is(kind, "contradictory") ||
           str_is(kind, "implausible") || str_is(kind, "outdated");
}

static bool read_items(ProcessReader *reader, const Node *node, FindingRule *rule)
{
    const Node *each = node_get(node, "each");
    const FeelType *list = type_at(reader->process->form->type, rule->each);

    if (!list || list->kind != FEEL_LIST || !list->item || list->item->kind != FEEL_CONTEXT) {
        problem_add(reader->problems, false, each, "\"%.*s\" is not a repeated group of the form",
                    STR_ARG(rule->each));
        return false;
    }
    rule->item_type = list->item;
    rule->items = read_feel_node(reader, each, reader->scope, FEEL_LIST);
    return rule->items != NULL;
}

static void read_finding(ProcessReader *reader, const Node *node, FindingRule *rule)
{
    const FeelScope *scope = reader->scope;

    read_keys(reader, node, "finding", "id kind each field when message request");
    rule->id = node_get_text(node, "id");
    rule->kind = node_get_text(node, "kind");
    rule->each = node_get_text(node, "each");
    rule->field = node_get_text(node, "field");
    if (str_empty(rule->id))
        problem_add(reader->problems, false, node, "the finding has no id");
    if (!kind_known(rule->kind))
        problem_add(reader->problems, false, node,
                    "finding %.*s: `kind` must be missing, contradictory, implausible or outdated",
                    STR_ARG(rule->id));
    if (rule->each.ptr) {
        if (!read_items(reader, node, rule))
            return;
        scope = text_item_scope(reader->arena, reader->scope, rule->item_type);
    }
    const FeelType *holder = rule->each.ptr ? rule->item_type : reader->process->form->type;

    if (!type_at(holder, rule->field))
        problem_add(reader->problems, false,
                    node_get(node, "field") ? node_get(node, "field") : node,
                    "finding %.*s: \"%.*s\" is not a field of %s", STR_ARG(rule->id),
                    STR_ARG(rule->field), rule->each.ptr ? "the repeated group" : "the form");
    rule->when = read_feel(reader, node, "when", scope, FEEL_BOOLEAN, true);
    rule->message =
        text_template(node_get(node, "message"), scope, reader->arena, reader->problems);
    read_languages(reader, node_get(node, "request"), node, "`request`");
    if (node_get(node, "request"))
        rule->request =
            text_template(node_get(node, "request"), scope, reader->arena, reader->problems);
}

void read_findings(ProcessReader *reader, const Node *yaml)
{
    const Node *list = node_get(yaml, "findings");
    Process *process = reader->process;

    if (!list || node_is_null(list))
        return;
    if (list->kind != NODE_LIST) {
        problem_add(reader->problems, false, list, "findings: a list is needed here");
        return;
    }
    if (list->count > 0 && !process_waiting_state(process))
        problem_add(reader->problems, false, list,
                    "findings need a state in which the applicant is asked: a state with "
                    "`waiting: applicant`");
    process->findings = arena_array(reader->arena, FindingRule, list->count);
    for (size_t i = 0; i < list->count; i++) {
        FindingRule *rule = &process->findings[process->finding_count++];

        read_finding(reader, list->items[i], rule);
        for (size_t k = 0; k + 1 < process->finding_count; k++)
            if (str_eq(process->findings[k].id, rule->id))
                problem_add(reader->problems, false, list->items[i],
                            "there are two findings with the id %.*s", STR_ARG(rule->id));
    }
}
