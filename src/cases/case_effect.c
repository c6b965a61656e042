/* SPDX-License-Identifier: EUPL-1.2 */
/* What an action brings about, in its transaction: registers, charges, letters, mails, tasks. */
#include "base/vec.h"
#include "cases/case_later.h"
#include "cases/case_memo.h"
#include "cases/case_store.h"
#include "pay/pay.h"

typedef struct Assessed {
    Charge charge;
    int64_t before;
} Assessed;

typedef struct ChargeList {
    Assessed *items;
    size_t count, capacity;
} ChargeList;

typedef struct Acting {
    CaseWork *work;
    const Action *action;
    const ActionEffect *effect;
    const FeelValue *context; /* with the names of `each` */
    Str actor;
    ChargeList charges; /* what this action assessed so far */
    int mails, orders;
} Acting;

static const FeelValue *evaluate(Acting *acting, const FeelProgram *program, Err *err)
{
    return feel_eval(program, acting->context, &acting->work->env, acting->work->arena, err);
}

/* A text that must be there. */
static bool need_text(Acting *acting, const FeelProgram *program, const char *what, Str *out,
                      Err *err)
{
    const FeelValue *value = evaluate(acting, program, err);

    if (!value)
        return false;
    if (feel_is_null(value))
        return err_set(err, ERR_CONFLICT, "%s fehlt: der Ausdruck ergibt keinen Wert.", what);
    *out = feel_to_text(acting->work->arena, value);
    return true;
}

/* A date, or `otherwise` when the expression is missing or null. */
static bool date_or(Acting *acting, const FeelProgram *program, Date otherwise, Date *out, Err *err)
{
    *out = otherwise;
    if (!program)
        return true;
    const FeelValue *value = evaluate(acting, program, err);

    if (!value)
        return false;
    feel_to_date(value, out);
    return true;
}

/* --- Registers --------------------------------------------------------------------------- */

static bool entry_values(Acting *acting, Node **out, Err *err)
{
    *out = node_map(acting->work->arena);
    for (size_t i = 0; i < acting->effect->entry_count; i++) {
        const Assignment *field = &acting->effect->entry[i];
        const FeelValue *value = evaluate(acting, field->value, err);

        if (!value)
            return err_context(err, "%.*s", STR_ARG(field->name));
        node_set(acting->work->arena, *out, field->name, feel_to_node(acting->work->arena, value));
    }
    return true;
}

static RegisterChange change_of(const Acting *acting)
{
    return (RegisterChange){.spec = acting->effect->spec,
                            .package = acting->work->package,
                            .case_id = acting->work->c->id,
                            .case_number = acting->work->c->number,
                            .actor = acting->actor,
                            .today = acting->work->today};
}

static bool add_entry(Acting *acting, Err *err)
{
    CaseWork *work = acting->work;
    RegisterChange change = change_of(acting);
    Node *values;
    Date from;
    int64_t id;

    return entry_values(acting, &values, err) &&
           date_or(acting, acting->effect->from, work->today, &from, err) &&
           register_add(work->tx, &change, values, from, work->arena, &id, err);
}

/* The living entries for which `find` is true. */
static bool find_entries(Acting *acting, RegisterEntry **out, size_t *count, Err *err)
{
    const ActionEffect *effect = acting->effect;
    CaseWork *work = acting->work;
    RegisterCondition *conditions =
        arena_array(work->arena, RegisterCondition, effect->where_count);
    size_t found = 0;

    if (!case_where(work, effect->where, effect->where_count, acting->context, conditions, err) ||
        !register_find(work->tx, effect->spec, conditions, effect->where_count, false, work->today,
                       work->arena, out, &found, err))
        return false;
    *count = 0;
    for (size_t i = 0; i < found; i++) {
        const FeelValue *e = register_entry_value(&(*out)[i], effect->entry_type, work->arena);
        const FeelValue *fits =
            feel_eval(effect->find, feel_context_put(work->arena, acting->context, STR("e"), e),
                      &work->env, work->arena, err);

        if (!fits)
            return false;
        if (feel_is_true(fits))
            (*out)[(*count)++] = (*out)[i];
    }
    if (*count == 0)
        return err_set(err, ERR_CONFLICT,
                       "Im Register „%.*s“ gibt es keinen passenden lebenden Eintrag.",
                       STR_ARG(effect->spec->id));
    return true;
}

static bool end_or_change(Acting *acting, Err *err)
{
    const ActionEffect *effect = acting->effect;
    CaseWork *work = acting->work;
    RegisterChange change = change_of(acting);
    RegisterEntry *entries = NULL;
    size_t count = 0;
    Node *values = NULL;
    Date day;
    Str reason = STR_NONE;

    if (!find_entries(acting, &entries, &count, err) ||
        !date_or(acting, effect->op == EFFECT_REGISTER_END ? effect->until : effect->from,
                 work->today, &day, err))
        return false;
    if (effect->op == EFFECT_REGISTER_CHANGE && !entry_values(acting, &values, err))
        return false;
    if (effect->reason && !need_text(acting, effect->reason, "Der Grund", &reason, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool ok =
            effect->op == EFFECT_REGISTER_END
                ? register_end(work->tx, &change, entries[i].id, day, reason, work->arena, err)
                : register_change(work->tx, &change, entries[i].id, values, day, work->arena, err);

        if (!ok)
            return false;
    }
    return true;
}

/* --- Money ----------------------------------------------------------------------------------- */

static bool assess(Acting *acting, Err *err)
{
    CaseWork *work = acting->work;
    AssessOrder order = {.subject = case_subject(work->c, work->arena), .actor = acting->actor};
    Charge charge;
    int64_t before = 0;
    Err missing = {0};

    if (!case_assess_order(acting->effect, acting->context, &work->env, work->arena, &order, err))
        return false;
    if (order.cents == 0 && !pay_charge_by_key(work->tx, order.key, work->arena, &charge, &missing))
        return missing.kind == ERR_NOT_FOUND ? true : (*err = missing, false);
    if (!case_explain_amount(work, acting->effect, acting->context, order.cents, &order.explanation,
                             err) ||
        !pay_assess(work->tx, work->tenant, &order, work->arena, &charge, &before, err))
        return false;
    VEC_PUSH(work->arena, &acting->charges, (Assessed){charge, before});
    return true;
}

/* What was assessed so far, as a letter or mail sees it. What is collected of one charge may
 * depend on the others. */
static const FeelValue *charge_values(Acting *acting, Err *err)
{
    CaseWork *work = acting->work;
    size_t count = acting->charges.count;
    const FeelValue **values = arena_array(work->arena, const FeelValue *, count + 1);

    for (size_t i = 0; i < count; i++) {
        const Assessed *one = &acting->charges.items[i];

        if (!case_charge_value(work->tx, &one->charge, one->before, work->today, work->arena,
                               &values[i], err))
            return NULL;
    }
    return feel_list(work->arena, values, count);
}

/* --- The rest ------------------------------------------------------------------------------------
 */

static bool set_vars(Acting *acting, Err *err)
{
    CaseWork *work = acting->work;
    Node *values;

    if (!entry_values(acting, &values, err))
        return false;
    Node *vars = node_clone(work->arena, work->c->vars);

    for (size_t i = 0; i < values->count; i++)
        node_set(work->arena, vars, values->keys[i], values->items[i]);
    work->c->vars = vars;
    return true;
}

static bool set_deadline(Acting *acting, Err *err)
{
    Case *c = acting->work->c;
    Date date;

    if (!date_or(acting, acting->effect->deadline, (Date){0}, &date, err))
        return false;
    c->deadline = date;
    c->paused = false;
    c->clock_left = 0;
    return true;
}

/* A reminder for an office (Wiedervorlage); without a day there is none. */
static bool remind(Acting *acting, Err *err)
{
    CaseWork *work = acting->work;
    Date day;
    Str text;

    if (!date_or(acting, acting->effect->deadline, (Date){0}, &day, err))
        return false;
    if (date_absent(day))
        return true;
    if (date_compare(day, work->today) < 0)
        day = work->today;
    return need_text(acting, acting->effect->reminder, "Der Text der Wiedervorlage", &text, err) &&
           case_reminder_add(work->tx, work->c, (Addressee){0, acting->effect->office}, day, text,
                             0, err);
}

/* For another engine, done behind the decision; its key is of this decision alone. */
static bool order_effect(Acting *acting, Err *err)
{
    CaseWork *work = acting->work;
    Node *values, *payload = node_map(work->arena);

    if (!entry_values(acting, &values, err))
        return false;
    node_set(work->arena, payload, STR("case"), node_string(work->arena, work->c->number));
    node_set(work->arena, payload, STR("values"), values);
    EffectOrder order = {.kind = str_cstr(work->arena, acting->effect->order),
                         .key = str_printf(work->arena, "order/%lld/%.*s/%lld/%d",
                                           (long long)work->c->id, STR_ARG(acting->action->id),
                                           (long long)tx_now(work->tx), ++acting->orders),
                         .subject = case_subject(work->c, work->arena),
                         .payload = payload};
    return effect_order(work->tx, &order, err);
}

/* The lines of the address that the process names; empty ones fall away. */
static bool read_recipient(Acting *acting, Err *err)
{
    CaseWork *work = acting->work;
    const FeelValue *lines = evaluate(acting, acting->effect->recipient, err);
    size_t count = lines ? feel_list_count(lines) : 0;

    work->recipient_count = 0;
    for (size_t i = 0; i < count && work->recipient_count < CASE_ADDRESS_LINES; i++) {
        const FeelValue *line = feel_list_at(lines, i);
        Str text = feel_is_null(line) ? STR("") : str_trim(feel_to_text(work->arena, line));

        if (text.len)
            work->recipient[work->recipient_count++] = text;
    }
    return lines &&
           (work->recipient_count >= 3 ||
            err_set(err, ERR_CONFLICT, "Die Anschrift für den Brief ist nicht vollständig."));
}

static bool send_letter(Acting *acting, Err *err)
{
    CaseWork *work = acting->work;

    if (acting->effect->recipient && !read_recipient(acting, err))
        return false;
    const FeelValue *charges = charge_values(acting, err);
    bool ok =
        charges && case_order_letter(work, acting->effect->letter, acting->context, charges, err);

    work->recipient_count = 0;
    return ok;
}

static bool do_effect(Acting *acting, Err *err)
{
    CaseWork *work = acting->work;
    const ActionEffect *effect = acting->effect;

    switch (effect->op) {
    case EFFECT_REGISTER_ADD: return add_entry(acting, err);
    case EFFECT_REGISTER_CHANGE:
    case EFFECT_REGISTER_END: return end_or_change(acting, err);
    case EFFECT_ASSESS: return assess(acting, err);
    case EFFECT_TASK: return case_make_task(work, effect->task, err);
    case EFFECT_SET: return set_vars(acting, err);
    case EFFECT_DEADLINE: return set_deadline(acting, err);
    case EFFECT_REMINDER: return remind(acting, err);
    case EFFECT_NUMBER: return case_take_numbers(work, effect->number, acting->context, err);
    case EFFECT_MANDATE:
        return case_take_mandate(work, effect->mandate, acting->context, acting->actor, err);
    case EFFECT_LETTER: return send_letter(acting, err);
    case EFFECT_ORDER: return order_effect(acting, err);
    case EFFECT_LATER:
        return case_later_order(work, acting->action, (size_t)(effect - acting->action->effects),
                                err);
    case EFFECT_MAIL: {
        const FeelValue *charges = charge_values(acting, err);
        Str key = str_printf(work->arena, "%.*s/%lld/%d", STR_ARG(acting->action->id),
                             (long long)tx_now(work->tx), ++acting->mails);

        return charges &&
               case_order_letter_mail(
                   work, effect->letter, key,
                   feel_context_put(work->arena, acting->context, STR("charges"), charges), err);
    }
    }
    return err_set(err, ERR_INTERNAL, "effect of unknown kind %d", (int)effect->op);
}

static bool do_when(Acting *acting, Err *err)
{
    if (acting->effect->when) {
        const FeelValue *when = evaluate(acting, acting->effect->when, err);

        if (!when)
            return false;
        if (!feel_is_true(when))
            return true;
    }
    return do_effect(acting, err);
}

static bool do_each(Acting *acting, Err *err)
{
    const FeelValue *outer = acting->context;
    const FeelValue *items = evaluate(acting, acting->effect->items, err);

    if (!items)
        return false;
    size_t count = feel_list_count(items);

    for (size_t i = 0; i < count; i++) {
        acting->context = text_item_context(acting->work->arena, outer, feel_list_at(items, i),
                                            acting->effect->item_type, i + 1, count);
        if (!do_when(acting, err))
            return false;
    }
    acting->context = outer;
    return true;
}

bool case_do_effects(CaseWork *work, const Action *action, const FeelValue *context, Str actor,
                     Err *err)
{
    Acting acting = {.work = work, .action = action, .context = context, .actor = actor};
    bool own_mail = false;

    for (size_t i = 0; i < action->effect_count; i++)
        own_mail = own_mail || action->effects[i].op == EFFECT_MAIL;
    if (!own_mail)
        work->announce = str_printf(work->arena, "post/%lld", (long long)tx_now(work->tx));
    for (size_t i = 0; i < action->effect_count; i++) {
        acting.effect = &action->effects[i];
        if (acting.effect->items ? !do_each(&acting, err) : !do_when(&acting, err))
            return err->kind == ERR_INTERNAL
                       ? err_context(err, "effect %zu of action %.*s", i + 1, STR_ARG(action->id))
                       : false;
        if (acting.effect->op == EFFECT_SET || acting.effect->op == EFFECT_TASK ||
            acting.effect->op == EFFECT_DEADLINE || acting.effect->op == EFFECT_NUMBER)
            if (!case_context_refresh(work, &acting.context, err))
                return false;
    }
    return true;
}
