/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/vec.h"
#include "cases/process_read.h"
#include "core/work/work.h"

typedef struct EffectReader {
    ProcessReader *base;
    const FeelScope *scope; /* with the names of `each` */
    const Node *node;       /* the effect's properties */
    ActionEffect *effect;
} EffectReader;

static const RegisterSpec *read_register(EffectReader *reader)
{
    const Node *name = node_get(reader->node, "register");
    const RegisterSpec *spec = package_register(reader->base->package, node_text(name));

    if (!spec)
        problem_add(reader->base->problems, false, name ? name : reader->node,
                    "`register` must name a register of service.yaml");
    return spec;
}

/* --- What `find` implies --------------------------------------------------------------- */

/* Part a conjunction at its outermost `and`s; 0 parts when there is an outermost `or`. */
static size_t conjuncts(Str text, Str parts[], size_t limit)
{
    size_t count = 0;
    size_t begin = 0;
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        Str rest = str_slice(text, i, text.len);

        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '(' || c == '[' || c == '{') {
            depth++;
        } else if (c == ')' || c == ']' || c == '}') {
            depth--;
        } else if (depth == 0 && (str_starts_with(rest, " or ") || str_starts_with(rest, "if ") ||
                                  str_starts_with(rest, " between "))) {
            return 0;
        } else if (depth == 0 && str_starts_with(rest, " and ") && count + 1 < limit) {
            parts[count++] = str_trim(str_slice(text, begin, i));
            begin = i + 5;
        }
    }
    parts[count++] = str_trim(str_slice(text, begin, text.len));
    return count;
}

/* `e.FIELD = EXPRESSION` without `e` on the right: an equality that the index can answer.
 * The whole of `find` is still tested on what comes out. */
static void read_implied(EffectReader *reader, const Node *find)
{
    Str parts[16];
    size_t count = conjuncts(node_text(find), parts, 16);
    ActionEffect *effect = reader->effect;

    effect->where = arena_array(reader->base->arena, Where, count);
    for (size_t i = 0; i < count; i++) {
        Str right = parts[i];
        Err err = {0};

        if (!str_starts_with(right, "e."))
            continue;
        Str field = str_trim(str_cut(&right, '='));

        field = str_slice(field, 2, field.len);
        if (!right.ptr || !register_has_field(effect->spec, field))
            continue;
        const FeelProgram *program = feel_compile(reader->base->arena, str_trim(right), find->file,
                                                  find->line, reader->scope, &err);

        if (program)
            effect->where[effect->where_count++] = (Where){field, program};
    }
}

/* --- Register ----------------------------------------------------------------------------- */

static void read_entry(EffectReader *reader, bool required)
{
    const Node *entry = read_map(reader->base, reader->node, "entry");
    ActionEffect *effect = reader->effect;

    if (!entry) {
        if (required)
            problem_add(reader->base->problems, false, reader->node,
                        "`entry` is missing: write {field: 'FEEL', …}");
        return;
    }
    for (size_t i = 0; i < entry->count; i++)
        if (!register_has_field(effect->spec, entry->keys[i]))
            problem_add(reader->base->problems, false, entry->items[i],
                        "\"%.*s\" is not a field of register %.*s", STR_ARG(entry->keys[i]),
                        STR_ARG(effect->spec->id));
    effect->entry_count = read_assignments(reader->base, entry, reader->scope, &effect->entry);
}

static void read_find(EffectReader *reader)
{
    ActionEffect *effect = reader->effect;
    FeelScope *scope = feel_scope(reader->base->arena, reader->scope);
    const Node *find = node_get(reader->node, "find");

    effect->entry_type = process_entry_type(effect->spec, reader->base->arena);
    feel_scope_add(scope, STR("e"), effect->entry_type);
    effect->find = read_feel(reader->base, reader->node, "find", scope, FEEL_BOOLEAN, true);
    if (!effect->find)
        return;
    read_implied(reader, find);
    if (effect->where_count == 0)
        problem_add(reader->base->problems, false, find,
                    "`find` must hold at least one comparison of a field of the entry, as "
                    "`e.field = …`, so that the register is not read as a whole");
}

static void read_register_effect(EffectReader *reader)
{
    ActionEffect *effect = reader->effect;
    Str op = node_get_text(reader->node, "op");

    read_keys(reader->base, reader->node, "register",
              "register op each when entry from find until reason");
    effect->spec = read_register(reader);
    if (!effect->spec)
        return;
    if (str_is(op, "add")) {
        effect->op = EFFECT_REGISTER_ADD;
        read_entry(reader, true);
    } else if (str_is(op, "change")) {
        effect->op = EFFECT_REGISTER_CHANGE;
        read_entry(reader, true);
        read_find(reader);
    } else if (str_is(op, "end")) {
        effect->op = EFFECT_REGISTER_END;
        read_find(reader);
    } else {
        problem_add(reader->base->problems, false, reader->node, "`op` must be add, change or end");
        return;
    }
    effect->from = read_feel(reader->base, reader->node, "from", reader->scope, FEEL_DATE, false);
    effect->until = read_feel(reader->base, reader->node, "until", reader->scope, FEEL_DATE, false);
    effect->reason =
        read_feel(reader->base, reader->node, "reason", reader->scope, FEEL_STRING, false);
}

/* --- The other kinds ------------------------------------------------------------------------ */

static bool has_field(const FeelType *type, const char *name)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (str_is(type->fields[i].name, name))
            return true;
    return false;
}

/* `parts`: a list of {due, amount}. */
static void read_parts(EffectReader *reader)
{
    const Node *node = node_get(reader->node, "parts");
    ActionEffect *effect = reader->effect;

    effect->parts = read_feel(reader->base, reader->node, "parts", reader->scope, FEEL_LIST, false);
    if (!effect->parts)
        return;
    const FeelType *type = feel_program_type(effect->parts);
    const FeelType *item = type->kind == FEEL_LIST ? type->item : NULL;

    if (item && item->kind == FEEL_CONTEXT && item->field_count > 0 &&
        !(has_field(item, "due") && has_field(item, "amount")))
        problem_add(reader->base->problems, false, node,
                    "`parts` must be a list of {due: date, amount: number}");
}

static void read_assess(EffectReader *reader)
{
    ActionEffect *effect = reader->effect;
    ProcessReader *base = reader->base;

    effect->op = EFFECT_ASSESS;
    read_keys(base, reader->node, "assess",
              "key amount revenue purpose due debtor payer parts each when");
    effect->key = read_feel(base, reader->node, "key", reader->scope, FEEL_STRING, true);
    effect->amount = read_feel(base, reader->node, "amount", reader->scope, FEEL_NUMBER, true);
    effect->purpose = read_feel(base, reader->node, "purpose", reader->scope, FEEL_STRING, true);
    effect->due = read_feel(base, reader->node, "due", reader->scope, FEEL_DATE, true);
    effect->debtor = read_feel(base, reader->node, "debtor", reader->scope, FEEL_STRING, true);
    effect->payer = read_feel(base, reader->node, "payer", reader->scope, FEEL_STRING, false);
    read_parts(reader);
    effect->revenue = node_get_text(reader->node, "revenue");
    if (str_empty(effect->revenue))
        problem_add(base->problems, false, reader->node,
                    "`revenue` is missing: the revenue account that is credited");
}

static const FeelType *part_type(Arena *arena)
{
    FeelType *type = feel_type_context(arena);

    feel_type_add_field(arena, type, STR("due"), feel_type(FEEL_DATE));
    feel_type_add_field(arena, type, STR("amount"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("open"), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("collect"), feel_type(FEEL_DATE));
    return type;
}

static const FeelType *charge_type(Arena *arena)
{
    FeelType *type = feel_type_context(arena);
    static const char *const NUMBERS[] = {"amount", "before", "open", "transfer"};

    feel_type_add_field(arena, type, STR("payment_reference"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("purpose"), feel_type(FEEL_STRING));
    for (size_t i = 0; i < 4; i++)
        feel_type_add_field(arena, type, str_c(NUMBERS[i]), feel_type(FEEL_NUMBER));
    feel_type_add_field(arena, type, STR("due"), feel_type(FEEL_DATE));
    feel_type_add_field(arena, type, STR("parts"), feel_type_list(arena, part_type(arena)));
    feel_type_add_field(arena, type, STR("mandate"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("iban_end"), feel_type(FEEL_STRING));
    feel_type_add_field(arena, type, STR("creditor_id"), feel_type(FEEL_STRING));
    return type;
}

const LetterTemplate *read_charge_letter(ProcessReader *base, const Node *node,
                                         const FeelScope *outer)
{
    const Node *name = node_get(node, "template");
    FeelScope *scope = feel_scope(base->arena, outer);

    if (!name) {
        problem_add(base->problems, false, node,
                    "`template` is missing: the name of a file in letters/");
        return NULL;
    }
    feel_scope_add(scope, STR("charges"), feel_type_list(base->arena, charge_type(base->arena)));
    return letter_load(base->package, node_text(name), name, scope, base->arena, base->problems);
}

static void read_letter(EffectReader *reader, const char *what, EffectOp op)
{
    reader->effect->op = op;
    read_keys(reader->base, reader->node, what,
              op == EFFECT_LETTER ? "template recipient each when" : "template each when");
    if (op == EFFECT_LETTER)
        reader->effect->recipient =
            read_feel(reader->base, reader->node, "recipient", reader->scope, FEEL_LIST, false);
    reader->effect->letter = read_charge_letter(reader->base, reader->node, reader->scope);
}

static void read_task(EffectReader *reader)
{
    const Node *name = node_get(reader->node, "task");

    reader->effect->op = EFFECT_TASK;
    read_keys(reader->base, reader->node, "task", "task each when");
    reader->effect->task = process_task(reader->base->process, node_text(name));
    if (!reader->effect->task)
        problem_add(reader->base->problems, false, name ? name : reader->node,
                    "`task` must name a task of this process");
}

/* The variable gets its type now, so that the effects below and their letters know it. */
static void type_variable(ProcessReader *base, Str name, const FeelType *type)
{
    feel_type_add_field(base->arena, base->vars_typed, name, type);
    for (size_t i = 0; i < base->vars->field_count; i++)
        if (str_eq(base->vars->fields[i].name, name) &&
            base->vars->fields[i].type->kind == FEEL_ANY)
            base->vars->fields[i].type = type;
}

static void read_set(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    ActionEffect *effect = reader->effect;
    const Node *map = reader->node;

    effect->op = EFFECT_SET;
    effect->entry = arena_array(base->arena, Assignment, map->count);
    for (size_t i = 0; i < map->count; i++) {
        if (str_is(map->keys[i], "when"))
            continue;
        const FeelProgram *program = read_feel_node(base, map->items[i], reader->scope, FEEL_ANY);

        if (!program)
            continue;
        effect->entry[effect->entry_count++] = (Assignment){map->keys[i], program};
        type_variable(base, map->keys[i], feel_program_type(program));
    }
}

static void read_deadline_effect(EffectReader *reader)
{
    reader->effect->op = EFFECT_DEADLINE;
    read_keys(reader->base, reader->node, "deadline", "date each when");
    reader->effect->deadline =
        read_feel(reader->base, reader->node, "date", reader->scope, FEEL_DATE, true);
}

static void read_reminder(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    ActionEffect *effect = reader->effect;

    effect->op = EFFECT_REMINDER;
    read_keys(base, reader->node, "reminder", "date text office each when");
    effect->deadline = read_feel(base, reader->node, "date", reader->scope, FEEL_DATE, true);
    effect->reminder = read_feel(base, reader->node, "text", reader->scope, FEEL_STRING, true);
    effect->office = node_get_text(reader->node, "office");
    if (!package_has_office(base->package, effect->office))
        problem_add(base->problems, false, reader->node,
                    "`office` must be one of the offices of service.yaml");
}

/* The day is told by the process's names whenever it is asked for, so it reads nothing of the
 * decision. Which action it is can be said when all are read, see process_action.c. */
static void read_later(EffectReader *reader)
{
    ProcessReader *base = reader->base;

    reader->effect->op = EFFECT_LATER;
    read_keys(base, reader->node, "later", "date action when");
    reader->effect->days = read_feel(base, reader->node, "date", base->scope, FEEL_ANY, true);
    reader->effect->later = node_get_text(reader->node, "action");
    if (!reader->effect->days)
        return;
    const FeelType *type = feel_program_type(reader->effect->days);
    const FeelType *day = type->kind == FEEL_LIST && type->item ? type->item : type;

    if (day->kind != FEEL_DATE && day->kind != FEEL_ANY && day->kind != FEEL_NULL &&
        day->kind != FEEL_LIST)
        problem_add(base->problems, false, node_get(reader->node, "date"),
                    "`date` must be a date or a list of dates");
}

static bool is_word_of(const char *words, Str wanted)
{
    Str rest = str_c(words);

    while (rest.ptr)
        if (str_eq(str_cut(&rest, ' '), wanted))
            return true;
    return false;
}

/* What another engine does: the effect's kind says with which values. */
static void read_order(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    ActionEffect *effect = reader->effect;
    const Node *values = read_map(base, reader->node, "values");
    const EffectKind *kind = effect_kind_for_packages(node_get_text(reader->node, "effect"));

    effect->op = EFFECT_ORDER;
    read_keys(base, reader->node, "order", "effect values each when");
    if (!kind) {
        problem_add(base->problems, false, reader->node,
                    "`effect` must name what an engine of this program does for packages, for "
                    "example `effect: place`");
        return;
    }
    effect->order = str_c(kind->name);
    for (size_t i = 0; values && i < values->count; i++)
        if (!is_word_of(kind->values, values->keys[i]))
            problem_add(base->problems, false, values->items[i],
                        "\"%.*s\" is no value of effect %s; there are: %s",
                        STR_ARG(values->keys[i]), kind->name, kind->values);
    if (values)
        effect->entry_count = read_assignments(base, values, reader->scope, &effect->entry);
}

static void read_mandate(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    const Node *node = reader->node;
    const FeelScope *scope = reader->scope;
    MandateSpec *spec = arena_new(base->arena, MandateSpec);

    reader->effect->op = EFFECT_MANDATE;
    reader->effect->mandate = spec;
    read_keys(base, node, "mandate",
              "payer holder iban bic signed email address one_off each when");
    spec->payer = read_feel(base, node, "payer", scope, FEEL_STRING, true);
    spec->holder = read_feel(base, node, "holder", scope, FEEL_STRING, true);
    spec->iban = read_feel(base, node, "iban", scope, FEEL_STRING, true);
    spec->signed_on = read_feel(base, node, "signed", scope, FEEL_DATE, true);
    spec->bic = read_feel(base, node, "bic", scope, FEEL_STRING, false);
    spec->email = read_feel(base, node, "email", scope, FEEL_STRING, false);
    spec->address = read_feel(base, node, "address", scope, FEEL_CONTEXT, false);
    spec->one_off = read_feel(base, node, "one_off", scope, FEEL_BOOLEAN, false);
}

/* `free_in: hund.marke` */
static void read_free_in(EffectReader *reader, NumberSpec *spec)
{
    const Node *node = node_get(reader->node, "free_in");
    Str field = node_text(node);
    Str name = str_cut(&field, '.');

    spec->spec = package_register(reader->base->package, name);
    spec->field = field;
    if (!spec->spec || !field.ptr || !register_has_field(spec->spec, field))
        problem_add(reader->base->problems, false, node ? node : reader->node,
                    "`free_in` must name a register and its field: hund.marke");
}

static void read_number(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    const Node *node = reader->node;
    const FeelScope *scope = reader->scope;
    FeelScope *inside = feel_scope(base->arena, scope);
    NumberSpec *spec = arena_new(base->arena, NumberSpec);

    reader->effect->op = EFFECT_NUMBER;
    reader->effect->number = spec;
    read_keys(base, node, "number", "set series count begin given text free_in each when");
    spec->variable = node_get_text(node, "set");
    spec->series = node_get_text(node, "series");
    spec->count = read_feel(base, node, "count", scope, FEEL_NUMBER, true);
    spec->begin = read_feel(base, node, "begin", scope, FEEL_NUMBER, false);
    spec->given = read_feel(base, node, "given", scope, FEEL_NUMBER, false);
    feel_scope_add(inside, STR("number"), feel_type(FEEL_NUMBER));
    spec->text = read_feel(base, node, "text", inside, FEEL_STRING, true);
    read_free_in(reader, spec);
    if (str_empty(spec->variable) || str_empty(spec->series))
        problem_add(base->problems, false, node,
                    "`set` must name a variable for the numbers, `series` what is counted");
    else
        type_variable(base, spec->variable, feel_type_list(base->arena, feel_type(FEEL_STRING)));
}

/* `each` and `when` stand beside the effect's other properties. */
static void read_repetition(EffectReader *reader)
{
    ProcessReader *base = reader->base;
    ActionEffect *effect = reader->effect;
    const Node *each = node_get(reader->node, "each");

    if (each) {
        effect->items = read_feel_node(base, each, reader->scope, FEEL_LIST);
        effect->item_type = feel_type(FEEL_ANY);
        if (effect->items) {
            const FeelType *list = feel_program_type(effect->items);

            if (list->kind == FEEL_LIST && list->item)
                effect->item_type = list->item;
        }
        reader->scope = text_item_scope(base->arena, reader->scope, effect->item_type);
    }
    effect->when = read_feel(base, reader->node, "when", reader->scope, FEEL_BOOLEAN, false);
}

void read_assess_effect(ProcessReader *reader, const Node *node, const FeelScope *scope,
                        ActionEffect *effect)
{
    EffectReader one = {reader, scope, node, effect};

    effect->line = node->line;
    effect->when = read_feel(reader, node, "when", scope, FEEL_BOOLEAN, false);
    read_assess(&one);
}

static void read_effect(ProcessReader *base, const Node *node, const FeelScope *scope,
                        ActionEffect *effect)
{
    if (!node || node->kind != NODE_MAP || node->count != 1 || node->items[0]->kind != NODE_MAP) {
        problem_add(base->problems, false, node,
                    "an effect is written as `- kind: {…}`, with one of register, assess, letter, "
                    "mail, task, set, deadline, mandate, number, reminder, later, order");
        return;
    }
    Str kind = node->keys[0];
    EffectReader reader = {base, scope, node->items[0], effect};

    effect->line = node->line;
    read_repetition(&reader);
    if (str_is(kind, "register"))
        read_register_effect(&reader);
    else if (str_is(kind, "assess"))
        read_assess(&reader);
    else if (str_is(kind, "letter"))
        read_letter(&reader, "letter", EFFECT_LETTER);
    else if (str_is(kind, "mail"))
        read_letter(&reader, "mail", EFFECT_MAIL);
    else if (str_is(kind, "task"))
        read_task(&reader);
    else if (str_is(kind, "set"))
        read_set(&reader);
    else if (str_is(kind, "deadline"))
        read_deadline_effect(&reader);
    else if (str_is(kind, "mandate"))
        read_mandate(&reader);
    else if (str_is(kind, "number"))
        read_number(&reader);
    else if (str_is(kind, "reminder"))
        read_reminder(&reader);
    else if (str_is(kind, "later"))
        read_later(&reader);
    else if (str_is(kind, "order"))
        read_order(&reader);
    else
        problem_add(base->problems, false, node,
                    "\"%.*s\" is no effect; there are register, assess, letter, mail, task, set, "
                    "deadline, mandate, number, reminder, later, order",
                    STR_ARG(kind));
}

void read_effects(ProcessReader *reader, const Node *list, const FeelScope *scope, Action *action)
{
    if (!list || node_is_null(list))
        return;
    if (list->kind != NODE_LIST) {
        problem_add(reader->problems, false, list, "effects: a list is needed here");
        return;
    }
    action->effects = arena_array(reader->arena, ActionEffect, list->count);
    for (size_t i = 0; i < list->count; i++)
        read_effect(reader, list->items[i], scope, &action->effects[action->effect_count++]);
}
