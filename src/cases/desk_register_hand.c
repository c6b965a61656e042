/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/desk_register_hand.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "cases/portal.h"
#include "core/http/request.h"
#include "core/work/form_once.h"

/* --- Opening ---------------------------------------------------------------------------------- */

/* Some values only a case knows: keys that nobody types. */
bool hand_can_add(const RegisterSpec *spec)
{
    for (size_t i = 0; i < spec->field_count; i++) {
        const FormField *field = spec->fields[i];
        const FormField *in_form = spec->form->fields[i];

        if (field->required_always && field->internal && !in_form->default_value &&
            !in_form->compute)
            return false;
    }
    return true;
}

static bool is_of_mandate(const RegisterSpec *spec, Str id)
{
    for (size_t i = 0; spec->mandate && i < MANDATE_PARTS; i++)
        if (str_eq(spec->mandate[i], id))
            return true;
    return false;
}

/* The form's last fields are the columns of an import. Of a new entry some values are computed from
 * them; a mandate is written down with the charge, and what stands in an entry has no columns. */
static void pick_fields(Hand *hand)
{
    const RegisterSpec *spec = hand->reg.spec;
    const Form *form = spec->form;

    hand->fields = arena_array(hand->req->arena, FormField *, form->field_count);
    for (size_t i = 0; i < form->field_count; i++) {
        bool column = i >= spec->field_count;

        if (desk_register_shows(&hand->reg, form->fields[i]) &&
            (!column || (hand->fresh && !is_of_mandate(spec, form->fields[i]->id))))
            hand->fields[hand->field_count++] = form->fields[i];
    }
}

/* A value that is missing was left empty: `default` is for new entries only. */
static Node *whole(const Form *form, const Node *data, Arena *arena)
{
    Node *out = node_clone(arena, data);

    for (size_t i = 0; i < form->field_count; i++)
        if (!node_get_str(out, form->fields[i]->id))
            node_set(arena, out, form->fields[i]->id, node_null(arena));
    return out;
}

/* What was returned is taken up on the same page of the same entry. */
static bool open_again(Hand *hand, Tx *tx, int64_t follows, Err *err)
{
    Request *req = hand->req;
    RegisterAct *again = arena_new(req->arena, RegisterAct);
    Str entry = request_param(req, "eintrag");
    int64_t id = 0;

    if (!follows)
        return true;
    str_to_i64(entry, &id);
    if (!register_act_by_id(tx, hand->reg.spec->id, follows, req->arena, again, err))
        return false;
    if (again->by != req->session.staff_id || (again->kind == ACT_NEW) != hand->fresh ||
        (again->kind == ACT_PERIOD) != hand->period || again->entry_id != id)
        return err_set(err, ERR_CONFLICT, "Dieser Vorschlag gehört nicht auf diese Seite.");
    hand->again = again;
    hand->act.follows = follows;
    return true;
}

static bool open_entry(Hand *hand, Tx *tx, Date valid_on, Err *err)
{
    Arena *arena = hand->req->arena;
    Str register_id = hand->reg.spec->id;
    int64_t id = 0;

    str_to_i64(request_param(hand->req, "eintrag"), &id);
    if (!register_by_id(tx, register_id, id, arena, &hand->head, err) ||
        !register_act_basis(tx, register_id, id, &hand->act.basis, err))
        return false;
    hand->base = hand->head;
    if (!date_absent(valid_on) &&
        !register_at(tx, register_id, id, valid_on, hand->req->now, arena, &hand->base, err)) {
        if (err->kind != ERR_NOT_FOUND)
            return false;
        err_clear(err);
        hand->base = hand->head;
    }
    hand->act.entry_id = id;
    hand->act.seen = hand->base.from;
    hand->moved_on = hand->again && hand->again->basis != hand->act.basis;
    hand->title = hand->head.title;
    hand->data = whole(hand->reg.spec->form, hand->base.data, arena);
    return true;
}

bool hand_open(Request *req, bool fresh, bool period, Date valid_on, int64_t follows, Hand *out,
               Err *err)
{
    *out = (Hand){.req = req, .fresh = fresh, .period = period};
    if (!desk_register(req, &out->reg, err))
        return false;
    if (!desk_register_may(req, &out->reg, "register.correct"))
        return err_set(err, ERR_FORBIDDEN, "In diesem Register dürfen Sie nichts berichtigen.");
    if (fresh && !hand_can_add(out->reg.spec))
        return err_set(
            err, ERR_CONFLICT,
            "In dieses Register kommt ein Eintrag nur mit einem Vorgang: er hat Angaben, "
            "die niemand von Hand einträgt.");
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    out->act.by = req->session.staff_id;
    out->act.kind = fresh ? ACT_NEW : period ? ACT_PERIOD : ACT_CHANGED;
    out->data = node_map(req->arena);
    pick_fields(out);
    out->second = out->reg.spec->four_eyes;
    bool ok = open_again(out, tx, follows, err);

    if (ok && out->again && date_absent(valid_on))
        valid_on = out->again->seen;
    ok = ok && (fresh || open_entry(out, tx, valid_on, err)) && hand_find_second(out, tx, err);

    tx_end(tx);
    return ok;
}

bool hand_resume(Hand *hand, Err *err)
{
    const Node *values = hand->again ? hand->again->values : NULL;

    if (!hand->again)
        return true;
    if (!register_act_resumable(hand->again, hand->req->session.staff_id, err))
        return false;
    hand->act.reason = hand->again->reason;
    for (size_t i = 0; values && i < hand->field_count; i++) {
        const Node *value = node_get_str(values, hand->fields[i]->id);

        if (value)
            node_set(hand->req->arena, hand->data, hand->fields[i]->id,
                     node_clone(hand->req->arena, value));
    }
    return true;
}

bool hand_find_second(Hand *hand, Tx *tx, Err *err)
{
    const Package *package = hand->reg.package;
    Staff *staff;
    size_t count;

    if (!hand->second)
        return true;
    if (!ident_staff_list(tx, hand->req->arena, &staff, &count, err))
        return false;
    hand->alone = true;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < package->office_count; k++)
            if (staff[i].id != hand->act.by &&
                ident_may(&staff[i], "register.correct", package->offices[k], package->id) &&
                ident_may(&staff[i], "case.read", STR_NONE, package->id))
                hand->alone = false;
    return true;
}

/* --- Checking --------------------------------------------------------------------------------- */

void hand_error(Hand *hand, const char *field, bool own, const char *rule, Str message)
{
    VEC_PUSH(hand->req->arena, &hand->errors,
             (HandError){str_copy(hand->req->arena, str_c(field)), own,
                         str_copy(hand->req->arena, str_c(rule)), message});
}

static bool evaluate(const Hand *hand, const Node *data, FormState *out, Err *err)
{
    Request *req = hand->req;
    FeelEnv env = {.today = req->today, .now = req->now};
    FormInput input = {.package = hand->reg.package,
                       .form = hand->reg.spec->form,
                       .data = data,
                       .env = &env,
                       .lang = STR("de")};

    return form_evaluate(&input, req->arena, out, err);
}

/* What was wrong before and is left alone does not stand in the way of what is put right. */
static bool was_wrong(const FormState *before, const FormState *now, const FormError *error)
{
    const FormError *old = form_error(before, error->path);

    return old && str_eq(old->rule, error->rule) &&
           node_same_value(node_path(before->data, error->path), node_path(now->data, error->path));
}

static void collect_errors(Hand *hand, const FormState *before)
{
    size_t kept = 0;

    for (size_t i = 0; i < hand->state.error_count; i++) {
        const FormError *error = &hand->state.errors[i];

        if (before && was_wrong(before, &hand->state, error))
            continue;
        hand_error(hand, str_cstr(hand->req->arena, error->path), false,
                   str_cstr(hand->req->arena, error->rule), error->message);
        hand->state.errors[kept++] = *error;
    }
    hand->state.error_count = kept;
}

static bool check_values(Hand *hand, Err *err)
{
    Arena *arena = hand->req->arena;
    const RegisterSpec *spec = hand->reg.spec;
    FormState before;
    Node *values = node_map(arena);

    if (!evaluate(hand, hand->data, &hand->state, err))
        return false;
    if (hand->fresh) {
        collect_errors(hand, NULL);
        hand->act.values = hand->state.data;
        return true;
    }
    if (!evaluate(hand, whole(spec->form, hand->base.data, arena), &before, err))
        return false;
    collect_errors(hand, &before);
    for (size_t i = 0; i < spec->field_count; i++) {
        Str id = spec->fields[i]->id;
        const Node *now = node_get_str(hand->state.data, id);

        if (!node_same_value(node_get_str(before.data, id), now))
            node_set(arena, values, id, now ? node_clone(arena, now) : node_null(arena));
    }
    hand->act.values = values;
    return true;
}

static void check_days(Hand *hand)
{
    const RegisterAct *act = &hand->act;
    bool from = act->kind == ACT_NEW || act->kind == ACT_CHANGED || act->kind == ACT_SPAN ||
                act->kind == ACT_PERIOD;

    if (from && date_absent(act->from))
        hand_error(hand, "from", true, "required", STR("Bitte geben Sie den ersten Tag an."));
    if (act->kind == ACT_SPAN && date_absent(act->until))
        hand_error(hand, "until", true, "required",
                   STR("Bitte geben Sie den letzten Tag an, bis zu dem es falsch war."));
    if (from && !date_absent(act->from) && !register_day_ok(act->from))
        hand_error(hand, "from", true, "min",
                   STR("Diesen Tag kann es hier nicht geben. Bitte prüfen Sie das Jahr."));
    if (!date_absent(register_last_day(act->until)) && !register_day_ok(act->until))
        hand_error(hand, "until", true, "min",
                   STR("Diesen Tag kann es hier nicht geben. Bitte prüfen Sie das Jahr."));
    if (!date_absent(act->from) && !date_absent(act->until) &&
        date_compare(act->until, act->from) < 0)
        hand_error(hand, "until", true, "min", STR("Der letzte Tag liegt vor dem ersten."));
    if (act->end_reason.len && date_absent(act->until))
        hand_error(hand, "until", true, "required",
                   STR("Sie haben einen Grund für das Ende angegeben: Bitte geben Sie auch den Tag "
                       "an."));
}

bool hand_check(Hand *hand, Err *err)
{
    RegisterAct *act = &hand->act;

    if (act->kind == ACT_WRONG)
        act->from = hand->base.from;
    check_days(hand);
    if (!hand->period && !check_values(hand, err))
        return false;
    if (!hand->period && !hand->fresh && act->values->count == 0 && !hand->errors.count)
        hand_error(hand, "kind", true, "changed",
                   STR("Sie haben nichts geändert. Berichtigen Sie mindestens eine Angabe."));
    if (utf8_blank(act->reason))
        hand_error(hand, "reason", true, "required",
                   STR("Bitte schreiben Sie, warum Sie das von Hand eintragen."));
    if (utf8_length(act->reason) > ACT_REASON_MAX)
        hand_error(hand, "reason", true, "length", STR("Der Grund hat höchstens 2.000 Zeichen."));
    if (utf8_length(act->end_reason) > 120)
        hand_error(hand, "endReason", true, "length",
                   STR("Der Grund des Endes hat höchstens 120 Zeichen."));
    return true;
}

/* --- Doing ------------------------------------------------------------------------------------ */

RegisterChange hand_change(const Hand *hand)
{
    return (RegisterChange){.spec = hand->reg.spec,
                            .package = hand->reg.package,
                            .actor = request_actor(hand->req),
                            .today = hand->req->today};
}

static bool trial(Tx *tx, void *context, Err *err)
{
    Hand *hand = context;
    RegisterAct act = hand->act;
    RegisterChange change = hand_change(hand);
    RegisterEntry entry;

    if (!register_act_apply(tx, &change, &act, hand->req->arena, err) ||
        !desk_entry_events(hand->req, &hand->reg, tx, act.entry_id, &hand->events,
                           &hand->event_count, err) ||
        !register_by_id(tx, hand->reg.spec->id, act.entry_id, hand->req->arena, &entry, err))
        return false;
    hand->title = entry.title;
    if (act.kind == ACT_NEW)
        hand->fact_count =
            desk_entry_facts(&hand->reg, entry.data, hand->req->arena, &hand->facts, &hand->hidden);
    hand->tried = true;
    return false; /* takes everything back */
}

bool hand_try(Hand *hand, Err *err)
{
    hand->tried = false;
    db_write(hand->req->tenant->db, trial, hand, err);
    if (hand->tried)
        err_clear(err);
    return hand->tried;
}

bool hand_try_act(Hand *hand, const RegisterAct *act, Err *err)
{
    hand->act = *act;
    return hand_try(hand, err);
}

static bool write_act(Tx *tx, void *context, Err *err)
{
    Hand *hand = context;
    RegisterChange change = hand_change(hand);
    bool first;

    if (!form_once(tx, hand->req, &first, err))
        return false;
    return !first ||
           register_act_order(tx, &change, &hand->act, hand->second, hand->req->arena, err);
}

bool hand_commit(Hand *hand, Err *err)
{
    return db_write(hand->req->tenant->db, write_act, hand, err);
}

Str hand_what(const RegisterAct *act, Arena *arena)
{
    Str from = date_absent(act->from) ? STR("") : date_long(arena, act->from, STR("de"));
    Str until = date_absent(act->until) ? STR("") : date_long(arena, act->until, STR("de"));

    switch (act->kind) {
    case ACT_NEW: return str_printf(arena, "Neuer Eintrag ab %.*s", STR_ARG(from));
    case ACT_CHANGED: return str_printf(arena, "Geändert ab %.*s", STR_ARG(from));
    case ACT_WRONG: return STR("War von Anfang an falsch");
    case ACT_SPAN:
        return str_printf(arena, "War vom %.*s bis %.*s falsch", STR_ARG(from), STR_ARG(until));
    case ACT_PERIOD:
        return until.len
                   ? str_printf(arena, "Gilt vom %.*s bis %.*s", STR_ARG(from), STR_ARG(until))
                   : str_printf(arena, "Gilt seit %.*s, ohne Ende", STR_ARG(from));
    }
    return STR("");
}
