/* SPDX-License-Identifier: EUPL-1.2 */
/* What is wrong with the values that are seen, in the order of the form; and the data that stays.
 */
#include "base/vec.h"
#include "cases/form_state.h"
#include "cases/text.h"
#include "core/page/out.h"

static void add_error(Evaluation *e, const Instance *instance, const FormField *field,
                      const char *rule, Str message)
{
    FormError error = {instance_path(instance, field->id, e->arena), str_c(rule), message, field};
    struct {
        FormError *items;
        size_t count, capacity;
    } list = {e->state->errors, e->state->error_count, e->state->error_capacity};

    VEC_PUSH(e->arena, &list, error);
    e->state->errors = list.items;
    e->state->error_count = list.count;
    e->state->error_capacity = list.capacity;
}

/* --- Required -------------------------------------------------------------------------------- */

Str form_required_message(const FormField *field, Str lang, Arena *arena)
{
    FieldTask task = {field, lang, arena, NULL};
    const char *label = field_label(&task);

    switch (field->type) {
    case FIELD_CHOICE:
    case FIELD_CHOICES: return trf(arena, lang, "Bitte wählen Sie bei „%s“ etwas aus.", label);
    case FIELD_YES_NO:
        return trf(arena, lang, "Bitte antworten Sie bei „%s“ mit Ja oder Nein.", label);
    case FIELD_CONSENT: return trf(arena, lang, "Bitte bestätigen Sie: „%s“", label);
    case FIELD_UPLOAD: return trf(arena, lang, "Bitte laden Sie bei „%s“ eine Datei hoch.", label);
    default: return trf(arena, lang, "Bitte füllen Sie „%s“ aus.", label);
    }
}

static bool is_empty(const FormField *field, const Cell *cell)
{
    return !cell->value || (field_is_list(field) && cell->value->count == 0);
}

static bool decide_required(Evaluation *e, const Instance *instance, const FormField *field,
                            Cell *cell)
{
    cell->required = field->required_always;
    if (!field->required)
        return true;
    const FeelValue *value = evaluation_run(e, instance, field->required);
    if (!value)
        return false;
    cell->required = feel_is_true(value);
    return true;
}

/* --- Bounds, patterns, rules ----------------------------------------------------------------- */

static Str bound_message(const FieldTask *task, bool least, Str bound)
{
    const char *label = field_label(task), *value = str_cstr(task->arena, bound);

    if (task->field->type == FIELD_DATE)
        return least ? trf(task->arena, task->lang,
                           "Das Datum bei „%s“ darf nicht vor dem %s liegen.", label, value)
                     : trf(task->arena, task->lang,
                           "Das Datum bei „%s“ darf nicht nach dem %s liegen.", label, value);
    if (task->field->type == FIELD_TIME)
        return least ? trf(task->arena, task->lang,
                           "Die Uhrzeit bei „%s“ darf nicht vor %s liegen.", label, value)
                     : trf(task->arena, task->lang,
                           "Die Uhrzeit bei „%s“ darf nicht nach %s liegen.", label, value);
    return least ? trf(task->arena, task->lang, "„%s“ muss mindestens %s sein.", label, value)
                 : trf(task->arena, task->lang, "„%s“ darf höchstens %s sein.", label, value);
}

/* The bound as its field's value would be written. */
static Str bound_text(const FieldTask *task, const FeelValue *bound)
{
    Node *node = feel_to_node(task->arena, bound);

    if (task->field->type == FIELD_TIME && node->kind == NODE_STRING)
        node->text = str_slice(node->text, 0, 5);
    return form_value_to_text(task->field, node, task->lang, task->arena);
}

/* `*ok` becomes false and an error is added when the value lies beyond the bound. */
static bool check_bound(Evaluation *e, const Instance *instance, const FormField *field, bool least,
                        bool *ok)
{
    const FeelProgram *program = least ? field->min : field->max;
    FieldTask task = {field, e->input->lang, e->arena, NULL};
    int order;

    if (!program)
        return true;
    const FeelValue *bound = evaluation_run(e, instance, program);
    if (!bound)
        return false;
    const FeelValue *value = feel_frame_get(instance->frame, field->name_slot);
    if (!feel_compare(value, bound, &order) || (least ? order >= 0 : order <= 0))
        return true;
    *ok = false;
    add_error(e, instance, field, least ? "min" : "max",
              bound_message(&task, least, bound_text(&task, bound)));
    return true;
}

static bool check_pattern(Evaluation *e, const Instance *instance, const FormField *field, bool *ok)
{
    FieldTask task = {field, e->input->lang, e->arena, NULL};

    if (!field->pattern_test)
        return true;
    const FeelValue *context = feel_context_put(e->arena, feel_null(), STR("value"),
                                                feel_frame_get(instance->frame, field->name_slot));
    const FeelValue *fits =
        feel_eval(field->pattern_test, context, e->input->env, e->arena, e->err);
    if (!fits)
        return err_context(e->err, "field %.*s, pattern", STR_ARG(field->path));
    *ok = feel_is_true(fits);
    if (!*ok)
        add_error(e, instance, field, "pattern",
                  trf(e->arena, e->input->lang,
                      "„%s“ hat nicht die erwartete Form. Bitte prüfen Sie Ihre Eingabe.",
                      field_label(&task)));
    return true;
}

/* A rule is broken when it gives false. Null means that something it reads is missing, which is for
 * that other field to say. */
static bool check_rules(Evaluation *e, const Instance *instance, const FormField *field)
{
    for (size_t i = 0; i < field->rule_count; i++) {
        const Rule *rule = &field->rules[i];
        const FeelValue *value = evaluation_run(e, instance, rule->test);
        Str message;

        if (!value)
            return false;
        if (feel_is_true(value) || feel_is_null(value))
            continue;
        if (!text_render(rule->message, e->input->lang, feel_frame_names(instance->frame),
                         e->input->env, TEXT_PLAIN, e->arena, &message, e->err))
            return false;
        add_error(e, instance, field, "rule", message);
        return true;
    }
    return true;
}

static bool check_value(Evaluation *e, const Instance *instance, const FormField *field, Cell *cell)
{
    bool ok = true;

    if (!decide_required(e, instance, field, cell))
        return false;
    if (e->input->quiet)
        return true;
    if (cell->fault.rule) {
        add_error(e, instance, field, cell->fault.rule, cell->fault.message);
        return true;
    }
    if (is_empty(field, cell)) {
        if (cell->required && !field->compute)
            add_error(e, instance, field, "required",
                      form_required_message(field, e->input->lang, e->arena));
        return true;
    }
    if (!check_bound(e, instance, field, true, &ok) ||
        (ok && !check_bound(e, instance, field, false, &ok)) ||
        (ok && !check_pattern(e, instance, field, &ok)))
        return false;
    return !ok || check_rules(e, instance, field);
}

/* --- Groups ---------------------------------------------------------------------------------- */

static bool validate_instance(Evaluation *e, const Instance *instance, Node **out);

static bool check_count(Evaluation *e, const Instance *instance, const FormField *field,
                        const Cell *cell)
{
    FieldTask task = {field, e->input->lang, e->arena, NULL};
    int sent = (int)cell->sent_count;

    if (sent < field->repeat_min)
        add_error(e, instance, field, "count",
                  trf(e->arena, e->input->lang,
                      "Bei „%s“ brauchen wir mindestens %d Einträge. Sie haben %d angegeben.",
                      field_label(&task), field->repeat_min, sent));
    else if (sent > field->repeat_max)
        add_error(e, instance, field, "count",
                  trf(e->arena, e->input->lang,
                      "Bei „%s“ sind höchstens %d Einträge möglich. Sie haben %d angegeben.",
                      field_label(&task), field->repeat_max, sent));
    else
        return true;
    return false;
}

static bool validate_group(Evaluation *e, const Instance *instance, const FormField *field,
                           Cell *cell)
{
    bool ok = !cell->fault.rule && !e->input->quiet;

    if (e->input->quiet)
        ; /* only the fields in it */
    else if (!ok)
        add_error(e, instance, field, cell->fault.rule, cell->fault.message);
    else if (field->repeats)
        ok = check_count(e, instance, field, cell);
    cell->value = field->repeats ? node_list(e->arena) : NULL;
    for (size_t i = 0; i < cell->item_count; i++) {
        Node *item;
        if (!validate_instance(e, cell->items[i], &item))
            return false;
        if (field->repeats)
            node_append(e->arena, cell->value, item);
        else
            cell->value = item;
    }
    return !ok || check_rules(e, instance, field);
}

static void check_unknown(Evaluation *e, const Instance *instance)
{
    for (size_t i = 0; instance->input && i < instance->input->count; i++) {
        Str key = instance->input->keys[i];
        bool known = false;
        for (size_t k = 0; k < instance->field_count && !known; k++)
            known = field_has_value(instance->fields[k]) && str_eq(instance->fields[k]->id, key);
        if (known)
            continue;
        FormField stranger = {.id = key};
        add_error(e, instance, &stranger, "unknown",
                  trf(e->arena, e->input->lang, "Das Feld „%s“ gibt es hier nicht.",
                      str_cstr(e->arena, key)));
        e->state->errors[e->state->error_count - 1].field = NULL;
    }
}

static bool validate_field(Evaluation *e, const Instance *instance, const FormField *field,
                           Cell *cell)
{
    if (!cell->visible || !field_has_value(field))
        return true;
    return field->type == FIELD_GROUP ? validate_group(e, instance, field, cell)
                                      : check_value(e, instance, field, cell);
}

/* The keys are unique already: no search as in node_set(). */
static void append_value(Node *map, Str key, Node *value)
{
    map->keys[map->count] = key;
    map->items[map->count++] = value;
}

static bool validate_instance(Evaluation *e, const Instance *instance, Node **out)
{
    Node *map = node_map(e->arena);

    map->capacity = instance->field_count;
    map->keys = arena_array(e->arena, Str, map->capacity);
    map->items = arena_array(e->arena, Node *, map->capacity);
    *out = map;
    for (size_t i = 0; i < instance->field_count; i++) {
        Cell *cell = &instance->cells[i];
        if (!validate_field(e, instance, instance->fields[i], cell))
            return false;
        if (cell->visible && cell->value)
            append_value(map, instance->fields[i]->id, cell->value);
    }
    if (e->input->strict)
        check_unknown(e, instance);
    return true;
}

bool form_validate(Evaluation *e)
{
    return validate_instance(e, e->map->root, &e->state->data);
}
